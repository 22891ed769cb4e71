#include "base/clock.h"
#include "heal/sandbox.h"
#include "scratch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

struct place {
	char *top;
	struct process_options o;
};

static void place_begin(struct place *p)
{
	setenv("TMPDIR", "/tmp", 1);
	p->top = file_temp_directory("runmedic-test", NULL);
	assert_non_null(p->top);
	p->o = (struct process_options){.directory = p->top, .writable = p->top, .home = p->top};
}

static void place_done(struct place *p)
{
	file_remove_tree(p->top, NULL);
	free(p->top);
}

#define PLACE_AUTO __attribute__((cleanup(place_done))) struct place
#define RESULT_AUTO __attribute__((cleanup(process_result_done))) struct process_result

static void run(struct process_result *r, const struct place *p, const char *script)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct err e = {0};

	if (process_run(r, argv, &p->o, &e) != 0)
		fail_msg("%s", e.text);
}

static void expect(const struct place *p, const char *script, int code, const char *output)
{
	RESULT_AUTO r;

	run(&r, p, script);
	if (output)
		assert_string_equal(buf_text(&r.output), output);
	assert_int_equal(r.exit_code, code);
	assert_false(r.timed_out);
}

static bool has(const char *feature)
{
	char missing[64];

	snprintf(missing, sizeof(missing), "%s missing", feature);
	return !strstr(process_sandbox_text(), missing);
}

static void test_status_and_output(void **state)
{
	PLACE_AUTO p;

	(void)state;
	place_begin(&p);
	expect(&p, "echo out; echo err >&2", 0, "out\nerr\n");
	expect(&p, "exit 7", 7, "");
	expect(&p, "kill -TERM $$", 128 + SIGTERM, "");
	expect(&p, "cat", 0, ""); /* stdin is empty */
	expect(&p, "no-such-program-here 2>/dev/null", 127, "");
}

static void test_no_shell_between(void **state)
{
	PLACE_AUTO p;
	RESULT_AUTO r;
	const char *const argv[] = {"printf", "%s|", "$(id)", "a b", "*", "", NULL};

	(void)state;
	place_begin(&p);
	assert_int_equal(process_run(&r, argv, &p.o, NULL), 0);
	assert_string_equal(buf_text(&r.output), "$(id)|a b|*||");
}

static void test_what_cannot_start(void **state)
{
	PLACE_AUTO p;
	struct process_result r;
	const char *const absent[] = {"no-such-program-here", NULL};
	const char *const relative[] = {"./tool", NULL};
	const char *const broken[] = {"/etc/passwd", NULL};
	char *whole;
	struct err e = {0};

	(void)state;
	place_begin(&p);
	assert_int_equal(process_run(&r, absent, &p.o, &e), -1);
	assert_int_equal(e.code, ERR_UNAVAILABLE);
	assert_string_equal(e.text, "no-such-program-here is not installed");
	process_result_done(&r);
	assert_int_equal(process_run(&r, relative, &p.o, &e), -1);
	assert_int_equal(e.code, ERR_UNAVAILABLE);
	assert_int_equal(process_run(&r, broken, &p.o, &e), -1);
	assert_int_equal(e.code, ERR_UNAVAILABLE);
	whole = file_join(p.top, "tool");
	assert_int_equal(file_write_atomic(whole,
				 VIEW("\x7f"
				      "ELF nonsense"),
				 0755, &e),
		0);
	assert_int_equal(chmod(whole, 0755), 0);
	const char *const garbage[] = {whole, NULL};
	assert_int_equal(process_run(&r, garbage, &p.o, &e), -1);
	assert_int_equal(e.code, ERR_UNAVAILABLE);
	free(whole);
	p.o.directory = "/no/such/folder";
	const char *const fine[] = {"true", NULL};
	assert_int_equal(process_run(&r, fine, &p.o, &e), -1);
}

