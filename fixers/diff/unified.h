/* unified.h - unified diffs as text, in the forms that formatters, linters and git print.
 *
 * Reading is strict: a hunk whose lines do not add up, a binary file, a rename, a combined diff or a mode that is
 * neither 100644 nor 100755 is an error for the whole text, not for one file. Applying is exact: every context and
 * removed line must stand at its line of the old file; nothing is searched for. */
#ifndef RM_FIXERS_DIFF_UNIFIED_H
#define RM_FIXERS_DIFF_UNIFIED_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define DIFF_FILES_MAX 64u
#define DIFF_HUNKS_MAX 2000u
#define DIFF_LINES_MAX 50000u

struct diff_line {
	char kind;       /* ' ', '-' or '+' */
	bool no_newline; /* "\ No newline at end of file" follows */
	struct view text;
};

struct diff_hunk {
	uint32_t old_start, old_count, new_start, new_count;
	const struct diff_line *lines;
	size_t line_count;
};

struct diff_file {
	struct view old_name, new_name; /* unquoted, without dates; "/dev/null" where there is none */
	bool git;                       /* it began with "diff --git" */
	bool creates, deletes, mode_changes, executable;
	struct view old_id, new_id; /* of git's index line, "" when there is none */
	struct diff_hunk *hunks;
	size_t hunk_count;
	size_t first, last; /* its lines of the input */
};

struct diff {
	struct diff_file *files;
	size_t count;
};

/* 1: *ret holds all diffs among the lines, other text is skipped; 0 (ERR_NOT_FOUND): there is none; -1 (ERR_INPUT):
 * there is one that cannot be used. Views point into the lines or into the arena. */
int diff_read(struct diff *ret, const struct view *lines, size_t count, struct arena *a, struct err *e);

/* One hunk whose counts are not known beforehand (rustfmt): takes lines as long as they look like a hunk's. */
size_t diff_read_body(struct diff_hunk *ret, const struct view *lines, size_t count, struct arena *a);

/* Appends the changed content. Lines of a CR LF file may lack their CR in the diff (logs lose it) and get it back; a
 * file of mixed line ends, and a change that only line ends could explain, are refused. */
int diff_apply(const struct diff_file *f, struct view old, struct buf *ret, struct err *e);

#endif
