/* suggest.c - fixes as review suggestions: blocks that GitHub puts in the place of lines of the head file. */
#include "base/file.h"
#include "base/redact.h"
#include "fixers/diff/unified.h"
#include "publish/deliver.h"
#include "publish/page.h"

#include <stdlib.h>

#define GAP_MAX 2u /* context lines between two changes that become one suggestion */
#define LINES_MAX ((size_t)2 * DIFF_LINES_MAX)
#define SUMMARY_SHOWN 300u

/* Lines [from, to) of a hunk of the offer. Of the head file it replaces `count` lines from `first` on. */
struct piece {
	const struct diff_hunk *hunk;
	size_t from, to;
	unsigned first, count;
};

struct suggesting {
	struct arena *arena;
	struct publish_suggestion *list;
	size_t n;
};

/* ---- diffs as lines --------------------------------------------------------------------------- */

static bool read_lines(struct view text, const char *const head[2], struct arena *a, struct diff *ret)
{
	size_t n = 0, most = 3;
	struct view line;
	for (size_t i = 0; i < text.n; i++)
		most += text.p[i] == '\n';
	if (most > LINES_MAX)
		return false;
	struct view *lines = arena_array(a, most, sizeof *lines);
	for (; head && n < 2; n++)
		lines[n] = view_of(head[n]);
	while (view_next(&text, '\n', &line))
		lines[n++] = line;
	return diff_read(ret, lines, n, a, NULL) == 1;
}

/* GitHub tells the hunks of a file without the lines that name it. */
static const struct diff_file *read_hunks(const char *patch, struct arena *a)
{
	static const char *const head[] = {"--- a/file", "+++ b/file"};
	struct diff d;
	return patch && read_lines(view_of(patch), head, a, &d) && d.count == 1 ? &d.files[0] : NULL;
}

/* ---- where a piece may stand ------------------------------------------------------------------ */

static bool same_line(const struct diff_line *a, const struct diff_line *b)
{
	return a->no_newline == b->no_newline && view_eq(a->text, b->text);
}

/* Does the new side of `there` have the lines that the piece takes away, where it takes them away? */
static bool stands_in(const struct diff_hunk *there, const struct piece *p)
{
	if (p->first < there->new_start || p->count > there->new_count ||
		p->first - there->new_start > there->new_count - p->count)
		return false;
	size_t skip = p->first - there->new_start, at = p->from;
	for (size_t i = 0; i < there->line_count && at < p->to; i++) {
		if (there->lines[i].kind == '-')
			continue;
		if (skip) {
			skip--;
			continue;
		}
		while (at < p->to && p->hunk->lines[at].kind == '+')
			at++;
		if (at < p->to && !same_line(&there->lines[i], &p->hunk->lines[at++]))
			return false;
	}
	return true;
}

static bool fits(const struct diff_file *pull, const struct piece *p)
{
	for (size_t i = 0; p->count && i < pull->hunk_count; i++)
		if (stands_in(&pull->hunks[i], p))
			return true;
	return false;
}

/* ---- pieces of a hunk ------------------------------------------------------------------------- */

static unsigned old_lines(const struct diff_hunk *h, size_t from, size_t to)
{
	unsigned n = 0;
	for (size_t i = from; i < to; i++)
		n += h->lines[i].kind != '+';
	return n;
}

static struct piece piece_of(const struct diff_hunk *h, size_t from, size_t to)
{
	unsigned start = h->old_count ? h->old_start : h->old_start + 1;
	return (struct piece){h, from, to, start + old_lines(h, 0, from), old_lines(h, from, to)};
}

/* An insertion takes away nothing: a line beside it is repeated. */
static bool anchor(const struct diff_file *pull, struct piece *p)
{
	const struct diff_hunk *h = p->hunk;
	if (p->count)
		return fits(pull, p);
	if (p->from && h->lines[p->from - 1].kind == ' ') {
		*p = piece_of(h, p->from - 1, p->to);
		if (fits(pull, p))
			return true;
		*p = piece_of(h, p->from + 1, p->to);
	}
	if (p->to == h->line_count || h->lines[p->to].kind != ' ')
		return false;
	*p = piece_of(h, p->from, p->to + 1);
	return fits(pull, p);
}

static size_t skip(const struct diff_hunk *h, size_t at, bool context)
{
	while (at < h->line_count && (h->lines[at].kind == ' ') == context)
		at++;
	return at;
}

/* The next piece from line `at` of the hunk on: one change, with those close behind that one suggestion can hold too.
 * 0: there is none; -1: it has no place. */
static int next_piece(const struct diff_file *pull, const struct diff_hunk *h, size_t at, struct piece *ret)
{
	size_t from = skip(h, at, true), to = skip(h, from, false);
	if (from == h->line_count)
		return 0;
	*ret = piece_of(h, from, to);
	bool good = anchor(pull, ret);
	for (;;) {
		size_t next = skip(h, to, true);
		if (next == h->line_count || next - to > GAP_MAX)
			break;
		struct piece wide = piece_of(h, from, skip(h, next, false));
		if (!anchor(pull, &wide))
			break;
		to = skip(h, next, false);
		*ret = wide;
		good = true;
	}
	return good ? 1 : -1;
}

/* ---- the text --------------------------------------------------------------------------------- */

