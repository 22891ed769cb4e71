/* What must hold for every rule of the catalogue, whatever it says. */
#include "base/buf.h"
#include "rules/literals.h"
#include "rules/matcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glob.h>
#include <string.h>

static void is_sorted_by_id(void **state)
{
	(void)state;
	for (size_t i = 1; i < rule_catalogue_count; i++)
		assert_true(strcmp(rule_catalogue[i - 1].id, rule_catalogue[i].id) < 0);
}

static void note(void *context, const struct rule_hit *hit, struct view line)
{
	const struct rule **wanted = context;

	(void)line;
	if (hit->rule == *wanted)
		*wanted = NULL;
}

/* Does a scan of this line alone, marked as the rule wants it, report the rule? */
static bool scan_finds(struct matcher *m, const struct rule *rule, const char *text)
{
	struct log_line line = {.number = 1, .length = (uint32_t)strlen(text)};
	const struct rule *wanted = rule;
	struct log_block block;
	char copy[RULE_TEXT_MAX + 2];

	memcpy(copy, text, line.length);
	copy[line.length] = '\n';
	if (rule->mark)
		line.mark = (uint8_t)rule_mark(rule);
	block = (struct log_block){view_make(copy, (size_t)line.length + 1), &line, 1};
	matcher_scan(m, &block, note, &wanted);
	return wanted == NULL;
}

static void hits_are_found_and_misses_are_not(void **state)
{
	struct matcher *m = matcher_new(NULL);

	(void)state;
	for (size_t i = 0; i < rule_catalogue_count; i++) {
		const struct rule *r = &rule_catalogue[i];

		assert_true(r->hit_count > 0 && r->miss_count > 0);
		for (size_t j = 0; j < r->hit_count; j++) {
			if (!literals_in(r->literals, r->literal_count, r->nocase, view_of(r->hits[j])))
				fail_msg("%s: no literal in: %s", r->id, r->hits[j]);
			if (!matcher_match(m, r, view_of(r->hits[j]), NULL) || !scan_finds(m, r, r->hits[j]))
				fail_msg("%s misses: %s", r->id, r->hits[j]);
		}
		for (size_t j = 0; j < r->miss_count; j++)
			if (matcher_match(m, r, view_of(r->misses[j]), NULL) || scan_finds(m, r, r->misses[j]))
				fail_msg("%s hits: %s", r->id, r->misses[j]);
	}
	matcher_free(m);
}

/* A hostile line made of what the rules look for must not run into the limits often enough to cost time. */
static void no_rule_is_slow_on_what_it_looks_for(void **state)
{
	struct matcher *m = matcher_new(NULL);
	char line[MATCHER_LINE_MAX];

	(void)state;
	for (size_t i = 0; i < rule_catalogue_count; i++) {
		const struct rule *r = &rule_catalogue[i];
		uint64_t before = matcher_counts(m).limits_hit;

		for (size_t j = 0; j < r->hit_count; j++) {
			size_t n = strlen(r->hits[j]);

			for (size_t at = 0; at < sizeof(line); at++)
				line[at] = n ? r->hits[j][at % n] : ' ';
			matcher_match(m, r, view_make(line, sizeof(line)), NULL);
		}
		if (matcher_counts(m).limits_hit > before)
			print_message("%s: its pattern gives up on long lines\n", r->id);
	}
	assert_true(matcher_counts(m).limits_hit < PATTERN_PATIENCE);
	matcher_free(m);
}

static void write_hit(void *context, const struct rule_hit *hit, struct view line)
{
	(void)line;
	buf_addf(context, "%u %s\n", hit->line, hit->rule->id);
}

static void try_every_rule(struct matcher *m, const struct log_line *l, struct view line, struct buf *ret)
{
	for (size_t i = 0; i < rule_catalogue_count; i++) {
		const struct rule *r = &rule_catalogue[i];

		if ((rule_mark(r) < 0 || rule_mark(r) == l->mark) && matcher_match(m, r, line, NULL))
			buf_addf(ret, "%u %s\n", l->number, r->id);
	}
}

static void compare_on(struct matcher *m, const char *path)
{
	BUF_AUTO fast = buf_new(BUF_FILE), slow = buf_new(BUF_FILE);
	struct log_block block;
	struct log *log;
	struct err e = {0};
	int rc;

	if (log_open(&log, path, &e))
		fail_msg("%s: %s", path, e.text);
	while ((rc = log_next(log, &block, &e)) == 1) {
		buf_clear(&fast);
		buf_clear(&slow);
		matcher_scan(m, &block, write_hit, &fast);
		for (size_t i = 0; i < block.count; i++)
			if ((block.lines[i].flags & LOG_ECHO) == 0)
				try_every_rule(m, &block.lines[i], log_block_line(&block, i), &slow);
		if (!view_eq(buf_view(&fast), buf_view(&slow)))
			fail_msg("%s\nscan:\n%severy rule:\n%s", path, buf_text(&fast), buf_text(&slow));
	}
	assert_int_equal(rc, 0);
	log_close(log);
}

/* On real logs: literals that are named by hand may be wrong, too. */
static void a_scan_finds_what_every_pattern_on_every_line_finds(void **state)
{
	struct matcher *m;
	glob_t logs;

	(void)state;
	if (glob("tests/fixtures/logs/*/*.log", 0, NULL, &logs))
		skip();
	m = matcher_new(NULL);
	for (size_t i = 0; i < logs.gl_pathc; i++)
		compare_on(m, logs.gl_pathv[i]);
	matcher_free(m);
	globfree(&logs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_sorted_by_id),
		cmocka_unit_test(hits_are_found_and_misses_are_not),
		cmocka_unit_test(no_rule_is_slow_on_what_it_looks_for),
		cmocka_unit_test(a_scan_finds_what_every_pattern_on_every_line_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
