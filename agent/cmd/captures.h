/* captures.h - the captures that `run` left in $RUNNER_TEMP/runmedic, for the steps that come later in the job.
 *
 * For them: captures_list(NULL), then for each that failed (exit_code > 0 and not cancelled) captures_log() and
 * diagnose() with CONCLUSION_FAILURE, then captures_settle(): what the command printed cannot change what is known of
 * its end. One that is not `whole` belongs to a command that still runs, or to a `run` that was killed.
 *
 * The folder is written by the job's own commands: everything in it is theirs, of any size and shape. */
#ifndef RM_CMD_CAPTURES_H
#define RM_CMD_CAPTURES_H

#include "cmd/frame.h"
#include "diagnose/diagnosis.h"

#define CAPTURES_MAX 64u                        /* listed; of more the newest ones */
#define CAPTURES_SCAN_MAX 4096u                 /* names of the folder that are looked at */
#define CAPTURES_LOG_MAX ((size_t)32 << 20)     /* bytes of one attempt */
#define CAPTURES_EARLIER_MAX ((size_t)64 << 10) /* bytes of an attempt that is only context */

struct captured {
	char *path;
	unsigned number; /* "make-3.log": 3 */
	bool whole;      /* it ended, and `facts` are known */
	struct frame_facts facts;
	cJSON *json; /* holds the texts of the facts */
};

struct captures {
	struct captured items[CAPTURES_MAX]; /* in the order in which they began */
	size_t count;
	bool more; /* there were others, older ones */
};

/* NULL: the folder of the job. One that is not there, or outside of Actions, has no captures: that is no error. */
int captures_list(struct captures *ret, const char *folder_or_null, struct err *e);
void captures_done(struct captures *c);

/* The last attempt of items[i] as the last step of a log. Before it stand those that began earlier and ended well, as
 * steps of their own, the beginning of each: what they did is evidence for fixers ("the job installs
 * requirements.txt"). The bytes are read into `storage`, which must outlive the log. */
int captures_log(struct log **ret, const struct captures *list, size_t i, struct buf *storage, struct err *e);
/* The failed step becomes what the facts say. */
void captures_settle(struct diagnosis *d, const struct frame_facts *f);

/* $RUNNER_TEMP/runmedic in Actions, malloc'ed; else NULL. */
char *captures_folder(void);
/* A new file of the next number in the job's folder, which is made when needed: its path, malloc'ed. */
char *captures_new(const char *name, int *ret_fd, struct err *e);

#endif
