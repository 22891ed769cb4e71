/* server.h - a web server on the loopback, for the tests of the client: a thread that answers one request at a time and
 * writes down what it was asked. What it says is chosen by the path. */
#ifndef RM_TESTS_GITHUB_SERVER_H
#define RM_TESTS_GITHUB_SERVER_H

#include "base/buf.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_HEAD_MAX 8192
#define SERVER_ASKED_MAX 64

struct server_request {
	char head[SERVER_HEAD_MAX]; /* with the body behind it, where one came along */
};

struct server {
	int fd;
	unsigned port;
	unsigned other_port; /* of the other server, for redirects */
	pthread_t thread;
	struct server_request asked[SERVER_ASKED_MAX];
	size_t asked_count;
};

/* Writes the answer to a path; defined by the test. */
static void server_answer(struct server *s, int to, const char *path);

static inline void server_write(int to, const char *p, size_t n)
{
	while (n) {
		ssize_t done = send(to, p, n, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		p += done;
		n -= (size_t)done;
	}
}

/* A whole answer with a body of known length. `headers` end with CR LF each. */
static inline void server_reply(int to, int status, const char *headers, const char *body)
{
	BUF_AUTO text = buf_new(BUF_LARGE);

	buf_addf(&text, "HTTP/1.1 %d Whatever\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n%s", status,
		strlen(body), headers, body);
	server_write(to, text.p, text.n);
}

static inline void server_read_head(int from, struct server_request *r)
{
	size_t n = 0;

	while (n < sizeof r->head - 1) {
		ssize_t got = recv(from, r->head + n, sizeof r->head - 1 - n, 0);
		const char *end, *length;

		if (got <= 0)
			break;
		n += (size_t)got;
		r->head[n] = 0;
		end = strstr(r->head, "\r\n\r\n");
		length = strstr(r->head, "Content-Length: ");
		if (end && (!length || strlen(end + 4) >= strtoul(length + 16, NULL, 10)))
			break;
	}
	r->head[n] = 0;
}

static inline void *server_main(void *context)
{
	struct server *s = context;

	for (;;) {
		int to = accept(s->fd, NULL, NULL);
		struct server_request *r = &s->asked[s->asked_count % SERVER_ASKED_MAX];
		char path[1024] = "";

		if (to < 0)
			return NULL;
		server_read_head(to, r);
		s->asked_count++;
		sscanf(r->head, "%*s %1023s", path);
		server_answer(s, to, path);
		close(to);
	}
}

static inline bool server_start(struct server *s)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;

	*s = (struct server){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, n) || listen(s->fd, 16) ||
		getsockname(s->fd, (struct sockaddr *)&a, &n))
		return false;
	s->port = ntohs(a.sin_port);
	return pthread_create(&s->thread, NULL, server_main, s) == 0;
}

static inline void server_stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

#endif
