/* local_keys_own.c - the key that signs on this machine. */
#include "cmd/local_keys.h"

#include "attest/keys.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/local_key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *public_path(const char *path)
{
	BUF_AUTO name = buf_new(BUF_LINE);

	buf_addf(&name, "%s.pub", path);
	return buf_take(&name);
}

static int need_path(char **ret, struct err *e)
{
	*ret = local_key_path();
	return *ret ? 0 : err_set(e, ERR_USAGE, "there is no place for a key: neither XDG_CONFIG_HOME nor HOME is set");
}

int local_keys_own_public(struct local_keys *k, struct signer *ret, struct err *e)
{
	MEM_AUTO char *path = local_key_path(), *name = path ? public_path(path) : NULL, *ssh = local_key_ssh();
	BUF_AUTO text = {0};

	if (path && file_exists(path))
		return file_read(name, LOCAL_LINE_MAX, &text, e) < 0 ? -1
								     : local_keys_parse(k, buf_view(&text), ret, e);
	if (!ssh)
		return err_set(e, ERR_NOT_FOUND, "there is no key here yet: `runmedic local keys init` makes one");
	if (!view_ends(view_of(ssh), ".pub")) {
		free(name);
		name = public_path(ssh);
	}
	return file_read(view_ends(view_of(ssh), ".pub") ? ssh : name, LOCAL_LINE_MAX, &text, e) < 0
		       ? -1
		       : local_keys_parse(k, buf_view(&text), ret, e);
}

/* ---- telling -------------------------------------------------------------------------------------- */

static void tell_key(struct local_keys *k, const struct signer *s, const char *path)
{
	char fingerprint[SSH_FINGERPRINT_MAX];

	ssh_fingerprint(s->key, fingerprint);
	buf_addf(&k->text, "%s %s in %s\n", s->key_type, fingerprint, path);
	json_add_text(k->json, "path", path);
	json_add_text(k->json, "type", s->key_type);
	json_add_text(k->json, "fingerprint", fingerprint);
}

static void tell_line(struct local_keys *k, const struct signer *s, bool known)
{
	BUF_AUTO line = buf_new(LOCAL_LINE_MAX);

	local_keys_line(&line, s);
	json_add_text(k->json, "line", buf_text(&line));
	buf_addf(&k->text,
		"\nThis line lets it sign; it counts once it stands in %s on the default branch:\n\n%s\n\n"
		"`runmedic local keys allow '%s'` adds it to this work tree for a pull request.\n",
		k->allowed, buf_text(&line), buf_text(&line));
	if (!known)
		buf_add_text(&k->text, "Whose key is it? Put the address for you@example.org (--principal).\n");
}

/* For one person and nothing but local results. */
static int make_signer(struct local_keys *k, struct signer *s, bool *ret_known, struct err *e)
{
	const char **who = arena_array(&k->arena, 2, sizeof(*who));

	if (local_keys_principal(k, s->comment, &who[0], e) < 0)
		return -1;
	*ret_known = who[0] != NULL;
	if (!who[0])
		who[0] = "you@example.org";
	s->principals = who;
	s->namespaces = local_keys_list(k, SSHSIG_NAMESPACE);
	return 0;
}

/* ---- Ed25519 -------------------------------------------------------------------------------------- */

static int public_of(struct local_keys *k, const struct signing_key *key, struct signer *ret, struct err *e)
{
	unsigned char bytes[KEY_PUBLIC];
	BUF_AUTO line = buf_new(LOCAL_LINE_MAX);

	signing_key_public(key, bytes);
	key_ssh(&line, bytes);
	return local_keys_parse(k, buf_view(&line), ret, e);
}

/* The public half beside it: nobody should have to type a passphrase to see which key this is. */
static int write_pair(struct local_keys *k, const char *path, struct signer *ret, struct err *e)
{
	MEM_AUTO char *folder = file_folder(path), *name = public_path(path);
	BUF_AUTO line = buf_new(LOCAL_LINE_MAX);
	struct signing_key *key = NULL;
	const char *passphrase = NULL;
	int result = -1;

	if (file_exists(path))
		return err_set(
			e, ERR_REFUSED, "there is a key already: %s; `runmedic local keys rotate` replaces it", path);
	passphrase = local_passphrase_new(k->session, e);
	if (passphrase && file_make_directories(folder, e) == 0 && signing_key_new(&key, e) == 0 &&
		public_of(k, key, ret, e) == 0)
		result = signing_key_write(key, path, *passphrase ? passphrase : NULL, e);
	if (result == 0) {
		local_keys_line(&line, ret);
		result = file_write_atomic(name, view_trim(buf_view(&line)), 0644, e);
	}
	json_add_bool(k->json, "passphrase", passphrase && *passphrase);
	local_passphrase_forget();
	signing_key_free(key);
	return result;
}

