/* python/requirement - a well-known package is imported, but no requirements file asks for it. */
#include "fixers/python/distributions.h"
#include "fixers/python/project.h"
#include "fixers/python/requirements.h"
#include "fixers/python/stdlib.h"

#include "base/file.h"

#include <string.h>

#define MODULES_MAX 8u
#define LISTINGS_MAX 64u /* files that may list requirements */

struct missing {
	struct view modules[MODULES_MAX];
	size_t count;
	bool in_tests; /* every import stands in a test */
};

/* "ModuleNotFoundError: No module named 'yaml'" -> yaml */
static bool missing_module(struct view line, struct view *ret)
{
	size_t at = view_find(line, "No module named ");
	struct view rest;
	size_t end = 0;

	if (at == VIEW_NONE)
		return false;
	/* "Error: No module named", "python: No module named"; not a text that a test compares with. */
	if (at < 2 || line.p[at - 1] != ' ' || line.p[at - 2] != ':' || view_has(line, " == ") ||
		view_has(line, "assert "))
		return false;
	rest = view_from(line, at + strlen("No module named "));
	if (rest.n && (*rest.p == '\'' || *rest.p == '"'))
		rest = view_from(rest, 1);
	while (end < rest.n &&
		(rest.p[end] == '.' || rest.p[end] == '_' || (rest.p[end] >= '0' && rest.p[end] <= '9') ||
			(rest.p[end] >= 'a' && rest.p[end] <= 'z') || (rest.p[end] >= 'A' && rest.p[end] <= 'Z')))
		end++;
	*ret = view_sub(rest, 0, end);
	return end > 0 && !view_has(view_from(rest, end), "is not a package");
}

/* "inventory/config.py:3: in <module>", '  File "inventory/config.py", line 3, in <module>' */
static struct view frame_path(struct view line)
{
	size_t at = view_find(line, "File \"");
	if (at != VIEW_NONE) {
		struct view path = view_from(line, at + 6);

		return view_sub(path, 0, view_find_char(path, '"'));
	}
	at = view_find(line, ".py:");
	return at == VIEW_NONE || !view_has(line, ": in ") ? (struct view){0} : view_sub(view_trim(line), 0, at + 3);
}

static bool stands_in_test(const struct evidence *ev, size_t i)
{
	for (size_t k = i; k-- > 0 && k + 10 > i;) {
		struct view path = frame_path(evidence_line(ev, k));

		if (path.n)
			return file_glob("{test_*,*_test.py,conftest.py}", path) || view_has(path, "tests/") ||
			       view_has(path, "test/");
	}
	return false;
}

static int collect(struct missing *m, const struct evidence *ev, struct err *e)
{
	m->in_tests = true;
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view module;
		bool known = false;

		if (!missing_module(evidence_line(ev, i), &module))
			continue;
		m->in_tests &= stands_in_test(ev, i);
		for (size_t k = 0; k < m->count; k++)
			known |= view_eq(m->modules[k], module);
		if (!known && m->count == MODULES_MAX)
			return err_set(e, ERR_REFUSED, "more than %u modules are missing", MODULES_MAX);
		if (!known)
			m->modules[m->count++] = module;
	}
	return m->count ? 0 : err_set(e, ERR_REFUSED, "the step names no missing module");
}

/* ---- who imports it? ------------------------------------------------------------------------------- */

/* "import yaml", "from yaml.x import y" */
static bool imports(struct view line, struct view module)
{
	struct view text = view_trim(line), word, root = view_sub(module, 0, view_find_char(module, '.'));

	if (!view_word(&text, &word) || (!view_is(word, "import") && !view_is(word, "from")))
		return false;
	do {
		if (!view_word(&text, &word))
			return false;
		while (word.n && strchr(",;", word.p[word.n - 1]))
			word.n--;
		if (view_eq(view_sub(word, 0, view_find_char(word, '.')), root))
			return true;
	} while (!view_is(word, "import"));
	return false;
}

/* A file of the repository that the log names imports it, and not in a `try` that can do without. */
static bool project_imports(struct sources *set, const struct evidence *ev, struct view module, struct arena *a)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view printed = frame_path(evidence_line(ev, i));
		const char *path = printed.n ? evidence_path(ev, printed, a, NULL) : NULL;
		struct source *s = path ? sources_open(set, path, NULL) : NULL;

		for (uint32_t n = 1; s && n <= s->line_count; n++) {
			if (!imports(source_line(s, n), module))
				continue;
			return n == 1 || !view_starts(view_trim(source_line(s, n - 1)), "try:");
		}
	}
	return false;
}

