/* source.h - files of the tree, edited by splices.
 *
 * A fixer opens the files it wants to change, looks at their lines, and notes splices (cut n bytes at an offset, put
 * others there). Offsets always count in the file as it is at HEAD, so that several findings of one line do not disturb
 * each other. Overlapping splices are refused, but for cuts of the same bytes and for equal splices, which become one.
 *
 * Refused from the start: links, submodules, binary files, files that are too large. */
#ifndef RM_FIXERS_SOURCE_H
#define RM_FIXERS_SOURCE_H

#include "fixers/edits.h"

#define SOURCE_LINES_MAX 200000u
#define SOURCE_SPLICES_MAX 4096u

struct splice {
	size_t at, cut;
	struct view insert;
};

struct source {
	const char *path;
	bool executable;
	struct view text;
	size_t *starts; /* line_count + 1 offsets */
	uint32_t line_count;
	struct splice *splices;
	size_t splice_count, splice_cap;
};

/* All files of one proposal. Texts live in the arena, which must outlive the set. */
struct sources {
	struct arena *arena;
	const struct tree *tree;
	struct source **items;
	size_t count, cap;
};

struct sources sources_new(struct arena *a, const struct tree *tree);
void sources_done(struct sources *s);
#define SOURCES_AUTO __attribute__((cleanup(sources_done))) struct sources

/* The same path gives the same source. NULL: why stands in *e. */
struct source *sources_open(struct sources *s, const char *path, struct err *e);
/* Renders every file that has splices and proposes them (edits_propose()). 0 (ERR_REFUSED) also when splices overlap.
 * The set's arena must be that of the proposal. */
int sources_propose(struct sources *s, struct fix_proposal *ret, edit_check *check, const char *says, struct err *e);

struct view source_line(const struct source *s, uint32_t n); /* from 1, without LF or CR LF; empty when out of range */
size_t source_offset(const struct source *s, uint32_t n);    /* of line n; n = line_count + 1 is the end */
uint32_t source_line_at(const struct source *s, size_t offset); /* the line that holds this byte */
const char *source_eol(const struct source *s);                 /* "\r\n" when the first line ends so, else "\n" */
bool source_blank(const struct source *s, uint32_t n);          /* nothing but blanks; false when out of range */

int source_splice(struct source *s, size_t at, size_t cut, struct view insert, struct err *e);
int source_cut_lines(struct source *s, uint32_t first, uint32_t last, struct err *e);
int source_render(const struct source *s, struct buf *ret, struct err *e);

/* Offset of the column'th character (from 1, in Unicode characters as most tools count) of a line; VIEW_NONE beyond its
 * end + 1. */
size_t source_column(const struct source *s, uint32_t line, uint32_t column);

#endif
