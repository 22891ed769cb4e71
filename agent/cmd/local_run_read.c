/* local_run_read.c - what a check left behind: reports where the configuration names them, else its log. */
#include "cmd/local_run.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/redact.h"
#include "cmd/captures.h"

#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- files ---------------------------------------------------------------------------------------- */

/* "eslint:out.json" names a tool; a file alone shows itself whose it is. */
static const char *lint_path(const char *lint, char tool[LINT_TOOL_MAX + 1])
{
	const char *colon = lint ? strchr(lint, ':') : NULL;
	size_t n = colon ? (size_t)(colon - lint) : 0;

	*tool = '\0';
	if (!colon || n > LINT_TOOL_MAX || memchr(lint, '/', n))
		return lint;
	memcpy(tool, lint, n);
	tool[n] = '\0';
	if (strcmp(tool, "auto") == 0)
		*tool = '\0';
	return colon + 1;
}

static const char *named(const struct local_check *c, enum local_kind kind)
{
	char tool[LINT_TOOL_MAX + 1];

	return kind == LOCAL_TESTS      ? c->config->junit
	       : kind == LOCAL_COVERAGE ? c->config->coverage
					: lint_path(c->config->lint, tool);
}

static void add_file(struct local_files *list, const char *path)
{
	struct stat st;

	if (list->n >= LOCAL_REPORTS_MAX || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	MEM_PUSH(list->items, list->n, list->cap);
	list->items[list->n++] = (struct local_file){.path = mem_text(path),
		.written_ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec,
		.inode = st.st_ino,
		.size = (uint64_t)st.st_size};
}

static void add_matches(struct local_files *list, const char *pattern)
{
	glob_t found = {0};

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			add_file(list, found.gl_pathv[i]);
	globfree(&found);
}

static void list_files(struct local_files *list, const char *root, const char *name)
{
	MEM_AUTO char *path = file_join(root, name), *below = file_join(path, "*.xml");

	if (file_is_directory(path))
		add_matches(list, below);
	else if (file_exists(path))
		add_file(list, path);
	else
		add_matches(list, path);
}

static void files_done(struct local_files *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].path);
	free(list->items);
	*list = (struct local_files){0};
}

void local_reports_before(struct local_running *r, struct local_check *c)
{
	for (unsigned kind = 0; kind < LOCAL_KINDS; kind++)
		if (named(c, kind))
			list_files(&c->before[kind], r->root, named(c, kind));
}

static bool is_old(const struct local_files *before, const struct local_file *f)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct local_file *b = &before->items[i];

		if (strcmp(b->path, f->path) == 0)
			return b->written_ns == f->written_ns && b->inode == f->inode && b->size == f->size;
	}
	return false;
}

/* ---- what goes where ------------------------------------------------------------------------------ */

struct reading {
	struct local_running *r;
	struct local_check *c;
};

static void forget_failed(struct local_check *c, struct view id)
{
	for (size_t i = 0; i < c->failed_count; i++)
		if (view_is(id, c->failed_ids[i])) {
			c->failed_ids[i] = c->failed_ids[--c->failed_count];
			return;
		}
}

static void on_test(void *context, const struct test_case *one)
{
	const struct reading *x = context;
	struct local_check *c = x->c;
	BUF_AUTO id = buf_new(BUF_LINE);

	if (c->record)
		store_record_test(c->record, one);
	redact_text(&id, one->id);
	if (one->flaky)
		forget_failed(c, buf_view(&id));
	if ((one->result == RESULT_FAILED || one->result == RESULT_ERROR) && c->failed_count < CLAIM_FAILED_MAX) {
		forget_failed(c, buf_view(&id));
		c->failed_ids[c->failed_count++] = arena_text(&x->r->arena, buf_text(&id));
	}
}

static void on_issue(void *context, const struct lint_issue *one)
{
	const struct reading *x = context;

	if (x->c->record)
		store_record_lint(x->c->record, one);
}

static void add_counts(struct test_counts *to, const struct test_counts *c)
{
	to->passed += c->passed;
	to->failed += c->failed;
	to->errors += c->errors;
	to->skipped += c->skipped;
}

static int read_tests(const struct reading *x, struct view bytes, struct err *e)
{
	struct test_counts counts = {0};

	if (test_report_read(bytes, on_test, (void *)x, &counts, e) < 0)
		return -1;
	add_counts(&x->c->tests, &counts);
	return 0;
}

