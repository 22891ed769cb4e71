/* Which key signs, and the signature. */
#include "cmd/local_post.h"

#include "attest/envelope.h"
#include "attest/keys.h"
#include "attest/statement.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/local_key.h"
#include "heal/heal.h"

#define PASSPHRASE_VARIABLE "RUNMEDIC_SIGNING_PASSPHRASE"
#define KEY_FILE_BYTES_MAX ((size_t)64 << 10)

static const char *passphrase(void *context, const char *path)
{
	const char *given = session_variable(PASSPHRASE_VARIABLE);

	return given ? given : local_passphrase(context, path);
}

/* ---- who may sign, as far as this clone knows ------------------------------------------------------------------ */

struct allowed {
	struct signers signers;
	bool known;
};

static void read_allowed(struct allowed *ret, struct local_posting *p)
{
	const struct config *c;
	BUF_AUTO text = {0};
	struct err e;

	*ret = (struct allowed){0};
	if (session_config(p->session, &c, &e) < 0)
		return;
	MEM_AUTO char *path = file_join(repository_root(p->checkout), c->local.allowed_signers);
	ret->known = file_read(path, SIGNERS_BYTES_MAX, &text, &e) == 0 &&
		     signers_read(&ret->signers, buf_view(&text), &e) == 0;
}

static bool is_allowed(void *context, struct view key)
{
	const struct allowed *a = context;

	for (size_t i = 0; i < a->signers.count; i++)
		if (view_eq(a->signers.items[i].key, key))
			return true;
	return !a->known || a->signers.count == 0;
}

static void note_unknown(struct local_posting *p, const struct allowed *a, struct view key)
{
	if (!a->known || a->signers.count == 0)
		local_posting_note(p, "this clone has no list of allowed signers: `runmedic local keys allow` makes "
				      "one, and it counts once it is on the default branch");
	else if (!is_allowed((void *)a, key))
		local_posting_note(p, "this key is not among the allowed signers of this clone: `runmedic local keys "
				      "allow` adds it, and it counts once it is on the default branch");
}

/* ---- signing --------------------------------------------------------------------------------------------------- */

static void finish(struct local_posting *p, struct view payload, const char *keyid, enum envelope_format format,
	struct view signature)
{
	JSON_AUTO *j = envelope_json(STATEMENT_PAYLOAD_TYPE, payload, keyid, format, signature);

	p->envelope = buf_new(ENVELOPE_BYTES_MAX);
	json_print(&p->envelope, j);
	buf_add_char(&p->envelope, '\n');
	p->keyid = arena_text(&p->arena, keyid);
	p->format = format == ENVELOPE_SSHSIG ? "ssh" : "ed25519";
}

static void add_ssh_ed25519(struct buf *blob, const unsigned char public_key[KEY_PUBLIC])
{
	BUF_AUTO line = buf_new(BUF_LINE);
	struct err e;

	key_ssh(&line, public_key);
	if (ssh_public_read(blob, buf_view(&line), &e) < 0)
		buf_clear(blob);
}

static int sign_plain(struct local_posting *p, const struct allowed *a, const struct signing_key *key,
	struct view payload, struct err *e)
{
	unsigned char public_key[KEY_PUBLIC], signature[KEY_SIGNATURE];
	BUF_AUTO pae = buf_new(ENVELOPE_BYTES_MAX), blob = buf_new(SSH_KEY_BLOB_MAX);
	char id[KEY_ID_MAX];

	envelope_pae(&pae, STATEMENT_PAYLOAD_TYPE, payload);
	if (signing_key_sign(key, buf_view(&pae), signature, e) < 0)
		return -1;
	signing_key_public(key, public_key);
	key_id(public_key, id);
	add_ssh_ed25519(&blob, public_key);
	note_unknown(p, a, buf_view(&blob));
	finish(p, payload, id, ENVELOPE_ED25519, view_make((const char *)signature, sizeof(signature)));
	return 0;
}

