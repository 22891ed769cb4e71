#include "publish/publish.h"
#include "publish/report_more.h"

#include "publish/safe.h"

static void add_rate(cJSON *j, const char *name, double rate)
{
	if (rate < 0)
		json_add_null(j, name);
	else
		json_add_number(j, name, rate);
}

static cJSON *totals_json(const struct report *r)
{
	cJSON *j = json_object();
	json_add_int(j, "runs", r->runs);
	json_add_int(j, "failed_runs", r->failed_runs);
	json_add_int(j, "jobs", r->jobs);
	json_add_int(j, "failed_jobs", r->failed_jobs);
	json_add_int(j, "findings", r->findings);
	json_add_int(j, "unknown_findings", r->unknown_findings);
	json_add_int(j, "tests", r->tests);
	json_add_int(j, "failed_tests", r->failed_tests);
	add_rate(j, "failure_rate", r->failure_rate);
	add_rate(j, "failure_rate_before", r->failure_rate_before);
	add_rate(j, "mttr_s", r->mttr_us < 0 ? -1 : (double)r->mttr_us / (double)CLOCK_SECOND);
	json_add_int(j, "mttr_episodes", r->mttr_episodes);
	json_add_number(j, "minutes", r->minutes);
	json_add_number(j, "minutes_before", r->minutes_before);
	add_rate(j, "own_minutes", r->own_minutes);
	json_add_int(j, "reruns", r->reruns);
	json_add_int(j, "reruns_helped", r->reruns_helped);
	json_add_int(j, "red_episodes", r->red_episodes);
	json_add_int(j, "self_healed", r->self_healed);
	json_add_int(j, "fixes_good", r->repaired);
	json_add_int(j, "fixes_withdrawn", r->withdrawn);
	json_add_int(j, "fixes_reverted", r->reverted);
	json_add_int(j, "fixes_unwanted", r->closed);
	json_add_int(j, "only_ci", r->only_ci);
	return j;
}

static cJSON *failures_json(const struct report *r)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < r->failure_count; i++) {
		const struct report_failure *f = &r->failures[i];
		cJSON *j = json_object();
		json_add_text(j, "signature", f->signature);
		json_add_text(j, "rule", f->rule);
		safe_add(j, "title", f->title);
		safe_add(j, "path", f->path);
		json_add_text(j, "category", category_name(f->category));
		json_add_int(j, "count", f->count);
		json_add_int(j, "count_before", f->count_before);
		json_add_int(j, "branches", f->branches);
		json_add_int(j, "fixes_made", f->offered);
		json_add_int(j, "fixes_delivered", f->delivered);
		json_add_number(j, "lost_minutes", f->lost_minutes);
		safe_add(j, "excerpt", f->excerpt);
		json_add_bool(j, "transient", f->transient);
		json_add_time(j, "first_seen", f->first_seen);
		json_add_time(j, "last_seen", f->last_seen);
		json_append(all, j);
	}
	return all;
}

static cJSON *categories_json(const struct report *r)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < r->category_count; i++) {
		cJSON *j = json_object();
		json_add_text(j, "category", category_name(r->categories[i].category));
		json_add_int(j, "count", r->categories[i].count);
		json_add_int(j, "count_before", r->categories[i].count_before);
		json_add_number(j, "lost_minutes", r->categories[i].lost_minutes);
		json_append(all, j);
	}
	return all;
}

static cJSON *fixers_json(const struct report *r)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < r->fixer_count; i++) {
		const struct report_fixer *f = &r->fixers[i];
		cJSON *j = json_object();
		json_add_text(j, "fixer", f->fixer);
		json_add_int(j, "attempts", f->attempts);
		json_add_int(j, "applied", f->applied);
		json_add_int(j, "refused", f->refused);
		json_add_int(j, "failed", f->failed);
		json_add_int(j, "green", f->green);
		json_add_int(j, "red", f->red);
		add_rate(j, "success_low", f->success_low);
		json_append(all, j);
	}
	return all;
}

static cJSON *tests_json(const struct report *r)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < r->tests_failing_count; i++) {
		const struct report_test *t = &r->tests_failing[i];
		cJSON *j = json_object();
		safe_add(j, "id", t->id);
		json_add_int(j, "failures", t->failures);
		json_add_int(j, "runs", t->runs);
		json_add_bool(j, "same_commit_both", t->same_commit_both);
		json_append(all, j);
	}
	return all;
}

cJSON *publish_report_json(const struct report *r)
{
	cJSON *j = json_object();
	json_add_text(j, "schema", "runmedic.report/1");
	json_add_time(j, "from", r->from);
	json_add_time(j, "to", r->to);
	json_add_time(j, "generated", r->generated);
	json_add_text(j, "space", r->space);
	safe_add(j, "branch", r->branch);
	safe_add(j, "workflow", r->workflow);
	json_add(j, "totals", totals_json(r));
	json_add(j, "failures", failures_json(r));
	json_add(j, "categories", categories_json(r));
	json_add(j, "fixers", fixers_json(r));
	json_add(j, "tests", tests_json(r));
	publish_report_json_more(j, r);
	return j;
}
