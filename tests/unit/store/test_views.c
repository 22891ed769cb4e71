/* The public views, as docs/history.md promises them to users of plain sqlite3. */
#include "store/delivery.h"
#include "tests/unit/store/history.h"

#define DOCUMENT "docs/history.md"
#define SHA "0123456789abcdef0123456789abcdef01234567"

static struct buf document;

static int set_up_document(void **state)
{
	struct err e = {0};

	(void)state;
	if (file_read(DOCUMENT, 1 << 20, &document, &e) == 0)
		return 0;
	fprintf(stderr, "%s (run this from the root of the source tree)\n", e.text);
	return -1;
}

static int tear_down_document(void **state)
{
	(void)state;
	buf_done(&document);
	return 0;
}

static void add_reports(struct store_record *r)
{
	COVERAGE_AUTO c = {0};
	struct lint_counts n;

	assert_int_equal(coverage_read(view_of("Name  Stmts  Miss  Cover\na.py  4  1  75%\nTOTAL  4  1  75%\n"
					       "Coverage failure: total of 75 is less than fail-under=80\n"),
				 view_of(""), &c, NULL),
		0);
	store_record_coverage(r, &c);
	assert_int_equal(lint_read(view_of("a.py:1:1: F401 'os' imported but unused\n"
					   "a.py:2:1: F401 'sys' imported but unused\n"),
				 "flake8", view_of(""), store_record_lint, r, &n, NULL),
		0);
	store_record_linted(r, "flake8");
}

static void add_delivery(struct store *s, const char *signature)
{
	const struct store_delivery d = {.repository = "acme/anvil",
		.fixer = "python/black",
		.signature = signature,
		.way = "pr",
		.base_sha = SHA,
		.run = 1,
		.at = DAY0};
	const struct store_rerun r = {.repository = "acme/anvil",
		.signature = signature,
		.reason = "transient",
		.run = 1,
		.attempt = 1,
		.at = DAY0};
	const struct store_ignored i = {signature, "known", "ada", DAY0, CLOCK_UNKNOWN};
	struct err e;

	assert_int_equal(store_deliver(s, &d, &e), 0);
	assert_int_equal(store_rerun(s, &r, &e), 0);
	assert_int_equal(store_ignore(s, &i, &e), 0);
	assert_int_equal(store_issue(s, "acme/anvil", signature, 7, true, &e), 0);
}

static void add_an_old_one(struct store *s)
{
	struct store_execution x = execution(3, CONCLUSION_SUCCESS, DAY0 - 400 * CLOCK_DAY);
	struct store_record *r = begin(s);
	struct store_retained retained;
	struct err e;

	x.branch = "old";
	add_test(r, "solid", RESULT_PASSED);
	commit(r, &x, NULL, NULL, 0);
	assert_int_equal(store_audit(s, "apply", "a.py", &e), 0);
	sql_run(in("h.db"), "UPDATE job SET recorded = ended");
	assert_int_equal(store_retain(s, 300, DAY0, &retained, &e), 0);
	assert_int_equal(retained.executions, 1);
}

/* A history in which every view has a row. */
static int set_up_history(void **state)
{
	struct finding f = finding("python/assert", CATEGORY_TEST, 'a');
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};
	struct store_fix one = fix("python/black", f.signature, FIX_APPLIED);
	struct store *s;
	struct err e;

	if (set_up(state) != 0)
		return -1;
	s = open_store(in("h.db"), STORE_WRITE);
	one.commit = SHA;
	for (int64_t run = 1; run <= 2; run++) {
		struct store_execution x =
			execution(run, run == 1 ? CONCLUSION_FAILURE : CONCLUSION_SUCCESS, DAY0 + run * HOUR);
		struct store_record *r = begin(s);

		x.commit = SHA;
		add_test(r, "flaky", run == 1 ? RESULT_FAILED : RESULT_PASSED);
		add_test(r, "solid", RESULT_PASSED);
		add_reports(r);
		commit(r, &x, run == 1 ? &d : NULL, &one, run == 1);
	}
	assert_int_equal(store_record_outcome(s, f.signature, "python/black", SHA, OUTCOME_RED, DAY0, &e), 0);
	assert_int_equal(store_record_outcome(s, f.signature, "python/black", SHA, OUTCOME_MERGED, DAY0 + HOUR, &e), 0);
	assert_int_equal(store_audit(s, "apply", "a.py", &e), 0);
	add_delivery(s, f.signature);
	add_an_old_one(s);
	store_close(s);
	return 0;
}

