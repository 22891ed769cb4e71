#include "cmd/run_keep.h"

#include "cmd/captures.h"
#include "cmd/step_files.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void tell(const struct run_keep *k, const struct err *e)
{
	session_note(k->session, "runmedic: %s", e->text);
}

static int open_named(struct run_keep *k, const char *name, struct err *e)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);

	k->path = mem_text(name);
	return fd < 0 ? err_errno(e, "cannot write the capture %s", name) : fd;
}

void run_keep_open(struct run_keep *ret, const struct session *s, const char *program, const char *command)
{
	const char *named = args_text(s->args, "capture", NULL), *name = args_text(s->args, "name", program);
	struct err e;
	int fd = -1;

	*ret = (struct run_keep){.session = s, .command = command};
	if (named) {
		fd = open_named(ret, named, &e);
	} else if (step_in_actions()) {
		err_set(&e, ERR_NOT_FOUND, "no capture is kept: RUNNER_TEMP is not set");
		ret->path = captures_new(name, &fd, &e);
	}
	if (fd < 0 && (named || step_in_actions())) {
		tell(ret, &e);
		free(ret->path);
		ret->path = NULL;
	}
	capture_init(&ret->capture, fd);
}

void run_keep_done(struct run_keep *k)
{
	capture_done(&k->capture);
	if (k->capture.file >= 0)
		close(k->capture.file);
	k->capture.file = -1;
	free(k->path);
	k->path = NULL;
}

/* Where the command runs, seen from the checkout. */
static const char *directory(char here[FRAME_COMMAND_MAX])
{
	const char *top = getenv("GITHUB_WORKSPACE");
	struct view below;

	if (!top || !*top || !getcwd(here, FRAME_COMMAND_MAX) || !view_starts(view_of(here), top))
		return NULL;
	below = view_from(view_of(here), strlen(top));
	return below.n > 1 && *below.p == '/' ? below.p + 1 : NULL;
}

void run_keep_begin(struct run_keep *k)
{
	BUF_AUTO frame = buf_new(CAPTURE_FRAME);
	char here[FRAME_COMMAND_MAX];

	k->attempt++;
	k->offset = k->capture.written;
	frame_begin(&frame, k->command, directory(here));
	capture_begin(&k->capture, buf_view(&frame));
}

void run_keep_output(void *keep, enum live_stream from, struct view bytes)
{
	struct run_keep *k = keep;

	capture_add(&k->capture, from, bytes);
}

struct view run_keep_log(struct run_keep *k, const struct live_result *result)
{
	frame_end(&k->capture.text, result->status, result->stopped_by != 0);
	return capture_text(&k->capture);
}

static void add_facts(struct run_keep *k, const struct live_result *result)
{
	BUF_AUTO line = buf_new(FRAME_FACTS_MAX);
	const struct frame_facts facts = {.name = args_text(k->session->args, "name", NULL),
		.command = k->command,
		.exit_code = result->status,
		.cancelled = result->stopped_by != 0,
		.attempts = k->attempt,
		.offset = k->offset,
		.bytes = k->capture.written - k->offset,
		.ended = clock_now()};

	frame_facts_print(&line, &facts);
	capture_frame(&k->capture, buf_view(&line));
}

void run_keep_end(struct run_keep *k, const struct live_result *result, bool last)
{
	BUF_AUTO frame = buf_new(CAPTURE_FRAME);
	struct err e;

	if (last)
		frame_end(&frame, result->status, result->stopped_by != 0);
	else
		frame_again(&frame, k->attempt, result->status);
	capture_frame(&k->capture, buf_view(&frame));
	if (last)
		add_facts(k, result);
	if (last && k->capture.trouble) {
		errno = k->capture.trouble;
		err_errno(&e, "the capture %s is not whole", k->path);
		tell(k, &e);
	}
}
