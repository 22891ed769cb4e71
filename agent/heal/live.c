#include "base/clock.h"
#include "base/mem.h"
#include "heal/live_child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND (CLOCK_SECOND / 1000)
#define WITHOUT_WAITING 8 /* RWF_NOWAIT, which not every C library names */

/* One stream on its way: read, then written out in full before more is read. */
struct pump {
	int *in, out; /* *in: -1 when it has ended */
	bool regular;
	char *buffer;
	size_t at, have;
	size_t owed; /* of what the command had written when it ended: not passed on yet */
	int trouble;
	char last_byte;
	int64_t last; /* when something was read */
};

struct live {
	int signals;
	sigset_t watched;
	struct live_signals before;
	bool closed[3];
	bool own_group;
	pid_t pid; /* of the command, 0 while there is none */
	struct live_channel channels[LIVE_STREAMS];
	bool shared;
	struct pump pumps[LIVE_STREAMS];
	char *buffers[LIVE_STREAMS];
	live_output *each;
	void *context;
	struct live_result *result;
	int64_t ended; /* CLOCK_UNKNOWN while it runs */
	bool give_up;  /* asked to stop although only its output is left */
};

/* ---- signals -------------------------------------------------------------------------------------- */

static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT, SIGWINCH};

static bool is_ignored(int n)
{
	struct sigaction now;

	return sigaction(n, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void watch_signals(struct live *l, bool pipe_ignored)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, usual = {.sa_handler = SIG_DFL};

	l->before.pipe_ignored = pipe_ignored;
	sigaction(SIGXFSZ, &ignore, &l->before.size);
	sigaction(SIGCHLD, &usual, &l->before.child);
	sigemptyset(&l->watched);
	sigaddset(&l->watched, SIGCHLD);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(*passed_on); i++)
		if (!is_ignored(passed_on[i])) /* the command ignores it as well */
			sigaddset(&l->watched, passed_on[i]);
	sigprocmask(SIG_BLOCK, &l->watched, &l->before.mask);
}

static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

int live_begin(struct live **ret, bool pipe_ignored, struct err *e)
{
	struct live *l = mem_new(sizeof(*l));

	l->ended = CLOCK_UNKNOWN;
	watch_signals(l, pipe_ignored);
	l->signals = live_hold_standard(l->closed, e) < 0 ? -1 : signalfd(-1, &l->watched, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signals < 0) {
		err_errno(e, "cannot watch for signals");
		live_end(l);
		return -1;
	}
	l->own_group = !has_terminal();
	for (int i = 0; i < LIVE_STREAMS; i++)
		l->buffers[i] = mem_new(LIVE_BUFFER);
	*ret = l;
	return 0;
}

void live_end(struct live *l)
{
	if (!l)
		return;
	if (l->signals >= 0)
		close(l->signals);
	sigaction(SIGCHLD, &l->before.child, NULL);
	sigprocmask(SIG_SETMASK, &l->before.mask, NULL);
	for (int i = 0; i < LIVE_STREAMS; i++)
		free(l->buffers[i]);
	free(l);
}

static bool asks_to_stop(int n)
{
	return n == SIGINT || n == SIGTERM || n == SIGHUP || n == SIGQUIT;
}

/* What the terminal sent to our group the command got by itself, as far as it shares that. */
static void pass_on(const struct live *l, const struct signalfd_siginfo *s)
{
	bool from_terminal = s->ssi_code > 0;

	if (!l->pid || (!l->own_group && from_terminal && s->ssi_signo != SIGWINCH))
		return;
	kill(l->own_group ? -l->pid : l->pid, (int)s->ssi_signo);
}

static void reap(struct live *l)
{
	int status;

	if (!l->pid || waitpid(l->pid, &status, WNOHANG) != l->pid)
		return;
	l->result->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	l->pid = 0;
	l->ended = clock_monotonic();
	for (int i = 0; i < LIVE_STREAMS; i++) {
		struct pump *p = &l->pumps[i];
		int waiting = 0;

		if (*p->in >= 0 && ioctl(*p->in, FIONREAD, &waiting) == 0)
			p->owed = p->have + (size_t)waiting;
	}
}

static void handle_signal(struct live *l, const struct signalfd_siginfo *s)
{
	int n = (int)s->ssi_signo;

	if (n == SIGCHLD)
		reap(l);
	if (n == SIGWINCH)
		live_channels_resize(l->channels);
	if (asks_to_stop(n)) {
		l->give_up = !l->pid;
		l->result->stopped_by = n;
	}
	if (n != SIGCHLD)
		pass_on(l, s);
	if (n == SIGTSTP)
		raise(SIGSTOP);
}

static void handle_signals(struct live *l)
{
	struct signalfd_siginfo s;

	while (read(l->signals, &s, sizeof(s)) == (ssize_t)sizeof(s))
		handle_signal(l, &s);
}

/* ---- streams -------------------------------------------------------------------------------------- */

/* As much as goes without waiting: somebody may be slow to read one stream while the other one has something to say.
 * A kernel or sandbox that cannot do that says so in one of several ways; a piece of a pipe's least size goes, too. */
static ssize_t write_some(const struct pump *p)
{
	struct iovec piece = {p->buffer + p->at, p->have};
	ssize_t n;

	if (p->regular)
		return write(p->out, piece.iov_base, piece.iov_len);
	n = syscall(SYS_pwritev2, p->out, &piece, 1, -1L, -1L, WITHOUT_WAITING);
	if (n >= 0 || errno == EAGAIN || errno == EINTR || errno == EPIPE)
		return n;
	return write(p->out, piece.iov_base, piece.iov_len < PIPE_BUF ? piece.iov_len : PIPE_BUF);
}

