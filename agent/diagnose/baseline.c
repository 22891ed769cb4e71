/* What passing runs of the job print: given as logs, or remembered by the history. */
#include "diagnose/internal.h"

int baseline_read(struct collected *c, const struct log *log, const struct diagnose_options *o, struct err *e)
{
	unsigned remembered = 0;
	for (size_t i = 0; i < o->baseline_count; i++)
		if (shape_set_add_log(&c->baseline, o->baselines[i], e) < 0)
			return err_wrap(e, "baseline");
	if (o->passing && o->passing(o->passing_context, log_info(log)->job, &c->baseline, &remembered, e) < 0)
		return -1;
	c->passing_runs = (unsigned)o->baseline_count + remembered;
	c->has_baseline = c->passing_runs > 0;
	return 0;
}

bool baseline_news(const struct collected *c, struct view line)
{
	return !c->has_baseline || !shape_set_has(&c->baseline, shape_of(line));
}

const char *baseline_why(struct arena *a, const struct collected *c, const struct candidate *one, const char *why)
{
	if (!c->has_baseline)
		return why;
	BUF_AUTO text = buf_new(BUF_LINE);
	buf_addf(&text, "%s %s in %u passing %s of this job.", why,
		one->at.news ? "No line like it stands" : "A line like it stands", c->passing_runs,
		c->passing_runs == 1 ? "run" : "runs");
	return arena_text(a, buf_text(&text));
}
