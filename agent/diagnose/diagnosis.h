/* diagnosis.h - what a log says: findings ranked best first, excerpt, location, signature, tests.
 *
 * diagnose() reads the log once in full (decoder, matcher and test readers in one pass, bounded
 * memory) and then only the few lines around what it found. It opens nothing but the log; it is deterministic. */
#ifndef RM_DIAGNOSE_DIAGNOSIS_H
#define RM_DIAGNOSE_DIAGNOSIS_H

#include "base/arena.h"
#include "base/vocabulary.h"
#include "diagnose/confidence.h"
#include "diagnose/shape.h"
#include "diagnose/tests.h"
#include "log/log.h"
#include "rules/matcher.h"

#define DIAGNOSIS_FINDINGS_MAX 20u
#define EXCERPT_LINES_MAX 15u /* default; options may ask for less or more */
#define EXCERPT_LINE_MAX 400u /* bytes of one excerpt line as shown */
#define SIGNATURE_MAX 80u     /* "1:" and 64 hex digits and NUL, with room */

struct location {
	const char *path; /* relative to the repository ('/' separators) where that could be told, else as printed; NULL
			     unknown */
	uint32_t line, column; /* 0 unknown */
};

struct excerpt_line {
	uint32_t number;
	const char *text; /* decoded, UTF-8 repaired, cut; NOT redacted or neutralised: the publisher does that */
};

struct finding {
	const struct rule *rule; /* NULL for generic findings */
	const char *rule_id;     /* rule->id or "generic/..." */
	const char *tool;        /* tool family */
	enum category category;
	enum severity severity;
	enum rank rank;
	double confidence; /* probability that line and category are right */
	const char *title, *message, *why, *hint;
	const char *symbol, *code, *test, *host, *package; /* named groups, NULL when not captured */
	uint32_t line;
	struct {
		uint32_t first, last;
		const struct excerpt_line *lines;
		size_t count;
	} excerpt;
	struct location location;
	char signature[SIGNATURE_MAX]; /* "" for text that says nothing */
	bool transient;
	const char *const *remedies; /* fixer ids, best first */
	size_t remedy_count;
	uint32_t step;            /* index, LOG_NO_STEP */
	double score;             /* what the ranking used; for --explain only */
	struct features features; /* what the confidence was computed from; for `eval --fit` */
};

struct diagnosis {
	struct arena arena; /* owns every text below */
	struct {
		const char *path; /* as given */
		uint64_t bytes;
		uint32_t lines;
	} source;
	struct {
		const char *name, *os; /* NULL unknown */
		const char *image;     /* version of the runner image, NULL unknown */
		const char *workspace; /* of the runner, NULL unknown */
		int64_t started, ended;
	} job;
	struct {
		bool known;
		const char *name, *command, *shell, *directory; /* NULL unknown; directory relative to the repository */
		int exit_code;                                  /* -1 unknown */
		uint32_t index, first_line, last_line, output_line;
	} failed_step;
	bool failed;                /* the job failed (DESIGN §3: when a log has failed, or --conclusion) */
	bool from_runner;           /* the log has runner lines: default space is ci */
	enum conclusion conclusion; /* what the log shows, or what was given */
	bool cut_off, binary;
	const struct finding *findings; /* best first; the first is the primary; empty exactly when !failed */
	size_t finding_count;
	bool tests_known;
	struct test_counts tests; /* >= 0 each when tests_known */
	const struct test_failure *failed_tests;
	size_t failed_test_count;
};

struct diagnose_options {
	enum conclusion conclusion;   /* CONCLUSION_UNKNOWN: judge from the log */
	unsigned excerpt_lines;       /* 0: EXCERPT_LINES_MAX */
	struct log *const *baselines; /* passing logs of the same job; borrowed, read here */
	size_t baseline_count;
	const char *without_rule; /* as if the catalogue had no such rule: for `eval --fit`; NULL */
	/* Adds the shapes of earlier passing runs of this job (its name as the log tells it, "" unknown) and says how
	 * many runs they are of; called once, when the log was read. NULL: nothing is known. */
	int (*passing)(void *context, struct view job, struct shape_set *ret, unsigned *ret_runs, struct err *e);
	void *passing_context;
	test_sink *every_test; /* NULL, or called for each test result on the way */
	void *context;
	void (*progress)(void *context, uint64_t bytes_done);
	void *progress_context;
};

/* *ret is set only on success; diagnosis_done() it. Binary input is ERR_INPUT. `name` becomes source.path. */
int diagnose(struct diagnosis *ret, struct log *log, const char *name, struct matcher *m,
	const struct diagnose_options *o, struct err *e);
void diagnosis_done(struct diagnosis *d);
static inline const struct finding *diagnosis_primary(const struct diagnosis *d)
{
	return d->finding_count ? &d->findings[0] : NULL;
}

#endif
