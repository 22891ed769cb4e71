/* heal.c - the plan from top to bottom: make, judge, prove, deliver; each fix on top of those before it. */
#include "base/mem.h"
#include "heal/internal.h"

#include <stdlib.h>
#include <string.h>

/* One fix on its way. Kept until the end of all when later fixes stand on it. */
struct step {
	struct step *before;
	struct change_set own;   /* against the tree it was made for */
	struct change_set delta; /* the same on top of the fixes before */
	struct overlay alone, tip;
	const struct fixer *fixer;
	char commit[GIT_OID_HEXSZ + 1]; /* "" none */
	unsigned plan;
};

/* The state from the first plan to the last, and, while one is carried out, its result. */
struct healing_run {
	struct repository *repository;
	const struct heal_options *options;
	struct heal_result *result;
	struct step *last;      /* delivered ones, newest first */
	const struct tree *tip; /* HEAD and all fixes so far */
	unsigned delivered, plans;
	struct arena arena; /* of the branch's name */
	struct branch branch;
	struct err branch_trouble; /* why there can be no branch */
};

static enum fix_status status_of(enum err_code code)
{
	switch (code) {
	case ERR_REFUSED:
	case ERR_NOTHING:
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
static int check_programs(const struct healing_run *run, const struct planned_fix *f, struct err *e)
{
	const struct fix_proposal *p = &f->proposal;
	const char *const programs[] = {
		p->kind == FIX_COMMAND && p->argv ? p->argv[0] : NULL, p->proof.argv ? p->proof.argv[0] : NULL};
	MEM_AUTO char *tools =
		f->fixer->runs_repository_code ? modules_tools(run->repository, p->files, p->file_count) : NULL;

	if (!needs_checkout(p))
		return 0;
	if (run->options->no_processes)
		return err_set(e, ERR_UNAVAILABLE, "needs a program: %s", run->options->no_processes);
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		MEM_AUTO char *path = programs[i] ? process_find_first(tools, programs[i]) : NULL;

		if (programs[i] && !path)
			return err_set(e, ERR_UNAVAILABLE, "%s is not installed", programs[i]);
	}
	return 0;
}

/* Edits and diffs were worked out against HEAD; a program sees the fixes before it, and works on top of them. */
static int make_change(
	struct healing_run *run, struct step *s, const struct planned_fix *f, struct checkout *c, struct err *e)
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

static int describe(struct healing_run *run, struct healed_fix *h, const struct change_set *changes, struct err *e)
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
static int lower_tier(
	struct healing_run *run, struct healed_fix *h, const struct checkout *c, bool *within, struct err *e)
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

/* The user wants more proof than may be had here: then the fix is a proposal. */
static void demand_verification(struct healing_run *run, struct healed_fix *h, bool *within)
{
	if (run->options->config->heal.verify.n == 0 || !run->options->no_processes || h->tier < TIER_HEAL)
		return;
	h->tier = TIER_REVIEW;
	h->reason = arena_format(
		&run->result->arena, "heal.verify cannot run: %s; a person must look", run->options->no_processes);
	*within = *within && run->options->tier == TIER_REVIEW;
}

static int prove_and_verify(
	struct healing_run *run, struct healed_fix *h, struct step *s, struct checkout *c, bool *within, struct err *e)
{
	const struct planned_fix *f = h->fix;
	const struct config *config = run->options->config;
	bool verified = config->heal.verify.n && !run->options->no_processes;

	/* The checkout in which a command worked is already as the tree would be. */
	if (f->proposal.kind != FIX_COMMAND && (f->proposal.proof.argv || verified) &&
		checkout_make(c, run->repository, &s->tip.tree, e) != 0)
		return -1;
	if (prove(h, f, &s->alone.tree, c, e) != 0)
		return -1;
	demand_verification(run, h, within);
	if (verified && !c->has_modules && modules_lend(c, run->repository, h->files, h->file_count, e) != 0)
		return -1;
	return verified ? verify(h, c, config, &run->result->arena, e) : 0;
}

/* In a copy of what is near at first: most tools need no more, and large trees take their time. */
static int copy_for(struct healing_run *run, const struct planned_fix *f, struct checkout *c, bool near, struct err *e)
{
	const struct fix_proposal *p = &f->proposal;

	if (checkout_make_near(c, run->repository, run->tip, near ? p->files : NULL, near ? p->file_count : 0, e) != 0)
		return -1;
	return f->fixer->runs_repository_code ? modules_lend(c, run->repository, p->files, p->file_count, e) : 0;
}

static int make_by_program(
	struct healing_run *run, struct healed_fix *h, struct step *s, struct checkout *c, bool *within, struct err *e)
{
	const struct fix_proposal *p = &h->fix->proposal;
	bool near = h->fix->fixer->needs_only_near_files && p->file_count && run->options->config->heal.verify.n == 0;
	struct err why = {0};

