/* file_tree.c - folders: making them, removing them, temporary ones. */
#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders deeper than this are moved up before they are removed, so that neither stack nor descriptors run out. */
#define REMOVE_DEPTH 64
/* A folder that still has entries after so many readings is being filled by somebody. */
#define REMOVE_ROUNDS 100000

int file_make_directories(const char *path, struct err *e)
{
	MEM_AUTO char *part = mem_text(path);

	for (char *p = part; *p; p++) {
		if (p == part || *p != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0777) != 0 && errno != EEXIST && !file_is_directory(part))
			return err_errno(e, "%s", part);
		*p = '/';
	}
	if (mkdir(part, 0777) != 0 && (errno != EEXIST || !file_is_directory(part)))
		return err_errno(e, "%s", path);
	return 0;
}

/* O_NOFOLLOW: a link that somebody swaps in for a folder is refused, not followed. A folder without permissions (a
 * read-only module cache) is ours to open up. */
static int open_folder(int at, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(at, name, flags);
	struct stat st;

	if (fd < 0 && errno == EACCES && fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
		fchmodat(at, name, 0700, 0) == 0)
		fd = openat(at, name, flags);
	else if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0300) != 0300)
		fchmod(fd, 0700);
	return fd;
}

struct removal {
	int top;          /* descriptor of the folder whose content goes */
	unsigned long up; /* number of folders moved up, for their names */
};

static int remove_content(struct removal *r, int fd, int depth);

static int remove_entry(struct removal *r, int at, const char *name, int depth)
{
	char higher[64];
	int fd, result;

	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	if (depth >= REMOVE_DEPTH) {
		snprintf(higher, sizeof(higher), ".runmedic-up-%d-%lu", (int)getpid(), r->up++);
		return renameat(at, name, r->top, higher);
	}
	fd = open_folder(at, name);
	if (fd < 0)
		return -1;
	result = remove_content(r, fd, depth + 1);
	return result != 0 ? result : unlinkat(at, name, AT_REMOVEDIR);
}

/* One pass over the entries; -1 on failure, else how many there were (1 stands for more). */
static int remove_pass(struct removal *r, DIR *folder, int depth)
{
	int seen = 0;

	for (struct dirent *d; (d = readdir(folder));) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (remove_entry(r, dirfd(folder), d->d_name, depth) != 0)
			return -1;
		seen = 1;
	}
	return seen;
}

/* Takes fd. Reads again until nothing is left: entries may be skipped, or moved up, while others go. */
static int remove_content(struct removal *r, int fd, int depth)
{
	DIR *folder = fdopendir(fd);
	int seen = 1, reason;

	if (!folder) {
		close(fd);
		return -1;
	}
	for (int round = 0; seen > 0 && round < REMOVE_ROUNDS; round++) {
		rewinddir(folder);
		seen = remove_pass(r, folder, depth);
	}
	reason = errno;
	closedir(folder);
	errno = reason;
	return seen < 0 ? -1 : 0;
}

int file_remove_tree(const char *path, struct err *e)
{
	struct removal r = {0};
	int fd, result;

	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_errno(e, "%s", path);
	fd = open_folder(AT_FDCWD, path);
	if (fd < 0)
		return err_errno(e, "%s", path);
	r.top = fd;
	result = remove_content(&r, fd, 0);
	if (result != 0 || rmdir(path) != 0)
		return err_errno(e, "%s", path);
	return 0;
}

static const char *temp_root(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder == '/' ? folder : "/tmp";
}

char *file_temp_directory(const char *prefix, struct err *e)
{
	MEM_AUTO char *name = file_join(temp_root(), prefix);
	BUF_AUTO path = buf_new(PATH_MAX);

	buf_addf(&path, "%s-XXXXXX", name);
	if (path.full || !mkdtemp(path.p)) {
		err_errno(e, "%s", temp_root());
		return NULL;
	}
	return buf_take(&path);
}

int file_temp_unlinked(struct err *e)
{
	MEM_AUTO char *path = file_join(temp_root(), "runmedic-XXXXXX");
	int fd = open(temp_root(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	/* Not every file system knows O_TMPFILE. */
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, "%s", temp_root());
	unlink(path);
	return fd;
}
