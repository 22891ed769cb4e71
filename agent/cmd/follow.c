/* What became of the fixes that left the machine: looked at, judged, carried out, recorded. */
#include "cmd/followed.h"

#include "publish/deliver.h"

#include <stdlib.h>

struct settling {
	struct following *f;
	struct analyser analyser;
	struct followed *list;
	size_t count;
};

void following_note(struct following *f, const char *format, ...)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	va_list ap;
	va_start(ap, format);
	buf_addv(&text, format, ap);
	va_end(ap);
	for (size_t i = 0; i < f->note_count; i++)
		if (!strcmp(f->notes[i], buf_text(&text)))
			return;
	if (f->note_count < sizeof f->notes / sizeof *f->notes)
		f->notes[f->note_count++] = arena_text(f->arena, buf_text(&text));
	session_note(f->session, "%s", buf_text(&text));
}

/* ---- what the history is told -------------------------------------------------------------------------- */

static void record(struct settling *s, struct followed *one, enum outcome outcome)
{
	struct following *f = s->f;
	struct err e;
	const char *name = outcome_name(outcome);
	if (f->dry_run || (one->d.outcome && !strcmp(one->d.outcome, name)))
		return;
	f->settled++;
	one->d.outcome = name;
	if (!f->store || !one->d.id)
		return;
	if (store_settle(f->store, one->d.id, outcome, clock_now(), one->verdict.reason, &e) < 0)
		following_note(f, "The outcome of %s could not be recorded: %s", one->d.fixer, e.text);
}

/* ---- what follows from it ------------------------------------------------------------------------------ */

/* Only while all of it is ours: what somebody else put there stays. */
static int delete_branch(struct following *f, const struct followed *one, struct err *e)
{
	if (!one->head || !one->d.fix_branch || one->facts.person_committed || !one->is_ours ||
		!view_starts(view_of(one->d.fix_branch), DELIVERY_BRANCH_PREFIX))
		return 0;
	const char *ref = arena_format(f->arena, "refs/heads/%s", one->d.fix_branch);
	if (github_ref_delete(f->remote->github, ref, one->head, e) < 0)
		return e->code == ERR_NOT_FOUND ? 0 : -1;
	f->removed++;
	return 0;
}

/* Its own text says it, too: that is what remains where the history is lost. */
static int mark_withdrawn(struct following *f, const struct followed *one, struct err *e)
{
	BUF_AUTO body = buf_new(PUBLISH_TEXT_MAX);
	struct github_pull ret;
	const char *note;
	if (one->verdict.action != FOLLOW_CLOSE_PULL ||
		!publish_pull_withdrawn(&body, view_of(one->pull.body), one->verdict.reason))
		return 0;
	const struct github_pull_wish wish = {.head_branch = one->d.fix_branch,
		.base_branch = one->pull.base_branch,
		.title = one->pull.title,
		.body = buf_text(&body),
		.only_update = true};
	return github_pull_put(f->remote->github, &wish, f->arena, &ret, &note, e);
}

/* Many are looked at before the first is closed: a person may have come in between. */
static int is_as_it_was(struct following *f, const struct followed *one, struct err *e)
{
	struct github_pull now;
	if (github_pull_get(f->remote->github, one->pull.number, f->arena, &now, e) < 0)
		return -1;
	if (now.state && !strcmp(now.state, "open") && now.head_sha && one->pull.head_sha &&
		!strcmp(now.head_sha, one->pull.head_sha) && !delivery_is_off(now.labels))
		return 0;
	return err_set(e, ERR_BUSY, "somebody has changed it just now");
}

static int close_pull(struct following *f, const struct followed *one, struct err *e)
{
	BUF_AUTO comment = buf_new(PUBLISH_TEXT_MAX);
	publish_withdrawal(&comment, one->verdict.reason, NULL);
	if (!one->pull.number || !one->is_ours)
		return err_set(e, ERR_REFUSED, "the pull request is not ours");
	if (one->pull.open && (is_as_it_was(f, one, e) < 0 || mark_withdrawn(f, one, e) < 0))
		return err_wrap(e, "pull request #%d is not closed", one->pull.number);
	if (one->pull.open && github_pull_close(f->remote->github, one->pull.number, buf_text(&comment), e) < 0)
		return err_wrap(e, "pull request #%d is not closed", one->pull.number);
	return 0;
}

/* Of several fixes in a row all go, back to what was before the first of them. */
static const struct followed *deepest(const struct settling *s, const struct followed *one)
{
	const struct followed *ret = one;
	for (size_t i = 0; i < s->count; i++) {
		const struct followed *other = &s->list[i];
		if (other->way == DELIVERY_BRANCH && other->tip && !strcmp(other->tip, one->tip) &&
			other->depth > ret->depth)
			ret = other;
	}
	return ret;
}

