/* krl.c - revoked keys. Whatever form they come in, they are kept as digests, sorted. */
#include "attest/keys.h"
#include "attest/keys_internal.h"
#include "attest/signers.h"
#include "attest/ssh_public.h"
#include "attest/ssh_wire.h"
#include "attest/sshsig.h"
#include "base/base64.h"
#include "base/mem.h"

#include <stdlib.h>

#define MAGIC "SSHKRL\n"
#define SHA1_BYTES 20u

enum section { CERTIFICATES = 1, EXPLICIT_KEY, FINGERPRINT_SHA1, SIGNATURE, FINGERPRINT_SHA256, EXTENSION = 255 };

struct sums {
	unsigned char *bytes;
	size_t n, cap; /* bytes */
	size_t width;
};
struct revoked {
	struct sums sha1, sha256;
};

static int add_sum(struct sums *s, const void *sum)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->bytes = mem_grow(s->bytes, s->cap, s->width);
	}
	memcpy(s->bytes + s->n++ * s->width, sum, s->width);
	return 0;
}

static int by_sha1(const void *a, const void *b)
{
	return memcmp(a, b, SHA1_BYTES);
}

static int by_sha256(const void *a, const void *b)
{
	return memcmp(a, b, KEY_SUM);
}

static void add_key(struct revoked *r, struct view blob)
{
	unsigned char sum[KEY_SUM];

	key_digest(EVP_sha256(), blob, sum);
	add_sum(&r->sha256, sum);
}

/* ---- binary (PROTOCOL.krl) -------------------------------------------------------------------------------------- */

static int cut_short(struct err *e)
{
	return err_set(e, ERR_INPUT, "the key revocation list is cut short, or damaged");
}

/* What it may be: a key of any type, also of those that we do not verify. */
static int take_keys(struct revoked *r, struct view section, struct err *e)
{
	struct ssh_reader in = {section, false};

	while (in.rest.n) {
		struct view blob = ssh_take_string(&in);
		struct ssh_reader key = {blob, false};

		if (in.bad || ssh_take_string(&key).n == 0)
			return cut_short(e);
		add_key(r, blob);
	}
	return 0;
}

static int take_sums(struct sums *s, struct view section, struct err *e)
{
	struct ssh_reader in = {section, false};

	while (in.rest.n) {
		struct view sum = ssh_take_string(&in);

		if (in.bad || sum.n != s->width)
			return cut_short(e);
		add_sum(s, sum.p);
	}
	return 0;
}

static int check_extension(struct view section, struct err *e)
{
	struct ssh_reader in = {section, false};
	unsigned critical;

	ssh_take_string(&in);
	critical = ssh_take_byte(&in);
	ssh_take_string(&in);
	if (!ssh_ended(&in))
		return cut_short(e);
	if (critical)
		return err_set(e, ERR_INPUT, "the key revocation list holds a critical extension that is not known");
	return 0;
}

static int take_section(struct revoked *r, struct ssh_reader *in, struct err *e)
{
	unsigned type = ssh_take_byte(in);
	struct view section = ssh_take_string(in);

	if (in->bad)
		return cut_short(e);
	switch (type) {
	case CERTIFICATES:
		return 0;
	case EXPLICIT_KEY:
		return take_keys(r, section, e);
	case FINGERPRINT_SHA1:
		return take_sums(&r->sha1, section, e);
	case FINGERPRINT_SHA256:
		return take_sums(&r->sha256, section, e);
	case SIGNATURE: /* the section was the key; behind it only more of these */
		ssh_take_string(in);
		return in->bad || (in->rest.n && *in->rest.p != SIGNATURE) ? cut_short(e) : 0;
	case EXTENSION:
		return check_extension(section, e);
	default:
		return err_set(
			e, ERR_INPUT, "the key revocation list holds a section of type %u, which is not known", type);
	}
}

static int read_binary(struct revoked *r, struct view bytes, struct err *e)
{
	struct ssh_reader in = {view_from(bytes, sizeof(MAGIC)), false};
	uint32_t version = ssh_take_number(&in);

	ssh_take(&in, 8 + 8 + 8); /* number of the list, when it was made, flags */
	ssh_take_string(&in);     /* reserved */
	ssh_take_string(&in);     /* comment */
	if (in.bad)
		return cut_short(e);
	if (version != 1)
		return err_set(e, ERR_INPUT, "the key revocation list has version %lu; only 1 is known",
			(unsigned long)version);
	while (in.rest.n)
		if (take_section(r, &in, e) != 0)
			return -1;
	return 0;
}

