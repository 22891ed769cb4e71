/* runmedic watch: new failed runs, as they come. */
#include "cmd/command.h"
#include "cmd/follow.h"
#include "cmd/recording.h"
#include "cmd/remote_answer.h"
#include "cmd/step_files.h"
#include "cmd/stop.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/redact.h"
#include "github/repos.h"
#include "heal/heal.h"
#include "store/sync.h"

#include <stdlib.h>
#include <string.h>

#define INTERVAL_DEFAULT_S 60u
#define INTERVAL_MAX_S 86400u
#define LOOKBACK_DEFAULT_MIN 60u
#define LOOKBACK_MAX_MIN (60u * 24 * 30)
#define CYCLE_DEFAULT 20u /* runs a cycle */
#define CYCLE_MAX 200u
#define LISTED_MAX 1000u
#define BACKOFF_MAX_S 900u
#define BASE_GROUPS_MAX 4u /* failures of a run that the default branch is asked about */
#define WORKFLOWS_MAX 64u

static const struct option options[] = {
	{"once", 0, NULL, "look once, then end", false},
	{"interval", 0, "S", "seconds between two looks (default: 60)", false},
	{"max-cycles", 0, "N", "end after so many looks (default: never)", false},
	{"lookback", 0, "MIN", "minutes that the first look goes back (default: 60)", false},
	{"limit", 0, "N", "at most so many runs a look, the oldest first; the others come with the next (default: 20)",
		false},
	{"workflow", 0, "NAME,...", "only these workflows, by name", false},
	{"dry-run", 0, NULL, "record nothing, change nothing on GitHub", false},
	{"repository", 0, "OWNER/NAME", "the repository on GitHub (default: GITHUB_REPOSITORY, then remote origin)",
		false},
	{0},
};

struct seen {
	int64_t run;
	int attempt;
};

struct watch {
	struct session *session;
	struct remote *remote;
	struct analyser analyser;
	struct recording *recording;   /* NULL with --dry-run */
	struct repository *repository; /* NULL: this is no clone */
	const struct config *config;
	FILE *out;
	volatile sig_atomic_t *stop;
	char *workflow_text;
	const char *workflows[WORKFLOWS_MAX + 1];
	uint64_t interval_s, cycles, limit;
	int64_t lookback;  /* microseconds */
	int64_t last_look; /* that went well; CLOCK_UNKNOWN */
	struct seen *seen; /* with --dry-run */
	size_t seen_count, seen_cap;
};

/* ---- which runs are new ----------------------------------------------------------------------- */

struct look {
	struct watch *watch;
	struct arena arena;
	struct github_run *runs;
	size_t count, cap;
	int64_t from;
	struct err *e;
	bool failed;
};

static bool is_watched(const struct watch *w, const struct github_run *run)
{
	if (!w->workflows[0])
		return true;
	for (size_t i = 0; w->workflows[i]; i++)
		if (run->workflow && !strcmp(run->workflow, w->workflows[i]))
			return true;
	return false;
}

static int attempt_of(const struct github_run *run)
{
	return run->attempt > 0 ? run->attempt : 1;
}

static int is_known(struct watch *w, const struct github_run *run, bool *ret, struct err *e)
{
	int attempt = 0;
	*ret = false;
	for (size_t i = 0; i < w->seen_count; i++)
		*ret = *ret || (w->seen[i].run == run->id && w->seen[i].attempt >= attempt_of(run));
	if (!w->recording)
		return 0;
	if (store_marked(recording_store(w->recording), STORE_WATCHED, w->remote->repository, run->id, &attempt, e) < 0)
		return -1;
	*ret = *ret || attempt >= attempt_of(run);
	return 0;
}

static int remember(struct watch *w, const struct github_run *run, struct err *e)
{
	if (w->recording)
		return store_mark(recording_store(w->recording), STORE_WATCHED, w->remote->repository, run->id,
			attempt_of(run), e);
	MEM_PUSH(w->seen, w->seen_count, w->seen_cap);
	w->seen[w->seen_count++] = (struct seen){run->id, attempt_of(run)};
	return 0;
}

static bool on_run(void *context, const struct github_run *run)
{
	struct look *l = context;
	bool known = false;
	if (!remote_run_is_red(run) || !is_watched(l->watch, run) ||
		(run->updated != CLOCK_UNKNOWN && run->updated < l->from))
		return !*l->watch->stop;
	l->failed = is_known(l->watch, run, &known, l->e) < 0;
	if (!known && !l->failed) {
		MEM_PUSH(l->runs, l->count, l->cap);
		l->runs[l->count++] = remote_run_copy(&l->arena, run);
	}
	return !l->failed && !*l->watch->stop;
}

