/* signers_read.c - OpenSSH's allowed_signers, line by line: what cannot be understood allows nobody and is named. */
#include "attest/signers.h"
#include "attest/ssh_public.h"
#include "attest/sshsig.h"
#include "base/file.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_BYTES_MAX ((size_t)32 << 10)
#define LIST_MAX 64u   /* principals, namespaces, branches of a line */
#define NOTES_MAX 100u /* the rest is not told: nobody reads more */
#define COMMENT_MAX 200u

struct reading {
	struct signers *ret;
	size_t cap, note_cap;
	unsigned line;
};

/* ---- words ------------------------------------------------------------------------------------------------------ */

/* Up to a blank outside of quotes; false where a quote stays open. A backslash before a quote keeps it within. */
static bool take_word(struct view *rest, struct view *ret)
{
	bool quoted = false;
	size_t i = 0;

	*rest = view_trim(*rest);
	for (; i < rest->n && (quoted || (rest->p[i] != ' ' && rest->p[i] != '\t')); i++) {
		if (rest->p[i] == '\\' && i + 1 < rest->n && rest->p[i + 1] == '"')
			i++;
		else if (rest->p[i] == '"')
			quoted = !quoted;
	}
	*ret = view_sub(*rest, 0, i);
	*rest = view_trim(view_from(*rest, i));
	return !quoted;
}

/* Commas separate; empty items, control characters and more than LIST_MAX are refused (NULL). */
static const char *const *split(struct arena *a, struct view text)
{
	const char **list = arena_array(a, LIST_MAX + 1, sizeof(*list));
	struct view rest = text, item;
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		if (iscntrl((unsigned char)text.p[i]) || text.p[i] == '"')
			return NULL;
	while (view_next(&rest, ',', &item)) {
		if (item.n == 0 || n == LIST_MAX)
			return NULL;
		list[n++] = arena_view(a, item).p;
	}
	return n && !view_ends(text, ",") ? list : NULL;
}

/* ---- options ---------------------------------------------------------------------------------------------------- */

static bool all_digits(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!isdigit((unsigned char)v.p[i]))
			return false;
	return true;
}

/* YYYYMMDD, YYYYMMDDHHMM, YYYYMMDDHHMMSS, and "Z" or "UTC" behind it. */
static bool take_time(struct view v, int64_t *ret)
{
	char iso[CLOCK_TEXT_MAX];
	const char *d = v.p;

	if (view_ends(v, "Z"))
		v.n--;
	else if (view_ends(v, "UTC"))
		v.n -= 3;
	if ((v.n != 8 && v.n != 12 && v.n != 14) || !all_digits(v))
		return false;
	snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 4, d + 6, v.n > 8 ? d + 8 : "00",
		v.n > 8 ? d + 10 : "00", v.n > 12 ? d + 12 : "00");
	return clock_parse(view_of(iso), ret);
}

static const char *take_times(struct signer *s, int64_t *time, struct view value)
{
	if (*time != CLOCK_UNKNOWN)
		return "an option stands twice";
	if (!take_time(value, time))
		return "a time must be YYYYMMDD or YYYYMMDDHHMM[SS], with Z for UTC";
	if (s->valid_after != CLOCK_UNKNOWN && s->valid_before != CLOCK_UNKNOWN && s->valid_after > s->valid_before)
		return "valid-after lies behind valid-before";
	return NULL;
}

static const char *take_list(struct arena *a, const char *const **list, struct view value)
{
	if (*list)
		return "an option stands twice";
	*list = split(a, value);
	return *list ? NULL : "a list must hold names between commas";
}

static const char *check_branches(const char *const *globs)
{
	for (; *globs; globs++)
		if (**globs == '!' || file_glob_check(*globs, NULL) != 0)
			return "a branch must be a name or a pattern such as release-*";
	return NULL;
}

static const char *take_option(struct arena *a, struct signer *s, struct view name, struct view value)
{
	const char *wrong;

	if (view_eq_nocase(name, VIEW("namespaces")))
		return take_list(a, &s->namespaces, value);
	if (view_eq_nocase(name, VIEW("valid-after")))
		return take_times(s, &s->valid_after, value);
	if (view_eq_nocase(name, VIEW("valid-before")))
		return take_times(s, &s->valid_before, value);
	if (!view_eq_nocase(name, VIEW("branches")))
		return "an option is not known (known: namespaces, valid-after, valid-before, branches)";
	wrong = take_list(a, &s->branches, value);
	return wrong ? wrong : check_branches(s->branches);
}

