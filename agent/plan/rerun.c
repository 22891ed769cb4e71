/* rerun.c - is there evidence that the failed jobs fail by accident? Every one of them must have some: a rerun starts
 * all of them, and one that fails again makes it worth nothing. */
#include "plan/rerun.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_SHOWN 80u
#define AGE_MAX (30 * CLOCK_DAY) /* GitHub runs nothing again that is older */
#define WAIT_FIRST (60 * CLOCK_SECOND)
#define WAIT_MAX (900 * CLOCK_SECOND)
#define TRIALS_MIN 4u /* reruns of one failure before their record counts against another */
#define HELPED_MIN 4u /* and then at least one of so many must have helped */

/* ---- sentences ---------------------------------------------------------------------------------------------- */

/* Each returns false, so that saying why not and returning it are one statement. */
static bool no(struct rerun_verdict *v, struct arena *a, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool no(struct rerun_verdict *v, struct arena *a, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	*v = (struct rerun_verdict){.reason = arena_text(a, text)};
	return false;
}

static const char *shown(const struct rerun_job *j, struct arena *a)
{
	return j->name && *j->name ? arena_view(a, view_cut_utf8(view_of(j->name), NAME_SHOWN)).p : "a job";
}

/* ---- limits -------------------------------------------------------------------------------------------------- */

static bool github_allows(struct rerun_verdict *v, const struct rerun_facts *f, struct arena *a)
{
	if (f->count == 0)
		return no(v, a, "no job failed that could run again");
	if (f->attempt >= (int)RERUN_ATTEMPTS_MAX)
		return no(v, a, "the run is at attempt %d, and GitHub stops at 50", f->attempt);
	if (f->age != CLOCK_UNKNOWN && f->age > AGE_MAX)
		return no(v, a, "the run is older than 30 days: GitHub does not run it again");
	return true;
}

static bool budget_allows(struct rerun_verdict *v, const struct rerun_facts *f, struct arena *a)
{
	unsigned of_run = f->config->rerun.per_run, of_branch = f->config->rerun.per_branch_per_day;

	if (of_run == 0 || of_branch == 0)
		return no(v, a, "reruns are switched off (%s: 0)",
			of_run == 0 ? "rerun.per_run" : "rerun.per_branch_per_day");
	if (f->run_reruns >= of_run)
		return no(v, a, "%u of %u reruns of this run used", f->run_reruns, of_run);
	if (f->branch_reruns >= of_branch)
		return no(v, a, "%u of %u reruns on this branch within 24 hours used", f->branch_reruns, of_branch);
	return true;
}

/* ---- what stands against it ---------------------------------------------------------------------------------- */

/* Stopped with the others: it says nothing by itself. */
static bool was_stopped(const struct rerun_job *j)
{
	return !j->primary && j->conclusion &&
	       (strcmp(j->conclusion, "cancelled") == 0 || strcmp(j->conclusion, "skipped") == 0);
}

/* The same input gives the same answer. */
static bool is_settled(enum category c)
{
	switch (c) {
	case CATEGORY_BUILD:
	case CATEGORY_SYNTAX:
	case CATEGORY_TYPE:
	case CATEGORY_LINT:
	case CATEGORY_FORMAT:
	case CATEGORY_DEPENDENCY:
	case CATEGORY_IMPORT:
	case CATEGORY_FILE:
	case CATEGORY_WORKFLOW:
		return true;
	default:
		return false;
	}
}

static bool may_be_an_accident(struct rerun_verdict *v, const struct rerun_job *j, struct arena *a)
{
	const struct finding *p = j->primary;

	if (j->red_on_base)
		return no(v, a, "%s is red with the same failure on the base branch: a rerun meets it again",
			shown(j, a));
	if (p && p->category == CATEGORY_RESOURCE)
		return no(v, a, "%s ran out of memory or disk: a rerun meets the same limit", shown(j, a));
	if (p && !p->transient && is_settled(p->category))
		return no(v, a, "%s failed with an error of kind `%s`, which is no accident", shown(j, a),
			category_name(p->category));
	return true;
}

/* Does one accident explain every job: the same transient failure, or an outage of what they run on? */
static bool is_one_accident(const struct rerun_facts *f)
{
	const struct finding *first = NULL;
	bool same = true, outage = true;

	for (size_t i = 0; i < f->count; i++) {
		const struct finding *p = f->jobs[i].primary;

		if (was_stopped(&f->jobs[i]))
			continue;
		if (!p || !p->transient)
			return false;
		first = first ? first : p;
		same = same && *p->signature && strcmp(p->signature, first->signature) == 0;
		outage = outage && p->category == CATEGORY_INFRA;
	}
	return same || outage;
}

static bool nothing_forbids(struct rerun_verdict *v, const struct rerun_facts *f, struct arena *a)
{
	size_t failed = 0;

	if (f->heals)
		return no(v, a, "a fix is on offer, which is better than another try");
	for (size_t i = 0; i < f->count; i++) {
		if (was_stopped(&f->jobs[i]))
			continue;
		failed++;
		if (!may_be_an_accident(v, &f->jobs[i], a))
			return false;
	}
	if (failed > RERUN_JOBS_MAX && !is_one_accident(f))
		return no(v, a, "%zu jobs failed together, more than %u: that is no accident", failed, RERUN_JOBS_MAX);
	return true;
}

/* ---- what speaks for it --------------------------------------------------------------------------------------- */

/* NULL: nothing does. */
static const char *evidence_of(const struct rerun_job *j, struct arena *a)
{
	unsigned trials = j->reruns_helped + j->reruns_did_not;

	if (j->reruns_helped)
		return arena_format(a, "passed on %u of %u reruns", j->reruns_helped, trials);
	if (j->same_sha_passed && j->same_sha_failed)
		return arena_format(
			a, "passed %u and failed %u times at one commit", j->same_sha_passed, j->same_sha_failed);
	if (j->flaky_tests_only)
		return "every test that failed is known to be flaky";
	if (j->primary && j->primary->transient)
		return "the log shows a passing fault";
	return NULL;
}

static bool helps_too_rarely(const struct rerun_job *j)
{
	unsigned trials = j->reruns_helped + j->reruns_did_not;

	return trials >= TRIALS_MIN && j->reruns_helped * HELPED_MIN < trials;
}

static bool has_evidence(struct rerun_verdict *v, const struct rerun_job *j, const char **ret, struct arena *a)
{
	*ret = evidence_of(j, a);
	if (helps_too_rarely(j))
		return no(v, a, "%s passed on %u of %u reruns of this failure: another is not worth it", shown(j, a),
			j->reruns_helped, j->reruns_helped + j->reruns_did_not);
	if (*ret)
		return true;
	if (!j->primary)
		return no(v, a, "it is not known why %s failed", shown(j, a));
	return no(v, a, "nothing says that %s failed by accident", shown(j, a));
}

/* The sentence for people names the first job; of the others it says how many there are. */
static bool evidence_allows(struct rerun_verdict *v, const struct rerun_facts *f, struct arena *a)
{
	const struct rerun_job *first = NULL;
	const char *of_first = NULL, *evidence;
	size_t more = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct rerun_job *j = &f->jobs[i];

		if (was_stopped(j))
			continue;
		if (!has_evidence(v, j, &evidence, a))
			return false;
		more += first != NULL;
		of_first = first ? of_first : evidence;
		first = first ? first : j;
	}
	if (!first)
		return no(v, a, "the run was stopped, not broken");
	*v = (struct rerun_verdict){.rerun = true,
		.reason = arena_format(a, "%s: %s%s; rerun %u of %u of this run", shown(first, a), of_first,
			more ? arena_format(a, " (%zu more %s likewise)", more, more == 1 ? "job" : "jobs") : "",
			f->run_reruns + 1, f->config->rerun.per_run)};
	return true;
}

/* ---- verdict ---------------------------------------------------------------------------------------------------- */

/* At once, then after 60 s, 120 s, ...: what was down needs time to come back. */
static int64_t wait_before(unsigned reruns)
{
	int64_t wait = reruns ? WAIT_FIRST : 0;

	while (wait && --reruns && wait < WAIT_MAX)
		wait *= 2;
	return wait < WAIT_MAX ? wait : WAIT_MAX;
}

void rerun_judge(struct rerun_verdict *ret, const struct rerun_facts *f, struct arena *a)
{
	*ret = (struct rerun_verdict){0};
	if (!github_allows(ret, f, a))
		return;
	if (f->forced) {
		*ret = (struct rerun_verdict){.rerun = true, .reason = "a person asked for it"};
		return;
	}
	if (!nothing_forbids(ret, f, a) || !budget_allows(ret, f, a) || !evidence_allows(ret, f, a))
		return;
	ret->wait_us = wait_before(f->run_reruns);
}
