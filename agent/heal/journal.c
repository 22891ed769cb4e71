/* journal.c - the journal of an apply on disk: fields ended by NUL, a SHA-256 over them at the end. */
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "heal/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define JOURNAL_HEAD "runmedic journal 1"
#define JOURNAL_MADE_MAX 4096u

void journal_done(struct journal *j)
{
	arena_done(&j->arena);
	*j = (struct journal){0};
}

static void add_field(struct buf *b, const char *text)
{
	buf_add_text(b, text ? text : "");
	buf_add_char(b, '\0');
}

static void add_number(struct buf *b, size_t number)
{
	buf_addf(b, "%zu", number);
	buf_add_char(b, '\0');
}

static void format(struct buf *b, const struct journal *j)
{
	char hex[HASH_HEX_MAX];

	add_field(b, JOURNAL_HEAD);
	add_field(b, j->complete ? "complete" : "begun");
	add_number(b, j->made_count);
	for (size_t i = 0; i < j->made_count; i++)
		add_field(b, j->made[i]);
	add_number(b, j->file_count);
	for (size_t i = 0; i < j->file_count; i++) {
		const struct journal_file *f = &j->files[i];

		add_field(b, f->path);
		add_field(b, f->temp);
		add_field(b, f->backup);
		add_field(b, f->old_hash);
		add_field(b, f->new_hash);
		add_number(b, f->old_mode);
	}
	hash_view(buf_view(b), hex);
	add_field(b, hex);
}

int journal_write(const char *git_folder, const struct journal *j, struct err *e)
{
	MEM_AUTO char *folder = file_join(git_folder, JOURNAL_FOLDER);
	MEM_AUTO char *path = file_join(folder, "journal");
	BUF_AUTO b = buf_new(BUF_PAGE);

	format(&b, j);
	if (b.full)
		return err_set(e, ERR_LIMIT, "the journal has more than %zu bytes", b.max);
	return file_make_directories(folder, e) != 0 ? -1 : file_write_atomic(path, buf_view(&b), 0600, e);
}

static bool next_text(struct view *rest, struct arena *arena, const char **ret)
{
	struct view field;

	if (!view_next(rest, '\0', &field))
		return false;
	*ret = arena_view(arena, field).p;
	return true;
}

static bool next_number(struct view *rest, uint64_t max, size_t *ret)
{
	struct view field;
	uint64_t number;

	if (!view_next(rest, '\0', &field) || !view_number(field, max, &number))
		return false;
	*ret = (size_t)number;
	return true;
}

static bool is_safe(const char *path)
{
	return file_check_relative(view_of(path), NULL) == 0;
}

/* A file that came with the repository must not make us rename what is not ours. */
static bool is_temp(const char *path)
{
	const char *slash = strrchr(path, '/');

	return is_safe(path) && view_starts(view_of(slash ? slash + 1 : path), JOURNAL_TEMP_PREFIX);
}

static bool read_file(struct view *rest, struct arena *arena, struct journal_file *f)
{
	size_t mode;

	if (!next_text(rest, arena, &f->path) || !next_text(rest, arena, &f->temp) ||
		!next_text(rest, arena, &f->backup) || !next_text(rest, arena, &f->old_hash) ||
		!next_text(rest, arena, &f->new_hash) || !next_number(rest, 0777, &mode))
		return false;
	f->old_mode = (unsigned)mode;
	f->temp = *f->temp ? f->temp : NULL;
	f->backup = *f->backup ? f->backup : NULL;
	return is_safe(f->path) && (!f->temp || is_temp(f->temp)) && (!f->backup || is_temp(f->backup)) &&
	       (f->temp || f->backup);
}

static bool parse(struct journal *j, struct view rest)
{
	struct view field;

	if (!view_next(&rest, '\0', &field) || !view_is(field, JOURNAL_HEAD) || !view_next(&rest, '\0', &field))
		return false;
	j->complete = view_is(field, "complete");
	if (!next_number(&rest, JOURNAL_MADE_MAX, &j->made_count))
		return false;
	j->made = arena_array(&j->arena, j->made_count, sizeof(*j->made));
	for (size_t i = 0; i < j->made_count; i++)
		if (!next_text(&rest, &j->arena, &j->made[i]) || !is_safe(j->made[i]))
			return false;
	if (!next_number(&rest, FIXER_FILES_MAX, &j->file_count))
		return false;
	j->files = arena_array(&j->arena, j->file_count, sizeof(*j->files));
	for (size_t i = 0; i < j->file_count; i++)
		if (!read_file(&rest, &j->arena, &j->files[i]))
			return false;
	return rest.n == 0;
}

/* Cuts the sum off the end and compares it. */
static bool check_sum(struct view *text)
{
	char hex[HASH_HEX_MAX];
	struct view sum;

	if (text->n < sizeof(hex))
		return false;
	sum = view_from(*text, text->n - sizeof(hex));
	text->n -= sizeof(hex);
	hash_view(*text, hex);
	return memcmp(sum.p, hex, sizeof(hex)) == 0;
}

int journal_read(struct journal *ret, const char *git_folder, struct err *e)
{
	MEM_AUTO char *folder = file_join(git_folder, JOURNAL_FOLDER);
	MEM_AUTO char *path = file_join(folder, "journal");
	BUF_AUTO b = buf_new(0);
	struct journal j = {0};
	struct view text;

	if (file_read(path, BUF_PAGE, &b, e) != 0)
		return -1;
	text = buf_view(&b);
	if (!check_sum(&text) || !parse(&j, text)) {
		journal_done(&j);
		return err_set(e, ERR_DAMAGED, "%s is damaged: look at the files named in it, then remove it", path);
	}
	*ret = j;
	return 0;
}

int journal_remove(const char *git_folder, struct err *e)
{
	MEM_AUTO char *folder = file_join(git_folder, JOURNAL_FOLDER);
	MEM_AUTO char *path = file_join(folder, "journal");

	if (!file_exists(folder))
		return 0;
	/* First the journal itself: without it nothing is to be done any more. */
	if (unlink(path) != 0 && errno != ENOENT)
		return err_errno(e, "%s", path);
	return file_remove_tree(folder, e);
}