/* ---- what is said of one ---------------------------------------------------------------------- */

static void say(struct watch *w, const struct buf *text)
{
	BUF_AUTO safe = buf_new(BUF_PAGE), defused = buf_new(BUF_FILE);
	redact_for_terminal(&safe, buf_view(text));
	fputs(buf_text(step_defuse(&defused, buf_view(&safe)) ? &defused : &safe), w->out);
	fflush(w->out);
}

static void add_place(struct buf *out, const struct finding *f)
{
	if (!f->location.path)
		return;
	buf_addf(out, " at %s", f->location.path);
	if (f->location.line)
		buf_addf(out, ":%u", f->location.line);
}

/* What heal would do; watch itself delivers nothing. */
static void add_plan(struct watch *w, struct buf *out, const struct diagnosis *d, struct log *log)
{
	const struct plan_options o = {.config = w->config, .tier = TIER_REVIEW, .no_tools = "watch starts no program"};
	struct plan plan;
	struct err why;
	const struct finding *f = diagnosis_primary(d);
	if (!w->repository || plan_make(&plan, d, log, repository_tree(w->repository), &o, &why) < 0) {
		buf_add_text(out, f->transient ? "; a rerun will probably pass" : "");
		return;
	}
	buf_addf(out, "; would %s",
		plan.decision == DECISION_RERUN    ? "rerun"
		: plan.decision == DECISION_NONE   ? "leave it alone"
		: plan.decision == DECISION_REVIEW ? "propose a fix for review"
						   : "heal");
	const char *sep = ": ";
	for (size_t i = 0; i < plan.fix_count; i++)
		if (plan.fixes[i].has_proposal || plan.fixes[i].status == FIX_UNAVAILABLE) {
			buf_addf(out, "%s%s", sep, plan.fixes[i].fixer->id);
			sep = ", ";
		}
	plan_done(&plan);
}

struct telling {
	struct watch *watch;
	struct remote_answer kept;
	struct err *e;
	bool failed;
};

static bool on_job(void *context, struct analysed *one)
{
	struct telling *r = context;
	struct watch *w = r->watch;
	BUF_AUTO plan = buf_new(BUF_LINE);
	if (w->recording && recording_commit(w->recording, one, NULL, 0, r->e) < 0) {
		r->failed = true;
		return false;
	}
	if (diagnosis_primary(&one->diagnosis))
		add_plan(w, &plan, &one->diagnosis, one->log);
	remote_answer_keep(&r->kept, one, buf_take(&plan));
	return !*w->stop;
}

static const char *plan_of(const struct remote_answer *a, const struct publish_group *g)
{
	for (size_t i = 0; i < a->count; i++)
		if (&a->diagnoses[i] == g->best->diagnosis)
			return a->seen[i];
	return NULL;
}

/* Whose fault it is not. What cannot be told is left out. */
static void add_base(
	struct buf *out, const struct telling *r, const struct remote_run *run, const struct publish_group *g)
{
	ARENA_AUTO a = {0};
	struct watch *w = r->watch;
	struct remote_base base;
	struct err why;
	if (remote_red_on_base(
		    &base, w->remote, &run->run, g->best->name, g->finding->signature, &w->analyser, &a, &why) < 0 ||
		!base.red)
		return;
	buf_addf(out, "    %s red on %s since %.7s\n", base.same ? "the same is" : "this job is also", base.branch,
		base.since ? base.since : "?");
}

static void add_group(
	struct buf *out, const struct telling *r, const struct publish_run *p, const struct publish_group *g)
{
	const char *plan = plan_of(&r->kept, g);
	buf_add_text(out, "  ");
	publish_group_names(out, p, g);
	if (!g->finding) {
		buf_addf(out, ": not analysed: %s\n", g->best->trouble ? g->best->trouble : "no log");
		return;
	}
	buf_addf(out, ": %s", g->finding->title);
	add_place(out, g->finding);
	buf_addf(out, " (%s, %.0f %%)%s\n", category_name(g->finding->category), g->finding->confidence * 100,
		plan ? plan : "");
}

