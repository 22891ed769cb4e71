/* Which words of a message are the same in the next run, and which are numbers, moments, ids. */
#include "diagnose/signature_word.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool word_char(char c)
{
	return is_digit(c) || is_letter(c);
}

/* Length of a date, a time of day or both at the start of v; 0 when there is none. `d` stands for a digit. */
static size_t match_shape(struct view v, const char *shape)
{
	size_t i = 0;
	for (; shape[i]; i++)
		if (i >= v.n || (shape[i] == 'd' ? !is_digit(v.p[i]) : v.p[i] != shape[i]))
			return 0;
	return i;
}

static size_t match_time(struct view v)
{
	size_t n = match_shape(v, "dd:dd:dd");
	if (!n)
		n = match_shape(v, "dd:dd");
	if (n && n < v.n && (v.p[n] == '.' || v.p[n] == ','))
		for (n++; n < v.n && is_digit(v.p[n]); n++)
			;
	if (n && n < v.n && v.p[n] == 'Z')
		n++;
	return n;
}

static size_t match_moment(struct view v)
{
	size_t n = match_shape(v, "dddd-dd-dd");
	if (!n)
		n = match_shape(v, "dddd/dd/dd");
	if (!n)
		return match_time(v);
	if (n + 1 < v.n && (v.p[n] == 'T' || v.p[n] == ' ')) {
		size_t time = match_time(view_from(v, n + 1));
		n += time ? time + 1 : 0;
	}
	return n;
}

static size_t match_uuid(struct view v)
{
	static const unsigned char groups[] = {8, 4, 4, 4, 12};
	size_t i = 0;
	for (size_t g = 0; g < sizeof groups; g++) {
		if (g && (i >= v.n || v.p[i++] != '-'))
			return 0;
		for (size_t k = 0; k < groups[g]; k++, i++)
			if (i >= v.n || !is_hex(v.p[i]))
				return 0;
	}
	return i;
}

/* The word that ends at the end of v, without what stands between a name and its number. */
static struct view word_before(struct view v)
{
	v = view_trim_right(v);
	while (v.n && strchr(":=([ \"'", v.p[v.n - 1]))
		v.n--;
	size_t start = v.n;
	while (start && (word_char(v.p[start - 1]) || strchr("/.", v.p[start - 1])))
		start--;
	return view_from(v, start);
}

/* "CVE-2024-3094", "RUSTSEC-2024-0001", "PROJ-17": numbers of a name in capitals. */
static bool of_a_name(struct view before)
{
	size_t i = before.n, capitals = 0;
	while (i && (is_digit(before.p[i - 1]) || before.p[i - 1] == '-'))
		i--;
	if (i == before.n || before.p[i] != '-' || before.p[before.n - 1] != '-')
		return false;
	for (; i && before.p[i - 1] >= 'A' && before.p[i - 1] <= 'Z'; i--)
		capitals++;
	return capitals >= 2 && (!i || !word_char(before.p[i - 1]));
}

/* Digits that carry meaning: a status or exit code named as such, an HTTP error before its words, a part of a name. */
static bool meaningful(struct view before, struct view word, struct view after)
{
	static const char *const names[] = {"HTTP", "HTTP/1.1", "HTTP/2", "status", "code", "error", "errno", "Errno",
		"exit", "signal", "SIG", "StatusCode", "statusCode", "status_code", "returned", "responded", "with"};
	after = view_trim(after);
	bool words_follow = after.n && after.p[0] >= 'a' && after.p[0] <= 'z';
	struct view last = word_before(before);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (view_is(last, names[i]))
			return !words_follow || !view_is(last, "with");
	bool http_error = word.n == 3 && (word.p[0] == '4' || word.p[0] == '5');
	return (http_error && after.n && after.p[0] >= 'A' && after.p[0] <= 'Z') || of_a_name(before);
}

/* As Python's tempfile makes them: "tmp" and eight random letters. */
static bool temporary_name(struct view w)
{
	return view_starts(w, "tmp") && w.n == 11;
}

enum word_kind { WORD_KEEP, WORD_NUMBER, WORD_ID };

/* What a run of letters and digits is: text, a plain number, or an id that another run would print differently. */
static enum word_kind classify(struct view w)
{
	size_t digits = 0, hex = 0, turns = 0;
	for (size_t i = 0; i < w.n; i++) {
		digits += is_digit(w.p[i]);
		hex += is_hex(w.p[i]);
		turns += i && is_digit(w.p[i]) != is_digit(w.p[i - 1]);
	}
	if (digits == w.n)
		return WORD_NUMBER;
	if ((digits && hex == w.n && w.n >= 7) || temporary_name(w))
		return WORD_ID;
	/* "12ms", "3s", "10MB": a number with its unit */
	if (is_digit(w.p[0]) && turns == 1 && w.n - digits <= 3)
		return WORD_NUMBER;
	return turns >= 4 && w.n >= 8 && digits * 4 >= w.n ? WORD_ID : WORD_KEEP;
}

static size_t match_address(struct view v)
{
	size_t n = 2;
	if (v.n < 3 || v.p[0] != '0' || v.p[1] != 'x')
		return 0;
	while (n < v.n && is_hex(v.p[n]))
		n++;
	return n > 2 ? n : 0;
}

size_t word_measure(struct view text, size_t i, bool *ret_keep)
{
	struct view rest = view_from(text, i);
	size_t n = match_address(rest);
	n = n ? n : match_uuid(rest);
	n = n ? n : match_moment(rest);
	*ret_keep = false;
	if (n)
		return n;
	while (n < rest.n && word_char(rest.p[n]))
		n++;
	struct view word = view_sub(rest, 0, n);
	enum word_kind kind = classify(word);
	*ret_keep = kind == WORD_KEEP ||
		    (kind == WORD_NUMBER && meaningful(view_sub(text, 0, i), word, view_from(rest, n)));
	/* "1.2.3", "1:23", "0.12s": one number */
	while (!*ret_keep && n + 1 < rest.n && strchr(".,:", rest.p[n]) && is_digit(rest.p[n + 1]))
		for (n++; n < rest.n && word_char(rest.p[n]); n++)
			;
	return n;
}
