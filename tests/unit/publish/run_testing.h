/* What the tests of the bodies share: a run made by hand of jobs with one finding each, and what must hold of any
 * body. */
#ifndef RM_TESTS_RUN_TESTING_H
#define RM_TESTS_RUN_TESTING_H

#include "publish/bodies.h"
#include "publish_testing.h"

#include <stdlib.h>

#define SAMPLE_JOBS 300

struct sample_run {
	struct publish_run r;
	struct sample samples[SAMPLE_JOBS];
	struct publish_job jobs[SAMPLE_JOBS];
	char names[SAMPLE_JOBS][32];
	struct publish_heal heal;
	struct publish_fix fix;
};

/* n jobs that failed of one thing; every text of the log is `text`. free() it. */
static inline struct sample_run *sample_run(size_t n, const char *text)
{
	struct sample_run *s = calloc(1, sizeof *s);
	assert_non_null(s);
	for (size_t i = 0; i < n; i++) {
		sample_fill(&s->samples[i], text);
		s->samples[i].d.failed_test_count = 0;
		s->samples[i].d.finding_count = 1;
		snprintf(s->names[i], sizeof s->names[i], "test (3.%zu)", i);
		s->jobs[i] = (struct publish_job){.id = 1 + (int64_t)i,
			.name = s->names[i],
			.url = "https://github.com/acme/app/actions/runs/77/job/1",
			.conclusion = "failure",
			.diagnosis = &s->samples[i].d};
	}
	s->r = (struct publish_run){.server_url = "https://github.com",
		.repository = "acme/app",
		.workflow = "CI",
		.workflow_path = ".github/workflows/ci.yml",
		.id = 77,
		.attempt = 1,
		.url = "https://github.com/acme/app/actions/runs/77",
		.head_sha = "4dfdd38902f094446d620ac55b3ec7dc1eaac169",
		.branch = "topic",
		.event = "pull_request",
		.jobs = s->jobs,
		.job_count = n,
		.delivery = {.decision = DECISION_NONE}};
	return s;
}

static inline struct finding *finding_of(struct sample_run *s, size_t job)
{
	return &s->samples[job].findings[0];
}

static inline void give_signature(struct sample_run *s, size_t job, const char *signature)
{
	snprintf(finding_of(s, job)->signature, SIGNATURE_MAX, "%s", signature);
}

/* A planned fix with this diff, for the first job. */
static inline void give_fix(struct sample_run *s, const char *diff)
{
	s->fix = (struct publish_fix){.fixer = "python/black",
		.diff = diff,
		.summary = "format a.py",
		.reason = "black says so",
		.tier = TIER_HEAL,
		.status = FIX_PLANNED,
		.confidence = 0.97};
	s->heal = (struct publish_heal){.decision = DECISION_HEAL, .fixes = &s->fix, .fix_count = 1};
	s->jobs[0].heal = &s->heal;
}

/* Whatever is open is closed: fences of ticks by one as long, <details> by </details> outside of fences. */
static inline void assert_balanced(struct view page)
{
	struct view line;
	size_t fence = 0, open = 0;
	while (view_next(&page, '\n', &line)) {
		size_t n = 0;
		while (n < line.n && line.p[n] == '`')
			n++;
		if (!fence && n >= 3 && view_find_char(view_from(line, n), '`') == VIEW_NONE)
			fence = n;
		else if (fence && n >= fence && n == line.n)
			fence = 0;
		else if (!fence && view_starts(line, "<details>"))
			open++;
		else if (!fence && view_starts(line, "</details>"))
			assert_true(open-- > 0);
	}
	assert_int_equal(fence, 0);
	assert_int_equal(open, 0);
}

/* The page without its code blocks and code spans, in which nothing is markup. */
static inline void strip_code(struct buf *out, struct view page)
{
	struct view line;
	size_t fence = 0;
	while (view_next(&page, '\n', &line)) {
		size_t n = 0;
		while (n < line.n && line.p[n] == '`')
			n++;
		bool shut = fence && n >= fence && n == line.n;
		if (!fence && n >= 3 && view_find_char(view_from(line, n), '`') == VIEW_NONE)
			fence = n;
		for (size_t i = 0; !fence && i < line.n;) {
			size_t ticks = 0, end = VIEW_NONE;
			char mark[64] = {0};
			while (i + ticks < line.n && line.p[i + ticks] == '`' && ticks < sizeof mark - 1 &&
				(i == 0 || line.p[i - 1] != '\\'))
				mark[ticks++] = '`';
			if (ticks)
				end = view_find(view_from(line, i + ticks), mark);
			if (end != VIEW_NONE)
				i += ticks + end + ticks;
			else
				buf_add_char(out, line.p[i++]);
		}
		fence = shut ? 0 : fence;
		buf_add_char(out, '\n');
	}
}

/* Of a text that holds HOSTILE somewhere. */
static inline void assert_harmless(struct view page)
{
	static const char *const never[] = {"<img", "<script", "@octocat", "#12 ", "GH-34", "www.evil", "http://",
		"](http:", "<!-- forged", "\n# forged", "\n::error"};
	BUF_AUTO prose = buf_new(BUF_LARGE);
	assert_printable(page);
	strip_code(&prose, page);
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (view_has(buf_view(&prose), never[i]))
			fail_msg("\"%s\" stands in %s", never[i], buf_text(&prose));
}

#define assert_has(out, text)                                                                                          \
	do {                                                                                                           \
		if (!view_has(buf_view(out), text))                                                                    \
			fail_msg("no \"%s\" in: %s", text, buf_text(out));                                             \
	} while (0)
#define assert_has_not(out, text) assert_false(view_has(buf_view(out), text))

#endif
