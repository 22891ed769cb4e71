/* internal.h - between the files of diagnose/, in the order in which a diagnosis comes about:
 *
 *   collect.c    one pass over the log: hits of rules, test results                 -> struct collected
 *   baseline.c   what passing runs of the job print
 *   verdict.c    did the job fail, and in which step                                -> struct verdict
 *   candidate.c  hits of the failing step, with what their neighbourhood tells      -> struct candidate
 *   evidence.c   what stands around them
 *   rank.c       the best of them first
 *   elsewhere.c  those of another step, when the failing one tells nothing
 *   generic.c    a finding where no rule knew
 *   excerpt.c    the few lines a person needs
 *   finding.c    candidate -> finding: texts, location, signature
 *   why.c        which evidence made the first of them the first
 *   confidence.c how sure that is
 *   diagnose.c   the order of all this */
#ifndef RM_DIAGNOSE_INTERNAL_H
#define RM_DIAGNOSE_INTERNAL_H

#include "diagnose/diagnosis.h"
#include "diagnose/shape.h"

#define HITS_PER_RULE 512u   /* remembered: the first half and the last half */
#define CANDIDATES_MAX 2000u /* looked at in detail */
#define ALIKE_MAX 256u       /* hits of one rule that the signature chooses from */

struct kept_hit {
	uint32_t line, step;
	uint8_t mark;
	bool news; /* its shape is not in the baselines */
};
struct rule_hits {
	const struct rule *rule;
	struct kept_hit *hits;
	size_t n, cap; /* kept */
	uint64_t seen; /* in all */
};

struct candidate;

struct collected {
	struct rule_hits *rules; /* one per rule of the matcher, by index; most are empty */
	size_t rule_count;
	struct test_scan *tests;
	struct shape_set baseline;
	bool has_baseline;
	unsigned passing_runs; /* that the baseline is of */
	struct {               /* lines with an ##[error] mark, and those outside of steps */
		uint32_t *lines;
		size_t n, cap;
	} errors;
};
int collect(struct collected *c, struct log *log, struct matcher *m, const struct diagnose_options *o, struct err *e);
void collected_done(struct collected *c);

/* The baselines that were given, and what is known of earlier passing runs: after the log was read. */
int baseline_read(struct collected *c, const struct log *log, const struct diagnose_options *o, struct err *e);
/* Did no passing run say so? True where none is known. */
bool baseline_news(const struct collected *c, struct view line);
/* `why`, with what passing runs say of the finding. */
const char *baseline_why(struct arena *a, const struct collected *c, const struct candidate *one, const char *why);

struct verdict {
	enum conclusion conclusion;
	bool failed;
	uint32_t step;        /* the failing one, or LOG_NO_STEP */
	uint32_t first, last; /* lines in which the cause is looked for */
};
void verdict_judge(struct verdict *v, struct log *log, const struct collected *c, enum conclusion given);

/* What speaks for or against a candidate, whatever its rule. */
enum evidence {
	EVIDENCE_NAMED = 1,      /* a failed test names what stands there */
	EVIDENCE_COUNT = 2,      /* only counts what other lines say */
	EVIDENCE_RETRIED = 4,    /* the step tried again after it */
	EVIDENCE_PROPERTY = 8,   /* of a printed object: the error itself was said before */
	EVIDENCE_WENT_ON = 16,   /* the step said behind it that something was done, then failed in another way */
	EVIDENCE_COMMAND = 32,   /* only says that a command failed, which said more itself */
	EVIDENCE_ELSEWHERE = 64, /* of another step than the failing one */
	EVIDENCE_SOURCE = 128,   /* source code that a stack trace shows: what it throws is said elsewhere */
};

struct candidate {
	const struct rule *rule; /* NULL: generic */
	const char *generic_id;
	enum category category;
	struct kept_hit at;
	struct view text;              /* the line; owned by the arena */
	struct rule_captures captures; /* texts owned by the arena */
	unsigned evidence;             /* bits of enum evidence */
	uint32_t last_alike;           /* line of the last candidate of the same rule */
	double score;
};
struct candidates {
	struct candidate *items;
	size_t n;
};
/* Candidates of the verdict's range, confirmed by near, exit code and cut_off. */
int candidates_gather(struct candidates *ret, struct arena *a, struct log *log, struct matcher *m,
	const struct collected *c, const struct verdict *v, struct err *e);
/* Finds the evidence of candidates that stand rule by rule, each rule's by line. */
int candidates_look_around(
	struct candidates *list, struct log *log, const struct collected *c, const struct verdict *v, struct err *e);
/* Sorts best first. */
void candidates_rank(struct candidates *list, const struct collected *c, const struct verdict *v);
/* Candidates of the step that printed the cause, best first, for a failing step that did not. */
int candidates_elsewhere(struct candidates *ret, struct arena *a, struct log *log, struct matcher *m,
	const struct collected *c, const struct verdict *v, struct err *e);
bool rule_is_weak(const struct rule *r); /* it knows no more than words that all programs use */
/* Puts first what states a failure that no rule explains; nothing where one does. */
int candidates_add_generic(struct candidates *list, struct arena *a, struct log *log, const struct collected *c,
	const struct verdict *v, struct err *e);

int excerpt_make(struct finding *f, struct arena *a, struct log *log, struct matcher *m, const struct candidate *c,
	const struct verdict *v, unsigned lines_max, struct err *e);
int finding_make(struct finding *f, struct diagnosis *d, struct log *log, struct matcher *m, const struct collected *c,
	const struct candidate *one, const struct verdict *v, unsigned lines_max, struct err *e);
/* `why` of a rule, and why the first of the list was chosen. */
const char *why_chosen(struct arena *a, const char *why, const struct candidates *list, const struct collected *c);
/* Fills f->features and f->confidence of the finding that candidate `index` became: confidence.c. */
void finding_judge(struct finding *f, const struct candidates *list, size_t index, const struct collected *c);

#endif
