#include "tests/unit/store/history.h"

#define SHA "0123456789abcdef0123456789abcdef01234567"
#define DIGEST "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Everything that is recorded, as text, to see what changes. */
static char *all_facts(void)
{
	struct buf b = buf_new(BUF_PAGE);
	static const char *const tables[] = {
		"run", "job", "signature", "finding", "test", "pack", "test_unpassed", "fix", "outcome", "audit"};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		char query[64];

		snprintf(query, sizeof(query), "SELECT '%s', * FROM %s", tables[i], tables[i]);
		buf_addf(&b, "%s\n", sql(in("h.db"), query));
	}
	return buf_take(&b);
}

/* An execution with something in every field. */
static struct excerpt_line lines[] = {{6, "before"}, {7, "E   assert 1 == 2"}};
static bool record_full(int64_t run, const struct store_fix *fixes, size_t fix_count)
{
	struct finding findings[2] = {
		finding("python/assert", CATEGORY_TEST, 'a'), finding("generic/exit-code", CATEGORY_UNKNOWN, '\0')};
	struct diagnosis d = {
		.job = {.name = "test (3.12)", .os = "ubuntu-24.04", .started = DAY0, .ended = DAY0 + HOUR},
		.failed_step = {.known = true, .name = "Run make test", .command = "make test", .exit_code = 2},
		.failed = true,
		.from_runner = true,
		.findings = findings,
		.finding_count = 2,
		.tests_known = true,
		.tests = {120, 1, 3, 0},
	};
	struct store_execution x = {
		.repository = "acme/anvil",
		.run = run,
		.attempt = 2,
		.job = "4711",
		.log_sha256 = DIGEST,
		.workflow = "CI",
		.branch = "main",
		.commit = SHA,
		.event = "push",
		.url = "https://github.com/acme/anvil/actions/runs/1",
		.fork = true,
	};
	struct store_record *r = begin(store);

	findings[0].excerpt.lines = lines;
	findings[0].excerpt.count = 2;
	findings[0].location.path = "tests/test_a.py";
	findings[0].location.line = 3;
	findings[1].rank = RANK_WRAPPER;
	add_test(r, "tests/test_a.py::test_passes", RESULT_PASSED);
	add_test(r, "tests/test_a.py::test_skips", RESULT_SKIPPED);
	store_record_test(r, &(struct test_case){.id = VIEW("tests/test_a.py::test_fails"),
				     .result = RESULT_FAILED,
				     .duration_us = -1,
				     .message = VIEW("assert 1 == 2")});
	return commit(r, &x, &d, fixes, fix_count);
}

static void test_everything_is_there_afterwards(void **state)
{
	struct store_fix f = fix("python/black", "", FIX_APPLIED);

	(void)state;
	f.commit = SHA;
	f.branch = "runmedic/abc";
	assert_true(record_full(1, &f, 1));
	asks("SELECT repository, run, attempt, space, trust, workflow, branch, sha, event, url, conclusion, started, "
	     "ended, "
	     "seconds, jobs, failed_jobs FROM runs",
		"acme/anvil|1|2|ci|fork|CI|main|" SHA
		"|push|https://github.com/acme/anvil/actions/runs/1|failure|2026-06-01T00:00:00Z|2026-06-01T01:00:00Z|"
		"3600.0|1|1");
	asks("SELECT job, os, conclusion, step, command, exit_code, passed, failed, skipped, errors FROM jobs",
		"test (3.12)|ubuntu-24.04|failure|Run make test|make test|2|120|1|3|0");
	asks("SELECT position, rule, category, severity, rank, confidence, transient, log_line, path, line, title, "
	     "message, "
	     "excerpt FROM finding ORDER BY position",
		"0|python/assert|test|error|cause|0.9|0|7|tests/test_a.py|3|title|message|before\nE   assert 1 == 2\n"
		"1|generic/exit-code|unknown|error|wrapper|0.9|0|7|-|-|title|message|-");
	asks("SELECT text, first_seen, last_seen FROM signature",
		"1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|1780275600000000|1780275600000000");
	asks("SELECT test, outcome, ms, message FROM test_results ORDER BY test",
		"tests/test_a.py::test_fails|failed|-|assert 1 == 2\ntests/test_a.py::test_passes|passed|2|-\n"
		"tests/test_a.py::test_skips|skipped|2|-");
	asks("SELECT fixer, rule, signature, tier, status, confidence, reason, files, fix_sha, fix_branch, proof_exit, "
	     "outcome FROM fix_attempts",
		"python/black|python/rule|-|heal|applied|0.95|because|a.py\nb.py|" SHA "|runmedic/abc|0|-");
}

