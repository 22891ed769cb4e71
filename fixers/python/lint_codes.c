/* python/lint-codes - findings of flake8, ruff, pycodestyle, pyflakes and pylint whose remedy is mechanical. */
#include "fixers/python/imports.h"
#include "fixers/python/lint.h"
#include "fixers/python/stdlib.h"

#include "base/file.h"

#include <string.h>

#define LINT_FILES_MAX 64u
#define LINT_IMPORTS_MAX 200u

struct lint_file {
	struct source *s;
	struct py py;
	bool *gone; /* by line; see import_cut_lines() */
	struct import **imports;
	size_t import_count;
};

struct lint_state {
	struct lint_file files[LINT_FILES_MAX];
	size_t file_count;
	uint32_t total; /* of ruff's last line, 0 when it did not say */
};

static struct lint_state *state_of(struct mend *m)
{
	if (!m->state)
		m->state = arena_alloc(&m->ret->arena, sizeof(struct lint_state));
	return m->state;
}

static struct lint_file *file_of(struct mend *m, struct source *s, struct err *e)
{
	struct lint_state *state = state_of(m);
	struct lint_file *f;

	for (size_t i = 0; i < state->file_count; i++)
		if (state->files[i].s == s)
			return &state->files[i];
	if (state->file_count == LINT_FILES_MAX) {
		err_set(e, ERR_REFUSED, "more than %u files", LINT_FILES_MAX);
		return NULL;
	}
	f = &state->files[state->file_count++];
	f->s = s;
	py_scan(&f->py, s->text, &m->ret->arena);
	f->gone = arena_array(&m->ret->arena, (size_t)s->line_count + 2, sizeof(*f->gone));
	f->imports = arena_array(&m->ret->arena, LINT_IMPORTS_MAX, sizeof(struct import *));
	return f;
}

/* ---- reading the log ----------------------------------------------------------------------------- */

/* Takes "F401", "[F401]", "W0611:" off the front. */
static bool take_code(struct view *text, struct view *ret)
{
	struct view rest = *text, word;
	size_t letters = 0, digits = 0;

	if (!view_word(&rest, &word))
		return false;
	if (view_starts(word, "[") && view_ends(word, "]"))
		word = view_sub(word, 1, word.n - 2);
	if (view_ends(word, ":"))
		word.n--;
	while (letters < word.n && word.p[letters] >= 'A' && word.p[letters] <= 'Z')
		letters++;
	while (letters + digits < word.n && word.p[letters + digits] >= '0' && word.p[letters + digits] <= '9')
		digits++;
	if (letters == 0 || letters > 5 || digits < 3 || digits > 4 || letters + digits != word.n)
		return false;
	*ret = word;
	*text = view_trim(rest);
	if (view_starts(*text, "[*] "))
		*text = view_from(*text, 4);
	return true;
}

/* ruff's full form: "F401 [*] `os` imported but unused" and below it " --> a.py:1:8". */
static bool arrow(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = view_trim(evidence_line(m->ev, i)), above;

	if (!view_starts(line, "--> ") || i == 0 || !complaint_parse(view_from(line, 4), ret))
		return false;
	above = view_trim(evidence_line(m->ev, i - 1));
	ret->text = above;
	return take_code(&ret->text, &ret->code);
}

static void read_total(struct mend *m, struct view line)
{
	uint64_t n;
	struct view word;

	if (!view_starts(line, "Found ") || !view_has(line, " error"))
		return;
	line = view_from(line, 6);
	if (view_word(&line, &word) && view_number(word, 100000, &n))
		state_of(m)->total = (uint32_t)n;
}

static bool is_unused_import(struct view code)
{
	return view_is(code, "F401") || view_is(code, "W0611");
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i);

	read_total(m, line);
	if (!arrow(m, i, ret)) {
		if (!complaint_parse(line, ret))
			return MEND_NOTHING;
		if (view_ends(ret->text, " imported but unused") && view_starts(ret->text, "'"))
			ret->code = VIEW("F401"); /* pyflakes has no codes */
		else if (!take_code(&ret->text, &ret->code))
			return MEND_NOTHING;
	}
	return is_unused_import(ret->code) || lint_space_knows(ret->code) ? MEND_COMPLAINT : MEND_HOPELESS;
}

/* ---- unused imports ------------------------------------------------------------------------------ */

