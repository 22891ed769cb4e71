/* What GitHub answers: headers (a line each, up to an empty line), then a body that is a run, a job, or a refusal. Any
 * bytes give values within their ranges, and nothing of the headers can hold a line break. */
#include "github/internal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check_heard(const struct heard *h)
{
	assert(h->rate_limit >= -1 && h->rate_remaining >= -1 && h->rate_reset >= -1 && heard_wait_s(h) >= -1);
	assert(!memchr(buf_text(&h->next), '\n', h->next.n) && !memchr(buf_text(&h->etag), '\n', h->etag.n));
	for (unsigned tries = 1; tries < 7; tries++) {
		struct retry_facts f = {.read = true,
			.status = 429,
			.wait_s = heard_wait_s(h),
			.remaining = h->rate_remaining,
			.reset_in_s = h->rate_reset,
			.tries = tries,
			.patience_ms = GITHUB_PATIENCE_MS};
		struct retry r = retry_decide(&f);
		assert(r.ms >= 0 && r.ms <= 86402000 && (r.what != RETRY_WAIT || r.ms <= GITHUB_PATIENCE_MS));
	}
}

static void check_body(struct view body)
{
	struct err e;
	struct github_run run;
	struct github_job job;
	ARENA_AUTO a = {0};
	JSON_AUTO *j = json_parse(body, BUF_PAGE, &e);
	refusal_limit(body);
	if (!j)
		return;
	actions_run(j, &a, &run);
	actions_job(j, &a, &job);
	assert(run.id >= 0 && run.attempt >= 0 && run.pull >= 0 && job.id >= 0 && job.attempt >= 0);
	for (size_t i = 0; i < job.step_count; i++)
		assert(job.steps[i].number >= 0);
	github_job_is_red(&job);
}

static void check_refusal(struct view body, const struct heard *h)
{
	static struct github *g;
	struct err e = {0};
	if (!g && github_open(&g,
			  &(struct github_options){.token = "to"
							    "ken",
				  .repository = "a/b"},
			  &e) < 0)
		return;
	struct request r = {.method = "POST", .path = "/repos/{repo}/check-runs"};
	for (int status = 400; status < 600; status++) {
		struct github_answer answer = {.status = status,
			.json = json_parse(body, BUF_PAGE, &e),
			.accepted = h->accepted.n ? h->accepted.p : NULL};
		assert(refusal(g, &r, &answer, buf_view(&h->sso), &e) == -1);
		assert(e.code &&
			!strstr(e.text, "to"
					"ken\n") &&
			!strchr(e.text, 0x1b));
		cJSON_Delete(answer.json);
		status += status == 404 ? 5 : status == 410 ? 11 : status == 422 ? 80 : 0;
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct heard h;
	struct view rest = view_make((const char *)data, size), line;
	heard_init(&h);
	while (view_next(&rest, '\n', &line) && line.n)
		if (!heard_line(&h, line))
			break;
	check_heard(&h);
	check_body(rest);
	check_refusal(rest, &h);
	heard_done(&h);
	return 0;
}