static void forget_choice(void)
{
	MEM_AUTO char *choice = local_key_choice();

	if (choice)
		unlink(choice);
}

static int init_ed25519(struct local_keys *k, struct err *e)
{
	MEM_AUTO char *path = NULL;
	struct signer s = {0};
	bool known;

	if (need_path(&path, e) < 0 || write_pair(k, path, &s, e) < 0 || make_signer(k, &s, &known, e) < 0)
		return -1;
	forget_choice();
	tell_key(k, &s, path);
	tell_line(k, &s, known);
	return 0;
}

/* ---- the developer's own SSH key ------------------------------------------------------------------- */

/* Private keys are signed with here only where they are Ed25519; all others are the agent's work, which is asked by
 * the public half. */
static char *find_ssh(const struct local_keys *k, struct err *e)
{
	static const char *const names[] = {".ssh/id_ed25519", ".ssh/id_ed25519_sk.pub", ".ssh/id_ecdsa.pub",
		".ssh/id_ecdsa_sk.pub", ".ssh/id_rsa.pub"};
	const char *given = args_text(k->session->args, "key", NULL), *home = session_variable("HOME");

	if (given) {
		char *real = realpath(given, NULL);

		if (!real)
			err_errno(e, "%s", given);
		return real;
	}
	for (size_t i = 0; home && i < sizeof(names) / sizeof(*names); i++) {
		char *path = file_join(home, names[i]);

		if (file_exists(path))
			return path;
		free(path);
	}
	err_set(e, ERR_NOT_FOUND, "there is no SSH key in ~/.ssh; name one with --key FILE");
	return NULL;
}

static int read_ssh(struct local_keys *k, const char *path, struct signer *ret, struct err *e)
{
	MEM_AUTO char *name = view_ends(view_of(path), ".pub") ? mem_text(path) : public_path(path);
	BUF_AUTO text = {0};

	if (file_read(name, LOCAL_LINE_MAX, &text, e) < 0)
		return -1;
	return local_keys_parse(k, buf_view(&text), ret, e) < 0 ? err_wrap(e, "%s", name) : 0;
}

static int init_ssh(struct local_keys *k, struct err *e)
{
	MEM_AUTO char *own = NULL, *choice = local_key_choice(), *path = NULL, *folder = NULL;
	BUF_AUTO line = buf_new(BUF_LINE);
	struct signer s = {0};
	bool known;

	if (need_path(&own, e) < 0)
		return -1;
	if (file_exists(own))
		return err_set(e, ERR_REFUSED, "%s is there and signs: put it away first", own);
	path = find_ssh(k, e);
	if (!path || read_ssh(k, path, &s, e) < 0 || make_signer(k, &s, &known, e) < 0)
		return -1;
	folder = file_folder(choice);
	buf_addf(&line, "%s\n", path);
	if (file_make_directories(folder, e) < 0 || file_write_atomic(choice, buf_view(&line), 0600, e) < 0)
		return -1;
	tell_key(k, &s, path);
	if (view_ends(view_of(path), ".pub"))
		buf_add_text(&k->text, "The SSH agent signs with it: it must run, and hold the key.\n");
	tell_line(k, &s, known);
	return 0;
}

int local_keys_init(struct local_keys *k, struct err *e)
{
	const struct args *args = k->session->args;

	if (args_flag(args, "ssh") && args_flag(args, "ed25519"))
		return err_set(e, ERR_USAGE, "--ssh or --ed25519, not both");
	if (args_text(args, "key", NULL) && !args_flag(args, "ssh"))
		return err_set(e, ERR_USAGE, "--key is for `keys init --ssh`");
	return args_flag(args, "ssh") ? init_ssh(k, e) : init_ed25519(k, e);
}

/* ---- rotation ------------------------------------------------------------------------------------- */

/* signing_key.pem -> signing_key-20261121.pem, the next free name of this day. */
static int put_away(struct local_keys *k, const char *path, const char **ret, struct err *e)
{
	MEM_AUTO char *public_name = public_path(path), *put_public = NULL;
	char date[CLOCK_TEXT_MAX];

	for (unsigned i = 1; i < 100; i++) {
		const char *name = arena_format(&k->arena, "%.*s-%s%s.pem", (int)(strlen(path) - strlen(".pem")), path,
			clock_date(clock_now(), date), i > 1 ? arena_format(&k->arena, "-%u", i) : "");

		if (file_exists(name))
			continue;
		put_public = public_path(name);
		*ret = name;
		if (rename(path, name) != 0)
			return err_errno(e, "cannot rename %s", path);
		if (rename(public_name, put_public) != 0 && errno != ENOENT)
			return err_errno(e, "cannot rename %s", public_name);
		return 0;
	}
	return err_set(e, ERR_LIMIT, "there are 99 keys of this day beside %s", path);
}