/* name="value",name="value" */
static const char *take_options(struct arena *a, struct signer *s, struct view text)
{
	while (text.n) {
		size_t name = 0, end;
		const char *wrong;

		while (name < text.n && text.p[name] != '=' && text.p[name] != ',')
			name++;
		if (view_eq_nocase(view_sub(text, 0, name), VIEW("cert-authority")))
			return "certificates are not supported";
		if (!view_starts(view_from(text, name), "=\""))
			return "an option must have the form name=\"value\"";
		end = view_find_char(view_from(text, name + 2), '"');
		if (end == VIEW_NONE)
			return "a quote stays open";
		wrong = take_option(a, s, view_sub(text, 0, name), view_sub(text, name + 2, end));
		if (wrong)
			return wrong;
		text = view_from(text, name + 2 + end + 1);
		if (text.n && (*text.p != ',' || text.n == 1))
			return "options must be separated by commas";
		text = view_from(text, 1);
	}
	return NULL;
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

static const char *take_principals(struct arena *a, struct signer *s, struct view word)
{
	if (word.n >= 2 && *word.p == '"' && word.p[word.n - 1] == '"')
		word = view_sub(word, 1, word.n - 2);
	s->principals = split(a, word);
	return s->principals ? NULL : "principals must be names between commas";
}

static const char *take_key(struct arena *a, struct signer *s, struct view text, struct err *why)
{
	BUF_AUTO blob = buf_new(SSH_KEY_BLOB_MAX);
	struct view type, code;
	struct ssh_public k;

	if (ssh_public_read(&blob, text, why) != 0)
		return why->text;
	if (!take_word(&text, &type) || !take_word(&text, &code) || ssh_public_parse(&k, buf_view(&blob), why) != 0)
		return "no public key";
	s->key = arena_view(a, buf_view(&blob));
	s->key_type = k.type->name;
	s->comment = arena_view(a, view_cut_utf8(text, COMMENT_MAX)).p;
	return NULL;
}

/* NULL, or why the line allows nobody. */
static const char *take_line(struct reading *r, struct signer *s, struct view line, struct err *why)
{
	struct arena *a = &r->ret->arena;
	struct view word, behind;
	const char *wrong;

	if (line.n > LINE_BYTES_MAX || memchr(line.p, 0, line.n))
		return "the line is too long, or holds NUL";
	if (!take_word(&line, &word))
		return "a quote stays open";
	wrong = take_principals(a, s, word);
	behind = line;
	if (wrong || !take_word(&behind, &word))
		return wrong ? wrong : "a quote stays open";
	if (word.n == 0)
		return "there is no key behind the principals";
	if (ssh_key_type(word))
		return take_key(a, s, line, why);
	if (view_find_char(word, '=') == VIEW_NONE && !view_eq_nocase(word, VIEW("cert-authority")))
		return take_key(a, s, line, why);
	wrong = take_options(a, s, word);
	return wrong ? wrong : take_key(a, s, behind, why);
}

static void add_note(struct reading *r, const char *wrong)
{
	struct signers *s = r->ret;

	if (s->note_count == NOTES_MAX)
		return;
	MEM_PUSH(s->notes, s->note_count, r->note_cap);
	s->notes[s->note_count++] = arena_format(&s->arena, "line %u: %s", r->line, wrong);
}

static void read_line(struct reading *r, struct view line)
{
	struct signer s = {.valid_after = CLOCK_UNKNOWN, .valid_before = CLOCK_UNKNOWN, .line = r->line};
	struct err why = {0};
	const char *wrong;

	line = view_trim(line);
	if (line.n == 0 || *line.p == '#')
		return;
	wrong = take_line(r, &s, line, &why);
	if (wrong) {
		add_note(r, wrong);
		return;
	}
	MEM_PUSH(r->ret->items, r->ret->count, r->cap);
	r->ret->items[r->ret->count++] = s;
}

int signers_read(struct signers *ret, struct view text, struct err *e)
{
	struct reading r = {.ret = ret};
	struct view line;

	*ret = (struct signers){0};
	if (text.n > SIGNERS_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "a list of signers of more than %zu bytes", SIGNERS_BYTES_MAX);
	if (view_trim(text).n == 0)
		return err_set(e, ERR_INPUT, "the list of signers is empty");
	while (view_next(&text, '\n', &line)) {
		if (++r.line > SIGNERS_LINES_MAX) {
			signers_done(ret);
			return err_set(e, ERR_LIMIT, "a list of signers of more than %u lines", SIGNERS_LINES_MAX);
		}
		read_line(&r, line);
	}
	return 0;
}

void signers_done(struct signers *s)
{
	free(s->items);
	free((void *)s->notes);
	arena_done(&s->arena);
	*s = (struct signers){0};
}
