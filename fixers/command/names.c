/* names.c - the usual ways in which tools name the files they would change. */
#include "fixers/command/tool.h"

/* "/home/.../src/a.js" alone on a line, below it "  3:5  error  ...". */
bool tool_heading_path(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view next = evidence_line(ev, i + 1), word, column;
	uint64_t number;

	*ret = evidence_line(ev, i);
	if (ret->n == 0 || *ret->p == ' ' || !view_starts(next, "  ") || !view_word(&next, &word))
		return false;
	if (!view_next(&word, ':', &column) || !view_number(column, INT32_MAX, &number))
		return false;
	return view_number(word, INT32_MAX, &number);
}

/* The number behind `before`, or -1. */
int64_t tool_count_behind(struct view line, const char *before)
{
	size_t at = view_find(line, before);
	struct view word;
	uint64_t number;

	if (at == VIEW_NONE)
		return -1;
	line = view_from(line, at + view_of(before).n);
	return view_word(&line, &word) && view_number(word, INT32_MAX, &number) ? (int64_t)number : -1;
}

/* A path of its own on a line, as `gofmt -l` and its like print. */
bool tool_bare_path(const struct evidence *ev, size_t i, const char *ending, struct view *ret)
{
	ARENA_AUTO a = {0};

	*ret = evidence_line(ev, i);
	return view_ends(*ret, ending) && view_find_char(*ret, ' ') == VIEW_NONE &&
	       view_find_char(*ret, ':') == VIEW_NONE && evidence_path(ev, *ret, &a, NULL) != NULL;
}

bool tool_path_behind(const struct evidence *ev, size_t i, const char *text, struct view *ret)
{
	struct view line = evidence_line(ev, i);
	size_t at = view_find(line, text);

	*ret = at == VIEW_NONE ? (struct view){0} : view_trim(view_from(line, at + view_of(text).n));
	return ret->n > 0;
}
