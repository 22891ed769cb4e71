/* test_redact.c - what looks like a secret goes, all else stays. No token stands here in one piece: scanners, those of
 * code hosts and ours, would find it. */
#include "base/redact.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIXED "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kL9n"
#define HEX "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
#define CAPS "A2B3C4D5E6F7G2H3I4J5K6L7"

static void assert_becomes(const char *text, const char *expected)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	redact_text(&out, view_of(text));
	if (strcmp(buf_text(&out), expected) != 0)
		fail_msg("%s\n  became %s\n  not    %s", text, buf_text(&out), expected);
	assert_int_equal(redact_finds(view_of(text)), strcmp(text, expected) != 0);
}

static void assert_stays(const char *text)
{
	assert_becomes(text, text);
}

static void test_tokens_of_known_shape(void **state)
{
	static const char *const tokens[] = {"gh"
					     "p_" MIXED,
		"gh"
		"o_" MIXED,
		"gh"
		"u_" MIXED,
		"gh"
		"s_" MIXED,
		"gh"
		"r_" MIXED,
		"github_"
		"pat_11" MIXED "_" MIXED,
		"gl"
		"pat-" MIXED,
		"glrt"
		"-" MIXED,
		"xox"
		"b-1234567890-" MIXED,
		"xox"
		"p-12345-" MIXED,
		"xapp"
		"-1-" MIXED,
		"AK"
		"IA"
		"A2B3C4D5E6F7G2H3",
		"AS"
		"IA"
		"A2B3C4D5E6F7G2H3",
		"s"
		"k-" MIXED,
		"s"
		"k-ant-api03-" MIXED,
		"sk_"
		"live_" MIXED,
		"rk_"
		"live_" MIXED,
		"np"
		"m_" MIXED,
		"pyp"
		"i-AgEIcHlwaS5vcmc" MIXED,
		"AI"
		"za" MIXED,
		"ya"
		"29." MIXED,
		"hv"
		"s." MIXED,
		"dckr_"
		"pat_" MIXED,
		"h"
		"f_" MIXED,
		"SG"
		"." MIXED "." MIXED,
		"dop"
		"_v1_" HEX HEX,
		"rubygems"
		"_" HEX HEX,
		"shp"
		"at_" HEX,
		"ATA"
		"TT3" MIXED,
		"whsec"
		"_" MIXED,
		"lin_"
		"api_" MIXED,
		"AGE-"
		"SECRET-KEY-1" CAPS CAPS,
		"NRAK"
		"-" CAPS,
		"oy"
		"2abc" MIXED MIXED,
		"ts"
		"key-auth-" MIXED,
		"gs"
		"k_" MIXED,
		"eyJ"
		"hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0." MIXED};

	(void)state;
	for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
		BUF_AUTO text = buf_new(BUF_LINE);

		assert_becomes(tokens[i], "***");
		buf_addf(&text, "using %s, then \"%s\"", tokens[i], tokens[i]);
		assert_becomes(buf_text(&text), "using ***, then \"***\"");
		buf_clear(&text);
		buf_addf(&text, "https://x/?q=%s&r=1", tokens[i]);
		assert_becomes(buf_text(&text), "https://x/?q=***&r=1");
	}
}

static void test_tokens_glued_to_other_things(void **state)
{
	(void)state;
	assert_becomes("a\\ngh"
		       "p_" MIXED,
		"a\\n***");
	assert_becomes("%3Dgh"
		       "p_" MIXED,
		"%3D***");
	assert_becomes("\x1b[1;32mgh"
		       "p_" MIXED "\x1b[0m",
		"\x1b[1;32m***\x1b[0m");
	assert_becomes("(gh"
		       "p_" MIXED ").",
		"(***).");
	assert_becomes("ends with hv"
		       "s." MIXED ".",
		"ends with ***.");
	assert_becomes("x_gh"
		       "p_" MIXED,
		"x_***");
}

