/* Fixes as commits that GitHub makes: of an App or a job it signs them itself, where nobody is named as author. */
#include "cmd/deliver_steps.h"

#include "github/repos.h"

#define JOB_TOKEN_SIGNS "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"
#define NOBODY_SIGNS "runmedic <runmedic@users.noreply.github.com>"

static const char *signer(const struct deliver_work *w)
{
	const struct config *c = w->d->config;
	if (!c->heal.sign_off)
		return NULL;
	if (c->heal.author)
		return c->heal.author;
	if (w->job_token)
		return JOB_TOKEN_SIGNS;
	return w->login ? arena_format(w->d->arena, "%s <%s@users.noreply.github.com>", w->login, w->login)
			: NOBODY_SIGNS;
}

static void add_message(struct buf *out, const struct deliver_work *w, const struct deliver_item *item)
{
	const struct publish_fix *f = item->fix->words;
	const struct delivery_message m = {.summary = f->summary,
		.title = item->fix->fixer->title,
		.reason = f->reason,
		.fixer = item->fix->fixer->id,
		.rule = item->fix->finding->rule_id,
		.signature = deliver_signature(item),
		.run_url = w->d->run->url,
		.confidence = f->confidence,
		.proof_argv = f->proof_argv,
		.proof_says = f->proof_says,
		.good = f->good,
		.bad = f->bad,
		.sign_off = signer(w),
		.dependabot = view_starts(view_of(w->facts.author), "dependabot"),
		.category = category_name(item->fix->finding->category)};
	delivery_message(out, &m, w->d->config);
}

static int make_one(struct deliver_work *w, struct deliver_item *item, const struct offer *o, const char *parent,
	const char *also, char ret[GITHUB_SHA_MAX], struct err *e)
{
	struct github_change *changes = arena_array(w->d->arena, o->file_count + 1, sizeof *changes);
	BUF_AUTO message = buf_new(BUF_LINE);
	for (size_t i = 0; i < o->file_count; i++)
		changes[i] = (struct github_change){.path = o->files[i].path,
			.exists = o->files[i].exists,
			.mode = o->files[i].mode,
			.content = o->files[i].content};
	add_message(&message, w, item);
	const struct github_commit_wish wish = {.parent = parent,
		.also = also,
		.message = buf_text(&message),
		.changes = changes,
		.count = o->file_count,
		.author = w->d->config->heal.author};
	if (github_commit_make(w->g, &wish, ret, e) < 0)
		return -1;
	item->commit = arena_text(w->d->arena, ret);
	return 0;
}

static struct offer_wish wish_of(const struct deliver_item *item)
{
	return (struct offer_wish){
		.fixer = item->fix->fixer, .finding = item->fix->finding, .diff = item->fix->words->diff};
}

/* Rules that want signed commits would refuse it, and people wonder. */
static void note_unverified(struct deliver_work *w, const char *sha)
{
	struct github_commit c;
	struct err why;
	if (github_commit_get(w->g, sha, w->d->arena, &c, &why) < 0 || c.verified)
		return;
	deliver_note(w, "The commit is not verified: %s",
		w->d->config->heal.author ? "GitHub signs none that names an author (heal.author)"
					  : "GitHub signs those of Apps and jobs, not those of a personal token");
}

int deliver_commits(struct deliver_work *w, enum delivery_way way, const char *parent, const char *also,
	char ret[GITHUB_SHA_MAX], struct err *e)
{
	struct offer_wish *wishes = arena_array(w->d->arena, w->count, sizeof *wishes);
	struct deliver_item **items = arena_array(w->d->arena, w->count, sizeof *items);
	struct offers offers = {0};
	size_t n = 0;
	for (size_t i = 0; i < w->count; i++)
		if (!w->items[i].done && w->items[i].way == way) {
			items[n] = &w->items[i];
			wishes[n++] = wish_of(&w->items[i]);
		}
	int rc = offers_make(&offers, w->d->repository, wishes, n, w->d->config, e);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (!offers.items[i].accepted)
			rc = err_set(e, ERR_REFUSED, "%s", offers.items[i].reason);
		else
			rc = make_one(w, items[i], &offers.items[i], parent, i ? NULL : also, ret, e);
		parent = items[i]->commit;
	}
	offers_done(&offers);
	if (rc == 0)
		note_unverified(w, ret);
	return rc;
}
