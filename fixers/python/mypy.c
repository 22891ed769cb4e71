/* python/mypy-mechanical - mypy's findings that have one answer: unused ignores, functions that return nothing. */
#include "fixers/mend.h"
#include "fixers/python/scan.h"
#include "fixers/words.h"

#include <string.h>

#define UNUSED "unused"
#define RETURN "return"

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i), rest = line, word;
	uint64_t n;

	if (view_starts(line, "Found ") && view_has(line, " error") && view_has(line, " file")) {
		rest = view_from(line, strlen("Found "));
		if (view_word(&rest, &word) && view_number(word, 100000, &n) && n != m->count)
			return MEND_HOPELESS;
		return MEND_HARMLESS;
	}
	if (!complaint_parse(line, ret))
		return MEND_NOTHING;
	if (view_starts(ret->text, "note: "))
		return MEND_HARMLESS;
	if (!view_starts(ret->text, "error: "))
		return MEND_NOTHING;
	ret->text = view_from(ret->text, strlen("error: "));
	if (view_starts(ret->text, "Unused \"type: ignore") || view_starts(ret->text, "unused \"type: ignore")) {
		ret->code = VIEW(UNUSED);
		return MEND_COMPLAINT;
	}
	if (view_starts(ret->text, "Function is missing a return type annotation")) {
		ret->code = VIEW(RETURN);
		return MEND_COMPLAINT;
	}
	return MEND_HOPELESS;
}

/* ---- unused ignores --------------------------------------------------------------------------------- */

/* The bytes of "# type: ignore[...]" in a comment of the line, as offsets in the line. */
static bool find_ignore(struct view line, size_t *from, size_t *to, struct view *codes)
{
	size_t at = view_find(line, "type: ignore");

	if (at == VIEW_NONE)
		return false;
	*to = at + strlen("type: ignore");
	for (*from = at; *from > 0 && (line.p[*from - 1] == ' ' || line.p[*from - 1] == '\t'); (*from)--)
		;
	if (*from == 0 || line.p[*from - 1] != '#')
		return false;
	(*from)--;
	*codes = (struct view){0};
	if (*to < line.n && line.p[*to] == '[') {
		size_t close = view_find_char(view_from(line, *to), ']');

		if (close == VIEW_NONE)
			return false;
		*codes = view_sub(line, *to + 1, close - 1);
		*to += close + 1;
	}
	return true;
}

static bool names_code(struct view list, struct view code)
{
	struct view one;

	while (view_next(&list, ',', &one))
		if (view_eq(view_trim(one), code))
			return true;
	return false;
}

/* Of several codes only those that mypy calls unused go. */
static bool remaining_codes(struct view has, struct view unused, struct buf *ret)
{
	struct view one;

	while (unused.n && view_next(&has, ',', &one))
		if (!names_code(unused, view_trim(one)))
			buf_addf(ret, "%s%.*s", ret->n ? ", " : "", VIEW_ARG(view_trim(one)));
	return ret->n > 0;
}

static int drop_ignore(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view line = source_line(s, c->line), codes, unused = {0};
	size_t start = source_offset(s, c->line), from, to, open = view_find_char(c->text, '['),
	       close = view_find(c->text, "]\"");
	BUF_AUTO left = buf_new(BUF_LINE);

	if (!find_ignore(line, &from, &to, &codes))
		return err_set(e, ERR_REFUSED, "%s:%u has no such comment", s->path, c->line);
	if (open != VIEW_NONE && close != VIEW_NONE && open < close)
		unused = view_sub(c->text, open + 1, close - open - 1);
	if (remaining_codes(codes, unused, &left)) {
		const char *text = arena_format(&m->ret->arena, "# type: ignore[%s]", buf_text(&left));

		return source_splice(s, start + from, to - from, view_of(text), e);
	}
	if (view_trim(view_from(line, to)).n == 0) {
		to = line.n;
		while (from > 0 && (line.p[from - 1] == ' ' || line.p[from - 1] == '\t'))
			from--;
	} else {
		while (to < line.n && line.p[to] == ' ')
			to++;
		if (to == line.n || line.p[to] != '#')
			return err_set(e, ERR_REFUSED, "%s:%u: the comment says more", s->path, c->line);
	}
	if (from == 0)
		return source_cut_lines(s, c->line, c->line, e);
	return source_splice(s, start + from, to - from, (struct view){0}, e);
}

/* ---- functions that return nothing ------------------------------------------------------------------- */

/* Mypy offers "-> None" below the first such function of a run, or (older versions) below each. */
static bool is_offered(const struct mend *m)
{
	for (size_t i = 0; i < m->ev->text.count; i++)
		if (view_has(evidence_line(m->ev, i), "note: Use \"-> None\" if function does not return a value"))
			return true;
	return false;
}

struct function {
	struct view name;
	size_t close, colon; /* bytes: of the closing parenthesis, of the colon */
	uint32_t body;       /* first line below the head */
	size_t indent;
};

