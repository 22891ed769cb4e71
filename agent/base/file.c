#include "base/file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMP_TRIES 1000

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define FD_AUTO __attribute__((cleanup(close_fd))) int

/* Reads to the end: the size that stat() gives may be old, or 0 below /proc. */
static int read_all(int fd, const char *path, struct buf *b, struct err *e)
{
	char piece[32 << 10];

	for (;;) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "%s", path);
		if (!buf_add(b, piece, (size_t)n))
			return err_set(e, ERR_LIMIT, "%s: larger than %zu bytes", path, b->max);
		if (n == 0)
			return 0;
	}
}

int file_read(const char *path, size_t max, struct buf *ret, struct err *e)
{
	struct buf b = buf_new(max);
	struct stat st;
	/* O_NONBLOCK: a FIFO somebody put there must not hang us. */
	FD_AUTO fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*ret = b;
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_errno(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "%s: %s", path, S_ISDIR(st.st_mode) ? "a folder" : "not a regular file");
	if (read_all(fd, path, &b, e) != 0) {
		buf_done(&b);
		return -1;
	}
	*ret = b;
	return 0;
}

char *file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_text(".");
	return slash == path ? mem_text("/") : mem_bytes(path, (size_t)(slash - path));
}

int file_write_all(int fd, struct view content)
{
	while (content.n) {
		ssize_t n = write(fd, content.p, content.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		content = view_from(content, (size_t)n);
	}
	return 0;
}

/* Without this a crash could forget the rename. Some file systems cannot sync a folder: then nothing can be done. */
static void sync_folder(const char *folder)
{
	FD_AUTO fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		fsync(fd);
}

/* Opens a fresh file in the folder of `path` and says its name. What is there already belongs to somebody else, or is
 * what a crash left. */
static int create_beside(const char *folder, mode_t mode, struct buf *name)
{
	static unsigned serial;

	for (int tries = 0; tries < TEMP_TRIES; tries++) {
		int fd;

		buf_clear(name);
		buf_addf(name, "%s/.runmedic-%d-%u", folder, (int)getpid(), serial++);
		fd = open(buf_text(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

int file_write_atomic(const char *path, struct view content, unsigned mode, struct err *e)
{
	MEM_AUTO char *folder = file_folder(path);
	BUF_AUTO temp = buf_new(BUF_LINE);
	struct stat st;
	bool exists = lstat(path, &st) == 0 && S_ISREG(st.st_mode), written;
	mode_t bits = exists ? st.st_mode & 07777 : (mode_t)mode & 07777;
	int fd = create_beside(folder, bits, &temp);

	if (fd < 0)
		return err_errno(e, "%s", path);
	/* For a new file the umask counts; the mode of an old one is kept as it is. */
	written = file_write_all(fd, content) == 0 && (!exists || fchmod(fd, bits) == 0) && fsync(fd) == 0;
	/* After a failed write its reason counts, not what close() says. */
	if (!written || close(fd) != 0 || rename(buf_text(&temp), path) != 0) {
		int reason = errno;

		if (!written)
			close(fd);
		unlink(buf_text(&temp));
		errno = reason;
		return err_errno(e, "%s", path);
	}
	sync_folder(folder);
	return 0;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool file_is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}
