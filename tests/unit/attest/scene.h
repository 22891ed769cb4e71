/* scene.h - a repository with its signers and a good result, and the ways to sign it. For test_trust*.c. */
#ifndef SCENE_H
#define SCENE_H

#include "attest/keys.h"
#include "attest/trust.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#define SCENE_CONFIG                                                                                                   \
	"local:\n  checks: [{name: tests, run: make, junit: r.xml, coverage: c.xml}, {name: lint, run: x, lint: "      \
	"'ruff:f'}]\n  thresholds: {coverage: 85, pass_rate: 100}\n"

struct scene {
	struct signing_key *ann, *bob, *old, *later, *git, *gone, *stranger;
	struct config config;
	struct signers signers, nobody;
	struct revoked *revoked;
	char digest[80];
	struct claim claim;
	struct trust_facts facts;
};

static inline void scene_line(struct buf *out, const char *start, struct signing_key **k)
{
	unsigned char key[KEY_PUBLIC];
	struct err e = {0};

	if (signing_key_new(k, &e) < 0)
		abort();
	signing_key_public(*k, key);
	if (!start)
		return;
	buf_addf(out, "%s ", start);
	key_ssh(out, key);
	buf_add_char(out, '\n');
}

static inline void scene_revoke(struct scene *s, const struct signing_key *k)
{
	unsigned char key[KEY_PUBLIC];
	BUF_AUTO line = buf_new(BUF_LINE);
	struct err e = {0};

	signing_key_public(k, key);
	key_ssh(&line, key);
	buf_add_char(&line, '\n');
	if (revoked_read(&s->revoked, buf_view(&line), &e) < 0)
		abort();
}

static inline void scene_new(struct scene *s)
{
	BUF_AUTO lines = buf_new(BUF_PAGE);
	struct err e = {0};

	*s = (struct scene){0};
	scene_line(&lines, "ann@example.org namespaces=\"runmedic,git\"", &s->ann);
	scene_line(&lines, "bob@example.org branches=\"release-*\"", &s->bob);
	scene_line(&lines, "old@example.org valid-before=\"20261101Z\"", &s->old);
	scene_line(&lines, "later@example.org valid-after=\"20261201Z\"", &s->later);
	scene_line(&lines, "git@example.org namespaces=\"git\"", &s->git);
	scene_line(&lines, "gone@example.org", &s->gone);
	scene_line(&lines, NULL, &s->stranger);
	if (signers_read(&s->signers, buf_view(&lines), &e) < 0 ||
		config_parse(&s->config, VIEW(SCENE_CONFIG), "medic.yml", &e) < 0)
		abort();
	scene_revoke(s, s->gone);
	claim_config_digest(&s->config, s->digest);
	s->claim = sample_claim();
	s->claim.config_digest = s->digest;
	s->facts = (struct trust_facts){.commit = SAMPLE_COMMIT,
		.tree = SAMPLE_TREE,
		.repository = SAMPLE_REPOSITORY,
		.branch = "main",
		.now = s->claim.timestamp + 60 * CLOCK_SECOND,
		.config = &s->config,
		.signers = &s->signers,
		.revoked = s->revoked};
}

static inline void scene_free(struct scene *s)
{
	signing_key_free(s->ann);
	signing_key_free(s->bob);
	signing_key_free(s->old);
	signing_key_free(s->later);
	signing_key_free(s->git);
	signing_key_free(s->gone);
	signing_key_free(s->stranger);
	revoked_free(s->revoked);
	signers_done(&s->signers);
	config_done(&s->config);
}

static inline void scene_statement(struct buf *out, const struct claim *claim)
{
	JSON_AUTO *j = statement_json(claim, claim->repository, SAMPLE_SERVER);

	json_print(out, j);
}

