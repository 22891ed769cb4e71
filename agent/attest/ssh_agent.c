/* ssh_agent.c - asking the agent at SSH_AUTH_SOCK (draft-ietf-sshm-ssh-agent, OpenSSH PROTOCOL.agent): which keys it
 * has, and for a signature. It may be somebody else's socket: its answers are read like those of a stranger. */
#include "attest/ssh_public.h"
#include "attest/ssh_wire.h"
#include "attest/sshsig_internal.h"
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum agent_message { AGENT_LIST = 11, AGENT_KEYS = 12, AGENT_SIGN = 13, AGENT_SIGNATURE = 14 };
#define AGENT_RSA_SHA512 4u

struct agent {
	int fd;
	int64_t deadline; /* clock_monotonic() */
};

static void agent_close(struct agent *a)
{
	if (a->fd >= 0)
		close(a->fd);
}

static int agent_open(struct agent *a, struct err *e)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = getenv("SSH_AUTH_SOCK");

	if (!path || !*path)
		return err_set(e, ERR_UNAVAILABLE, "there is no ssh-agent (SSH_AUTH_SOCK is not set)");
	if (strlen(path) >= sizeof(address.sun_path))
		return err_set(e, ERR_UNAVAILABLE, "SSH_AUTH_SOCK is longer than a socket's name may be");
	memcpy(address.sun_path, path, strlen(path));
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd < 0 || connect(a->fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		err_errno(e, "ssh-agent at SSH_AUTH_SOCK");
		if (e)
			e->code = ERR_UNAVAILABLE;
		return -1;
	}
	return 0;
}

static int wait_for(const struct agent *a, short events, struct err *e)
{
	for (;;) {
		int64_t left = (a->deadline - clock_monotonic()) / 1000;
		struct pollfd one = {.fd = a->fd, .events = events};
		int n = left > 0 ? poll(&one, 1, (int)left) : 0;

		if (n > 0)
			return 0;
		if (n == 0)
			return err_set(e, ERR_UNAVAILABLE, "ssh-agent does not answer in time");
		if (errno != EINTR)
			return err_errno(e, "ssh-agent");
	}
}

static int send_all(const struct agent *a, struct view v, struct err *e)
{
	while (v.n) {
		ssize_t n;

		if (wait_for(a, POLLOUT, e) != 0)
			return -1;
		n = send(a->fd, v.p, v.n, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return err_errno(e, "ssh-agent");
		v = n > 0 ? view_from(v, (size_t)n) : v;
	}
	return 0;
}

static int receive(const struct agent *a, struct buf *ret, size_t count, struct err *e)
{
	char piece[4096];

	while (count) {
		ssize_t n;

		if (wait_for(a, POLLIN, e) != 0)
			return -1;
		n = recv(a->fd, piece, count < sizeof(piece) ? count : sizeof(piece), 0);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return err_errno(e, "ssh-agent");
		if (n == 0)
			return err_set(e, ERR_UNAVAILABLE, "ssh-agent has hung up");
		buf_add(ret, piece, (size_t)n);
		count -= (size_t)n;
	}
	return 0;
}

/* One question and its answer; *ret holds the answer without its length. */
static int ask(struct agent *a, struct view request, unsigned seconds, struct buf *ret, struct err *e)
{
	BUF_AUTO head = buf_new(8), frame = buf_new(SSH_AGENT_ANSWER_MAX);
	struct ssh_reader r;
	uint32_t n;

	a->deadline = clock_monotonic() + seconds * CLOCK_SECOND;
	ssh_add_string(&frame, request);
	if (send_all(a, buf_view(&frame), e) != 0 || receive(a, &head, 4, e) != 0)
		return -1;
	r = (struct ssh_reader){buf_view(&head), false};
	n = ssh_take_number(&r);
	if (n == 0 || n > SSH_AGENT_ANSWER_MAX)
		return err_set(e, ERR_LIMIT, "ssh-agent gives an answer of %lu bytes", (unsigned long)n);
	return receive(a, ret, n, e);
}

static bool is_wanted(struct view blob, const struct ssh_signer *s, struct view wanted_key)
{
	struct ssh_public k;

	if (wanted_key.n)
		return view_eq(blob, wanted_key);
	return ssh_public_parse(&k, blob, NULL) == 0 && (!s->wanted || s->wanted(s->context, blob));
}

static int choose(
	struct agent *a, struct buf *ret_key, const struct ssh_signer *s, struct view wanted_key, struct err *e)
{
	BUF_AUTO answer = buf_new(SSH_AGENT_ANSWER_MAX);
	const char list = AGENT_LIST;
	struct ssh_reader r;
	uint32_t count;

	if (ask(a, view_make(&list, 1), SSH_AGENT_LIST_S, &answer, e) != 0)
		return -1;
	r = (struct ssh_reader){buf_view(&answer), false};
	if (ssh_take_byte(&r) != AGENT_KEYS)
		return err_set(e, ERR_UNAVAILABLE, "ssh-agent does not list its keys (is it locked?)");
	count = ssh_take_number(&r);
	for (uint32_t i = 0; i < count && i < SSH_AGENT_KEYS_MAX && !r.bad; i++) {
		struct view blob = ssh_take_string(&r);

		ssh_take_string(&r);
		if (!r.bad && is_wanted(blob, s, wanted_key))
			return buf_add_view(ret_key, blob) ? 0 : err_set(e, ERR_LIMIT, "a public key too long");
	}
	if (r.bad)
		return err_set(e, ERR_UNAVAILABLE, "ssh-agent gives an answer that cannot be read");
	return err_set(e, ERR_NOT_FOUND,
		wanted_key.n ? "ssh-agent does not hold this key; `ssh-add` it"
			     : "ssh-agent holds no key that may sign here; `ssh-add` one");
}

int ssh_agent_sign(struct buf *ret, struct buf *ret_key, const struct ssh_signer *s, struct view wanted_key,
	struct view data, struct err *e)
{
	__attribute__((cleanup(agent_close))) struct agent a = {.fd = -1};
	BUF_AUTO request = buf_new(SSH_AGENT_ANSWER_MAX), answer = buf_new(SSH_AGENT_ANSWER_MAX);
	struct ssh_reader r;
	struct view signature;

	if (agent_open(&a, e) != 0 || choose(&a, ret_key, s, wanted_key, e) != 0)
		return -1;
	buf_add_char(&request, AGENT_SIGN);
	ssh_add_string(&request, buf_view(ret_key));
	ssh_add_string(&request, data);
	ssh_add_number(&request, AGENT_RSA_SHA512);
	if (ask(&a, buf_view(&request), SSH_AGENT_SIGN_S, &answer, e) != 0)
		return -1;
	r = (struct ssh_reader){buf_view(&answer), false};
	if (ssh_take_byte(&r) != AGENT_SIGNATURE)
		return err_set(e, ERR_AUTH, "ssh-agent refuses to sign");
	signature = ssh_take_string(&r);
	if (!ssh_ended(&r) || !buf_add_view(ret, signature))
		return err_set(e, ERR_UNAVAILABLE, "ssh-agent gives an answer that cannot be read");
	return 0;
}
