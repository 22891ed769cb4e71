/* c/clang-tidy - replacements of one token that clang-tidy prints below its caret. */
#include "fixers/mend.h"
#include "fixers/words.h"

#include <string.h>

/* Checks whose printed replacement is the whole remedy and never changes what the program does. */
static const char *const checks[] = {
	"modernize-use-nullptr", "modernize-use-bool-literals", "readability-uppercase-literal-suffix", NULL};

static bool is_known(struct view text)
{
	for (const char *const *c = checks; *c; c++) {
		size_t at = view_find(text, *c);

		if (at != VIEW_NONE && at > 0 && text.p[at - 1] == '[')
			return true;
	}
	return false;
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	if (!complaint_parse(evidence_line(m->ev, i), ret))
		return MEND_NOTHING;
	if (view_starts(ret->text, "note: ") ||
		(view_starts(ret->text, "warning: ") && !view_has(ret->text, "-warnings-as-errors")))
		return MEND_HARMLESS;
	return view_starts(ret->text, "error: ") && is_known(ret->text) && ret->column ? MEND_COMPLAINT : MEND_HOPELESS;
}

/* Newer versions draw "   12 | " before the line and its carets. */
static struct view without_gutter(struct view line)
{
	size_t bar = view_find(line, " | ");

	if (bar == VIEW_NONE || view_trim(view_sub(line, 0, bar)).n > 6)
		return line;
	for (size_t i = 0; i < bar; i++)
		if (line.p[i] != ' ' && (line.p[i] < '0' || line.p[i] > '9'))
			return line;
	return view_from(line, bar + 3);
}

/* The line, the caret with its tail, and the replacement at the same column. */
static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view shown = without_gutter(evidence_line(m->ev, c->index + 1));
	struct view caret = without_gutter(evidence_line(m->ev, c->index + 2));
	struct view remedy = without_gutter(evidence_line(m->ev, c->index + 3));
	struct view span = view_trim(caret), text = view_trim(remedy);
	size_t at = source_column(s, c->line, c->column);

	if (!view_eq(view_trim_right(shown), view_trim_right(source_line(s, c->line))) || at == VIEW_NONE)
		return err_set(e, ERR_REFUSED, "%s:%u is not the line that the log shows", s->path, c->line);
	if (span.n == 0 || *span.p != '^' || words_indent(caret) != words_indent(remedy) ||
		words_indent(caret) + 1 != c->column)
		return err_set(e, ERR_REFUSED, "%s:%u: the replacement cannot be read", s->path, c->line);
	for (size_t i = 1; i < span.n; i++)
		if (span.p[i] != '~')
			return err_set(e, ERR_REFUSED, "%s:%u: the replacement cannot be read", s->path, c->line);
	if (text.n == 0 || view_find_char(text, ' ') != VIEW_NONE || strchr("^~", *text.p))
		return err_set(e, ERR_REFUSED, "%s:%u: the replacement is not one token", s->path, c->line);
	return source_splice(s, at, span.n, text, e);
}

static const struct mender mender = {
	.programs = (const char *const[]){"clang-tidy", "run-clang-tidy", "run-clang-tidy.py", NULL},
	.read = read_line,
	.mend = mend,
	.says = "the printed replacements, at lines that are as the log shows them",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "apply clang-tidy's replacements";
	ret->reason = "clang-tidy prints the replacement of each token that it complains about, and complains about "
		      "nothing else";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_c_clang_tidy = {
	.id = "c/clang-tidy",
	.ecosystem = "c",
	.title = "Apply clang-tidy's replacements",
	.what = "Replaces single tokens as clang-tidy prints below its caret (`NULL` by `nullptr`, `0` by `false`).",
	.why_safe = "Only checks whose replacement does not change what the program does, only lines that stand in the "
		    "tree as the log "
		    "shows them, and only when every complaint is of such a check.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*clang-tidy*", "*tidy*", "c/*", "cpp/*", "generic/*", "runner/*", "shell/*",
		"make/*", NULL},
	.paths = (const char *const[]){"*.{c,h,cc,cpp,cxx,hh,hpp,hxx}", NULL},
	.max_files = 20,
	.max_lines = 200,
	.kind = FIX_EDITS,
	.heal_case = "c-clang-tidy-nullptr",
	.refuse_case = "c-segfault-test",
	.propose = propose,
};