static bool quoted(struct view text, char quote, struct view *ret)
{
	size_t from = view_find_char(text, quote), to;

	if (from == VIEW_NONE)
		return false;
	*ret = view_from(text, from + 1);
	to = view_find_char(*ret, quote);
	ret->n = to == VIEW_NONE ? 0 : to;
	return ret->n > 0;
}

/* pylint: "Unused import a.b", "Unused X imported from a.b", "... as Y" in place of pyflakes' 'a.b.X as Y'. */
static bool pylint_spelling(struct view text, struct buf *ret)
{
	struct view word, from = {0}, name = {0}, alias = {0};

	if (!view_starts(text, "Unused "))
		return false;
	text = view_from(text, strlen("Unused "));
	while (view_word(&text, &word)) {
		if (view_is(word, "from") || view_is(word, "as")) {
			if (!view_word(&text, view_is(word, "from") ? &from : &alias))
				return false;
		} else if (view_starts(word, "(")) {
			break;
		} else if (!view_is(word, "import") && !view_is(word, "imported")) {
			name = word;
		}
	}
	if (from.n)
		buf_addf(ret, "%.*s.", VIEW_ARG(from));
	buf_add_view(ret, name);
	if (alias.n)
		buf_addf(ret, " as %.*s", VIEW_ARG(alias));
	return name.n > 0;
}

static struct import *import_at(struct mend *m, struct lint_file *f, uint32_t line, struct err *e)
{
	struct import one;

	if (!import_read(&one, f->s, &f->py, line)) {
		err_set(e, ERR_REFUSED, "%s:%u has no import that can be read", f->s->path, line);
		return NULL;
	}
	for (size_t i = 0; i < f->import_count; i++)
		if (f->imports[i]->from == one.from)
			return f->imports[i];
	if (f->import_count == LINT_IMPORTS_MAX) {
		err_set(e, ERR_REFUSED, "%s: more than %u imports", f->s->path, LINT_IMPORTS_MAX);
		return NULL;
	}
	f->imports[f->import_count] = arena_alloc(&m->ret->arena, sizeof(one));
	*f->imports[f->import_count] = one;
	return f->imports[f->import_count++];
}

/* Modules that are often imported for what they do: handlers that register themselves, models that a mapper collects.
 */
static bool registers(const struct lint_file *f, const struct import *i, const struct import_name *n)
{
	static const char *const modules[] = {"models", "signals", "handlers", "receivers", "tasks", "admin", "plugins",
		"listeners", "routes", "views", "commands", "migrations", "fixtures", "conftest", "checks", "hooks",
		"tables", "schema", "entities", NULL};
	struct view path = view_of(f->s->path), module = i->is_from ? i->module : n->name, last = module;
	size_t dot = view_find_last_char(module, '.');

	if (python_stdlib(module))
		return false;
	if (dot != VIEW_NONE)
		last = view_from(module, dot + 1);
	for (const char *const *m = modules; *m; m++)
		if (view_is(last, *m) || (i->is_from && view_is(n->name, *m)))
			return true;
	return view_has(n->name, "fixture") || file_glob("{env.py,apps.py,conftest.py}", path);
}

/* The file looks names up by their spelling. */
static bool looks_up_names(const struct lint_file *f)
{
	static const char *const ways[] = {"globals", "locals", "eval", "exec", "vars", NULL};
	struct view rest = f->py.text, line;

	for (const char *const *w = ways; *w; w++)
		if (py_uses(&f->py, view_of(*w), 0, 0))
			return true;
	while (view_next(&rest, '\n', &line))
		if (view_starts(line, "__all__") && (view_has(line, "+") || view_has(line, "*")))
			return true;
	return false;
}

/* "# registers the codec", right above: somebody says why the import is there. */
static bool has_reason_above(const struct source *s, const struct import *i)
{
	static const char *const words[] = {"regist", "effect", "need", "requir", "must", "keep", "patch", "remove",
		"order", "before", "load", "init", "import", "used", NULL};
	struct view above = view_trim(source_line(s, i->first - 1));

	if (i->first < 2 || !view_starts(above, "#") || view_starts(above, "#!"))
		return false;
	for (const char *const *w = words; *w; w++)
		if (view_has_nocase(above, *w))
			return true;
	return false;
}