static void test_words_that_begin_like_tokens(void **state)
{
	(void)state;
	assert_stays("ghp_short gho_ glpat-x xoxb- npm_config_cache npm_lifecycle_script_and_more_of_it");
	assert_stays("sk-learn-contrib-example-package-2 task-force-of-the-year-2024-and-more");
	assert_stays("AKIAB ASIANGAMES2024 AKIA_NOT_A_KEY_AT_ALL");
	assert_stays("eyJ.eyJ. hf_transfer hf_model_name_with_lower_case_only_123456");
	assert_stays("pypi-attestations-0.0.12 pypi-publish SG.com");
}

static void test_names_with_values(void **state)
{
	(void)state;
	assert_becomes("DB_PASSWORD=hunter2", "DB_PASSWORD=***");
	assert_becomes("password: hunter2", "password: ***");
	assert_becomes("  MYSQL_ROOT_PASSWORD: correcthorse", "  MYSQL_ROOT_PASSWORD: ***");
	assert_becomes("\"password\": \"a b c1\", \"user\": \"x\"", "\"password\": \"***\", \"user\": \"x\"");
	assert_becomes("{\\\"password\\\":\\\"s3cret\\\"}", "{\\\"password\\\":\\\"***\\\"}");
	assert_becomes("'secret' => 'abc123'", "'secret' => '***'");
	assert_becomes("client_secret=x1y2&scope=all", "client_secret=***&scope=all");
	assert_becomes("Server=db;Password=p4ss;Timeout=5", "Server=db;Password=***;Timeout=5");
	assert_becomes("<password>t0psecret</password>", "<password>***</password>");
	assert_becomes("tool --password s3same --verbose", "tool --password *** --verbose");
	assert_becomes("tool --token=abc123def", "tool --token=***");
	assert_becomes("api-key: 0123abcd, apiKey=0123abcd", "api-key: ***, apiKey=***");
	assert_becomes("X-Api-Key: 0123abcd", "X-Api-Key: ***");
	assert_becomes("AWS_SECRET_ACCESS_KEY=" MIXED, "AWS_SECRET_ACCESS_KEY=***");
	assert_becomes("aws_secret_access_key = " MIXED, "aws_secret_access_key = ***");
	assert_becomes("SECRET_KEY = 'django-1x'", "SECRET_KEY = '***'");
	assert_becomes("CODECOV_TOKEN: 01234567-89ab-cdef-0123-456789abcdef", "CODECOV_TOKEN: ***");
	assert_becomes("PASSWORD_2=abc1 PASSWORDS=abc1", "PASSWORD_2=*** PASSWORDS=***");
	assert_becomes("password := \"x1\"", "password := \"***\"");
	assert_becomes("DB_PASS=x9y8", "DB_PASS=***");
	assert_becomes("password=\"open 1 end", "password=\"*** 1 end");
	assert_becomes("passphrase: 'it''s", "passphrase: '***''s");
	assert_becomes("password=@Passw0rd%1 x", "password=*** x");
	assert_becomes("password=%Passw0rd x", "password=*** x");
	assert_becomes("secret_key: /" MIXED, "secret_key: ***");
	assert_becomes("token_v=" MIXED, "token_v=***");
	assert_becomes("password=$2b$10$abcdefghijklmnopqrstuv", "password=***");
}

