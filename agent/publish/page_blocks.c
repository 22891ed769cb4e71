/* The sections of a run's page. */
#include "base/redact.h"
#include "publish/page.h"
#include "publish/patch.h"

#include <string.h>

#define TITLE_SHOWN 300u
#define NAMES_SHOWN 12u
#define REASON_SHOWN 400u
#define NOTES_SHOWN 20u

static struct pen pen_of(struct buf *out, const struct told *t)
{
	return (struct pen){.out = out, .form = PEN_MARKDOWN, .run = t->run};
}

static void add_jobs_line(const struct pen *p, const struct told *t, const struct publish_group *g)
{
	if (g->count == 1) {
		pen_ours(p, "In ");
		pen_link(p, "job", g->best->url);
		pen_ours(p, " ");
	}
	words_names(p, t->run, g, NAMES_SHOWN);
	pen_ours(p, "\n");
}

static void add_known(const struct pen *p, const struct publish_group *g)
{
	BUF_AUTO known = buf_new(BUF_PAGE);
	const struct pen line = {.out = &known, .form = PEN_MARKDOWN, .run = p->run};
	words_known(&line, &g->best->known);
	if (known.n)
		pen_ours(p, "\nHistory: %s\n", buf_text(&known));
}

void page_group(struct page *p, const struct told *t, const struct publish_group *g, size_t tests, bool deep)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = pen_of(&block, t);
	add_jobs_line(&pen, t, g);
	add_known(&pen, g);
	page_add(p, &block);
	if (!g->finding)
		return;
	markdown_excerpt(&block, g->finding);
	page_add(p, &block);
	markdown_facts(&block, g->best->diagnosis, g->finding, tests);
	page_add(p, &block);
	if (deep) {
		markdown_others(&block, g->best->diagnosis);
		page_add(p, &block);
	}
}

#define CLOSING sizeof "\n</details>\n"

/* One group folded. All of it is one block: what is open must be closed. */
static void add_folded(struct page *p, const struct told *t, const struct publish_group *g, size_t tests, bool deep)
{
	BUF_AUTO inner = buf_new(BUF_PAGE), block = buf_new(BUF_PAGE);
	const struct pen pen = pen_of(&block, t), title = {.out = &block, .form = PEN_HTML, .run = t->run};
	struct page part;
	size_t room;
	pen_ours(&pen, "\n<details><summary>");
	words_red(&title, &g->best->known);
	pen_ours(&pen, "%s", g->best->known.red_branch ? ". " : "");
	words_cause(&title, g, TITLE_SHOWN);
	pen_ours(&pen, "</summary>\n\n");
	room = page_room(p);
	page_start(&part, &inner, room > block.n + CLOSING ? room - block.n - CLOSING : 0, t->run, NULL);
	page_group(&part, t, g, tests, deep);
	page_end(&part);
	buf_add_view(&block, buf_view(&inner));
	pen_ours(&pen, "\n</details>\n");
	page_add(p, &block);
}

void page_other_groups(struct page *p, const struct told *t, size_t tests, bool deep)
{
	if (t->group_count < 2)
		return;
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = pen_of(&block, t);
	pen_ours(&pen, "\n%zu other failure%s:\n", t->group_count - 1, t->group_count == 2 ? "" : "s");
	page_add(p, &block);
	for (size_t i = 1; i < t->group_count; i++)
		add_folded(p, t, &t->groups[i], tests, deep);
}

/* Whole lines of the diff, at most `most` bytes of them as they are shown. */
static void add_diff(const struct pen *p, const char *diff, size_t most)
{
	BUF_AUTO safe = buf_new(BUF_FILE);
	redact_for_terminal(&safe, view_of(diff));
	struct view all = buf_view(&safe), shown = view_cut_utf8(all, most);
	size_t end = shown.n < all.n ? view_find_last_char(shown, '\n') : VIEW_NONE;
	if (end != VIEW_NONE)
		shown = view_sub(shown, 0, end + 1);
	markdown_block(p->out, "diff", shown);
	if (shown.n < all.n)
		pen_ours(p, "\nThis diff is longer: %zu of %zu bytes are shown.\n", shown.n, all.n);
}

static void add_words(const struct pen *p, const struct publish_fix *f, const char *before_proof)
{
	pen_text(p, f->summary ? f->summary : f->reason, REASON_SHOWN);
	if (f->proof_says) {
		pen_ours(p, "%sProof: ", before_proof);
		pen_text(p, f->proof_says, REASON_SHOWN);
	}
}

