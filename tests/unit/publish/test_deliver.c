/* The words of a delivery: limits, whatever the texts are, and what is read again from them. */
#include "run_testing.h"

#include "publish/deliver.h"

#define SIGNATURE "1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SHA "4dfdd38902f094446d620ac55b3ec7dc1eaac169"
#define DIFF "diff --git a/a.py b/a.py\nindex 1111111..2222222 100644\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n"
#define ZERO_WIDTH "\xe2\x80\x8b"
#define OFFERS 40

struct words {
	struct sample_run *s;
	struct publish_fix fixes[OFFERS];
	struct publish_offer offers[OFFERS];
	struct publish_deliver d;
	const char *files[2], *argv[2];
};

/* n offers; every text that somebody else may choose is `text`. */
static void words_start(struct words *w, size_t n, const char *text)
{
	*w = (struct words){.s = sample_run(2, text), .files = {text, text}, .argv = {text, NULL}};
	w->s->r.pull = 5;
	for (size_t i = 0; i < n; i++) {
		w->fixes[i] = (struct publish_fix){.fixer = "python/black",
			.rule = text,
			.signature = SIGNATURE,
			.summary = text,
			.reason = text,
			.proof_says = text,
			.proof_argv = w->argv,
			.diff = DIFF,
			.tier = i % 2 ? TIER_REVIEW : TIER_HEAL,
			.status = FIX_PLANNED,
			.confidence = 0.9,
			.files = w->files,
			.file_count = 2};
		w->offers[i] =
			(struct publish_offer){.fix = &w->fixes[i], .finding = finding_of(w->s, i % 2), .diff = DIFF};
	}
	w->d = (struct publish_deliver){
		.run = &w->s->r, .offers = w->offers, .count = n, .reason = text, .patch = DIFF};
}

static void check(struct buf *out, size_t most)
{
	assert_false(out->full);
	assert_in_range(out->n, 1, most);
	assert_balanced(buf_view(out));
	assert_harmless(buf_view(out));
	assert_no_secret(buf_view(out));
	buf_clear(out);
}

static void check_all(struct words *w, const char *text)
{
	BUF_AUTO out = buf_new(BUF_PAGE), end = buf_new(BUF_PAGE);
	const struct publish_group *groups;
	ARENA_AUTO a = {0};
	publish_pull_body(&out, &w->d);
	assert_true(publish_pull_withdrawn(&end, buf_view(&out), text));
	check(&out, PUBLISH_TEXT_MAX);
	check(&end, PUBLISH_TEXT_MAX + 1000);
	publish_review_body(&out, &w->d, 3);
	check(&out, PUBLISH_TEXT_MAX);
	publish_patch_section(&out, &w->d);
	check(&out, PUBLISH_TEXT_MAX);
	publish_withdrawal(&out, text, &w->s->r);
	check(&out, 2000);
	publish_groups(&w->s->r, &a, &groups);
	const struct publish_issue i = {.run = &w->s->r, .group = &groups[0], .seen = 1, .why_person = text};
	publish_issue_body(&out, &i);
	check(&out, PUBLISH_TEXT_MAX);
	publish_issue_closing(&out, text, text, CLOCK_UNKNOWN);
	check(&out, 2000);
	publish_commit_comment(&out, &w->s->r);
	check(&out, PUBLISH_TEXT_MAX);
	publish_explanation(&out, &w->s->r);
	check(&out, PUBLISH_TEXT_MAX);
	publish_answer(&out, text, text);
	check(&out, 2000);
}

static void check_plain(struct buf *out)
{
	assert_printable(buf_view(out));
	assert_no_secret(buf_view(out));
	assert_null(strchr(buf_text(out), '@') ? strstr(buf_text(out), "@octocat") : NULL);
	buf_clear(out);
}

static void test_hostile_texts(void **state)
{
	struct words w;
	BUF_AUTO text = buf_new(BUF_PAGE), out = buf_new(BUF_PAGE);
	const struct publish_group *groups;
	ARENA_AUTO a = {0};
	(void)state;
	buf_addf(&text, "%s %s", HOSTILE, secret());
	words_start(&w, 3, buf_text(&text));
	w.s->r.branch = w.s->r.url = w.s->r.repository = buf_text(&text);
	check_all(&w, buf_text(&text));
	publish_pull_title(&out, &w.d, buf_text(&text));
	assert_in_range(out.n, 1, PUBLISH_TITLE_MAX);
	assert_null(strchr(buf_text(&out), '\n'));
	check_plain(&out);
	publish_groups(&w.s->r, &a, &groups);
	publish_issue_title(&out, &(struct publish_issue){.run = &w.s->r, .group = &groups[0]});
	assert_in_range(out.n, 1, PUBLISH_TITLE_MAX);
	check_plain(&out);
	publish_revert_message(&out, SHA, buf_text(&text), buf_text(&text), SIGNATURE, "python/black");
	assert_printable(buf_view(&out));
	assert_no_secret(buf_view(&out));
	free(w.s);
}

