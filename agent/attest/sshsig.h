/* sshsig.h - signatures as `ssh-keygen -Y sign` makes them: by key file or ssh-agent, verified without any program.
 *
 * Namespace SSHSIG_NAMESPACE. Verified: ssh-ed25519, ecdsa-sha2-nistp256/384/521, rsa-sha2-256/512 (2,048 bits and
 * more), sk-ssh-ed25519@openssh.com, sk-ecdsa-sha2-nistp256@openssh.com. Signed here: unencrypted or
 * passphrase-protected OpenSSH private keys of type ed25519, and anything that the agent holds. Facts: OpenSSH
 * PROTOCOL.sshsig, PROTOCOL.key, PROTOCOL.agent, RFC 4253, 5656, 8332, 8709. */
#ifndef RM_ATTEST_SSHSIG_H
#define RM_ATTEST_SSHSIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define SSHSIG_NAMESPACE "runmedic"
#define SSHSIG_BLOB_MAX ((size_t)32 << 10)
#define SSH_KEY_BLOB_MAX ((size_t)8 << 10)
#define SSH_FINGERPRINT_MAX 64

struct sshsig {
	struct view public_key; /* blob; views into the blob that was parsed */
	const char *key_type;   /* a literal */
	struct view namespace_, hash_algorithm, signature_type, signature;
	bool touch_not_required; /* sk keys: flags without user presence */
};
/* From the blob without armour. ERR_INPUT names what is wrong. */
int sshsig_parse(struct sshsig *ret, struct view blob, struct err *e);
int sshsig_unarmour(struct buf *ret, struct view armoured, struct err *e);
void sshsig_armour(struct buf *out, struct view blob);
/* Signature and namespace are good for this message. Whether the key is allowed is signers.h's question. */
int sshsig_verify(const struct sshsig *s, struct view message, const char *namespace_, struct err *e);

/* "SHA256:..." of a public key blob. */
void ssh_fingerprint(struct view key_blob, char ret[SSH_FINGERPRINT_MAX]);
/* "ssh-ed25519 AAAA... comment" -> blob. */
int ssh_public_read(struct buf *ret_blob, struct view line, struct err *e);

/* By a private key file (ed25519), or by the agent at SSH_AUTH_SOCK when `path` is a public key or NULL (then the first
 * key it has that `wanted` accepts). *ret is the SSHSIG blob, *ret_key the public key blob. */
struct ssh_signer {
	const char *path;
	const char *(*passphrase)(void *context, const char *path);
	bool (*wanted)(void *context, struct view key_blob);
	void *context;
};
int sshsig_sign(struct buf *ret, struct buf *ret_key, const struct ssh_signer *s, struct view message,
	const char *namespace_, struct err *e);

#endif
