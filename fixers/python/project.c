#include "fixers/python/project.h"

#include "fixers/edits.h"
#include "fixers/python/requirements.h"
#include "fixers/words.h"

#include <string.h>

/* ---- which project --------------------------------------------------------------------------------- */

static struct view without_quotes(struct view word)
{
	while (word.n && strchr("\"'", *word.p))
		word = view_from(word, 1);
	while (word.n && strchr("\"'", word.p[word.n - 1]))
		word.n--;
	return word;
}

/* ".", "./", ".[test]", ".[test,docs]": the first extra counts. */
static bool is_project(struct view word, struct view *ret_extra)
{
	word = without_quotes(word);
	*ret_extra = (struct view){0};
	if (view_is(word, ".") || view_is(word, "./"))
		return true;
	if (!view_starts(word, ".[") || !view_ends(word, "]"))
		return false;
	word = view_sub(word, 2, word.n - 3);
	*ret_extra = view_sub(word, 0, view_find_char(word, ','));
	return true;
}

static bool installs(struct view command, struct view *ret_extra)
{
	static const char *const programs[] = {
		"uv pip install", "python -m pip install", "pip install", "pip3 install", NULL};
	struct view line, arguments, word;

	while (view_next(&command, '\n', &line))
		for (const char *const *p = programs; *p; p++)
			while (command_find(line, *p, &arguments) && (line = arguments, true))
				while (view_word(&arguments, &word))
					if (is_project(word, ret_extra))
						return true;
	return false;
}

static bool has_file(const struct evidence *ev, const char *path)
{
	enum tree_kind kind;

	return ev->q->tree->stat(ev->q->tree->context, path, &kind) && kind == TREE_FILE;
}

static bool file_has(const struct evidence *ev, const char *path, const char *text)
{
	BUF_AUTO content = {0};

	return ev->q->tree->read(ev->q->tree->context, path, FIXER_FILE_BYTES_MAX, &content, NULL) == 0 &&
	       view_has(buf_view(&content), text);
}

bool project_find(struct project *ret, const struct evidence *ev, struct arena *a, struct err *e)
{
	static const char *const locks[] = {"poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", NULL};
	size_t steps = log_step_count(ev->q->log);
	bool found = false;

	*ret = (struct project){0};
	for (size_t i = 0; i < steps && !found; i++)
		found = installs(log_step(ev->q->log, (uint32_t)i)->command, &ret->extra);
	ret->extra = arena_view(a, ret->extra);
	if (!found)
		return fix_refuse(e, "the job installs no requirements file of the repository");
	for (const char *const *l = locks; *l; l++)
		if (has_file(ev, *l))
			return fix_refuse(e, "%s would no longer fit", *l);
	if (file_has(ev, "pyproject.toml", "\n[project]") || file_has(ev, "pyproject.toml", "[project]\n"))
		ret->path = "pyproject.toml";
	else if (file_has(ev, "setup.cfg", "install_requires"))
		ret->path = "setup.cfg";
	return ret->path || fix_refuse(e, "the project declares its dependencies in a program, not in a file");
}

/* ---- one more -------------------------------------------------------------------------------------- */

/* "[project]": the lines behind it, up to the next table. */
static bool find_section(const struct source *s, const char *name, uint32_t *first, uint32_t *last)
{
	for (uint32_t n = 1; n <= s->line_count; n++) {
		if (!view_is(view_trim(source_line(s, n)), name))
			continue;
		*first = *last = n + 1;
		while (*last <= s->line_count && !view_starts(source_line(s, *last), "["))
			++*last;
		return true;
	}
	return false;
}

/* "key = [" */
static uint32_t find_key(const struct source *s, uint32_t first, uint32_t last, struct view key)
{
	for (uint32_t n = first; n < last; n++) {
		struct view line = source_line(s, n);

		if (view_eq(view_sub(line, 0, key.n), key) && view_starts(view_trim(view_from(line, key.n)), "="))
			return n;
	}
	return 0;
}

/* The name in `    "click>=8",`; empty for anything else. */
static struct view name_in_list(struct view line)
{
	struct view text = view_trim(line);

	if (text.n < 2 || !strchr("\"'", *text.p))
		return (struct view){0};
	return requirements_name(view_sub(text, 1, view_find_char(view_from(text, 1), *text.p)));
}

static int add_to_line(struct source *s, uint32_t n, const char *distribution, struct arena *a, struct err *e)
{
	struct view line = view_trim_right(source_line(s, n));
	size_t open = view_find_char(line, '[');
	bool empty = open != VIEW_NONE && view_trim(view_sub(line, open + 1, line.n - open - 2)).n == 0;
	char quote = view_find_char(line, '\'') != VIEW_NONE && view_find_char(line, '"') == VIEW_NONE ? '\'' : '"';

	if (!view_ends(line, "]") || (!empty && !strchr("\"'", line.p[line.n - 2])))
		return err_set(e, ERR_REFUSED, "%s:%u: the list is not written as expected", s->path, n);
	return source_splice(s, source_offset(s, n) + line.n - 1, 0,
		view_of(arena_format(a, "%s%c%s%c", empty ? "" : ", ", quote, distribution, quote)), e);
}

