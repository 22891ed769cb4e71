#include "publish/report_more.h"
#include "publish/safe.h"

#include <math.h>

static void add_known(cJSON *j, const char *name, double value)
{
	if (isfinite(value))
		json_add_number(j, name, value);
	else
		json_add_null(j, name);
}

static const char *unit_name(enum report_unit u)
{
	static const char *const names[] = {"rate", "seconds", "count", "minutes"};
	return names[u];
}

static cJSON *health_json(const struct report *r)
{
	const char grade[] = {r->grade, 0};
	cJSON *j = json_object(), *kpis = json_array();
	json_add_text(j, "grade", r->grade ? grade : NULL);
	if (r->grade)
		json_add_number(j, "points", r->points);
	else
		json_add_null(j, "points");
	json_add_text(j, "formula", r->formula);
	for (size_t i = 0; i < r->kpi_count; i++) {
		const struct report_kpi *k = &r->kpis[i];
		cJSON *one = json_object();
		json_add_text(one, "id", k->id);
		json_add_text(one, "title", k->title);
		json_add_text(one, "unit", unit_name(k->unit));
		add_known(one, "value", k->value);
		add_known(one, "before", k->before);
		add_known(one, "target", k->target);
		json_add_bool(one, "met", k->met);
		json_append(kpis, one);
	}
	json_add(j, "kpis", kpis);
	return j;
}

static cJSON *lines_json(const struct report_line *lines, size_t n)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < n; i++) {
		cJSON *j = json_object();
		json_add_text(j, "id", lines[i].id);
		safe_add(j, "subject", lines[i].subject);
		json_add_text(j, "text", lines[i].text);
		json_append(all, j);
	}
	return all;
}

static cJSON *priorities_json(const struct report *r)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < r->priority_count; i++) {
		const struct report_priority *p = &r->priorities[i];
		cJSON *j = json_object();
		json_add_text(j, "category", category_name(p->category));
		json_add_int(j, "count", p->count);
		json_add_number(j, "lost_minutes", p->impact);
		json_add_int(j, "effort", p->effort);
		json_add_number(j, "priority", p->priority);
		json_append(all, j);
	}
	return all;
}

static cJSON *fixes_json(const struct report *r)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < r->fix_count; i++) {
		const struct report_fix *f = &r->fixes[i];
		cJSON *j = json_object();
		json_add_time(j, "at", f->at);
		json_add_text(j, "fixer", f->fixer);
		json_add_text(j, "signature", f->signature);
		safe_add(j, "title", f->title);
		safe_add(j, "branch", f->branch);
		json_add_text(j, "outcome", f->outcome);
		if (f->pull)
			json_add_int(j, "pull", f->pull);
		else
			json_add_null(j, "pull");
		json_append(all, j);
	}
	return all;
}

static cJSON *flaky_json(const struct report *r)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < r->flaky_count; i++) {
		const struct report_flaky *f = &r->flaky[i];
		cJSON *j = json_object();
		safe_add(j, "test", f->test);
		safe_add(j, "job", f->job);
		safe_add(j, "why", f->why);
		json_add_number(j, "score", f->score);
		json_add_int(j, "failures", f->failures);
		json_add_int(j, "runs", f->runs);
		json_add_number(j, "minutes", f->minutes);
		json_append(all, j);
	}
	return all;
}

static cJSON *days_json(const struct report *r)
{
	cJSON *all = json_array();
	char day[CLOCK_TEXT_MAX];
	for (size_t i = 0; i < r->day_count; i++) {
		cJSON *j = json_object();
		json_add_text(j, "day", clock_date(r->days[i].day, day));
		json_add_int(j, "runs", r->days[i].runs);
		json_add_int(j, "failed", r->days[i].failed);
		json_add_int(j, "jobs", r->days[i].jobs);
		json_add_number(j, "minutes", r->days[i].minutes);
		json_append(all, j);
	}
	return all;
}

static cJSON *weeks_json(const struct report *r)
{
	cJSON *all = json_array();
	char day[CLOCK_TEXT_MAX];
	for (size_t i = 0; i < r->week_count; i++) {
		const struct report_week *w = &r->weeks[i];
		cJSON *j = json_object();
		json_add_text(j, "from", clock_date(w->begin, day));
		json_add_int(j, "runs", w->runs);
		json_add_int(j, "failed", w->failed);
		add_known(j, "mttr_s", w->mttr_us < 0 ? NAN : (double)w->mttr_us / (double)CLOCK_SECOND);
		json_add_int(j, "episodes", w->episodes);
		json_append(all, j);
	}
	return all;
}

static cJSON *matrix_json(const struct report *r)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < r->cell_count; i++) {
		cJSON *j = json_object();
		safe_add(j, "os", r->cells[i].os);
		safe_add(j, "version", r->cells[i].version);
		json_add_int(j, "jobs", r->cells[i].jobs);
		json_add_int(j, "failed", r->cells[i].failed);
		json_append(all, j);
	}
	return all;
}

static cJSON *slow_json(const struct report_slow *list, size_t n)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < n; i++) {
		cJSON *j = json_object();
		safe_add(j, "name", list[i].name);
		json_add_number(j, "seconds", list[i].seconds);
		add_known(j, "seconds_before", list[i].seconds_before < 0 ? NAN : list[i].seconds_before);
		json_add_int(j, "runs", list[i].runs);
		json_append(all, j);
	}
	return all;
}

static cJSON *spaces_json(const struct report *r)
{
	cJSON *all = json_array();
	for (size_t i = 0; i < r->space_count; i++) {
		const struct report_space *p = &r->spaces[i];
		cJSON *j = json_object();
		json_add_text(j, "space", space_name(p->space));
		json_add_int(j, "runs", p->runs);
		json_add_int(j, "failed", p->failed);
		json_add_int(j, "tests", p->tests);
		json_add_int(j, "failed_tests", p->failed_tests);
		json_add_number(j, "minutes", p->minutes);
		json_append(all, j);
	}
	return all;
}

void publish_report_json_more(cJSON *document, const struct report *r)
{
	cJSON *window = json_object();
	json_add_time(window, "first_fact", r->first_fact);
	json_add_time(window, "last_fact", r->last_fact);
	json_add(window, "gaps", lines_json(r->gaps, r->gap_count));
	json_add(document, "health", health_json(r));
	json_add(document, "learnings", lines_json(r->learnings, r->learning_count));
	json_add(document, "recommendations", lines_json(r->recommendations, r->recommendation_count));
	json_add(document, "priorities", priorities_json(r));
	json_add(document, "fixes", fixes_json(r));
	json_add(document, "flaky", flaky_json(r));
	json_add(document, "days", days_json(r));
	json_add(document, "weeks", weeks_json(r));
	json_add(document, "matrix", matrix_json(r));
	json_add(document, "slow_jobs", slow_json(r->slow_jobs, r->slow_job_count));
	json_add(document, "slow_tests", slow_json(r->slow_tests, r->slow_test_count));
	json_add(document, "spaces", spaces_json(r));
	json_add(document, "data", window);
}