/* `path` NULL: the agent's first key that is allowed. */
static int sign_ssh(struct local_posting *p, struct allowed *a, const char *path, struct view payload, struct err *e)
{
	BUF_AUTO pae = buf_new(ENVELOPE_BYTES_MAX), blob = buf_new(SSHSIG_BLOB_MAX), key = buf_new(SSH_KEY_BLOB_MAX);
	const struct ssh_signer signer = {path, passphrase, path ? NULL : is_allowed, path ? (void *)p->session : a};
	char id[SSH_FINGERPRINT_MAX];

	envelope_pae(&pae, STATEMENT_PAYLOAD_TYPE, payload);
	if (sshsig_sign(&blob, &key, &signer, buf_view(&pae), SSHSIG_NAMESPACE, e) < 0)
		return -1;
	ssh_fingerprint(buf_view(&key), id);
	note_unknown(p, a, buf_view(&key));
	finish(p, payload, id, ENVELOPE_SSHSIG, buf_view(&blob));
	return 0;
}

static int sign_pem_file(
	struct local_posting *p, const struct allowed *a, const char *path, struct view payload, struct err *e)
{
	struct signing_key *key = NULL;

	if (signing_key_load(&key, path, passphrase, p->session, e) < 0)
		return err_wrap(e, "%.200s", path);
	int rc = sign_plain(p, a, key, payload, e);
	signing_key_free(key);
	return rc;
}

static int sign_variable(struct local_posting *p, const struct allowed *a, struct view payload, struct err *e)
{
	struct signing_key *key = NULL;

	if (signing_key_read(
		    &key, view_of(session_variable(LOCAL_KEY_VARIABLE)), session_variable(PASSPHRASE_VARIABLE), e) < 0)
		return err_wrap(e, LOCAL_KEY_VARIABLE);
	int rc = sign_plain(p, a, key, payload, e);
	signing_key_free(key);
	return rc;
}

/* SSH keys, private or public, begin with a word that PEM of ours does not have. */
static bool is_ssh_file(const char *path)
{
	BUF_AUTO text = {0};
	struct err e;
	bool is = file_read(path, KEY_FILE_BYTES_MAX, &text, &e) == 0 &&
		  !view_has(view_sub(buf_view(&text), 0, 64), "-----BEGIN PRIVATE KEY-----") &&
		  !view_has(view_sub(buf_view(&text), 0, 64), "-----BEGIN ENCRYPTED PRIVATE KEY-----");

	if (text.p)
		explicit_bzero(text.p, text.n);
	return is;
}

static int sign_by(struct local_posting *p, struct allowed *a, struct view payload, struct err *e)
{
	const struct args *args = p->session->args;
	const char *file = args_text(args, "ssh-key", args_text(args, "key", NULL));
	MEM_AUTO char *own = local_key_path(), *ssh = local_key_ssh();

	if (file)
		return is_ssh_file(file) ? sign_ssh(p, a, file, payload, e) : sign_pem_file(p, a, file, payload, e);
	if (args_flag(args, "agent"))
		return sign_ssh(p, a, NULL, payload, e);
	if (session_variable(LOCAL_KEY_VARIABLE))
		return sign_variable(p, a, payload, e);
	if (own && file_exists(own))
		return sign_pem_file(p, a, own, payload, e);
	if (ssh)
		return sign_ssh(p, a, ssh, payload, e);
	if (session_variable("SSH_AUTH_SOCK"))
		return sign_ssh(p, a, NULL, payload, e);
	return err_set(e, ERR_USAGE,
		"there is no key to sign with: `runmedic local keys init` makes one; or give --key FILE or "
		"--ssh-key FILE");
}

int local_sign(struct local_posting *p, struct view payload, struct err *e)
{
	struct allowed a;

	read_allowed(&a, p);
	int rc = sign_by(p, &a, payload, e);
	local_passphrase_forget();
	signers_done(&a.signers);
	return rc;
}
