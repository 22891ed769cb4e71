/* What becomes of fixes: judged as data, planned, carried out by the ladder. */
#include "cmd/deliver_steps.h"

#include "base/hash.h"

#include <stdarg.h>
#include <string.h>

#define NOTES_MAX (sizeof((struct delivering *)0)->notes / sizeof *((struct delivering *)0)->notes)

void deliver_note(struct deliver_work *w, const char *format, ...)
{
	struct delivering *d = w->d;
	BUF_AUTO text = buf_new(BUF_LINE);
	va_list ap;
	va_start(ap, format);
	buf_addv(&text, format, ap);
	va_end(ap);
	for (size_t i = 0; i < d->note_count; i++)
		if (!strcmp(d->notes[i], buf_text(&text)))
			return;
	if (d->note_count < NOTES_MAX)
		d->notes[d->note_count++] = arena_text(d->arena, buf_text(&text));
}

bool deliver_has(const struct deliver_work *w, enum delivery_way way)
{
	for (size_t i = 0; i < w->count; i++)
		if (!w->items[i].done && w->items[i].way == way)
			return true;
	return false;
}

const char *deliver_signature(const struct deliver_item *item)
{
	const char *signature = item->fix->finding->signature;
	return *signature ? signature : NULL;
}

const char *deliver_branch_of(const struct deliver_work *w, const struct deliver_item *item)
{
	return delivery_branch(w->d->arena, deliver_signature(item), item->fix->finding->rule_id, w->d->run->branch);
}

void deliver_choose(struct deliver_work *w)
{
	delivery_plan(&w->plan, &w->facts, w->fixes, w->count, w->d->arena);
	for (size_t i = 0; i < w->count; i++) {
		struct deliver_item *item = &w->items[i];
		if (item->done)
			continue;
		item->way = w->plan.choices[i].way;
		item->reason = w->plan.choices[i].reason;
		if (w->d->commit && item->way == DELIVERY_SUGGEST)
			item->way = DELIVERY_PATCH; /* who asked for a pull request gets none elsewhere */
	}
}

void deliver_words(struct publish_deliver *ret, struct deliver_work *w, enum delivery_way way)
{
	struct publish_offer *offers = arena_array(w->d->arena, w->count + 1, sizeof *offers);
	BUF_AUTO patch = buf_new(BUF_LARGE);
	size_t n = 0;
	for (size_t i = 0; i < w->count; i++) {
		const struct deliver_item *item = &w->items[i];
		if (item->way != way)
			continue;
		offers[n++] = (struct publish_offer){.fix = item->fix->words,
			.finding = item->fix->finding,
			.diff = arena_text(w->d->arena, item->offer->diff),
			.commit = item->commit};
		buf_add_text(&patch, item->offer->diff);
	}
	*ret = (struct publish_deliver){.run = w->d->run,
		.offers = offers,
		.count = n,
		.draft = w->plan.draft,
		.waits = w->job_token,
		.conventional = w->d->config->heal.conventional,
		.reason = w->plan.reason};
	if (n == w->count)
		ret->patch = arena_text(w->d->arena, w->offers.diff);
	else if (n)
		ret->patch = arena_text(w->d->arena, buf_text(&patch));
}

/* ---- the fixes as data ---------------------------------------------------------------------------------- */

static const char *const *claimed_files(const struct publish_fix *f, struct arena *a)
{
	const char **list = arena_array(a, f->file_count + 1, sizeof *list);
	for (size_t i = 0; i < f->file_count; i++)
		list[i] = f->files[i];
	return f->file_count ? list : NULL;
}

static void add_item(struct deliver_work *w, struct deliver_fix *f, const struct offer *o)
{
	struct delivery_fix *fix = &w->fixes[w->count];
	w->items[w->count] = (struct deliver_item){.fix = f, .offer = o};
	*fix = (struct delivery_fix){.fixer = f->fixer->id,
		.signature = deliver_signature(&w->items[w->count]),
		.tier = w->d->most && w->d->most < f->words->tier ? w->d->most : f->words->tier,
		.confidence = f->words->confidence};
	for (size_t i = 0; i < o->file_count; i++)
		fix->touches_workflow = fix->touches_workflow || view_starts(view_of(o->files[i].path), ".github/");
	w->count++;
}

