/* What became of fixes, read back from GitHub where the history was lost: fix branches name us, commits carry trailers,
 * pull requests and reverts tell how it ended. */
#include "cmd/history.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/progress.h"
#include "github/refs.h"
#include "github/repos.h"
#include "plan/delivery.h"
#include "publish/deliver.h"
#include "store/delivery.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PULLS_MAX 1000u
#define FIXES_MAX 100u          /* of one pull request */
#define COMMITS_LOOKED_AT 1000u /* of the default branch, for reverts */

struct pull {
	int number;
	const char *branch, *base_branch, *merge_sha, *body;
	bool merged, closed;
	int64_t closed_at;
};

struct reading {
	struct history_outcomes *result;
	struct remote *remote;
	struct store *store;
	struct arena arena;
	int64_t since;
	struct pull *pulls;
	size_t count, cap;
	const char **reverted; /* shas that a commit of the default branch takes back */
	size_t reverted_count, reverted_cap;
	/* of the pull request that is being read */
	const struct pull *pull;
	const char *base_sha;
	struct publish_pull_facts facts;
	struct open_fix {
		int64_t id;
		enum outcome outcome;
	} open[FIXES_MAX];
	size_t open_count;
	int rc;
	struct err *e;
};

/* ---- what is there --------------------------------------------------------------------------------- */

static int64_t time_of(const cJSON *j, const char *name)
{
	int64_t at = CLOCK_UNKNOWN;

	clock_parse(view_of(json_text(j, name)), &at);
	return at;
}

/* Newest first; a branch of this very repository, because only who may write could make it. */
static bool on_pull(void *context, const cJSON *j)
{
	struct reading *r = context;
	const cJSON *head = json_get(j, "head");
	const char *branch = json_text(head, "ref"), *from = json_text(json_get(head, "repo"), "full_name");
	int64_t updated = time_of(j, "updated_at");

	if (r->since != CLOCK_UNKNOWN && updated != CLOCK_UNKNOWN && updated < r->since)
		return false;
	if (!branch || !from || !view_starts(view_of(branch), DELIVERY_BRANCH_PREFIX) ||
		!view_eq_nocase(view_of(from), view_of(r->remote->repository)))
		return true;
	MEM_PUSH(r->pulls, r->count, r->cap);
	r->pulls[r->count++] = (struct pull){.number = (int)json_int(j, "number", 0),
		.branch = arena_text(&r->arena, branch),
		.base_branch = arena_text(&r->arena, json_text(json_get(j, "base"), "ref")),
		.merge_sha = arena_text(&r->arena, json_text(j, "merge_commit_sha")),
		.body = arena_text(&r->arena, json_text(j, "body")),
		.merged = json_text(j, "merged_at") != NULL,
		.closed = json_text(j, "state") && !strcmp(json_text(j, "state"), "closed"),
		.closed_at = time_of(j, json_text(j, "merged_at") ? "merged_at" : "closed_at")};
	return r->count < PULLS_MAX;
}

static bool on_commit(void *context, const struct github_commit *c)
{
	struct reading *r = context;
	struct delivery_trailers t;

	delivery_trailers(&t, view_of(c->message));
	if (t.reverts.n) {
		MEM_PUSH(r->reverted, r->reverted_count, r->reverted_cap);
		r->reverted[r->reverted_count++] = arena_view(&r->arena, t.reverts).p;
	}
	return r->since == CLOCK_UNKNOWN || c->at == CLOCK_UNKNOWN || c->at >= r->since;
}

static bool is_reverted(const struct reading *r, const char *sha)
{
	for (size_t i = 0; sha && i < r->reverted_count; i++)
		if (strlen(r->reverted[i]) >= 7 && view_starts(view_of(sha), r->reverted[i]))
			return true;
	return false;
}

/* ---- into the history ------------------------------------------------------------------------------ */

static const char *text_of(struct arena *a, struct view v)
{
	return v.n ? arena_view(a, v).p : NULL;
}

static int64_t run_of(struct view url)
{
	size_t at = view_find(url, "/actions/runs/");
	uint64_t id;
	struct view rest = view_from(url, at == VIEW_NONE ? url.n : at + strlen("/actions/runs/"));

	return view_number(view_sub(rest, 0, view_find_char(rest, '/')), INT64_MAX, &id) ? (int64_t)id : 0;
}

