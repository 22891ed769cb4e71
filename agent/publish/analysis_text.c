/* The diagnosis as a person wants to read it: cause, place, excerpt with the line marked, what can be done. */
#include "publish/publish.h"

#include "publish/excerpt.h"
#include "publish/ink.h"

#include <string.h>

static const char *certainty(double confidence)
{
	return confidence >= 0.85   ? "sure"
	       : confidence >= 0.65 ? "rather sure"
	       : confidence >= 0.45 ? "a fair guess"
				    : "a guess";
}

#define STEP_SHOWN 100 /* bytes of a step's name */

static void add_short(struct buf *out, const char *text, size_t most)
{
	BUF_AUTO cut = buf_new(BUF_LINE);
	buf_add_view(&cut, view_cut_utf8(view_of(text), most));
	ink_text(out, buf_text(&cut));
	if (cut.n < strlen(text))
		buf_add_text(out, "…");
}

static void add_headline(struct buf *out, const struct diagnosis *d, const struct publish_style *s)
{
	const struct finding *f = diagnosis_primary(d);
	ink(out, s, INK_BAD);
	buf_add_text(out, "✗ ");
	ink_text(out, f->title);
	ink(out, s, INK_END);
	buf_add_char(out, '\n');
	if (f->location.path) {
		buf_add_text(out, "  at ");
		ink(out, s, INK_STRONG);
		ink_text(out, f->location.path);
		if (f->location.line)
			buf_addf(out, ":%u", f->location.line);
		if (f->location.column)
			buf_addf(out, ":%u", f->location.column);
		ink(out, s, INK_END);
		buf_add_char(out, '\n');
	}
}

static void add_facts(struct buf *out, const struct diagnosis *d, const struct finding *f)
{
	buf_addf(out, "  %s, %.0f %% (%s), rule %s\n", category_name(f->category), f->confidence * 100,
		certainty(f->confidence), f->rule_id);
	if (d->failed_step.known) {
		buf_add_text(out, "  in step \"");
		add_short(out, d->failed_step.name, STEP_SHOWN);
		buf_add_char(out, '"');
		if (d->failed_step.exit_code >= 0)
			buf_addf(out, ", exit code %d", d->failed_step.exit_code);
		buf_add_char(out, '\n');
	}
}

static void add_excerpt(struct buf *out, const struct finding *f, const struct publish_style *s)
{
	BUF_AUTO lines = buf_new(BUF_PAGE);
	excerpt_text(&lines, f);
	struct view rest = buf_view(&lines), line;
	buf_add_char(out, '\n');
	for (uint32_t number = f->excerpt.first; view_next(&rest, '\n', &line); number++) {
		bool here = number == f->line;
		ink(out, s, here ? INK_BAD : INK_FAINT);
		buf_addf(out, "%s %6u | ", here ? ">" : " ", number);
		ink(out, s, here ? INK_STRONG : INK_END);
		ink_view(out, line);
		ink(out, s, INK_END);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
}

static void add_tests(struct buf *out, const struct diagnosis *d)
{
	if (!d->tests_known)
		return;
	buf_addf(out, "  tests: %lld passed, %lld failed", (long long)d->tests.passed,
		(long long)(d->tests.failed + d->tests.errors));
	if (d->tests.skipped > 0)
		buf_addf(out, ", %lld skipped", (long long)d->tests.skipped);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < d->failed_test_count && i < 5; i++) {
		buf_add_text(out, "    ");
		ink_text(out, d->failed_tests[i].id);
		buf_add_char(out, '\n');
	}
	if (d->failed_test_count > 5)
		buf_addf(out, "    and %zu more\n", d->failed_test_count - 5);
}

static void add_advice(struct buf *out, const struct finding *f)
{
	buf_add_text(out, "  why:  ");
	ink_text(out, f->why);
	buf_add_text(out, "\n  hint: ");
	ink_text(out, f->hint);
	buf_add_char(out, '\n');
	if (f->transient)
		buf_add_text(out, "  A rerun will probably pass: nothing in the repository caused this.\n");
	for (size_t i = 0; i < f->remedy_count; i++)
		buf_addf(out, "%s%s", i ? ", " : "  can be tried: ", f->remedies[i]);
	if (f->remedy_count)
		buf_add_text(out, " (see `runmedic heal`)\n");
}

static void add_others(struct buf *out, const struct diagnosis *d, const struct publish_style *s)
{
	size_t shown = s->verbose ? d->finding_count : d->finding_count < 4 ? d->finding_count : 4;
	if (d->finding_count < 2)
		return;
	buf_add_text(out, "\n  also found:\n");
	for (size_t i = 1; i < shown; i++) {
		buf_addf(out, "  %6u | ", d->findings[i].line);
		ink_text(out, d->findings[i].title);
		buf_addf(out, " (%s)\n", d->findings[i].rule_id);
	}
	if (shown < d->finding_count)
		buf_addf(out, "           and %zu more (-v shows them)\n", d->finding_count - shown);
}

void publish_analysis_text(struct buf *out, const struct diagnosis *d, const struct publish_style *s)
{
	ink(out, s, INK_FAINT);
	ink_text(out, d->source.path);
	buf_addf(out, ": %u lines", d->source.lines);
	if (d->job.os) {
		buf_add_text(out, ", ");
		ink_text(out, d->job.os);
	}
	ink(out, s, INK_END);
	buf_add_char(out, '\n');
	const struct finding *f = diagnosis_primary(d);
	if (!f) {
		ink(out, s, INK_GOOD);
		buf_add_text(out, "✓ no failure found");
		ink(out, s, INK_END);
		buf_add_char(out, '\n');
		return;
	}
	add_headline(out, d, s);
	add_facts(out, d, f);
	if (s->seen) {
		buf_add_text(out, "  ");
		ink_text(out, s->seen);
		buf_add_char(out, '\n');
	}
	add_excerpt(out, f, s);
	add_tests(out, d);
	add_advice(out, f);
	add_others(out, d, s);
}
