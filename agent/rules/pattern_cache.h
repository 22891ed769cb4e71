/* pattern_cache.h - patterns compiled when first asked for, and kept. */
#ifndef RM_RULES_PATTERN_CACHE_H
#define RM_RULES_PATTERN_CACHE_H

#include "rules/pattern.h"

struct pattern_cache;
struct pattern_cache *pattern_cache_new(void);
void pattern_cache_free(struct pattern_cache *c);
/* `text` is borrowed for the life of the cache. NULL when it is not a pattern (rules were checked when loaded). */
struct pattern *pattern_cache_get(struct pattern_cache *c, const char *text, bool nocase);

#endif