static void test_values_that_are_none(void **state)
{
	static const char *const kept[] = {"password: ***", "password=", "password:", "password = \"\"",
		"password=$DB_PASSWORD", "password: ${{ secrets.DB_PASSWORD }}", "PASSWORD=%PASSWORD%",
		"token: <your token>", "token={{ token }}", "persist-credentials: true", "password: none",
		"secret=null", "secrets: inherit", "NODE_AUTH_TOKEN: XXXXX-XXXXX-XXXXX",
		"server-password: GITHUB_TOKEN", "Found token: yes", "passwd: password changed.", "token: |",
		"password: {", "assert token == expected1", "tiktoken==0.12.0", "asttokens==3.0.1",
		"Unexpected token: punc (1)", "Unexpected token }", "error: unexpected token: identifier",
		"secret: not found 404", "Error requesting token: 401 - no", "max_tokens=4096", "token = lexer.next(1)",
		"password = os.environ['PW1']", "password=get_password()", "password=args.password",
		"token_type: bearer", "tokens: 512", "credential_reads = 6", "secretName: my-app-tls2",
		"Foo::Token::Bar2 x", "Setting up libsecret-1-0:amd64 (0.21.4)", "test_with_api_key = 0.14 s = .",
		"keyword: a1b2", "tokenizer: gpt2", "PWD=/home/runner/work", "PWD=C:\\runner1",
		"--secret id=npm,src=/run/x1", "--token requires a value", "password",
		"OAuth2: Bearer authentication required", "Basic usage: see page12", "secret_file: /run/secrets/db1",
		"type PasswordHash: struct", "password: string;", "const token: Token2 = x",
		"e.token=t.token,e.type=2"};

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		assert_stays(kept[i]);
}

static void test_headers(void **state)
{
	(void)state;
	assert_becomes("Authorization: Bearer abc.def.123", "Authorization: Bearer ***");
	assert_becomes("authorization: basic dXNlcjpwYXNz", "authorization: basic ***");
	assert_becomes("'AUTHORIZATION': 'Token " HEX "'", "'AUTHORIZATION': 'Token ***'");
	assert_becomes("Authorization: abc123", "Authorization: ***");
	assert_becomes("sent Bearer abc123def456ghi", "sent Bearer ***");
	assert_stays("AUTHORIZATION: basic ***");
	assert_stays("Authorization: Bearer $TOKEN");
	assert_stays("Bearer authentication is required");
}

static void test_urls(void **state)
{
	(void)state;
	assert_becomes("https://user:pa55@host/x", "https://user:***@host/x");
	assert_becomes("postgres://u:p%40ss@db:5432/x", "postgres://u:***@db:5432/x");
	assert_becomes("redis://:pw1@host", "redis://:***@host");
	assert_becomes("https://" HEX "@github.com/a/b", "https://***@github.com/a/b");
	assert_becomes("http://a:b@c:d@host/", "http://a:***@host/");
	assert_becomes("https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/services/***");
	assert_becomes(
		"https://x/?X-Amz-Signature=" HEX "&X-Amz-Date=1", "https://x/?X-Amz-Signature=***&X-Amz-Date=1");
	assert_stays("ssh://git@github.com/a/b https://host:8080/a@b git@github.com:a/b.git");
	assert_stays("https://x-access-token:***@github.com/a/b");
	assert_stays("https://$USER:$PASS@host/ npm:pkg@1.2.3 https://registry/@scope/pkg@1.0.0");
}

static void test_private_keys(void **state)
{
	(void)state;
	assert_becomes("a\n-----BEGIN "
		       "RSA PRIVATE KEY-----\nMIIE\nabc\n-----END "
		       "RSA PRIVATE KEY-----\nb\n",
		"a\n***\n***\n***\n***\nb\n");
	assert_becomes("k=\"-----BEGIN "
		       "PRIVATE KEY-----\\nMIIE\\n-----END "
		       "PRIVATE KEY-----\\n\" x",
		"k=\"***\\n\" x");
	assert_becomes("-----BEGIN "
		       "PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\nxsBN\n=abc\n-----END "
		       "PGP PRIVATE KEY BLOCK-----",
		"***\n***\n\n***\n***\n***");
	/* cut off: as far as it looks like a key, time stamps or not */
	assert_becomes("2026-01-01T00:00:00.1234567Z -----BEGIN "
		       "OPENSSH PRIVATE KEY-----\n2026-01-01T00:00:00.1234567Z b3Bl\n"
		       "2026-01-01T00:00:00.1234567Z done: all is well\nmake: failed",
		"2026-01-01T00:00:00.1234567Z ***\n***\n2026-01-01T00:00:00.1234567Z done: all is well\nmake: failed");
	assert_stays("-----BEGIN "
		     "PUBLIC KEY-----\nMIIBIjAN\n-----END "
		     "PUBLIC KEY-----\n");
	assert_stays("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n");
	assert_stays("---------------- PRIVATE KEY ----------------");
}

