/* runmedic publish: what a trusted job does with the patch of an untrusted one. Runs nothing. */
#include "base/mem.h"
#include "cmd/deliver_answer.h"
#include "cmd/posting.h"
#include "cmd/remote_answer.h"
#include "cmd/step_files.h"
#include "github/repos.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_BYTES_MAX ((size_t)1 << 20)

static const struct option options[] = {
	{"run", 0, "ID", "the failed run that it is for: its logs are analysed again, and the fixes judged by them",
		false},
	{"attempt", 0, "N", "of the run (default: the newest)", false},
	{"deliver", 0, "none|suggest|pr|branch", "at most this; only lowers what the configuration allows", false},
	{"tier", 0, "heal|review", "at most this; only lowers what the configuration allows", false},
	{"dry-run", 0, NULL, "write nothing; say what would be done", false},
	{"no-record", 0, NULL, "leave the history alone", false},
	{"repository", 0, "OWNER/NAME", "the repository on GitHub (default: GITHUB_REPOSITORY, then remote origin)",
		false},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

struct publishing {
	struct session *session;
	struct arena arena;
	struct remote *remote;
	struct store *store;
	const struct config *config;
	struct patches patches;
	struct analyser analyser;
	struct remote_run run;
	struct remote_answer answer;
	struct repository *repository;
	struct github_pull pull;
	struct publish_run told;
	struct delivering d;
	bool blindly;
};

/* ---- what is judged ------------------------------------------------------------------------------------- */

/* In a workflow the checkout may be anybody's: the default branch's configuration rules. */
static int read_config(struct publishing *p, const char *default_branch, struct err *e)
{
	struct session *s = p->session;
	BUF_AUTO text = {0};
	if (step_in_actions() && !args_text(s->args, "config", NULL)) {
		int rc = github_file_get(
			p->remote->github, CONFIG_DEFAULT_PATH, default_branch, CONFIG_BYTES_MAX, &text, e);
		if (rc < 0 && e->code != ERR_NOT_FOUND)
			return -1;
		if (rc < 0)
			config_defaults(&s->config);
		else if (config_parse(&s->config, buf_view(&text), CONFIG_DEFAULT_PATH, e) < 0)
			return -1;
		s->config_read = true;
	}
	return session_config(s, &p->config, e);
}

static bool on_job(void *context, struct analysed *one)
{
	struct publishing *p = context;
	remote_answer_keep(&p->answer, one, NULL);
	return true;
}

static int read_run(struct publishing *p, struct err *e)
{
	uint64_t run, attempt;
	if (args_number(p->session->args, "run", INT64_MAX, 0, &run, e) < 0 ||
		args_number(p->session->args, "attempt", REMOTE_ATTEMPTS_MAX, 0, &attempt, e) < 0)
		return -1;
	const struct remote_wish wish = {.run = (int64_t)run, .attempt = (int)attempt};
	if (remote_run_read(&p->run, p->remote, &wish, e) < 0 || analyser_start(&p->analyser, p->session, e) < 0)
		return -1;
	remote_run_analyse(&p->analyser, &p->run, on_job, p);
	remote_answer_run(&p->told, &p->answer, &p->run, &p->arena);
	if (!p->told.head_sha)
		return err_set(e, ERR_UNAVAILABLE, "GitHub does not name the commit of run %lld", (long long)run);
	return remote_repository_at(
		&p->repository, p->session->repo, p->remote->github, p->told.head_sha, &p->arena, e);
}

/* Without a run there is no log of our own: a person has to look at what is delivered. */
static int read_checkout(struct publishing *p, struct err *e)
{
	p->blindly = true;
	if (repository_open(&p->repository, p->session->repo, e) < 0)
		return -1;
	if (!repository_head(p->repository))
		return err_set(e, ERR_USAGE, "%s has no commit yet", p->session->repo);
	p->told = (struct publish_run){.repository = p->remote->repository,
		.attempt = 1,
		.head_sha = repository_head(p->repository),
		.branch = repository_branch(p->repository),
		.green_at = CLOCK_UNKNOWN};
	return 0;
}

static int find_pull(struct publishing *p, struct err *e)
{
	const struct github_run *run = &p->run.run;
	const char *home = p->blindly ? p->remote->repository : run->head_repository;
	if (github_pull_of(p->remote->github, p->told.head_sha, home, p->told.branch, &p->arena, &p->pull, e) < 0)
		return -1;
	p->told.pull = p->pull.number;
	p->told.server_url = p->remote->server;
	return 0;
}

/* ---- delivery ------------------------------------------------------------------------------------------- */

static int take_fixes(struct publishing *p, struct err *e)
{
	const struct diagnosis **diagnoses = arena_array(&p->arena, p->answer.count + 1, sizeof *diagnoses);
	struct publish_job *jobs = arena_array(&p->arena, p->told.job_count + 1, sizeof *jobs);
	for (size_t i = 0; i < p->answer.count; i++)
		diagnoses[i] = &p->answer.diagnoses[i];
	const struct patch_trust t = {.remote = p->remote,
		.commit = p->told.head_sha,
		.repository = p->remote->repository,
		.diagnoses = diagnoses,
		.count = p->answer.count,
		.config = p->config,
		.blindly = p->blindly,
		.arena = &p->arena};
	patches_trust(&p->patches, &t);
	if (patches_judge(&p->patches, p->repository, p->config, &p->arena, e) < 0)
		return -1;
	if (p->told.job_count)
		memcpy(jobs, p->told.jobs, p->told.job_count * sizeof *jobs);
	p->told.jobs = jobs;
	patches_attach(&p->patches, &p->told, jobs, &p->arena);
	return 0;
}

static int deliver(struct publishing *p, const char *default_branch, struct err *e)
{
	const struct args *args = p->session->args;
	struct deliver_fix *fixes = arena_array(&p->arena, p->patches.count + 1, sizeof *fixes);
	size_t n = 0;
	for (size_t i = 0; i < p->patches.count; i++) {
		const struct patch_fix *f = &p->patches.fixes[i];
		if (f->finding)
			fixes[n++] = (struct deliver_fix){.fixer = f->fixer, .finding = f->finding, .words = &f->words};
	}
	p->d = (struct delivering){.session = p->session,
		.remote = p->remote,
		.store = p->store,
		.config = p->config,
		.wanted = deliver_at_most(p->config->heal.deliver, args_text(args, "deliver", NULL)),
		.dry_run = args_flag(args, "dry-run"),
		.repository = p->repository,
		.run = &p->told,
		.pull = &p->pull,
		.default_branch = default_branch,
		.author = p->run.run.actor,
		.arena = &p->arena,
		.fixes = fixes,
		.count = n};
	tier_parse(view_of(args_text(args, "tier", "heal")), &p->d.most);
	return delivering_run(&p->d, e);
}

/* A workflow has people who read its pull requests; on a laptop the answer is enough. */
static int post(struct publishing *p, struct err *e)
{
	struct posting posted;
	if (!step_in_actions() || p->blindly || p->d.dry_run)
		return 0;
	p->told.notes = p->d.notes;
	p->told.note_count = p->d.note_count;
	int rc = posting_run(&posted, p->session, p->remote->github, &p->told, false, e);
	posting_done(&posted);
	return rc;
}

static int answer(struct publishing *p, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_FILE);
	if (!strcmp(args_text(p->session->args, "format", "text"), "json")) {
		JSON_AUTO *j = deliver_answer_json(&p->d, &p->patches);
		json_print(&out, j);
		buf_add_char(&out, '\n');
	} else {
		deliver_answer_text(&out, &p->d, &p->patches);
	}
	return session_write(p->session, buf_view(&out), e);
}

