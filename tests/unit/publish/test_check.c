/* The check run: name, texts, annotations and their batches. */
#include "run_testing.h"

static const char *text_of(const cJSON *outputs, int i, const char *name)
{
	const char *text = json_text(at(outputs, i), name);
	assert_non_null(text);
	return text;
}

static const cJSON *notes_of(const cJSON *outputs, int i)
{
	const cJSON *notes = json_get(at(outputs, i), "annotations");
	assert_true(cJSON_IsArray(notes));
	return notes;
}

/* What GitHub's description demands of every request. */
static void assert_accepted(const struct publish_check *c)
{
	size_t n = 0;
	const cJSON *output, *note;
	assert_true(cJSON_GetArraySize(c->outputs) >= 1);
	cJSON_ArrayForEach (output, c->outputs) {
		const cJSON *notes = json_get(output, "annotations");
		assert_true(strlen(json_text(output, "title")) <= PUBLISH_TITLE_MAX);
		assert_true(strlen(json_text(output, "summary")) <= PUBLISH_TEXT_MAX);
		assert_balanced(view_of(json_text(output, "summary")));
		assert_balanced(view_of(json_text(output, "text")));
		assert_true(view_of(json_text(output, "text")).n <= PUBLISH_TEXT_MAX);
		assert_true(cJSON_GetArraySize(notes) <= (int)PUBLISH_ANNOTATIONS_BATCH);
		cJSON_ArrayForEach (note, notes) {
			assert_true(json_int(note, "start_line", 0) >= 1);
			assert_int_equal(json_int(note, "start_line", 0), json_int(note, "end_line", 0));
			assert_true(strlen(json_text(note, "message")) > 0);
			assert_true(strlen(json_text(note, "path")) > 0);
			assert_non_null(json_text(note, "annotation_level"));
			assert_printable(view_of(json_text(note, "message")));
			assert_printable(view_of(json_text(note, "title")));
			n++;
		}
	}
	assert_int_equal(n, c->annotations);
}

static void test_a_check(void **state)
{
	struct sample_run *s = sample_run(2, "src/a.py");
	struct publish_check c, again;
	(void)state;
	finding_of(s, 0)->title = "it broke";
	give_fix(s, "-a\n+b\n");
	publish_check(&c, &s->r, NULL, NULL);
	assert_accepted(&c);
	assert_string_equal(c.name, "runmedic / CI");
	assert_string_equal(c.conclusion, "neutral");
	assert_string_equal(c.head_sha, s->r.head_sha);
	assert_string_equal(c.details_url, s->r.url);
	assert_int_equal(cJSON_GetArraySize(c.outputs), 1);
	assert_string_equal(text_of(c.outputs, 0, "title"), "it broke at src/a.py:7. A fix is ready to apply");
	assert_true(view_starts(view_of(text_of(c.outputs, 0, "summary")),
		"**it broke at `src/a.py:7`. A fix is ready to apply.**\n\nSame failure in 2 jobs: `test (3.0)`"));
	assert_true(view_has(view_of(text_of(c.outputs, 0, "text")), "```diff\n-a\n+b\n```"));
	s->r.attempt = 2;
	publish_check(&again, &s->r, NULL, NULL);
	assert_string_equal(c.external_id, again.external_id);
	publish_check_done(&again);
	s->r.id = 78;
	publish_check(&again, &s->r, NULL, NULL);
	assert_string_not_equal(c.external_id, again.external_id);
	publish_check_done(&again);
	publish_check_done(&c);
	free(s);
}

static void test_a_check_that_is_green_again(void **state)
{
	struct sample_run *s = sample_run(0, "x");
	struct publish_check c;
	(void)state;
	s->r.green = true;
	publish_check(&c, &s->r, NULL, NULL);
	assert_accepted(&c);
	assert_string_equal(c.conclusion, "success");
	assert_string_equal(text_of(c.outputs, 0, "title"), "Was red, green again since 4dfdd38");
	assert_int_equal(c.annotations, 0);
	publish_check_done(&c);
	free(s);
}

