#include "log/members.h"

#include "base/file.h"
#include "base/mem.h"
#include "log/log.h"
#include "log/source.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)64 << 10)
#define BLOCK ((size_t)64 << 10)

/* One file in the archive. */
struct member {
	char *name;
	size_t place;    /* its index among all headers */
	size_t folder_n; /* length of the folder part of the name, 0 at the top */
	uint64_t step;   /* N of "N_name.txt" in a folder, UINT64_MAX without */
};

/* Members first .. first + n make one log. */
struct group {
	char *name;
	size_t first, n;
	uint64_t bytes; /* taken out of the archive so far, by the largest try */
};

struct members {
	char *path;
	uint64_t size; /* of the archive */
	struct member *v;
	size_t n, cap;
	struct group *groups;
	size_t groups_n, groups_cap;
};

static int archive_error(struct err *e, struct archive *a, const char *what)
{
	const char *reason = archive_error_string(a);

	return err_set(e, ERR_INPUT, "%s: %s", what, reason ? reason : "damaged archive");
}

static struct archive *open_archive(const struct members *m, struct err *e)
{
	struct archive *a = mem_must(archive_read_new());

	archive_read_support_format_zip(a);
	if (archive_read_open_filename(a, m->path, BLOCK) == ARCHIVE_OK)
		return a;
	archive_error(e, a, m->path);
	archive_read_free(a);
	return NULL;
}

/* ---- which members there are ------------------------------------------------------------------ */

static const char *entry_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	name = name ? name : archive_entry_pathname(entry);
	return name && strlen(name) <= MEMBERS_NAME_MAX ? name : "";
}

/* Names come from outside and are shown to people. */
static char *shown_name(const char *name)
{
	char *copy = mem_text(name);

	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return copy;
}

static uint64_t step_number(struct view file)
{
	size_t bar = view_find_char(file, '_');
	uint64_t n;

	return bar != VIEW_NONE && view_number(view_sub(file, 0, bar), UINT32_MAX, &n) ? n : UINT64_MAX;
}

static bool is_log_member(struct view name)
{
	if (view_ends(name, ".gz"))
		name.n -= 3;
	return view_ends(name, ".txt") || view_ends(name, ".log");
}

static void add_member(struct members *m, struct archive_entry *entry, size_t place)
{
	struct view name = view_of(entry_name(entry));
	size_t slash = view_find_last_char(name, '/');
	struct member *member;

	if (!is_log_member(name) || archive_entry_filetype(entry) != AE_IFREG)
		return;
	MEM_PUSH(m->v, m->n, m->cap);
	member = &m->v[m->n++];
	*member = (struct member){.name = shown_name(name.p), .place = place, .step = UINT64_MAX};
	if (slash == VIEW_NONE)
		return;
	member->folder_n = slash;
	if (view_ends(name, ".txt"))
		member->step = step_number(view_from(name, slash + 1));
}

static int list(struct members *m, struct err *e)
{
	struct archive *a = open_archive(m, e);
	struct archive_entry *entry;
	int status;
	size_t place = 0;

	if (!a)
		return -1;
	for (; (status = archive_read_next_header(a, &entry)) >= ARCHIVE_WARN && status != ARCHIVE_EOF; place++) {
		add_member(m, entry, place);
		if (place == MEMBERS_LOOK_MAX || m->n > MEMBERS_LOOK_MAX)
			break;
	}
	if (status != ARCHIVE_EOF && place < MEMBERS_LOOK_MAX)
		archive_error(e, a, m->path);
	else if (status != ARCHIVE_EOF)
		err_set(e, ERR_LIMIT, "%s: more than %u members", m->path, MEMBERS_LOOK_MAX);
	archive_read_free(a);
	return status == ARCHIVE_EOF ? 0 : -1;
}

/* ---- which of them make a log ------------------------------------------------------------------ */

static bool is_step(const struct member *member)
{
	return member->folder_n > 0 && member->step != UINT64_MAX;
}

/* What a file holds beside those of the jobs: the steps of the same jobs once more, and the runner's remarks. */
static bool is_repetition(const struct member *member)
{
	return is_step(member) ||
	       (member->folder_n && view_is(view_from(view_of(member->name), member->folder_n), "/system.txt"));
}

static void drop_repetitions(struct members *m)
{
	size_t kept = 0, tops = 0;

	for (size_t i = 0; i < m->n; i++)
		tops += m->v[i].folder_n == 0;
	for (size_t i = 0; i < m->n && tops; i++) {
		if (is_repetition(&m->v[i]))
			free(m->v[i].name);
		else
			m->v[kept++] = m->v[i];
	}
	m->n = tops ? kept : m->n;
}

static struct view folder_of(const struct member *member)
{
	return view_make(member->name, member->folder_n);
}

