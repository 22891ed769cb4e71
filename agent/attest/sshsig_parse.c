/* sshsig_parse.c - the form of a signature: PROTOCOL.sshsig, read so that one signature has one form. */
#include "attest/ssh_public.h"
#include "attest/ssh_wire.h"
#include "attest/sshsig_internal.h"
#include "base/base64.h"

#define ARMOUR_BEGIN "-----BEGIN SSH SIGNATURE-----"
#define ARMOUR_END "-----END SSH SIGNATURE-----"
#define ARMOUR_WIDTH 70u
#define PRESENT 0x01u /* flag of a security key: somebody touched it */

static bool type_fits(const struct ssh_key_type *key, struct view signature)
{
	if (key->family == SSH_RSA)
		return view_is(signature, "rsa-sha2-256") || view_is(signature, "rsa-sha2-512");
	return view_is(signature, key->name);
}

static int take_signature(struct sshsig *s, const struct ssh_key_type *key, struct view bytes, struct err *e)
{
	struct ssh_reader r = {bytes, false};
	unsigned flags;

	s->signature_type = ssh_take_string(&r);
	s->signature = ssh_take_string(&r);
	if (!r.bad && !type_fits(key, s->signature_type))
		return err_set(e, ERR_INPUT, "the signature is of another type than its key (%s)", key->name);
	if (key->security_key) {
		flags = ssh_take_byte(&r);
		ssh_take_number(&r);
		s->touch_not_required = !(flags & PRESENT);
		/* Signed, so a part of it; what verifies looks at these bytes too. */
		s->signature = view_make(s->signature.p, s->signature.n + 5);
	}
	if (!ssh_ended(&r) || s->signature.n == 0)
		return err_set(e, ERR_INPUT, "the signature is cut short, or has bytes behind its end");
	return 0;
}

static int check_names(const struct sshsig *s, struct view reserved, struct err *e)
{
	if (s->namespace_.n == 0 || s->namespace_.n > SSHSIG_NAMESPACE_MAX)
		return err_set(e, ERR_INPUT, "the signature's namespace is empty or too long");
	/* It is not part of what is signed. */
	if (reserved.n)
		return err_set(e, ERR_INPUT, "the signature's reserved field is not empty");
	if (!view_is(s->hash_algorithm, "sha256") && !view_is(s->hash_algorithm, "sha512"))
		return err_set(e, ERR_INPUT, "the signature's hash algorithm is neither sha256 nor sha512");
	return 0;
}

int sshsig_parse(struct sshsig *ret, struct view blob, struct err *e)
{
	struct ssh_reader r = {blob, false};
	struct view magic = ssh_take(&r, sizeof(SSHSIG_MAGIC) - 1), reserved, signature;
	struct ssh_public key;
	struct sshsig s = {0};
	uint32_t version;

	if (blob.n > SSHSIG_BLOB_MAX)
		return err_set(e, ERR_LIMIT, "a signature of more than %zu bytes", SSHSIG_BLOB_MAX);
	if (!view_is(magic, SSHSIG_MAGIC))
		return err_set(e, ERR_INPUT, "not an SSH signature");
	version = ssh_take_number(&r);
	s.public_key = ssh_take_string(&r);
	s.namespace_ = ssh_take_string(&r);
	reserved = ssh_take_string(&r);
	s.hash_algorithm = ssh_take_string(&r);
	signature = ssh_take_string(&r);
	if (!r.bad && version != SSHSIG_VERSION)
		return err_set(e, ERR_INPUT, "the signature has version %lu; only 1 is known", (unsigned long)version);
	if (!ssh_ended(&r))
		return err_set(e, ERR_INPUT, "the signature is cut short, or has bytes behind its end");
	if (ssh_public_parse(&key, s.public_key, e) != 0 || check_names(&s, reserved, e) != 0 ||
		take_signature(&s, key.type, signature, e) != 0)
		return -1;
	s.key_type = key.type->name;
	*ret = s;
	return 0;
}

/* ---- armour ----------------------------------------------------------------------------------------------------- */

int sshsig_unarmour(struct buf *ret, struct view armoured, struct err *e)
{
	struct view rest = view_trim_right(armoured), line;
	BUF_AUTO text = buf_new(SSHSIG_BLOB_MAX * 2);
	bool ended = false;

	if (!view_next(&rest, '\n', &line) || !view_is(view_trim_right(line), ARMOUR_BEGIN))
		return err_set(e, ERR_INPUT, "no SSH signature: it begins with `" ARMOUR_BEGIN "`");
	while (!ended && view_next(&rest, '\n', &line)) {
		line = view_ends(line, "\r") ? view_sub(line, 0, line.n - 1) : line;
		ended = view_is(line, ARMOUR_END);
		if (!ended)
			buf_add_view(&text, line);
	}
	if (!ended || rest.n)
		return err_set(e, ERR_INPUT, "the SSH signature does not end with `" ARMOUR_END "`");
	if (text.full)
		return err_set(e, ERR_LIMIT, "a signature of more than %zu bytes", SSHSIG_BLOB_MAX);
	if (text.n == 0 || !base64_read(ret, buf_view(&text)))
		return err_set(e, ERR_INPUT, "the SSH signature is not valid base64");
	return 0;
}

void sshsig_armour(struct buf *out, struct view blob)
{
	BUF_AUTO text = buf_new(SSHSIG_BLOB_MAX * 2);

	base64_add(&text, blob);
	buf_add_text(out, ARMOUR_BEGIN "\n");
	for (size_t i = 0; i < text.n; i += ARMOUR_WIDTH) {
		buf_add_view(out, view_sub(buf_view(&text), i, ARMOUR_WIDTH));
		buf_add_char(out, '\n');
	}
	buf_add_text(out, ARMOUR_END "\n");
}
