#include "github/internal.h"

#include "base/file.h"
#include "base/mem.h"

#include <stdlib.h>
#include <unistd.h>

/* One file on its way. It waits, or runs on a handle. */
struct job {
	struct github_file *file;
	struct request request;
	struct transfer transfer;
	bool running, ended, write_failed, holds; /* holds: what it waits for concerns all */
	unsigned tries;
	int64_t wait_ms; /* before the next try; 0: ready */
	const char *why;
};

struct fetch {
	struct github *g;
	struct job *jobs;
	size_t n, running, ended;
	CURL *idle[GITHUB_PARALLEL_MAX];
	size_t idle_count;
	uint64_t bytes;
	void (*progress)(void *context, size_t done, uint64_t bytes);
	void *context;
};

static bool on_bytes(void *context, const void *p, size_t n)
{
	struct job *j = context;
	const char *at = p;
	while (n) {
		ssize_t done = write(j->file->fd, at, n);
		if (done < 0) {
			j->write_failed = true;
			return false;
		}
		at += done;
		n -= (size_t)done;
	}
	return true;
}

static void end_job(struct fetch *f, struct job *j, int rc)
{
	struct github_file *file = j->file;
	if (rc < 0 && file->fd >= 0) {
		close(file->fd);
		file->fd = -1;
	}
	if (rc < 0)
		github_hide(f->g, &file->error);
	file->status = j->transfer.status;
	if (rc == 0) {
		file->size = j->transfer.delivered;
		f->bytes += file->size;
		lseek(file->fd, 0, SEEK_SET);
	}
	transfer_done(&j->transfer);
	j->transfer = (struct transfer){0};
	j->ended = true;
	f->ended++;
	if (f->progress)
		f->progress(f->context, f->ended, f->bytes);
}

static int begin_file(struct job *j, struct err *e)
{
	struct github_file *file = j->file;
	if (file->fd < 0 && (file->fd = file_temp_unlinked(e)) < 0)
		return -1;
	/* what broke off begins again */
	if (lseek(file->fd, 0, SEEK_SET) != 0 || ftruncate(file->fd, 0) != 0)
		return err_errno(e, "temporary file");
	return 0;
}

static void run(struct fetch *f, struct job *j)
{
	transfer_start(&j->transfer);
	curl_multi_add_handle(f->g->multi, j->transfer.curl);
	j->running = true;
	f->running++;
}

static void start(struct fetch *f, struct job *j)
{
	struct err *e = &j->file->error;
	CURL *curl = f->idle[--f->idle_count];
	j->tries++;
	transfer_done(&j->transfer);
	if (transfer_init(&j->transfer, f->g, curl, &j->request, e) < 0 || begin_file(j, e) < 0) {
		f->idle[f->idle_count++] = curl;
		end_job(f, j, -1);
		return;
	}
	run(f, j);
}

static void refuse(struct fetch *f, struct job *j)
{
	struct err not_json;
	const struct heard *h = &j->transfer.heard;
	struct github_answer a = {.status = j->transfer.status,
		.json = json_parse(buf_view(&j->transfer.body), GITHUB_REFUSAL_MAX, &not_json),
		.scopes = h->scopes.n ? h->scopes.p : NULL,
		.accepted = h->accepted.n ? h->accepted.p : NULL};
	refusal(f->g, &j->request, &a, buf_view(&h->sso), &j->file->error);
	cJSON_Delete(a.json);
	end_job(f, j, -1);
}

static void judge(struct fetch *f, struct job *j)
{
	struct transfer *t = &j->transfer;
	struct retry r = call_judge(f->g, t, j->tries);
	/* the signed address lives a minute: a storage that refuses it has a new one of GitHub */
	if (r.what == RETRY_DONE && t->status == 403 && !t->ours && j->tries < GITHUB_TRIES)
		r = (struct retry){.what = RETRY_WAIT, .ms = 1, .why = "the address of a log has expired"};
	/* an App's token may be taken back before its time; a new one is taken when nothing runs any more */
	bool ended = t->status == 401 && t->ours && f->g->app && j->tries == 1;
	if (ended) {
		github_set_token(f->g, NULL);
		r = (struct retry){.what = RETRY_WAIT, .ms = 1, .why = "the token of the App has ended"};
	}
	if (r.what == RETRY_WAIT) {
		j->wait_ms = r.ms ? r.ms : 1;
		j->why = r.why;
		j->holds = ended || r.limit != RETRY_NO_LIMIT;
	} else if (r.what == RETRY_GIVE_UP && r.limit) {
		end_job(f, j, call_gave_up(f->g, &r, &j->file->error));
	} else if (!t->status) {
		end_job(f, j, transfer_no_answer(t, j->tries, &j->file->error));
	} else if (t->status >= 300) {
		refuse(f, j);
	} else {
		end_job(f, j, 0);
	}
}

