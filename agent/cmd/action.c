/* runmedic action: what action.yml calls. */
#include "cmd/action.h"

#include "base/file.h"
#include "base/mem.h"
#include "cmd/action_history.h"
#include "cmd/actions.h"
#include "cmd/follow.h"
#include "cmd/local.h"
#include "cmd/step_files.h"
#include "github/repos.h"
#include "heal/heal.h"
#include "publish/bodies.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_BYTES_MAX ((size_t)1 << 20)

extern const struct command cmd_sync, cmd_rerun;

const char *action_folder(struct action *a, const char *name, struct err *e)
{
	const char *temp = session_variable("RUNNER_TEMP");
	const char *folder = arena_format(&a->arena, "%s/runmedic%s%s", temp ? temp : ".", *name ? "/" : "", name);
	return file_make_directories(folder, e) < 0 ? NULL : folder;
}

void action_trouble(struct action *a, const struct err *e)
{
	session_trouble(a->outer, e);
	a->trouble = true;
}

void action_print(struct view text)
{
	const char *word = session_variable("RUNMEDIC_STOP_TOKEN");
	char token[STEP_TOKEN_MAX];
	BUF_AUTO out = buf_new(BUF_LARGE);
	step_token(token);
	if (!publish_guarded(&out, word ? word : token, text))
		publish_guarded(&out, token, text);
	fwrite(out.p, 1, out.n, stdout);
	fflush(stdout);
}

int errand_begin(
	struct errand_session *ret, struct action *a, const struct command *c, const char *const *argv, struct err *e)
{
	int argc = 0;
	while (argv[argc])
		argc++;
	char **words = arena_array(&a->arena, (size_t)argc + 1, sizeof *words);
	for (int i = 0; i < argc; i++)
		words[i] = arena_format(&a->arena, "%s", argv[i]);
	*ret = (struct errand_session){.session = {.command = c->name,
					       .quiet = a->outer->quiet,
					       .verbose = a->outer->verbose,
					       .config = a->config,
					       .config_read = true}};
	if (args_parse(&ret->args, argc, words, c->options, common_options, e) < 0)
		return -1;
	ret->session.args = &ret->args;
	ret->session.repo = args_text(
		&ret->args, "repo", session_variable("GITHUB_WORKSPACE") ? session_variable("GITHUB_WORKSPACE") : ".");
	return 0;
}

void errand_end(struct errand_session *s)
{
	free(s->session.db_path);
	args_done(&s->args);
}

/* ---- the configuration: of the default branch, never of the checkout ------------------------------------- */

static int config_by_api(struct action *a, const char *path, struct buf *text, struct err *e)
{
	struct remote *remote;
	if (remote_open(&remote, a->outer, NULL, e) < 0)
		return -1;
	int rc = github_file_get(remote->github, path, a->event.default_branch, CONFIG_BYTES_MAX, text, e);
	remote_close(remote);
	return rc;
}

/* Where no token is: the default branch as the checkout fetched it. */
static int config_by_git(struct action *a, const char *path, struct buf *text, struct err *e)
{
	struct repository *r;
	const char *workspace = session_variable("GITHUB_WORKSPACE"), *branch = a->event.default_branch;
	if (!branch)
		return err_set(e, ERR_UNAVAILABLE, "the event does not name the default branch");
	if (repository_open(&r, workspace ? workspace : ".", e) < 0)
		return -1;
	const char *ref = arena_format(&a->arena, "refs/remotes/origin/%s", branch);
	int rc = repository_read_at(r, ref, path, CONFIG_BYTES_MAX, text, e);
	repository_free(r);
	return rc;
}

static int read_config(struct action *a, struct err *e)
{
	const char *path = a->in.config ? a->in.config : CONFIG_DEFAULT_PATH;
	bool asks = session_variable("GITHUB_TOKEN") ||
		    (session_variable("RUNMEDIC_APP_ID") && session_variable("RUNMEDIC_PRIVATE_KEY"));
	BUF_AUTO text = {0};
	if (file_check_relative(view_of(path), e) < 0)
		return err_wrap(e, "input config");
	int rc = asks ? config_by_api(a, path, &text, e) : config_by_git(a, path, &text, e);
	if (rc == 0)
		return config_parse(&a->config, buf_view(&text), path, e);
	config_defaults(&a->config);
	if (e->code != ERR_NOT_FOUND)
		a->config_trouble =
			arena_format(&a->arena, "%s of the default branch could not be read: %s", path, e->text);
	err_clear(e);
	return 0;
}

