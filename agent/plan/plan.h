/* plan.h - what to do about a diagnosis, and why: pure, explains itself.
 *
 * plan_make() asks the fixers that answer the findings for proposals (those of the configuration too), lowers tiers
 * by configuration and record, and decides: heal | review | rerun | none. It opens nothing but what the tree and log
 * hand it. */
#ifndef RM_PLAN_PLAN_H
#define RM_PLAN_PLAN_H

#include "base/config.h"
#include "fixers/fixer.h"

#define PLAN_FIXES_MAX 32u

struct plan_options {
	const struct config *config; /* never NULL: config_defaults() */
	enum tier tier;              /* --tier; TIER_HEAL by default */
	const char *const *only;     /* --only fixer ids or globs, NULL-terminated; NULL: all */
	const char *no_tools;        /* why FIX_COMMAND fixers are unavailable; NULL: they are not */
	/* How often a fixer worked here: successes and failures from the history; NULL: no history. */
	bool (*record)(void *context, const char *fixer, const char *rule, unsigned *ret_good, unsigned *ret_bad);
	void *context;
};

struct planned_fix {
	const struct fixer *fixer;
	const struct finding *finding;
	struct fix_proposal proposal; /* meaningful when has_proposal */
	bool has_proposal;
	enum tier tier;         /* effective: of fixer, proposal, configuration */
	bool within;            /* tier and confidence allow it to be done in this call */
	enum fix_status status; /* PLANNED, REFUSED or UNAVAILABLE here; heal/ moves it on */
	double confidence;
	/* How the fixes are ordered within a tier: confidence x success x severity. `success` is the mean of a Beta
	 * posterior over what became of this fixer's fixes here. */
	double priority, success, severity;
	unsigned good, bad; /* the record behind it */
	const char *reason;
};

struct plan {
	struct arena arena;
	enum decision decision; /* with every tool at hand and every tier allowed */
	const char *reason;
	struct planned_fix *fixes;
	size_t fix_count;
};

int plan_make(struct plan *ret, const struct diagnosis *d, struct log *log_or_null, const struct tree *tree,
	const struct plan_options *o, struct err *e);
void plan_done(struct plan *p);

/* What plan_make() asks before it asks a fixer; whoever judges fixes of others asks the same. */
enum tier plan_tier_allowed(const struct config *c, const char *fixer); /* heal.tier and heal.fixers */
bool plan_is_answered(const struct finding *f, const struct fixer *fixer);
/* What a person or a rerun must mend is not papered over by a fix for something else that the job also says. */
bool plan_may_be_fixed(const struct finding *primary, const struct finding *f);

#endif