static void finish(struct fetch *f, struct job *j, CURLcode rc)
{
	struct transfer *t = &j->transfer;
	curl_multi_remove_handle(f->g->multi, t->curl);
	j->running = false;
	f->running--;
	int next = transfer_end(t, rc, &j->file->error);
	if (next == 1) {
		run(f, j);
		return;
	}
	f->idle[f->idle_count++] = t->curl;
	if (j->write_failed)
		end_job(f, j, err_errno(&j->file->error, "temporary file"));
	else if (next < 0)
		end_job(f, j, -1);
	else
		judge(f, j);
}

static void take_messages(struct fetch *f)
{
	int left;
	for (CURLMsg *message; (message = curl_multi_info_read(f->g->multi, &left));) {
		CURL *curl = message->easy_handle;
		CURLcode rc = message->data.result;
		for (size_t i = 0; message->msg == CURLMSG_DONE && i < f->n; i++)
			if (f->jobs[i].running && f->jobs[i].transfer.curl == curl) {
				finish(f, &f->jobs[i], rc);
				break;
			}
	}
}

/* A rate limit that one file met holds for all, and so does a token that has ended. */
static bool is_held(const struct fetch *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->jobs[i].wait_ms && f->jobs[i].holds)
			return true;
	return false;
}

static bool is_ready(const struct job *j)
{
	return !j->running && !j->ended && !j->wait_ms;
}

static bool any_ready(const struct fetch *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (is_ready(&f->jobs[i]))
			return true;
	return false;
}

static void start_some(struct fetch *f)
{
	for (size_t i = 0; i < f->n && f->idle_count && !is_held(f); i++)
		if (is_ready(&f->jobs[i]))
			start(f, &f->jobs[i]);
}

/* Nothing runs, and what is left waits: the longest of their times serves all. */
static int wait_once(struct fetch *f, struct err *e)
{
	int64_t ms = 0;
	const char *why = "";
	for (size_t i = 0; i < f->n; i++) {
		if (f->jobs[i].wait_ms > ms) {
			ms = f->jobs[i].wait_ms;
			why = f->jobs[i].why;
		}
		f->jobs[i].wait_ms = 0;
	}
	return ms ? call_wait(f->g, ms, why, e) : 0;
}

static int loop(struct fetch *f, struct err *e)
{
	int running;
	while (f->ended < f->n) {
		if (!f->running && (is_held(f) || !any_ready(f)) && wait_once(f, e) < 0)
			return -1;
		if (!f->running && call_ready(f->g, &f->jobs[0].request, e) < 0)
			return -1;
		start_some(f);
		if (curl_multi_perform(f->g->multi, &running) != CURLM_OK)
			return err_set(e, ERR_UNAVAILABLE, "libcurl cannot go on");
		take_messages(f);
		if (github_stopped(f->g))
			return err_set(e, ERR_INTERRUPTED, "interrupted while files were fetched");
		if (f->running)
			curl_multi_poll(f->g->multi, NULL, 0, 1000, NULL);
	}
	return 0;
}

static void give_up_rest(struct fetch *f, const struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		struct job *j = &f->jobs[i];
		if (j->running) {
			curl_multi_remove_handle(f->g->multi, j->transfer.curl);
			f->idle[f->idle_count++] = j->transfer.curl;
		}
		if (!j->ended) {
			j->file->error = *e;
			end_job(f, j, -1);
		}
	}
}

static void prepare(struct fetch *f, struct github_file *files)
{
	for (size_t i = 0; i < f->n; i++) {
		files[i].fd = -1;
		files[i].size = 0;
		files[i].status = 0;
		err_clear(&files[i].error);
		f->jobs[i].file = &files[i];
		f->jobs[i].request = (struct request){.method = "GET",
			.path = files[i].path,
			.read = true,
			.again = true,
			.ceiling = files[i].max_bytes,
			.seconds = GITHUB_DOWNLOAD_S,
			.sink = on_bytes,
			.context = &f->jobs[i]};
	}
}

int github_fetch(struct github *g, struct github_file *files, size_t n,
	void (*progress)(void *context, size_t done, uint64_t bytes), void *context, struct err *e)
{
	struct err trouble = {0};
	struct fetch f = {.g = g, .n = n, .progress = progress, .context = context};
	f.jobs = mem_array(n, sizeof *f.jobs);
	prepare(&f, files);
	while (f.idle_count < GITHUB_PARALLEL_MAX && f.idle_count < n)
		f.idle[f.idle_count++] = mem_must(curl_easy_init());
	int rc = loop(&f, &trouble);
	if (rc < 0) {
		github_hide(g, &trouble);
		give_up_rest(&f, &trouble);
		if (e)
			*e = trouble;
	}
	while (f.idle_count)
		curl_easy_cleanup(f.idle[--f.idle_count]);
	free(f.jobs);
	return rc;
}
