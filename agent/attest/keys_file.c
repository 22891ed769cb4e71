/* keys_file.c - files that hold private keys. */
#include "attest/keys_internal.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct key_secret key_secret_new(size_t cap)
{
	return (struct key_secret){.p = mem_new(cap + 1), .cap = cap};
}

void key_secret_done(struct key_secret *s)
{
	if (s->p)
		OPENSSL_cleanse(s->p, s->cap + 1);
	free(s->p);
	*s = (struct key_secret){0};
}

static int read_all(int fd, struct key_secret *s, const char *path, struct err *e)
{
	for (;;) {
		ssize_t n = read(fd, s->p + s->n, s->cap + 1 - s->n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "%s", path);
		s->n += (size_t)n;
		if (s->n > s->cap)
			return err_set(e, ERR_LIMIT, "%s: larger than %zu bytes", path, s->cap);
		if (n == 0)
			return 0;
	}
}

static int check_private(const struct stat *st, const char *path, struct err *e)
{
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(e, ERR_REFUSED, "%s: a private key that belongs to another user", path);
	if (st->st_mode & 077)
		return err_set(e, ERR_REFUSED, "%s: others may read this private key (mode %04o); `chmod 600` it", path,
			(unsigned)st->st_mode & 07777u);
	return 0;
}

static int read_open(int fd, struct key_secret *s, const char *path, bool *ret_private, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_errno(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "%s: not a regular file", path);
	if (read_all(fd, s, path, e) != 0)
		return -1;
	*ret_private = view_has(key_secret_view(s), "PRIVATE KEY-----");
	return *ret_private ? check_private(&st, path, e) : 0;
}

int key_file_read(struct key_secret *ret, const char *path, bool *ret_private, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW), rc;

	*ret = (struct key_secret){0};
	if (fd < 0 && errno == ELOOP)
		return err_set(e, ERR_REFUSED, "%s: a symbolic link; name the key file itself", path);
	if (fd < 0)
		return err_errno(e, "%s", path);
	*ret = key_secret_new(KEY_FILE_MAX);
	rc = read_open(fd, ret, path, ret_private, e);
	close(fd);
	if (rc != 0)
		key_secret_done(ret);
	return rc;
}

int key_file_write(const char *path, struct view content, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0 && errno == EEXIST)
		return err_set(e, ERR_REFUSED, "%s: there is a file already; a key is never overwritten", path);
	if (fd < 0)
		return err_errno(e, "%s", path);
	good = fchmod(fd, 0600) == 0 && file_write_all(fd, content) == 0 && fsync(fd) == 0;
	if (close(fd) == 0 && good)
		return 0;
	err_errno(e, "%s", path);
	unlink(path);
	return -1;
}
