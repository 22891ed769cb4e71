#include "run_testing.h"

static size_t groups(struct sample_run *s, struct arena *a, const struct publish_group **ret)
{
	return publish_groups(&s->r, a, ret);
}

static void test_one_signature_is_one_group(void **state)
{
	struct sample_run *s = sample_run(14, "src/a.py");
	const struct publish_group *g;
	ARENA_AUTO a = {0};
	BUF_AUTO names = buf_new(BUF_LINE);
	(void)state;
	finding_of(s, 4)->confidence = 0.95;
	assert_int_equal(groups(s, &a, &g), 1);
	assert_int_equal(g[0].count, 14);
	assert_ptr_equal(g[0].best, &s->jobs[4]);
	assert_ptr_equal(g[0].finding, finding_of(s, 4));
	for (size_t i = 0; i < 14; i++)
		assert_int_equal(g[0].jobs[i], i);
	publish_group_names(&names, &s->r, &g[0]);
	assert_string_equal(buf_text(&names), "Same failure in 14 jobs: test (3.0), test (3.1), test (3.2), test "
					      "(3.3), test (3.4), test (3.5) and 8 more");
	free(s);
}

static void test_without_a_signature_rule_and_title_count(void **state)
{
	struct sample_run *s = sample_run(3, "x");
	const struct publish_group *g;
	ARENA_AUTO a = {0};
	(void)state;
	for (size_t i = 0; i < 3; i++)
		give_signature(s, i, "");
	finding_of(s, 2)->title = "y";
	assert_int_equal(groups(s, &a, &g), 2);
	assert_int_equal(g[0].count, 2);
	give_signature(s, 1, "1:ff");
	assert_int_equal(groups(s, &a, &g), 3);
	free(s);
}

static void test_jobs_without_a_log_and_without_a_failure(void **state)
{
	struct sample_run *s = sample_run(5, "x");
	const struct publish_group *g;
	ARENA_AUTO a = {0};
	(void)state;
	s->samples[0].d.finding_count = 0;
	for (size_t i = 1; i < 4; i++)
		s->jobs[i].diagnosis = NULL;
	s->jobs[1].trouble = s->jobs[3].trouble = "its log expired";
	assert_int_equal(groups(s, &a, &g), 3);
	assert_ptr_equal(g[0].finding, finding_of(s, 4));
	assert_null(g[1].finding);
	assert_int_equal(g[1].count, 2);
	assert_ptr_equal(g[1].best, &s->jobs[1]);
	assert_ptr_equal(g[2].best, &s->jobs[2]);
	s->r.job_count = 0;
	assert_int_equal(groups(s, &a, &g), 0);
	free(s);
}

/* Each key against the one after it. */
static void test_most_important_first(void **state)
{
	struct sample_run *s = sample_run(8, "x");
	const struct publish_group *g;
	ARENA_AUTO a = {0};
	static const char *const signatures[] = {"1:aa", "1:bb", "1:cc", "1:dd", "1:dd", "1:ee", "1:ff", "1:gg"};
	static const size_t order[] = {7, 6, 3, 5, 2, 1, 0};
	(void)state;
	for (size_t i = 0; i < 8; i++)
		give_signature(s, i, signatures[i]);
	s->jobs[0].conclusion = "cancelled";
	s->jobs[1].known.red_branch = "main";
	finding_of(s, 2)->rank = RANK_SYMPTOM;
	finding_of(s, 2)->confidence = 1;
	finding_of(s, 3)->confidence = finding_of(s, 4)->confidence = 0.81;
	finding_of(s, 5)->confidence = 0.83; /* the same tenth: two jobs say more */
	finding_of(s, 6)->confidence = 0.91;
	finding_of(s, 7)->confidence = 0.91;
	give_signature(s, 6, "1:gg");
	give_signature(s, 7, "1:hh");
	finding_of(s, 7)->confidence = 1;
	assert_int_equal(groups(s, &a, &g), 7);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(g[i].jobs[0], order[i]);
	free(s);
}

static void test_a_run_as_text(void **state)
{
	struct sample_run *s = sample_run(16, "src/a.py");
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	give_signature(s, 15, "1:ff");
	s->jobs[3].diagnosis = NULL;
	s->jobs[3].trouble = "its log \x1b[31mexpired";
	s->jobs[0].known = (struct publish_known){.seen = 2, .red_branch = "main", .red_since_sha = "4dfdd38902"};
	s->r.jobs_total = 40;
	s->r.attempt = 2;
	s->r.notes = (const char *const[]){"logs of 1 job could not be read"};
	s->r.note_count = 1;
	publish_run_text(&out, &s->r, &(struct publish_style){0});
	assert_has(&out, "CI 77, attempt 2: 16 of 40 jobs red, 3 failures\n");
	assert_has(&out, "Same failure in 14 jobs: test (3.0), ");
	assert_has(&out, "Not your fault: also red on main since 4dfdd38\n");
	assert_has(&out, "seen 2 times before");
	assert_has(&out, "no log could be read: its log \\x1b[31mexpired");
	assert_has(&out, "note: logs of 1 job");
	assert_printable(buf_view(&out));
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_signature_is_one_group),
		cmocka_unit_test(test_without_a_signature_rule_and_title_count),
		cmocka_unit_test(test_jobs_without_a_log_and_without_a_failure),
		cmocka_unit_test(test_most_important_first),
		cmocka_unit_test(test_a_run_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
