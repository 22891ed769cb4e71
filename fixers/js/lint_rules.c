#include "fixers/js/lint.h"
#include "fixers/words.h"

#include <string.h>

/* Does an expression go on over this line end? */
static bool goes_on(struct view text, size_t lf)
{
	struct view before = view_trim_right(view_sub(text, 0, lf)), behind = view_trim(view_from(text, lf));

	return (before.n && strchr("=+-*%&|^<>?:,.!~", before.p[before.n - 1])) ||
	       (behind.n && strchr(",.?:&|+-*/%^<>=([`", *behind.p));
}

size_t js_expression_end(struct view text, size_t at)
{
	size_t depth = 0;

	for (size_t i = at; i < text.n; i++) {
		char c = text.p[i];

		if (strchr("'\"`", c)) {
			size_t close = view_find_char(view_from(text, i + 1), c);

			if (close == VIEW_NONE || view_has(view_sub(text, i + 1, close), "\\"))
				return VIEW_NONE;
			i += close + 1;
		} else if (c == '/') { /* a comment, a pattern or a division */
			return VIEW_NONE;
		} else if (strchr("([{", c)) {
			depth++;
		} else if (strchr(")]}", c)) {
			if (depth-- == 0)
				return VIEW_NONE;
		} else if (depth == 0 && (c == ';' || (c == '\n' && !goes_on(text, i)))) {
			return i;
		} else if (depth == 0 && c == ',') {
			return VIEW_NONE;
		}
	}
	return depth ? VIEW_NONE : text.n;
}

/* ---- prettier/prettier --------------------------------------------------------------------------------- */

static const struct {
	const char *shown;
	char meant;
} invisible[] = {{"\xc2\xb7", ' '}, {"\xe2\x86\xb9", '\t'}, {"\xe2\x8f\x8e", '\n'}, {"\xe2\x90\x8d", '\r'}};

static bool decode(struct view text, struct buf *out)
{
	for (size_t i = 0; i < text.n;) {
		size_t k, n = 1;

		for (k = 0; k < sizeof(invisible) / sizeof(*invisible); k++)
			if (view_starts(view_from(text, i), invisible[k].shown))
				break;
		if (k < sizeof(invisible) / sizeof(*invisible)) {
			buf_add_char(out, invisible[k].meant);
			n = strlen(invisible[k].shown);
		} else {
			buf_add_char(out, text.p[i]);
		}
		i += n;
	}
	return !out->full;
}

/* "Replace `A` with `B`", "Insert `B`", "Delete `A`" */
static bool parse_change(struct view text, struct view *old, struct view *new)
{
	size_t middle;

	*old = *new = (struct view){0};
	if (!view_ends(text, "`") || view_has(text, "***"))
		return false;
	text.n--;
	if (view_starts(text, "Insert `")) {
		*new = view_from(text, strlen("Insert `"));
		return new->n > 0;
	}
	if (view_starts(text, "Delete `")) {
		*old = view_from(text, strlen("Delete `"));
		return old->n > 0;
	}
	if (!view_starts(text, "Replace `"))
		return false;
	text = view_from(text, strlen("Replace `"));
	middle = view_find(text, "` with `");
	if (middle == VIEW_NONE)
		return false;
	*old = view_sub(text, 0, middle);
	*new = view_from(text, middle + strlen("` with `"));
	return old->n && new->n && !view_has(*new, "` with `");
}

static int mend_prettier(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	BUF_AUTO old = buf_new(BUF_PAGE);
	BUF_AUTO new = buf_new(BUF_PAGE);
	struct view shown_old, shown_new;
	size_t at = js_place(s, c, e);

	if (at == VIEW_NONE)
		return -1;
	for (size_t i = 0; i < sizeof(invisible) / sizeof(*invisible); i++)
		if (view_has(s->text, invisible[i].shown))
			return err_set(e, ERR_REFUSED, "%s has letters that prettier prints for blanks", s->path);
	if (!parse_change(c->text, &shown_old, &shown_new) || !decode(shown_old, &old) || !decode(shown_new, &new))
		return err_set(e, ERR_REFUSED, "%s:%u: the message cannot be read", s->path, c->line);
	if (!view_eq(view_sub(s->text, at, old.n), buf_view(&old)))
		return js_unlike(s, c, e);
	return source_splice(s, at, old.n, arena_view(&m->ret->arena, buf_view(&new)), e);
}