	if (near) {
		if (copy_for(run, h->fix, c, true, e) != 0 || lower_tier(run, h, c, within, e) != 0)
			return -1;
		if (make_change(run, s, h->fix, c, &why) == 0)
			return 0;
		change_set_done(&s->own);
		change_set_done(&s->delta);
		checkout_done(c);
	}
	if (copy_for(run, h->fix, c, false, e) != 0 || (!near && lower_tier(run, h, c, within, e) != 0))
		return -1;
	return make_change(run, s, h->fix, c, e);
}

static int make_judge_prove(
	struct healing_run *run, struct healed_fix *h, struct step *s, struct checkout *c, bool *within, struct err *e)
{
	const struct planned_fix *f = h->fix;

	if (f->proposal.kind == FIX_COMMAND ? make_by_program(run, h, s, c, within, e) != 0
					    : make_change(run, s, f, c, e) != 0)
		return -1;
	if (policy_check(&s->delta, f->fixer, f->finding, run->options->config, run->tip, e) != 0 ||
		describe(run, h, &s->delta, e) != 0)
		return -1;
	return prove_and_verify(run, h, s, c, within, e);
}

static int make_and_prove(struct healing_run *run, struct healed_fix *h, struct step *s, bool *within, struct err *e)
{
	struct checkout c = {0};
	int result;

	if (check_programs(run, h->fix, e) != 0)
		return -1;
	result = make_judge_prove(run, h, s, &c, within, e);
	checkout_done(&c);
	return result;
}

static int commit(struct healing_run *run, struct healed_fix *h, struct step *s, struct err *e)
{
	if (!run->repository->bare && worktree_check_all(run->repository, &s->delta, e) != 0)
		return -1;
	if (branch_commit(&run->branch, run->repository, &s->delta, h, run->options, e) != 0)
		return -1;
	git_oid_tostr(s->commit, sizeof(s->commit), &run->branch.tip);
	h->commit = arena_text(&run->result->arena, s->commit);
	return 0;
}

/* A dry run looks at HEAD alone, but does not hide that the work tree is in the way. */
static void forecast(struct healing_run *run, struct healed_fix *h, const struct step *s)
{
	struct err e;

	if (!run->repository->bare && worktree_check_all(run->repository, &s->delta, &e) != 0)
		h->reason =
			arena_format(&run->result->arena, "%s; applying it would be refused: %s", h->reason, e.text);
}

static int deliver(struct healing_run *run, struct healed_fix *h, struct step *s, struct err *e)
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

static void fail(struct healing_run *run, struct healed_fix *h, const struct err *e)
{
	h->status = status_of(e->code);
	h->reason = arena_text(&run->result->arena, e->text);
	h->diff = NULL;
}

static void step_drop(struct step *s)
{
	change_set_done(&s->own);
	change_set_done(&s->delta);
	free(s);
}

/* What another job of the run complained about too is mended already. */
static bool was_made_before(struct healing_run *run, struct healed_fix *h, const struct err *e)
{
	struct arena *arena = &run->result->arena;
	const struct step *s = run->last;

	while (s && (s->plan == run->plans || strcmp(s->fixer->id, h->fix->fixer->id) != 0))
		s = s->before;
	if (e->code != ERR_NOTHING || !s || !h->fix->within)
		return false;
	h->status = run->options->level == HEAL_DRY_RUN ? FIX_PLANNED : FIX_APPLIED;
	h->reason = "the fix for another job of this run makes this change too";
	h->commit = *s->commit ? arena_text(arena, s->commit) : NULL;
	h->files = arena_array(arena, s->delta.count, sizeof(*h->files));
	h->file_count = s->delta.count;
	for (size_t i = 0; i < s->delta.count; i++)
		h->files[i] = arena_text(arena, s->delta.items[i].path);
	h->proof.argv = NULL;
	h->proof.says = NULL;
	h->diff = NULL;
	return true;
}

static int make_and_deliver(struct healing_run *run, struct healed_fix *h, struct step *s, struct err *e)
{
	unsigned most = run->options->config->heal.max_per_run;
	bool within = h->fix->within && run->delivered < most;

	if (h->fix->within && !within)
		h->reason = arena_format(&run->result->arena, "heal.max_per_run allows %u fixes in one run", most);
	if (make_and_prove(run, h, s, &within, e) != 0)
		return -1;
	if (!within)
		return 1;
	if (run->options->level == HEAL_COMMIT && run->branch_trouble.code)
		return err_set(e, run->branch_trouble.code, "%s", run->branch_trouble.text);
	return deliver(run, h, s, e);
}

static void heal_one(struct healing_run *run, struct healed_fix *h)
{
	struct step *s = mem_new(sizeof(*s));
	struct err e = {0};
	int result = make_and_deliver(run, h, s, &e);

	if (result < 0 && !was_made_before(run, h, &e))
		fail(run, h, &e);
	if (result != 0) {
		step_drop(s);
		return;
	}
	s->before = run->last;
	s->fixer = h->fix->fixer;
	s->plan = run->plans;
	run->last = s;
	run->tip = &s->tip.tree;
	run->delivered++;
}

static void begin_fix(struct healing_run *run, struct healed_fix *h, const struct planned_fix *f)
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
static void finish_branch(struct healing_run *run)
{
	struct heal_result *result = run->result;
	struct err e = {0};

	if (run->branch.commits && branch_publish(&run->branch, run->repository, &e) != 0) {
		run->branch_trouble = e;
		for (size_t i = 0; i < result->fix_count; i++)
			if (result->fixes[i].commit) {
				result->fixes[i].commit = NULL;
				fail(run, &result->fixes[i], &e);
			}
	}
	for (size_t i = 0; i < result->fix_count && run->branch.exists; i++)
		if (result->fixes[i].commit)
			result->branch = arena_text(&result->arena, run->branch.name);
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

int heal_begin(struct healing_run **ret, struct repository *r, const struct heal_options *o, struct err *e)
{
	if (check_level(r, o, e) != 0)
		return -1;
	*ret = mem_new(sizeof(**ret));
	**ret = (struct healing_run){.repository = r, .options = o, .tip = &r->tree};
	return 0;
}

void heal_run(struct heal_result *ret, struct healing_run *run, const struct plan *plan)
{
	struct heal_result result = {0};

	result.fixes = arena_array(&result.arena, plan->fix_count, sizeof(*result.fixes));
	result.fix_count = plan->fix_count;
	result.sandbox = arena_text(&result.arena, process_sandbox_text());
	run->result = &result;
	run->plans++;
	/* A job without a fix has no say in the name. */
	if (run->options->level == HEAL_COMMIT && !run->branch.name && plan->fix_count)
		branch_prepare(&run->branch, &run->arena, run->repository, plan, run->options, &run->branch_trouble);
	for (size_t i = 0; i < plan->fix_count; i++) {
		struct healed_fix *h = &result.fixes[i];

		begin_fix(run, h, &plan->fixes[i]);
		if (h->fix->has_proposal && h->status == FIX_PLANNED && h->tier != TIER_OFF)
			heal_one(run, h);
	}
	finish_branch(run);
	run->result = NULL;
	*ret = result;
}

void heal_end(struct healing_run *run)
{
	if (!run)
		return;
	for (struct step *s = run->last, *before; s; s = before) {
		before = s->before;
		step_drop(s);
	}
	arena_done(&run->arena);
	free(run);
}

void heal_result_done(struct heal_result *h)
{
	arena_done(&h->arena);
	*h = (struct heal_result){0};
}
