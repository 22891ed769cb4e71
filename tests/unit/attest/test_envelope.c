#include "attest/envelope.h"
#include "attest/keys.h"
#include "attest/sshsig.h"
#include "base/base64.h"

#include "ssh_testing.h"

#define TYPE "application/vnd.in-toto+json"
/* 64 zero bytes */
#define SIG "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
#define WITH(signatures) "{\"payload\":\"aGk=\",\"payloadType\":\"t/x\",\"signatures\":" signatures "}"
#define ONE(members) WITH("[{" members "}]")

/* The example of the DSSE protocol, and the lengths in bytes, not characters. */
static void test_pae(void **state)
{
	BUF_AUTO b = buf_new(256);

	(void)state;
	envelope_pae(&b, "http://example.com/HelloWorld", VIEW("hello world"));
	assert_string_equal(buf_text(&b), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
	buf_clear(&b);
	envelope_pae(&b, "", VIEW(""));
	assert_string_equal(buf_text(&b), "DSSEv1 0  0 ");
	buf_clear(&b);
	envelope_pae(&b, "t", VIEW("\xc3\xa9\0"));
	assert_true(view_eq(buf_view(&b), VIEW("DSSEv1 1 t 3 \xc3\xa9\0")));
}

static void test_round_trip(void **state)
{
	static const struct view payload = VIEW("{\"a\":1}\0\xff");
	unsigned char key[KEY_PUBLIC], signature[KEY_SIGNATURE];
	BUF_AUTO pae = buf_new(BUF_LINE), text = buf_new(BUF_LINE), again = buf_new(BUF_LINE);
	struct signing_key *k;
	char id[KEY_ID_MAX];
	struct envelope v;

	(void)state;
	assert_int_equal(signing_key_new(&k, NULL), 0);
	signing_key_public(k, key);
	key_id(key, id);
	envelope_pae(&pae, TYPE, payload);
	assert_int_equal(signing_key_sign(k, buf_view(&pae), signature, NULL), 0);
	JSON_AUTO *j = envelope_json(TYPE, payload, id, ENVELOPE_ED25519, view_make((char *)signature, 64));
	json_print(&text, j);
	assert_int_equal(envelope_read(&v, buf_view(&text), NULL), 0);
	assert_string_equal(v.payload_type, TYPE);
	assert_string_equal(v.keyid, id);
	assert_int_equal(v.format, ENVELOPE_ED25519);
	assert_true(view_eq(v.payload, payload));
	envelope_pae(&again, v.payload_type, v.payload);
	assert_true(key_verify(key, buf_view(&again), v.signature));
	envelope_done(&v);
	signing_key_free(k);
}

static void test_ssh(void **state)
{
	BUF_AUTO file = content_of(FIXTURES, "ed25519.sig"), blob = buf_new(SSHSIG_BLOB_MAX), text = buf_new(BUF_LINE);
	BUF_AUTO sig = buf_new(BUF_LINE);
	struct envelope v;

	(void)state;
	assert_int_equal(sshsig_unarmour(&blob, buf_view(&file), NULL), 0);
	JSON_AUTO *j = envelope_json(TYPE, VIEW("{}"), "SHA256:x", ENVELOPE_SSHSIG, buf_view(&blob));
	json_print(&text, j);
	assert_int_equal(envelope_read(&v, buf_view(&text), NULL), 0);
	assert_int_equal(v.format, ENVELOPE_SSHSIG);
	assert_true(view_eq(v.signature, buf_view(&blob)));
	envelope_done(&v);
	/* The bytes of `sig` are a file for `ssh-keygen -s`. */
	assert_true(base64_read(&sig, view_of(json_text(json_get(j, "signatures")->child, "sig"))));
	assert_string_equal(buf_text(&sig), buf_text(&file));
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"", "not valid JSON"},
		{"null", "not a JSON object"},
		{"[]", "not a JSON object"},
		{"\"x\"", "not a JSON object"},
		{"{}", "payloadType"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\"") "x", "not valid JSON"},
		{WITH("[]"), "exactly one"},
		{WITH("null"), "exactly one"},
		{WITH("{}"), "exactly one"},
		{WITH("[{\"keyid\":\"k\",\"sig\":\"" SIG "\"},{\"keyid\":\"k\",\"sig\":\"" SIG "\"}]"), "exactly one"},
		{WITH("[1]"), "not an object"},
		{WITH("[[]]"), "not an object"},
		{ONE("\"sig\":\"" SIG "\""), "keyid"},
		{ONE("\"keyid\":1,\"sig\":\"" SIG "\""), "keyid"},
		{ONE("\"keyid\":\"\",\"sig\":\"" SIG "\""), "keyid"},
		{ONE("\"keyid\":\"a b\",\"sig\":\"" SIG "\""), "printable"},
		{ONE("\"keyid\":\"\\u001b[31m\",\"sig\":\"" SIG "\""), "printable"},
		{ONE("\"keyid\":\"k\\u202e\",\"sig\":\"" SIG "\""), "printable"},
		{ONE("\"keyid\":\"k\\u0000\",\"sig\":\"" SIG "\""), "NUL"},
		{ONE("\"keyid\":\"k\",\"keyid\":\"l\",\"sig\":\"" SIG "\""), "twice"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\",\"sig\":\"" SIG "\""), "twice"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\",\"s\\u0069g\":\"" SIG "\""), "twice"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\",\"Sig\":\"" SIG "\""), "other letters"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\",\"FORMAT\":\"sshsig\""), "other letters"},
		{ONE("\"keyid\":\"k\""), "no `sig`"},
		{ONE("\"keyid\":\"k\",\"sig\":\"\""), "no `sig`"},
		{ONE("\"keyid\":\"k\",\"sig\":\"AAAA\""), "64 bytes, not 3"},
		{ONE("\"keyid\":\"k\",\"sig\":\" " SIG "\""), "base64"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\\n\""), "base64"},
		{ONE("\"keyid\":\"k\",\"sig\":\"_-AA\""), "base64"},
		{ONE("\"keyid\":\"k\",\"sig\":\"AA\""), "base64"},
		{ONE("\"keyid\":\"k\",\"sig\":\"AB==\""), "base64"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\",\"format\":\"pgp\""), "format"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\",\"format\":null"), "format"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\",\"format\":\"SSHSIG\""), "format"},
		{ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\",\"format\":\"sshsig\""), "SSH SIGNATURE"},
		{"{\"payloadType\":\"t\",\"signatures\":[]}", "no `payload`"},
		{"{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[]}", "no `payload`"},
		{"{\"payload\":\"aGk\",\"payloadType\":\"t\",\"signatures\":[]}", "base64"},
		{"{\"payload\":\"aG k\",\"payloadType\":\"t\",\"signatures\":[]}", "base64"},
		{"{\"payload\":\"a\\nGk\",\"payloadType\":\"t\",\"signatures\":[]}", "base64"},
		{"{\"payload\":{},\"payloadType\":\"t\",\"signatures\":[]}", "no `payload`"},
		{"{\"payload\":\"aGk=\",\"payloadType\":\"a b\",\"signatures\":[]}", "printable"},
		{"{\"payload\":\"aGk=\",\"payloadType\":\"\",\"signatures\":[]}", "payloadType"},
		{"{\"payload\":\"aGk=\",\"payload\":\"aGk=\",\"payloadType\":\"t\",\"signatures\":[]}", "twice"},
		{"{\"payload\":\"aGk=\",\"Payload\":\"aGk=\",\"payloadType\":\"t\",\"signatures\":[]}",
			"other letters"},
		{"{\"payload\":\"aGk=\",\"payloadtype\":\"u\",\"payloadType\":\"t\",\"signatures\":[]}",
			"other letters"},
		{"{\"payload\":\"aGk=\xff\",\"payloadType\":\"t\",\"signatures\":[]}", "UTF-8"},
	};
	struct envelope v;
	struct err e;

	(void)state;
	assert_int_equal(envelope_read(&v, VIEW(ONE("\"keyid\":\"k\",\"sig\":\"" SIG "\",\"more\":1")), &e), 0);
	assert_true(view_is(v.payload, "hi"));
	envelope_done(&v);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		e = (struct err){0};
		if (envelope_read(&v, view_of(cases[i].text), &e) == 0)
			fail_msg("taken: %s", cases[i].text);
		if (!strstr(e.text, cases[i].reason))
			fail_msg("%s: %s", cases[i].text, e.text);
		assert_int_equal(e.code, ERR_INPUT);
		envelope_done(&v); /* also after a failure */
	}
}

