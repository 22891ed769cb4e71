/* The envelope reaches GitHub: ref, status, and the event that has it verified. */
#include "cmd/local_post.h"

#include "github/checks.h"
#include "github/refs.h"
#include "github/repos.h"
#include "github/reruns.h"
#include "heal/heal.h"

#include <stdlib.h>

#define PENDING "posted, not verified yet"

static int check_commit(struct local_posting *p, struct err *e)
{
	struct github_commit there;

	if (github_commit_get(p->remote->github, p->commit, &p->arena, &there, e) < 0) {
		if (e->code == ERR_NOT_FOUND || e->code == ERR_INPUT)
			return err_set(e, ERR_NOT_FOUND,
				"commit %.12s is not in %s on GitHub: push it first, then post", p->commit,
				p->remote->repository);
		return -1;
	}
	if (!there.tree || strcmp(there.tree, p->tree) != 0)
		return err_set(e, ERR_INPUT, "commit %.12s has tree %.12s on GitHub, the result is of %.12s", p->commit,
			there.tree ? there.tree : "?", p->tree);
	return 0;
}

/* ---- what stands beside the commit ----------------------------------------------------------------------------- */

static bool on_status(void *context, const cJSON *item)
{
	const char *name = json_text(item, "context");
	bool *found = context;

	*found = *found || (name && strcmp(name, LOCAL_CHECK) == 0);
	return !*found;
}

/* A verdict may stand there already, which must not become "not verified" again. */
static bool has_status(struct local_posting *p)
{
	bool found = false;
	struct err e;
	const char *path = arena_format(&p->arena, "/repos/{repo}/commits/%s/statuses", p->commit);

	return github_each(p->remote->github, path, NULL, on_status, &found, NULL, &e) == 0 && found;
}

static int put_status(struct local_posting *p, struct err *e)
{
	return github_status_put(p->remote->github, p->commit, "pending", LOCAL_CHECK, PENDING, NULL, e);
}

/* "action_required" holds a merge back until a verdict takes its place; a neutral check would let it pass. */
static int put_check(struct local_posting *p, struct err *e)
{
	JSON_AUTO *outputs = json_array();
	cJSON *output = json_object();
	char *url = NULL;

	json_add_text(output, "title", PENDING);
	json_add_text(output, "summary",
		"A signed result of a local run was posted for this commit. Nobody has verified it yet.");
	json_append(outputs, output);
	const struct github_check check = {.name = LOCAL_CHECK,
		.head_sha = p->commit,
		.external_id = "runmedic:local",
		.conclusion = "action_required",
		.outputs = outputs};
	int rc = github_check_put(p->remote->github, &check, &url, e);

	free(url);
	return rc;
}

static bool is_app(const struct remote *r)
{
	enum github_token kind = github_token_kind(r->github);

	return r->token_from == REMOTE_APP || kind == GITHUB_APP_TOKEN || kind == GITHUB_ACTIONS_TOKEN;
}

static void tell_commit(struct local_posting *p)
{
	struct err e;
	bool app = is_app(p->remote);

	if (app && put_check(p, &e) == 0)
		p->status = "check run";
	else if (put_status(p, &e) == 0)
		p->status = "commit status";
	else
		local_posting_note(p, "nothing could be put beside the commit: %s", e.text);
}

/* ---- the event ------------------------------------------------------------------------------------------------- */

static void ask_for_verification(struct local_posting *p, const char *branch)
{
	struct remote *r = p->remote;
	JSON_AUTO *payload = json_object();
	struct err e;

	json_add_text(payload, "sha", p->commit);
	if (branch)
		json_add_text(payload, "ref", branch);
	p->dispatched = github_repository_dispatch(r->github, LOCAL_EVENT, payload, &e) == 0;
	if (p->dispatched)
		return;
	local_posting_note(p,
		"nobody was asked to verify it (%.300s). Somebody with write permission presses \"Run workflow\" at "
		"%s/%s/actions/workflows/" LOCAL_VERIFY_WORKFLOW
		" with commit %s, or puts a label on the pull request; opening or updating the pull request does it, "
		"too",
		e.text, r->server, r->repository, p->commit);
}

static void note_fork(struct local_posting *p)
{
	struct github_repo repo;
	struct err e;

	if (github_repo_get(p->remote->github, &p->arena, &repo, &e) == 0 && repo.fork)
		local_posting_note(p,
			"%s is a fork: the result stands in its own ref, and is verified when a pull request is opened "
			"or updated, or when a maintainer runs " LOCAL_VERIFY_WORKFLOW " there",
			p->remote->repository);
}

int local_send(struct local_posting *p, struct err *e)
{
	bool is_new;
	const char *branch = p->checkout ? repository_branch(p->checkout) : NULL;

	if (check_commit(p, e) < 0 ||
		local_envelope_put(p->remote->github, p->commit, buf_view(&p->envelope), &is_new, e) < 0)
		return -1;
	p->posted = true;
	p->was_there = !is_new;
	if (p->was_there && has_status(p))
		return 0;
	tell_commit(p);
	ask_for_verification(p, branch);
	note_fork(p);
	return 0;
}