static void test_recording_twice_changes_nothing(void **state)
{
	struct store_fix f = fix("python/black", "1:" DIGEST, FIX_PLANNED);
	MEM_AUTO char *before = NULL, *after = NULL;

	(void)state;
	assert_true(record_full(1, &f, 1));
	before = all_facts();
	assert_false(record_full(1, &f, 1));
	after = all_facts();
	assert_string_equal(before, after);
	assert_true(record_full(0, NULL, 0)); /* by its log, for want of a run */
	assert_false(record_full(0, NULL, 0));
	asks("SELECT count(*) FROM jobs", "2");
}

static void test_new_fixes_are_added(void **state)
{
	struct store_fix planned = fix("python/black", "1:" DIGEST, FIX_PLANNED), applied = planned, other = planned,
			 elsewhere = planned;

	(void)state;
	applied.status = FIX_APPLIED;
	other.fixer = "python/isort";
	elsewhere.signature = "1:" SHA;
	record_full(1, &planned, 1);
	assert_false(record_full(1, (struct store_fix[]){planned, applied, other, elsewhere}, 4));
	asks("SELECT count(*) FROM fix", "4");
	record_full(2, &planned, 1); /* another execution is another attempt */
	asks("SELECT count(*) FROM fix", "5");
}

static void test_identity(void **state)
{
	struct store_execution base = execution(1, CONCLUSION_SUCCESS, DAY0), other;

	(void)state;
	assert_true(commit(begin(store), &base, NULL, NULL, 0));
	other = base;
	other.branch = "another"; /* no part of it */
	other.conclusion = CONCLUSION_FAILURE;
	assert_false(commit(begin(store), &other, NULL, NULL, 0));
	other = base;
	other.attempt = 2;
	assert_true(commit(begin(store), &other, NULL, NULL, 0));
	other = base;
	other.job = "lint";
	assert_true(commit(begin(store), &other, NULL, NULL, 0));
	other = base;
	other.repository = "acme/hammer";
	assert_true(commit(begin(store), &other, NULL, NULL, 0));
	other = base;
	other.repository = NULL;
	other.job = NULL;
	assert_true(commit(begin(store), &other, NULL, NULL, 0));
	assert_false(commit(begin(store), &other, NULL, NULL, 0));
	asks("SELECT count(*), (SELECT count(*) FROM run), (SELECT branch FROM run WHERE id = 1) FROM job", "5|4|main");
}

/* Without run and log the results are all there is. */
static bool record_report(enum result outcome, int64_t started)
{
	struct store_record *r = begin(store);

	add_test(r, "a", RESULT_PASSED);
	add_test(r, "b", outcome);
	return commit(r, &(struct store_execution){.space = SPACE_LOCAL, .started = started}, NULL, NULL, 0);
}

static void test_reports_without_a_log(void **state)
{
	(void)state;
	assert_true(record_report(RESULT_PASSED, 0));
	assert_false(record_report(RESULT_PASSED, 0));
	assert_true(record_report(RESULT_FAILED, 0));
	assert_true(record_report(RESULT_PASSED, DAY0));
	asks("SELECT conclusion, space, passed, failed FROM jobs ORDER BY job_id",
		"success|local|2|0\nfailure|local|1|1\nsuccess|local|2|0");
}

static void record_job(const char *job, enum conclusion conclusion, int64_t ended)
{
	struct store_execution x = execution(1, conclusion, ended);

	x.job = job;
	commit(begin(store), &x, NULL, NULL, 0);
}

static void test_a_run_is_as_bad_as_its_worst_job(void **state)
{
	(void)state;
	record_job("a", CONCLUSION_UNKNOWN, DAY0 + 2 * HOUR);
	asks("SELECT conclusion, ended FROM runs", "unknown|2026-06-01T02:00:00Z");
	record_job("b", CONCLUSION_SUCCESS, DAY0);
	asks("SELECT conclusion, started, ended FROM runs", "success|2026-05-31T23:59:00Z|2026-06-01T02:00:00Z");
	record_job("c", CONCLUSION_CANCELLED, DAY0);
	asks("SELECT conclusion FROM runs", "cancelled");
	record_job("d", CONCLUSION_FAILURE, DAY0);
	record_job("e", CONCLUSION_SUCCESS, DAY0 + 3 * HOUR);
	asks("SELECT conclusion, ended, jobs, failed_jobs FROM runs", "failure|2026-06-01T03:00:00Z|5|1");
}

static void test_what_one_job_does_not_know_another_may(void **state)
{
	struct store_execution x = execution(1, CONCLUSION_SUCCESS, DAY0);

	(void)state;
	x.branch = NULL;
	commit(begin(store), &x, NULL, NULL, 0);
	x.job = "other";
	x.branch = "main";
	x.workflow = "not this";
	x.commit = SHA;
	commit(begin(store), &x, NULL, NULL, 0);
	asks("SELECT workflow, branch, sha FROM runs", "ci|main|" SHA);
}