static void test_programs_are_found_in_absolute_folders_only(void **state)
{
	PLACE_AUTO p;
	MEM_AUTO char *old = mem_text(getenv("PATH"));
	MEM_AUTO char *path = NULL;
	MEM_AUTO char *found = NULL;
	MEM_AUTO char *whole = NULL;

	(void)state;
	place_begin(&p);
	SH(p.top, "printf '#!/bin/sh\\necho mine\\n' >my-tool; chmod +x my-tool; mkdir d; mkdir d/my-tool; touch "
		  "d/plain");
	assert_int_equal(chdir(p.top), 0);
	setenv("PATH", ".:d::/usr/bin:/bin", 1);
	assert_null(process_find("my-tool"));
	assert_null(process_find("plain"));
	assert_null(process_find(""));
	assert_null(process_find("d/plain"));
	path = sh("/", "printf '%s/d:%s:/usr/bin:/bin'", p.top, p.top);
	setenv("PATH", path, 1);
	found = process_find("my-tool");
	whole = file_join(p.top, "my-tool");
	assert_string_equal(found, whole);
	assert_null(process_find("plain"));
	setenv("PATH", old, 1);
	assert_int_equal(chdir("/"), 0);
}

static void test_environment_is_short_and_holds_no_token(void **state)
{
	PLACE_AUTO p;
	RESULT_AUTO r;
	const char *const argv[] = {"env", NULL};

	(void)state;
	place_begin(&p);
	setenv("GITHUB_TOKEN", "ghp_topsecret", 1);
	setenv("LD_PRELOAD_X", "topsecret", 1);
	setenv("BASH_ENV", "/tmp/topsecret", 1);
	setenv("PATH", "/usr/local/bin:relative/topsecret:/usr/bin:/bin", 1);
	assert_int_equal(process_run(&r, argv, &p.o, NULL), 0);
	assert_null(strstr(buf_text(&r.output), "topsecret"));
	assert_non_null(strstr(buf_text(&r.output), "PATH=/usr/local/bin:/usr/bin:/bin\n"));
	MEM_AUTO char *home = sh("/", "printf 'HOME=%s\\n'", p.top);
	assert_non_null(strstr(buf_text(&r.output), home));
	unsetenv("GITHUB_TOKEN");
	unsetenv("BASH_ENV");
}

static void test_no_descriptor_leaks(void **state)
{
	PLACE_AUTO p;
	int secret = open("/etc/passwd", O_RDONLY);

	(void)state;
	place_begin(&p);
	assert_true(secret >= 0);
	expect(&p, "exec ls /proc/self/fd", 0, "0\n1\n2\n3\n"); /* 3 is the folder that ls reads */
	close(secret);
}

static void test_time_out_kills_the_whole_group(void **state)
{
	PLACE_AUTO p;
	RESULT_AUTO r;
	int64_t start = clock_monotonic();

	(void)state;
	place_begin(&p);
	p.o.timeout_s = 1;
	run(&r, &p, "(sleep 30; touch late) & setsid sh -c 'sleep 30; touch later' & echo begun; sleep 30");
	assert_true(r.timed_out);
	assert_int_equal(r.exit_code, 128 + SIGKILL);
	assert_string_equal(buf_text(&r.output), "begun\n");
	assert_true(clock_monotonic() - start < 3 * CLOCK_SECOND);
}

/* So long do sleepers of ours sleep, and no others. */
static int sleep_time(void)
{
	return 100000 + (int)getpid();
}

static size_t count_sleepers(void)
{
	MEM_AUTO char *n = sh("/", "grep -lsa '[s]leep.%d' /proc/[0-9]*/cmdline | wc -l", sleep_time());

	return (size_t)atol(n);
}

static void test_nothing_is_left_running(void **state)
{
	PLACE_AUTO p;
	int64_t start = clock_monotonic();

	(void)state;
	place_begin(&p);
	/* In the background, in a session of its own, and with the output closed. */
	MEM_AUTO char *script =
		sh("/", "echo 'sleep %d & setsid sleep %d & sleep %d >/dev/null 2>&1 </dev/null & echo done'",
			sleep_time(), sleep_time(), sleep_time());
	expect(&p, script, 0, "done\n");
	assert_true(clock_monotonic() - start < 2 * CLOCK_SECOND);
	for (int i = 0; i < 100 && count_sleepers(); i++)
		usleep(10000);
	assert_int_equal(count_sleepers(), has("seccomp") ? 0 : 1);
}

static void test_output_has_a_ceiling(void **state)
{
	PLACE_AUTO p;
	RESULT_AUTO r;

	(void)state;
	place_begin(&p);
	p.o.output_max = 1000;
	run(&r, &p, "yes | head -c 5000000; exit 3");
	assert_int_equal(r.output.n, 1000);
	assert_int_equal(r.exit_code, 3);
}

