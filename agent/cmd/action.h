/* action.h - `runmedic action`: one step of GitHub Actions, from its inputs to its outputs (docs/action.md).
 *
 * action.c decides what to do and says how it ended; an errand has a file of its own. Each errand works in a session
 * of a command that exists (heal, sync, report): what a person can do by hand is what the Action does. */
#ifndef RM_CMD_ACTION_H
#define RM_CMD_ACTION_H

#include "cmd/command.h"
#include "cmd/remote.h"
#include "plan/event.h"
#include "publish/run.h"

enum action_mode { MODE_AUTO, MODE_ANALYZE, MODE_HEAL, MODE_PUBLISH, MODE_RERUN, MODE_SYNC, MODE_REPORT, MODE_VERIFY };
enum action_fail { FAIL_NEVER, FAIL_FAILURE, FAIL_UNHEALED, FAIL_TROUBLE };

#define ACTION_DB_DEFAULT ".runmedic/history.db"

/* From RUNMEDIC_INPUT_*; NULL where the default of the configuration holds. */
struct action_inputs {
	enum action_mode mode;
	enum action_fail fail_on;
	const char *config, *tier, *deliver, *db;
	bool dry_run, record;
};
int action_inputs_read(struct action_inputs *ret, struct err *e);

/* About the most important failure; texts live in the arena, NULL is empty. */
struct action_outputs {
	const char *decision, *category, *signature, *confidence, *patch, *pr_url, *check_url, *report, *trusted;
};

struct action {
	struct session *outer;
	struct action_inputs in;
	struct arena arena;
	cJSON *payload;
	struct event event;
	struct config config;       /* of the default branch */
	const char *config_trouble; /* why it could not be read; NULL: it was, or there is none */
	struct action_outputs out;
	const char *withdrawn; /* why this event had us take a fix back; NULL */
	bool failure, unhealed, trouble;
	bool attested; /* a signed local result stands beside the run's commit: logs of what passed are read, too */
};

/* Trouble that is told at once, while the rest is done all the same; the exit status will say so. */
void action_trouble(struct action *a, const struct err *e);

/* A session of another command, with these options. Its configuration is the action's. */
struct errand_session {
	struct session session;
	struct args args;
};
int errand_begin(
	struct errand_session *ret, struct action *a, const struct command *c, const char *const *argv, struct err *e);
void errand_end(struct errand_session *s);

/* Diagnoses a run (event.run, or the one we are in when `own`), records, heals without programs, posts. */
int action_diagnose(struct action *a, bool own, struct err *e);
/* What a comment asks for (action_command.c): the run that is named is diagnosed as if it had just ended, whatever
 * `deliver` of the configuration says. */
struct action_wish {
	int64_t run;
	bool delivers;                /* `/runmedic apply`: as `deliver` says; else nothing is delivered or posted */
	enum config_deliver deliver;  /* branch or pr */
	struct buf *explanation;      /* publish_explanation() of the run; NULL: none is wanted */
	struct publish_delivery done; /* out: what became of it; texts live in the action's arena */
};
int action_diagnose_wish(struct action *a, struct action_wish *w, struct err *e);
/* Mode publish: the same without fixes of its own; only those that jobs of the run left as artifacts are delivered. */
int action_publish(struct action *a, bool own, struct err *e);
/* The run went green: recorded; a comment that said otherwise says so. */
int action_green(struct action *a, struct err *e);
/* The weekly report: step summary, files, and where the configuration wants it. */
int action_report(struct action *a, struct err *e);
/* What steps under `runmedic run` left behind in this job. */
int action_heal(struct action *a, struct err *e);
/* Below $RUNNER_TEMP/runmedic (made when missing); in the arena. */
const char *action_folder(struct action *a, const char *name, struct err *e);
/* The patch of these fixes: `runmedic.patch` for git beside `fixes.json`, which is there. */
int action_write_patch(
	struct action *a, const char *folder, const struct publish_heal *const *healed, size_t n, struct err *e);
/* Is there a fix that was made and may be applied as it is? What another tool or a person would have to do is none. */
bool action_healed(const struct publish_heal *h);
/* What a person reads in the log of the step: nothing in it is taken for a command. */
void action_print(struct view text);

#endif
