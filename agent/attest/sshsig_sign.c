/* sshsig_sign.c - a signature as `ssh-keygen -Y sign` makes it: by a key file, or by the agent. */
#include "attest/ssh_wire.h"
#include "attest/sshsig_internal.h"
#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#define HASH "sha512" /* what ssh-keygen takes too */
#define DATA_MAX 1024u

/* The signature with its type. */
static int sign_with_seed(struct buf *ret, const unsigned char seed[32], struct view data, struct err *e)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
	EVP_MD_CTX *context = mem_must(EVP_MD_CTX_new());
	unsigned char bytes[64];
	size_t n = sizeof(bytes);
	bool good = key && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestSign(context, bytes, &n, (const unsigned char *)data.p, data.n) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	ERR_clear_error();
	if (!good)
		return err_set(e, ERR_UNAVAILABLE, "OpenSSL cannot sign");
	ssh_add_string(ret, VIEW("ssh-ed25519"));
	ssh_add_string(ret, view_make((const char *)bytes, n));
	return 0;
}

static int by_private(struct buf *ret, struct buf *ret_key, const struct ssh_signer *s, struct view file,
	struct view data, struct err *e)
{
	SSH_PRIVATE_AUTO k = {0};

	if (ssh_private_read(&k, file, s, e) != 0)
		return err_wrap(e, "%s", s->path);
	if (k.usable) {
		buf_add_view(ret_key, buf_view(&k.public_key));
		return sign_with_seed(ret, k.seed, data, e);
	}
	if (ssh_agent_sign(ret, ret_key, s, buf_view(&k.public_key), data, e) != 0)
		return err_wrap(e,
			"%s: only unencrypted Ed25519 keys, and those whose passphrase is known, are used from "
			"their file; for others the agent is asked",
			s->path);
	return 0;
}

static int by_path(struct buf *ret, struct buf *ret_key, const struct ssh_signer *s, struct view data, struct err *e)
{
	KEY_SECRET_AUTO file = {0};
	BUF_AUTO wanted = buf_new(SSH_KEY_BLOB_MAX);
	bool is_private = false;

	if (key_file_read(&file, s->path, &is_private, e) != 0)
		return -1;
	if (is_private)
		return by_private(ret, ret_key, s, key_secret_view(&file), data, e);
	if (ssh_public_read(&wanted, key_secret_view(&file), e) != 0 ||
		ssh_agent_sign(ret, ret_key, s, buf_view(&wanted), data, e) != 0)
		return err_wrap(e, "%s", s->path);
	return 0;
}

static void add_blob(struct buf *out, struct view key, const char *namespace_, struct view signature)
{
	buf_add_text(out, SSHSIG_MAGIC);
	ssh_add_number(out, SSHSIG_VERSION);
	ssh_add_string(out, key);
	ssh_add_string(out, view_of(namespace_));
	ssh_add_string(out, (struct view){0});
	ssh_add_string(out, VIEW(HASH));
	ssh_add_string(out, signature);
}

int sshsig_sign(struct buf *ret, struct buf *ret_key, const struct ssh_signer *s, struct view message,
	const char *namespace_, struct err *e)
{
	BUF_AUTO data = buf_new(DATA_MAX), signature = buf_new(SSHSIG_BLOB_MAX), key = buf_new(SSH_KEY_BLOB_MAX);
	BUF_AUTO blob = buf_new(SSHSIG_BLOB_MAX);
	struct view name = view_of(namespace_);
	struct sshsig made;
	int rc;

	if (name.n == 0 || name.n > SSHSIG_NAMESPACE_MAX || !sshsig_signed(&data, name, VIEW(HASH), message))
		return err_set(e, ERR_USAGE, "a namespace has 1 to %u bytes", SSHSIG_NAMESPACE_MAX);
	rc = s->path ? by_path(&signature, &key, s, buf_view(&data), e)
		     : ssh_agent_sign(&signature, &key, s, (struct view){0}, buf_view(&data), e);
	if (rc != 0)
		return -1;
	add_blob(&blob, buf_view(&key), namespace_, buf_view(&signature));
	/* Looked at as the other side will: an agent may answer anything, and a faulty signature gives a key away. */
	if (blob.full || sshsig_parse(&made, buf_view(&blob), e) != 0 ||
		sshsig_verify(&made, message, namespace_, e) != 0)
		return err_wrap(e, "the signature that was made is not good");
	if (!buf_add_view(ret, buf_view(&blob)) || !buf_add_view(ret_key, buf_view(&key)))
		return err_set(e, ERR_LIMIT, "the signature is too long");
	return 0;
}
