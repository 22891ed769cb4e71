/* js/unused-expect-error - TypeScript finds nothing wrong where a comment expects an error. */
#include "fixers/js/tsc.h"

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	enum mend_verdict verdict = tsc_read(m, i, ret);

	return verdict == MEND_COMPLAINT && !view_is(ret->code, "TS2578") ? MEND_HOPELESS : verdict;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view text = view_trim(source_line(s, c->line));
	bool line_comment = view_starts(text, "//"), block = view_starts(text, "/*") && view_ends(text, "*/");
	bool jsx = view_starts(text, "{/*") && view_ends(text, "*/}");

	(void)m;
	if (!view_has(text, "@ts-expect-error") || !(line_comment || block || jsx))
		return err_set(e, ERR_REFUSED, "%s:%u is no comment of its own with that directive", s->path, c->line);
	return source_cut_lines(s, c->line, c->line, e);
}

static const struct mender mender = {
	.read = read_line,
	.mend = mend,
	.says = "only comment lines with the directive went",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "remove unused @ts-expect-error";
	ret->reason = "the compiler finds no error below the directive, and reports nothing else";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_js_expect_error = {
	.id = "js/unused-expect-error",
	.ecosystem = "js",
	.title = "Remove unused @ts-expect-error",
	.what = "`TS2578: Unused '@ts-expect-error' directive`: removes the comment line.",
	.why_safe = "The directive has no effect but to fail when there is no error. Only a line that is nothing but "
		    "this comment, "
		    "and only when every error is of this kind.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*tsc*", "*typescript*", "js/*", "ts/*", "node/*", "npm/*", "generic/*",
		"runner/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){"*.{ts,tsx,mts,cts,js,jsx}", NULL},
	.max_files = 20,
	.max_lines = 60,
	.kind = FIX_EDITS,
	.heal_case = "js-tsc-unused-expect-error",
	.refuse_case = "js-eresolve-peer",
	.propose = propose,
};
