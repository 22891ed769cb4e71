/* js/unused-expect-error - TypeScript finds nothing wrong where a comment expects an error. */
#include "fixers/mend.h"

#include <string.h>

/* "src/a.ts(10,3): error TS2578: ..." and, pretty, "src/a.ts:10:3 - error TS2578: ..." */
static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i), text, word;
	uint64_t n;

	if (view_starts(line, "Found ") && view_has(line, " error")) {
		text = view_from(line, strlen("Found "));
		return view_word(&text, &word) && view_number(word, 100000, &n) && n == m->count ? MEND_HARMLESS
												 : MEND_HOPELESS;
	}
	if (!complaint_parse(line, ret))
		return MEND_NOTHING;
	text = view_starts(ret->text, "- ") ? view_from(ret->text, 2) : ret->text;
	if (!view_starts(text, "error TS"))
		return MEND_NOTHING;
	return view_starts(text, "error TS2578:") ? MEND_COMPLAINT : MEND_HOPELESS;
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
