#include "diagnose/reader.h"

#include "base/buf.h"

#include <string.h>

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- parts of lines -------------------------------------------------------------------------- */

int64_t reader_count_before(struct view text, const char *word)
{
	for (size_t from = 0; from < text.n;) {
		size_t at = view_find(view_from(text, from), word);
		if (at == VIEW_NONE)
			return -1;
		at += from;
		size_t end = at;
		while (end && text.p[end - 1] == ' ')
			end--;
		size_t start = end;
		while (start && digit(text.p[start - 1]))
			start--;
		uint64_t n;
		if (start < end && view_number(view_sub(text, start, end - start), INT64_MAX, &n))
			return (int64_t)n;
		from = at + 1;
	}
	return -1;
}

int64_t reader_count_after(struct view text, const char *label)
{
	size_t at = view_find(text, label);
	if (at == VIEW_NONE)
		return -1;
	struct view rest = view_from(text, at + view_of(label).n);
	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t' || rest.p[0] == ':' || rest.p[0] == '='))
		rest = view_from(rest, 1);
	uint64_t number;
	return reader_number(&rest, &number) ? (int64_t)number : -1;
}

bool reader_number(struct view *text, uint64_t *ret)
{
	size_t n = 0;
	while (n < text->n && digit(text->p[n]))
		n++;
	if (!n || !view_number(view_sub(*text, 0, n), INT64_MAX, ret))
		return false;
	*text = view_from(*text, n);
	return true;
}

bool reader_word_result(struct view word, const struct reader_word *words, enum result *ret)
{
	for (; words->word; words++)
		if (view_is(word, words->word)) {
			*ret = words->result;
			return true;
		}
	return false;
}

static double scale_of(struct view unit)
{
	static const struct {
		const char *unit;
		double scale;
	} units[] = {{"ms", 1e3}, {"s", 1e6}, {"sec", 1e6}, {"second", 1e6}, {"seconds", 1e6}, {"m", 6e7}, {"min", 6e7},
		{"us", 1}, {"µs", 1}, {"\xce\xbcs", 1}};
	struct view word;
	if (!view_word(&unit, &word))
		return 0;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (view_is(word, units[i].unit))
			return units[i].scale;
	return 0;
}

int64_t reader_duration(struct view text)
{
	double value = 0, place = 1;
	size_t i = 0;
	text = view_trim(text);
	if (reader_skip(&text, "<"))
		text = view_trim(text);
	for (; i < text.n && i < 15 && (digit(text.p[i]) || text.p[i] == '.' || text.p[i] == ','); i++) {
		if (!digit(text.p[i])) {
			place = 0.1;
		} else if (place < 1) {
			value += (text.p[i] - '0') * place;
			place /= 10;
		} else {
			value = value * 10 + (text.p[i] - '0');
		}
	}
	double scale = scale_of(view_from(text, i));
	return i && scale > 0 ? (int64_t)(value * scale + 0.5) : -1;
}

bool reader_skip(struct view *text, const char *prefix)
{
	if (!view_starts(*text, prefix))
		return false;
	*text = view_from(*text, view_of(prefix).n);
	return true;
}

bool reader_cut_tail(struct view *text, char open, char shut, struct view *ret_inside)
{
	struct view v = view_trim_right(*text);
	if (!v.n || v.p[v.n - 1] != shut)
		return false;
	size_t start = view_find_last_char(v, open);
	if (start == VIEW_NONE)
		return false;
	*ret_inside = view_sub(v, start + 1, v.n - start - 2);
	*text = view_trim_right(view_sub(v, 0, start));
	return true;
}

int64_t reader_cut_duration(struct view *text, char open, char shut)
{
	struct view rest = *text, inside;
	int64_t took = reader_cut_tail(&rest, open, shut, &inside) ? reader_duration(inside) : -1;
	if (took >= 0)
		*text = rest;
	return took;
}

bool reader_numbered(struct view text, uint64_t *ret, struct view *ret_title)
{
	size_t blanks = reader_indent(text);
	struct view rest = view_from(text, blanks);
	if (blanks > 4 || !reader_number(&rest, ret) || !reader_skip(&rest, ") "))
		return false;
	*ret_title = view_trim(rest);
	return ret_title->n > 0;
}

void reader_cut_ruler(struct view *text, const char *piece)
{
	struct view v = view_trim_right(*text);
	size_t n = view_of(piece).n, pieces = 0;
	for (; view_ends(v, piece); pieces++)
		v = view_sub(v, 0, v.n - n);
	if (pieces >= 3)
		*text = view_trim_right(v);
}

size_t reader_indent(struct view text)
{
	size_t n = 0;
	while (n < text.n && text.p[n] == ' ')
		n++;
	return n;
}

static bool word_char(char c)
{
	return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (c & 0x80);
}

bool reader_dotted(struct view text)
{
	if (!text.n || text.p[0] == '.' || text.p[text.n - 1] == '.')
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (!word_char(text.p[i]) && (text.p[i] != '.' || text.p[i - 1] == '.'))
			return false;
	return true;
}

bool reader_script_file(struct view text)
{
	size_t dot = view_find_last_char(text, '.');
	if (dot == VIEW_NONE || !dot || view_find_char(text, ' ') != VIEW_NONE)
		return false;
	struct view type = view_from(text, dot + 1);
	if (type.n && (type.p[0] == 'c' || type.p[0] == 'm') && type.n == 3)
		type = view_from(type, 1);
	return view_is(type, "js") || view_is(type, "ts") || view_is(type, "jsx") || view_is(type, "tsx") ||
	       view_is(type, "vue") || view_is(type, "svelte");
}

