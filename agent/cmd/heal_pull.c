#include "cmd/heal_pull.h"

#include "base/mem.h"
#include "cmd/deliver_answer.h"
#include "cmd/remote_run.h"
#include "github/refs.h"
#include "github/repos.h"

#include <stdlib.h>
#include <string.h>

struct kept {
	struct diagnosis diagnosis;
	struct healed healed;
};

struct heal_pull {
	struct session *session;
	struct arena arena;
	const char *branch, *default_branch, *head, *server; /* of the repository on GitHub */
	struct github_pull pull;                             /* open for the branch; number 0: none */
	struct kept *kept;
	size_t count, cap;
	struct publish_run told;
};

/* ---- before --------------------------------------------------------------------------------------------- */

static int read_checkout(struct heal_pull *p, struct err *e)
{
	struct repository *r;
	if (repository_open(&r, p->session->repo, e) < 0)
		return -1;
	p->branch = arena_text(&p->arena, repository_branch(r));
	p->head = arena_text(&p->arena, repository_head(r));
	repository_free(r);
	if (!p->branch || !p->head)
		return err_set(e, ERR_USAGE, "--pr is for a branch with a commit; HEAD is on none");
	return 0;
}

static int check_branch(struct heal_pull *p, struct github *g, struct err *e)
{
	struct github_branch b;
	if (github_branch_get(g, p->branch, &p->arena, &b, e) < 0)
		return e->code != ERR_NOT_FOUND
			       ? -1
			       : err_set(e, ERR_REFUSED,
					 "%s is not on GitHub; push it first, then --pr can build on it", p->branch);
	if (!b.sha || strcmp(b.sha, p->head) != 0)
		return err_set(e, ERR_REFUSED,
			"%s is at %.12s on GitHub and at %.12s here; push or pull first, so that the pull request "
			"holds the fix and nothing else",
			p->branch, b.sha ? b.sha : "nothing", p->head);
	return 0;
}

static int look(struct heal_pull *p, struct remote *r, struct err *e)
{
	struct github_repo repo;
	if (github_token_kind(r->github) == GITHUB_NO_TOKEN)
		return err_set(e, ERR_AUTH, "--pr needs a token: set GITHUB_TOKEN, or log in with `gh auth login`");
	if (github_repo_get(r->github, &p->arena, &repo, e) < 0 || check_branch(p, r->github, e) < 0 ||
		github_pull_of(r->github, p->head, r->repository, p->branch, &p->arena, &p->pull, e) < 0)
		return -1;
	p->default_branch = repo.default_branch;
	p->server = arena_text(&p->arena, r->server);
	p->told.repository = arena_text(&p->arena, r->repository);
	return 0;
}

int heal_pull_begin(struct heal_pull **ret, struct session *s, struct err *e)
{
	struct heal_pull *p = mem_new(sizeof *p);
	struct remote *remote = NULL;
	p->session = s;
	int rc = read_checkout(p, e);
	if (rc == 0)
		rc = remote_open(&remote, s, NULL, e);
	if (rc == 0)
		rc = look(p, remote, e);
	remote_close(remote);
	if (rc == 0)
		*ret = p;
	else
		heal_pull_end(p);
	return rc;
}

/* ---- each log ------------------------------------------------------------------------------------------- */

static void remember_run(struct heal_pull *p, const struct analysed *one)
{
	if (!one->run || p->told.id)
		return;
	const struct github_run *g = &one->run->run;
	p->told.id = g->id;
	p->told.attempt = g->attempt;
	p->told.url = arena_text(&p->arena, g->url);
	p->told.workflow = arena_text(&p->arena, g->workflow);
	p->told.workflow_path = arena_text(&p->arena, g->workflow_path);
}

