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

/* Where the job is known to have failed and no step shows it: the step that holds the last ##[error]. */
static uint32_t step_of_last_error(struct log *log, const struct collected *c)
{
	struct err e;
	LOG_TEXT_AUTO one = {0};
	uint32_t line = c->errors.n ? c->errors.lines[c->errors.n - 1] : 0;
	if (!line || log_read(log, line, line, &one, &e) < 0 || !one.count)
		return LOG_NO_STEP;
	return one.lines[0].step;
}

static enum conclusion conclude(const struct log_step *s, bool cut_off)
{
	if (s && s->cancelled)
		return CONCLUSION_CANCELLED;
	if (s && s->timed_out)
		return CONCLUSION_TIMED_OUT;
	return s || cut_off ? CONCLUSION_FAILURE : CONCLUSION_SUCCESS;
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
	*v = (struct verdict){.step = failing_step(log, false)};
	if (known_bad && v->step == LOG_NO_STEP)
		v->step = failing_step(log, true);
	if (known_bad && v->step == LOG_NO_STEP)
		v->step = step_of_last_error(log, c);
	if (!info->runner_lines) {
		v->conclusion =
			log_step(log, v->step) || plain_text_failed(c) ? CONCLUSION_FAILURE : CONCLUSION_SUCCESS;
	} else {
		v->conclusion = conclude(log_step(log, v->step), info->cut_off);
	}
	if (given != CONCLUSION_UNKNOWN)
		v->conclusion = given;
	v->failed = v->conclusion != CONCLUSION_SUCCESS;
	set_range(v, log);
}
