/* The sticky comment. Its first line holds, unseen, what it is about and a digest of what it says. */
#include "base/hash.h"
#include "publish/bodies.h"
#include "publish/page.h"

#include <string.h>

#define MARKER "<!-- runmedic:"
#define VERSION "2" /* of the verdict: comments of an older form are written anew */
#define TITLE_SHOWN 300u
#define TESTS_SHOWN 10u
#define DIFF_SHOWN ((size_t)12 << 10)
#define DIGEST_SHOWN 16

void publish_comment_marker(struct buf *out, const struct publish_run *r)
{
	char key[WORKFLOW_KEY_MAX];
	workflow_key(r, key);
	buf_addf(out, MARKER "%s ", key);
}

/* With its end, so that no two lists of texts give the same bytes. */
static void mix(struct hash *h, const char *text)
{
	hash_add(h, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void mix_number(struct hash *h, int64_t number)
{
	hash_add(h, &number, sizeof number);
}

static void mix_group(struct hash *h, const struct publish_run *r, const struct publish_group *g)
{
	const struct publish_known *k = &g->best->known;
	mix(h, g->finding ? g->finding->signature : g->best->trouble);
	mix(h, g->finding ? g->finding->title : NULL);
	mix(h, g->finding ? g->finding->location.path : NULL);
	mix_number(h, g->finding ? g->finding->location.line : 0);
	for (size_t i = 0; i < g->count; i++)
		mix(h, r->jobs[g->jobs[i]].name);
	mix_number(h, (int64_t)g->count);
	mix(h, k->red_branch);
	mix(h, k->red_since_sha);
	mix_number(h, k->issue);
	mix_number(h, k->flaky);
}

static void mix_delivery(struct hash *h, const struct publish_delivery *d)
{
	mix_number(h, d->decision);
	mix(h, d->reason);
	mix_number(h, d->pull);
	mix_number(h, d->pull_waits);
	mix(h, d->commit);
	mix_number(h, d->suggestions);
	mix_number(h, d->rerun ? 1 + (int64_t)d->rerun_count : 0);
	mix(h, d->artifact);
	mix_number(h, d->way);
	mix(h, d->patch);
	mix(h, d->withdrawn);
	mix(h, d->ignored);
}

/* What a reader would take for news. Not among it: run, attempt, commit, lines of the log, how sure, how often seen. */
static void verdict(const struct told *t, char hex[HASH_HEX_MAX])
{
	const struct publish_run *r = t->run;
	struct hash *h = hash_new();
	mix(h, VERSION);
	mix_number(h, r->green);
	for (size_t i = 0; i < t->group_count; i++)
		mix_group(h, r, &t->groups[i]);
	mix_delivery(h, &r->delivery);
	for (size_t i = 0; i < t->fix_count; i++) {
		mix(h, t->fixes[i]->fixer);
		mix(h, t->fixes[i]->diff);
		mix_number(h, t->fixes[i]->status);
	}
	for (size_t i = 0; i < r->note_count; i++)
		mix(h, r->notes[i]);
	hash_hex(h, hex);
}

static void add_state(struct buf *out, const struct told *t)
{
	char hex[HASH_HEX_MAX];
	const struct finding *f = t->group_count ? t->groups[0].finding : NULL;
	verdict(t, hex);
	publish_comment_marker(out, t->run);
	buf_addf(out, "run=%lld attempt=%d verdict=%.*s", (long long)t->run->id, t->run->attempt, DIGEST_SHOWN, hex);
	if (f && view_starts(view_of(f->signature), "1:"))
		buf_addf(out, " signature=%.*s", DIGEST_SHOWN, f->signature + 2);
	buf_add_text(out, " -->\n");
}

static void add_headline(struct page *p, const struct told *t)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = {.out = &block, .form = PEN_MARKDOWN, .run = t->run};
	add_state(&block, t);
	pen_ours(&pen, "\n**");
	words_headline(&pen, t, TITLE_SHOWN);
	pen_ours(&pen, ".**\n");
	if (t->run->green && t->run->was) {
		pen_ours(&pen, "\nIt was: ");
		pen_text(&pen, t->run->was, TITLE_SHOWN);
		pen_ours(&pen, "\n");
	}
	pen_ours(&pen, "%s", t->group_count ? "\n" : "");
	page_add(p, &block);
}

void publish_comment(struct buf *out, const struct publish_run *r)
{
	struct told t;
	struct page p;
	BUF_AUTO footer = buf_new(BUF_LINE);
	told_start(&t, r);
	words_footer(&footer, r, r->pull ? " · the label `" DELIVERY_LABEL_OFF "` switches it off here" : "");
	page_start(&p, out, PUBLISH_TEXT_MAX, r, &footer);
	add_headline(&p, &t);
	if (t.group_count && !r->green) {
		page_group(&p, &t, &t.groups[0], TESTS_SHOWN, false);
		page_fixes(&p, &t, DIFF_SHOWN);
		page_other_groups(&p, &t, 0, false);
	}
	page_notes(&p, r);
	page_end(&p);
	told_done(&t);
}

/* ---- what an earlier one said ---- */

struct state {
	struct view key, verdict;
	uint64_t run, attempt;
};

static bool read_state(struct view text, struct state *ret)
{
	struct view line, word;
	*ret = (struct state){0};
	if (!view_next(&text, '\n', &line) || !view_starts(line, MARKER))
		return false;
	line = view_from(line, strlen(MARKER));
	if (!view_word(&line, &ret->key) || ret->key.n != WORKFLOW_KEY_MAX - 1)
		return false;
	while (view_word(&line, &word))
		if (view_starts(word, "run="))
			view_number(view_from(word, 4), INT64_MAX, &ret->run);
		else if (view_starts(word, "attempt="))
			view_number(view_from(word, 8), INT32_MAX, &ret->attempt);
		else if (view_starts(word, "verdict="))
			ret->verdict = view_from(word, 8);
	return true;
}

enum publish_sticky publish_comment_compare(struct view found, struct view body)
{
	struct state old, new;
	if (!read_state(found, &old) || !read_state(body, &new) || !view_eq(old.key, new.key))
		return PUBLISH_STICKY_FOREIGN;
	if (old.run > new.run || (old.run == new.run &&old.attempt > new.attempt))
		return PUBLISH_STICKY_NEWER;
	return old.verdict.n && view_eq(old.verdict, new.verdict) ? PUBLISH_STICKY_SAME : PUBLISH_STICKY_STALE;
}
