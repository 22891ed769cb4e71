/* deliver.h - fixes that were made (here, or in an untrusted job) on their way to people: one code for `publish`,
 * `heal --pr` and the Action.
 *
 * delivering_run() collects the facts, lets plan/delivery.h choose, and carries it out by the ladder: what the token
 * may not do falls to the next lower way (branch, pr -> suggest -> patch in the comment -> step summary and files), and
 * a note says which permission was missing. Nothing is delivered twice: lock, standing deliveries, heads are looked at
 * just before each write. */
#ifndef RM_CMD_DELIVER_H
#define RM_CMD_DELIVER_H

#include "cmd/remote.h"
#include "github/pulls.h"
#include "heal/offer.h"
#include "plan/delivery.h"
#include "publish/deliver.h"
#include "store/delivery.h"

struct deliver_fix {
	const struct fixer *fixer;
	const struct finding *finding;
	const struct publish_fix *words;
	enum delivery_way way; /* out: how it reached people */
	const char *why;       /* out: why so, or why not; NULL */
};

struct delivering {
	struct session *session;
	struct remote *remote;
	struct store *store; /* NULL: no history */
	const struct config *config;
	enum config_deliver wanted;
	enum tier most; /* no fix is of a higher tier here; TIER_OFF: as they are */
	bool dry_run;
	struct repository *repository;  /* at the commit that was judged */
	struct publish_run *run;        /* `delivery` is filled in */
	const struct github_pull *pull; /* number 0: none */
	const char *default_branch;
	const char *author; /* who started the run; NULL unknown */
	struct arena *arena;
	struct deliver_fix *fixes;
	size_t count;
	/* Commits that are there already, in the repository: pushed as they are instead of made. NULL: none. */
	const char *branch, *commit;
	/* out: */
	const char *patch; /* all accepted fixes together; NULL */
	struct publish_deliver words;
	const char *notes[8];
	size_t note_count;
};
/* An option or input "none", "suggest", "pr" or "branch" (NULL: none is given) only lowers the configuration. */
enum config_deliver deliver_at_most(enum config_deliver configured, const char *given_or_null);
/* -1 only for trouble that people must hear of; a refusal is d->run->delivery.reason. */
int delivering_run(struct delivering *d, struct err *e);

#endif
