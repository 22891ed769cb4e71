/* Suggestions: where they may stand, and that putting them in as GitHub does gives exactly the offered file. */
#include "run_testing.h"

#include "publish/deliver.h"

#define PULL "@@ -1,9 +1,9 @@\n one\n two\n-tri\n+three\n four\n five\n six\n seven\n eight\n nine\n"
#define HEAD "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n"
#define GIT(path) "diff --git a/" path " b/" path "\nindex 1111111..2222222 100644\n--- a/" path "\n+++ b/" path "\n"

struct scene {
	const char *diffs[4], *pull;
	size_t n;
	struct arena arena;
	struct publish_suggestion *list;
	size_t count;
	bool left[4];
};

static const char *patch_of(void *context, const char *path)
{
	return !strcmp(path, "gone") ? NULL : context;
}

static void scene_run(struct scene *s)
{
	static const struct publish_fix fix = {.fixer = "python/black", .summary = "format it"};
	static const struct publish_run run = {.server_url = "https://github.com"};
	struct publish_offer offers[4] = {{0}};
	for (s->n = 0; s->n < 4 && s->diffs[s->n]; s->n++)
		offers[s->n] = (struct publish_offer){.fix = &fix, .diff = s->diffs[s->n]};
	const struct publish_deliver d = {.run = &run, .offers = offers, .count = s->n};
	s->count = publish_suggestions(&d, patch_of, (void *)(uintptr_t)s->pull, &s->arena, &s->list, s->left);
}

/* The lines between the fences. */
static struct view block_of(const struct publish_suggestion *s)
{
	struct view body = view_of(s->body), info;
	size_t at = view_find(body, "suggestion\n"), ticks = 0;
	assert_int_not_equal(at, VIEW_NONE);
	while (ticks < at && body.p[at - 1 - ticks] == '`')
		ticks++;
	info = view_from(body, at + strlen("suggestion\n"));
	assert_true(ticks >= 3 && view_ends(info, "\n") && info.n > ticks);
	return view_sub(info, 0, info.n - ticks - 1);
}

/* As GitHub does: the file split at its newlines, lines first..last replaced, joined again. From the last one up. */
static void put_in(struct buf *out, struct view head, const struct publish_suggestion *list, size_t n)
{
	struct view line, lines[64];
	size_t count = 0;
	for (size_t i = 0, from = 0; i <= head.n; i++)
		if (i == head.n || head.p[i] == '\n') {
			assert_true(count < 64);
			lines[count++] = view_sub(head, from, i - from);
			from = i + 1;
		}
	bool first = true;
	for (size_t i = 1; i <= count; i++) {
		const struct publish_suggestion *at = NULL;
		for (size_t k = 0; k < n; k++)
			at = i >= list[k].first && i <= list[k].last ? &list[k] : at;
		struct view rest = at ? block_of(at) : lines[i - 1];
		if (at && i != at->first)
			continue;
		for (bool more = !at || view_next(&rest, '\n', &line); more;) {
			buf_add_text(out, first ? "" : "\n");
			buf_add_view(out, at ? line : rest);
			first = false;
			more = at && view_next(&rest, '\n', &line);
		}
	}
}

static void gives(const char *diff, const char *pull, const char *head, size_t count, const char *want)
{
	struct scene s = {.diffs = {diff}, .pull = pull};
	BUF_AUTO got = buf_new(BUF_PAGE);
	scene_run(&s);
	assert_false(s.left[0]);
	assert_int_equal(s.count, count);
	put_in(&got, view_of(head), s.list, s.count);
	assert_string_equal(buf_text(&got), want);
	arena_done(&s.arena);
}

static void leaves(const char *diff, const char *pull)
{
	struct scene s = {.diffs = {diff}, .pull = pull};
	scene_run(&s);
	assert_true(s.left[0]);
	assert_int_equal(s.count, 0);
	arena_done(&s.arena);
}

