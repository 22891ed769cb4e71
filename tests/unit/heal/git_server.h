/* git_server.h - a real git server on loopback with one repository, o/r.git, and a clone of it. */
#ifndef RM_TESTS_HEAL_GIT_SERVER_H
#define RM_TESTS_HEAL_GIT_SERVER_H

#include "heal/remote.h"
#include "scratch.h"

#define TOKEN                                                                                                          \
	"gh"                                                                                                           \
	"s_Unit0Test1Token2Unit0Test1Token2"

struct server {
	struct scratch s;
	pid_t pid;
	int port, stdin_fd;
	char *url;
	struct git_remote_options o;
};

static inline void server_start(struct server *v, const char *const *more)
{
	const char *argv[16] = {"python3", "tests/history/git_server.py", v->s.top, "--token", TOKEN};
	char line[32] = "";
	int in[2], out[2];

	for (size_t i = 0; more && more[i]; i++)
		argv[5 + i] = more[i];
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	v->pid = fork();
	if (v->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execv("/usr/bin/python3", (char *const *)argv);
		_exit(99);
	}
	close(in[0]);
	close(out[1]);
	v->stdin_fd = in[1];
	for (size_t n = 0; n < sizeof(line) - 1 && !strchr(line, '\n'); n++)
		assert_int_equal(read(out[0], line + n, 1), 1);
	close(out[0]);
	v->port = (int)strtol(line, NULL, 10);
	assert_true(v->port > 0);
}

static inline char *url_of(const struct server *v, const char *path)
{
	BUF_AUTO b = buf_new(BUF_LINE);

	buf_addf(&b, "http://127.0.0.1:%d/%so/r.git", v->port, path);
	return buf_take(&b);
}

static inline void server_begin(struct server *v, const char *const *more)
{
	*v = (struct server){0};
	scratch_begin(&v->s);
	server_start(v, more);
	SH(v->s.top,
		"mkdir o; git init -q --bare -b main o/r.git; git -C o/r.git config http.receivepack true; cd repo; "
		"echo one > a; git add a; git commit -q -m one; git push -q ../o/r.git main; "
		"echo two > a; git commit -q -a -m two; git branch two; git reset -q --hard HEAD~1; "
		"echo three > a; git commit -q -a -m three; git branch three; git reset -q --hard HEAD~1");
	scratch_open(&v->s);
	v->url = url_of(v, "");
	v->o = (struct git_remote_options){.url = v->url, .token = TOKEN};
}

static inline void server_done(struct server *v)
{
	close(v->stdin_fd);
	waitpid(v->pid, NULL, 0);
	free(v->url);
	scratch_done(&v->s);
}

#define SERVER_AUTO __attribute__((cleanup(server_done))) struct server

#endif
