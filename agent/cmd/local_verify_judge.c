/* The envelopes that there are, judged one by one. */
#include "cmd/local_verify.h"

#include "base/file.h"
#include "store/claims.h"

#include <stdlib.h>

#define WAIT_SLICE_MS 10000
#define AUDIT_SAYS "no spot audits: " LOCAL_AUDIT_VARIABLE " is not set"

struct history_trouble {
	struct verifying *v;
	struct err *e;
	bool failed;
};

static bool was_seen(void *context, const char *nonce, const char *commit)
{
	struct history_trouble *h = context;
	bool seen = false;

	if (store_claim_seen(h->v->store, nonce, commit, &seen, h->e) < 0)
		h->failed = true;
	return seen || h->failed;
}

static void take_verdict(struct verifying *v, struct trust_verdict *new)
{
	/* "nobody has posted" gives way to whatever was posted elsewhere */
	bool better = !v->judged || new->trusted || v->verdict.reason == TRUST_ABSENT;

	if (!better) {
		statement_done(&new->statement);
		return;
	}
	statement_done(&v->verdict.statement);
	v->verdict = *new;
	v->judged = true;
}

/* A signer who was caught is always audited. */
static int judge_flag(
	struct verifying *v, struct view envelope, struct trust_facts *f, struct trust_verdict *ret, struct err *e)
{
	bool flagged = false;

	if (!ret->trusted || !v->store)
		return 0;
	if (store_claim_flagged(v->store, ret->principal, ret->fingerprint, &flagged, e) < 0)
		return -1;
	if (!flagged)
		return 0;
	statement_done(&ret->statement);
	f->flagged = true;
	trust_judge(ret, envelope, f, &v->arena);
	return 0;
}

/* For one branch, as the repository itself or, in a fork's ref, as the fork. */
static int judge_for(struct verifying *v, struct view envelope, const char *branch, const char *fork,
	struct trust_verdict *ret, struct err *e)
{
	struct history_trouble history = {v, e, false};
	struct trust_facts f = {.commit = v->sha,
		.tree = v->tree,
		.repository = v->remote->repository,
		.server_url = v->remote->server,
		.branch = branch,
		.now = clock_now(),
		.config = v->has_config ? &v->config : NULL,
		.signers = v->has_signers ? &v->signers : NULL,
		.revoked = v->revoked,
		.merge_group = v->wish->queue,
		.seen = v->store ? was_seen : NULL,
		.context = &history,
		.audit_secret = getenv(LOCAL_AUDIT_VARIABLE)};

	trust_judge(ret, envelope, &f, &v->arena);
	if (ret->reason == TRUST_REPOSITORY && fork) {
		statement_done(&ret->statement);
		f.repository = fork;
		trust_judge(ret, envelope, &f, &v->arena);
	}
	if (history.failed || judge_flag(v, envelope, &f, ret, e) < 0)
		return -1;
	return history.failed ? -1 : 0;
}

/* Every branch must agree: the first that does not is the verdict. */
static int judge(struct verifying *v, struct view envelope, const char *fork, struct err *e)
{
	struct trust_verdict verdict = {0};
	size_t i = 0;

	do {
		statement_done(&verdict.statement);
		if (judge_for(v, envelope, i < v->base_count ? v->bases[i] : NULL, fork, &verdict, e) < 0) {
			statement_done(&verdict.statement);
			return -1;
		}
	} while (verdict.trusted && ++i < v->base_count);
	take_verdict(v, &verdict);
	return 0;
}

/* ---- where envelopes come from ---------------------------------------------------------------------------------- */

/* Of a fork, which this token may not be let into: then there is nothing to believe. */
static int get_foreign(struct verifying *v, const struct verify_candidate *c, struct buf *ret, struct err *e)
{
	const struct remote_options o = {.repository = c->repository};
	struct remote *fork;
	struct err why = {0};

	*ret = (struct buf){0};
	if (remote_open(&fork, v->session, &o, e) < 0)
		return -1;
	int rc = local_envelope_get(fork->github, c->commit, ret, NULL, &why);
	remote_close(fork);
	if (rc < 0 && why.code == ERR_AUTH) {
		verifying_note(v, "results in %s cannot be read: %s", c->repository, why.text);
		return err_set(e, ERR_NOT_FOUND, "not readable");
	}
	if (rc < 0)
		*e = why;
	return rc;
}

static int get(struct verifying *v, const struct verify_candidate *c, struct buf *ret, struct err *e)
{
	if (c->repository)
		return get_foreign(v, c, ret, e);
	return local_envelope_get(v->remote->github, c->commit, ret, NULL, e);
}

static int judge_candidate(struct verifying *v, const struct verify_candidate *c, struct err *e)
{
	BUF_AUTO text = {0};
	struct err why = {0};

	if (get(v, c, &text, &why) < 0 && why.code != ERR_NOT_FOUND && why.code != ERR_LIMIT) {
		if (e)
			*e = why;
		return -1;
	}
	if (why.code == ERR_LIMIT)
		verifying_note(v, "a result for %.12s is too large to be read", c->commit);
	return judge(v, buf_view(&text), c->repository ? c->repository : v->head_repository, e);
}

static int judge_all(struct verifying *v, struct err *e)
{
	for (size_t i = 0; i < v->candidate_count; i++) {
		if (judge_candidate(v, &v->candidates[i], e) < 0)
			return -1;
		if (v->verdict.trusted)
			return 0;
	}
	return v->judged ? 0 : judge(v, (struct view){0}, NULL, e);
}

static int judge_file(struct verifying *v, struct err *e)
{
	BUF_AUTO text = {0};

	if (file_read(v->wish->envelope, ENVELOPE_BYTES_MAX, &text, e) < 0)
		return err_wrap(e, "%.200s", v->wish->envelope);
	return judge(v, buf_view(&text), v->head_repository, e);
}

int verify_judge(struct verifying *v, struct err *e)
{
	int64_t left = (int64_t)v->wish->wait_s * 1000;

	if (v->has_config && v->config.local.audit_rate > 0 && !getenv(LOCAL_AUDIT_VARIABLE))
		verifying_note(v, AUDIT_SAYS);
	if (v->wish->envelope)
		return judge_file(v, e);
	for (;;) {
		if (judge_all(v, e) < 0)
			return -1;
		if (v->verdict.reason != TRUST_ABSENT || left <= 0)
			return 0;
		int64_t slice = left < WAIT_SLICE_MS ? left : WAIT_SLICE_MS;

		if (!remote_pause(v->remote, slice))
			return err_set(e, ERR_INTERRUPTED, "interrupted while waiting for a result");
		left -= slice;
	}
}
