#include "learn/resolve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct step {
	const char *job, *commit, *signature;
	int64_t run;
	bool red, transient;
};

static struct kpi learn(const struct step *steps, size_t n, const char *fix, int64_t rerun)
{
	struct resolver *r = resolver_new();
	struct kpis *k = kpis_new(0, 7 * CLOCK_DAY);
	struct kpi ret;

	if (fix)
		resolver_fix(r, view_of(fix));
	if (rerun)
		resolver_rerun(r, rerun);
	for (size_t i = 0; i < n; i++)
		resolver_job(r, &(struct resolve_job){.workflow = VIEW("CI"),
					.branch = VIEW("main"),
					.job = view_of(steps[i].job),
					.commit = view_of(steps[i].commit),
					.run = steps[i].run,
					.at = (int64_t)i * CLOCK_SECOND,
					.red = steps[i].red,
					.green = !steps[i].red,
					.known = steps[i].signature != NULL,
					.transient = steps[i].transient,
					.signature = view_of(steps[i].signature)});
	resolver_learn(r, k);
	kpis_learn(&ret, k);
	kpis_free(k);
	resolver_free(r);
	return ret;
}

#define LEARN(fix, rerun, ...)                                                                                         \
	learn((const struct step[]){__VA_ARGS__}, sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step),    \
		fix, rerun)

static void test_person(void **state)
{
	struct kpi k = LEARN(NULL, 0, {"t", "a", "s", 1, true, false}, {"t", "b", NULL, 2, false, false});

	(void)state;
	assert_int_equal(k.failures, 1);
	assert_int_equal(k.manual.of, 1);
	assert_int_equal(k.manual.all, 1);
	assert_int_equal(k.auto_resolution.of, 0);
	assert_int_equal(k.detection.of, 1);
}

static void test_fix_of_ours(void **state)
{
	struct kpi k = LEARN("b", 0, {"t", "a", "s", 1, true, false}, {"t", "b", NULL, 2, false, false});

	(void)state;
	assert_int_equal(k.auto_resolution.of, 1);
	assert_int_equal(k.manual.of, 0);
}

static void test_rerun(void **state)
{
	const struct step steps[] = {{"t", "a", "s", 1, true, false}, {"t", "a", NULL, 1, false, false}};
	struct kpi ours = learn(steps, 2, NULL, 1), theirs = learn(steps, 2, NULL, 9);

	(void)state;
	assert_int_equal(ours.auto_resolution.of, 1);
	assert_int_equal(theirs.auto_resolution.of, 0);
	assert_int_equal(theirs.auto_resolution.all, 1);
	assert_int_equal(theirs.manual.of, 0);
}

static void test_transient(void **state)
{
	struct kpi k = LEARN(NULL, 0, {"t", "a", "s", 1, true, true}, {"t", "b", NULL, 2, false, false});

	(void)state;
	assert_int_equal(k.manual.of, 0);
	assert_int_equal(k.manual.all, 1);
}

static void test_open_and_others(void **state)
{
	/* another job's green says nothing; one green ends all that was red before it */
	struct kpi k = LEARN(NULL, 0, {"t", "a", "s", 1, true, false}, {"u", "b", NULL, 2, false, false},
		{"t", "c", NULL, 3, true, false}, {"t", "d", NULL, 4, false, false}, {"t", "e", "s", 5, true, false});

	(void)state;
	assert_int_equal(k.failures, 3);
	assert_int_equal(k.manual.of, 2);
	assert_int_equal(k.manual.all, 2);
	assert_int_equal(k.detection.of, 2);
	/* unknown commits are not the same one */
	k = LEARN(NULL, 0, {"t", NULL, "s", 1, true, false}, {"t", NULL, NULL, 2, false, false});
	assert_int_equal(k.manual.of, 1);
	resolver_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_person),
		cmocka_unit_test(test_fix_of_ours),
		cmocka_unit_test(test_rerun),
		cmocka_unit_test(test_transient),
		cmocka_unit_test(test_open_and_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
