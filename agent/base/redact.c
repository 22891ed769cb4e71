#include "base/redact.h"

#include "base/secret.h"

#include <string.h>

#define STARS "***"
#define LABEL_MAX 80 /* bytes of "-----BEGIN RSA PRIVATE KEY-----" and the like */

static const struct view key_begin = {"-----BEGIN ", 11}, key_end = {"-----END ", 9};

struct scan {
	struct view text;
	size_t at;        /* what is in front of it is settled */
	size_t no_end_to; /* no key ends between `at` and here */
};

static bool is_name(char c)
{
	return secret_class(c) != SECRET_OTHER || c == '_' || c == '-';
}

static bool is_word(char c)
{
	return is_name(c) || c == '+' || c == '/';
}

static size_t line_end(struct view text, size_t at)
{
	size_t n = view_find_char(view_from(text, at), '\n');

	return n == VIEW_NONE ? text.n : at + n;
}

static bool is_key_line(struct view line)
{
	struct view word, stamp;

	line = view_trim(line);
	/* the time stamp of a log */
	stamp = view_sub(line, 0, 30);
	if (view_has(stamp, "T") && view_has(stamp, "Z "))
		line = view_trim(view_from(line, view_find(line, "Z ") + 1));
	if (line.n == 0 || view_starts(line, "Proc-Type:") || view_starts(line, "DEK-Info:") ||
		view_starts(line, "Version:") || view_starts(line, "Comment:"))
		return true;
	return view_word(&line, &word) && line.n == 0 && secret_classes(word) != 0 &&
	       view_find_char(word, ':') == VIEW_NONE && view_find_char(word, '.') == VIEW_NONE;
}

/* Up to the end marker; when that is cut off, as far as lines look like a key. */
static size_t key_block_end(struct scan *s, size_t at)
{
	size_t from = s->no_end_to > at ? s->no_end_to : at;
	struct view block = view_sub(s->text, from, SECRET_BLOCK_MAX - (from - at));
	size_t n = view_find(block, key_end.p), end;

	if (n != VIEW_NONE) {
		end = from + n + key_end.n;
		block = view_sub(s->text, end, line_end(s->text, end) - end);
		n = view_find(view_sub(block, 0, LABEL_MAX), "-----");
		return n == VIEW_NONE ? end : end + n + 5;
	}
	s->no_end_to = from + block.n;
	for (end = line_end(s->text, at); end + 1 < s->text.n;) {
		size_t next = line_end(s->text, end + 1);

		if (!is_key_line(view_sub(s->text, end + 1, next - end - 1)))
			break;
		end = next;
	}
	return end;
}

static bool find_key_block(struct scan *s, size_t at, struct span *ret)
{
	struct view v = view_sub(s->text, at, LABEL_MAX);
	size_t label;

	if (!view_starts(v, key_begin.p))
		return false;
	v = view_from(v, key_begin.n);
	label = view_find(v, "-----");
	if (label == VIEW_NONE || !view_has(view_sub(v, 0, label), "PRIVATE KEY"))
		return false;
	*ret = (struct span){at, key_block_end(s, at)};
	return true;
}

/* What begins in the run of name characters from s->at up to `end`. */
static bool find_in_name(struct scan *s, size_t end, struct span *ret)
{
	size_t at = s->at;

	for (size_t i = at; i < end; i++)
		if (secret_class(s->text.p[i]) != SECRET_OTHER && secret_shape(s->text, i, ret))
			return true;
	return secret_field(s->text, (struct span){at, end}, ret) || secret_url(s->text, end, ret);
}

static bool begins_word(struct view text, size_t at)
{
	return is_word(text.p[at]) && (at == 0 || !is_word(text.p[at - 1]));
}

static bool next_secret(struct scan *s, struct span *ret)
{
	struct view text = s->text;

	while (s->at < text.n) {
		size_t end = s->at;

		if (text.p[end] == '-' && find_key_block(s, end, ret))
			return true;
		while (end < text.n && is_name(text.p[end]))
			end++;
		if (end > s->at && find_in_name(s, end, ret))
			return true;
		if (begins_word(text, s->at) && secret_word(text, s->at, ret))
			return true;
		s->at = end > s->at ? end : end + 1;
	}
	return false;
}

/* Lines stay lines: excerpts and locations count them. */
static void add_stars(struct buf *out, struct view secret)
{
	size_t n = line_end(secret, 0);

	buf_add_text(out, STARS);
	while (n < secret.n) {
		secret = view_from(secret, n + 1);
		n = line_end(secret, 0);
		buf_add_text(out, n ? "\n" STARS : "\n");
	}
}

void redact_text(struct buf *out, struct view text)
{
	struct scan s = {.text = text};
	struct span found;
	size_t done = 0;

	while (next_secret(&s, &found)) {
		buf_add_view(out, view_sub(text, done, found.start - done));
		add_stars(out, view_sub(text, found.start, found.end - found.start));
		done = s.at = found.end;
	}
	buf_add_view(out, view_from(text, done));
}

bool redact_finds(struct view text)
{
	struct scan s = {.text = text};
	struct span found;

	return next_secret(&s, &found);
}