/* `python -m pytest` of a step asks for the module itself. */
static bool step_runs(const struct evidence *ev, struct view module)
{
	BUF_AUTO text = buf_new(BUF_LINE);

	buf_addf(&text, "-m %.*s", VIEW_ARG(module));
	return view_has(ev->command, buf_text(&text));
}

/* ---- is it the project's own? ------------------------------------------------------------------------ */

struct own {
	struct view name;
	struct view like; /* what in the tree is called so, or nearly so */
};

static struct view stem(struct view component)
{
	return view_ends(component, ".py") ? view_sub(component, 0, component.n - 3) : component;
}

static bool alike(struct view a, struct view b)
{
	unsigned limit = b.n >= 6 ? 2 : b.n >= 4 ? 1 : 0;

	return view_eq_nocase(a, b) || view_distance(a, b, limit) <= limit;
}

static bool look_at(void *context, const char *path, enum tree_kind kind)
{
	struct own *o = context;
	struct view rest = view_of(path), part;

	(void)kind;
	while (view_next(&rest, '/', &part)) {
		if (rest.n == 0 && !view_ends(part, ".py"))
			break; /* a file that is no module */
		if (alike(stem(part), o->name)) {
			o->like = stem(part);
			return false;
		}
	}
	return true;
}

static int check_module(const struct evidence *ev, struct view module, struct err *e)
{
	const struct tree *tree = ev->q->tree;
	struct own own = {.name = view_sub(module, 0, view_find_char(module, '.'))};

	if (python_stdlib(module))
		return err_set(e, ERR_REFUSED, "%.*s belongs to the standard library", VIEW_ARG(module));
	if (tree->list(tree->context, look_at, &own, e) != 0)
		return -1;
	if (own.like.n)
		return err_set(e, ERR_REFUSED, "%.*s may be a module of the project", VIEW_ARG(module));
	if (!distribution_of(module))
		return err_set(
			e, ERR_REFUSED, "%.*s is no widely known package; its name proves nothing", VIEW_ARG(module));
	return 0;
}

/* ---- where it goes ------------------------------------------------------------------------------------ */

/* What tests alone import belongs to the file that is installed first; what the program imports to the one that the
 * others include. */
static const char *choose(const struct requirements *r, bool in_tests)
{
	return r->count == 0 ? NULL : in_tests ? r->files[0] : r->files[r->count - 1];
}

struct listing {
	const struct tree *tree;
	const char *distribution;
	unsigned files;
	bool found;
};

/* "PyYAML>=6" in quotes or at the start of a word, of files that hold more than requirements. */
static bool names_distribution(const struct tree *tree, const char *path, const char *distribution)
{
	BUF_AUTO text = {0};
	struct view all;

	if (tree->read(tree->context, path, FIXER_FILE_BYTES_MAX, &text, NULL) != 0)
		return false;
	all = buf_view(&text);
	for (size_t i = 1, n = strlen(distribution); i + n <= all.n; i++)
		if (strchr(" \t\n\"'[", all.p[i - 1]) && view_eq_nocase(view_sub(all, i, n), view_of(distribution)))
			return true;
	return false;
}

static bool look_for_listing(void *context, const char *path, enum tree_kind kind)
{
	struct listing *l = context;
	bool plain = file_glob("{*requirements*.{txt,in},**/requirements/*.{txt,in}}", view_of(path));

	if (kind == TREE_LINK ||
		(!plain && !file_glob("{pyproject.toml,setup.cfg,setup.py,Pipfile,environment*.{yml,yaml}}",
				   view_of(path))))
		return true;
	l->found = plain ? requirements_list_in(l->tree, path, l->distribution)
			 : names_distribution(l->tree, path, l->distribution);
	return !l->found && ++l->files < LISTINGS_MAX;
}

/* In a file that this job does not install: it may be meant for some jobs only, or as an extra. */
static bool listed_elsewhere(const struct evidence *ev, const char *distribution)
{
	struct listing l = {.tree = ev->q->tree, .distribution = distribution};

	return l.tree->list(l.tree->context, look_for_listing, &l, NULL) != 0 || l.found;
}

/* Where a package comes from is then said elsewhere, and a person must see to it there. */
static bool has_other_index(struct view text)
{
	return view_has(text, "--index-url") || view_has(text, "--extra-index-url") || view_has(text, "--find-links") ||
	       view_starts(text, "-i ") || view_has(text, "\n-i ");
}

