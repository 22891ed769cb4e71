/* Any bytes, diagnosed: whatever the findings are, they lie in the log, stand in order, and can be published. */
#include "publish/publish.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check_signature(const char *s)
{
	if (!s[0])
		return;
	assert(!strncmp(s, "1:", 2) && strlen(s) == 66 && strspn(s + 2, "0123456789abcdef") == 64);
}

static void check_excerpt(const struct finding *f, uint32_t lines, unsigned most)
{
	assert(f->excerpt.first >= 1 && f->excerpt.last <= lines);
	assert(f->excerpt.first <= f->line && f->line <= f->excerpt.last);
	assert(f->excerpt.count == f->excerpt.last - f->excerpt.first + 1 && f->excerpt.count <= most);
	for (size_t i = 0; i < f->excerpt.count; i++) {
		assert(f->excerpt.lines[i].number == f->excerpt.first + i);
		assert(strlen(f->excerpt.lines[i].text) <= EXCERPT_LINE_MAX);
	}
}

static void check_finding(const struct finding *f, uint32_t lines, unsigned most)
{
	assert(f->rule_id && f->tool && f->title && f->message && f->why && f->hint);
	assert(f->line >= 1 && f->line <= lines);
	assert(f->confidence >= 0 && f->confidence <= 1);
	assert(f->location.path || !f->location.line);
	assert(f->location.line || !f->location.column);
	check_excerpt(f, lines, most);
	check_signature(f->signature);
}

static void check_tests(const struct diagnosis *d)
{
	assert(d->tests_known || !d->failed_test_count);
	if (d->tests_known)
		assert(d->tests.passed >= 0 && d->tests.failed >= 0 && d->tests.skipped >= 0 && d->tests.errors >= 0);
	for (size_t i = 0; i < d->failed_test_count; i++) {
		const struct test_failure *t = &d->failed_tests[i];

		assert(t->id && t->id[0] && strlen(t->id) <= TEST_ID_MAX);
		assert(t->line >= 1 && t->line <= d->source.lines);
	}
}

static void check(const struct diagnosis *d, unsigned most)
{
	assert(d->failed == (d->finding_count > 0));
	assert(d->finding_count <= DIAGNOSIS_FINDINGS_MAX);
	for (size_t i = 0; i < d->finding_count; i++) {
		check_finding(&d->findings[i], d->source.lines, most);
		assert(i == 0 || d->findings[i - 1].confidence >= d->findings[i].confidence);
	}
	if (d->failed_step.known)
		assert(d->failed_step.first_line >= 1 && d->failed_step.first_line <= d->failed_step.last_line &&
			d->failed_step.last_line <= d->source.lines);
	check_tests(d);
}

static void check_utf8(struct view v, bool printable)
{
	uint32_t code;

	for (size_t n; v.n; v = view_from(v, n)) {
		n = view_utf8(v, &code);
		if (!n || (printable &&
				  ((code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code <= 0x9f))))
			abort();
	}
}

static void check_json(cJSON *owned)
{
	BUF_AUTO text = buf_new(BUF_LARGE);
	JSON_AUTO *j = owned;
	JSON_AUTO *again = NULL;

	json_print(&text, j);
	check_utf8(buf_view(&text), false);
	again = json_parse(buf_view(&text), BUF_LARGE, NULL);
	if (!again)
		abort();
}

static void publish(const struct diagnosis *d)
{
	BUF_AUTO text = buf_new(BUF_LARGE);
	cJSON *results = json_array();

	check_json(publish_analysis_json(d, NULL));
	publish_sarif_add(results, d);
	check_json(publish_sarif_document(results, "0"));
	publish_analysis_text(&text, d, &(struct publish_style){.verbose = true});
	publish_analysis_markdown(&text, d);
	check_utf8(buf_view(&text), true);
}

/* True with *ret filled; false when the log was refused. */
static bool diagnosed(struct diagnosis *ret, struct view bytes, struct matcher *m, const struct diagnose_options *o)
{
	struct log *l = NULL;
	struct err e = {0};
	bool ok;

	if (log_open_memory(&l, bytes, &e) != 0)
		return false;
	ok = diagnose(ret, l, "fuzz.log", m, o, &e) == 0;
	assert(ok || e.code == ERR_INPUT);
	log_close(l);
	return ok;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view bytes = view_make((const char *)data, size);
	static struct matcher *m; /* compiling the catalogue would be most of the work */
	struct diagnosis judged, told;

	if (!m)
		m = matcher_new(NULL);
	if (diagnosed(&judged, bytes, m, &(struct diagnose_options){0})) {
		check(&judged, EXCERPT_LINES_MAX);
		publish(&judged);
		if (!diagnosed(&told, bytes, m,
			    &(struct diagnose_options){.conclusion = CONCLUSION_FAILURE, .excerpt_lines = 2}))
			abort();
		assert(told.failed);
		check(&told, 2);
		publish(&told);
		diagnosis_done(&told);
		diagnosis_done(&judged);
	}
	return 0;
}
