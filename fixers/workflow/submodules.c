/* workflow/submodules - files of a submodule are missing because the checkout leaves submodules out. */
#include "fixers/workflow/files.h"

#include <string.h>

static bool has_submodules(const struct tree *tree)
{
	enum tree_kind kind;

	return tree->stat(tree->context, ".gitmodules", &kind);
}

/* A file is missing, and the path of a submodule stands in the step, as in "gcc -Ithird_party/lib/include". */
static bool is_said(const struct evidence *ev)
{
	BUF_AUTO text = {0};
	struct view rest, line;
	bool missing = false;

	for (size_t i = 0; i < ev->text.count; i++)
		missing |= view_has(evidence_line(ev, i), "No such file or directory") ||
			   view_has(evidence_line(ev, i), "does not exist") ||
			   view_has(evidence_line(ev, i), "not found") ||
			   view_has(evidence_line(ev, i), "No rule to make target");
	if (!missing || ev->q->tree->read(ev->q->tree->context, ".gitmodules", FIXER_FILE_BYTES_MAX, &text, NULL) != 0)
		return false;
	for (rest = buf_view(&text); view_next(&rest, '\n', &line);) {
		BUF_AUTO path = buf_new(BUF_LINE);
		size_t at = view_find(line, "path = ");

		if (at == VIEW_NONE || !buf_add_view(&path, view_trim(view_from(line, at + 7))) || path.n < 3)
			continue;
		for (size_t i = 0; i < ev->text.count; i++)
			if (view_has(evidence_line(ev, i), buf_text(&path)))
				return true;
	}
	return false;
}

static int edit(struct source *s, const struct evidence *ev, struct arena *a, struct err *e)
{
	if (!has_submodules(ev->q->tree) || view_has(s->text, "submodule update") || !is_said(ev))
		return 0;
	return workflow_checkout_option(s, "submodules", "recursive", a, e);
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "check out submodules";
	ret->reason = "a file is missing where the step uses a submodule, and the checkout leaves submodules out";
	return workflow_propose(edit, q, ret, e);
}

const struct fixer fixer_workflow_submodules = {
	.id = "workflow/submodules",
	.ecosystem = "workflow",
	.title = "Check out submodules",
	.what = "A file of a submodule is missing: proposes `submodules: recursive` for the workflow's checkout.",
	.why_safe = "For review only, as is everything below `.github/`. Only when the step speaks of the submodule's "
		    "path and no workflow "
		    "checks submodules out in another way.",
	.tier = TIER_REVIEW,
	.answers = (const char *const[]){"*submodule*", "*missing*", "*not-found*", "*header*", "vcs/*", "git/*", "c/*",
		"cpp/*", "generic/*", "runner/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){".github/workflows/*", NULL},
	.max_files = 3,
	.max_lines = 12,
	.kind = FIX_EDITS,
	.heal_case = "vcs-submodule-missing",
	.refuse_case = "c-missing-include",
	.propose = propose,
};
