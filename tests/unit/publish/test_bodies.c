/* Comment, summary, status, commands. */
#include "run_testing.h"

#define ZWSP "\xe2\x80\x8b"

static struct buf comment(const struct publish_run *r)
{
	struct buf out = buf_new(BUF_PAGE);
	publish_comment(&out, r);
	assert_true(out.n <= PUBLISH_TEXT_MAX);
	assert_printable(buf_view(&out));
	assert_balanced(buf_view(&out));
	return out;
}

/* The line that stands below the marker. */
static void headline_is(const struct publish_run *r, const char *expected)
{
	BUF_AUTO out = comment(r);
	struct view rest = buf_view(&out), line;
	for (int i = 0; i < 3; i++)
		assert_true(view_next(&rest, '\n', &line));
	if (!view_is(line, expected))
		fail_msg("%.*s, not %s", VIEW_ARG(line), expected);
}

static void test_the_first_line_says_it_all(void **state)
{
	struct sample_run *s = sample_run(1, "src/a.py");
	struct publish_delivery *d = &s->r.delivery;
	(void)state;
	finding_of(s, 0)->title = "it broke";
	headline_is(&s->r, "**it broke at `src/a.py:7`. Nothing was changed.**");
	d->decision = DECISION_RERUN;
	headline_is(&s->r, "**it broke at `src/a.py:7`. A rerun will probably pass.**");
	give_fix(s, "-a\n+b\n");
	headline_is(&s->r, "**it broke at `src/a.py:7`. A fix is ready to apply.**");
	s->fix.tier = TIER_REVIEW;
	headline_is(&s->r, "**it broke at `src/a.py:7`. A fix is ready for review.**");
	d->rerun = true;
	headline_is(&s->r, "**it broke at `src/a.py:7`. Failed jobs started again.**");
	d->suggestions = 2;
	headline_is(&s->r, "**it broke at `src/a.py:7`. Fix suggested in the review.**");
	d->commit = "00112233445566778899";
	headline_is(&s->r, "**it broke at `src/a.py:7`. Fix pushed as `0011223`.**");
	d->pull = 12;
	d->pull_url = "https://github.com/acme/app/pull/12";
	headline_is(&s->r, "**it broke at `src/a.py:7`. Fix proposed in [#12](https://github.com/acme/app/pull/12).**");
	s->jobs[0].known = (struct publish_known){.red_branch = "main", .red_since_sha = "abcdef0123"};
	headline_is(&s->r,
		"**Not your fault: also red on `main` since `abcdef0`. it broke at `src/a.py:7`. Fix proposed in "
		"[#12](https://github.com/acme/app/pull/12).**");
	s->r.job_count = 0;
	headline_is(&s->r, "**No failure was found.**");
	free(s);
}

static void test_a_place_outside_of_the_repository_is_not_named_first(void **state)
{
	struct sample_run *s = sample_run(1, "x");
	static const char *const paths[] = {"/usr/lib/a.py", "../a.py", "C:\\a.py", ".git/config"};
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		finding_of(s, 0)->location.path = paths[i];
		headline_is(&s->r, "**x. Nothing was changed.**");
	}
	finding_of(s, 0)->location = (struct location){"x", 0, 0};
	headline_is(&s->r, "**x. Nothing was changed.**");
	free(s);
}

static void test_a_new_failure_is_not_excused_by_an_old_one(void **state)
{
	struct sample_run *s = sample_run(2, "src/a.py");
	BUF_AUTO out = {0};
	(void)state;
	give_signature(s, 1, "1:ff");
	finding_of(s, 0)->title = "old";
	finding_of(s, 1)->title = "new";
	s->jobs[0].known.red_branch = "main";
	headline_is(&s->r, "**new at `src/a.py:7`. Nothing was changed.**");
	out = comment(&s->r);
	assert_has(&out,
		"<summary>Not your fault: also red on <code>main</code>. old at <code>src/a.py:7</code></summary>");
	free(s);
}