static void test_conclusions(void **state)
{
	static const struct {
		struct diagnosis d;
		enum conclusion given;
		const char *expected;
	} rows[] = {
		{{.failed = true}, CONCLUSION_UNKNOWN, "failure"},
		{{.failed = true, .conclusion = CONCLUSION_TIMED_OUT}, CONCLUSION_UNKNOWN, "timed_out"},
		{{.failed = true, .conclusion = CONCLUSION_FAILURE}, CONCLUSION_SUCCESS, "success"},
		{{.from_runner = true}, CONCLUSION_UNKNOWN, "success"},
		{{.from_runner = true, .cut_off = true}, CONCLUSION_UNKNOWN, "unknown"},
		{{.from_runner = false}, CONCLUSION_UNKNOWN, "unknown"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_execution x = execution((int64_t)i + 1, rows[i].given, DAY0);

		commit(begin(store), &x, &rows[i].d, NULL, 0);
		asks("SELECT conclusion FROM job ORDER BY id DESC LIMIT 1", rows[i].expected);
	}
}

/* Times that nobody gives are those of the log, else now. */
static void test_times(void **state)
{
	struct store_execution x = execution(1, CONCLUSION_SUCCESS, DAY0);
	struct diagnosis d = {.job = {.started = DAY0 + HOUR, .ended = DAY0 + 2 * HOUR}};

	(void)state;
	setenv("RUNMEDIC_NOW", "2026-06-02T03:04:05Z", 1);
	x.started = x.ended = 0;
	commit(begin(store), &x, &d, NULL, 0);
	x.run = 2;
	x.started = x.ended = CLOCK_UNKNOWN;
	d.job.started = d.job.ended = CLOCK_UNKNOWN;
	commit(begin(store), &x, &d, NULL, 0);
	unsetenv("RUNMEDIC_NOW");
	asks("SELECT started, ended, recorded FROM jobs ORDER BY job_id",
		"2026-06-01T01:00:00Z|2026-06-01T02:00:00Z|2026-06-02T03:04:05Z\n-|2026-06-02T03:04:05Z|2026-06-02T03:"
		"04:05Z");
}

static void test_equal_results_count_once(void **state)
{
	struct store_record *r = begin(store);
	struct store_execution x = execution(1, CONCLUSION_UNKNOWN, DAY0);

	(void)state;
	add_test(r, "b", RESULT_FAILED); /* on its own line */
	add_test(r, "a", RESULT_PASSED);
	store_record_test(r, &(struct test_case){.id = VIEW("b"),
				     .result = RESULT_FAILED,
				     .duration_us = -1,
				     .message = VIEW("why")}); /* in the summary */
	add_test(r, "b", RESULT_PASSED);                       /* and again */
	add_test(r, "", RESULT_PASSED);
	commit(r, &x, NULL, NULL, 0);
	asks("SELECT test, outcome, message FROM test_results ORDER BY test, outcome",
		"a|passed|-\nb|failed|why\nb|passed|-");
	asks("SELECT conclusion, passed, failed FROM jobs", "failure|2|1");
}

/* One connection remembers names; they must mean the same after other executions, other connections, a rollback. */
static void test_names_are_remembered_rightly(void **state)
{
	struct store *other = open_store(in("h.db"), STORE_WRITE);

	(void)state;
	for (int64_t run = 1; run <= 30; run++) {
		struct store_record *r = begin(run % 3 ? store : other);
		struct store_execution x = execution(run, CONCLUSION_SUCCESS, DAY0);

		for (int64_t i = run % 5; i < 40; i += 1 + run % 4) {
			char name[16];

			snprintf(name, sizeof(name), "t%02d", (int)(i * 7 % 40));
			store_record_test(r, &(struct test_case){.id = view_of(name),
						     .result = RESULT_PASSED,
						     .duration_us = (i * 7 % 40) * 1000});
		}
		commit(r, &x, NULL, NULL, 0);
	}
	store_close(other);
	/* the number in the name was written as the duration */
	asks("SELECT count(*) FROM test_results WHERE CAST(substr(test, 2) AS INTEGER) <> ms", "0");
	asks("SELECT count(*), count(DISTINCT name) FROM test", "40|40");
}

static void test_a_rolled_back_name_is_not_remembered(void **state)
{
	struct store_record *r = begin(store);
	struct store_execution x = execution(1, CONCLUSION_SUCCESS, DAY0);
	struct err e = {0};
	bool is_new = true;

	(void)state;
	sql_run(in("h.db"), "CREATE TRIGGER no BEFORE INSERT ON pack BEGIN SELECT RAISE(ABORT, 'no'); END");
	add_test(r, "first", RESULT_PASSED);
	assert_int_equal(store_record_commit(r, &x, NULL, NULL, 0, &is_new, &e), -1);
	assert_true(is_new); /* written on success only */
	asks("SELECT (SELECT count(*) FROM run) + (SELECT count(*) FROM job) + (SELECT count(*) FROM test)", "0");
	sql_run(in("h.db"), "DROP TRIGGER no; INSERT INTO test (name) VALUES ('somebody else')");
	r = begin(store);
	add_test(r, "first", RESULT_PASSED);
	commit(r, &x, NULL, NULL, 0);
	asks("SELECT test FROM test_results", "first");
}

static void test_failed_tests_of_the_diagnosis(void **state)
{
	const struct test_failure failures[] = {{.id = "t::a", .message = "boom"}, {.id = "t::b"}};
	struct diagnosis d = {.failed = true, .failed_tests = failures, .failed_test_count = 2};
	struct store_execution x = execution(1, CONCLUSION_UNKNOWN, DAY0);
	struct store_record *r = begin(store);

	(void)state;
	commit(r, &x, &d, NULL, 0);
	asks("SELECT test, outcome, message FROM test_results ORDER BY test", "t::a|failed|boom\nt::b|failed|-");
	x.run = 2;
	r = begin(store);
	add_test(r, "t::c", RESULT_ERROR);
	commit(r, &x, &d, NULL, 0); /* what was streamed is complete */
	asks("SELECT test FROM test_results WHERE run = 2", "t::c");
}

static void test_results_beyond_the_ceiling_are_counted(void **state)
{
	struct store_record *r = begin(store);
	struct store_execution x = execution(1, CONCLUSION_SUCCESS, DAY0);

	(void)state;
	for (size_t i = 0; i < STORE_RESULTS_MAX + 5; i++)
		add_test(r, "again and again", RESULT_PASSED);
	commit(r, &x, NULL, NULL, 0);
	asks("SELECT dropped, (SELECT count(*) FROM test_results) FROM job", "5|1");
}

static void test_signatures_keep_first_and_last(void **state)
{
	static const int64_t hours[] = {5, 2, 9, 4};
	struct finding f = finding("rule", CATEGORY_TEST, 'c');
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct store_execution x = execution((int64_t)i + 1, CONCLUSION_UNKNOWN, DAY0 + hours[i] * HOUR);

		commit(begin(store), &x, &d, NULL, 0);
	}
	asks("SELECT first_seen, last_seen, failures FROM signatures", "2026-06-01T02:00:00Z|2026-06-01T09:00:00Z|4");
}

