/* workflow/deprecated-action - GitHub refuses a job that uses an action's old version. */
#include "fixers/workflow/files.h"

#include <string.h>

/* Versions that go together: an artifact of one major version cannot be read by another. */
static const struct {
	const char *action, *version;
} current[] = {
	{"actions/upload-artifact", "v4"},
	{"actions/download-artifact", "v4"},
	{"actions/cache", "v4"},
	{"actions/cache/save", "v4"},
	{"actions/cache/restore", "v4"},
};

/* "... uses a deprecated version of `actions/upload-artifact: v3`." */
static bool is_said(const struct evidence *ev)
{
	for (size_t i = 0; i < ev->text.count; i++)
		if (view_has(evidence_line(ev, i), "uses a deprecated version of `actions/"))
			return true;
	return false;
}

/* "uses: actions/upload-artifact@v3": where the version stands */
static const char *old_version(struct view line, struct view *ret)
{
	size_t at = view_find(line, "uses:"), mark;
	struct view action;

	if (at == VIEW_NONE)
		return NULL;
	action = view_trim(view_from(line, at + strlen("uses:")));
	mark = view_find_char(action, '@');
	if (mark == VIEW_NONE)
		return NULL;
	action.n = view_find_char(action, ' ') == VIEW_NONE ? action.n : view_find_char(action, ' ');
	*ret = view_from(action, mark + 1);
	for (size_t i = 0; i < sizeof(current) / sizeof(*current); i++)
		if (view_is(view_sub(action, 0, mark), current[i].action) && ret->n >= 2 && *ret->p == 'v' &&
			ret->p[1] >= '1' && ret->p[1] <= '3' && (ret->n == 2 || ret->p[2] == '.'))
			return current[i].version;
	return NULL;
}

static int edit(struct source *s, const struct evidence *ev, struct arena *a, struct err *e)
{
	int changes = 0;

	(void)a;
	if (!is_said(ev))
		return 0;
	for (uint32_t n = 1; n <= s->line_count; n++) {
		struct view old;
		const char *new = old_version(source_line(s, n), &old);

		if (!new)
			continue;
		if (source_splice(s, (size_t)(old.p - s->text.p), old.n, view_of(new), e) != 0)
			return -1;
		changes++;
	}
	return changes;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "use current versions of the artifact and cache actions";
	ret->reason = "GitHub refuses jobs that use the old version; artifact names must be unique from v4 on, so look "
		      "at them";
	return workflow_propose(edit, q, ret, e);
}

const struct fixer fixer_workflow_deprecated_action = {
	.id = "workflow/deprecated-action",
	.ecosystem = "workflow",
	.title = "Use a current version of an action",
	.what = "`uses a deprecated version of actions/upload-artifact: v3`: proposes v4 of the artifact and cache "
		"actions.",
	.why_safe = "For review only, as is everything below `.github/`. Only the version behind the `@` changes.",
	.tier = TIER_REVIEW,
	.answers = (const char *const[]){"*deprecated*", "workflow/*", "actions/*", "runner/*", "github/*", "generic/*",
		"shell/*", "make/*", NULL},
	.paths = (const char *const[]){".github/workflows/*", NULL},
	.max_files = 10,
	.max_lines = 60,
	.kind = FIX_EDITS,
	.heal_case = "wf-upload-artifact-v3",
	.refuse_case = "infra-runner-shutdown",
	.propose = propose,
};
