/* runmedic heal: plan, prove, and where asked apply or commit. */
#include "cmd/command.h"
#include "cmd/heal_pull.h"
#include "cmd/recording.h"
#include "cmd/remote_run.h"

#include "base/clock.h"

#include <string.h>

static const struct option options[] = {
	{"apply", 0, NULL, "write proved fixes into the work tree", false},
	{"commit", 0, NULL, "write them as commits on a new branch; HEAD, index and files stay", false},
	{"pr", 0, NULL, "commit, push that branch and open a pull request", false},
	{"tier", 0, "heal|review", "up to which tier fixes are made (default: heal)", false},
	{"only", 0, "FIXER,...", "only these fixers", false},
	{"no-tools", 0, NULL, "start no program: only native edits and printed diffs", false},
	{"patch", 0, "FILE", "also write what was proved as a patch bundle for `publish`", false},
	{"analysis", 0, "FILE", "heal what this output of `analyze --format json` is about; its logs are read again",
		true},
	{"explain", 0, NULL, "say how it was decided", false},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{"baseline", 0, "LOG", "a passing log of the same job", true},
	{"conclusion", 0, "success|failure|cancelled|timed_out", "what is known of the job; beats what its log says",
		false},
	{"exit-code", 0, NULL, "exit with 1 when something found was not healed", false},
	REMOTE_OPTIONS,
	RECORDING_OPTIONS,
	{0},
};

static int choose_level(struct healing *h, const struct args *args, struct err *e)
{
	bool apply = args_flag(args, "apply"), commit = args_flag(args, "commit") || args_flag(args, "pr");
	if (apply && commit)
		return err_set(e, ERR_USAGE, "--apply and --commit (or --pr) exclude each other; choose one");
	h->level = apply ? HEAL_APPLY : commit ? HEAL_COMMIT : HEAL_DRY_RUN;
	h->tier = !strcmp(args_text(args, "tier", "heal"), "review") ? TIER_REVIEW : TIER_HEAL;
	return 0;
}

static bool on_log(void *context, struct analysed *one)
{
	struct healing *h = context;
	struct err e;
	if ((h->pull ? heal_pull_take(h->pull, h, one, &e) : healing_one(h, one, &e)) < 0) {
		session_trouble(h->session, &e);
		h->trouble = true;
	}
	return true;
}

static bool on_run(void *context, const struct remote_run *run, bool is_end)
{
	struct healing *h = context;
	BUF_AUTO words = buf_new(BUF_LINE);
	h->options.run_url_or_null = is_end ? NULL : run->run.url;
	if (is_end && !run->red && !run->one_job) {
		remote_run_words(&words, run);
		session_note(h->session, "%s: nothing failed", run->run.id ? buf_text(&words) : "no failed run");
	}
	return true;
}

static int run_all(struct healing *h, struct analyser *x, struct err *e)
{
	if (choose_level(h, h->session->args, e) < 0 || analyser_start(x, h->session, e) < 0)
		return -1;
	if (h->level != HEAL_DRY_RUN && recording_start(&h->recording, x, e) < 0)
		return -1;
	x->on_run = on_run;
	if (args_flag(h->session->args, "pr") && heal_pull_begin(&h->pull, h->session, e) < 0)
		return -1;
	if (healing_start(h, e) < 0 || analyser_run(x, on_log, h, e) < 0)
		return -1;
	h->trouble = h->trouble || x->failed_inputs;
	if (healing_write_patch(h, e) < 0)
		return -1;
	if (h->pull && heal_pull_open(h->pull, h, e) < 0) {
		session_trouble(h->session, e);
		h->trouble = true;
	}
	return session_write(h->session, buf_view(&h->out), e);
}

static int run(struct session *s)
{
	struct err e;
	struct analyser x = {0};
	struct healing h = {.session = s, .out = buf_new(BUF_LARGE)};
	int rc = run_all(&h, &x, &e);
	if (rc < 0)
		session_trouble(s, &e);
	bool no = h.unhealed && args_flag(s->args, "exit-code");
	bool trouble = rc < 0 || h.trouble;
	heal_pull_end(h.pull);
	healing_end(&h);
	recording_end(h.recording);
	analyser_end(&x);
	return trouble ? EXIT_TROUBLE : no ? EXIT_NO : EXIT_ANSWERED;
}

const struct command cmd_heal = {
	.name = "heal",
	.summary = "Plans a fix, proves it, and applies it where asked to",
	.usage = "heal [LOG|DIR|ZIP|-]... [--run ID | --job ID | --latest] [--repo DIR] [--apply | --commit | --pr] "
		 "[options]",
	.text = "Without --apply, --commit or --pr this is a dry run: plan, diff and proof; nothing is changed and "
		"nothing "
		"is recorded.\n"
		"A fix leaves the scratch tree only when its own proof holds. Files with uncommitted changes are never "
		"touched.\n"
		"--run, --job and --latest read the logs from GitHub; the jobs of a run are healed together. The "
		"connection is closed before anything is changed or any program is started.\n"
		"--pr needs HEAD to be what the branch is on GitHub. It makes the commits of --commit, pushes their "
		"branch as it is, signatures included, and opens a pull request against the current branch.",
	.examples = "runmedic heal job.log\n"
		    "runmedic heal job.log --repo ~/src/project --apply\n"
		    "runmedic heal job.log --commit --only 'python/*'\n"
		    "runmedic heal job.log --tier review --format json\n"
		    "runmedic heal job.log --patch fixes.json\n"
		    "runmedic heal --run 123456789 --commit\n"
		    "runmedic heal --latest --pr",
	.options = options,
	.run = run,
};
