#include "attest/keys.h"
#include "attest/ssh_public.h"
#include "attest/ssh_wire.h"
#include "attest/sshsig_internal.h"

#include "ssh_testing.h"

static const char *const names[] = {"ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa2048", "rsa256"};
#define NAMES (sizeof(names) / sizeof(*names))

static struct buf blob_of(const char *folder, const char *name)
{
	BUF_AUTO file = buf_new(128), text;
	struct buf blob = buf_new(SSHSIG_BLOB_MAX);
	struct err e = {0};

	buf_addf(&file, "%s.sig", name);
	text = content_of(folder, buf_text(&file));
	if (sshsig_unarmour(&blob, buf_view(&text), &e) != 0)
		fail_msg("%s: %s", name, e.text);
	return blob;
}

static bool holds(struct view blob, struct view message, struct err *e)
{
	struct sshsig s;

	return sshsig_parse(&s, blob, e) == 0 && sshsig_verify(&s, message, SSHSIG_NAMESPACE, e) == 0;
}

static void test_each_type(void **state)
{
	BUF_AUTO message = content_of(FIXTURES, "message");
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		BUF_AUTO blob = blob_of(FIXTURES, names[i]), again = buf_new(BUF_LINE), text, file = buf_new(64);

		if (!holds(buf_view(&blob), buf_view(&message), &e))
			fail_msg("%s: %s", names[i], e.text);
		assert_false(holds(buf_view(&blob), VIEW("another"), &e));
		assert_int_equal(e.code, ERR_AUTH);
		buf_addf(&file, "%s.sig", names[i]);
		text = content_of(FIXTURES, buf_text(&file));
		sshsig_armour(&again, buf_view(&blob));
		assert_string_equal(buf_text(&again), buf_text(&text));
	}
}

