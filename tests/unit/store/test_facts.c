/* Facts out of one history and into another: the same in any order, any number of times, from any number of places. */
#include "store/delivery.h"
#include "store/facts.h"
#include "tests/unit/store/history.h"

#define SHA "0123456789abcdef0123456789abcdef01234567"

/* ---- a history with something of everything --------------------------------------------------------- */

static void add_reports(struct store_record *r)
{
	COVERAGE_AUTO c = {0};
	struct lint_counts n;

	assert_int_equal(
		coverage_read(view_of("Name  Stmts  Miss  Cover\na.py  4  1  75%\nb.py  4  4  0%\nTOTAL  8  5  37%\n"
				      "Coverage failure: total of 37 is less than fail-under=80\n"),
			view_of(""), &c, NULL),
		0);
	store_record_coverage(r, &c);
	assert_int_equal(lint_read(view_of("a.py:1:1: F401 'os' imported but unused\n"
					   "a.py:2:1: F401 'sys' imported but unused\nb.py:3:1: E501 line too long\n"),
				 "flake8", view_of(""), store_record_lint, r, &n, NULL),
		0);
	store_record_linted(r, "flake8");
	store_record_linted(r, "mypy");
}

static void tell_test(struct store_record *r, const char *id, enum result result, const char *message)
{
	store_record_test(
		r, &(struct test_case){
			   .id = view_of(id), .result = result, .duration_us = -1, .message = view_of(message)});
}

static void record_execution(struct store *s, int64_t run, int tests, bool whole)
{
	static const struct excerpt_line lines[] = {{.text = "first"}, {.text = "second \"quoted\""}};
	struct finding f[2] = {
		finding("python/assert", CATEGORY_TEST, "abcd"[run % 4]), finding("x/y", CATEGORY_FILE, 0)};
	struct diagnosis d = {.failed = true, .findings = f, .finding_count = whole ? 2 : 1, .job.os = "ubuntu-24.04"};
	struct store_execution x = execution(run, run % 2 ? CONCLUSION_FAILURE : CONCLUSION_SUCCESS, DAY0 + run * HOUR);
	struct store_fix one = fix("python/black", f[0].signature, FIX_APPLIED);
	struct store_record *r = begin(s);
	char name[32];

	f[0].excerpt.lines = lines;
	f[0].excerpt.count = 2;
	f[0].location.path = "src/a.py";
	f[0].location.line = 3;
	d.failed_step.known = true;
	d.failed_step.name = "Run tests";
	d.failed_step.command = "make \t test";
	d.failed_step.exit_code = 2;
	x.commit = SHA;
	x.image = "20251110.1";
	x.fork = run % 5 == 4;
	if (run % 7 == 0) {
		x.log_sha256 = SHA "0123456789abcdef01234567";
		x.run = 0;
		x.repository = NULL;
	}
	for (int i = 0; i < tests; i++) {
		struct test_case test = {.id = view_of(name), .duration_us = i % 3 ? (int64_t)i * i * 977 * 1000 : -1};

		snprintf(name, sizeof(name), "suite %d::t%d", i % 5, i);
		test.id = view_of(name);
		test.result = i % 11 == run % 11 ? RESULT_FAILED : i % 13 == 7 ? RESULT_SKIPPED : RESULT_PASSED;
		test.message = view_of(test.result == RESULT_FAILED ? "boom \xe2\x82\xac\n\"x\"" : "");
		store_record_test(r, &test);
	}
	if (whole && run % 3 == 0)
		add_reports(r);
	commit(r, &x, &d, &one, whole && run % 2);
}

static void add_the_rest(struct store *s)
{
	struct store_delivery d = {.repository = "acme/anvil",
		.fixer = "python/black",
		.signature = "1:aaaa",
		.way = "pr",
		.branch = "topic",
		.base_sha = SHA,
		.pull = 4,
		.run = 1,
		.at = DAY0};
	struct store_rerun r = {.repository = "acme/anvil",
		.branch = "main",
		.signature = "1:aaaa",
		.reason = "why",
		.run = 3,
		.attempt = 1,
		.at = DAY0};
	struct store_ignored i = {"1:bbbb", "known", "ada", DAY0, CLOCK_UNKNOWN};
	struct err e;

	assert_int_equal(store_deliver(s, &d, &e), 0);
	assert_int_equal(store_settle(s, 1, OUTCOME_MERGED, DAY0 + HOUR, "merged", &e), 0);
	assert_int_equal(store_rerun(s, &r, &e), 0);
	assert_int_equal(store_rerun_result(s, "acme/anvil", 3, 1, CONCLUSION_SUCCESS, &e), 0);
	assert_int_equal(store_ignore(s, &i, &e), 0);
	assert_int_equal(store_issue(s, "acme/anvil", "1:aaaa", 9, true, &e), 0);
	assert_int_equal(store_record_outcome(s, NULL, "python/isort", NULL, OUTCOME_GREEN, DAY0, &e), 0);
}

