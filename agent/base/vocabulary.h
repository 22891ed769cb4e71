/* vocabulary.h - the words of DESIGN that cross module borders, once, with their names.
 *
 * Each enum has NAME_name(value) -> text and NAME_parse(view, &value) -> bool. The texts are those of the
 * JSON contract, the rule files, the configuration and the database. */
#ifndef RM_BASE_VOCABULARY_H
#define RM_BASE_VOCABULARY_H

#include "base/view.h"

/* The lists read as tables. */
/* clang-format off */
#define CATEGORIES(X) \
	X(DEPENDENCY, "dependency") X(IMPORT, "import") X(SYNTAX, "syntax") X(FORMAT, "format") \
	X(LINT, "lint") X(TYPE, "type") X(TEST, "test") X(BUILD, "build") X(FILE, "file") \
	X(PERMISSION, "permission") X(NETWORK, "network") X(TIMEOUT, "timeout") X(RESOURCE, "resource") \
	X(WORKFLOW, "workflow") X(AUTH, "auth") X(VCS, "vcs") X(INFRA, "infra") X(UNKNOWN, "unknown")
#define SEVERITIES(X) X(ERROR, "error") X(WARNING, "warning") X(INFO, "info")
/* ranks, tiers and decisions are ordered: of two ranks the later one wins, of two tiers the earlier one */
#define RANKS(X) X(WRAPPER, "wrapper") X(SYMPTOM, "symptom") X(CAUSE, "cause")
#define TIERS(X) X(OFF, "off") X(REVIEW, "review") X(HEAL, "heal")
#define DECISIONS(X) X(NONE, "none") X(RERUN, "rerun") X(REVIEW, "review") X(HEAL, "heal")
#define FIX_STATUSES(X) \
	X(PLANNED, "planned") X(APPLIED, "applied") X(REFUSED, "refused") X(FAILED, "failed") \
	X(UNAVAILABLE, "unavailable")
#define OUTCOMES(X) \
	X(GREEN, "green") X(RED, "red") X(UNVERIFIED, "unverified") X(MERGED, "merged") X(CLOSED, "closed") \
	X(REVERTED, "reverted") X(WITHDRAWN, "withdrawn")
#define SPACES(X) X(CI, "ci") X(LOCAL, "local")
/* of one test */
#define RESULTS(X) X(PASSED, "passed") X(FAILED, "failed") X(SKIPPED, "skipped") X(ERROR, "error")
#define CONCLUSIONS(X) \
	X(UNKNOWN, "unknown") X(SUCCESS, "success") X(FAILURE, "failure") X(CANCELLED, "cancelled") \
	X(TIMED_OUT, "timed_out")

#define VOCABULARY_ENUM(type, LIST, MEMBER)                                                                            \
	enum type { LIST(MEMBER) };                                                                                    \
	const char *type##_name(enum type value);                                                                      \
	bool type##_parse(struct view text, enum type *ret);
#define VOCABULARY_CATEGORY(id, text) CATEGORY_##id,
#define VOCABULARY_SEVERITY(id, text) SEVERITY_##id,
#define VOCABULARY_RANK(id, text) RANK_##id,
#define VOCABULARY_TIER(id, text) TIER_##id,
#define VOCABULARY_DECISION(id, text) DECISION_##id,
#define VOCABULARY_FIX(id, text) FIX_##id,
#define VOCABULARY_OUTCOME(id, text) OUTCOME_##id,
#define VOCABULARY_SPACE(id, text) SPACE_##id,
#define VOCABULARY_RESULT(id, text) RESULT_##id,
#define VOCABULARY_CONCLUSION(id, text) CONCLUSION_##id,
VOCABULARY_ENUM(category, CATEGORIES, VOCABULARY_CATEGORY)
VOCABULARY_ENUM(severity, SEVERITIES, VOCABULARY_SEVERITY)
VOCABULARY_ENUM(rank, RANKS, VOCABULARY_RANK)
VOCABULARY_ENUM(tier, TIERS, VOCABULARY_TIER)
VOCABULARY_ENUM(decision, DECISIONS, VOCABULARY_DECISION)
VOCABULARY_ENUM(fix_status, FIX_STATUSES, VOCABULARY_FIX)
VOCABULARY_ENUM(outcome, OUTCOMES, VOCABULARY_OUTCOME)
VOCABULARY_ENUM(space, SPACES, VOCABULARY_SPACE)
VOCABULARY_ENUM(result, RESULTS, VOCABULARY_RESULT)
VOCABULARY_ENUM(conclusion, CONCLUSIONS, VOCABULARY_CONCLUSION)
/* clang-format on */

#define CATEGORY_COUNT ((int)CATEGORY_UNKNOWN + 1)

#endif
