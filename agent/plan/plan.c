#include "plan/plan.h"

#include "base/file.h"
#include "learn/report.h"
#include "plan/preview.h"
#include "plan/user_fixer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QUESTIONS_MAX 2048u
#define REFUSALS_MAX (PLAN_FIXES_MAX / 2) /* no room is taken from fixes by what could not be fixed */
#define RECORD_WEIGHT 10.0                /* a fixer's own confidence counts like so many outcomes */
#define SUCCESS_PRIOR 0.9                 /* a fixer without a record is taken to work so often, */
#define SUCCESS_PRIOR_WEIGHT 5.0          /* as if that had been seen so many times */
#define RECORD_FLOOR 0.5                  /* a fixer that failed and is not sure to work so often needs a person */

/* A fixer reads its whole step, and otherwise only the category of the finding: one question is enough. */
struct question {
	const struct fixer *fixer;
	uint32_t step;
	enum category category;
};

struct planner {
	struct plan *plan;
	const struct diagnosis *d;
	struct log *log;
	const struct tree *tree;
	const struct plan_options *o;
	struct fixer *own; /* those of the configuration, in its order */
	struct question asked[QUESTIONS_MAX];
	size_t asked_count;
};

void plan_done(struct plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->fix_count; i++)
		fix_proposal_done(&p->fixes[i].proposal);
	arena_done(&p->arena);
	*p = (struct plan){0};
}

/* ---- which fixers are asked --------------------------------------------------------------------- */

static bool is_wanted(const struct plan_options *o, const char *id)
{
	if (!o->only)
		return true;
	for (const char *const *glob = o->only; *glob; glob++)
		if (strcmp(*glob, id) == 0 || file_glob(*glob, view_of(id)))
			return true;
	return false;
}

static bool is_remedy(const struct finding *f, const char *id)
{
	for (size_t i = 0; i < f->remedy_count; i++)
		if (strcmp(f->remedies[i], id) == 0)
			return true;
	return false;
}

/* Notes the question; false when its answer is known: what a fixer proposed for one finding stands for the others of
 * the step, and so does its refusal for those of the same category. */
static bool is_new_question(struct planner *p, const struct fixer *fixer, const struct finding *f)
{
	for (size_t i = 0; i < p->plan->fix_count; i++)
		if (p->plan->fixes[i].fixer == fixer && p->plan->fixes[i].has_proposal &&
			p->plan->fixes[i].finding->step == f->step)
			return false;
	for (size_t i = 0; i < p->asked_count; i++)
		if (p->asked[i].fixer == fixer && p->asked[i].step == f->step && p->asked[i].category == f->category)
			return false;
	if (p->asked_count < QUESTIONS_MAX)
		p->asked[p->asked_count++] = (struct question){fixer, f->step, f->category};
	return true;
}

bool plan_is_answered(const struct finding *f, const struct fixer *fixer)
{
	return is_remedy(f, fixer->id) || fixer_answers(fixer, f->rule_id);
}

bool plan_may_be_fixed(const struct finding *primary, const struct finding *f)
{
	if (primary->category == CATEGORY_RESOURCE || (primary->transient && f->category != primary->category))
		return false;
	if (f == primary)
		return !f->transient;
	return !f->transient && f->category != CATEGORY_RESOURCE && primary->category != CATEGORY_TEST &&
	       f->category != CATEGORY_TEST;
}

/* ---- one fix ------------------------------------------------------------------------------------ */

static enum tier lower(enum tier a, enum tier b)
{
	return a < b ? a : b;
}

enum tier plan_tier_allowed(const struct config *c, const char *fixer)
{
	enum tier tier = c->heal.tier;

	for (size_t i = 0; i < c->heal.fixer_count; i++)
		if (strcmp(c->heal.fixers[i].fixer, fixer) == 0)
			tier = lower(tier, c->heal.fixers[i].tier);
	return tier;
}

