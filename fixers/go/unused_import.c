/* go/unused-import - "imported and not used". */
#include "fixers/mend.h"

#include <string.h>

/* The import path: the only thing in double quotes. */
static bool import_path(struct view text, struct view *ret)
{
	size_t from = view_find_char(text, '"'), to;

	if (from == VIEW_NONE)
		return false;
	*ret = view_from(text, from + 1);
	to = view_find_char(*ret, '"');
	ret->n = to == VIEW_NONE ? 0 : to;
	return ret->n > 0;
}

/* "imported and not used: \"fmt\"", "\"fmt\" imported and not used", "... imported as x and not used" */
static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i);

	if (view_starts(line, "vet: "))
		line = view_from(line, 5);
	if (!complaint_parse(line, ret) || !view_ends(ret->path, ".go"))
		return view_has(line, "too many errors") ? MEND_HOPELESS : MEND_NOTHING;
	if (!view_has(ret->text, "imported and not used") && !view_has(ret->text, "imported but not used") &&
		!(view_has(ret->text, "imported as ") && view_has(ret->text, " and not used")))
		return MEND_HOPELESS;
	return import_path(ret->text, &ret->code) ? MEND_COMPLAINT : MEND_HOPELESS;
}

/* 0: a line of its own in `import (`, 1: "import \"x\"", -1: neither */
static int form_of(struct view line, struct view path)
{
	struct view text = view_trim(line), quoted;

	if (!import_path(text, &quoted) || !view_eq(quoted, path) || !view_ends(text, "\""))
		return -1;
	if (view_starts(text, "import "))
		return 1;
	if (view_starts(text, "_ ") || view_starts(text, "//") || view_has(text, ","))
		return -1;
	return *line.p == '\t' || *line.p == ' ' ? 0 : -1;
}

/* gofmt keeps no blank lines at the ends of the parentheses, nor two in a row. */
static int cut_with_blank(struct source *s, uint32_t line, bool single, struct err *e)
{
	bool blank_above = source_blank(s, line - 1), blank_below = source_blank(s, line + 1);
	bool opens = view_ends(view_trim(source_line(s, line - 1)), "(");
	bool closes = view_is(view_trim(source_line(s, line + 1)), ")");

	if (opens && closes)
		return source_cut_lines(s, line - 1, blank_above || source_blank(s, line + 2) ? line + 2 : line + 1, e);
	if (blank_below && (blank_above || opens))
		return source_cut_lines(s, line, line + 1, e);
	if (blank_above && closes && !single)
		return source_cut_lines(s, line - 1, line, e);
	return source_cut_lines(s, line, line, e);
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	int form = form_of(source_line(s, c->line), c->code);

	(void)m;
	if (form < 0)
		return err_set(e, ERR_REFUSED, "%s:%u does not import %.*s alone", s->path, c->line, VIEW_ARG(c->code));
	return cut_with_blank(s, c->line, form == 1, e);
}

/* When all lines of `import ( ... )` went, the parentheses would stay: gofmt leaves them, and so do we not. */
static bool no_empty_import(const char *path, struct view before, struct view after, struct err *e)
{
	struct view rest = after, line, last = {0};

	(void)before;
	while (view_next(&rest, '\n', &line)) {
		line = view_trim(line);
		if (view_is(line, ")") && view_is(last, "import ("))
			return fix_refuse(e, "%s: no import would be left", path);
		last = line.n ? line : last;
	}
	return true;
}

static const struct mender mender = {
	.read = read_line,
	.mend = mend,
	.check = no_empty_import,
	.says = "only import lines that the compiler calls unused went",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "remove unused imports";
	ret->reason = "the compiler names each import and its line, and nothing else is wrong";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_go_unused_import = {
	.id = "go/unused-import",
	.ecosystem = "go",
	.title = "Remove unused imports",
	.what = "`imported and not used`: removes the import line.",
	.why_safe = "Go refuses to compile an unused import, and one that is wanted for its effects is written with "
		    "`_`. Every error "
		    "of the step must be of this kind, and the line must import that path and nothing else.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"go/*", "golang/*", "*golangci*", "generic/*", "runner/*", "shell/*", "make/*",
		NULL},
	.paths = (const char *const[]){"*.go", NULL},
	.max_files = 20,
	.max_lines = 60,
	.kind = FIX_EDITS,
	.heal_case = "go-unused-import",
	.refuse_case = "go-test-assert",
	.propose = propose,
};