static void test_long_texts_and_many_offers(void **state)
{
	struct words w;
	BUF_AUTO text = buf_new(BUF_PAGE);
	(void)state;
	for (size_t i = 0; i < 3000; i++)
		buf_add_text(&text, "```\n<x> | ");
	words_start(&w, OFFERS, buf_text(&text));
	check_all(&w, buf_text(&text));
	free(w.s);
	words_start(&w, 0, "nothing");
	BUF_AUTO out = buf_new(BUF_PAGE);
	publish_pull_body(&out, &w.d);
	publish_pull_title(&out, &w.d, NULL);
	publish_patch_section(&out, &w.d);
	assert_false(out.full);
	free(w.s);
}

static void test_the_first_line_says_what_to_press(void **state)
{
	struct words w;
	BUF_AUTO out = buf_new(BUF_PAGE);
	struct view rest, line = {0};
	(void)state;
	words_start(&w, 1, "text");
	w.d.waits = true;
	publish_pull_body(&out, &w.d);
	rest = buf_view(&out);
	assert_true(view_next(&rest, '\n', &line) && view_starts(line, PUBLISH_PULL_MARKER));
	while (view_next(&rest, '\n', &line) && !line.n)
		;
	assert_true(view_has(line, "press **Approve workflows to run**"));
	buf_clear(&out);
	w.d.waits = false;
	publish_pull_body(&out, &w.d);
	assert_has_not(&out, "Approve workflows");
	assert_has(&out, "`runmedic: off`");
	assert_has(&out, "`/runmedic ignore`");
	assert_has(&out, "Close this pull request");
	free(w.s);
}

static void test_titles(void **state)
{
	struct words w;
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	words_start(&w, 1, "format a.py");
	publish_pull_title(&out, &w.d, NULL);
	assert_string_equal(buf_text(&out), "format a.py");
	buf_clear(&out);
	publish_pull_title(&out, &w.d, "[ci] {summary} ({fixer})");
	assert_string_equal(buf_text(&out), "[ci] format a.py (python/black)");
	buf_clear(&out);
	w.d.conventional = true;
	finding_of(w.s, 0)->category = CATEGORY_DEPENDENCY;
	publish_pull_title(&out, &w.d, NULL);
	assert_string_equal(buf_text(&out), "fix(deps): format a.py");
	free(w.s);
}

static void test_a_body_is_read_again(void **state)
{
	struct words w;
	struct publish_pull_facts facts;
	BUF_AUTO out = buf_new(BUF_PAGE), end = buf_new(BUF_PAGE), again = buf_new(BUF_PAGE);
	(void)state;
	words_start(&w, 3, "text");
	w.fixes[1].fixer = "js/prettier";
	publish_pull_body(&out, &w.d);
	assert_true(publish_pull_read(&facts, buf_view(&out)));
	assert_true(view_is(facts.signature, SIGNATURE));
	assert_true(view_is(facts.base, SHA));
	assert_true(view_is(facts.run, "77"));
	assert_int_equal(facts.fixer_count, 2);
	assert_true(view_is(facts.fixers[0], "python/black") && view_is(facts.fixers[1], "js/prettier"));
	assert_false(facts.withdrawn);
	assert_true(publish_pull_withdrawn(&end, buf_view(&out), "it stayed red"));
	assert_true(publish_pull_read(&facts, buf_view(&end)));
	assert_true(facts.withdrawn && view_is(facts.run, "77") && facts.fixer_count == 2);
	assert_has(&end, "**Withdrawn:** it stayed red.");
	assert_true(publish_pull_withdrawn(&again, buf_view(&end), "it stayed red"));
	assert_string_equal(buf_text(&again), buf_text(&end));
	free(w.s);
}

