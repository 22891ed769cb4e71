/* local_verify.h - one verdict: facts from GitHub, judged, recorded, told. Shared by `local verify` and the Action.
 *
 * What decides is read from the default branch, at one commit of it: configuration, allowed signers, revoked keys. */
#ifndef RM_CMD_LOCAL_VERIFY_H
#define RM_CMD_LOCAL_VERIFY_H

#include "cmd/local.h"
#include "cmd/local_envelope.h"
#include "publish/local_words.h"

#define LOCAL_AUDIT_VARIABLE "RUNMEDIC_AUDIT_SECRET"
#define LOCAL_GITHUB_KEYS_VARIABLE "RUNMEDIC_GITHUB_KEYS"
#define LOCAL_CANDIDATES_MAX 20u /* commits of a merge group whose results are looked at */
#define LOCAL_BASES_MAX 20u      /* open pull requests of one commit */
#define LOCAL_WAIT_MAX_S 900u
#define LOCAL_VERIFY_NOTES_MAX 8u

struct verify_wish {
	const char *sha; /* NULL: of the pull request */
	int pull;        /* 0: whichever has this head */
	const char *ref; /* a branch that may be at this commit; NULL */
	bool queue;      /* merge_group: sha is the queue's own commit, ref the branch that it would be merged to */
	const char *queue_ref, *queue_base; /* "gh-readonly-queue/main/pr-7-...", the commit before the group */
	const char *envelope;               /* a file, instead of the refs; NULL */
	const char *github_keys;            /* logins, by commas: their signing keys count, too; NULL */
	const char *config;                 /* path on the default branch */
	const char *db;                     /* the history; NULL: none is asked */
	const char *details_url;            /* for check run and status; NULL */
	unsigned wait_s;                    /* for a result that nobody has posted yet */
	bool dry_run;                       /* nothing is written, here or on GitHub */
};

/* A place where an envelope may stand. */
struct verify_candidate {
	const char *commit, *repository; /* repository NULL: the one that is verified for */
};

struct verifying {
	struct session *session;
	const struct verify_wish *wish;
	struct arena arena;
	struct remote *remote;
	struct store *store; /* NULL: no history */

	struct config config;
	bool has_config;
	struct signers signers;
	bool has_signers;
	struct revoked *revoked;
	const char *rules_at; /* the commit of the default branch that they were read from */
	const char *default_branch;

	const char *sha, *tree;
	int pull;
	const char *head_repository;        /* of a fork; NULL: the same */
	const char *bases[LOCAL_BASES_MAX]; /* branches that this commit may be merged to, or is at */
	size_t base_count;
	struct verify_candidate candidates[LOCAL_CANDIDATES_MAX];
	size_t candidate_count;

	struct trust_verdict verdict;
	bool judged, posted, trouble;
	const char *check_url;
	const char *notes[LOCAL_VERIFY_NOTES_MAX + 1];
	size_t note_count;
};
void verifying_note(struct verifying *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The verdict, recorded and told. -1: nobody knows; then, where the commit is known, "could not be verified" stands
 * beside it. verifying_done() in any case. */
int local_judge(struct verifying *v, struct session *s, const struct verify_wish *w, struct err *e);
void verifying_done(struct verifying *v);

bool verify_is_sha(const char *text); /* a whole one */

/* The steps. */
int verify_rules(struct verifying *v, struct err *e);   /* default branch: configuration, signers, revoked keys */
int verify_subject(struct verifying *v, struct err *e); /* commit, tree, bases, where envelopes may stand */
int verify_judge(struct verifying *v, struct err *e);   /* history, envelopes, verdict */
/* Check run and commit status. `why` NULL: the verdict; else that there is none. */
int verify_tell(struct verifying *v, const char *why, struct err *e);
void verify_words(struct verifying *v, const char *why, struct publish_local *ret);

#endif
