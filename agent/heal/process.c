/* process.c - one child process from start to end. */
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "heal/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_DEFAULT_S 60u
#define POLL_MS 20
#define DRAIN_MS 200 /* how long output is read on after the program has ended and its group was killed */
#define MEMORY_MAX ((rlim_t)4 << 30)
#define FILE_SIZE_MAX ((rlim_t)1 << 30)
#define PROCESSES_MAX 4096u
#define FILES_OPEN_MAX 4096u

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* ---- finding -------------------------------------------------------------------------------------- */

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *process_find_first(const char *tools, const char *program)
{
	MEM_AUTO char *whole = tools && *program && !strchr(program, '/') ? file_join(tools, program) : NULL;

	return whole && is_program(whole) ? mem_text(whole) : process_find(program);
}

char *process_find(const char *program)
{
	const char *path = getenv("PATH");
	struct view rest = view_of(path ? path : "/usr/local/bin:/usr/bin:/bin"), folder;

	if (*program == '/')
		return is_program(program) ? mem_text(program) : NULL;
	if (!*program || strchr(program, '/'))
		return NULL;
	while (view_next(&rest, ':', &folder)) {
		MEM_AUTO char *name = mem_bytes(folder.p, folder.n);
		char *whole = file_join(name, program);

		if (*name == '/' && is_program(whole))
			return whole;
		free(whole);
	}
	return NULL;
}

/* ---- environment ------------------------------------------------------------------------------------ */

/* Where installed tools live, for those that ask their own variables or look below HOME, which the child's is not.
 * Places only: nothing here holds a secret. */
static const struct {
	const char *name, *below_home;
} tool_places[] = {
	{"DOTNET_ROOT", NULL},
	{"GOROOT", NULL},
	{"JAVA_HOME", NULL},
	{"VIRTUAL_ENV", NULL},
	{"PYENV_ROOT", ".pyenv"},
	{"PYTHONUSERBASE", ".local"},
	{"RBENV_ROOT", ".rbenv"},
	{"RUSTUP_HOME", ".rustup"},
};
#define TOOL_PLACES (sizeof(tool_places) / sizeof(*tool_places))

struct environment {
	char *items[TOOL_PLACES + 16];
	size_t n;
};

static void set(struct environment *env, const char *name, const char *value)
{
	BUF_AUTO b = buf_new(BUF_PAGE);

	buf_addf(&b, "%s=%s", name, value);
	if (!b.full)
		env->items[env->n++] = buf_take(&b);
}

static void set_path(struct environment *env, const char *tools)
{
	BUF_AUTO b = buf_new(BUF_PAGE);
	const char *path = getenv("PATH");
	struct view rest = view_of(path ? path : "/usr/local/bin:/usr/bin:/bin"), folder;

	if (tools)
		buf_add_text(&b, tools);
	while (view_next(&rest, ':', &folder))
		if (view_starts(folder, "/"))
			buf_addf(&b, "%s%.*s", b.n ? ":" : "", VIEW_ARG(folder));
	set(env, "PATH", buf_text(&b));
}

static void set_tool_places(struct environment *env)
{
	const char *home = getenv("HOME");

	for (size_t i = 0; i < TOOL_PLACES; i++) {
		const char *value = getenv(tool_places[i].name);
		MEM_AUTO char *usual =
			home && tool_places[i].below_home ? file_join(home, tool_places[i].below_home) : NULL;

		value = value ? value : usual;
		if (value && *value == '/' && file_is_directory(value))
			set(env, tool_places[i].name, value);
	}
}

