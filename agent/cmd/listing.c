#include "cmd/listing.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/redact.h"
#include "publish/publish.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct listing_cell {
	const char *text; /* NULL: unknown, or a number */
	double number;
	int64_t time;
};

void listing_init(struct listing *l, const struct listing_column *columns)
{
	*l = (struct listing){.columns = columns};
	while (columns[l->column_count].name)
		l->column_count++;
}

void listing_done(struct listing *l)
{
	free(l->cells);
	arena_done(&l->arena);
	*l = (struct listing){0};
}

static void add(struct listing *l, struct listing_cell c)
{
	MEM_PUSH(l->cells, l->n, l->cap);
	l->cells[l->n++] = c;
	l->row_count = l->n / l->column_count;
}

void listing_text(struct listing *l, const char *text_or_null)
{
	add(l, (struct listing_cell){.text = arena_text(&l->arena, text_or_null)});
}

void listing_number(struct listing *l, double value)
{
	add(l, (struct listing_cell){.number = value});
}

void listing_time(struct listing *l, int64_t at)
{
	add(l, (struct listing_cell){.time = at});
}

/* ---- cells -------------------------------------------------------------------------------------- */

static void add_plain(struct buf *out, const struct listing_column *c, const struct listing_cell *x)
{
	char at[CLOCK_TEXT_MAX];

	switch (c->kind) {
	case LISTING_TEXT:
		buf_add_text(out, x->text ? x->text : "");
		break;
	case LISTING_LINES:
		for (const char *p = x->text ? x->text : ""; *p; p++)
			buf_add_text(out, *p == '\n' ? ", " : (const char[]){*p, '\0'});
		break;
	case LISTING_TIME:
		buf_add_text(out, clock_iso(x->time, at));
		break;
	case LISTING_FLAG:
		buf_add_text(out, x->number > 0 ? "yes" : "no");
		break;
	case LISTING_COUNT:
		if (x->number >= 0)
			buf_addf(out, "%.0f", x->number);
		break;
	default:
		if (x->number >= 0 || c->kind == LISTING_NUMBER)
			buf_addf(out, "%.4g", x->number);
	}
}

/* For people: percents, days, and nothing that is too long. */
static void add_shown(struct buf *out, const struct listing_column *c, const struct listing_cell *x)
{
	char date[CLOCK_TEXT_MAX];
	struct view text = view_of(x->text);

	if (c->kind == LISTING_SHARE && x->number >= 0) {
		buf_addf(out, x->number < 0.1 ? "%.2f %%" : "%.0f %%", 100 * x->number);
	} else if (c->kind == LISTING_TIME) {
		buf_add_text(out, clock_date(x->time, date));
	} else if (c->kind == LISTING_TEXT && text.n > LISTING_TEXT_MAX) {
		buf_add_view(out, view_cut_utf8(text, LISTING_TEXT_MAX / 3));
		buf_add_text(out, "...");
		while (text.n > LISTING_TEXT_MAX - LISTING_TEXT_MAX / 3 || (text.n && (text.p[0] & 0xc0) == 0x80))
			text = view_from(text, 1);
		buf_add_view(out, text);
	} else {
		add_plain(out, c, x);
	}
}

static bool is_number(const struct listing_column *c)
{
	return c->kind == LISTING_COUNT || c->kind == LISTING_SHARE || c->kind == LISTING_NUMBER;
}

/* ---- forms -------------------------------------------------------------------------------------- */

static cJSON *lines_of(const char *text)
{
	cJSON *list = json_array();
	struct view rest = view_of(text), one;

	while (view_next(&rest, '\n', &one)) {
		BUF_AUTO line = buf_new(BUF_LINE);

		buf_add_view(&line, one);
		json_append_text(list, buf_text(&line));
	}
	return list;
}

static void add_json(cJSON *list, const struct listing *l)
{
	for (size_t i = 0; i < l->n; i += l->column_count) {
		cJSON *one = json_object();

		for (size_t k = 0; k < l->column_count; k++) {
			const struct listing_column *c = &l->columns[k];
			const struct listing_cell *x = &l->cells[i + k];

			if (c->kind == LISTING_TEXT)
				json_add_text(one, c->name, x->text);
			else if (c->kind == LISTING_LINES)
				json_add(one, c->name, lines_of(x->text));
			else if (c->kind == LISTING_TIME)
				json_add_time(one, c->name, x->time);
			else if (c->kind == LISTING_FLAG)
				json_add_bool(one, c->name, x->number > 0);
			else if (c->kind == LISTING_COUNT)
				json_add_int_or_null(one, c->name, (int64_t)llround(x->number));
			else if (x->number < 0 && c->kind == LISTING_SHARE)
				json_add_null(one, c->name);
			else
				json_add_number(one, c->name, x->number);
		}
		json_append(list, one);
	}
}

static void add_csv_cell(struct buf *out, struct view text)
{
	bool formula = text.n && strchr("=+-@\t\r", text.p[0]);

	buf_add_char(out, '"');
	if (formula)
		buf_add_char(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, text.p[i]);
	}
	buf_add_char(out, '"');
}

