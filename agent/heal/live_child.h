/* live_child.h - the inside of live.h: how a command gets its streams and is started. */
#ifndef RM_HEAL_LIVE_CHILD_H
#define RM_HEAL_LIVE_CHILD_H

#include "heal/live.h"

#include <signal.h>
#include <sys/types.h>

/* A stream between the command and us. */
struct live_channel {
	int ours, theirs; /* -1: none; standard error has none of its own when it shares that of standard output */
	bool terminal;
};

/* What the command inherits although we changed it for ourselves. */
struct live_signals {
	sigset_t mask;
	bool pipe_ignored;
	struct sigaction child, size;
};

/* Descriptors 0 to 2 that are closed get a place holder which the command does not see: nothing that we open may take
 * their numbers. ret_closed tells which. */
int live_hold_standard(bool ret_closed[3], struct err *e);

int live_channels_open(struct live_channel channels[LIVE_STREAMS], const bool closed[3], struct err *e);
void live_channels_close_theirs(struct live_channel channels[LIVE_STREAMS]);
void live_channels_close(struct live_channel channels[LIVE_STREAMS]);
/* The size of our terminal becomes that of the command's. */
void live_channels_resize(const struct live_channel channels[LIVE_STREAMS]);

/* The command's process id; 0 with the errno in *ret_trouble when it could not be started; -1: no process could be
 * made.
 */
pid_t live_start(const char *const *argv, const struct live_channel channels[LIVE_STREAMS],
	const struct live_signals *signals, bool own_group, int *ret_trouble, struct err *e);

#endif
