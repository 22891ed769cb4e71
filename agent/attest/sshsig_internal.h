/* sshsig_internal.h - what makes a signature: the bytes that are signed, private key files, the agent. */
#ifndef RM_ATTEST_SSHSIG_INTERNAL_H
#define RM_ATTEST_SSHSIG_INTERNAL_H

#include "attest/keys_internal.h"
#include "attest/sshsig.h"

#define SSHSIG_MAGIC "SSHSIG"
#define SSHSIG_VERSION 1u
#define SSHSIG_NAMESPACE_MAX 256u
#define SSH_KDF_ROUNDS_MAX 1000u /* of bcrypt: some ten seconds */
#define SSH_AGENT_KEYS_MAX 256u
#define SSH_AGENT_ANSWER_MAX ((size_t)256 << 10)
#define SSH_AGENT_LIST_S 10  /* how long it may take to list its keys, */
#define SSH_AGENT_SIGN_S 120 /* and to sign: somebody may have to touch a device */

/* What is signed in the place of the message; false: no such hash algorithm. */
bool sshsig_signed(struct buf *out, struct view namespace_, struct view hash_algorithm, struct view message);

/* ---- private key files ("-----BEGIN OPENSSH PRIVATE KEY-----") ---- */
struct ssh_private {
	struct buf public_key;  /* blob; known also where the rest is not */
	unsigned char seed[32]; /* of Ed25519; wiped by ssh_private_done() */
	bool usable;            /* the seed is known: an Ed25519 key, decrypted */
};
void ssh_private_done(struct ssh_private *k);
#define SSH_PRIVATE_AUTO __attribute__((cleanup(ssh_private_done))) struct ssh_private
/* Asks `passphrase` where the file is encrypted. A key of another type, or an encrypted one for which nobody knows a
 * passphrase, is not an error: then the agent may hold it. */
int ssh_private_read(struct ssh_private *ret, struct view text, const struct ssh_signer *s, struct err *e);

/* "bcrypt" of OpenSSH; `rounds` at most SSH_KDF_ROUNDS_MAX, `n` at most 256. */
void ssh_bcrypt(struct view passphrase, struct view salt, uint32_t rounds, unsigned char *ret, size_t n);

/* ---- the agent ---- */
/* *ret_key is `wanted_key`, or, where that is empty, the first one that s->wanted accepts (NULL: of a type we know).
 * ERR_NOT_FOUND: it holds no such key; ERR_UNAVAILABLE: there is no agent. *ret: the signature with its type. */
int ssh_agent_sign(struct buf *ret, struct buf *ret_key, const struct ssh_signer *s, struct view wanted_key,
	struct view data, struct err *e);

#endif
