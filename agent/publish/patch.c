#include "publish/patch.h"

#include "base/redact.h"
#include "publish/deliver.h"

#include <string.h>

#define END_OF_PATCH "END_OF_PATCH"
#define LINES_OPEN 40u /* a longer patch is folded */

static size_t lines_of(struct view v)
{
	size_t n = 0;
	for (size_t i = 0; i < v.n; i++)
		n += v.p[i] == '\n';
	return n;
}

bool patch_can_be_copied(struct view patch)
{
	struct view rest = patch, line;
	BUF_AUTO shown = buf_new(BUF_PAGE);
	if (!patch.n || patch.n > PUBLISH_PATCH_MAX || patch.p[patch.n - 1] != '\n')
		return false;
	while (view_next(&rest, '\n', &line))
		if (view_is(line, END_OF_PATCH))
			return false;
	redact_for_terminal(&shown, patch);
	return view_eq(buf_view(&shown), patch);
}

void page_command(const struct pen *p, bool review)
{
	const struct publish_run *r = p->run;
	const struct publish_delivery *d = &r->delivery;
	bool known = word_is_safe(r->repository) && strchr(r->repository, '/');
	if (d->artifact && word_is_safe(d->artifact) && word_is_safe(d->patch_file)) {
		pen_ours(p, "\n```sh\ngh run download %lld", (long long)(d->artifact_run ? d->artifact_run : r->id));
		if (known)
			pen_ours(p, " --repo %s", r->repository);
		pen_ours(p, " --name %s && git apply %s\n```\n", d->artifact, d->patch_file);
		return;
	}
	pen_ours(p, "\n```sh\nrunmedic heal --run %lld", (long long)r->id);
	if (known)
		pen_ours(p, " --repository %s", r->repository);
	pen_ours(p, "%s --apply\n```\n", review ? " --tier review" : "");
}

/* The patch stands in the command, so that it works wherever the lines can be pasted. */
static void add_document(const struct pen *p, struct view patch)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	size_t lines = lines_of(patch);
	if (p->run->pull)
		buf_addf(&text, "gh pr checkout %d && ", p->run->pull);
	buf_add_text(&text, "git apply <<'" END_OF_PATCH "'\n");
	buf_add_view(&text, patch);
	buf_add_text(&text, END_OF_PATCH "\n");
	if (lines > LINES_OPEN)
		pen_ours(p, "\n<details><summary>The command, with the patch of %zu lines in it</summary>\n", lines);
	pen_ours(p, "\n");
	markdown_block(p->out, "sh", buf_view(&text));
	pen_ours(p, "%s", lines > LINES_OPEN ? "\n</details>\n" : "");
}

static void add_explanation(const struct pen *p)
{
	if (p->run->pull)
		pen_ours(p, "\nIt checks out this pull request and changes its files, ready for `git diff`; nothing is "
			    "committed or pushed. On the branch already? Begin at `git apply`.\n");
	else
		pen_ours(p, "\nIt changes the files, ready for `git diff`; nothing is committed or pushed.\n");
}

void page_patch(struct page *p, const struct publish_run *r, const char *patch, size_t fixes, bool review)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = {.out = &block, .form = PEN_MARKDOWN, .run = r};
	const char *what = fixes == 1 ? "the fix" : "the fixes";
	if (patch_can_be_copied(view_of(patch))) {
		pen_ours(&pen, "\nTo apply %s, paste this into a shell at the top of your clone:\n", what);
		add_document(&pen, view_of(patch));
		add_explanation(&pen);
	} else {
		pen_ours(&pen, "\nTo apply %s:\n", what);
		page_command(&pen, review);
	}
	page_add(p, &block);
}

void publish_patch_section(struct buf *out, const struct publish_deliver *d)
{
	struct page p;
	bool review = false;
	for (size_t i = 0; i < d->count; i++)
		review = review || (d->offers[i].fix && d->offers[i].fix->tier == TIER_REVIEW);
	page_start(&p, out, PUBLISH_TEXT_MAX, d->run, NULL);
	if (d->count)
		page_patch(&p, d->run, d->patch, d->count, review);
	page_end(&p);
}