static void test_a_comment_is_ours_by_its_first_line(void **state)
{
	struct sample_run *s = sample_run(1, "src/a.py"), *other = sample_run(1, "src/a.py");
	BUF_AUTO out = comment(&s->r), marker = buf_new(BUF_LINE), quoted = buf_new(BUF_PAGE), foreign = {0};
	(void)state;
	publish_comment_marker(&marker, &s->r);
	assert_true(view_starts(buf_view(&out), buf_text(&marker)));
	assert_true(view_ends(buf_view(&marker), " "));
	assert_int_equal(publish_comment_compare(buf_view(&out), buf_view(&out)), PUBLISH_STICKY_SAME);
	buf_addf(&quoted, "> %s", buf_text(&out));
	assert_int_equal(publish_comment_compare(buf_view(&quoted), buf_view(&out)), PUBLISH_STICKY_FOREIGN);
	assert_int_equal(publish_comment_compare(view_of("hello"), buf_view(&out)), PUBLISH_STICKY_FOREIGN);
	assert_int_equal(publish_comment_compare(VIEW("<!-- runmedic:"), buf_view(&out)), PUBLISH_STICKY_FOREIGN);
	other->r.workflow_path = ".github/workflows/other.yml";
	foreign = comment(&other->r);
	assert_int_equal(publish_comment_compare(buf_view(&foreign), buf_view(&out)), PUBLISH_STICKY_FOREIGN);
	buf_addf(&marker, "-->\nan older form");
	assert_int_equal(publish_comment_compare(buf_view(&marker), buf_view(&out)), PUBLISH_STICKY_STALE);
	free(s);
	free(other);
}

static enum publish_sticky after(struct view before, const struct publish_run *r)
{
	BUF_AUTO now = comment(r);
	return publish_comment_compare(before, buf_view(&now));
}

static void test_the_same_verdict_is_left_alone(void **state)
{
	struct sample_run *s = sample_run(3, "src/a.py");
	BUF_AUTO was = comment(&s->r);
	(void)state;
	s->r.id = 78;
	s->r.head_sha = "00112233445566778899";
	s->jobs[0].known.seen = 4;
	finding_of(s, 0)->line = 13;
	finding_of(s, 0)->confidence = 0.93;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_SAME);
	free(s);
}

static void test_news_are_told(void **state)
{
	struct sample_run *s = sample_run(3, "src/a.py");
	BUF_AUTO was = comment(&s->r);
	(void)state;
	s->r.attempt = 2;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_SAME);
	s->r.job_count = 2;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_STALE);
	s->r.job_count = 3;
	s->jobs[0].known.red_branch = "main";
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_STALE);
	s->jobs[0].known.red_branch = NULL;
	give_fix(s, "-a\n+b\n");
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_STALE);
	s->jobs[0].heal = NULL;
	s->r.delivery.pull = 3;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_STALE);
	s->r.delivery.pull = 0;
	finding_of(s, 0)->location.line = 8;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_STALE);
	finding_of(s, 0)->location.line = 7;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_SAME);
	s->r.green = true;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_STALE);
	free(s);
}

static void test_an_older_run_does_not_overwrite_a_newer_one(void **state)
{
	struct sample_run *s = sample_run(1, "src/a.py");
	BUF_AUTO was = {0};
	(void)state;
	s->r.attempt = 2;
	was = comment(&s->r);
	s->r.attempt = 1;
	s->r.green = true;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_NEWER);
	s->r.attempt = 5;
	s->r.id = 76;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_NEWER);
	s->r.id = 78;
	assert_int_equal(after(buf_view(&was), &s->r), PUBLISH_STICKY_STALE);
	free(s);
}

static void test_green_again(void **state)
{
	struct sample_run *s = sample_run(0, "x");
	BUF_AUTO out = {0};
	(void)state;
	s->r.green = true;
	s->r.green_at = INT64_C(1763424000) * CLOCK_SECOND;
	s->r.was = "it broke";
	headline_is(&s->r, "**Was red, green again since "
			   "[`4dfdd38`](https://github.com/acme/app/commit/4dfdd38902f094446d620ac55b3ec7dc1eaac169) "
			   "(2025-11-18).**");
	s->r.repository = "acme/$(x)";
	headline_is(&s->r, "**Was red, green again since `4dfdd38` (2025-11-18).**");
	out = comment(&s->r);
	assert_has(&out, "It was: it broke\n");
	assert_has_not(&out, "```");
	free(s);
}

