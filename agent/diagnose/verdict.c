/* Did the job fail, and where (DESIGN §3, "When a log has failed"). */
#include "diagnose/internal.h"

static bool plain_text_failed(const struct collected *c)
{
	for (size_t i = 0; i < c->rule_count; i++)
		if (c->rules[i].n && c->rules[i].rule->rank == RANK_CAUSE)
			return true;
	return false;
}

static uint32_t failing_step(const struct log *log, bool allow_tolerated)
{
	for (uint32_t i = 0; i < log_step_count(log); i++) {
		const struct log_step *s = log_step(log, i);
		if ((s->failed || s->timed_out || s->cancelled) && (allow_tolerated || !s->tolerated))
			return i;
	}
	return LOG_NO_STEP;
}

/* An ##[error] before the first step or after the last: the runner or the workflow file itself. */
static bool error_outside_steps(struct log *log, const struct collected *c)
{
	for (size_t i = 0; i < c->errors.n; i++) {
		struct err e;
		LOG_TEXT_AUTO one = {0};
		if (log_read(log, c->errors.lines[i], c->errors.lines[i], &one, &e) < 0 || !one.count)
			continue;
		if (one.lines[0].step == LOG_NO_STEP)
			return true;
	}
	return false;
}

static enum conclusion conclude(const struct log_step *s, bool cut_off, bool outside)
{
	if (s && s->cancelled)
		return CONCLUSION_CANCELLED;
	if (s && s->timed_out)
		return CONCLUSION_TIMED_OUT;
	return s || cut_off || outside ? CONCLUSION_FAILURE : CONCLUSION_SUCCESS;
}

/* Where a failure is certain but no step is known to have failed, its cause is looked for everywhere. */
static void set_range(struct verdict *v, const struct log *log)
{
	const struct log_info *info = log_info(log);
	const struct log_step *s = log_step(log, v->step);
	v->first = s ? s->first_line : 1;
	v->last = s ? s->last_line : info->lines;
	if (s && s->end_error_line && s->end_error_line < v->last)
		v->last = s->end_error_line;
}

void verdict_judge(struct verdict *v, struct log *log, const struct collected *c, enum conclusion given)
{
	const struct log_info *info = log_info(log);
	bool known_bad = given != CONCLUSION_UNKNOWN && given != CONCLUSION_SUCCESS;
	*v = (struct verdict){.step = failing_step(log, known_bad)};
	if (!info->runner_lines) {
		v->conclusion =
			log_step(log, v->step) || plain_text_failed(c) ? CONCLUSION_FAILURE : CONCLUSION_SUCCESS;
	} else {
		const struct log_step *s = log_step(log, v->step);
		bool outside = !s && error_outside_steps(log, c);
		v->conclusion = conclude(s, info->cut_off, outside);
	}
	if (given != CONCLUSION_UNKNOWN)
		v->conclusion = given;
	v->failed = v->conclusion != CONCLUSION_SUCCESS;
	set_range(v, log);
}
