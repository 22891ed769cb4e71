/* run_keep.h - where `run` keeps what its command printed, framed so that a later step reads it as a log.
 *
 * Trouble with it is told in a note; the command runs as if there were none. */
#ifndef RM_CMD_RUN_KEEP_H
#define RM_CMD_RUN_KEEP_H

#include "cmd/command.h"
#include "cmd/frame.h"
#include "heal/capture.h"
#include "heal/live.h"

struct run_keep {
	const struct session *session;
	const char *command; /* as a shell would take it; borrowed */
	char *path;          /* of the file; NULL: in memory only */
	struct capture capture;
	uint64_t offset;  /* of the attempt in the file */
	unsigned attempt; /* from 1 */
};

/* --capture, else a new file in the job's folder in Actions, else memory. */
void run_keep_open(struct run_keep *ret, const struct session *s, const char *program, const char *command);
void run_keep_done(struct run_keep *k);

void run_keep_begin(struct run_keep *k);
void run_keep_output(void *keep, enum live_stream from, struct view bytes); /* a live_output */
/* The attempt as a log that has ended; the file is told of its end by run_keep_end(). */
struct view run_keep_log(struct run_keep *k, const struct live_result *result);
void run_keep_end(struct run_keep *k, const struct live_result *result, bool last);

#endif
