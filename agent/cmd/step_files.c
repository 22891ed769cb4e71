#include "cmd/step_files.h"

#include "base/file.h"
#include "base/redact.h"
#include "cmd/command.h"
#include "publish/bodies.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

void step_token(char token[STEP_TOKEN_MAX])
{
	unsigned char bytes[16];
	/* up to 256 bytes come whole once the system has started */
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		abort();
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
}

bool step_in_actions(void)
{
	const char *on = getenv("GITHUB_ACTIONS");
	return on && !strcmp(on, "true");
}

bool step_holds_token(void)
{
	static const char *const tokens[] = {
		"GITHUB_TOKEN", "GH_TOKEN", "INPUT_TOKEN", "INPUT_GITHUB-TOKEN", "RUNMEDIC_PRIVATE_KEY"};
	bool found = false;
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
		found = found || session_variable(tokens[i]);
	return found && session_variable("GITHUB_ACTIONS");
}

size_t step_summary_room(void)
{
	struct stat st;
	const char *path = session_variable("GITHUB_STEP_SUMMARY");
	if (!path)
		return 0;
	if (stat(path, &st) != 0)
		return errno == ENOENT ? PUBLISH_SUMMARY_MAX : 0;
	size_t used = (size_t)st.st_size;
	return used < PUBLISH_SUMMARY_MAX ? PUBLISH_SUMMARY_MAX - used : 0;
}

static int append(const char *path, struct view text, struct err *e)
{
	/* what `run` started may have put a pipe there that nobody reads */
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
	if (fd < 0)
		return err_errno(e, "cannot open %s", path);
	int rc = file_write_all(fd, text) < 0 ? err_errno(e, "cannot write %s", path) : 0;
	close(fd);
	return rc;
}

int step_summary_add(struct view text, struct err *e)
{
	const char *path = session_variable("GITHUB_STEP_SUMMARY");
	return path && text.n ? append(path, text, e) : 0;
}

int step_outputs_add(struct view lines, struct err *e)
{
	const char *path = session_variable("GITHUB_OUTPUT");
	return path ? append(path, lines, e) : 0;
}

void step_line(struct buf *out, struct view text)
{
	BUF_AUTO safe = buf_new(BUF_PAGE);
	bool in_actions = step_in_actions();
	redact_for_terminal(&safe, text);
	struct view rest = view_trim(buf_view(&safe));
	if (in_actions && view_starts(rest, "::"))
		buf_add_char(out, '.');
	for (size_t i = 0; i < rest.n; i++) {
		if (in_actions && rest.p[i] == '[' && view_ends(view_sub(rest, 0, i), "##"))
			buf_add_char(out, ' ');
		buf_add_char(out, rest.p[i] == '\n' ? ' ' : rest.p[i]);
	}
}

static void defuse_line(struct buf *out, struct view line, const char *broken)
{
	size_t at;
	if (view_starts(view_trim(line), "::"))
		buf_add_char(out, '.');
	while ((at = view_find(line, "##[")) != VIEW_NONE) {
		buf_add_view(out, view_sub(line, 0, at));
		buf_add_text(out, broken);
		line = view_from(line, at + 3);
	}
	buf_add_view(out, line);
}

bool step_defuse(struct buf *out, struct view text)
{
	bool json = view_starts(text, "{") || view_starts(text, "[");
	struct view line;
	if (!step_in_actions() || (!view_has(text, "##[") && !view_has(text, "::")))
		return false;
	while (text.n) {
		size_t n = view_find_char(text, '\n');
		line = view_sub(text, 0, n == VIEW_NONE ? text.n : n + 1);
		defuse_line(out, line, json ? "#\\u0023[" : "## [");
		text = view_from(text, line.n);
	}
	return true;
}

void step_say(const char *level, const char *text)
{
	BUF_AUTO clean = buf_new(BUF_PAGE), line = buf_new(BUF_PAGE);
	neutral_terminal(&clean, view_of(text));
	if (!step_in_actions()) {
		fprintf(stderr, "runmedic: %s\n", buf_text(&clean));
		return;
	}
	for (const char *p = buf_text(&clean); *p; p++) {
		if (*p == '%' || *p == '\n' || *p == '\r')
			buf_addf(&line, "%%%02X", (unsigned)*p);
		else
			buf_add_char(&line, *p);
	}
	printf("::%s::%s\n", level, buf_text(&line));
	fflush(stdout);
}
