/* pages.h - the generated pages of docs/: rules and fixers say themselves what they are. */
#ifndef RM_PUBLISH_PAGES_H
#define RM_PUBLISH_PAGES_H

#include "base/json.h"
#include "fixers/fixer.h"

void page_rule(struct buf *out, const struct rule *r); /* Markdown section */
cJSON *page_rule_json(const struct rule *r);
void page_fixer(struct buf *out, const struct fixer *f);
cJSON *page_fixer_json(const struct fixer *f, bool available, const char *version_or_null);
/* docs/rules/FAMILY.md: all rules whose id begins with the family. */
void page_rule_family(struct buf *out, const char *family, const struct rule *rules, size_t count);
void page_rule_index(struct buf *out, const struct rule *rules, size_t count);
void page_fixer_index(struct buf *out);

#endif
