/* What is stored is redacted first, and cut to sane lengths. */
#include "tests/unit/store/history.h"

#define TOKEN                                                                                                          \
	"gh"                                                                                                           \
	"p_0123456789abcdefghijABCDEFGHIJ012345"

static void test_lengths_are_cut_between_characters(void **state)
{
	MEM_AUTO char *text = mem_array(100001, 1);
	struct finding f = finding("rule", CATEGORY_TEST, 'b');
	struct excerpt_line long_lines[30];
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};
	struct store_execution x = execution(1, CONCLUSION_UNKNOWN, DAY0);
	struct store_record *r = begin(store);

	(void)state;
	for (size_t i = 0; i < 30; i++)
		long_lines[i] = (struct excerpt_line){1, text + 100000 - 402};
	for (size_t i = 0; i + 3 <= 100000; i += 3)
		memcpy(text + i, i % 2 ? "\xe2\x82\xac" : "a b", 3); /* a euro sign of three bytes */
	f.title = f.message = f.location.path = x.branch = text;
	f.excerpt.lines = long_lines;
	f.excerpt.count = 30;
	store_record_test(
		r, &(struct test_case){.id = view_of(text), .result = RESULT_FAILED, .message = view_of(text)});
	commit(r, &x, &d, NULL, 0);
	asks("SELECT max(length(CAST(name AS BLOB))) BETWEEN 1022 AND 1024 FROM test", "1");
	asks("SELECT length(CAST(message AS BLOB)) BETWEEN 398 AND 400 FROM test_unpassed", "1");
	asks("SELECT length(CAST(title AS BLOB)) BETWEEN 2046 AND 2048, length(CAST(message AS BLOB)) BETWEEN 2046 AND "
	     "2048, "
	     "length(CAST(path AS BLOB)) BETWEEN 1022 AND 1024, length(CAST(excerpt AS BLOB)) BETWEEN 8190 AND 8192 "
	     "FROM finding",
		"1|1|1|1");
	asks("SELECT length(CAST(branch AS BLOB)) BETWEEN 1022 AND 1024 FROM run", "1");
	asks("SELECT hex(name) LIKE '%E282' OR hex(name) LIKE '%E2' FROM test", "0");
}

static void assert_no_secret(const char *name)
{
	struct buf b;
	struct err e;

	if (!file_exists(in(name)))
		return;
	assert_int_equal(file_read(in(name), 64 << 20, &b, &e), 0);
	if (memmem(b.p, b.n, &TOKEN[4], sizeof(TOKEN) - 5))
		fail_msg("%s holds the secret", name);
	buf_done(&b);
}

/* A secret in every text there is, and the bytes of the files searched for it. */
static void test_secrets_are_redacted_everywhere(void **state)
{
	static const char secret[] = "x " TOKEN " y";
	struct finding f = finding(secret, CATEGORY_TEST, '\0');
	struct excerpt_line line = {1, secret};
	const struct test_failure failure = {.id = secret, .message = secret};
	struct diagnosis d = {
		.job = {.name = secret, .os = secret},
		.failed_step = {.known = true, .name = secret, .command = secret},
		.failed = true,
		.findings = &f,
		.finding_count = 1,
		.failed_tests = &failure,
		.failed_test_count = 1,
	};
	struct store_execution x = {.repository = secret,
		.run = 1,
		.job = secret,
		.job_name = secret,
		.log_sha256 = secret,
		.workflow = secret,
		.branch = secret,
		.commit = secret,
		.event = secret,
		.url = "https://user:" TOKEN "@github.com/x"};
	struct store_fix fixes = {.fixer = secret,
		.rule = secret,
		.signature = secret,
		.reason = secret,
		.files = secret,
		.commit = secret,
		.branch = secret};
	struct err e;

	(void)state;
	f.title = f.message = f.location.path = secret;
	memcpy(f.signature, TOKEN, sizeof(TOKEN));
	f.excerpt.lines = &line;
	f.excerpt.count = 1;
	commit(begin(store), &x, &d, &fixes, 1);
	x.run = 0;
	commit(begin(store), &x, &d, &fixes, 1);
	assert_int_equal(store_record_outcome(store, secret, secret, secret, OUTCOME_GREEN, DAY0, &e), 0);
	assert_int_equal(store_audit(store, secret, secret, &e), 0);
	assert_no_secret("h.db");
	assert_no_secret("h.db-wal");
	asks("SELECT title, message, excerpt FROM failures LIMIT 1", "x *** y|x *** y|x *** y");
	asks("SELECT test, message FROM test_results LIMIT 1", "x *** y|x *** y");
	asks("SELECT workflow, command FROM jobs LIMIT 1", "x *** y|x *** y");
}

/* Two names that are one without their secrets: one result stays, nothing fails. */
static void test_names_that_redaction_makes_one(void **state)
{
	struct store_record *r = begin(store);
	struct store_execution x = execution(1, CONCLUSION_SUCCESS, DAY0);

	(void)state;
	add_test(r,
		"t[gh"
		"p_0123456789abcdefghijABCDEFGHIJ012345]",
		RESULT_PASSED);
	add_test(r,
		"t[gh"
		"p_0123456789abcdefghijABCDEFGHIJ012346]",
		RESULT_PASSED);
	add_test(r,
		"t[gh"
		"p_0123456789abcdefghijABCDEFGHIJ012346]",
		RESULT_FAILED);
	commit(r, &x, NULL, NULL, 0);
	asks("SELECT test, outcome FROM test_results ORDER BY outcome", "t[***]|failed\nt[***]|passed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_lengths_are_cut_between_characters),
		WITH_STORE(test_secrets_are_redacted_everywhere),
		WITH_STORE(test_names_that_redaction_makes_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
