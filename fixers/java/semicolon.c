/* java/semicolon - javac expects a semicolon where a line ends. */
#include "fixers/mend.h"
#include "fixers/words.h"

#include <string.h>

/* "[ERROR] /w/A.java:[13,24] ';' expected" of Maven in javac's spelling */
static bool maven(struct view line, struct complaint *ret)
{
	size_t open, close;
	struct view place, number;
	uint64_t n, column;

	if (view_starts(line, "[ERROR] "))
		line = view_from(line, strlen("[ERROR] "));
	open = view_find(line, ":[");
	close = view_find(line, "] ");
	if (open == VIEW_NONE || close == VIEW_NONE || close < open)
		return false;
	place = view_sub(line, open + 2, close - open - 2);
	if (!view_next(&place, ',', &number) || !view_number(number, INT32_MAX, &n) || n == 0 ||
		!view_number(place, INT32_MAX, &column))
		return false;
	*ret = (struct complaint){.path = view_sub(line, 0, open),
		.line = (uint32_t)n,
		.column = (uint32_t)column,
		.text = view_from(line, close + 2)};
	return true;
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i);

	if (maven(line, ret))
		return view_is(ret->text, "';' expected") ? MEND_COMPLAINT : MEND_HOPELESS;
	if (!complaint_parse(line, ret) || !view_ends(ret->path, ".java"))
		return MEND_NOTHING;
	if (view_starts(ret->text, "warning: ") || view_starts(ret->text, "note: "))
		return MEND_HARMLESS;
	if (!view_is(ret->text, "error: ';' expected"))
		return MEND_HOPELESS;
	/* javac shows the line and a caret: both must agree with the tree. */
	return view_has(evidence_line(m->ev, i + 2), "^") ? MEND_COMPLAINT : MEND_HOPELESS;
}

/* "    void f()": the head of a method, which lacks its body rather than a semicolon. */
static bool is_method(struct view code)
{
	static const char *const words[] = {"return ", "throw ", "new ", "assert ", "else ", "yield ", "case ",
		"default ", "super(", "this(", NULL};
	size_t open = view_find_char(code, '('), at;
	struct view before = view_trim(view_sub(code, 0, open == VIEW_NONE ? 0 : open));

	if (open == VIEW_NONE || view_find_char(before, '=') != VIEW_NONE || view_find_char(before, '.') != VIEW_NONE)
		return false;
	for (const char *const *w = words; *w; w++)
		if (view_starts(before, *w))
			return false;
	at = view_find_last_char(before, ' ');
	return at != VIEW_NONE && at > 0;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view line = source_line(s, c->line), code = words_code(line), shown = evidence_line(m->ev, c->index + 1);
	size_t caret = view_find_char(evidence_line(m->ev, c->index + 2), '^');
	bool is_shown = view_eq(view_trim_right(shown), view_trim_right(line));

	if (code.n == 0 || strchr(";{},(", code.p[code.n - 1]))
		return err_set(e, ERR_REFUSED, "%s:%u does not lack a semicolon at its end", s->path, c->line);
	if (is_shown && caret != code.n && caret + 1 != code.n)
		return err_set(e, ERR_REFUSED, "%s:%u: the semicolon belongs elsewhere", s->path, c->line);
	if (is_method(code))
		return err_set(e, ERR_REFUSED, "%s:%u: the method may lack its body", s->path, c->line);
	if (!is_shown && c->column != code.n && c->column != code.n + 1 && !view_ends(code, ")") &&
		!view_ends(code, "\""))
		return err_set(e, ERR_REFUSED, "%s:%u is not the line that the compiler shows", s->path, c->line);
	return source_splice(s, source_offset(s, c->line) + code.n, 0, VIEW(";"), e);
}

static const struct mender mender = {
	.read = read_line,
	.mend = mend,
	.says = "semicolons where the compiler points, and nothing else",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "add the missing semicolon";
	ret->reason = "the compiler expects it where the line ends, and reports nothing else";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_java_semicolon = {
	.id = "java/semicolon",
	.ecosystem = "java",
	.title = "Add a missing semicolon",
	.what = "`error: ';' expected` of javac, Gradle and Maven: adds the semicolon at the end of the line.",
	.why_safe = "Only where the compiler's caret stands behind the last character of the line, and only when every "
		    "error is of "
		    "this kind.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*javac*", "java/*", "maven/*", "gradle/*", "make/*", "generic/*", "runner/*",
		"shell/*", NULL},
	.paths = (const char *const[]){"*.java", NULL},
	.max_files = 5,
	.max_lines = 20,
	.kind = FIX_EDITS,
	.heal_case = "java-missing-semicolon",
	.refuse_case = "go-test-assert",
	.propose = propose,
};