static int add_to_lines(struct source *s, uint32_t first, const char *distribution, struct arena *a, struct err *e)
{
	uint32_t n = first, place = 0;
	struct view last = {0};
	size_t indent;
	bool sorted = true;
	char quote;

	for (; n <= s->line_count && name_in_list(source_line(s, n)).n; n++) {
		struct view name = name_in_list(source_line(s, n));

		sorted &= last.n == 0 || requirements_order(last, name) <= 0;
		if (!place && requirements_order(name, view_of(distribution)) > 0)
			place = n;
		last = name;
	}
	if (n == first || !view_is(view_trim(source_line(s, n)), "]"))
		return err_set(e, ERR_REFUSED, "%s:%u: the list is not written as expected", s->path, n);
	indent = words_indent(source_line(s, n - 1));
	quote = source_line(s, n - 1).p[indent];
	last = view_trim(source_line(s, n - 1));
	place = sorted && place ? place : n;
	if (place < n || view_ends(last, ","))
		return source_splice(s, source_offset(s, place), 0,
			view_of(arena_format(a, "%.*s%c%s%c,%s", (int)indent, source_line(s, n - 1).p, quote,
				distribution, quote, source_eol(s))),
			e);
	if (last.p[last.n - 1] != quote)
		return err_set(e, ERR_REFUSED, "%s:%u: the list is not written as expected", s->path, n - 1);
	return source_splice(s, source_offset(s, n - 1) + indent + last.n, 0,
		view_of(arena_format(a, ",%s%.*s%c%s%c", source_eol(s), (int)indent, source_line(s, n - 1).p, quote,
			distribution, quote)),
		e);
}

static int add_to_pyproject(const struct project *p, struct source *s, const char *distribution, bool for_tests,
	struct arena *a, struct err *e)
{
	const char *section = for_tests ? "[project.optional-dependencies]" : "[project]";
	struct view key = for_tests ? p->extra : VIEW("dependencies");
	uint32_t first, last, n;

	if (!find_section(s, section, &first, &last) || key.n == 0 || (n = find_key(s, first, last, key)) == 0)
		return err_set(e, ERR_REFUSED, "%s has no list of these dependencies", s->path);
	if (view_ends(view_trim(source_line(s, n)), "["))
		return add_to_lines(s, n + 1, distribution, a, e);
	return add_to_line(s, n, distribution, a, e);
}

static int add_to_setup_cfg(struct source *s, const char *distribution, struct arena *a, struct err *e)
{
	uint32_t first, last, n, end, place = 0;
	struct view before = {0};
	bool sorted = true;
	size_t indent;

	if (!find_section(s, "[options]", &first, &last) ||
		(n = find_key(s, first, last, VIEW("install_requires"))) == 0 ||
		!view_ends(view_trim(source_line(s, n)), "="))
		return err_set(e, ERR_REFUSED, "%s has no list of dependencies on lines of their own", s->path);
	for (end = n + 1; end < last && words_indent(source_line(s, end)) && !source_blank(s, end); end++) {
		struct view name = requirements_name(source_line(s, end));

		sorted &= name.n && (before.n == 0 || requirements_order(before, name) <= 0);
		if (!place && name.n && requirements_order(name, view_of(distribution)) > 0)
			place = end;
		before = name;
	}
	if (end == n + 1 || end > s->line_count + 1 || s->text.p[source_offset(s, end) - 1] != '\n')
		return err_set(e, ERR_REFUSED, "%s:%u: the list is not written as expected", s->path, n);
	indent = words_indent(source_line(s, n + 1));
	return source_splice(s, source_offset(s, sorted && place ? place : end), 0,
		view_of(arena_format(a, "%.*s%s%s", (int)indent, source_line(s, n + 1).p, distribution, source_eol(s))),
		e);
}

/* Does the file name the distribution anywhere, in whatever list? */
static bool lists(const struct source *s, const char *distribution)
{
	for (uint32_t n = 1; n <= s->line_count; n++) {
		struct view line = source_line(s, n);

		for (size_t i = 0; i < line.n; i++)
			if ((i == 0 || strchr("\"' \t[", line.p[i - 1])) &&
				requirements_same(requirements_name(view_from(line, i)), view_of(distribution)))
				return true;
	}
	return false;
}

int project_add(const struct project *p, struct source *s, const char *distribution, bool for_tests, struct arena *a,
	struct err *e)
{
	if (lists(s, distribution))
		return err_set(e, ERR_REFUSED, "%s lists %s", s->path, distribution);
	if (strcmp(p->path, "setup.cfg") == 0)
		return for_tests ? err_set(e, ERR_REFUSED, "what the tests need is not known to stand in setup.cfg")
				 : add_to_setup_cfg(s, distribution, a, e);
	return add_to_pyproject(p, s, distribution, for_tests, a, e);
}
