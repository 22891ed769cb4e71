/* workflow/fetch-depth and workflow/lfs - what the step needs and a plain checkout leaves out: history, large files. */
#include "fixers/workflow/files.h"

#include <string.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ANSWERS                                                                                                        \
	LIST("vcs/*", "git/*", "*revision*", "*shallow*", "*lfs*", "*tag*", "*history*", "generic/*", "runner/*",      \
		"shell/*", "make/*", "python/*", "js/*", "go/*", "java/*", "actions/*")

static bool says_any(const struct evidence *ev, const char *const *texts)
{
	for (size_t i = 0; i < ev->text.count; i++)
		for (const char *const *t = texts; *t; t++)
			if (view_has(evidence_line(ev, i), *t))
				return true;
	return false;
}

/* ---- history ------------------------------------------------------------------------------------------- */

static bool lacks_history(const struct evidence *ev)
{
	static const char *const says[] = {"fatal: No names found, cannot describe anything",
		"fatal: No tags can describe", "fatal: No annotated tags can describe", "shallow update not allowed",
		"is a shallow repository", "shallow clone detected", "Shallow clone detected",
		"fatal: ambiguous argument 'origin/", "fatal: ambiguous argument 'HEAD~",
		"fatal: ambiguous argument 'HEAD^", "fatal: bad revision 'HEAD~", "fatal: bad revision 'HEAD^",
		"fatal: bad revision 'origin/", "fatal: Invalid symmetric difference expression", ": no merge base",
		NULL};

	return says_any(ev, says);
}

static int edit_depth(struct source *s, const struct evidence *ev, struct arena *a, struct err *e)
{
	if (!lacks_history(ev) || view_has(s->text, "--unshallow"))
		return 0;
	return workflow_checkout_option(s, "fetch-depth", "0", a, e);
}

static int propose_depth(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "check out the whole history";
	ret->reason = "git lacks a commit, branch or tag, and the checkout fetches only the last commit";
	return workflow_propose(edit_depth, q, ret, e);
}

const struct fixer fixer_workflow_fetch_depth = {
	.id = "workflow/fetch-depth",
	.ecosystem = "workflow",
	.title = "Check out the whole history",
	.what = "git knows no tag, no merge base or no such revision in a shallow clone: proposes `fetch-depth: 0` for "
		"the "
		"workflow's checkout.",
	.why_safe =
		"For review only, as is everything below `.github/`. Only where git says so and the checkout names no "
		"depth.",
	.tier = TIER_REVIEW,
	.answers = ANSWERS,
	.paths = LIST(".github/workflows/*"),
	.max_files = 3,
	.max_lines = 20,
	.kind = FIX_EDITS,
	.heal_case = "wf-fetch-depth-tags",
	.refuse_case = "vcs-unrelated-histories",
	.propose = propose_depth,
};

/* ---- large files --------------------------------------------------------------------------------------- */

static bool tree_uses_lfs(const struct tree *tree)
{
	BUF_AUTO text = {0};

	return tree->read(tree->context, ".gitattributes", FIXER_FILE_BYTES_MAX, &text, NULL) == 0 &&
	       view_has(buf_view(&text), "filter=lfs");
}

static int edit_lfs(struct source *s, const struct evidence *ev, struct arena *a, struct err *e)
{
	static const char *const says[] = {"version https://git-lfs.github.com/spec/v1", "git-lfs pointer",
		"Git LFS pointer", "LFS pointer file", "git lfs pull", NULL};

	if (!tree_uses_lfs(ev->q->tree) || !says_any(ev, says) || view_has(s->text, "git lfs "))
		return 0;
	return workflow_checkout_option(s, "lfs", "true", a, e);
}

static int propose_lfs(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "check out the files of Git LFS";
	ret->reason = "the step read a pointer of Git LFS instead of the file, and the checkout leaves large files out";
	return workflow_propose(edit_lfs, q, ret, e);
}

const struct fixer fixer_workflow_lfs = {
	.id = "workflow/lfs",
	.ecosystem = "workflow",
	.title = "Check out files of Git LFS",
	.what = "A step reads the pointer of a file that Git LFS holds: proposes `lfs: true` for the workflow's "
		"checkout.",
	.why_safe = "For review only, as is everything below `.github/`. Only where `.gitattributes` names LFS and the "
		    "step "
		    "shows a pointer.",
	.tier = TIER_REVIEW,
	.answers = ANSWERS,
	.paths = LIST(".github/workflows/*"),
	.max_files = 3,
	.max_lines = 20,
	.kind = FIX_EDITS,
	.heal_case = "wf-lfs-pointer",
	.refuse_case = "vcs-unrelated-histories",
	.propose = propose_lfs,
};