/* ---- text ------------------------------------------------------------------------------------------------------- */

static int take_fingerprint(struct revoked *r, struct view text, struct err *e)
{
	BUF_AUTO padded = buf_new(64), sum = buf_new(KEY_SUM);

	buf_add_view(&padded, text);
	buf_add_char(&padded, '=');
	if (padded.full || !base64_read(&sum, buf_view(&padded)) || sum.n != KEY_SUM)
		return err_set(e, ERR_INPUT, "not a fingerprint (SHA256: and 43 characters)");
	return add_sum(&r->sha256, sum.p);
}

static int take_line(struct revoked *r, struct view line, struct err *e)
{
	static const char prefix[] = "SHA256:";
	BUF_AUTO blob = buf_new(SSH_KEY_BLOB_MAX);
	struct view rest = line, word;

	view_word(&rest, &word);
	if (view_starts(word, prefix))
		return take_fingerprint(r, view_from(word, sizeof(prefix) - 1), e);
	if (ssh_public_read(&blob, line, e) != 0)
		return -1;
	add_key(r, buf_view(&blob));
	return 0;
}

static int read_text(struct revoked *r, struct view text, struct err *e)
{
	struct view line;

	for (unsigned number = 1; view_next(&text, '\n', &line); number++) {
		line = view_trim(line);
		if (number > SIGNERS_LINES_MAX)
			return err_set(e, ERR_LIMIT, "a list of revoked keys of more than %u lines", SIGNERS_LINES_MAX);
		if (line.n && *line.p != '#' && take_line(r, line, e) != 0)
			return err_wrap(e, "line %u", number);
	}
	return 0;
}

/* ---- both ------------------------------------------------------------------------------------------------------- */

int revoked_read(struct revoked **ret, struct view bytes, struct err *e)
{
	bool binary = bytes.n >= sizeof(MAGIC) && memcmp(bytes.p, MAGIC, sizeof(MAGIC)) == 0;
	struct revoked *r;

	if (bytes.n > KRL_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "a list of revoked keys of more than %zu bytes", KRL_BYTES_MAX);
	r = mem_new(sizeof(*r));
	r->sha1.width = SHA1_BYTES;
	r->sha256.width = KEY_SUM;
	if ((binary ? read_binary(r, bytes, e) : read_text(r, bytes, e)) != 0) {
		revoked_free(r);
		return -1;
	}
	if (r->sha1.n)
		qsort(r->sha1.bytes, r->sha1.n, SHA1_BYTES, by_sha1);
	if (r->sha256.n)
		qsort(r->sha256.bytes, r->sha256.n, KEY_SUM, by_sha256);
	*ret = r;
	return 0;
}

static bool has_sum(const struct sums *s, const unsigned char *sum, int (*order)(const void *, const void *))
{
	return s->n && bsearch(sum, s->bytes, s->n, s->width, order);
}

/* The same key under its name as a plain one: what an envelope shows as its keyid. */
static bool has_key_id(const struct revoked *r, struct view blob)
{
	struct ssh_public k;
	unsigned char sum[KEY_SUM];

	if (ssh_public_parse(&k, blob, NULL) != 0 || k.type->family != SSH_ED25519 || k.type->security_key)
		return false;
	key_info_digest((const unsigned char *)k.point.p, sum);
	return has_sum(&r->sha256, sum, by_sha256);
}

bool revoked_has(const struct revoked *r, struct view key)
{
	unsigned char sha1[SHA1_BYTES], sha256[KEY_SUM];

	if (!r)
		return false;
	key_digest(EVP_sha1(), key, sha1);
	key_digest(EVP_sha256(), key, sha256);
	return has_sum(&r->sha256, sha256, by_sha256) || has_sum(&r->sha1, sha1, by_sha1) || has_key_id(r, key);
}

void revoked_free(struct revoked *r)
{
	if (!r)
		return;
	free(r->sha1.bytes);
	free(r->sha256.bytes);
	free(r);
}
