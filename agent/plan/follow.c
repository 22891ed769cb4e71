/* follow.c - first what people did (they have the last word), then what CI says, then what time says.
 *
 * When a red run withdraws a fix, and when not:
 *   - the same signature: the fix did not mend what it was for. Withdrawn.
 *   - another signature that the base branch has too: red would be so without us, nothing is known of the fix.
 *   - another signature in a later step or another job: the fix let the run get there; the old failure hid the new one.
 *     Nothing is known, and nothing is taken back.
 *   - another signature that failed before the fix, too: no fix mends what it is not for.
 *   - it could not be found out why it is red: no ground to take anything back.
 *   - an accident of network or runner: a rerun will tell.
 *   - green in another run on the same commit: CI does not agree with itself.
 *   - another signature that is none of these: it was not there before the fix, so the fix counts as its cause.
 * A withdrawal is recorded as `red`; when it was carried out the caller records `withdrawn`. */
#include "plan/follow.h"

#include <string.h>

#define NAME_SHOWN 80u
#define STALE_AGE (FOLLOW_STALE_DAYS * CLOCK_DAY)

static void say(struct follow_verdict *v, enum follow_action action, const char *reason)
{
	*v = (struct follow_verdict){.action = action, .reason = reason};
}

static void settle(struct follow_verdict *v, enum outcome outcome, enum follow_action action, const char *reason)
{
	*v = (struct follow_verdict){true, outcome, action, reason};
}

/* ---- what people did ------------------------------------------------------------------------------------------ */

static enum follow_action drop_branch(const struct follow_facts *f)
{
	return f->way == DELIVERY_PULL ? FOLLOW_DELETE_BRANCH : FOLLOW_KEEP;
}

/* A pull request of our own. */
static bool own_pull_is_over(struct follow_verdict *v, const struct follow_facts *f)
{
	if (f->way != DELIVERY_PULL || f->pull_open)
		return false;
	if (f->pull_merged)
		settle(v, OUTCOME_MERGED, FOLLOW_DELETE_BRANCH, "the pull request was merged");
	else if (f->pull_closed_by_us)
		settle(v, OUTCOME_WITHDRAWN, f->person_committed ? FOLLOW_KEEP : FOLLOW_DELETE_BRANCH,
			"the fix was withdrawn");
	else if (f->person_committed)
		settle(v, OUTCOME_CLOSED, FOLLOW_KEEP,
			"a person closed the pull request; the branch stays, for it holds a commit of theirs");
	else
		settle(v, OUTCOME_CLOSED, FOLLOW_DELETE_BRANCH, "a person closed the pull request");
	return true;
}

/* The pull request of a person, with our commit on it or our suggestion below it. A merge without our suggestion is no
 * verdict on it: they may have mended it by hand. */
static bool their_pull_is_over(struct follow_verdict *v, const struct follow_facts *f)
{
	if (f->way == DELIVERY_PULL || f->pull_open)
		return false;
	if (f->pull_merged && f->has_commit)
		settle(v, OUTCOME_MERGED, FOLLOW_KEEP, "the pull request was merged with the fix");
	else if (f->pull_merged)
		settle(v, OUTCOME_UNVERIFIED, FOLLOW_KEEP, "the pull request was merged without the fix");
	return f->pull_merged;
}

/* ---- what CI says ---------------------------------------------------------------------------------------------- */

struct heard {
	size_t green, red, running, waiting;
	size_t unread, accidents, beyond, was_there; /* of the red ones */
	bool same, only_dispatch;
	bool others_red; /* workflows that the fix was not for */
};

static bool is(const char *text, const char *word)
{
	return text && strcmp(text, word) == 0;
}

static bool is_red(const struct follow_run *r)
{
	return is(r->conclusion, "failure") || is(r->conclusion, "timed_out") || is(r->conclusion, "startup_failure");
}

static bool needs_approval(const struct follow_run *r)
{
	return is(r->conclusion, "action_required") || is(r->status, "action_required") || is(r->status, "waiting");
}

static void hear_red(struct heard *h, const struct follow_run *r)
{
	h->red++;
	h->same = h->same || r->same_signature;
	h->unread += !r->understood && !r->same_signature;
	h->accidents += r->understood && r->transient;
	h->beyond += r->understood && r->beyond && !r->transient;
	h->was_there += r->understood && r->beyond && r->was_there && !r->transient;
}

/* Neutral, skipped and cancelled runs say nothing. */
static void hear(struct heard *h, const struct follow_run *r)
{
	if (needs_approval(r)) {
		h->waiting++;
	} else if (!is(r->status, "completed")) {
		h->running++;
	} else if (is_red(r)) {
		hear_red(h, r);
	} else if (is(r->conclusion, "success")) {
		h->only_dispatch = r->by_dispatch && (h->green == 0 || h->only_dispatch);
		h->green++;
	}
}

static struct heard hear_all(const struct follow_facts *f)
{
	struct heard h = {0};

	for (size_t i = 0; i < f->run_count; i++) {
		const struct follow_run *r = &f->runs[i];

		if (!f->workflow || is(r->workflow, f->workflow))
			hear(&h, r);
		else
			h.others_red = h.others_red || (is(r->status, "completed") && is_red(r));
	}
	return h;
}

/* "CI fails ...", with the name of the workflow where there is one. */
static const char *told(const struct follow_facts *f, const char *rest, struct arena *a)
{
	struct view name = view_cut_utf8(view_of(f->workflow), NAME_SHOWN);

	return arena_format(a, "%.*s %s", VIEW_ARG(name.n ? name : VIEW("CI")), rest);
}