static void test_namespace(void **state)
{
	BUF_AUTO message = content_of(FIXTURES, "message"), blob = blob_of(FIXTURES, "other-namespace");
	struct sshsig s;
	struct err e;

	(void)state;
	assert_int_equal(sshsig_parse(&s, buf_view(&blob), &e), 0);
	assert_int_equal(sshsig_verify(&s, buf_view(&message), "other", &e), 0);
	assert_int_equal(sshsig_verify(&s, buf_view(&message), SSHSIG_NAMESPACE, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_int_equal(sshsig_verify(&s, buf_view(&message), "othe", &e), -1);
}

/* Every byte of every signature, every length, and bytes behind the end. */
static void test_tampering(void **state)
{
	BUF_AUTO message = content_of(FIXTURES, "message");
	size_t cases = 0;
	struct err e;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		BUF_AUTO blob = blob_of(FIXTURES, names[i]);
		unsigned bits = i == 0 ? 8 : 1;

		for (size_t k = 0; k < blob.n * bits; k++) {
			size_t at = k / bits, bit = bits == 8 ? k % 8 : k % 7;

			blob.p[at] ^= (char)(1u << bit);
			e = (struct err){0};
			if (holds(buf_view(&blob), buf_view(&message), &e) || !*e.text)
				fail_msg("%s: byte %zu changed", names[i], at);
			blob.p[at] ^= (char)(1u << bit);
			cases++;
		}
		for (size_t n = 0; n < blob.n; n++, cases++) {
			MEM_AUTO char *copy = mem_bytes(blob.p, n);

			assert_false(holds(view_make(copy, n), buf_view(&message), &e));
			assert_int_equal(e.code, ERR_INPUT);
		}
		buf_add_char(&blob, '\0');
		assert_false(holds(buf_view(&blob), buf_view(&message), &e));
	}
	print_message("%zu changes refused\n", cases);
	assert_true(cases > 5000);
}

/* ---- signatures put together by hand ---------------------------------------------------------------------------- */

struct parts {
	uint32_t version;
	struct view key, namespace_, reserved, hash, type, signature, tail, behind;
};

static void join(struct buf *out, const struct parts *p)
{
	BUF_AUTO inner = buf_new(SSHSIG_BLOB_MAX);

	ssh_add_string(&inner, p->type);
	ssh_add_string(&inner, p->signature);
	buf_add_view(&inner, p->tail);
	buf_clear(out);
	buf_add_text(out, "SSHSIG");
	ssh_add_number(out, p->version);
	ssh_add_string(out, p->key);
	ssh_add_string(out, p->namespace_);
	ssh_add_string(out, p->reserved);
	ssh_add_string(out, p->hash);
	ssh_add_string(out, buf_view(&inner));
	buf_add_view(out, p->behind);
}

static struct parts parts_of(const struct sshsig *s)
{
	return (struct parts){.version = 1,
		.key = s->public_key,
		.namespace_ = s->namespace_,
		.hash = s->hash_algorithm,
		.type = s->signature_type,
		.signature = s->signature};
}

static void refuse(const struct parts *p, const char *reason)
{
	BUF_AUTO message = content_of(FIXTURES, "message"), blob = buf_new(SSHSIG_BLOB_MAX);
	struct err e = {0};

	join(&blob, p);
	if (holds(buf_view(&blob), buf_view(&message), &e))
		fail_msg("taken: %s", reason);
	if (!strstr(e.text, reason))
		fail_msg("`%s` is not said, but `%s`", reason, e.text);
}

static void test_fields(void **state)
{
	BUF_AUTO ed = blob_of(FIXTURES, "ed25519"), rsa = blob_of(FIXTURES, "rsa2048"), message, blob;
	struct view padded;
	char zeros[64] = {0}, long_name[300];
	struct sshsig e25519, r;
	struct parts p;

	(void)state;
	message = content_of(FIXTURES, "message");
	blob = buf_new(SSHSIG_BLOB_MAX);
	assert_int_equal(sshsig_parse(&e25519, buf_view(&ed), NULL), 0);
	assert_int_equal(sshsig_parse(&r, buf_view(&rsa), NULL), 0);
	p = parts_of(&e25519);
	join(&blob, &p);
	assert_true(holds(buf_view(&blob), buf_view(&message), NULL));

	p.version = 2, refuse(&p, "version 2");
	p = parts_of(&e25519), p.version = 0, refuse(&p, "version 0");
	p = parts_of(&e25519), p.hash = VIEW("sha1"), refuse(&p, "neither sha256 nor sha512");
	p = parts_of(&e25519), p.hash = VIEW("SHA512"), refuse(&p, "neither sha256 nor sha512");
	p = parts_of(&e25519), p.hash = VIEW("sha512\0"), refuse(&p, "neither sha256 nor sha512");
	p = parts_of(&e25519), p.hash = VIEW("sha256"), refuse(&p, "does not fit");
	p = parts_of(&e25519), p.reserved = VIEW("x"), refuse(&p, "reserved");
	p = parts_of(&e25519), p.namespace_ = VIEW("runmedic\0x"), refuse(&p, "another purpose");
	p = parts_of(&e25519), p.namespace_ = VIEW("Runmedic"), refuse(&p, "another purpose");
	p = parts_of(&e25519), p.namespace_ = VIEW(""), refuse(&p, "empty or too long");
	memset(long_name, 'n', sizeof(long_name));
	p = parts_of(&e25519), p.namespace_ = view_make(long_name, sizeof(long_name)), refuse(&p, "empty or too long");
	p = parts_of(&e25519), p.behind = VIEW("\0"), refuse(&p, "bytes behind");
	p = parts_of(&e25519), p.tail = VIEW("\0"), refuse(&p, "bytes behind");
	p = parts_of(&e25519), p.tail = VIEW("\1\0\0\0\1"), refuse(&p, "bytes behind");
	p = parts_of(&e25519), p.type = VIEW("ssh-rsa"), refuse(&p, "another type");
	p = parts_of(&e25519), p.type = VIEW("rsa-sha2-512"), refuse(&p, "another type");
	p = parts_of(&e25519), p.type = VIEW(""), refuse(&p, "another type");
	p = parts_of(&e25519), p.signature = view_make(zeros, 64), refuse(&p, "does not fit");
	p = parts_of(&e25519), p.signature = view_make(zeros, 0), refuse(&p, "cut short");
	p = parts_of(&e25519), p.signature = view_sub(p.signature, 0, 63), refuse(&p, "does not fit");
	p = parts_of(&e25519), p.key = r.public_key, refuse(&p, "another type");
	p = parts_of(&e25519), p.key = VIEW(""), refuse(&p, "cut short");
	p = parts_of(&e25519), p.key = VIEW("\0\0\0\7ssh-dss\0\0\0\1x"), refuse(&p, "not taken");

	/* RSA: SHA-1, the other hash, an agent that leaves zeros away may; one that adds them may not. */
	p = parts_of(&r), p.type = VIEW("ssh-rsa"), refuse(&p, "another type");
	p = parts_of(&r), p.type = VIEW("rsa-sha2-256"), refuse(&p, "does not fit");
	BUF_AUTO longer = buf_new(BUF_LINE);
	buf_add_char(&longer, '\0');
	buf_add_view(&longer, r.signature);
	padded = buf_view(&longer);
	p = parts_of(&r), p.signature = padded, refuse(&p, "does not fit");
}

static void test_keys_refused(void **state)
{
	static const struct {
		const char *line, *reason;
	} lines[] = {{"", "no public key"}, {"ssh-ed25519", "no public key"}, {"ssh-dss AAAA", "not taken"},
		{"ssh-ed25519 AAAA", "cut short"}, {"ssh-ed25519 A", "base64"}, {"ssh-ed25519 AA A", "base64"},
		{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==", "cut short"},
		{"ssh-ed25519-cert-v01@openssh.com AAAA", "not taken"},
		{"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", "another type"}};
	BUF_AUTO weak = content_of(FIXTURES, "rsa1024.pub"), blob = buf_new(SSH_KEY_BLOB_MAX);
	struct err e;

	(void)state;
	assert_int_equal(ssh_public_read(&blob, buf_view(&weak), &e), -1);
	assert_non_null(strstr(e.text, "1024 bits"));
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_int_equal(ssh_public_read(&blob, view_of(lines[i].line), &e), -1);
		if (!strstr(e.text, lines[i].reason))
			fail_msg("%s: %s", lines[i].line, e.text);
		assert_int_equal(blob.n, 0);
	}
}

/* Points beside the curve, other curves, numbers longer than need be. */
static void test_ecdsa_keys(void **state)
{
	BUF_AUTO line = content_of(FIXTURES, "ecdsa256.pub"), blob = buf_new(SSH_KEY_BLOB_MAX), sig;
	struct ssh_public k;
	struct sshsig s;
	EVP_PKEY *key;

	(void)state;
	sig = blob_of(FIXTURES, "ecdsa256");
	assert_int_equal(ssh_public_read(&blob, buf_view(&line), NULL), 0);
	blob.p[blob.n - 1] ^= 1;
	assert_int_equal(ssh_public_parse(&k, buf_view(&blob), NULL), 0);
	key = ssh_public_evp(&k);
	assert_null(key);
	blob.p[blob.n - 1] ^= 1;
	blob.p[blob.n - 65] = 2;
	assert_int_equal(ssh_public_parse(&k, buf_view(&blob), NULL), -1);

	assert_int_equal(sshsig_parse(&s, buf_view(&sig), NULL), 0);
	struct ssh_reader reader = {s.signature, false};
	struct view r = ssh_take_integer(&reader), second = ssh_take_integer(&reader);
	assert_true(ssh_ended(&reader));
	for (unsigned form = 0; form < 6; form++) {
		BUF_AUTO pair = buf_new(256), number = buf_new(128);
		struct parts p = parts_of(&s);

		if (form == 1)
			buf_add(&number, "\0", 1);
		if (form != 0 && (unsigned char)*r.p & 0x80)
			buf_add(&number, "\0", 1);
		if (form == 0 && !((unsigned char)*r.p & 0x80))
			buf_add(&number, "\0", 1);
		buf_add_view(&number, form == 2 ? (struct view){0} : r);
		ssh_add_string(&pair, form == 3 ? VIEW("") : form == 4 ? VIEW("\0") : buf_view(&number));
		buf_clear(&number);
		if ((unsigned char)*second.p & 0x80)
			buf_add(&number, "\0", 1);
		buf_add_view(&number, second);
		ssh_add_string(&pair, form == 5 ? VIEW("\xff") : buf_view(&number));
		p.signature = buf_view(&pair);
		refuse(&p, "does not fit");
	}
}

/* ---- armour ----------------------------------------------------------------------------------------------------- */

static void test_armour(void **state)
{
	BUF_AUTO text = content_of(FIXTURES, "ed25519.sig"), out = buf_new(SSHSIG_BLOB_MAX), crlf = buf_new(BUF_LINE);
	struct view v = buf_view(&text);
	struct err e;

	(void)state;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\n')
			buf_add_char(&crlf, '\r');
		buf_add_char(&crlf, v.p[i]);
	}
	assert_int_equal(sshsig_unarmour(&out, buf_view(&crlf), &e), 0);
	buf_clear(&out);
	for (size_t n = 0; n + 1 < v.n; n++) {
		assert_int_equal(sshsig_unarmour(&out, view_sub(v, 0, n), &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
	}
	buf_add_text(&text, "x\n");
	assert_int_equal(sshsig_unarmour(&out, buf_view(&text), &e), -1);
	buf_clear(&crlf);
	buf_add_char(&crlf, ' ');
	buf_add_view(&crlf, v);
	assert_int_equal(sshsig_unarmour(&out, buf_view(&crlf), &e), -1);
	assert_int_equal(
		sshsig_unarmour(&out, VIEW("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"), &e), -1);
	assert_int_equal(
		sshsig_unarmour(&out, VIEW("-----BEGIN SSH SIGNATURE-----\nAA A\n-----END SSH SIGNATURE-----\n"), &e),
		-1);
	assert_int_equal(out.n, 0);
}

/* ---- security keys: there is none here, so a software key signs what a device would -------------------------------
 */

static void sign_as_device(struct buf *out, unsigned flags, bool lie)
{
	static const char application[] = "ssh:";
	BUF_AUTO key = buf_new(256), data = buf_new(1024), signed_data = buf_new(1024), message;
	unsigned char public[KEY_PUBLIC], sum[KEY_SUM], signature[KEY_SIGNATURE];
	char tail[5] = {(char)flags, 0, 0, 0, 9};
	struct signing_key *k;

	message = content_of(FIXTURES, "message");
	assert_int_equal(signing_key_new(&k, NULL), 0);
	signing_key_public(k, public);
	ssh_add_string(&key, VIEW("sk-ssh-ed25519@openssh.com"));
	ssh_add_string(&key, view_make((char *)public, sizeof(public)));
	ssh_add_string(&key, view_of(application));
	assert_true(sshsig_signed(&data, VIEW("runmedic"), VIEW("sha512"), buf_view(&message)));
	key_digest(EVP_sha256(), view_of(application), sum);
	buf_add(&signed_data, sum, sizeof(sum));
	buf_add(&signed_data, tail, sizeof(tail));
	key_digest(EVP_sha256(), buf_view(&data), sum);
	buf_add(&signed_data, sum, sizeof(sum));
	assert_int_equal(signing_key_sign(k, buf_view(&signed_data), signature, NULL), 0);
	tail[4] = lie ? 10 : 9;
	join(out, &(struct parts){.version = 1,
			  .key = buf_view(&key),
			  .namespace_ = VIEW("runmedic"),
			  .hash = VIEW("sha512"),
			  .type = VIEW("sk-ssh-ed25519@openssh.com"),
			  .signature = view_make((char *)signature, sizeof(signature)),
			  .tail = view_make(tail, sizeof(tail))});
	signing_key_free(k);
}

static void test_security_key(void **state)
{
	const struct folder *f = *state;
	BUF_AUTO blob = buf_new(SSHSIG_BLOB_MAX), text = buf_new(BUF_LINE), message;
	struct sshsig s;
	struct err e;

	message = content_of(FIXTURES, "message");
	sign_as_device(&blob, 1, true);
	assert_false(holds(buf_view(&blob), buf_view(&message), &e));
	sign_as_device(&blob, 0, false);
	assert_int_equal(sshsig_parse(&s, buf_view(&blob), &e), 0);
	assert_true(s.touch_not_required);
	assert_true(holds(buf_view(&blob), buf_view(&message), &e));
	sign_as_device(&blob, 1, false);
	assert_int_equal(sshsig_parse(&s, buf_view(&blob), &e), 0);
	assert_false(s.touch_not_required);
	assert_true(holds(buf_view(&blob), buf_view(&message), &e));
	for (size_t n = 0; n < blob.n; n++)
		assert_false(holds(view_sub(buf_view(&blob), 0, n), buf_view(&message), &e));
	for (size_t i = 0; i < blob.n; i++) {
		blob.p[i] ^= 4;
		assert_false(holds(buf_view(&blob), buf_view(&message), &e));
		blob.p[i] ^= 4;
	}
	need("ssh-keygen");
	sshsig_armour(&text, buf_view(&blob));
	write_in(f->path, "sk.sig", buf_view(&text));
	write_in(f->path, "message", buf_view(&message));
	assert_int_equal(run_in(f->path, "ssh-keygen -Y check-novalidate -n runmedic -s sk.sig <message"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_type),
		cmocka_unit_test(test_namespace),
		cmocka_unit_test(test_tampering),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_keys_refused),
		cmocka_unit_test(test_ecdsa_keys),
		cmocka_unit_test(test_armour),
		cmocka_unit_test_setup_teardown(test_security_key, folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
