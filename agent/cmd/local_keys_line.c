#include "cmd/local_keys.h"

#include "attest/keys.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "heal/process.h"

#include <stdlib.h>
#include <string.h>

#define MAIL_SECONDS 5

/* ---- writing -------------------------------------------------------------------------------------- */

static void add_list(struct buf *out, const char *name, const char *const *list, bool *any)
{
	if (!list)
		return;
	buf_addf(out, "%s%s=\"", *any ? "," : " ", name);
	for (size_t i = 0; list[i]; i++)
		buf_addf(out, "%s%s", i ? "," : "", list[i]);
	buf_add_char(out, '"');
	*any = true;
}

/* "20270630", or to the second where it is not midnight. Without Z: older versions of ssh-keygen do not know it. */
static void add_time(struct buf *out, const char *name, int64_t time, bool *any)
{
	char text[CLOCK_TEXT_MAX];

	if (time == CLOCK_UNKNOWN)
		return;
	clock_iso(time, text);
	buf_addf(out, "%s%s=\"", *any ? "," : " ", name);
	for (const char *p = text; *p; p++)
		if (*p >= '0' && *p <= '9' && (time % CLOCK_DAY || p < text + 10))
			buf_add_char(out, *p);
	buf_add_char(out, '"');
	*any = true;
}

void local_keys_line(struct buf *out, const struct signer *s)
{
	bool any = false;

	for (size_t i = 0; s->principals && s->principals[i]; i++)
		buf_addf(out, "%s%s", i ? "," : "", s->principals[i]);
	add_list(out, "namespaces", s->namespaces, &any);
	add_list(out, "branches", s->branches, &any);
	add_time(out, "valid-after", s->valid_after, &any);
	add_time(out, "valid-before", s->valid_before, &any);
	buf_addf(out, " %s ", s->key_type);
	base64_add(out, s->key);
	if (s->comment && *s->comment)
		buf_addf(out, " %s", s->comment);
}

/* ---- reading -------------------------------------------------------------------------------------- */

static int take_bare(struct local_keys *k, struct view line, struct signer *ret, struct err *e)
{
	BUF_AUTO blob = buf_new(SSH_KEY_BLOB_MAX);
	struct view type, code;

	if (ssh_public_read(&blob, line, e) != 0)
		return -1;
	view_word(&line, &type);
	view_word(&line, &code);
	*ret = (struct signer){.valid_after = CLOCK_UNKNOWN, .valid_before = CLOCK_UNKNOWN};
	ret->key = arena_view(&k->arena, buf_view(&blob));
	ret->key_type = arena_view(&k->arena, type).p;
	ret->comment = arena_view(&k->arena, view_trim(line)).p;
	return 0;
}

static int take_pem(struct local_keys *k, struct view text, struct signer *ret, struct err *e)
{
	unsigned char key[KEY_PUBLIC];
	BUF_AUTO line = buf_new(LOCAL_LINE_MAX);

	if (key_read_pem(key, text, e) != 0)
		return -1;
	key_ssh(&line, key);
	return take_bare(k, buf_view(&line), ret, e);
}

static const char *const *copy_list(struct arena *a, const char *const *list)
{
	size_t n = 0;
	const char **copy;

	while (list && list[n])
		n++;
	copy = list ? arena_array(a, n + 1, sizeof(*copy)) : NULL;
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_text(a, list[i]);
	return copy;
}

static struct signer copy_signer(struct arena *a, const struct signer *s)
{
	struct signer copy = *s;

	copy.principals = copy_list(a, s->principals);
	copy.namespaces = copy_list(a, s->namespaces);
	copy.branches = copy_list(a, s->branches);
	copy.key = arena_view(a, s->key);
	copy.comment = arena_text(a, s->comment);
	return copy;
}

static int take_whole(struct local_keys *k, struct view line, struct signer *ret, struct err *e)
{
	struct signers list;
	int result = 0;

	if (signers_read(&list, line, e) < 0)
		return -1;
	if (list.count == 1)
		*ret = copy_signer(&k->arena, &list.items[0]);
	else
		result = err_set(e, ERR_INPUT, "no public key: %s",
			list.note_count ? list.notes[0] : "its form is `ssh-ed25519 AAAA... comment`");
	signers_done(&list);
	return result;
}

