#include "log/zip.h"

#include "base/buf.h"
#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)64 << 10)

struct unzip {
	struct archive *archive;
	uint64_t size, taken;
	struct buf bytes;
};

static int fail(struct err *e, struct unzip *z)
{
	const char *reason = archive_error_string(z->archive);

	return err_set(e, ERR_INPUT, "the ZIP cannot be read: %s", reason ? reason : "damaged archive");
}

static int check_ceilings(const struct unzip *z, struct err *e)
{
	if (z->bytes.full)
		return err_set(e, ERR_LIMIT, "a file in the ZIP is larger than %zu MB", ZIP_MEMBER_BYTES >> 20);
	if (z->taken > ZIP_ALL_BYTES)
		return err_set(
			e, ERR_LIMIT, "the ZIP holds more than %llu MB", (unsigned long long)(ZIP_ALL_BYTES >> 20));
	if (z->taken > ZIP_RATIO_FROM && z->taken / ZIP_RATIO_MAX > z->size)
		return err_set(e, ERR_LIMIT, "the ZIP grows more than %u times: refused as a bomb", ZIP_RATIO_MAX);
	return 0;
}

static int take_member(struct unzip *z, struct err *e)
{
	MEM_AUTO char *piece = mem_grow(NULL, PIECE, 1);
	ssize_t n;

	buf_clear(&z->bytes);
	while ((n = archive_read_data(z->archive, piece, PIECE)) > 0) {
		z->taken += (uint64_t)n;
		buf_add(&z->bytes, piece, (size_t)n);
		if (check_ceilings(z, e) != 0)
			return -1;
	}
	return n < 0 ? fail(e, z) : 0;
}

static const char *name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	name = name ? name : archive_entry_pathname(entry);
	return name && strlen(name) <= ZIP_NAME_MAX && archive_entry_filetype(entry) == AE_IFREG ? name : "";
}

static int walk(struct unzip *z, bool (*wants)(void *, const char *), bool (*each)(void *, const char *, struct view),
	void *context, struct err *e)
{
	struct archive_entry *entry;
	int status;

	for (unsigned n = 0; (status = archive_read_next_header(z->archive, &entry)) >= ARCHIVE_WARN; n++) {
		if (status == ARCHIVE_EOF)
			return 0;
		if (n == ZIP_MEMBERS_MAX)
			return err_set(e, ERR_LIMIT, "the ZIP holds more than %u files", ZIP_MEMBERS_MAX);
		MEM_AUTO char *name = mem_text(name_of(entry));
		if (!*name || !wants(context, name))
			continue;
		if (take_member(z, e) != 0)
			return err_wrap(e, "%s", name);
		if (!each(context, name, buf_view(&z->bytes)))
			return 0;
	}
	return fail(e, z);
}

int zip_each(int fd, bool (*wants)(void *context, const char *name),
	bool (*each)(void *context, const char *name, struct view bytes), void *context, struct err *e)
{
	struct unzip z = {.archive = mem_must(archive_read_new()), .bytes = buf_new(ZIP_MEMBER_BYTES)};
	struct stat st;
	int rc;

	if (fstat(fd, &st) == 0)
		z.size = (uint64_t)st.st_size;
	archive_read_support_format_zip(z.archive);
	if (lseek(fd, 0, SEEK_SET) != 0 || archive_read_open_fd(z.archive, fd, PIECE) != ARCHIVE_OK)
		rc = fail(e, &z);
	else
		rc = walk(&z, wants, each, context, e);
	archive_read_free(z.archive);
	buf_done(&z.bytes);
	return rc;
}