static int revert(const struct settling *s, const struct followed *one, struct err *e)
{
	struct following *f = s->f;
	BUF_AUTO message = buf_new(BUF_PAGE);
	struct github_commit c;
	const struct followed *first = deepest(s, one);
	if (!one->is_ours || one->facts.person_committed || !one->head || !first->parent || !one->d.branch)
		return err_set(e, ERR_REFUSED, "the commit is not ours alone");
	if (github_commit_get(f->remote->github, one->d.commit, f->arena, &c, e) < 0)
		return -1;
	struct view rest = view_of(c.message), subject = {0};
	view_next(&rest, '\n', &subject);
	publish_revert_message(&message, one->d.commit, arena_view(f->arena, subject).p, one->verdict.reason,
		one->d.signature, one->d.fixer);
	if (followed_revert(f, one->d.branch, one->head, first->parent, buf_text(&message), e) < 0)
		return err_wrap(e, "%.12s is not reverted", one->d.commit);
	return 0;
}

static void count_withdrawn(struct following *f, const struct followed *one)
{
	f->withdrawn++;
	f->withdrawn_why = one->verdict.reason;
}

static int carry_out(const struct settling *s, const struct followed *one, struct err *e)
{
	struct following *f = s->f;
	switch (one->verdict.action) {
	case FOLLOW_CLOSE_PULL:
	case FOLLOW_STALE:
		if (close_pull(f, one, e) < 0)
			return -1;
		if (one->verdict.action == FOLLOW_CLOSE_PULL)
			count_withdrawn(f, one);
		return delete_branch(f, one, e);
	case FOLLOW_REVERT:
		if (revert(s, one, e) < 0)
			return -1;
		count_withdrawn(f, one);
		return 0;
	case FOLLOW_DELETE_BRANCH:
		return delete_branch(f, one, e);
	case FOLLOW_WAIT:
	case FOLLOW_KEEP:
		break;
	}
	return 0;
}

static bool is_same_place(const struct followed *a, const struct followed *b)
{
	if (a->way != b->way || a->way == DELIVERY_SUGGEST || a->way == DELIVERY_PATCH)
		return false;
	return a->way == DELIVERY_PULL ? a->pull.number && a->pull.number == b->pull.number
				       : a->tip && b->tip && !strcmp(a->tip, b->tip);
}

/* What was carried out is final: what is left is that nobody wanted it, or that it was withdrawn. */
static void record_end(struct settling *s, struct followed *one)
{
	enum follow_action action = one->verdict.action;
	if (action == FOLLOW_CLOSE_PULL || action == FOLLOW_REVERT)
		record(s, one, OUTCOME_WITHDRAWN);
	if (action == FOLLOW_STALE)
		record(s, one, OUTCOME_CLOSED);
}

/* Red is told before anything is done about it, and the withdrawal only when it happened. What stands in the same pull
 * request or in the same row of commits has the same fate, and is carried out once. */
static void settle(struct settling *s, struct followed *one)
{
	struct following *f = s->f;
	struct err e;
	const char *fixer = one->d.fixer ? one->d.fixer : "runmedic";
	bool acts = one->verdict.action > FOLLOW_KEEP;
	for (struct followed *other = one; other < s->list + s->count; other++) {
		if (other != one && (other->done || !is_same_place(one, other)))
			continue;
		other->verdict = one->verdict;
		if (one->verdict.known)
			record(s, other, one->verdict.outcome);
	}
	if (acts && f->dry_run)
		following_note(f, "Would follow up the fix of %s: %s", fixer, one->verdict.reason);
	int rc = acts && !f->dry_run ? carry_out(s, one, &e) : 0;
	if (rc < 0)
		following_note(f, "The fix of %s: %s", fixer, e.text);
	for (struct followed *other = one; other < s->list + s->count; other++) {
		if (other != one && (other->done || !is_same_place(one, other)))
			continue;
		if (rc == 0)
			record_end(s, other);
		other->done = true;
	}
}

static int settle_all(struct settling *s, struct err *e)
{
	struct following *f = s->f;
	for (size_t i = 0; i < s->count; i++)
		if (followed_look(f, &s->list[i], &s->analyser, e) < 0) {
			if (e->code == ERR_INTERRUPTED || e->code == ERR_BUSY)
				return -1;
			following_note(f, "The fix of %s could not be followed: %s",
				s->list[i].d.fixer ? s->list[i].d.fixer : "runmedic", e->text);
			s->list[i].done = true;
			err_clear(e);
		}
	for (size_t i = 0; i < s->count; i++) {
		struct followed *one = &s->list[i];
		if (one->done)
			continue;
		follow_judge(&one->verdict, &one->facts, f->arena);
		settle(s, one);
	}
	return 0;
}

int following_settle(struct following *f, int pull_or_0, const char *branch_or_null, struct err *e)
{
	struct settling s = {.f = f};
	if (followed_list(f, pull_or_0, branch_or_null, &s.list, &s.count, e) < 0)
		return -1;
	if (!pull_or_0 && !branch_or_null && followed_reverts(f, e) < 0)
		return -1;
	if (!s.count)
		return 0;
	int rc = analyser_start(&s.analyser, f->session, e);
	if (rc == 0)
		rc = settle_all(&s, e);
	analyser_end(&s.analyser);
	return rc;
}