/* The columns that the document lists for a view, each followed by a newline. */
static void documented_columns(struct buf *out, const char *view)
{
	char heading[96];
	struct view rest = buf_view(&document), line;
	bool inside = false;

	snprintf(heading, sizeof(heading), "### `%s`", view);
	while (view_next(&rest, '\n', &line)) {
		if (view_starts(line, "#"))
			inside = view_is(line, heading);
		else if (inside && view_starts(line, "| `"))
			buf_addf(out, "%.*s\n", (int)view_find_char(view_from(line, 3), '`'), line.p + 3);
	}
}

static void test_every_view_and_column_is_documented(void **state)
{
	char views[4096];
	struct view rest, name;
	int count = 0;

	(void)state;
	snprintf(views, sizeof(views), "%s", sql(in("h.db"), "SELECT name FROM sqlite_schema WHERE type = 'view'"));
	for (rest = view_of(views); view_next(&rest, '\n', &name); count++) {
		BUF_AUTO said = buf_new(BUF_LINE);
		char query[192], view[64];

		snprintf(view, sizeof(view), "%.*s", VIEW_ARG(name));
		snprintf(query, sizeof(query),
			"SELECT group_concat(name, char(10)) || char(10) FROM pragma_table_info('%s')", view);
		documented_columns(&said, view);
		asks(query, buf_text(&said));
		snprintf(query, sizeof(query), "SELECT count(*) > 0 FROM %s", view);
		asks(query, "1");
	}
	assert_int_equal(count, 23);
}

static void test_the_examples_of_the_document_run(void **state)
{
	struct view rest = buf_view(&document);
	int count = 0;

	(void)state;
	for (size_t at; (at = view_find(rest, "```sql\n")) != VIEW_NONE; count++) {
		char query[2048];
		size_t end;

		rest = view_from(rest, at + 7);
		end = view_find(rest, "```");
		assert_true(end < sizeof(query));
		snprintf(query, sizeof(query), "%.*s", (int)end, rest.p);
		/* all but the first, which asks about the last month, have something to say about this history */
		assert_true(*sql(in("h.db"), query) != '\0' || count == 0);
		rest = view_from(rest, end + 3);
	}
	assert_int_equal(count, 8);
}

static void test_reports(void **state)
{
	(void)state;
	asks("SELECT format, lines, lines_covered, percent, files FROM coverage WHERE run = 1", "text|4|3|75.0|1");
	asks("SELECT path, lines, lines_covered, percent FROM coverage_files WHERE coverage_id = 1", "a.py|4|3|75.0");
	asks("SELECT metric, path, required, actual FROM coverage_gates WHERE coverage_id = 1", "total|-|80.0|75.0");
	asks("SELECT tool, code, severity, path, issues, line FROM lint WHERE run = 1", "flake8|F401|error|a.py|2|1");
	asks("SELECT tool, errors, warnings, infos FROM lint_runs WHERE run = 1", "flake8|2|0|0");
}

static void test_joins_by_hand(void **state)
{
	(void)state;
	asks("SELECT f.title, j.conclusion, r.conclusion, r.failed_jobs FROM failures f JOIN jobs j USING (job_id) "
	     "JOIN runs r ON r.run_id = j.run_id",
		"title|failure|failure|1");
	asks("SELECT t.test, count(*) FROM test_results t JOIN flaky_tests USING (test) GROUP BY 1", "flaky|2");
	asks("SELECT s.category, s.failures, x.fixer, x.outcome FROM signatures s JOIN fix_attempts x USING "
	     "(signature)",
		"test|1|python/black|merged");
	asks("SELECT red, green, seconds FROM recoveries", "2026-06-01T01:00:00Z|2026-06-01T02:00:00Z|3600.0");
	asks("SELECT outcome, at FROM outcomes ORDER BY at", "red|2026-06-01T00:00:00Z\nmerged|2026-06-01T01:00:00Z");
}

static void test_who_only_reads_can_ask(void **state)
{
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open_v2(in("h.db"), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "SELECT * FROM flaky_tests", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

#define IN_HISTORY(test) cmocka_unit_test_setup_teardown(test, set_up_history, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_HISTORY(test_every_view_and_column_is_documented),
		IN_HISTORY(test_the_examples_of_the_document_run),
		IN_HISTORY(test_reports),
		IN_HISTORY(test_joins_by_hand),
		IN_HISTORY(test_who_only_reads_can_ask),
	};

	return cmocka_run_group_tests(tests, set_up_document, tear_down_document);
}
