/* matcher.h - which rules match which lines, fast.
 *
 * A literal prefilter over whole blocks picks candidate (line, rule) pairs; PCRE2-JIT confirms them on that
 * line alone, with limits on match steps and depth, so that a hostile line costs bounded time (a pattern
 * that runs into its limit does not match, and is counted). Patterns compile when first needed. Only for
 * one thread. Design: rules/prefilter.h. */
#ifndef RM_RULES_MATCHER_H
#define RM_RULES_MATCHER_H

#include "log/log.h"
#include "rules/pattern.h"
#include "rules/rule.h"

#define MATCHER_LINE_MAX PATTERN_LINE_MAX /* only the first bytes of a line are matched against patterns */

struct matcher;

/* The catalogue plus user rules (which replace catalogue rules of the same id); both are borrowed. */
struct matcher *matcher_new(const struct rule_list *user_or_null);
void matcher_free(struct matcher *m);

size_t matcher_rule_count(const struct matcher *m);
const struct rule *matcher_rule(const struct matcher *m, size_t index); /* sorted by id */
const struct rule *matcher_find(const struct matcher *m, const char *id);

struct rule_hit {
	const struct rule *rule;
	uint32_t index; /* for matcher_rule() */
	uint32_t line;  /* number in the log */
	uint32_t step;
	uint8_t mark;
};
/* Called for each match, in the order of lines; of one line in the order of rule ids. near, exit_code and cut_off are
 * not judged here: they need the finished log (diagnose). */
typedef void matcher_hit(void *context, const struct rule_hit *hit, struct view line);
void matcher_scan(struct matcher *m, const struct log_block *block, matcher_hit *hit, void *context);

/* Lines of the last block that hold what is looked for besides rules: bit i stands for PREFILTER_TAG + i. In order,
 * each line once; valid until the next matcher_scan(). */
struct matcher_tag {
	uint32_t line; /* index in the block */
	uint64_t tags;
};
const struct matcher_tag *matcher_tags(const struct matcher *m, size_t *ret_count);

/* Does the rule's pattern (and not one of not_if) match this one line? Captures point into `line`. */
bool matcher_match(struct matcher *m, const struct rule *rule, struct view line, struct rule_captures *ret_or_null);
/* Any pattern of a rule (near, excerpt.from, excerpt.to), case-sensitive; compiled once, kept: it must outlive m. */
bool matcher_pattern(struct matcher *m, const char *pattern, struct view line, struct rule_captures *ret_or_null);

struct matcher_counts {
	uint64_t candidates, confirmed, limits_hit;
};
struct matcher_counts matcher_counts(const struct matcher *m);

#endif