static void test_bodies_of_others_are_not_read(void **state)
{
	static const char *const others[] = {"", "text", "<!-- runmedic:fix -->", "<!-- runmedic:fix run=7",
		"text\n<!-- runmedic:fix signature=1:00 base=00 run=7 fixers=a -->",
		"<!-- runmedic:fix signature=2:xx base=00 run=7 fixers=a -->",
		"<!-- runmedic:fix signature=1:00 base=<b> run=7 fixers=a -->",
		"<!-- runmedic:fix signature=1:00 base=00 run=x fixers=a -->",
		"<!-- runmedic:fix signature=1:00 base=00 run=7 fixers=a,b,c,d,e,f,g,h,i -->",
		"<!-- runmedic:fix signature=1:00 base=00 run=7 fixers=a;rm -->",
		"<!-- runmedic:0011223344556677 run=7 attempt=1 -->"};
	struct publish_pull_facts facts;
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		assert_false(publish_pull_read(&facts, view_of(others[i])));
		assert_int_equal(facts.fixer_count, 0);
		assert_false(publish_pull_withdrawn(&out, view_of(others[i]), "x"));
	}
	assert_true(publish_pull_read(
		&facts, view_of("<!-- runmedic:fix signature=- base=00 run=7 fixers= -->\r\n\r\ntext\r\n")));
	assert_int_equal(facts.signature.n, 0);
}

static void section(struct words *w, struct buf *out)
{
	buf_clear(out);
	publish_patch_section(out, &w->d);
}

static void test_the_command_that_applies_a_patch(void **state)
{
	struct words w;
	BUF_AUTO out = buf_new(BUF_PAGE), large = buf_new(BUF_PAGE);
	(void)state;
	words_start(&w, 1, "text");
	section(&w, &out);
	assert_has(&out, "\n```sh\ngh pr checkout 5 && git apply <<'END_OF_PATCH'\n" DIFF "END_OF_PATCH\n```\n");
	w.s->r.pull = 0;
	section(&w, &out);
	assert_has(&out, "\n```sh\ngit apply <<'END_OF_PATCH'\n");
	/* what cannot be copied is fetched from where it is */
	static const char *const others[] = {
		"+a\r\n", "+a\x1b[0m\n", "END_OF_PATCH\nrm -r .\n", "+a", "+\xe2\x80\xae\n", "+\xff\n", NULL};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		w.d.patch = others[i];
		section(&w, &out);
		assert_has_not(&out, "git apply <<");
		assert_has(&out, "runmedic heal --run 77 --repository acme/app --apply");
	}
	while (large.n <= PUBLISH_PATCH_MAX)
		buf_add_text(&large, "+a line of a file\n");
	w.d.patch = buf_text(&large);
	w.s->r.delivery.artifact = "runmedic-patch";
	w.s->r.delivery.patch_file = "runmedic.patch";
	w.s->r.delivery.artifact_run = 78;
	section(&w, &out);
	assert_has(&out, "gh run download 78 --repo acme/app --name runmedic-patch && git apply runmedic.patch");
	assert_has_not(&out, "git apply <<");
	free(w.s);
}

static void test_a_long_patch_is_folded(void **state)
{
	struct words w;
	BUF_AUTO out = buf_new(BUF_PAGE), patch = buf_new(BUF_PAGE);
	(void)state;
	words_start(&w, 1, "text");
	for (int i = 0; i < 100; i++)
		buf_add_text(&patch, "+```\n");
	w.d.patch = buf_text(&patch);
	section(&w, &out);
	assert_has(&out, "<details><summary>The command, with the patch of 100 lines in it</summary>\n\n````sh\n");
	assert_balanced(buf_view(&out));
	free(w.s);
}