static void test_outcomes_are_appended_once(void **state)
{
	struct err e;

	(void)state;
	for (int twice = 0; twice < 2; twice++) {
		assert_int_equal(store_record_outcome(store, "1:" SHA, "f", SHA, OUTCOME_RED, DAY0, &e), 0);
		assert_int_equal(store_record_outcome(store, "1:" SHA, "f", SHA, OUTCOME_GREEN, DAY0 + HOUR, &e), 0);
		assert_int_equal(store_record_outcome(store, NULL, "f", NULL, OUTCOME_GREEN, DAY0, &e), 0);
	}
	asks("SELECT outcome FROM outcome ORDER BY id", "red\ngreen\ngreen");
}

static void test_the_audit_log_grows(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(store_audit(store, "apply", "python/black a.py", &e), 0);
	assert_int_equal(store_audit(store, "report", NULL, &e), 0);
	asks("SELECT action, detail, at > 0 FROM audit ORDER BY id", "apply|python/black a.py|1\nreport|-|1");
}

static void test_an_abort_leaves_nothing(void **state)
{
	struct store_record *r = begin(store);

	(void)state;
	add_test(r, "a", RESULT_PASSED);
	store_record_abort(r);
	asks("SELECT count(*) FROM job", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_everything_is_there_afterwards),
		WITH_STORE(test_recording_twice_changes_nothing),
		WITH_STORE(test_new_fixes_are_added),
		WITH_STORE(test_identity),
		WITH_STORE(test_reports_without_a_log),
		WITH_STORE(test_a_run_is_as_bad_as_its_worst_job),
		WITH_STORE(test_what_one_job_does_not_know_another_may),
		WITH_STORE(test_conclusions),
		WITH_STORE(test_times),
		WITH_STORE(test_equal_results_count_once),
		WITH_STORE(test_names_are_remembered_rightly),
		WITH_STORE(test_a_rolled_back_name_is_not_remembered),
		WITH_STORE(test_failed_tests_of_the_diagnosis),
		WITH_STORE(test_results_beyond_the_ceiling_are_counted),
		WITH_STORE(test_signatures_keep_first_and_last),
		WITH_STORE(test_outcomes_are_appended_once),
		WITH_STORE(test_the_audit_log_grows),
		WITH_STORE(test_an_abort_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
