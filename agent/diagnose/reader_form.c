#include "diagnose/reader_form.h"

#include <string.h>

/* ---- shapes ------------------------------------------------------------------------------------ */

enum token { TOKEN_LITERAL, TOKEN_ID, TOKEN_NAME, TOKEN_TEXT, TOKEN_ANY, TOKEN_NUMBER };

static enum token token_at(const char *shape, size_t *ret_length)
{
	static const char *const tokens[] = {"", "<id>", "<name>", "<text>", "<*>", "<n>"};
	*ret_length = 1;
	for (size_t i = 1; *shape == '<' && i < sizeof tokens / sizeof *tokens; i++)
		if (!strncmp(shape, tokens[i], strlen(tokens[i]))) {
			*ret_length = strlen(tokens[i]);
			return (enum token)i;
		}
	return TOKEN_LITERAL;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

struct matching {
	struct view line;
	size_t at;
	size_t open, shut; /* of the braces */
	struct reader_form_match *ret;
};

/* The part of a shape up to the next piece that may be of any length: where it ends in the line when it stands at `at`,
 * VIEW_NONE when it does not. Notes braces. */
static size_t fixed_end(struct matching *m, const char *shape, size_t at, const char **ret_rest)
{
	struct view v = m->line;
	size_t n, open = m->open, shut = m->shut;
	for (; *shape; shape += n) {
		enum token token = token_at(shape, &n);
		size_t from = at;
		if (token != TOKEN_LITERAL && token != TOKEN_NUMBER)
			break;
		if (token == TOKEN_NUMBER)
			while (at < v.n && digit(v.p[at]))
				at++;
		else if (*shape == ' ')
			while (at < v.n && blank(v.p[at]))
				at++;
		else if (*shape == '{')
			open = from;
		else if (*shape == '}')
			shut = from;
		else if (at < v.n && v.p[at] == *shape)
			at++;
		if (at == from && *shape != '{' && *shape != '}')
			return VIEW_NONE;
	}
	m->open = open;
	m->shut = shut;
	*ret_rest = shape;
	return at;
}

static bool keep_piece(struct matching *m, enum token token, struct view piece)
{
	piece = view_trim(piece);
	if (token == TOKEN_TEXT)
		m->ret->message = piece;
	if (token == TOKEN_ID || token == TOKEN_NAME)
		m->ret->id = piece;
	if (token == TOKEN_NAME &&
		(view_find_char(piece, ' ') != VIEW_NONE || view_find_char(piece, '\t') != VIEW_NONE))
		return false;
	return piece.n || token == TOKEN_ANY || token == TOKEN_TEXT;
}

/* What begins with a run of blanks or digits is looked for at its first one only: linear time. */
static bool repeats(const char *fixed, struct view line, size_t at)
{
	size_t n;
	char before = line.p[at - 1];
	return at < line.n && ((*fixed == ' ' && blank(before) && blank(line.p[at])) ||
				      (token_at(fixed, &n) == TOKEN_NUMBER && digit(before) && digit(line.p[at])));
}

/* The piece of any length at m->at, and what is fixed behind it. */
static bool match_piece(struct matching *m, const char **shape)
{
	size_t n, end;
	enum token token = token_at(*shape, &n);
	const char *fixed = *shape + n, *rest = fixed;
	size_t least = token == TOKEN_ID || token == TOKEN_NAME;
	for (size_t p = m->at + least; p <= m->line.n; p++) {
		if (*fixed == '\0')
			p = m->line.n;
		if (p > m->at + least && repeats(fixed, m->line, p))
			continue;
		end = fixed_end(m, fixed, p, &rest);
		if (end == VIEW_NONE || (!*rest && end != m->line.n))
			continue;
		struct view piece = view_sub(m->line, m->at, p - m->at);
		m->at = end;
		*shape = rest;
		return keep_piece(m, token, piece);
	}
	return false;
}

bool reader_form_match(const char *shape, struct view line, struct reader_form_match *ret)
{
	bool left = *shape == '^';
	struct matching m = {.line = left ? view_trim_right(line) : view_trim(line), .ret = ret};
	shape += left;
	m.open = m.shut = VIEW_NONE;
	*ret = (struct reader_form_match){0};
	m.at = fixed_end(&m, shape, 0, &shape);
	if (m.at == VIEW_NONE)
		return false;
	while (*shape)
		if (!match_piece(&m, &shape))
			return false;
	if (m.open != VIEW_NONE && m.shut != VIEW_NONE && m.open < m.shut)
		ret->id = view_trim(view_sub(m.line, m.open, m.shut - m.open));
	return m.at == m.line.n;
}

/* ---- lines ------------------------------------------------------------------------------------- */

/* Columns are padded: one blank is enough. */
static struct view squeeze(struct view id, struct reader_text *t)
{
	struct view word;
	t->n = 0;
	while (view_word(&id, &word))
		reader_keep_more(t, " ", word);
	return reader_kept(t);
}

static void tell(const struct form_table *t, struct form_state *s, struct reader_form_match m, enum result result,
	const struct test_out *out)
{
	struct reader_text whole, id;
	int64_t took = -1;
	m.id = squeeze(m.id, &id);
	if (view_ends(m.id, "s)"))
		took = reader_cut_duration(&m.id, '(', ')');
	reader_keep(&whole, t->separator ? reader_kept(&s->heading) : (struct view){0});
	reader_keep_more(&whole, t->separator ? t->separator : "", m.id);
	s->told |= result == RESULT_FAILED || result == RESULT_ERROR;
	reader_tell(
		out, (struct test_case){
			     .id = reader_kept(&whole), .result = result, .duration_us = took, .message = m.message});
}

static void open_list(struct form_state *s, bool list)
{
	s->open = true;
	s->list = list;
	s->items = false;
	s->title.n = 0;
}

/* False when the form does not stand for anything here, so that others may. */
static bool apply(const struct form_table *t, struct form_state *s, const struct form *f, struct reader_form_match m,
	const struct test_out *out)
{
	if ((f->kind == FORM_ITEM || f->kind == FORM_LAST || f->kind == FORM_HEAD) && !s->open)
		return false;
	if (f->kind == FORM_RESULT || f->kind == FORM_ITEM || (f->kind == FORM_LAST && !s->told))
		tell(t, s, m, f->result, out);
	else if (f->kind == FORM_CONTEXT)
		reader_keep(&s->heading, m.id);
	else if (f->kind == FORM_TITLE || f->kind == FORM_HEAD)
		squeeze(m.id, &s->title);
	else if (f->kind == FORM_NEXT)
		s->next_line = out->at->number + 1, s->next = f->result;
	else if (f->kind == FORM_OPEN || f->kind == FORM_LIST)
		open_list(s, f->kind == FORM_LIST);
	else if (f->kind == FORM_CLOSE)
		s->open = false;
	else if (f->kind == FORM_PROOF && s->title.n) {
		struct reader_text title = s->title;
		s->title.n = 0;
		m.id = reader_kept(&title);
		tell(t, s, m, f->result, out);
	}
	s->items |= f->kind == FORM_ITEM || f->kind == FORM_LAST;
	return true;
}

static void add_totals(const struct form_totals *sum, struct form_state *s, struct view text)
{
	int64_t (*count)(struct view, const char *) = sum->behind ? reader_count_after : reader_count_before;
	struct reader_totals *t = sum->repeated ? &s->growing : &s->totals;
	const char *const labels[] = {sum->passed, sum->failed, sum->skipped, sum->errors};
	int64_t *const sums[] = {&t->counts.passed, &t->counts.failed, &t->counts.skipped, &t->counts.errors};
	int64_t all = sum->all ? count(text, sum->all) : 0;
	if (sum->repeated)
		t->counts = (struct test_counts){0};
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		int64_t n = labels[i] ? count(text, labels[i]) : -1;
		reader_add(sums[i], n);
		all -= n > 0 ? n : 0;
	}
	if (sum->all)
		reader_add(&t->counts.passed, all);
	t->any = true;
}

