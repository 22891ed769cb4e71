#include "heal/remote_link.h"

#include "base/clock.h"
#include "base/mem.h"

#include <git2/sys/stream.h>
#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h>
#endif
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define POLL_SLICE_MS 200 /* so soon is a signal noticed */

struct remote_socket {
	git_stream stream; /* first: libgit2 hands this back */
	int fd;
	char *host, *port;
};

static _Thread_local struct remote_guard *guard;

static int give_up(enum err_code code, const char *why)
{
	err_set(&guard->why, code, "%s", why);
	git_error_set_str(GIT_ERROR_NET, guard->why.text);
	return -1;
}

static int system_error(const char *what)
{
	err_errno(&guard->why, "%s", what);
	guard->why.code = ERR_NETWORK;
	git_error_set_str(GIT_ERROR_NET, guard->why.text);
	return -1;
}

static int await(int fd, short events, int64_t patience_us, const char *stalled)
{
	int64_t began = clock_monotonic();

	for (;;) {
		struct pollfd p = {.fd = fd, .events = events};
		int n = poll(&p, 1, POLL_SLICE_MS);
		int64_t now = clock_monotonic();

		if (guard->stop && *guard->stop)
			return give_up(ERR_INTERRUPTED, "stopped by a signal");
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return system_error("waiting for the git server");
		if (now >= guard->deadline)
			return give_up(ERR_NETWORK, "the git server takes too long in all");
		if (now - began >= patience_us)
			return give_up(ERR_NETWORK, stalled);
	}
}

static int connect_to(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol), trouble = 0;
	socklen_t size = sizeof(trouble);

	if (fd < 0)
		return system_error("cannot make a socket");
	if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
		return fd;
	if (errno != EINPROGRESS)
		system_error("cannot connect to the git server");
	else if (await(fd, POLLOUT, GIT_REMOTE_CONNECT_S * CLOCK_SECOND, "the git server does not answer") == 0) {
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &trouble, &size) == 0 && trouble == 0)
			return fd;
		errno = trouble ? trouble : errno;
		system_error("cannot connect to the git server");
	}
	close(fd);
	return -1;
}

static int socket_connect(git_stream *stream)
{
	struct remote_socket *s = (struct remote_socket *)stream;
	struct addrinfo *list, hints = {.ai_socktype = SOCK_STREAM};
	BUF_AUTO why = buf_new(BUF_LINE);
	int code = getaddrinfo(s->host, s->port, &hints, &list);

	if (code != 0) {
		buf_addf(&why, "no address is known of %s (%s)", s->host, gai_strerror(code));
		return give_up(ERR_NETWORK, buf_text(&why));
	}
	for (const struct addrinfo *at = list; at && s->fd < 0; at = at->ai_next) {
		s->fd = connect_to(at);
		if (s->fd < 0 && guard->why.code == ERR_INTERRUPTED)
			break;
	}
	freeaddrinfo(list);
	if (s->fd >= 0)
		err_clear(&guard->why); /* of an address that did not answer */
	return s->fd < 0 ? -1 : 0;
}

static ssize_t socket_read(git_stream *stream, void *data, size_t size)
{
	const struct remote_socket *s = (struct remote_socket *)stream;

	for (;;) {
		ssize_t n = recv(s->fd, data, size, 0);

		if (n >= 0) {
			guard->bytes += (size_t)n;
			if (guard->bytes > guard->bytes_max)
				return give_up(ERR_LIMIT, "the git server sends more than is taken");
			return n;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (await(s->fd, POLLIN, guard->stall_us, "the git server sends nothing any more") != 0)
				return -1;
		} else if (errno != EINTR) {
			return system_error("the git server ended the connection");
		}
	}
}

static ssize_t socket_write(git_stream *stream, const char *data, size_t size, int flags)
{
	const struct remote_socket *s = (struct remote_socket *)stream;

	for (;;) {
		ssize_t n = send(s->fd, data, size, flags | MSG_NOSIGNAL);

		if (n >= 0)
			return n;
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (await(s->fd, POLLOUT, guard->stall_us, "the git server takes nothing any more") != 0)
				return -1;
		} else if (errno != EINTR) {
			return system_error("the git server ended the connection");
		}
	}
}

static int socket_close(git_stream *stream)
{
	struct remote_socket *s = (struct remote_socket *)stream;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	return 0;
}

static void socket_free(git_stream *stream)
{
	struct remote_socket *s = (struct remote_socket *)stream;

	free(s->host);
	free(s->port);
	free(s);
}

static int socket_new(git_stream **ret, const char *host, const char *port)
{
	struct remote_socket *s;

	if (guard->host && strcasecmp(guard->host, host) != 0) {
		BUF_AUTO why = buf_new(BUF_LINE);

		buf_addf(&why, "the git server sends us on to another host, %.200s", host);
		return give_up(ERR_NETWORK, buf_text(&why));
	}
	s = mem_new(sizeof(*s));
	*s = (struct remote_socket){.fd = -1, .host = mem_text(host), .port = mem_text(port)};
	s->stream = (git_stream){.version = GIT_STREAM_VERSION,
		.connect = socket_connect,
		.read = socket_read,
		.write = socket_write,
		.close = socket_close,
		.free = socket_free};
	*ret = &s->stream;
	return 0;
}

void remote_guard_begin(struct remote_guard *g)
{
	git_stream_registration ours = {.version = GIT_STREAM_VERSION, .init = socket_new};

	guard = g;
	git_stream_register(GIT_STREAM_STANDARD, &ours);
}

void remote_guard_end(void)
{
	git_stream_register(GIT_STREAM_STANDARD, NULL);
	guard = NULL;
}
