/* The closing summary of `runmedic sync`. */
#include "cmd/sync.h"

#include "base/json.h"
#include "github/repos.h"

#include <string.h>

#define N(x) ((unsigned long long)(x))

static const char *next_command(const struct sync *s, struct buf *text)
{
	const char *db = args_text(s->session->args, "db", NULL);
	if (s->incomplete)
		buf_addf(text, "runmedic sync   (the same again: what is there is not asked for twice)");
	else if (s->folder)
		buf_addf(text, "runmedic analyze %s", s->folder);
	else if (db)
		buf_addf(text, "runmedic report --db %s", db);
	else
		buf_add_text(text, "runmedic report");
	return buf_text(text);
}

static void add_runs(struct buf *out, const struct sync *s)
{
	const struct sync_counts *c = &s->counts;
	buf_addf(out, "runs         %llu looked at, %llu %s", N(c->listed), N(c->runs),
		s->folder ? "fetched" : "recorded");
	if (c->attempts > c->runs)
		buf_addf(out, " with %llu attempts", N(c->attempts));
	if (c->known)
		buf_addf(out, ", %llu known before", N(c->known));
	if (c->running)
		buf_addf(out, ", %llu have not ended", N(c->running));
	buf_addf(out, "\njobs         %llu, %llu of them failed", N(c->jobs), N(c->red));
	if (c->skipped)
		buf_addf(out, ", %llu skipped", N(c->skipped));
	buf_addf(out, "\nlogs         %llu read", N(c->logs));
	if (c->gone)
		buf_addf(out, ", %llu expired or missing", N(c->gone));
	if (c->unreadable)
		buf_addf(out, ", %llu not readable", N(c->unreadable));
	buf_add_char(out, '\n');
}

static void add_artifacts(struct buf *out, const struct sync *s)
{
	const struct sync_counts *c = &s->counts;
	buf_addf(out, "artifacts    %llu read", N(c->artifacts));
	if (c->results || c->coverage)
		buf_addf(out, ": %llu test results, %llu coverage report%s", N(c->results), N(c->coverage),
			c->coverage == 1 ? "" : "s");
	if (c->artifacts_gone)
		buf_addf(out, "; %llu expired or too large", N(c->artifacts_gone));
	if (c->artifacts_odd)
		buf_addf(out, "; %llu without a report", N(c->artifacts_odd));
	buf_add_char(out, '\n');
	if (s->folder)
		buf_addf(
			out, "files        %llu new in %s, %llu there before\n", N(c->files), s->folder, N(c->present));
}

static void add_text(struct buf *out, const struct sync *s, const struct github_rate *rate)
{
	BUF_AUTO next = buf_new(BUF_LINE);
	buf_addf(out, "repository   %s\n", s->remote->repository);
	add_runs(out, s);
	add_artifacts(out, s);
	buf_addf(out, "requests     %llu", N(github_requests(s->remote->github)));
	if (rate->remaining >= 0)
		buf_addf(out, ", %lld left this hour", (long long)rate->remaining);
	buf_addf(out, "; %.1f MB read\n", (double)s->counts.bytes / 1e6);
	if (!s->folder)
		buf_addf(out, "history      %s\n", s->session->db_path);
	if (s->incomplete)
		buf_add_text(out, "not complete: something could not be read, see above\n");
	buf_addf(out, "next         %s\n", next_command(s, &next));
}

static cJSON *jobs_json(const struct sync_counts *c)
{
	cJSON *j = json_object();
	json_add_int(j, "seen", (int64_t)c->jobs);
	json_add_int(j, "failed", (int64_t)c->red);
	json_add_int(j, "skipped", (int64_t)c->skipped);
	return j;
}

static cJSON *runs_json(const struct sync_counts *c)
{
	cJSON *j = json_object();
	json_add_int(j, "listed", (int64_t)c->listed);
	json_add_int(j, "known", (int64_t)c->known);
	json_add_int(j, "running", (int64_t)c->running);
	json_add_int(j, "done", (int64_t)c->runs);
	json_add_int(j, "attempts", (int64_t)c->attempts);
	return j;
}

static cJSON *logs_json(const struct sync_counts *c)
{
	cJSON *j = json_object();
	json_add_int(j, "read", (int64_t)c->logs);
	json_add_int(j, "gone", (int64_t)c->gone);
	json_add_int(j, "unreadable", (int64_t)c->unreadable);
	return j;
}

static cJSON *artifacts_json(const struct sync_counts *c)
{
	cJSON *j = json_object();
	json_add_int(j, "read", (int64_t)c->artifacts);
	json_add_int(j, "gone", (int64_t)c->artifacts_gone);
	json_add_int(j, "without_report", (int64_t)c->artifacts_odd);
	json_add_int(j, "results", (int64_t)c->results);
	json_add_int(j, "coverage_reports", (int64_t)c->coverage);
	return j;
}

static void add_json(struct buf *out, const struct sync *s, const struct github_rate *rate)
{
	BUF_AUTO next = buf_new(BUF_LINE);
	JSON_AUTO *j = json_object();
	json_add_text(j, "schema", "runmedic.sync/1");
	json_add_text(j, "repository", s->remote->repository);
	json_add_bool(j, "complete", !s->incomplete);
	json_add(j, "runs", runs_json(&s->counts));
	json_add(j, "jobs", jobs_json(&s->counts));
	json_add(j, "logs", logs_json(&s->counts));
	json_add(j, "artifacts", artifacts_json(&s->counts));
	json_add_int(j, "bytes", (int64_t)s->counts.bytes);
	json_add_int(j, "requests", (int64_t)github_requests(s->remote->github));
	json_add_int_or_null(j, "requests_left", rate->remaining);
	json_add_text(j, "history", s->folder ? NULL : s->session->db_path);
	json_add_text(j, "folder", s->folder);
	json_add_int(j, "files", (int64_t)s->counts.files);
	json_add_int(j, "files_before", (int64_t)s->counts.present);
	json_add_text(j, "next", next_command(s, &next));
	json_print(out, j);
	buf_add_char(out, '\n');
}

int sync_answer(struct sync *s, struct err *e)
{
	struct github_rate rate = {-1, -1, -1, -1};
	struct err why;
	BUF_AUTO out = buf_new(BUF_PAGE);
	if (!*s->stop && github_rate_get(s->remote->github, &rate, &why) < 0)
		rate.remaining = -1;
	if (!strcmp(args_text(s->session->args, "format", "text"), "json"))
		add_json(&out, s, &rate);
	else
		add_text(&out, s, &rate);
	return session_write(s->session, buf_view(&out), e);
}