/* ---- taking ----------------------------------------------------------------------------------------- */

struct facts {
	char *lines[512];
	char needs[512][HASH_HEX_MAX];
	char ids[512][HASH_HEX_MAX];
	size_t n;
};

static int keep(void *context, const struct store_fact *fact, struct err *e)
{
	struct facts *f = context;
	char id[HASH_HEX_MAX];

	(void)e;
	assert_true(f->n < 512);
	hash_view(fact->line, id);
	assert_string_equal(id, fact->id);
	assert_null(memchr(fact->line.p, '\n', fact->line.n));
	snprintf(f->needs[f->n], HASH_HEX_MAX, "%s", fact->needs ? fact->needs : "");
	snprintf(f->ids[f->n], HASH_HEX_MAX, "%s", fact->id);
	f->lines[f->n++] = mem_bytes(fact->line.p, fact->line.n);
	return 0;
}

static void facts_done(struct facts *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->lines[i]);
	f->n = 0;
}

static void tell_all(struct store *s, struct facts *f, const char *repository, int64_t run)
{
	struct store_facts_wanted w = {.repository = repository, .run = run, .since = CLOCK_UNKNOWN};
	struct err e = {0};

	if (store_facts_each(s, &w, keep, f, &e) != 0)
		fail_msg("%s", e.text);
}

static enum store_taken take(struct store_take *t, const char *line)
{
	enum store_taken taken;
	struct err e = {0};

	if (store_take_line(t, view_of(line), &taken, &e) != 0)
		fail_msg("%s: %.300s", e.text, line);
	return taken;
}

static struct store_take *begin_take(struct store *s, bool fork)
{
	struct store_take *t;
	struct err e = {0};

	if (store_take_begin(&t, s, fork, &e) != 0)
		fail_msg("%s", e.text);
	return t;
}

static void commit_take(struct store_take *t)
{
	struct err e = {0};

	if (store_take_commit(t, &e) != 0)
		fail_msg("%s", e.text);
}

static int take_in_order(struct store *s, const struct facts *f, bool fork)
{
	struct store_take *t = begin_take(s, fork);
	int fresh = 0;

	for (size_t i = 0; i < f->n; i++) {
		enum store_taken taken = take(t, f->lines[i]);

		assert_int_not_equal(taken, STORE_TAKEN_WAITS);
		fresh += taken == STORE_TAKEN_NEW && !strstr(f->lines[i], "\"fact\":\"tests\"");
	}
	commit_take(t);
	return fresh;
}

/* What the views say, without the numbers of rows. */
static char *content(const char *path)
{
	static const char *const questions[] = {
		"SELECT repository, run, attempt, space, trust, workflow, branch, sha, event, conclusion, started, "
		"ended, jobs, "
		"failed_jobs FROM runs ORDER BY 1, 2, 3, ended",
		"SELECT run, job, os, conclusion, started, ended, step, command, exit_code, passed, failed, skipped, "
		"errors, "
		"image FROM jobs ORDER BY ended, run",
		"SELECT run, is_primary, signature, rule, category, severity, confidence, title, message, path, line, "
		"log_line, "
		"excerpt FROM failures ORDER BY ended, rule",
		"SELECT signature, first_seen, last_seen FROM signatures ORDER BY 1",
		"SELECT run, count(*), sum(ms), min(test), max(test), group_concat(DISTINCT message) FROM test_results "
		"GROUP BY ended, outcome ORDER BY ended, outcome",
		"SELECT run, fixer, signature, tier, status, at > '2026', reason, files, outcome FROM fix_attempts "
		"ORDER BY ended",
		"SELECT fixer, signature, fix_sha, outcome, at FROM outcomes ORDER BY 1, 2, 5, 4",
		"SELECT run, format, c.lines, c.lines_covered, c.percent, files, path, x.lines FROM coverage c "
		"JOIN coverage_files x USING (coverage_id) ORDER BY ended, path",
		"SELECT run, metric, path, required, actual FROM coverage_gates JOIN coverage USING (coverage_id) "
		"ORDER BY ended",
		"SELECT run, tool, code, severity, path, issues, line FROM lint ORDER BY ended, code, path",
		"SELECT run, tool, errors, warnings, infos FROM lint_runs ORDER BY ended, tool",
		"SELECT repository, fixer, signature, way, base_sha, pull, run, at, outcome, settled, reason FROM "
		"deliveries",
		"SELECT repository, run, attempt, signature, reason, at, result FROM reruns",
		"SELECT signature, reason, ignored_by, at, until FROM ignored_signatures",
		"SELECT repository, signature, number, is_open FROM issues",
	};
	BUF_AUTO all = buf_new(BUF_PAGE);

	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		const char *question = questions[i];
		char *fixed = NULL;

		if (strstr(question, "fix_attempts ORDER BY ended"))
			question =
				"SELECT run, fixer, signature, tier, status, reason, files, outcome FROM fix_attempts "
				"ORDER BY sha, run, fixer, status";
		buf_addf(&all, "%s\n\n", sql(path, question));
		free(fixed);
	}
	assert_false(all.full);
	return buf_take(&all);
}

