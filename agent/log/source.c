#include "log/source.h"

#include "base/file.h"
#include "base/mem.h"
#include "log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define PACKED_PIECE ((size_t)64 << 10)

struct source {
	struct view memory; /* fd < 0 */
	int fd, spool;      /* spool is -1 when fd itself can be read again */
	bool pipe;          /* fd has no offsets */
	bool gzip, inflating, ended;
	z_stream z;
	unsigned char *packed; /* what fd gave and nobody has taken yet: packed_at .. packed_end */
	size_t packed_at, packed_end;
	uint64_t fd_offset, packed_total, total;
};

static ptrdiff_t read_fd(struct source *s, void *to, size_t n, struct err *e)
{
	ssize_t got;

	do
		got = s->pipe ? read(s->fd, to, n) : pread(s->fd, to, n, (off_t)s->fd_offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_errno(e, "cannot read");
	s->fd_offset += (uint64_t)got;
	return got;
}

/* Fills `packed` when it is used up. Returns what is there, 0 at the end of the file. */
static ptrdiff_t fill_packed(struct source *s, struct err *e)
{
	ptrdiff_t got;

	if (s->packed_at < s->packed_end)
		return (ptrdiff_t)(s->packed_end - s->packed_at);
	got = read_fd(s, s->packed, PACKED_PIECE, e);
	if (got < 0)
		return -1;
	s->packed_at = 0;
	s->packed_end = (size_t)got;
	return got;
}

int source_write(int fd, const char *p, size_t n, struct err *e)
{
	return file_write_all(fd, view_make(p, n)) < 0 ? err_errno(e, "cannot write the temporary copy of the log") : 0;
}

/* Looks at the first bytes and prepares for gzip and for what cannot be read twice. */
static int prepare(struct source *s, const char *name, struct err *e)
{
	ptrdiff_t n;

	s->packed = mem_new(PACKED_PIECE);
	n = fill_packed(s, e);
	while (n == 1 && s->packed_end == 1) { /* a pipe may give the magic number in two parts */
		ptrdiff_t more = read_fd(s, s->packed + 1, PACKED_PIECE - 1, e);

		n = more < 0 ? -1 : n + more;
		if (more <= 0)
			break;
		s->packed_end += (size_t)more;
	}
	if (n < 0)
		return err_wrap(e, "%s", name);
	if (n == 0)
		return err_set(e, ERR_INPUT, "%s: the log is empty", name);
	s->gzip = s->packed_end >= 2 && s->packed[0] == 0x1f && s->packed[1] == 0x8b;
	if (s->gzip && inflateInit2(&s->z, 15 + 16) != Z_OK)
		return err_set(e, ERR_IO, "%s: cannot prepare for gzip", name);
	s->inflating = s->gzip;
	if (s->gzip || s->pipe)
		s->spool = file_temp_unlinked(e);
	else
		return 0;
	return s->spool < 0 ? err_wrap(e, "%s", name) : 0;
}

int source_from_fd(struct source **ret, int fd, const char *name, struct err *e)
{
	struct source *s = mem_new(sizeof(*s));
	struct stat st;

	s->fd = fd;
	s->spool = -1;
	if (fstat(fd, &st) != 0) {
		err_errno(e, "%s", name);
	} else if (S_ISDIR(st.st_mode)) {
		err_set(e, ERR_INPUT, "%s: is a folder", name);
	} else {
		s->pipe = !S_ISREG(st.st_mode);
		if (prepare(s, name, e) == 0) {
			*ret = s;
			return 0;
		}
	}
	source_close(s);
	return -1;
}

int source_open(struct source **ret, const char *path, struct err *e)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, "%s", standard ? "standard input" : path);
	return source_from_fd(ret, fd, standard ? "standard input" : path, e);
}

struct source *source_from_memory(struct view bytes)
{
	struct source *s = mem_new(sizeof(*s));

	s->memory = bytes;
	s->fd = s->spool = -1;
	return s;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	if (s->inflating)
		inflateEnd(&s->z);
	if (s->spool >= 0)
		close(s->spool);
	if (s->fd >= 0)
		close(s->fd);
	free(s->packed);
	free(s);
}

static ptrdiff_t next_plain(struct source *s, char *to, size_t n, struct err *e)
{
	size_t held = s->packed_end - s->packed_at;

	if (held == 0)
		return read_fd(s, to, n, e);
	held = held < n ? held : n;
	memcpy(to, s->packed + s->packed_at, held);
	s->packed_at += held;
	return (ptrdiff_t)held;
}

/* A gzip file may be several members, one after the other. Zeros and other remains behind the last are ignored, as
 * gzip does. */
static bool next_member(struct source *s)
{
	return s->packed[s->packed_at] == 0x1f && inflateReset(&s->z) == Z_OK;
}

static ptrdiff_t next_gzip(struct source *s, char *to, size_t n, struct err *e)
{
	s->z.next_out = (Bytef *)to;
	s->z.avail_out = (uInt)n;
	while (s->z.avail_out == n && !s->ended) {
		ptrdiff_t held = fill_packed(s, e);
		int status;

		if (held < 0)
			return -1;
		if (held == 0)
			return err_set(e, ERR_INPUT, "the gzip data ends too early: the file is cut off");
		s->z.next_in = s->packed + s->packed_at;
		s->z.avail_in = (uInt)held;
		status = inflate(&s->z, Z_NO_FLUSH);
		s->packed_total += (size_t)held - s->z.avail_in;
		s->packed_at = s->packed_end - s->z.avail_in;
		if (status == Z_STREAM_END) {
			held = fill_packed(s, e);
			s->ended = held <= 0 || !next_member(s);
		} else if (status != Z_OK && status != Z_BUF_ERROR) {
			return err_set(e, ERR_INPUT, "the gzip data is damaged: %s", s->z.msg ? s->z.msg : "no reason");
		}
	}
	return (ptrdiff_t)(n - s->z.avail_out);
}

static int check_ceilings(const struct source *s, struct err *e)
{
	if (s->total > LOG_BYTES_MAX)
		return err_set(
			e, ERR_LIMIT, "the log is larger than %llu GiB", (unsigned long long)(LOG_BYTES_MAX >> 30));
	if (s->gzip && s->total > SOURCE_RATIO_FROM && s->total / SOURCE_RATIO_MAX > s->packed_total)
		return err_set(
			e, ERR_LIMIT, "the gzip data grows more than %u times: refused as a bomb", SOURCE_RATIO_MAX);
	return 0;
}

ptrdiff_t source_next(struct source *s, char *to, size_t n, struct err *e)
{
	ptrdiff_t got;

	if (s->fd < 0)
		got = source_at(s, s->total, to, n, e);
	else
		got = s->gzip ? next_gzip(s, to, n, e) : next_plain(s, to, n, e);
	if (got <= 0)
		return got;
	s->total += (uint64_t)got;
	if (check_ceilings(s, e) != 0 || (s->spool >= 0 && source_write(s->spool, to, (size_t)got, e) != 0))
		return -1;
	return got;
}

ptrdiff_t source_at(struct source *s, uint64_t offset, char *to, size_t n, struct err *e)
{
	ssize_t got;

	if (s->fd < 0) {
		struct view piece = view_sub(s->memory, (size_t)offset, n);

		if (piece.n)
			memcpy(to, piece.p, piece.n);
		return (ptrdiff_t)piece.n;
	}
	do
		got = pread(s->spool >= 0 ? s->spool : s->fd, to, n, (off_t)offset);
	while (got < 0 && errno == EINTR);
	return got < 0 ? err_errno(e, "cannot read the log again") : got;
}
