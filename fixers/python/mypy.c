/* python/mypy-mechanical - mypy's findings that have one answer: unused ignores, functions that return nothing. */
#include "fixers/mend.h"
#include "fixers/python/scan.h"

#include <string.h>

#define UNUSED "unused"
#define RETURN "return"

/* Does the note that offers "-> None" follow for this very line? */
static bool offers_none(struct mend *m, size_t i, const struct complaint *c)
{
	for (size_t k = i + 1; k < i + 8 && k < m->ev->text.count; k++) {
		struct complaint note;

		if (!complaint_parse(evidence_line(m->ev, k), &note))
			continue;
		if (note.line != c->line || !view_eq(note.path, c->path))
			return false;
		if (view_starts(note.text, "note: Use \"-> None\""))
			return true;
	}
	return false;
}

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
	if (view_starts(ret->text, "Function is missing a return type annotation") && offers_none(m, i, ret)) {
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

static int add_none(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view line = view_trim(source_line(s, c->line));
	size_t i = source_offset(s, c->line), depth = 0, behind;
	struct py py;

	py_scan(&py, s->text, &m->ret->arena);
	if (!py.valid || (!view_starts(line, "def ") && !view_starts(line, "async def ")))
		return err_set(e, ERR_REFUSED, "%s:%u begins no function", s->path, c->line);
	for (; i < s->text.n; i++) {
		if (py.kind[i] != PY_CODE)
			continue;
		if (strchr("([{", s->text.p[i]))
			depth++;
		else if (strchr(")]}", s->text.p[i]) && --depth == 0)
			break;
	}
	for (behind = i + 1; behind < s->text.n && s->text.p[behind] == ' '; behind++)
		;
	if (behind >= s->text.n || s->text.p[behind] != ':')
		return err_set(e, ERR_REFUSED, "%s:%u: the function's head does not end as expected", s->path, c->line);
	return source_splice(s, i + 1, behind - i - 1, VIEW(" -> None"), e);
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
		"Mypy offers `-> None` only for functions without a return value; neither change has an effect when "
		"the program "
		"runs. Every error of the run must be of these two kinds, and their number the one that mypy prints.",
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
