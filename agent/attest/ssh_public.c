/* ssh_public.c - public key blobs: RFC 4253 §6.6 (RSA), 5656 (ECDSA), 8709 (Ed25519), OpenSSH PROTOCOL.u2f (sk-). */
#include "attest/ssh_public.h"

#include "attest/keys_internal.h"
#include "attest/ssh_wire.h"
#include "attest/sshsig.h"
#include "base/base64.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdio.h>

#define LINE_MAX_BYTES (SSH_KEY_BLOB_MAX * 2)
#define COORDINATE_MAX 66u
#define NOT_TAKEN                                                                                                      \
	"keys of this type are not taken; those that are: ed25519, ecdsa, rsa, and the sk- forms of the first two"

static const struct ssh_key_type types[] = {
	{.name = "ssh-ed25519", .family = SSH_ED25519},
	{.name = "ecdsa-sha2-nistp256",
		.family = SSH_ECDSA,
		.curve = "nistp256",
		.group = "P-256",
		.digest = "SHA256",
		.field = 32},
	{.name = "ecdsa-sha2-nistp384",
		.family = SSH_ECDSA,
		.curve = "nistp384",
		.group = "P-384",
		.digest = "SHA384",
		.field = 48},
	{.name = "ecdsa-sha2-nistp521",
		.family = SSH_ECDSA,
		.curve = "nistp521",
		.group = "P-521",
		.digest = "SHA512",
		.field = COORDINATE_MAX},
	{.name = "ssh-rsa", .family = SSH_RSA},
	{.name = "sk-ssh-ed25519@openssh.com", .family = SSH_ED25519, .security_key = true},
	{.name = "sk-ecdsa-sha2-nistp256@openssh.com",
		.family = SSH_ECDSA,
		.security_key = true,
		.curve = "nistp256",
		.group = "P-256",
		.digest = "SHA256",
		.field = 32},
};

const struct ssh_key_type *ssh_key_type(struct view name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (view_is(name, types[i].name))
			return &types[i];
	return NULL;
}

/* The points whose order divides 8, as little-endian y without its sign (RFC 7748 §7 and the list of libsodium); 0, 1
 * and -1 are recognised by their form. */