static void tell(struct telling *r, const struct remote_run *run)
{
	ARENA_AUTO arena = {0};
	struct publish_run p;
	const struct publish_group *groups;
	char when[CLOCK_TEXT_MAX];
	BUF_AUTO out = buf_new(BUF_PAGE);
	remote_answer_run(&p, &r->kept, run, &arena);
	buf_addf(&out, "%s  ", clock_iso(run->run.updated, when));
	remote_run_words(&out, run);
	if (run->count)
		buf_addf(&out, ": %zu of %zu jobs failed", run->red, run->count);
	buf_addf(&out, "%s%s\n", run->run.url ? "  " : "", run->run.url ? run->run.url : "");
	size_t n = publish_groups(&p, &arena, &groups);
	for (size_t i = 0; i < n; i++) {
		add_group(&out, r, &p, &groups[i]);
		if (i < BASE_GROUPS_MAX && groups[i].finding)
			add_base(&out, r, run, &groups[i]);
	}
	say(r->watch, &out);
}

/* Trouble that another look may not have. */
static bool may_come_right(const struct remote_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->jobs[i].trouble.code == ERR_NETWORK || run->jobs[i].trouble.code == ERR_BUSY)
			return true;
	return false;
}

static int watch_run(struct watch *w, const struct github_run *known, struct err *e)
{
	struct remote_run run;
	struct remote_wish wish = {0};
	struct telling r = {.watch = w, .e = e};
	if (remote_run_read_known(&run, w->remote, known, &wish, e) < 0)
		return -1;
	remote_run_analyse(&w->analyser, &run, on_job, &r);
	int rc = r.failed ? -1 : 0;
	if (rc == 0 && *w->stop)
		rc = err_set(e, ERR_INTERRUPTED, "stopped by a signal");
	if (rc == 0)
		tell(&r, &run);
	if (rc == 0 && !may_come_right(&run))
		rc = remember(w, known, e);
	remote_answer_done(&r.kept);
	remote_run_done(&run);
	return rc;
}

/* ---- looking again and again ------------------------------------------------------------------ */

/* A run may be made long before it ends. */
#define MADE_BEFORE CLOCK_DAY

static int look(struct watch *w, struct err *e)
{
	int64_t now = clock_now(), from = now - w->lookback;
	if (w->last_look != CLOCK_UNKNOWN && w->last_look - 300 * CLOCK_SECOND < from)
		from = w->last_look - 300 * CLOCK_SECOND;
	struct look l = {.watch = w, .from = from, .e = e};
	struct github_run_filter f = {.status = "completed",
		.created_from = from - MADE_BEFORE,
		.created_to = CLOCK_UNKNOWN,
		.limit = LISTED_MAX};
	int rc = github_runs(w->remote->github, &f, on_run, &l, e);
	rc = l.failed ? -1 : rc;
	size_t left = w->limit;
	for (size_t i = l.count; i-- > 0 && left && rc == 0 && !*w->stop; left--)
		rc = watch_run(w, &l.runs[i], e);
	if (rc == 0 && l.count <= w->limit)
		w->last_look = now;
	if (rc == 0 && l.count > w->limit)
		session_note(w->session, "%zu more failed runs wait for the next look", l.count - (size_t)w->limit);
	free(l.runs);
	arena_done(&l.arena);
	return rc;
}

/* What became of the fixes that were delivered earlier. Without a token GitHub lets nobody change anything. */
static int settle(struct watch *w, struct err *e)
{
	ARENA_AUTO a = {0};
	struct github_repo repo;
	if (!w->recording || w->remote->token_from == REMOTE_ANONYMOUS)
		return 0;
	if (github_repo_get(w->remote->github, &a, &repo, e) < 0)
		return -1;
	struct following f = {.session = w->session,
		.remote = w->remote,
		.store = recording_store(w->recording),
		.config = w->config,
		.default_branch = repo.default_branch,
		.arena = &a};
	return following_settle(&f, 0, NULL, e);
}

/* The patience of a connection to GitHub is used up some day: after trouble there is a new one. The old one goes first:
 * gh may be asked for the token. */
static int connect_again(struct watch *w, struct err *e)
{
	const struct remote_options o = {.stop = w->stop};
	remote_close(w->remote);
	w->remote = NULL;
	return remote_open(&w->remote, w->session, &o, e);
}

static int64_t pause_ms(const struct watch *w, unsigned failures)
{
	uint64_t s = w->interval_s, most = s > BACKOFF_MAX_S ? s : BACKOFF_MAX_S;
	for (unsigned i = 0; i < failures && s < most; i++)
		s *= 2;
	return (int64_t)((s < most ? s : most) * 1000);
}