static void make_environment(struct environment *env, const struct process_options *o)
{
	const char *home = o->home ? o->home : "/nonexistent";

	*env = (struct environment){0};
	set_path(env, o->tools);
	set(env, "HOME", home);
	set(env, "TMPDIR", home);
	set(env, "LANG", "C.UTF-8");
	set(env, "LC_ALL", "C.UTF-8");
	set(env, "TZ", "UTC");
	set(env, "TERM", "dumb");
	set(env, "NO_COLOR", "1");
	set(env, "GIT_CONFIG_NOSYSTEM", "1");
	set(env, "GOTOOLCHAIN", "local");
	set(env, "PYTHONDONTWRITEBYTECODE", "1");
	set(env, "DOTNET_CLI_TELEMETRY_OPTOUT", "1");
	set_tool_places(env);
}

static void environment_done(struct environment *env)
{
	for (size_t i = 0; i < env->n; i++)
		free(env->items[i]);
}

/* ---- the child -------------------------------------------------------------------------------------- */

struct start {
	const char *program, *directory;
	const char *const *argv;
	char *const *environment;
	struct sandbox sandbox;
	struct rlimit cpu;
	pid_t parent;
	int output, trouble; /* write ends */
};

/* By system call: glibc gives the number an enum type of its own, musl does not. */
static void limit(int what, rlim_t most)
{
	struct rlimit now;

	if (syscall(SYS_prlimit64, 0, what, NULL, &now) != 0)
		return;
	now.rlim_max = now.rlim_max < most ? now.rlim_max : most;
	now.rlim_cur = now.rlim_max;
	syscall(SYS_prlimit64, 0, what, &now, NULL);
}

/* RLIMIT_DATA, not RLIMIT_AS: V8, Go and the JVM reserve far more addresses than they use. */
static void set_limits(const struct start *s)
{
	limit(RLIMIT_CPU, s->cpu.rlim_cur);
	limit(RLIMIT_DATA, MEMORY_MAX);
	limit(RLIMIT_FSIZE, FILE_SIZE_MAX);
	limit(RLIMIT_NPROC, PROCESSES_MAX);
	limit(RLIMIT_NOFILE, FILES_OPEN_MAX);
	limit(RLIMIT_CORE, 0);
}

