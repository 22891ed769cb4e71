/* runmedic sync: what GitHub knows of the runs, into the history or a folder. */
#include "cmd/sync.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/progress.h"
#include "cmd/follow.h"
#include "cmd/stop.h"
#include "github/repos.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option options[] = {
	{"run", 0, "ID", "only this run", false},
	{"since", 0, "DATE", "runs made since then, as in 2026-11-01", false},
	{"limit", 0, "N", "at most so many runs, newest first (default: 100; with --since: all)", false},
	{"workflow", 0, "NAME", "only this workflow, by name or file", false},
	{"branch", 0, "NAME", "only this branch", false},
	{"download", 0, "DIR", "logs and artifacts into this folder instead of the history", false},
	{"logs", 0, NULL, "the logs of passed jobs too", false},
	{"no-artifacts", 0, NULL, "leave artifacts with test results and coverage alone", false},
	{"settle", 0, NULL, "then see what became of the fixes that were delivered, and withdraw what stayed red",
		false},
	{"repository", 0, "OWNER/NAME", "the repository on GitHub (default: GITHUB_REPOSITORY, then remote origin)",
		false},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

/* ---- one run ---------------------------------------------------------------------------------- */

/* ERR_NOT_FOUND: an attempt that GitHub has forgotten. */
static int do_attempt(struct sync *s, const struct github_run *run, int attempt, bool *ret_whole, struct err *e)
{
	ARENA_AUTO a = {0};
	struct github_run earlier;
	struct remote_run jobs;
	struct remote_wish w = {.attempt = attempt < run->attempt ? attempt : 0,
		.green_logs = s->green_logs,
		.skip = s->folder ? sync_is_present : sync_is_recorded,
		.context = s};
	if (w.attempt && github_run_get(s->remote->github, run->id, attempt, &a, &earlier, e) < 0)
		return -1;
	if (remote_run_read_known(&jobs, s->remote, w.attempt ? &earlier : run, &w, e) < 0)
		return -1;
	int rc =
		s->folder ? sync_download_attempt(s, &jobs, ret_whole, e) : sync_record_attempt(s, &jobs, ret_whole, e);
	if (rc == 0 && !w.attempt && *ret_whole && !s->no_artifacts)
		rc = s->folder ? sync_download_artifacts(s, &jobs, ret_whole, e)
			       : sync_record_artifacts(s, &jobs, ret_whole, e);
	remote_run_done(&jobs);
	return rc;
}

/* The attempts that are not there yet, oldest first: an earlier red one beside a later green one is what tells a flaky
 * job. */
static int do_run(struct sync *s, const struct github_run *run, struct err *e)
{
	int done = 0, last = run->attempt > 0 ? run->attempt : 1;
	bool all = true;
	if (s->store && store_marked(s->store, STORE_SYNCED, s->remote->repository, run->id, &done, e) < 0)
		return -1;
	if (last > (int)REMOTE_ATTEMPTS_MAX)
		return err_set(e, ERR_LIMIT, "run %lld has %d attempts", (long long)run->id, last);
	for (int attempt = done + 1; attempt <= last; attempt++) {
		bool whole = true;
		if (do_attempt(s, run, attempt, &whole, e) < 0) {
			if (attempt == last || e->code != ERR_NOT_FOUND)
				return err_wrap(e, "run %lld", (long long)run->id);
			err_clear(e);
		}
		all = all && whole;
	}
	s->counts.runs++;
	if (!all) {
		s->incomplete = true;
		return 0;
	}
	return s->store ? store_mark(s->store, STORE_SYNCED, s->remote->repository, run->id, last, e) : 0;
}

/* Oldest first, as they happened. A run that GitHub no longer has is no trouble; anything else ends the work, and what
 * was done stays. */
static int do_runs(struct sync *s, struct err *e)
{
	struct progress *p = progress_start("sync", !s->session->quiet);
	int rc = 0;
	for (size_t i = s->count; i-- > 0 && rc == 0 && !*s->stop;) {
		rc = do_run(s, &s->runs[i], e);
		if (rc < 0 && e->code == ERR_NOT_FOUND) {
			session_note(s->session, "%s", e->text);
			rc = 0;
		}
		progress_update(p, s->count - i, s->count, "runs");
	}
	progress_end(p);
	s->incomplete = s->incomplete || rc < 0 || *s->stop;
	return rc;
}

/* ---- the command ------------------------------------------------------------------------------ */

