#include "heal/checks.h"

#include "base/clock.h"
#include "base/mem.h"
#include "heal/checks_child.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND (CLOCK_SECOND / 1000)
#define WATCHED (1 + CHECKS_MAX * LIVE_STREAMS)

struct running {
	size_t i;
	pid_t pid;
	struct live_channel channels[LIVE_STREAMS];
	struct check_end end;
	int64_t begun, deadline,
		kill_at;    /* clock_monotonic(); kill_at: CLOCK_UNKNOWN as long as nobody asked it to end */
	int64_t died, last; /* of the leader, CLOCK_UNKNOWN; the last output */
};

struct checks {
	const struct checks_options *o;
	const struct check_command *commands;
	size_t count, next;
	struct running running[CHECKS_MAX];
	size_t n;
	struct checks_start start;
	int signals, guard;
	pid_t guardian;
	bool closed[3], refused[3]; /* our streams: not there at the start; not to be written to any more */
	bool stopping;
	int signal;
	pthread_t thread;
	bool has_thread;
};

/* ---- ending --------------------------------------------------------------------------------------- */

static void ask_to_end(struct running *r, int signal)
{
	if (r->kill_at != CLOCK_UNKNOWN || r->died != CLOCK_UNKNOWN)
		return;
	r->kill_at = clock_monotonic() + CHECKS_GRACE_MS * MILLISECOND;
	kill(-r->pid, signal);
	kill(-r->pid, SIGCONT);
}

static void stop_all(struct checks *x, int signal)
{
	x->stopping = true;
	for (size_t i = 0; i < x->n; i++)
		if (x->running[i].kill_at == CLOCK_UNKNOWN && x->running[i].died == CLOCK_UNKNOWN) {
			x->running[i].end.stopped = true;
			ask_to_end(&x->running[i], signal);
		}
}

static void see_to_time(struct checks *x)
{
	int64_t now = clock_monotonic();

	for (size_t i = 0; i < x->n; i++) {
		struct running *r = &x->running[i];

		if (r->died != CLOCK_UNKNOWN)
			continue;
		if (r->kill_at == CLOCK_UNKNOWN && now >= r->deadline) {
			r->end.timed_out = true;
			ask_to_end(r, SIGTERM);
		} else if (r->kill_at != CLOCK_UNKNOWN && now >= r->kill_at) {
			kill(-r->pid, SIGKILL);
			r->kill_at = now + CHECKS_GRACE_MS * MILLISECOND;
		}
	}
}

/* Does not reap: while the dead leader keeps its number, killing its group cannot hit a stranger. */
static void see_to_the_dead(struct checks *x)
{
	for (size_t i = 0; i < x->n; i++) {
		siginfo_t info = {0};

		if (x->running[i].died == CLOCK_UNKNOWN &&
			waitid(P_PID, (id_t)x->running[i].pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid)
			x->running[i].died = clock_monotonic();
	}
}

/* ---- signals -------------------------------------------------------------------------------------- */

static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH};

