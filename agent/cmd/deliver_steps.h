/* deliver_steps.h - the steps of delivering_run(), one per file: what is known, the lock, commits, suggestions.
 *
 * Each step that GitHub refuses leaves a note that names what is missing, and the fixes to the next lower way. */
#ifndef RM_CMD_DELIVER_STEPS_H
#define RM_CMD_DELIVER_STEPS_H

#include "cmd/deliver.h"
#include "github/refs.h"
#include "github/reviews.h"

#define DELIVER_LOCK_STALE_S 900           /* a run that holds a lock for longer is dead */
#define DELIVER_PAST_COMMITS 50u           /* of the branch, that are read for trailers of ours */
#define DELIVER_FIX_COMMITS 24u            /* of a fix branch */
#define DELIVER_BRANCHES_MAX 8u            /* fix branches that are looked at for one run */
#define DELIVER_FILE_MAX ((size_t)4 << 20) /* of a file of a fix branch that is compared */

/* The branch of a pull request of ours, as it stands. */
struct fix_branch {
	const char *name;
	bool there;
	bool ours; /* every commit on it is, down to the one that it was made for */
	char tip[GITHUB_SHA_MAX];
	const char *base;                     /* that it was made for, as its pull request says; NULL unknown */
	const struct github_pull_state *pull; /* the newest of ours; NULL */
	struct github_pull_state *pulls;
	size_t pull_count;
};

struct deliver_item { /* a fix that the policy let pass */
	struct deliver_fix *fix;
	const struct offer *offer;
	const struct fix_branch *branch; /* NULL: not looked at */
	const char *elsewhere;           /* fix branch of another name that has it, as the history says; NULL */
	enum delivery_way way;
	const char *reason, *commit;
	bool done; /* by a way that succeeded */
};

struct deliver_work {
	struct delivering *d;
	struct github *g;
	const char *login; /* whose token it is; NULL unknown */
	bool job_token;    /* GITHUB_TOKEN: what it does starts no CI by itself */
	struct offers offers;
	struct deliver_item *items;
	struct delivery_fix *fixes; /* as plan/ sees them, same places */
	size_t count;
	struct delivery_facts facts;
	struct delivery_plan plan;
	struct fix_branch branches[DELIVER_BRANCHES_MAX];
	size_t branch_count;
	const char *pushed; /* commit of ours on the red branch that mends what was judged; NULL */
	const char *lock;   /* name of the ref that is held; NULL */
	char lock_sha[GITHUB_SHA_MAX];
};

void deliver_note(struct deliver_work *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool deliver_has(const struct deliver_work *w, enum delivery_way way);
/* Anew for those that are not done. */
void deliver_choose(struct deliver_work *w);
/* What a commit or pull request of these is called; in the arena. */
const char *deliver_signature(const struct deliver_item *item);
const char *deliver_branch_of(const struct deliver_work *w, const struct deliver_item *item);

/* deliver_facts.c: fills facts and fixes. What cannot be known forbids. */
void deliver_look(struct deliver_work *w);
void deliver_know_too_little(struct deliver_work *w, const char *what, const struct err *why);
/* Again what others may have changed since: where the branch is. */
void deliver_look_again(struct deliver_work *w);

/* deliver_past.c: what was tried before, by history, commits and pull requests. */
void deliver_past(struct deliver_work *w);
void deliver_standing(struct deliver_work *w); /* only what is there now */
/* A fix branch as it was looked at last, kept in w->branches. NULL: too many of them. */
const struct fix_branch *deliver_fix_branch(struct deliver_work *w, const char *name);

/* deliver_lock.c. ERR_BUSY: another run has it. ERR_AUTH: this token cannot make one. */
int deliver_lock(struct deliver_work *w, struct err *e);
void deliver_unlock(struct deliver_work *w);

/* deliver_commits.c: fixes of one way on top of `parent`, a commit each; the last one is *ret. Offers are made anew
 * without those of other ways. `also`: takes the place of this commit; NULL. */
int deliver_commits(struct deliver_work *w, enum delivery_way way, const char *parent, const char *also,
	char ret[GITHUB_SHA_MAX], struct err *e);

/* deliver_push.c, deliver_suggest.c: carry out all items of their way. */
int deliver_to_branch(struct deliver_work *w, struct err *e);
int deliver_as_pull(struct deliver_work *w, struct err *e);
void deliver_as_suggestions(struct deliver_work *w);

/* The words of the fixes of one way; in the arena. */
void deliver_words(struct publish_deliver *ret, struct deliver_work *w, enum delivery_way way);

#endif
