#include "fixers/js/lint.h"
#include "fixers/words.h"

#include <string.h>

int js_unlike(const struct source *s, const struct complaint *c, struct err *e)
{
	return err_set(e, ERR_REFUSED, "%s:%u is not as the check says", s->path, c->line);
}

size_t js_place(const struct source *s, const struct complaint *c, struct err *e)
{
	struct view line = source_line(s, c->line);
	size_t at = source_column(s, c->line, c->column);

	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] >= 0xf0)
			at = VIEW_NONE;
	if (at == VIEW_NONE)
		js_unlike(s, c, e);
	return at;
}

static char at_offset(const struct source *s, size_t at)
{
	return at < s->text.n ? s->text.p[at] : '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* ---- semicolons and commas ---------------------------------------------------------------------------- */

static int insert(struct source *s, const struct complaint *c, size_t at, struct view text, struct err *e)
{
	if (at == 0 || is_blank(at_offset(s, at - 1)) || strchr(";,{([", at_offset(s, at - 1)))
		return js_unlike(s, c, e);
	return source_splice(s, at, 0, text, e);
}

/* A line that begins so would go on with the statement above. */
static bool continues(struct view line)
{
	line = view_trim(line);
	return line.n && strchr("([`+-*/.,?", *line.p);
}

static int mend_semi(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e);
	struct view rest;

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	rest = view_trim(view_from(source_line(s, c->line), at - source_offset(s, c->line)));
	if (view_starts(c->text, "Missing semicolon")) {
		if (rest.n && *rest.p != '}' && !view_starts(rest, "//"))
			return js_unlike(s, c, e);
		return insert(s, c, at, VIEW(";"), e);
	}
	if (!view_starts(c->text, "Extra semicolon") || !view_is(rest, ";") || continues(source_line(s, c->line + 1)))
		return js_unlike(s, c, e);
	return source_splice(s, at, 1, (struct view){0}, e);
}

static int mend_extra_semi(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e);

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	/* After `}` or `;` the empty statement has no meaning; as the body of a loop it has. */
	if (at_offset(s, at) != ';' || at == 0 || !strchr("};", at_offset(s, at - 1)))
		return js_unlike(s, c, e);
	return source_splice(s, at, 1, (struct view){0}, e);
}

static int mend_comma(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e);
	struct view rest;

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	if (view_starts(c->text, "Unexpected trailing comma")) {
		rest = view_trim(view_from(s->text, at + 1));
		if (at_offset(s, at) != ',' || !rest.n || !strchr("])}", *rest.p))
			return js_unlike(s, c, e);
		return source_splice(s, at, 1, (struct view){0}, e);
	}
	rest = words_code(view_from(source_line(s, c->line), at - source_offset(s, c->line)));
	if (!view_starts(c->text, "Missing trailing comma") || view_trim(rest).n)
		return js_unlike(s, c, e);
	return insert(s, c, at, VIEW(","), e);
}

/* ---- quotes ------------------------------------------------------------------------------------------- */

static int mend_quotes(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	bool single = view_has(c->text, "singlequote"), twice = view_has(c->text, "doublequote");
	size_t at = js_place(s, c, e), end;
	char old;

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	old = at_offset(s, at);
	if (single == twice || (old != '"' && old != '\'' && old != '`') || old == (single ? '\'' : '"'))
		return js_unlike(s, c, e);
	for (end = at + 1; at_offset(s, end) != old; end++)
		if (end >= s->text.n || strchr("\n\\\"'`$", at_offset(s, end)))
			return err_set(
				e, ERR_REFUSED, "%s:%u: the string holds more than plain text", s->path, c->line);
	if (source_splice(s, at, 1, single ? VIEW("'") : VIEW("\""), e) != 0)
		return -1;
	return source_splice(s, end, 1, single ? VIEW("'") : VIEW("\""), e);
}

/* ---- lines -------------------------------------------------------------------------------------------- */

static int mend_trailing(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view line = source_line(s, c->line), kept = view_trim_right(line);

	(void)m;
	if (kept.n == line.n)
		return js_unlike(s, c, e);
	return source_splice(s, source_offset(s, c->line) + kept.n, line.n - kept.n, (struct view){0}, e);
}

