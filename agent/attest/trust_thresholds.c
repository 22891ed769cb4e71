/* trust_thresholds.c - do the figures suffice? By the configuration of the base: what the result says of its own
 * thresholds counts for nothing. */
#include "attest/trust_internal.h"

#include <inttypes.h>

#define NAMED_MAX 5

static void take_required(struct trust_thresholds *ret, const struct config *c, struct arena *a)
{
	const struct config_list *named = &c->local.require;
	const char **names = arena_array(a, c->local.check_count + 1, sizeof(*names));

	for (size_t i = 0; i < c->local.check_count; i++)
		names[i] = c->local.checks[i].name;
	ret->require = named->n ? named->items : names;
	ret->require_count = named->n ? named->n : c->local.check_count;
}

void trust_thresholds_of(struct trust_thresholds *ret, const struct config *c, struct arena *a)
{
	struct trust_module *modules = arena_array(a, c->local.module_count + 1, sizeof(*modules));

	for (size_t i = 0; i < c->local.module_count; i++)
		modules[i] = (struct trust_module){c->local.modules[i].path, c->local.modules[i].coverage};
	*ret = (struct trust_thresholds){.coverage = c->local.coverage,
		.pass_rate = c->local.pass_rate,
		.lint = c->local.lint == CONFIG_LINT_ANY ? -1 : (int64_t)c->local.lint,
		.max_age = c->local.max_age_h * 3600 * CLOCK_SECOND,
		.modules = modules,
		.module_count = c->local.module_count};
	take_required(ret, c, a);
}

static const struct claim_check *find_run(const struct claim *r, const char *name)
{
	for (size_t i = 0; i < r->check_count; i++)
		if (strcmp(r->checks[i].name, name) == 0)
			return &r->checks[i];
	return NULL;
}

/* Results of other scripts list no runs: there the three words stand for checks of that name. */
static bool has_run(const struct claim *r, const char *name)
{
	if (r->check_count)
		return find_run(r, name) != NULL;
	return (r->tests.ran && strcmp(name, "tests") == 0) || (r->coverage.ran && strcmp(name, "coverage") == 0) ||
	       (r->linting.ran && strcmp(name, "linting") == 0);
}

bool trust_missing(struct judging *j)
{
	const struct trust_thresholds *n = &j->need;
	const struct claim *r = j->claim;
	char percent[TRUST_PERCENT_MAX];

	for (size_t i = 0; i < n->require_count; i++)
		if (!has_run(r, n->require[i]))
			return trust_reject(j, TRUST_CHECKS_MISSING, "the check `%.80s` did not run", n->require[i]);
	if (n->coverage >= 0 && !r->coverage.ran)
		return trust_reject(j, TRUST_CHECKS_MISSING, "coverage was not measured; %s %% are demanded",
			trust_percent(n->coverage, percent));
	if (n->pass_rate >= 0 && !r->tests.ran)
		return trust_reject(j, TRUST_CHECKS_MISSING, "no tests were counted; a pass rate of %s %% is demanded",
			trust_percent(n->pass_rate, percent));
	if (n->lint >= 0 && !r->linting.ran)
		return trust_reject(j, TRUST_CHECKS_MISSING,
			"linting did not run; at most %" PRId64 " issues are allowed", n->lint);
	if (n->require_count || n->coverage >= 0 || n->pass_rate >= 0 || n->lint >= 0 || n->module_count)
		return true;
	return trust_reject(j, TRUST_CHECKS_MISSING,
		"the configuration of the base names neither checks nor thresholds: nothing to hold a result against");
}

/* ---- failures ------------------------------------------------------------------------------------------------- */

double trust_pass_rate(const struct claim *r)
{
	int64_t counted = r->tests.total - r->tests.skipped;

	return counted ? 100.0 * (double)(counted - r->tests.failed) / (double)counted : 0;
}

static bool tolerates_tests(const struct judging *j)
{
	return j->need.pass_rate >= 0 && j->need.pass_rate < 100 && j->claim->tests.ran && j->claim->tests.failed > 0;
}

static bool tolerates_lint(const struct judging *j)
{
	return j->need.lint >= 0 && j->claim->linting.ran && j->claim->linting.issues > 0;
}

/* A check that failed because of tests, issues or coverage that it measured: those figures are judged, further down,
 * with more to say than "exit 1". */
static bool is_explained(const struct judging *j, const struct claim_check *run)
{
	const struct config *c = j->f->config;
	const struct claim *r = j->claim;

	if (run->timed_out || run->exit_code < 0)
		return false;
	for (size_t i = 0; i < c->local.check_count; i++)
		if (strcmp(c->local.checks[i].name, run->name) == 0)
			return (c->local.checks[i].junit && r->tests.failed > 0) ||
			       (c->local.checks[i].coverage && r->coverage.ran && !r->coverage.passed) ||
			       (c->local.checks[i].lint && !r->linting.passed && r->linting.issues > 0);
	return false;
}

/* "tests (exit 1), lint (stopped after its time)" */
static void add_run(struct buf *out, const struct claim_check *run)
{
	buf_addf(out, "%s`%.80s`", out->n ? ", " : "", run->name);
	if (run->timed_out)
		buf_add_text(out, " (stopped after its time)");
	else if (run->exit_code < 0)
		buf_add_text(out, " (did not end by itself)");
	else
		buf_addf(out, " (exit %d)", run->exit_code);
}

