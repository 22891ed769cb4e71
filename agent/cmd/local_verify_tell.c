/* The verdict reaches people and branch protection. */
#include "cmd/local_verify.h"

#include "github/checks.h"

#include <inttypes.h>
#include <stdlib.h>

/* What to do about a rejection. */
static const char *advice_for(enum trust_reason reason)
{
	static const char again[] = "Run `runmedic local run --post` again, at this commit and with a clean tree.";

	switch (reason) {
	case TRUST_ABSENT:
		return "Whoever wants to spare full CI runs `runmedic local run --post` at this commit.";
	case TRUST_COMMIT:
	case TRUST_TREE:
	case TRUST_EXPIRED:
	case TRUST_DIRTY:
	case TRUST_SELECTION:
	case TRUST_REPLAY:
		return again;
	case TRUST_CONFIG:
		return "The checks must be those of the default branch: bring the branch up to date, then run "
		       "`runmedic local run --post` again.";
	case TRUST_UNKNOWN_KEY:
	case TRUST_KEY_TIME:
	case TRUST_NO_SIGNERS:
		return "`runmedic local keys allow` adds a key to the list of allowed signers; it counts once it is on "
		       "the default branch.";
	case TRUST_REVOKED:
		return "`runmedic local keys rotate` makes a new key.";
	case TRUST_FUTURE:
		return "The clock of the machine that made the result is wrong, or this one.";
	case TRUST_FLAGGED:
		return "A maintainer decides what becomes of the key; until then full CI runs for every result of it.";
	default:
		return NULL;
	}
}

/* ---- figures ------------------------------------------------------------------------------------------------------
 */

struct figures {
	struct arena *arena;
	struct publish_local_figure *items;
	size_t n;
};

static void add(struct figures *f, const char *name, const char *found, const char *needed, bool demanded, bool good)
{
	if (f->n < PUBLISH_LOCAL_FIGURES_MAX)
		f->items[f->n++] = (struct publish_local_figure){name, found, demanded ? needed : NULL,
			!demanded ? FIGURE_TOLD
			: good    ? FIGURE_GOOD
				  : FIGURE_BAD};
}

static void add_tests(struct figures *f, const struct claim *c, const struct trust_thresholds *need)
{
	int64_t counted = c->tests.total - c->tests.skipped, passed = counted - c->tests.failed;
	double rate = counted > 0 ? 100.0 * (double)passed / (double)counted : 0;
	bool demanded = need->pass_rate >= 0;

	if (!c->tests.ran)
		return;
	add(f, "Tests passed",
		arena_format(f->arena, "%" PRId64 " of %" PRId64 " (%.2f %%), %" PRId64 " skipped", passed, counted,
			rate, c->tests.skipped),
		demanded ? arena_format(f->arena, "%g %%", need->pass_rate) : "none failed", true,
		demanded ? rate >= need->pass_rate : c->tests.passed && c->tests.failed == 0);
}

static const double *module_found(const struct claim *c, const char *name)
{
	for (size_t i = 0; i < c->coverage.module_count; i++)
		if (strcmp(c->coverage.modules[i].name, name) == 0)
			return &c->coverage.modules[i].percentage;
	return NULL;
}

static void add_coverage(struct figures *f, const struct claim *c, const struct trust_thresholds *need)
{
	if (c->coverage.ran)
		add(f, "Coverage", arena_format(f->arena, "%.2f %%", c->coverage.percentage),
			arena_format(f->arena, "%g %%", need->coverage), need->coverage >= 0,
			c->coverage.percentage >= need->coverage);
	for (size_t i = 0; i < need->module_count; i++) {
		const double *found = module_found(c, need->modules[i].name);

		add(f, arena_format(f->arena, "Coverage of %s", need->modules[i].name),
			found ? arena_format(f->arena, "%.2f %%", *found) : "not measured",
			arena_format(f->arena, "%g %%", need->modules[i].coverage), true,
			found && *found >= need->modules[i].coverage);
	}
}

static void add_checks(struct figures *f, const struct claim *c, const struct trust_thresholds *need)
{
	if (c->linting.ran)
		add(f, "Lint issues", arena_format(f->arena, "%" PRId64, c->linting.issues),
			arena_format(f->arena, "at most %" PRId64, need->lint), need->lint >= 0,
			c->linting.issues <= need->lint);
	for (size_t i = 0; i < c->check_count; i++) {
		const struct claim_check *k = &c->checks[i];
		const char *found = k->passed      ? arena_format(f->arena, "passed in %.1f s", k->seconds)
				    : k->timed_out ? "timed out"
						   : arena_format(f->arena, "failed (exit %d)", k->exit_code);

		add(f, arena_format(f->arena, "Check %s", k->name), found, "passed", true, k->passed);
	}
}