/* DSSE by a plain key. */
static inline void scene_sign(struct buf *out, struct view payload, const char *type, const struct signing_key *k)
{
	unsigned char signature[KEY_SIGNATURE], key[KEY_PUBLIC];
	BUF_AUTO pae = buf_new(BUF_FILE);
	char id[KEY_ID_MAX];
	struct err e = {0};

	envelope_pae(&pae, type, payload);
	signing_key_public(k, key);
	key_id(key, id);
	if (signing_key_sign(k, buf_view(&pae), signature, &e) < 0)
		abort();
	JSON_AUTO *j = envelope_json(
		type, payload, id, ENVELOPE_ED25519, view_make((const char *)signature, sizeof(signature)));
	json_print(out, j);
}

static inline void scene_string(struct buf *out, struct view v)
{
	const unsigned char length[] = {0, 0, (unsigned char)(v.n >> 8), (unsigned char)v.n};

	buf_add(out, length, sizeof(length));
	buf_add_view(out, v);
}

/* A signature as ssh-keygen makes it, by hand: so that each part of it can be wrong. */
struct scene_ssh {
	const struct signing_key *by;
	const char *namespace_, *hash, *said_namespace; /* the last: in the blob; NULL: the one that is signed */
	const char *keyid;                              /* NULL: of the key */
	unsigned char version;
};

static inline void scene_ssh_key(struct buf *out, const struct signing_key *k)
{
	unsigned char key[KEY_PUBLIC];

	signing_key_public(k, key);
	scene_string(out, VIEW("ssh-ed25519"));
	scene_string(out, view_make((const char *)key, sizeof(key)));
}

static inline void scene_ssh_signature(struct buf *out, struct view message, const struct scene_ssh *s)
{
	unsigned char sum[EVP_MAX_MD_SIZE], signature[KEY_SIGNATURE];
	unsigned n = 0;
	BUF_AUTO data = buf_new(BUF_LINE);
	struct err e = {0};

	EVP_Digest(message.p, message.n, sum, &n, strcmp(s->hash, "sha256") == 0 ? EVP_sha256() : EVP_sha512(), NULL);
	buf_add_text(&data, "SSHSIG");
	scene_string(&data, view_of(s->namespace_));
	scene_string(&data, VIEW(""));
	scene_string(&data, view_of(s->hash));
	scene_string(&data, view_make((const char *)sum, n));
	if (signing_key_sign(s->by, buf_view(&data), signature, &e) < 0)
		abort();
	scene_string(out, VIEW("ssh-ed25519"));
	scene_string(out, view_make((const char *)signature, sizeof(signature)));
}

static inline void scene_sign_ssh(struct buf *out, struct view payload, const struct scene_ssh *s)
{
	const unsigned char head[] = {'S', 'S', 'H', 'S', 'I', 'G', 0, 0, 0, s->version};
	char fingerprint[SSH_FINGERPRINT_MAX];
	BUF_AUTO pae = buf_new(BUF_FILE);
	BUF_AUTO blob = buf_new(BUF_LINE);
	BUF_AUTO key = buf_new(BUF_LINE);
	BUF_AUTO signature = buf_new(BUF_LINE);

	envelope_pae(&pae, STATEMENT_PAYLOAD_TYPE, payload);
	scene_ssh_key(&key, s->by);
	scene_ssh_signature(&signature, buf_view(&pae), s);
	buf_add(&blob, head, sizeof(head));
	scene_string(&blob, buf_view(&key));
	scene_string(&blob, view_of(s->said_namespace ? s->said_namespace : s->namespace_));
	scene_string(&blob, VIEW(""));
	scene_string(&blob, view_of(s->hash));
	scene_string(&blob, buf_view(&signature));
	ssh_fingerprint(buf_view(&key), fingerprint);
	JSON_AUTO *j = envelope_json(
		STATEMENT_PAYLOAD_TYPE, payload, s->keyid ? s->keyid : fingerprint, ENVELOPE_SSHSIG, buf_view(&blob));
	json_print(out, j);
}

#endif
