/* roll.c - a journal carried out, or undone.
 *
 * Both can be interrupted anywhere and begun again: that a temporary file is gone tells that its rename is done; no old
 * file goes before all renames are done. Bytes that are neither the old nor the new ones are somebody else's work: they
 * stop the way forward and stay on the way back. */
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

/* A path of the journal with its folder open. */
struct place {
	int folder;
	const char *name;
};

static void place_close(struct place *p)
{
	folder_close(&p->folder);
}

#define PLACE_AUTO __attribute__((cleanup(place_close))) struct place

static struct place place_open(int root, const char *path, bool make, struct err *e)
{
	struct place p = {-1, NULL};

	if (path)
		p.folder = folder_open_parent(root, path, make, &p.name, e);
	return p;
}

static bool place_has(const struct place *p)
{
	return p->folder >= 0 && folder_has(p->folder, p->name);
}

static bool place_is(const struct place *p, const char *hash)
{
	BUF_AUTO content = buf_new(0);
	char hex[HASH_HEX_MAX];

	if (p->folder < 0 || folder_read(p->folder, p->name, FOLDER_READ_MAX, &content, NULL, NULL) != 0)
		return false;
	hash_view(buf_view(&content), hex);
	return strcmp(hex, hash) == 0;
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
		if (place_has(to)) {
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
	if (f->backup ? place_is(file, f->old_hash) && place_has_mode(file, f->old_mode) : !place_has(file))
		return 0;
	return err_set(e, ERR_REFUSED, "%s was changed by somebody else at this moment", f->path);
}

/* An interruption can have come between keeping the old file and renaming the new one. */
static bool is_kept(const struct journal_file *f, const struct place *file, const struct place *backup)
{
	return place_has(backup) && place_is(backup, f->old_hash) && (!place_has(file) || place_is(file, f->old_hash));
}

static int put_new(const struct journal_file *f, const struct place *file, const struct place *backup,
	const struct place *temp, struct err *e)
{
	if (!place_is(temp, f->new_hash))
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

	if (f->temp && file.folder < 0)
		return -1;
	if (f->temp ? !place_has(&temp) : !place_has(&file))
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

static void remove_file(int root, const char *path)
{
	PLACE_AUTO p = place_open(root, path, false, NULL);

	if (p.folder >= 0)
		unlinkat(p.folder, p.name, 0);
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

static void clean_up(int root, const struct journal *j)
{
	for (size_t i = 0; i < j->file_count; i++) {
		remove_file(root, j->files[i].backup);
		if (!j->files[i].temp)
			remove_empty_folders(root, j->files[i].path);
	}
}

int journal_forward(int root, const struct journal *j, struct err *e)
{
	for (size_t i = 0; i < j->file_count; i++)
		if (forward_file(root, &j->files[i], e) != 0) {
			journal_back(root, j);
			return -1;
		}
	clean_up(root, j);
	return 0;
}

static void back_file(int root, const struct journal_file *f, bool complete)
{
	PLACE_AUTO file = place_open(root, f->path, false, NULL);
	PLACE_AUTO temp = place_open(root, f->temp, false, NULL);
	PLACE_AUTO backup = place_open(root, f->backup, false, NULL);

	if (complete && f->backup && place_has(&backup)) {
		if (!place_has(&file) || (f->temp && !place_has(&temp) && place_is(&file, f->new_hash)))
			rename_to(&backup, &file, true);
		else
			unlinkat(backup.folder, backup.name, 0);
	} else if (complete && !f->backup && !place_has(&temp) && place_is(&file, f->new_hash)) {
		unlinkat(file.folder, file.name, 0);
	}
	if (place_has(&temp))
		unlinkat(temp.folder, temp.name, 0);
	if (file.folder >= 0)
		fsync(file.folder);
}

void journal_back(int root, const struct journal *j)
{
	for (size_t i = j->file_count; i > 0; i--)
		back_file(root, &j->files[i - 1], j->complete);
	for (size_t i = j->made_count; i > 0; i--)
		remove_folder(root, j->made[i - 1]);
}

bool journal_is_done(int root, const struct journal *j)
{
	for (size_t i = 0; i < j->file_count; i++) {
		PLACE_AUTO file = place_open(root, j->files[i].path, false, NULL);

		if (j->files[i].temp ? !place_is(&file, j->files[i].new_hash) : place_has(&file))
			return false;
	}
	return true;
}