static void test_the_command_that_applies_the_fix(void **state)
{
	struct sample_run *s = sample_run(1, "x");
	struct publish_delivery *d = &s->r.delivery;
	BUF_AUTO heal = {0}, review = {0}, patch = {0}, hostile = {0};
	(void)state;
	give_fix(s, "--- a/a.py\n+++ b/a.py\n-```\n+````\n");
	heal = comment(&s->r);
	assert_has(&heal, "```sh\nrunmedic heal --run 77 --repository acme/app --apply\n```\n");
	assert_has(&heal, "`````diff\n--- a/a.py\n");
	s->fix.tier = TIER_REVIEW;
	review = comment(&s->r);
	assert_has(&review, "acme/app --tier review --apply\n");
	d->artifact = "runmedic-patch";
	d->patch_file = "runmedic.patch";
	d->artifact_run = 78;
	patch = comment(&s->r);
	assert_has(&patch, "gh run download 78 --repo acme/app --name runmedic-patch && git apply runmedic.patch\n");
	d->artifact = "x; rm -rf ~";
	s->r.repository = "acme/$(id)";
	s->fix.fixer = "<script>";
	hostile = comment(&s->r);
	assert_has(&hostile, "```sh\nrunmedic heal --run 77 --tier review --apply\n```\n");
	assert_has_not(&hostile, "rm -rf");
	assert_has_not(&hostile, "<script>");
	free(s);
}

static void test_one_fix_for_many_jobs_is_shown_once(void **state)
{
	struct sample_run *s = sample_run(9, "x");
	BUF_AUTO out = {0};
	size_t shown = 0;
	(void)state;
	give_fix(s, "-a\n+b\n");
	for (size_t i = 0; i < 9; i++)
		s->jobs[i].heal = &s->heal;
	out = comment(&s->r);
	for (struct view rest = buf_view(&out); view_has(rest, "<summary>Fix: "); shown++)
		rest = view_from(rest, view_find(rest, "<summary>Fix: ") + 1);
	assert_int_equal(shown, 1);
	assert_has(&out, "Same failure in 9 jobs: `test (3.0)`, `test (3.1)`");
	free(s);
}

static void test_a_secret_that_the_cut_would_halve(void **state)
{
	char title[512];
	(void)state;
	for (size_t pad = 240; pad < 310; pad++) {
		struct sample_run *s = sample_run(1, "x");
		memset(title, 'a', sizeof title);
		snprintf(title + pad, sizeof title - pad, " %s", secret());
		finding_of(s, 0)->title = title;
		BUF_AUTO out = comment(&s->r);
		assert_has_not(&out, "ghp_x8");
		free(s);
	}
}

/* ---- what is too long --------------------------------------------------------------------------- */

static void fill(struct sample_run *s, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		char signature[32];
		snprintf(signature, sizeof signature, "1:%zx", i);
		give_signature(s, i, signature);
		finding_of(s, i)->message = finding_of(s, i)->title = text;
		for (size_t k = 0; k < 3; k++)
			s->samples[i].lines[k].text = text;
	}
}

static void test_a_long_comment_is_cut_in_sight(void **state)
{
	struct sample_run *s = sample_run(SAMPLE_JOBS, "src/a.py");
	BUF_AUTO out = {0};
	(void)state;
	fill(s, SAMPLE_JOBS, "\xe2\x82\xac ```` </details> \xf0\x9f\x92\xa5");
	out = comment(&s->r);
	assert_true(out.n > 60000);
	assert_has(&out, "\n**cut: see [the run](https://github.com/acme/app/actions/runs/77)**\n");
	assert_has(&out, "runmedic</sub>\n");
	free(s);
}

static void test_a_long_diff_ends_with_a_line(void **state)
{
	struct sample_run *s = sample_run(1, "x");
	BUF_AUTO diff = buf_new(BUF_PAGE), out = {0};
	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_addf(&diff, "+line %04d\n", i);
	give_fix(s, buf_text(&diff));
	out = comment(&s->r);
	assert_has(&out, "This diff is longer: 12287 of 55000 bytes are shown.\n");
	free(s);
}

static void test_a_summary_keeps_to_its_room(void **state)
{
	struct sample_run *s = sample_run(SAMPLE_JOBS, "src/a.py");
	(void)state;
	fill(s, SAMPLE_JOBS, HOSTILE);
	for (size_t room = 0; room < 2000000; room = room * 2 + 37) {
		BUF_AUTO out = buf_new(BUF_LARGE);
		buf_add_text(&out, "before\n");
		publish_summary(&out, &s->r, room);
		struct view added = view_from(buf_view(&out), 7);
		assert_true(added.n <= room && added.n <= PUBLISH_SUMMARY_MAX);
		assert_balanced(added);
		assert_harmless(added);
		assert_true(room < 5000 || added.n > 1000);
		assert_true(room < PUBLISH_SUMMARY_MAX || added.n <= PUBLISH_SUMMARY_MAX - PUBLISH_SUMMARY_RESERVE);
	}
	free(s);
}

