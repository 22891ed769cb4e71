#include "publish_testing.h"

#define ZWSP "\xe2\x80\x8b"

static void text(const char *in, const char *expected)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	markdown_text(&out, view_of(in));
	assert_string_equal(buf_text(&out), expected);
}

static void test_text_is_no_markup(void **state)
{
	(void)state;
	text("plain words, 12.5 %; a-b", "plain words, 12.5 %; a-b");
	text("**b** _i_ `c` ~s~", "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~s\\~");
	text("![a](b)", "\\!\\[a\\]\\(b\\)");
	text("a|b", "a\\|b");
	text("$x$ {{y}} \\", "\\$x\\$ \\{\\{y\\}\\} \\\\");
	text("", "");
}

static void test_text_is_no_html(void **state)
{
	(void)state;
	text("<b>&amp;", "&lt;b&gt;&amp;amp;");
	text("<!-- x -->", "&lt;\\!-- x --&gt;");
}

static void test_text_mentions_and_links_nobody(void **state)
{
	(void)state;
	text("@octocat", "@" ZWSP "octocat");
	text("o/r#12", "o/r#" ZWSP "12");
	text("GH-12 gh-12 FOOGH-1", "GH" ZWSP "-12 gh" ZWSP "-12 FOOGH-1");
	text("https://x.example", "https:" ZWSP "//x.example");
	text("www.x.example WWW.x", "www" ZWSP ".x.example WWW" ZWSP ".x");
	text("4dfdd38902f094446d620ac55b3ec7dc1eaac169",
		"4dfdd3" ZWSP "8902f0" ZWSP "94446d" ZWSP "620ac5" ZWSP "5b3ec7" ZWSP "dc1eaa" ZWSP "c169");
	text("a 4dfdd38", "a 4dfdd3" ZWSP "8");
	text("a4dfdd38", "a4dfdd" ZWSP "38");
	text("1234567 defaced x4dfdd38 4dfdd", "1234567 defaced x4dfdd38 4dfdd");
}

static void test_text_is_one_line(void **state)
{
	(void)state;
	text("a\n# b\r\n- c\rd", "a #" ZWSP " b - c\\\\x0dd");
}

static void test_text_is_redacted_and_visible(void **state)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	markdown_text(&out, view_of(secret()));
	assert_no_secret(buf_view(&out));
	text("a\x1b[31mb\x07", "a\\\\x1b\\[31mb\\\\x07");
	text("\xe2\x80\xae", "&lt;U+202E&gt;");
	text("\xff", "\xef\xbf\xbd");
}

static void code(const char *in, const char *expected)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	markdown_code(&out, view_of(in));
	assert_string_equal(buf_text(&out), expected);
}

static void test_code_cannot_be_left(void **state)
{
	(void)state;
	code("a b", "`a b`");
	code("a`b", "`` a`b ``");
	code("``", "``` `` ```");
	code("a\n\n# b", "`a  # b`");
	code("", "` `");
	code("<b>@x", "`<b>@x`");
}

static void block(const char *in, const char *expected)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	markdown_block(&out, "text", view_of(in));
	assert_string_equal(buf_text(&out), expected);
}

static void test_a_block_cannot_be_left(void **state)
{
	(void)state;
	block("a\nb", "```text\na\nb\n```\n");
	block("a\nb\n", "```text\na\nb\n```\n");
	block("", "```text\n```\n");
	block("```\n# x", "````text\n```\n# x\n````\n");
	block("`````", "``````text\n`````\n``````\n");
	block("~~~\n</details>", "```text\n~~~\n</details>\n```\n");
	block("a\r\nb\r\n", "```text\na\nb\n```\n");
}

/* The number of lines that a Markdown reader would take for the start or end of a fenced block of n ticks. */
static void test_the_fence_is_longer_than_any_inside(void **state)
{
	(void)state;
	for (size_t n = 0; n < 40; n++) {
		BUF_AUTO in = buf_new(BUF_PAGE);
		BUF_AUTO out = buf_new(BUF_PAGE);
		size_t fence = 0;

		for (size_t i = 0; i < n; i++)
			buf_add_char(&in, '`');
		markdown_block(&out, "", buf_view(&in));
		while (fence < out.n && out.p[fence] == '`')
			fence++;
		assert_true(fence >= 3 && fence > n);
	}
}

static void test_a_key_of_several_lines_is_redacted_as_one(void **state)
{
	BUF_AUTO in = buf_new(BUF_PAGE);
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	buf_addf(&in, "a\n-----BEGIN RSA %s KEY-----\nqwertyuiop\nasdf\n-----END RSA %s KEY-----\nz\n", "PRIVATE",
		"PRIVATE");
	markdown_block(&out, "text", buf_view(&in));
	assert_false(view_has(buf_view(&out), "qwertyuiop"));
	assert_false(view_has(buf_view(&out), "asdf"));
	assert_true(view_has(buf_view(&out), "z\n"));
}

