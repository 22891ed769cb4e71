/* audit.c - some of what is trusted is run again all the same, and held against what was said. */
#include "attest/trust.h"

#include <math.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

/* A number from 0 up to 1 that only who has the secret can know beforehand. */
static bool draw(const char *commit, const char *secret, double *ret)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	uint64_t first = 0;

	if (!HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)commit, strlen(commit), sum, &n))
		return false;
	for (unsigned i = 0; i < 6; i++) /* 48 bits: exact in a double */
		first = first << 8 | sum[i];
	*ret = ldexp((double)first, -48);
	return n >= 6;
}

bool audit_chosen(const char *commit, const char *secret, double rate)
{
	double drawn;

	if (rate <= 0)
		return false;
	if (!commit || !secret || !*secret || strlen(secret) > 1 << 20 || !(rate < 1))
		return true;
	return !draw(commit, secret, &drawn) || drawn < rate;
}

/* ---- the claim beside what was found -------------------------------------------------------------------------- */

static bool has(const char *const *ids, const char *id)
{
	for (; ids && *ids; ids++)
		if (strcmp(*ids, id) == 0)
			return true;
	return false;
}

static size_t length(const char *const *ids)
{
	size_t n = 0;

	while (ids && ids[n])
		n++;
	return n;
}

/* Names up to three of those in `ids` that are not in `others`. */
static void add_ids(struct buf *out, const char *const *ids, const char *const *others, const char *what)
{
	size_t n = 0;

	for (; ids && *ids; ids++) {
		if (has(others, *ids))
			continue;
		if (++n <= 3)
			buf_addf(out, "%s%.*s", n == 1 ? what : ", ", VIEW_ARG(view_cut_utf8(view_of(*ids), 120)));
	}
	if (n > 3)
		buf_addf(out, " and %zu more", n - 3);
}

static void add_count(struct buf *out, int64_t claimed, int64_t found, const char *what)
{
	if (claimed != found)
		buf_addf(out, "%s%lld %s claimed, %lld found", out->n ? "; " : "", (long long)claimed, what,
			(long long)found);
}

static void compare_tests(struct buf *out, const struct claim *claim, const struct claim *found)
{
	const char *const *said = claim->tests.failed_ids, *const *seen = found->tests.failed_ids;
	bool all_named = (int64_t)length(said) == claim->tests.failed && (int64_t)length(seen) == found->tests.failed;

	add_count(out, claim->tests.total, found->tests.total, "tests");
	add_count(out, claim->tests.failed, found->tests.failed, "failed tests");
	if (!all_named)
		return;
	add_ids(out, seen, said, out->n ? "; failed but not claimed: " : "failed but not claimed: ");
	add_ids(out, said, seen, out->n ? "; claimed to fail but did not: " : "claimed to fail but did not: ");
}

static void compare_runs(struct buf *out, const struct claim *claim, const struct claim *found)
{
	for (size_t i = 0; i < claim->check_count; i++)
		for (size_t k = 0; k < found->check_count; k++)
			if (strcmp(claim->checks[i].name, found->checks[k].name) == 0 &&
				claim->checks[i].passed != found->checks[k].passed)
				buf_addf(out, "%s%s is said to have %s, but %s", out->n ? "; " : "",
					claim->checks[i].name, claim->checks[i].passed ? "passed" : "failed",
					found->checks[k].passed ? "passed" : "failed");
}

void audit_compare(const struct claim *claim, const struct claim *found, struct arena *a, const char **ret_lie)
{
	BUF_AUTO out = buf_new(BUF_LINE);

	if (claim->tests.ran && found->tests.ran)
		compare_tests(&out, claim, found);
	if (claim->coverage.ran && found->coverage.ran &&
		fabs(claim->coverage.percentage - found->coverage.percentage) > AUDIT_COVERAGE_SLACK + 1e-9)
		buf_addf(&out, "%scoverage of %.2f %% claimed, %.2f %% found", out.n ? "; " : "",
			claim->coverage.percentage, found->coverage.percentage);
	if (claim->linting.ran && found->linting.ran)
		add_count(&out, claim->linting.issues, found->linting.issues, "lint issues");
	compare_runs(&out, claim, found);
	*ret_lie = out.n ? arena_view(a, buf_view(&out)).p : NULL;
}
