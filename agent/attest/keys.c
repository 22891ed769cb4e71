#include "attest/keys.h"

#include "attest/keys_internal.h"
#include "attest/ssh_public.h"
#include "attest/ssh_wire.h"
#include "base/base64.h"
#include "base/mem.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#define PBKDF2_ROUNDS 600000 /* what OWASP asks of PBKDF2-HMAC-SHA256 */
#define PBKDF2_SALT 16
#define PASSPHRASE_MAX 1024

struct signing_key {
	EVP_PKEY *key; /* OpenSSL wipes it */
	unsigned char public_key[KEY_PUBLIC];
};

/* What SubjectPublicKeyInfo has before the 32 bytes (RFC 8410 §4). */
static const unsigned char info_head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

void key_digest(const EVP_MD *md, struct view v, unsigned char *ret)
{
	mem_must(EVP_Digest(v.p, v.n, ret, NULL, md, NULL) == 1 ? ret : NULL);
}

void key_name(const unsigned char sum[KEY_SUM], char ret[KEY_NAME_MAX])
{
	BUF_AUTO text = buf_new(KEY_NAME_MAX);

	base64_add_unpadded(&text, view_make((const char *)sum, KEY_SUM));
	snprintf(ret, KEY_NAME_MAX, "SHA256:%s", buf_text(&text));
}

/* ---- private ---------------------------------------------------------------------------------------------------- */

static int take(struct signing_key **ret, EVP_PKEY *key, struct err *e)
{
	struct signing_key *k = mem_new(sizeof(*k));
	size_t n = KEY_PUBLIC;

	k->key = key;
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 && EVP_PKEY_get_raw_public_key(key, k->public_key, &n) == 1 &&
		n == KEY_PUBLIC) {
		*ret = k;
		return 0;
	}
	signing_key_free(k);
	return err_set(e, ERR_INPUT, "the private key is not an Ed25519 key; `local keys init` makes one");
}

int signing_key_new(struct signing_key **ret, struct err *e)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	if (key)
		return take(ret, key, e);
	ERR_clear_error();
	return err_set(e, ERR_UNAVAILABLE, "OpenSSL cannot make an Ed25519 key");
}

void signing_key_free(struct signing_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->key);
	free(k);
}

/* Without it OpenSSL would ask at the terminal. */
static int give_passphrase(char *ret, int size, int writing, void *context)
{
	const char *passphrase = context;
	size_t n = passphrase ? strlen(passphrase) : 0;

	(void)writing;
	if (n == 0 || n > (size_t)size)
		return -1;
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): OpenSSL takes the length */
	memcpy(ret, passphrase, n);
	return (int)n;
}

static const char *what_is_wrong(struct view pem, const char *passphrase)
{
	if (view_has(pem, "OPENSSH PRIVATE KEY"))
		return "it is an SSH key; it signs as one, not as a plain Ed25519 key";
	if (view_has(pem, "ENCRYPTED") && !passphrase)
		return "it is encrypted, and there is no passphrase";
	if (view_has(pem, "ENCRYPTED"))
		return "the passphrase is wrong, or the file is damaged";
	if (view_has(pem, "PUBLIC KEY"))
		return "it is the public half";
	if (!view_has(pem, "-----BEGIN"))
		return "it is no PEM (a line that says BEGIN PRIVATE KEY, lines, END)";
	return "its PEM cannot be read; is it complete, with its line breaks?";
}

/* Secrets are often stored in one line, with \n for the line breaks. */
static void unfold(struct key_secret *ret, struct view pem)
{
	for (size_t i = 0; i < pem.n; i++) {
		bool escaped = pem.p[i] == '\\' && i + 1 < pem.n && (pem.p[i + 1] == 'n' || pem.p[i + 1] == 'r');

		i += escaped;
		if (!escaped || pem.p[i] == 'n')
			ret->p[ret->n++] = escaped ? '\n' : pem.p[i];
	}
}

