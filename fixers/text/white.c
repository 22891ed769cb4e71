#include "fixers/text/white.h"
#include "fixers/python/scan.h"

#include "base/file.h"

#include <string.h>

static size_t blanks_at_end(struct view line)
{
	size_t n = 0;

	while (n < line.n && (line.p[line.n - 1 - n] == ' ' || line.p[line.n - 1 - n] == '\t'))
		n++;
	return n;
}

int white_strip_to(struct source *s, uint32_t n, size_t keep, struct err *e)
{
	struct view line = source_line(s, n);
	size_t blanks = blanks_at_end(line);

	if (blanks <= keep)
		return 0;
	return source_splice(s, source_offset(s, n) + line.n - blanks + keep, blanks - keep, (struct view){0}, e);
}

int white_strip(struct source *s, uint32_t n, struct err *e)
{
	if (blanks_at_end(source_line(s, n)) == 0)
		return err_set(e, ERR_REFUSED, "%s:%u has no trailing white space", s->path, n);
	return white_strip_to(s, n, 0, e);
}

int white_end_with_newline(struct source *s, struct err *e)
{
	if (s->text.n == 0 || s->text.p[s->text.n - 1] == '\n')
		return err_set(e, ERR_REFUSED, "%s ends with a newline", s->path);
	return source_splice(s, s->text.n, 0, view_of(source_eol(s)), e);
}

int white_end_of_file(struct source *s, struct err *e)
{
	uint32_t last = s->line_count;

	while (last > 0 && source_blank(s, last))
		last--;
	if (last < s->line_count) {
		size_t from = source_offset(s, last + 1);

		if (source_splice(s, from, s->text.n - from, (struct view){0}, e) != 0)
			return -1;
		return 0;
	}
	return white_end_with_newline(s, e);
}

/* ---- where white space counts ------------------------------------------------------------------ */

static bool is_one_of(const char *path, const char *const *globs)
{
	for (; *globs; globs++)
		if (file_glob(*globs, view_of(path)))
			return true;
	return false;
}

bool text_is_data(const char *path)
{
	static const char *const globs[] = {"*.patch", "*.diff", "*.snap", "*.golden", "*.approved.*", "*.expected",
		"*.tsv", "**/__snapshots__/**", "**/snapshots/**", "**/golden/**", "**/goldens/**", "**/testdata/**",
		"**/test-data/**", "**/test_data/**", "**/fixtures/**", "**/fixture/**", "**/__fixtures__/**",
		"**/tests/data/**", "**/test/data/**", "**/expected/**", "**/cassettes/**", NULL};

	return is_one_of(path, globs);
}

static unsigned count_of(struct view text, const char *what)
{
	unsigned n = 0;
	size_t at;

	while ((at = view_find(text, what)) != VIEW_NONE) {
		n++;
		text = view_from(text, at + strlen(what));
	}
	return n;
}

/* The word that ends the here-document begun on this line; empty: none is. */
static struct view document_end(struct view line)
{
	size_t at = view_find(line, "<<"), n = 0;
	struct view word;

	if (at == VIEW_NONE || view_starts(view_from(line, at), "<<<"))
		return (struct view){0};
	word = view_from(line, at + 2);
	while (word.n && strchr("-~\\'\" ", *word.p))
		word = view_from(word, 1);
	while (n < word.n && py_is_name(word.p[n]))
		n++;
	return view_sub(word, 0, n);
}

static bool in_document(const struct source *s, uint32_t n)
{
	struct view end = {0};

	for (uint32_t line = 1; line < n; line++) {
		struct view text = source_line(s, line);

		if (end.n == 0)
			end = document_end(text);
		else if (view_eq(view_trim(text), end))
			end = (struct view){0};
	}
	return end.n > 0;
}

/* A string that is no docstring goes on behind the line. */
static bool in_python_value(const struct source *s, uint32_t n)
{
	ARENA_AUTO a = {0};
	struct py py;
	size_t end = source_offset(s, n) + source_line(s, n).n, from = end;

	py_scan(&py, s->text, &a);
	if (!py.valid)
		return true;
	if (end == 0 || end >= s->text.n || py.kind[end - 1] != PY_STRING || py.kind[end] != PY_STRING)
		return false;
	while (from > 0 && py.kind[from - 1] == PY_STRING)
		from--;
	while (from > 0 && (s->text.p[from - 1] == ' ' || s->text.p[from - 1] == '\t'))
		from--;
	if (from > 0 && s->text.p[from - 1] != '\n')
		return true;
	while (from > 0 && strchr(" \t\r\n", s->text.p[from - 1]))
		from--;
	return from > 0 && s->text.p[from - 1] != ':';
}

bool white_in_value(const struct source *s, uint32_t n)
{
	static const char *const ticks[] = {"*.{js,jsx,ts,tsx,mjs,cjs,mts,cts,vue,svelte,go}", NULL};
	static const char *const triple[] = {"*.{java,kt,kts,scala,swift,toml,cs,ex,exs,groovy,jl,rs}", NULL};
	static const char *const documents[] = {
		"*.{sh,bash,zsh,ksh,rb,pl,php,tf,hcl}", "Dockerfile*", "Makefile", "*.mk", "*.{yml,yaml}", NULL};
	struct view before = view_sub(s->text, 0, source_offset(s, n) + source_line(s, n).n);

	if (file_glob("*.{md,markdown}", view_of(s->path)))
		return view_ends(source_line(s, n), "  ") && !source_blank(s, n) && n < s->line_count &&
		       !source_blank(s, n + 1);
	if (file_glob("*.{py,pyi}", view_of(s->path)))
		return in_python_value(s, n);
	if (is_one_of(s->path, ticks))
		return count_of(before, "`") % 2 == 1;
	if (is_one_of(s->path, triple))
		return count_of(before, "\"\"\"") % 2 == 1 || count_of(before, "'''") % 2 == 1;
	if (is_one_of(s->path, documents) || view_starts(s->text, "#!"))
		return in_document(s, n);
	return false;
}
