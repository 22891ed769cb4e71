#include "diagnose/signature.h"

#include "base/hash.h"
#include "diagnose/signature_word.h"

#include <string.h>

#define NORMAL_MAX ((size_t)2 << 10) /* more of a message says nothing new */

static size_t add_word(struct buf *out, struct view text, size_t i)
{
	bool keep;
	size_t n = word_measure(text, i, &keep);
	if (keep)
		buf_add_view(out, view_sub(text, i, n));
	else if (!out->n || out->p[out->n - 1] != '#')
		buf_add_char(out, '#');
	return n;
}

static void add_words(struct buf *out, struct view text)
{
	for (size_t i = 0; i < text.n;) {
		if (word_char(text.p[i]))
			i += add_word(out, text, i);
		else
			buf_add_char(out, text.p[i++]);
	}
}

static size_t path_length(struct view v)
{
	size_t n = 0;
	while (n < v.n && (unsigned char)v.p[n] > ' ' && !strchr("\"'`<>|()[],;", v.p[n]))
		n++;
	return n;
}

/* Length of the absolute path or file address that begins at text.p[i]; 0 when none does. */
static size_t measure_path(struct view text, size_t i)
{
	bool at_start = !i || !(word_char(text.p[i - 1]) || strchr("./\\", text.p[i - 1]));
	struct view rest = view_from(text, i);
	size_t n = at_start && !view_starts(rest, "//") ? path_length(rest) : 0;
	return n > 3 && (path_absolute(rest) || view_starts(rest, "file://")) ? n : 0;
}

static void add_path(struct buf *out, struct view path)
{
	BUF_AUTO stable = buf_new(BUF_LINE);
	path_stable(&stable, path);
	add_words(out, buf_view(&stable));
}

/* Other bytes as they are, but runs of blanks as one, and backslashes, also doubled in quoted text, as '/'. */
static void add_other(struct buf *out, size_t start, char c)
{
	char last = out->n > start ? out->p[out->n - 1] : 0;
	if (c == ' ' || c == '\t') {
		if (last && last != ' ')
			buf_add_char(out, ' ');
	} else if (c != '\\') {
		buf_add_char(out, c);
	} else if (last != '/') {
		buf_add_char(out, '/');
	}
}

void signature_normalise(struct buf *out, struct view message)
{
	struct view text = view_sub(view_trim(message), 0, NORMAL_MAX);
	size_t start = out->n;
	for (size_t i = 0; i < text.n;) {
		size_t path = measure_path(text, i);
		if (path) {
			add_path(out, view_sub(text, i, path));
			i += path;
		} else if (word_char(text.p[i])) {
			i += add_word(out, text, i);
		} else {
			add_other(out, start, text.p[i++]);
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

void signature_make(char *ret, const struct signature_parts *parts)
{
	BUF_AUTO all = buf_new(BUF_PAGE), normal = buf_new(BUF_LINE);
	signature_normalise(&normal, parts->message);
	ret[0] = 0;
	bool named = parts->subject.n || parts->names[0].n || parts->names[1].n || parts->names[2].n;
	if (says_nothing(buf_view(&normal)) && !named)
		return;
	buf_addf(&all, "%s%c%s%c", category_name(parts->category), 0, parts->tool ? parts->tool : "", 0);
	buf_add_view(&all, buf_view(&normal));
	buf_add_char(&all, 0);
	buf_add_view(&all, parts->subject);
	buf_add_char(&all, 0);
	buf_add_view(&all, parts->code);
	for (size_t i = 0; i < sizeof parts->names / sizeof *parts->names; i++) {
		buf_add_char(&all, 0);
		signature_normalise(&all, parts->names[i]);
	}
	char hex[HASH_HEX_MAX];
	hash_view(buf_view(&all), hex);
	memcpy(ret, "1:", 2);
	memcpy(ret + 2, hex, HASH_HEX_MAX);
}
