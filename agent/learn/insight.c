#include "learn/insight.h"

#include "base/buf.h"

#include <math.h>
#include <string.h>

/* One target of the weekly report: at `target` or better it scores 1, at `poor` 0. */
struct goal {
	const char *id, *title;
	enum report_unit unit;
	bool higher_is_better;
	double target, poor, weight;
	double (*value)(const struct report *r, bool before);
};

static double share(double part, double all)
{
	return all > 0 ? part / all : NAN;
}

static double failure_rate(const struct report *r, bool before)
{
	return before ? share((double)r->failed_runs_before, (double)r->runs_before)
		      : share((double)r->failed_runs, (double)r->runs);
}

/* Of the week before: what the weeks tell, which is the same question. */
static double time_to_green(const struct report *r, bool before)
{
	if (!before)
		return r->mttr_us < 0 ? NAN : (double)r->mttr_us / (double)CLOCK_SECOND;
	if (r->week_count < 2 || r->weeks[r->week_count - 2].mttr_us < 0)
		return NAN;
	return (double)r->weeks[r->week_count - 2].mttr_us / (double)CLOCK_SECOND;
}

static double detection(const struct report *r, bool before)
{
	return before ? NAN : share((double)(r->findings - r->unknown_findings), (double)r->failed_jobs);
}

static double self_healing(const struct report *r, bool before)
{
	return before ? NAN : share((double)r->self_healed, (double)r->red_episodes);
}

static double wrong_fixes(const struct report *r, bool before)
{
	double bad = (double)(r->withdrawn + r->reverted);
	return before ? NAN : share(bad, bad + (double)r->repaired);
}

static double flaky_share(const struct report *r, bool before)
{
	return before ? NAN : share(r->flaky_minutes, r->minutes);
}

static double false_reruns(const struct report *r, bool before)
{
	return before ? NAN : share((double)(r->reruns - r->reruns_helped), (double)r->reruns);
}

static double recurring(const struct report *r, bool before)
{
	int64_t n = 0;
	for (size_t i = 0; i < r->failure_count; i++)
		n += r->failures[i].count_before > 0;
	return before || !r->runs ? NAN : (double)n;
}

static double by_hand(const struct report *r, bool before)
{
	return before || !r->runs ? NAN : (double)(r->red_episodes - r->self_healed);
}

static const struct goal goals[] = {
	{"failure-rate", "Failed runs", REPORT_RATE, false, 0.10, 0.50, 3, failure_rate},
	{"mttr", "Mean time to green", REPORT_DURATION, false, 4 * 3600, 48 * 3600, 3, time_to_green},
	{"detection", "Failures with a known cause", REPORT_RATE, true, 0.95, 0.50, 1, detection},
	{"flaky", "Runner time lost to flaky tests", REPORT_RATE, false, 0.01, 0.10, 2, flaky_share},
	{"auto-resolution", "Red times ended by a fix or rerun of runmedic", REPORT_RATE, true, 0.25, 0, 1,
		self_healing},
	{"wrong-fixes", "Fixes of runmedic taken back", REPORT_RATE, false, 0, 0.20, 1, wrong_fixes},
	{"false-reruns", "Reruns of runmedic that did not help", REPORT_RATE, false, 0.20, 0.80, 1, false_reruns},
	{"by-hand", "Red times that people had to end", REPORT_COUNT, false, 0, 0, 0, by_hand},
	{"recurring", "Failures that came back from the week before", REPORT_COUNT, false, 0, 0, 0, recurring},
};

static bool is_met(const struct goal *g, double value)
{
	return !isnan(value) && (g->higher_is_better ? value >= g->target : value <= g->target);
}

static double score(const struct goal *g, double value)
{
	double s = (value - g->poor) / (g->target - g->poor);
	return s < 0 ? 0 : s > 1 ? 1 : s;
}

static void make_kpis(struct report *r)
{
	_Static_assert(sizeof goals / sizeof *goals <= sizeof r->kpis / sizeof *r->kpis, "");
	double sum = 0, weights = 0;
	r->kpi_count = 0;
	for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
		const struct goal *g = &goals[i];
		struct report_kpi *k = &r->kpis[r->kpi_count++];
		*k = (struct report_kpi){.id = g->id,
			.title = g->title,
			.unit = g->unit,
			.value = g->value(r, false),
			.before = g->value(r, true),
			.target = g->weight > 0 ? g->target : NAN,
			.higher_is_better = g->higher_is_better};
		k->met = g->weight > 0 && is_met(g, k->value);
		if (g->weight > 0 && !isnan(k->value)) {
			k->weight = g->weight;
			k->score = score(g, k->value);
			sum += k->weight * k->score;
			weights += k->weight;
		}
	}
	r->points = weights > 0 ? 100 * sum / weights : 0;
}

