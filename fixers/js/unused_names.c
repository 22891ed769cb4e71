/* js/unused-names - TypeScript finds names that are imported and never used. */
#include "fixers/js/tsc.h"
#include "fixers/words.h"

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	enum mend_verdict verdict = tsc_read(m, i, ret);

	if (verdict != MEND_COMPLAINT)
		return verdict;
	if (!view_is(ret->code, "TS6133") && !view_is(ret->code, "TS6196"))
		return MEND_HOPELESS;
	return ret->column && words_quoted(ret->text, &ret->code) ? MEND_COMPLAINT : MEND_HOPELESS;
}

struct names {
	size_t open, close; /* of the braces; VIEW_NONE without */
	size_t from, to;    /* the statement, to its end of line */
	unsigned count;     /* names in the braces */
};

/* The import statement that holds the byte: from "import" at the start of a line to `from "..."`. */
static bool read_import(struct names *ret, const struct source *s, size_t at)
{
	uint32_t line = source_line_at(s, at), last;
	struct view text, head;
	size_t quote;

	while (line > 1 && !view_starts(source_line(s, line), "import ") && source_line_at(s, at) - line < 60)
		line--;
	if (!view_starts(source_line(s, line), "import "))
		return false;
	ret->from = source_offset(s, line);
	text = view_from(s->text, ret->from);
	quote = view_find_char(text, '\'') < view_find_char(text, '"') ? view_find_char(text, '\'')
								       : view_find_char(text, '"');
	if (quote == VIEW_NONE || ret->from + quote < at)
		return false;
	last = source_line_at(s, ret->from + quote);
	ret->to = source_offset(s, last) + source_line(s, last).n;
	head = view_sub(text, 0, quote);
	if (view_has(head, "//") || view_has(head, "/*") || view_has(head, ";") || !view_has(head, "from") ||
		view_has(view_from(source_line(s, last), 1), "//") || view_starts(head, "import("))
		return false;
	ret->open = view_find_char(head, '{');
	ret->close = view_find_char(head, '}');
	if (ret->open == VIEW_NONE || ret->close == VIEW_NONE || ret->close < ret->open)
		return false;
	for (size_t i = ret->open; i < ret->close; i++)
		ret->count += head.p[i] == ',';
	ret->count += view_trim_right(view_sub(head, 0, ret->close))
			      .p[view_trim_right(view_sub(head, 0, ret->close)).n - 1] != ',';
	ret->open += ret->from;
	ret->close += ret->from;
	return true;
}

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The name with what belongs to it ("type x", "y as x") and one comma. */
static int cut_name(const struct names *n, struct source *s, size_t at, struct view name, struct err *e)
{
	size_t from = at, to = at + name.n;
	uint32_t line = source_line_at(s, at);

	while (from > n->open + 1 && s->text.p[from - 1] != ',')
		from--;
	while (from < at && is_white(s->text.p[from]))
		from++;
	while (to < n->close && s->text.p[to] != ',')
		to++;
	if (view_eq(view_trim(source_line(s, line)), view_sub(s->text, from, to - from + (to < n->close))) ||
		view_eq(view_trim(source_line(s, line)), view_trim(view_sub(s->text, from, to - from))))
		return source_cut_lines(s, line, line, e);
	if (to < n->close) { /* with the comma behind it and blanks up to the next name */
		to++;
		while (to < n->close && is_white(s->text.p[to]))
			to++;
	} else { /* the last: with the comma before it, blanks before the brace stay */
		while (to > from && is_white(s->text.p[to - 1]))
			to--;
		while (from > n->open + 1 && s->text.p[from - 1] != ',')
			from--;
		from -= from > n->open + 1;
	}
	return source_splice(s, from, to - from, (struct view){0}, e);
}

/* In a file with JSX another compiler than tsc may make calls of this name. */
static bool may_make_elements(const char *path, struct view name)
{
	static const char *const makers[] = {"React", "h", "jsx", "createElement", "Fragment", NULL};

	for (const char *const *k = makers; view_ends(view_of(path), "x") && *k; k++)
		if (view_is(name, *k))
			return true;
	return false;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = source_column(s, c->line, c->column);
	struct names n = {0};

	if (may_make_elements(s->path, c->code))
		m->ret->tier = TIER_REVIEW;
	if (at == VIEW_NONE || !words_at(s->text, at, c->code) || !read_import(&n, s, at) || at < n.open ||
		at > n.close)
		return err_set(
			e, ERR_REFUSED, "%s:%u does not import %.*s in a list", s->path, c->line, VIEW_ARG(c->code));
	if (n.count < 2)
		return err_set(
			e, ERR_REFUSED, "%s:%u imports nothing else: the module may be meant to run", s->path, c->line);
	return cut_name(&n, s, at, c->code, e);
}

/* "import { } from": all names of a list went. */
static bool keeps_a_name(const char *path, struct view before, struct view after, struct err *e)
{
	(void)before;
	for (size_t i = 0; i < after.n; i++) {
		size_t k = i + 1;

		if (after.p[i] != '{')
			continue;
		while (k < after.n && (is_white(after.p[k]) || after.p[k] == ','))
			k++;
		if (k < after.n && after.p[k] == '}' && view_starts(view_trim(view_from(after, k + 1)), "from "))
			return fix_refuse(e, "%s: no name of the import would be left", path);
	}
	return true;
}

static const struct mender mender = {
	.read = read_line,
	.mend = mend,
	.check = keeps_a_name,
	.says = "only names that the compiler calls unused went from lists of imports",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "remove unused names from imports";
	ret->reason = "the compiler names each import that is never used, and reports nothing else";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_js_unused_names = {
	.id = "js/unused-names",
	.ecosystem = "js",
	.title = "Remove unused names from imports",
	.what = "`TS6133: 'x' is declared but its value is never read` of a name in `import { x, y } from`: takes the "
		"name "
		"out of the list.",
	.why_safe =
		"The compiler proves that the name is not used, and the import itself stays: the module is loaded as "
		"before. Locals, parameters, and an import whose last name would go are left to a person. Only when "
		"every "
		"error of the run is of this kind.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*tsc*", "*typescript*", "js/*", "ts/*", "node/*", "npm/*", "generic/*",
		"runner/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){"*.{ts,tsx,mts,cts}", NULL},
	.max_files = 20,
	.max_lines = 60,
	.kind = FIX_EDITS,
	.heal_case = "js-tsc-unused-import",
	.refuse_case = "js-eresolve-peer",
	.propose = propose,
};