/* ---- whole lines ----------------------------------------------------------------------------- */

/* The length of "name" at the front. Most lines of test results come through here. */
static size_t name_length(struct view v)
{
	static const bool named[256] = {['0' ... ':'] = true,
		['@' ... 'Z'] = true,
		['a' ... 'z'] = true,
		[0x80 ... 0xff] = true,
		['_'] = true,
		['$'] = true,
		['/'] = true,
		['.'] = true,
		['-'] = true,
		['#'] = true};
	size_t n = 0;
	while (n < v.n && named[(unsigned char)v.p[n]])
		n++;
	return n;
}

/* "web:test: ", "@scope/web#test: ", "@scope/web: ", "packages/web test:unit: " */
static bool cut_task(struct view *line)
{
	size_t n = view_find_char(*line, ' ');
	if (n == VIEW_NONE || !n || (line->p[n - 1] != ':' && !view_starts(view_from(*line, n), " test:")))
		return false; /* nearly all lines */
	n = name_length(*line);
	struct view name = view_sub(*line, 0, n), rest = view_from(*line, n);
	bool second = n && view_starts(rest, " test:") && !view_ends(name, ":");
	if (second) {
		name = view_sub(rest, 1, name_length(view_from(rest, 1)));
		rest = view_from(rest, 1 + name.n);
	}
	if (!view_ends(name, ":") || !view_starts(rest, " "))
		return false;
	struct view bare = view_sub(name, 0, name.n - 1);
	size_t colon = view_find_char(bare, ':'), hash = view_find_char(bare, '#');
	size_t task = colon < hash ? colon : hash;
	bool scoped = view_starts(bare, "@") && view_find_char(bare, '/') != VIEW_NONE && task == VIEW_NONE;
	bool place = task != VIEW_NONE && task + 1 < bare.n && digit(bare.p[task + 1]); /* "a_test.c:8:test_a: " */
	bool tests = task != VIEW_NONE && !place && view_has(view_from(bare, task), "test");
	if (!second && !scoped && !tests)
		return false;
	*line = view_from(rest, 1);
	return true;
}

/* "[0] ", "[@scope/web]: " */
static bool cut_bracket(struct view *line)
{
	struct view v = *line;
	uint64_t n;
	if (!reader_skip(&v, "["))
		return false;
	if (reader_number(&v, &n) && reader_skip(&v, "] ")) {
		*line = v;
		return true;
	}
	v = view_from(*line, 1);
	v = view_from(v, name_length(v));
	if (!reader_skip(&v, "]: "))
		return false;
	*line = v;
	return true;
}

/* "web-1  | " */
static bool cut_service(struct view *line)
{
	if (view_find_char(*line, '|') == VIEW_NONE)
		return false;
	size_t n = name_length(*line);
	struct view name = view_sub(*line, 0, n), v = view_from(*line, n);
	v = view_from(v, reader_indent(v));
	if ((view_find_char(name, '-') == VIEW_NONE && view_find_char(name, '_') == VIEW_NONE) ||
		!reader_skip(&v, "| "))
		return false;
	*line = v;
	return true;
}

struct view reader_body(struct view line)
{
	if (line.n && line.p[0] != ' ' && !cut_task(&line) && !cut_bracket(&line))
		cut_service(&line);
	return line;
}

bool reader_new_step(uint32_t *step, const struct test_out *out)
{
	bool other = *step != out->at->step + 1;
	*step = out->at->step + 1;
	return other;
}

/* ---- kept text ------------------------------------------------------------------------------- */

void reader_keep(struct reader_text *t, struct view v)
{
	t->n = 0;
	reader_keep_more(t, "", v);
}

void reader_keep_more(struct reader_text *t, const char *separator, struct view v)
{
	struct view parts[] = {view_of(t->n ? separator : ""), v};
	for (size_t i = 0; i < 2; i++) {
		struct view fits = view_cut_utf8(parts[i], sizeof t->p - t->n);
		if (fits.n)
			memcpy(t->p + t->n, fits.p, fits.n);
		t->n += (uint32_t)fits.n;
	}
}

struct view reader_kept(const struct reader_text *t)
{
	return view_make(t->p, t->n);
}

/* ---- results --------------------------------------------------------------------------------- */

void reader_tell(const struct test_out *out, struct test_case one)
{
	if (!one.id.n)
		return;
	one.id = view_cut_utf8(one.id, TEST_ID_MAX);
	one.message = view_cut_utf8(view_trim(one.message), TEST_MESSAGE_MAX);
	one.line = out->at->number;
	out->sink(out->context, &one);
}

void reader_result(const struct test_out *out, struct view id, enum result result)
{
	reader_tell(out, (struct test_case){.id = id, .result = result, .duration_us = -1});
}

void reader_failed(const struct test_out *out, struct view id, struct view message)
{
	reader_tell(out, (struct test_case){.id = id, .result = RESULT_FAILED, .duration_us = -1, .message = message});
}

void reader_joined(const struct test_out *out, struct view a, const char *separator, struct view b, enum result result)
{
	struct reader_text id;
	reader_keep(&id, a);
	reader_keep_more(&id, separator, b);
	reader_result(out, reader_kept(&id), result);
}

void reader_add(int64_t *a, int64_t b)
{
	*a += b > 0 ? b : 0;
}

bool reader_totals(const struct reader_totals *t, struct test_counts *ret)
{
	if (t->any)
		*ret = t->counts;
	return t->any;
}
