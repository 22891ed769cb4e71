/* sync.h - between the files of `runmedic sync`: which runs, what of them, and what came of it. */
#ifndef RM_CMD_SYNC_H
#define RM_CMD_SYNC_H

#include "cmd/recording.h"
#include "cmd/remote_run.h"
#include "store/sync.h"

#include <signal.h>

#define SYNC_LIMIT_DEFAULT 100u
#define SYNC_LIMIT_MAX 100000u
#define SYNC_PATIENCE_MS (70 * 60 * 1000) /* on a laptop: until the hour's budget is filled again */
#define SYNC_LEAVE 100                    /* requests that are left to others, who share the budget of Actions */
#define SYNC_LISTED_MAX 1000u             /* that GitHub shows for one question */

struct sync_counts {
	uint64_t listed, known, running, runs, attempts;
	uint64_t jobs, red, skipped; /* skipped: ran nothing, and is not recorded */
	uint64_t logs, gone, unreadable;
	uint64_t artifacts, artifacts_gone, artifacts_odd; /* odd: nothing in them that could be read */
	uint64_t results, coverage;
	uint64_t files, present; /* --download */
	uint64_t bytes;
};

struct sync {
	struct session *session;
	struct remote *remote;
	struct analyser analyser;
	struct recording *recording; /* NULL with --download */
	struct store *store;         /* of the recording */
	const char *folder;          /* --download; NULL */
	int folder_fd;
	const char *branch, *workflow;
	bool green_logs, no_artifacts;
	int64_t since; /* CLOCK_UNKNOWN: by number */
	uint64_t limit;
	volatile sig_atomic_t *stop;
	struct arena arena; /* of the list */
	struct github_run *runs;
	size_t count, cap;
	struct sync_counts counts;
	bool incomplete; /* something is to be asked for again */
};

int sync_list(struct sync *s, struct err *e); /* fills runs, newest first; those that are done with left out */

/* Into the history, or into the folder; -1: nothing can go on. *ret_whole: nothing of it is to be asked for again. */
int sync_record_attempt(struct sync *s, struct remote_run *run, bool *ret_whole, struct err *e);
int sync_record_artifacts(struct sync *s, const struct remote_run *run, bool *ret_whole, struct err *e);
int sync_download_attempt(struct sync *s, struct remote_run *run, bool *ret_whole, struct err *e);
int sync_download_artifacts(struct sync *s, const struct remote_run *run, bool *ret_whole, struct err *e);
int sync_download_open(struct sync *s, struct err *e);
/* For remote_wish.skip: is it recorded, or there as a file? */
bool sync_is_recorded(void *sync, const struct remote_run *run, const struct github_job *job);
bool sync_is_present(void *sync, const struct remote_run *run, const struct github_job *job);
/* Could its name be that of test results or coverage? */
bool sync_is_report(const char *artifact);

int sync_answer(struct sync *s, struct err *e);

#endif