/* ---- declarations --------------------------------------------------------------------------------------- */

/* "'x' is never reassigned. Use 'const' instead": `let x = ...;` of one name. */
static int mend_const(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e), start, word;
	struct view name, before, behind;

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	start = source_offset(s, c->line);
	if (!words_quoted(c->text, &name) || !words_at(s->text, at, name))
		return js_unlike(s, c, e);
	before = view_trim_right(view_sub(s->text, start, at - start));
	if (before.n < 3 || !view_ends(before, "let"))
		return err_set(e, ERR_REFUSED, "%s:%u declares several names", s->path, c->line);
	word = start + before.n - 3;
	if (!words_at(s->text, word, VIEW("let")))
		return js_unlike(s, c, e);
	behind = view_trim(view_from(s->text, at + name.n));
	if (!view_starts(behind, "of ") && !view_starts(behind, "in ")) {
		size_t equals = (size_t)(behind.p - s->text.p);

		if (!view_starts(behind, "=") || view_starts(behind, "==") ||
			js_expression_end(s->text, equals + 1) == VIEW_NONE)
			return err_set(e, ERR_REFUSED, "%s:%u declares more than this name", s->path, c->line);
	}
	return source_splice(s, word, 3, VIEW("const"), e);
}

enum use { USE_READ, USE_WRITE, USE_DOUBTFUL };

static enum use use_of(struct view text, size_t at, size_t n)
{
	struct view behind = view_trim(view_from(text, at + n)), before = view_trim_right(view_sub(text, 0, at));
	size_t line = view_find_last_char(view_sub(text, 0, at), '\n');
	struct view whole = view_from(text, line == VIEW_NONE ? 0 : line + 1);

	whole = view_sub(whole, 0, view_find_char(whole, '\n'));
	if (view_ends(before, "var") || view_ends(before, "let") || view_ends(before, "const") ||
		view_ends(before, "function") || view_has(whole, "] =") || view_has(whole, "} =") ||
		view_starts(behind, "=>") || view_starts(behind, "of ") || view_starts(behind, "in "))
		return USE_DOUBTFUL;
	if (view_ends(before, "++") || view_ends(before, "--") || view_starts(behind, "++") ||
		view_starts(behind, "--"))
		return USE_WRITE;
	for (size_t i = 0; i < 4 && i < behind.n; i++) {
		if (behind.p[i] == '=')
			return i + 1 < behind.n && behind.p[i + 1] == '='      ? USE_READ
			       : i > 0 && strchr("<>!", behind.p[0]) && i == 1 ? USE_READ
									       : USE_WRITE;
		if (!strchr("+-*/%&|^<>?", behind.p[i]))
			break;
	}
	return USE_READ;
}

#define HOISTED_MAX 64u

/* "run(); var x = 1; function run() { ... }": what a function does with the name it may do before `from`. */
static bool runs_before(struct view text, size_t from)
{
	static const char keyword[] = "\nfunction ";
	struct view rest = text, above = view_sub(text, 0, from);
	unsigned count = 0;

	for (size_t at; (at = view_find(rest, keyword)) != VIEW_NONE;) {
		size_t n = 0, start;
		struct view name;

		rest = view_from(rest, at + strlen(keyword));
		while (n < rest.n && (words_letter(rest.p[n]) || words_digit(rest.p[n])))
			n++;
		name = view_sub(rest, 0, n);
		start = (size_t)(rest.p - text.p);
		if (++count > HOISTED_MAX)
			return true;
		for (size_t i = 0; i + n <= above.n; i++)
			if (i != start && words_at(above, i, name))
				return true;
	}
	return false;
}

/* What the whole file does with a name that stands nowhere before `from`. */
static enum use use_in_file(struct view text, struct view name, size_t from)
{
	enum use use = USE_READ;

	for (size_t i = 0; i + name.n <= text.n; i++) {
		enum use one;

		if (i == from || !words_at(text, i, name) || (i > 0 && text.p[i - 1] == '.'))
			continue;
		one = i < from ? USE_DOUBTFUL : use_of(text, i, name.n);
		use = one > use ? one : use;
	}
	return use;
}

static bool is_module(struct view text)
{
	return view_has(text, "require(") || view_has(text, "module.exports") || view_has(text, "\nexport ") ||
	       view_starts(text, "import ") || view_has(text, "\nimport ");
}

