/* Words where no fix is delivered: an issue, a comment on a commit, an answer. */
#include "publish/deliver_words.h"

#include "base/hash.h"

#include <string.h>

#define TITLE_IN_TITLE 180u
#define TITLE_SHOWN 300u
#define NAME_SHOWN 60u
#define BRANCH_SHOWN 100u
#define REASON_SHOWN 600u
#define COMMAND_SHOWN 100u
#define TESTS_SHOWN 50u
#define DIFF_SHOWN ((size_t)12 << 10)

/* ---- issue ---- */

/* Whatever the signature is, the marker is one of letters that cannot end it. */
void publish_issue_marker(struct buf *out, const char *signature)
{
	char hex[HASH_HEX_MAX];
	hash_view(view_of(signature), hex);
	buf_addf(out, PUBLISH_ISSUE_MARKER "%s -->", deliver_is_signature(view_of(signature)) ? signature + 2 : hex);
}

static const struct publish_known *known_of(const struct publish_issue *i)
{
	return &i->group->best->known;
}

void publish_issue_title(struct buf *out, const struct publish_issue *i)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	const struct pen p = {.out = &text, .form = PEN_PLAIN, .run = i->run};
	pen_text(&p, i->run->workflow ? i->run->workflow : "CI", NAME_SHOWN);
	pen_ours(&p, " fails: ");
	words_cause(&p, i->group, TITLE_IN_TITLE);
	/* it is plain already */
	short_text(out, buf_text(&text), PUBLISH_TITLE_MAX - sizeof "…");
}

static void add_counts(const struct pen *p, const struct publish_issue *i)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];
	pen_ours(p, "\n- **Seen:** %u time%s", i->seen, i->seen == 1 ? "" : "s");
	if (i->runs)
		pen_ours(p, " in %u run%s", i->runs, i->runs == 1 ? "" : "s");
	if (i->first_seen > 0)
		pen_ours(p, ", first on %s", clock_date(i->first_seen, first));
	if (i->last_seen > 0 && i->last_seen != i->first_seen)
		pen_ours(p, ", last on %s", clock_date(i->last_seen, last));
	pen_ours(p, "\n- **Last:** ");
	pen_link(p, "run", i->run->url);
	pen_ours(p, " %lld", (long long)i->run->id);
	pen_sha(p, " of ", i->run->head_sha);
	if (i->run->branch) {
		pen_ours(p, " on ");
		pen_code(p, i->run->branch, BRANCH_SHOWN);
	}
	pen_ours(p, "\n");
}

static void add_issue_head(struct page *page, const struct publish_issue *i)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen p = {.out = &block, .form = PEN_MARKDOWN, .run = i->run};
	publish_issue_marker(&block, i->group->finding ? i->group->finding->signature : NULL);
	pen_ours(&p, "\n\n**");
	words_cause(&p, i->group, TITLE_SHOWN);
	pen_ours(&p, ".**\n");
	if (i->why_person) {
		pen_ours(&p, "\n**This needs a person:** ");
		words_sentence(&p, i->why_person, REASON_SHOWN);
		pen_ours(&p, "\n");
	}
	add_counts(&p, i);
	pen_ours(&p, "\n");
	page_add(page, &block);
}

static void add_issue_end(struct page *page, const struct publish_issue *i)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen p = {.out = &block, .form = PEN_MARKDOWN, .run = i->run};
	if (known_of(i)->flaky)
		pen_ours(&p, "\nThe same commit has passed and failed: what fails here may be the test.\n");
	pen_ours(&p, "\nThis issue is kept up to date, closed when the failure is gone, and opened again when it is "
		     "back.");
	if (i->group->finding && deliver_is_signature(view_of(i->group->finding->signature)))
		pen_ours(&p, " `runmedic ignore %.14s` leaves the failure alone.", i->group->finding->signature);
	pen_ours(&p, "\n");
	page_add(page, &block);
}

void publish_issue_body(struct buf *out, const struct publish_issue *i)
{
	struct told t;
	struct page p;
	BUF_AUTO footer = buf_new(BUF_LINE);
	told_start(&t, i->run);
	words_footer(&footer, i->run, "");
	page_start(&p, out, PUBLISH_TEXT_MAX, i->run, &footer);
	add_issue_head(&p, i);
	page_group(&p, &t, i->group, TESTS_SHOWN, false);
	add_issue_end(&p, i);
	page_end(&p);
	told_done(&t);
}

