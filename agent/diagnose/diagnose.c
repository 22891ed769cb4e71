#include "diagnose/internal.h"

#include <string.h>

static const char *owned(struct arena *a, struct view v)
{
	return v.n ? arena_view(a, v).p : NULL;
}

static void describe_job(struct diagnosis *d, const struct log_info *info)
{
	struct arena *a = &d->arena;
	d->source.bytes = info->bytes;
	d->source.lines = info->lines;
	d->job.name = owned(a, info->job);
	d->job.os = owned(a, info->os);
	d->job.image = owned(a, info->image);
	d->job.workspace = owned(a, info->workspace);
	d->job.started = info->started;
	d->job.ended = info->ended;
	d->cut_off = info->cut_off;
	d->from_runner = info->runner_lines;
}

static void describe_step(struct diagnosis *d, const struct log_step *s, uint32_t index)
{
	d->failed_step.exit_code = -1;
	d->failed_step.index = index;
	if (!s)
		return;
	struct arena *a = &d->arena;
	d->failed_step.known = s->name.n > 0;
	d->failed_step.name = owned(a, s->name);
	d->failed_step.command = owned(a, s->command);
	d->failed_step.shell = owned(a, s->shell);
	d->failed_step.directory = owned(a, s->directory);
	d->failed_step.exit_code = s->exit_code;
	d->failed_step.first_line = s->first_line;
	d->failed_step.last_line = s->last_line;
	d->failed_step.output_line = s->output_line;
}

static void describe_tests(struct diagnosis *d, const struct collected *c)
{
	struct test_summary t;
	test_scan_summary(c->tests, &t);
	d->tests_known = t.any;
	d->tests = t.counts;
	struct test_failure *copy = arena_array(&d->arena, t.failure_count ? t.failure_count : 1, sizeof *copy);
	for (size_t i = 0; i < t.failure_count; i++) {
		copy[i] = t.failures[i];
		copy[i].id = arena_text(&d->arena, t.failures[i].id);
		copy[i].path = arena_text(&d->arena, t.failures[i].path);
		copy[i].message = arena_text(&d->arena, t.failures[i].message);
	}
	d->failed_tests = copy;
	d->failed_test_count = t.failure_count;
}

/* One finding per rule and place: the echoes of a line in a summary are no findings of their own. */
static bool repeated(const struct finding *list, size_t n, const struct finding *f)
{
	for (size_t i = 0; i < n; i++) {
		bool same_line = list[i].line == f->line;
		bool same_failure = f->signature[0] && !strcmp(list[i].signature, f->signature);
		if (same_line || same_failure)
			return true;
	}
	return false;
}

#define ALIKE_SCORE 0.2 /* hits of one rule whose evidence differs by more are not alike */

static const char *subject_of(const struct finding *f)
{
	return f->test ? f->test : f->location.path ? f->location.path : "";
}

/* Of several alike failures the signature is that of the smallest, so that their order does not matter. */
static int sign_alike(struct finding *primary, struct diagnosis *d, struct log *log, struct matcher *m,
	const struct collected *c, const struct candidates *list, const struct verdict *v, struct err *e)
{
	struct finding least = {0};
	size_t seen = 0;
	for (size_t i = 0; i < list->n && seen < ALIKE_MAX; i++) {
		const struct candidate *one = &list->items[i];
		if (!one->rule || one->rule != primary->rule || one->score < primary->score - ALIKE_SCORE)
			continue;
		seen++;
		struct finding f;
		if (finding_make(&f, d, log, m, c, one, v, 1, e) < 0)
			return -1;
		int order = least.signature[0] ? strcmp(subject_of(&f), subject_of(&least)) : -1;
		if (f.signature[0] && (order < 0 || (!order && strcmp(f.signature, least.signature) < 0)))
			least = f;
	}
	if (least.signature[0])
		memcpy(primary->signature, least.signature, sizeof least.signature);
	return 0;
}

