/* A run taken apart: what failed of one thing, and which fixes there are. */
#include "publish/words.h"

#include <string.h>

static bool shows_diff(const struct publish_fix *f)
{
	return (f->status == FIX_APPLIED || f->status == FIX_PLANNED) && f->diff && f->diff[0];
}

static bool same_fix(const struct publish_fix *a, const struct publish_fix *b)
{
	if (shows_diff(a) || shows_diff(b))
		return view_eq(view_of(a->diff), view_of(b->diff));
	return view_eq(view_of(a->fixer), view_of(b->fixer)) && view_eq(view_of(a->reason), view_of(b->reason));
}

static bool is_listed(const struct publish_fix *const *fixes, size_t n, const struct publish_fix *one)
{
	for (size_t i = 0; i < n; i++)
		if (same_fix(fixes[i], one))
			return true;
	return false;
}

static size_t fixes_of(const struct publish_run *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->job_count; i++)
		n += r->jobs[i].heal ? r->jobs[i].heal->fix_count : 0;
	return n;
}

static void add_fixes(struct told *t, const struct publish_fix **fixes, bool with_diff)
{
	const struct publish_run *r = t->run;
	for (size_t i = 0; i < r->job_count; i++)
		for (size_t k = 0; r->jobs[i].heal && k < r->jobs[i].heal->fix_count; k++) {
			const struct publish_fix *f = &r->jobs[i].heal->fixes[k];
			if (shows_diff(f) == with_diff && !is_listed(fixes, t->fix_count, f))
				fixes[t->fix_count++] = f;
		}
}

void told_start(struct told *t, const struct publish_run *r)
{
	*t = (struct told){.run = r};
	t->group_count = publish_groups(r, &t->arena, &t->groups);
	const struct publish_fix **fixes = arena_array(&t->arena, fixes_of(r), sizeof *fixes);
	add_fixes(t, fixes, true);
	t->diff_count = t->fix_count;
	add_fixes(t, fixes, false);
	t->fixes = fixes;
	for (size_t i = 0; i < t->diff_count; i++)
		t->review = t->review || fixes[i]->tier == TIER_REVIEW;
}

void told_done(struct told *t)
{
	arena_done(&t->arena);
}
