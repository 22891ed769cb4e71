/* Workflow commands, and text that holds none. The escapes are those of actions/toolkit, packages/core/command.ts. */
#include "publish/annotations.h"

#include <string.h>

#define COMMAND_TITLE 200u
#define COMMAND_MESSAGE 1000u
#define TYPES 3

static void add_escaped(struct buf *out, const char *text, size_t most, const char *also)
{
	BUF_AUTO cut = buf_new(BUF_PAGE), plain = buf_new(BUF_PAGE);
	short_text(&cut, text, most);
	plain_text(&plain, buf_view(&cut));
	for (size_t i = 0; i < plain.n; i++) {
		unsigned char c = (unsigned char)plain.p[i];
		buf_addf(out, strchr("%\r\n", c) || strchr(also, c) ? "%%%02X" : "%c", c);
	}
}

static void add_property(struct buf *out, const char *text)
{
	add_escaped(out, text, COMMAND_TITLE, ":,");
}

static void add_path(struct buf *out, const char *path)
{
	for (; *path; path++)
		buf_addf(out, strchr("%:,", *path) ? "%%%02X" : "%c", (unsigned char)*path);
}

static void add_command(struct buf *out, const char *type, const struct annotation *a)
{
	buf_addf(out, "::%s file=", type);
	add_path(out, a->path);
	buf_addf(out, ",line=%u", a->line);
	if (a->column)
		buf_addf(out, ",col=%u", a->column);
	buf_add_text(out, ",title=");
	add_property(out, a->title);
	buf_add_text(out, "::");
	add_escaped(out, a->message && a->message[0] ? a->message : a->title, COMMAND_MESSAGE, "");
	buf_add_char(out, '\n');
}

void publish_commands(struct buf *out, const struct publish_run *r, publish_has_file *has, void *context)
{
	static const char *const types[TYPES] = {
		[SEVERITY_ERROR] = "error", [SEVERITY_WARNING] = "warning", [SEVERITY_INFO] = "notice"};
	unsigned shown[TYPES] = {0};
	struct told t;
	const struct annotation *notes;
	told_start(&t, r);
	size_t n = annotations_of(&t, &t.arena, PUBLISH_ANNOTATIONS_MAX, has, context, &notes);
	for (size_t i = 0; i < n; i++)
		if (shown[notes[i].severity]++ < PUBLISH_COMMANDS_MAX)
			add_command(out, types[notes[i].severity], &notes[i]);
	told_done(&t);
}

static bool is_token(const char *token)
{
	size_t n = strlen(token);
	return n >= PUBLISH_GUARD_MIN &&
	       strspn(token, "-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == n;
}

bool publish_guarded(struct buf *out, const char *token, struct view text)
{
	if (!is_token(token) || view_has(text, token))
		return false;
	buf_addf(out, "::stop-commands::%s\n", token);
	buf_add_view(out, text);
	buf_addf(out, "%s::%s::\n", text.n && text.p[text.n - 1] != '\n' ? "\n" : "", token);
	return true;
}
