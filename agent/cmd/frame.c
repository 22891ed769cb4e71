#include "cmd/frame.h"

#include "base/clock.h"

#include <string.h>

#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./:,@%^"
#define FACTS "##[endgroup]"

/* ---- words ---------------------------------------------------------------------------------------- */

bool frame_has_control(struct view word)
{
	for (size_t i = 0; i < word.n; i++)
		if ((unsigned char)word.p[i] < ' ' || word.p[i] == 0x7f)
			return true;
	return false;
}

/* $'a\nb', as bash and the newest POSIX shells read it. */
static void add_escaped(struct buf *out, struct view word)
{
	buf_add_text(out, "$'");
	for (size_t i = 0; i < word.n; i++) {
		unsigned char c = (unsigned char)word.p[i];

		if (c == '\n')
			buf_add_text(out, "\\n");
		else if (c < ' ' || c == 0x7f)
			buf_addf(out, "\\%03o", c);
		else if (c == '\'' || c == '\\')
			buf_addf(out, "\\%c", c);
		else
			buf_add_char(out, (char)c);
	}
	buf_add_char(out, '\'');
}

static void add_word(struct buf *out, struct view word)
{
	struct view piece, rest = word;
	const char *between = "'";

	if (frame_has_control(word)) {
		add_escaped(out, word);
	} else if (word.n && strspn(word.p, PLAIN) == word.n) {
		buf_add_view(out, word);
	} else {
		while (view_next(&rest, '\'', &piece)) {
			buf_add_text(out, between);
			buf_add_view(out, piece);
			between = "'\\''";
		}
		buf_add_text(out, !word.n ? "''" : view_ends(word, "'") ? "'\\'''" : "'");
	}
}

void frame_command(struct buf *out, const char *const *argv)
{
	BUF_AUTO all = buf_new(BUF_LARGE);
	struct view shown;

	for (size_t i = 0; argv[i] && all.n <= FRAME_COMMAND_MAX; i++) {
		if (i)
			buf_add_char(&all, ' ');
		add_word(&all, view_of(argv[i]));
	}
	shown = view_cut_utf8(buf_view(&all), FRAME_COMMAND_MAX);
	buf_add_view(out, shown);
	if (shown.n < all.n)
		buf_add_text(out, "…");
}

void frame_file_name(struct buf *out, const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t start = out->n;

	for (const char *p = slash && slash[1] ? slash + 1 : name; *p && out->n - start < FRAME_NAME_MAX; p++) {
		bool plain = *p != '/' &&
			     ((*p == '.' && out->n > start) || (*p != '.' && strchr("_-", *p)) ||
				     strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", *p));

		if (plain || (out->n > start && out->p[out->n - 1] != '_'))
			buf_add_char(out, plain ? *p : '_');
	}
	if (out->n == start)
		buf_add_text(out, "command");
}

/* ---- lines ---------------------------------------------------------------------------------------- */

void frame_begin(struct buf *out, const char *command, const char *directory_or_null)
{
	buf_addf(out, "##[group]Run %s\n%s\nshell: runmedic run\n", command, command);
	if (directory_or_null && !frame_has_control(view_of(directory_or_null)))
		buf_addf(out, "  working-directory: %s\n", directory_or_null);
	buf_add_text(out, "##[endgroup]\n");
}

void frame_again(struct buf *out, unsigned attempt, int exit_code)
{
	buf_addf(out, "[runmedic: attempt %u ended with exit code %d; another one follows]\n", attempt, exit_code);
}

void frame_end(struct buf *out, int exit_code, bool cancelled)
{
	if (cancelled)
		buf_add_text(out, "##[error]The operation was canceled.\n");
	else if (exit_code)
		buf_addf(out, "##[error]Process completed with exit code %d.\n", exit_code);
}

void frame_facts_print(struct buf *out, const struct frame_facts *f)
{
	JSON_AUTO *j = json_object();

	json_add_text(j, "schema", FRAME_SCHEMA);
	if (f->name)
		json_add_view(j, "name", view_cut_utf8(view_of(f->name), FRAME_LABEL_MAX));
	else
		json_add_null(j, "name");
	json_add_text(j, "command", f->command);
	json_add_int_or_null(j, "exit_code", f->exit_code);
	json_add_bool(j, "cancelled", f->cancelled);
	json_add_int(j, "attempts", f->attempts);
	json_add_int(j, "offset", (int64_t)f->offset);
	json_add_int(j, "bytes", (int64_t)f->bytes);
	json_add_time(j, "ended_at", f->ended);
	buf_add_text(out, FACTS);
	json_print(out, j);
	buf_add_char(out, '\n');
}

int frame_facts_parse(struct frame_facts *ret, cJSON **ret_json, struct view line, uint64_t size, struct err *e)
{
	const char *schema, *ended;
	int64_t offset, bytes;
	cJSON *j;

	if (!view_starts(line, FACTS "{"))
		return err_set(e, ERR_NOT_FOUND, "the capture does not end with its facts");
	j = json_parse(view_from(line, strlen(FACTS)), FRAME_FACTS_MAX, e);
	if (!j)
		return -1;
	schema = json_text(j, "schema");
	offset = json_int(j, "offset", -1);
	bytes = json_int(j, "bytes", -1);
	if (!schema || strcmp(schema, FRAME_SCHEMA) != 0 || offset < 0 || bytes < 0 || (uint64_t)offset > size ||
		(uint64_t)bytes > size - (uint64_t)offset) {
		cJSON_Delete(j);
		return err_set(e, ERR_INPUT, "the facts of the capture make no sense");
	}
	ended = json_text(j, "ended_at");
	*ret = (struct frame_facts){.name = json_text(j, "name"),
		.command = json_text(j, "command"),
		.exit_code = (int)json_int(j, "exit_code", -1),
		.cancelled = json_bool(j, "cancelled", false),
		.attempts = (unsigned)json_int(j, "attempts", 1),
		.offset = (uint64_t)offset,
		.bytes = (uint64_t)bytes};
	if (!clock_parse(view_of(ended), &ret->ended))
		ret->ended = CLOCK_UNKNOWN;
	*ret_json = j;
	return 0;
}
