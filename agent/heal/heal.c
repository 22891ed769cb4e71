/* heal.c - the plan from top to bottom: make, judge, prove, deliver; each fix on top of those before it. */
#include "base/mem.h"
#include "heal/internal.h"

#include <stdlib.h>
#include <string.h>

/* One fix on its way. Kept until the end of the run when later fixes stand on it. */
struct step {
	struct change_set own;   /* against the tree it was made for */
	struct change_set delta; /* the same on top of the fixes before */
	struct overlay alone, tip;
};

struct run {
	struct heal_result *result;
	struct repository *repository;
	const struct heal_options *options;
	struct step *steps;
	const struct tree *tip; /* HEAD and all fixes so far */
	unsigned delivered;
	struct branch branch;
	struct err branch_trouble; /* why there can be no branch */
};

static enum fix_status status_of(enum err_code code)
{
	switch (code) {
	case ERR_REFUSED:
	case ERR_LIMIT:
		return FIX_REFUSED;
	case ERR_UNAVAILABLE:
		return FIX_UNAVAILABLE;
	default:
		return FIX_FAILED;
	}
}

static bool needs_checkout(const struct fix_proposal *p)
{
	return p->kind == FIX_COMMAND || p->proof.argv;
}

/* Programs are asked for before anything is copied for them. */
static int check_programs(const struct run *run, const struct fix_proposal *p, struct err *e)
{
	const char *const programs[] = {
		p->kind == FIX_COMMAND && p->argv ? p->argv[0] : NULL, p->proof.argv ? p->proof.argv[0] : NULL};

	if (!needs_checkout(p))
		return 0;
	if (!run->options->allow_processes)
		return err_set(e, ERR_UNAVAILABLE, "needs a program, and none may run here");
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		MEM_AUTO char *path = programs[i] ? process_find(programs[i]) : NULL;

		if (programs[i] && !path)
			return err_set(e, ERR_UNAVAILABLE, "%s is not installed", programs[i]);
	}
	return 0;
}

/* Edits and diffs were worked out against HEAD; a program sees the fixes before it, and works on top of them. */
static int make_change(
	struct run *run, struct step *s, const struct planned_fix *f, const struct checkout *c, struct err *e)
{
	const struct tree *head = &run->repository->tree;
	const struct fix_proposal *p = &f->proposal;
	int result;

	change_set_begin(&s->own);
	change_set_begin(&s->delta);
	if (p->kind == FIX_COMMAND)
		result = command_make(&s->own, c, f, e);
	else
		result = p->kind == FIX_DIFF ? diff_make(&s->own, p, head, e) : edits_make(&s->own, p, head, e);
	if (result != 0 || merge_onto(&s->delta, &s->own, run->tip, e) != 0)
		return -1;
	overlay_init(&s->alone, p->kind == FIX_COMMAND ? run->tip : head, &s->own);
	overlay_init(&s->tip, run->tip, &s->delta);
	return 0;
}

static int describe(struct run *run, struct healed_fix *h, const struct change_set *changes, struct err *e)
{
	struct arena *arena = &run->result->arena;
	BUF_AUTO diff = buf_new(BUF_FILE);

	h->files = arena_array(arena, changes->count, sizeof(*h->files));
	h->file_count = changes->count;
	for (size_t i = 0; i < changes->count; i++)
		h->files[i] = arena_text(arena, changes->items[i].path);
	if (change_set_print(&diff, changes, e) != 0)
		return -1;
	h->diff = arena_view(arena, buf_view(&diff)).p;
	return 0;
}

/* A tool of another version may format in another way: then a person must look. */
static int lower_tier(struct run *run, struct healed_fix *h, const struct checkout *c, bool *within, struct err *e)
{
	struct arena *arena = &run->result->arena;
	const char *wanted = h->fix->proposal.tool_version_wanted, *found;
	enum tier tier = run->options->tier ? run->options->tier : TIER_HEAL;
	bool same;

	if (command_check_version(c, h->fix, &same, arena, &found, e) != 0)
		return -1;
	if (same || h->tier < TIER_HEAL)
		return 0;
	h->tier = TIER_REVIEW;
	h->reason = arena_format(arena, "%s %s is installed, but %s was used: a person must look",
		h->fix->fixer->program, found, wanted);
	*within = *within && tier == TIER_REVIEW;
	return 0;
}

static int make_judge_prove(
	struct run *run, struct healed_fix *h, struct step *s, struct checkout *c, bool *within, struct err *e)
{
	const struct planned_fix *f = h->fix;
	bool command = f->proposal.kind == FIX_COMMAND;

	if (command && (checkout_make(c, run->repository, run->tip, e) != 0 || lower_tier(run, h, c, within, e) != 0))
		return -1;
	if (make_change(run, s, f, c, e) != 0 ||
		policy_check(&s->delta, f->fixer, f->finding, run->options->config, run->tip, e) != 0 ||
		describe(run, h, &s->delta, e) != 0)
		return -1;
	/* The checkout in which a command worked is already as the tree would be. */
	if (!command && f->proposal.proof.argv && checkout_make(c, run->repository, &s->tip.tree, e) != 0)
		return -1;
	return prove(h, f, &s->alone.tree, c, e);
}

static int make_and_prove(struct run *run, struct healed_fix *h, struct step *s, bool *within, struct err *e)
{
	struct checkout c = {0};
	int result;

	if (check_programs(run, &h->fix->proposal, e) != 0)
		return -1;
	result = make_judge_prove(run, h, s, &c, within, e);
	checkout_done(&c);
	return result;
}