/* "2_b" before "10_a"; a folder's steps in their order, its other files behind them. */
static int by_order(const void *a_, const void *b_)
{
	const struct member *a = a_, *b = b_;
	uint64_t an = a->folder_n ? a->step : step_number(view_of(a->name));
	uint64_t bn = b->folder_n ? b->step : step_number(view_of(b->name));
	int folder = view_cmp(folder_of(a), folder_of(b));

	if (folder != 0)
		return folder;
	if (an != bn)
		return an < bn ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int make_groups(struct members *m, struct err *e)
{
	if (m->n)
		qsort(m->v, m->n, sizeof(*m->v), by_order);
	for (size_t i = 0; i < m->n; i++) {
		const struct member *member = &m->v[i], *before = i ? &m->v[i - 1] : NULL;
		bool joined =
			before && is_step(member) && is_step(before) && view_eq(folder_of(member), folder_of(before));
		struct group *group;

		if (joined) {
			m->groups[m->groups_n - 1].n++;
			continue;
		}
		if (m->groups_n == LOG_SET_MAX)
			return err_set(e, ERR_LIMIT, "%s: more than %u logs", m->path, LOG_SET_MAX);
		MEM_PUSH(m->groups, m->groups_n, m->groups_cap);
		group = &m->groups[m->groups_n++];
		*group = (struct group){.first = i, .n = 1};
		group->name = is_step(member) ? mem_bytes(member->name, member->folder_n) : mem_text(member->name);
	}
	return m->groups_n ? 0 : err_set(e, ERR_INPUT, "%s: the archive holds no *.txt or *.log", m->path);
}

int members_open(struct members **ret, const char *path, struct err *e)
{
	struct members *m = mem_new(sizeof(*m));
	struct stat st;

	m->path = mem_text(path);
	if (stat(path, &st) != 0) {
		err_errno(e, "%s", path);
		members_close(m);
		return -1;
	}
	m->size = (uint64_t)st.st_size;
	if (list(m, e) != 0) {
		members_close(m);
		return -1;
	}
	drop_repetitions(m);
	if (make_groups(m, e) != 0) {
		members_close(m);
		return -1;
	}
	*ret = m;
	return 0;
}

void members_close(struct members *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		free(m->v[i].name);
	for (size_t i = 0; i < m->groups_n; i++)
		free(m->groups[i].name);
	free(m->v);
	free(m->groups);
	free(m->path);
	free(m);
}

size_t members_count(const struct members *m)
{
	return m->groups_n;
}

const char *members_name(const struct members *m, size_t i)
{
	return m->groups[i].name;
}

/* ---- taking them out --------------------------------------------------------------------------- */

/* What all logs but this one have taken. */
static uint64_t taken_by_others(const struct members *m, const struct group *group)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->groups_n; i++)
		sum += &m->groups[i] == group ? 0 : m->groups[i].bytes;
	return sum;
}

static uint64_t ceiling(const struct members *m, const struct group *group)
{
	uint64_t ratio = m->size * SOURCE_RATIO_MAX, all = ratio < LOG_BYTES_MAX ? ratio : LOG_BYTES_MAX;
	uint64_t others = taken_by_others(m, group);

	return others < all ? all - others : 0;
}

/* Joined files keep their lines apart. */
static int end_line(int fd, struct err *e)
{
	off_t end = lseek(fd, 0, SEEK_CUR);
	char last;

	if (end <= 0 || pread(fd, &last, 1, end - 1) != 1 || last == '\n')
		return 0;
	return source_write(fd, "\n", 1, e);
}

static int copy_data(
	const struct members *m, struct group *group, struct archive *a, int fd, uint64_t *total, struct err *e)
{
	char *MEM_AUTO piece = mem_grow(NULL, PIECE, 1);
	uint64_t max = ceiling(m, group);
	ssize_t n;

	while ((n = archive_read_data(a, piece, PIECE)) > 0) {
		*total += (uint64_t)n;
		group->bytes = *total > group->bytes ? *total : group->bytes;
		if (*total > max)
			return err_set(
				e, ERR_LIMIT, "the archive grows too much when it is unpacked: refused as a bomb");
		if (source_write(fd, piece, (size_t)n, e) != 0)
			return -1;
	}
	return n < 0 ? archive_error(e, a, "cannot unpack") : 0;
}

static int copy_member(
	const struct members *m, struct group *group, size_t place, int fd, uint64_t *total, struct err *e)
{
	struct archive *a = open_archive(m, e);
	struct archive_entry *entry;
	int status = -1;

	if (!a)
		return -1;
	for (size_t i = 0; archive_read_next_header(a, &entry) >= ARCHIVE_WARN; i++)
		if (i == place) {
			status = copy_data(m, group, a, fd, total, e);
			archive_read_free(a);
			return status;
		}
	archive_error(e, a, m->path);
	archive_read_free(a);
	return -1;
}

int members_extract(struct members *m, size_t i, struct err *e)
{
	struct group *group = &m->groups[i];
	uint64_t total = 0;
	int fd = file_temp_unlinked(e), status = fd < 0 ? -1 : 0;

	for (size_t k = group->first; status == 0 && k < group->first + group->n; k++) {
		status = end_line(fd, e);
		if (status == 0)
			status = copy_member(m, group, m->v[k].place, fd, &total, e);
	}
	if (status == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}
