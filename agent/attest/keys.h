/* keys.h - Ed25519 keys for signing: made, read, named. The only keys that runmedic makes itself.
 *
 * A private key is PKCS#8 PEM, mode 0600 (others may not read it: refused), encrypted where a passphrase is given
 * (PBES2, AES-256-CBC, PBKDF2-SHA256). In automation it comes from RUNMEDIC_SIGNING_KEY (PEM text). Secrets are wiped.
 * With openssl. */
#ifndef RM_ATTEST_KEYS_H
#define RM_ATTEST_KEYS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define KEY_PUBLIC 32u
#define KEY_SIGNATURE 64u
#define KEY_ID_MAX 64

struct signing_key;
int signing_key_new(struct signing_key **ret, struct err *e);
int signing_key_read(struct signing_key **ret, struct view pem, const char *passphrase_or_null, struct err *e);
/* Asks `passphrase` only where the file is encrypted; a file that others may read is ERR_REFUSED. */
int signing_key_load(struct signing_key **ret, const char *path,
	const char *(*passphrase)(void *context, const char *path), void *context, struct err *e);
int signing_key_write(const struct signing_key *k, const char *path, const char *passphrase_or_null, struct err *e);
void signing_key_free(struct signing_key *k); /* wiped */
void signing_key_public(const struct signing_key *k, unsigned char ret[KEY_PUBLIC]);
int signing_key_sign(const struct signing_key *k, struct view message, unsigned char ret[KEY_SIGNATURE], struct err *e);

bool key_verify(const unsigned char public_key[KEY_PUBLIC], struct view message, struct view signature);
/* "SHA256:<base64 without padding>" of the SubjectPublicKeyInfo; and the PEM of it, for openssl and sigstore. */
void key_id(const unsigned char public_key[KEY_PUBLIC], char ret[KEY_ID_MAX]);
void key_pem(struct buf *out, const unsigned char public_key[KEY_PUBLIC]);
/* As OpenSSH writes it: "ssh-ed25519 AAAA..."; and its fingerprint "SHA256:...". */
void key_ssh(struct buf *out, const unsigned char public_key[KEY_PUBLIC]);
int key_read_pem(unsigned char ret[KEY_PUBLIC], struct view pem, struct err *e);

#endif