static bool is_ignored(int n)
{
	struct sigaction now;

	return sigaction(n, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static int watch_signals(struct checks *x, struct err *e)
{
	struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t set;

	sigaction(SIGCHLD, &usual, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		if (!is_ignored(watched[i]))
			sigaddset(&set, watched[i]);
	sigprocmask(SIG_BLOCK, &set, &x->start.mask);
	x->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return x->signals < 0 ? err_errno(e, "cannot watch for signals") : 0;
}

static void pause_all(struct checks *x)
{
	int64_t from = clock_monotonic(), pause;

	for (size_t i = 0; i < x->n; i++)
		kill(-x->running[i].pid, SIGSTOP);
	raise(SIGSTOP);
	pause = clock_monotonic() - from;
	for (size_t i = 0; i < x->n; i++) {
		x->running[i].deadline += pause;
		kill(-x->running[i].pid, SIGCONT);
	}
}

static void handle_signal(struct checks *x, int n)
{
	if (n == SIGTSTP) {
		pause_all(x);
	} else if (n == SIGWINCH) {
		for (size_t i = 0; i < x->n; i++)
			live_channels_resize(x->running[i].channels);
	} else if (n != SIGCHLD && !x->signal) {
		x->signal = n;
		stop_all(x, n);
	} else if (n != SIGCHLD) {
		for (size_t i = 0; i < x->n; i++)
			kill(-x->running[i].pid, SIGKILL);
	}
}

static void see_to_signals(struct checks *x)
{
	struct signalfd_siginfo s;

	while (read(x->signals, &s, sizeof(s)) == (ssize_t)sizeof(s))
		handle_signal(x, (int)s.ssi_signo);
	see_to_the_dead(x);
	see_to_time(x);
}

/* Milliseconds until something has to be done that no descriptor tells. */
static int patience(const struct checks *x)
{
	int64_t now = clock_monotonic(), least = INT_MAX;

	for (size_t i = 0; i < x->n; i++) {
		const struct running *r = &x->running[i];
		int64_t at = r->died != CLOCK_UNKNOWN      ? now + LIVE_DRAIN_QUIET_MS * MILLISECOND
			     : r->kill_at != CLOCK_UNKNOWN ? r->kill_at
							   : r->deadline;
		int64_t left = at > now ? (at - now) / MILLISECOND + 1 : 0;

		least = left < least ? left : least;
	}
	return (int)least;
}

/* ---- output --------------------------------------------------------------------------------------- */

/* A terminal or pipe that is ready takes at least PIPE_BUF bytes. */
void checks_write(struct checks *x, int fd, struct view bytes)
{
	while (bytes.n && !x->refused[fd]) {
		struct pollfd wait[2] = {{.fd = fd, .events = POLLOUT}, {.fd = x->signals, .events = POLLIN}};
		ssize_t n;

		if (poll(wait, 2, patience(x)) < 0 && errno != EINTR)
			return;
		if (!wait[0].revents) {
			see_to_signals(x);
			continue;
		}
		n = write(fd, bytes.p, bytes.n < PIPE_BUF ? bytes.n : PIPE_BUF);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			x->refused[fd] = true;
		else if (n > 0)
			bytes = view_from(bytes, (size_t)n);
	}
}

static void end_stream(struct live_channel *c)
{
	if (c->ours >= 0)
		close(c->ours);
	c->ours = -1;
}

/* A terminal whose other side is closed says EIO. */
static void pull(struct checks *x, struct running *r, enum live_stream from)
{
	char piece[CHECKS_READ];
	ssize_t n = read(r->channels[from].ours, piece, sizeof(piece));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		end_stream(&r->channels[from]);
		return;
	}
	r->last = clock_monotonic();
	x->o->on_output(x->o->context, x, r->i, from, view_make(piece, (size_t)n));
}

/* ---- one check ------------------------------------------------------------------------------------ */

static int begin(struct checks *x, size_t i, struct err *e)
{
	struct running *r = &x->running[x->n];
	int trouble;

	*r = (struct running){.i = i, .kill_at = CLOCK_UNKNOWN, .died = CLOCK_UNKNOWN, .end.started = clock_now()};
	if ((x->o->parallel > 1 ? checks_channel(r->channels, e) : live_channels_open(r->channels, x->closed, e)) < 0)
		return -1;
	if (x->o->on_start)
		x->o->on_start(x->o->context, x, i);
	r->begun = r->last = clock_monotonic();
	r->deadline = r->begun + x->commands[i].timeout_s * CLOCK_SECOND;
	r->pid = checks_start(&x->start, x->commands[i].argv, r->channels, &trouble, e);
	live_channels_close_theirs(r->channels);
	if (r->pid > 0) {
		checks_guard_add(x->guard, r->pid);
		x->n++;
		return 0;
	}
	live_channels_close(r->channels);
	if (r->pid < 0)
		return -1;
	r->end.start_trouble = trouble;
	r->end.exit_code = trouble == ENOENT ? 127 : 126;
	if (!x->o->on_end(x->o->context, x, i, &r->end) && x->o->fail_fast)
		stop_all(x, SIGTERM);
	return 0;
}

static bool is_over(struct running *r)
{
	int64_t now = clock_monotonic(), since;
	bool open = r->channels[LIVE_OUT].ours >= 0 || r->channels[LIVE_ERR].ours >= 0;

	if (r->died == CLOCK_UNKNOWN)
		return false;
	since = r->last > r->died ? r->last : r->died;
	return !open || now - since >= LIVE_DRAIN_QUIET_MS * MILLISECOND ||
	       now - r->died >= LIVE_DRAIN_MS * MILLISECOND;
}

static void end(struct checks *x, size_t at)
{
	struct running r = x->running[at];
	int status = 0;

	kill(-r.pid, SIGKILL);
	while (waitpid(r.pid, &status, 0) < 0 && errno == EINTR)
		;
	checks_guard_forget(x->guard, r.pid);
	live_channels_close(r.channels);
	memmove(&x->running[at], &x->running[at + 1], (--x->n - at) * sizeof(*x->running));
	r.end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	r.end.exit_code = WIFEXITED(status) && !r.end.timed_out && !r.end.stopped ? WEXITSTATUS(status) : -1;
	r.end.duration = r.died - r.begun;
	if (!x->o->on_end(x->o->context, x, r.i, &r.end) && x->o->fail_fast)
		stop_all(x, SIGTERM);
}

/* ---- all of them ---------------------------------------------------------------------------------- */

static void attend(struct checks *x)
{
	struct pollfd wait[WATCHED];

	wait[0] = (struct pollfd){.fd = x->signals, .events = POLLIN};
	for (size_t i = 0; i < x->n; i++)
		for (size_t k = 0; k < LIVE_STREAMS; k++)
			wait[1 + i * LIVE_STREAMS + k] =
				(struct pollfd){.fd = x->running[i].channels[k].ours, .events = POLLIN};
	if (poll(wait, (nfds_t)(1 + x->n * LIVE_STREAMS), patience(x)) > 0)
		for (size_t i = 0; i < x->n; i++)
			for (size_t k = 0; k < LIVE_STREAMS; k++)
				if (wait[1 + i * LIVE_STREAMS + k].revents)
					pull(x, &x->running[i], (enum live_stream)k);
	see_to_signals(x);
	for (size_t i = x->n; i-- > 0;)
		if (i < x->n && is_over(&x->running[i]))
			end(x, i);
}

static int run_all(struct checks *x, struct err *e)
{
	size_t most = x->o->parallel < 2 ? 1 : x->o->parallel < CHECKS_MAX ? x->o->parallel : CHECKS_MAX;
	int result = 0;

	while (x->n || (!x->stopping && result == 0 && x->next < x->count)) {
		while (result == 0 && !x->stopping && x->next < x->count && x->n < most) {
			result = begin(x, x->next++, e);
			if (result < 0)
				stop_all(x, SIGTERM);
		}
		if (x->n)
			attend(x);
	}
	return result;
}

static void *do_meanwhile(void *options)
{
	const struct checks_options *o = options;

	o->meanwhile(o->context);
	return NULL;
}

int checks_run(const struct check_command *commands, size_t count, const struct checks_options *o, int *ret_signal,
	struct err *e)
{
	struct checks x = {.o = o, .commands = commands, .count = count, .signals = -1, .guard = -1};
	int result;

	x.start = (struct checks_start){.directory = o->directory,
		.environment = checks_environment(o->withheld),
		.pipe_ignored = o->pipe_ignored};
	result = live_hold_standard(x.closed, e) < 0 || watch_signals(&x, e) < 0 ? -1 : 0;
	if (result == 0) {
		x.guard = checks_guard_begin(&x.guardian);
		x.has_thread = o->meanwhile && pthread_create(&x.thread, NULL, do_meanwhile, (void *)o) == 0;
		result = run_all(&x, e);
		if (x.has_thread)
			pthread_join(x.thread, NULL);
		else if (o->meanwhile)
			o->meanwhile(o->context);
		checks_guard_end(x.guard, x.guardian);
	}
	if (x.signals >= 0)
		close(x.signals);
	sigprocmask(SIG_SETMASK, &x.start.mask, NULL);
	free(x.start.environment);
	*ret_signal = x.signal;
	return result;
}