/* ---- tests ------------------------------------------------------------------------------------------ */

static void fill(struct store *s)
{
	for (int64_t run = 1; run <= 14; run++)
		record_execution(s, run, run % 4 == 1 ? 0 : 60, true);
	add_the_rest(s);
}

static void test_everything_arrives(void **state)
{
	static struct facts f;
	struct store *to = open_store(in("to.db"), STORE_WRITE);
	struct err e = {0};

	(void)state;
	fill(store);
	tell_all(store, &f, NULL, 0);
	assert_int_equal(take_in_order(to, &f, false), 14 - 1 + 7 + 5 + 1); /* runs 7 and 14 are one log */
	assert_int_equal(take_in_order(to, &f, false), 0);
	if (store_check(to, &e) != 0)
		fail_msg("%s", e.text);
	store_close(to);
	MEM_AUTO char *mine = content(in("h.db")), *theirs = content(in("to.db"));
	assert_string_equal(mine, theirs);
	assert_non_null(strstr(mine, "second \"quoted\""));
	facts_done(&f);
}

static void test_facts_told_again_have_the_same_ids(void **state)
{
	static struct facts mine, theirs;
	struct store *to = open_store(in("to.db"), STORE_WRITE);
	size_t same = 0;

	(void)state;
	fill(store);
	tell_all(store, &mine, NULL, 0);
	take_in_order(to, &mine, false);
	tell_all(to, &theirs, NULL, 0);
	assert_int_equal(mine.n, theirs.n);
	for (size_t i = 0; i < mine.n; i++)
		for (size_t k = 0; k < theirs.n; k++)
			same += !strcmp(mine.ids[i], theirs.ids[k]);
	assert_int_equal(same, mine.n);
	store_close(to);
	facts_done(&mine);
	facts_done(&theirs);
}

/* Three machines have seen parts of it, some only in part. */
static void gather(struct facts *f)
{
	for (int machine = 0; machine < 3; machine++) {
		char name[16];
		struct store *s;

		snprintf(name, sizeof(name), "m%d.db", machine);
		s = open_store(in(name), STORE_WRITE);
		for (int64_t run = 1; run <= 12; run++)
			if (run % 3 != machine)
				record_execution(s, run, (run + machine) % 2 ? 30 : 50, machine == 1);
		if (machine == 2)
			add_the_rest(s);
		tell_all(s, f, NULL, 0);
		store_close(s);
	}
}

/* As `history pull` does it: what waits is told again when the rest is there. */
static void take_shuffled(struct store *s, const struct facts *f, unsigned losses)
{
	size_t order[512];
	bool done[512] = {false};

	for (size_t i = 0; i < f->n; i++) {
		size_t k = (size_t)random() % (i + 1);

		order[i] = order[k];
		order[k] = i;
	}
	for (int round = 0; round < 4; round++) {
		struct store_take *t = begin_take(s, false);

		for (int again = 0; again < 3; again++)
			for (size_t i = 0; i < f->n; i++) {
				bool tests = strstr(f->lines[order[i]], "\"fact\":\"tests\"") != NULL;

				if ((done[i] && !tests && random() % 3) ||
					(losses && round < 2 && random() % 100 < (int)losses))
					continue;
				done[i] = take(t, f->lines[order[i]]) != STORE_TAKEN_WAITS;
			}
		if (round < 2 && random() % 4 == 0) {
			memset(done, 0, sizeof(done)); /* nothing of this round came to be */
			store_take_abort(t);
		} else {
			commit_take(t);
		}
	}
	for (size_t i = 0; i < f->n; i++)
		assert_true(done[i]);
}

