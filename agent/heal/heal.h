/* heal.h - carrying a plan out: scratch tree, proof, apply or commit. The only user of git2.h.
 *
 * Every fix is made and proved away from the user's files. Native edits and printed diffs are worked out in
 * memory against HEAD; commands run in a temporary checkout. The user's tree is touched only at the end, through a
 * journal: after kill -9 at any moment all files of a fix are old or all are new (a helper process finishes what was
 * begun; heal_recover() finishes after a power loss). HEAD, index and other files are never touched. */
#ifndef RM_HEAL_HEAL_H
#define RM_HEAL_HEAL_H

#include "heal/process.h"
#include "plan/plan.h"
#include "plan/policy.h"

struct repository;

/* Opens the repository that `folder` is in (or a bare one). ERR_NOT_FOUND: none. Never reads the system's or user's git
 * config for anything that could run a program. Owner checks are off for this path (container actions run as root on
 * others' trees). */
int repository_open(struct repository **ret, const char *folder, struct err *e);
/* Only the root of the work tree that the folder is in, malloc'ed; NULL where it is in none. Cheap. */
char *repository_root_of(const char *folder);
void repository_free(struct repository *r);
const char *repository_root(const struct repository *r); /* work tree, or git folder when bare; no slash at the end */
bool repository_is_bare(const struct repository *r);
const char *repository_head(const struct repository *r);   /* 40 hex, NULL when unborn */
const char *repository_branch(const struct repository *r); /* short name, NULL when detached */
const char *repository_slug(
	const struct repository *r); /* "owner/name" of remote origin on a GitHub-like URL, NULL unknown */
const struct tree *repository_tree(struct repository *r); /* at HEAD; owned by r */
/* A file as a branch has it ("refs/remotes/origin/main"), links not followed. ERR_UNAVAILABLE: no such branch in this
 * clone; ERR_NOT_FOUND: it has no such file. *ret is initialised here. */
int repository_read_at(
	struct repository *r, const char *ref, const char *path, size_t max, struct buf *ret, struct err *e);

/* A commit that lies elsewhere (on GitHub), as a bare repository of its own in a temporary folder that goes with it.
 * Folders are made from the list of files, and the whole must have the id of the tree; a file is asked for when
 * somebody reads it, at most LEND_READS_MAX of them, and must have the id that the list says. */
#define LEND_READS_MAX 300u
#define LEND_BYTES_MAX ((size_t)64 << 20) /* of all files that were read */
struct lent_file {
	const char *path, *id; /* 40 hex */
	unsigned mode;
	int64_t size; /* -1 unknown: it cannot be read */
};
struct lent_commit {
	const char *commit, *tree; /* 40 hex each; repository_head() is `commit` */
	const struct lent_file *files;
	size_t count;
	int (*read)(void *context, const char *id, struct buf *ret, struct err *e); /* appends */
	void *context; /* of `read`; must live as long as the repository, as must the files */
};
int repository_lend(struct repository **ret, const struct lent_commit *l, struct err *e);

enum heal_level { HEAL_DRY_RUN, HEAL_APPLY, HEAL_COMMIT };

struct heal_options {
	enum heal_level level;
	const struct config *config;
	enum tier tier; /* --tier, as in plan_options; 0: heal. A tool of another version is only `review` */
	const char *run_url_or_null; /* for the Runmedic-Run trailer */
	const char *branch_or_null;  /* HEAL_COMMIT: name; NULL: runmedic/<12 hex of signature>-<6 hex of base> */
	const char *no_processes;    /* why no program may be started; NULL: they may */
};

struct healed_fix {
	const struct planned_fix *fix;
	enum fix_status status;
	enum tier tier; /* the plan's, or lower */
	const char *reason;
	double confidence;
	const char **files;
	size_t file_count;
	const char
		*diff; /* unified, git form, modes included; NULL where there is no change, or none that may be used */
	struct {
		const char *const *argv; /* NULL for a pure proof */
		int exit_code;           /* 0: holds */
		const char *says;
	} proof;
	const char *commit; /* 40 hex, HEAL_COMMIT */
};

struct heal_result { /* of one plan */
	struct arena arena;
	struct healed_fix *fixes; /* one per planned fix, same order */
	size_t fix_count;
	const char *branch;  /* HEAL_COMMIT: the branch that holds them */
	const char *sandbox; /* what the kernel enforces for child processes, one line */
};

/* The jobs of one run are healed together: their fixes stand on top of each other, share one branch and one limit, and
 * what two jobs complain about is mended once (and counts as applied for both). -1 for trouble that stops everything
 * (no commit yet, a bare repository to apply to, an interrupted --apply that cannot be finished). The options and the
 * repository must outlive the healing. */
struct healing_run;
int heal_begin(struct healing_run **ret, struct repository *r, const struct heal_options *o, struct err *e);
void heal_end(struct healing_run *run);

/* Executes a plan in its order; a fix that fails leaves no trace and the next one goes on. One that was worked out
 * against HEAD for a file that an earlier one changed is merged, or refused. Every fix that the plan left `planned` is
 * made, judged, proved and verified, so that it can be shown; only those within this call are delivered and become
 * `applied` (in a dry run they stay `planned`). A dry run looks at HEAD alone and writes nothing. The plan must outlive
 * the result. */
void heal_run(struct heal_result *ret, struct healing_run *run, const struct plan *plan);
void heal_result_done(struct heal_result *h);

/* Finishes or undoes what an interrupted --apply left. Returns 1 when something was done, 0 when there was nothing. */
int heal_recover(struct repository *r, struct err *e);

const char *heal_libgit2_version(void);

#endif
