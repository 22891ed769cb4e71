#include "rules/literal_part.h"

static void set_empty(struct literal_set *s)
{
	literal_set_one(s, "", 0);
}

void part_exact(struct part *t, const char *p, size_t n)
{
	t->exact = true;
	t->has_best = false;
	literal_set_one(&t->all, p, n);
}

void part_unknown(struct part *t)
{
	t->exact = t->has_best = false;
	set_empty(&t->head);
	set_empty(&t->tail);
}

static void offer(struct part *t, const struct literal_set *candidate)
{
	struct literal_set finished;
	int score;

	if (!literal_set_finish(&finished, candidate))
		return;
	score = literal_set_score(&finished);
	if (t->has_best && score <= t->score)
		return;
	t->has_best = true;
	t->best = finished;
	t->score = score;
}

void sequence_begin(struct sequence *s)
{
	part_exact(&s->part, "", 0);
	s->bridged = false;
}

static void end_bridge(struct sequence *s)
{
	if (s->bridged && literal_set_merge(&s->bridge, &s->detours))
		offer(&s->part, &s->bridge);
	s->bridged = false;
}

static void end_run(struct sequence *s)
{
	offer(&s->part, &s->part.all);
	if (s->part.exact)
		s->part.head = s->part.all;
	s->part.exact = false;
	set_empty(&s->part.all);
}

static const struct literal_set *head_of(const struct part *t)
{
	return t->exact ? &t->all : &t->head;
}

static const struct literal_set *tail_of(const struct part *t)
{
	return t->exact ? &t->all : &t->tail;
}

void sequence_join(struct sequence *s, const struct part *t)
{
	bool fits = literal_set_append(&s->part.all, head_of(t));
	bool crosses = s->bridged && literal_set_append(&s->bridge, head_of(t)) && t->exact;

	if (!crosses)
		end_bridge(s);
	if (t->exact && fits)
		return;
	end_run(s);
	if (t->exact)
		offer(&s->part, &t->all);
	else if (t->has_best)
		offer(&s->part, &t->best);
	s->part.all = *tail_of(t);
}

/* What stands before an optional part is followed by the beginning of that part, or by what stands behind it. */
static void pass_by(struct sequence *s, const struct part *t)
{
	struct literal_set detour;

	if (!s->bridged) {
		s->bridge = s->part.all;
		s->detours.count = 0;
		s->bridged = true;
	}
	detour = s->bridge;
	if (!literal_set_append(&detour, head_of(t)) || s->detours.count + detour.count > LITERALS_MAX)
		end_bridge(s);
	else
		literal_set_merge(&s->detours, &detour);
	end_run(s);
}

void sequence_join_quantified(struct sequence *s, struct part *t, struct quantifier q)
{
	if (q.none) {
		sequence_join(s, t);
	} else if (q.optional && !q.repeated && t->exact && literal_set_add(&t->all, "", 0)) {
		sequence_join(s, t);
	} else if (q.optional) {
		pass_by(s, t);
	} else {
		/* once or more: one occurrence ends a run, one begins the next */
		sequence_join(s, t);
		end_bridge(s);
		end_run(s);
		s->part.all = *tail_of(t);
	}
}

void sequence_end(struct sequence *s, struct part *ret)
{
	end_bridge(s);
	offer(&s->part, &s->part.all);
	s->part.tail = s->part.all;
	if (s->part.exact)
		s->part.head = s->part.all;
	*ret = s->part;
}

static void merge_ends(struct literal_set *s, const struct literal_set *other)
{
	if (!literal_set_merge(s, other))
		set_empty(s);
}

void part_merge(struct part *ret, const struct part *branch)
{
	merge_ends(&ret->head, &branch->head);
	merge_ends(&ret->tail, &branch->tail);
	ret->exact = ret->exact && branch->exact && literal_set_merge(&ret->all, &branch->all);
	ret->has_best = ret->has_best && branch->has_best && literal_set_merge(&ret->best, &branch->best);
	if (ret->has_best)
		ret->score = literal_set_score(&ret->best);
}
