#include "attest/keys.h"
#include "attest/signers.h"
#include "attest/ssh_wire.h"
#include "attest/sshsig.h"

#include "ssh_testing.h"

static bool has(const struct revoked *r, const char *name)
{
	BUF_AUTO file = buf_new(64), public, blob = buf_new(SSH_KEY_BLOB_MAX);

	buf_addf(&file, "%s.pub", name);
	public = content_of(FIXTURES, buf_text(&file));
	assert_int_equal(ssh_public_read(&blob, buf_view(&public), NULL), 0);
	return revoked_has(r, buf_view(&blob));
}

/* Which of these keys a list names, a letter each. */
static void check(struct view bytes, const char *want)
{
	static const char *const names[] = {"revoked", "ecdsa256", "ecdsa384", "ed25519", "rsa2048"};
	struct revoked *r;
	struct err e = {0};
	char got[6] = "-----";

	if (revoked_read(&r, bytes, &e) != 0)
		fail_msg("%s", e.text);
	for (size_t i = 0; i < 5; i++)
		if (has(r, names[i]))
			got[i] = 'x';
	assert_string_equal(got, want);
	revoked_free(r);
}

static void test_made_by_ssh_keygen(void **state)
{
	BUF_AUTO keys = content_of(FIXTURES, "krl-keys"), sums = content_of(FIXTURES, "krl-sums"), certificates;

	(void)state;
	certificates = content_of(FIXTURES, "krl-certificates");
	check(buf_view(&keys), "xx---");
	check(buf_view(&sums), "xxx--");
	check(buf_view(&certificates), "-----");
	assert_false(revoked_has(NULL, VIEW("key")));
	revoked_free(NULL);
}

static void test_text(void **state)
{
	BUF_AUTO public = content_of(FIXTURES, "revoked.pub"), text = buf_new(BUF_LINE),
		 blob = buf_new(SSH_KEY_BLOB_MAX);
	char name[SSH_FINGERPRINT_MAX], id[KEY_ID_MAX];
	unsigned char key[KEY_PUBLIC];

	(void)state;
	assert_int_equal(ssh_public_read(&blob, buf_view(&public), NULL), 0);
	ssh_fingerprint(buf_view(&blob), name);
	memcpy(key, blob.p + blob.n - KEY_PUBLIC, KEY_PUBLIC);
	key_id(key, id);
	check(VIEW(""), "-----");
	check(VIEW("# nobody\n\n"), "-----");
	check(buf_view(&public), "x----");
	buf_addf(&text, "# by fingerprint\n %s  laptop, lost\r\n", name);
	check(buf_view(&text), "x----");
	buf_clear(&text);
	buf_addf(&text, "%s\n", id); /* the name under which an envelope shows it */
	check(buf_view(&text), "x----");
}

static void test_text_refused(void **state)
{
	static const char *const lines[] = {"hello", "SHA256:", "SHA256:abc",
		"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
		"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV",
		"SHA256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "MD5:00:11", "ssh-ed25519 AAAA", "SSHKRL"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		BUF_AUTO text = buf_new(BUF_LINE);
		struct revoked *r = NULL;
		struct err e = {0};

		buf_addf(&text, "# one\n%s\n", lines[i]);
		if (revoked_read(&r, buf_view(&text), &e) == 0)
			fail_msg("taken: %s", lines[i]);
		assert_true(view_starts(view_of(e.text), "line 2: "));
		assert_null(r);
	}
}

static void test_truncation(void **state)
{
	static const char *const files[] = {"krl-keys", "krl-sums", "krl-certificates"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		BUF_AUTO whole = content_of(FIXTURES, files[i]);
		unsigned taken = 0;

		for (size_t n = 1; n < whole.n; n++) {
			MEM_AUTO char *copy = mem_bytes(whole.p, n);
			struct revoked *r;
			struct err e = {0};

			if (revoked_read(&r, view_make(copy, n), &e) == 0) {
				taken++;
				revoked_free(r);
			} else {
				assert_true(*e.text);
			}
		}
		/* Only between sections. */
		assert_true(taken <= 3);
		buf_add_char(&whole, '\0');
		assert_int_equal(revoked_read(&(struct revoked *){NULL}, buf_view(&whole), NULL), -1);
	}
}

/* ---- put together by hand --------------------------------------------------------------------------------------- */

static void start(struct buf *b, uint32_t version)
{
	buf_clear(b);
	buf_add(b, "SSHKRL\n", 8);
	ssh_add_number(b, version);
	for (unsigned i = 0; i < 6; i++)
		ssh_add_number(b, i);
	ssh_add_string(b, VIEW(""));
	ssh_add_string(b, VIEW("a comment"));
}

