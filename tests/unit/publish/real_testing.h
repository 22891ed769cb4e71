/* Runs of real logs, and bodies as they stand below golden/. BLESS=1 writes them anew. */
#ifndef RM_TESTS_REAL_TESTING_H
#define RM_TESTS_REAL_TESTING_H

#include "run_testing.h"

#include "base/file.h"

#define GOLDEN "tests/unit/publish/golden"
#define LOGS_MAX 16

struct real {
	struct matcher *matcher;
	struct publish_run r;
	struct publish_job jobs[LOGS_MAX];
	struct diagnosis diagnoses[LOGS_MAX];
	struct publish_heal heal;
	struct publish_fix fix;
};

static inline void read_log(struct real *x, const char *path, const char *name)
{
	struct err e = {0};
	struct log *l = NULL;
	size_t i = x->r.job_count;
	assert_true(i < LOGS_MAX);
	x->jobs[i] = (struct publish_job){.id = 100 + (int64_t)i,
		.name = name,
		.url = "https://github.com/acme/app/actions/runs/77/job/100",
		.conclusion = "failure",
		.trouble = "its log could not be read"};
	if (log_open(&l, path, &e) == 0 &&
		diagnose(&x->diagnoses[i], l, name, x->matcher,
			&(struct diagnose_options){.conclusion = CONCLUSION_FAILURE}, &e) == 0)
		x->jobs[i].diagnosis = &x->diagnoses[i];
	log_close(l);
	x->r.job_count++;
}

static inline struct real *real_new(void)
{
	struct real *x = calloc(1, sizeof *x);
	assert_non_null(x);
	x->matcher = matcher_new(NULL);
	x->r = (struct publish_run){.server_url = "https://github.com",
		.repository = "acme/app",
		.workflow = "CI",
		.workflow_path = ".github/workflows/ci.yml",
		.id = 77,
		.attempt = 1,
		.url = "https://github.com/acme/app/actions/runs/77",
		.head_sha = "4dfdd38902f094446d620ac55b3ec7dc1eaac169",
		.branch = "topic",
		.event = "pull_request",
		.pull = 5,
		.docs_url = "https://github.com/acme/runmedic",
		.jobs = x->jobs};
	return x;
}

static inline void real_free(struct real *x)
{
	for (size_t i = 0; i < x->r.job_count; i++)
		if (x->jobs[i].diagnosis)
			diagnosis_done(&x->diagnoses[i]);
	matcher_free(x->matcher);
	free(x);
}

static inline void same_as(const char *name, struct view got)
{
	char path[256];
	struct err e = {0};
	BUF_AUTO want = {0};
	snprintf(path, sizeof path, GOLDEN "/%s", name);
	if (getenv("BLESS")) {
		assert_int_equal(file_write_atomic(path, got, 0644, &e), 0);
		return;
	}
	if (file_read(path, BUF_FILE, &want, &e) < 0)
		fail_msg("%s", e.text);
	if (!view_eq(buf_view(&want), got))
		fail_msg("%s is another (BLESS=1 writes it anew):\n%.*s", path, VIEW_ARG(got));
}

/* Whatever else somebody may choose: names, diffs and reasons are `text` too. */
static inline void say_all(struct real *x, const char *text)
{
	x->fix = (struct publish_fix){.fixer = text,
		.summary = text,
		.reason = text,
		.diff = text,
		.proof_says = text,
		.tier = TIER_REVIEW,
		.status = FIX_PLANNED,
		.confidence = 0.5};
	x->heal = (struct publish_heal){.decision = DECISION_REVIEW, .fixes = &x->fix, .fix_count = 1};
	x->jobs[0].heal = &x->heal;
	x->jobs[0].known =
		(struct publish_known){.seen = 2, .red_branch = text, .red_since_sha = text, .last_fix = text};
	x->jobs[0].url = x->r.workflow = x->r.branch = x->r.head_sha = x->r.repository = text;
	x->r.delivery = (struct publish_delivery){.decision = DECISION_REVIEW, .reason = text, .artifact = text};
	x->r.notes = &x->r.workflow;
	x->r.note_count = 1;
}

#endif
