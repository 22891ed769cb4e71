/* What runmedic did and what became of it, as learning reads it. */
#include "store/delivery.h"
#include "store/results.h"
#include "tests/unit/store/history.h"

#define C1 "1111111111111111111111111111111111111111"
#define C2 "2222222222222222222222222222222222222222"

static char text[4096];

static void on_deed(void *context, const struct store_deed *d)
{
	size_t n = strlen(text);

	(void)context;
	if (d->rerun)
		snprintf(text + n, sizeof(text) - n, "rerun %lld of %s on %s: %s\n", (long long)d->run, d->workflow,
			d->branch, conclusion_name(d->result));
	else
		snprintf(text + n, sizeof(text) - n, "%s %s %s %.4s on %s: %s\n", d->fixer, d->rule ? d->rule : "-",
			d->signature ? d->signature : "-", d->sha ? d->sha : "-", d->branch ? d->branch : "-",
			outcome_name(d->outcome));
}

static const char *deeds(struct store_filter f, const char *repository)
{
	struct err e = {0};

	text[0] = '\0';
	if (store_each_deed(store, &f, repository, on_deed, NULL, &e) != 0)
		fail_msg("%s", e.text);
	return text;
}

static const struct store_filter all = {.from = CLOCK_UNKNOWN, .to = CLOCK_UNKNOWN, .space = -1};

static void outcome(const char *fixer, const char *signature, const char *commit, enum outcome what, int hour)
{
	struct err e = {0};

	if (store_record_outcome(store, signature, fixer, commit, what, DAY0 + hour * HOUR, &e) != 0)
		fail_msg("%s", e.text);
}

static void made(int64_t run, const char *signature, const char *commit_sha, bool fork)
{
	struct store_execution x = execution(run, CONCLUSION_FAILURE, DAY0);
	const struct store_fix f = {.fixer = "python/black",
		.rule = "format/black",
		.signature = signature,
		.tier = TIER_HEAL,
		.status = FIX_APPLIED,
		.confidence = 0.9,
		.commit = commit_sha,
		.proof_exit = -1};

	x.fork = fork;
	commit(begin(store), &x, NULL, &f, 1);
}

static void test_the_newest_word_counts(void **state)
{
	(void)state;
	assert_string_equal(deeds(all, NULL), "");
	made(1, "1:aa", C1, false);
	assert_string_equal(deeds(all, NULL), "");
	outcome("python/black", "1:aa", C1, OUTCOME_GREEN, 1);
	outcome("python/black", "1:aa", C1, OUTCOME_REVERTED, 9);
	outcome("python/black", "1:aa", C2, OUTCOME_GREEN, 2); /* another commit, of which nothing else is known */
	assert_string_equal(deeds(all, NULL), "python/black - 1:aa 2222 on -: green\n"
					      "python/black format/black 1:aa 1111 on main: reverted\n");
	/* at that time it was green */
	assert_string_equal(deeds((struct store_filter){CLOCK_UNKNOWN, DAY0 + HOUR, NULL, NULL, -1}, NULL),
		"python/black format/black 1:aa 1111 on main: green\n");
	assert_string_equal(deeds((struct store_filter){DAY0 + 9 * HOUR, CLOCK_UNKNOWN, NULL, NULL, -1}, NULL), "");
}

static void test_a_fix_of_many_jobs_is_one(void **state)
{
	(void)state;
	for (int run = 1; run < 6; run++)
		made(run, "1:aa", C1, false);
	outcome("python/black", "1:aa", C1, OUTCOME_MERGED, 1);
	assert_string_equal(deeds(all, NULL), "python/black format/black 1:aa 1111 on main: merged\n");
}

static void test_forks_teach_nothing(void **state)
{
	(void)state;
	made(1, "1:aa", C1, true);
	outcome("python/black", "1:aa", C1, OUTCOME_GREEN, 1);
	assert_string_equal(deeds(all, NULL), "");
}

static void test_filters(void **state)
{
	struct store_filter main_only = all, topic = all, other = all;
	struct err e = {0};
	const struct store_rerun r = {.repository = "acme/anvil",
		.branch = "topic",
		.sha = C1,
		.workflow = "ci",
		.signature = "1:aa",
		.reason = "flaky",
		.run = 7,
		.at = DAY0 + HOUR,
		.attempt = 1};

	(void)state;
	made(1, "1:aa", C1, false);
	outcome("python/black", "1:aa", C1, OUTCOME_GREEN, 1);
	assert_int_equal(store_rerun(store, &r, &e), 0);
	main_only.branch = "main";
	topic.branch = "topic";
	other.workflow = "nightly";
	assert_string_equal(deeds(topic, NULL), ""); /* no result yet */
	assert_int_equal(store_rerun_result(store, "acme/anvil", 7, 1, CONCLUSION_SUCCESS, &e), 0);
	assert_string_equal(deeds(topic, NULL), "rerun 7 of ci on topic: success\n");
	assert_string_equal(deeds(main_only, NULL), "python/black format/black 1:aa 1111 on main: green\n");
	assert_string_equal(deeds(other, NULL), "");
	assert_string_equal(deeds(all, "acme/other"), "");
	deeds(all, "acme/anvil");
	assert_non_null(strstr(text, "rerun 7"));
	assert_non_null(strstr(text, "python/black"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_the_newest_word_counts),
		WITH_STORE(test_a_fix_of_many_jobs_is_one),
		WITH_STORE(test_forks_teach_nothing),
		WITH_STORE(test_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
