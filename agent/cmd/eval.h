/* eval.h - how often the diagnosis is right, measured on labelled logs.
 *
 *   eval_labels.c  labels.jsonl, passing.jsonl, case.json, checked        -> struct label
 *   eval_corpus.c  each log diagnosed and judged by its label             -> struct eval_row
 *   eval_cases.c   heal cases: also what a fix would change               -> struct eval_row
 *   eval_table.c   all rows together: figures with their uncertainty      -> struct eval_table
 *   eval_print.c   the table as text and Markdown;  eval_json.c as JSON
 *   eval_fit.c     confidence fitted to the rows, cross-validated */
#ifndef RM_CMD_EVAL_H
#define RM_CMD_EVAL_H

#include "cmd/inputs.h"

#include "base/json.h"
#include "learn/measure.h"

#define EVAL_LOGS_MAX 10000u
#define EVAL_TEXT_MAX 160u /* bytes of a line that a miss shows */
#define EVAL_MISSES_SHOWN 20u

struct label {
	const char *id, *project; /* project: "" unknown */
	const char *failing_step; /* NULL unknown */
	const char *evidence;     /* NULL none */
	enum category category;
	uint32_t line, chunk_first, chunk_last; /* chunk: 0 none */
	const cJSON *alt_categories, *alt_lines, *tests_failed;
	bool tests_complete;
	int transient;        /* 1, 0; -1: the log does not tell */
	const cJSON *for_ids; /* passing logs: the failing ones that they are a baseline of */
	const char *expect;   /* heal cases */
	const cJSON *changed; /* heal cases */
	cJSON *object;        /* owns the texts */
	const char *baseline; /* failing logs: id of a passing one, NULL none */
};
struct labels {
	struct label *items;
	size_t n, cap;
};
enum label_kind { LABEL_FAILING, LABEL_PASSING };
/* What is wrong is said with its line: "labels.jsonl:3: ...". */
int labels_read(struct labels *ret, const char *folder, const char *name, enum label_kind kind, struct err *e);
int label_read_case(struct label *ret, const char *folder, const char *id, struct err *e);
void labels_done(struct labels *l);
/* One of the lines of the label lies within first..last. */
bool label_holds(const struct label *l, uint32_t first, uint32_t last);

struct eval_row {
	const char *id, *project;
	bool broken, answered;
	enum category want, got;
	const char *rule; /* "" without an answer */
	double confidence, score;
	struct features features;
	uint32_t want_line, got_line;
	const char *want_text, *got_text; /* cut, redacted, safe for a terminal */
	bool category_strict, category_ok, line_strict, line_exact, holds, short_hit, transient;
	uint32_t excerpt_lines;
	int step, want_transient, line_chunk; /* -1: not labelled */
	double recall, precision;             /* of failed tests; -1: not labelled */
	int evidence, decision;               /* heal cases; -1: not labelled */
	const char *expect, *verdict;         /* heal cases: healed, proposed, calm, missed, WRONG; NULL: not tried */
	uint64_t bytes;
	int64_t us;
};
static inline bool eval_row_right(const struct eval_row *r)
{
	return r->line_exact && r->category_ok;
}

struct eval_alarm {
	const char *id, *rule, *text;
	uint32_t line;
	double confidence;
};

struct eval {
	struct arena arena;
	struct analyser *analyser;
	const char *folder;
	bool baseline, cases;
	struct eval_row *rows;
	size_t row_count, row_cap;
	bool fitting;             /* also answer as if nobody had thought of the rule that answered: */
	struct eval_row *unknown; /* what a failure new to the catalogue looks like */
	size_t unknown_count, unknown_cap;
	struct eval_alarm *alarms; /* passing logs that were called failed */
	size_t alarm_count, alarm_cap;
	size_t passing, passing_broken;
	bool healing; /* heal cases were healed, too */
};
int eval_corpus(struct eval *v, struct err *e);
int eval_cases(struct eval *v, struct err *e);
void eval_done(struct eval *v);

/* Fills the parts of a row that only need the diagnosis; texts are copied to v's arena. */
void eval_judge(struct eval *v, struct eval_row *r, const struct diagnosis *d, struct log *log, const struct label *l);
struct eval_row *eval_new_row(struct eval *v, const struct label *l);

/* Do two names of a test mean the same? "::", " > ", " › ", ".", "#", "/" and "\" separate alike, and one may be the
 * end of the other. */
bool eval_same_test(const char *a, const char *b);

enum figure_kind { FIGURE_RATE, FIGURE_MEAN, FIGURE_SCORE };
struct eval_figure {
	const char *name, *label;
	enum figure_kind kind;
	size_t good, all; /* rate: good of all; else the number of logs */
	double value;
	struct interval interval;
};
#define EVAL_FIGURES_MAX 32u
struct eval_category {
	size_t logs, strict, ok;
};
struct eval_table {
	struct eval_figure figures[EVAL_FIGURES_MAX];
	size_t figure_count;
	size_t logs, projects, broken, no_answer, transient_false, wrong;
	double excerpt_median, excerpt_p90, brier, calibration_error;
	struct reliability_bin bins[MEASURE_BINS];
	struct eval_category categories[CATEGORY_COUNT];
	size_t confusion[CATEGORY_COUNT][CATEGORY_COUNT + 1]; /* wanted, got; the last column: no answer */
	double ms_median, ms_p90, ms_max, mb_per_s;
	const struct eval_row **misses; /* confidently wrong first */
	size_t miss_count;
};
void eval_table_make(struct eval_table *ret, struct eval *v);

void eval_text(struct buf *out, const struct eval_table *t, const struct eval *v, bool misses);
void eval_markdown(struct buf *out, const struct eval_table *t, const struct eval *v, bool misses);
cJSON *eval_json(const struct eval_table *t, const struct eval *v, bool misses);

/* Fits the confidence to these rows; what was tried and what it is worth on unseen projects is appended to `out`, the
 * best one is written to `path` (agent/diagnose/confidence.inc). */
int eval_fit(struct buf *out, const struct eval *v, const char *path, struct err *e);

#endif