/* The command finds out by itself, as it would without us. */
static void end_pump(struct pump *p, int trouble)
{
	if (*p->in >= 0)
		close(*p->in);
	*p->in = -1;
	p->have = p->owed = 0;
	p->trouble = trouble;
}

static void push(struct pump *p)
{
	ssize_t n = write_some(p);

	if (n < 0 && errno != EINTR && errno != EAGAIN) {
		end_pump(p, errno);
	} else if (n > 0) {
		p->at += (size_t)n;
		p->have -= (size_t)n;
		p->owed -= p->owed < (size_t)n ? p->owed : (size_t)n;
	}
}

/* A terminal whose other side is closed says EIO. */
static void pull(struct live *l, enum live_stream from)
{
	struct pump *p = &l->pumps[from];
	ssize_t n = read(*p->in, p->buffer, LIVE_BUFFER);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		end_pump(p, 0);
		return;
	}
	p->at = 0;
	p->have = (size_t)n;
	p->last = clock_monotonic();
	p->last_byte = p->buffer[n - 1];
	l->each(l->context, from, view_make(p->buffer, p->have));
	push(p);
}

/* After the command's end: others may hold the stream open, and even go on writing. */
static bool is_enough(const struct live *l, const struct pump *p)
{
	int64_t now = clock_monotonic(), since = p->last > l->ended ? p->last : l->ended;

	if (p->have || p->owed)
		return false;
	return now - since >= LIVE_DRAIN_QUIET_MS * MILLISECOND || now - l->ended >= LIVE_DRAIN_MS * MILLISECOND;
}

static bool is_open(struct live *l)
{
	bool open = false;

	for (int i = 0; i < LIVE_STREAMS; i++) {
		struct pump *p = &l->pumps[i];

		if (*p->in >= 0 && l->ended != CLOCK_UNKNOWN && (l->give_up || is_enough(l, p)))
			end_pump(p, 0);
		open = open || *p->in >= 0;
	}
	return open;
}

static void attend(struct live *l)
{
	while (is_open(l) || l->pid) {
		struct pollfd wait[1 + LIVE_STREAMS] = {{.fd = l->signals, .events = POLLIN}};

		for (int i = 0; i < LIVE_STREAMS; i++) {
			const struct pump *p = &l->pumps[i];

			wait[1 + i].fd = *p->in < 0 ? -1 : p->have ? p->out : *p->in;
			wait[1 + i].events = p->have ? POLLOUT : POLLIN;
		}
		if (poll(wait, 1 + LIVE_STREAMS, l->ended == CLOCK_UNKNOWN ? -1 : LIVE_DRAIN_QUIET_MS) < 0)
			continue;
		if (wait[0].revents)
			handle_signals(l);
		for (int i = 0; i < LIVE_STREAMS; i++)
			if (wait[1 + i].revents && *l->pumps[i].in >= 0) {
				if (l->pumps[i].have)
					push(&l->pumps[i]);
				else
					pull(l, (enum live_stream)i);
			}
	}
}

static void set_pumps(struct live *l)
{
	for (int i = 0; i < LIVE_STREAMS; i++) {
		struct stat st;
		int out = STDOUT_FILENO + i;

		l->pumps[i] = (struct pump){.in = &l->channels[i].ours, .out = out, .buffer = l->buffers[i]};
		l->pumps[i].regular = fstat(out, &st) == 0 && S_ISREG(st.st_mode);
	}
}

static void tell_streams(const struct live *l, struct live_result *ret)
{
	const struct pump *error = &l->pumps[l->shared ? LIVE_OUT : LIVE_ERR];

	for (int i = 0; i < LIVE_STREAMS; i++)
		ret->stream_trouble[i] = l->pumps[i].trouble;
	ret->error_line_open = error->last_byte && error->last_byte != '\n';
}

/* ---- all together --------------------------------------------------------------------------------- */

int live_run(struct live *l, struct live_result *ret, const char *const *argv, live_output *each, void *context,
	struct err *e)
{
	*ret = (struct live_result){0};
	if (live_channels_open(l->channels, l->closed, e) < 0)
		return -1;
	l->each = each;
	l->context = context;
	l->result = ret;
	l->ended = CLOCK_UNKNOWN;
	l->give_up = false;
	l->pid = live_start(argv, l->channels, &l->before, l->own_group, &ret->start_trouble, e);
	if (l->pid <= 0) {
		bool tried = l->pid == 0;

		l->pid = 0;
		live_channels_close(l->channels);
		ret->status = ret->start_trouble == ENOENT ? 127 : 126;
		return tried ? 0 : -1;
	}
	l->shared = l->channels[LIVE_ERR].ours < 0;
	live_channels_close_theirs(l->channels);
	set_pumps(l);
	attend(l);
	tell_streams(l, ret);
	return 0;
}

int live_wait(struct live *l, int64_t microseconds)
{
	int64_t end = clock_monotonic() + microseconds, left;
	struct signalfd_siginfo s;

	for (;;) {
		struct pollfd wait = {.fd = l->signals, .events = POLLIN};

		while (read(l->signals, &s, sizeof(s)) == (ssize_t)sizeof(s)) {
			if (asks_to_stop((int)s.ssi_signo))
				return (int)s.ssi_signo;
			if (s.ssi_signo == SIGTSTP)
				raise(SIGSTOP);
		}
		left = end - clock_monotonic();
		if (left <= 0)
			return 0;
		poll(&wait, 1, (int)(left / MILLISECOND + 1 < INT_MAX ? left / MILLISECOND + 1 : INT_MAX));
	}
}
