/* event.h - what an event of GitHub Actions asks of us (DESIGN §7, the table of `action` in mode auto): pure.
 *
 * A payload is read leniently (any field may be missing) and its texts are attacker's data: names, branches, comments.
 * What an event is about is never taken from more than the payload itself: a pull request's number only from events of
 * that pull request, not from artifacts or a fork's workflow_run.
 * Facts: GitHub's "Events that trigger workflows" and "Webhook events and payloads". */
#ifndef RM_PLAN_EVENT_H
#define RM_PLAN_EVENT_H

#include "base/config.h"
#include "base/json.h"

#define EVENT_BYTES_MAX ((size_t)26 << 20) /* GitHub's own limit is 25 MB */

enum errand {
	ERRAND_NOTHING,       /* `why` says it in one line */
	ERRAND_DIAGNOSE,      /* failed jobs of the run: analyse, record, plan, publish, deliver or rerun */
	ERRAND_GREEN,         /* record; close outcomes; turn the comment green */
	ERRAND_RECORD,        /* record only */
	ERRAND_WORKFLOW_FILE, /* the run never started: no logs, the workflow file is to blame */
	ERRAND_SCHEDULE,      /* sync since the last fact, settle open outcomes, report */
	ERRAND_PULL_CLOSED,   /* outcome merged or closed */
	ERRAND_VERIFY,        /* local verify */
	ERRAND_COMMAND,       /* a comment "/runmedic ..." */
};

enum event_command { EVENT_NO_COMMAND, EVENT_APPLY, EVENT_RERUN, EVENT_IGNORE, EVENT_EXPLAIN };

/* Texts are borrowed from the payload; NULL unknown. */
struct event {
	const char *name, *action;
	const char *repository, *default_branch, *sender;
	int64_t run; /* workflow_run */
	int attempt;
	const char *workflow, *workflow_path, *conclusion, *head_sha, *head_branch, *head_repository, *run_event, *url;
	const char *actor; /* who started the run */
	bool fork;         /* another head repository, or an unknown one */
	int pull;          /* number of the pull request that the event is of; 0 none */
	bool pull_merged, comment_on_pull, comment_by_bot;
	int64_t comment;
	const char *comment_text, *comment_author, *comment_association;
	enum event_command command;
};

void event_read(struct event *ret, const char *name, const cJSON *payload);
/* The first line "/runmedic apply", alone on it but for blanks and what belongs to the command. */
enum event_command event_command_of(struct view comment);

/* `own_workflow` is GITHUB_WORKFLOW: a run of the workflow that we are in is never looked at. *ret_why is one line for
 * a notice, also when there is something to do; it holds no text of the payload. */
enum errand event_errand(
	const struct event *event, const struct config *config, const char *own_workflow, const char **ret_why);
const char *errand_name(enum errand e); /* "diagnose" */

#endif
