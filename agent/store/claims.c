#include "store/claims.h"

#include "base/hash.h"
#include "store/internal.h"

/* Names of actions in the audit log. */
#define TRUSTED "local-trusted"
#define HELD "local-held"
#define LIE "local-lie"

/* ---- nonces --------------------------------------------------------------------------------------------------- */

/* Not the nonce itself: redaction would take it for a secret. */
static void nonce_digest(const char *nonce, char hex[HASH_HEX_MAX])
{
	hash_view(view_of(nonce), hex);
}

int store_claim_trusted(struct store *s, const char *nonce, const char *commit, struct err *e)
{
	BUF_AUTO detail = buf_new(BUF_LINE);
	char hex[HASH_HEX_MAX];

	nonce_digest(nonce, hex);
	buf_addf(&detail, "%s %s", hex, commit);
	return store_audit_once(s, TRUSTED, buf_text(&detail), e);
}

int store_claim_seen(struct store *s, const char *nonce, const char *commit, bool *ret, struct err *e)
{
	char hex[HASH_HEX_MAX];
	int64_t one;
	int rc;

	nonce_digest(nonce, hex);
	rc = db_find(&s->db, &one,
		"SELECT 1 FROM audit WHERE action = '" TRUSTED "' AND substr(detail, 1, 64) = ?1 "
		"AND substr(detail, 66) <> ?2 LIMIT 1",
		WITH(TEXT(hex), TEXT(commit)), e);
	*ret = rc == 1;
	return rc < 0 ? -1 : 0;
}

/* ---- audits --------------------------------------------------------------------------------------------------- */

/* "<digest of the name> <digest of the key> <commit> <name>: <what differs>": digests have one length, and none of them
 * is taken for a secret. */
static void signer_digests(
	const char *principal, const char *fingerprint, char name[HASH_HEX_MAX], char key[HASH_HEX_MAX])
{
	hash_view(view_of(principal ? principal : ""), name);
	hash_view(view_of(fingerprint ? fingerprint : ""), key);
}

int store_claim_audited(struct store *s, const char *principal, const char *fingerprint, const char *commit,
	const char *lie, struct err *e)
{
	BUF_AUTO detail = buf_new(BUF_LINE);
	char name[HASH_HEX_MAX], key[HASH_HEX_MAX];

	signer_digests(principal, fingerprint, name, key);
	buf_addf(&detail, "%s %s %s %s%s%s", name, key, commit, principal ? principal : "", lie ? ": " : "",
		lie ? lie : "");
	return store_audit_once(s, lie ? LIE : HELD, buf_text(&detail), e);
}

int store_claim_flagged(struct store *s, const char *principal, const char *fingerprint, bool *ret, struct err *e)
{
	char name[HASH_HEX_MAX], key[HASH_HEX_MAX];
	int64_t one;
	int rc;

	signer_digests(principal, fingerprint, name, key);
	rc = db_find(&s->db, &one,
		"SELECT 1 FROM audit WHERE action = '" LIE "' AND (substr(detail, 1, 64) = ?1 "
		"OR substr(detail, 66, 64) = ?2) LIMIT 1",
		WITH(TEXT(name), TEXT(key)), e);
	*ret = rc == 1;
	return rc < 0 ? -1 : 0;
}

/* ---- what CI found -------------------------------------------------------------------------------------------- */

#define OF_COMMIT                                                                                                      \
	"FROM job j JOIN run r ON r.id = j.run WHERE r.repository = ?1 AND r.sha = ?2 AND r.space = 'ci' "             \
	"AND j.conclusion IN ('success', 'failure') "

