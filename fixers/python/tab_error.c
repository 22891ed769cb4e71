/* python/tab-error - one line is indented by tabs, its neighbours by blanks. */
#include "fixers/python/traceback.h"
#include "fixers/words.h"

#include <string.h>

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	if (!view_has(evidence_line(m->ev, i), "TabError: inconsistent use of tabs and spaces"))
		return MEND_NOTHING;
	if (traceback_above(m->ev, i, ret))
		return MEND_COMPLAINT;
	return m->count ? MEND_HARMLESS : MEND_HOPELESS;
}

/* The line below in the same block tells the depth; a tab counts as eight, which must agree. */
static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view line = source_line(s, c->line);
	size_t tabs = 0, depth = words_blanks(source_line(s, c->line + 1));

	while (tabs < line.n && line.p[tabs] == '\t')
		tabs++;
	if (tabs == 0 || (tabs < line.n && line.p[tabs] == ' ') || depth != tabs * 8)
		return err_set(e, ERR_REFUSED, "%s:%u: the depth of the line cannot be told", s->path, c->line);
	return source_splice(
		s, source_offset(s, c->line), tabs, view_of(arena_format(&m->ret->arena, "%*s", (int)depth, "")), e);
}

static const struct mender mender = {
	.others_may_complain = true,
	.read = read_line,
	.mend = mend,
	.check = edit_only_white,
	.says = "nothing but white space changed",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	int status;

	ret->summary = "indent by blanks instead of tabs";
	ret->reason =
		"the line below shows how deep the block is; whether the line belongs to it is for a person to say";
	status = mend_propose(&mender, q, ret, e);
	ret->tier = TIER_REVIEW;
	ret->confidence = 0.8;
	return status;
}

const struct fixer fixer_python_tab_error = {
	.id = "python/tab-error",
	.ecosystem = "python",
	.title = "Propose blanks for tabs",
	.what = "`TabError: inconsistent use of tabs and spaces`: proposes as many blanks as the line below has.",
	.why_safe = "For review only: indentation is meaning. Nothing but white space at the start of the named line "
		    "changes.",
	.tier = TIER_REVIEW,
	.answers = (const char *const[]){"python/*", "generic/*", "runner/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){"*.py", NULL},
	.max_files = 2,
	.max_lines = 10,
	.kind = FIX_EDITS,
	.heal_case = "py-taberror",
	.refuse_case = "py-syntax-expected-colon",
	.propose = propose,
};