static void test_words_drawn_by_lot(void **state)
{
	(void)state;
	assert_becomes("value " MIXED " end", "value *** end");
	assert_becomes("x7Kq/9vBz+Lm3Rt8Ws5Yd2Fg6Hj1Nc4Xp0Qe9Ua==", "***");
}

static void test_long_words_that_mean_something(void **state)
{
	static const char *const kept[] = {HEX, HEX "0123456789abcdef01234567", "01234567-89ab-cdef-0123-456789abcdef",
		"sha512-" MIXED MIXED "==", "h1:" MIXED "=", "SHA256:" MIXED, "sha256:" HEX,
		"src/main/java/org/example/project/service/UserAccountServiceImplementationTest3.java",
		"testThatTheUserCanLogInWithTwoFactorAuthentication2AndSeesTheDashboard",
		"AbstractSingletonProxyFactoryBean2Test",
		"/home/runner/work/_temp/01234567-89ab-cdef-0123-456789abcdef/file",
		"actions-runner-controller-manager-7d4b9c6f5-x2x9z", "TEST_ENVIRONMENT_VARIABLE_NUMBER_42_IS_VERY_LONG",
		"_ZNSt3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEEE",
		"ssh-rsa AAAAB3NzaC1"
		"yc2EAAAADAQABAAABAQC7" MIXED,
		"node_modules/.pnpm/@babel+core@7.23.0/node_modules/@babel/core",
		"distribution/EKT8MX4QN2VRT/invalidation/I9BH4D6JW1ZKPL7FURQCTXTAEG",
		"1234567890123456789012345678901234567890", "----------------------------------------",
		"com.example.Outer$Inner$Builder.buildV2FromXmlDocument",
		"pandas-2.2.3-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"};

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		assert_stays(kept[i]);
}

static void test_redacting_twice_changes_nothing(void **state)
{
	BUF_AUTO once = buf_new(BUF_LINE);

	(void)state;
	redact_text(&once, VIEW("password=x1 https://a:b1@c/ Authorization: Bearer x1 gh"
				"p_" MIXED " <token>abc12345</token>"));
	assert_stays(buf_text(&once));
}

static void test_full_buffers_cut_but_never_leak(void **state)
{
	(void)state;
	for (size_t max = 0; max < 40; max++) {
		BUF_AUTO out = buf_new(max);

		redact_text(&out, VIEW("password=hunter2 and some more text here"));
		assert_false(view_has(buf_view(&out), "hunter2"));
		assert_true(out.full || out.n == strlen("password=*** and some more text here"));
	}
}

/* Repeats a piece up to a size at which anything quadratic would take minutes. */
static void assert_fast(const char *piece)
{
	const size_t size = 300000;
	BUF_AUTO text = buf_new(BUF_LARGE), out = buf_new(BUF_LARGE);
	int64_t start;

	while (text.n < size)
		buf_add_text(&text, piece);
	start = clock_monotonic();
	redact_text(&out, buf_view(&text));
	if (clock_monotonic() - start > 4 * CLOCK_SECOND)
		fail_msg("%s takes too long", piece);
}

static void test_hostile_text_takes_linear_time(void **state)
{
	static const char *const pieces[] = {"a", "token:", "token=", "--token ", "password=\"", "password='a ", "sk-",
		"eyJ-", "eyJ", "eyJaaaaaaaaaa.",
		"gh"
		"p_",
		"-----BEGIN "
		"PRIVATE KEY-----",
		"-----BEGIN "
		"PRIVATE KEY-----\nabcd\n",
		"://", "a://b", "://a:", "://@", "Bearer ", "Bearer", "authorization:bearer ", "aB3", "aB3/", "-", "=",
		"https://hooks.slack.com/services/", "hook_token_x=", "\"", "\\n", "%00", "\x1b[0m", "SG.", "xoxe.",
		"token: \t"};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		assert_fast(pieces[i]);
}

