/* A run for a terminal: each failure once. */
#include "publish/ink.h"
#include "publish/words.h"

static void add_head(struct buf *out, const struct told *t, const struct publish_style *s)
{
	const struct publish_run *r = t->run;
	ink(out, s, INK_STRONG);
	ink_text(out, r->workflow ? r->workflow : "run");
	buf_addf(out, " %lld", (long long)r->id);
	ink(out, s, INK_END);
	if (r->attempt > 1)
		buf_addf(out, ", attempt %d", r->attempt);
	buf_addf(out, ": %zu", r->job_count);
	if (r->jobs_total)
		buf_addf(out, " of %zu", r->jobs_total);
	buf_addf(out, " job%s red, %zu failure%s\n", (r->jobs_total ? r->jobs_total : r->job_count) == 1 ? "" : "s",
		t->group_count, t->group_count == 1 ? "" : "s");
}

static void add_group(
	struct buf *out, const struct told *t, const struct publish_group *g, const struct publish_style *s)
{
	BUF_AUTO red = buf_new(BUF_LINE), known = buf_new(BUF_LINE);
	const struct pen plain = {.out = &red, .run = t->run}, line = {.out = &known, .run = t->run};
	struct publish_style style = *s;
	buf_add_char(out, '\n');
	publish_group_names(out, t->run, g);
	buf_add_char(out, '\n');
	words_red(&plain, &g->best->known);
	if (red.n)
		buf_addf(out, "%s\n", buf_text(&red));
	words_known(&line, &g->best->known);
	if (known.n)
		style.seen = buf_text(&known);
	if (!g->finding) {
		buf_add_text(out, "  no log could be read: ");
		ink_text(out, g->best->trouble);
		buf_add_char(out, '\n');
	} else if (g->best->heal && g->best->heal->diagnosis) {
		publish_heal_text(out, g->best->heal, &style);
	} else {
		publish_analysis_text(out, g->best->diagnosis, &style);
	}
}

void publish_run_text(struct buf *out, const struct publish_run *r, const struct publish_style *s)
{
	struct told t;
	told_start(&t, r);
	add_head(out, &t, s);
	for (size_t i = 0; i < t.group_count; i++)
		add_group(out, &t, &t.groups[i], s);
	for (size_t i = 0; i < r->note_count; i++) {
		buf_add_text(out, "\nnote: ");
		ink_text(out, r->notes[i]);
		buf_add_char(out, '\n');
	}
	told_done(&t);
}
