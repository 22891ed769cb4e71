/* trust_subject.c - is the result of this commit, of now, of all of it? */
#include "attest/trust_internal.h"

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static const char *known(const char *s)
{
	return s ? s : "unknown";
}

bool trust_commit(struct judging *j)
{
	const struct statement *s = &j->v->statement;
	const struct trust_facts *f = j->f;

	if (!f->merge_group && !same(s->subject_commit, f->commit))
		return trust_reject(j, TRUST_COMMIT, "the result is of commit %.12s, not of %.12s", s->subject_commit,
			known(f->commit));
	if (!same(s->subject_tree, f->tree))
		return trust_reject(j, TRUST_TREE, "the result is of tree %.12s, not of %.12s%s", s->subject_tree,
			known(f->tree), f->merge_group ? ", which the queue would merge" : "");
	return true;
}

/* Names of repositories are the same in any case, in ASCII. */
bool trust_repository(struct judging *j)
{
	const struct trust_facts *f = j->f;
	BUF_AUTO wanted = buf_new(BUF_LINE);

	buf_addf(&wanted, "git+%s/%s", f->server_url ? f->server_url : "https://github.com", known(f->repository));
	if (f->repository && view_eq_nocase(buf_view(&wanted), view_of(j->v->statement.subject_name)))
		return true;
	return trust_reject(
		j, TRUST_REPOSITORY, "the result is of %s, not of %s", j->v->statement.subject_name, buf_text(&wanted));
}

bool trust_time(struct judging *j)
{
	const struct claim *r = j->claim;
	char span[CLOCK_TEXT_MAX], limit[CLOCK_TEXT_MAX];
	int64_t now = j->f->now, age = now - r->timestamp;

	if (now == CLOCK_UNKNOWN)
		return trust_reject(j, TRUST_EXPIRED, "the time of now is not known");
	if (now >= r->expires)
		return trust_reject(j, TRUST_EXPIRED, "expired %s ago, at %s", trust_span(now - r->expires, span),
			clock_iso(r->expires, limit));
	if (j->need.max_age >= 0 && age > j->need.max_age)
		return trust_reject(j, TRUST_EXPIRED, "made %s ago; %s is the most that is allowed",
			trust_span(age, span), trust_span(j->need.max_age, limit));
	if (age < -TRUST_SKEW)
		return trust_reject(j, TRUST_FUTURE, "made %s in the future, by this clock", trust_span(age, span));
	if (r->expires - r->timestamp > CLAIM_LIFE_MAX)
		return trust_reject(j, TRUST_LIFE, "would live for %s; %s is the most that is allowed",
			trust_span(r->expires - r->timestamp, span), trust_span(CLAIM_LIFE_MAX, limit));
	return true;
}

bool trust_replay(struct judging *j)
{
	const struct trust_facts *f = j->f;

	if (!f->seen || !f->seen(f->context, j->claim->nonce, j->v->statement.subject_commit))
		return true;
	return trust_reject(j, TRUST_REPLAY, "the nonce %.32s was used for another commit before", j->claim->nonce);
}

bool trust_state(struct judging *j)
{
	const struct claim *r = j->claim;

	if (r->dirty)
		return trust_reject(j, TRUST_DIRTY, "files differed from the commit when the checks ran");
	if (r->untracked)
		return trust_reject(j, TRUST_DIRTY, "%u file%s that no commit holds lay in the work tree", r->untracked,
			r->untracked == 1 ? "" : "s");
	if (r->selection)
		return trust_reject(j, TRUST_SELECTION, "only the selection `%.80s` ran", r->selection);
	return true;
}

bool trust_config(struct judging *j)
{
	const char *wanted = j->f->config_digest;
	char digest[80] = "unknown";

	if (!j->f->config)
		return trust_reject(j, TRUST_CONFIG, "the configuration of the base is not known");
	claim_config_digest(j->f->config, digest);
	wanted = wanted ? wanted : digest;
	if (same(j->claim->config_digest, wanted))
		return true;
	return trust_reject(j, TRUST_CONFIG,
		"the checks ran by another configuration (%.19s) than that of the base (%.19s)",
		j->claim->config_digest, wanted);
}
