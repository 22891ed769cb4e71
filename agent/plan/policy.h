/* policy.h - what a change may be, in code, for every fixer and for patches of others. Pure.
 *
 * docs/security.md lists each rule here with the test that proves it. */
#ifndef RM_PLAN_POLICY_H
#define RM_PLAN_POLICY_H

#include "base/config.h"
#include "fixers/fixer.h"

/* One file of a change, as data: what was at HEAD and what would be. */
struct change {
	const char *path;
	bool existed, exists;
	enum tree_kind old_kind, new_kind;
	struct view old_content, new_content;
};

struct change_set {
	struct arena arena;
	struct change *items; /* in byte order of path */
	size_t count;
	unsigned lines_added, lines_removed;
};
void change_set_done(struct change_set *c);

/* May this change leave the machine? Refuses (ERR_REFUSED, the first reason): paths that leave the repository, .git,
 * CODEOWNERS, keys and certificates, submodules, links (as target or on the way), .github/ below; files outside the
 * fixer's globs or in heal.deny; more files, lines or bytes than the limits; binary content; set-uid and other modes; a
 * secret that was not there before; weakened tests (skips, removed asserts or tests, thresholds, suppressions such as
 * noqa, type: ignore, eslint-disable, nolint); conflict markers. */
int policy_check(const struct change_set *changes, const struct fixer *fixer, const struct finding *finding,
	const struct config *config, const struct tree *tree, struct err *e);
/* The path rules alone, for a diff that was not applied yet. */
int policy_check_path(const char *path, const struct config *config, const struct tree *tree, struct err *e);

#endif
