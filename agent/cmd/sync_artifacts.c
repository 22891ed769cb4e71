/* Test results and coverage that a run left as artifacts. */
#include "cmd/sync.h"

#include "base/mem.h"
#include "log/zip.h"

#include <string.h>
#include <unistd.h>

static bool has_word(const char *text, const char *const *words)
{
	BUF_AUTO lower = buf_new(BUF_LINE);
	for (const char *p = text; *p; p++)
		buf_add_char(&lower, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
	for (; *words; words++)
		if (view_has(buf_view(&lower), *words))
			return true;
	return false;
}

static bool is_coverage(const char *name)
{
	static const char *const words[] = {"cov", "jacoco", "clover", NULL};
	return has_word(name, words);
}

bool sync_is_report(const char *artifact)
{
	static const char *const words[] = {"junit", "test-result", "test_result", "testresult", "test result",
		"test-report", "test_report", "testreport", "trx", "surefire", "xunit", "nunit", "pytest", "cov",
		"jacoco", "clover", NULL};
	return artifact && has_word(artifact, words);
}

struct reading {
	struct sync *sync;
	struct store_record *record;
	bool coverage; /* the artifact's name says so */
	uint64_t results, reports;
};

static bool wants(void *context, const char *name)
{
	const struct reading *r = context;
	static const char *const tests[] = {".xml", ".trx", NULL};
	static const char *const coverage[] = {".xml", ".json", ".info", ".lcov", ".out", ".txt", NULL};
	const char *const *list = r->coverage || is_coverage(name) ? coverage : tests;
	for (; *list; list++)
		if (view_ends(view_of(name), *list))
			return true;
	return false;
}

static bool is_xml(struct view bytes)
{
	bytes = view_trim(view_sub(bytes, 0, 256));
	if (view_starts(bytes, "\xef\xbb\xbf"))
		bytes = view_from(bytes, 3);
	return view_starts(bytes, "<");
}

static bool each(void *context, const char *name, struct view bytes)
{
	struct reading *r = context;
	struct test_counts c = {0};
	struct err why;
	COVERAGE_AUTO coverage = {0};
	if (is_xml(bytes) && test_report_read(bytes, store_record_test, r->record, &c, &why) == 0) {
		r->results += (uint64_t)(c.passed + c.failed + c.skipped + c.errors);
		r->reports++;
	} else if ((r->coverage || is_coverage(name)) && coverage_read(bytes, (struct view){0}, &coverage, &why) == 0) {
		store_record_coverage(r->record, &coverage);
		r->sync->counts.coverage++;
		r->reports++;
	}
	return true;
}

static void describe(struct store_execution *ret, const struct remote_run *run, const struct github_artifact *artifact,
	struct arena *a)
{
	remote_execution(ret, run, NULL, a);
	ret->job = arena_format(a, "artifact %lld", (long long)artifact->id);
	ret->job_name = artifact->name;
	/* What failed tests mean for a run that passed was the workflow's to say. */
	if (ret->conclusion != CONCLUSION_SUCCESS)
		ret->conclusion = CONCLUSION_UNKNOWN;
}

static int record_one(
	struct sync *s, const struct remote_run *run, const struct github_artifact *artifact, int fd, struct err *e)
{
	ARENA_AUTO a = {0};
	struct store_execution x;
	struct err why;
	bool is_new;
	struct reading r = {.sync = s, .coverage = is_coverage(artifact->name)};
	if (store_record_begin(&r.record, s->store, e) < 0)
		return -1;
	if (zip_each(fd, wants, each, &r, &why) < 0) {
		store_record_abort(r.record);
		session_note(
			s->session, "artifact %s of run %lld: %s", artifact->name, (long long)run->run.id, why.text);
		s->counts.artifacts_odd++;
		return 0;
	}
	if (!r.reports) {
		store_record_abort(r.record);
		s->counts.artifacts_odd++;
		return 0;
	}
	s->counts.artifacts++;
	s->counts.results += r.results;
	describe(&x, run, artifact, &a);
	return store_record_commit(r.record, &x, NULL, NULL, 0, &is_new, e);
}

static bool is_recorded(struct sync *s, const struct remote_run *run, const struct github_artifact *artifact)
{
	ARENA_AUTO a = {0};
	struct store_execution x;
	struct err why;
	bool has = false;
	describe(&x, run, artifact, &a);
	return store_has(s->store, &x, &has, &why) == 0 && has;
}

static bool is_wanted(struct sync *s, const struct remote_run *run, const struct github_artifact *artifact)
{
	if (!sync_is_report(artifact->name) || is_recorded(s, run, artifact))
		return false;
	if (artifact->expired || artifact->size > GITHUB_ARTIFACT_MAX) {
		s->counts.artifacts_gone++;
		return false;
	}
	return true;
}

static int take_file(struct sync *s, const struct remote_run *run, const struct github_artifact *artifact,
	struct github_file *f, bool *ret_whole, struct err *e)
{
	if (f->fd < 0 && (f->status == 404 || f->status == 410 || f->error.code == ERR_LIMIT)) {
		s->counts.artifacts_gone++;
		return 0;
	}
	if (f->fd < 0) {
		err_wrap(&f->error, "artifact %s", artifact->name);
		session_trouble(s->session, &f->error);
		*ret_whole = false;
		return 0;
	}
	s->counts.bytes += f->size;
	int rc = record_one(s, run, artifact, f->fd, e);
	close(f->fd);
	f->fd = -1;
	return rc;
}

/* One after the other: they may be large, and are few. */
int sync_record_artifacts(struct sync *s, const struct remote_run *run, bool *ret_whole, struct err *e)
{
	ARENA_AUTO a = {0};
	struct github_artifact *list = NULL;
	size_t n = 0;
	if (github_artifacts(s->remote->github, run->run.id, &a, &list, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && !*s->stop; i++) {
		struct github_file f = {.fd = -1, .max_bytes = GITHUB_ARTIFACT_MAX};
		if (!is_wanted(s, run, &list[i]))
			continue;
		f.path = github_artifact_path(&a, list[i].id);
		if (github_fetch(s->remote->github, &f, 1, NULL, NULL, e) < 0 ||
			take_file(s, run, &list[i], &f, ret_whole, e) < 0)
			return -1;
	}
	return *s->stop ? err_set(e, ERR_INTERRUPTED, "stopped by a signal") : 0;
}