static void make_grade(struct report *r)
{
	static const struct {
		double from;
		char grade;
	} grades[] = {{90, 'A'}, {80, 'B'}, {65, 'C'}, {50, 'D'}, {0, 'F'}};
	r->grade = 0;
	if (r->runs < INSIGHT_RUNS_MIN)
		return;
	for (size_t i = sizeof grades / sizeof *grades; i-- > 0;)
		if (r->points >= grades[i].from)
			r->grade = grades[i].grade;
}

static const char *formula(struct report *r)
{
	BUF_AUTO out = buf_new(BUF_LINE);
	buf_add_text(&out, "100 x (");
	double weights = 0;
	for (size_t i = 0; i < r->kpi_count; i++) {
		const struct report_kpi *k = &r->kpis[i];
		if (k->weight <= 0)
			continue;
		buf_addf(&out, "%s%.0f x %s %.2f", weights > 0 ? " + " : "", k->weight, k->id, k->score);
		weights += k->weight;
	}
	buf_addf(&out, ") / %.0f = %.0f; A from 90, B 80, C 65, D 50", weights, r->points);
	return weights > 0 ? arena_text(&r->arena, buf_text(&out)) : NULL;
}

/* ---- priorities ---------------------------------------------------------------------------------------- */

unsigned insight_effort(enum category c, bool fixable)
{
	if (fixable)
		return 1;
	switch (c) {
	case CATEGORY_FORMAT:
	case CATEGORY_LINT:
	case CATEGORY_FILE:
	case CATEGORY_PERMISSION:
		return 1;
	case CATEGORY_DEPENDENCY:
	case CATEGORY_IMPORT:
	case CATEGORY_SYNTAX:
	case CATEGORY_TYPE:
	case CATEGORY_WORKFLOW:
	case CATEGORY_AUTH:
	case CATEGORY_VCS:
		return 2;
	case CATEGORY_TEST:
	case CATEGORY_BUILD:
	case CATEGORY_TIMEOUT:
		return 3;
	case CATEGORY_NETWORK:
	case CATEGORY_RESOURCE:
	case CATEGORY_UNKNOWN:
		return 4;
	case CATEGORY_INFRA:
		return 5;
	}
	return 4;
}

static void sort_priorities(struct report_priority *list, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct report_priority p = list[i];
		size_t k = i;
		for (; k > 0 && list[k - 1].priority < p.priority; k--)
			list[k] = list[k - 1];
		list[k] = p;
	}
}

static void make_priorities(struct report *r)
{
	double most = 0;
	r->priority_count = 0;
	for (size_t i = 0; i < r->category_count; i++) {
		const struct report_category *c = &r->categories[i];
		if (!c->count)
			continue;
		struct report_priority p = {.category = c->category,
			.count = c->count,
			.impact = c->lost_minutes,
			.effort = insight_effort(c->category, 2 * c->fixable > c->count)};
		/* where no job has a duration, the number of failures is all there is */
		p.priority = (p.impact > 0 ? p.impact : (double)p.count) / p.effort;
		most = p.priority > most ? p.priority : most;
		r->priorities[r->priority_count++] = p;
	}
	for (size_t i = 0; most > 0 && i < r->priority_count; i++)
		r->priorities[i].priority /= most;
	sort_priorities(r->priorities, r->priority_count);
}

/* ---- sentences ------------------------------------------------------------------------------------------- */

struct lines {
	struct report_line *items;
	size_t *count;
	struct arena *arena;
};

static void say(const struct lines *l, const char *id, const char *subject, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static void say(const struct lines *l, const char *id, const char *subject, const char *format, ...)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	va_list ap;
	if (*l->count == REPORT_LINES_MAX)
		return;
	va_start(ap, format);
	buf_addv(&text, format, ap);
	va_end(ap);
	l->items[(*l->count)++] = (struct report_line){id, arena_text(l->arena, buf_text(&text)), subject};
}

static const char *name_of(const struct report_failure *f)
{
	return f->title ? f->title : f->rule;
}

#define RISE_MIN 3    /* failures; fewer are chance */
#define RISE_FACTOR 2 /* against the week before */

