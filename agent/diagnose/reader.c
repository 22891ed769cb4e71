#include "diagnose/reader.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

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
	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == ':' || rest.p[0] == '='))
		rest = view_from(rest, 1);
	size_t n = 0;
	while (n < rest.n && digit(rest.p[n]))
		n++;
	uint64_t number;
	return n && view_number(view_sub(rest, 0, n), INT64_MAX, &number) ? (int64_t)number : -1;
}

int64_t reader_duration(struct view text)
{
	double value = 0, place = 1;
	size_t i = 0;
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
	struct view unit = view_trim(view_from(text, i));
	if (!i)
		return -1;
	double scale = view_is(unit, "ms")                                                        ? 1e3
		       : view_is(unit, "s") || view_starts(unit, "sec")                           ? 1e6
		       : view_is(unit, "m") || view_starts(unit, "min")                           ? 6e7
		       : view_is(unit, "us") || view_is(unit, "µs") || view_is(unit, "\xce\xbcs") ? 1
												  : 0;
	return scale > 0 ? (int64_t)(value * scale) : -1;
}

void reader_emit(test_sink *sink, void *context, struct view id, enum result result, int64_t duration_us,
	struct view message, const struct log_line *at)
{
	if (!id.n)
		return;
	struct test_case one = {.id = view_cut_utf8(id, TEST_ID_MAX),
		.result = result,
		.duration_us = duration_us,
		.message = view_cut_utf8(message, TEST_MESSAGE_MAX),
		.line = at->number};
	sink(context, &one);
}

void reader_add(int64_t *a, int64_t b)
{
	*a += b > 0 ? b : 0;
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
