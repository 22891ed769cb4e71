#include "publish/publish.h"

#include "base/clock.h"
#include "publish/safe.h"

static cJSON *job_json(const struct diagnosis *d)
{
	cJSON *job = json_object();
	safe_add(job, "name", d->job.name);
	safe_add(job, "os", d->job.os);
	json_add_time(job, "started_at", d->job.started);
	json_add_time(job, "ended_at", d->job.ended);
	return job;
}

static cJSON *step_json(const struct diagnosis *d)
{
	if (!d->failed_step.known)
		return cJSON_CreateNull();
	cJSON *step = json_object();
	safe_add(step, "name", d->failed_step.name);
	safe_add(step, "command", d->failed_step.command);
	json_add_int_or_null(step, "exit_code", d->failed_step.exit_code);
	json_add_int(step, "first_line", d->failed_step.first_line);
	json_add_int(step, "last_line", d->failed_step.last_line);
	return step;
}

static cJSON *location_json(const struct location *l)
{
	if (!l->path)
		return cJSON_CreateNull();
	cJSON *j = json_object();
	safe_add(j, "path", l->path);
	json_add_int_or_null(j, "line", l->line ? (int64_t)l->line : -1);
	json_add_int_or_null(j, "column", l->column ? (int64_t)l->column : -1);
	return j;
}

static cJSON *remedies_json(const struct finding *f, enum tier (*remedy_tier)(const char *))
{
	cJSON *all = json_array();
	for (size_t i = 0; i < f->remedy_count; i++) {
		cJSON *one = json_object();
		json_add_text(one, "fixer", f->remedies[i]);
		json_add_text(one, "tier", tier_name(remedy_tier ? remedy_tier(f->remedies[i]) : TIER_REVIEW));
		json_append(all, one);
	}
	return all;
}

static cJSON *finding_json(const struct finding *f, enum tier (*remedy_tier)(const char *))
{
	cJSON *j = json_object();
	json_add_text(j, "rule", f->rule_id);
	json_add_text(j, "category", category_name(f->category));
	json_add_text(j, "severity", severity_name(f->severity));
	json_add_number(j, "confidence", f->confidence);
	safe_add(j, "title", f->title);
	safe_add(j, "message", f->message);
	json_add_int(j, "line", f->line);
	cJSON *excerpt = json_object();
	json_add_int(excerpt, "first", f->excerpt.first);
	json_add_int(excerpt, "last", f->excerpt.last);
	json_add(j, "excerpt", excerpt);
	json_add(j, "location", location_json(&f->location));
	json_add_text(j, "signature", f->signature[0] ? f->signature : NULL);
	json_add_bool(j, "transient", f->transient);
	json_add(j, "remedies", remedies_json(f, remedy_tier));
	safe_add(j, "why", f->why);
	safe_add(j, "hint", f->hint);
	return j;
}

static cJSON *tests_json(const struct diagnosis *d)
{
	cJSON *t = json_object();
	json_add_int_or_null(t, "passed", d->tests_known ? d->tests.passed : -1);
	json_add_int_or_null(t, "failed", d->tests_known ? d->tests.failed : -1);
	json_add_int_or_null(t, "skipped", d->tests_known ? d->tests.skipped : -1);
	json_add_int_or_null(t, "errors", d->tests_known ? d->tests.errors : -1);
	cJSON *ids = json_array();
	for (size_t i = 0; i < d->failed_test_count; i++)
		safe_append(ids, d->failed_tests[i].id);
	json_add(t, "failed_ids", ids);
	return t;
}

cJSON *publish_analysis_json(const struct diagnosis *d, enum tier (*remedy_tier)(const char *fixer))
{
	cJSON *j = json_object();
	json_add_text(j, "schema", "runmedic.analysis/1");
	cJSON *source = json_object();
	safe_add(source, "path", d->source.path);
	json_add_int(source, "bytes", (int64_t)d->source.bytes);
	json_add_int(source, "lines", d->source.lines);
	json_add(j, "source", source);
	json_add(j, "job", job_json(d));
	json_add_text(j, "conclusion", conclusion_name(d->conclusion));
	json_add(j, "failed_step", step_json(d));
	if (d->finding_count)
		json_add_int(j, "primary", 0);
	else
		json_add_null(j, "primary");
	cJSON *findings = json_array();
	for (size_t i = 0; i < d->finding_count; i++)
		json_append(findings, finding_json(&d->findings[i], remedy_tier));
	json_add(j, "findings", findings);
	json_add(j, "tests", tests_json(d));
	return j;
}
