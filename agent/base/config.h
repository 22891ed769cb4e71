/* config.h - .github/runmedic.yml, read into one struct.
 *
 * Every key is optional and validated: an unknown key, a value of the wrong type or out of range is refused
 * with "FILE:LINE:COLUMN: what; did you mean `x`?" (ERR_INPUT). Ceilings: 1 MiB, depth 16, 10,000 nodes, no aliases.
 * Rates are 0..1 except in local.thresholds (percentages); a value of the other kind is refused with a hint.
 * The struct owns everything in its arena. Keys of capabilities that do not exist yet are validated all the same.
 * Facts: DESIGN §5. */
#ifndef RM_BASE_CONFIG_H
#define RM_BASE_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vocabulary.h"

#define CONFIG_DEFAULT_PATH ".github/runmedic.yml"
#define CONFIG_LINT_ANY 1000000u

struct config_list {
	const char **items;
	size_t n;
};

struct config_fixer_tier { /* heal.fixers: {python/black: review} */
	const char *fixer;
	enum tier tier;
};

enum config_deliver { DELIVER_NONE, DELIVER_SUGGEST, DELIVER_PR, DELIVER_BRANCH };

struct config_check { /* local.checks[] */
	const char *name;
	const char *run; /* a shell line, or NULL when argv is set */
	struct config_list argv;
	const char *junit, *coverage, *lint;
	unsigned timeout_s;
};

struct config_module { /* local.modules[] */
	const char *path;
	double coverage; /* per cent */
};

struct config_select { /* select[] */
	const char *name, *criteria, *description;
	double threshold;
	unsigned window;
	bool enabled;
};

struct config_alert { /* alerts[] */
	const char *name, *when, *severity;
	struct config_list actions;
};

/* rules[] are kept as YAML text (one sequence) with their line, for rules/rule_load(); fixers[] in full. */
struct config_fixer { /* fixers[]: commands of the default branch's configuration */
	const char *id;
	struct config_list answers, command, paths, proof;
};

struct config {
	struct arena arena;
	const char *path; /* where it was read, NULL for defaults */

	struct {
		struct config_list workflows, branches, ignore_authors;
	} scope;
	struct {
		enum tier tier;              /* heal */
		enum config_deliver deliver; /* suggest */
		double confidence;           /* 0.90 */
		unsigned max_files;          /* 20 */
		unsigned max_changed_lines;  /* 400 */
		unsigned max_per_run;        /* 10 */
		struct config_list deny;     /* vendor/ and the like */
		struct config_fixer_tier *fixers;
		size_t fixer_count;
		struct config_list verify;
		bool sign_off;
		const char *author, *subject, *signing_key; /* NULL: not set */
		bool conventional;                          /* commit subjects: false */
		unsigned attempts;                          /* per signature and branch: 2 */
		const char *title;                          /* of pull requests; NULL: not set */
		struct config_list labels, reviewers;       /* of pull requests */
	} heal;
	struct {
		unsigned per_run, per_branch_per_day; /* 2, 5 */
	} rerun;
	struct {
		bool open, commit_comments; /* false, false */
		unsigned after;             /* failures with one signature: 1 */
		struct config_list labels, assignees;
	} issues;
	struct {
		bool issue, slack;
		const char *branch;
		struct config_list mail, sections; /* sections empty: all */
	} report;
	struct {
		unsigned keep_days; /* 90 */
		bool push;          /* false */
	} history;
	struct {
		struct config_check *checks;
		size_t check_count;
		double coverage, pass_rate; /* per cent; negative: not set */
		unsigned lint;              /* issues; CONFIG_LINT_ANY: not set */
		struct config_module *modules;
		size_t module_count;
		unsigned max_age_h;         /* 24 */
		struct config_list require; /* checks that must have run; empty: all of `checks` */
		const char *allowed_signers;
		double audit_rate;
	} local;
	struct config_select *selects;
	size_t select_count;
	struct config_alert *alerts;
	size_t alert_count;
	struct config_fixer *fixers;
	size_t fixer_count;
	const char *rules_yaml; /* NULL: none */
	unsigned rules_line;    /* line of `rules:` in the file, for error messages */
};

void config_defaults(struct config *c);
/* Parses text; *ret is set only on success. `name` stands in messages. */
int config_parse(struct config *ret, struct view text, const char *name, struct err *e);
/* Reads path. A missing file is ERR_NOT_FOUND. */
int config_load(struct config *ret, const char *path, struct err *e);
void config_done(struct config *c);

/* Appends a Markdown table of all keys: type, default, meaning. For the docs. */
void config_describe(struct buf *out);

#endif