/* What the policy does not let pass goes nowhere, whoever made it. */
static int judge(struct deliver_work *w, struct err *e)
{
	struct delivering *d = w->d;
	struct offer_wish *wishes = arena_array(d->arena, d->count, sizeof *wishes);
	for (size_t i = 0; i < d->count; i++)
		wishes[i] = (struct offer_wish){.fixer = d->fixes[i].fixer,
			.finding = d->fixes[i].finding,
			.diff = d->fixes[i].words->diff,
			.claimed_files = claimed_files(d->fixes[i].words, d->arena)};
	if (offers_make(&w->offers, d->repository, wishes, d->count, d->config, e) < 0)
		return -1;
	w->items = arena_array(d->arena, d->count, sizeof *w->items);
	w->fixes = arena_array(d->arena, d->count, sizeof *w->fixes);
	for (size_t i = 0; i < d->count; i++) {
		struct deliver_fix *f = &d->fixes[i];
		const struct offer *o = &w->offers.items[i];
		f->way = DELIVERY_NOWHERE;
		if (o->accepted) {
			add_item(w, f, o);
			continue;
		}
		f->why = arena_text(d->arena, o->reason);
		deliver_note(w, "%s is refused: %s", f->fixer->id, f->why);
	}
	d->patch = w->count ? arena_text(d->arena, w->offers.diff) : NULL;
	return 0;
}

/* ---- carrying out --------------------------------------------------------------------------------------- */

/* One rung down: what could not be pushed is suggested, or stands as a patch. */
static void step_down(struct deliver_work *w, const char *what, const struct err *why)
{
	deliver_note(w, "%s: %s", what, why->text);
	w->facts.wanted = DELIVER_SUGGEST;
	deliver_choose(w);
}

static void push(struct deliver_work *w)
{
	struct err why;
	if (deliver_has(w, DELIVERY_PULL) && deliver_as_pull(w, &why) < 0)
		step_down(w, "No pull request was made", &why);
	if (deliver_has(w, DELIVERY_BRANCH) && deliver_to_branch(w, &why) < 0)
		step_down(w, "Nothing was pushed", &why);
}

/* Of two runs that want to push for one branch, one does. A token that cannot make the lock could not push either, so
 * what follows fails by its own reason, or is guarded by the ref itself: it moves for one of the two only. */
static void push_locked(struct deliver_work *w)
{
	struct err why;
	if (deliver_lock(w, &why) < 0 && why.code == ERR_BUSY) {
		w->facts.locked = true;
		deliver_choose(w);
		return;
	}
	deliver_look_again(w);
	deliver_choose(w);
	push(w);
	deliver_unlock(w);
}

static void carry_out(struct deliver_work *w)
{
	if (deliver_has(w, DELIVERY_BRANCH) || deliver_has(w, DELIVERY_PULL))
		push_locked(w);
	if (deliver_has(w, DELIVERY_SUGGEST))
		deliver_as_suggestions(w);
}

/* ---- what is told and kept ------------------------------------------------------------------------------ */

/* The plan as it was when nothing stood yet: the same event says the same. */
static const char *reason_then(struct deliver_work *w)
{
	struct delivery_facts facts = w->facts;
	struct delivery_fix *fixes = arena_array(w->d->arena, w->count, sizeof *fixes);
	struct delivery_plan plan;
	memcpy(fixes, w->fixes, w->count * sizeof *fixes);
	for (size_t i = 0; i < w->count; i++)
		fixes[i].standing = false;
	facts.head_moved = facts.head_moved && !w->pushed;
	delivery_plan(&plan, &facts, fixes, w->count, w->d->arena);
	return plan.reason;
}