static enum outcome outcome_of(const struct reading *r, const char *commit)
{
	if (!r->pull->merged)
		return r->facts.withdrawn ? OUTCOME_WITHDRAWN : OUTCOME_CLOSED;
	return is_reverted(r, r->pull->merge_sha) || is_reverted(r, commit) ? OUTCOME_REVERTED : OUTCOME_MERGED;
}

static int record(struct reading *r, const struct github_commit *c, const struct delivery_trailers *t)
{
	struct store_delivery d = {.repository = r->remote->repository,
		.fixer = text_of(&r->arena, t->fixer),
		.rule = text_of(&r->arena, t->rule),
		.signature = text_of(&r->arena, t->signature),
		.way = delivery_way_name(DELIVERY_PULL),
		.branch = r->pull->base_branch,
		.base_sha = r->base_sha,
		.commit = c->sha,
		.fix_branch = r->pull->branch,
		.pull = r->pull->number,
		.run = run_of(t->run),
		.at = c->at,
		.settled_at = CLOCK_UNKNOWN};

	if (store_deliver(r->store, &d, r->e) != 0)
		return -1;
	r->result->fixes++;
	r->result->outcomes += r->pull->closed;
	return 0;
}

/* What is settled already is none of these. */
static bool on_open(void *context, const struct store_delivery *d)
{
	struct reading *r = context;

	if (r->open_count < FIXES_MAX)
		r->open[r->open_count++] = (struct open_fix){d->id, outcome_of(r, d->commit)};
	return r->open_count < FIXES_MAX;
}

static int settle(struct reading *r, struct err *e)
{
	const struct pull *p = r->pull;

	r->open_count = 0;
	if (store_open_deliveries(r->store, r->remote->repository, p->number, NULL, on_open, r, e) != 0)
		return -1;
	for (size_t i = 0; i < r->open_count; i++)
		if (store_settle(r->store, r->open[i].id, r->open[i].outcome,
			    p->closed_at == CLOCK_UNKNOWN ? clock_now() : p->closed_at,
			    "read back from the pull request", e) != 0)
			return -1;
	return 0;
}

/* All fixes of one pull request were made for the commit below the first. */
static bool on_pull_commit(void *context, const struct github_commit *c)
{
	struct reading *r = context;
	struct delivery_trailers t;

	delivery_trailers(&t, view_of(c->message));
	if (!t.ours)
		return true;
	if (!r->base_sha)
		r->base_sha = arena_text(&r->arena, c->parents[0]);
	r->rc = record(r, c, &t);
	return r->rc == 0;
}

static int read_pull(struct reading *r, const struct pull *p, struct err *e)
{
	r->pull = p;
	r->base_sha = NULL;
	r->facts = (struct publish_pull_facts){0};
	if (p->body)
		publish_pull_read(&r->facts, view_of(p->body));
	if (github_pull_commits(r->remote->github, p->number, on_pull_commit, r, e) < 0)
		return -1;
	return r->rc == 0 && p->closed ? settle(r, e) : r->rc;
}

static int read_all(struct reading *r, struct err *e)
{
	struct github_repo repo;
	struct progress *p;
	int rc = 0;

	if (github_repo_get(r->remote->github, &r->arena, &repo, e) < 0 ||
		github_each(r->remote->github, "/repos/{repo}/pulls?state=all&sort=updated&direction=desc", NULL,
			on_pull, r, NULL, e) < 0)
		return -1;
	r->result->pulls = r->count;
	if (r->count && github_commits(r->remote->github, repo.default_branch, COMMITS_LOOKED_AT, on_commit, r, e) < 0)
		return -1;
	p = progress_start("outcomes", !r->remote->session->quiet);
	for (size_t i = r->count; i-- > 0 && rc == 0;) {
		rc = read_pull(r, &r->pulls[i], e);
		progress_update(p, r->count - i, r->count, "pull requests");
	}
	progress_end(p);
	return rc;
}

int history_read_outcomes(
	struct remote *remote, struct store *store, int64_t since, struct history_outcomes *ret, struct err *e)
{
	struct reading r = {.result = ret, .remote = remote, .store = store, .since = since, .e = e};
	int rc;

	*ret = (struct history_outcomes){0};
	rc = read_all(&r, e);
	free(r.pulls);
	free(r.reverted);
	arena_done(&r.arena);
	return rc;
}
