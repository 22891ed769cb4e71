/* pycodestyle's codes (also under the names of ruff and pylint) that have one answer. Each is verified at its place. */
#include "fixers/python/lint.h"
#include "fixers/text/white.h"

#include <string.h>

static char char_at(const struct lint *l, size_t i)
{
	return i < l->s->text.n ? l->s->text.p[i] : '\n';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int not_there(const struct lint *l, struct err *e)
{
	return err_set(e, ERR_REFUSED, "%s:%u is not as %.*s says", l->s->path, l->line, VIEW_ARG(l->code));
}

static bool is_code(const struct lint *l, size_t i)
{
	return i < l->s->text.n && l->py->kind[i] == PY_CODE;
}

/* The run of blanks that holds or begins at `at`. */
static bool blank_run(const struct lint *l, size_t *from, size_t *to)
{
	*from = *to = l->at;
	if (!is_blank(char_at(l, l->at)) || !is_code(l, l->at))
		return false;
	while (*from > 0 && is_blank(char_at(l, *from - 1)))
		(*from)--;
	while (is_blank(char_at(l, *to)))
		(*to)++;
	return true;
}

static int replace_run(const struct lint *l, const char *with, struct err *e)
{
	size_t from, to;

	if (!blank_run(l, &from, &to) || char_at(l, to) == '\n' || from == source_offset(l->s, l->line))
		return not_there(l, e);
	if (*with == '\0' && py_is_name(char_at(l, from - 1)) && py_is_name(char_at(l, to)))
		return not_there(l, e);
	return source_splice(l->s, from, to - from, view_of(with), e);
}

static int insert(const struct lint *l, size_t at, const char *text, struct err *e)
{
	return source_splice(l->s, at, 0, view_of(text), e);
}

/* ---- blanks within a line ------------------------------------------------------------------------ */

static int drop_blanks(const struct lint *l, struct err *e)
{
	return replace_run(l, "", e);
}

static int one_blank(const struct lint *l, struct err *e)
{
	return replace_run(l, " ", e);
}

static bool is_operator(char c)
{
	return c && strchr("+-*/%&|^@=<>!:", c) != NULL;
}

static size_t operator_length(const struct lint *l, size_t at)
{
	static const char *const operators[] = {"**=", "//=", ">>=", "<<=", "->",
		":=", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "**", "//", ">>",
		"<<", "+", "-", "*", "/", "%", "&", "|", "^", "@", "=", "<", ">", NULL};

	for (const char *const *o = operators; *o; o++)
		if (view_starts(view_from(l->s->text, at), *o))
			return strlen(*o);
	return 0;
}

/* The column is that of the operator when the blank before it is missing, else of what stands behind it. */
static int around_operator(const struct lint *l, struct err *e)
{
	size_t length = operator_length(l, l->at), end = l->at + length;

	if (!is_code(l, l->at > 0 ? l->at - 1 : 0) || l->at == source_offset(l->s, l->line))
		return not_there(l, e);
	if (is_operator(char_at(l, l->at - 1)))
		return is_blank(char_at(l, l->at)) ? not_there(l, e) : insert(l, l->at, " ", e);
	if (!length || is_blank(char_at(l, l->at - 1)))
		return not_there(l, e);
	if (insert(l, l->at, " ", e) != 0)
		return -1;
	return is_blank(char_at(l, end)) || char_at(l, end) == '\n' ? 0 : insert(l, end, " ", e);
}

static int after_comma(const struct lint *l, struct err *e)
{
	char c = char_at(l, l->at);

	if (!is_code(l, l->at) || (c != ',' && c != ';' && c != ':') || is_blank(char_at(l, l->at + 1)))
		return not_there(l, e);
	return insert(l, l->at + 1, " ", e);
}

static int around_default(const struct lint *l, struct err *e)
{
	bool before = char_at(l, l->at) == '=', behind = l->at > 0 && char_at(l, l->at - 1) == '=';

	if (!is_code(l, l->at) || before == behind)
		return not_there(l, e);
	return insert(l, l->at, " ", e);
}

static int after_keyword(const struct lint *l, struct err *e)
{
	if (!is_code(l, l->at) || is_blank(char_at(l, l->at)) || l->at == 0 || !py_is_name(char_at(l, l->at - 1)))
		return not_there(l, e);
	return insert(l, l->at, " ", e);
}

/* ---- comments ------------------------------------------------------------------------------------ */

static int before_comment(const struct lint *l, struct err *e)
{
	size_t to = l->at;

	while (is_blank(char_at(l, to)))
		to++;
	if (char_at(l, to) != '#' || l->py->kind[to] != PY_COMMENT || l->at == source_offset(l->s, l->line))
		return not_there(l, e);
	return source_splice(l->s, l->at, to - l->at, VIEW("  "), e);
}

/* Words at the start of a comment that are meant for a program: with a blank they may be read, or no more. */
static bool for_programs(struct view text)
{
	static const char *const words[] = {"pragma", "region", "endregion", "noqa", "type:", "isort", "fmt:", "pylint",
		"yapf", "nosec", "mypy", "pyright", "ruff", "flake8", "cython", "distutils", "include", "if ", "endif",
		"else", "define", "coding", "cell", "sourcery", "codespell", NULL};

	for (const char *const *w = words; *w; w++)
		if (view_starts(text, *w))
			return true;
	return false;
}

/* "#text" and "#  text": one blank. "#:" and "#!" mean something to other programs. */
static int start_of_comment(const struct lint *l, struct err *e)
{
	size_t at = l->at, to;

	while (is_blank(char_at(l, at)))
		at++;
	to = at;
	while (char_at(l, to) == '#')
		to++;
	if (to == at || l->py->kind[at] != PY_COMMENT)
		return not_there(l, e);
	while (is_blank(char_at(l, to)))
		to++;
	if ((!py_is_name(char_at(l, to)) && !strchr("\"'([{<*", char_at(l, to))) ||
		for_programs(view_from(l->s->text, to)))
		return err_set(e, ERR_REFUSED, "%s:%u: the comment may have a meaning", l->s->path, l->line);
	return source_splice(l->s, at, to - at, VIEW("# "), e);
}

/* ---- blank lines --------------------------------------------------------------------------------- */

/* "expected 2 blank lines after class or function definition, found 1" */
static bool expectation(struct view text, uint32_t *want, uint32_t *found)
{
	size_t wanted = view_find(text, "expected "), had = view_find(text, "found ");

	if (wanted == VIEW_NONE || had == VIEW_NONE)
		return false;
	wanted += strlen("expected ");
	had += strlen("found ");
	if (wanted >= text.n || had >= text.n)
		return false;
	*want = (uint32_t)(text.p[wanted] - '0');
	*found = (uint32_t)(text.p[had] - '0');
	return *want <= 2 && *found < *want;
}

static uint32_t blanks_above(const struct lint *l, uint32_t line)
{
	uint32_t n = 0;

	while (line > n + 1 && source_blank(l->s, line - n - 1))
		n++;
	return n;
}

static bool is_comment_line(const struct lint *l, uint32_t line)
{
	return view_starts(view_trim(source_line(l->s, line)), "#");
}

/* Above comments that belong to the statement. */
static int add_lines(const struct lint *l, struct err *e)
{
	uint32_t want, found, line = l->line;
	const char *eol = source_eol(l->s);

	if (!expectation(l->text, &want, &found))
		return not_there(l, e);
	while (line > 1 && is_comment_line(l, line - 1))
		line--;
	if (blanks_above(l, line) != found || line == 1)
		return not_there(l, e);
	if (want - found == 2)
		return insert(l, source_offset(l->s, line), *eol == '\r' ? "\r\n\r\n" : "\n\n", e);
	return insert(l, source_offset(l->s, line), eol, e);
}

/* "too many blank lines (3)" */
static int drop_lines(const struct lint *l, struct err *e)
{
	uint32_t above = blanks_above(l, l->line), keep;
	struct view line = source_line(l->s, l->line);
	size_t open = view_find_char(l->text, '(');
	uint64_t said = 0;

	if (open == VIEW_NONE ||
		!view_number(view_sub(l->text, open + 1, view_find_char(l->text, ')') - open - 1), 1000, &said))
		return not_there(l, e);
	keep = view_is(l->code, "E304") ? 0 : line.n && is_blank(*line.p) ? 1 : 2;
	if (said != above || above <= keep)
		return not_there(l, e);
	return source_cut_lines(l->s, l->line - above, l->line - 1 - keep, e);
}

/* ---- other --------------------------------------------------------------------------------------- */

static int drop_semicolon(const struct lint *l, struct err *e)
{
	size_t to = l->at + 1;

	while (is_blank(char_at(l, to)))
		to++;
	if (!is_code(l, l->at) || char_at(l, l->at) != ';' || (char_at(l, to) != '\n' && char_at(l, to) != '\r'))
		return not_there(l, e);
	return source_splice(l->s, l->at, to - l->at, (struct view){0}, e);
}

/* '\d' is the two characters that it looks like; '\\d' is the same string. */
static int double_backslash(const struct lint *l, struct err *e)
{
	size_t quoted = view_find_char(l->text, '\\');
	char next = char_at(l, l->at + 1);

	if (char_at(l, l->at) != '\\' || l->py->kind[l->at] != PY_STRING || next == '\n' ||
		strchr("\\'\"abfnrtvxuUN01234567", next))
		return not_there(l, e);
	if (quoted != VIEW_NONE && quoted + 1 < l->text.n && l->text.p[quoted + 1] != next)
		return not_there(l, e);
	return insert(l, l->at, "\\", e);
}

/* f"text" without a placeholder is "text". */
static int drop_f(const struct lint *l, struct err *e)
{
	size_t f = l->at, end = l->at;

	if (strchr("rR", char_at(l, f)))
		f++;
	while (end < l->s->text.n && l->py->kind[end] == PY_STRING && char_at(l, end) != '{' && char_at(l, end) != '}')
		end++;
	if (!strchr("fF", char_at(l, f)) || l->py->kind[f] != PY_STRING || char_at(l, end) == '{' ||
		char_at(l, end) == '}')
		return not_there(l, e);
	return source_splice(l->s, f, 1, (struct view){0}, e);
}

/* "not a in b" is "a not in b"; "not a is b" is "a is not b". */
static int move_not(const struct lint *l, struct err *e)
{
	bool membership = view_is(l->code, "E713");
	struct view rest = view_from(l->s->text, l->at), word, operand, operator;
	size_t at;

	if (!is_code(l, l->at) || !view_word(&rest, &word) || !view_is(word, "not") || !view_word(&rest, &operand) ||
		!view_word(&rest, &operator) || !view_is(operator, membership ? "in" : "is"))
		return not_there(l, e);
	at = (size_t)(operator.p - l->s->text.p);
	if (source_splice(l->s, l->at, (size_t)(operand.p - word.p), (struct view){0}, e) != 0)
		return -1;
	return membership ? insert(l, at, "not ", e) : insert(l, at + operator.n, " not", e);
}

/* `x is "a"` compares identities of constants, which Python itself warns about. */
static int compare_values(const struct lint *l, struct err *e)
{
	struct view line = source_line(l->s, l->line);
	size_t at = view_find(line, " is "), offset = source_offset(l->s, l->line);
	bool negated;

	if (at == VIEW_NONE || view_has(view_from(line, at + 1), " is ") || !is_code(l, offset + at))
		return not_there(l, e);
	negated = view_starts(view_from(line, at), " is not ");
	return source_splice(
		l->s, offset + at + 1, negated ? strlen("is not") : strlen("is"), negated ? VIEW("!=") : VIEW("=="), e);
}

/* White space within a string is part of its value; in a docstring nobody misses it. */
static bool in_value(const struct lint *l)
{
	size_t start = source_offset(l->s, l->line), end = start + source_line(l->s, l->line).n;
	size_t from = end;

	if (end == 0 || end > l->s->text.n || l->py->kind[end - 1] != PY_STRING || end == start)
		return false;
	while (from > 0 && l->py->kind[from - 1] == PY_STRING)
		from--;
	while (from > 0 && is_blank(char_at(l, from - 1)))
		from--;
	if (from > 0 && char_at(l, from - 1) != '\n')
		return true;
	/* First statement of a file, class or function: what stands above ends with a colon, or nothing does. */
	while (from > 0 && strchr(" \t\r\n", char_at(l, from - 1)))
		from--;
	return from > 0 && char_at(l, from - 1) != ':';
}

static int strip(const struct lint *l, struct err *e)
{
	if (in_value(l))
		return err_set(e, ERR_REFUSED, "%s:%u: the white space is part of a string", l->s->path, l->line);
	return white_strip(l->s, l->line, e);
}

static int end_of_file(const struct lint *l, struct err *e)
{
	return white_end_of_file(l->s, e);
}

static int end_with_newline(const struct lint *l, struct err *e)
{
	return white_end_with_newline(l->s, e);
}

static const struct {
	const char *code;
	int (*mend)(const struct lint *l, struct err *e);
} codes[] = {
	{"W291", strip},
	{"W293", strip},
	{"W391", end_of_file},
	{"W292", end_with_newline},
	{"W605", double_backslash},
	{"C0303", strip},
	{"C0304", end_with_newline},
	{"C0305", end_of_file},
	{"E201", drop_blanks},
	{"E202", drop_blanks},
	{"E203", drop_blanks},
	{"E204", drop_blanks},
	{"E211", drop_blanks},
	{"E221", one_blank},
	{"E222", one_blank},
	{"E225", around_operator},
	{"E226", around_operator},
	{"E227", around_operator},
	{"E228", around_operator},
	{"E231", after_comma},
	{"E241", one_blank},
	{"E251", drop_blanks},
	{"E252", around_default},
	{"E261", before_comment},
	{"E262", start_of_comment},
	{"E265", start_of_comment},
	{"E266", start_of_comment},
	{"E271", one_blank},
	{"E272", one_blank},
	{"E275", after_keyword},
	{"E301", add_lines},
	{"E302", add_lines},
	{"E303", drop_lines},
	{"E304", drop_lines},
	{"E305", add_lines},
	{"E306", add_lines},
	{"E703", drop_semicolon},
	{"E713", move_not},
	{"E714", move_not},
	{"F541", drop_f},
	{"F632", compare_values},
};

bool lint_space_knows(struct view code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (view_is(code, codes[i].code))
			return true;
	return false;
}

int lint_space(const struct lint *l, struct err *e)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (view_is(l->code, codes[i].code))
			return codes[i].mend(l, e);
	return err_set(e, ERR_REFUSED, "%.*s needs a person", VIEW_ARG(l->code));
}
