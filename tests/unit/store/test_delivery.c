/* What left the machine, what was rerun, what is ignored: what guards and follow-up are told. */
#include "store/delivery.h"
#include "tests/unit/store/history.h"

#define NOW (DAY0 + 100 * HOUR)
#define SIGNATURE "1:aaaa"

static struct store_delivery delivery(const char *base, const char *way)
{
	return (struct store_delivery){
		.repository = "acme/anvil",
		.fixer = "python/black",
		.rule = "format/black",
		.signature = SIGNATURE,
		.way = way,
		.workflow = "ci",
		.branch = "topic",
		.base_sha = base,
		.pull = 7,
		.run = 11,
		.at = NOW,
	};
}

static void deliver(const struct store_delivery *d)
{
	struct err e = {0};

	if (store_deliver(store, d, &e) != 0)
		fail_msg("%s", e.text);
}

static void settle(int64_t id, enum outcome outcome, int hour)
{
	struct err e = {0};

	if (store_settle(store, id, outcome, NOW + hour * HOUR, "because", &e) != 0)
		fail_msg("%s", e.text);
}

static struct store_tried tried(const char *branch, const char *fixer, const char *base)
{
	struct store_tried t;
	struct err e;

	assert_int_equal(store_tried(store, "acme/anvil", branch, fixer, SIGNATURE, base, &t, &e), 0);
	return t;
}

struct seen {
	char text[1024];
	int stop_after;
};

static bool see(void *context, const struct store_delivery *d)
{
	struct seen *s = context;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%lld %s %s %s|", (long long)d->id, d->base_sha, d->way,
		d->outcome ? d->outcome : "open");
	return --s->stop_after != 0;
}

static const char *open_ones(const char *repository, int pull, const char *branch, int stop_after)
{
	static struct seen s;
	struct err e;

	s = (struct seen){.stop_after = stop_after};
	assert_int_equal(store_open_deliveries(store, repository, pull, branch, see, &s, &e), 0);
	return s.text;
}

static void test_a_delivery_is_there_once(void **state)
{
	struct store_delivery d = delivery("b1", "pr");

	(void)state;
	d.commit = "c1";
	d.fix_branch = "runmedic/aaaa-bbbb";
	deliver(&d);
	deliver(&d);
	asks("SELECT repository, fixer, rule, signature, way, workflow, branch, base_sha, fix_sha, fix_branch, pull, "
	     "run, "
	     "at, outcome, is_open, settled, reason FROM deliveries",
		"acme/anvil|python/black|format/black|1:aaaa|pr|ci|topic|b1|c1|runmedic/aaaa-bbbb|7|11|"
		"2026-06-05T04:00:00Z|-|1|-|-");
	d.way = "suggest";
	deliver(&d);
	d.signature = NULL;
	deliver(&d);
	deliver(&d);
	asks("SELECT count(*) FROM deliveries", "3");
}

static void test_open_ones_come_oldest_first(void **state)
{
	struct store_delivery a = delivery("b1", "pr"), b = delivery("b2", "pr"), c = delivery("b3", "pr");

	(void)state;
	a.at = NOW + HOUR;
	b.branch = "other";
	b.pull = 8;
	c.repository = "acme/rocket";
	deliver(&a);
	deliver(&b);
	deliver(&c);
	assert_string_equal(open_ones("acme/anvil", 0, NULL, 0), "2 b2 pr open|1 b1 pr open|");
	assert_string_equal(open_ones("acme/anvil", 0, NULL, 1), "2 b2 pr open|");
	assert_string_equal(open_ones("acme/anvil", 7, NULL, 0), "1 b1 pr open|");
	assert_string_equal(open_ones("acme/anvil", 0, "other", 0), "2 b2 pr open|");
	settle(1, OUTCOME_GREEN, 1);
	settle(2, OUTCOME_MERGED, 1);
	assert_string_equal(open_ones("acme/anvil", 0, NULL, 0), "1 b1 pr green|");
}

static bool settle_it(void *context, const struct store_delivery *d)
{
	(void)context;
	settle(d->id, OUTCOME_CLOSED, 1);
	return strlen(d->base_sha) == 2;
}

static void test_who_is_called_may_settle(void **state)
{
	struct store_delivery a = delivery("b1", "pr"), b = delivery("b2", "pr");
	struct err e;

	(void)state;
	deliver(&a);
	deliver(&b);
	assert_int_equal(store_open_deliveries(store, "acme/anvil", 0, NULL, settle_it, NULL, &e), 0);
	assert_string_equal(open_ones("acme/anvil", 0, NULL, 0), "");
}

