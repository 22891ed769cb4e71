/* Printed diffs: any text is refused or gives hunks that add up; applying one to any content never leaves it. */
#include "fixers/diff/unified.h"

#include <assert.h>
#include <stdlib.h>

#define LINES_MAX 4000u

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check(const struct diff_file *f, struct view content)
{
	struct err e;
	BUF_AUTO changed = buf_new(BUF_FILE);
	for (size_t h = 0; h < f->hunk_count; h++) {
		size_t old = 0, new = 0;
		for (size_t i = 0; i < f->hunks[h].line_count; i++) {
			old += f->hunks[h].lines[i].kind != '+';
			new += f->hunks[h].lines[i].kind != '-';
		}
		assert(old == f->hunks[h].old_count && new == f->hunks[h].new_count);
	}
	diff_apply(f, content, &changed, &e);
}

/* The first half of the input is the diff, the second the file. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view all = view_make((const char *)data, size), rest = view_sub(all, 0, size / 2), line;
	struct view *lines = calloc(LINES_MAX, sizeof *lines);
	size_t n = 0;
	ARENA_AUTO a = {0};
	struct err e;
	struct diff d;
	while (n < LINES_MAX && view_next(&rest, '\n', &line))
		lines[n++] = line;
	if (diff_read(&d, lines, n, &a, &e) == 1)
		for (size_t i = 0; i < d.count; i++)
			check(&d.files[i], view_from(all, size / 2));
	free(lines);
	return 0;
}