/* ---- errands that are a command of their own ----------------------------------------------------------- */

static int run_command(struct action *a, const struct command *c, const char *const *argv, struct err *e)
{
	struct errand_session s;
	int rc = errand_begin(&s, a, c, argv, e);
	if (rc == 0 && c->run(&s.session) == EXIT_TROUBLE)
		rc = err_set(e, ERR_UNAVAILABLE, "%s had trouble; see above", c->name);
	errand_end(&s);
	return rc;
}

static int do_sync(struct action *a, int64_t run_or_0, struct err *e)
{
	const char *run = run_or_0 ? arena_format(&a->arena, "%lld", (long long)run_or_0) : NULL;
	const char *const argv[] = {
		"--db", a->in.db, run ? "--run" : NULL, run, run && a->attested ? "--logs" : NULL, NULL};
	if (!a->in.record) {
		step_say("notice", "runmedic: nothing is recorded, as `history` or `dry-run` ask");
		return 0;
	}
	return run_command(a, &cmd_sync, argv, e);
}

/* The jobs and reports of the run that nobody had to look at. */
static int record_run(struct action *a, struct err *e)
{
	return a->in.record ? do_sync(a, a->event.run, e) : 0;
}

/* Outcomes that no event told: reruns may fire none. */
static int do_schedule(struct action *a, struct err *e)
{
	struct err why;
	if (do_sync(a, 0, e) < 0)
		return -1;
	if (action_settle(a, 0, NULL, &why) < 0)
		action_trouble(a, &why);
	return action_report(a, e);
}

static int do_rerun(struct action *a, struct err *e)
{
	const char *argv[8] = {"--db", a->in.db, "--run"};
	size_t n = 3;
	if (!a->event.run)
		return err_set(e, ERR_USAGE, "mode rerun is for the event workflow_run, which names a run");
	argv[n++] = arena_format(&a->arena, "%lld", (long long)a->event.run);
	if (!a->in.record)
		argv[n++] = "--no-record";
	if (a->in.dry_run)
		argv[n++] = "--dry-run";
	return run_command(a, &cmd_rerun, argv, e);
}

/* What follows from what was done before comes first, so that it is told with the run; its trouble hides nothing. What
 * is recorded last stands on its own. */
static int do_run(struct action *a, bool green, struct err *e)
{
	struct err why;
	if (action_follow_run(a, green, &why) < 0)
		action_trouble(a, &why);
	a->attested = action_is_attested(a);
	if ((green ? action_green(a, e) : action_diagnose(a, false, e)) < 0 || record_run(a, e) < 0)
		return -1;
	if (a->attested && action_audit(a, &why) < 0)
		action_trouble(a, &why);
	return 0;
}

/* ---- which errand ------------------------------------------------------------------------------------- */

static int do_errand(struct action *a, enum errand errand, const char *why, struct err *e)
{
	switch (errand) {
	case ERRAND_DIAGNOSE:
	case ERRAND_WORKFLOW_FILE:
		return do_run(a, false, e);
	case ERRAND_GREEN:
		return do_run(a, true, e);
	case ERRAND_RECORD:
		return record_run(a, e);
	case ERRAND_SCHEDULE:
		return do_schedule(a, e);
	case ERRAND_VERIFY: /* do_all() has seen to it */
		break;
	case ERRAND_PULL_CLOSED:
		return action_pull_closed(a, e);
	case ERRAND_COMMAND:
		return action_command(a, e);
	case ERRAND_NOTHING:
		break;
	}
	BUF_AUTO text = buf_new(BUF_LINE);
	buf_addf(&text, "runmedic: nothing to do: %s", why);
	step_say("notice", buf_text(&text));
	return 0;
}

static enum errand errand_of(const struct action *a, const struct config *c, const char **ret_why)
{
	return event_errand(&a->event, c, session_variable("GITHUB_WORKFLOW"), ret_why);
}

static int do_mode(struct action *a, struct err *e)
{
	const char *why;
	switch (a->in.mode) {
	case MODE_ANALYZE:
		return action_diagnose(a, !a->event.run, e);
	case MODE_HEAL:
		return action_heal(a, e);
	case MODE_SYNC:
		return do_sync(a, 0, e);
	case MODE_REPORT:
		return action_report(a, e);
	case MODE_PUBLISH:
		return action_publish(a, !a->event.run, e);
	case MODE_RERUN:
		return do_rerun(a, e);
	case MODE_VERIFY: /* do_all() has seen to it */
	case MODE_AUTO:
		break;
	}
	enum errand errand = errand_of(a, &a->config, &why);
	return do_errand(a, errand, why, e);
}

