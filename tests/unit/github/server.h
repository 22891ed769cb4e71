/* server.h - a web server on the loopback, for the tests of the client: a thread per connection, which stays open where
 * the answer allows it. It writes down what it was asked. What it says is chosen by the path. */
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
	unsigned delay_ms;   /* before each answer */
	pthread_t thread;
	pthread_mutex_t lock; /* held while an answer is made */
	_Atomic unsigned connections, open;
	bool keeps; /* the answer under way leaves the connection open */
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

/* The same, and the connection stays. */
static inline void server_reply_on(struct server *s, int to, int status, const char *headers, const char *body)
{
	BUF_AUTO text = buf_new(BUF_LARGE);

	buf_addf(&text, "HTTP/1.1 %d Whatever\r\n", status);
	if (status != 304 && status != 204)
		buf_addf(&text, "Content-Length: %zu\r\n", strlen(body));
	buf_addf(&text, "%s\r\n%s", headers, status == 304 || status == 204 ? "" : body);
	server_write(to, text.p, text.n);
	s->keeps = true;
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

struct server_connection {
	struct server *s;
	int fd;
};

static inline void *server_connection_main(void *context)
{
	struct server_connection c = *(struct server_connection *)context;
	bool keeps = true;

	free(context);
	while (keeps) {
		struct server_request asked = {.head = ""};
		char path[1024] = "";

		server_read_head(c.fd, &asked);
		if (!*asked.head)
			break;
		if (c.s->delay_ms)
			usleep(c.s->delay_ms * 1000);
		pthread_mutex_lock(&c.s->lock);
		c.s->asked[c.s->asked_count++ % SERVER_ASKED_MAX] = asked;
		sscanf(asked.head, "%*s %1023s", path);
		c.s->keeps = false;
		server_answer(c.s, c.fd, path);
		keeps = c.s->keeps;
		pthread_mutex_unlock(&c.s->lock);
	}
	close(c.fd);
	c.s->open--;
	return NULL;
}

static inline void *server_main(void *context)
{
	struct server *s = context;

	for (;;) {
		struct server_connection *c;
		pthread_t thread;
		int fd = accept(s->fd, NULL, NULL);

		if (fd < 0)
			return NULL;
		s->connections++;
		s->open++;
		c = malloc(sizeof *c);
		*c = (struct server_connection){s, fd};
		if (pthread_create(&thread, NULL, server_connection_main, c) == 0)
			pthread_detach(thread);
	}
}

static inline bool server_start(struct server *s)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;

	*s = (struct server){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, n) || listen(s->fd, 64) ||
		getsockname(s->fd, (struct sockaddr *)&a, &n))
		return false;
	s->port = ntohs(a.sin_port);
	pthread_mutex_init(&s->lock, NULL);
	return pthread_create(&s->thread, NULL, server_main, s) == 0;
}

static inline void server_stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	for (int i = 0; s->open && i < 200; i++)
		usleep(5000);
}

#endif
