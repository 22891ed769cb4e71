#include "publish/deliver_words.h"

#include <stdio.h>
#include <string.h>

#define TITLE_SHOWN 300u
#define NAMES_SHOWN 6u
#define BRANCH_SHOWN 100u
#define SUMMARY_SHOWN 200u
#define REASON_SHOWN 600u
#define FILES_SHOWN 4u
#define PATH_SHOWN 200u
#define ROWS_SHOWN 20u

static struct pen pen_of(struct buf *out, const struct publish_run *r)
{
	return (struct pen){.out = out, .form = PEN_MARKDOWN, .run = r};
}

/* ---- causes ---- */

static bool same_cause(const struct finding *a, const struct finding *b)
{
	return a == b || (a && b && a->signature[0] && !strcmp(a->signature, b->signature));
}

static bool was_told(const struct publish_deliver *d, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_cause(d->offers[k].finding, d->offers[i].finding))
			return true;
	return !d->offers[i].finding;
}

static const struct publish_group *group_of(const struct told *t, const struct finding *f)
{
	for (size_t i = 0; i < t->group_count; i++)
		if (same_cause(t->groups[i].finding, f))
			return &t->groups[i];
	return NULL;
}

static void add_where(const struct pen *p, const struct told *t, const struct finding *f)
{
	const struct publish_run *r = t->run;
	const struct publish_group *g = group_of(t, f);
	char label[32];
	snprintf(label, sizeof label, "run %lld", (long long)r->id);
	if (g && g->count == 1)
		pen_ours(p, "In job ");
	if (g)
		words_names(p, r, g, NAMES_SHOWN);
	if (r->id) {
		pen_ours(p, g ? " of " : "In ");
		pen_link(p, label, r->url);
	}
	pen_sha(p, r->id ? ", commit " : g ? " at " : "At ", r->head_sha);
	if (r->branch) {
		pen_ours(p, " on ");
		pen_code(p, r->branch, BRANCH_SHOWN);
	}
	pen_ours(p, "\n");
}

void deliver_causes(struct page *p, const struct told *t, const struct publish_deliver *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->count; i++) {
		BUF_AUTO block = buf_new(BUF_PAGE);
		const struct pen pen = pen_of(&block, d->run), title = {&block, PEN_HTML, d->run};
		const struct finding *f = d->offers[i].finding;
		if (was_told(d, i))
			continue;
		pen_ours(&pen, n ? "\n<details><summary>Also broken: " : "**What broke:** ");
		words_finding(n ? &title : &pen, f, TITLE_SHOWN);
		pen_ours(&pen, n ? "</summary>\n\n" : "\n\n");
		add_where(&pen, t, f);
		markdown_excerpt(&block, f);
		pen_ours(&pen, "%s", n++ ? "\n</details>\n" : "");
		page_add(p, &block);
	}
}

void deliver_cause_lines(struct page *p, const struct publish_deliver *d)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = pen_of(&block, d->run);
	for (size_t i = 0; i < d->count; i++) {
		if (was_told(d, i))
			continue;
		pen_ours(&pen, block.n ? "\n\n**" : "**");
		words_finding(&pen, d->offers[i].finding, TITLE_SHOWN);
		pen_ours(&pen, "**");
	}
	pen_ours(&pen, block.n ? "\n" : "");
	page_add(p, &block);
}

/* ---- fixes ---- */

/* In a cell, where Markdown is read and a bar ends it. */
static void add_cell(struct buf *out, const struct publish_run *r, const char *text, size_t most)
{
	const struct pen cell = {.out = out, .form = PEN_HTML, .run = r};
	pen_text(&cell, text ? text : "", most);
}

