/* similar.h - failures that the history has seen before: the same, and those alike. */
#ifndef RM_STORE_SIMILAR_H
#define RM_STORE_SIMILAR_H

#include "store/store.h"

#define SIMILAR_LOOKED_AT_MAX 20000u /* signatures, those seen last first */
#define SIMILAR_ROWS_MAX 1000u

struct store_similar {
	const char *signature, *rule, *category, *title, *path,
		*message; /* of the newest; path, message NULL unknown */
	int64_t jobs;     /* that failed of it */
	int64_t first_seen, last_seen;
	double likeness; /* 1: the same signature; else of the messages, at least LIKENESS_WORTH_SAYING */
	/* What repaired it last, else what was applied last; NULL: nothing was. outcome NULL: not known yet. */
	const char *fixer, *outcome;
	int64_t fixed_at;
	bool repaired; /* the outcome is green or merged */
};

struct store_similar_list {
	struct arena arena;
	struct store_similar *rows; /* most alike first, then by how often, then by when */
	size_t n;
};
/* Failures with this signature, then those with a message like it; with neither all, by how often. A signature that is
 * known brings its own message. */
int store_similar(struct store *s, const char *signature_or_null, const char *message_or_null, unsigned limit,
	struct store_similar_list *ret, struct err *e);
void store_similar_done(struct store_similar_list *l);

/* Jobs that failed of this signature, but the execution with this log (NULL: none is left out); *ret->signature is NULL
 * when there was none. The texts live in the arena. */
int store_seen(struct store *s, struct arena *a, const char *signature, const char *but_digest_or_null,
	struct store_similar *ret, struct err *e);

#endif