/* Importing these does something; so may importing a module of the project itself. */
static bool has_effects(struct mend *m, const struct import *i, const struct import_name *n)
{
	static const char *const known[] = {"readline", "rlcompleter", "Axes3D", "seaborn", "antigravity", "this",
		"sitecustomize", "tensorflow_text", "pyximport", "matplotlib.pyplot", NULL};
	BUF_AUTO path = buf_new(BUF_LINE);
	struct view module = i->is_from ? i->module : n->name, part;
	enum tree_kind kind;
	const struct tree *tree = m->q->tree;

	for (const char *const *k = known; *k; k++)
		if (view_is(n->name, *k))
			return true;
	if (view_starts(module, "."))
		return false; /* a name of a module beside this one: cannot be told apart cheaply, pyflakes is right
				 most times */
	while (view_next(&module, '.', &part))
		buf_addf(&path, "%s%.*s", path.n ? "/" : "", VIEW_ARG(part));
	if (i->is_from)
		buf_addf(&path, "/%.*s", VIEW_ARG(n->name));
	if (tree->is_directory(tree->context, buf_text(&path)))
		return true;
	buf_add_text(&path, ".py");
	return tree->stat(tree->context, buf_text(&path), &kind);
}

static int check_name(
	struct mend *m, const struct lint_file *f, const struct import *i, const struct import_name *n, struct err *e)
{
	struct view bound = import_bound(i, n), module = i->is_from ? i->module : n->name;
	struct view path = view_of(f->s->path);

	if (file_glob("__init__.py", path))
		return err_set(e, ERR_REFUSED, "%s: what a package imports is its interface", f->s->path);
	if (file_glob("conftest.py", path) && i->is_from && !python_stdlib(module))
		return err_set(e, ERR_REFUSED, "%s: the import may be a fixture", f->s->path);
	if (view_is(bound, "*") || view_is(i->module, "__future__"))
		return err_set(e, ERR_REFUSED, "%s:%u: not an import of a name", f->s->path, i->first);
	if (py_uses(&f->py, bound, i->from, i->to) || py_mentions(&f->py, bound))
		return err_set(e, ERR_REFUSED, "%s: %.*s stands elsewhere in the file", f->s->path, VIEW_ARG(bound));
	if (has_reason_above(f->s, i))
		return err_set(e, ERR_REFUSED, "%s:%u: a comment says why it is imported", f->s->path, i->first);
	if (has_effects(m, i, n) || registers(f, i, n) || looks_up_names(f))
		m->ret->tier = TIER_REVIEW;
	return 0;
}

static int unused_import(struct mend *m, struct lint_file *f, const struct complaint *c, struct err *e)
{
	BUF_AUTO built = buf_new(BUF_LINE);
	struct import *i = import_at(m, f, c->line, e);
	struct view spelling;

	if (!i)
		return -1;
	if (view_has(c->text, "consider"))
		return err_set(e, ERR_REFUSED, "%s:%u: the import may be meant", f->s->path, c->line);
	if (pylint_spelling(c->text, &built))
		spelling = buf_view(&built);
	else if (!quoted(c->text, '\'', &spelling) && !quoted(c->text, '`', &spelling))
		return err_set(e, ERR_REFUSED, "%s:%u: the finding names no import", f->s->path, c->line);
	for (size_t k = 0; k < i->count; k++) {
		if (!import_spelled(i, &i->names[k], spelling))
			continue;
		i->names[k].removed = true;
		return check_name(m, f, i, &i->names[k], e);
	}
	return err_set(e, ERR_REFUSED, "%s:%u does not import %.*s", f->s->path, c->line, VIEW_ARG(spelling));
}

/* ---- the mender ---------------------------------------------------------------------------------- */

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct lint_file *f = file_of(m, s, e);
	struct lint lint = {.s = s, .line = c->line, .code = c->code, .text = c->text};

	if (!f)
		return -1;
	if (!view_ends(view_of(s->path), ".py") && !view_ends(view_of(s->path), ".pyi"))
		return err_set(e, ERR_REFUSED, "%s is not Python", s->path);
	if (!f->py.valid)
		return err_set(e, ERR_REFUSED, "%s cannot be read as Python", s->path);
	if (view_has(source_line(s, c->line), "noqa") || view_has(source_line(s, c->line), "pylint:"))
		return err_set(e, ERR_REFUSED, "%s:%u speaks to the linter", s->path, c->line);
	if (is_unused_import(c->code))
		return unused_import(m, f, c, e);
	lint.py = &f->py;
	lint.at = source_column(s, c->line, c->column ? c->column : 1);
	if (lint.at == VIEW_NONE)
		lint.at = source_offset(s, c->line);
	return lint_space(&lint, e);
}