/* The first line that is none of comments and blanks. */
static struct view first_line(struct view text)
{
	struct view line;

	while (view_next(&text, '\n', &line)) {
		line = view_trim(line);
		if (line.n && *line.p != '#')
			return line;
	}
	return view_of(NULL);
}

int local_keys_parse(struct local_keys *k, struct view text, struct signer *ret, struct err *e)
{
	struct view line = first_line(text), rest = line, word;
	struct err bare;

	if (view_has(text, "PRIVATE KEY-----"))
		return err_set(e, ERR_REFUSED, "that is a private key: it stays where it is; name its public half");
	if (view_has(text, "-----BEGIN PUBLIC KEY-----"))
		return take_pem(k, text, ret, e);
	if (take_bare(k, line, ret, &bare) == 0)
		return 0;
	if (view_word(&rest, &word) &&
		(view_starts(word, "ssh-") || view_starts(word, "ecdsa-") || view_starts(word, "sk-")))
		return err_set(e, bare.code, "%s", bare.text);
	return take_whole(k, line, ret, e);
}

int local_keys_operand(struct local_keys *k, struct signer *ret, struct err *e)
{
	const struct args *args = k->session->args;
	BUF_AUTO text = buf_new(LOCAL_LINE_MAX);
	BUF_AUTO file = {0};

	if (args->rest_count < 3)
		return err_set(e, ERR_USAGE, "which key? name a file, or the line with the public key");
	for (size_t i = 2; i < args->rest_count; i++)
		buf_addf(&text, "%s%s", i > 2 ? " " : "", args->rest[i]);
	if (args->rest_count > 3 || !file_exists(args->rest[2]))
		return local_keys_parse(k, buf_view(&text), ret, e);
	if (file_read(args->rest[2], LOCAL_LINE_MAX, &file, e) < 0)
		return -1;
	return local_keys_parse(k, buf_view(&file), ret, e) < 0 ? err_wrap(e, "%s", args->rest[2]) : 0;
}

/* ---- who ------------------------------------------------------------------------------------------ */

const char *const *local_keys_list(struct local_keys *k, const char *text)
{
	struct view rest = view_of(text), one;
	const char **list = arena_array(&k->arena, rest.n + 2, sizeof(*list));
	size_t n = 0;

	while (view_next(&rest, ',', &one))
		if (view_trim(one).n)
			list[n++] = arena_view(&k->arena, view_trim(one)).p;
	return n ? list : NULL;
}

static bool is_one_person(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] <= ' ' || v.p[i] == 0x7f || strchr("\"',*?!#\\", v.p[i]))
			return false;
	return v.n > 0 && v.n <= 254;
}

/* git is asked as the developer has it set up, which our own reader of repositories leaves out on purpose. */
static const char *mail_of_git(struct local_keys *k)
{
	const char *const argv[] = {"git", "config", "--get", "user.email", NULL};
	const struct process_options o = {
		.directory = k->root, .home = session_variable("HOME"), .timeout_s = MAIL_SECONDS};
	struct process_result r;
	const char *mail = NULL;
	struct err e;

	if (process_run(&r, argv, &o, &e) == 0 && r.exit_code == 0 && is_one_person(view_trim(buf_view(&r.output))))
		mail = arena_view(&k->arena, view_trim(buf_view(&r.output))).p;
	process_result_done(&r);
	return mail;
}

int local_keys_principal(struct local_keys *k, const char *comment, const char **ret, struct err *e)
{
	const char *given = args_text(k->session->args, "principal", NULL);
	struct view v = view_of(comment);

	if (given && !is_one_person(view_of(given)))
		return err_set(
			e, ERR_USAGE, "--principal takes one person's address, without blanks, commas and patterns");
	*ret = given;
	if (!given && view_find_char(v, '@') != VIEW_NONE && is_one_person(v))
		*ret = comment;
	if (!*ret)
		*ret = mail_of_git(k);
	return 0;
}
