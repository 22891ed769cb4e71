#include "diagnose/internal.h"

#include "base/mem.h"

#include <stdlib.h>

struct pass {
	struct collected *c;
	struct matcher *m;
};

/* Keeps the first and the last hits of a rule: the cause stands near the beginning of a failure or near the end of its
 * step. */
static void keep(struct rule_hits *r, const struct kept_hit *h)
{
	r->seen++;
	if (r->n < HITS_PER_RULE) {
		MEM_PUSH(r->hits, r->n, r->cap);
		r->hits[r->n++] = *h;
		return;
	}
	size_t half = HITS_PER_RULE / 2;
	r->hits[half + (size_t)((r->seen - HITS_PER_RULE - 1) % half)] = *h;
}

static struct rule_hits *hits_of(struct pass *p, const struct rule *rule)
{
	size_t low = 0, high = p->c->rule_count;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = view_cmp(view_of(p->c->rules[mid].rule->id), view_of(rule->id));
		if (!order)
			return &p->c->rules[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void on_hit(void *context, const struct rule_hit *hit, struct view line)
{
	struct pass *p = context;
	struct rule_hits *r = hits_of(p, hit->rule);
	if (!r)
		return;
	bool news = !p->c->has_baseline || !shape_set_has(&p->c->baseline, shape_of(line));
	keep(r, &(struct kept_hit){.line = hit->line, .step = hit->step, .mark = hit->mark, .news = news});
}

static void note_errors(struct collected *c, const struct log_block *b)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->lines[i].mark != LOG_ERROR || c->errors.n >= CANDIDATES_MAX)
			continue;
		MEM_PUSH(c->errors.lines, c->errors.n, c->errors.cap);
		c->errors.lines[c->errors.n++] = b->lines[i].number;
	}
}

static int read_baselines(struct collected *c, const struct diagnose_options *o, struct err *e)
{
	for (size_t i = 0; i < o->baseline_count; i++)
		if (shape_set_add_log(&c->baseline, o->baselines[i], e) < 0)
			return err_wrap(e, "baseline");
	c->has_baseline = o->baseline_count > 0;
	return 0;
}

int collect(struct collected *c, struct log *log, struct matcher *m, const struct diagnose_options *o, struct err *e)
{
	*c = (struct collected){.rule_count = matcher_rule_count(m)};
	c->rules = mem_array(c->rule_count, sizeof *c->rules);
	for (size_t i = 0; i < c->rule_count; i++)
		c->rules[i].rule = matcher_rule(m, i);
	c->tests = test_scan_new(o->every_test, o->context);
	if (read_baselines(c, o, e) < 0)
		return -1;
	struct pass p = {.c = c, .m = m};
	struct log_block block;
	uint64_t bytes = 0;
	int more;
	while ((more = log_next(log, &block, e)) > 0) {
		matcher_scan(m, &block, on_hit, &p);
		test_scan_block(c->tests, &block);
		note_errors(c, &block);
		bytes += block.text.n;
		if (o->progress)
			o->progress(o->progress_context, bytes);
	}
	test_scan_end(c->tests);
	return more;
}

void collected_done(struct collected *c)
{
	for (size_t i = 0; c->rules && i < c->rule_count; i++)
		free(c->rules[i].hits);
	free(c->rules);
	free(c->errors.lines);
	test_scan_free(c->tests);
	shape_set_done(&c->baseline);
}
