#include "log/log.h"

#include "base/file.h"
#include "base/mem.h"
#include "log/members.h"
#include "log/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct log_set {
	char *path;
	struct members *members; /* of a ZIP, else NULL: then names are paths */
	char **names;
	size_t n, cap;
};

static void add_name(struct log_set *s, char *name)
{
	MEM_PUSH(s->names, s->n, s->cap);
	s->names[s->n++] = name;
}

/* ---- folder ---------------------------------------------------------------------------------- */

static bool is_log_name(const char *name)
{
	struct view v = view_of(name);

	if (view_ends(v, ".gz"))
		v.n -= 3;
	return view_ends(v, ".log") || view_ends(v, ".txt");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int take_entry(struct log_set *s, const char *name, struct err *e)
{
	char *path;
	struct stat st;

	if (!is_log_name(name))
		return 0;
	path = file_join(s->path, name);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
		free(path);
		return 0;
	}
	add_name(s, path);
	if (s->n > LOG_SET_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %u logs", s->path, LOG_SET_MAX);
	return 0;
}

static int open_folder(struct log_set *s, struct err *e)
{
	DIR *folder = opendir(s->path);
	struct dirent *entry;
	int status = 0;

	if (!folder)
		return err_errno(e, "%s", s->path);
	while (status == 0 && (entry = readdir(folder)))
		status = take_entry(s, entry->d_name, e);
	closedir(folder);
	if (status != 0)
		return -1;
	if (s->n == 0)
		return err_set(e, ERR_INPUT, "%s: the folder holds no *.log or *.txt", s->path);
	qsort(s->names, s->n, sizeof(*s->names), by_name);
	return 0;
}

/* ---- all kinds ------------------------------------------------------------------------------- */

static bool is_zip(const char *path)
{
	char magic[4] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	bool yes = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && pread(fd, magic, 4, 0) == 4 &&
		   (memcmp(magic, "PK\3\4", 4) == 0 || memcmp(magic, "PK\5\6", 4) == 0);

	if (fd >= 0)
		close(fd);
	return yes;
}

static int open_zip(struct log_set *s, struct err *e)
{
	const char *slash = strrchr(s->path, '/');

	if (members_open(&s->members, s->path, e) != 0)
		return -1;
	for (size_t i = 0; i < members_count(s->members); i++)
		add_name(s, file_join(slash ? slash + 1 : s->path, members_name(s->members, i)));
	return 0;
}

int log_set_open(struct log_set **ret, const char *path, struct err *e)
{
	struct log_set *s = mem_new(sizeof(*s));
	int status = 0;

	s->path = mem_text(path);
	if (strcmp(path, "-") != 0 && file_is_directory(path))
		status = open_folder(s, e);
	else if (strcmp(path, "-") != 0 && is_zip(path))
		status = open_zip(s, e);
	else
		add_name(s, mem_text(path));
	if (status == 0)
		*ret = s;
	else
		log_set_close(s);
	return status;
}

void log_set_close(struct log_set *s)
{
	if (!s)
		return;
	members_close(s->members);
	for (size_t i = 0; i < s->n; i++)
		free(s->names[i]);
	free(s->names);
	free(s->path);
	free(s);
}

size_t log_set_count(const struct log_set *s)
{
	return s->n;
}

const char *log_set_name(const struct log_set *s, size_t i)
{
	return i < s->n ? s->names[i] : "";
}

int log_set_log(struct log_set *s, size_t i, struct log **ret, struct err *e)
{
	struct source *source;
	int fd;

	if (i >= s->n)
		return err_set(e, ERR_NOT_FOUND, "there is no log %zu", i);
	if (!s->members)
		return log_open(ret, s->names[i], e);
	fd = members_extract(s->members, i, e);
	if (fd < 0)
		return err_wrap(e, "%s", s->names[i]);
	if (source_from_fd(&source, fd, s->names[i], e) != 0)
		return -1;
	return log_from_source(ret, source, e);
}
