#include "base/vocabulary.h"

static bool look_up(const char *const *names, size_t count, struct view text, size_t *ret)
{
	for (size_t i = 0; i < count; i++)
		if (view_is(text, names[i])) {
			*ret = i;
			return true;
		}
	return false;
}

#define VOCABULARY_TEXT(id, text) text,
#define VOCABULARY_FUNCTIONS(type, LIST)                                                                               \
	static const char *const type##_names[] = {LIST(VOCABULARY_TEXT)};                                             \
                                                                                                                       \
	const char *type##_name(enum type value)                                                                       \
	{                                                                                                              \
		return type##_names[value];                                                                            \
	}                                                                                                              \
                                                                                                                       \
	bool type##_parse(struct view text, enum type *ret)                                                            \
	{                                                                                                              \
		size_t i;                                                                                              \
                                                                                                                       \
		if (!look_up(type##_names, sizeof(type##_names) / sizeof(*type##_names), text, &i))                    \
			return false;                                                                                  \
		*ret = (enum type)i;                                                                                   \
		return true;                                                                                           \
	}

VOCABULARY_FUNCTIONS(category, CATEGORIES)
VOCABULARY_FUNCTIONS(severity, SEVERITIES)
VOCABULARY_FUNCTIONS(rank, RANKS)
VOCABULARY_FUNCTIONS(tier, TIERS)
VOCABULARY_FUNCTIONS(decision, DECISIONS)
VOCABULARY_FUNCTIONS(fix_status, FIX_STATUSES)
VOCABULARY_FUNCTIONS(outcome, OUTCOMES)
VOCABULARY_FUNCTIONS(space, SPACES)
VOCABULARY_FUNCTIONS(result, RESULTS)
VOCABULARY_FUNCTIONS(conclusion, CONCLUSIONS)