/* requirements.txt beside requirements.in, or beside a lock file: a program writes it. */
static bool is_derived(const struct evidence *ev, const char *path, struct arena *a)
{
	static const char *const locks[] = {"poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", NULL};
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): the caller found the path in the tree */
	const char *slash = strrchr(path, '/');
	struct view stem = view_sub(view_of(path), 0, view_find_last_char(view_of(path), '.'));
	const struct tree *tree = ev->q->tree;
	enum tree_kind kind;

	for (const char *const *l = locks; *l; l++)
		if (tree->stat(tree->context, arena_format(a, "%.*s%s", slash ? (int)(slash - path + 1) : 0, path, *l),
			    &kind))
			return true;
	return tree->stat(tree->context, arena_format(a, "%.*s.in", VIEW_ARG(stem)), &kind);
}

static bool wants_hashes(const struct evidence *ev)
{
	for (size_t i = 0; i < log_step_count(ev->q->log); i++)
		if (view_has(log_step(ev->q->log, (uint32_t)i)->command, "--require-hashes"))
			return true;
	return false;
}

static int add_all(const struct missing *m, const struct evidence *ev, struct sources *sources,
	struct fix_proposal *ret, struct err *e)
{
	struct requirements files;
	struct project project = {0};
	struct source *s;
	const char *path;

	requirements_find(&files, ev, &ret->arena);
	path = choose(&files, m->in_tests);
	if (!path && !project_find(&project, ev, &ret->arena, e))
		return -1;
	path = path ? path : project.path;
	s = sources_open(sources, path, e);
	if (!s)
		return -1;
	if (wants_hashes(ev) || (!project.path && is_derived(ev, path, &ret->arena)))
		return err_set(e, ERR_REFUSED, "%s is written by a program, or wants hashes", path);
	if (has_other_index(s->text))
		ret->tier = TIER_REVIEW;
	for (size_t i = 0; i < m->count; i++) {
		const char *distribution = distribution_of(m->modules[i]);

		if (!project_imports(sources, ev, m->modules[i], &ret->arena) && !step_runs(ev, m->modules[i]))
			ret->tier = TIER_REVIEW;
		if (listed_elsewhere(ev, distribution))
			ret->tier = TIER_REVIEW;
		if (project.path) {
			ret->confidence = 0.9;
			if (project_add(&project, s, distribution, m->in_tests, &ret->arena, e) != 0)
				return -1;
		} else if (requirements_add(s, distribution, &ret->arena, e) != 0) {
			return -1;
		}
	}
	ret->summary = arena_format(&ret->arena, "add %s to %s", distribution_of(m->modules[0]), path);
	ret->reason = arena_format(&ret->arena, "%s provides the missing module %.*s, and the job installs %s",
		distribution_of(m->modules[0]), VIEW_ARG(m->modules[0]), project.path ? "the project" : path);
	return 0;
}

/* Every byte of before is there, in its order. */
static bool adds_only(const char *path, struct view before, struct view after, struct err *e)
{
	size_t i = 0;

	for (size_t k = 0; k < after.n && i < before.n; k++)
		i += after.p[k] == before.p[i];
	return i == before.n || fix_refuse(e, "%s: something would be removed", path);
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO sources = sources_new(&ret->arena, q->tree);
	struct missing m = {0};
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	ret->tier = TIER_HEAL;
	ret->confidence = 0.93;
	if (collect(&m, &ev, e) != 0)
		return fix_outcome(e);
	for (size_t i = 0; i < m.count; i++)
		if (check_module(&ev, m.modules[i], e) != 0)
			return fix_outcome(e);
	if (add_all(&m, &ev, &sources, ret, e) != 0)
		return fix_outcome(e);
	return sources_propose(&sources, ret, adds_only, "only requirements were added", e);
}

const struct fixer fixer_python_requirement = {
	.id = "python/requirement",
	.ecosystem = "python",
	.title = "Ask for a well-known package",
	.what = "`No module named 'yaml'`: adds the distribution (PyYAML) to the requirements file that the job "
		"installs, or to the dependencies in pyproject.toml or setup.cfg where it installs the project itself.",
	.why_safe =
		"Only modules of a fixed list of widely known packages. Never a name that is, or looks like, a module "
		"of the "
		"project, the standard library, or a package that may be private: a guessed name is an invitation to "
		"whoever publishes it. Files written by pip-compile or with hashes, projects with a lock file, "
		"and setup.py are left alone.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"python/*", "generic/*", "runner/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){"pyproject.toml", "setup.cfg", "*requirements*.txt", "*requirements*/*.txt",
		"requirements/**", "*.in", "*.txt", NULL},
	.max_files = 1,
	.max_lines = MODULES_MAX + 2,
	.kind = FIX_EDITS,
	.heal_case = "py-import-yaml",
	.refuse_case = "py-import-private-package",
	.propose = propose,
};
