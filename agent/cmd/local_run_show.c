/* local_run_show.c - the table at the end of a local run, or the same as JSON. */
#include "cmd/listing.h"
#include "cmd/local_run.h"
#include "cmd/step_files.h"

#include "base/redact.h"

#include <errno.h>
#include <stdlib.h>

static const char *const statuses[] = {"not run", "passed", "tolerated", "failed", "timed out", "stopped"};

static const struct listing_column check_columns[] = {
	{"check", "check", LISTING_TEXT, false},
	{"status", "status", LISTING_TEXT, false},
	{"seconds", "seconds", LISTING_NUMBER, false},
	{"found", "found", LISTING_TEXT, false},
	{"exit_code", "exit", LISTING_COUNT, true},
	{"total", "tests", LISTING_COUNT, true},
	{"failed", "failed", LISTING_COUNT, true},
	{"skipped", "skipped", LISTING_COUNT, true},
	{"coverage", "coverage", LISTING_COUNT, true},
	{"issues", "issues", LISTING_COUNT, true},
	{0},
};

static const struct listing_column threshold_columns[] = {
	{"threshold", "threshold", LISTING_TEXT, false},
	{"demanded", "demanded", LISTING_TEXT, false},
	{"measured", "measured", LISTING_TEXT, false},
	{"status", "status", LISTING_TEXT, false},
	{0},
};

/* No more is claimed than was measured: 84.996 is not 85. */
void local_percent(double percent, char text[32])
{
	int64_t hundredths = (int64_t)(percent * 100 + 1e-6);

	if (hundredths % 100 == 0)
		snprintf(text, 32, "%lld %%", (long long)(hundredths / 100));
	else
		snprintf(text, 32, "%lld.%02lld %%", (long long)(hundredths / 100), (long long)(hundredths % 100));
}

/* ---- checks --------------------------------------------------------------------------------------- */

static void add_piece(struct buf *out)
{
	if (out->n)
		buf_add_text(out, ", ");
}

static void add_tests(struct buf *out, const struct local_check *c)
{
	int64_t failed = c->tests.failed + c->tests.errors;

	if (!c->has[LOCAL_TESTS])
		return;
	add_piece(out);
	buf_addf(out, "%lld tests", (long long)(c->tests.passed + failed + c->tests.skipped));
	if (failed)
		buf_addf(out, ", %lld failed", (long long)failed);
	if (c->tests.skipped)
		buf_addf(out, ", %lld skipped", (long long)c->tests.skipped);
}

static void add_found(struct buf *out, const struct local_check *c)
{
	char percent[32];

	if (c->says)
		buf_add_text(out, c->says);
	else if (c->status == LOCAL_FAILED && !c->end.signal)
		buf_addf(out, "exit %d", c->end.exit_code);
	add_tests(out, c);
	if (c->has[LOCAL_COVERAGE]) {
		local_percent(c->coverage.sum.percent, percent);
		add_piece(out);
		buf_addf(out, "coverage %s", percent);
	}
	if (c->has[LOCAL_LINT]) {
		add_piece(out);
		buf_addf(out, "%llu issues", (unsigned long long)(c->lint.errors + c->lint.warnings + c->lint.infos));
	}
}

static void add_check(struct listing *l, const struct local_check *c)
{
	BUF_AUTO found = buf_new(BUF_LINE);
	int64_t failed = c->tests.failed + c->tests.errors;
	int64_t ms = c->end.duration / (CLOCK_SECOND / 1000);
	bool tests = c->has[LOCAL_TESTS], ran = c->status != LOCAL_NOT_RUN;

	add_found(&found, c);
	listing_text(l, c->config->name);
	listing_text(l, statuses[c->status]);
	listing_number(l, ran ? (double)ms / 1000 : 0);
	listing_text(l, buf_text(&found));
	listing_number(l, ran ? c->end.exit_code : -1);
	listing_number(l, tests ? (double)(c->tests.passed + failed + c->tests.skipped) : -1);
	listing_number(l, tests ? (double)failed : -1);
	listing_number(l, tests ? (double)c->tests.skipped : -1);
	listing_number(l, c->has[LOCAL_COVERAGE] ? c->coverage.sum.percent : -1);
	listing_number(l, c->has[LOCAL_LINT] ? (double)(c->lint.errors + c->lint.warnings + c->lint.infos) : -1);
}

