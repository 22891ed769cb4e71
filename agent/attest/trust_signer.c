/* trust_signer.c - does the signature hold, and may its key sign? Nothing of the payload is looked at here. */
#include "attest/trust_internal.h"

#include "attest/keys.h"

#define ED25519_TYPE "ssh-ed25519"

/* The key itself stands behind its type, both with four bytes of length: RFC 8709. */
static bool raw_ed25519(struct view blob, unsigned char ret[KEY_PUBLIC])
{
	static const unsigned char head[] = "\0\0\0\x0b" ED25519_TYPE "\0\0\0\x20";
	size_t n = sizeof(head) - 1;

	if (blob.n != n + KEY_PUBLIC || memcmp(blob.p, head, n) != 0)
		return false;
	memcpy(ret, blob.p + n, KEY_PUBLIC);
	return true;
}

/* The key id is a hint and no more: it picks the key, which then has to verify. */
static bool plain_signature(struct judging *j, struct view pae)
{
	const struct signers *s = j->f->signers;
	unsigned char key[KEY_PUBLIC];
	char id[KEY_ID_MAX];

	for (size_t i = 0; i < s->count; i++) {
		if (!raw_ed25519(s->items[i].key, key))
			continue;
		key_id(key, id);
		if (!j->envelope.keyid || strcmp(id, j->envelope.keyid) != 0)
			continue;
		if (!key_verify(key, pae, j->envelope.signature))
			return trust_reject(j, TRUST_SIGNATURE,
				"the signature does not fit: the result was changed, or another key signed it");
		j->key = s->items[i].key;
		return true;
	}
	return trust_reject(j, TRUST_UNKNOWN_KEY, "the key %.100s is not among the allowed signers",
		j->envelope.keyid ? j->envelope.keyid : "(unnamed)");
}

static bool ssh_signature(struct judging *j, struct view pae)
{
	char fingerprint[SSH_FINGERPRINT_MAX];
	struct err e = {0};
	struct sshsig s;

	if (sshsig_parse(&s, j->envelope.signature, &e) < 0)
		return trust_reject(j, TRUST_MALFORMED, "the SSH signature is not as it must be: %s", e.text);
	if (sshsig_verify(&s, pae, arena_view(j->a, s.namespace_).p, &e) < 0)
		return trust_reject(j, TRUST_SIGNATURE, "the signature does not fit: %s", e.text);
	if (!view_is(s.namespace_, SSHSIG_NAMESPACE))
		return trust_reject(j, TRUST_NAMESPACE, "the signature was made for `%.*s`, not for `%s`",
			VIEW_ARG(view_cut_utf8(s.namespace_, 80)), SSHSIG_NAMESPACE);
	if (s.touch_not_required)
		return trust_reject(j, TRUST_SIGNATURE, "the security key signed without being touched");
	ssh_fingerprint(s.public_key, fingerprint);
	if (!j->envelope.keyid || strcmp(j->envelope.keyid, fingerprint) != 0)
		return trust_reject(j, TRUST_SIGNATURE, "the envelope names another key than the one that signed");
	j->key = s.public_key;
	return true;
}

bool trust_signature(struct judging *j)
{
	BUF_AUTO pae = buf_new(ENVELOPE_BYTES_MAX + BUF_LINE);
	bool holds;

	envelope_pae(&pae, j->envelope.payload_type, j->envelope.payload);
	if (pae.full)
		return trust_reject(j, TRUST_MALFORMED, "the payload is too large");
	switch (j->envelope.format) {
	case ENVELOPE_ED25519:
		holds = plain_signature(j, buf_view(&pae));
		break;
	case ENVELOPE_SSHSIG:
		holds = ssh_signature(j, buf_view(&pae));
		break;
	default:
		holds = trust_reject(j, TRUST_MALFORMED, "the form of the signature is not known");
	}
	if (j->key.n)
		ssh_fingerprint(j->key, j->v->fingerprint);
	return holds;
}

/* ---- may this key sign? --------------------------------------------------------------------------------------- */

static const char *principals(struct judging *j, const struct signer *s)
{
	BUF_AUTO out = buf_new(BUF_LINE);

	for (const char *const *p = s->principals; p && *p; p++)
		buf_addf(&out, "%s%s", out.n ? "," : "", *p);
	return arena_format(j->a, "%s", buf_text(&out));
}

bool trust_allowed(struct judging *j)
{
	static const enum trust_reason reasons[] = {[SIGNERS_UNKNOWN] = TRUST_UNKNOWN_KEY,
		[SIGNERS_NAMESPACE] = TRUST_NAMESPACE,
		[SIGNERS_BRANCH] = TRUST_SIGNER_BRANCH,
		[SIGNERS_TIME] = TRUST_KEY_TIME};
	const struct trust_facts *f = j->f;
	enum signers_miss miss = SIGNERS_UNKNOWN;
	struct err e = {0};
	const struct signer *s = signers_look(f->signers, j->key, NULL, SSHSIG_NAMESPACE, f->branch, f->now, &miss, &e);

	if (!s && (miss == SIGNERS_UNKNOWN || miss == SIGNERS_NAMESPACE))
		return trust_reject(j, reasons[miss], "%s", e.text);
	if (revoked_has(f->revoked, j->key))
		return trust_reject(j, TRUST_REVOKED, "the key %s is revoked", j->v->fingerprint);
	if (!s)
		return trust_reject(j, reasons[miss], "%s", e.text);
	j->v->principal = principals(j, s);
	return true;
}