static void test_a_summary_tells_every_job(void **state)
{
	struct sample_run *s = sample_run(256, "src/a.py");
	BUF_AUTO out = buf_new(BUF_LARGE);
	(void)state;
	s->jobs[7].diagnosis = NULL;
	s->jobs[7].trouble = "its log expired";
	publish_summary(&out, &s->r, PUBLISH_SUMMARY_MAX);
	assert_has(&out, "\n## runmedic / CI\n\n**");
	for (size_t i = 0; i < 256; i++) {
		char line[128];
		snprintf(line, sizeof line, "- `test (3.%zu)` ([log](https://github.com/acme/", i);
		assert_has(&out, line);
	}
	assert_has(&out, "actions/runs/77/job/1)): its log expired\n");
	assert_has(&out, "**Jobs**");
	free(s);
}

/* ---- what is hostile ---------------------------------------------------------------------------- */

static void test_nothing_is_broken_out_of(void **state)
{
	static const char text[] =
		HOSTILE "\n# forged\n<!-- forged -->\n</details></summary><script>\n::error::x\n##[x]";
	struct sample_run *s = sample_run(3, text);
	BUF_AUTO out = {0}, summary = buf_new(BUF_LARGE), commands = buf_new(BUF_PAGE);
	struct publish_status status;
	(void)state;
	give_signature(s, 1, "1:ff");
	s->jobs[2].diagnosis = NULL;
	s->jobs[2].trouble = text;
	for (size_t i = 0; i < 3; i++) {
		s->jobs[i].name = s->jobs[i].url = text;
		s->jobs[i].known =
			(struct publish_known){.seen = 1, .red_branch = text, .red_since_sha = text, .last_fix = text};
	}
	give_fix(s, text);
	s->fix.summary = s->fix.fixer = s->fix.reason = s->fix.proof_says = text;
	s->r.workflow = s->r.branch = s->r.head_sha = s->r.url = s->r.repository = s->r.docs_url = s->r.report_url =
		text;
	s->r.delivery = (struct publish_delivery){.reason = text, .artifact = text, .patch_file = text, .commit = text};
	s->r.notes = (const char *const[]){text};
	s->r.note_count = 1;
	out = comment(&s->r);
	assert_harmless(buf_view(&out));
	publish_summary(&summary, &s->r, PUBLISH_SUMMARY_MAX);
	assert_harmless(buf_view(&summary));
	publish_commands(&commands, &s->r, NULL, NULL);
	assert_printable(buf_view(&commands));
	publish_status(&status, &s->r);
	assert_printable(view_of(status.description));
	assert_printable(view_of(status.context));
	assert_null(status.target_url);
	assert_false(view_has(view_of(status.description), "@octocat"));
	publish_status_done(&status);
	free(s);
}

static void test_links_lead_to_the_server_only(void **state)
{
	static const char *const urls[] = {"https://github.com.evil.example/x", "https://evil.example",
		"javascript:alert(1)", "https://github.com/x)[y](z", "https://github.com/a b",
		"https://github.com/../..//x", "//github.com/x"};
	struct sample_run *s = sample_run(1, "x");
	(void)state;
	s->r.head_sha = NULL;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		s->r.url = s->jobs[0].url = urls[i];
		BUF_AUTO out = comment(&s->r);
		assert_has_not(&out, "](");
	}
	s->r.server_url = NULL;
	s->r.head_sha = "4dfdd38902f094446d620ac55b3ec7dc1eaac169";
	s->r.url = "https://github.com/acme/app";
	BUF_AUTO out = comment(&s->r);
	assert_has_not(&out, "](");
	free(s);
}

/* ---- one-liners --------------------------------------------------------------------------------- */

static size_t characters(const char *text)
{
	size_t n = 0;
	uint32_t code;
	for (struct view v = view_of(text); v.n; v = view_from(v, view_utf8(v, &code)))
		n++;
	return n;
}

static void test_a_status_has_140_characters(void **state)
{
	struct sample_run *s = sample_run(1, "src/a.py");
	struct publish_status status;
	(void)state;
	finding_of(s, 0)->title = "broken";
	publish_status(&status, &s->r);
	assert_string_equal(status.context, "runmedic / CI");
	assert_string_equal(status.state, "success");
	assert_string_equal(status.description, "broken at src/a.py:7. Nothing was changed");
	assert_string_equal(status.target_url, "https://github.com/acme/app/actions/runs/77");
	publish_status_done(&status);
	finding_of(s, 0)->location.path =
		"src/\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac/a/very/long/path/that/has/no/end/"
		"and/goes/on/and/on/and/on/and/on/until/the/line/is/full/indeed/it/is/full/a.py";
	publish_status(&status, &s->r);
	assert_int_equal(characters(status.description), PUBLISH_DESCRIPTION_MAX);
	assert_true(view_ends(view_of(status.description), "…"));
	publish_status_done(&status);
	free(s);
}