static void test_any_order_ends_the_same(void **state)
{
	static struct facts f;
	MEM_AUTO char *first = NULL;

	(void)state;
	gather(&f);
	srandom(3);
	for (int round = 0; round < 25; round++) {
		char name[16];
		struct store *s;
		struct err e = {0};
		char *now;

		snprintf(name, sizeof(name), "r%d.db", round);
		s = open_store(in(name), STORE_WRITE);
		take_shuffled(s, &f, (unsigned)(round % 3) * 30);
		if (store_check(s, &e) != 0)
			fail_msg("%s", e.text);
		store_close(s);
		now = content(in(name));
		if (!first)
			first = mem_text(now);
		assert_string_equal(now, first);
		free(now);
	}
	facts_done(&f);
}

static void test_only_what_is_wanted(void **state)
{
	static struct facts f;
	struct store_facts_wanted w = {.repository = "acme/anvil", .since = clock_now() + HOUR};
	struct err e;

	(void)state;
	fill(store);
	tell_all(store, &f, "acme/anvil", 2);
	assert_int_equal(f.n, 2); /* its tests, and itself */
	assert_string_equal(f.needs[1], f.ids[0]);
	facts_done(&f);
	tell_all(store, &f, "acme/rocket", 0);
	facts_done(&f);
	assert_int_equal(store_facts_each(store, &w, keep, &f, &e), 0);
	for (size_t i = 0; i < f.n; i++)
		assert_non_null(strstr(f.lines[i], "\"fact\":\"rerun\"")); /* may have changed since */
	facts_done(&f);
}

static void test_what_waits_for_its_tests(void **state)
{
	static struct facts f;
	struct store *to = open_store(in("to.db"), STORE_WRITE);
	struct store_take *t = begin_take(to, false);

	(void)state;
	record_execution(store, 1, 20, true);
	tell_all(store, &f, NULL, 0);
	assert_int_equal(f.n, 3);
	assert_int_equal(take(t, f.lines[2]), STORE_TAKEN_WAITS); /* the fix of what is not there */
	assert_int_equal(take(t, f.lines[1]), STORE_TAKEN_WAITS);
	assert_int_equal(take(t, f.lines[0]), STORE_TAKEN_NEW);
	assert_int_equal(take(t, f.lines[1]), STORE_TAKEN_NEW);
	assert_int_equal(take(t, f.lines[1]), STORE_TAKEN_KNOWN);
	assert_int_equal(take(t, f.lines[2]), STORE_TAKEN_NEW);
	assert_int_equal(take(t, f.lines[2]), STORE_TAKEN_KNOWN);
	store_take_abort(t);
	store_close(to);
	assert_sql(in("to.db"), "SELECT count(*) FROM job", "0");
	facts_done(&f);
}

/* Whoever makes a test fail writes its message: it must not name the list of another execution as what is needed. */
static void test_no_message_says_what_is_needed(void **state)
{
	static struct facts f;
	char other[HASH_HEX_MAX];
	struct store_execution x = execution(1, CONCLUSION_FAILURE, DAY0);
	struct store_record *r;

	(void)state;
	tell_test(r = begin(store), "later", RESULT_PASSED, NULL);
	x.run = 2;
	commit(r, &x, NULL, NULL, 0);
	tell_all(store, &f, NULL, 0);
	memcpy(other, f.ids[0], sizeof(other));
	facts_done(&f);
	x.run = 3;
	tell_test(r = begin(store), "a", RESULT_FAILED, other);
	commit(r, &x, NULL, NULL, 0);
	tell_all(store, &f, NULL, 0);
	assert_int_equal(f.n, 4);
	assert_non_null(strstr(f.lines[3], other));
	assert_string_equal(f.needs[3], f.ids[2]);
	facts_done(&f);
}

static void test_a_forks_stays_a_forks(void **state)
{
	static struct facts f;
	struct store *to = open_store(in("to.db"), STORE_WRITE);

	(void)state;
	record_execution(store, 1, 5, true);
	tell_all(store, &f, NULL, 0);
	take_in_order(to, &f, false);
	assert_sql(in("to.db"), "SELECT trust FROM runs", "full");
	take_in_order(to, &f, true);
	assert_sql(in("to.db"), "SELECT trust FROM runs", "fork");
	take_in_order(to, &f, false);
	assert_sql(in("to.db"), "SELECT trust FROM runs", "fork");
	store_close(to);
	facts_done(&f);
}