static int64_t end_of_today(void)
{
	int64_t now = clock_now();

	return now - now % CLOCK_DAY + CLOCK_DAY;
}

static bool is_key(const struct signer *s, struct view key)
{
	return view_eq(s->key, key);
}

/* The old key's lines end with this day, and the new one gets lines of its own with the same rights. */
static void rewrite(struct local_keys *k, struct buf *out, struct view text, const struct signer *before,
	const struct signer *after, unsigned *ret_lines)
{
	struct view line;

	while (view_next(&text, '\n', &line)) {
		struct signer s = {0};

		if (!view_trim(line).n || *view_trim(line).p == '#' || local_keys_parse(k, line, &s, NULL) < 0 ||
			!s.principals || !is_key(&s, before->key)) {
			buf_add_view(out, line);
			buf_add_char(out, '\n');
			continue;
		}
		if (s.valid_before == CLOCK_UNKNOWN || s.valid_before > end_of_today())
			s.valid_before = end_of_today();
		local_keys_line(out, &s);
		buf_add_char(out, '\n');
		s.key = after->key;
		s.key_type = after->key_type;
		s.comment = NULL;
		s.valid_before = s.valid_after = CLOCK_UNKNOWN;
		local_keys_line(out, &s);
		buf_add_char(out, '\n');
		(*ret_lines)++;
	}
}

static int rewrite_list(struct local_keys *k, const struct signer *before, const struct signer *after, struct err *e)
{
	MEM_AUTO char *allowed = NULL, *revoked = NULL;
	BUF_AUTO old = {0}, new = buf_new(SIGNERS_BYTES_MAX);
	unsigned lines = 0;

	if (local_keys_paths(k, &allowed, &revoked, e) < 0 || local_keys_read(allowed, &old, e) < 0)
		return -1;
	rewrite(k, &new, buf_view(&old), before, after, &lines);
	if (new.full)
		return err_set(e, ERR_LIMIT, "%s would have more than %zu bytes", allowed, SIGNERS_BYTES_MAX);
	json_add_int(k->json, "lines", lines);
	if (!lines) {
		buf_addf(&k->text, "%s does not name the old key: nothing was changed there.\n", k->allowed);
		return 0;
	}
	buf_addf(&k->text,
		"%s of this work tree has both: the old key to the end of today (UTC), the new one from now "
		"on. Bring it to the default branch.\n",
		k->allowed);
	return file_write_atomic(allowed, buf_view(&new), 0644, e);
}

static void tell_both(struct local_keys *k, struct signer before, const struct signer *after)
{
	BUF_AUTO old = buf_new(LOCAL_LINE_MAX), new = buf_new(LOCAL_LINE_MAX);

	before.principals = after->principals;
	before.namespaces = after->namespaces;
	before.valid_before = end_of_today();
	local_keys_line(&old, &before);
	local_keys_line(&new, after);
	json_add_text(k->json, "old_line", buf_text(&old));
	json_add_text(k->json, "line", buf_text(&new));
	buf_addf(&k->text, "\n%s\n%s\n", buf_text(&old), buf_text(&new));
}

int local_keys_rotate(struct local_keys *k, struct err *e)
{
	MEM_AUTO char *path = NULL;
	struct signer before = {0}, after = {0};
	const char *away = NULL;
	bool known;

	if (need_path(&path, e) < 0)
		return -1;
	if (!file_exists(path))
		return err_set(e, ERR_NOT_FOUND,
			"there is no Ed25519 key to replace: %s; an SSH key is replaced with "
			"ssh-keygen, and then `keys init --ssh`, `keys allow`",
			path);
	if (local_keys_own_public(k, &before, e) < 0 || put_away(k, path, &away, e) < 0)
		return -1;
	if (write_pair(k, path, &after, e) < 0) {
		MEM_AUTO char *now = public_path(path), *then = public_path(away);

		rename(away, path);
		rename(then, now);
		return -1;
	}
	if (make_signer(k, &after, &known, e) < 0)
		return -1;
	tell_key(k, &after, path);
	buf_addf(&k->text, "The old one was put away as %s.\n", away);
	json_add_text(k->json, "old_path", away);
	if (k->root && rewrite_list(k, &before, &after, e) < 0)
		return -1;
	tell_both(k, before, &after);
	return 0;
}