int signing_key_read(struct signing_key **ret, struct view pem, const char *passphrase_or_null, struct err *e)
{
	union {
		const char *text;
		void *context;
	} passphrase = {.text = passphrase_or_null};
	KEY_SECRET_AUTO text = {0};
	EVP_PKEY *key;
	BIO *in;

	if (pem.n > KEY_FILE_MAX)
		return err_set(e, ERR_LIMIT, "a private key of more than %zu bytes", KEY_FILE_MAX);
	text = key_secret_new(pem.n);
	unfold(&text, pem);
	in = mem_must(BIO_new_mem_buf(text.p, (int)text.n));
	key = PEM_read_bio_PrivateKey(in, NULL, give_passphrase, passphrase.context);
	BIO_free(in);
	ERR_clear_error();
	if (key)
		return take(ret, key, e);
	return err_set(e, view_has(pem, "ENCRYPTED") ? ERR_AUTH : ERR_INPUT, "the private key is not usable: %s",
		what_is_wrong(pem, passphrase_or_null));
}

int signing_key_load(struct signing_key **ret, const char *path,
	const char *(*passphrase)(void *context, const char *path), void *context, struct err *e)
{
	KEY_SECRET_AUTO file = {0};
	const char *word = NULL;
	bool is_private;

	if (key_file_read(&file, path, &is_private, e) != 0)
		return -1;
	if (passphrase && view_has(key_secret_view(&file), "ENCRYPTED PRIVATE KEY-----"))
		word = passphrase(context, path);
	if (signing_key_read(ret, key_secret_view(&file), word, e) != 0)
		return err_wrap(e, "%s", path);
	return 0;
}

/* PBES2 by hand: the PEM functions of OpenSSL stretch a passphrase with 2,048 rounds only. */
static bool write_encrypted(BIO *out, const EVP_PKEY *key, const char *passphrase)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	X509_ALGOR *how =
		PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), PBKDF2_ROUNDS, NULL, PBKDF2_SALT, NULL, NID_hmacWithSHA256);
	X509_SIG *sealed = info && how ? PKCS8_set0_pbe(passphrase, (int)strlen(passphrase), info, how) : NULL;
	bool good = sealed && PEM_write_bio_PKCS8(out, sealed) == 1;

	if (!sealed)
		X509_ALGOR_free(how);
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(info);
	return good;
}

int signing_key_write(const struct signing_key *k, const char *path, const char *passphrase_or_null, struct err *e)
{
	BIO *out = mem_must(BIO_new(BIO_s_secmem()));
	char *text = NULL;
	int rc = -1;
	bool good;

	if (passphrase_or_null && (!*passphrase_or_null || strlen(passphrase_or_null) > PASSPHRASE_MAX)) {
		BIO_free(out);
		return err_set(e, ERR_USAGE, "a passphrase has 1 to %d bytes", PASSPHRASE_MAX);
	}
	good = passphrase_or_null ? write_encrypted(out, k->key, passphrase_or_null)
				  : PEM_write_bio_PKCS8PrivateKey(out, k->key, NULL, NULL, 0, NULL, NULL) == 1;
	if (good) {
		long n = BIO_get_mem_data(out, &text);

		rc = key_file_write(path, view_make(text, (size_t)n), e);
		OPENSSL_cleanse(text, (size_t)n);
	} else {
		err_set(e, ERR_UNAVAILABLE, "OpenSSL cannot write the key");
	}
	ERR_clear_error();
	BIO_free(out);
	return rc;
}

void signing_key_public(const struct signing_key *k, unsigned char ret[KEY_PUBLIC])
{
	memcpy(ret, k->public_key, KEY_PUBLIC);
}

