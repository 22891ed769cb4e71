/* folder.c - files reached from an open folder, so that no link on the way is followed. */
#include "heal/internal.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define COMPONENT_MAX 256

void folder_give(int folder, const char *name, uid_t owner, gid_t group)
{
	/* As git itself would, we keep our own ownership where we may not give it away. */
	if (fchownat(folder, name, owner, group, AT_SYMLINK_NOFOLLOW) != 0)
		errno = 0;
}

static bool make_folder(int folder, const char *name)
{
	struct stat around;

	if (mkdirat(folder, name, 0777) != 0)
		return errno == EEXIST;
	if (geteuid() == 0 && fstat(folder, &around) == 0)
		folder_give(folder, name, around.st_uid, around.st_gid);
	return true;
}

static int open_component(int folder, const char *name, bool make, const char *path, struct err *e)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(folder, name, flags);

	if (fd < 0 && errno == ENOENT && make && make_folder(folder, name))
		fd = openat(folder, name, flags);
	if (fd >= 0)
		return fd;
	if (errno == ELOOP || errno == ENOTDIR)
		return err_set(e, ERR_REFUSED, "%s: %s is a symbolic link or file, not a folder", path, name);
	return err_errno(e, "%s", path);
}

int folder_open_parent(int root, const char *path, bool make, const char **ret_name, struct err *e)
{
	char name[COMPONENT_MAX];
	int folder = fcntl(root, F_DUPFD_CLOEXEC, 0);

	for (const char *slash; folder >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		size_t n = (size_t)(slash - path);
		int next = -1;

		if (n < sizeof(name)) {
			memcpy(name, path, n);
			name[n] = '\0';
			next = open_component(folder, name, make, path, e);
		} else {
			err_set(e, ERR_LIMIT, "%s: name too long", path);
		}
		close(folder);
		if (next < 0)
			return -1;
		folder = next;
	}
	if (folder < 0)
		return err_errno(e, "%s", path);
	*ret_name = path;
	return folder;
}

void folder_walk_begin(struct folder_walk *w, int root, bool make)
{
	*w = (struct folder_walk){.root = root, .fd = -1, .make = make, .path = buf_new(FOLDER_PATH_MAX)};
}

int folder_walk_parent(struct folder_walk *w, const char *path, const char **ret_name, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct view folder = view_make(path, slash ? (size_t)(slash - path) : 0);

	*ret_name = slash ? slash + 1 : path;
	if (w->fd >= 0 && view_eq(buf_view(&w->path), folder))
		return w->fd;
	folder_close(&w->fd);
	buf_clear(&w->path);
	buf_add_view(&w->path, folder);
	w->fd = folder_open_parent(w->root, path, w->make, ret_name, e);
	return w->fd;
}

void folder_walk_end(struct folder_walk *w)
{
	folder_close(&w->fd);
	w->fd = -1;
	buf_done(&w->path);
}

static int read_all(int fd, struct buf *b)
{
	char piece[32 << 10];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0 && !buf_add(b, piece, (size_t)n)) {
			errno = EFBIG;
			return -1;
		}
	}
	return 0;
}

int folder_read(int folder, const char *name, size_t max, struct buf *ret, struct stat *ret_stat, struct err *e)
{
	struct stat st;
	FD_AUTO fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*ret = buf_new(max);
	if (fd < 0 && errno == ELOOP)
		return err_set(e, ERR_REFUSED, "%s is a symbolic link", name);
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_errno(e, "%s", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_REFUSED, "%s is not a regular file", name);
	if (ret_stat)
		*ret_stat = st;
	if (read_all(fd, ret) == 0)
		return 0;
	buf_done(ret);
	return err_errno(e, "%s", name);
}

int folder_write(int folder, const char *name, struct view content, unsigned mode, bool sync, struct err *e)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), reason;
	bool good;

	if (fd < 0)
		return err_errno(e, "%s", name);
	good = file_write_all(fd, content) == 0 && fchmod(fd, mode) == 0 && (!sync || fsync(fd) == 0);
	reason = errno;
	if (close(fd) != 0 && good) {
		reason = errno;
		good = false;
	}
	if (good)
		return 0;
	unlinkat(folder, name, 0);
	errno = reason;
	return err_errno(e, "%s", name);
}

bool folder_has(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}