static double severity_weight(enum severity s)
{
	return s == SEVERITY_ERROR ? 1.0 : s == SEVERITY_WARNING ? 0.7 : 0.4;
}

/* What became of earlier fixes: it moves the confidence, orders the fixes, and a bad record calls a person. */
static void weigh(const struct planner *p, struct planned_fix *f)
{
	double n;

	if (!p->o->record || !p->o->record(p->o->context, f->fixer->id, f->finding->rule_id, &f->good, &f->bad))
		f->good = f->bad = 0;
	n = (double)f->good + f->bad;
	f->confidence = (f->proposal.confidence * RECORD_WEIGHT + f->good) / (RECORD_WEIGHT + n);
	f->success = (SUCCESS_PRIOR * SUCCESS_PRIOR_WEIGHT + f->good) / (SUCCESS_PRIOR_WEIGHT + n);
	f->severity = severity_weight(f->finding->severity);
	f->priority = f->confidence * f->success * f->severity;
}

static bool has_bad_record(const struct planned_fix *f)
{
	double low, high;

	wilson_interval(f->good, (uint64_t)f->good + f->bad, &low, &high);
	return f->bad && low < RECORD_FLOOR;
}

static void set_status(struct planner *p, struct planned_fix *f, enum fix_status status, const char *reason)
{
	f->status = status;
	f->reason = arena_text(&p->plan->arena, reason);
}

static const char *why_demoted(struct planner *p, const struct planned_fix *f)
{
	if (has_bad_record(f))
		return arena_format(&p->plan->arena, "%u of its %u fixes here turned out bad: a person must look",
			f->bad, f->good + f->bad);
	if (f->confidence < p->o->config->heal.confidence)
		return arena_format(
			&p->plan->arena, "confidence %.2f is below heal.confidence: a person must look", f->confidence);
	return NULL;
}

static void judge(struct planner *p, struct planned_fix *f)
{
	const struct config *config = p->o->config;
	const char *demoted = NULL;
	struct err why = {0};

	weigh(p, f);
	f->tier = lower(lower(f->fixer->tier, f->proposal.tier), plan_tier_allowed(config, f->fixer->id));
	if (f->tier == TIER_HEAL && (demoted = why_demoted(p, f)))
		f->tier = TIER_REVIEW;
	f->within = f->tier >= p->o->tier && f->tier != TIER_OFF;
	if (f->tier == TIER_OFF)
		set_status(p, f, FIX_REFUSED, "switched off by the configuration");
	else if (preview_check(&f->proposal, f->fixer, f->finding, config, p->tree, &why) != 0)
		set_status(p, f, FIX_REFUSED, why.text);
	else if (f->proposal.kind == FIX_COMMAND && p->o->no_tools)
		set_status(p, f, FIX_UNAVAILABLE, p->o->no_tools);
	else
		set_status(p, f, FIX_PLANNED, demoted ? demoted : f->proposal.reason);
	f->within &= f->status == FIX_PLANNED;
}

/* 0, or -1 for trouble. A fixer that has nothing to propose is noted only where the rule names it as a remedy. */
static int ask(struct planner *p, const struct fixer *fixer, const struct config_fixer *own,
	const struct finding *finding, struct err *e)
{
	struct fix_request q = {p->d, finding, p->log, p->tree};
	struct planned_fix f = {.fixer = fixer, .finding = finding};
	struct err why = {0};
	int status;

	if (p->plan->fix_count == PLAN_FIXES_MAX || !is_wanted(p->o, fixer->id) || !is_new_question(p, fixer, finding))
		return 0;
	status = own ? user_fixer_propose(own, finding, &f.proposal) : fixer->propose(&q, &f.proposal, &why);
	f.has_proposal = status == 1;
	if (f.has_proposal) {
		judge(p, &f);
	} else {
		fix_proposal_done(&f.proposal);
		if (status < 0)
			return err_set(e, why.code, "%s: %s", fixer->id, why.text);
		if (!is_remedy(finding, fixer->id) || p->plan->fix_count >= REFUSALS_MAX)
			return 0;
		set_status(p, &f, FIX_REFUSED, why.text);
	}
	p->plan->fixes[p->plan->fix_count++] = f;
	return 0;
}