/* All descriptors from 3 up, when the program starts; the pipe for trouble is still needed until then. */
static void close_others(void)
{
	enum { CLOSE_ON_EXEC = 1 << 2 };

	if (syscall(SYS_close_range, 3, ~0u, CLOSE_ON_EXEC) == 0)
		return;
	for (int fd = 3; fd < (int)FILES_OPEN_MAX; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void reset_signals(void)
{
	struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int n = 1; n < 32; n++)
		sigaction(n, &usual, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Only system calls: the parent may have had threads. */
static int prepare_child(const struct start *s)
{
	int null = open("/dev/null", O_RDONLY);

	setsid(); /* own group, and no terminal to type into */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != s->parent || null < 0)
		return -1;
	if (dup2(null, 0) < 0 || dup2(s->output, 1) < 0 || dup2(s->output, 2) < 0)
		return -1;
	if (s->directory && chdir(s->directory) != 0)
		return -1;
	umask(022);
	reset_signals();
	set_limits(s);
	close_others();
	return sandbox_enter(&s->sandbox);
}

static void run_child(const struct start *s)
{
	int reason;

	if (prepare_child(s) == 0)
		execve(s->program, (char *const *)s->argv, s->environment);
	reason = errno;
	if (write(s->trouble, &reason, sizeof(reason)) < 0)
		_exit(126);
	_exit(127);
}

/* ---- the parent ------------------------------------------------------------------------------------- */

static void keep_output(struct process_result *r, const char *p, size_t n)
{
	size_t room = r->output.max - r->output.n;

	buf_add(&r->output, p, n < room ? n : room);
}

/* False at the end of the output. */
static bool read_some(struct process_result *r, int fd, int wait_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char piece[16 << 10];
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return true;
	n = read(fd, piece, sizeof(piece));
	if (n > 0)
		keep_output(r, piece, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR);
}

/* Does not reap: while the dead leader keeps its number, killing its group cannot hit a stranger. */
static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
		return errno != EINTR;
	return info.si_pid == pid;
}

static int reap(pid_t pid)
{
	pid_t done;
	int status;

	while ((done = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		;
	if (done != pid)
		return 126;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Reads what the group had still written; somebody outside it may hold the pipe open for ever. */
static void drain(struct process_result *r, int fd)
{
	int64_t end = clock_monotonic() + DRAIN_MS * (CLOCK_SECOND / 1000);

	while (clock_monotonic() < end && read_some(r, fd, POLL_MS))
		;
}

static void watch(struct process_result *r, pid_t pid, int fd, unsigned timeout_s)
{
	int64_t end = clock_monotonic() + timeout_s * CLOCK_SECOND;
	bool open = true;

	while (!has_ended(pid)) {
		if (clock_monotonic() > end && !r->timed_out) {
			r->timed_out = true;
			kill(-pid, SIGKILL);
		}
		if (open)
			open = read_some(r, fd, POLL_MS);
		else
			usleep(1000);
	}
	/* Also after a good end: what a program left behind must not go on working. */
	kill(-pid, SIGKILL);
	if (open)
		drain(r, fd);
	r->exit_code = reap(pid);
}

static int start_trouble(const char *program, pid_t pid, int reason, struct err *e)
{
	reap(pid);
	errno = reason;
	err_errno(e, "cannot start %s", program);
	if (e && (reason == ENOENT || reason == EACCES || reason == ENOEXEC))
		e->code = ERR_UNAVAILABLE;
	return -1;
}

static int attend(struct process_result *r, pid_t pid, const struct start *s, int output, int trouble,
	unsigned timeout_s, struct err *e)
{
	int reason;
	ssize_t n;

	while ((n = read(trouble, &reason, sizeof(reason))) < 0 && errno == EINTR)
		;
	if (n == (ssize_t)sizeof(reason))
		return start_trouble(s->program, pid, reason, e);
	watch(r, pid, output, timeout_s);
	return 0;
}

static int start_and_attend(struct process_result *r, struct start *s, unsigned timeout_s, struct err *e)
{
	int output[2], trouble[2], result;
	pid_t pid;

	if (pipe2(output, O_CLOEXEC) != 0)
		return err_errno(e, "pipe");
	if (pipe2(trouble, O_CLOEXEC) != 0) {
		close(output[0]);
		close(output[1]);
		return err_errno(e, "pipe");
	}
	s->output = output[1];
	s->trouble = trouble[1];
	s->parent = getpid();
	pid = fork();
	if (pid == 0)
		run_child(s);
	close(output[1]);
	close(trouble[1]);
	result = pid < 0 ? err_errno(e, "cannot start %s", s->program)
			 : attend(r, pid, s, output[0], trouble[0], timeout_s, e);
	close(output[0]);
	close(trouble[0]);
	return result;
}

int process_run(struct process_result *ret, const char *const *argv, const struct process_options *o, struct err *e)
{
	MEM_AUTO char *program = process_find_first(o->tools, argv[0]);
	unsigned timeout_s = o->timeout_s ? o->timeout_s : TIMEOUT_DEFAULT_S;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct start s = {.program = program, .directory = o->directory, .argv = argv};
	struct environment env;
	int result;

	*ret = (struct process_result){.output = buf_new(o->output_max ? o->output_max : PROCESS_OUTPUT_MAX)};
	if (!program)
		return err_set(e, ERR_UNAVAILABLE, "%s is not installed", argv[0]);
	if (sandbox_prepare(&s.sandbox, o, e) != 0)
		return -1;
	make_environment(&env, o);
	s.environment = env.items;
	s.cpu.rlim_cur = (rlim_t)timeout_s * (rlim_t)(cores > 0 ? cores : 1);
	result = start_and_attend(ret, &s, timeout_s, e);
	environment_done(&env);
	sandbox_done(&s.sandbox);
	return result;
}

void process_result_done(struct process_result *r)
{
	buf_done(&r->output);
}