/* Whatever comes in: no crash, and as many lines as before. */
static void test_any_bytes(void **state)
{
	static const char *const parts[] = {"token", "=", ":", "\"", "'", "\\", " ", "\n", "://", "@",
		"-----BEGIN "
		"PRIVATE KEY-----",
		"-----END", "Bearer ",
		"gh"
		"p_",
		"eyJ", ".", "aB3dE6gH9jK2mN5pQ8sT", "\xff", "***", "--", "<", ">", "\r", ""};
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		BUF_AUTO text = buf_new(BUF_LINE), out = buf_new(BUF_PAGE);
		size_t before = 0, after = 0;

		for (int i = 0; i < 30; i++) {
			seed = seed * 1103515245 + 12345;
			if (seed >> 16 & 31)
				buf_add_text(&text, parts[(seed >> 16) % (sizeof(parts) / sizeof(*parts))]);
			else
				buf_add_char(&text, '\0');
		}
		redact_text(&out, buf_view(&text));
		for (size_t i = 0; i < text.n; i++)
			before += text.p[i] == '\n';
		for (size_t i = 0; i < out.n; i++)
			after += out.p[i] == '\n';
		assert_int_equal(before, after);
	}
}

static void assert_neutral(struct view text, const char *expected)
{
	BUF_AUTO out = buf_new(BUF_LINE);

	neutral_terminal(&out, text);
	assert_string_equal(buf_text(&out), expected);
}

static void test_neutral_text(void **state)
{
	(void)state;
	assert_neutral(VIEW("plain \xc3\xa9\t\xf0\x9f\x98\x80\n"), "plain \xc3\xa9\t\xf0\x9f\x98\x80\n");
	assert_neutral(VIEW("\x1b[31mred\x1b]0;title\x07"), "\\x1b[31mred\\x1b]0;title\\x07");
	assert_neutral(VIEW("a\0b\x7f"), "a\\x00b\\x7f");
	assert_neutral(VIEW("\xc2\x9b"
			    "31m"),
		"\\x9b31m");
	assert_neutral(VIEW("a\r\nb\rc"), "a\nb\\x0dc");
	assert_neutral(VIEW("a\xe2\x80\xae"
			    "b\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf"),
		"a<U+202E>b<U+2066><U+200B><U+FEFF>");
	assert_neutral(VIEW("\xf3\xa0\x81\xa1"), "<U+E0061>");
	assert_neutral(VIEW("\xff\xc3"), "\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_terminal_text_has_neither(void **state)
{
	BUF_AUTO out = buf_new(BUF_LINE), tiny = buf_new(3);

	(void)state;
	redact_for_terminal(&out, VIEW("\x1b[1mpassword=hunter2\x1b[0m"));
	assert_string_equal(buf_text(&out), "\\x1b[1mpassword=***\\x1b[0m");
	redact_for_terminal(&tiny, VIEW("abcdef"));
	assert_true(tiny.full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens_of_known_shape),
		cmocka_unit_test(test_tokens_glued_to_other_things),
		cmocka_unit_test(test_words_that_begin_like_tokens),
		cmocka_unit_test(test_names_with_values),
		cmocka_unit_test(test_values_that_are_none),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_private_keys),
		cmocka_unit_test(test_words_drawn_by_lot),
		cmocka_unit_test(test_long_words_that_mean_something),
		cmocka_unit_test(test_redacting_twice_changes_nothing),
		cmocka_unit_test(test_full_buffers_cut_but_never_leak),
		cmocka_unit_test(test_hostile_text_takes_linear_time),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_neutral_text),
		cmocka_unit_test(test_terminal_text_has_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
