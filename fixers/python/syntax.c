/* python/syntax - two errors of Python's parser with one remedy: a missing colon, print without parentheses. */
#include "fixers/mend.h"
#include "fixers/python/scan.h"
#include "fixers/python/traceback.h"
#include "fixers/words.h"

#include <string.h>

#define COLON "colon"
#define PRINT "print"

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i);
	size_t at = view_find(line, "SyntaxError: ");

	if (at == VIEW_NONE)
		return MEND_NOTHING;
	line = view_from(line, at + strlen("SyntaxError: "));
	if (view_starts(line, "expected ':'"))
		ret->code = VIEW(COLON);
	else if (view_starts(line, "Missing parentheses in call to 'print'"))
		ret->code = VIEW(PRINT);
	else
		return MEND_HOPELESS;
	if (traceback_above(m->ev, i, ret))
		return MEND_COMPLAINT;
	/* A summary repeats the message without its place. */
	return m->count ? MEND_HARMLESS : MEND_HOPELESS;
}

/* The code of a line, without a comment. Quotes are minded. */
static struct view code_of(struct view line)
{
	char quote = 0;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (quote && c == '\\')
			i++;
		else if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else if (!quote && c == '#')
			return view_trim_right(view_sub(line, 0, i));
	}
	return quote ? (struct view){0} : view_trim_right(line);
}

static bool balanced(struct view code)
{
	int depth = 0;
	char quote = 0;

	for (size_t i = 0; i < code.n && depth >= 0; i++) {
		char c = code.p[i];

		if (quote && c == '\\')
			i++;
		else if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else if (!quote)
			depth += strchr("([{", c) ? 1 : strchr(")]}", c) ? -1 : 0;
	}
	return depth == 0 && !quote;
}

static bool opens_block(struct view code)
{
	static const char *const words[] = {"if ", "elif ", "else", "for ", "while ", "def ", "class ", "try", "except",
		"finally", "with ", "async ", "match ", "case ", NULL};

	code = view_trim(code);
	for (const char *const *w = words; *w; w++)
		if (view_starts(code, *w))
			return true;
	return false;
}

static int add_colon(const struct complaint *c, struct source *s, struct err *e)
{
	struct view line = source_line(s, c->line), code = code_of(line);
	uint32_t next = c->line + 1;

	while (next <= s->line_count && source_blank(s, next))
		next++;
	if (!code.n || !opens_block(code) || !balanced(code) || strchr(":,;\\=", code.p[code.n - 1]) ||
		view_has(code, ": ") || words_indent(source_line(s, next)) <= words_indent(line))
		return err_set(e, ERR_REFUSED, "%s:%u does not lack a colon at its end", s->path, c->line);
	return source_splice(s, source_offset(s, c->line) + code.n, 0, VIEW(":"), e);
}

static bool is_print(struct view code)
{
	struct view text = view_trim(code);

	return view_starts(text, "print ") && !view_starts(text, "print =") && !view_starts(text, "print (") &&
	       balanced(code);
}

/* "print (1, 2), 3" and "print (a) + b" are Python 3 as well, and mean something else there. */
static bool is_ambiguous(struct view code)
{
	struct view text = view_trim(code);
	size_t close, comma;

	if (!view_starts(text, "print ("))
		return false;
	close = view_find_char(text, ')');
	comma = view_find_char(text, ',');
	return close != text.n - 1 || comma < close;
}

/* Python stops at the first; the others of the file are the same error. */
static int add_parentheses(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct py py;

	py_scan(&py, s->text, &m->ret->arena);
	if (!is_print(code_of(source_line(s, c->line))))
		return err_set(e, ERR_REFUSED, "%s:%u is no print statement on one line", s->path, c->line);
	for (uint32_t n = 1; n <= s->line_count; n++) {
		struct view code = code_of(source_line(s, n));
		size_t start = source_offset(s, n), word = words_indent(code) + strlen("print"), at = word;

		if (py.valid && py.kind[start + words_indent(code)] != PY_CODE && n != c->line)
			continue;
		if (is_ambiguous(code))
			return err_set(e, ERR_REFUSED, "%s:%u: this print statement needs a person", s->path, n);
		if (!is_print(code))
			continue;
		while (at < code.n && code.p[at] == ' ')
			at++;
		if (view_starts(view_from(code, at), ">>") || view_ends(code, ",") || view_ends(code, "\\") ||
			view_has(code, ";"))
			return err_set(e, ERR_REFUSED, "%s:%u: this print statement needs a person", s->path, n);
		if (source_splice(s, start + word, at - word, VIEW("("), e) != 0 ||
			source_splice(s, start + code.n, 0, VIEW(")"), e) != 0)
			return -1;
	}
	return 0;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	if (!view_ends(view_of(s->path), ".py"))
		return err_set(e, ERR_REFUSED, "%s is not Python", s->path);
	return view_is(c->code, COLON) ? add_colon(c, s, e) : add_parentheses(m, c, s, e);
}

static bool readable(const char *path, struct view before, struct view after, struct err *e)
{
	ARENA_AUTO a = {0};
	struct py py;

	(void)before;
	py_scan(&py, after, &a);
	return py.valid || fix_refuse(e, "%s: brackets or quotes do not match", path);
}

static const struct mender mender = {
	.others_may_complain = true, /* tracebacks are full of places */
	.read = read_line,
	.mend = mend,
	.check = readable,
	.says = "brackets and quotes match, and only what the parser asks for was added",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	if (q->finding->category != CATEGORY_SYNTAX && q->finding->category != CATEGORY_UNKNOWN)
		return fix_refuse(e, "not a syntax error");
	ret->summary = "fix the syntax error";
	ret->reason = "Python's parser names the line and what it lacks";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_python_syntax = {
	.id = "python/syntax",
	.ecosystem = "python",
	.title = "Fix a missing colon or a print statement",
	.what = "`SyntaxError: expected ':'` at the end of a line that opens a block, and `Missing parentheses in call "
		"to 'print'`.",
	.why_safe = "The line must open a block that follows, or be a print statement on one line without `>>` or a "
		    "comma at its end; the "
		    "meaning is then the only one possible. Any other syntax error in the step stops the fix.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"python/*", "*syntax*", "pytest/*", "generic/*", "runner/*", "shell/*",
		"make/*", NULL},
	.paths = (const char *const[]){"*.py", NULL},
	.max_files = 5,
	.max_lines = 200,
	.kind = FIX_EDITS,
	.heal_case = "py-syntax-expected-colon",
	.refuse_case = "py-taberror",
	.propose = propose,
};
