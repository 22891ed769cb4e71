/* envelope.h - DSSE v1 around a payload: one signature, Ed25519 by a plain key, or SSH (sshsig.h) over the same bytes.
 *
 *     {"payload":"<base64>","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"...","sig":"<base64>"}]}
 *
 * Ed25519: `sig` signs PAE(payloadType, payload); keyid is "SHA256:<base64 of the digest of the public key in DER>".
 * SSH: `sig` holds the armoured SSHSIG over PAE (as base64, so that its bytes are a .sig file), keyid is OpenSSH's
 * fingerprint, and a member "format":"sshsig" says so. Exactly one signature: a second one is refused. Facts: DSSE
 * protocol v1.0.2, RFC 8032, OpenSSH PROTOCOL.sshsig.
 */
#ifndef RM_ATTEST_ENVELOPE_H
#define RM_ATTEST_ENVELOPE_H

#include "base/arena.h"
#include "base/json.h"

#define ENVELOPE_BYTES_MAX ((size_t)2 << 20)

enum envelope_format { ENVELOPE_ED25519, ENVELOPE_SSHSIG };
struct envelope {
	struct arena arena;
	struct view payload;      /* decoded */
	const char *payload_type; /* must be STATEMENT_PAYLOAD_TYPE to be trusted */
	const char *keyid;
	enum envelope_format format;
	struct view signature; /* decoded: 64 bytes, or the SSHSIG blob without armour */
};
void envelope_done(struct envelope *v);
/* "DSSEv1 <len> <type> <len> <payload>" */
void envelope_pae(struct buf *out, const char *payload_type, struct view payload);
cJSON *envelope_json(const char *payload_type, struct view payload, const char *keyid, enum envelope_format format,
	struct view signature);
/* ERR_INPUT names what is wrong: base64 (strict, padded), duplicate keys, a second signature, unknown format, size. */
int envelope_read(struct envelope *ret, struct view text, struct err *e);

#endif
