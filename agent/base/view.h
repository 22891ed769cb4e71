/* view.h - text that somebody else owns.
 *
 * A view is a pointer and a length. It is never NUL-terminated on purpose, may hold any byte, and
 * lives exactly as long as what it looks into. The empty view has n == 0; its p may be NULL.
 * Views are passed by value. Nothing here allocates or fails. */
#ifndef RM_BASE_VIEW_H
#define RM_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct view {
	const char *p;
	size_t n;
};

/* For printf: printf("%.*s", VIEW_ARG(v)). */
#define VIEW_ARG(v) (int)(v).n, (v).p ? (v).p : ""
/* A view of a string literal, usable in static initialisers. */
#define VIEW(literal) ((struct view){"" literal, sizeof(literal) - 1})

/* NULL gives the empty view */
static inline struct view view_of(const char *text)
{
	return text ? (struct view){text, strlen(text)} : (struct view){0};
}

static inline struct view view_make(const char *p, size_t n)
{
	return (struct view){p, n};
}

static inline bool view_eq(struct view a, struct view b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool view_is(struct view a, const char *text)
{
	return view_eq(a, view_of(text));
}

bool view_eq_nocase(struct view a, struct view b); /* ASCII only */
int view_cmp(struct view a, struct view b);        /* bytewise, as memcmp then length */

static inline bool view_starts(struct view v, const char *prefix)
{
	size_t n = strlen(prefix);

	/* NOLINTNEXTLINE(clang-analyzer-core.*): a view that has bytes has a pointer */
	return v.n >= n && (n == 0 || memcmp(v.p, prefix, n) == 0);
}

static inline bool view_ends(struct view v, const char *suffix)
{
	size_t n = strlen(suffix);

	return v.n >= n && (n == 0 || memcmp(v.p + v.n - n, suffix, n) == 0);
}

#define VIEW_NONE ((size_t)-1)
size_t view_find(struct view v, const char *needle); /* offset or VIEW_NONE */

size_t view_find_char(struct view v, char c);      /* offset or VIEW_NONE */
size_t view_find_last_char(struct view v, char c); /* offset or VIEW_NONE */
bool view_has(struct view v, const char *needle);

/* clipped: never out of v */
static inline struct view view_sub(struct view v, size_t start, size_t n)
{
	if (start >= v.n)
		return (struct view){v.n ? v.p + v.n : v.p, 0};
	return (struct view){v.p + start, n < v.n - start ? n : v.n - start};
}

static inline struct view view_from(struct view v, size_t start)
{
	return view_sub(v, start, v.n);
}

struct view view_trim(struct view v); /* blanks, tabs, CR, LF at both ends */
struct view view_trim_right(struct view v);

/* Cuts the next piece off the front of *rest, up to and without `sep`; false when *rest is used up.
 * "a,,b" gives "a", "", "b". The empty view gives no piece; a trailing separator gives no empty piece. */
bool view_next(struct view *rest, char sep, struct view *ret_piece);
/* The next word: runs of blanks and tabs separate. False when there is none. */
bool view_word(struct view *rest, struct view *ret_word);

/* Decimal number that fills the whole view and is at most `max`. */
bool view_number(struct view v, uint64_t max, uint64_t *ret);

/* Decodes the first character of v: its length in bytes, or 0 when v is empty or does not begin with valid UTF-8
 * (overlong forms and surrogates are invalid). */
size_t view_utf8(struct view v, uint32_t *ret);
/* Cuts v to at most n bytes without splitting a UTF-8 character. */
struct view view_cut_utf8(struct view v, size_t n);
/* Edit distance (insert, delete, replace, swap neighbours) with a limit: `limit + 1` when it is larger, or when a name
 * is longer than VIEW_DISTANCE_MAX. For suggestions. */
#define VIEW_DISTANCE_MAX 64
unsigned view_distance(struct view a, struct view b, unsigned limit);

#endif
