/* pattern.h - PCRE2 patterns on lines of hostile text, with limits.
 *
 * Patterns are UTF-8; a line that is not is matched with its bad bytes replaced (one for one, so captures keep their
 * place). Only the first PATTERN_LINE_MAX bytes of a line are looked at, and `$` does not match where it was cut. A
 * match that takes more than PATTERN_STEPS_MAX steps is given up: no match, and counted; after PATTERN_PATIENCE of
 * those the ceiling is PATTERN_STEPS_TIRED, so that a log made of hostile lines costs bounded time. Not for several
 * threads. */
#ifndef RM_RULES_PATTERN_H
#define RM_RULES_PATTERN_H

#include "base/err.h"
#include "base/view.h"

#define PATTERN_LINE_MAX ((size_t)8 << 10)
#define PATTERN_TEXT_MAX ((size_t)4 << 10)
#define PATTERN_GROUPS_MAX 63u
#define PATTERN_STEPS_MAX 1000000u
#define PATTERN_STEPS_TIRED 20000u
#define PATTERN_PATIENCE 200u
#define PATTERN_DEPTH_MAX 20000u
#define PATTERN_HEAP_MAX_KB 8192u
#define PATTERN_JIT_STACK_MAX ((size_t)512 << 10)

/* Named groups that carry facts. */
enum rule_group {
	GROUP_MESSAGE,
	GROUP_PATH,
	GROUP_LINE,
	GROUP_COLUMN,
	GROUP_SYMBOL,
	GROUP_CODE,
	GROUP_TEST,
	GROUP_HOST,
	GROUP_PACKAGE,
	GROUP_COUNT
};
extern const char *const rule_group_names[GROUP_COUNT + 1]; /* NULL at the end */

struct rule_captures {
	struct view group[GROUP_COUNT]; /* p == NULL: not captured */
};

/* What matching needs besides a pattern: limits and scratch memory. One per user. */
struct pattern_machine;
struct pattern_machine *pattern_machine_new(void);
void pattern_machine_free(struct pattern_machine *m);
uint64_t pattern_limits_hit(const struct pattern_machine *m);

/* Compiled when made, by the JIT when used often. With nocase, an ASCII pattern works on bytes: `.` is one of them.
 * NULL with "...at offset N" in *e when it is not a usable pattern. */
struct pattern;
struct pattern *pattern_new(const char *text, bool nocase, struct err *e);
void pattern_free(struct pattern *p);
bool pattern_has_group(const struct pattern *p, enum rule_group group);

/* Which bytes a line that matches can begin with, a bit for each: all of them unless the pattern begins with '^' and
 * says more. Such a line is not empty when not all are set. */
struct pattern_first {
	uint64_t bits[4];
};
struct pattern_first pattern_first(const char *text, bool nocase);

/* A line made ready for matching. Valid until the machine makes the next one ready. */
struct pattern_line {
	struct view head;    /* of the line: what is looked at */
	struct view subject; /* the same bytes, valid UTF-8 */
	bool cut;
};
struct pattern_line pattern_prepare(struct pattern_machine *m, struct view line);
bool pattern_match_line(struct pattern_machine *m, struct pattern *p, const struct pattern_line *line,
	struct rule_captures *ret_or_null);
/* Both in one. */
bool pattern_match(struct pattern_machine *m, struct pattern *p, struct view line, struct rule_captures *ret_or_null);

#endif