/* `var` at the left edge of a module, one name that is used only below. */
static int mend_var(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e), name_at;
	struct view name, behind;
	enum use use;

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	if (!words_at(s->text, at, VIEW("var")) || at != source_offset(s, c->line) || !is_module(s->text))
		return err_set(e, ERR_REFUSED, "%s:%u: the variable may be used elsewhere", s->path, c->line);
	name = view_trim(view_from(source_line(s, c->line), 3));
	for (name_at = 0; name_at < name.n && (words_letter(name.p[name_at]) || words_digit(name.p[name_at]));
		name_at++)
		;
	name.n = name_at;
	behind = view_trim(view_from(s->text, (size_t)(name.p - s->text.p) + name.n));
	if (name.n == 0 || !view_starts(behind, "=") || view_starts(behind, "==") ||
		js_expression_end(s->text, (size_t)(behind.p - s->text.p) + 1) == VIEW_NONE)
		return err_set(e, ERR_REFUSED, "%s:%u declares more than one name", s->path, c->line);
	use = use_in_file(s->text, name, (size_t)(name.p - s->text.p));
	if (use == USE_DOUBTFUL || runs_before(s->text, at))
		return err_set(e, ERR_REFUSED, "%s:%u: %.*s may be declared again or used before", s->path, c->line,
			VIEW_ARG(name));
	return source_splice(s, at, 3, use == USE_READ ? VIEW("const") : VIEW("let"), e);
}

/* ---- expressions ---------------------------------------------------------------------------------------- */

/* "Expected property shorthand": `x: x` */
static int mend_shorthand(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e), n = 0, value;
	struct view key, rest;

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	while (words_letter(view_from(s->text, at + n).n ? s->text.p[at + n] : 0) ||
		(n && words_digit(view_from(s->text, at + n).n ? s->text.p[at + n] : 0)))
		n++;
	key = view_sub(s->text, at, n);
	rest = view_from(s->text, at + n);
	if (!n || !view_starts(c->text, "Expected property shorthand") || !view_starts(rest, ":"))
		return js_unlike(s, c, e);
	value = at + n + 1 + words_indent(view_from(rest, 1));
	rest = view_trim(view_from(s->text, value + n));
	if (!words_at(s->text, value, key) || !rest.n || !strchr(",}", *rest.p))
		return js_unlike(s, c, e);
	return source_splice(s, at + n, value + n - at - n, (struct view){0}, e);
}

/* "Redundant double negation" */
static int mend_negation(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e);

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	if (!view_starts(c->text, "Redundant double negation") || !view_starts(view_from(s->text, at), "!!") ||
		(at > 0 && words_letter(s->text.p[at - 1])))
		return js_unlike(s, c, e);
	return source_splice(s, at, 2, (struct view){0}, e);
}

/* "Expected { after 'if' condition": one plain statement on the same line. */
static int mend_curly(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	static const char *const plain[] = {"return", "throw", "continue", "break", NULL};
	size_t at = js_place(s, c, e), line_end;
	struct view rest;
	const char *const *p = plain;

	(void)m;
	if (at == VIEW_NONE)
		return -1;
	rest = view_trim_right(view_from(source_line(s, c->line), at - source_offset(s, c->line)));
	line_end = at + rest.n;
	while (*p && !words_at(rest, 0, view_of(*p)))
		p++;
	if (!*p || !view_starts(c->text, "Expected { after ") || !view_ends(rest, ";") ||
		js_expression_end(s->text, at) != line_end - 1 || at == 0 || s->text.p[at - 1] != ' ')
		return err_set(e, ERR_REFUSED, "%s:%u: the statement is not a plain one on its line", s->path, c->line);
	if (source_splice(s, at, 0, VIEW("{ "), e) != 0)
		return -1;
	return source_splice(s, line_end, 0, VIEW(" }"), e);
}

static bool is_blank_char(char c)
{
	return c == ' ' || c == '\t';
}

/* ---- unused names --------------------------------------------------------------------------------------- */