static int open_history(struct publishing *p, struct err *e)
{
	const char *path;
	bool ignore;
	if (args_flag(p->session->args, "no-record") || args_flag(p->session->args, "dry-run"))
		return 0;
	return session_db_path(p->session, &path, &ignore, e) < 0 ? -1
								  : store_open(&p->store, path, STORE_WRITE, ignore, e);
}

static int publish(struct publishing *p, struct err *e)
{
	struct session *s = p->session;
	struct github_repo repo;
	if (s->args->rest_count != 1)
		return err_set(e, ERR_USAGE, "name one patch bundle, such as fixes.json of `heal --patch`");
	if (patches_read(&p->patches, s->args->rest[0], e) < 0)
		return err_wrap(e, "%s", s->args->rest[0]);
	if (open_history(p, e) < 0 || remote_open(&p->remote, s, NULL, e) < 0 ||
		github_repo_get(p->remote->github, &p->arena, &repo, e) < 0 ||
		read_config(p, repo.default_branch, e) < 0)
		return -1;
	bool of_run = args_text(s->args, "run", NULL) != NULL;
	if ((of_run ? read_run(p, e) : read_checkout(p, e)) < 0 || find_pull(p, e) < 0)
		return -1;
	if (take_fixes(p, e) < 0 || deliver(p, repo.default_branch, e) < 0 || answer(p, e) < 0)
		return -1;
	return post(p, e);
}

static int run(struct session *s)
{
	struct err e;
	struct publishing *p = mem_new(sizeof *p);
	p->session = s;
	int rc = publish(p, &e);
	if (rc < 0)
		session_trouble(s, &e);
	bool trouble = rc < 0 || p->analyser.failed_inputs;
	repository_free(p->repository);
	patches_done(&p->patches);
	remote_answer_done(&p->answer);
	remote_run_done(&p->run);
	analyser_end(&p->analyser);
	store_close(p->store);
	remote_close(p->remote);
	arena_done(&p->arena);
	free(p);
	return trouble ? EXIT_TROUBLE : EXIT_ANSWERED;
}

const struct command cmd_publish = {
	.name = "publish",
	.summary = "Checks the patch of an untrusted job as data and delivers it",
	.usage = "publish PATCH [--run ID] [--deliver WAY] [--dry-run] [options]",
	.text = "PATCH is what `heal --patch` wrote in the job that failed, and is taken for what anybody could have "
		"written. It must be for the very commit of the run. Of it only the diffs count: the logs of the run "
		"are analysed again, each fix must answer a finding of that analysis, and is judged by the policy as "
		"any other change is. Nothing of the repository runs.\n"
		"What is left is delivered as `heal.deliver` of the configuration says (none, suggest, pr, branch), in "
		"Actions that of the default branch; `--deliver` only lowers it. What GitHub refuses falls to the next "
		"lower way, down to a patch in the comment. Without --run the HEAD of --repo must be the commit, and "
		"fixes are for a person to look at.",
	.examples = "runmedic publish fixes.json --run 123456789\n"
		    "runmedic publish fixes.json --run 123456789 --dry-run --format json\n"
		    "runmedic publish fixes.json --deliver suggest",
	.options = options,
	.run = run,
};
