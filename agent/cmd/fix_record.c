#include "cmd/fix_record.h"

#include "base/clock.h"
#include "learn/success.h"

#include <string.h>

struct reader {
	struct successes *all;
	const char *rule; /* NULL: any */
};

static void on_outcome(void *context, const struct store_fix_outcome *o)
{
	struct reader *r = context;
	bool good = o->outcome == OUTCOME_GREEN || o->outcome == OUTCOME_MERGED;
	bool bad = o->outcome == OUTCOME_RED || o->outcome == OUTCOME_REVERTED || o->outcome == OUTCOME_WITHDRAWN;

	if ((good || bad) && (!r->rule || (o->rule && !strcmp(o->rule, r->rule))))
		successes_add(r->all, view_of(o->fixer), (struct view){0}, (struct view){0}, o->at, good);
}

bool fix_record(struct store *s, const char *fixer, const char *rule, unsigned *ret_good, unsigned *ret_bad)
{
	const struct store_filter all = {.from = CLOCK_UNKNOWN, .to = CLOCK_UNKNOWN, .space = -1};
	struct reader r = {.rule = rule};
	struct success now;

	if (!store_fix_record(s, fixer, rule, ret_good, ret_bad))
		return false;
	r.all = successes_new();
	if (store_fix_outcomes(s, &all, fixer, on_outcome, &r, NULL) == 0) {
		successes_seal(r.all);
		success_of(r.all, view_of(fixer), (struct view){0}, (struct view){0}, &now);
		*ret_good = now.now_good;
		*ret_bad = now.now_bad;
	}
	successes_free(r.all);
	return true;
}
