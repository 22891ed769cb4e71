/* Where the failing step only says that something failed, its cause was printed by another one: by a step that failed
 * and was forgiven, when a later one asks for its outcome and gives up; or by one that runs behind the failure to show
 * logs and reports. */
#include "diagnose/internal.h"
#include "diagnose/says.h"

#define GATE_LINES 10u /* a step that only asks how others ended prints no more */
#define SHOWN_MAX 5u   /* of the candidates of another step */

/* A step that ends the job because of what others did. */
static bool is_gate(const struct log_step *s)
{
	return view_has(s->command, "exit 1") && s->last_line - s->output_line < GATE_LINES;
}

/* A step that shows what was written to files. */
static bool is_dump(const struct log_step *s)
{
	static const char *const words[] = {"log", "report", "result", "dump", "summar", "diagnos", "journal",
		"describe", "Show ", "Print ", "cat ", NULL};
	return !s->post && !s->failed && (says_any(s->name, words) || says_any(s->command, words));
}

/* What is worth showing of one step; nothing when no rule knows a cause there. */
static int look_into(struct candidates *ret, struct arena *a, struct log *log, struct matcher *m,
	const struct collected *c, uint32_t step, struct err *e)
{
	const struct log_step *s = log_step(log, step);
	struct verdict v = {.conclusion = CONCLUSION_FAILURE,
		.failed = true,
		.step = step,
		.first = s->output_line ? s->output_line : s->first_line,
		.last = s->last_line};
	if (v.first > v.last)
		return 0;
	if (candidates_gather(ret, a, log, m, c, &v, e) < 0 || candidates_look_around(ret, log, c, &v, e) < 0)
		return -1;
	candidates_rank(ret, c, &v);
	if (ret->n && (ret->items[0].rule->rank != RANK_CAUSE || ret->items[0].rule->severity != SEVERITY_ERROR))
		ret->n = 0;
	ret->n = ret->n < SHOWN_MAX ? ret->n : SHOWN_MAX;
	for (size_t i = 0; i < ret->n; i++)
		ret->items[i].evidence |= EVIDENCE_ELSEWHERE;
	return 0;
}

int candidates_elsewhere(struct candidates *ret, struct arena *a, struct log *log, struct matcher *m,
	const struct collected *c, const struct verdict *v, struct err *e)
{
	const struct log_step *failing = log_step(log, v->step);
	*ret = (struct candidates){0};
	if (!failing)
		return 0;
	for (uint32_t i = v->step; is_gate(failing) && i-- > 0 && !ret->n;)
		if (log_step(log, i)->failed && log_step(log, i)->tolerated && look_into(ret, a, log, m, c, i, e) < 0)
			return -1;
	for (uint32_t i = v->step + 1; i < log_step_count(log) && !ret->n; i++)
		if (is_dump(log_step(log, i)) && look_into(ret, a, log, m, c, i, e) < 0)
			return -1;
	return 0;
}