static int read_options(struct sync *s, struct err *e)
{
	const struct args *args = s->session->args;
	const char *since = args_text(args, "since", NULL);
	if (args->rest_count)
		return err_set(e, ERR_USAGE, "sync takes no operand '%.60s'; --run ID names a run", args->rest[0]);
	s->since = CLOCK_UNKNOWN;
	if (since && !clock_parse(view_of(since), &s->since))
		return err_set(e, ERR_USAGE, "--since takes a date as in 2026-11-01, not '%.40s'", since);
	if (args_number(args, "limit", SYNC_LIMIT_MAX, since ? SYNC_LIMIT_MAX : SYNC_LIMIT_DEFAULT, &s->limit, e) < 0)
		return -1;
	if (!s->limit)
		return err_set(e, ERR_USAGE, "--limit must be at least 1");
	s->branch = args_text(args, "branch", NULL);
	s->workflow = args_text(args, "workflow", NULL);
	s->folder = args_text(args, "download", NULL);
	s->green_logs = args_flag(args, "logs");
	s->no_artifacts = args_flag(args, "no-artifacts");
	if (args_flag(args, "settle") && s->folder)
		return err_set(e, ERR_USAGE, "--settle needs the history; it does not go with --download");
	return 0;
}

static int find_runs(struct sync *s, struct err *e)
{
	uint64_t id;
	if (args_number(s->session->args, "run", INT64_MAX, 0, &id, e) < 0)
		return -1;
	if (!id)
		return sync_list(s, e);
	s->runs = mem_array(1, sizeof *s->runs);
	if (github_run_get(s->remote->github, (int64_t)id, 0, &s->arena, &s->runs[0], e) < 0)
		return err_wrap(e, "run %llu", (unsigned long long)id);
	s->counts.listed = 1;
	s->count = s->runs[0].status && !strcmp(s->runs[0].status, "completed");
	s->counts.running = 1 - s->count;
	return 0;
}

static int start(struct sync *s, struct err *e)
{
	bool actions = getenv("GITHUB_ACTIONS") != NULL;
	struct remote_options o = {.stop = s->stop,
		.patience_ms = actions ? 0 : SYNC_PATIENCE_MS,
		.min_remaining = actions ? SYNC_LEAVE : 0};
	if (read_options(s, e) < 0 || analyser_start(&s->analyser, s->session, e) < 0 ||
		remote_open(&s->remote, s->session, &o, e) < 0)
		return -1;
	if (s->folder)
		return sync_download_open(s, e);
	if (recording_open(&s->recording, &s->analyser, e) < 0)
		return -1;
	s->store = recording_store(s->recording);
	return 0;
}

static void end(struct sync *s)
{
	remote_close(s->remote);
	recording_end(s->recording);
	analyser_end(&s->analyser);
	arena_done(&s->arena);
	free(s->runs);
	if (s->folder_fd >= 0)
		close(s->folder_fd);
}

/* Only where it is asked for: it writes on GitHub. */
static int settle(struct sync *s, struct err *e)
{
	const struct config *config;
	struct github_repo repo;
	if (!args_flag(s->session->args, "settle"))
		return 0;
	if (session_config(s->session, &config, e) < 0 || github_repo_get(s->remote->github, &s->arena, &repo, e) < 0)
		return -1;
	struct following f = {.session = s->session,
		.remote = s->remote,
		.store = s->store,
		.config = config,
		.default_branch = repo.default_branch,
		.dry_run = s->remote->token_from == REMOTE_ANONYMOUS,
		.arena = &s->arena};
	return following_settle(&f, 0, NULL, e);
}

static int run(struct session *session)
{
	struct err e, why = {0};
	struct sync s = {.session = session, .folder_fd = -1, .stop = stop_on_signals()};
	int rc = start(&s, &e);
	if (rc == 0 && find_runs(&s, &why) == 0)
		(void)do_runs(&s, &why);
	if (why.code != ERR_NONE) {
		session_trouble(session, &why);
		s.incomplete = true;
	}
	if (rc == 0 && why.code == ERR_NONE && !*s.stop)
		rc = settle(&s, &e);
	if (rc == 0)
		rc = sync_answer(&s, &e);
	if (rc < 0)
		session_trouble(session, &e);
	end(&s);
	return rc < 0 || s.incomplete ? EXIT_TROUBLE : EXIT_ANSWERED;
}

const struct command cmd_sync = {
	.name = "sync",
	.summary = "Brings runs, jobs, logs and artifacts from GitHub into the history",
	.usage = "sync [--run ID | --since DATE | --limit N] [--workflow NAME] [--branch NAME] [--download DIR]",
	.text = "Records every completed run with its attempts and jobs, passed ones too. The logs of failed jobs are "
		"diagnosed; artifacts whose names look like test results or coverage are read.\n"
		"What the history has already is not asked for again, and what was interrupted goes on where it "
		"stopped. With --download the logs and artifacts go into a folder instead.\n"
		"Nothing is written on GitHub but with --settle, which follows up the fixes that were delivered.",
	.examples = "runmedic sync\n"
		    "runmedic sync --since 2026-11-01 --workflow CI\n"
		    "runmedic sync --run 123456789 --logs\n"
		    "runmedic sync --limit 20 --download logs/",
	.options = options,
	.run = run,
};
