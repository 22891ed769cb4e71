/* rule.h - one kind of failure, as data.
 *
 * A rule says how a line of a decoded log betrays a failure, what it means and what can be done. Rules are
 * written in YAML (agent/rules/catalogue/FAMILY.yml, one file per tool family; docs/adding-a-rule.md), checked and
 * turned into const tables by a host tool at build time; users add their own in the configuration with the same syntax,
 * parsed at run time by the same code (rule_load). Everything here is read-only after that.
 *
 * Patterns are PCRE2, matched against one decoded line (no time stamp, no ANSI, no runner marker), without
 * the newline, with limits on matching. Named groups carry the facts: message, path, line, column, symbol, code, test,
 * host, package; `message` defaults to the whole line. */
#ifndef RM_RULES_RULE_H
#define RM_RULES_RULE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vocabulary.h"
#include "rules/pattern.h"

#define RULES_MAX 4096u
#define RULE_TEXT_MAX ((size_t)4 << 10) /* of a pattern, an example, a hint */
#define RULE_LIST_MAX 64u               /* entries of not_if, remedies, hits, misses */
#define RULE_NEAR_MAX 200u              /* lines */
#define RULE_EXCERPT_MAX 40u            /* lines */
#define RULE_FORGIVEN_MAX 40u           /* lines */
#define RULE_LASTED_MAX 7200u           /* minutes: no job of anybody's runner lives longer than five days */

/* A second pattern looked for around the matched line, to find more facts (named groups are merged; what the
 * main pattern captured wins) or to confirm. */
struct rule_near {
	const char *pattern;
	uint16_t before, after; /* how many lines up and down; nearest match wins, upwards first */
	bool required;          /* without it the rule does not match */
	bool last;              /* of several within `after`, take the last (e.g. deepest frame of a traceback) */
};

/* How far the excerpt reaches. Default: 3 lines before, 3 after, clipped to the step. */
struct rule_excerpt {
	uint16_t before, after;
	const char *from; /* pattern: the excerpt starts at the nearest such line above (within 40), NULL: `before` */
	const char *to;   /* pattern: ... ends at the nearest such line below (within 40), NULL: `after` */
};

struct rule {
	const char *id;   /* "python/module-not-found": family/kebab-case, unique */
	const char *tool; /* tool family for the signature: "python", "eslint", "github-runner" */
	enum category category;
	enum rank rank;
	enum severity severity;
	bool transient;          /* a rerun would probably pass */
	bool cut_off;            /* only where the log was cut off */
	int exit_code;           /* only in a step that ended with this code; -1: any */
	uint16_t lasted_minutes; /* only in a step that ran at least so long by its time stamps; 0: any */
	const char *mark;        /* "error": only lines with that runner mark; NULL: any line */
	const char *pattern;
	bool nocase;
	/* A line that matches holds at least one of these (spelt as rules/literals.h says; lower case for nocase);
	 * never empty. */
	const char *const *literals;
	size_t literal_count;
	struct pattern_first first; /* of a line that matches: its first byte */
	const char *const *not_if;  /* patterns: a line that matches one of them is not a hit */
	size_t not_if_count;
	/* A line below, before the next blank one or hit, that says the failure does not count: no hit. NULL: none */
	const char *forgiven;
	struct rule_near near; /* near.pattern NULL: none */
	struct rule_excerpt excerpt;
	double weight; /* 0..1, how specific: of equal ranks the heavier wins; prior of the confidence. Default 0.7 */
	bool test_failure;           /* the line names one failed test (group `test`) */
	const char *title;           /* one line for people; {symbol}, {path}, ... are filled from the groups */
	const char *hint;            /* what a person can do next, one or two sentences; NULL in a user rule */
	const char *why;             /* where the line comes from: which program prints it when; NULL in a user rule */
	const char *const *remedies; /* fixer ids, best first */
	size_t remedy_count;
	const char *const *hits; /* lines that must match */
	size_t hit_count;
	const char *const *misses; /* lines that must not */
	size_t miss_count;
	const char *fixture; /* tests/fixtures/logs/..., in which the rule must give a finding; NULL in a user rule */
	const char *file;    /* where it was written, "python.yml" */
	unsigned file_line;
};

/* Parses YAML: a mapping {tool:, rules: [...]} (catalogue file) or a bare sequence (configuration); an empty document
 * has no rules. The first problem is the error, as "NAME:LINE:COLUMN: ...", lines counted from first_line. Strict:
 * unknown keys, bad categories, patterns that do not compile, a rule without a usable literal, duplicate ids, hits that
 * do not match and misses that do are refused. `user` relaxes: rank is `cause`, tool the family of the id and title
 * "{message}" unless given; hits, misses, fixture, hint and why may be absent. Rules come out sorted by id and live in
 * the arena. */
struct rule_list {
	const struct rule *rules;
	size_t count;
};
int rule_load(struct rule_list *ret, struct view yaml, const char *name, unsigned first_line, bool user,
	struct arena *a, struct err *e);

/* The enum log_mark that rule->mark names, -1 for any line. */
int rule_mark(const struct rule *rule);

/* The embedded catalogue, sorted by id. */
extern const struct rule rule_catalogue[];
extern const size_t rule_catalogue_count;

#endif
