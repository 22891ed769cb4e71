#include "base/buf.h"
#include "base/mem.h"
#include "rules/matcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* Each shape of literal: short and long, with and without the ends of the line, with and without letter case, shared.
 */
static const char rules_yaml[] =
	"- {id: t/alt, category: build, match: '(?:alpha|beta|gamma): \\d+'}\n"
	"- {id: t/at-end, category: build, match: ': no such thing$'}\n"
	"- {id: t/at-start, category: build, match: '^error: .+'}\n"
	"- {id: t/blank, category: build, match: '^ +--> '}\n"
	"- {id: t/both-ends, category: build, match: '^Killed$'}\n"
	"- {id: t/class, category: build, match: '[Ww]arning: \\S+'}\n"
	"- {id: t/explicit, category: build, match: '\\d+ (?:un)?happy|sad', literals: [happy, sad]}\n"
	"- {id: t/four, category: build, match: '\\.go:'}\n"
	"- {id: t/marked, category: build, mark: error, match: 'error: '}\n"
	"- {id: t/nocase, category: build, nocase: true, match: 'out of (?<symbol>memory|disk)'}\n"
	"- {id: t/nocase-short, category: build, nocase: true, match: 'oom'}\n"
	"- {id: t/not-if, category: build, match: 'failed', not_if: ['0 failed', '^ok']}\n"
	"- {id: t/same, category: build, match: 'error: .*:'}\n"
	"- {id: t/three, category: build, match: 'ld:'}\n"
	"- {id: t/three-at-end, category: build, match: 'ab$'}\n"
	"- {id: t/two-at-start, category: build, match: '^ab'}\n"
	"- {id: t/utf8, category: build, match: '✗ .é\\b'}\n";

/* What random lines are made of: whole and torn pieces of what the rules look for. */
static const char *const pieces[] = {"alpha: ", "beta: ", "gamma:", "1", "23 ", ": no such thing", ": no such",
	" thing", "error: ", "error", ":", " ", "  --> ", "-->", "Killed", "Kill", "ed", "Warning: ", "warning: x",
	"happy", "sad", "unhappy", "x.go:", ".go", "go:", "OUT of Memory", "out OF disk", "Out of", "oom", "OOM",
	"OoM ", "failed", "0 failed", "ok ", "ld:", "ld", "ab", "a", "b", "✗ xé", "✗ éé", "\xe2\x9c", "\xff", "é", "\t",
	"E", "r"};

struct fixture {
	struct arena arena;
	struct rule_list user;
	struct matcher *matcher;
};