/* ---- thresholds ----------------------------------------------------------------------------------- */

static void add_threshold(struct listing *l, const struct local_threshold *t)
{
	BUF_AUTO wanted = buf_new(BUF_LINE), found = buf_new(BUF_LINE);
	char percent[32];

	if (t->most) {
		buf_addf(&wanted, "at most %.0f", t->wanted);
		buf_addf(&found, "%.0f", t->found);
	} else {
		local_percent(t->wanted, percent);
		buf_addf(&wanted, "at least %s", percent);
		local_percent(t->found, percent);
		buf_add_text(&found, percent);
	}
	listing_text(l, t->name);
	listing_text(l, buf_text(&wanted));
	listing_text(l, t->found < 0 ? "nothing" : buf_text(&found));
	listing_text(l, t->holds ? "holds" : "missed");
}

/* ---- why ------------------------------------------------------------------------------------------ */

static void add_why(struct buf *out, const struct local_check *c)
{
	const struct finding *f = c->diagnosed ? diagnosis_primary(&c->diagnosis) : NULL;

	if (!f || c->status == LOCAL_PASSED || c->end.stopped)
		return;
	buf_addf(out, "%s: %s", c->config->name, f->title);
	if (f->location.path && f->location.line)
		buf_addf(out, " (%s:%u)", f->location.path, f->location.line);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < c->failed_count && i < 5; i++)
		buf_addf(out, "  %s\n", c->failed_ids[i]);
	if (c->failed_count > 5)
		buf_addf(out, "  ... and %lld more\n", (long long)(c->tests.failed + c->tests.errors - 5));
}

static void add_end(struct buf *out, const struct local_running *r)
{
	BUF_AUTO raw = buf_new(BUF_PAGE);

	for (size_t i = 0; i < r->count; i++)
		add_why(&raw, &r->checks[i]);
	buf_addf(&raw, "%s: %.12s", r->ok ? "passed" : "failed", r->state.commit);
	if (repository_branch(r->repository))
		buf_addf(&raw, " on %s", repository_branch(r->repository));
	if (r->claim.dirty)
		buf_addf(&raw, ", but %u files differ from it",
			r->after.changed > r->state.changed ? r->after.changed : r->state.changed);
	if (r->claim.untracked)
		buf_addf(&raw, ", beside %u untracked files", r->claim.untracked);
	buf_addf(&raw, "; the result is in %s\n", r->result_path);
	buf_add_char(out, '\n');
	redact_for_terminal(out, buf_view(&raw));
}

/* ---- all of it ------------------------------------------------------------------------------------ */

static cJSON *head_of(const struct local_running *r)
{
	cJSON *head = json_object();

	json_add_text(head, "schema", "runmedic.local-run/1");
	json_add_bool(head, "passed", r->ok);
	json_add_text(head, "path", r->result_path);
	json_add(head, "result", claim_json(&r->claim));
	return head;
}

/* --output is the result's. */
static int print(struct view text, struct err *e)
{
	BUF_AUTO safe = buf_new(2 * BUF_LARGE);

	if (step_defuse(&safe, text))
		text = buf_view(&safe);
	errno = 0;
	if ((text.n && fwrite(text.p, 1, text.n, stdout) != text.n) || fflush(stdout))
		return err_errno(e, "cannot write to standard output");
	return 0;
}

int local_show(struct local_running *r, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_LARGE);
	struct listing checks, thresholds;
	const struct listing_part parts[] = {{&checks, "checks", NULL, NULL}, {&thresholds, "thresholds", NULL, NULL}};

	listing_init(&checks, check_columns);
	listing_init(&thresholds, threshold_columns);
	for (size_t i = 0; i < r->count; i++)
		add_check(&checks, &r->checks[i]);
	for (size_t i = 0; i < r->threshold_count; i++)
		add_threshold(&thresholds, &r->thresholds[i]);
	if (!r->json)
		buf_add_char(&out, '\n');
	listing_write_parts(&out, parts, 2, r->session, head_of(r));
	if (!r->json)
		add_end(&out, r);
	listing_done(&checks);
	listing_done(&thresholds);
	return print(buf_view(&out), e);
}
