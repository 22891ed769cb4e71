#include "rules/literal_set.h"

#include <limits.h>
#include <string.h>

#define PRODUCT_MAX 20u /* strings made by joining alternatives: more cost more lookups than they save */
/* Of the score, in eighths of a bit: a literal shorter than two windows fills much of the prefilter's bitmap. */
#define SHORT 5
#define TOO_SHORT 80
#define EACH_DOUBLING 8

void literal_set_one(struct literal_set *s, const char *p, size_t n)
{
	s->count = 0;
	literal_set_add(s, p, n);
}

bool literal_set_add(struct literal_set *s, const char *p, size_t n)
{
	struct literal_text *t = &s->items[s->count];

	if (s->count == LITERALS_MAX || n > LITERAL_MAX)
		return false;
	if (n)
		memcpy(t->p, p, n);
	t->n = (unsigned char)n;
	s->count++;
	return true;
}

bool literal_set_merge(struct literal_set *s, const struct literal_set *other)
{
	for (unsigned i = 0; i < other->count; i++)
		if (!literal_set_add(s, other->items[i].p, other->items[i].n))
			return false;
	return true;
}

static size_t longest(const struct literal_set *s)
{
	size_t n = 0;

	for (unsigned i = 0; i < s->count; i++)
		n = s->items[i].n > n ? s->items[i].n : n;
	return n;
}

static bool joins_digits(const struct literal_text *a, const struct literal_text *b)
{
	return a->n && b->n && a->p[a->n - 1] == LITERAL_DIGIT && b->p[0] == LITERAL_DIGIT;
}

bool literal_set_append(struct literal_set *s, const struct literal_set *tail)
{
	struct literal_set product = {.count = 0};
	unsigned most = s->count > 1 && tail->count > 1 ? PRODUCT_MAX : LITERALS_MAX;

	if (s->count * tail->count > most || longest(s) + longest(tail) > LITERAL_MAX)
		return false;
	for (unsigned i = 0; i < s->count; i++) {
		for (unsigned j = 0; j < tail->count; j++) {
			const struct literal_text *a = &s->items[i], *b = &tail->items[j];
			struct literal_text *t = &product.items[product.count++];

			if (joins_digits(a, b))
				return false;
			memcpy(t->p, a->p, a->n);
			memcpy(t->p + a->n, b->p, b->n);
			t->n = (unsigned char)(a->n + b->n);
		}
	}
	*s = product;
	return true;
}

/* What stands before a start or behind an end of the line cannot be looked for, the rest can. */
static struct literal_text resolve(const struct literal_text *t)
{
	struct literal_text out = {.n = 0};
	size_t first = 0, end = t->n;

	for (size_t i = 0; i < t->n; i++)
		if (t->p[i] == LITERAL_START)
			first = i;
	for (size_t i = t->n; i > first; i--)
		if (t->p[i - 1] == LITERAL_END)
			end = i;
	for (size_t i = first; i < end; i++)
		out.p[out.n++] = t->p[i] == LITERAL_START || t->p[i] == LITERAL_END ? '\n' : t->p[i];
	return out;
}

static bool holds(const struct literal_text *t, const struct literal_text *part)
{
	return memmem(t->p, t->n, part->p, part->n) != NULL;
}

/* A line that holds the longer string holds the shorter one. */
static void add_unless_held(struct literal_set *s, const struct literal_text *t)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->count; i++)
		if (holds(t, &s->items[i]))
			return;
	for (unsigned i = 0; i < s->count; i++)
		if (!holds(&s->items[i], t))
			s->items[kept++] = s->items[i];
	s->items[kept] = *t;
	s->count = kept + 1;
}

static unsigned count_digits(const struct literal_text *t)
{
	unsigned n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->p[i] == LITERAL_DIGIT;
	return n;
}

bool literal_set_finish(struct literal_set *ret, const struct literal_set *s)
{
	ret->count = 0;
	for (unsigned i = 0; i < s->count; i++) {
		struct literal_text t = resolve(&s->items[i]);

		if (t.n - count_digits(&t) < LITERAL_MIN)
			return false;
		add_unless_held(ret, &t);
	}
	return ret->count > 0;
}

int literal_set_score(const struct literal_set *s)
{
	int least = INT_MAX;

	for (unsigned i = 0; i < s->count; i++) {
		const struct literal_text *t = &s->items[i];
		int r = (int)literal_rarity(t->p, t->n) - (t->n < SHORT ? TOO_SHORT : 0);

		least = r < least ? r : least;
	}
	for (unsigned n = s->count; n > 1; n /= 2)
		least -= EACH_DOUBLING;
	return least;
}
