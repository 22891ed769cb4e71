#include "publish/words.h"

#include "base/file.h"
#include "base/hash.h"

#include <stdio.h>
#include <string.h>

#define NAME_SHOWN 100u
#define BRANCH_SHOWN 100u

void words_red(const struct pen *p, const struct publish_known *k)
{
	char date[CLOCK_TEXT_MAX];
	if (!k->red_branch)
		return;
	pen_ours(p, "Not your fault: also red on ");
	pen_code(p, k->red_branch, BRANCH_SHOWN);
	pen_sha(p, " since ", k->red_since_sha);
	if (k->red_since > 0)
		pen_ours(p, " (%s)", clock_date(k->red_since, date));
}

/* Is there a file of the repository that the title does not tell already? */
static bool names_place(const struct finding *f)
{
	const char *path = f->location.path;
	return path && file_check_relative(view_of(path), NULL) == 0 &&
	       (f->location.line || !view_has(view_of(f->title), path));
}

void words_finding(const struct pen *p, const struct finding *f, size_t title_max)
{
	pen_text(p, f->title, title_max);
	if (names_place(f)) {
		pen_ours(p, " at ");
		pen_place(p, f);
	}
}

void words_cause(const struct pen *p, const struct publish_group *g, size_t title_max)
{
	if (g->finding) {
		words_finding(p, g->finding, title_max);
		return;
	}
	const char *why = g->best->trouble;
	pen_ours(p, g->count > 1 ? "No log of %zu jobs could be read" : "No log could be read", g->count);
	pen_ours(p, why ? ": " : "");
	pen_text(p, why, title_max);
}

void words_sentence(const struct pen *p, const char *text, size_t most)
{
	pen_text(p, text, most);
	if (!view_ends(buf_view(p->out), ".") && !view_ends(buf_view(p->out), "…"))
		buf_add_char(p->out, '.');
}

#define WHY_SHOWN 160u

static void delivered(const struct pen *p, const struct publish_delivery *d)
{
	char label[16];
	if (d->pull) {
		snprintf(label, sizeof label, "#%d", d->pull);
		pen_ours(p, "Fix proposed in ");
		pen_link(p, label, d->pull_url);
		pen_ours(p, d->pull_waits ? " (press Approve workflows to run there)" : "");
	} else if (d->commit) {
		pen_ours(p, "Fix pushed");
		pen_sha(p, " as ", d->commit);
	} else if (d->suggestions) {
		pen_ours(p, "Fix suggested in the review%s", d->patch ? ", the rest as a patch" : "");
	} else {
		pen_ours(p, "Failed jobs started again");
		if (d->rerun_count && d->rerun_max)
			pen_ours(p, " (%u of %u)", d->rerun_count, d->rerun_max);
	}
}

void words_done(const struct pen *p, const struct told *t)
{
	const struct publish_delivery *d = &t->run->delivery;
	if (d->withdrawn || d->ignored) {
		pen_ours(p, d->withdrawn ? "Our fix was withdrawn: " : "Left alone, as was asked: ");
		pen_text(p, d->withdrawn ? d->withdrawn : d->ignored, WHY_SHOWN);
	} else if (d->pull || d->commit || d->suggestions || d->rerun)
		delivered(p, d);
	else if (t->diff_count)
		pen_ours(p, t->review ? "A fix is ready for review" : "A fix is ready to apply");
	else if (d->decision == DECISION_RERUN)
		pen_ours(p, "A rerun will probably pass");
	else
		pen_ours(p, "Nothing was changed");
}

static void green(const struct pen *p, const struct publish_run *r)
{
	char date[CLOCK_TEXT_MAX];
	pen_ours(p, "Was red, green again");
	pen_sha(p, " since ", r->green_sha ? r->green_sha : r->head_sha);
	if (r->green_at > 0)
		pen_ours(p, " (%s)", clock_date(r->green_at, date));
}