/* GitHub replaces whole lines and leaves the end of the file as it is. */
static bool keeps_end(const struct piece *p)
{
	const struct diff_line *old = NULL, *new = NULL;
	for (size_t i = p->from; i < p->to; i++) {
		const struct diff_line *line = &p->hunk->lines[i];
		old = line->kind != '+' ? line : old;
		new = line->kind != '-' ? line : new;
	}
	return old && (new ? old->no_newline == new->no_newline : !old->no_newline);
}

static void add_new_lines(struct buf *out, const struct piece *p)
{
	for (size_t i = p->from; i < p->to; i++)
		if (p->hunk->lines[i].kind != '-') {
			buf_add_view(out, p->hunk->lines[i].text);
			buf_add_char(out, '\n');
		}
}

/* Text that a comment would change or must not show cannot be suggested. */
static bool is_exact(struct view text)
{
	BUF_AUTO shown = buf_new(BUF_FILE);
	redact_for_terminal(&shown, text);
	return view_eq(buf_view(&shown), text);
}

static bool write_piece(struct buf *out, const struct piece *p)
{
	BUF_AUTO lines = buf_new(PUBLISH_TEXT_MAX);
	add_new_lines(&lines, p);
	if (lines.full || !keeps_end(p) || !is_exact(buf_view(&lines)))
		return false;
	markdown_block(out, "suggestion", buf_view(&lines));
	return !out->full;
}

/* ---- an offer --------------------------------------------------------------------------------- */

static bool overlaps(const struct suggesting *s, const struct publish_suggestion *one)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->list[i].path, one->path) && one->first <= s->list[i].last &&
			one->last >= s->list[i].first)
			return true;
	return false;
}

static bool add_piece(struct suggesting *s, const char *path, const struct piece *p, size_t offer)
{
	BUF_AUTO text = buf_new(PUBLISH_TEXT_MAX);
	struct publish_suggestion one = {
		.path = path, .first = p->first, .last = p->first + p->count - 1, .offer = offer};
	if (s->n == PUBLISH_SUGGESTIONS_MAX || overlaps(s, &one) || !write_piece(&text, p))
		return false;
	one.body = arena_text(s->arena, buf_text(&text));
	s->list[s->n++] = one;
	return true;
}

static bool add_hunk(
	struct suggesting *s, const char *path, const struct diff_file *pull, const struct diff_hunk *h, size_t offer)
{
	struct piece p = {0};
	int rc;
	for (size_t at = 0; (rc = next_piece(pull, h, at, &p)) == 1; at = p.to)
		if (!add_piece(s, path, &p, offer))
			return false;
	return rc == 0;
}

static const char *path_of(const struct diff_file *f, struct arena *a)
{
	struct view old = f->old_name, new = f->new_name;
	if (!view_starts(old, "a/") || !view_starts(new, "b/"))
		return NULL;
	old = view_from(old, 2);
	new = view_from(new, 2);
	return view_eq(old, new) && file_check_relative(new, NULL) == 0 ? arena_view(a, new).p : NULL;
}

static bool add_file(struct suggesting *s, const struct diff_file *f,
	const char *(*patch_of)(void *context, const char *path), void *context, size_t offer)
{
	const char *path = path_of(f, s->arena);
	if (!path || f->creates || f->deletes || f->mode_changes || !f->hunk_count)
		return false;
	const struct diff_file *pull = read_hunks(patch_of(context, path), s->arena);
	if (!pull)
		return false;
	for (size_t i = 0; i < f->hunk_count; i++)
		if (!add_hunk(s, path, pull, &f->hunks[i], offer))
			return false;
	return true;
}

/* Which fix it is, now that it is known how many suggestions it has. */
static bool add_words(struct suggesting *s, const struct publish_deliver *d, size_t from)
{
	for (size_t i = from; i < s->n; i++) {
		const struct publish_fix *fix = d->offers[s->list[i].offer].fix;
		BUF_AUTO text = buf_new(PUBLISH_TEXT_MAX);
		const struct pen p = {.out = &text, .form = PEN_MARKDOWN, .run = d->run};
		pen_ours(&p, "`%s`", words_fixer(fix));
		if (s->n - from > 1)
			pen_ours(&p, " (%zu of %zu)", i - from + 1, s->n - from);
		if (fix && fix->summary) {
			pen_ours(&p, ": ");
			pen_text(&p, fix->summary, SUMMARY_SHOWN);
		}
		pen_ours(&p, "\n\n%s", s->list[i].body);
		if (text.full)
			return false;
		s->list[i].body = arena_text(s->arena, buf_text(&text));
	}
	return true;
}

size_t publish_suggestions(const struct publish_deliver *d, const char *(*patch_of)(void *context, const char *path),
	void *context, struct arena *a, struct publish_suggestion **ret, bool *ret_left)
{
	struct suggesting s = {.arena = a, .list = arena_array(a, PUBLISH_SUGGESTIONS_MAX, sizeof *s.list)};
	for (size_t i = 0; i < d->count; i++) {
		size_t before = s.n;
		struct diff diff = {0};
		bool good = d->offers[i].diff && read_lines(view_of(d->offers[i].diff), NULL, a, &diff);
		for (size_t f = 0; good && f < diff.count; f++)
			good = add_file(&s, &diff.files[f], patch_of, context, i);
		good = good && s.n > before && add_words(&s, d, before);
		ret_left[i] = !good;
		s.n = good ? s.n : before;
	}
	*ret = s.list;
	return s.n;
}