void publish_issue_closing(struct buf *out, const char *sha, const char *url, int64_t since)
{
	char date[CLOCK_TEXT_MAX];
	const struct publish_run none = {0};
	const struct pen p = {.out = out, .form = PEN_MARKDOWN, .run = &none};
	pen_ours(&p, "Green again: ");
	if (url && link_is_safe(url, url))
		buf_addf(out, "[a run](%s)", url);
	else
		pen_ours(&p, "a run");
	pen_sha(&p, " of ", sha);
	pen_ours(&p, " passed what had failed");
	if (since > 0)
		pen_ours(&p, " since %s", clock_date(since, date));
	pen_ours(&p, ". This issue is opened again if it comes back.\n");
}

/* ---- a commit without a pull request ---- */

void publish_commit_comment(struct buf *out, const struct publish_run *r)
{
	struct publish_run alone = *r;
	alone.pull = 0;
	publish_comment(out, &alone);
}

/* ---- answers ---- */

static void add_decision(struct page *page, const struct publish_run *r)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen p = {.out = &block, .form = PEN_MARKDOWN, .run = r};
	const struct publish_delivery *d = &r->delivery;
	pen_ours(&p, "\n**Why this decision:** %s", decision_name(d->decision));
	if (d->reason) {
		pen_ours(&p, ", because: ");
		pen_text(&p, d->reason, REASON_SHOWN);
	}
	pen_ours(&p, "\n");
	if (d->rerun_max)
		pen_ours(&p, "\nReruns of this run so far: %u of %u.\n", d->rerun_count, d->rerun_max);
	page_add(page, &block);
}

/* What ranks the fixes, and what each was worth so far. */
static void add_weights(struct page *page, const struct told *t)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen p = {.out = &block, .form = PEN_MARKDOWN, .run = t->run};
	pen_ours(&p, "\n| Fix | What became of it | Sure | Success so far | Severity | Priority |\n"
		     "| --- | --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < t->fix_count; i++) {
		const struct publish_fix *f = t->fixes[i];
		pen_ours(&p, "| `%s` | %s | %.2f | %.2f (%u good, %u bad) | %.2f | %.2f |\n", words_fixer(f),
			fix_status_name(f->status), f->confidence, f->success, f->good, f->bad, f->severity,
			f->priority);
	}
	if (t->fix_count)
		page_add(page, &block);
}

static void add_explained_head(struct page *page, const struct told *t)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen p = {.out = &block, .form = PEN_MARKDOWN, .run = t->run};
	pen_ours(&p, "**");
	words_headline(&p, t, TITLE_SHOWN);
	pen_ours(&p, ".**\n\n");
	page_add(page, &block);
}

void publish_explanation(struct buf *out, const struct publish_run *r)
{
	struct told t;
	struct page p;
	size_t room = out->n < out->max ? out->max - out->n : 0;
	told_start(&t, r);
	page_start(&p, out, room < PUBLISH_TEXT_MAX ? room : PUBLISH_TEXT_MAX, r, NULL);
	add_explained_head(&p, &t);
	if (t.group_count)
		page_group(&p, &t, &t.groups[0], TESTS_SHOWN, true);
	add_decision(&p, r);
	add_weights(&p, &t);
	page_fixes(&p, &t, DIFF_SHOWN);
	page_refused(&p, &t);
	page_other_groups(&p, &t, TESTS_SHOWN, true);
	page_end(&p);
	told_done(&t);
}

void publish_answer(struct buf *out, const char *command, const char *sentence)
{
	const struct publish_run none = {0};
	const struct pen p = {.out = out, .form = PEN_MARKDOWN, .run = &none};
	BUF_AUTO whole = buf_new(BUF_LINE);
	buf_addf(&whole, "/runmedic %.*s", VIEW_ARG(view_cut_utf8(view_of(command), COMMAND_SHOWN)));
	pen_code(&p, buf_text(&whole), COMMAND_SHOWN);
	pen_ours(&p, ": ");
	words_sentence(&p, sentence ? sentence : "done", REASON_SHOWN);
	pen_ours(&p, "\n");
}