static void test_limits_are_set(void **state)
{
	PLACE_AUTO p;

	(void)state;
	place_begin(&p);
	expect(&p,
		"grep -oE '^Max (core file size|file size|data size|processes) +[0-9a-z]+' /proc/self/limits | sed 's/ "
		" */ /g'",
		0, "Max file size 1073741824\nMax data size 4294967296\nMax core file size 0\nMax processes 4096\n");
	expect(&p, "dd if=/dev/zero of=big bs=1M seek=1100 count=1 2>/dev/null; echo $?", 0, NULL);
	MEM_AUTO char *size = sh(p.top, "stat -c %%s big 2>/dev/null || echo 0");
	assert_true(atol(size) <= 1 << 30);
}

static void test_writes_only_below_the_scratch_folder(void **state)
{
	PLACE_AUTO p;
	PLACE_AUTO other;

	(void)state;
	if (!has("landlock")) {
		print_message("no Landlock in this kernel\n");
		skip();
	}
	place_begin(&p);
	place_begin(&other);
	SH(other.top, "echo keep >file; ln -s '%s' '%s/out'", other.top, p.top);
	setenv("RUNMEDIC_OTHER", other.top, 1);
	MEM_AUTO char *script = sh("/",
		"printf '%%s' 'echo in >in; mkdir d; mv in d/in; ln -s x l; echo x >/dev/null; cd %s; "
		"(echo a >new) 2>/dev/null && echo wrote; (echo a >>file) 2>/dev/null && echo wrote; "
		"rm -f file 2>/dev/null && echo removed; mv file file2 2>/dev/null && echo moved; "
		"mkdir dd 2>/dev/null && echo made; ln file '%s/hard' 2>/dev/null && echo linked; "
		"(: >file) 2>/dev/null && echo cut; (echo a >%s/out/new) 2>/dev/null && echo through; cat file'",
		other.top, p.top, p.top);
	expect(&p, script, 0, "keep\n");
	assert_sh(other.top, "ls -A; cat file", "file\nkeep");
	assert_sh(p.top, "cat d/in; readlink l", "in\nx");
}

/* A token in our own environment, or that of the shell that called us. */
static void test_other_processes_cannot_be_read(void **state)
{
	PLACE_AUTO p;

	(void)state;
	if (!has("landlock"))
		skip();
	place_begin(&p);
	expect(&p, "for f in environ mem maps; do cat /proc/$PPID/$f >/dev/null 2>&1 && echo $f; done; echo end", 0,
		"end\n");
	expect(&p, "cat /proc/$PPID/environ 2>/dev/null || cat /proc/1/environ 2>/dev/null || echo no", 0, "no\n");
}

static void test_no_writable_folder_at_all(void **state)
{
	PLACE_AUTO p;

	(void)state;
	if (!has("landlock"))
		skip();
	place_begin(&p);
	p.o.writable = p.o.home = NULL;
	expect(&p, "(echo a >new) 2>/dev/null || echo no", 0, "no\n");
}