static int ask_all(struct planner *p, struct err *e)
{
	const struct finding *primary = &p->d->findings[0];

	for (size_t i = 0; i < p->d->finding_count; i++) {
		const struct finding *f = &p->d->findings[i];

		if (!plan_may_be_fixed(primary, f))
			continue;
		for (const struct fixer *const *x = fixer_table; *x; x++)
			if (plan_is_answered(f, *x) && ask(p, *x, NULL, f, e) != 0)
				return -1;
		for (size_t k = 0; k < p->o->config->fixer_count; k++)
			if (fixer_answers(&p->own[k], f->rule_id) &&
				ask(p, &p->own[k], &p->o->config->fixers[k], f, e) != 0)
				return -1;
	}
	return 0;
}

/* ---- the plan ------------------------------------------------------------------------------------ */

/* Those of the configuration come behind the built-in ones. */
static size_t place_in_table(const struct fixer *fixer)
{
	size_t i = 0;

	while (fixer_table[i] && fixer_table[i] != fixer)
		i++;
	return i;
}

static int by_priority(const void *a, const void *b)
{
	const struct planned_fix *x = a, *y = b;
	size_t i = place_in_table(x->fixer), k = place_in_table(y->fixer);

	if (x->has_proposal != y->has_proposal)
		return x->has_proposal ? -1 : 1;
	if (x->tier != y->tier)
		return x->tier > y->tier ? -1 : 1;
	/* What does more of the job comes first. */
	if (x->proposal.left_count != y->proposal.left_count)
		return x->proposal.left_count < y->proposal.left_count ? -1 : 1;
	if (fabs(x->priority - y->priority) > 1e-9)
		return x->priority > y->priority ? -1 : 1;
	return (i > k) - (i < k);
}

static size_t file_count(const struct fix_proposal *p)
{
	return p->kind == FIX_EDITS ? p->edit_count : p->file_count;
}

static const char *file_name(const struct fix_proposal *p, size_t i)
{
	return p->kind == FIX_EDITS ? p->edits[i].path : p->files[i];
}

static bool share_a_file(const struct fix_proposal *a, const struct fix_proposal *b)
{
	for (size_t i = 0; i < file_count(a); i++)
		for (size_t k = 0; k < file_count(b); k++)
			if (strcmp(file_name(a, i), file_name(b, k)) == 0)
				return true;
	return false;
}

static bool is_possible(const struct planned_fix *f)
{
	return f->has_proposal && (f->status == FIX_PLANNED || f->status == FIX_UNAVAILABLE);
}

/* Two fixes of one finding that touch one file are two ways to say the same: only the better one is made. Fixes of
 * different findings stand on top of each other, and heal/ refuses the later one where they meet. */
static void settle_conflicts(struct planner *p)
{
	struct plan *plan = p->plan;
	unsigned within = 0;

	for (size_t i = 0; i < plan->fix_count; i++) {
		struct planned_fix *f = &plan->fixes[i];

		for (size_t k = 0; k < i && is_possible(f); k++)
			if (is_possible(&plan->fixes[k]) &&
				(plan->fixes[k].status == FIX_PLANNED || f->status == FIX_UNAVAILABLE) &&
				plan->fixes[k].finding == f->finding &&
				share_a_file(&plan->fixes[k].proposal, &f->proposal)) {
				f->within = false;
				set_status(p, f, FIX_REFUSED,
					arena_format(&plan->arena, "%s touches the same file and comes first",
						plan->fixes[k].fixer->id));
			}
		if (f->within && ++within > p->o->config->heal.max_per_run) {
			f->within = false;
			set_status(p, f, FIX_REFUSED, "heal.max_per_run is reached");
		}
	}
}

