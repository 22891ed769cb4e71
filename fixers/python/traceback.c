#include "fixers/python/traceback.h"

#include <string.h>

#define REACH 6u /* the line, its text, a caret and marks stand between */

bool traceback_place(struct view line, struct complaint *ret)
{
	size_t at = view_find(line, "File \""), end;
	struct view rest, word;
	uint64_t n;

	if (at == VIEW_NONE)
		return false;
	rest = view_from(line, at + strlen("File \""));
	end = view_find(rest, "\", line ");
	if (end == VIEW_NONE)
		return false;
	ret->path = view_sub(rest, 0, end);
	rest = view_from(rest, end + strlen("\", line "));
	if (!view_word(&rest, &word))
		return false;
	if (view_ends(word, ","))
		word.n--;
	if (!view_number(word, INT32_MAX, &n) || n == 0)
		return false;
	ret->line = (uint32_t)n;
	return true;
}

bool traceback_above(const struct evidence *ev, size_t i, struct complaint *ret)
{
	for (size_t k = i; k-- > 0 && k + REACH > i;)
		if (traceback_place(evidence_line(ev, k), ret))
			return true;
	return false;
}