/* A name among others in the braces of one line: "const { price, STEPS } = require(...)". */
static int cut_item(const struct complaint *c, struct source *s, size_t at, size_t n, struct err *e)
{
	struct view line = source_line(s, c->line);
	size_t start = source_offset(s, c->line), from = at - start, to = from + n, end;
	size_t open = view_find_char(line, '{'), close = view_find_char(line, '}');
	bool first;

	if (open == VIEW_NONE || close == VIEW_NONE || open > from || close < to ||
		!view_has(view_sub(line, open, close - open), ","))
		return err_set(e, ERR_REFUSED, "%s:%u imports nothing else there", s->path, c->line);
	for (end = from; end > 0 && is_blank_char(line.p[end - 1]); end--)
		;
	first = line.p[end - 1] == '{';
	if (!first && line.p[end - 1] != ',')
		return js_unlike(s, c, e);
	if (!first) {
		struct view behind = view_trim(view_from(line, to));

		if (!behind.n || !strchr(",}", *behind.p))
			return js_unlike(s, c, e);
		return source_splice(s, start + end - 1, to - end + 1, (struct view){0}, e);
	}
	while (to < line.n && is_blank_char(line.p[to]))
		to++;
	if (to >= line.n || line.p[to] != ',')
		return js_unlike(s, c, e);
	to++;
	while (to < line.n && is_blank_char(line.p[to]))
		to++;
	return source_splice(s, at, to - from, (struct view){0}, e);
}

/* The text from "import" or "const {" up to the line's end behind the braces that hold the place; "" without. */
static struct view imported_list(const struct source *s, size_t at)
{
	size_t open = view_find_last_char(view_sub(s->text, 0, at), '{'),
	       close = view_find_char(view_from(s->text, at), '}');
	size_t from, lf;
	struct view all;

	if (open == VIEW_NONE || close == VIEW_NONE)
		return (struct view){0};
	from = source_offset(s, source_line_at(s, open));
	all = view_from(s->text, from);
	lf = view_find_char(view_from(s->text, at + close), '\n');
	if (lf != VIEW_NONE)
		all.n = at + close + lf - from;
	return all;
}

/* A name less in a list of imports changes nothing else; in one with "...rest", of parameters or of an array it does.
 */
static bool is_import(const struct source *s, size_t at)
{
	struct view all = imported_list(s, at), head = view_sub(all, 0, view_find_char(all, '}'));

	if (view_has(head, "...") || view_has(head, "//") || view_has(head, "/*") || view_has(head, "("))
		return false;
	return (view_starts(all, "import ") && view_has(all, " from ")) ||
	       ((view_starts(all, "const {") || view_starts(all, "let {") || view_starts(all, "var {")) &&
		       view_has(all, "} = require("));
}

/* Only for review: a name that is not used may be one whose use was forgotten. */
static int mend_unused(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = js_place(s, c, e);
	struct view name, line = view_trim(source_line(s, c->line));

	if (at == VIEW_NONE)
		return -1;
	if (!words_quoted(c->text, &name) || !words_at(s->text, at, name))
		return js_unlike(s, c, e);
	m->ret->tier = TIER_REVIEW;
	if (!is_import(s, at))
		return err_set(e, ERR_REFUSED, "%s:%u is no list of imports", s->path, c->line);
	if (view_is(line, arena_format(&m->ret->arena, "%.*s,", VIEW_ARG(name))))
		return source_cut_lines(s, c->line, c->line, e);
	return cut_item(c, s, at, name.n, e);
}

/* Plugins that give core rules under a name of their own. */
static struct view without_plugin(struct view rule)
{
	static const char *const plugins[] = {
		"@stylistic/js/", "@stylistic/ts/", "@stylistic/", "@typescript-eslint/", "style/", "ts/", NULL};

	for (const char *const *p = plugins; *p; p++)
		if (view_starts(rule, *p))
			return view_from(rule, strlen(*p));
	return rule;
}

js_mend *js_rule(struct view rule)
{
	static const struct {
		const char *name;
		js_mend *mend;
	} rules[] = {
		{"prettier/prettier", mend_prettier},
		{"prefer-const", mend_const},
		{"no-var", mend_var},
		{"object-shorthand", mend_shorthand},
		{"no-extra-boolean-cast", mend_negation},
		{"curly", mend_curly},
		{"no-unused-vars", mend_unused},
		{"no-unused-imports", mend_unused},
	};
	struct view name = without_plugin(rule);

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (view_is(name, rules[i].name))
			return rules[i].mend;
	return js_layout_rule(name);
}