static int finish(struct mend *m, struct err *e)
{
	struct lint_state *state = state_of(m);

	if (state->total && state->total != m->count)
		return err_set(
			e, ERR_REFUSED, "the linter found %u problems, the log shows %u", state->total, m->count);
	for (size_t i = 0; i < state->file_count; i++) {
		struct lint_file *f = &state->files[i];

		for (size_t k = 0; k < f->import_count; k++)
			if (import_splice(f->imports[k], f->s, &f->py, f->gone, e) != 0)
				return -1;
		if (import_cut_lines(f->s, f->gone, e) != 0)
			return -1;
	}
	return 0;
}

/* More than two blank lines, or a definition at the left edge with fewer than two above it. */
static unsigned layout_faults(struct view text)
{
	struct view line;
	unsigned faults = 0, blank = 2;
	bool attached = true; /* nothing but comments and decorators since the last blank line */
	bool top = true;      /* nothing but comments so far: no blank lines are wanted */

	while (view_next(&text, '\n', &line)) {
		bool definition =
			view_starts(line, "def ") || view_starts(line, "class ") || view_starts(line, "async def ");

		if (view_trim(line).n == 0) {
			blank = attached && blank <= 2 ? blank + 1 : 1;
			attached = true;
			faults += blank == 3 && !top;
			continue;
		}
		faults += definition && blank < 2 && !top;
		if (*line.p != '@' && *line.p != '#')
			blank = 0;
		attached = *line.p == '@' || *line.p == '#';
		top &= *line.p == '#';
	}
	return faults;
}

static bool still_python(const char *path, struct view before, struct view after, struct err *e)
{
	ARENA_AUTO a = {0};
	struct py py;

	py_scan(&py, after, &a);
	if (!py.valid)
		return fix_refuse(e, "%s could not be read as Python afterwards", path);
	if (layout_faults(after) > layout_faults(before))
		return fix_refuse(e, "%s would have new faults of layout", path);
	return true;
}

static const struct mender mender = {
	.programs = (const char *const[]){"flake8", "ruff", "pycodestyle", "pyflakes", "pylint", "pep8", "prospector",
		"pylama", "autopep8", NULL},
	.read = read_line,
	.mend = mend,
	.finish = finish,
	.check = still_python,
	.says = "every named place was as the linter says, and the files still read as Python",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	enum category c = q->finding->category;

	if (c != CATEGORY_FORMAT && c != CATEGORY_LINT && c != CATEGORY_UNKNOWN && c != CATEGORY_IMPORT)
		return fix_refuse(e, "lint codes are no answer to a %s failure", category_name(c));
	ret->summary = "fix mechanical lint findings";
	ret->reason = "each finding names its place and has one remedy, and the linter names nothing else";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_python_lint_codes = {
	.id = "python/lint-codes",
	.ecosystem = "python",
	.title = "Fix mechanical lint codes",
	.what = "Mends what flake8, ruff, pycodestyle, pyflakes or pylint name with file, line and a code that has one "
		"answer: "
		"unused imports (F401), white space (W291, W293, W391, W292, E2xx), blank lines (E30x), comments "
		"(E26x), "
		"invalid escapes (W605), a semicolon at the end (E703).",
	.why_safe =
		"All findings of the run must be of these codes, or nothing is done. Each is verified at its place. An "
		"import "
		"goes only when its name stands nowhere else in the file, not in `__init__.py`, not in try/except, not "
		"from `__all__`, and not with a comment; one of the project's own modules, which may be imported for "
		"its effects, is only offered for review.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"python/*", "*lint*", "*pre-commit*", "generic/*", "runner/*", "shell/*",
		"make/*", NULL},
	.paths = (const char *const[]){"*.py", "*.pyi", NULL},
	.max_files = 50,
	.max_lines = 500,
	.kind = FIX_EDITS,
	.heal_case = "py-flake8-unused-and-space",
	.refuse_case = "py-flake8-undefined-name",
	.propose = propose,
};