static const struct planned_fix *answer_of(const struct plan *plan, const struct planned_fix *f, uint32_t line)
{
	const struct planned_fix *best = NULL;

	for (size_t i = 0; i < plan->fix_count; i++) {
		const struct planned_fix *other = &plan->fixes[i];

		if (other == f || !is_possible(other) || other->finding->step != f->finding->step)
			continue;
		for (size_t k = 0; k < other->proposal.answered_count; k++)
			if (other->proposal.answered[k].line == line && (!best || other->tier > best->tier))
				best = other;
	}
	return best;
}

/* One pass; true when something changed that others may have relied on. */
static bool settle_left(struct planner *p, struct planned_fix *f)
{
	for (size_t i = 0; i < f->proposal.left_count && is_possible(f); i++) {
		const struct fix_line *left = &f->proposal.left[i];
		const struct planned_fix *answer = answer_of(p->plan, f, left->line);

		if (answer && answer->tier >= f->tier)
			continue;
		if (answer)
			f->tier = answer->tier;
		else
			set_status(p, f, FIX_REFUSED,
				arena_format(&p->plan->arena, "the check also says: %s", left->says));
		f->within = f->within && answer && f->tier >= p->o->tier;
		return true;
	}
	return false;
}

/* A fix that leaves the job red is none: what it leaves, the others must answer, together. */
static void settle_together(struct planner *p)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < p->plan->fix_count; i++)
			again = settle_left(p, &p->plan->fixes[i]) || again;
	}
}

/* Refusals are worth telling only for findings that nothing else answers. */
static void drop_idle_refusals(struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->fix_count; i++) {
		bool answered = false;

		for (size_t k = 0; k < plan->fix_count && !plan->fixes[i].has_proposal; k++)
			answered |= is_possible(&plan->fixes[k]) &&
				    plan->fixes[k].finding->step == plan->fixes[i].finding->step;
		if (!answered)
			plan->fixes[kept++] = plan->fixes[i];
	}
	plan->fix_count = kept;
}

static void decide(struct planner *p)
{
	struct plan *plan = p->plan;
	const struct finding *primary = diagnosis_primary(p->d);

	plan->decision = DECISION_NONE;
	if (!primary) {
		plan->reason = "the job did not fail";
		return;
	}
	for (size_t i = 0; i < plan->fix_count; i++) {
		const struct planned_fix *f = &plan->fixes[i];
		enum decision d = f->tier == TIER_HEAL ? DECISION_HEAL : DECISION_REVIEW;

		if (is_possible(f) && d > plan->decision) {
			plan->decision = d;
			plan->reason = arena_format(&plan->arena, "%s: %s", f->fixer->id, f->proposal.summary);
		}
	}
	if (plan->decision != DECISION_NONE)
		return;
	if (primary->category == CATEGORY_RESOURCE) {
		plan->reason = "a limit of memory or disk is met again by a rerun; a person must act";
	} else if (primary->transient) {
		plan->decision = DECISION_RERUN;
		plan->reason = "the log shows a passing fault; a rerun will probably pass";
	} else {
		plan->reason = plan->fix_count ? plan->fixes[0].reason : "nothing here can be fixed without a person";
	}
}

int plan_make(struct plan *ret, const struct diagnosis *d, struct log *log_or_null, const struct tree *tree,
	const struct plan_options *o, struct err *e)
{
	struct plan plan = {0};
	struct planner p = {.plan = &plan, .d = d, .log = log_or_null, .tree = tree, .o = o};

	plan.fixes = arena_array(&plan.arena, PLAN_FIXES_MAX, sizeof(*plan.fixes));
	p.own = user_fixers_make(&plan.arena, o->config);
	if (d->failed && d->finding_count && ask_all(&p, e) != 0) {
		plan_done(&plan);
		return -1;
	}
	qsort(plan.fixes, plan.fix_count, sizeof(*plan.fixes), by_priority);
	settle_conflicts(&p);
	settle_together(&p);
	drop_idle_refusals(&plan);
	decide(&p);
	*ret = plan;
	return 0;
}