static void add_section(struct buf *b, unsigned type, struct view content)
{
	buf_add_char(b, (char)type);
	ssh_add_string(b, content);
}

static int read_it(const struct buf *b, struct err *e)
{
	struct revoked *r = NULL;
	int rc = revoked_read(&r, buf_view(b), e);

	revoked_free(r);
	return rc;
}

static void test_sections(void **state)
{
	static const struct {
		unsigned type;
		struct view content;
		const char *reason; /* NULL: taken */
	} cases[] = {{1, VIEW("anything"), NULL}, {2, VIEW(""), NULL}, {2, VIEW("\0\0\0\1x"), "cut short"},
		{2, VIEW("\0\0\0\5\0\0\0\1x"), NULL}, {2, VIEW("\0\0\0\0"), "cut short"},
		{2, VIEW("\xff\xff\xff\xff"), "cut short"}, {3, VIEW("\0\0\0\3abc"), "cut short"},
		{3, VIEW("\0\0\0\24aaaaaaaaaaaaaaaaaaaa"), NULL},
		{5, VIEW("\0\0\0\24aaaaaaaaaaaaaaaaaaaa"), "cut short"}, {255, VIEW("\0\0\0\1n\0\0\0\0\0"), NULL},
		{255, VIEW("\0\0\0\1n\1\0\0\0\0"), "critical"}, {255, VIEW("\0\0\0\1n"), "cut short"},
		{6, VIEW(""), "type 6"}, {0, VIEW(""), "type 0"}, {4, VIEW("key"), "cut short"}};
	BUF_AUTO b = buf_new(BUF_LINE);
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int rc;

		start(&b, 1);
		add_section(&b, cases[i].type, cases[i].content);
		e = (struct err){0};
		rc = read_it(&b, &e);
		if (cases[i].reason ? rc == 0 || !strstr(e.text, cases[i].reason) : rc != 0)
			fail_msg("case %zu: %d %s", i, rc, e.text);
	}
	start(&b, 2);
	assert_int_equal(read_it(&b, &e), -1);
	assert_non_null(strstr(e.text, "version 2"));
	/* A signature stands at the end, and nothing but others behind it. */
	start(&b, 1);
	add_section(&b, 4, VIEW("key"));
	ssh_add_string(&b, VIEW("signature"));
	assert_int_equal(read_it(&b, &e), 0);
	add_section(&b, 1, VIEW(""));
	assert_int_equal(read_it(&b, &e), -1);
}

static void test_ceilings(void **state)
{
	BUF_AUTO b = buf_new(BUF_FILE);
	struct err e;

	(void)state;
	while (b.n <= KRL_BYTES_MAX)
		buf_add_text(&b, "################################################################\n");
	assert_int_equal(read_it(&b, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	buf_clear(&b);
	for (unsigned i = 0; i <= SIGNERS_LINES_MAX; i++)
		buf_add_char(&b, '\n');
	assert_int_equal(read_it(&b, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
}

/* A list of many keys, made now, asked by both. */
static void test_with_ssh_keygen(void **state)
{
	const struct folder *f = *state;
	struct revoked *r;
	BUF_AUTO krl;

	need("ssh-keygen");
	assert_int_equal(run_in(f->path, "for i in 1 2 3 4 5 6; do ssh-keygen -q -t ed25519 -N '' -f k$i; done\n"
					 "for i in 1 3; do echo \"sha256: $(cat k$i.pub)\"; done >spec\n"
					 "echo \"sha1: $(cat k5.pub)\" >>spec; ssh-keygen -q -k -f krl spec"),
		0);
	krl = content_of(f->path, "krl");
	assert_int_equal(revoked_read(&r, buf_view(&krl), NULL), 0);
	for (unsigned i = 1; i <= 6; i++) {
		char name[16];
		BUF_AUTO public, blob = buf_new(SSH_KEY_BLOB_MAX);
		bool theirs = run_in(f->path, "ssh-keygen -Q -f krl k%u.pub", i) != 0;

		snprintf(name, sizeof(name), "k%u.pub", i);
		public = content_of(f->path, name);
		assert_int_equal(ssh_public_read(&blob, buf_view(&public), NULL), 0);
		assert_int_equal(revoked_has(r, buf_view(&blob)), theirs);
		assert_int_equal(theirs, i % 2);
	}
	revoked_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_by_ssh_keygen),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_refused),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test_setup_teardown(test_with_ssh_keygen, folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
