#include "cmd/eval.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_names_of_tests(void **state)
{
	(void)state;
	assert_true(eval_same_test("tests/test_a.py::test_x", "tests/test_a.py::test_x"));
	assert_true(eval_same_test("tests/test_a.py::test_x", "test_x"));
	assert_true(eval_same_test("com.acme.FooTest.bar", "FooTest > bar"));
	assert_true(eval_same_test("suite › case one", "case one"));
	assert_true(eval_same_test("TestA/sub", "sub"));
	assert_false(eval_same_test("test_xy", "xy"));
	assert_false(eval_same_test("a.b", "a.c"));
	assert_false(eval_same_test("", ""));
}

static int read_labels(const char *text, char *ret_says)
{
	struct err e;
	struct labels l;
	char *folder = file_temp_directory("eval-", &e), *path = file_join(folder, "labels.jsonl");
	assert_int_equal(file_write_atomic(path, view_of(text), 0666, &e), 0);
	int rc = labels_read(&l, folder, "labels.jsonl", LABEL_FAILING, &e);
	if (rc < 0)
		snprintf(ret_says, 201, "%.200s", e.text);
	else
		labels_done(&l);
	file_remove_tree(folder, &e);
	free(path);
	free(folder);
	return rc;
}

static void test_labels_that_cannot_be_right_are_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"{", "labels.jsonl:1: "},
		{"[]\n", "labels.jsonl:1: a label must be a JSON object"},
		{"\n{\"category\":\"test\",\"error_line\":1}\n", "labels.jsonl:2: id must be the name"},
		{"{\"id\":\"../x\",\"category\":\"test\",\"error_line\":1}\n", "labels.jsonl:1: id must be the name"},
		{"{\"id\":\"a\",\"error_line\":1}\n", "labels.jsonl:1: category is missing"},
		{"{\"id\":\"a\",\"category\":\"tests\",\"error_line\":1}\n", "labels.jsonl:1: 'tests' is no category"},
		{"{\"id\":\"a\",\"category\":\"test\"}\n", "labels.jsonl:1: error_line is missing"},
		{"{\"id\":\"a\",\"category\":\"test\",\"error_line\":0}\n",
			"labels.jsonl:1: error_line must be a line"},
		{"{\"id\":\"a\",\"category\":\"test\",\"error_line\":1.5}\n",
			"labels.jsonl:1: error_line must be a line"},
		{"{\"id\":\"a\",\"category\":\"test\",\"error_line\":1,\"alt_lines\":[\"x\"]}\n",
			"labels.jsonl:1: alt_lines must be a line"},
		{"{\"id\":\"a\",\"category\":\"test\",\"error_line\":1,\"chunk\":[3,2]}\n",
			"labels.jsonl:1: chunk ends before"},
		{"{\"id\":\"a\",\"category\":\"test\",\"error_line\":1,\"transient_evident\":\"no\"}\n",
			"labels.jsonl:1: transient_evident must be"},
		{"{\"id\":\"a\",\"category\":\"test\",\"error_line\":1}\n{\"id\":\"a\",\"category\":\"test\",\"error_"
		 "line\":2}\n",
			"labels.jsonl: two labels have the id a"},
	};
	char says[201] = "";

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(read_labels(rows[i].text, says), -1);
		if (strncmp(says, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("'%s' does not begin with '%s'", says, rows[i].says);
	}
	assert_int_equal(
		read_labels("{\"id\":\"a\",\"category\":\"test\",\"error_line\":7,\"alt_lines\":[9]}\n\n", says), 0);
}

static void test_the_table_counts_what_was_labelled(void **state)
{
	struct eval v = {0};
	struct eval_table t;
	struct label l = {.id = "a", .project = "p", .category = CATEGORY_TEST, .line = 3, .transient = 0};

	(void)state;
	struct eval_row *r = eval_new_row(&v, &l);
	r->answered = r->line_exact = r->category_ok = r->category_strict = r->transient = true;
	r->got = CATEGORY_TEST;
	r->confidence = 0.9;
	l.id = "b";
	r = eval_new_row(&v, &l);
	r->answered = true;
	r->got = CATEGORY_LINT;
	r->confidence = 0.95;
	l.id = "c";
	eval_new_row(&v, &l);
	eval_table_make(&t, &v);
	assert_int_equal(t.logs, 3);
	assert_int_equal(t.projects, 1);
	assert_int_equal(t.no_answer, 1);
	assert_int_equal(t.transient_false, 1);
	assert_int_equal(t.confusion[CATEGORY_TEST][CATEGORY_LINT], 1);
	assert_int_equal(t.confusion[CATEGORY_TEST][CATEGORY_COUNT], 1);
	assert_int_equal(t.miss_count, 2);
	assert_string_equal(t.misses[0]->id, "b"); /* the surest first */
	for (size_t i = 0; i < t.figure_count; i++)
		assert_string_not_equal(t.figures[i].name, "step"); /* nobody labelled one */
	eval_done(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_tests),
		cmocka_unit_test(test_labels_that_cannot_be_right_are_refused),
		cmocka_unit_test(test_the_table_counts_what_was_labelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
