/* roll.c - a journal carried out, or undone.
 *
 * Both can be interrupted anywhere and begun again: that a temporary file is gone tells that its rename is done; no old
 * file goes before all renames are done. Bytes that are neither the old nor the new ones are somebody else's work: they
 * stop the way forward and stay on the way back. What cannot be looked at just now is neither there nor gone: nothing
 * is concluded from it, and the journal is kept for the next attempt. */
#include "base/hash.h"
#include "heal/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0)
#endif

enum truth { NO, YES, UNKNOWN };

/* A path of the journal with its folder open. */
struct place {
	int folder;
	const char *name;
	bool unknown; /* the folder may be there, but could not be opened */
};

static void place_close(struct place *p)
{
	folder_close(&p->folder);
}

#define PLACE_AUTO __attribute__((cleanup(place_close))) struct place

/* Not there, or something that is not ours in its place: both are an answer. */
static bool is_answer(const struct err *e)
{
	return e->code == ERR_NOT_FOUND || e->code == ERR_REFUSED || e->code == ERR_LIMIT;
}

static struct place place_open(int root, const char *path, bool make, struct err *e)
{
	struct place p = {-1, NULL, false};
	struct err why = {0};

	if (!path)
		return p;
	p.folder = folder_open_parent(root, path, make, &p.name, &why);
	p.unknown = p.folder < 0 && !is_answer(&why);
	if (p.folder < 0)
		err_set(e, why.code, "%s", why.text);
	return p;
}

static enum truth place_has(const struct place *p)
{
	struct stat st;