static void learn_of_failures(const struct report *r, const struct lines *l)
{
	for (size_t i = 0; i < r->failure_count; i++) {
		const struct report_failure *f = &r->failures[i];
		if (f->first_seen > r->from && f->count >= RISE_MIN)
			say(l, "new-failure", name_of(f), "new this time, and already %lld times on %lld branch%s",
				(long long)f->count, (long long)f->branches, f->branches == 1 ? "" : "es");
		else if (f->count >= RISE_MIN && f->count >= RISE_FACTOR * f->count_before)
			say(l, "rising-failure", name_of(f), "%lld times, after %lld in the time before",
				(long long)f->count, (long long)f->count_before);
	}
}

static void learn_of_share(const struct report *r, const struct lines *l)
{
	const struct report_failure *top = r->failure_count ? &r->failures[0] : NULL;
	if (top && r->failed_jobs >= RISE_MIN && 2 * top->count >= r->failed_jobs)
		say(l, "one-cause", name_of(top), "this one failure broke %lld of %lld failed jobs (%.0f %%)",
			(long long)top->count, (long long)r->failed_jobs,
			100.0 * (double)top->count / (double)r->failed_jobs);
	int64_t transient = 0;
	for (size_t i = 0; i < r->failure_count; i++)
		transient += r->failures[i].transient ? r->failures[i].count : 0;
	if (transient >= RISE_MIN)
		say(l, "transient", NULL, "%lld of %lld failed jobs were transient (network, runner): nobody's code",
			(long long)transient, (long long)r->failed_jobs);
}

/* A cell that fails far more often than all the others together. */
static void learn_of_cells(const struct report *r, const struct lines *l)
{
	int64_t jobs = 0, failed = 0;
	for (size_t i = 0; i < r->cell_count; i++) {
		jobs += r->cells[i].jobs;
		failed += r->cells[i].failed;
	}
	for (size_t i = 0; i < r->cell_count; i++) {
		const struct report_cell *c = &r->cells[i];
		double low, high, other_low, other_high;
		wilson_interval((uint64_t)c->failed, (uint64_t)c->jobs, &low, &high);
		wilson_interval((uint64_t)(failed - c->failed), (uint64_t)(jobs - c->jobs), &other_low, &other_high);
		if (c->failed >= RISE_MIN && jobs > c->jobs && low > other_high)
			say(l, "platform", *c->os ? c->os : c->version,
				"%s%sfails in %lld of %lld jobs (%.0f %%), all others together in %lld of %lld",
				*c->os && *c->version ? c->version : "", *c->os && *c->version ? " " : "",
				(long long)c->failed, (long long)c->jobs, 100.0 * (double)c->failed / (double)c->jobs,
				(long long)(failed - c->failed), (long long)(jobs - c->jobs));
	}
}

static void learn_of_time(const struct report *r, const struct lines *l)
{
	char now[CLOCK_TEXT_MAX], before[CLOCK_TEXT_MAX];
	const struct report_week *w = r->week_count >= 2 ? &r->weeks[r->week_count - 2] : NULL;
	if (w && w->mttr_us > 0 && r->mttr_us > 2 * w->mttr_us && r->mttr_episodes >= RISE_MIN)
		say(l, "slower-recovery", NULL, "red times last %s on average, after %s in the week before",
			clock_duration(r->mttr_us, now), clock_duration(w->mttr_us, before));
	for (size_t i = 0; i < r->slow_job_count; i++) {
		const struct report_slow *s = &r->slow_jobs[i];
		if (s->runs >= 5 && s->seconds_before > 60 && s->seconds > 1.3 * s->seconds_before)
			say(l, "slower-job", s->name, "takes %s on average, after %s (%lld runs)",
				clock_duration((int64_t)(s->seconds * 1e6), now),
				clock_duration((int64_t)(s->seconds_before * 1e6), before), (long long)s->runs);
	}
}

static void learn_of_tests(const struct report *r, const struct lines *l)
{
	if (r->flaky_total)
		say(l, "flaky", r->flaky[0].test, "%lld test%s flaky and cost %.0f runner minutes; most often this one",
			(long long)r->flaky_total, r->flaky_total == 1 ? " is" : "s are", r->flaky_minutes);
	if (r->only_ci)
		say(l, "only-ci", NULL, "%lld test%s failed in CI and passed locally at the same commit",
			(long long)r->only_ci, r->only_ci == 1 ? "" : "s");
}

/* ---- advice ------------------------------------------------------------------------------------------------ */