static int fill_findings(struct diagnosis *d, struct log *log, struct matcher *m, const struct collected *c,
	const struct candidates *list, const struct verdict *v, unsigned lines_max, struct err *e)
{
	struct finding *out = arena_array(&d->arena, DIAGNOSIS_FINDINGS_MAX, sizeof *out);
	size_t n = 0;
	for (size_t i = 0; i < list->n && n < DIAGNOSIS_FINDINGS_MAX; i++) {
		struct finding f;
		if (finding_make(&f, d, log, m, c, &list->items[i], v, lines_max, e) < 0)
			return -1;
		if (repeated(out, n, &f))
			continue;
		finding_judge(&f, list, i, c);
		/* Best first also by what is said of them. */
		if (n && f.confidence > out[n - 1].confidence)
			f.confidence = out[n - 1].confidence;
		out[n++] = f;
	}
	if (n)
		out[0].why = why_chosen(&d->arena, out[0].why, list, c);
	d->findings = out;
	d->finding_count = n;
	return n ? sign_alike(&out[0], d, log, m, c, list, v, e) : 0;
}

static void put_before(struct candidates *list, struct arena *a, const struct candidates *other)
{
	struct candidate *all = arena_array(a, other->n + list->n + 1, sizeof *all);
	for (size_t i = 0; i < other->n; i++)
		all[i] = other->items[i];
	for (size_t i = 0; i < list->n; i++)
		all[other->n + i] = list->items[i];
	*list = (struct candidates){all, other->n + list->n};
}

static int find_cause(struct diagnosis *d, struct log *log, struct matcher *m, const struct collected *c,
	const struct verdict *v, unsigned lines_max, struct err *e)
{
	struct candidates list, other = {0};
	if (candidates_gather(&list, &d->arena, log, m, c, v, e) < 0 || candidates_look_around(&list, log, c, v, e) < 0)
		return -1;
	candidates_rank(&list, c, v);
	bool unexplained = !list.n || rule_is_weak(list.items[0].rule);
	if (unexplained && candidates_elsewhere(&other, &d->arena, log, m, c, v, e) < 0)
		return -1;
	if (candidates_add_generic(&list, &d->arena, log, c, v, e) < 0)
		return -1;
	if (other.n)
		put_before(&list, &d->arena, &other);
	return fill_findings(d, log, m, c, &list, v, lines_max, e);
}

static int diagnose_collected(struct diagnosis *d, struct log *log, struct matcher *m, const struct collected *c,
	const struct diagnose_options *o, struct err *e)
{
	const struct log_info *info = log_info(log);
	if (info->binary)
		return err_set(e, ERR_INPUT, "this is not text; give a job log, a run's ZIP, or a folder of logs");
	struct verdict v;
	verdict_judge(&v, log, c, o->conclusion);
	describe_job(d, info);
	describe_tests(d, c);
	d->conclusion = v.conclusion;
	d->failed = v.failed;
	describe_step(d, v.failed ? log_step(log, v.step) : NULL, v.failed ? v.step : LOG_NO_STEP);
	return v.failed ? find_cause(d, log, m, c, &v, o->excerpt_lines, e) : 0;
}

static void forget_rule(struct collected *c, const char *id)
{
	for (size_t i = 0; id && i < c->rule_count; i++)
		if (c->rules[i].rule && !strcmp(c->rules[i].rule->id, id))
			c->rules[i].n = c->rules[i].seen = 0;
}

int diagnose(struct diagnosis *ret, struct log *log, const char *name, struct matcher *m,
	const struct diagnose_options *o, struct err *e)
{
	struct collected c;
	struct diagnosis d = {0};
	d.source.path = arena_text(&d.arena, name);
	int rc = collect(&c, log, m, o, e);
	forget_rule(&c, o->without_rule);
	if (rc == 0)
		rc = diagnose_collected(&d, log, m, &c, o, e);
	collected_done(&c);
	if (rc < 0) {
		diagnosis_done(&d);
		return -1;
	}
	*ret = d;
	return 0;
}

void diagnosis_done(struct diagnosis *d)
{
	if (d)
		arena_done(&d->arena);
}