static void test_an_annotation(void **state)
{
	struct sample_run *s = sample_run(1, "src/a.py");
	struct publish_check c;
	(void)state;
	finding_of(s, 0)->title = "see https://x.example and @octocat";
	finding_of(s, 0)->message = "one\ntwo";
	publish_check(&c, &s->r, NULL, NULL);
	const cJSON *note = at(notes_of(c.outputs, 0), 0);
	assert_int_equal(cJSON_GetArraySize(notes_of(c.outputs, 0)), 1);
	assert_string_equal(json_text(note, "path"), "src/a.py");
	assert_int_equal(json_int(note, "start_line", 0), 7);
	assert_int_equal(json_int(note, "start_column", 0), 3);
	assert_int_equal(json_int(note, "end_column", 0), 3);
	assert_string_equal(json_text(note, "annotation_level"), "failure");
	assert_string_equal(json_text(note, "title"), "see https:\xe2\x80\x8b//x.example and @\xe2\x80\x8boctocat");
	assert_string_equal(json_text(note, "message"), "one\ntwo");
	assert_string_equal(json_text(note, "raw_details"), "src/a.py\nsrc/a.py\nsrc/a.py\n");
	publish_check_done(&c);
	finding_of(s, 0)->location.line = 0;
	finding_of(s, 0)->severity = SEVERITY_WARNING;
	finding_of(s, 0)->message = "";
	publish_check(&c, &s->r, NULL, NULL);
	note = at(notes_of(c.outputs, 0), 0);
	assert_int_equal(json_int(note, "start_line", 0), 1);
	assert_null(json_get(note, "start_column"));
	assert_string_equal(json_text(note, "annotation_level"), "warning");
	assert_string_equal(json_text(note, "message"), json_text(note, "title"));
	assert_accepted(&c);
	publish_check_done(&c);
	free(s);
}

static size_t annotated(struct sample_run *s, const char *path, publish_has_file *has)
{
	struct publish_check c;
	finding_of(s, 0)->location.path = path;
	publish_check(&c, &s->r, has, "src/there.py");
	assert_accepted(&c);
	size_t n = c.annotations;
	publish_check_done(&c);
	return n;
}

static bool is_this(void *context, const char *path)
{
	return !strcmp(context, path);
}

static void test_only_files_of_the_repository(void **state)
{
	static const char *const never[] = {"/usr/include/stdio.h", "../other/a.c", "a/../../b.c", "C:\\a.c", "",
		".git/config", "node_modules/x/index.js", "web/node_modules/x.js", ".venv/lib/x.py",
		"lib/python3/site-packages/x.py", "a\nb.c", "a\xff.c", "a\xe2\x80\xae.c", NULL};
	struct sample_run *s = sample_run(1, "x");
	(void)state;
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		assert_int_equal(annotated(s, never[i], NULL), 0);
	assert_int_equal(annotated(s, secret(), NULL), 0);
	assert_int_equal(annotated(s, "src/there.py", NULL), 1);
	assert_int_equal(annotated(s, "src/there.py", is_this), 1);
	assert_int_equal(annotated(s, "src/gone.py", is_this), 0);
	free(s);
}

static void test_most_important_first_in_batches(void **state)
{
	struct sample_run *s = sample_run(SAMPLE_JOBS, "src/a.py");
	struct publish_check c;
	(void)state;
	for (size_t i = 0; i < SAMPLE_JOBS; i++) {
		char signature[32];
		snprintf(signature, sizeof signature, "1:%zx", i);
		give_signature(s, i, signature);
		finding_of(s, i)->location.line = 1 + (uint32_t)i;
		finding_of(s, i)->confidence = i == 77 ? 1 : 0.5;
	}
	publish_check(&c, &s->r, NULL, NULL);
	assert_accepted(&c);
	assert_int_equal(c.annotations, PUBLISH_ANNOTATIONS_MAX);
	assert_int_equal(cJSON_GetArraySize(c.outputs), PUBLISH_ANNOTATIONS_MAX / PUBLISH_ANNOTATIONS_BATCH);
	assert_int_equal(json_int(at(notes_of(c.outputs, 0), 0), "start_line", 0), 78);
	assert_int_equal(json_int(at(notes_of(c.outputs, 0), 1), "start_line", 0), 1);
	assert_string_equal(text_of(c.outputs, 4, "summary"), text_of(c.outputs, 0, "summary"));
	publish_check_done(&c);
	s->r.job_count = 51;
	publish_check(&c, &s->r, NULL, NULL);
	assert_int_equal(cJSON_GetArraySize(notes_of(c.outputs, 0)), 50);
	assert_int_equal(cJSON_GetArraySize(notes_of(c.outputs, 1)), 1);
	publish_check_done(&c);
	free(s);
}

static void test_matrix_legs_are_annotated_once(void **state)
{
	struct sample_run *s = sample_run(14, "src/a.py");
	struct publish_check c;
	(void)state;
	publish_check(&c, &s->r, NULL, NULL);
	assert_int_equal(c.annotations, 1);
	publish_check_done(&c);
	free(s);
}