static int read_event(struct action *a, struct err *e)
{
	const char *name = session_variable("GITHUB_EVENT_NAME");
	if (!name || !session_variable("GITHUB_EVENT_PATH"))
		return err_set(e, ERR_USAGE,
			"this is no step of GitHub Actions: GITHUB_EVENT_NAME or GITHUB_EVENT_PATH is "
			"not set; see docs/action.md");
	a->payload = actions_event(e);
	if (!a->payload)
		return err_wrap(e, "the event");
	event_read(&a->event, name, a->payload);
	return 0;
}

/* What the configuration cannot change needs none, and asks GitHub nothing. */
static bool is_idle(const struct action *a, const char **ret_why)
{
	struct config defaults;
	if (a->in.mode != MODE_AUTO)
		return false;
	config_defaults(&defaults);
	enum errand errand = errand_of(a, &defaults, ret_why);
	config_done(&defaults);
	return errand == ERRAND_NOTHING;
}

/* It reads the configuration itself, and takes none for granted where that cannot be read. */
static bool is_verification(const struct action *a)
{
	const char *why;
	struct config defaults;
	if (a->in.mode != MODE_AUTO)
		return a->in.mode == MODE_VERIFY;
	config_defaults(&defaults);
	enum errand errand = errand_of(a, &defaults, &why);
	config_done(&defaults);
	return errand == ERRAND_VERIFY;
}

static int do_all(struct action *a, struct err *e)
{
	const char *why;
	if (action_inputs_read(&a->in, e) < 0 || read_event(a, e) < 0)
		return -1;
	if (is_idle(a, &why))
		return do_errand(a, ERRAND_NOTHING, why, e);
	if (is_verification(a)) {
		config_defaults(&a->config);
		return action_verify(a, e);
	}
	if (read_config(a, e) < 0)
		return -1;
	if (a->config_trouble)
		session_note(a->outer, "%s; the defaults hold", a->config_trouble);
	bool works = a->in.mode != MODE_AUTO || errand_of(a, &a->config, &why) != ERRAND_NOTHING;
	if (works)
		action_history_begin(a);
	int rc = do_mode(a, e);
	if (works)
		action_history_end(a);
	return rc;
}

/* ---- how it ended --------------------------------------------------------------------------------------- */

static void add_output(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s=", name);
	for (; value && *value; value++)
		if ((unsigned char)*value >= ' ')
			buf_add_char(out, *value);
	buf_add_char(out, '\n');
}

static int write_outputs(const struct action_outputs *o, struct err *e)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	add_output(&text, "decision", o->decision);
	add_output(&text, "category", o->category);
	add_output(&text, "signature", o->signature);
	add_output(&text, "confidence", o->confidence);
	add_output(&text, "patch", o->patch);
	add_output(&text, "pr-url", o->pr_url);
	add_output(&text, "check-url", o->check_url);
	add_output(&text, "report", o->report);
	add_output(&text, "trusted", o->trusted);
	return step_outputs_add(buf_view(&text), e);
}

static int run(struct session *s)
{
	struct err e;
	struct action a = {.outer = s};
	int rc = do_all(&a, &e);
	if (rc < 0)
		session_trouble(s, &e);
	struct err not_written;
	if (write_outputs(&a.out, &not_written) < 0) {
		session_trouble(s, &not_written);
		rc = -1;
	}
	bool no = (a.in.fail_on == FAIL_FAILURE && a.failure) || (a.in.fail_on == FAIL_UNHEALED && a.unhealed);
	cJSON_Delete(a.payload);
	config_done(&a.config);
	arena_done(&a.arena);
	return rc < 0 || a.trouble ? EXIT_TROUBLE : no ? EXIT_NO : EXIT_ANSWERED;
}

const struct command cmd_action = {
	.name = "action",
	.summary = "What the GitHub Action calls: reads inputs and event, and does what they ask",
	.usage = "action",
	.text = "Inputs come from RUNMEDIC_INPUT_*, the event and the run from GITHUB_*; outputs go to GITHUB_OUTPUT, "
		"what "
		"people read to the check run, the comment and the step summary (docs/action.md).",
	.examples = "runmedic action",
	.run = run,
};
