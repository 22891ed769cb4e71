/* internal.h - between the files of diagnose/, in the order in which a diagnosis comes about:
 *
 *   collect.c    one pass over the log: hits of rules, test results                 -> struct collected
 *   verdict.c    did the job fail, and in which step                                -> struct verdict
 *   candidate.c  hits of the failing step, with what their neighbourhood tells      -> struct candidate
 *   rank.c       the best of them first
 *   generic.c    a finding where no rule knew
 *   excerpt.c    the few lines a person needs
 *   finding.c    candidate -> finding: texts, location, signature, confidence
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

struct collected {
	struct rule_hits *rules; /* one per rule of the matcher, by index; most are empty */
	size_t rule_count;
	struct test_scan *tests;
	struct shape_set baseline;
	bool has_baseline;
	struct { /* lines with an ##[error] mark, and those outside of steps */
		uint32_t *lines;
		size_t n, cap;
	} errors;
};
int collect(struct collected *c, struct log *log, struct matcher *m, const struct diagnose_options *o, struct err *e);
void collected_done(struct collected *c);

struct verdict {
	enum conclusion conclusion;
	bool failed;
	uint32_t step;        /* the failing one, or LOG_NO_STEP */
	uint32_t first, last; /* lines in which the cause is looked for */
};
void verdict_judge(struct verdict *v, struct log *log, const struct collected *c, enum conclusion given);

struct candidate {
	const struct rule *rule; /* NULL: generic */
	const char *generic_id;
	enum category category;
	struct kept_hit at;
	struct view text;              /* the line; owned by the arena */
	struct rule_captures captures; /* texts owned by the arena */
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
/* Sorts best first. */
void candidates_rank(struct candidates *list, const struct collected *c, const struct verdict *v);
/* A candidate for a failure that no rule explains. */
int candidate_generic(struct candidate *ret, struct arena *a, struct log *log, const struct collected *c,
	const struct verdict *v, struct err *e);

int excerpt_make(struct finding *f, struct arena *a, struct log *log, struct matcher *m, const struct candidate *c,
	const struct verdict *v, unsigned lines_max, struct err *e);
int finding_make(struct finding *f, struct diagnosis *d, struct log *log, struct matcher *m, const struct collected *c,
	const struct candidate *one, const struct verdict *v, unsigned lines_max, struct err *e);
/* Probability that line and category are right, from how the best candidate stands out. */
double finding_confidence(const struct candidates *list, size_t index, const struct verdict *v);

#endif
