#include "learn/likeness.h"

#include "diagnose/signature.h"

#include <stdlib.h>

#define FNV_START UINT32_C(2166136261)
#define FNV_PRIME UINT32_C(16777619)

static uint32_t add_hash(uint32_t h, struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		h = (h ^ (unsigned char)v.p[i]) * FNV_PRIME;
	return h;
}

static int ascending(const void *pa, const void *pb)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
	return (a > b) - (a < b);
}

static bool of_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static struct view next_word(struct view *rest)
{
	size_t start = 0, end;
	while (start < rest->n && !of_word(rest->p[start]))
		start++;
	for (end = start; end < rest->n && of_word(rest->p[end]); end++)
		;
	struct view word = view_sub(*rest, start, end - start);
	*rest = view_from(*rest, end);
	return word;
}

void likeness_of(struct likeness_set *ret, struct view message)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	signature_normalise(&text, view_cut_utf8(message, LIKENESS_BYTES_MAX));
	struct view rest = buf_view(&text), before = {0};
	ret->n = 0;
	for (size_t words = 0; words < LIKENESS_WORDS_MAX; words++) {
		struct view word = next_word(&rest);
		if (!word.n)
			break;
		ret->items[ret->n++] = add_hash(FNV_START, word);
		if (before.n)
			ret->items[ret->n++] = add_hash(add_hash(add_hash(FNV_START, before), VIEW(" ")), word);
		before = word;
	}
	if (ret->n)
		qsort(ret->items, ret->n, sizeof *ret->items, ascending);
	size_t kept = 0;
	for (size_t i = 0; i < ret->n; i++)
		if (!kept || ret->items[kept - 1] != ret->items[i])
			ret->items[kept++] = ret->items[i];
	ret->n = kept;
}

double likeness(const struct likeness_set *a, const struct likeness_set *b)
{
	size_t i = 0, k = 0, both = 0;
	while (i < a->n && k < b->n) {
		both += a->items[i] == b->items[k];
		if (a->items[i] == b->items[k]) {
			i++;
			k++;
		} else if (a->items[i] < b->items[k]) {
			i++;
		} else {
			k++;
		}
	}
	size_t all = a->n + b->n - both;
	return all ? (double)both / (double)all : 0;
}
