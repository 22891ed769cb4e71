/* The follow-up as an errand of the Action. */
#include "cmd/followed.h"

#include "base/mem.h"
#include "cmd/step_files.h"
#include "publish/deliver.h"

#include <stdlib.h>

#define SETTLE_LEAVE 100 /* requests that are left to others, who share the budget of Actions */

extern const struct command cmd_sync;

struct following_action {
	struct errand_session errand;
	struct remote *remote;
	struct store *store;
};

static int open_history(struct following_action *x, struct err *e)
{
	const char *path;
	bool ignore;
	return session_db_path(&x->errand.session, &path, &ignore, e) < 0
		       ? -1
		       : store_open(&x->store, path, STORE_WRITE, ignore, e);
}

int following_begin(struct following_action **ret, struct action *a, int64_t leave, struct following *f, struct err *e)
{
	const struct remote_options o = {.min_remaining = leave};
	struct following_action *x = mem_new(sizeof *x);
	const char *const argv[] = {"--db", a->in.db, NULL};
	struct err why;
	*ret = x;
	if (errand_begin(&x->errand, a, &cmd_sync, argv, e) < 0 || remote_open(&x->remote, a->outer, &o, e) < 0)
		return -1;
	if (a->in.record && open_history(x, &why) < 0)
		action_trouble(a, &why);
	*f = (struct following){.session = &x->errand.session,
		.remote = x->remote,
		.store = x->store,
		.config = &a->config,
		.default_branch = a->event.default_branch,
		.dry_run = a->in.dry_run || x->remote->token_from == REMOTE_ANONYMOUS,
		.arena = &a->arena};
	return 0;
}

void following_end(struct following_action *x)
{
	if (!x)
		return;
	store_close(x->store);
	remote_close(x->remote);
	errand_end(&x->errand);
	free(x);
}

static void tell_settled(const struct following *f)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	if (f->settled)
		buf_addf(&text, "runmedic: %u fix%s settled, %u withdrawn, %u branch%s removed", f->settled,
			f->settled == 1 ? "" : "es", f->withdrawn, f->removed, f->removed == 1 ? "" : "es");
	else
		buf_add_text(&text, "runmedic: no fix of ours has come to anything new");
	step_say("notice", buf_text(&text));
}

int action_settle(struct action *a, int pull_or_0, const char *branch_or_null, struct err *e)
{
	struct following f;
	struct following_action *x = NULL;
	int rc = following_begin(&x, a, SETTLE_LEAVE, &f, e);
	if (rc == 0)
		rc = following_settle(&f, pull_or_0, branch_or_null, e);
	if (rc == 0)
		tell_settled(&f);
	following_end(x);
	return rc;
}

/* A green run of the default branch closes the issues that it disproves. */
static int close_issues(struct following *f, const struct event *event, struct err *e)
{
	const struct publish_run r = {.repository = f->remote->repository,
		.workflow = event->workflow,
		.workflow_path = event->workflow_path,
		.id = event->run,
		.attempt = event->attempt,
		.url = event->url,
		.head_sha = event->head_sha,
		.branch = event->head_branch,
		.event = event->run_event,
		.fork = event->fork,
		.green = true};
	return following_issues(f, &r, e);
}

int action_follow_run(struct action *a, bool green, struct err *e)
{
	struct following f;
	struct following_action *x = NULL;
	struct err why;
	int rc = following_begin(&x, a, 0, &f, e);
	if (rc == 0)
		followed_learn(&f, a->event.run, a->event.attempt, a->event.conclusion);
	if (rc == 0 && green && close_issues(&f, &a->event, &why) < 0)
		following_note(&f, "Issues are not closed: %s", why.text);
	if (rc == 0 && !a->event.fork && a->event.head_branch)
		rc = following_settle(&f, 0, a->event.head_branch, e);
	a->withdrawn = rc == 0 ? f.withdrawn_why : NULL;
	following_end(x);
	return rc;
}

int action_pull_closed(struct action *a, struct err *e)
{
	const char *branch = a->event.head_branch;
	bool is_fix = !a->event.fork && branch && view_starts(view_of(branch), DELIVERY_BRANCH_PREFIX);
	return a->event.pull ? action_settle(a, is_fix ? 0 : a->event.pull, is_fix ? branch : NULL, e) : 0;
}