/* What changed in the delivery is news; what did not is none. */
static void test_the_comment_is_written_anew_for_news_only(void **state)
{
	struct words w;
	BUF_AUTO first = buf_new(BUF_PAGE), second = buf_new(BUF_PAGE);
	(void)state;
	words_start(&w, 1, "text");
	struct publish_delivery *d = &w.s->r.delivery;
	const struct publish_delivery none = {.decision = DECISION_HEAL},
				      news[] = {{.decision = DECISION_HEAL, .way = DELIVERY_PATCH, .patch = DIFF},
					      {.decision = DECISION_HEAL, .way = DELIVERY_SUGGEST, .suggestions = 2},
					      {.decision = DECISION_HEAL, .way = DELIVERY_PULL, .pull = 12},
					      {.decision = DECISION_HEAL,
						      .way = DELIVERY_PULL,
						      .pull = 12,
						      .pull_waits = true},
					      {.decision = DECISION_HEAL, .way = DELIVERY_BRANCH, .commit = SHA},
					      {.decision = DECISION_HEAL, .withdrawn = "it stayed red"},
					      {.decision = DECISION_HEAL, .ignored = "as was asked"},
					      {.decision = DECISION_HEAL, .rerun = true, .rerun_count = 1}};
	for (size_t i = 0; i < sizeof news / sizeof *news; i++) {
		buf_clear(&first);
		buf_clear(&second);
		*d = none;
		publish_comment(&first, &w.s->r);
		*d = news[i];
		publish_comment(&second, &w.s->r);
		assert_int_equal(publish_comment_compare(buf_view(&first), buf_view(&second)), PUBLISH_STICKY_STALE);
		buf_clear(&first);
		w.s->r.attempt++;
		d->rerun_max = 9;
		publish_comment(&first, &w.s->r);
		assert_int_equal(publish_comment_compare(buf_view(&second), buf_view(&first)), PUBLISH_STICKY_SAME);
	}
	free(w.s);
}

static void says(const struct publish_delivery *d, const char *want)
{
	struct words w;
	BUF_AUTO out = buf_new(BUF_PAGE);
	struct view rest, line;
	words_start(&w, 1, "text");
	give_fix(w.s, DIFF);
	w.s->r.delivery = *d;
	publish_comment(&out, &w.s->r);
	rest = buf_view(&out);
	for (int i = 0; i < 3; i++)
		assert_true(view_next(&rest, '\n', &line));
	if (!view_has(line, want))
		fail_msg("no \"%s\" in %.*s", want, VIEW_ARG(line));
	free(w.s);
}

static void test_the_first_line_says_what_was_done(void **state)
{
	(void)state;
	says(&(struct publish_delivery){.way = DELIVERY_PATCH, .patch = DIFF}, "A fix is ready to apply");
	says(&(struct publish_delivery){.way = DELIVERY_SUGGEST, .suggestions = 1}, "Fix suggested in the review.");
	says(&(struct publish_delivery){.way = DELIVERY_SUGGEST, .suggestions = 1, .patch = DIFF},
		", the rest as a patch");
	says(&(struct publish_delivery){.way = DELIVERY_PULL, .pull = 12, .pull_waits = true},
		"Fix proposed in #12 (press Approve workflows to run there)");
	says(&(struct publish_delivery){.way = DELIVERY_BRANCH, .commit = SHA}, "Fix pushed as");
	says(&(struct publish_delivery){.pull = 12, .withdrawn = "it stayed red"},
		"Our fix was withdrawn: it stayed red");
	says(&(struct publish_delivery){.ignored = "until March"}, "Left alone, as was asked: until March");
}

static void test_markers(void **state)
{
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	publish_issue_marker(&out, SIGNATURE);
	assert_string_equal(buf_text(&out),
		PUBLISH_ISSUE_MARKER "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff -->");
	buf_clear(&out);
	publish_issue_marker(&out, "1:--> <b>");
	assert_int_equal(out.n, strlen(PUBLISH_ISSUE_MARKER) + 64 + 4);
}

static void test_a_revert_has_no_trailers_but_its_own(void **state)
{
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	publish_revert_message(&out, SHA, "a\n\nRunmedic-Fixer: other",
		"b\n\nCo-authored-by: x <x@y.example> [skip ci]", SIGNATURE, "python/black");
	assert_string_equal(buf_text(&out),
		"Revert \"a Runmedic-Fixer: other\"\n\nThis reverts commit " SHA
		".\n\nWhy: b Co-authored-by: x <x@" ZERO_WIDTH "y.example> (skip ci)\n\nRunmedic-Signature: " SIGNATURE
		"\nRunmedic-Fixer: python/black\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_long_texts_and_many_offers),
		cmocka_unit_test(test_the_first_line_says_what_to_press),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_a_body_is_read_again),
		cmocka_unit_test(test_bodies_of_others_are_not_read),
		cmocka_unit_test(test_the_command_that_applies_a_patch),
		cmocka_unit_test(test_a_long_patch_is_folded),
		cmocka_unit_test(test_the_comment_is_written_anew_for_news_only),
		cmocka_unit_test(test_the_first_line_says_what_was_done),
		cmocka_unit_test(test_markers),
		cmocka_unit_test(test_a_revert_has_no_trailers_but_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