	if (p->folder < 0)
		return p->unknown ? UNKNOWN : NO;
	if (fstatat(p->folder, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return YES;
	return errno == ENOENT ? NO : UNKNOWN;
}

static enum truth place_is(const struct place *p, const char *hash)
{
	BUF_AUTO content = buf_new(0);
	char hex[HASH_HEX_MAX];
	struct err why = {0};

	if (p->folder < 0)
		return p->unknown ? UNKNOWN : NO;
	if (folder_read(p->folder, p->name, FOLDER_READ_MAX, &content, NULL, &why) != 0)
		return is_answer(&why) ? NO : UNKNOWN;
	hash_view(buf_view(&content), hex);
	return strcmp(hex, hash) == 0 ? YES : NO;
}

static bool place_has_mode(const struct place *p, unsigned mode)
{
	struct stat st;

	return fstatat(p->folder, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.st_mode & 0777) == mode;
}

/* The musl of the static build has no renameat2(). */
static int rename_to(const struct place *from, const struct place *to, bool replace)
{
	long result =
		syscall(SYS_renameat2, from->folder, from->name, to->folder, to->name, replace ? 0 : RENAME_NOREPLACE);

	if (result != 0 && !replace && (errno == EINVAL || errno == ENOSYS)) {
		if (place_has(to) != NO) {
			errno = EEXIST;
			return -1;
		}
		result = renameat(from->folder, from->name, to->folder, to->name);
	}
	return (int)result;
}

/* Keeps the old file under its second name; where the file system has no hard links it moves there. */
static int keep_old(const struct place *file, const struct place *backup)
{
	if (linkat(file->folder, file->name, backup->folder, backup->name, 0) == 0)
		return 0;
	return rename_to(file, backup, false);
}

static int check_unchanged(const struct journal_file *f, const struct place *file, struct err *e)
{
	if (f->backup ? place_is(file, f->old_hash) == YES && place_has_mode(file, f->old_mode) : place_has(file) == NO)
		return 0;
	return err_set(e, ERR_REFUSED, "%s was changed by somebody else at this moment", f->path);
}

/* An interruption can have come between keeping the old file and renaming the new one. */
static bool is_kept(const struct journal_file *f, const struct place *file, const struct place *backup)
{
	return place_is(backup, f->old_hash) == YES && (place_has(file) == NO || place_is(file, f->old_hash) == YES);
}

static int put_new(const struct journal_file *f, const struct place *file, const struct place *backup,
	const struct place *temp, struct err *e)
{
	if (place_is(temp, f->new_hash) != YES)
		return err_set(e, ERR_DAMAGED, "%s is not as it was written", f->temp);
	if (!f->backup || !is_kept(f, file, backup)) {
		if (check_unchanged(f, file, e) != 0)
			return -1;
		if (f->backup && keep_old(file, backup) != 0)
			return err_errno(e, "%s", f->path);
	}
	if (rename_to(temp, file, f->backup != NULL) != 0)
		return err_errno(e, "%s", f->path);
	return 0;
}

static int forward_file(int root, const struct journal_file *f, struct err *e)
{
	PLACE_AUTO file = place_open(root, f->path, f->temp != NULL, e);
	PLACE_AUTO temp = place_open(root, f->temp, false, NULL);
	PLACE_AUTO backup = place_open(root, f->backup, false, NULL);
	enum truth todo = place_has(f->temp ? &temp : &file);

	if (f->temp && file.folder < 0)
		return -1;
	if (todo == UNKNOWN || place_has(&backup) == UNKNOWN)
		return err_set(e, ERR_IO, "%s: cannot be looked at just now", f->path);
	if (todo == NO)
		return 0;
	if (f->temp) {
		if (put_new(f, &file, &backup, &temp, e) != 0)
			return -1;
		fsync(temp.folder);
	} else if (check_unchanged(f, &file, e) != 0) {
		return -1;
	} else if (rename_to(&file, &backup, false) != 0) {
		return err_errno(e, "%s", f->path);
	}
	fsync(file.folder);
	return 0;
}

/* 0 when it is gone. */
static int remove_file(int root, const char *path)
{
	PLACE_AUTO p = place_open(root, path, false, NULL);

	if (p.folder < 0)
		return p.unknown ? -1 : 0;
	return unlinkat(p.folder, p.name, 0) == 0 || errno == ENOENT ? 0 : -1;
}

static void remove_folder(int root, const char *path)
{
	PLACE_AUTO p = place_open(root, path, false, NULL);

	if (p.folder >= 0)
		unlinkat(p.folder, p.name, AT_REMOVEDIR);
}

/* Git keeps no empty folders either. */
static void remove_empty_folders(int root, const char *path)
{
	char folder[FOLDER_PATH_MAX + 1];
	size_t n = strlen(path);

	if (n >= sizeof(folder))
		return;
	memcpy(folder, path, n + 1);
	for (char *slash = strrchr(folder, '/'); slash; slash = strrchr(folder, '/')) {
		*slash = '\0';
		remove_folder(root, folder);
	}
}

static int clean_up(int root, const struct journal *j)
{
	int result = 0;

	for (size_t i = 0; i < j->file_count; i++) {
		if (j->files[i].backup && remove_file(root, j->files[i].backup) != 0)
			result = -1;
		if (!j->files[i].temp)
			remove_empty_folders(root, j->files[i].path);
	}
	return result;
}

static int forward_all(int root, const struct journal *j, struct err *e)
{
	for (size_t i = 0; i < j->file_count; i++)
		if (forward_file(root, &j->files[i], e) != 0)
			return -1;
	/* A temporary file that an attempt to undo has removed looks like one that was renamed. */
	return journal_is_done(root, j) ? 0 : err_set(e, ERR_INTERRUPTED, "interrupted, nothing was changed");
}

int journal_forward(int root, const struct journal *j, struct err *e)
{
	if (forward_all(root, j, e) != 0)
		return journal_back(root, j) == 0 ? -1 : JOURNAL_STUCK;
	if (clean_up(root, j) == 0)
		return 0;
	err_set(e, ERR_IO, "cannot remove the files as they were");
	return JOURNAL_STUCK;
}

/* The old file back from where it was kept. */
static int restore(
	const struct journal_file *f, const struct place *file, const struct place *temp, const struct place *backup)
{
	enum truth there = place_has(file), is_new = place_is(file, f->new_hash), kept = place_has(backup);

	if (there == UNKNOWN || kept == UNKNOWN || (there == YES && f->temp && is_new == UNKNOWN))
		return -1;
	if (kept == NO)
		return 0;
	if (there == NO || (f->temp && place_has(temp) == NO && is_new == YES))
		return rename_to(backup, file, true);
	return unlinkat(backup->folder, backup->name, 0);
}

static int take_away(const struct journal_file *f, const struct place *file, const struct place *temp)
{
	enum truth is_new = place_is(file, f->new_hash);

	if (is_new == UNKNOWN)
		return -1;
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a place that is there has a name */
	return is_new == YES && place_has(temp) == NO ? unlinkat(file->folder, file->name, 0) : 0;
}

static int back_file(int root, const struct journal_file *f, bool complete)
{
	PLACE_AUTO file = place_open(root, f->path, false, NULL);
	PLACE_AUTO temp = place_open(root, f->temp, false, NULL);
	PLACE_AUTO backup = place_open(root, f->backup, false, NULL);
	int result = 0;

	if (place_has(&temp) == UNKNOWN)
		return -1;
	if (complete)
		result = f->backup ? restore(f, &file, &temp, &backup) : take_away(f, &file, &temp);
	if (result == 0 && place_has(&temp) == YES)
		result = unlinkat(temp.folder, temp.name, 0);
	if (file.folder >= 0)
		fsync(file.folder);
	return result;
}

int journal_back(int root, const struct journal *j)
{
	int result = 0;

	for (size_t i = j->file_count; i > 0; i--)
		if (back_file(root, &j->files[i - 1], j->complete) != 0)
			result = JOURNAL_STUCK;
	for (size_t i = j->made_count; i > 0 && result == 0; i--)
		remove_folder(root, j->made[i - 1]);
	return result;
}

bool journal_is_done(int root, const struct journal *j)
{
	for (size_t i = 0; i < j->file_count; i++) {
		PLACE_AUTO file = place_open(root, j->files[i].path, false, NULL);

		if (j->files[i].temp ? place_is(&file, j->files[i].new_hash) != YES : place_has(&file) != NO)
			return false;
	}
	return true;
}