static void test_all_is_valid_whatever_comes(void **state)
{
	BUF_AUTO in = buf_new(BUF_PAGE);
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_add_char(&in, (char)(i * 31 + i / 7));
	markdown_text(&out, buf_view(&in));
	markdown_code(&out, buf_view(&in));
	markdown_block(&out, "", buf_view(&in));
	assert_printable(buf_view(&out));
}

/* ---- the page of an analysis ------------------------------------------------------------------- */

static void render(struct buf *out, const struct diagnosis *d)
{
	*out = buf_new(BUF_PAGE);
	publish_analysis_markdown(out, d);
}

#define assert_has(out, text) assert_true(view_has(buf_view(out), text))

static void test_an_analysis(void **state)
{
	struct sample s;
	BUF_AUTO out = {0};

	(void)state;
	sample_fill(&s, "src/a.c");
	s.findings[0].title = "it broke";
	render(&out, &s.d);
	assert_has(&out, "**it broke** at `src/a.c:7`\n");
	assert_has(&out, "```text\n      11 | src/a.c\n>     12 | src/a.c\n");
	assert_has(&out, "- **Category:** build, 90 % sure (`own/one`)");
	assert_has(&out, "- **Tests:** 5 passed, 12 failed, 1 skipped");
	assert_has(&out, "  - and 2 more");
	assert_has(&out, "<details><summary>1 more</summary>");
	buf_done(&out);
	render(&out, &(struct diagnosis){.source = {"a`b", 1, 1}});
	assert_string_equal(buf_text(&out), "**No failure found** in `` a`b ``\n");
}

/* The page without its code blocks and code spans, in which nothing is markup. */
static void strip_code(struct buf *out, struct view page)
{
	struct view line;
	bool fenced = false;

	*out = buf_new(BUF_PAGE);
	while (view_next(&page, '\n', &line)) {
		if (view_starts(line, "```"))
			fenced = !fenced;
		for (size_t i = 0; !fenced && i < line.n;) {
			size_t ticks = 0, shut;
			char fence[64] = {0};

			while (i + ticks < line.n && line.p[i + ticks] == '`' && ticks < sizeof fence - 1 &&
				(i == 0 || line.p[i - 1] != '\\'))
				fence[ticks++] = '`';
			shut = ticks ? view_find(view_from(line, i + ticks), fence) : VIEW_NONE;
			if (shut != VIEW_NONE)
				i += ticks + shut + ticks;
			else
				buf_add_char(out, line.p[i++]);
		}
		buf_add_char(out, '\n');
	}
}

static void test_an_analysis_cannot_be_broken_out_of(void **state)
{
	struct sample s;
	BUF_AUTO out = {0};
	BUF_AUTO prose = {0};

	(void)state;
	sample_fill(&s, HOSTILE "\n# forged\n</details><script>");
	for (size_t i = 0; i < 3; i++)
		s.lines[i].text = HOSTILE;
	render(&out, &s.d);
	assert_printable(buf_view(&out));
	strip_code(&prose, buf_view(&out));
	assert_false(view_has(buf_view(&prose), "<img"));
	assert_false(view_has(buf_view(&prose), "<script"));
	assert_false(view_has(buf_view(&prose), "@octocat"));
	assert_false(view_has(buf_view(&prose), "#12"));
	assert_false(view_has(buf_view(&prose), "GH-34"));
	assert_false(view_has(buf_view(&prose), "www.evil"));
	assert_false(view_has(buf_view(&prose), "http://"));
	assert_false(view_has(buf_view(&prose), "](http"));
	assert_false(view_has(buf_view(&prose), "\n# forged"));
	sample_fill(&s, secret());
	buf_done(&out);
	render(&out, &s.d);
	assert_no_secret(buf_view(&out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_no_markup),
		cmocka_unit_test(test_text_is_no_html),
		cmocka_unit_test(test_text_mentions_and_links_nobody),
		cmocka_unit_test(test_text_is_one_line),
		cmocka_unit_test(test_text_is_redacted_and_visible),
		cmocka_unit_test(test_code_cannot_be_left),
		cmocka_unit_test(test_a_block_cannot_be_left),
		cmocka_unit_test(test_the_fence_is_longer_than_any_inside),
		cmocka_unit_test(test_a_key_of_several_lines_is_redacted_as_one),
		cmocka_unit_test(test_all_is_valid_whatever_comes),
		cmocka_unit_test(test_an_analysis),
		cmocka_unit_test(test_an_analysis_cannot_be_broken_out_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