static void test_an_outcome_is_told_to_both(void **state)
{
	struct store_delivery d = delivery("b1", "pr");

	(void)state;
	d.commit = "c1";
	deliver(&d);
	settle(1, OUTCOME_RED, 1);
	settle(1, OUTCOME_RED, 2); /* nothing new */
	settle(1, OUTCOME_GREEN, 3);
	settle(1, OUTCOME_MERGED, 4);
	settle(1, OUTCOME_RED, 5); /* it is final */
	asks("SELECT fixer, signature, fix_sha, outcome, at FROM outcomes ORDER BY at",
		"python/black|1:aaaa|c1|red|2026-06-05T05:00:00Z\n"
		"python/black|1:aaaa|c1|green|2026-06-05T07:00:00Z\n"
		"python/black|1:aaaa|c1|merged|2026-06-05T08:00:00Z");
	asks("SELECT outcome, is_open, settled, reason FROM deliveries", "merged|0|2026-06-05T08:00:00Z|because");
}

static void test_what_is_not_there_cannot_be_settled(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(store_settle(store, 5, OUTCOME_GREEN, NOW, NULL, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	asks("SELECT count(*) FROM outcomes", "0");
}

static void test_guards_are_told_what_was_tried(void **state)
{
	struct store_delivery d = delivery("b1", "pr");
	struct store_tried t;
	struct err e;

	(void)state;
	deliver(&d);
	d.way = "patch"; /* the same commit in two ways is one attempt */
	deliver(&d);
	d = delivery("b2", "pr");
	d.fixer = "python/isort";
	deliver(&d);
	t = tried("topic", "python/black", "b1");
	assert_int_equal(t.attempts, 2);
	assert_int_equal(t.pair_failed, 0);
	assert_true(t.standing);
	assert_true(tried("topic", "python/black", "b9").standing); /* open on the branch */
	assert_false(tried("main", "python/black", "b9").standing);
	assert_int_equal(tried("main", "python/black", "b1").attempts, 0);
	settle(1, OUTCOME_WITHDRAWN, 1);
	settle(2, OUTCOME_CLOSED, 1);
	t = tried("topic", "python/black", "b9");
	assert_int_equal(t.pair_failed, 1);
	assert_int_equal(t.closed, 1);
	assert_false(t.standing);
	assert_true(tried("topic", "python/black", "b1").standing); /* that commit had it */
	assert_int_equal(tried("topic", "python/isort", "b1").pair_failed, 0);
	assert_int_equal(store_tried(store, "acme/anvil", "topic", "python/black", NULL, "b1", &t, &e), 0);
	assert_int_equal(t.attempts + t.pair_failed + t.closed + t.standing, 0);
}

static void test_outcomes_from_elsewhere_count_as_tried(void **state)
{
	struct store_delivery d = delivery("b1", "pr");
	struct err e;

	(void)state;
	for (int i = 0; i < 3; i++) {
		char sha[8];

		snprintf(sha, sizeof(sha), "%d", i);
		assert_int_equal(
			store_record_outcome(store, SIGNATURE, "python/black", sha, OUTCOME_GREEN, NOW, &e), 0);
		assert_int_equal(store_record_outcome(store, SIGNATURE, "python/black", sha,
					 i ? OUTCOME_REVERTED : OUTCOME_MERGED, NOW + HOUR, &e),
			0);
	}
	assert_int_equal(tried("topic", "python/black", "b1").pair_failed, 2);
	deliver(&d);
	settle(1, OUTCOME_RED, 1);
	assert_int_equal(tried("topic", "python/black", "b1").pair_failed, 3); /* its own outcome is one of them */
}

static void rerun(int64_t run, int attempt, const char *branch, int64_t at)
{
	struct err e = {0};
	struct store_rerun r = {.repository = "acme/anvil",
		.branch = branch,
		.sha = "b1",
		.workflow = "ci",
		.signature = SIGNATURE,
		.reason = "transient",
		.run = run,
		.attempt = attempt,
		.at = at};

	if (store_rerun(store, &r, &e) != 0)
		fail_msg("%s", e.text);
}

static void test_reruns_are_counted(void **state)
{
	struct store_reruns n;
	struct err e;

	(void)state;
	rerun(11, 1, "topic", NOW);
	rerun(11, 1, "topic", NOW + HOUR); /* known */
	rerun(11, 2, "topic", NOW + 2 * HOUR);
	rerun(12, 1, "topic", NOW - 30 * HOUR);
	rerun(13, 1, "main", NOW);
	assert_int_equal(store_rerun_result(store, "acme/anvil", 11, 1, CONCLUSION_FAILURE, &e), 0);
	assert_int_equal(store_rerun_result(store, "acme/anvil", 11, 2, CONCLUSION_SUCCESS, &e), 0);
	assert_int_equal(store_rerun_result(store, "acme/anvil", 13, 1, CONCLUSION_SUCCESS, &e), 0);
	assert_int_equal(store_rerun_result(store, "acme/anvil", 99, 1, CONCLUSION_SUCCESS, &e), 0);
	assert_int_equal(store_reruns(store, "acme/anvil", 11, "topic", SIGNATURE, NOW - 24 * HOUR, &n, &e), 0);
	assert_int_equal(n.of_run, 2);
	assert_int_equal(n.of_branch, 2);
	assert_int_equal(n.helped, 2);
	assert_int_equal(n.did_not, 1);
	assert_int_equal(n.same_sha_passed + n.same_sha_failed, 0);
	assert_int_equal(store_reruns(store, "acme/anvil", 11, "topic", NULL, CLOCK_UNKNOWN, &n, &e), 0);
	assert_int_equal(n.of_branch, 3);
	assert_int_equal(n.helped, 0);
	asks("SELECT attempt, reason, at, result FROM reruns WHERE run = 11 ORDER BY attempt",
		"1|transient|2026-06-05T04:00:00Z|failure\n2|transient|2026-06-05T06:00:00Z|success");
}

static void record(int64_t run, int attempt, const char *job, bool failed, const char *sha, bool fork)
{
	struct finding f = finding("net/timeout", CATEGORY_NETWORK, 'a');
	struct diagnosis d = {.failed = failed, .findings = &f, .finding_count = failed};
	struct store_execution x = execution(run, failed ? CONCLUSION_FAILURE : CONCLUSION_SUCCESS, NOW);

	x.attempt = attempt;
	x.job = job;
	x.commit = sha;
	x.fork = fork;
	commit(begin(store), &x, &d, NULL, 0);
}

static void test_what_else_the_same_commit_did(void **state)
{
	const char *signature = finding("x", CATEGORY_NETWORK, 'a').signature;
	char text[SIGNATURE_MAX];
	struct store_reruns n;
	struct err e;

	(void)state;
	snprintf(text, sizeof(text), "%s", signature);
	record(1, 1, "test", true, "s1", false);
	record(1, 2, "test", false, "s1", false);
	record(1, 1, "lint", false, "s1", false);
	record(2, 1, "test", true, "s2", false);
	record(2, 2, "test", true, "s2", false);
	record(3, 1, "test", true, "s3", true);
	record(3, 2, "test", false, "s3", true);
	assert_int_equal(store_reruns(store, "acme/anvil", 1, "main", text, 0, &n, &e), 0);
	assert_int_equal(n.same_sha_passed, 1);
	assert_int_equal(n.same_sha_failed, 2);
}

static const char *ignored_reason(int64_t now)
{
	static struct arena a;
	const char *reason;
	struct err e;

	arena_done(&a);
	assert_int_equal(store_is_ignored(store, SIGNATURE, now, &a, &reason, &e), 0);
	return reason ? reason : "(no)";
}

static bool see_ignored(void *context, const struct store_ignored *i)
{
	struct seen *s = context;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s %s %s|", i->signature, i->reason, i->by ? i->by : "-");
	return true;
}

static void test_ignoring_and_lifting(void **state)
{
	struct store_ignored i = {SIGNATURE, "known", "ada", NOW, NOW + 10 * HOUR}, other = {"1:bb", "x", NULL, NOW, 1};
	struct seen seen = {.stop_after = 0};
	struct err e = {0};
	bool was;

	(void)state;
	assert_string_equal(ignored_reason(NOW), "(no)");
	assert_int_equal(store_ignore(store, &i, &e), 0);
	other.until = CLOCK_UNKNOWN;
	assert_int_equal(store_ignore(store, &other, &e), 0);
	assert_string_equal(ignored_reason(NOW + 9 * HOUR), "known");
	assert_string_equal(ignored_reason(NOW + 10 * HOUR), "(no)");
	i = (struct store_ignored){SIGNATURE, "older", NULL, NOW - 1, CLOCK_UNKNOWN};
	assert_int_equal(store_ignore(store, &i, &e), 0); /* changes nothing */
	i = (struct store_ignored){SIGNATURE, "newer", NULL, NOW + 1, CLOCK_UNKNOWN};
	assert_int_equal(store_ignore(store, &i, &e), 0);
	assert_string_equal(ignored_reason(NOW + 1000 * HOUR), "newer");
	assert_int_equal(store_ignored_each(store, see_ignored, &seen, &e), 0);
	assert_string_equal(seen.text, "1:bb x -|1:aaaa newer -|");
	asks("SELECT signature, reason, ignored_by, until FROM ignored_signatures ORDER BY signature",
		"1:aaaa|newer|-|-\n1:bb|x|-|-");
	assert_int_equal(store_unignore(store, SIGNATURE, &was, &e), 0);
	assert_true(was);
	assert_int_equal(store_unignore(store, SIGNATURE, &was, &e), 0);
	assert_false(was);
	assert_string_equal(ignored_reason(clock_now() + HOUR), "(no)");
	asks("SELECT signature FROM ignored_signatures", "1:bb");
	i.signature = NULL;
	assert_int_equal(store_ignore(store, &i, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
}

static void test_the_issue_of_a_signature(void **state)
{
	int number;
	bool is_open;
	struct err e;

	(void)state;
	assert_int_equal(store_issue_of(store, "acme/anvil", SIGNATURE, &number, &is_open, &e), 0);
	assert_int_equal(number, 0);
	assert_int_equal(store_issue(store, "acme/anvil", SIGNATURE, 12, true, &e), 0);
	assert_int_equal(store_issue(store, "acme/rocket", SIGNATURE, 13, true, &e), 0);
	assert_int_equal(store_issue(store, "acme/anvil", SIGNATURE, 12, false, &e), 0);
	assert_int_equal(store_issue(store, "acme/anvil", NULL, 14, true, &e), 0); /* nothing to keep it for */
	assert_int_equal(store_issue_of(store, "acme/anvil", SIGNATURE, &number, &is_open, &e), 0);
	assert_int_equal(number, 12);
	assert_false(is_open);
	asks("SELECT repository, signature, number, is_open FROM issues ORDER BY number",
		"acme/anvil|1:aaaa|12|0\nacme/rocket|1:aaaa|13|1");
}

static void test_secrets_do_not_get_in(void **state)
{
	static const char secret[] = "gh"
				     "p_0123456789abcdefghijABCDEFGHIJ012345";
	struct store_delivery d = delivery("b1", "pr");
	struct store_rerun r = {.repository = secret, .branch = secret, .workflow = secret, .reason = secret, .run = 1};
	struct store_ignored i = {SIGNATURE, secret, secret, NOW, CLOCK_UNKNOWN};
	struct err e;

	(void)state;
	d.repository = d.fixer = d.rule = d.signature = d.workflow = d.branch = d.base_sha = d.fix_branch = secret;
	d.commit = secret;
	deliver(&d);
	assert_int_equal(store_settle(store, 1, OUTCOME_RED, NOW, secret, &e), 0);
	assert_int_equal(store_rerun(store, &r, &e), 0);
	assert_int_equal(store_ignore(store, &i, &e), 0);
	assert_int_equal(store_issue(store, secret, SIGNATURE, 1, true, &e), 0);
	asks("SELECT (SELECT group_concat(repository || fixer || rule || way || workflow || branch || base_sha || sha "
	     "|| "
	     "fix_branch || reason) FROM delivery) || (SELECT group_concat(repository || branch || workflow || reason) "
	     "FROM rerun) || (SELECT group_concat(reason || author) FROM ignored) || (SELECT group_concat(repository) "
	     "FROM issue) || (SELECT group_concat(text) FROM signature) LIKE '%ghp_%'",
		"0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_a_delivery_is_there_once),
		WITH_STORE(test_open_ones_come_oldest_first),
		WITH_STORE(test_who_is_called_may_settle),
		WITH_STORE(test_an_outcome_is_told_to_both),
		WITH_STORE(test_what_is_not_there_cannot_be_settled),
		WITH_STORE(test_guards_are_told_what_was_tried),
		WITH_STORE(test_outcomes_from_elsewhere_count_as_tried),
		WITH_STORE(test_reruns_are_counted),
		WITH_STORE(test_what_else_the_same_commit_did),
		WITH_STORE(test_ignoring_and_lifting),
		WITH_STORE(test_the_issue_of_a_signature),
		WITH_STORE(test_secrets_do_not_get_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