static void test_size(void **state)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	struct envelope v;
	struct err e;

	(void)state;
	buf_add_text(&text, "{\"payload\":\"");
	while (text.n <= ENVELOPE_BYTES_MAX)
		buf_add_text(&text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	buf_add_text(&text, "\",\"payloadType\":\"t\",\"signatures\":[]}");
	assert_int_equal(envelope_read(&v, buf_view(&text), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
}

/* What openssl signs is read here, and what is signed here openssl verifies. */
static void test_with_openssl(void **state)
{
	const struct folder *f = *state;
	BUF_AUTO pae = buf_new(BUF_LINE), public, sig, again = buf_new(BUF_LINE);
	unsigned char key[KEY_PUBLIC];
	char id[KEY_ID_MAX];
	struct envelope v;

	need("openssl");
	envelope_pae(&pae, TYPE, VIEW("{\"from\":\"openssl\"}"));
	write_in(f->path, "pae", buf_view(&pae));
	assert_int_equal(
		run_in(f->path, "openssl genpkey -algorithm ed25519 -out key; openssl pkey -in key -pubout -out pub\n"
				"openssl pkeyutl -sign -inkey key -rawin -in pae -out sig\n"
				"printf '{\"payload\":\"%%s\",\"payloadType\":\"" TYPE
				"\",\"signatures\":[{\"keyid\":\"SHA256:%%s\",\"sig\":\"%%s\"}]}' "
				"\"$(printf '{\"from\":\"openssl\"}' | openssl base64 -A)\" "
				"\"$(openssl pkey -in key -pubout -outform DER | openssl dgst -sha256 -binary | "
				"openssl base64 -A | tr -d =)\" \"$(openssl base64 -A -in sig)\" >envelope"),
		0);
	public = content_of(f->path, "pub");
	sig = content_of(f->path, "envelope");
	assert_int_equal(key_read_pem(key, buf_view(&public), NULL), 0);
	assert_int_equal(envelope_read(&v, buf_view(&sig), NULL), 0);
	envelope_pae(&again, v.payload_type, v.payload);
	assert_true(key_verify(key, buf_view(&again), v.signature));
	key_id(key, id);
	assert_string_equal(v.keyid, id);
	envelope_done(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pae),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_ssh),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_size),
		cmocka_unit_test_setup_teardown(test_with_openssl, folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
