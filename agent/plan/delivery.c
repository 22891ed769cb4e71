/* delivery.c - the choice. Two tables of refusals, each with the most that it leaves: one for what holds of the branch,
 * one for what holds of a single fix. The lowest wins, of equals the first: a fix gets the least that anything says. */
#include "plan/delivery.h"

#include "base/hash.h"
#include "plan/hex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_SHOWN 80u /* bytes of a login or branch in a sentence */
#define SIGNATURE_DIGITS 12u
#define BASE_DIGITS 6
#define QUEUE_PREFIX "gh-readonly-queue/" /* how GitHub names the branches of its merge queue */

static const char *const names[] = {
#define WAY_NAME(id, text) text,
	DELIVERY_WAYS(WAY_NAME)};
/* What a way is, in a sentence. */
static const char *const shown[] = {
	[DELIVERY_NOWHERE] = "nothing",
	[DELIVERY_PATCH] = "a patch to apply",
	[DELIVERY_SUGGEST] = "a suggestion in review",
	[DELIVERY_PULL] = "a pull request",
	[DELIVERY_BRANCH] = "a commit on the branch",
};

const char *delivery_way_name(enum delivery_way w)
{
	return names[w];
}

static enum delivery_way way_of(enum config_deliver wanted)
{
	switch (wanted) {
	case DELIVER_NONE:
		return DELIVERY_NOWHERE;
	case DELIVER_SUGGEST:
		return DELIVERY_SUGGEST;
	case DELIVER_PR:
		return DELIVERY_PULL;
	case DELIVER_BRANCH:
		return DELIVERY_BRANCH;
	}
	return DELIVERY_NOWHERE;
}

/* ---- the most that is left, and why ------------------------------------------------------------------- */

struct most {
	enum delivery_way way;
	const char *reason; /* of the last lowering; NULL: nothing lowered it */
	struct arena *arena;
};