static int set_up(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	struct err e = {0};

	if (rule_load(&f->user, view_of(rules_yaml), "t.yml", 1, true, &f->arena, &e))
		fail_msg("%s", e.text);
	f->matcher = matcher_new(&f->user);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	matcher_free(f->matcher);
	arena_done(&f->arena);
	free(f);
	return 0;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

struct block {
	struct buf text;
	struct log_line *lines;
	size_t count, cap;
};

static void block_done(struct block *b)
{
	buf_done(&b->text);
	free(b->lines);
}
#define BLOCK_AUTO __attribute__((cleanup(block_done))) struct block

static void block_add(struct block *b, struct view line, uint8_t mark, uint8_t flags)
{
	if (b->text.max == 0)
		b->text = buf_new(BUF_FILE);
	MEM_PUSH(b->lines, b->count, b->cap);
	b->lines[b->count] = (struct log_line){
		.number = (uint32_t)b->count + 1,
		.start = (uint32_t)b->text.n,
		.length = (uint32_t)line.n,
		.mark = mark,
		.flags = flags,
	};
	b->count++;
	buf_add_view(&b->text, line);
	buf_add_char(&b->text, '\n');
}

static void block_add_text(struct block *b, const char *line)
{
	block_add(b, view_of(line), LOG_TEXT, 0);
}

/* Hits of our rules, not of the catalogue's, as text: "LINE ID\n". */
static void note(void *context, const struct rule_hit *hit, struct view line)
{
	(void)line;
	if (view_starts(view_of(hit->rule->id), "t/"))
		buf_addf(context, "%u %s\n", hit->line, hit->rule->id);
}

static void scan(struct matcher *m, const struct block *b, struct buf *ret)
{
	struct log_block block = {.text = buf_view(&b->text), .lines = b->lines, .count = b->count};

	buf_clear(ret);
	matcher_scan(m, &block, note, ret);
}

/* Every rule on every line. */
static void scan_naively(struct matcher *m, const struct block *b, struct buf *ret)
{
	buf_clear(ret);
	for (size_t i = 0; i < b->count; i++) {
		struct view line = view_make(b->text.p + b->lines[i].start, b->lines[i].length);

		for (size_t r = 0; r < matcher_rule_count(m) && !(b->lines[i].flags & LOG_ECHO); r++) {
			const struct rule *rule = matcher_rule(m, r);

			if (view_starts(view_of(rule->id), "t/") &&
				(rule_mark(rule) < 0 || rule_mark(rule) == b->lines[i].mark) &&
				matcher_match(m, rule, line, NULL))
				buf_addf(ret, "%zu %s\n", i + 1, rule->id);
		}
	}
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void add_random_line(struct block *b, uint32_t *seed, const struct matcher *m)
{
	static const uint8_t marks[] = {LOG_TEXT, LOG_TEXT, LOG_TEXT, LOG_ERROR, LOG_WARNING};
	BUF_AUTO line = buf_new(BUF_LINE);

	for (uint32_t i = next_random(seed) % 7; i > 0; i--) {
		const struct rule *rule = matcher_rule(m, next_random(seed) % matcher_rule_count(m));

		if (rule->hit_count && next_random(seed) % 4 == 0)
			buf_add_text(&line, rule->hits[next_random(seed) % rule->hit_count]);
		else
			buf_add_text(&line, pieces[next_random(seed) % (sizeof(pieces) / sizeof(*pieces))]);
	}
	block_add(b, buf_view(&line), marks[next_random(seed) % 5], next_random(seed) % 50 == 0 ? LOG_ECHO : 0);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void finds_what_every_pattern_on_every_line_finds(void **state)
{
	struct fixture *f = *state;
	BUF_AUTO fast = buf_new(BUF_LARGE), slow = buf_new(BUF_LARGE);
	uint32_t seed = 20261118;
	size_t hits = 0;

	for (int i = 0; i < 400; i++) {
		BLOCK_AUTO b = {0};

		for (uint32_t n = next_random(&seed) % 40 + 1; n > 0; n--)
			add_random_line(&b, &seed, f->matcher);
		scan(f->matcher, &b, &fast);
		scan_naively(f->matcher, &b, &slow);
		assert_string_equal(buf_text(&fast), buf_text(&slow));
		hits += fast.n > 0;
	}
	assert_true(hits > 200);
}

/* The prefilter looks at every second byte: each literal must be found at each alignment. */
static void finds_literals_at_every_offset(void **state)
{
	struct fixture *f = *state;
	BUF_AUTO fast = buf_new(BUF_FILE), slow = buf_new(BUF_FILE);

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		for (int shift = 0; shift < 9; shift++) {
			BUF_AUTO line = buf_new(BUF_LINE);
			BLOCK_AUTO b = {0};

			for (int n = 0; n < shift; n++)
				buf_add_char(&line, '.');
			buf_addf(&line, "%s", pieces[i]);
			block_add_text(&b, pieces[i]);
			block_add_text(&b, buf_text(&line));
			block_add_text(&b, pieces[i]);
			scan(f->matcher, &b, &fast);
			scan_naively(f->matcher, &b, &slow);
			assert_string_equal(buf_text(&fast), buf_text(&slow));
		}
	}
}

/* The prefilter looks at a piece of the text at a time. */
static void finds_literals_across_pieces(void **state)
{
	struct fixture *f = *state;
	BUF_AUTO fast = buf_new(BUF_FILE), slow = buf_new(BUF_FILE);

	for (int shift = 0; shift < 24; shift++) {
		BUF_AUTO line = buf_new(BUF_LINE);
		BLOCK_AUTO b = {0};

		for (int n = 0; n < 4064 + shift; n++)
			buf_add_char(&line, '.');
		block_add_text(&b, buf_text(&line));
		block_add_text(&b, "Killed");
		block_add_text(&b, "x.go:1 Out OF disk: no such thing");
		scan(f->matcher, &b, &fast);
		scan_naively(f->matcher, &b, &slow);
		assert_string_equal(buf_text(&fast), buf_text(&slow));
	}
}

static void tags_lines_for_readers(void **state)
{
	struct fixture *f = *state;
	BUF_AUTO hits = buf_new(BUF_LINE);
	BLOCK_AUTO b = {0}, none = {0};
	const struct matcher_tag *tags;
	size_t n;

	block_add_text(&b, "nothing");
	block_add_text(&b, "a.py::test_x PASSED [ 10%]");
	block_add_text(&b, "");
	block_add_text(&b, "a.py::test_y FAILED [ 20%]");
	scan(f->matcher, &b, &hits);
	tags = matcher_tags(f->matcher, &n);
	assert_int_equal(n, 2);
	assert_int_equal(tags[0].line, 1);
	assert_int_equal(tags[1].line, 3);
	assert_true(tags[0].tags & tags[1].tags);
	block_add_text(&none, "nothing");
	scan(f->matcher, &none, &hits);
	matcher_tags(f->matcher, &n);
	assert_int_equal(n, 0);
}

static void reports_in_the_order_of_lines_and_ids(void **state)
{
	struct fixture *f = *state;
	BUF_AUTO hits = buf_new(BUF_LINE);
	BLOCK_AUTO b = {0};

	block_add_text(&b, "ab");
	block_add(&b, VIEW("error: a: b"), LOG_ERROR, 0);
	block_add_text(&b, "");
	block_add_text(&b, "Killed");
	scan(f->matcher, &b, &hits);
	assert_string_equal(buf_text(&hits),
		"1 t/three-at-end\n1 t/two-at-start\n2 t/at-start\n2 t/marked\n2 t/same\n4 t/both-ends\n");
}

static void hands_over_the_line(void *context, const struct rule_hit *hit, struct view line)
{
	bool *called = context;

	if (!view_starts(view_of(hit->rule->id), "t/"))
		return;
	assert_string_equal(hit->rule->id, "t/both-ends");
	assert_int_equal(hit->line, 77);
	assert_int_equal(hit->step, 5);
	assert_int_equal(hit->mark, LOG_WARNING);
	assert_true(view_is(line, "Killed"));
	*called = true;
}

static void tells_where_the_line_stands(void **state)
{
	struct fixture *f = *state;
	struct log_line line = {.number = 77, .step = 5, .length = 6, .mark = LOG_WARNING};
	struct log_block block = {VIEW("Killed\n"), &line, 1};
	bool called = false;

	matcher_scan(f->matcher, &block, hands_over_the_line, &called);
	assert_true(called);
}

static void skips_what_the_runner_echoes(void **state)
{
	struct fixture *f = *state;
	BUF_AUTO hits = buf_new(BUF_LINE);
	BLOCK_AUTO b = {0};

	block_add(&b, VIEW("Killed"), LOG_TEXT, LOG_ECHO);
	scan(f->matcher, &b, &hits);
	assert_string_equal(buf_text(&hits), "");
}

static void captures(void **state)
{
	struct fixture *f = *state;
	const struct rule *rule = matcher_find(f->matcher, "t/nocase");
	struct view line = VIEW("\xff OUT OF Memory");
	struct rule_captures c;

	assert_non_null(rule);
	assert_true(matcher_match(f->matcher, rule, line, &c));
	assert_true(view_is(c.group[GROUP_SYMBOL], "Memory"));
	assert_ptr_equal(c.group[GROUP_SYMBOL].p, line.p + 9);
	assert_null(c.group[GROUP_PATH].p);
	assert_false(matcher_match(f->matcher, rule, VIEW("out of reach"), &c));
	assert_true(
		matcher_pattern(f->matcher, "File (?<path>\\S+), line (?<line>\\d+)", VIEW("File a.py, line 3"), &c));
	assert_true(view_is(c.group[GROUP_PATH], "a.py"));
	assert_true(view_is(c.group[GROUP_LINE], "3"));
}

static void note_line(void *context, const struct rule_hit *hit, struct view line)
{
	struct rule_hit *wanted = context;

	(void)line;
	if (strcmp(hit->rule->id, wanted->rule->id) == 0)
		wanted->line = hit->line;
}

static void user_rules_replace_those_of_the_catalogue(void **state)
{
	static const struct log_line lines[] = {{.number = 1, .length = 9}, {.number = 2, .start = 10, .length = 9}};
	struct log_block block = {VIEW("only this\nonly that\n"), lines, 2};
	ARENA_AUTO arena = {0};
	BUF_AUTO yaml = buf_new(BUF_LINE);
	struct rule_hit wanted = {0};
	struct rule_list user;
	struct matcher *m;
	struct err e;

	(void)state;
	if (rule_catalogue_count == 0)
		skip();
	buf_addf(&yaml, "- {id: %s, category: infra, match: 'only that'}", rule_catalogue[0].id);
	assert_int_equal(rule_load(&user, buf_view(&yaml), "t.yml", 1, true, &arena, &e), 0);
	m = matcher_new(&user);
	assert_int_equal(matcher_rule_count(m), rule_catalogue_count);
	wanted.rule = matcher_find(m, rule_catalogue[0].id);
	assert_ptr_equal(wanted.rule, &user.rules[0]);
	matcher_scan(m, &block, note_line, &wanted);
	assert_int_equal(wanted.line, 2);
	assert_false(matcher_match(m, wanted.rule, view_of(rule_catalogue[0].hits[0]), NULL));
	matcher_free(m);
}

/* What the catalogue says of its own hits, it says no more. */
static void replaced_rules_are_silent(void **state)
{
	struct rule_hit wanted = {.rule = &rule_catalogue[0]};
	ARENA_AUTO arena = {0};
	BUF_AUTO yaml = buf_new(BUF_LINE);
	BLOCK_AUTO b = {0};
	struct log_block block;
	struct rule_list user;
	struct matcher *m;
	struct err e;

	(void)state;
	if (rule_catalogue_count == 0)
		skip();
	buf_addf(&yaml, "- {id: %s, category: infra, match: 'never printed'}", rule_catalogue[0].id);
	assert_int_equal(rule_load(&user, buf_view(&yaml), "t.yml", 1, true, &arena, &e), 0);
	block_add_text(&b, rule_catalogue[0].hits[0]);
	block = (struct log_block){buf_view(&b.text), b.lines, b.count};
	m = matcher_new(&user);
	matcher_scan(m, &block, note_line, &wanted);
	assert_int_equal(wanted.line, 0);
	matcher_free(m);
}

/* Only the head of a long line counts, and `$` does not match where it was cut. */
static void looks_at_the_head_of_long_lines(void **state)
{
	struct fixture *f = *state;
	BUF_AUTO line = buf_new(BUF_LINE), hits = buf_new(BUF_LINE);
	BLOCK_AUTO b = {0};

	while (line.n < MATCHER_LINE_MAX - strlen(": no such thing"))
		buf_add_char(&line, 'x');
	buf_add_text(&line, ": no such thing");
	assert_int_equal(line.n, MATCHER_LINE_MAX);
	block_add(&b, buf_view(&line), LOG_TEXT, 0);
	buf_add_text(&line, "..");
	block_add(&b, buf_view(&line), LOG_TEXT, 0);
	buf_add_text(&line, "alpha: 1");
	block_add(&b, buf_view(&line), LOG_TEXT, 0);
	scan(f->matcher, &b, &hits);
	assert_string_equal(buf_text(&hits), "1 t/at-end\n");
}

static void gives_up_on_catastrophes(void **state)
{
	static const char yaml[] = "- {id: t/nested, category: build, match: 'start(?:a+)+[xy]'}\n"
				   "- {id: t/cubic, category: build, match: 'start.*.*.*.*[xy]'}\n";
	ARENA_AUTO arena = {0};
	BUF_AUTO line = buf_new(BUF_LINE), hits = buf_new(BUF_LINE);
	BLOCK_AUTO b = {0};
	struct rule_list user;
	struct err e;
	struct matcher *m;
	struct matcher_counts counts;

	(void)state;
	assert_int_equal(rule_load(&user, view_of(yaml), "t.yml", 1, true, &arena, &e), 0);
	m = matcher_new(&user);
	buf_add_text(&line, "start");
	while (line.n < MATCHER_LINE_MAX)
		buf_add_char(&line, 'a');
	for (int i = 0; i < 500; i++)
		block_add(&b, buf_view(&line), LOG_TEXT, 0);
	block_add_text(&b, "startaay");
	scan(m, &b, &hits);
	counts = matcher_counts(m);
	assert_string_equal(buf_text(&hits), "501 t/cubic\n501 t/nested\n");
	assert_true(counts.candidates >= 1002);
	assert_true(counts.confirmed >= 2);
	assert_true(counts.limits_hit > 0);
	matcher_free(m);
}

static void an_empty_block_is_fine(void **state)
{
	struct fixture *f = *state;
	struct log_block block = {{NULL, 0}, NULL, 0};
	bool called = false;

	matcher_scan(f->matcher, &block, hands_over_the_line, &called);
	assert_false(called);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_every_pattern_on_every_line_finds),
		cmocka_unit_test(finds_literals_at_every_offset),
		cmocka_unit_test(finds_literals_across_pieces),
		cmocka_unit_test(tags_lines_for_readers),
		cmocka_unit_test(reports_in_the_order_of_lines_and_ids),
		cmocka_unit_test(tells_where_the_line_stands),
		cmocka_unit_test(skips_what_the_runner_echoes),
		cmocka_unit_test(captures),
		cmocka_unit_test(user_rules_replace_those_of_the_catalogue),
		cmocka_unit_test(replaced_rules_are_silent),
		cmocka_unit_test(looks_at_the_head_of_long_lines),
		cmocka_unit_test(gives_up_on_catastrophes),
		cmocka_unit_test(an_empty_block_is_fine),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