static void test_what_is_no_fact_is_refused(void **state)
{
	static const char *const bad[] = {"", "[]", "{}", "nonsense", "{\"fact\":\"execution\"}",
		"{\"fact\":\"execution\",\"run\":1,\"space\":\"ci\",\"conclusion\":\"failure\"}",
		"{\"fact\":\"execution\",\"run\":-1,\"ended\":5,\"space\":\"ci\",\"conclusion\":\"failure\"}",
		"{\"fact\":\"execution\",\"run\":0,\"ended\":5,\"space\":\"ci\",\"conclusion\":\"failure\"}",
		"{\"fact\":\"execution\",\"run\":1,\"ended\":5,\"space\":\"mars\",\"conclusion\":\"failure\"}",
		"{\"fact\":\"execution\",\"run\":1,\"ended\":5,\"space\":\"ci\",\"conclusion\":\"failure\","
		"\"findings\":[{\"rule\":\"x\"}]}",
		"{\"fact\":\"tests\",\"names\":[1]}", "{\"fact\":\"tests\",\"names\":[\"\"]}", "{\"fact\":\"fix\"}",
		"{\"fact\":\"outcome\",\"at\":1,\"fixer\":\"f\",\"outcome\":\"good\"}", "{\"fact\":\"outcome\"}",
		"{\"fact\":\"ignored\",\"at\":1}", "{\"fact\":\"ignored\",\"at\":1,\"signature\":\"\"}",
		"{\"fact\":\"issue\",\"at\":1,\"number\":4,\"signature\":\"\\u0000\"}",
		"{\"fact\":\"prophecy\",\"at\":1}"};
	struct store_take *t = begin_take(store, false);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		enum store_taken taken;
		struct err e = {0};

		assert_int_equal(store_take_line(t, view_of(bad[i]), &taken, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
	}
	commit_take(t);
	asks("SELECT (SELECT count(*) FROM job) + (SELECT count(*) FROM outcome) + (SELECT count(*) FROM ignored)",
		"0");
}

/* A roster that does not fit the execution: times for one test more or less, a result of a test that is not there. */
static void test_results_that_do_not_fit(void **state)
{
	static const char *const results[] = {"\"ms\":[1,2,3],\"unpassed\":[]", "\"ms\":[1],\"unpassed\":[]",
		"\"ms\":7", "\"ms\":[1,2],\"unpassed\":[[2,\"failed\",1,null]]",
		"\"ms\":[1,2],\"unpassed\":[[0,\"passed\",1,null]]", "\"ms\":[1,2],\"unpassed\":[7]"};
	static const char roster[] = "{\"fact\":\"tests\",\"names\":[\"a\",\"b\"]}";
	struct store_take *t = begin_take(store, false);
	char id[HASH_HEX_MAX], line[512];

	(void)state;
	take(t, roster);
	hash_view(view_of(roster), id);
	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++) {
		enum store_taken taken;
		struct err e = {0};

		snprintf(line, sizeof(line),
			"{\"fact\":\"execution\",\"run\":1,\"ended\":5,\"space\":\"ci\",\"conclusion\":\"failure\","
			"\"tests\":"
			"\"%s\",%s}",
			id, results[i]);
		assert_int_equal(store_take_line(t, view_of(line), &taken, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
	}
	commit_take(t);
	asks("SELECT count(*) FROM job", "0");
}

static void test_secrets_of_others_do_not_get_in(void **state)
{
	static const char line[] =
		"{\"fact\":\"execution\",\"repository\":\"gh"
		"p_0123456789abcdefghijABCDEFGHIJ012345\","
		"\"run\":1,\"ended\":5000000,\"space\":\"ci\",\"conclusion\":\"failure\",\"key\":"
		"\"gh"
		"p_0123456789abcdefghijABCDEFGHIJ012345\",\"findings\":[{\"rule\":\"a/b\",\"category\":"
		"\"test\",\"severity\":\"error\",\"rank\":\"cause\",\"confidence\":1,\"title\":"
		"\"gh"
		"p_0123456789abcdefghijABCDEFGHIJ012345\"}]}";
	struct store_take *t = begin_take(store, false);

	(void)state;
	assert_int_equal(take(t, line), STORE_TAKEN_NEW);
	commit_take(t);
	asks("SELECT group_concat(repository || job || title) LIKE '%ghp_%' FROM failures", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_everything_arrives),
		WITH_STORE(test_facts_told_again_have_the_same_ids),
		cmocka_unit_test_setup_teardown(test_any_order_ends_the_same, set_up, tear_down),
		WITH_STORE(test_only_what_is_wanted),
		WITH_STORE(test_what_waits_for_its_tests),
		WITH_STORE(test_no_message_says_what_is_needed),
		WITH_STORE(test_a_forks_stays_a_forks),
		WITH_STORE(test_what_is_no_fact_is_refused),
		WITH_STORE(test_results_that_do_not_fit),
		WITH_STORE(test_secrets_of_others_do_not_get_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