bool ed25519_is_sound(const unsigned char key[32])
{
	static const unsigned char eight[2][32] = {
		{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
			0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
		{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
			0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}};
	bool high = true, zeros = true;
	unsigned char y[32];

	memcpy(y, key, sizeof(y));
	y[31] &= 0x7f;
	for (size_t i = 1; i < 31; i++) {
		high = high && y[i] == 0xff;
		zeros = zeros && y[i] == 0;
	}
	/* p is 2^255 - 19: 0xed at the lowest byte; p - 1 is -1, and what is more is not canonical. */
	if (high && y[31] == 0x7f && y[0] >= 0xec)
		return false;
	if (zeros && y[31] == 0 && y[0] <= 1)
		return false;
	return memcmp(y, eight[0], sizeof(y)) != 0 && memcmp(y, eight[1], sizeof(y)) != 0;
}

/* ---- parsing --------------------------------------------------------------------------------------------------- */

static int check_rsa(const struct ssh_public *k, struct err *e)
{
	size_t bits = k->modulus.n * 8;

	for (unsigned top = k->modulus.n ? (unsigned char)*k->modulus.p : 0x80; top && !(top & 0x80); top <<= 1)
		bits--;
	if (bits < SSH_RSA_BITS_MIN || bits > SSH_RSA_BITS_MAX)
		return err_set(e, ERR_INPUT, "an RSA key of %zu bits; %d to %d are taken", bits, SSH_RSA_BITS_MIN,
			SSH_RSA_BITS_MAX);
	if (k->exponent.n == 0 || k->exponent.n > 8 || !(k->exponent.p[k->exponent.n - 1] & 1) ||
		(k->exponent.n == 1 && *k->exponent.p == 1) || !(k->modulus.p[k->modulus.n - 1] & 1))
		return err_set(e, ERR_INPUT, "an RSA key with an unusable exponent or modulus");
	return 0;
}

static int check_key(const struct ssh_public *k, struct view curve, struct err *e)
{
	switch (k->type->family) {
	case SSH_RSA:
		return check_rsa(k, e);
	case SSH_ECDSA:
		if (!view_is(curve, k->type->curve))
			return err_set(e, ERR_INPUT, "the key says another curve than its type");
		if (k->point.n != 1 + 2 * k->type->field || !view_starts(k->point, "\4"))
			return err_set(e, ERR_INPUT, "the key's point has a wrong form");
		return 0;
	default:
		if (k->point.n != 32)
			return err_set(e, ERR_INPUT, "an Ed25519 key has 32 bytes, not %zu", k->point.n);
		if (!ed25519_is_sound((const unsigned char *)k->point.p))
			return err_set(e, ERR_INPUT, "a point that is no sound Ed25519 key (small order)");
		return 0;
	}
}

int ssh_public_parse(struct ssh_public *ret, struct view blob, struct err *e)
{
	struct ssh_reader r = {blob, false};
	struct view name = ssh_take_string(&r), curve = {0};
	struct ssh_public k = {.type = ssh_key_type(name)};

	if (blob.n > SSH_KEY_BLOB_MAX)
		return err_set(e, ERR_LIMIT, "a public key of more than %zu bytes", SSH_KEY_BLOB_MAX);
	if (!r.bad && !k.type)
		return err_set(e, ERR_INPUT, NOT_TAKEN);
	if (!k.type)
		return err_set(e, ERR_INPUT, "the public key is cut short");
	if (k.type->family == SSH_RSA) {
		k.exponent = ssh_take_integer(&r);
		k.modulus = ssh_take_integer(&r);
	} else {
		curve = k.type->curve ? ssh_take_string(&r) : curve;
		k.point = ssh_take_string(&r);
	}
	k.application = k.type->security_key ? ssh_take_string(&r) : k.application;
	if (!ssh_ended(&r))
		return err_set(e, ERR_INPUT, "the public key is cut short, or has bytes behind its end");
	if (check_key(&k, curve, e) != 0)
		return -1;
	*ret = k;
	return 0;
}

/* ---- for openssl ------------------------------------------------------------------------------------------------ */

static EVP_PKEY *from_params(const char *algorithm, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	EVP_PKEY *key = NULL;

	if (!params || !context || EVP_PKEY_fromdata_init(context) != 1 ||
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	return key;
}

static EVP_PKEY *rsa_key(const struct ssh_public *k)
{
	BIGNUM *n = BN_bin2bn((const unsigned char *)k->modulus.p, (int)k->modulus.n, NULL);
	BIGNUM *exponent = BN_bin2bn((const unsigned char *)k->exponent.p, (int)k->exponent.n, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key;

	if (n && exponent && build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent))
		params = OSSL_PARAM_BLD_to_param(build);
	key = from_params("RSA", params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(exponent);
	BN_free(n);
	return key;
}

static EVP_PKEY *ecdsa_key(const struct ssh_public *k)
{
	unsigned char point[1 + 2 * COORDINATE_MAX];
	char group[16];
	OSSL_PARAM params[3];

	memcpy(point, k->point.p, k->point.n);
	snprintf(group, sizeof(group), "%s", k->type->group);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, k->point.n);
	params[2] = OSSL_PARAM_construct_end();
	return from_params("EC", params);
}

EVP_PKEY *ssh_public_evp(const struct ssh_public *k)
{
	EVP_PKEY *key;

	if (k->type->family == SSH_RSA)
		key = rsa_key(k);
	else if (k->type->family == SSH_ECDSA)
		key = ecdsa_key(k);
	else
		key = EVP_PKEY_new_raw_public_key(
			EVP_PKEY_ED25519, NULL, (const unsigned char *)k->point.p, k->point.n);
	ERR_clear_error();
	return key;
}

/* ---- as text ---------------------------------------------------------------------------------------------------- */

void ssh_fingerprint(struct view key_blob, char ret[SSH_FINGERPRINT_MAX])
{
	unsigned char sum[KEY_SUM];

	key_digest(EVP_sha256(), key_blob, sum);
	key_name(sum, ret);
}

int ssh_public_read(struct buf *ret_blob, struct view line, struct err *e)
{
	struct view rest = view_trim(line), type, text;
	struct ssh_public k = {0};
	BUF_AUTO blob = buf_new(SSH_KEY_BLOB_MAX);

	if (line.n > LINE_MAX_BYTES)
		return err_set(e, ERR_LIMIT, "a public key of more than %zu bytes", LINE_MAX_BYTES);
	if (!view_word(&rest, &type) || !view_word(&rest, &text))
		return err_set(e, ERR_INPUT, "no public key; its form is `ssh-ed25519 AAAA... comment`");
	if (!ssh_key_type(type))
		return err_set(e, ERR_INPUT, NOT_TAKEN);
	if (!base64_read(&blob, text))
		return err_set(e, ERR_INPUT, "the public key is not valid base64");
	if (ssh_public_parse(&k, buf_view(&blob), e) != 0)
		return -1;
	if (ssh_key_type(type) != k.type)
		return err_set(e, ERR_INPUT, "the key is of another type than its line says");
	if (!buf_add_view(ret_blob, buf_view(&blob)))
		return err_set(e, ERR_LIMIT, "a public key of more than %zu bytes", ret_blob->max);
	return 0;
}
