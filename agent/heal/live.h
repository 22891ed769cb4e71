/* live.h - a command as it would run without us: its streams are passed on as they come, its status is kept.
 *
 * Environment, working directory, standard input and other descriptors are inherited. Each of our standard output and
 * error that is a terminal is a pseudo-terminal for the command (which therefore shows colours and progress), anything
 * else a pipe; when both are the same file they share one, so that the order of what is written stays. What arrives is
 * passed on byte for byte without delay. A stream of ours that cannot be written to is closed for the command, too.
 *
 * INT, TERM, HUP, QUIT, USR1, USR2, TSTP and CONT are passed on to the command: to its process group, which is its own;
 * with a controlling terminal it stays in ours, so that the terminal's keys and job control work as ever. When we are
 * killed the command gets HUP. What is left of its group or holds its streams does not keep us: after its end, what it
 * had written is passed on, then whatever comes within LIVE_DRAIN_MS as long as there is no pause of
 * LIVE_DRAIN_QUIET_MS.
 *
 * One at a time in a process: it takes over the process's signals between live_begin() and live_end(). */
#ifndef RM_HEAL_LIVE_H
#define RM_HEAL_LIVE_H

#include "base/err.h"
#include "base/view.h"

#define LIVE_BUFFER ((size_t)256 << 10) /* of one stream; more is not read before it was passed on */
#define LIVE_DRAIN_QUIET_MS 100
#define LIVE_DRAIN_MS 1000

enum live_stream { LIVE_OUT, LIVE_ERR };
#define LIVE_STREAMS 2

struct live_result {
	int status;                       /* its own; 128+n after a signal; 126, 127 when it could not be started */
	int start_trouble;                /* errno of that, else 0 */
	int stopped_by;                   /* INT, TERM, HUP or QUIT that came while it ran, else 0 */
	int stream_trouble[LIVE_STREAMS]; /* errno with which our own stream refused what was to be passed on, else 0 */
	bool error_line_open;             /* what it wrote to standard error does not end with a newline */
};

/* Sees what was read from a stream just before it is passed on; LIVE_OUT for both where they are one. */
typedef void live_output(void *context, enum live_stream from, struct view bytes);

struct live;
/* pipe_ignored: SIGPIPE was ignored when this process was started, and so it is for the command. */
int live_begin(struct live **ret, bool pipe_ignored, struct err *e);
/* argv[0] is looked up in PATH. -1: trouble of our own before the command was started. */
int live_run(struct live *l, struct live_result *ret, const char *const *argv, live_output *each, void *context,
	struct err *e);
/* Sleeps; 0, or at once the signal that asked to stop. */
int live_wait(struct live *l, int64_t microseconds);
/* The signals are as they were; l may be NULL. */
void live_end(struct live *l);

#endif