bool trust_failed(struct judging *j)
{
	const struct claim *r = j->claim;
	BUF_AUTO names = buf_new(BUF_LINE);
	size_t failed = 0;

	for (size_t i = 0; i < r->check_count; i++)
		if (!r->checks[i].passed && !is_explained(j, &r->checks[i]) && ++failed <= NAMED_MAX)
			add_run(&names, &r->checks[i]);
	if (failed)
		return trust_reject(j, TRUST_FAILED, "%zu of %zu checks failed: %s%s", failed, r->check_count,
			buf_text(&names), failed > NAMED_MAX ? ", ..." : "");
	if (r->tests.ran && !r->tests.passed && r->tests.failed == 0)
		return trust_reject(j, TRUST_FAILED,
			"the tests did not pass, though none of %" PRId64 " is counted as failed", r->tests.total);
	return true;
}

static const char *failed_names(const struct judging *j)
{
	const char *const *id = j->claim->tests.failed_ids;
	BUF_AUTO out = buf_new(BUF_LINE);
	size_t n = 0;

	for (; id && *id && n < NAMED_MAX; id++, n++)
		buf_addf(&out, "%s%.*s", n ? ", " : ": ", VIEW_ARG(view_cut_utf8(view_of(*id), 120)));
	if (n && j->claim->tests.failed > (int64_t)n)
		buf_add_text(&out, ", ...");
	return arena_format(j->a, "%s", buf_text(&out));
}

bool trust_tests(struct judging *j)
{
	char percent[TRUST_PERCENT_MAX], least[TRUST_PERCENT_MAX];
	const struct claim *r = j->claim;

	if (!r->tests.ran)
		return true;
	if (r->tests.failed && !tolerates_tests(j))
		return trust_reject(j, TRUST_TESTS, "%" PRId64 " of %" PRId64 " tests failed%s", r->tests.failed,
			r->tests.total, failed_names(j));
	if (j->need.pass_rate < 0)
		return true;
	if (r->tests.total == r->tests.skipped)
		return trust_reject(j, TRUST_PASS_RATE,
			"no test ran (%" PRId64 " skipped); a pass rate of %s %% is demanded", r->tests.skipped,
			trust_percent(j->need.pass_rate, least));
	if (trust_pass_rate(r) < j->need.pass_rate - TRUST_EXACT)
		return trust_reject(j, TRUST_PASS_RATE,
			"pass rate %s %% is below %s %%: %" PRId64 " of %" PRId64 " tests failed%s",
			trust_percent(trust_pass_rate(r), percent), trust_percent(j->need.pass_rate, least),
			r->tests.failed, r->tests.total - r->tests.skipped, failed_names(j));
	return true;
}

/* ---- coverage, lint ------------------------------------------------------------------------------------------- */

bool trust_coverage(struct judging *j)
{
	char percent[TRUST_PERCENT_MAX], least[TRUST_PERCENT_MAX];

	if (j->need.coverage < 0 || j->claim->coverage.percentage >= j->need.coverage - TRUST_EXACT)
		return true;
	return trust_reject(j, TRUST_COVERAGE, "coverage %s %% is below %s %%",
		trust_percent(j->claim->coverage.percentage, percent), trust_percent(j->need.coverage, least));
}

const struct claim_module *trust_module_of(const struct claim *r, const char *name)
{
	for (size_t i = 0; i < r->coverage.module_count; i++)
		if (strcmp(r->coverage.modules[i].name, name) == 0)
			return &r->coverage.modules[i];
	return NULL;
}

bool trust_modules(struct judging *j)
{
	char percent[TRUST_PERCENT_MAX], least[TRUST_PERCENT_MAX];

	for (size_t i = 0; i < j->need.module_count; i++) {
		const struct trust_module *wanted = &j->need.modules[i];
		const struct claim_module *m = trust_module_of(j->claim, wanted->name);

		trust_percent(wanted->coverage, least);
		if (!m)
			return trust_reject(j, TRUST_MODULE, "no coverage is given for %.80s; %s %% are demanded",
				wanted->name, least);
		if (m->percentage < wanted->coverage - TRUST_EXACT)
			return trust_reject(j, TRUST_MODULE, "coverage of %.80s, %s %%, is below %s %%", wanted->name,
				trust_percent(m->percentage, percent), least);
	}
	return true;
}

bool trust_lint(struct judging *j)
{
	const struct claim *r = j->claim;

	if (j->need.lint >= 0 && r->linting.issues > j->need.lint)
		return trust_reject(j, TRUST_LINT, "%" PRId64 " lint issues; at most %" PRId64 " are allowed",
			r->linting.issues, j->need.lint);
	if (r->linting.ran && !r->linting.passed && !tolerates_lint(j))
		return trust_reject(j, TRUST_LINT, "linting did not pass, with %" PRId64 " issues", r->linting.issues);
	return true;
}

/* What the result says of itself for a reason that none of the figures shows. */
bool trust_whole(struct judging *j)
{
	const struct claim *r = j->claim;
	char percent[TRUST_PERCENT_MAX];

	if (r->coverage.ran && !r->coverage.passed)
		return trust_reject(j, TRUST_COVERAGE, "the coverage of %s %% did not pass, by the result itself",
			trust_percent(r->coverage.percentage, percent));
	if (!r->passed && !tolerates_tests(j) && !tolerates_lint(j))
		return trust_reject(j, TRUST_FAILED, "the result itself says that it did not pass");
	return true;
}