static void test_failed_tests(void **state)
{
	static const struct test_failure failures[] = {
		{.id = "tests/test_a.py::test_one",
			.message = "tests/test_a.py:12: AssertionError",
			.reader = "pytest"},
		{.id = "tests/test_a.py::test_two", .message = "assert 1 == 2", .reader = "pytest"},
		{.id = "tests/test_a.py::test_three", .message = "assert 3 == 4", .reader = "pytest"},
		{.id = "again", .path = "./tests/test_a.py", .message = "at x/test_a.py:12", .reader = "pytest"},
		{.id = "a > b",
			.path = "/home/runner/work/app/app/web/b.test.js",
			.message = "(b.test.js:x) b.test.js:7:3",
			.reader = "jest"},
		{.id = "a.B.c", .path = "a.B", .message = NULL, .reader = "surefire"},
		{.id = "crate::mod::test", .path = NULL, .message = "left == right", .reader = "cargo"},
		{.id = "far", .path = "/usr/lib/x.py", .message = "x", .reader = "pytest"},
	};
	static const struct {
		const char *path, *title;
		int line;
	} expected[] = {{"src/a.py", "src/a.py", 7}, {"tests/test_a.py", "tests/test_a.py::test_one", 12},
		{"tests/test_a.py", "tests/test_a.py::test_two", 1},
		{"tests/test_a.py", "tests/test_a.py::test_three", 1}, {"web/b.test.js", "a > b", 7}};
	struct sample_run *s = sample_run(1, "src/a.py");
	struct publish_check c;
	(void)state;
	s->samples[0].d.job.workspace = "/home/runner/work/app/app";
	s->samples[0].d.failed_tests = failures;
	s->samples[0].d.failed_test_count = sizeof failures / sizeof *failures;
	publish_check(&c, &s->r, NULL, NULL);
	assert_accepted(&c);
	for (int i = 0; i < (int)(sizeof expected / sizeof *expected); i++) {
		const cJSON *note = at(notes_of(c.outputs, 0), i);
		assert_string_equal(json_text(note, "path"), expected[i].path);
		assert_string_equal(json_text(note, "title"), expected[i].title);
		assert_int_equal(json_int(note, "start_line", 0), expected[i].line);
	}
	assert_int_equal(c.annotations, sizeof expected / sizeof *expected);
	publish_check_done(&c);
	free(s);
}

static void test_nothing_is_broken_out_of(void **state)
{
	static const char text[] = HOSTILE "\n# forged\n<!-- forged -->\n</details></summary><script>\n```\n````";
	struct sample_run *s = sample_run(SAMPLE_JOBS, text);
	struct publish_check c;
	(void)state;
	for (size_t i = 0; i < SAMPLE_JOBS; i++) {
		char signature[32];
		snprintf(signature, sizeof signature, "1:%zx", i);
		give_signature(s, i, signature);
		finding_of(s, i)->location = (struct location){"src/a.py", 1 + (uint32_t)i, 0};
		s->jobs[i].name = s->jobs[i].url = text;
	}
	give_fix(s, text);
	s->r.workflow = s->r.url = text;
	publish_check(&c, &s->r, NULL, NULL);
	assert_accepted(&c);
	assert_printable(view_of(c.name));
	assert_null(c.details_url);
	assert_harmless(view_of(text_of(c.outputs, 0, "summary")));
	assert_harmless(view_of(text_of(c.outputs, 0, "text")));
	assert_true(view_has(view_of(text_of(c.outputs, 0, "text")), "\n**cut: see `runmedic analyze --run 77`**\n"));
	publish_check_done(&c);
	free(s);
}

static void test_no_secret_leaves(void **state)
{
	struct sample_run *s = sample_run(1, secret());
	struct publish_check c;
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	finding_of(s, 0)->location.path = "src/a.py";
	s->jobs[0].name = s->r.workflow = s->r.url = secret();
	give_fix(s, secret());
	publish_check(&c, &s->r, NULL, NULL);
	json_print(&out, c.outputs);
	assert_no_secret(buf_view(&out));
	assert_no_secret(view_of(c.name));
	publish_check_done(&c);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_check),
		cmocka_unit_test(test_a_check_that_is_green_again),
		cmocka_unit_test(test_an_annotation),
		cmocka_unit_test(test_only_files_of_the_repository),
		cmocka_unit_test(test_most_important_first_in_batches),
		cmocka_unit_test(test_matrix_legs_are_annotated_once),
		cmocka_unit_test(test_failed_tests),
		cmocka_unit_test(test_nothing_is_broken_out_of),
		cmocka_unit_test(test_no_secret_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
