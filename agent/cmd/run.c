/* runmedic run: a command as it would run without us; when it fails, why, and once more where that helps. */
#include "cmd/captures.h"
#include "cmd/command.h"
#include "cmd/inputs.h"
#include "cmd/run_keep.h"
#include "cmd/run_report.h"
#include "cmd/run_retry.h"
#include "cmd/step_files.h"

#include "base/redact.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>

static const struct option options[] = {
	{"retries", 0, "N", "try again up to N times when what failed is transient (default: 0, at most 10)", false},
	{"backoff", 0, "S", "wait up to S seconds before, twice as long each time (default: 5, at most 300)", false},
	{"retry-on", 0, "CATEGORY,...", "only when it is of one of these: network, infra, timeout, ... (default: all)",
		false},
	{"name", 0, "NAME", "what the step is called in messages (default: the command)", false},
	{"capture", 0, "FILE", "keep the output there (default: in $RUNNER_TEMP/runmedic in Actions, else nowhere)",
		false},
	{0},
};

#define NAME_SHOWN 80 /* bytes of the name of a step in messages */

struct run {
	struct session *session;
	const char *const *argv;
	struct retry_policy policy;
	bool actions;
	struct buf command; /* as a shell would take it */
	struct buf name;    /* of the step, as it is shown */
	struct run_keep keep;
	struct live *live;
	struct live_result result;
	struct analyser analyser;
	bool analyser_started;
	struct diagnosis diagnosis;
	bool diagnosed;
};

/* ---- what was asked for ---------------------------------------------------------------------------- */

static int read_policy(struct retry_policy *ret, const struct args *args, struct err *e)
{
	const char *categories = args_text(args, "retry-on", NULL);
	uint64_t retries, backoff;

	*ret = (struct retry_policy){0};
	if (args_number(args, "retries", RETRY_MAX, 0, &retries, e) < 0 ||
		args_number(args, "backoff", RETRY_WAIT_MAX_S, RETRY_BACKOFF_S, &backoff, e) < 0 ||
		(categories && retry_categories(&ret->categories, categories, e) < 0))
		return -1;
	ret->retries = (unsigned)retries;
	ret->backoff_s = (unsigned)backoff;
	return 0;
}

static int read_arguments(struct run *r, struct err *e)
{
	const struct args *args = r->session->args;
	const char *name;

	if (args->bare_count)
		return err_set(e, ERR_USAGE, "put -- before the command: runmedic run -- %s ...", args->rest[0]);
	if (!args->rest_count)
		return err_set(e, ERR_USAGE, "no command given: runmedic run [options] -- COMMAND...");
	if (args_text(args, "output", NULL))
		return err_set(e, ERR_USAGE, "--output is not for `run`, whose output is the command's; see --capture");
	if (read_policy(&r->policy, args, e) < 0)
		return -1;
	r->argv = args->rest; /* ends with NULL */
	r->actions = step_in_actions();
	frame_command(&r->command, r->argv);
	if (frame_has_control(view_of(args_text(args, "name", ""))))
		return err_set(e, ERR_USAGE, "--name takes one line of plain text");
	name = args_text(args, "name", buf_text(&r->command));
	buf_add_view(&r->name, view_cut_utf8(view_of(name), NAME_SHOWN));
	if (r->name.n < strlen(name))
		buf_add_text(&r->name, "…");
	return 0;
}

/* Its own trouble is told, and the command runs as if there were none. */
static void tell(const struct run *r, const struct err *e)
{
	session_note(r->session, "runmedic: %s", e->text);
}

/* ---- the diagnosis --------------------------------------------------------------------------------- */

static void forget_diagnosis(struct run *r)
{
	if (r->diagnosed)
		diagnosis_done(&r->diagnosis);
	r->diagnosed = false;
}

/* A configuration that cannot be read has no rules of its own. */
static void start_analyser(struct run *r)
{
	struct err e;

	if (r->analyser_started)
		return;
	r->analyser_started = true;
	if (analyser_start(&r->analyser, r->session, &e) == 0)
		return;
	tell(r, &e);
	r->analyser.matcher = matcher_new(NULL);
}

static void diagnose_attempt(struct run *r)
{
	struct diagnose_options o = {.conclusion = CONCLUSION_FAILURE};
	const struct frame_facts facts = {.command = buf_text(&r->command), .exit_code = r->result.status};
	struct log *log = NULL;
	struct err e;

	forget_diagnosis(r);
	start_analyser(r);
	if (log_open_memory(&log, run_keep_log(&r->keep, &r->result), &e) < 0 ||
		diagnose(&r->diagnosis, log, buf_text(&r->name), r->analyser.matcher, &o, &e) < 0) {
		err_wrap(&e, "no diagnosis");
		tell(r, &e);
	} else {
		r->diagnosed = true;
		captures_settle(&r->diagnosis, &facts);
	}
	log_close(log);
}

/* ---- attempts -------------------------------------------------------------------------------------- */

static void say(const struct run *r, const char *text)
{
	if (!r->session->quiet)
		fwrite(text, 1, strlen(text), stderr);
}

static void begin_group(const struct run *r)
{
	BUF_AUTO line = buf_new(BUF_LINE), safe = buf_new(BUF_LINE);

	if (!r->actions || !r->policy.retries)
		return;
	buf_addf(&line, "Attempt %u of %u: %s", r->keep.attempt, r->policy.retries + 1, buf_text(&r->name));
	redact_for_terminal(&safe, buf_view(&line));
	buf_clear(&line);
	buf_addf(&line, "::group::%s\n", buf_text(&safe));
	say(r, buf_text(&line));
}

