#include "attest/signers.h"
#include "attest/sshsig.h"

#include "ssh_testing.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"

static int64_t at(const char *text)
{
	int64_t t;

	assert_true(clock_parse(view_of(text), &t));
	return t;
}

static struct buf key_blob(void)
{
	struct buf blob = buf_new(SSH_KEY_BLOB_MAX);

	assert_int_equal(ssh_public_read(&blob, view_of(KEY), NULL), 0);
	return blob;
}

/* Asks a list of one line. */
static enum signers_miss look(
	const char *text, const char *principal, const char *branch, const char *now, struct err *e)
{
	BUF_AUTO blob = key_blob();
	enum signers_miss miss;
	const struct signer *s;
	struct signers list;

	assert_int_equal(signers_read(&list, view_of(text), e), 0);
	s = signers_look(&list, buf_view(&blob), principal, "runmedic", branch, at(now), &miss, e);
	assert_true((s != NULL) == (miss == SIGNERS_FOUND));
	signers_done(&list);
	return miss;
}

static void test_asked(void **state)
{
	static const struct {
		const char *line, *principal, *branch, *now;
		enum signers_miss miss;
	} cases[] = {
		{"a@x " KEY, "a@x", NULL, "2026-01-01", SIGNERS_FOUND},
		{"a@x " KEY " a comment here", NULL, "main", "2026-01-01", SIGNERS_FOUND},
		{"  a@x\t" KEY "\r", "a@x", "main", "2026-01-01", SIGNERS_FOUND},
		{"a@x " KEY, "b@x", NULL, "2026-01-01", SIGNERS_UNKNOWN},
		{"a@x " KEY, "A@x", NULL, "2026-01-01", SIGNERS_UNKNOWN},
		{"a@x,b@x " KEY, "b@x", NULL, "2026-01-01", SIGNERS_FOUND},
		{"*@x,!b@x " KEY, "b@x", NULL, "2026-01-01", SIGNERS_UNKNOWN},
		{"*@x,!b@x " KEY, "c@x", NULL, "2026-01-01", SIGNERS_FOUND},
		{"?@x " KEY, "cc@x", NULL, "2026-01-01", SIGNERS_UNKNOWN},
		{"!b@x " KEY, "a@x", NULL, "2026-01-01", SIGNERS_UNKNOWN},
		{"\"a b\" " KEY, "a b", NULL, "2026-01-01", SIGNERS_FOUND},
		{"* namespaces=\"git\" " KEY, "a@x", NULL, "2026-01-01", SIGNERS_NAMESPACE},
		{"* namespaces=\"git,runmedic\" " KEY, "a@x", NULL, "2026-01-01", SIGNERS_FOUND},
		{"* namespaces=\"run*\" " KEY, "a@x", NULL, "2026-01-01", SIGNERS_FOUND},
		{"* namespaces=\"*,!runmedic\" " KEY, "a@x", NULL, "2026-01-01", SIGNERS_NAMESPACE},
		{"* NameSpaces=\"runmedic\" " KEY, "a@x", NULL, "2026-01-01", SIGNERS_FOUND},
		{"* branches=\"main,release-*\" " KEY, "a@x", "main", "2026-01-01", SIGNERS_FOUND},
		{"* branches=\"main,release-*\" " KEY, "a@x", "release-1", "2026-01-01", SIGNERS_FOUND},
		{"* branches=\"main,release-*\" " KEY, "a@x", "evil/main", "2026-01-01", SIGNERS_BRANCH},
		{"* branches=\"main,release-*\" " KEY, "a@x", "main2", "2026-01-01", SIGNERS_BRANCH},
		{"* branches=\"main,release-*\" " KEY, "a@x", NULL, "2026-01-01", SIGNERS_BRANCH},
		{"* branches=\"team/**\" " KEY, "a@x", "team/a/b", "2026-01-01", SIGNERS_FOUND},
		{"* valid-after=\"20260101Z\" " KEY, "a@x", NULL, "2025-12-31T23:59:59Z", SIGNERS_TIME},
		{"* valid-after=\"20260101Z\" " KEY, "a@x", NULL, "2026-01-01T00:00:00Z", SIGNERS_FOUND},
		{"* valid-before=\"202601011230Z\" " KEY, "a@x", NULL, "2026-01-01T12:30:00Z", SIGNERS_FOUND},
		{"* valid-before=\"202601011230Z\" " KEY, "a@x", NULL, "2026-01-01T12:30:01Z", SIGNERS_TIME},
		{"* valid-before=\"20260101123059\" " KEY, "a@x", NULL, "2026-01-01T12:30:59Z", SIGNERS_FOUND},
		{"* valid-before=\"20260101UTC\" " KEY, "a@x", NULL, "2026-01-02", SIGNERS_TIME},
		{"* namespaces=\"runmedic\",valid-after=\"20250101\",valid-before=\"20270101\",branches=\"main\" " KEY,
			"a@x", "main", "2026-01-01", SIGNERS_FOUND},
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (look(cases[i].line, cases[i].principal, cases[i].branch, cases[i].now, &e) != cases[i].miss)
			fail_msg("%s", cases[i].line);
}

/* Lines that allow nobody: each leaves a note with its number, and the line behind it counts. */
static void test_notes(void **state)
{
	static const struct {
		const char *line, *reason;
	} cases[] = {
		{"a@x", "no key behind"},
		{"a@x "
		 "ssh-ed25519",
			"no public key"},
		{"a@x ssh-dss AAAAB3", "not taken"},
		{"a@x cert-authority " KEY, "certificates"},
		{"a@x namespaces=\"runmedic\",cert-authority " KEY, "certificates"},
		{"a@x CERT-AUTHORITY " KEY, "certificates"},
		{"a@x namespaces=runmedic " KEY, "name=\"value\""},
		{"a@x namespaces=\"runmedic " KEY, "quote"},
		{"\"a@x " KEY, "quote"},
		{"a@x namespaces=\"\" " KEY, "between commas"},
		{"a@x namespaces=\"a,,b\" " KEY, "between commas"},
		{"a@x namespaces=\"a,\" " KEY, "between commas"},
		{"a@x namespaces=\"a\",namespaces=\"b\" " KEY, "twice"},
		{"a@x namespaces=\"a\", " KEY, "commas"},
		{"a@x namespaces=\"a\"valid-after=\"20260101\" " KEY, "commas"},
		{"a@x valid-after=\"20260101\",valid-after=\"20260101\" " KEY, "twice"},
		{"a@x valid-after=\"20260102\",valid-before=\"20260101\" " KEY, "behind"},
		{"a@x valid-after=\"2026-01-01\" " KEY, "YYYYMMDD"},
		{"a@x valid-after=\"20261301\" " KEY, "YYYYMMDD"},
		{"a@x valid-after=\"20260230\" " KEY, "YYYYMMDD"},
		{"a@x valid-before=\"\" " KEY, "YYYYMMDD"},
		{"a@x valid-before=\"20260101z\" " KEY, "YYYYMMDD"},
		{"a@x valid-before=\"2026010112\" " KEY, "YYYYMMDD"},
		{"a@x no-touch-required=\"1\" " KEY, "not known"},
		{"a@x branches=\"!main\" " KEY, "branch"},
		{"a@x branches=\"[main\" " KEY, "branch"},
		{",a@x " KEY, "between commas"},
		{"a@x, " KEY, "between commas"},
		{"a\x01@x " KEY, "between commas"},
		{"a@x " KEY "AAAA", "bytes behind"},
		{"a@x ssh-ed25519 =AAA", "base64"},
		{"a@x ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "small order"},
		{KEY, "no public key"},
		{"a@x "
		 "ssh-ed25519-cert-v01@openssh.com AAAA",
			"not taken"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		BUF_AUTO text = buf_new(BUF_LINE);
		struct signers s;

		buf_addf(&text, "# first\n\n%s\nb@x " KEY "\n", cases[i].line);
		assert_int_equal(signers_read(&s, buf_view(&text), NULL), 0);
		if (s.count != 1 || s.note_count != 1 || !strstr(s.notes[0], cases[i].reason) ||
			strncmp(s.notes[0], "line 3: ", 8) != 0)
			fail_msg("%s: %zu allowed, note: %s", cases[i].line, s.count,
				s.note_count ? s.notes[0] : "none");
		assert_int_equal(s.items[0].line, 4);
		signers_done(&s);
	}
}

static void test_said(void **state)
{
	BUF_AUTO blob = key_blob();
	struct signers s;
	struct err e;

	(void)state;
	/* The nearest miss is told, whichever line it is. */
	assert_int_equal(look("x@x " KEY "\nann@x valid-before=\"20260101Z\" " KEY "\n* namespaces=\"git\" " KEY,
				 "ann@x", NULL, "2026-06-01", &e),
		SIGNERS_TIME);
	assert_string_equal(e.text, "the key is known as ann@x but only until 2026-01-01T00:00:00Z");
	assert_int_equal(look("ann@x " KEY, "bob@x", NULL, "2026-06-01", &e), SIGNERS_UNKNOWN);
	assert_non_null(strstr(e.text, "is known as ann@x, not as bob@x"));
	assert_int_equal(look("ann@x branches=\"main\" " KEY, NULL, "dev", "2026-06-01", &e), SIGNERS_BRANCH);
	assert_non_null(strstr(e.text, "not for the branch dev"));
	assert_int_equal(signers_read(&s, VIEW("a@x ssh-dss x"), NULL), 0);
	assert_null(signers_find(&s, buf_view(&blob), NULL, "runmedic", NULL, 0, &e));
	assert_non_null(strstr(e.text, "no line allows the key SHA256:"));
	assert_non_null(strstr(e.text, "line 1: "));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	signers_done(&s);
}

static void test_ceilings(void **state)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	struct signers s;
	struct err e;

	(void)state;
	assert_int_equal(signers_read(&s, VIEW(""), &e), -1);
	assert_int_equal(signers_read(&s, VIEW(" \n\t\r\n"), &e), -1);
	for (unsigned i = 0; i < SIGNERS_LINES_MAX; i++)
		buf_add_text(&text, "?\n");
	assert_int_equal(signers_read(&s, buf_view(&text), &e), 0);
	assert_int_equal(s.count, 0);
	assert_int_equal(s.note_count, 100);
	signers_done(&s);
	buf_add_text(&text, "?\n");
	assert_int_equal(signers_read(&s, buf_view(&text), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	buf_clear(&text);
	while (text.n <= SIGNERS_BYTES_MAX)
		buf_add_text(&text, "################################\n");
	assert_int_equal(signers_read(&s, buf_view(&text), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	buf_clear(&text);
	buf_add_text(&text, "a@x ");
	for (unsigned i = 0; i < 65; i++)
		buf_add_text(&text, "a,");
	buf_add_text(&text, "\nb@x " KEY " \xff\xfe not UTF-8\n");
	buf_add(&text, "c@x \0 " KEY, 20);
	assert_int_equal(signers_read(&s, buf_view(&text), &e), 0);
	assert_int_equal(s.count, 1);
	signers_done(&s);
}

/* The lines and times of the table above, judged by ssh-keygen too: both must agree. */
static void test_with_ssh_keygen(void **state)
{
	static const struct {
		const char *options, *namespace_, *time;
	} cases[] = {
		{"", "runmedic", "20260101"},
		{"namespaces=\"runmedic\"", "runmedic", "20260101"},
		{"namespaces=\"git,run*\"", "runmedic", "20260101"},
		{"namespaces=\"*,!runmedic\"", "runmedic", "20260101"},
		{"namespaces=\"git\"", "runmedic", "20260101"},
		{"namespaces=\"\"", "runmedic", "20260101"},
		{"namespaces=runmedic", "runmedic", "20260101"},
		{"valid-after=\"20260101\"", "runmedic", "20251231235959"},
		{"valid-after=\"20260101\"", "runmedic", "20260101000000"},
		{"valid-before=\"20260101\"", "runmedic", "20260101000000"},
		{"valid-before=\"20260101\"", "runmedic", "20260101000001"},
		{"valid-before=\"202601011200\",namespaces=\"runmedic\"", "runmedic", "20260101115959"},
		{"valid-after=\"20260102\",valid-before=\"20260101\"", "runmedic", "20260101"},
		{"valid-after=\"2026\"", "runmedic", "20260101"},
		{"cert-authority", "runmedic", "20260101"},
		{"something", "runmedic", "20260101"},
	};
	const struct folder *f = *state;
	BUF_AUTO public, blob = buf_new(SSH_KEY_BLOB_MAX);

	need("ssh-keygen");
	assert_int_equal(run_in(f->path, "ssh-keygen -q -t ed25519 -N '' -f key; echo m >m; "
					 "ssh-keygen -q -Y sign -n runmedic -f key m"),
		0);
	public = content_of(f->path, "key.pub");
	assert_int_equal(ssh_public_read(&blob, buf_view(&public), NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *t = cases[i].time;
		char iso[40];
		BUF_AUTO text = buf_new(BUF_LINE);
		bool ours, theirs;
		struct signers s;

		snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6, t[8] ? t + 8 : "00",
			t[8] ? t + 10 : "00", t[8] ? t + 12 : "00");
		buf_addf(&text, "me@x %s %s", cases[i].options, buf_text(&public));
		write_in(f->path, "allowed", buf_view(&text));
		assert_int_equal(signers_read(&s, buf_view(&text), NULL), 0);
		ours = signers_find(&s, buf_view(&blob), "me@x", cases[i].namespace_, NULL, at(iso), NULL) != NULL;
		signers_done(&s);
		theirs = run_in(f->path,
				 "TZ=UTC ssh-keygen -Y verify -n %s -I me@x -f allowed -Overify-time=%s -s m.sig <m",
				 cases[i].namespace_, t) == 0;
		if (ours != theirs)
			fail_msg("%s at %s: ours %d, ssh-keygen %d", cases[i].options, t, ours, theirs);
	}
}

static void test_fixtures(void **state)
{
	static const char *const names[] = {"ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa2048", "revoked"};
	BUF_AUTO text = content_of("tests/attest/", "allowed_signers");
	struct signers s;

	(void)state;
	assert_int_equal(signers_read(&s, buf_view(&text), NULL), 0);
	assert_int_equal(s.count, 6);
	assert_int_equal(s.note_count, 0);
	for (size_t i = 0; i < 6; i++) {
		char file[32], principal[48];
		BUF_AUTO public, blob = buf_new(SSH_KEY_BLOB_MAX);
		const struct signer *one;

		snprintf(file, sizeof(file), "%s.pub", names[i]);
		snprintf(principal, sizeof(principal), "%s@example.org", names[i]);
		public = content_of("tests/attest/", file);
		assert_int_equal(ssh_public_read(&blob, buf_view(&public), NULL), 0);
		one = signers_find(&s, buf_view(&blob), NULL, "runmedic", "main", at("2026-01-01"), NULL);
		assert_non_null(one);
		assert_string_equal(one->principals[0], principal);
		assert_string_equal(one->comment, principal);
	}
	signers_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test_setup_teardown(test_with_ssh_keygen, folder_setup, folder_teardown),
		cmocka_unit_test(test_fixtures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
