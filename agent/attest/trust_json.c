/* trust_json.c - a verdict for programs: what was found beside what is demanded. */
#include "attest/trust_internal.h"

#include <inttypes.h>

struct row {
	const char *name;
	bool passed;
	double figure, threshold; /* negative: none */
};

__attribute__((format(printf, 3, 4))) static void add_row(cJSON *rows, const struct row *row, const char *format, ...)
{
	BUF_AUTO says = buf_new(BUF_LINE);
	cJSON *j = json_object();
	va_list ap;

	va_start(ap, format);
	buf_addv(&says, format, ap);
	va_end(ap);
	json_add_text(j, "name", row->name);
	json_add_bool(j, "passed", row->passed);
	if (row->figure < 0)
		json_add_null(j, "figure");
	else
		json_add_number(j, "figure", row->figure);
	if (row->threshold < 0)
		json_add_null(j, "threshold");
	else
		json_add_number(j, "threshold", row->threshold);
	json_add_view(j, "says", buf_view(&says));
	json_append(rows, j);
}

static void add_tests(cJSON *rows, const struct claim *r, const struct trust_thresholds *need)
{
	double rate = trust_pass_rate(r);
	bool enough = need->pass_rate >= 0 ? rate >= need->pass_rate - TRUST_EXACT : r->tests.passed;

	if (r->tests.ran)
		add_row(rows, &(struct row){"tests", enough, rate, need->pass_rate},
			"%" PRId64 " passed, %" PRId64 " failed, %" PRId64 " skipped of %" PRId64,
			r->tests.total - r->tests.failed - r->tests.skipped, r->tests.failed, r->tests.skipped,
			r->tests.total);
}

static void add_coverage(cJSON *rows, const struct claim *r, const struct trust_thresholds *need)
{
	const double found = r->coverage.percentage;
	char percent[TRUST_PERCENT_MAX];
	BUF_AUTO name = buf_new(BUF_LINE);

	if (!r->coverage.ran)
		return;
	add_row(rows,
		&(struct row){
			"coverage", r->coverage.passed && found >= need->coverage - TRUST_EXACT, found, need->coverage},
		"%s %% of lines", trust_percent(found, percent));
	for (size_t i = 0; i < need->module_count; i++) {
		const struct claim_module *m = trust_module_of(r, need->modules[i].name);
		const double least = need->modules[i].coverage, got = m ? m->percentage : -1;

		buf_clear(&name);
		buf_addf(&name, "coverage of %s", need->modules[i].name);
		add_row(rows, &(struct row){buf_text(&name), got >= least - TRUST_EXACT, got, least}, "%s %s",
			m ? trust_percent(got, percent) : "not", m ? "% of lines" : "measured");
	}
}

static void add_linting(cJSON *rows, const struct claim *r, const struct trust_thresholds *need)
{
	bool few = need->lint >= 0 ? r->linting.issues <= need->lint : r->linting.passed;

	if (r->linting.ran)
		add_row(rows, &(struct row){"linting", few, (double)r->linting.issues, (double)need->lint},
			"%" PRId64 " issue%s", r->linting.issues, r->linting.issues == 1 ? "" : "s");
}

static void add_runs(cJSON *rows, const struct claim *r)
{
	for (size_t i = 0; i < r->check_count; i++) {
		const struct claim_check *c = &r->checks[i];
		const struct row row = {c->name, c->passed, c->seconds, -1};

		if (c->timed_out || c->exit_code < 0)
			add_row(rows, &row, "%s", c->timed_out ? "stopped after its time" : "did not end by itself");
		else
			add_row(rows, &row, "exit %d after %.1f s", c->exit_code, c->seconds);
	}
}

static cJSON *checks_json(const struct claim *r, const struct trust_thresholds *need)
{
	cJSON *rows = json_array();

	if (!r)
		return rows;
	add_tests(rows, r, need);
	add_coverage(rows, r, need);
	add_linting(rows, r, need);
	add_runs(rows, r);
	return rows;
}

static cJSON *annotations_json(const struct claim *r)
{
	cJSON *list = json_array();

	for (const char *const *id = r ? r->tests.failed_ids : NULL; id && *id; id++) {
		cJSON *one = json_object();

		json_add_text(one, "title", *id);
		json_add_text(one, "message", "failed in the local run");
		json_append(list, one);
	}
	return list;
}

cJSON *trust_json(const struct trust_verdict *v, const struct trust_facts *f)
{
	const struct claim *r = v->has_statement ? &v->statement.claim : NULL;
	struct trust_thresholds need = {.coverage = -1, .pass_rate = -1, .lint = -1, .max_age = -1};
	ARENA_AUTO a = {0};
	cJSON *j = json_object();

	if (f->thresholds)
		need = *f->thresholds;
	else if (f->config)
		trust_thresholds_of(&need, f->config, &a);
	json_add_text(j, "schema", "runmedic.verify/1");
	json_add_bool(j, "trusted", v->trusted);
	json_add_text(j, "reason", trust_reason_name(v->reason));
	json_add_text(j, "says", v->says);
	json_add_text(j, "signer", v->principal);
	json_add_text(j, "fingerprint", *v->fingerprint ? v->fingerprint : NULL);
	json_add_text(j, "commit", f->commit);
	json_add_text(j, "tree", f->tree);
	json_add_text(j, "repository", f->repository);
	json_add_time(j, "timestamp", r ? r->timestamp : CLOCK_UNKNOWN);
	json_add_time(j, "expires", r ? r->expires : CLOCK_UNKNOWN);
	json_add(j, "checks", checks_json(r, &need));
	json_add(j, "annotations", annotations_json(r));
	return j;
}