static void add_files(struct buf *out, const struct publish_run *r, const struct publish_fix *f)
{
	const struct pen cell = {.out = out, .form = PEN_HTML, .run = r};
	for (size_t i = 0; i < f->file_count && i < FILES_SHOWN; i++) {
		buf_add_text(out, i ? ", " : "");
		pen_code(&cell, f->files[i], PATH_SHOWN);
	}
	if (f->file_count > FILES_SHOWN)
		buf_addf(out, " and %zu more", f->file_count - FILES_SHOWN);
}

static void add_proof(struct buf *out, const struct publish_run *r, const struct publish_fix *f)
{
	const struct pen cell = {.out = out, .form = PEN_HTML, .run = r};
	BUF_AUTO command = buf_new(BUF_LINE);
	for (const char *const *a = f->proof_argv; a && *a; a++)
		buf_addf(&command, "%s%s", command.n ? " " : "", *a);
	if (command.n) {
		pen_code(&cell, buf_text(&command), PATH_SHOWN);
		buf_addf(out, " ended with %d", f->proof_exit);
	}
	if (f->proof_says) {
		buf_add_text(out, command.n ? "; " : "");
		add_cell(out, r, f->proof_says, SUMMARY_SHOWN);
	}
}

static void add_row(struct buf *out, const struct publish_run *r, const struct publish_fix *f)
{
	buf_addf(out, "| `%s` | ", words_fixer(f));
	add_cell(out, r, f->summary, SUMMARY_SHOWN);
	buf_add_text(out, " | ");
	add_files(out, r, f);
	buf_addf(out, " | %s, %.0f %% | ", f->tier == TIER_HEAL ? "safe" : "read it first", f->confidence * 100);
	add_proof(out, r, f);
	buf_add_text(out, " |\n");
}

void deliver_table(struct page *p, const struct publish_deliver *d)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	buf_add_text(&block, "\n**What this changes:**\n\n| Fix | What it does | Files | How sure | Proof |\n| --- | "
			     "--- | --- | --- | --- |\n");
	for (size_t i = 0; i < d->count && i < ROWS_SHOWN; i++)
		if (d->offers[i].fix)
			add_row(&block, d->run, d->offers[i].fix);
	if (d->count > ROWS_SHOWN)
		buf_addf(&block, "\nand %zu more\n", d->count - ROWS_SHOWN);
	page_add(p, &block);
}

static void add_record(const struct pen *p, const struct publish_fix *f)
{
	unsigned all = f->good + f->bad;
	if (all)
		pen_ours(p, " It was right %u of %u time%s so far.", f->good, all, all == 1 ? "" : "s");
}

void deliver_reasons(struct page *p, const struct publish_deliver *d)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = pen_of(&block, d->run);
	for (size_t i = 0; i < d->count && i < ROWS_SHOWN; i++) {
		const struct publish_fix *f = d->offers[i].fix;
		if (!f || !f->reason)
			continue;
		pen_ours(&pen, "%s- `%s`: ", block.n ? "" : "\n**Why it is right:**\n\n", words_fixer(f));
		words_sentence(&pen, f->reason, REASON_SHOWN);
		add_record(&pen, f);
		pen_ours(&pen, "\n");
	}
	page_add(p, &block);
}

/* ---- plain lines and markers ---- */

void deliver_line(struct buf *out, const char *text, size_t most)
{
	BUF_AUTO whole = buf_new(BUF_PAGE);
	const struct pen plain = {.out = &whole, .form = PEN_PLAIN};
	pen_text(&plain, text ? text : "", most);
	/* what parts mentions and references takes room, too */
	short_text(out, buf_text(&whole), most);
}

bool deliver_is_signature(struct view v)
{
	bool good = v.n > 2 && v.n < SIGNATURE_MAX && view_starts(v, "1:");
	for (size_t i = 2; i < v.n; i++)
		good = good && ((v.p[i] >= '0' && v.p[i] <= '9') || (v.p[i] >= 'a' && v.p[i] <= 'f'));
	return good;
}

const char *deliver_own_signature(const char *signature)
{
	return deliver_is_signature(view_of(signature)) ? signature : "-";
}