int signing_key_sign(const struct signing_key *k, struct view message, unsigned char ret[KEY_SIGNATURE], struct err *e)
{
	EVP_MD_CTX *context = mem_must(EVP_MD_CTX_new());
	size_t n = KEY_SIGNATURE;
	bool good = EVP_DigestSignInit(context, NULL, NULL, NULL, k->key) == 1 &&
		    EVP_DigestSign(context, ret, &n, (const unsigned char *)message.p, message.n) == 1;

	EVP_MD_CTX_free(context);
	ERR_clear_error();
	/* Looked at once more: a signature with a fault in it gives the key away. */
	if (good && n == KEY_SIGNATURE && key_verify(k->public_key, message, view_make((const char *)ret, n)))
		return 0;
	OPENSSL_cleanse(ret, KEY_SIGNATURE);
	return err_set(e, ERR_UNAVAILABLE, "OpenSSL cannot sign");
}

/* ---- public ----------------------------------------------------------------------------------------------------- */

bool key_verify(const unsigned char public_key[KEY_PUBLIC], struct view message, struct view signature)
{
	EVP_PKEY *key;
	EVP_MD_CTX *context;
	bool good;

	if (signature.n != KEY_SIGNATURE || !ed25519_is_sound(public_key))
		return false;
	key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, KEY_PUBLIC);
	context = mem_must(EVP_MD_CTX_new());
	good = key && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
	       EVP_DigestVerify(context, (const unsigned char *)signature.p, signature.n,
		       (const unsigned char *)message.p, message.n) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good;
}

static void info_of(const unsigned char public_key[KEY_PUBLIC], unsigned char ret[sizeof(info_head) + KEY_PUBLIC])
{
	memcpy(ret, info_head, sizeof(info_head));
	memcpy(ret + sizeof(info_head), public_key, KEY_PUBLIC);
}

void key_info_digest(const unsigned char public_key[KEY_PUBLIC], unsigned char ret[KEY_SUM])
{
	unsigned char info[sizeof(info_head) + KEY_PUBLIC];

	info_of(public_key, info);
	key_digest(EVP_sha256(), view_make((const char *)info, sizeof(info)), ret);
}

void key_id(const unsigned char public_key[KEY_PUBLIC], char ret[KEY_ID_MAX])
{
	unsigned char sum[KEY_SUM];

	key_info_digest(public_key, sum);
	key_name(sum, ret);
}

void key_pem(struct buf *out, const unsigned char public_key[KEY_PUBLIC])
{
	unsigned char info[sizeof(info_head) + KEY_PUBLIC];

	info_of(public_key, info);
	buf_add_text(out, "-----BEGIN PUBLIC KEY-----\n");
	base64_add(out, view_make((const char *)info, sizeof(info)));
	buf_add_text(out, "\n-----END PUBLIC KEY-----\n");
}

void key_ssh(struct buf *out, const unsigned char public_key[KEY_PUBLIC])
{
	BUF_AUTO blob = buf_new(128);

	ssh_add_string(&blob, VIEW("ssh-ed25519"));
	ssh_add_string(&blob, view_make((const char *)public_key, KEY_PUBLIC));
	buf_add_text(out, "ssh-ed25519 ");
	base64_add(out, buf_view(&blob));
}

int key_read_pem(unsigned char ret[KEY_PUBLIC], struct view pem, struct err *e)
{
	BIO *in = pem.n && pem.n <= KEY_FILE_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	EVP_PKEY *key = in ? PEM_read_bio_PUBKEY(in, NULL, give_passphrase, NULL) : NULL;
	unsigned char bytes[KEY_PUBLIC];
	size_t n = sizeof(bytes);
	bool good = key && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 &&
		    EVP_PKEY_get_raw_public_key(key, bytes, &n) == 1 && n == sizeof(bytes) && ed25519_is_sound(bytes);

	BIO_free(in);
	EVP_PKEY_free(key);
	ERR_clear_error();
	if (!good)
		return err_set(e, ERR_INPUT,
			"no PEM of an Ed25519 public key (a line that says BEGIN PUBLIC KEY, lines, END)");
	memcpy(ret, bytes, sizeof(bytes));
	return 0;
}
