/* Logs and artifacts of runs into a folder, where `analyze DIR` finds the logs later without a connection. */
#include "cmd/sync.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SHOWN 80u /* bytes of a job's or artifact's own name */
#define PIECE ((size_t)64 << 10)

int sync_download_open(struct sync *s, struct err *e)
{
	if (file_make_directories(s->folder, e) < 0)
		return -1;
	s->folder_fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return s->folder_fd < 0 ? err_errno(e, "--download %s", s->folder) : 0;
}

/* Of a name from outside only letters, digits, '.', '_' and '-' stay. */
static void add_name(struct buf *out, const char *name)
{
	struct view v = view_cut_utf8(view_of(name), NAME_SHOWN);
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
			    c == '-' || (c == '.' && i > 0);
		buf_add_char(out, good ? c : '_');
	}
}

static char *log_name(const struct remote_run *run, const struct github_job *job)
{
	BUF_AUTO name = buf_new(BUF_LINE);
	buf_addf(&name, "%lld-%d-", (long long)run->run.id, job->attempt > 0 ? job->attempt : 1);
	add_name(&name, job->name);
	buf_addf(&name, "-%lld.log", (long long)job->id);
	return buf_take(&name);
}

static bool is_there(const struct sync *s, const char *name)
{
	struct stat st;
	return fstatat(s->folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool sync_is_present(void *sync, const struct remote_run *run, const struct github_job *job)
{
	struct sync *s = sync;
	MEM_AUTO char *name = log_name(run, job);
	bool there = is_there(s, name);
	s->counts.present += there;
	return there;
}

static int copy(int from, int to, const char *name, struct err *e)
{
	MEM_AUTO char *piece = mem_grow(NULL, PIECE, 1);
	ssize_t n;
	while ((n = read(from, piece, PIECE)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		for (ssize_t done = 0, put; n > 0 && done < n; done += put) {
			put = write(to, piece + done, (size_t)(n - done));
			if (put < 0 && errno == EINTR)
				put = 0;
			if (put < 0)
				return err_errno(e, "cannot write %s", name);
		}
		if (n < 0)
			return err_errno(e, "cannot read the temporary copy of %s", name);
	}
	return 0;
}

/* Whole or not at all, and never over a file that is there. */
static int keep(struct sync *s, int fd, const char *name, struct err *e)
{
	BUF_AUTO temporary = buf_new(BUF_LINE);
	buf_addf(&temporary, ".%s.part", name);
	const char *path = buf_text(&temporary);
	int to = openat(s->folder_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (to < 0)
		return err_errno(e, "cannot write %s/%s", s->folder, path);
	int rc = copy(fd, to, name, e);
	if (close(to) < 0 && rc == 0)
		rc = err_errno(e, "cannot write %s/%s", s->folder, path);
	if (rc == 0 && linkat(s->folder_fd, path, s->folder_fd, name, 0) < 0 && errno != EEXIST)
		rc = err_errno(e, "cannot write %s/%s", s->folder, name);
	unlinkat(s->folder_fd, path, 0);
	s->counts.files += rc == 0;
	return rc;
}

static int keep_log(struct sync *s, struct remote_run *run, struct remote_job *j, struct err *e)
{
	MEM_AUTO char *name = log_name(run, &j->job);
	int rc = keep(s, j->fd, name, e);
	close(j->fd);
	j->fd = -1;
	s->counts.logs++;
	s->counts.bytes += j->bytes;
	return rc;
}

int sync_download_attempt(struct sync *s, struct remote_run *run, bool *ret_whole, struct err *e)
{
	*ret_whole = true;
	for (size_t i = 0; i < run->count; i++) {
		struct remote_job *j = &run->jobs[i];
		s->counts.jobs++;
		s->counts.red += j->red;
		if (j->fd >= 0) {
			if (keep_log(s, run, j, e) < 0)
				return -1;
		} else if (j->status == 404 || j->status == 410) {
			s->counts.gone++;
		} else if (j->trouble.code != ERR_NONE) {
			session_trouble(s->session, &j->trouble);
			*ret_whole = false;
		}
	}
	s->counts.attempts++;
	return *s->stop ? err_set(e, ERR_INTERRUPTED, "stopped by a signal") : 0;
}

static char *artifact_name(const struct remote_run *run, const struct github_artifact *artifact)
{
	BUF_AUTO name = buf_new(BUF_LINE);
	buf_addf(&name, "%lld-artifact-", (long long)run->run.id);
	add_name(&name, artifact->name);
	buf_addf(&name, "-%lld.zip", (long long)artifact->id);
	return buf_take(&name);
}

static int keep_artifact(struct sync *s, const struct remote_run *run, const struct github_artifact *artifact,
	bool *ret_whole, struct err *e)
{
	ARENA_AUTO a = {0};
	MEM_AUTO char *name = artifact_name(run, artifact);
	struct github_file f = {
		.path = github_artifact_path(&a, artifact->id), .max_bytes = GITHUB_ARTIFACT_MAX, .fd = -1};
	if (is_there(s, name)) {
		s->counts.present++;
		return 0;
	}
	if (github_fetch(s->remote->github, &f, 1, NULL, NULL, e) < 0)
		return -1;
	if (f.fd < 0) {
		err_wrap(&f.error, "artifact %s", artifact->name);
		session_trouble(s->session, &f.error);
		*ret_whole = false;
		return 0;
	}
	int rc = keep(s, f.fd, name, e);
	close(f.fd);
	s->counts.artifacts++;
	s->counts.bytes += f.size;
	return rc;
}

int sync_download_artifacts(struct sync *s, const struct remote_run *run, bool *ret_whole, struct err *e)
{
	ARENA_AUTO a = {0};
	struct github_artifact *list = NULL;
	size_t n = 0;
	if (github_artifacts(s->remote->github, run->run.id, &a, &list, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && !*s->stop; i++) {
		if (!sync_is_report(list[i].name))
			continue;
		if (list[i].expired || list[i].size > GITHUB_ARTIFACT_MAX)
			s->counts.artifacts_gone++;
		else if (keep_artifact(s, run, &list[i], ret_whole, e) < 0)
			return -1;
	}
	return *s->stop ? err_set(e, ERR_INTERRUPTED, "stopped by a signal") : 0;
}
