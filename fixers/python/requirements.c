#include "fixers/python/requirements.h"

#include <string.h>

static char fold(char c)
{
	return c == '_' || c == '.' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool same_name(struct view a, struct view b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (fold(a.p[i]) != fold(b.p[i]))
			return false;
	return true;
}

/* The distribution that a line asks for; empty for options, comments, addresses. */
static struct view name_of(struct view line)
{
	size_t n = 0;

	line = view_trim(line);
	while (n < line.n && (strchr("-_.", line.p[n]) || (line.p[n] >= '0' && line.p[n] <= '9') ||
				     (fold(line.p[n]) >= 'a' && fold(line.p[n]) <= 'z')))
		n++;
	if (n == 0 || *line.p == '-' || (n < line.n && !strchr(" [=<>!~;#@", line.p[n])))
		return (struct view){0};
	return view_sub(line, 0, n);
}

bool requirements_list(struct view text, const char *distribution)
{
	struct view line;

	while (view_next(&text, '\n', &line))
		if (same_name(name_of(line), view_of(distribution)))
			return true;
	return false;
}

bool requirements_list_in(const struct tree *tree, const char *path, const char *distribution)
{
	BUF_AUTO text = {0};

	return tree->read(tree->context, path, FIXER_FILE_BYTES_MAX, &text, NULL) == 0 &&
	       requirements_list(buf_view(&text), distribution);
}

/* ---- which files ----------------------------------------------------------------------------------- */

static void add_file(struct requirements *r, const struct tree *tree, const char *path)
{
	enum tree_kind kind;

	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->files[i], path) == 0)
			return;
	if (r->count < REQUIREMENTS_FILES_MAX && tree->stat(tree->context, path, &kind) && kind != TREE_LINK)
		r->files[r->count++] = path;
}

static bool is_option(struct view word)
{
	return view_is(word, "-r") || view_is(word, "--requirement") || view_is(word, "--requirements");
}

static void add_of_words(struct requirements *r, const struct evidence *ev, struct view words, struct arena *a)
{
	struct view word;

	while (view_word(&words, &word)) {
		const char *path;

		if (view_starts(word, "--requirement="))
			word = view_from(word, strlen("--requirement="));
		else if (view_starts(word, "-r") && word.n > 2)
			word = view_from(word, 2);
		else if (!is_option(word) || !view_word(&words, &word))
			continue;
		while (word.n && strchr("\"'", *word.p))
			word = view_from(word, 1);
		while (word.n && strchr("\"'", word.p[word.n - 1]))
			word.n--;
		path = evidence_path(ev, word, a, NULL);
		if (path)
			add_file(r, ev->q->tree, path);
	}
}

static void add_of_command(struct requirements *r, const struct evidence *ev, struct view command, struct arena *a)
{
	static const char *const programs[] = {
		"pip install", "pip3 install", "uv pip install", "python -m pip install", NULL};
	struct view line, arguments;

	while (view_next(&command, '\n', &line))
		for (const char *const *p = programs; *p; p++)
			if (command_find(line, *p, &arguments)) {
				add_of_words(r, ev, arguments, a);
				break;
			}
}

/* "-r base.txt" in dev.txt: relative to dev.txt. */
static void add_included(struct requirements *r, const struct tree *tree, const char *path, struct arena *a)
{
	BUF_AUTO text = {0};
	struct view rest, line, word;
	const char *slash = strrchr(path, '/');

	if (tree->read(tree->context, path, FIXER_FILE_BYTES_MAX, &text, NULL) != 0)
		return;
	for (rest = buf_view(&text); view_next(&rest, '\n', &line);) {
		line = view_trim(line);
		if (!view_word(&line, &word) || !is_option(word) || !view_word(&line, &word))
			continue;
		add_file(r, tree,
			slash ? arena_format(a, "%.*s%.*s", (int)(slash - path + 1), path, VIEW_ARG(word))
			      : arena_view(a, word).p);
	}
}

void requirements_find(struct requirements *ret, const struct evidence *ev, struct arena *a)
{
	size_t steps = log_step_count(ev->q->log);

	*ret = (struct requirements){0};
	for (size_t i = 0; i < steps; i++)
		add_of_command(ret, ev, log_step(ev->q->log, (uint32_t)i)->command, a);
	for (size_t i = 0; i < ret->count; i++)
		add_included(ret, ev->q->tree, ret->files[i], a);
}

/* ---- one line more --------------------------------------------------------------------------------- */

static int order(struct view a, struct view b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++)
		if (fold(a.p[i]) != fold(b.p[i]))
			return fold(a.p[i]) < fold(b.p[i]) ? -1 : 1;
	return (a.n > b.n) - (a.n < b.n);
}

/* The first line whose name comes later, in a file whose names are in order; else behind the last line. */
static uint32_t place_for(const struct source *s, const char *distribution)
{
	struct view last = {0};
	uint32_t place = 0;

	for (uint32_t n = 1; n <= s->line_count; n++) {
		struct view name = name_of(source_line(s, n));

		if (name.n == 0)
			continue;
		if (last.n && order(last, name) > 0)
			return s->line_count + 1;
		if (!place && order(name, view_of(distribution)) > 0)
			place = n;
		last = name;
	}
	return place ? place : s->line_count + 1;
}

int requirements_add(struct source *s, const char *distribution, struct arena *a, struct err *e)
{
	bool open_end = s->text.n && s->text.p[s->text.n - 1] != '\n';
	uint32_t line = place_for(s, distribution);
	const char *eol = source_eol(s);

	if (requirements_list(s->text, distribution))
		return err_set(e, ERR_REFUSED, "%s lists %s", s->path, distribution);
	if (view_has(s->text, "--hash=") || view_has(s->text, "pip-compile") || view_has(s->text, "autogenerated"))
		return err_set(e, ERR_REFUSED, "%s is written by a program", s->path);
	if (line > s->line_count && open_end)
		return source_splice(s, s->text.n, 0, view_of(arena_format(a, "%s%s%s", eol, distribution, eol)), e);
	return source_splice(s, source_offset(s, line), 0, view_of(arena_format(a, "%s%s", distribution, eol)), e);
}