int heal_pull_take(struct heal_pull *p, struct healing *h, struct analysed *one, struct err *e)
{
	struct healed healed;
	int rc = healing_make(h, one, &healed, e);
	if (!healed.words.diagnosis) {
		healed_done(&healed);
		return rc;
	}
	healing_answer(h, &healed.words, one);
	remember_run(p, one);
	MEM_PUSH(p->kept, p->count, p->cap);
	p->kept[p->count++] = (struct kept){.diagnosis = one->diagnosis, .healed = healed};
	one->diagnosis = (struct diagnosis){0};
	return rc;
}

/* ---- afterwards ----------------------------------------------------------------------------------------- */

static void describe(struct heal_pull *p)
{
	struct publish_job *jobs = arena_array(&p->arena, p->count + 1, sizeof *jobs);
	for (size_t i = 0; i < p->count; i++) {
		struct kept *k = &p->kept[i];
		k->healed.words.diagnosis = &k->diagnosis;
		jobs[i] = (struct publish_job){.name = k->diagnosis.job.name ? k->diagnosis.job.name : "local",
			.conclusion = "failure",
			.diagnosis = &k->diagnosis,
			.heal = &k->healed.words,
			.known = {.last_seen = CLOCK_UNKNOWN, .red_since = CLOCK_UNKNOWN}};
	}
	p->told.server_url = p->server;
	p->told.attempt = p->told.attempt ? p->told.attempt : 1;
	p->told.head_sha = p->head;
	p->told.branch = p->branch;
	p->told.pull = p->pull.number;
	p->told.jobs = jobs;
	p->told.job_count = p->count;
	p->told.green_at = CLOCK_UNKNOWN;
}

/* What became a commit; its branch and the last of them. */
static size_t collect(struct heal_pull *p, struct delivering *d)
{
	size_t most = 0;
	for (size_t i = 0; i < p->count; i++)
		most += p->kept[i].healed.words.fix_count;
	d->fixes = arena_array(&p->arena, most + 1, sizeof *d->fixes);
	for (size_t i = 0; i < p->count; i++) {
		const struct healed *h = &p->kept[i].healed;
		for (size_t k = 0; k < h->words.fix_count; k++) {
			const struct healed_fix *f = &h->result.fixes[k];
			if (!f->commit || !f->diff)
				continue;
			d->fixes[d->count++] = (struct deliver_fix){
				.fixer = f->fix->fixer, .finding = f->fix->finding, .words = &h->words.fixes[k]};
			d->commit = f->commit;
			d->branch = h->result.branch;
		}
	}
	return d->count;
}

static void answer(struct healing *h, const struct delivering *d)
{
	if (!strcmp(args_text(h->session->args, "format", "text"), "json")) {
		JSON_AUTO *j = deliver_answer_json(d, NULL);
		json_print(&h->out, j);
		buf_add_char(&h->out, '\n');
		return;
	}
	buf_add_char(&h->out, '\n');
	deliver_answer_text(&h->out, d, NULL);
	if (!d->run->delivery.pull && d->branch)
		buf_addf(&h->out, "  the commits are on the local branch %s\n", d->branch);
}

int heal_pull_open(struct heal_pull *p, struct healing *h, struct err *e)
{
	struct remote *remote = NULL;
	struct delivering d = {.session = h->session,
		.store = h->recording ? recording_store(h->recording) : NULL,
		.config = h->config,
		.wanted = DELIVER_PR,
		.repository = h->repository,
		.run = &p->told,
		.pull = &p->pull,
		.default_branch = p->default_branch,
		.arena = &p->arena};
	describe(p);
	if (collect(p, &d) && remote_open(&remote, h->session, NULL, e) < 0)
		return -1;
	if (!d.count) {
		answer(h, &d);
		return 0;
	}
	d.remote = remote;
	int rc = delivering_run(&d, e);
	remote_close(remote);
	answer(h, &d);
	return rc;
}

void heal_pull_end(struct heal_pull *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++) {
		healed_done(&p->kept[i].healed);
		diagnosis_done(&p->kept[i].diagnosis);
	}
	free(p->kept);
	arena_done(&p->arena);
	free(p);
}