static const char *how_safe(const struct publish_fix *f)
{
	return f->tier == TIER_HEAL ? "safe" : "read it first";
}

static void add_fix(const struct pen *p, const struct publish_fix *f, size_t most)
{
	pen_ours(p, "\n<details><summary>Fix: %s (%s, %.0f %% sure)</summary>\n\n", words_fixer(f), how_safe(f),
		f->confidence * 100);
	add_words(p, f, "\n\n");
	pen_ours(p, "\n\n");
	add_diff(p, f->diff, most);
	pen_ours(p, "\n</details>\n");
}

/* Where the lines themselves are to be read already. */
static void add_short_fix(const struct pen *p, const struct publish_fix *f)
{
	pen_ours(p, "- `%s` (%s, %.0f %% sure): ", words_fixer(f), how_safe(f), f->confidence * 100);
	add_words(p, f, " · ");
	pen_ours(p, "\n");
}

/* What reached people already is only told; what did not, with the command that applies it. Nothing is offered that was
 * taken back or is to be left alone. */
void page_fixes(struct page *p, const struct told *t, size_t diff_max)
{
	const struct publish_delivery *d = &t->run->delivery;
	bool shown = patch_can_be_copied(view_of(d->patch));
	bool there = d->pull || d->commit || d->suggestions;
	if (!t->diff_count || d->withdrawn || d->ignored)
		return;
	if (!there || d->patch)
		page_patch(p, t->run, d->patch, t->diff_count, t->review);
	BUF_AUTO block = buf_new(BUF_FILE);
	const struct pen pen = pen_of(&block, t);
	pen_ours(&pen, shown || there ? "\n" : "");
	for (size_t i = 0; i < t->diff_count; i++) {
		if (shown || there)
			add_short_fix(&pen, t->fixes[i]);
		else
			add_fix(&pen, t->fixes[i], diff_max);
		page_add(p, &block);
	}
}

void page_refused(struct page *p, const struct told *t)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = pen_of(&block, t);
	if (t->diff_count < t->fix_count)
		pen_ours(&pen, "\nTried, and left alone:\n\n");
	page_add(p, &block);
	for (size_t i = t->diff_count; i < t->fix_count; i++) {
		pen_ours(&pen, "- `%s`, %s: ", words_fixer(t->fixes[i]), fix_status_name(t->fixes[i]->status));
		pen_text(&pen, t->fixes[i]->reason, REASON_SHOWN);
		pen_ours(&pen, "\n");
		page_add(p, &block);
	}
}

void page_notes(struct page *p, const struct publish_run *r)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = {.out = &block, .form = PEN_MARKDOWN, .run = r};
	if (r->delivery.reason && !r->green) {
		pen_ours(&pen, "\n- **Decision:** %s (", decision_name(r->delivery.decision));
		pen_text(&pen, r->delivery.reason, REASON_SHOWN);
		pen_ours(&pen, ")\n");
	} else if (r->note_count)
		pen_ours(&pen, "\n");
	for (size_t i = 0; i < r->note_count && i < NOTES_SHOWN; i++) {
		pen_ours(&pen, "- **Note:** ");
		pen_text(&pen, r->notes[i], REASON_SHOWN);
		pen_ours(&pen, "\n");
	}
	if (r->note_count > NOTES_SHOWN)
		pen_ours(&pen, "- and %zu more notes\n", r->note_count - NOTES_SHOWN);
	page_add(p, &block);
}

void page_jobs(struct page *p, const struct publish_run *r)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = {.out = &block, .form = PEN_MARKDOWN, .run = r};
	pen_ours(&pen, r->job_count ? "\n**Jobs**\n\n" : "");
	page_add(p, &block);
	for (size_t i = 0; i < r->job_count; i++) {
		const struct publish_job *j = &r->jobs[i];
		const struct finding *f = j->diagnosis ? diagnosis_primary(j->diagnosis) : NULL;
		pen_ours(&pen, "- ");
		pen_code(&pen, j->name, TITLE_SHOWN);
		pen_ours(&pen, " (");
		pen_link(&pen, "log", j->url);
		pen_ours(&pen, "): ");
		pen_text(&pen, f ? f->title : j->diagnosis ? "no failure found" : j->trouble, TITLE_SHOWN);
		pen_ours(&pen, "\n");
		page_add(p, &block);
	}
}
