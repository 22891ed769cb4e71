/* After full CI ran for a commit with a signed result: was it true? A lie is recorded, and its signer is audited from
 * then on; where an audit had held the verdict back, the truth lets it go. */
#include "cmd/local_verify.h"

#include "store/claims.h"

#include <stdlib.h>

extern const struct command cmd_local;

static int64_t nearest(int64_t claimed, int64_t low, int64_t high)
{
	return claimed < low ? low : claimed > high ? high : claimed;
}

static double nearest_percentage(double claimed, double low, double high)
{
	return claimed < low ? low : claimed > high ? high : claimed;
}

/* CI may run the same tests on several machines, or spread them over several: between the smallest job and the sum of
 * all of them nobody is called a liar. */
static void as_claim(struct claim *ret, const struct claim *claim, const struct store_ci_found *found)
{
	*ret = (struct claim){0};
	ret->tests.ran = found->most >= 0;
	ret->tests.total = nearest(claim->tests.total, found->least, found->most);
	ret->tests.failed = found->failed < 0 ? 0 : found->failed;
	ret->tests.failed_ids = found->failed_ids;
	ret->coverage.ran = found->coverage_high >= 0;
	ret->coverage.percentage =
		nearest_percentage(claim->coverage.percentage, found->coverage_low, found->coverage_high);
	ret->linting.ran = found->lint_high >= 0;
	ret->linting.issues = nearest(claim->linting.issues, found->lint_low, found->lint_high);
}

static bool measured_all(const struct claim *claim, const struct claim *found)
{
	return (!claim->tests.ran || found->tests.ran) &&
	       (claim->tests.ran || found->coverage.ran || found->linting.ran);
}

/* The verdict after the audit. */
static int tell(struct verifying *v, const char *lie, bool green, struct err *e)
{
	struct trust_verdict *t = &v->verdict;

	if (lie) {
		t->trusted = false;
		t->reason = TRUST_FLAGGED;
		t->says = arena_format(&v->arena, "full CI found something else than %s signed: %s",
			t->principal ? t->principal : "the signer", lie);
		return verify_tell(v, NULL, e);
	}
	if (!green || (t->reason != TRUST_AUDIT && t->reason != TRUST_FLAGGED))
		return 0;
	t->trusted = true;
	t->reason = TRUST_ACCEPTED;
	t->says = arena_format(
		&v->arena, "audited: full CI found the same as %s signed", t->principal ? t->principal : "the signer");
	return verify_tell(v, NULL, e);
}

static int compare(struct verifying *v, bool green, struct err *e)
{
	const struct trust_verdict *t = &v->verdict;
	const struct claim *claim = &t->statement.claim;
	struct store_ci_found found;
	struct claim seen;
	const char *lie;

	if (!t->has_statement || strcmp(t->statement.subject_commit, v->sha) != 0)
		return 0;
	if (store_ci_found(v->store, v->remote->repository, v->sha, &v->arena, &found, e) < 0)
		return -1;
	if (!found.jobs)
		return 0;
	as_claim(&seen, claim, &found);
	audit_compare(claim, &seen, &v->arena, &lie);
	if (!lie && !measured_all(claim, &seen))
		return 0;
	if (store_claim_audited(v->store, t->principal, t->fingerprint, v->sha, lie, e) < 0)
		return -1;
	return tell(v, lie, green, e);
}

static int audit(struct action *a, struct session *s, struct err *e)
{
	const struct verify_wish wish = {.sha = a->event.head_sha, .config = a->in.config, .db = a->in.db};
	struct verifying v = {.session = s, .wish = &wish};
	int rc;

	config_defaults(&v.config);
	rc = remote_open(&v.remote, s, NULL, e);
	if (rc == 0)
		rc = store_open(&v.store, wish.db, STORE_WRITE, true, e);
	if (rc == 0 && (verify_rules(&v, e) < 0 || verify_subject(&v, e) < 0 || verify_judge(&v, e) < 0))
		rc = -1;
	if (rc == 0)
		rc = compare(&v, a->event.conclusion && strcmp(a->event.conclusion, "success") == 0, e);
	verifying_done(&v);
	return rc < 0 ? err_wrap(e, "the audit of a local result") : 0;
}

static bool is_wanted(const struct action *a)
{
	const struct config *c = &a->config;

	return a->in.record && !a->in.dry_run && verify_is_sha(a->event.head_sha) &&
	       (c->local.check_count || c->local.coverage >= 0 || c->local.pass_rate >= 0);
}

static bool is_posted(struct session *s, const char *repository, const char *commit)
{
	const struct remote_options o = {.repository = repository};
	struct remote *remote;
	struct err e;
	BUF_AUTO envelope = {0};
	bool is = false;

	if (remote_open(&remote, s, &o, &e) < 0)
		return false;
	is = local_envelope_get(remote->github, commit, &envelope, NULL, &e) == 0;
	remote_close(remote);
	return is;
}

static const char *const no_options[] = {NULL};

bool action_is_attested(struct action *a)
{
	struct errand_session s;
	struct err e;

	if (!is_wanted(a))
		return false;
	bool is = errand_begin(&s, a, &cmd_local, no_options, &e) == 0 &&
		  (is_posted(&s.session, NULL, a->event.head_sha) ||
			  (a->event.fork && a->event.head_repository &&
				  is_posted(&s.session, a->event.head_repository, a->event.head_sha)));

	errand_end(&s);
	return is;
}

int action_audit(struct action *a, struct err *e)
{
	struct errand_session s;
	int rc = errand_begin(&s, a, &cmd_local, no_options, e);

	if (rc == 0)
		rc = audit(a, &s.session, e);
	errand_end(&s);
	return rc;
}
