#include "cmd/captures.h"

#include "cmd/step_files.h"

#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NUMBER_MAX 999999u
#define SUFFIX ".log"

char *captures_folder(void)
{
	const char *temp = getenv("RUNNER_TEMP");

	return step_in_actions() && temp && *temp == '/' ? file_join(temp, "runmedic") : NULL;
}

/* "make-3.log" gives 3; 0 for what is none of ours. */
static unsigned number_of(const char *name)
{
	struct view v = view_of(name);
	size_t dash = view_find_last_char(v, '-');
	uint64_t n;

	if (dash == VIEW_NONE || !view_ends(v, SUFFIX) || dash + 1 + strlen(SUFFIX) > v.n)
		return 0;
	v = view_sub(v, dash + 1, v.n - dash - 1 - strlen(SUFFIX));
	return view_number(v, NUMBER_MAX, &n) ? (unsigned)n : 0;
}

/* ---- making one ----------------------------------------------------------------------------------- */

static unsigned last_number(const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *entry;
	unsigned last = 0, seen = 0;

	while (d && seen++ < CAPTURES_SCAN_MAX && (entry = readdir(d)))
		last = number_of(entry->d_name) > last ? number_of(entry->d_name) : last;
	if (d)
		closedir(d);
	return last;
}

char *captures_new(const char *name, int *ret_fd, struct err *e)
{
	MEM_AUTO char *folder = captures_folder();
	BUF_AUTO plain = buf_new(BUF_LINE);
	unsigned first;

	if (!folder || file_make_directories(folder, e) < 0)
		return NULL;
	frame_file_name(&plain, name);
	first = last_number(folder) + 1;
	for (unsigned n = first; n < first + CAPTURES_MAX; n++) { /* others may take a number at the same time */
		BUF_AUTO file = buf_new(BUF_LINE);
		char *path;

		buf_addf(&file, "%s-%u" SUFFIX, buf_text(&plain), n);
		path = file_join(folder, buf_text(&file));
		*ret_fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (*ret_fd >= 0)
			return path;
		bool taken = errno == EEXIST;
		err_errno(e, "cannot create %s", path);
		free(path);
		if (!taken)
			return NULL;
	}
	return NULL;
}

/* ---- reading them --------------------------------------------------------------------------------- */

static bool read_at(int fd, char *p, size_t n, uint64_t offset)
{
	while (n) {
		ssize_t got = pread(fd, p, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
		offset += (uint64_t)got;
	}
	return true;
}

static int open_regular(const char *path, uint64_t *ret_size, struct err *e)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return err_errno(e, "cannot open %s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_INPUT, "%s is no regular file", path);
	}
	*ret_size = (uint64_t)st.st_size;
	return fd;
}

static void read_facts(struct captured *c)
{
	uint64_t size = 0;
	int fd = open_regular(c->path, &size, NULL);
	size_t n = size < FRAME_FACTS_MAX ? (size_t)size : FRAME_FACTS_MAX, start;
	MEM_AUTO char *end = mem_new(FRAME_FACTS_MAX);
	struct view text;

	if (fd < 0)
		return;
	if (n && read_at(fd, end, n, size - n) && end[n - 1] == '\n') {
		text = view_make(end, n - 1);
		start = view_find_last_char(text, '\n');
		text = start == VIEW_NONE ? text : view_from(text, start + 1);
		c->whole = frame_facts_parse(&c->facts, &c->json, text, size, NULL) == 0;
	}
	close(fd);
}

static int by_number(const void *a, const void *b)
{
	const struct captured *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->path, y->path);
}

static void drop(struct captured *c)
{
	cJSON_Delete(c->json);
	free(c->path);
	*c = (struct captured){0};
}

/* Keeps the newest ones. */
static void add(struct captures *list, const char *folder, const char *name)
{
	struct captured one = {.path = file_join(folder, name), .number = number_of(name)};

	if (list->count == CAPTURES_MAX) {
		list->more = true;
		qsort(list->items, list->count, sizeof(*list->items), by_number);
		if (by_number(&one, &list->items[0]) < 0) {
			drop(&one);
			return;
		}
		drop(&list->items[0]);
		list->items[0] = one;
		return;
	}
	list->items[list->count++] = one;
}

int captures_list(struct captures *ret, const char *folder_or_null, struct err *e)
{
	MEM_AUTO char *own = folder_or_null ? mem_text(folder_or_null) : captures_folder();
	DIR *d = own ? opendir(own) : NULL;
	const struct dirent *entry;
	unsigned seen = 0;

	*ret = (struct captures){0};
	if (!d)
		return !own || errno == ENOENT ? 0 : err_errno(e, "cannot read %s", own);
	while (seen++ < CAPTURES_SCAN_MAX && (entry = readdir(d)))
		if (number_of(entry->d_name))
			add(ret, own, entry->d_name);
	closedir(d);
	qsort(ret->items, ret->count, sizeof(*ret->items), by_number);
	for (size_t i = 0; i < ret->count; i++)
		read_facts(&ret->items[i]);
	return 0;
}

void captures_done(struct captures *c)
{
	while (c->count)
		drop(&c->items[--c->count]);
}

/* The last attempt, or as many whole lines of its beginning as `most` has room for. */
static int append(struct buf *out, const struct captured *c, size_t most, struct err *e)
{
	uint64_t size = 0, offset = c->whole ? c->facts.offset : 0, n;
	int fd = open_regular(c->path, &size, e);
	MEM_AUTO char *bytes = NULL;
	bool good;

	if (fd < 0)
		return -1;
	n = c->whole ? c->facts.bytes : size;
	n = n < most ? n : most;
	bytes = mem_new((size_t)n + 1);
	good = n <= size && offset <= size - n && read_at(fd, bytes, (size_t)n, offset);
	close(fd);
	if (!good)
		return err_set(e, ERR_IO, "%s is not as `run` left it", c->path);
	buf_add(out, bytes, n < most ? (size_t)n : view_find_last_char(view_make(bytes, (size_t)n), '\n') + 1);
	return 0;
}

int captures_log(struct log **ret, const struct captures *list, size_t i, struct buf *storage, struct err *e)
{
	*storage = buf_new(CAPTURES_LOG_MAX + CAPTURES_MAX * CAPTURES_EARLIER_MAX);
	for (size_t k = 0; k < i; k++)
		if (list->items[k].whole && list->items[k].facts.exit_code == 0)
			append(storage, &list->items[k], CAPTURES_EARLIER_MAX, NULL);
	if (append(storage, &list->items[i], CAPTURES_LOG_MAX, e) == 0 &&
		log_open_memory(ret, buf_view(storage), e) == 0)
		return 0;
	buf_done(storage);
	return -1;
}

void captures_settle(struct diagnosis *d, const struct frame_facts *f)
{
	if (!f->command)
		return;
	d->failed_step.known = true;
	d->failed_step.name = arena_format(&d->arena, "Run %s", f->command);
	d->failed_step.command = arena_text(&d->arena, f->command);
	d->failed_step.exit_code = f->exit_code;
}