void words_headline(const struct pen *p, const struct told *t, size_t title_max)
{
	if (t->run->green) {
		green(p, t->run);
		return;
	}
	if (!t->group_count) {
		pen_ours(p, "No failure was found");
		return;
	}
	const struct publish_group *first = &t->groups[0];
	words_red(p, &first->best->known);
	pen_ours(p, first->best->known.red_branch ? ". " : "");
	words_cause(p, first, title_max);
	pen_ours(p, ". ");
	if (first->best->known.issue)
		pen_ours(p, "Known failure, see #%d. ", first->best->known.issue);
	words_done(p, t);
}

void words_known(const struct pen *p, const struct publish_known *k)
{
	char date[CLOCK_TEXT_MAX];
	const char *gap = "";
	if (k->seen) {
		pen_ours(p, "seen %u time%s before", k->seen, k->seen == 1 ? "" : "s");
		if (k->last_seen > 0)
			pen_ours(p, ", last on %s", clock_date(k->last_seen, date));
		gap = " · ";
	}
	if (k->issue) {
		pen_ours(p, "%sknown issue #%d", gap, k->issue);
		gap = " · ";
	}
	if (k->flaky) {
		pen_ours(p, "%sflaky", gap);
		if (k->flaky_runs)
			pen_ours(p, ": passed %u of %u times at one commit", k->flaky_passed, k->flaky_runs);
		gap = " · ";
	}
	if (k->last_fix) {
		pen_ours(p, "%slast fixed by ", gap);
		pen_code(p, k->last_fix, NAME_SHOWN);
	}
}

void words_names(const struct pen *p, const struct publish_run *r, const struct publish_group *g, size_t most)
{
	size_t shown = g->count <= most ? g->count : most;
	if (g->count > 1)
		pen_ours(p, "Same failure in %zu jobs: ", g->count);
	for (size_t i = 0; i < shown; i++) {
		pen_ours(p, i ? ", " : "");
		pen_code(p, r->jobs[g->jobs[i]].name, NAME_SHOWN);
	}
	if (shown < g->count)
		pen_ours(p, " and %zu more", g->count - shown);
}

const char *words_fixer(const struct publish_fix *f)
{
	return f && word_is_safe(f->fixer) ? f->fixer : "of an unknown fixer";
}

void words_name(const struct pen *p)
{
	pen_ours(p, "runmedic / ");
	pen_text(p, p->run->workflow ? p->run->workflow : p->run->workflow_path, NAME_SHOWN);
}

void words_footer(struct buf *out, const struct publish_run *r, const char *last)
{
	const struct pen p = {.out = out, .form = PEN_MARKDOWN, .run = r};
	pen_ours(&p, "\n<sub>");
	if (r->id) {
		pen_link(&p, "Run", r->url);
		pen_ours(&p, " %lld", (long long)r->id);
	}
	if (r->attempt > 1)
		pen_ours(&p, ", attempt %d", r->attempt);
	pen_sha(&p, r->id ? " of " : "Commit ", r->head_sha);
	pen_ours(&p, " · ");
	if (link_is_safe(r->docs_url, r->docs_url))
		pen_ours(&p, "[runmedic](%s)", r->docs_url);
	else
		pen_ours(&p, "runmedic");
	pen_ours(&p, "%s</sub>\n", last);
}

const char *words_page(const struct publish_run *r)
{
	const char *url = r->report_url ? r->report_url : r->url;
	return link_is_safe(url, r->server_url) ? url : NULL;
}

void workflow_key(const struct publish_run *r, char ret[WORKFLOW_KEY_MAX])
{
	char hex[HASH_HEX_MAX];
	hash_view(view_of(r->workflow_path ? r->workflow_path : r->workflow), hex);
	memcpy(ret, hex, WORKFLOW_KEY_MAX - 1);
	ret[WORKFLOW_KEY_MAX - 1] = 0;
}
