#include "cmd/remote_token.h"

#include "base/clock.h"
#include "base/mem.h"
#include "heal/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What gh needs to find its settings and the keyring, and nothing that could be a secret. */
static char **environment_of_gh(struct arena *a)
{
	static const char *const names[] = {"PATH", "HOME", "LANG", "GH_CONFIG_DIR", "XDG_CONFIG_HOME",
		"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"};
	size_t n = 0;
	char **list = arena_array(a, sizeof names / sizeof *names + 1, sizeof *list);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (session_variable(names[i]))
			list[n++] = arena_format(a, "%s=%s", names[i], session_variable(names[i]));
	return list;
}

static pid_t start_gh(const char *path, const char *host, int output)
{
	ARENA_AUTO a = {0};
	posix_spawn_file_actions_t actions;
	char *argv[] = {arena_text(&a, "gh"), arena_text(&a, "auth"), arena_text(&a, "token"),
		arena_text(&a, "--hostname"), arena_text(&a, host), NULL};
	pid_t pid = -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, path, &actions, NULL, argv, environment_of_gh(&a)) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* Reads to the end or the deadline. */
static size_t read_some(int fd, char *to, size_t max)
{
	int64_t deadline = clock_monotonic() + REMOTE_GH_SECONDS * CLOCK_SECOND;
	size_t n = 0;
	while (n < max) {
		int64_t left = (deadline - clock_monotonic()) / 1000;
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			break;
		ssize_t got = read(fd, to + n, max - n);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return n;
}

static bool ended_well(pid_t pid)
{
	int status = -1;
	for (int i = 0; i < 20; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) && WEXITSTATUS(status) == 0;
		poll(NULL, 0, 50);
	}
	kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	return false;
}

static char *token_of_gh(const char *server)
{
	MEM_AUTO char *path = process_find("gh");
	struct view host = view_of(server);
	size_t scheme = view_find(host, "://");
	int ends[2];
	char *token = NULL, text[REMOTE_TOKEN_MAX];
	if (!path || scheme == VIEW_NONE || pipe2(ends, O_CLOEXEC) != 0)
		return NULL;
	pid_t pid = start_gh(path, server + scheme + 3, ends[1]);
	close(ends[1]);
	if (pid > 0) {
		size_t n = read_some(ends[0], text, sizeof text);
		struct view found = view_trim(view_make(text, n));
		if (ended_well(pid) && found.n && found.n < sizeof text && view_find_char(found, '\n') == VIEW_NONE)
			token = mem_bytes(found.p, found.n);
		explicit_bzero(text, sizeof text);
	}
	close(ends[0]);
	return token;
}

void remote_token_find(struct remote_token *ret, const char *server)
{
	static const char *const names[] = {"GITHUB_TOKEN", "GH_TOKEN"};
	const char *actions = session_variable("GITHUB_ACTIONS");
	*ret = (struct remote_token){.from = REMOTE_ANONYMOUS};
	if (session_variable("RUNMEDIC_APP_ID") && session_variable("RUNMEDIC_PRIVATE_KEY")) {
		*ret = (struct remote_token){.from = REMOTE_APP,
			.name = "RUNMEDIC_APP_ID",
			.app_id = session_variable("RUNMEDIC_APP_ID"),
			.private_key = session_variable("RUNMEDIC_PRIVATE_KEY")};
		return;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (session_variable(names[i])) {
			*ret = (struct remote_token){
				.from = REMOTE_ENVIRONMENT, .name = names[i], .token = session_variable(names[i])};
			return;
		}
	if (actions)
		return;
	ret->own = token_of_gh(server);
	if (ret->own) {
		ret->from = REMOTE_GH;
		ret->name = "gh auth token";
		ret->token = ret->own;
	}
}

void remote_token_forget(struct remote_token *t)
{
	if (t->own)
		explicit_bzero(t->own, strlen(t->own));
	free(t->own);
	*t = (struct remote_token){0};
}
