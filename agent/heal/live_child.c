#include "heal/live_child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20) /* what an unprivileged user may ask for; fewer is no harm */
#define TERMINAL_NAME_MAX 64

int live_hold_standard(bool ret_closed[3], struct err *e)
{
	for (int fd = 0; fd < 3; fd++) {
		ret_closed[fd] = fcntl(fd, F_GETFD) < 0;
		if (ret_closed[fd] && open("/dev/null", O_RDWR | O_CLOEXEC) != fd)
			return err_errno(e, "cannot hold descriptor %d", fd);
	}
	return 0;
}

/* ---- channels ------------------------------------------------------------------------------------- */

static bool same_file(int a, int b)
{
	struct stat one, other;

	return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* What the command writes comes to us as it is: the real terminal does the rest. */
static void prepare_terminal(int theirs, int real)
{
	struct termios t;

	if (tcgetattr(real, &t) != 0 && tcgetattr(theirs, &t) != 0)
		return;
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	tcsetattr(theirs, TCSANOW, &t);
}

static void copy_size(int to, int from)
{
	struct winsize size;

	if (ioctl(from, TIOCGWINSZ, &size) == 0)
		ioctl(to, TIOCSWINSZ, &size);
}

static bool open_terminal(struct live_channel *c, int real)
{
	char name[TERMINAL_NAME_MAX];

	c->ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (c->ours < 0)
		return false;
	if (grantpt(c->ours) == 0 && unlockpt(c->ours) == 0 && ptsname_r(c->ours, name, sizeof(name)) == 0)
		c->theirs = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (c->theirs < 0) {
		close(c->ours);
		c->ours = -1;
		return false;
	}
	prepare_terminal(c->theirs, real);
	copy_size(c->theirs, real);
	c->terminal = true;
	return true;
}

static int open_channel(struct live_channel *c, int real, struct err *e)
{
	int ends[2];

	if (!isatty(real) || !open_terminal(c, real)) {
		if (pipe2(ends, O_CLOEXEC) != 0)
			return err_errno(e, "pipe");
		c->ours = ends[0];
		c->theirs = ends[1];
		fcntl(c->ours, F_SETPIPE_SZ, PIPE_BYTES);
	}
	if (fcntl(c->ours, F_SETFL, O_NONBLOCK) != 0)
		return err_errno(e, "fcntl");
	return 0;
}

int live_channels_open(struct live_channel channels[LIVE_STREAMS], const bool closed[3], struct err *e)
{
	bool shared = !closed[1] && !closed[2] && same_file(STDOUT_FILENO, STDERR_FILENO);

	for (int i = 0; i < LIVE_STREAMS; i++)
		channels[i] = (struct live_channel){.ours = -1, .theirs = -1};
	for (int i = 0; i < LIVE_STREAMS; i++)
		if (!closed[STDOUT_FILENO + i] && !(i == LIVE_ERR && shared) &&
			open_channel(&channels[i], STDOUT_FILENO + i, e) < 0) {
			live_channels_close(channels);
			return -1;
		}
	if (shared)
		channels[LIVE_ERR].theirs = fcntl(channels[LIVE_OUT].theirs, F_DUPFD_CLOEXEC, 3);
	return 0;
}

void live_channels_close_theirs(struct live_channel channels[LIVE_STREAMS])
{
	for (int i = 0; i < LIVE_STREAMS; i++) {
		if (channels[i].theirs >= 0)
			close(channels[i].theirs);
		channels[i].theirs = -1;
	}
}

void live_channels_close(struct live_channel channels[LIVE_STREAMS])
{
	live_channels_close_theirs(channels);
	for (int i = 0; i < LIVE_STREAMS; i++) {
		if (channels[i].ours >= 0)
			close(channels[i].ours);
		channels[i].ours = -1;
	}
}

void live_channels_resize(const struct live_channel channels[LIVE_STREAMS])
{
	for (int i = 0; i < LIVE_STREAMS; i++)
		if (channels[i].terminal && channels[i].ours >= 0)
			copy_size(channels[i].ours, STDOUT_FILENO + i);
}

/* ---- the command ---------------------------------------------------------------------------------- */

static void give_signals_back(const struct live_signals *s)
{
	struct sigaction pipe = {.sa_handler = s->pipe_ignored ? SIG_IGN : SIG_DFL};

	sigaction(SIGPIPE, &pipe, NULL);
	sigaction(SIGCHLD, &s->child, NULL);
	sigaction(SIGXFSZ, &s->size, NULL);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
}

/* Nothing that was lent to the command survives us unnoticed: it hears when we are killed. */
static int prepare_child(const struct live_channel channels[LIVE_STREAMS], const struct live_signals *signals,
	bool own_group, pid_t parent)
{
	if (own_group)
		setpgid(0, 0);
	for (int i = 0; i < LIVE_STREAMS; i++)
		if (channels[i].theirs >= 0 && dup2(channels[i].theirs, STDOUT_FILENO + i) < 0)
			return -1;
	if (prctl(PR_SET_PDEATHSIG, SIGHUP) != 0 || getppid() != parent)
		return -1;
	give_signals_back(signals);
	return 0;
}

static void run_child(const char *const *argv, int trouble)
{
	int reason;

	execvp(argv[0], (char *const *)argv);
	reason = errno;
	if (write(trouble, &reason, sizeof(reason)) < 0)
		_exit(126);
	_exit(127);
}

/* 0 when the command runs: the pipe was closed when it was loaded. */
static int read_trouble(int fd)
{
	int reason = 0;
	ssize_t n;

	while ((n = read(fd, &reason, sizeof(reason))) < 0 && errno == EINTR)
		;
	return n == (ssize_t)sizeof(reason) ? reason : 0;
}

pid_t live_start(const char *const *argv, const struct live_channel channels[LIVE_STREAMS],
	const struct live_signals *signals, bool own_group, int *ret_trouble, struct err *e)
{
	pid_t pid, parent = getpid();
	int trouble[2];

	*ret_trouble = 0;
	if (pipe2(trouble, O_CLOEXEC) != 0)
		return (pid_t)err_errno(e, "pipe");
	pid = fork();
	if (pid == 0) {
		if (prepare_child(channels, signals, own_group, parent) != 0)
			_exit(126);
		run_child(argv, trouble[1]);
	}
	if (pid < 0)
		err_errno(e, "cannot make a process");
	else if (own_group)
		setpgid(pid, pid); /* whoever is first: signals may come before the command has done it */
	close(trouble[1]);
	*ret_trouble = pid < 0 ? 0 : read_trouble(trouble[0]);
	close(trouble[0]);
	if (!*ret_trouble)
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}