static int commit(struct run *run, struct healed_fix *h, const struct step *s, struct err *e)
{
	char id[GIT_OID_HEXSZ + 1];

	if (!run->repository->bare && worktree_check_all(run->repository, &s->delta, e) != 0)
		return -1;
	if (branch_commit(&run->branch, run->repository, &s->delta, h, run->options, e) != 0)
		return -1;
	git_oid_tostr(id, sizeof(id), &run->branch.tip);
	h->commit = arena_text(&run->result->arena, id);
	return 0;
}

/* A dry run looks at HEAD alone, but does not hide that the work tree is in the way. */
static void forecast(struct run *run, struct healed_fix *h, const struct step *s)
{
	struct err e;

	if (!run->repository->bare && worktree_check_all(run->repository, &s->delta, &e) != 0)
		h->reason =
			arena_format(&run->result->arena, "%s; applying it would be refused: %s", h->reason, e.text);
}

static int deliver(struct run *run, struct healed_fix *h, const struct step *s, struct err *e)
{
	h->status = FIX_APPLIED;
	switch (run->options->level) {
	case HEAL_APPLY:
		return apply_changes(run->repository, &s->delta, e);
	case HEAL_COMMIT:
		return commit(run, h, s, e);
	case HEAL_DRY_RUN:
		h->status = FIX_PLANNED;
		forecast(run, h, s);
	}
	return 0;
}

static void fail(struct run *run, struct healed_fix *h, const struct err *e)
{
	h->status = status_of(e->code);
	h->reason = arena_text(&run->result->arena, e->text);
	h->diff = NULL;
}

static void step_drop(struct step *s)
{
	change_set_done(&s->own);
	change_set_done(&s->delta);
	*s = (struct step){0};
}

static void heal_one(struct run *run, struct healed_fix *h, struct step *s)
{
	struct err e = {0};
	unsigned most = run->options->config->heal.max_per_run;
	bool within = h->fix->within && run->delivered < most;

	if (h->fix->within && !within)
		h->reason = arena_format(&run->result->arena, "heal.max_per_run allows %u fixes in one run", most);
	if (make_and_prove(run, h, s, &within, &e) != 0) {
		fail(run, h, &e);
		step_drop(s);
	} else if (!within) {
		step_drop(s);
	} else if (run->options->level == HEAL_COMMIT && run->branch_trouble.code) {
		fail(run, h, &run->branch_trouble);
		step_drop(s);
	} else if (deliver(run, h, s, &e) != 0) {
		fail(run, h, &e);
		step_drop(s);
	} else {
		run->tip = &s->tip.tree;
		run->delivered++;
	}
}

static void begin_fix(struct run *run, struct healed_fix *h, const struct planned_fix *f)
{
	struct arena *arena = &run->result->arena;
	const char *reason = f->within || !f->reason ? f->proposal.reason : f->reason;

	*h = (struct healed_fix){
		.fix = f,
		.status = f->status,
		.tier = f->tier,
		.confidence = f->confidence,
		.reason = arena_text(arena, f->has_proposal && reason ? reason
					    : f->reason               ? f->reason
								      : ""),
	};
}

/* The branch comes last: until then nothing points to the commits. */
static void finish_branch(struct run *run)
{
	struct heal_result *result = run->result;
	struct err e = {0};

	if (run->branch.commits == 0)
		return;
	if (branch_create(&run->branch, run->repository, &e) == 0) {
		result->branch = run->branch.name;
		return;
	}
	for (size_t i = 0; i < result->fix_count; i++)
		if (result->fixes[i].commit) {
			result->fixes[i].commit = NULL;
			fail(run, &result->fixes[i], &e);
		}
}

static void heal_all(struct run *run, const struct plan *plan)
{
	run->steps = mem_array(plan->fix_count, sizeof(*run->steps));
	for (size_t i = 0; i < plan->fix_count; i++) {
		struct healed_fix *h = &run->result->fixes[i];

		begin_fix(run, h, &plan->fixes[i]);
		if (h->fix->has_proposal && h->status == FIX_PLANNED && h->tier != TIER_OFF)
			heal_one(run, h, &run->steps[i]);
	}
	finish_branch(run);
	for (size_t i = 0; i < plan->fix_count; i++)
		step_drop(&run->steps[i]);
	free(run->steps);
}

static int check_level(struct repository *r, const struct heal_options *o, struct err *e)
{
	if (!r->head_tree)
		return err_set(e, ERR_INPUT, "%s has no commit yet: commit what the log is about first", r->root);
	if (o->level != HEAL_APPLY)
		return 0;
	if (r->bare)
		return err_set(e, ERR_USAGE,
			"%s is a bare repository: there are no files to apply a fix to; use --commit", r->root);
	return heal_recover(r, e) < 0 ? -1 : 0;
}

int heal_run(struct heal_result *ret, struct repository *r, const struct plan *plan, const struct heal_options *o,
	struct err *e)
{
	struct heal_result result = {0};
	struct run run = {.result = &result, .repository = r, .options = o, .tip = &r->tree};

	if (check_level(r, o, e) != 0)
		return -1;
	result.fixes = arena_array(&result.arena, plan->fix_count, sizeof(*result.fixes));
	result.fix_count = plan->fix_count;
	result.sandbox = arena_text(&result.arena, process_sandbox_text());
	if (o->level == HEAL_COMMIT)
		branch_prepare(&run.branch, &result.arena, r, plan, o, &run.branch_trouble);
	heal_all(&run, plan);
	*ret = result;
	return 0;
}

void heal_result_done(struct heal_result *h)
{
	arena_done(&h->arena);
	*h = (struct heal_result){0};
}