static void withdraw(struct follow_verdict *v, const struct follow_facts *f, const char *reason)
{
	if (f->person_committed) {
		settle(v, OUTCOME_RED, FOLLOW_KEEP,
			"the fix stayed red; it stays where it is, for a person committed on top of it");
		return;
	}
	if (f->labelled_off) {
		settle(v, OUTCOME_RED, FOLLOW_KEEP,
			"the fix stayed red; it stays where it is, as the label `" DELIVERY_LABEL_OFF "` asks");
		return;
	}
	switch (f->way) {
	case DELIVERY_PULL:
		settle(v, OUTCOME_RED, FOLLOW_CLOSE_PULL, reason);
		return;
	case DELIVERY_BRANCH:
		if (f->pull_open) {
			settle(v, OUTCOME_RED, FOLLOW_REVERT, reason);
			return;
		}
		break;
	case DELIVERY_NOWHERE:
	case DELIVERY_PATCH:
	case DELIVERY_SUGGEST:
		break;
	}
	settle(v, OUTCOME_RED, FOLLOW_KEEP, reason);
}

static void judge_red(struct follow_verdict *v, const struct follow_facts *f, const struct heard *h, struct arena *a)
{
	if (h->same)
		withdraw(v, f, told(f, "fails with the fix as it did without", a));
	else if (h->unread)
		say(v, FOLLOW_WAIT, told(f, "is red with the fix, and why could not be found out", a));
	else if (h->accidents == h->red)
		say(v, FOLLOW_WAIT, told(f, "failed by an accident: another run will tell", a));
	else if (f->base_red)
		settle(v, OUTCOME_UNVERIFIED, FOLLOW_WAIT,
			told(f, "fails for another reason, which the base branch has, too", a));
	else if (h->accidents + h->was_there == h->red)
		settle(v, OUTCOME_UNVERIFIED, FOLLOW_WAIT,
			told(f, "still fails of something else, which it did before the fix, too", a));
	else if (h->accidents + h->beyond == h->red)
		settle(v, OUTCOME_UNVERIFIED, FOLLOW_WAIT,
			told(f, "gets further with the fix, and fails there for another reason", a));
	else
		withdraw(v, f, told(f, "fails with the fix for a reason that the base branch does not have", a));
}

static void judge_green(struct follow_verdict *v, const struct follow_facts *f, const struct heard *h, struct arena *a)
{
	const char *rest = "is green with the fix";

	if (h->only_dispatch)
		rest = "is green with the fix, in a run by hand that satisfies no required check";
	else if (h->others_red)
		rest = "is green with the fix; another workflow is red";
	settle(v, OUTCOME_GREEN, FOLLOW_KEEP, told(f, rest, a));
}

static void judge_silence(
	struct follow_verdict *v, const struct follow_facts *f, const struct heard *h, struct arena *a)
{
	if (h->running)
		say(v, FOLLOW_WAIT, told(f, "is still running on the fix", a));
	else if (h->waiting || f->waits)
		settle(v, OUTCOME_UNVERIFIED, FOLLOW_WAIT,
			told(f, "waits until somebody presses \"Approve workflows to run\"", a));
	else if (f->age != CLOCK_UNKNOWN && f->age > CLOCK_DAY)
		settle(v, OUTCOME_UNVERIFIED, FOLLOW_WAIT, told(f, "never ran on the fix", a));
	else
		say(v, FOLLOW_WAIT, told(f, "has not run on the fix yet", a));
}

/* A run of the workflow that is still on its way may say the contrary: only a failure of the same kind is final. */
static void judge_runs(struct follow_verdict *v, const struct follow_facts *f, struct arena *a)
{
	struct heard h = hear_all(f);

	if (h.red && h.green)
		settle(v, OUTCOME_UNVERIFIED, FOLLOW_WAIT,
			told(f, "is green in one run on the fix and red in another", a));
	else if (h.red && (h.same || !h.running))
		judge_red(v, f, &h, a);
	else if (h.green && !h.running)
		judge_green(v, f, &h, a);
	else
		judge_silence(v, f, &h, a);
}

/* ---- what time says --------------------------------------------------------------------------------------------- */

static bool is_stale(const struct follow_facts *f)
{
	return f->age != CLOCK_UNKNOWN && f->age > STALE_AGE;
}

static void judge_age(struct follow_verdict *v, const struct follow_facts *f)
{
	bool idle = v->action == FOLLOW_WAIT || v->action == FOLLOW_KEEP;

	if (!idle || !is_stale(f))
		return;
	v->action = FOLLOW_KEEP;
	if (f->way == DELIVERY_PULL && !f->person_committed && !f->labelled_off) {
		v->action = FOLLOW_STALE;
		v->reason = "the pull request was open for a month, and nobody took it";
	}
}

static void judge_uncommitted(struct follow_verdict *v, const struct follow_facts *f)
{
	if (!f->pull_open && f->way == DELIVERY_SUGGEST)
		settle(v, OUTCOME_UNVERIFIED, FOLLOW_KEEP, "the pull request was closed without the fix");
	else if (is_stale(f))
		settle(v, OUTCOME_UNVERIFIED, FOLLOW_KEEP, "nobody applied the fix");
	else
		say(v, FOLLOW_WAIT, "nobody has applied the fix yet");
}

void follow_judge(struct follow_verdict *ret, const struct follow_facts *f, struct arena *a)
{
	if (f->reverted) {
		settle(ret, OUTCOME_REVERTED, f->pull_open ? FOLLOW_KEEP : drop_branch(f), "the fix was reverted");
		return;
	}
	if (own_pull_is_over(ret, f) || their_pull_is_over(ret, f))
		return;
	if (f->has_commit)
		judge_runs(ret, f, a);
	else
		judge_uncommitted(ret, f);
	judge_age(ret, f);
}
