#include "fixers/diff/unified.h"

struct old {
	struct view rest; /* what is not copied yet */
	uint32_t line;    /* number of its first line */
	const char *eol;
};

static bool next_line(struct view *rest, struct view *ret_text, bool *ret_newline)
{
	size_t lf = view_find_char(*rest, '\n');

	if (rest->n == 0)
		return false;
	*ret_newline = lf != VIEW_NONE;
	*ret_text = view_sub(*rest, 0, *ret_newline ? lf : rest->n);
	*rest = view_from(*rest, *ret_newline ? lf + 1 : rest->n);
	if (ret_text->n && ret_text->p[ret_text->n - 1] == '\r' && *ret_newline)
		ret_text->n--;
	return true;
}

/* "\n" or "\r\n" when all lines end so; NULL for a mixture. */
static const char *line_ends(struct view text)
{
	size_t lf = 0, crlf = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\n')
			continue;
		lf++;
		crlf += i > 0 && text.p[i - 1] == '\r';
	}
	return crlf == 0 ? "\n" : crlf == lf ? "\r\n" : NULL;
}

/* Between two equal lines that were removed and added only what a log loses can differ. */
static bool invisible(const struct diff_hunk *h)
{
	for (size_t i = 0; i < h->line_count; i++) {
		size_t minus = i, plus;

		if (h->lines[i].kind != '-')
			continue;
		while (i + 1 < h->line_count && h->lines[i + 1].kind == '-')
			i++;
		plus = i + 1;
		if (plus < h->line_count && h->lines[plus].kind == '+' &&
			h->lines[plus].no_newline == h->lines[minus].no_newline &&
			view_eq(h->lines[minus].text, h->lines[plus].text))
			return true;
	}
	return false;
}

static int copy_until(struct old *o, uint32_t line, struct buf *ret, struct err *e)
{
	while (o->line < line) {
		size_t lf = view_find_char(o->rest, '\n');
		size_t n = lf == VIEW_NONE ? o->rest.n : lf + 1;

		if (o->rest.n == 0)
			return err_set(e, ERR_REFUSED, "the diff begins behind the end of the file");
		buf_add(ret, o->rest.p, n);
		o->rest = view_from(o->rest, n);
		o->line++;
	}
	return 0;
}

static int apply_line(struct old *o, const struct diff_line *l, struct buf *ret, struct err *e)
{
	struct view text;
	bool newline;
	const char *start = o->rest.p;

	/* Nothing can follow a line that has no newline: the diff is then not what it seems. */
	if (ret->n && ret->p[ret->n - 1] != '\n')
		return err_set(e, ERR_REFUSED, "the diff goes on behind the end of the file");
	if (l->kind == '+') {
		buf_add_view(ret, l->text);
		buf_add_text(ret, l->no_newline ? "" : o->eol);
		return 0;
	}
	if (!next_line(&o->rest, &text, &newline) || !view_eq(text, l->text))
		return err_set(e, ERR_REFUSED, "line %u is not as the diff has it", o->line);
	if (l->no_newline && newline)
		return err_set(e, ERR_REFUSED, "line %u ends with a newline, not as the diff has it", o->line);
	o->line++;
	if (l->kind == ' ')
		buf_add(ret, start, (size_t)(o->rest.p - start));
	return 0;
}

static int apply_hunk(struct old *o, const struct diff_hunk *h, struct buf *ret, struct err *e)
{
	/* A hunk without old lines stands behind the line that it names. */
	uint32_t start = h->old_count ? h->old_start : h->old_start + 1;

	if (start < o->line || start == 0)
		return err_set(e, ERR_REFUSED, "the hunks of the diff overlap");
	if (invisible(h))
		return err_set(
			e, ERR_REFUSED, "the diff changes something that a log does not show, such as line ends");
	if (copy_until(o, start, ret, e) != 0)
		return -1;
	for (size_t i = 0; i < h->line_count; i++)
		if (apply_line(o, &h->lines[i], ret, e) != 0)
			return -1;
	return 0;
}

int diff_apply(const struct diff_file *f, struct view old, struct buf *ret, struct err *e)
{
	struct old o = {.rest = old, .line = 1, .eol = line_ends(old)};

	if (!o.eol)
		return err_set(e, ERR_REFUSED, "the file mixes line ends");
	for (size_t i = 0; i < f->hunk_count; i++)
		if (apply_hunk(&o, &f->hunks[i], ret, e) != 0)
			return -1;
	if (o.rest.n && ret->n && ret->p[ret->n - 1] != '\n')
		return err_set(e, ERR_REFUSED, "the diff ends the file before its end");
	buf_add_view(ret, o.rest);
	if (f->deletes && ret->n)
		return err_set(e, ERR_REFUSED, "the diff deletes the file, but not all of its lines");
	return ret->full ? err_set(e, ERR_LIMIT, "the changed file is too large") : 0;
}