/* Only the last of several reports would be kept: one report holds all of a check's coverage. */
static int read_coverage(const struct reading *x, struct view bytes, struct err *e)
{
	struct coverage c = {0};

	if (coverage_read(bytes, view_of(x->r->root), &c, e) < 0)
		return -1;
	if (c.sum.percent < 0) {
		coverage_done(&c);
		return err_set(e, ERR_INPUT, "it tells no percentage");
	}
	coverage_done(&x->c->coverage);
	x->c->coverage = c;
	return 0;
}

static void add_lint(struct lint_counts *to, const struct lint_counts *c)
{
	to->errors += c->errors;
	to->warnings += c->warnings;
	to->infos += c->infos;
	to->dropped += c->dropped;
}

static int read_lint(const struct reading *x, struct view bytes, const char *tool, struct err *e)
{
	struct lint_counts counts = {0};

	if (lint_read(bytes, tool, view_of(x->r->root), on_issue, (void *)x, &counts, e) < 0)
		return -1;
	if (tool && x->c->record)
		store_record_linted(x->c->record, tool);
	add_lint(&x->c->lint, &counts);
	return 0;
}

/* ---- reports -------------------------------------------------------------------------------------- */

static int read_file(const struct reading *x, enum local_kind kind, const char *path, struct err *e)
{
	BUF_AUTO bytes = {0};
	char tool[LINT_TOOL_MAX + 1];
	int result;

	if (file_read(path, JUNIT_BYTES_MAX, &bytes, e) < 0)
		return -1;
	lint_path(x->c->config->lint, tool);
	result = kind == LOCAL_TESTS      ? read_tests(x, buf_view(&bytes), e)
		 : kind == LOCAL_COVERAGE ? read_coverage(x, buf_view(&bytes), e)
					  : read_lint(x, buf_view(&bytes), *tool ? tool : NULL, e);
	return result < 0 ? err_wrap(e, "%s", path) : 0;
}

static int read_reports(const struct reading *x, enum local_kind kind, struct err *e)
{
	const char *name = named(x->c, kind);
	struct local_files now = {0};
	size_t fresh = 0, old = 0;
	int result = 0;

	list_files(&now, x->r->root, name);
	for (size_t i = 0; i < now.n && result == 0; i++) {
		if (is_old(&x->c->before[kind], &now.items[i])) {
			old++;
			continue;
		}
		result = read_file(x, kind, now.items[i].path, e);
		fresh++;
	}
	files_done(&now);
	if (result == 0 && !fresh)
		result = err_set(e, ERR_NOT_FOUND,
			old ? "it did not write %s anew: what stands there is older" : "it did not write %s", name);
	x->c->has[kind] = result == 0;
	return result;
}

/* ---- the log -------------------------------------------------------------------------------------- */

static void start_analyser(struct local_running *r)
{
	struct err e;

	if (r->analyser_started)
		return;
	r->analyser_started = true;
	if (analyser_start(&r->analyser, r->session, &e) == 0)
		return;
	session_note(r->session, "runmedic: %s", e.text);
	r->analyser.matcher = matcher_new(NULL);
}

/* A check that failed is diagnosed, which tells the tests as well. */
static void diagnose_check(const struct reading *x, struct log *log, bool wants_tests)
{
	struct diagnose_options o = {.conclusion = CONCLUSION_FAILURE};
	const struct frame_facts facts = {.command = x->c->command, .exit_code = x->c->end.exit_code};
	struct diagnosis *d = &x->c->diagnosis;
	struct err e;

	if (wants_tests) {
		o.every_test = on_test;
		o.context = (void *)x;
	}
	start_analyser(x->r);
	if (diagnose(d, log, x->c->config->name, x->r->analyser.matcher, &o, &e) < 0)
		return;
	x->c->diagnosed = true;
	captures_settle(d, &facts);
	x->c->has[LOCAL_TESTS] = x->c->has[LOCAL_TESTS] || (wants_tests && d->tests_known);
	if (wants_tests && d->tests_known)
		add_counts(&x->c->tests, &d->tests);
}

static void scan_tests(const struct reading *x, struct log *log)
{
	struct test_scan *scan = test_scan_new(on_test, (void *)x);
	struct test_summary sum;
	struct log_block block;
	struct err e;

	while (log_next(log, &block, &e) > 0)
		test_scan_block(scan, &block);
	test_scan_end(scan);
	test_scan_summary(scan, &sum);
	if (sum.any) {
		x->c->has[LOCAL_TESTS] = true;
		add_counts(&x->c->tests, &sum.counts);
	}
	test_scan_free(scan);
}