/* Trouble is said and tried again later, ever later while it lasts. */
static int watch_on(struct watch *w)
{
	unsigned failures = 0;
	for (uint64_t cycle = 1; !*w->stop; cycle++) {
		struct err e;
		int rc = look(w, &e);
		if (rc == 0 && !*w->stop)
			rc = settle(w, &e);
		if (*w->stop)
			break;
		if (rc < 0)
			session_trouble(w->session, &e);
		failures = rc < 0 ? failures + 1 : 0;
		if (w->cycles && cycle >= w->cycles)
			return failures ? EXIT_TROUBLE : EXIT_ANSWERED;
		remote_pause(w->remote, pause_ms(w, failures));
		if (rc < 0 && connect_again(w, &e) < 0)
			return session_trouble(w->session, &e);
	}
	session_note(w->session, "stopped");
	return EXIT_ANSWERED;
}

/* ---- the command ------------------------------------------------------------------------------ */

static int split_workflows(struct watch *w, struct err *e)
{
	const char *list = args_text(w->session->args, "workflow", NULL);
	size_t n = 0;
	w->workflow_text = mem_text(list);
	for (char *p = w->workflow_text; p && *p; n++) {
		if (n >= WORKFLOWS_MAX)
			return err_set(e, ERR_USAGE, "--workflow names more than %u workflows", WORKFLOWS_MAX);
		w->workflows[n] = p;
		p = strchr(p, ',');
		if (p)
			*p++ = '\0';
	}
	return 0;
}

static int read_options(struct watch *w, struct err *e)
{
	const struct args *args = w->session->args;
	uint64_t minutes;
	if (args->rest_count)
		return err_set(e, ERR_USAGE, "watch takes no operand '%.60s'", args->rest[0]);
	if (args_number(args, "interval", INTERVAL_MAX_S, INTERVAL_DEFAULT_S, &w->interval_s, e) < 0 ||
		args_number(args, "max-cycles", UINT32_MAX, 0, &w->cycles, e) < 0 ||
		args_number(args, "lookback", LOOKBACK_MAX_MIN, LOOKBACK_DEFAULT_MIN, &minutes, e) < 0 ||
		args_number(args, "limit", CYCLE_MAX, CYCLE_DEFAULT, &w->limit, e) < 0)
		return -1;
	if (!w->interval_s || !w->limit)
		return err_set(e, ERR_USAGE, "--interval and --limit must be at least 1");
	if (args_flag(args, "once"))
		w->cycles = 1;
	w->lookback = (int64_t)minutes * 60 * CLOCK_SECOND;
	w->last_look = CLOCK_UNKNOWN;
	return split_workflows(w, e);
}

static int open_output(struct watch *w, struct err *e)
{
	const char *path = args_text(w->session->args, "output", NULL);
	w->out = path && strcmp(path, "-") != 0 ? fopen(path, "ae") : stdout;
	return w->out ? 0 : err_errno(e, "--output %s", path);
}

static int start(struct watch *w, struct err *e)
{
	struct remote_options o = {.stop = w->stop};
	struct err why;
	if (read_options(w, e) < 0 || open_output(w, e) < 0 || analyser_start(&w->analyser, w->session, e) < 0 ||
		session_config(w->session, &w->config, e) < 0 || remote_open(&w->remote, w->session, &o, e) < 0)
		return -1;
	if (repository_open(&w->repository, w->session->repo, &why) < 0)
		w->repository = NULL;
	return args_flag(w->session->args, "dry-run") ? 0 : recording_open(&w->recording, &w->analyser, e);
}

static void end(struct watch *w)
{
	remote_close(w->remote);
	recording_end(w->recording);
	repository_free(w->repository);
	analyser_end(&w->analyser);
	free(w->workflow_text);
	free(w->seen);
	if (w->out && w->out != stdout)
		fclose(w->out);
}

static int run(struct session *session)
{
	struct err e;
	struct watch w = {.session = session, .stop = stop_on_signals()};
	int status = start(&w, &e) < 0 ? session_trouble(session, &e) : watch_on(&w);
	end(&w);
	return status;
}

const struct command cmd_watch = {
	.name = "watch",
	.summary = "Looks for failed runs again and again, analyses and records each once",
	.usage = "watch [--once | --interval S --max-cycles N] [--lookback MIN] [--workflow NAME,...] [--dry-run]",
	.text = "Says what broke and what would be done about it; nothing is delivered and nothing is rerun. Each "
		"failed "
		"run is told once: the history remembers it (with --dry-run only until the end of the program). Fixes "
		"that were delivered earlier are followed up: what stayed red is withdrawn.\n"
		"Trouble with GitHub is waited out. SIGINT and SIGTERM end it cleanly, with status 0.",
	.examples = "runmedic watch\n"
		    "runmedic watch --once --lookback 1440\n"
		    "runmedic watch --interval 300 --workflow CI,Nightly",
	.options = options,
	.run = run,
};
