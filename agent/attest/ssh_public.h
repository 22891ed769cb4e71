/* ssh_public.h - public keys of the types that are verified, taken apart. */
#ifndef RM_ATTEST_SSH_PUBLIC_H
#define RM_ATTEST_SSH_PUBLIC_H

#include "base/err.h"
#include "base/view.h"

#include <openssl/evp.h>

#define SSH_RSA_BITS_MIN 2048
#define SSH_RSA_BITS_MAX 16384

enum ssh_family { SSH_ED25519, SSH_ECDSA, SSH_RSA };
struct ssh_key_type {
	const char *name;
	enum ssh_family family;
	bool security_key;  /* sk-: the key stands in a device, which signs flags and a counter too */
	const char *curve;  /* as SSH names it, and as OpenSSL does */
	const char *group;  /* NULL: not ECDSA */
	const char *digest; /* of ECDSA; NULL: chosen by the signature, or part of the algorithm */
	size_t field;       /* bytes of a coordinate */
};
struct ssh_public {
	const struct ssh_key_type *type;
	struct view point;             /* Ed25519: 32 bytes; ECDSA: uncompressed */
	struct view modulus, exponent; /* RSA */
	struct view application;       /* sk- */
};
const struct ssh_key_type *ssh_key_type(struct view name); /* NULL: not one of ours */
/* Views into the blob. ERR_INPUT says what is wrong: unknown type, sizes, points of small order, bytes left. */
int ssh_public_parse(struct ssh_public *ret, struct view blob, struct err *e);
/* NULL: not a key (a point that is not on the curve). */
EVP_PKEY *ssh_public_evp(const struct ssh_public *k);

/* 32 bytes that are the canonical encoding of a point (on the curve or not), whose order is not small: with one of
 * those a signature holds for many messages. */
bool ed25519_is_sound(const unsigned char key[32]);

#endif