static int mend_last_newline(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	(void)m;
	if (!view_starts(c->text, "Newline required at end of file") || s->text.n == 0 ||
		s->text.p[s->text.n - 1] == '\n')
		return js_unlike(s, c, e);
	return source_splice(s, s->text.n, 0, view_of(source_eol(s)), e);
}

/* The place is the first blank line that is one too many. */
static int mend_empty_lines(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	uint32_t last = c->line;

	(void)m;
	if (!source_blank(s, c->line) || c->line > s->line_count)
		return js_unlike(s, c, e);
	while (last < s->line_count && source_blank(s, last + 1))
		last++;
	return source_cut_lines(s, c->line, last, e);
}

/* "Expected indentation of 2 spaces but found 4", "... of 1 tab but found 4 spaces" */
static int mend_indent(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view rest = view_from(c->text, strlen("Expected indentation of ")), word, unit, line;
	uint64_t wanted, found;
	size_t has;
	bool tabs, found_tabs;
	char *text;

	if (!view_starts(c->text, "Expected indentation of ") || !view_word(&rest, &word) ||
		!view_number(word, 200, &wanted) || !view_word(&rest, &unit) ||
		!view_starts(view_trim(rest), "but found "))
		return js_unlike(s, c, e);
	rest = view_from(view_trim(rest), strlen("but found "));
	tabs = view_starts(unit, "tab");
	if (!view_word(&rest, &word) || !view_number(word, 200, &found))
		return js_unlike(s, c, e);
	found_tabs = view_trim(rest).n ? view_starts(view_trim(rest), "tab") : tabs && found > 0;
	line = source_line(s, c->line);
	has = words_indent(line);
	for (size_t i = 0; i < has; i++)
		if ((line.p[i] == '\t') != found_tabs)
			return js_unlike(s, c, e);
	if (has != found)
		return js_unlike(s, c, e);
	text = arena_alloc(&m->ret->arena, (size_t)wanted + 1);
	memset(text, tabs ? '\t' : ' ', (size_t)wanted);
	return source_splice(s, source_offset(s, c->line), has, view_make(text, (size_t)wanted), e);
}

/* ---- blanks in a line --------------------------------------------------------------------------------- */

/* The place is the token itself or what follows it. */
static size_t token_near(const struct source *s, const struct complaint *c, struct view token, struct err *e)
{
	size_t at = js_place(s, c, e);

	if (at == VIEW_NONE)
		return VIEW_NONE;
	if (view_eq(view_sub(s->text, at, token.n), token))
		return at;
	if (at >= token.n && view_eq(view_sub(s->text, at - token.n, token.n), token))
		return at - token.n;
	js_unlike(s, c, e);
	return VIEW_NONE;
}

static int space_at(struct source *s, const struct complaint *c, size_t at, bool wanted, struct err *e)
{
	size_t from = at, to = at;

	while (from > 0 && is_blank(at_offset(s, from - 1)))
		from--;
	while (is_blank(at_offset(s, to)))
		to++;
	if (from == source_offset(s, c->line) || wanted != (from == to))
		return js_unlike(s, c, e);
	return source_splice(s, from, to - from, wanted ? VIEW(" ") : (struct view){0}, e);
}

/* "A space is required after '{'", "There should be no space before ','" */
static int mend_space(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	bool wanted = view_starts(c->text, "A space is required "), after = view_has(c->text, " after '");
	struct view token;
	size_t at;

	(void)m;
	if ((!wanted && !view_starts(c->text, "There should be no space ")) || !words_quoted(c->text, &token) ||
		(!after && !view_has(c->text, " before '")))
		return js_unlike(s, c, e);
	at = token_near(s, c, token, e);
	if (at == VIEW_NONE)
		return -1;
	return space_at(s, c, after ? at + token.n : at, wanted, e);
}

/* The blanks at the place, which the named token follows or precedes, become `new`. */
static int replace_blanks(
	struct source *s, const struct complaint *c, struct view token, bool after, struct view new, struct err *e)
{
	size_t from = js_place(s, c, e), to = from;

