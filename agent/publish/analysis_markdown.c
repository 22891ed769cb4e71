/* A diagnosis in Markdown: as an answer of its own, and in the blocks that the pages of a run are made of. */
#include "publish/excerpt.h"
#include "publish/page.h"

#define TEXT_SHOWN 600u
#define STEP_SHOWN 200u
#define RULE_SHOWN 100u
#define TEST_SHOWN 300u
#define TESTS_SHOWN 10u

void markdown_excerpt(struct buf *out, const struct finding *f)
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

static void add_tests(const struct pen *p, const struct diagnosis *d, size_t most)
{
	if (!d->tests_known)
		return;
	pen_ours(p, "- **Tests:** %lld passed, %lld failed, %lld skipped\n", (long long)d->tests.passed,
		(long long)(d->tests.failed + d->tests.errors), (long long)d->tests.skipped);
	for (size_t i = 0; i < d->failed_test_count && i < most; i++) {
		pen_ours(p, "  - ");
		pen_code(p, d->failed_tests[i].id, TEST_SHOWN);
		pen_ours(p, "\n");
	}
	if (most && d->failed_test_count > most)
		pen_ours(p, "  - and %zu more\n", d->failed_test_count - most);
}

void markdown_facts(struct buf *out, const struct diagnosis *d, const struct finding *f, size_t tests)
{
	const struct pen p = {.out = out, .form = PEN_MARKDOWN};
	if (d->failed_step.known) {
		pen_ours(&p, "- **Step:** ");
		pen_code(&p, d->failed_step.name, STEP_SHOWN);
		if (d->failed_step.exit_code >= 0)
			pen_ours(&p, ", exit code %d", d->failed_step.exit_code);
		pen_ours(&p, "\n");
	}
	pen_ours(&p, "- **Category:** %s, %.0f %% sure (", category_name(f->category), f->confidence * 100);
	pen_code(&p, f->rule_id, RULE_SHOWN);
	pen_ours(&p, ")\n");
	add_tests(&p, d, tests);
	pen_ours(&p, "- **Why:** ");
	pen_text(&p, f->why, TEXT_SHOWN);
	pen_ours(&p, "\n- **Next:** ");
	pen_text(&p, f->transient ? "Run the job again; nothing in the repository caused this." : f->hint, TEXT_SHOWN);
	pen_ours(&p, "\n");
}

void markdown_others(struct buf *out, const struct diagnosis *d)
{
	const struct pen p = {.out = out, .form = PEN_MARKDOWN};
	if (d->finding_count < 2)
		return;
	pen_ours(&p, "\n<details><summary>%zu more</summary>\n\n", d->finding_count - 1);
	for (size_t i = 1; i < d->finding_count; i++) {
		pen_ours(&p, "- line %u: ", d->findings[i].line);
		pen_text(&p, d->findings[i].title, TEXT_SHOWN);
		pen_ours(&p, " (");
		pen_code(&p, d->findings[i].rule_id, RULE_SHOWN);
		pen_ours(&p, ")\n");
	}
	pen_ours(&p, "\n</details>\n");
}

void publish_analysis_markdown(struct buf *out, const struct diagnosis *d)
{
	const struct finding *f = diagnosis_primary(d);
	const struct pen p = {.out = out, .form = PEN_MARKDOWN};
	if (!f) {
		pen_ours(&p, "**No failure found** in ");
		pen_code(&p, d->source.path, TEXT_SHOWN);
		pen_ours(&p, "\n");
		return;
	}
	pen_ours(&p, "**");
	pen_text(&p, f->title, TEXT_SHOWN);
	pen_ours(&p, "**");
	pen_ours(&p, f->location.path ? " at " : "");
	pen_place(&p, f);
	pen_ours(&p, "\n");
	markdown_excerpt(out, f);
	markdown_facts(out, d, f, TESTS_SHOWN);
	markdown_others(out, d);
}