static void test_commands_are_escaped_and_few(void **state)
{
	struct sample_run *s = sample_run(40, "x");
	BUF_AUTO out = buf_new(BUF_PAGE), warnings = buf_new(BUF_PAGE);
	(void)state;
	finding_of(s, 0)->title = "50% a:b,c";
	finding_of(s, 0)->message = "one\r\ntwo: 100%, ::error::x";
	finding_of(s, 0)->location = (struct location){"src/a,b%.py", 7, 3};
	s->r.job_count = 1;
	publish_commands(&out, &s->r, NULL, NULL);
	assert_string_equal(buf_text(&out),
		"::error file=src/a%2Cb%25.py,line=7,col=3,title=50%25 a%3Ab%2Cc::one%0Atwo: "
		"100%25, ::error::x\n");
	s->r.job_count = 40;
	for (uint32_t i = 0; i < 40; i++) {
		finding_of(s, i)->location = (struct location){"a.py", 1 + i, 0};
		finding_of(s, i)->severity = i % 2 ? SEVERITY_WARNING : SEVERITY_ERROR;
		s->samples[i].d.findings = s->samples[i].findings;
		char signature[16];
		snprintf(signature, sizeof signature, "1:%x", i);
		give_signature(s, i, signature);
	}
	publish_commands(&warnings, &s->r, NULL, NULL);
	size_t errors = 0, others = 0;
	struct view rest = buf_view(&warnings), line;
	while (view_next(&rest, '\n', &line)) {
		errors += view_starts(line, "::error ");
		others += view_starts(line, "::warning ");
	}
	assert_int_equal(errors, 10);
	assert_int_equal(others, 10);
	free(s);
}

static void test_the_guard(void **state)
{
	BUF_AUTO out = buf_new(BUF_PAGE);
	const char *token = "0123456789abcdefXYZ";
	(void)state;
	assert_true(publish_guarded(&out, token, VIEW("::error::x\nlast")));
	assert_string_equal(buf_text(&out), "::stop-commands::0123456789abcdefXYZ\n::error::x\nlast\n"
					    "::0123456789abcdefXYZ::\n");
	buf_clear(&out);
	assert_true(publish_guarded(&out, token, VIEW("a\n")));
	assert_true(publish_guarded(&out, token, (struct view){0}));
	buf_clear(&out);
	assert_false(publish_guarded(&out, token, VIEW("a\n::0123456789abcdefXYZ::\n::error::x")));
	assert_false(publish_guarded(&out, "short", VIEW("a")));
	assert_false(publish_guarded(&out, "0123456789abcdef\n", VIEW("a")));
	assert_int_equal(out.n, 0);
	/* as the kernel makes them, and start.sh hands them over */
	assert_true(publish_guarded(&out, "3f1a2b4c-0d5e-4f60-8a7b-9c0d1e2f3a4b", VIEW("a")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_line_says_it_all),
		cmocka_unit_test(test_a_place_outside_of_the_repository_is_not_named_first),
		cmocka_unit_test(test_a_new_failure_is_not_excused_by_an_old_one),
		cmocka_unit_test(test_a_comment_is_ours_by_its_first_line),
		cmocka_unit_test(test_the_same_verdict_is_left_alone),
		cmocka_unit_test(test_news_are_told),
		cmocka_unit_test(test_an_older_run_does_not_overwrite_a_newer_one),
		cmocka_unit_test(test_green_again),
		cmocka_unit_test(test_the_command_that_applies_the_fix),
		cmocka_unit_test(test_one_fix_for_many_jobs_is_shown_once),
		cmocka_unit_test(test_a_secret_that_the_cut_would_halve),
		cmocka_unit_test(test_a_long_comment_is_cut_in_sight),
		cmocka_unit_test(test_a_long_diff_ends_with_a_line),
		cmocka_unit_test(test_a_summary_keeps_to_its_room),
		cmocka_unit_test(test_a_summary_tells_every_job),
		cmocka_unit_test(test_nothing_is_broken_out_of),
		cmocka_unit_test(test_links_lead_to_the_server_only),
		cmocka_unit_test(test_a_status_has_140_characters),
		cmocka_unit_test(test_commands_are_escaped_and_few),
		cmocka_unit_test(test_the_guard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
