#include "diagnose/signature.h"

#include "base/hash.h"
#include "diagnose/diagnosis.h"

#include <string.h>

#define NORMAL_MAX ((size_t)2 << 10) /* more of a message says nothing new */

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

static bool is_word(char c)
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

/* Digits that carry meaning: a status or exit code named as such, or an HTTP error before its words. */
static bool meaningful(struct view before, struct view word, struct view after)
{
	static const char *const names[] = {"HTTP", "HTTP/1.1", "HTTP/2", "status", "code", "error", "errno", "Errno",
		"exit", "signal", "SIG", "StatusCode", "status_code"};
	struct view last = view_trim_right(before);
	while (last.n && strchr(":=([ \"'", last.p[last.n - 1]))
		last.n--;
	size_t start = last.n;
	while (start && (is_word(last.p[start - 1]) || strchr("/.", last.p[start - 1])))
		start--;
	last = view_from(last, start);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (view_is(last, names[i]))
			return true;
	bool http_error = word.n == 3 && (word.p[0] == '4' || word.p[0] == '5');
	after = view_trim(after);
	return http_error && after.n && after.p[0] >= 'A' && after.p[0] <= 'Z';
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
	if (digits && hex == w.n && w.n >= 7)
		return WORD_ID;
	/* "12ms", "3s", "10MB": a number with its unit */
	if (is_digit(w.p[0]) && turns == 1 && w.n - digits <= 3)
		return WORD_NUMBER;
	return turns >= 4 && w.n >= 8 && digits * 4 >= w.n ? WORD_ID : WORD_KEEP;
}

static size_t add_word(struct buf *out, struct view text, size_t i)
{
	struct view rest = view_from(text, i);
	if (rest.n > 2 && rest.p[0] == '0' && rest.p[1] == 'x' && is_hex(rest.p[2])) {
		size_t n = 2;
		while (n < rest.n && is_hex(rest.p[n]))
			n++;
		buf_add_char(out, '#');
		return n;
	}
	size_t special = match_uuid(rest);
	if (!special)
		special = match_moment(rest);
	if (special) {
		buf_add_char(out, '#');
		return special;
	}
	size_t n = 0;
	while (n < rest.n && is_word(rest.p[n]))
		n++;
	struct view word = view_sub(rest, 0, n);
	enum word_kind kind = classify(word);
	bool keep = kind == WORD_KEEP ||
		    (kind == WORD_NUMBER && meaningful(view_sub(text, 0, i), word, view_from(rest, n)));
	if (keep)
		buf_add_view(out, word);
	else if (!out->n || out->p[out->n - 1] != '#')
		buf_add_char(out, '#');
	/* "1.2.3", "1:23", "0.12s": one number */
	while (!keep && n + 1 < rest.n && strchr(".,:", rest.p[n]) && is_digit(rest.p[n + 1]))
		for (n++; n < rest.n && is_word(rest.p[n]); n++)
			;
	return n;
}

static size_t path_length(struct view v)
{
	size_t n = 0;
	while (n < v.n && (unsigned char)v.p[n] > ' ' && !strchr("\"'`<>|()[],;", v.p[n]))
		n++;
	return n;
}

/* Absolute paths: what lies below the workspace stays, temporary places become a word, other roots stay. */
static size_t add_path(struct buf *out, struct view rest)
{
	static const char *const temporary[] = {
		"/tmp/", "/var/folders/", "/private/var/", "/home/runner/work/_temp/", "/dev/shm/"};
	size_t n = path_length(rest);
	struct view path = view_sub(rest, 0, n), inside = path_below_workspace(path);
	for (size_t i = 0; i < sizeof temporary / sizeof *temporary; i++)
		if (view_starts(path, temporary[i])) {
			buf_add_text(out, "<tmp>");
			return n;
		}
	if (!inside.n)
		return 0;
	BUF_AUTO relative = buf_new(NORMAL_MAX);
	path_relative(&relative, path, (struct view){0}, (struct view){0});
	struct view v = buf_view(&relative);
	for (size_t i = 0; i < v.n;) {
		if (is_word(v.p[i]))
			i += add_word(out, v, i);
		else
			buf_add_char(out, v.p[i++]);
	}
	return n;
}

static bool path_starts(struct view text, size_t i)
{
	bool at_start = !i || !(is_word(text.p[i - 1]) || strchr("./\\", text.p[i - 1]));
	struct view rest = view_from(text, i);
	return at_start && rest.n > 3 &&
	       (rest.p[0] == '/' || (rest.p[1] == ':' && (rest.p[2] == '\\' || rest.p[2] == '/')));
}

void signature_normalise(struct buf *out, struct view message)
{
	struct view text = view_sub(view_trim(message), 0, NORMAL_MAX);
	size_t start = out->n;
	for (size_t i = 0; i < text.n;) {
		size_t path = path_starts(text, i) ? add_path(out, view_from(text, i)) : 0;
		if (path) {
			i += path;
		} else if (is_word(text.p[i])) {
			i += add_word(out, text, i);
		} else if (text.p[i] == ' ' || text.p[i] == '\t') {
			if (out->n > start && out->p[out->n - 1] != ' ')
				buf_add_char(out, ' ');
			i++;
		} else {
			buf_add_char(out, text.p[i] == '\\' ? '/' : text.p[i]);
			i++;
		}
	}
	while (out->n > start && out->p[out->n - 1] == ' ')
		buf_cut(out, out->n - 1);
}

/* Sentences that stand in any failure. */
static bool says_nothing(struct view normal)
{
	static const char *const empty[] = {"The operation was canceled.", "Process completed with exit code",
		"Error:", "error", "failed", "Killed"};
	if (normal.n < 3)
		return true;
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
		if (view_starts(normal, empty[i]) && normal.n <= strlen(empty[i]) + 4)
			return true;
	return false;
}

void signature_make(char *ret, enum category category, const char *tool, struct view message, struct view subject)
{
	BUF_AUTO normal = buf_new(BUF_LINE);
	signature_normalise(&normal, message);
	ret[0] = 0;
	if (says_nothing(buf_view(&normal)) && !subject.n)
		return;
	BUF_AUTO all = buf_new(BUF_PAGE);
	buf_addf(&all, "%s%c%s%c%.*s%c%.*s", category_name(category), 0, tool ? tool : "", 0,
		VIEW_ARG(buf_view(&normal)), 0, VIEW_ARG(subject));
	char hex[HASH_HEX_MAX];
	hash_view(buf_view(&all), hex);
	memcpy(ret, "1:", 2);
	memcpy(ret + 2, hex, HASH_HEX_MAX);
}