static void add_state(struct figures *f, const struct claim *c, const struct trust_thresholds *need)
{
	char age[CLOCK_TEXT_MAX], most[CLOCK_TEXT_MAX];
	int64_t us = clock_now() - c->timestamp;

	add(f, "Age", arena_text(f->arena, clock_duration(us < 0 ? 0 : us, age)),
		arena_format(f->arena, "at most %s", need->max_age >= 0 ? clock_duration(need->max_age, most) : ""),
		need->max_age >= 0, us <= need->max_age);
	add(f, "Files beside the commit",
		arena_format(f->arena, "%s, %u untracked", c->dirty ? "changed" : "unchanged", c->untracked), "none",
		true, !c->dirty && !c->untracked);
}

static void fill_figures(struct verifying *v, struct publish_local *ret)
{
	const struct claim *c = &v->verdict.statement.claim;
	struct trust_thresholds need = {.coverage = -1, .pass_rate = -1, .lint = -1, .max_age = -1};
	struct figures f = {&v->arena, arena_array(&v->arena, PUBLISH_LOCAL_FIGURES_MAX, sizeof(*f.items)), 0};

	trust_thresholds_of(&need, &v->config, &v->arena);
	add_tests(&f, c, &need);
	add_coverage(&f, c, &need);
	add_checks(&f, c, &need);
	add_state(&f, c, &need);
	ret->figures = f.items;
	ret->figure_count = f.n;
	ret->made = c->timestamp;
	ret->expires = c->expires;
	ret->failed_ids = c->tests.ran ? c->tests.failed_ids : NULL;
}

void verify_words(struct verifying *v, const char *why, struct publish_local *ret)
{
	const struct trust_verdict *t = &v->verdict;
	bool audit = t->reason == TRUST_AUDIT || t->reason == TRUST_FLAGGED;

	*ret = (struct publish_local){.name = LOCAL_CHECK,
		.repository = v->remote->repository,
		.head_sha = v->sha,
		.tree = v->tree,
		.details_url = v->wish->details_url,
		.made = CLOCK_UNKNOWN,
		.expires = CLOCK_UNKNOWN,
		.notes = v->notes};
	if (why || !v->judged) {
		ret->state = LOCAL_TROUBLE;
		ret->reason = "trouble";
		ret->says = why ? why : "no verdict was reached";
		ret->advice = "Full CI runs as ever. To try again, run the workflow of local verify once more.";
		return;
	}
	ret->state = t->trusted ? LOCAL_TRUSTED : audit ? LOCAL_AUDIT : LOCAL_REJECTED;
	ret->reason = trust_reason_name(t->reason);
	ret->says = t->says;
	ret->advice =
		t->trusted || v->wish->queue ? NULL : advice_for(t->reason); /* nobody can run the queue's commit */
	ret->principal = t->principal;
	ret->fingerprint = *t->fingerprint ? t->fingerprint : NULL;
	if (t->has_statement)
		fill_figures(v, ret);
}

/* ---- check run, status ----------------------------------------------------------------------------------------------
 */

static int put_check(struct verifying *v, const struct publish_local *words, struct err *e)
{
	struct publish_check c;
	char *url = NULL;

	publish_local_check(&c, words);
	const struct github_check check = {.name = c.name,
		.head_sha = c.head_sha,
		.external_id = c.external_id,
		.details_url = c.details_url,
		.conclusion = c.conclusion,
		.outputs = c.outputs};
	int rc = github_check_put(v->remote->github, &check, &url, e);

	v->check_url = url ? arena_text(&v->arena, url) : v->check_url;
	free(url);
	publish_check_done(&c);
	return rc;
}

static int put_status(struct verifying *v, const struct publish_local *words, struct err *e)
{
	struct publish_status s;

	publish_local_status(&s, words);
	int rc = github_status_put(v->remote->github, v->sha, s.state, s.context, s.description,
		v->check_url ? v->check_url : s.target_url, e);

	publish_status_done(&s);
	return rc;
}

int verify_tell(struct verifying *v, const char *why, struct err *e)
{
	struct publish_local words;
	struct err check = {0}, status = {0};

	if (v->wish->dry_run || !v->sha)
		return 0;
	if (github_token_kind(v->remote->github) == GITHUB_NO_TOKEN && v->remote->token_from == REMOTE_ANONYMOUS)
		return err_set(e, ERR_AUTH, "the verdict cannot be posted without a token; --dry-run only shows it");
	verify_words(v, why, &words);
	int checked = put_check(v, &words, &check), stated = put_status(v, &words, &status);

	v->posted = checked == 0 || stated == 0;
	if (checked < 0 && stated < 0)
		return err_set(
			e, check.code, "the verdict could not be posted: %.450s; %.450s", check.text, status.text);
	if (checked < 0)
		verifying_note(v, "no check run: %s", check.text);
	if (stated < 0)
		verifying_note(v, "no commit status: %s", status.text);
	return 0;
}