static int read_tests(struct store *s, const char *repository, const char *commit, struct store_ci_found *ret,
	int64_t *ret_green, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT coalesce(j.passed, 0) + coalesce(j.failed, 0) + coalesce(j.skipped, 0) + "
		    "coalesce(j.errors, 0), "
		    "coalesce(j.failed, 0) + coalesce(j.errors, 0) " OF_COMMIT
		    "AND coalesce(j.passed, j.failed, j.skipped, j.errors) IS NOT NULL",
		    WITH(TEXT(repository), TEXT(commit)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		int64_t total = db_integer(&rows, 0), failed = db_integer(&rows, 1);

		if (total <= 0)
			continue;
		ret->jobs++;
		ret->least = ret->least < 0 || total < ret->least ? total : ret->least;
		ret->most = (ret->most < 0 ? 0 : ret->most) + total;
		ret->failed = (ret->failed < 0 ? 0 : ret->failed) + failed;
		if (!failed && total > *ret_green)
			*ret_green = total;
	}
	return rc;
}

/* Those that passed nowhere. */
static int read_failed(struct store *s, const char *repository, const char *commit, struct arena *a,
	struct store_ci_found *ret, struct err *e)
{
	const char **ids = arena_array(a, STORE_CLAIM_FAILED_MAX + 1, sizeof(*ids));
	struct db_rows rows;
	size_t n = 0;
	int rc;

	ret->failed_ids = ids;
	if (db_query(&rows, &s->db,
		    "SELECT DISTINCT test FROM test_results WHERE repository = ?1 AND sha = ?2 AND space = 'ci' "
		    "AND outcome IN ('failed', 'error') AND test NOT IN (SELECT test FROM test_results "
		    "WHERE repository = ?1 AND sha = ?2 AND space = 'ci' AND outcome = 'passed') ORDER BY test LIMIT "
		    "?3",
		    WITH(TEXT(repository), TEXT(commit), INTEGER(STORE_CLAIM_FAILED_MAX)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		ids[n++] = arena_text(a, db_text(&rows, 0));
	if (rc == 0 && ret->failed > (int64_t)n)
		ret->failed = (int64_t)n;
	return rc;
}

static int read_coverage(
	struct store *s, const char *repository, const char *commit, struct store_ci_found *ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT min(c.percent), max(c.percent), count(c.percent) FROM coverage c "
		    "WHERE c.repository = ?1 AND c.sha = ?2 AND c.space = 'ci'",
		    WITH(TEXT(repository), TEXT(commit)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		if (db_integer(&rows, 2) > 0) {
			ret->coverage_low = db_real(&rows, 0);
			ret->coverage_high = db_real(&rows, 1);
			ret->jobs += ret->jobs == 0;
		}
	return rc;
}

static int read_lint(
	struct store *s, const char *repository, const char *commit, struct store_ci_found *ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT min(n), sum(n), count(*) FROM (SELECT sum(l.errors + l.warnings + l.infos) AS n "
		    "FROM lint_report l JOIN job j ON j.id = l.job JOIN run r ON r.id = j.run "
		    "WHERE r.repository = ?1 AND r.sha = ?2 AND r.space = 'ci' GROUP BY l.job)",
		    WITH(TEXT(repository), TEXT(commit)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		if (db_integer(&rows, 2) > 0) {
			ret->lint_low = db_integer(&rows, 0);
			ret->lint_high = db_integer(&rows, 1);
			ret->jobs += ret->jobs == 0;
		}
	return rc;
}

int store_ci_found(struct store *s, const char *repository, const char *commit, struct arena *a,
	struct store_ci_found *ret, struct err *e)
{
	int64_t green = -1;

	*ret = (struct store_ci_found){.least = -1,
		.most = -1,
		.failed = -1,
		.coverage_low = -1,
		.coverage_high = -1,
		.lint_low = -1,
		.lint_high = -1};
	if (read_tests(s, repository, commit, ret, &green, e) != 0 ||
		read_failed(s, repository, commit, a, ret, e) != 0 ||
		read_coverage(s, repository, commit, ret, e) != 0 || read_lint(s, repository, commit, ret, e) != 0)
		return -1;
	/* the same tests are green elsewhere: what failed is of that machine */
	if (ret->failed > 0 && green >= 0 && green == ret->least) {
		ret->failed = 0;
		ret->failed_ids = arena_array(a, 1, sizeof(*ret->failed_ids));
	}
	return 0;
}
