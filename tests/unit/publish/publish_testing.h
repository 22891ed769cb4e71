/* What the tests of publish/ share: a diagnosis made by hand, and what must hold of any document. */
#ifndef RM_TESTS_PUBLISH_TESTING_H
#define RM_TESTS_PUBLISH_TESTING_H

#include "publish/publish.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* Put together at run time, so that no scanner takes it for a real one. */
static inline const char *secret(void)
{
	static char text[64];

	snprintf(text, sizeof text, "%s%s", "ghp_", "x8Kq2LmN4pRs6TuV8wYz1AbC3dEf5GhJ7kM9");
	return text;
}

/* Markup, mentions, references, links, HTML, control characters, invisible ones, broken UTF-8. */
#define HOSTILE                                                                                                        \
	"<img src=x onerror=alert(1)> @octocat #12 GH-34 **b** `c` [a](http://evil.example) | ``` "                    \
	"www.evil.example \x1b[31mred\x1b[0m \xff\xfe \xe2\x80\xae\xe2\x80\x8b \x07 \xc2\x9b"

struct sample {
	struct diagnosis d;
	struct finding findings[2];
	struct excerpt_line lines[3];
	struct test_failure failures[12];
	const char *remedies[2];
};

/* Every text of it is `text`. */
static inline void sample_fill(struct sample *s, const char *text)
{
	*s = (struct sample){.remedies = {"python/black", "python/isort"}};
	for (uint32_t i = 0; i < 3; i++)
		s->lines[i] = (struct excerpt_line){.number = 11 + i, .text = text};
	for (size_t i = 0; i < 12; i++)
		s->failures[i] = (struct test_failure){.id = text, .path = text, .message = text, .reader = "pytest"};
	s->findings[0] = (struct finding){.rule_id = "own/one",
		.tool = "own",
		.category = CATEGORY_BUILD,
		.severity = SEVERITY_ERROR,
		.rank = RANK_CAUSE,
		.confidence = 0.9,
		.title = text,
		.message = text,
		.why = text,
		.hint = text,
		.line = 12,
		.excerpt = {.first = 11, .last = 13, .lines = s->lines, .count = 3},
		.location = {.path = text, .line = 7, .column = 3},
		.signature = "1:0011",
		.remedies = s->remedies,
		.remedy_count = 2,
		.step = LOG_NO_STEP};
	s->findings[1] = s->findings[0];
	s->findings[1].rule_id = "own/two";
	s->findings[1].severity = SEVERITY_WARNING;
	s->findings[1].signature[0] = 0;
	s->findings[1].location = (struct location){0};
	s->findings[1].remedy_count = 0;
	s->findings[1].transient = true;
	s->d = (struct diagnosis){.source = {text, 100, 20},
		.job = {.name = text,
			.os = text,
			.image = text,
			.workspace = text,
			.started = CLOCK_UNKNOWN,
			.ended = CLOCK_UNKNOWN},
		.failed_step = {.known = true,
			.name = text,
			.command = text,
			.exit_code = 2,
			.first_line = 3,
			.last_line = 19},
		.failed = true,
		.conclusion = CONCLUSION_FAILURE,
		.findings = s->findings,
		.finding_count = 2,
		.tests_known = true,
		.tests = {5, 12, 1, 0},
		.failed_tests = s->failures,
		.failed_test_count = 12};
}

static inline void assert_utf8(struct view v)
{
	uint32_t code;

	for (size_t n; v.n; v = view_from(v, n)) {
		n = view_utf8(v, &code);
		if (!n)
			fail_msg("not UTF-8 at \"%.*s\"", (int)(v.n < 20 ? v.n : 20), v.p);
	}
}

/* No control characters but LF, tabs and, where it is coloured, our own colours. */
static inline void assert_printable(struct view v)
{
	uint32_t code;

	assert_utf8(v);
	for (size_t n; v.n; v = view_from(v, n)) {
		n = view_utf8(v, &code);
		assert_true(code >= 0x20 || code == '\n' || code == '\t');
		assert_false(code >= 0x7f && code <= 0x9f);
		assert_int_not_equal(code, 0x202e);
	}
}

static inline void assert_no_secret(struct view v)
{
	assert_false(view_has(v, "x8Kq2LmN4pRs6TuV8wYz"));
}

/* The document as text, which must be what a reader of JSON takes. */
static inline void print_checked(struct buf *out, const cJSON *j)
{
	struct err e = {0};
	JSON_AUTO *again = NULL;

	json_print(out, j);
	assert_utf8(buf_view(out));
	again = json_parse(buf_view(out), out->n, &e);
	if (!again)
		print_error("%s\n", e.text);
	assert_non_null(again);
	assert_true(cJSON_Compare(j, again, true));
}

static inline const cJSON *at(const cJSON *array, int i)
{
	const cJSON *item = cJSON_GetArrayItem(array, i);

	assert_non_null(item);
	return item;
}

#endif