static void test_lines_are_replaced(void **state)
{
	(void)state;
	gives(GIT("f") "@@ -2,3 +2,3 @@\n two\n-three\n+3\n four\n", PULL, HEAD, 1,
		"one\ntwo\n3\nfour\nfive\nsix\nseven\neight\nnine\n");
	gives(GIT("f") "@@ -1,3 +1,4 @@\n-one\n-two\n+1\n+1b\n+2\n three\n", PULL, HEAD, 1,
		"1\n1b\n2\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
	gives(GIT("f") "@@ -8,2 +8,1 @@\n eight\n-nine\n", PULL, HEAD, 1,
		"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n");
}

static void test_words_and_lines(void **state)
{
	struct scene s = {.diffs = {GIT("f") "@@ -2,3 +2,3 @@\n two\n-three\n+3\n four\n"}, .pull = PULL};
	(void)state;
	scene_run(&s);
	assert_int_equal(s.count, 1);
	assert_string_equal(s.list[0].path, "f");
	assert_int_equal(s.list[0].first, 3);
	assert_int_equal(s.list[0].last, 3);
	assert_string_equal(s.list[0].body, "`python/black`: format it\n\n```suggestion\n3\n```\n");
	arena_done(&s.arena);
}

static void test_an_insertion_repeats_a_line_beside_it(void **state)
{
	(void)state;
	gives(GIT("f") "@@ -3,2 +3,3 @@\n three\n+3b\n four\n", PULL, HEAD, 1,
		"one\ntwo\nthree\n3b\nfour\nfive\nsix\nseven\neight\nnine\n");
	gives(GIT("f") "@@ -1,2 +1,4 @@\n+zero\n+\n one\n two\n", PULL, HEAD, 1,
		"zero\n\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
	gives(GIT("f") "@@ -8,2 +8,3 @@\n eight\n nine\n+ten\n", PULL, HEAD, 1,
		"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");
	/* the line before is out of sight, the one behind is not */
	gives(GIT("f") "@@ -3,2 +3,3 @@\n three\n+3b\n four\n", "@@ -4,2 +4,2 @@\n-vier\n+four\n five\n", HEAD, 1,
		"one\ntwo\nthree\n3b\nfour\nfive\nsix\nseven\neight\nnine\n");
	leaves(GIT("f") "@@ -3,2 +3,3 @@\n three\n+3b\n four\n", "@@ -7,2 +7,2 @@\n-sieben\n+seven\n eight\n");
	leaves(GIT("f") "@@ -0,0 +1 @@\n+one\n", PULL);
}

static void test_lines_are_taken_out(void **state)
{
	struct scene s = {.diffs = {GIT("f") "@@ -2,4 +2,2 @@\n two\n-three\n-four\n five\n"}, .pull = PULL};
	(void)state;
	scene_run(&s);
	assert_int_equal(s.count, 1);
	assert_non_null(strstr(s.list[0].body, "```suggestion\n```\n"));
	assert_int_equal(s.list[0].first, 3);
	assert_int_equal(s.list[0].last, 4);
	arena_done(&s.arena);
	gives(GIT("f") "@@ -2,4 +2,2 @@\n two\n-three\n-four\n five\n", PULL, HEAD, 1,
		"one\ntwo\nfive\nsix\nseven\neight\nnine\n");
	/* an empty line is something else than none */
	gives(GIT("f") "@@ -2,3 +2,3 @@\n two\n-three\n+\n four\n", PULL, HEAD, 1,
		"one\ntwo\n\nfour\nfive\nsix\nseven\neight\nnine\n");
}

static void test_several_changes(void **state)
{
	(void)state;
	/* near ones are one suggestion, far ones are two */
	gives(GIT("f") "@@ -1,5 +1,5 @@\n one\n-two\n+2\n three\n-four\n+4\n five\n", PULL, HEAD, 1,
		"one\n2\nthree\n4\nfive\nsix\nseven\neight\nnine\n");
	gives(GIT("f") "@@ -1,9 +1,9 @@\n one\n-two\n+2\n three\n four\n five\n six\n-seven\n+7\n eight\n nine\n", PULL,
		HEAD, 2, "one\n2\nthree\nfour\nfive\nsix\n7\neight\nnine\n");
	gives(GIT("f") "@@ -1,2 +1,2 @@\n-one\n+1\n two\n@@ -8,2 +8,2 @@\n eight\n-nine\n+9\n", PULL, HEAD, 2,
		"1\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n9\n");
	/* near ones in two hunks of the pull request stay two */
	gives(GIT("f") "@@ -2,5 +2,5 @@\n two\n-three\n+3\n four\n-five\n+5\n six\n",
		"@@ -2,2 +2,2 @@\n-zwei\n+two\n three\n@@ -5,2 +5,2 @@\n-cinq\n+five\n six\n", HEAD, 2,
		"one\ntwo\n3\nfour\n5\nsix\nseven\neight\nnine\n");
}

static void test_lines_outside_the_diff(void **state)
{
	const char *near = "@@ -3,3 +3,3 @@\n three\n-vier\n+four\n five\n";
	(void)state;
	leaves(GIT("f") "@@ -6,3 +6,3 @@\n six\n-seven\n+7\n eight\n", near);
	leaves(GIT("gone") "@@ -2,3 +2,3 @@\n two\n-three\n+3\n four\n", PULL);
	/* half inside is outside: one hunk can, the other cannot, so none is shown */
	leaves(GIT("f") "@@ -3,2 +3,2 @@\n three\n-four\n+4\n@@ -8,2 +8,2 @@\n eight\n-nine\n+9\n", near);
	leaves(GIT("f") "@@ -4,3 +4,1 @@\n-four\n-five\n-six\n+4\n", near);
	/* the numbers fit, the lines are others: the head has moved */
	leaves(GIT("f") "@@ -3,3 +3,3 @@\n three\n-quatre\n+4\n five\n", near);
	leaves(GIT("f") "@@ -3,3 +3,3 @@\n three\n-four\n+4\n five\n", "@@ -3,3 +3,9 @@\n three\n cut");
	leaves(GIT("f") "@@ -3,3 +3,3 @@\n three\n-four\n+4\n five\n", "");
}

static void test_files_that_come_go_or_change_their_mode(void **state)
{
	(void)state;
	leaves("diff --git a/f b/f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+one\n", PULL);
	leaves("diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n",
		"@@ -0,0 +1 @@\n+one\n");
	leaves("diff --git a/f b/f\nold mode 100644\nnew mode 100755\n", PULL);
	leaves("diff --git a/f b/f\nold mode 100644\nnew mode 100755\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+1\n", PULL);
	leaves(GIT("../f") "@@ -1 +1 @@\n-one\n+1\n", PULL);
	leaves("--- a/f\n+++ b/g\n@@ -1 +1 @@\n-one\n+1\n", PULL);
	leaves("no diff", PULL);
	leaves("", PULL);
}

static void test_the_end_of_the_file(void **state)
{
	const char *open = "@@ -1,2 +1,2 @@\n one\n-zwei\n+two\n\\ No newline at end of file\n";
	(void)state;
	gives(GIT("f") "@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+2\n\\ No newline at end of file\n",
		open, "one\ntwo", 1, "one\n2");
	gives(GIT("f") "@@ -1,2 +1,3 @@\n one\n-two\n\\ No newline at end of file\n+2\n+3\n\\ No newline at end of "
		       "file\n",
		open, "one\ntwo", 1, "one\n2\n3");
	gives(GIT("f") "@@ -1,2 +1,2 @@\n-one\n+1\n two\n\\ No newline at end of file\n", open, "one\ntwo", 1,
		"1\ntwo");
	/* GitHub leaves the end as it is: what is about the end cannot be suggested */
	leaves(GIT("f") "@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+two\n", open);
	leaves(GIT("f") "@@ -1,2 +1,1 @@\n one\n-two\n\\ No newline at end of file\n", open);
	leaves(GIT("f") "@@ -8,2 +8,2 @@\n eight\n-nine\n+nine\n\\ No newline at end of file\n", PULL);
	leaves(GIT("f") "@@ -1,2 +1,2 @@\n one\n-two\n+2\n", open);
}

static void test_text_that_a_comment_would_change(void **state)
{
	BUF_AUTO diff = buf_new(BUF_PAGE);
	(void)state;
	leaves(GIT("f") "@@ -1,2 +1,2 @@\n-one\n+1\r\n two\n", PULL);
	leaves(GIT("f") "@@ -1,2 +1,2 @@\n-one\r\n+1\r\n two\r\n", "@@ -1,2 +1,2 @@\n-eins\n+one\r\n two\r\n");
	leaves(GIT("f") "@@ -1,2 +1,2 @@\n-one\n+1\xe2\x80\xae\n two\n", PULL);
	leaves(GIT("f") "@@ -1,2 +1,2 @@\n-one\n+1\x1b[31m\n two\n", PULL);
	leaves(GIT("f") "@@ -1,2 +1,2 @@\n-one\n+1\xff\n two\n", PULL);
	buf_addf(&diff, GIT("f") "@@ -1,2 +1,2 @@\n-one\n+token = \"%s\"\n two\n", secret());
	leaves(buf_text(&diff), PULL);
	gives(GIT("f") "@@ -1,2 +1,2 @@\n-one\n+\t1 \xc3\xa4\xf0\x9f\x92\xa5 @octocat <b> \\ \n two\n",
		"@@ -1,2 +1,2 @@\n-eins\n+one\n two\n", "one\ntwo\n", 1,
		"\t1 \xc3\xa4\xf0\x9f\x92\xa5 @octocat <b> \\ \ntwo\n");
}

static void test_fences_in_the_text(void **state)
{
	struct scene s = {.diffs = {GIT("f") "@@ -1,2 +1,4 @@\n-one\n+```sh\n+`````\n+```\n two\n"}, .pull = PULL};
	(void)state;
	scene_run(&s);
	assert_int_equal(s.count, 1);
	assert_non_null(strstr(s.list[0].body, "\n``````suggestion\n```sh\n`````\n```\n``````\n"));
	arena_done(&s.arena);
	gives(GIT("f") "@@ -1,2 +1,4 @@\n-one\n+```sh\n+`````\n+```\n two\n", PULL, HEAD, 1,
		"```sh\n`````\n```\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
}

static void test_several_offers(void **state)
{
	struct scene s = {
		.diffs = {GIT("f") "@@ -1,2 +1,2 @@\n-one\n+1\n two\n", GIT("f") "@@ -1,2 +1,2 @@\n-one\n+I\n two\n",
			GIT("f") "@@ -8,2 +8,2 @@\n eight\n-nine\n+9\n",
			GIT("f") "@@ -4,2 +4,2 @@\n-quatre\n+4\n five\n"},
		.pull = PULL};
	(void)state;
	scene_run(&s);
	assert_false(s.left[0]);
	assert_true(s.left[1]); /* the first replaces that line */
	assert_false(s.left[2]);
	assert_true(s.left[3]);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.list[1].offer, 2);
	assert_int_equal(s.list[1].first, 9);
	arena_done(&s.arena);
}

static void test_no_more_than_one_review_holds(void **state)
{
	BUF_AUTO diff = buf_new(BUF_PAGE), pull = buf_new(BUF_PAGE);
	(void)state;
	buf_addf(&diff, GIT("f"));
	buf_addf(&pull, "@@ -0,0 +1,%u @@\n", 5 * PUBLISH_SUGGESTIONS_MAX + 5);
	for (unsigned i = 0; i <= PUBLISH_SUGGESTIONS_MAX; i++) {
		buf_addf(&diff, "@@ -%u,2 +%u,2 @@\n-old %u\n+new %u\n same\n", 5 * i + 1, 5 * i + 1, i, i);
		buf_addf(&pull, "+old %u\n+same\n+same\n+same\n+same\n", i);
	}
	leaves(buf_text(&diff), buf_text(&pull));
}

static void test_several_pieces_are_numbered(void **state)
{
	struct scene s = {.diffs = {GIT("f") "@@ -1,2 +1,2 @@\n-one\n+1\n two\n@@ -8,2 +8,2 @@\n eight\n-nine\n+9\n"},
		.pull = PULL};
	(void)state;
	scene_run(&s);
	assert_int_equal(s.count, 2);
	assert_non_null(strstr(s.list[0].body, "`python/black` (1 of 2): format it"));
	assert_non_null(strstr(s.list[1].body, "`python/black` (2 of 2): format it"));
	arena_done(&s.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_are_replaced),
		cmocka_unit_test(test_words_and_lines),
		cmocka_unit_test(test_an_insertion_repeats_a_line_beside_it),
		cmocka_unit_test(test_lines_are_taken_out),
		cmocka_unit_test(test_several_changes),
		cmocka_unit_test(test_lines_outside_the_diff),
		cmocka_unit_test(test_files_that_come_go_or_change_their_mode),
		cmocka_unit_test(test_the_end_of_the_file),
		cmocka_unit_test(test_text_that_a_comment_would_change),
		cmocka_unit_test(test_fences_in_the_text),
		cmocka_unit_test(test_several_offers),
		cmocka_unit_test(test_no_more_than_one_review_holds),
		cmocka_unit_test(test_several_pieces_are_numbered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
