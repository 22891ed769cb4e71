#include "publish/excerpt.h"

static void add_place(struct buf *out, const struct finding *f)
{
	if (!f->location.path)
		return;
	BUF_AUTO place = buf_new(BUF_LINE);
	buf_add_text(&place, f->location.path);
	if (f->location.line)
		buf_addf(&place, ":%u", f->location.line);
	buf_add_text(out, " at ");
	markdown_code(out, buf_view(&place));
}

static void add_excerpt(struct buf *out, const struct finding *f)
{
	BUF_AUTO lines = buf_new(BUF_PAGE), block = buf_new(BUF_PAGE);
	excerpt_text(&lines, f);
	struct view rest = buf_view(&lines), line;
	for (uint32_t number = f->excerpt.first; view_next(&rest, '\n', &line); number++)
		buf_addf(&block, "%s %6u | %.*s\n", number == f->line ? ">" : " ", number, VIEW_ARG(line));
	buf_add_char(out, '\n');
	markdown_block(out, "text", buf_view(&block));
	buf_add_char(out, '\n');
}

static void add_tests(struct buf *out, const struct diagnosis *d)
{
	if (!d->tests_known)
		return;
	buf_addf(out, "- **Tests:** %lld passed, %lld failed, %lld skipped\n", (long long)d->tests.passed,
		(long long)(d->tests.failed + d->tests.errors), (long long)d->tests.skipped);
	for (size_t i = 0; i < d->failed_test_count && i < 10; i++) {
		buf_add_text(out, "  - ");
		markdown_code(out, view_of(d->failed_tests[i].id));
		buf_add_char(out, '\n');
	}
	if (d->failed_test_count > 10)
		buf_addf(out, "  - and %zu more\n", d->failed_test_count - 10);
}

static void add_facts(struct buf *out, const struct diagnosis *d, const struct finding *f)
{
	if (d->failed_step.known) {
		buf_add_text(out, "- **Step:** ");
		markdown_code(out, view_of(d->failed_step.name));
		if (d->failed_step.exit_code >= 0)
			buf_addf(out, ", exit code %d", d->failed_step.exit_code);
		buf_add_char(out, '\n');
	}
	buf_addf(out, "- **Category:** %s, %.0f %% sure (`%s`)\n", category_name(f->category), f->confidence * 100,
		f->rule_id);
	add_tests(out, d);
	buf_add_text(out, "- **Why:** ");
	markdown_text(out, view_of(f->why));
	buf_add_text(out, "\n- **Next:** ");
	markdown_text(
		out, view_of(f->transient ? "Run the job again; nothing in the repository caused this." : f->hint));
	buf_add_char(out, '\n');
}

static void add_others(struct buf *out, const struct diagnosis *d)
{
	if (d->finding_count < 2)
		return;
	buf_addf(out, "\n<details><summary>%zu more</summary>\n\n", d->finding_count - 1);
	for (size_t i = 1; i < d->finding_count; i++) {
		buf_addf(out, "- line %u: ", d->findings[i].line);
		markdown_text(out, view_of(d->findings[i].title));
		buf_addf(out, " (`%s`)\n", d->findings[i].rule_id);
	}
	buf_add_text(out, "\n</details>\n");
}

void publish_analysis_markdown(struct buf *out, const struct diagnosis *d)
{
	const struct finding *f = diagnosis_primary(d);
	if (!f) {
		buf_add_text(out, "**No failure found** in ");
		markdown_code(out, view_of(d->source.path));
		buf_add_char(out, '\n');
		return;
	}
	buf_add_text(out, "**");
	markdown_text(out, view_of(f->title));
	buf_add_text(out, "**");
	add_place(out, f);
	buf_add_char(out, '\n');
	add_excerpt(out, f);
	add_facts(out, d, f);
	add_others(out, d);
}