static bool read_function(struct function *f, const struct source *s, const struct py *py, uint32_t line)
{
	struct view text = view_trim(source_line(s, line));
	size_t i = source_offset(s, line), depth = 0, open;

	*f = (struct function){.indent = words_indent(source_line(s, line))};
	if (view_starts(text, "async "))
		text = view_trim(view_from(text, strlen("async ")));
	if (!py->valid || !view_starts(text, "def "))
		return false;
	open = view_find_char(text, '(');
	f->name = view_trim(view_sub(text, 4, open == VIEW_NONE ? 0 : open - 4));
	for (; i < s->text.n; i++) {
		if (py->kind[i] != PY_CODE)
			continue;
		if (strchr("([{", s->text.p[i]))
			depth++;
		else if (strchr(")]}", s->text.p[i]) && --depth == 0)
			break;
	}
	f->close = i;
	for (f->colon = i + 1; f->colon < s->text.n && s->text.p[f->colon] == ' '; f->colon++)
		;
	f->body = source_line_at(s, f->colon) + 1;
	return f->name.n && f->colon < s->text.n && s->text.p[f->colon] == ':';
}

static bool is_code_word(const struct py *py, size_t at, const char *word)
{
	return py->kind[at] == PY_CODE && words_at(py->text, at, view_of(word));
}

/* "return" with something behind it, or "yield"; those of functions within count as well. */
static bool gives_value(const struct source *s, const struct py *py, size_t at)
{
	uint32_t line = source_line_at(s, at);
	size_t column = at - source_offset(s, line);
	struct view rest;

	if (is_code_word(py, at, "yield"))
		return true;
	if (!is_code_word(py, at, "return"))
		return false;
	rest = view_trim(view_from(source_line(s, line), column + strlen("return")));
	return rest.n && *rest.p != '#' && *rest.p != ';';
}

static bool does_nothing(struct view statement)
{
	return view_is(statement, "pass") || view_is(statement, "...") ||
	       view_starts(statement, "raise NotImplementedError");
}

/* Does the body return a value, or, in a class, do nothing at all? Then a subclass may return something. */
static bool body_may_return(const struct function *f, const struct source *s, const struct py *py)
{
	struct view behind =
		view_trim(view_from(source_line(s, f->body - 1), f->colon + 1 - source_offset(s, f->body - 1)));
	bool acts = behind.n && *behind.p != '#' && !does_nothing(behind);
	uint32_t line = f->body;

	for (size_t i = f->colon + 1; i < source_offset(s, f->body); i++)
		if (gives_value(s, py, i))
			return true;
	for (; line <= s->line_count; line++) {
		struct view text = source_line(s, line);
		size_t start = source_offset(s, line);

		if (!source_blank(s, line) && !py->joined[line - 1] && words_indent(text) <= f->indent)
			break;
		for (size_t i = start; i < start + text.n; i++)
			if (gives_value(s, py, i))
				return true;
		acts |= !source_blank(s, line) && !py->joined[line - 1] && !does_nothing(view_trim(text)) &&
			py->kind[start + words_indent(text)] == PY_CODE;
	}
	return f->indent > 0 && !acts;
}

/* Another function of the file has the name: this one may be overridden by it. */
static bool has_namesake(const struct function *f, const struct source *s, uint32_t line)
{
	for (uint32_t n = 1; n <= s->line_count; n++) {
		struct view text = view_trim(source_line(s, n));

		if (view_starts(text, "async "))
			text = view_trim(view_from(text, strlen("async ")));
		if (n != line && view_starts(text, "def ") && words_at(text, 4, f->name))
			return true;
	}
	return false;
}

static int add_none(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct function f;
	struct py py;

	py_scan(&py, s->text, &m->ret->arena);
	if (!is_offered(m))
		return err_set(e, ERR_REFUSED, "%s:%u: mypy does not offer \"-> None\"", s->path, c->line);
	if (!read_function(&f, s, &py, c->line))
		return err_set(e, ERR_REFUSED, "%s:%u begins no function that can be read", s->path, c->line);
	if (body_may_return(&f, s, &py) || has_namesake(&f, s, c->line))
		return err_set(e, ERR_REFUSED, "%s:%u: the function, or one that overrides it, may return a value",
			s->path, c->line);
	return source_splice(s, f.close + 1, f.colon - f.close - 1, VIEW(" -> None"), e);
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	return view_is(c->code, UNUSED) ? drop_ignore(m, c, s, e) : add_none(m, c, s, e);
}

static const struct mender mender = {
	.programs = (const char *const[]){"mypy", "dmypy", "pre-commit", "prek", NULL},
	.read = read_line,
	.mend = mend,
	.says = "only comments of the named lines went, only \"-> None\" came",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "fix mechanical mypy findings";
	ret->reason = "mypy names each place and says what to write there, and it finds nothing else";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_python_mypy_mechanical = {
	.id = "python/mypy-mechanical",
	.ecosystem = "python",
	.title = "Fix mechanical mypy findings",
	.what = "Removes `# type: ignore` comments that mypy calls unused, and adds `-> None` where mypy offers it.",
	.why_safe =
		"Neither change has an effect when the program runs. The body must return and yield nothing, must not "
		"be empty in a class (a subclass may return something), and no other function of the file may have "
		"its name. Every error of the run must be of these two kinds, and their number the one that mypy "
		"prints.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*mypy*", "python/*", "generic/*", "runner/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){"*.py", "*.pyi", NULL},
	.max_files = 50,
	.max_lines = 400,
	.kind = FIX_EDITS,
	.heal_case = "py-mypy-return-none",
	.refuse_case = "py-mypy-missing-stubs",
	.propose = propose,
};
