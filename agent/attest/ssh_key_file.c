/* ssh_key_file.c - OpenSSH's private keys (PROTOCOL.key): Ed25519, plain or encrypted with AES-256 in CTR or CBC mode.
 */
#include "attest/ssh_public.h"
#include "attest/ssh_wire.h"
#include "attest/sshsig_internal.h"
#include "base/base64.h"

#include <openssl/crypto.h>

#define MAGIC "openssh-key-v1"
#define BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"
#define END "-----END OPENSSH PRIVATE KEY-----"
#define CIPHER_KEY 32u
#define CIPHER_IV 16u

struct sealed {
	struct view cipher, kdf, kdf_options, public_key, content;
};

void ssh_private_done(struct ssh_private *k)
{
	buf_done(&k->public_key);
	OPENSSL_cleanse(k->seed, sizeof(k->seed));
}

/* The bytes within the armour. */
static int unarmour(struct key_secret *ret, struct view text, struct err *e)
{
	KEY_SECRET_AUTO joined = key_secret_new(text.n);
	struct view rest = view_trim(text), line;
	bool ended = false;

	*ret = key_secret_new(text.n);
	if (!view_next(&rest, '\n', &line) || !view_is(view_trim_right(line), BEGIN))
		return err_set(e, ERR_INPUT, "not an OpenSSH private key (`" BEGIN "`)");
	while (!ended && view_next(&rest, '\n', &line)) {
		line = view_trim_right(line);
		ended = view_is(line, END);
		if (ended)
			break;
		memcpy(joined.p + joined.n, line.p, line.n);
		joined.n += line.n;
	}
	ret->n = base64_decode(ret->p, key_secret_view(&joined));
	if (!ended || ret->n == VIEW_NONE || ret->n == 0) {
		ret->n = 0;
		return err_set(e, ERR_INPUT, "the private key cannot be read; is it complete?");
	}
	return 0;
}

static int take_sealed(struct sealed *ret, struct view bytes, struct err *e)
{
	struct ssh_reader r = {bytes, false};
	struct view magic = ssh_take(&r, sizeof(MAGIC));
	uint32_t keys;

	ret->cipher = ssh_take_string(&r);
	ret->kdf = ssh_take_string(&r);
	ret->kdf_options = ssh_take_string(&r);
	keys = ssh_take_number(&r);
	ret->public_key = ssh_take_string(&r);
	ret->content = ssh_take_string(&r);
	if (!ssh_ended(&r) || memcmp(magic.p, MAGIC, sizeof(MAGIC)) != 0 || keys != 1)
		return err_set(e, ERR_INPUT, "the private key cannot be read; is it complete?");
	return 0;
}

/* ---- encryption ------------------------------------------------------------------------------------------------- */

static bool decipher(struct view content, const EVP_CIPHER *cipher, const unsigned char *key, char *ret)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int n = 0, last = 0;
	bool good = context && EVP_DecryptInit_ex(context, cipher, NULL, key, key + CIPHER_KEY) == 1 &&
		    EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
		    EVP_DecryptUpdate(
			    context, (unsigned char *)ret, &n, (const unsigned char *)content.p, (int)content.n) == 1 &&
		    EVP_DecryptFinal_ex(context, (unsigned char *)ret + n, &last) == 1;

	EVP_CIPHER_CTX_free(context);
	return good && (size_t)n + (size_t)last == content.n;
}

static int unseal(struct key_secret *ret, const struct sealed *s, const char *passphrase, struct err *e)
{
	const EVP_CIPHER *cipher = view_is(s->cipher, "aes256-ctr")   ? EVP_aes_256_ctr()
				   : view_is(s->cipher, "aes256-cbc") ? EVP_aes_256_cbc()
								      : NULL;
	struct ssh_reader r = {s->kdf_options, false};
	struct view salt = ssh_take_string(&r);
	uint32_t rounds = ssh_take_number(&r);
	unsigned char key[CIPHER_KEY + CIPHER_IV];
	bool good;

	if (!cipher || !view_is(s->kdf, "bcrypt"))
		return err_set(e, ERR_UNAVAILABLE,
			"the private key is encrypted with a cipher that is not known here (only aes256-ctr and "
			"aes256-cbc are); add it to ssh-agent and name its .pub file");
	if (!ssh_ended(&r) || rounds == 0 || salt.n == 0 || salt.n > 64 || s->content.n % 16)
		return err_set(e, ERR_INPUT, "the private key cannot be read; is it complete?");
	if (rounds > SSH_KDF_ROUNDS_MAX)
		return err_set(e, ERR_LIMIT,
			"the private key is encrypted with %lu rounds, at most %u are taken; add it to ssh-agent and "
			"name its .pub file",
			(unsigned long)rounds, SSH_KDF_ROUNDS_MAX);
	ssh_bcrypt(view_of(passphrase), salt, rounds, key, sizeof(key));
	good = decipher(s->content, cipher, key, ret->p);
	OPENSSL_cleanse(key, sizeof(key));
	ret->n = s->content.n;
	return good ? 0 : err_set(e, ERR_INPUT, "the private key cannot be decrypted");
}

/* ---- content ---------------------------------------------------------------------------------------------------- */

static bool is_padding(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] != i + 1)
			return false;
	return v.n < 256;
}

/* The seed; its public half must be the one that stands in front. */
static int take_seed(
	struct ssh_private *ret, struct view content, const struct ssh_public *public, bool encrypted, struct err *e)
{
	struct ssh_reader r = {content, false};
	uint32_t check = ssh_take_number(&r), again = ssh_take_number(&r);
	struct view type, point, pair;

	if (r.bad || check != again)
		return err_set(e, encrypted ? ERR_AUTH : ERR_INPUT, "%s",
			encrypted ? "the passphrase is wrong" : "the private key is damaged");
	type = ssh_take_string(&r);
	point = ssh_take_string(&r);
	pair = ssh_take_string(&r);
	ssh_take_string(&r);
	if (r.bad || !view_is(type, "ssh-ed25519") || !view_eq(point, public->point) || pair.n != 64 ||
		!view_eq(view_from(pair, 32), point) || !is_padding(r.rest))
		return err_set(e, ERR_INPUT, "the private key is damaged");
	memcpy(ret->seed, pair.p, sizeof(ret->seed));
	ret->usable = true;
	return 0;
}

int ssh_private_read(struct ssh_private *ret, struct view text, const struct ssh_signer *s, struct err *e)
{
	KEY_SECRET_AUTO bytes = {0}, content = {0};
	struct sealed sealed = {0};
	struct ssh_public public;
	const char *passphrase = NULL;
	bool encrypted;

	*ret = (struct ssh_private){.public_key = buf_new(SSH_KEY_BLOB_MAX)};
	if (unarmour(&bytes, text, e) != 0 || take_sealed(&sealed, key_secret_view(&bytes), e) != 0 ||
		ssh_public_parse(&public, sealed.public_key, e) != 0)
		return -1;
	buf_add_view(&ret->public_key, sealed.public_key);
	encrypted = !view_is(sealed.cipher, "none");
	if (public.type->family != SSH_ED25519 || public.type->security_key)
		return 0;
	if (!encrypted)
		return take_seed(ret, sealed.content, &public, false, e);
	passphrase = s->passphrase ? s->passphrase(s->context, s->path) : NULL;
	if (!passphrase)
		return 0;
	content = key_secret_new(sealed.content.n);
	if (unseal(&content, &sealed, passphrase, e) != 0)
		return -1;
	return take_seed(ret, key_secret_view(&content), &public, true, e);
}