/* A server of ours: who connects gets "hello". */
static int listen_somewhere(unsigned short *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

#define PYTHON "/usr/bin/python3"

static void test_network_only_where_allowed(void **state)
{
	PLACE_AUTO p;
	unsigned short port;
	int server = listen_somewhere(&port);

	(void)state;
	if (!has("seccomp") || access(PYTHON, X_OK) != 0) {
		print_message("needs seccomp and python3\n");
		close(server);
		skip();
	}
	place_begin(&p);
	MEM_AUTO char *connect_script = sh("/",
		"printf '%%s' 'exec " PYTHON " -c \"import socket; socket.create_connection((\\\"127.0.0.1\\\", %u)); "
		"print(1)\" 2>&1 | tail -n 1'",
		port);
	expect(&p, connect_script, 0, "PermissionError: [Errno 13] Permission denied\n");
	expect(&p,
		"exec " PYTHON
		" -c 'import socket\ntry: socket.socket(socket.AF_INET6)\nexcept OSError as e: print(e.errno)'",
		0, "13\n");
	expect(&p,
		"exec " PYTHON
		" -c 'import socket\ntry: socket.socket(socket.AF_UNIX)\nexcept OSError as e: print(e.errno)'",
		0, "13\n");
	expect(&p, "exec " PYTHON " -c 'import socket; socket.socketpair(); print(2)'", 0, "2\n");
	p.o.network = true;
	expect(&p, connect_script, 0, "1\n");
	close(server);
}

static void test_system_calls_that_lead_around_are_closed(void **state)
{
	PLACE_AUTO p;

	(void)state;
	if (!has("seccomp") || access(PYTHON, X_OK) != 0)
		skip();
	place_begin(&p);
	/* io_uring_setup is 425 on every architecture */
	expect(&p,
		"exec " PYTHON " -c 'import ctypes, errno\nl = ctypes.CDLL(None, use_errno=True)\n"
		"l.syscall(425, 1, 0); print(ctypes.get_errno() == errno.ENOSYS)\n"
		"import fcntl, os\ntry: fcntl.ioctl(0, 0x5412, b\"x\")\nexcept OSError as e: print(e.errno == "
		"errno.EPERM)\n"
		"try: open(\"/dev/tty\")\nexcept OSError as e: print(e.errno == errno.ENXIO)\n"
		"os.kill(os.getpid(), 0); print(open(\"/proc/self/status\").read().find(\"NoNewPrivs:\\t1\") > 0)'",
		0, "True\nTrue\nTrue\nTrue\n");
}

/* Killed with -9 we cannot clean up: the kernel must. */
static void test_child_dies_with_us(void **state)
{
	PLACE_AUTO p;
	pid_t pid;
	int status;

	(void)state;
	place_begin(&p);
	MEM_AUTO char *script = sh("/", "echo exec sleep %d", sleep_time());
	pid = fork();
	if (pid == 0) {
		struct process_result r;

		/* exec: the direct child is the sleeper */
		run(&r, &p, script);
		_exit(0);
	}
	for (int i = 0; i < 200 && count_sleepers() == 0; i++)
		usleep(10000);
	assert_int_equal(count_sleepers(), 1);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	for (int i = 0; i < 100 && count_sleepers(); i++)
		usleep(10000);
	assert_int_equal(count_sleepers(), 0);
}

static void test_text_names_both_means(void **state)
{
	(void)state;
	assert_true(strncmp(process_sandbox_text(), "landlock ", 9) == 0);
	assert_non_null(strstr(process_sandbox_text(), ", seccomp"));
}

static void test_versions(void **state)
{
	struct view found;

	(void)state;
	assert_true(command_version_is(VIEW("black, 23.3.0 (compiled: yes)\nPython 3.11.2"), "23.3.0", &found));
	assert_true(command_version_is(VIEW("go version go1.21.3 linux/amd64"), "1.21.3", &found));
	assert_true(command_version_is(VIEW("v8.1.0\n"), "v8.1.0", &found));
	assert_true(command_version_is(VIEW("Debian clang-format version 14.0.6."), "14", &found));
	assert_true(view_is(found, "14.0.6"));
	assert_false(command_version_is(VIEW("black, 23.30.0"), "23.3", &found));
	assert_true(view_is(found, "23.30.0"));
	assert_false(command_version_is(VIEW("black, 23.3"), "23.3.0", &found));
	assert_false(command_version_is(VIEW("no number"), "1", &found));
	assert_int_equal(found.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status_and_output),
		cmocka_unit_test(test_no_shell_between),
		cmocka_unit_test(test_what_cannot_start),
		cmocka_unit_test(test_programs_are_found_in_absolute_folders_only),
		cmocka_unit_test(test_environment_is_short_and_holds_no_token),
		cmocka_unit_test(test_no_descriptor_leaks),
		cmocka_unit_test(test_time_out_kills_the_whole_group),
		cmocka_unit_test(test_nothing_is_left_running),
		cmocka_unit_test(test_output_has_a_ceiling),
		cmocka_unit_test(test_limits_are_set),
		cmocka_unit_test(test_writes_only_below_the_scratch_folder),
		cmocka_unit_test(test_other_processes_cannot_be_read),
		cmocka_unit_test(test_no_writable_folder_at_all),
		cmocka_unit_test(test_network_only_where_allowed),
		cmocka_unit_test(test_system_calls_that_lead_around_are_closed),
		cmocka_unit_test(test_child_dies_with_us),
		cmocka_unit_test(test_text_names_both_means),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
