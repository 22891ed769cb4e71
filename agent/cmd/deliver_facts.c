/* What is known of the branch, the commit and the pull request that a fix is for. */
#include "cmd/deliver_steps.h"

#include "base/file.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static bool is_listed(const struct config_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (same(list->items[i], name))
			return true;
	return false;
}

/* Where pushing would be a guess, nothing is pushed. */
void deliver_know_too_little(struct deliver_work *w, const char *what, const struct err *why)
{
	if (w->facts.wanted > DELIVER_SUGGEST)
		deliver_note(w, "Nothing is pushed, since %s cannot be looked at: %s", what, why->text);
	if (w->facts.wanted > DELIVER_SUGGEST)
		w->facts.wanted = DELIVER_SUGGEST;
}

/* Where the red branch is now. A fork's is that of its pull request. */
static void look_at_branch(struct deliver_work *w)
{
	const struct publish_run *r = w->d->run;
	const struct github_pull *pull = w->d->pull;
	struct delivery_facts *f = &w->facts;
	struct github_branch b = {0};
	struct err why;
	if (f->fork) {
		f->head_moved = pull && pull->number && !same(pull->head_sha, r->head_sha);
		return;
	}
	if (!r->branch)
		return;
	if (github_branch_get(w->g, r->branch, w->d->arena, &b, &why) == 0) {
		f->is_protected = b.is_protected;
		f->head_moved = !same(b.sha, r->head_sha);
	} else if (why.code == ERR_NOT_FOUND) {
		f->head_moved = true;
	} else {
		deliver_know_too_little(w, "the branch", &why);
	}
	w->pushed = f->head_moved ? b.sha : NULL; /* deliver_past() says whether it is ours */
}

static void look_at_commit(struct deliver_work *w)
{
	struct github_commit c;
	struct delivery_trailers t;
	struct err why;
	if (github_commit_get(w->g, w->d->run->head_sha, w->d->arena, &c, &why) < 0) {
		deliver_know_too_little(w, "the commit", &why);
		return;
	}
	delivery_trailers(&t, view_of(c.message));
	w->facts.head_is_ours = t.ours;
	w->facts.trailer_off = t.off;
	if (!w->facts.author)
		w->facts.author = c.author_login;
}

/* In a job, the token of an App looks like the job's own; GitHub tells who is who. */
static void describe_token(struct deliver_work *w)
{
	enum github_token kind = github_token_kind(w->g);
	struct err why;
	w->facts.has_token = kind != GITHUB_NO_TOKEN;
	if (w->facts.has_token && github_login(w->g, &w->login, &why) < 0)
		w->login = NULL;
	w->job_token = kind == GITHUB_ACTIONS_TOKEN && (!w->login || same(w->login, "github-actions[bot]"));
	if (kind == GITHUB_ACTIONS_TOKEN && !w->job_token)
		kind = GITHUB_APP_TOKEN;
	w->facts.app_token = kind == GITHUB_APP_TOKEN;
	/* A personal token may have the scope; GitHub says no where it has not. */
	w->facts.workflows_permission =
		kind == GITHUB_CLASSIC_PAT || kind == GITHUB_FINE_PAT || kind == GITHUB_OAUTH_TOKEN ||
		(kind == GITHUB_APP_TOKEN && (github_app_level(w->g, "workflows") == GITHUB_LEVEL_WRITE ||
						     github_app_level(w->g, "workflows") == GITHUB_LEVEL_UNKNOWN));
}

static void describe_people(struct deliver_work *w)
{
	struct delivery_facts *f = &w->facts;
	const struct github_pull *pull = w->d->pull;
	f->author = w->d->author;
	if (pull && pull->number) {
		f->pull = pull->number;
		f->author = pull->author;
		f->author_is_bot = pull->author_is_bot;
		f->draft = pull->draft;
		f->labelled_off = delivery_is_off(pull->labels);
	}
	f->author_is_bot = f->author_is_bot || view_ends(view_of(f->author), "[bot]");
	f->ignored_author = is_listed(&w->d->config->scope.ignore_authors, f->author);
}

void deliver_look(struct deliver_work *w)
{
	struct delivering *d = w->d;
	const struct publish_run *r = d->run;
	w->facts = (struct delivery_facts){.config = d->config,
		.wanted = d->wanted,
		.dry_run = d->dry_run,
		.branch = r->branch,
		.fork = r->fork,
		.is_default = !r->fork && (!d->default_branch || same(r->branch, d->default_branch)),
		.is_merge_queue = view_starts(view_of(r->branch), "gh-readonly-queue/")};
	describe_people(w);
	if (d->wanted == DELIVER_NONE || w->facts.labelled_off)
		return;
	describe_token(w);
	look_at_branch(w);
	look_at_commit(w);
	deliver_past(w);
}

void deliver_look_again(struct deliver_work *w)
{
	if (w->d->run->fork)
		return;
	look_at_branch(w);
	deliver_standing(w);
}