/* A way higher than `cap` becomes `cap` when `forbidden`. */
static void lower(struct most *m, bool forbidden, enum delivery_way cap, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static void lower(struct most *m, bool forbidden, enum delivery_way cap, const char *format, ...)
{
	char text[512];
	va_list ap;

	if (!forbidden || m->way <= cap)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	m->way = cap;
	m->reason = arena_text(m->arena, text);
}

static const char *short_name(struct arena *a, const char *text, const char *fallback)
{
	return text && *text ? arena_view(a, view_cut_utf8(view_of(text), NAME_MAX_SHOWN)).p : fallback;
}

/* ---- what holds of the branch ---------------------------------------------------------------------------- */

static bool is_listed(const struct config_list *list, const char *name)
{
	for (size_t i = 0; name && i < list->n; i++)
		if (view_eq_nocase(view_of(list->items[i]), view_of(name)))
			return true;
	return false;
}

/* GitHub ends the logins of Apps so; the rest are accounts of people who let a program write. */
static bool is_bot(const struct delivery_facts *f)
{
	struct view author = view_of(f->author);

	return f->author_is_bot || view_ends(author, "[bot]") || view_eq_nocase(author, VIEW("renovate-bot")) ||
	       view_eq_nocase(author, VIEW("dependabot-preview"));
}

static bool is_fix_branch(const struct delivery_facts *f)
{
	return view_starts(view_of(f->branch), DELIVERY_BRANCH_PREFIX);
}

static void refuse_all(struct most *m, const struct delivery_facts *f)
{
	const struct config *c = f->config;

	lower(m, f->wanted == DELIVER_NONE, DELIVERY_NOWHERE, "heal.deliver is none");
	lower(m, c->heal.tier == TIER_OFF, DELIVERY_NOWHERE, "heal.tier is off");
	lower(m, f->labelled_off, DELIVERY_NOWHERE, "the pull request has the label `" DELIVERY_LABEL_OFF "`");
	lower(m, f->trailer_off, DELIVERY_NOWHERE, "the commit's message asks to be left alone");
	lower(m, f->ignored_author || is_listed(&c->scope.ignore_authors, f->author), DELIVERY_NOWHERE,
		"scope.ignore_authors leaves out %s", short_name(m->arena, f->author, "the author"));
}

/* The patch is shown all the same: what was found out is not lost. */
static void step_back(struct most *m, const struct delivery_facts *f)
{
	lower(m, f->is_merge_queue || view_starts(view_of(f->branch), QUEUE_PREFIX), DELIVERY_PATCH,
		"the branch belongs to the merge queue: nothing is written there");
	lower(m, f->head_moved, DELIVERY_PATCH,
		"the branch has moved on since this run: the run of its new head decides");
	lower(m, f->locked, DELIVERY_PATCH, "another run is delivering to this branch");
	lower(m, !f->has_token, DELIVERY_PATCH, "there is no token that could deliver it");
	lower(m, !f->branch || !*f->branch, DELIVERY_SUGGEST, "it is not known which branch was red");
}

static void keep_off(struct most *m, const struct delivery_facts *f)
{
	lower(m, f->fork, DELIVERY_SUGGEST, "the branch lies in a fork: nothing is written there");
	lower(m, is_bot(f) && !f->is_default && !is_fix_branch(f), DELIVERY_SUGGEST,
		"the branch belongs to %s, which rewrites it: nothing is written there",
		short_name(m->arena, f->author, "a bot"));
	lower(m, f->draft && !is_fix_branch(f), DELIVERY_SUGGEST,
		"the pull request is a draft: somebody is still at work on it");
	lower(m, m->way == DELIVERY_PULL && is_fix_branch(f), DELIVERY_SUGGEST,
		"the branch is itself a fix: no pull request is opened against it");
	lower(m, m->way == DELIVERY_BRANCH && f->is_default, DELIVERY_SUGGEST, "a default branch is never written to");
	lower(m, m->way == DELIVERY_BRANCH && f->is_protected, DELIVERY_SUGGEST,
		"a protected branch is never written to");
	lower(m, m->way == DELIVERY_BRANCH && f->pull == 0, DELIVERY_SUGGEST,
		"no pull request is open for the branch, and heal.deliver: branch commits to those alone");
}

static struct most most_of_branch(const struct delivery_facts *f, struct arena *a)
{
	struct most m = {.way = way_of(f->wanted), .arena = a};

	/* `none` lowers nothing that was wanted, but it has a reason of its own. */
	if (f->wanted == DELIVER_NONE)
		m.way = DELIVERY_PATCH;
	refuse_all(&m, f);
	step_back(&m, f);
	keep_off(&m, f);
	return m;
}

/* ---- what holds of one fix ------------------------------------------------------------------------------- */

static bool needs_a_person(const struct delivery_facts *f, const struct delivery_fix *x)
{
	return x->tier < TIER_HEAL || f->config->heal.tier < TIER_HEAL || x->touches_workflow ||
	       x->confidence < f->config->heal.confidence;
}

static const char *why_a_person(const struct delivery_facts *f, const struct delivery_fix *x, struct arena *a)
{
	if (x->touches_workflow)
		return "it changes a workflow";
	if (x->tier < TIER_HEAL || f->config->heal.tier < TIER_HEAL)
		return "it is of tier review";
	return arena_format(a, "its confidence of %.2f is below heal.confidence", x->confidence);
}

static void refuse_known(struct most *m, const struct delivery_facts *f, const struct delivery_fix *x)
{
	const char *ignored = x->ignored && *x->ignored ? x->ignored : "no reason given";

	lower(m, x->ignored, DELIVERY_NOWHERE, "this failure is ignored: %s",
		arena_view(m->arena, view_cut_utf8(view_of(ignored), 4 * NAME_MAX_SHOWN)).p);
	lower(m, x->tier == TIER_OFF, DELIVERY_NOWHERE, "%s is switched off", x->fixer);
	lower(m, x->pair_failed, DELIVERY_NOWHERE,
		"%s was tried on this failure before and did not make it green: it is not tried again", x->fixer);
	lower(m, x->closed_unmerged, DELIVERY_NOWHERE,
		"a person closed the pull request with this fix: it is not offered again");
	lower(m, f->head_is_ours && (!x->signature || x->attempts), DELIVERY_NOWHERE,
		"the red commit is itself a fix for this failure: it is not fixed again");
}

static void hold_back(struct most *m, const struct delivery_facts *f, const struct delivery_fix *x)
{
	if (x->standing && m->way > DELIVERY_NOWHERE) {
		m->way = DELIVERY_PATCH;
		m->reason = "the same fix was delivered already and is still open";
	}
	lower(m, x->attempts >= f->config->heal.attempts, DELIVERY_PATCH,
		"%u of %u deliveries for this failure on this branch used (heal.attempts)", x->attempts,
		f->config->heal.attempts);
	lower(m, x->touches_workflow && !f->workflows_permission, DELIVERY_SUGGEST,
		"it changes a workflow, which takes a token (of an App, never of the job) that may write `workflows`");
	lower(m, m->way == DELIVERY_BRANCH && needs_a_person(f, x), DELIVERY_SUGGEST,
		"%s: a person must look before it is on a branch", why_a_person(f, x, m->arena));
}

/* The second step of a way down: where there was a first, that one is worth telling. */
static void need_a_place(struct most *m, const struct delivery_facts *f)
{
	const char *first = m->reason;

	lower(m, f->pull == 0 && m->way == DELIVERY_SUGGEST, DELIVERY_PATCH,
		"no pull request is open that it could be suggested on");
	m->reason = first ? first : m->reason;
}

static struct most most_of_fix(const struct most *branch, const struct delivery_facts *f, const struct delivery_fix *x)
{
	struct most m = *branch;

	refuse_known(&m, f, x);
	hold_back(&m, f, x);
	need_a_place(&m, f);
	return m;
}

/* ---- the plan ---------------------------------------------------------------------------------------------- */

static const char *why_this_way(const struct delivery_facts *f, enum delivery_way way, bool person, struct arena *a)
{
	switch (way) {
	case DELIVERY_PULL:
		return arena_format(a, "%s against %s, as heal.deliver says%s", shown[way],
			short_name(a, f->branch, "the branch"), person ? "; as a draft: a person must look" : "");
	case DELIVERY_BRANCH:
		return arena_format(a, "a commit on %s, as heal.deliver says", short_name(a, f->branch, "the branch"));
	case DELIVERY_SUGGEST:
		return arena_format(a, "suggested on #%d", f->pull);
	case DELIVERY_NOWHERE:
	case DELIVERY_PATCH:
		break;
	}
	return shown[way];
}

static void choose(struct delivery_plan *p, size_t i, const struct most *m, const struct delivery_facts *f,
	const struct delivery_fix *x)
{
	bool person = needs_a_person(f, x);
	const char *reason = m->reason ? m->reason : why_this_way(f, m->way, person, m->arena);
	enum delivery_way way = m->way;

	if (way > p->way) {
		p->way = way;
		p->reason = reason;
	}
	p->draft = p->draft || (way == DELIVERY_PULL && person);
	if (f->dry_run && way != DELIVERY_NOWHERE)
		reason = arena_format(m->arena, "dry run: without it, %s", shown[way]);
	p->choices[i] = (struct delivery_choice){f->dry_run ? DELIVERY_NOWHERE : way, reason};
}

static void finish(struct delivery_plan *p, const struct most *branch, const struct delivery_facts *f, size_t n)
{
	if (n == 0)
		p->reason = "there is no fix to deliver";
	else if (p->way == DELIVERY_NOWHERE)
		p->reason = branch->way == DELIVERY_NOWHERE ? branch->reason : p->choices[0].reason;
	else if (f->dry_run)
		p->reason = arena_format(branch->arena, "dry run: without it, %s", shown[p->way]);
	if (!f->dry_run)
		return;
	p->way = DELIVERY_NOWHERE;
	p->draft = false;
}

void delivery_plan(struct delivery_plan *ret, const struct delivery_facts *f, const struct delivery_fix *fixes,
	size_t n, struct arena *a)
{
	struct delivery_plan plan = {.way = DELIVERY_NOWHERE, .choices = arena_array(a, n, sizeof(*plan.choices))};
	struct most branch = most_of_branch(f, a);
	unsigned given = 0, limit = f->config->heal.max_per_run;

	for (size_t i = 0; i < n; i++) {
		struct most m = most_of_fix(&branch, f, &fixes[i]);

		lower(&m, given >= limit, DELIVERY_PATCH, "heal.max_per_run allows %u fixes in one run", limit);
		given += m.way > DELIVERY_PATCH;
		choose(&plan, i, &m, f, &fixes[i]);
	}
	finish(&plan, &branch, f, n);
	*ret = plan;
}

bool delivery_is_off(const char *const *labels)
{
	for (; labels && *labels; labels++)
		if (view_eq_nocase(view_of(*labels), VIEW(DELIVERY_LABEL_OFF)))
			return true;
	return false;
}

/* ---- the name of the branch ---------------------------------------------------------------------------------- */

const char *delivery_branch(struct arena *a, const char *signature, const char *rule, const char *base_branch)
{
	char of_rule[HASH_HEX_MAX], of_base[HASH_HEX_MAX];
	struct view name = view_of(signature);

	name = view_sub(view_from(name, view_starts(name, "1:") ? 2 : 0), 0, SIGNATURE_DIGITS);
	if (name.n < SIGNATURE_DIGITS || !hex_is(name)) {
		hash_view(view_of(rule), of_rule);
		name = view_sub(view_of(of_rule), 0, SIGNATURE_DIGITS);
	}
	hash_view(view_of(base_branch), of_base);
	return arena_format(a, DELIVERY_BRANCH_PREFIX "%.*s-%.*s", VIEW_ARG(name), BASE_DIGITS, of_base);
}