/* What stands from before is told again. */
static void tell_standing(struct deliver_work *w)
{
	struct publish_delivery *told = &w->d->run->delivery;
	for (size_t i = 0; i < w->count; i++) {
		struct deliver_item *item = &w->items[i];
		const struct fix_branch *b = item->branch;
		bool open = b && b->pull && b->pull->open;
		if (!w->fixes[i].standing || item->done || (!open && !w->pushed))
			continue;
		item->way = open ? DELIVERY_PULL : DELIVERY_BRANCH;
		told->branch = open ? b->name : w->d->run->branch;
		told->commit = open ? arena_text(w->d->arena, b->tip) : w->pushed;
		told->pull = open ? b->pull->number : 0;
		told->pull_url = open ? b->pull->url : NULL;
		told->pull_waits = open && w->job_token;
		told->reason = reason_then(w);
	}
}

static enum delivery_way highest(const struct deliver_work *w)
{
	enum delivery_way way = DELIVERY_NOWHERE;
	for (size_t i = 0; i < w->count; i++)
		way = w->items[i].way > way ? w->items[i].way : way;
	return way;
}

static void tell(struct deliver_work *w)
{
	struct delivering *d = w->d;
	d->run->delivery.reason = w->plan.reason;
	tell_standing(w);
	for (size_t i = 0; i < w->count; i++) {
		w->items[i].fix->way = w->items[i].way;
		w->items[i].fix->why = w->items[i].reason;
	}
	deliver_words(&d->words, w, DELIVERY_PATCH);
	d->run->delivery.way = highest(w);
	d->run->delivery.patch = d->words.patch;
	d->run->delivery.ignored = w->fixes[0].ignored;
}

static int keep_one(struct deliver_work *w, const struct deliver_item *item, struct err *e)
{
	const struct publish_run *r = w->d->run;
	const struct publish_delivery *told = &r->delivery;
	bool as_pull = item->way == DELIVERY_PULL;
	const struct store_delivery row = {.repository = r->repository,
		.fixer = item->fix->fixer->id,
		.rule = item->fix->finding->rule_id,
		.signature = deliver_signature(item),
		.way = delivery_way_name(item->way),
		.workflow = r->workflow,
		.branch = r->branch,
		.base_sha = r->head_sha,
		.commit = item->commit,
		.fix_branch = as_pull ? told->branch : NULL,
		.pull = as_pull ? told->pull : r->pull,
		.run = r->id,
		.at = clock_now(),
		.settled_at = CLOCK_UNKNOWN};
	BUF_AUTO said = buf_new(BUF_LINE);
	buf_addf(&said, "%s as %s for %.12s of %s", row.fixer, row.way, r->head_sha, r->branch);
	if (row.pull)
		buf_addf(&said, ", #%d", row.pull);
	if (row.commit)
		buf_addf(&said, ", commit %.12s", row.commit);
	return store_deliver(w->d->store, &row, e) < 0 ? -1 : store_audit(w->d->store, "deliver", buf_text(&said), e);
}

/* A patch in a comment is nothing that could be followed. */
static int keep(struct deliver_work *w, struct err *e)
{
	for (size_t i = 0; w->d->store && i < w->count; i++)
		if (w->items[i].done && keep_one(w, &w->items[i], e) < 0)
			return err_wrap(e, "what was delivered is not in the history");
	return 0;
}

enum config_deliver deliver_at_most(enum config_deliver configured, const char *given_or_null)
{
	static const char *const names[] = {[DELIVER_NONE] = "none",
		[DELIVER_SUGGEST] = "suggest",
		[DELIVER_PR] = "pr",
		[DELIVER_BRANCH] = "branch"};
	for (size_t i = 0; given_or_null && i < (size_t)configured; i++)
		if (!strcmp(given_or_null, names[i]))
			return (enum config_deliver)i;
	return configured;
}

static int deliver(struct deliver_work *w, struct err *e)
{
	if (judge(w, e) < 0)
		return -1;
	if (!w->count) {
		w->d->run->delivery.reason = w->d->count ? w->d->fixes[0].why : w->d->run->delivery.reason;
		return 0;
	}
	deliver_look(w);
	deliver_choose(w);
	if (!w->d->dry_run)
		carry_out(w);
	tell(w);
	return w->d->dry_run ? 0 : keep(w, e);
}

int delivering_run(struct delivering *d, struct err *e)
{
	struct deliver_work w = {.d = d, .g = d->remote->github};
	int rc = d->count ? deliver(&w, e) : 0;
	offers_done(&w.offers);
	return rc;
}
