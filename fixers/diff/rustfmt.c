#include "fixers/diff/rustfmt.h"

#include "fixers/words.h"

#include <string.h>

struct head {
	struct view path;
	uint32_t line;
};

/* "Diff in PATH:LINE:" or, before 2023, "Diff in PATH at line LINE:" */
static bool read_head(struct view text, struct head *ret)
{
	struct view place;
	size_t colon;
	uint64_t number;

	if (!view_starts(text, "Diff in ") || !view_ends(text, ":"))
		return false;
	place = view_sub(text, 8, text.n - 9);
	colon = view_find(place, " at line ");
	if (colon != VIEW_NONE) {
		ret->path = view_sub(place, 0, colon);
		place = view_from(place, colon + strlen(" at line "));
	} else {
		colon = view_find_last_char(place, ':');
		if (colon == VIEW_NONE)
			return false;
		ret->path = view_sub(place, 0, colon);
		place = view_from(place, colon + 1);
	}
	if (!view_number(place, INT32_MAX, &number) || number == 0)
		return false;
	ret->line = (uint32_t)number;
	return true;
}

static struct diff_file *file_of(struct diff *d, struct view path, struct arena *a)
{
	struct diff_file *f;

	for (size_t i = 0; i < d->count; i++)
		if (view_eq(d->files[i].old_name, path))
			return &d->files[i];
	if (d->count == DIFF_FILES_MAX)
		return NULL;
	f = &d->files[d->count++];
	*f = (struct diff_file){.old_name = path, .new_name = path};
	f->hunks = arena_array(a, DIFF_HUNKS_MAX, sizeof(*f->hunks));
	return f;
}

static bool same_hunk(const struct diff_hunk *a, const struct diff_hunk *b)
{
	if (a->old_start != b->old_start || a->line_count != b->line_count)
		return false;
	for (size_t i = 0; i < a->line_count; i++)
		if (a->lines[i].kind != b->lines[i].kind || !view_eq(a->lines[i].text, b->lines[i].text))
			return false;
	return true;
}

/* A file of several crates is printed once for each. */
static bool is_repeated(const struct diff_file *f, const struct diff_hunk *h)
{
	for (size_t i = 0; i < f->hunk_count; i++)
		if (same_hunk(&f->hunks[i], h))
			return true;
	return false;
}

int rustfmt_read(struct diff *ret, const struct view *lines, size_t count, struct arena *a, struct err *e)
{
	struct diff d = {.files = arena_array(a, DIFF_FILES_MAX, sizeof(*d.files))};
	struct head head;

	for (size_t i = 0; i < count; i++) {
		struct diff_file *f;
		struct diff_hunk *h;

		if (!read_head(lines[i], &head))
			continue;
		f = file_of(&d, head.path, a);
		if (!f || f->hunk_count == DIFF_HUNKS_MAX)
			return err_set(e, ERR_INPUT, "the printed diff is too large");
		h = &f->hunks[f->hunk_count];
		f->first = f->hunk_count ? f->first : i;
		i += diff_read_body(h, lines + i + 1, count - i - 1, a);
		h->old_start = head.line;
		f->last = i;
		f->hunk_count += !is_repeated(f, h);
	}
	*ret = d;
	if (d.count == 0) {
		err_set(e, ERR_NOT_FOUND, "no diff was printed");
		return 0;
	}
	return 1;
}

/* The text from line n on (from 1). */
static struct view from_line(struct view text, uint32_t n)
{
	struct view ignored;

	while (n > 1 && view_next(&text, '\n', &ignored))
		n--;
	return n > 1 ? view_from(text, text.n) : text;
}

static bool fits(const struct diff_hunk *h, struct view old, uint32_t start)
{
	struct view rest = from_line(old, start), line;

	for (size_t i = 0; i < h->line_count; i++) {
		if (h->lines[i].kind == '+')
			continue;
		if (!view_next(&rest, '\n', &line))
			return false;
		if (view_ends(line, "\r"))
			line.n--;
		if (!view_eq(line, h->lines[i].text))
			return false;
	}
	return true;
}

/* rustfmt shows the end of the file as one more empty line. */
static void drop_end_of_file(struct diff_hunk *h, struct view old, uint32_t start)
{
	uint32_t lines = 0;

	for (size_t i = 0; i < old.n; i++)
		lines += old.p[i] == '\n';
	if (h->line_count == 0 || h->old_count == 0 || start + h->old_count - 2 != lines)
		return;
	if (h->lines[h->line_count - 1].kind == ' ' && h->lines[h->line_count - 1].text.n == 0) {
		h->line_count--;
		h->old_count--;
		h->new_count--;
	}
}

/* rustfmt moves words, it writes none (but the "C" of `extern`). More words than before: a log that has lines twice. */
static bool adds_words(const struct diff_file *f)
{
	int64_t more = 0;

	for (size_t i = 0; i < f->hunk_count; i++)
		for (size_t k = 0; k < f->hunks[i].line_count; k++) {
			const struct diff_line *l = &f->hunks[i].lines[k];
			int64_t letters = 0;

			for (size_t n = 0; n < l->text.n; n++)
				letters += words_letter(l->text.p[n]) || words_digit(l->text.p[n]);
			more += l->kind == '+' ? letters - view_has(l->text, "extern \"C\"") : 0;
			more -= l->kind == '-' ? letters : 0;
		}
	return more > 0;
}

int rustfmt_fit(struct diff_file *f, struct view old, struct err *e)
{
	int64_t shift = 0;

	if (adds_words(f))
		return err_set(
			e, ERR_REFUSED, "the diff adds words, which rustfmt never does: lines may be printed twice");

	for (size_t i = 0; i < f->hunk_count; i++) {
		struct diff_hunk *h = &f->hunks[i];
		int64_t other = (int64_t)h->old_start - shift;
		uint32_t starts[] = {h->old_start, other > 0 ? (uint32_t)other : h->old_start};
		bool found = false;

		for (size_t k = 0; k < 2 && !found; k++) {
			struct diff_hunk trimmed = *h;

			drop_end_of_file(&trimmed, old, starts[k]);
			if (!fits(&trimmed, old, starts[k]))
				continue;
			*h = trimmed;
			h->old_start = starts[k];
			found = true;
		}
		if (!found)
			return err_set(e, ERR_REFUSED, "line %u is not as the diff has it", h->old_start);
		shift += (int64_t)h->new_count - (int64_t)h->old_count;
	}
	return 0;
}