static void begin_step(struct form_state *s)
{
	s->open = s->told = false;
	s->next_line = 0;
	s->title.n = s->heading.n = 0;
}

void reader_form_line(const struct form_table *t, struct form_state *s, struct view text, const struct test_out *out)
{
	struct reader_form_match m;
	if (text.n > READER_FORM_LINE_MAX)
		return;
	if (reader_new_step(&s->step, out))
		begin_step(s);
	reader_cut_ruler(&text, "─");
	if (s->next_line) {
		bool below = s->next_line == out->at->number;
		s->next_line = 0;
		if (below) {
			tell(t, s, (struct reader_form_match){.id = view_trim(text)}, s->next, out);
			return;
		}
	}
	for (const struct form_totals *sum = t->totals; sum && sum->shape; sum++)
		if (reader_form_match(sum->shape, text, &m)) {
			add_totals(sum, s, text);
			break;
		}
	for (const struct form *f = t->forms; f->kind != FORM_NONE; f++)
		if (reader_form_match(f->shape, text, &m) && apply(t, s, f, m, out))
			return;
	if (s->open && s->list && (s->items || view_trim(text).n))
		s->open = false;
}

bool reader_form_active(const void *state)
{
	const struct form_state *s = state;
	return s->open || s->next_line;
}

bool reader_form_summary(const void *state, struct test_counts *ret)
{
	const struct form_state *s = state;
	return reader_totals(s->growing.any ? &s->growing : &s->totals, ret);
}
