/* checks_child.h - the inside of checks.h: how a check is started, and who ends it when we are gone. */
#ifndef RM_HEAL_CHECKS_CHILD_H
#define RM_HEAL_CHECKS_CHILD_H

#include "heal/checks.h"
#include "heal/live_child.h"

struct checks_start {
	const char *directory;
	char **environment;
	sigset_t mask;
	bool pipe_ignored;
};
/* Our environment without these; free() the list. */
char **checks_environment(const char *const *withheld);
/* One pipe for both streams. */
int checks_channel(struct live_channel channels[LIVE_STREAMS], struct err *e);
/* As live_start(). */
pid_t checks_start(const struct checks_start *s, const char *const *argv,
	const struct live_channel channels[LIVE_STREAMS], int *ret_trouble, struct err *e);

/* A process that knows the groups, and kills them when its pipe from us ends before it was told that all is well. The
 * descriptor, or -1: there is none, which is no trouble. */
int checks_guard_begin(pid_t *ret_pid);
void checks_guard_add(int fd, pid_t group);
void checks_guard_forget(int fd, pid_t group);
void checks_guard_end(int fd, pid_t pid);

#endif