static void add_csv(struct buf *out, const struct listing *l)
{
	for (size_t k = 0; k < l->column_count; k++)
		buf_addf(out, "%s%s", k ? "," : "", l->columns[k].name);
	buf_add_text(out, "\r\n");
	for (size_t i = 0; l->column_count && i < l->n; i++) {
		const struct listing_column *c = &l->columns[i % l->column_count];

		if (i % l->column_count)
			buf_add_char(out, ',');
		if (c->kind == LISTING_TEXT || c->kind == LISTING_LINES) {
			BUF_AUTO safe = buf_new(BUF_PAGE);

			redact_for_terminal(&safe, view_of(l->cells[i].text));
			add_csv_cell(out, buf_view(&safe));
		} else {
			add_plain(out, c, &l->cells[i]);
		}
		if (i % l->column_count == l->column_count - 1)
			buf_add_text(out, "\r\n");
	}
}

static void add_markdown(struct buf *out, const struct listing *l, bool verbose)
{
	for (int head = 1; head >= 0; head--) {
		for (size_t k = 0; k < l->column_count; k++)
			if (verbose || !l->columns[k].quiet)
				buf_addf(out, "| %s ",
					head                        ? l->columns[k].title
					: is_number(&l->columns[k]) ? "---:"
								    : "---");
		buf_add_text(out, "|\n");
	}
	for (size_t i = 0; l->column_count && i < l->n; i++) {
		const struct listing_column *c = &l->columns[i % l->column_count];

		if (verbose || !c->quiet) {
			BUF_AUTO cell = buf_new(BUF_PAGE);
			BUF_AUTO safe = buf_new(BUF_PAGE);

			add_shown(&cell, c, &l->cells[i]);
			redact_text(&safe, buf_view(&cell));
			buf_add_text(out, "| ");
			markdown_text(out, buf_view(&safe));
			buf_add_char(out, ' ');
		}
		if (i % l->column_count == l->column_count - 1)
			buf_add_text(out, "|\n");
	}
}

/* How many columns of a terminal: UTF-8 characters. */
static size_t width_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_add_char(out, ' ');
}

static void add_aligned(struct buf *out, const char *text, size_t width, bool right, bool last)
{
	size_t n = width_of(text), gap = width > n ? width - n : 0;

	if (right)
		pad(out, gap);
	buf_add_text(out, text);
	if (!last)
		pad(out, (right ? 0 : gap) + 2);
}

static void end_line(struct buf *out)
{
	while (out->n && out->p[out->n - 1] == ' ')
		buf_cut(out, out->n - 1);
	buf_add_char(out, '\n');
}

static void add_text(struct buf *out, const struct listing *l, bool verbose)
{
	ARENA_AUTO arena = {0};
	const char **shown = arena_array(&arena, l->n + 1, sizeof(*shown));
	size_t *width = arena_array(&arena, l->column_count, sizeof(*width)), last = 0;

	for (size_t k = 0; k < l->column_count; k++) {
		width[k] = width_of(l->columns[k].title);
		last = verbose || !l->columns[k].quiet ? k : last;
	}
	for (size_t i = 0; l->column_count && i < l->n; i++) {
		BUF_AUTO cell = buf_new(BUF_PAGE);
		BUF_AUTO safe = buf_new(BUF_PAGE);
		size_t n, k = i % l->column_count;

		add_shown(&cell, &l->columns[k], &l->cells[i]);
		redact_for_terminal(&safe, buf_view(&cell));
		shown[i] = arena_text(&arena, buf_text(&safe));
		n = width_of(shown[i]);
		width[k] = n > width[k] ? n : width[k];
	}
	for (size_t k = 0; k < l->column_count; k++)
		if (verbose || !l->columns[k].quiet)
			add_aligned(out, l->columns[k].title, width[k], is_number(&l->columns[k]), k == last);
	end_line(out);
	for (size_t i = 0; l->column_count && i < l->n; i++) {
		size_t k = i % l->column_count;

		if (verbose || !l->columns[k].quiet)
			add_aligned(out, shown[i], width[k], is_number(&l->columns[k]), k == last);
		if (k == l->column_count - 1)
			end_line(out);
	}
}

static void add_table(struct buf *out, const struct listing_part *p, const struct session *s, bool markdown)
{
	if (!p->listing->row_count) {
		buf_addf(out, "%s\n", p->empty);
		return;
	}
	if (p->note)
		buf_addf(out, "%s\n\n", p->note);
	if (markdown)
		add_markdown(out, p->listing, s->verbose);
	else
		add_text(out, p->listing, s->verbose);
}

void listing_write_parts(
	struct buf *out, const struct listing_part *parts, size_t count, const struct session *s, cJSON *head)
{
	const char *format = args_text(s->args, "format", "text");
	JSON_AUTO *j = head;
	size_t told = 0;

	if (strcmp(format, "csv") == 0) {
		add_csv(out, parts[0].listing);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(format, "json") == 0) {
			cJSON *list = json_array();

			add_json(list, parts[i].listing);
			json_add(j, parts[i].rows, list);
		} else if (parts[i].listing->row_count || parts[i].empty) {
			buf_add_text(out, told++ ? "\n" : "");
			add_table(out, &parts[i], s, strcmp(format, "markdown") == 0);
		}
	}
	if (strcmp(format, "json") == 0) {
		json_print(out, j);
		buf_add_char(out, '\n');
	}
}

void listing_write(struct buf *out, const struct listing *l, const struct session *s, cJSON *head, const char *rows,
	const char *note, const char *empty)
{
	listing_write_parts(out, &(struct listing_part){l, rows, note, empty}, 1, s, head);
}
