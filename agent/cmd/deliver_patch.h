/* deliver_patch.h - fixes that an untrusted job made: its artifacts `runmedic-patch-*`, or a file.
 *
 * Of each bundle only the diffs are used, each for a finding of an analysis of our own, and judged as data by
 * delivering_run(). No word of theirs is shown: what is told of a fix is ours. */
#ifndef RM_CMD_DELIVER_PATCH_H
#define RM_CMD_DELIVER_PATCH_H

#include "cmd/deliver.h"
#include "plan/bundle.h"

#define PATCH_ARTIFACT "runmedic-patch"
#define PATCH_MEMBER "fixes.json"
#define PATCH_ARTIFACTS_MAX 32u
#define PATCH_ARTIFACT_BYTES ((uint64_t)16 << 20)
#define PATCH_FIXES_MAX 128u /* of all bundles of a run */

struct patch_fix {
	struct publish_fix words; /* status PLANNED, or REFUSED with the reason */
	const struct fixer *fixer;
	const struct finding *finding; /* NULL: refused */
	const struct diagnosis *of;    /* whose finding that is; NULL */
	const char *artifact;          /* NULL: a file */
	bool taken;                    /* out of patches_attach(): nothing of our own answers the same */
};

struct patches {
	struct bundle bundles[PATCH_ARTIFACTS_MAX];
	const char *artifacts[PATCH_ARTIFACTS_MAX];
	size_t bundle_count;
	struct patch_fix fixes[PATCH_FIXES_MAX];
	size_t count;
	const char *trouble; /* of the last artifact that could not be read; NULL */
};

/* Downloads what the run left. An artifact that cannot be read is `trouble`, and the others go on. */
int patches_fetch(struct patches *p, struct remote *r, int64_t run, struct arena *a, struct err *e);
int patches_read(struct patches *p, const char *path, struct err *e);

struct patch_trust {
	struct remote *remote;
	const char *commit, *repository; /* that was judged */
	const struct diagnosis *const *diagnoses;
	size_t count;
	const struct config *config;
	bool blindly; /* there was nothing to analyse: fixes are at most of tier review */
	struct arena *arena;
};
/* Fills p->fixes: equal ones of several jobs once. A bundle is for this commit, or for GitHub's test merge of it into
 * its base, which pull requests are checked out as. */
void patches_trust(struct patches *p, const struct patch_trust *t);
/* As data, by the policy, on the commit that was judged; what it refuses is no diff any more. */
int patches_judge(struct patches *p, struct repository *r, const struct config *c, struct arena *a, struct err *e);
/* Stand with what is told of the jobs; `jobs` is r->jobs. */
void patches_attach(struct patches *p, const struct publish_run *r, struct publish_job *jobs, struct arena *a);
void patches_done(struct patches *p);

#endif
