#include "fixers/fixer.h"

#include "base/file.h"

#include <string.h>

const struct fixer *fixer_find(const char *id)
{
	for (const struct fixer *const *f = fixer_table; *f; f++)
		if (strcmp((*f)->id, id) == 0)
			return *f;
	return NULL;
}

enum tier fixer_tier(const char *id)
{
	const struct fixer *f = fixer_find(id);

	return f ? f->tier : TIER_REVIEW;
}

bool fixer_answers(const struct fixer *f, const char *rule_id)
{
	for (const char *const *glob = f->answers; *glob; glob++)
		if (file_glob(*glob, view_of(rule_id)))
			return true;
	return false;
}

void fix_proposal_done(struct fix_proposal *p)
{
	if (p) {
		arena_done(&p->arena);
		*p = (struct fix_proposal){0};
	}
}