	if (from == VIEW_NONE)
		return -1;
	while (is_blank(at_offset(s, to)))
		to++;
	if (from == to || from == source_offset(s, c->line) || from < token.n ||
		!view_eq(view_sub(s->text, after ? from - token.n : to, token.n), token))
		return js_unlike(s, c, e);
	return source_splice(s, from, to - from, new, e);
}

/* "Expected space(s) after "if"", "Unexpected space(s) before '}'" */
static int mend_keyword(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	bool wanted = view_starts(c->text, "Expected space(s) "), after = view_has(c->text, " after ");
	struct view token;
	size_t at;

	(void)m;
	if (!words_quoted(c->text, &token))
		return js_unlike(s, c, e);
	if (view_starts(c->text, "Unexpected space(s) "))
		return replace_blanks(s, c, token, after, (struct view){0}, e);
	at = wanted ? token_near(s, c, token, e) : (js_unlike(s, c, e), VIEW_NONE);
	if (at == VIEW_NONE)
		return -1;
	return space_at(s, c, after ? at + token.n : at, true, e);
}

/* "Multiple spaces found before 'x'" */
static int mend_multiple(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view token;

	(void)m;
	if (!view_starts(c->text, "Multiple spaces found before ") || !words_quoted(c->text, &token) ||
		view_ends(token, "..."))
		return js_unlike(s, c, e);
	return replace_blanks(s, c, token, false, VIEW(" "), e);
}

static int mend_paren(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e);

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	if (view_starts(c->text, "Unexpected space before function parentheses"))
		return replace_blanks(s, c, VIEW("("), false, (struct view){0}, e);
	if (!view_starts(c->text, "Missing space before function parentheses") || at_offset(s, at) != '(')
		return js_unlike(s, c, e);
	return space_at(s, c, at, true, e);
}

static int mend_before_block(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e);

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	if (!view_starts(c->text, "Missing space before opening brace") || at_offset(s, at) != '{')
		return js_unlike(s, c, e);
	return space_at(s, c, at, true, e);
}

/* "Operator '=' must be spaced" */
static int mend_operator(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view token;
	size_t at = js_place(s, c, e);

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	if (!words_quoted(c->text, &token) || !view_eq(view_sub(s->text, at, token.n), token) || at == 0)
		return js_unlike(s, c, e);
	if (!is_blank(at_offset(s, at - 1)) && source_splice(s, at, 0, VIEW(" "), e) != 0)
		return -1;
	if (is_blank(at_offset(s, at + token.n)) || strchr("\r\n", at_offset(s, at + token.n)))
		return 0;
	return source_splice(s, at + token.n, 0, VIEW(" "), e);
}

/* "Expected space or tab after '//' in comment" */
static int mend_comment(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e);

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	if (!view_starts(c->text, "Expected space or tab after '//' in comment") ||
		!view_starts(view_from(s->text, at), "//"))
		return js_unlike(s, c, e);
	return source_splice(s, at + 2, 0, VIEW(" "), e);
}

js_mend *js_layout_rule(struct view name)
{
	static const struct {
		const char *name;
		js_mend *mend;
	} rules[] = {
		{"semi", mend_semi},
		{"no-extra-semi", mend_extra_semi},
		{"comma-dangle", mend_comma},
		{"quotes", mend_quotes},
		{"no-trailing-spaces", mend_trailing},
		{"eol-last", mend_last_newline},
		{"no-multiple-empty-lines", mend_empty_lines},
		{"indent", mend_indent},
		{"object-curly-spacing", mend_space},
		{"array-bracket-spacing", mend_space},
		{"comma-spacing", mend_space},
		{"keyword-spacing", mend_keyword},
		{"template-curly-spacing", mend_keyword},
		{"no-multi-spaces", mend_multiple},
		{"space-before-function-paren", mend_paren},
		{"space-before-blocks", mend_before_block},
		{"space-infix-ops", mend_operator},
		{"spaced-comment", mend_comment},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (view_is(name, rules[i].name))
			return rules[i].mend;
	return NULL;
}
