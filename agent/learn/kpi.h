/* kpi.h - how CI and runmedic itself are doing, in numbers with one definition each. Pure, streaming.
 *
 * Mean time to repair: attempts of a (workflow, branch) in the order of their end, from the end of the first red one to
 * the end of the next green one. Cancelled attempts and those without a verdict do not count, nor does an episode that
 * is still open. */
#ifndef RM_LEARN_KPI_H
#define RM_LEARN_KPI_H

#include "base/clock.h"
#include "base/vocabulary.h"
#include "learn/measure.h"
#include "learn/names.h"

#define KPI_ATTEMPTS_MAX ((size_t)4 << 20)
#define KPI_SIGNATURES_MAX ((size_t)1 << 18)
#define KPI_RECURRING_GAP (12 * 3600 * CLOCK_SECOND) /* away for so long and back again: it recurred */

struct mttr {
	const char *workflow, *branch;
	unsigned episodes;
	int64_t total, longest; /* us */
	bool open;              /* red now */
	int64_t since;          /* of the open one; CLOCK_UNKNOWN */
};
struct mttr_list {
	struct arena arena;
	struct mttr *list; /* of every workflow and branch, in the order of their names */
	size_t n;
	struct mttr all; /* the sum; names NULL */
};
struct repairs *repairs_new(void);
void repairs_free(struct repairs *r); /* NULL is fine */
void repairs_attempt(
	struct repairs *r, struct view workflow, struct view branch, int64_t ended, enum conclusion conclusion);
void repairs_learn(struct mttr_list *ret, struct repairs *r);
void mttr_done(struct mttr_list *l); /* l may be all zero */

/* What became of failures and of our own deeds. Each failed job is told once. */
enum resolution {
	RESOLUTION_OPEN,   /* not green again yet */
	RESOLUTION_FIX,    /* green by a fix of ours, without a person's change to it */
	RESOLUTION_RERUN,  /* green by a rerun that we asked for */
	RESOLUTION_ITSELF, /* green by a rerun of somebody, or by itself */
	RESOLUTION_PERSON, /* green by a person's commit */
};
struct kpi_failure {
	int64_t at;
	struct view signature; /* empty: none */
	bool known;            /* a rule named the cause */
	enum resolution resolution;
};
struct rate {
	uint64_t of, all;
	double value;          /* -1 where `all` is 0 */
	struct interval range; /* 95 %, Wilson */
};
struct kpi {
	uint64_t failures, signatures;
	struct rate detection;       /* failures whose cause a rule named */
	struct rate auto_resolution; /* of the resolved ones, by a fix or rerun of ours */
	struct rate manual;          /* of the resolved ones, by a person */
	struct rate fix_success;     /* of our fixes with a known outcome: green or merged */
	struct rate false_positive;  /* ... : red, reverted or withdrawn */
	struct rate rerun_success;   /* of our reruns: green */
	double recurring_a_week;     /* signatures that came back after KPI_RECURRING_GAP, per week of the window */
};
struct kpis *kpis_new(int64_t from, int64_t to);
void kpis_free(struct kpis *k);                                 /* NULL is fine */
void kpis_failure(struct kpis *k, const struct kpi_failure *f); /* in the order of time */
void kpis_fix(struct kpis *k, enum outcome outcome);            /* the last known one of a fix */
void kpis_rerun(struct kpis *k, bool green);
void kpis_learn(struct kpi *ret, const struct kpis *k);

#endif
