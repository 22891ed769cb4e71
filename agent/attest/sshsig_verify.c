/* sshsig_verify.c - is a signature good for a message? One way in for each family of keys. */
#include "attest/keys.h"
#include "attest/ssh_public.h"
#include "attest/ssh_wire.h"
#include "attest/sshsig_internal.h"
#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <stdlib.h>

#define SIGNED_MAX 1024u /* a namespace, two names, a digest */
#define SK_TAIL 5u       /* flags and counter, behind the signature of a security key */
#define RSA_BYTES_MAX (SSH_RSA_BITS_MAX / 8)

bool sshsig_signed(struct buf *out, struct view namespace_, struct view hash_algorithm, struct view message)
{
	bool wide = view_is(hash_algorithm, "sha512");
	unsigned char sum[EVP_MAX_MD_SIZE];

	if (!wide && !view_is(hash_algorithm, "sha256"))
		return false;
	key_digest(wide ? EVP_sha512() : EVP_sha256(), message, sum);
	buf_add_text(out, SSHSIG_MAGIC);
	ssh_add_string(out, namespace_);
	ssh_add_string(out, (struct view){0});
	ssh_add_string(out, hash_algorithm);
	ssh_add_string(out, view_make((const char *)sum, wide ? 64 : 32));
	return !out->full;
}

/* What a device signs: PROTOCOL.u2f. */
static void add_device_data(struct buf *out, const struct ssh_public *k, struct view tail, struct view data)
{
	unsigned char sum[KEY_SUM];

	key_digest(EVP_sha256(), k->application, sum);
	buf_add(out, sum, sizeof(sum));
	buf_add_view(out, tail);
	key_digest(EVP_sha256(), data, sum);
	buf_add(out, sum, sizeof(sum));
}

static bool verify_evp(const struct ssh_public *k, const char *digest, struct view signature, struct view data)
{
	EVP_PKEY *key = ssh_public_evp(k);
	EVP_MD_CTX *context = mem_must(EVP_MD_CTX_new());
	bool good = key && EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, key, NULL) == 1 &&
		    EVP_DigestVerify(context, (const unsigned char *)signature.p, signature.n,
			    (const unsigned char *)data.p, data.n) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good;
}

/* Two numbers as SSH writes them become the DER that OpenSSL reads. */
static bool verify_ecdsa(const struct ssh_public *k, struct view signature, struct view data)
{
	struct ssh_reader reader = {signature, false};
	struct view r = ssh_take_integer(&reader), s = ssh_take_integer(&reader);
	ECDSA_SIG *pair;
	unsigned char *der = NULL;
	int n = -1;
	bool good;

	if (!ssh_ended(&reader) || r.n > k->type->field || s.n > k->type->field)
		return false;
	pair = mem_must(ECDSA_SIG_new());
	if (ECDSA_SIG_set0(pair, mem_must(BN_bin2bn((const unsigned char *)r.p, (int)r.n, NULL)),
		    mem_must(BN_bin2bn((const unsigned char *)s.p, (int)s.n, NULL))) == 1)
		n = i2d_ECDSA_SIG(pair, &der);
	good = n > 0 && verify_evp(k, k->type->digest, view_make((const char *)der, (size_t)n), data);
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	return good;
}

/* Some agents leave leading zeros away, and OpenSSH takes that. */
static bool verify_rsa(const struct ssh_public *k, const char *digest, struct view signature, struct view data)
{
	char padded[RSA_BYTES_MAX] = {0};

	if (signature.n == 0 || signature.n > k->modulus.n)
		return false;
	memcpy(padded + (k->modulus.n - signature.n), signature.p, signature.n);
	return verify_evp(k, digest, view_make(padded, k->modulus.n), data);
}

static bool holds(const struct ssh_public *k, const struct sshsig *s, struct view data)
{
	struct view signature = s->signature;
	BUF_AUTO device_data = buf_new(256);

	if (k->type->security_key) {
		if (signature.n < SK_TAIL)
			return false;
		signature = view_sub(signature, 0, signature.n - SK_TAIL);
		add_device_data(&device_data, k, view_from(s->signature, signature.n), data);
		data = buf_view(&device_data);
	}
	switch (k->type->family) {
	case SSH_RSA:
		return verify_rsa(k, view_is(s->signature_type, "rsa-sha2-512") ? "SHA512" : "SHA256", signature, data);
	case SSH_ECDSA:
		return verify_ecdsa(k, signature, data);
	default:
		return key_verify((const unsigned char *)k->point.p, data, signature);
	}
}

int sshsig_verify(const struct sshsig *s, struct view message, const char *namespace_, struct err *e)
{
	BUF_AUTO data = buf_new(SIGNED_MAX);
	struct ssh_public k;

	if (!view_is(s->namespace_, namespace_))
		return err_set(e, ERR_REFUSED, "the signature was made for another purpose than `%s`", namespace_);
	if (ssh_public_parse(&k, s->public_key, e) != 0)
		return -1;
	if (!sshsig_signed(&data, s->namespace_, s->hash_algorithm, message) || !holds(&k, s, buf_view(&data)))
		return err_set(e, ERR_AUTH, "the signature does not fit what was signed");
	return 0;
}