static void read_log(const struct reading *x)
{
	struct local_check *c = x->c;
	bool wants_tests = !c->config->junit;
	struct view text = view_sub(capture_text(&c->capture), c->frame, c->said);
	struct log *log = NULL;
	struct err e;

	if (log_open_memory(&log, capture_text(&c->capture), &e) == 0) {
		if (c->end.exit_code != 0)
			diagnose_check(x, log, wants_tests);
		else if (wants_tests)
			scan_tests(x, log);
	}
	log_close(log);
	if (!c->config->coverage)
		c->has[LOCAL_COVERAGE] = read_coverage(x, text, &e) == 0;
	/* Compilers warn in the log of any check: that is no linter's report. */
	if (!c->config->lint && !c->config->junit && !c->config->coverage && !c->has[LOCAL_TESTS] &&
		!c->has[LOCAL_COVERAGE])
		c->has[LOCAL_LINT] = read_lint(x, text, NULL, &e) == 0;
}

/* ---- judging -------------------------------------------------------------------------------------- */

static int64_t failed(const struct local_check *c)
{
	return c->tests.failed + c->tests.errors;
}

/* It failed only by what the configuration allows so much of. */
static bool is_tolerated(const struct local_running *r, const struct local_check *c)
{
	int64_t counted = c->tests.passed + failed(c);
	uint64_t issues = c->lint.errors + c->lint.warnings + c->lint.infos;
	double wanted = r->config->local.pass_rate;

	if (c->end.exit_code < 0 || c->end.exit_code >= 126 || c->says)
		return false;
	if (c->config->junit && c->has[LOCAL_TESTS] && failed(c) > 0 && wanted >= 0 && wanted < 100)
		return 100.0 * (double)c->tests.passed >= wanted * (double)counted;
	return c->config->lint && c->has[LOCAL_LINT] && issues > 0 && r->config->local.lint != CONFIG_LINT_ANY &&
	       issues <= r->config->local.lint;
}

static const char *trouble_of(struct local_running *r, const struct local_check *c)
{
	const struct check_end *end = &c->end;

	if (end->start_trouble)
		return arena_format(&r->arena, "cannot start %s: %s", c->argv[0], strerror(end->start_trouble));
	if (end->timed_out)
		return arena_format(&r->arena, "stopped after %u s", c->config->timeout_s);
	if (end->stopped)
		return "stopped";
	if (end->signal)
		return arena_format(&r->arena, "killed by signal %d (%s)", end->signal, strsignal(end->signal));
	return NULL;
}

static enum local_status judge(const struct local_running *r, const struct local_check *c)
{
	if (c->end.timed_out)
		return LOCAL_TIMED_OUT;
	if (c->end.stopped)
		return LOCAL_STOPPED;
	if (c->end.exit_code == 0 && !c->says && !(c->has[LOCAL_TESTS] && failed(c)))
		return LOCAL_PASSED;
	return is_tolerated(r, c) ? LOCAL_TOLERATED : LOCAL_FAILED;
}

void local_check_read(struct local_running *r, struct local_check *c)
{
	const struct reading x = {r, c};
	struct err e;

	capture_finish(&c->capture);
	c->said = c->capture.text.n - c->frame;
	frame_end(&c->capture.text, c->end.exit_code < 0 ? 1 : c->end.exit_code, c->end.stopped);
	c->says = trouble_of(r, c);
	for (unsigned kind = 0; kind < LOCAL_KINDS; kind++)
		if (named(c, kind) && read_reports(&x, kind, &e) < 0 && !c->says && c->end.exit_code == 0)
			c->says = arena_text(&r->arena, e.text);
	if (!c->end.start_trouble)
		read_log(&x);
	c->status = judge(r, c);
	if (c->status == LOCAL_FAILED && c->end.exit_code == 0 && !c->says)
		c->says = "it ended with 0 although tests failed";
	capture_done(&c->capture);
}

void local_check_done(struct local_check *c)
{
	for (unsigned kind = 0; kind < LOCAL_KINDS; kind++)
		files_done(&c->before[kind]);
	for (unsigned i = 0; i < CAPTURE_STREAMS; i++)
		buf_done(&c->lines[i]);
	capture_done(&c->capture);
	coverage_done(&c->coverage);
	if (c->diagnosed)
		diagnosis_done(&c->diagnosis);
	if (c->record)
		store_record_abort(c->record);
}
