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

static void on_hit(void *context, const struct rule_hit *hit, struct view line)
{
	struct pass *p = context;
	(void)line;
	keep(&p->c->rules[hit->index], &(struct kept_hit){.line = hit->line, .step = hit->step, .mark = hit->mark});
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

int collect(struct collected *c, struct log *log, struct matcher *m, const struct diagnose_options *o, struct err *e)
{
	*c = (struct collected){.rule_count = matcher_rule_count(m)};
	c->rules = mem_array(c->rule_count, sizeof *c->rules);
	for (size_t i = 0; i < c->rule_count; i++)
		c->rules[i].rule = matcher_rule(m, i);
	c->tests = test_scan_new(o->every_test, o->context);
	struct pass p = {.c = c, .m = m};
	struct log_block block;
	uint64_t bytes = 0;
	int more;
	while ((more = log_next(log, &block, e)) > 0) {
		matcher_scan(m, &block, on_hit, &p);
		size_t tagged;
		const struct matcher_tag *tags = matcher_tags(m, &tagged);
		test_scan_lines(c->tests, &block, tags, tagged);
		note_errors(c, &block);
		bytes += block.text.n;
		if (o->progress)
			o->progress(o->progress_context, bytes);
	}
	test_scan_end(c->tests);
	return more < 0 ? -1 : baseline_read(c, log, o, e);
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
