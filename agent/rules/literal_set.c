#include "rules/literal_set.h"

#include <string.h>

#define PRODUCT_MAX 20u /* strings made by joining alternatives: more cost more lookups than they save */
#define REPEATED 4u     /* rarity of a byte that repeats the one before it: rulers and indentation are common */
#define RARITY_NON_ASCII 109u
#define RARITY_DIGIT 20u

/* Measured on decoded job logs: -8 * log2 of each byte's share. */
static const unsigned char rarity[128] = {
	152, 160, 160, 160, 160, 160, 160, 160, 160, 100, 48, 160, 160, 84, 160, 160, /* controls */
	160, 160, 160, 160, 160, 160, 160, 160, 160, 160, 160, 148, 160, 160, 160, 160, 24, 111, 69, 69, 96, 74, 96, 71,
	64, 64, 77, 92, 68, 44, 35, 43,                                    /* blank to / */
	51, 50, 52, 56, 55, 57, 58, 61, 60, 60, 50, 96, 93, 70, 70, 111,   /* 0 to ? */
	84, 71, 70, 66, 71, 70, 75, 78, 82, 71, 95, 91, 79, 74, 74, 71,    /* @ to O */
	69, 111, 69, 66, 67, 78, 86, 87, 97, 100, 105, 64, 68, 64, 94, 58, /* P to _ */
	93, 37, 50, 42, 44, 32, 54, 47, 51, 37, 66, 58, 42, 46, 37, 37,    /* ` to o */
	45, 82, 38, 37, 35, 45, 56, 60, 61, 56, 78, 89, 80, 90, 97, 160,   /* p to DEL */
};

unsigned literal_rarity(const char *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		sum += i && p[i] == p[i - 1]   ? REPEATED
		       : p[i] == LITERAL_DIGIT ? RARITY_DIGIT
		       : c < 128               ? rarity[c]
					       : RARITY_NON_ASCII;
	}
	return sum;
}

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
	unsigned least = 0, penalty = 0;

	for (unsigned i = 0; i < s->count; i++) {
		unsigned r = literal_rarity(s->items[i].p, s->items[i].n);

		least = i == 0 || r < least ? r : least;
	}
	for (unsigned n = s->count; n > 1; n /= 2)
		penalty += 8;
	return (int)least - (int)penalty;
}
