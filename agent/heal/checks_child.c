#include "heal/checks_child.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUARD_GRACE_US 1000000

/* ---- what it gets --------------------------------------------------------------------------------- */

static bool is_withheld(const char *variable, const char *const *names)
{
	for (; names && *names; names++) {
		size_t n = strlen(*names);

		if (strncmp(variable, *names, n) == 0 && variable[n] == '=')
			return true;
	}
	return false;
}

char **checks_environment(const char *const *withheld)
{
	size_t n = 0, kept = 0;
	char **list;

	while (environ[n])
		n++;
	list = mem_array(n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		if (!is_withheld(environ[i], withheld))
			list[kept++] = environ[i];
	return list;
}

int checks_channel(struct live_channel channels[LIVE_STREAMS], struct err *e)
{
	int ends[2];

	for (int i = 0; i < LIVE_STREAMS; i++)
		channels[i] = (struct live_channel){.ours = -1, .theirs = -1};
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_errno(e, "pipe");
	channels[LIVE_OUT].ours = ends[0];
	channels[LIVE_OUT].theirs = ends[1];
	channels[LIVE_ERR].theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
	if (channels[LIVE_ERR].theirs >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
		return 0;
	err_errno(e, "fcntl");
	live_channels_close(channels);
	return -1;
}

/* ---- starting it ---------------------------------------------------------------------------------- */

static int prepare(const struct checks_start *s, const struct live_channel channels[LIVE_STREAMS], pid_t parent)
{
	struct sigaction usual = {.sa_handler = SIG_DFL}, pipe = {.sa_handler = s->pipe_ignored ? SIG_IGN : SIG_DFL};
	int null = open("/dev/null", O_RDONLY);

	setsid();
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		return -1;
	for (int i = 0; i < LIVE_STREAMS; i++)
		if (channels[i].theirs >= 0 && dup2(channels[i].theirs, STDOUT_FILENO + i) < 0)
			return -1;
	if (null > STDERR_FILENO)
		close(null);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent || chdir(s->directory) != 0)
		return -1;
	sigaction(SIGPIPE, &pipe, NULL);
	sigaction(SIGCHLD, &usual, NULL);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	return 0;
}

static void run_child(const struct checks_start *s, const char *const *argv,
	const struct live_channel channels[LIVE_STREAMS], pid_t parent, int trouble)
{
	int reason;

	if (prepare(s, channels, parent) == 0)
		execvpe(argv[0], (char *const *)argv, s->environment);
	reason = errno;
	if (write(trouble, &reason, sizeof(reason)) < 0)
		_exit(126);
	_exit(127);
}

pid_t checks_start(const struct checks_start *s, const char *const *argv,
	const struct live_channel channels[LIVE_STREAMS], int *ret_trouble, struct err *e)
{
	pid_t pid, parent = getpid();
	int trouble[2], reason = 0;

	*ret_trouble = 0;
	if (pipe2(trouble, O_CLOEXEC) != 0)
		return err_errno(e, "pipe");
	pid = fork();
	if (pid == 0)
		run_child(s, argv, channels, parent, trouble[1]);
	close(trouble[1]);
	if (pid < 0)
		err_errno(e, "cannot start %s", argv[0]);
	while (pid > 0 && read(trouble[0], &reason, sizeof(reason)) < 0 && errno == EINTR)
		;
	close(trouble[0]);
	if (pid > 0 && reason) {
		waitpid(pid, NULL, 0);
		*ret_trouble = reason;
		return 0;
	}
	return pid;
}

/* ---- the guardian --------------------------------------------------------------------------------- */

static void kill_all(const pid_t *groups, size_t n, int signal)
{
	for (size_t i = 0; i < n; i++)
		kill(-groups[i], signal);
}

/* A number is a group that began, its negative one that ended, zero the end of all. */
static void guard(int fd)
{
	pid_t groups[CHECKS_MAX], told = 0;
	size_t n = 0;

	while (read(fd, &told, sizeof(told)) == (ssize_t)sizeof(told)) {
		if (told == 0)
			return;
		if (told > 0 && n < CHECKS_MAX)
			groups[n++] = told;
		for (size_t i = 0; told < 0 && i < n; i++)
			if (groups[i] == -told) {
				groups[i] = groups[--n];
				break;
			}
	}
	kill_all(groups, n, SIGTERM);
	if (n)
		usleep(GUARD_GRACE_US);
	kill_all(groups, n, SIGKILL);
}

/* In a session of its own, and without our streams: nobody who waits for these waits for it. */
int checks_guard_begin(pid_t *ret_pid)
{
	int ends[2];

	*ret_pid = 0;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	*ret_pid = fork();
	if (*ret_pid == 0) {
		setsid();
		close(ends[1]);
		for (int i = 0; i < 3; i++)
			close(i);
		guard(ends[0]);
		_exit(0);
	}
	close(ends[0]);
	if (*ret_pid > 0)
		return ends[1];
	close(ends[1]);
	return -1;
}

static void tell_guard(int fd, pid_t number)
{
	if (fd >= 0 && write(fd, &number, sizeof(number)) < 0)
		return; /* it is gone: nobody guards, nothing else changes */
}

void checks_guard_add(int fd, pid_t group)
{
	tell_guard(fd, group);
}

void checks_guard_forget(int fd, pid_t group)
{
	tell_guard(fd, -group);
}

void checks_guard_end(int fd, pid_t pid)
{
	tell_guard(fd, 0);
	if (fd >= 0)
		close(fd);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}