static void advise_on_failures(const struct report *r, const struct lines *l)
{
	for (size_t i = 0; i < r->failure_count && i < 3; i++) {
		const struct report_failure *f = &r->failures[i];
		if (f->count < RISE_MIN || f->transient)
			continue;
		if (f->offered && !f->delivered)
			say(l, "deliver", name_of(f),
				"a fix was ready %lld time%s and reached nobody; `heal.deliver: suggest` or `pr` would "
				"save "
				"up to %.0f runner minutes",
				(long long)f->offered, f->offered == 1 ? "" : "s", f->lost_minutes);
		else
			say(l, "repair", name_of(f), "repairing this saves up to %.0f runner minutes and %lld red jobs",
				f->lost_minutes, (long long)f->count);
	}
}

static void advise_on_flaky(const struct report *r, const struct lines *l)
{
	for (size_t i = 0; i < r->flaky_count && i < 3; i++)
		if (r->flaky[i].minutes >= 1 || r->flaky[i].failures >= RISE_MIN)
			say(l, "quarantine", r->flaky[i].test,
				"quarantine or repair it: %lld failures in %lld runs, %.0f runner minutes",
				(long long)r->flaky[i].failures, (long long)r->flaky[i].runs, r->flaky[i].minutes);
}

static void advise_on_machines(const struct report *r, const struct lines *l)
{
	double lost = 0;
	int64_t count = 0;
	for (size_t i = 0; i < r->category_count; i++) {
		const struct report_category *c = &r->categories[i];
		if (c->category != CATEGORY_NETWORK && c->category != CATEGORY_INFRA)
			continue;
		lost += c->lost_minutes;
		count += c->count;
	}
	if (count >= RISE_MIN && !r->reruns)
		say(l, "rerun", NULL,
			"%lld jobs failed of network or runner; letting runmedic rerun them (`actions: write`) saves a "
			"person's "
			"click each time and up to %.0f minutes of waiting",
			(long long)count, lost);
	for (size_t i = 0; i < r->slow_job_count && i < 1; i++) {
		const struct report_slow *s = &r->slow_jobs[i];
		double total = s->seconds * (double)s->runs / 60;
		if (r->minutes > 0 && total > 0.25 * r->minutes && s->runs >= 5)
			say(l, "slowest", s->name,
				"takes %.0f %% of all runner minutes: a tenth less saves %.0f minutes",
				100 * total / r->minutes, total / 10);
	}
}

static void find_gaps(struct report *r, const struct lines *l)
{
	char first[CLOCK_TEXT_MAX];
	if (r->first_fact == CLOCK_UNKNOWN)
		say(l, "empty", NULL, "the history is empty: nothing was recorded yet");
	else if (r->first_fact > r->from)
		say(l, "short", NULL,
			"the history begins on %s, within this time: comparisons with before mean nothing",
			clock_date(r->first_fact, first));
	if (r->runs && r->silent_days)
		say(l, "silent", NULL, "%lld days without any recorded run", (long long)r->silent_days);
	if (r->runs >= INSIGHT_RUNS_MIN && r->runs == r->failed_runs)
		say(l, "only-red", NULL,
			"only red runs are recorded, so rates mean nothing; `runmedic sync` on a schedule records the "
			"others");
	if (r->jobs_without_log)
		say(l, "no-log", NULL, "%lld failed job%s without a readable log", (long long)r->jobs_without_log,
			r->jobs_without_log == 1 ? "" : "s");
	if (r->runs && r->runs < INSIGHT_RUNS_MIN)
		say(l, "few", NULL, "%lld run%s too few for a grade (%d are needed)", (long long)r->runs,
			r->runs == 1 ? " is" : "s are", INSIGHT_RUNS_MIN);
	if (r->failed_jobs && r->unknown_findings)
		say(l, "unknown", NULL, "%lld failure%s that no rule knew", (long long)r->unknown_findings,
			r->unknown_findings == 1 ? "" : "s");
}

void insight_make(struct report *r)
{
	const struct lines learnings = {r->learnings, &r->learning_count, &r->arena},
			   advice = {r->recommendations, &r->recommendation_count, &r->arena},
			   gaps = {r->gaps, &r->gap_count, &r->arena};
	r->learning_count = r->recommendation_count = r->gap_count = 0;
	make_kpis(r);
	make_grade(r);
	r->formula = formula(r);
	make_priorities(r);
	learn_of_share(r, &learnings);
	learn_of_failures(r, &learnings);
	learn_of_cells(r, &learnings);
	learn_of_time(r, &learnings);
	learn_of_tests(r, &learnings);
	advise_on_failures(r, &advice);
	advise_on_flaky(r, &advice);
	advise_on_machines(r, &advice);
	find_gaps(r, &gaps);
}
