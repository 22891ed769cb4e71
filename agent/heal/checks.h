/* checks.h - commands that a person wrote into the configuration, one after the other or several at once.
 *
 * Each runs in a session of its own: no terminal to ask on, standard input is empty, and its whole process group is
 * stopped at its time-out, when another one failed (fail_fast), or when we are asked to stop: TERM (or the signal that
 * came), CHECKS_GRACE_MS later KILL; a second signal is KILL at once. What a command leaves behind in its group is
 * killed after its end. The environment is ours without the variables that are withheld. Where commands run one by one,
 * each of our streams that is a terminal is one for them, too.
 *
 * INT, TERM, HUP, QUIT, TSTP and CONT are watched during checks_run(); time during which we are stopped does not count.
 * When we are killed, a guardian process ends the groups. */
#ifndef RM_HEAL_CHECKS_H
#define RM_HEAL_CHECKS_H

#include "heal/live.h"

#include <stddef.h>

#define CHECKS_MAX 64u
#define CHECKS_GRACE_MS 5000
#define CHECKS_READ ((size_t)64 << 10)

struct check_command {
	const char *const *argv;
	unsigned timeout_s;
};
struct check_end {
	int exit_code;     /* -1: it did not end by itself */
	int signal;        /* that ended it, else 0 */
	int start_trouble; /* errno; exit_code is 126 or 127 then */
	bool timed_out;
	bool stopped;              /* by us, for another reason */
	int64_t started, duration; /* clock_now(); microseconds */
};

struct checks; /* while they run */
struct checks_options {
	const char *directory;
	const char *const *withheld; /* names of variables, ends with NULL */
	unsigned parallel;           /* at once; with more than 1 both streams of a command are one */
	bool fail_fast;
	bool pipe_ignored; /* as in live_begin() */
	void (*on_start)(void *context, struct checks *x, size_t i);
	void (*on_output)(void *context, struct checks *x, size_t i, enum live_stream from, struct view bytes);
	bool (*on_end)(void *context, struct checks *x, size_t i, const struct check_end *end); /* false: it failed */
	void (*meanwhile)(void *context); /* once, in a thread of its own, while they run; NULL */
	void *context;
};
/* *ret_signal: what asked us to stop, else 0. Those that never started have no on_end(). -1: nothing (more) could be
 * started for a reason of our own. */
int checks_run(const struct check_command *commands, size_t count, const struct checks_options *o, int *ret_signal,
	struct err *e);
/* In the callbacks: to a descriptor of ours that may be slow to take it; signals and time-outs go on being seen to. A
 * stream that refuses gets no more. */
void checks_write(struct checks *x, int fd, struct view bytes);

#endif
