/* runmedic rerun: failed jobs once more, where evidence says that they fail by accident. */
#include "cmd/followed.h"

#include "base/json.h"
#include "base/redact.h"
#include "cmd/stop.h"

#include <string.h>

static const struct option options[] = {
	{"run", 0, "ID", "the run whose failed jobs are meant, or its address", false},
	{"force", 0, NULL, "without evidence and beyond the budget: a person's decision", false},
	{"dry-run", 0, NULL, "only say what would be done", false},
	{"no-record", 0, NULL, "leave the history alone", false},
	{"repository", 0, "OWNER/NAME", "the repository on GitHub (default: GITHUB_REPOSITORY, then remote origin)",
		false},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

struct rerunning {
	struct session *session;
	struct remote *remote;
	struct store *store;
	struct arena arena;
	struct following f;
	struct red_run red;
	struct rerun_verdict verdict;
	bool forced;
};

/* ---- the answer ---------------------------------------------------------------------------------------------------
 */

static void add_place(cJSON *j, const struct finding *f)
{
	json_add_text(j, "rule", f ? f->rule_id : NULL);
	json_add_text(j, "category", f ? category_name(f->category) : NULL);
	json_add_text(j, "signature", f && f->signature[0] ? f->signature : NULL);
	json_add_bool(j, "transient", f && f->transient);
}

static void add_safe(cJSON *j, const char *name, const char *text)
{
	BUF_AUTO safe = buf_new(BUF_LINE);
	if (text)
		redact_text(&safe, view_of(text));
	json_add_text(j, name, text ? buf_text(&safe) : NULL);
}

static cJSON *jobs_json(const struct rerunning *r)
{
	cJSON *list = json_array();
	for (size_t i = 0; i < r->red.count; i++) {
		const struct rerun_job *job = &r->red.jobs[i];
		cJSON *j = json_object();
		add_safe(j, "name", job->name);
		json_add_text(j, "conclusion", job->conclusion);
		add_place(j, job->primary);
		json_add_int(j, "same_commit_passed", job->same_sha_passed);
		json_add_int(j, "same_commit_failed", job->same_sha_failed);
		json_add_int(j, "reruns_helped", job->reruns_helped);
		json_add_int(j, "reruns_did_not", job->reruns_did_not);
		json_add_bool(j, "red_on_base", job->red_on_base);
		json_append(list, j);
	}
	return list;
}

static cJSON *run_json(const struct remote_run *run)
{
	cJSON *j = json_object();
	json_add_text(j, "repository", run->repository);
	json_add_int(j, "id", run->run.id);
	json_add_int(j, "attempt", run->run.attempt);
	add_safe(j, "workflow", run->run.workflow);
	add_safe(j, "branch", run->run.branch);
	json_add_text(j, "commit", run->run.head_sha);
	json_add_text(j, "conclusion", run->run.conclusion);
	json_add_text(j, "url", run->run.url);
	return j;
}

static cJSON *budget_json(unsigned used, unsigned most)
{
	cJSON *j = json_object();
	json_add_int(j, "used", used);
	json_add_int(j, "max", most);
	return j;
}

static void add_json(struct buf *out, const struct rerunning *r)
{
	JSON_AUTO *j = json_object();
	cJSON *budget = json_object();
	json_add_text(j, "schema", "runmedic.rerun/1");
	json_add(j, "run", run_json(&r->red.run));
	json_add(j, "jobs", jobs_json(r));
	json_add_bool(j, "rerun", r->verdict.rerun);
	json_add_text(j, "reason", r->verdict.reason);
	json_add_bool(j, "forced", r->forced);
	json_add_bool(j, "dry_run", r->f.dry_run);
	json_add(budget, "run", budget_json(r->f.run_reruns, r->f.config->rerun.per_run));
	json_add(budget, "branch_day", budget_json(r->f.branch_reruns, r->f.config->rerun.per_branch_per_day));
	json_add(j, "budget", budget);
	json_print(out, j);
	buf_add_char(out, '\n');
}

static void add_text(struct buf *out, const struct rerunning *r)
{
	BUF_AUTO words = buf_new(BUF_LINE);
	remote_run_words(&words, &r->red.run);
	buf_addf(&words, ": %s\n",
		r->verdict.rerun ? r->f.dry_run ? "would run its failed jobs again" : "its failed jobs run again"
				 : "not run again");
	buf_addf(&words, "  %s\n", r->verdict.reason);
	buf_addf(&words, "  reruns: %u of %u for this run, %u of %u on its branch within 24 hours\n", r->f.run_reruns,
		r->f.config->rerun.per_run, r->f.branch_reruns, r->f.config->rerun.per_branch_per_day);
	redact_for_terminal(out, buf_view(&words));
}

/* ---- the work ------------------------------------------------------------------------------------------------------
 */

static int read_run_id(const struct args *args, uint64_t *ret, struct err *e)
{
	if (args->rest_count)
		return err_set(e, ERR_USAGE, "rerun takes no operand '%.60s'; --run ID names a run", args->rest[0]);
	if (args_number(args, "run", INT64_MAX, 0, ret, e) < 0)
		return -1;
	return *ret ? 0 : err_set(e, ERR_USAGE, "--run ID says which run is meant");
}

/* A dry run only reads, and needs no history. */
static int open_history(struct rerunning *r, struct err *e)
{
	const char *path;
	bool ignore;
	if (args_flag(r->session->args, "no-record") || session_db_path(r->session, &path, &ignore, e) < 0)
		return args_flag(r->session->args, "no-record") ? 0 : -1;
	if (!r->f.dry_run)
		return store_open(&r->store, path, STORE_WRITE, ignore, e);
	if (store_open(&r->store, path, STORE_READ, false, e) == 0 || e->code == ERR_NOT_FOUND)
		return 0;
	return -1;
}

static int open_all(struct rerunning *r, struct err *e)
{
	const struct remote_options o = {.stop = stop_on_signals()};
	const struct config *config;
	r->forced = args_flag(r->session->args, "force");
	r->f = (struct following){
		.session = r->session, .arena = &r->arena, .dry_run = args_flag(r->session->args, "dry-run")};
	if (session_config(r->session, &config, e) < 0 || remote_open(&r->remote, r->session, &o, e) < 0 ||
		open_history(r, e) < 0)
		return -1;
	r->f.config = config;
	r->f.remote = r->remote;
	r->f.store = r->store;
	return 0;
}

static int work(struct rerunning *r, struct buf *out, struct err *e)
{
	uint64_t id = 0;
	if (read_run_id(r->session->args, &id, e) < 0 || open_all(r, e) < 0 ||
		red_run_read(&r->red, &r->f, (int64_t)id, e) < 0)
		return -1;
	if (following_rerun(&r->f, &r->red.run, r->red.jobs, r->red.count, r->forced, false, &r->verdict, e) < 0)
		return -1;
	if (!strcmp(args_text(r->session->args, "format", "text"), "json"))
		add_json(out, r);
	else
		add_text(out, r);
	return session_write(r->session, buf_view(out), e);
}

static int run(struct session *s)
{
	struct err e;
	struct rerunning r = {.session = s};
	BUF_AUTO out = buf_new(BUF_PAGE);
	int rc = work(&r, &out, &e);
	int status = rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
	red_run_done(&r.red);
	store_close(r.store);
	remote_close(r.remote);
	arena_done(&r.arena);
	return status;
}

const struct command cmd_rerun = {
	.name = "rerun",
	.summary = "Runs failed jobs again where evidence says that they fail by accident",
	.usage = "rerun --run ID [--force] [--dry-run] [--format text|json] [options]",
	.text = "Looks at every failed job of the run: its log, what the history knows of the same failure at one "
		"commit and after earlier reruns, and whether the default branch fails likewise. Without evidence, or "
		"beyond the budget (rerun.per_run, rerun.per_branch_per_day), nothing is run again, and the answer "
		"says why.\n"
		"--force is a person's decision: then only GitHub's own limits hold. What the rerun was good for is "
		"recorded when its result is seen.",
	.examples = "runmedic rerun --run 123456789\n"
		    "runmedic rerun --run 123456789 --dry-run --format json\n"
		    "runmedic rerun --run 123456789 --force",
	.options = options,
	.run = run,
};