/* A command of the workflow has to stand at the beginning of a line. */
static void end_group(const struct run *r)
{
	bool ours = (r->actions && r->policy.retries) || r->result.status;

	if (r->result.error_line_open && ours)
		say(r, "\n");
	if (r->actions && r->policy.retries)
		say(r, "::endgroup::\n");
}

static void tell_streams(const struct run *r)
{
	static const char *const names[] = {"output", "error"};

	for (int i = 0; i < LIVE_STREAMS; i++)
		if (r->result.stream_trouble[i] && r->result.stream_trouble[i] != EPIPE) {
			struct err e;
			errno = r->result.stream_trouble[i];
			err_errno(&e, "cannot pass on the command's standard %s", names[i]);
			tell(r, &e);
		}
}

static void run_once(struct run *r)
{
	struct err e;

	run_keep_begin(&r->keep);
	begin_group(r);
	if (live_run(r->live, &r->result, r->argv, run_keep_output, &r->keep, &e) < 0) {
		r->result.status = 126;
		session_trouble(r->session, &e);
	} else if (r->result.start_trouble) {
		errno = r->result.start_trouble;
		err_errno(&e, "cannot start %s", r->argv[0]);
		session_trouble(r->session, &e);
	}
	end_group(r);
	tell_streams(r);
	capture_finish(&r->keep.capture);
}

/* Says why or why not, as far as somebody asked for it; then waits. */
static bool tries_again(struct run *r)
{
	const struct finding *f = r->diagnosed ? diagnosis_primary(&r->diagnosis) : NULL;
	enum retry_verdict verdict = retry_judge(&r->policy, r->keep.attempt, f);
	uint64_t random = 0;
	int64_t wait;

	if (!f || verdict != RETRY_AGAIN) {
		if (r->policy.retries && verdict != RETRY_USED_UP)
			session_note(r->session, "runmedic: not tried again: %s", retry_reason(verdict));
		return false;
	}
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random))
		random = (uint64_t)clock_monotonic();
	wait = retry_wait(&r->policy, r->keep.attempt, random);
	session_note(r->session, "runmedic: attempt %u of %u ended with exit code %d: %s (%s); the next one in %.1f s",
		r->keep.attempt, r->policy.retries + 1, r->result.status, f->title, category_name(f->category),
		(double)wait / (double)CLOCK_SECOND);
	return live_wait(r->live, wait) == 0;
}

/* Whoever read its output has gone: it ended as it should. */
static bool is_unread(const struct live_result *result)
{
	bool refused = result->stream_trouble[LIVE_OUT] == EPIPE || result->stream_trouble[LIVE_ERR] == EPIPE;

	return result->status == 128 + SIGPIPE && refused;
}

static bool is_diagnosable(const struct live_result *result)
{
	return result->status && !result->start_trouble && !result->stopped_by && !is_unread(result);
}

static void report(struct run *r)
{
	struct run_report report = {.session = r->session,
		.name = buf_text(&r->name),
		.actions = r->actions,
		.attempts = r->keep.attempt,
		.attempts_max = r->policy.retries + 1,
		.exit_code = r->result.status,
		.capture = r->keep.capture.trouble ? NULL : r->keep.path,
		.diagnosis = r->diagnosed ? &r->diagnosis : NULL};
	struct err e;

	if (r->diagnosed || report.attempts > 1)
		run_report_print(&report);
	if (r->diagnosed && run_report_summary(&report, &e) < 0)
		tell(r, &e);
}

static int run_all(struct run *r, struct err *e)
{
	if (read_arguments(r, e) < 0 || live_begin(&r->live, r->session->pipe_ignored, e) < 0)
		return -1;
	run_keep_open(&r->keep, r->session, r->argv[0], buf_text(&r->command));
	for (bool again = true; again;) {
		run_once(r);
		again = is_diagnosable(&r->result);
		if (again) {
			diagnose_attempt(r);
			again = tries_again(r);
		}
		run_keep_end(&r->keep, &r->result, !again);
	}
	live_end(r->live);
	if (is_diagnosable(&r->result) || !r->result.status)
		report(r);
	return 0;
}

static int run(struct session *s)
{
	struct run r = {.session = s,
		.command = buf_new(FRAME_COMMAND_MAX + 16),
		.name = buf_new(NAME_SHOWN + 16),
		.keep.capture.file = -1};
	struct err e;
	int status = run_all(&r, &e) < 0 ? session_trouble(s, &e) : r.result.status;

	forget_diagnosis(&r);
	if (r.analyser_started)
		analyser_end(&r.analyser);
	run_keep_done(&r.keep);
	buf_done(&r.command);
	buf_done(&r.name);
	return status;
}

const struct command cmd_run = {
	.name = "run",
	.summary = "Runs a command as it is; when it fails, says why, and tries again where that helps",
	.usage = "run [--retries N] [--backoff S] [--retry-on network,infra] [options] -- COMMAND...",
	.text = "The command has its environment, its standard input and its streams as without runmedic, and its exit "
		"status is the status (128+n after a signal, 126 not executable, 127 not found).\n"
		"When it fails, the diagnosis of what it printed goes to standard error, and in Actions to the step's "
		"summary and annotations. It is tried again only when that diagnosis says that the fault is transient.",
	.examples = "runmedic run -- make test\n"
		    "runmedic run --retries 3 --backoff 10 --retry-on network,infra -- npm ci\n"
		    "runmedic run --name 'unit tests' --capture tests.log -- pytest -q\n"
		    "runmedic heal tests.log",
	.options = options,
	.run = run,
};
