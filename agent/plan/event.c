#include "plan/event.h"

#include "base/file.h"

#include <string.h>

static bool is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

static void read_run(struct event *e, const cJSON *run)
{
	const char *head = json_text(json_get(run, "head_repository"), "full_name");
	int64_t attempt = json_int(run, "run_attempt", 1);
	e->run = json_int(run, "id", 0) > 0 ? json_int(run, "id", 0) : 0;
	e->attempt = attempt >= 1 && attempt < 10000 ? (int)attempt : 1;
	e->workflow = json_text(run, "name");
	e->workflow_path = json_text(run, "path");
	e->conclusion = json_text(run, "conclusion");
	e->head_sha = json_text(run, "head_sha");
	e->head_branch = json_text(run, "head_branch");
	e->head_repository = head;
	e->run_event = json_text(run, "event");
	e->url = json_text(run, "html_url");
	e->actor = json_text(json_get(run, "actor"), "login");
	e->fork = !head || !e->repository || strcmp(head, e->repository) != 0;
}

static int number_of(const cJSON *object)
{
	int64_t n = json_int(object, "number", 0);
	return n > 0 && n < INT32_MAX ? (int)n : 0;
}

static void read_pull(struct event *e, const cJSON *pull)
{
	const cJSON *head = json_get(pull, "head");
	const char *repository = json_text(json_get(head, "repo"), "full_name");
	e->pull = number_of(pull);
	e->pull_merged = json_bool(pull, "merged", false);
	e->head_sha = json_text(head, "sha");
	e->head_branch = json_text(head, "ref");
	e->head_repository = repository;
	e->fork = !repository || !e->repository || strcmp(repository, e->repository) != 0;
}

static void read_comment(struct event *e, const cJSON *payload)
{
	const cJSON *comment = json_get(payload, "comment"), *issue = json_get(payload, "issue");
	const char *kind = json_text(json_get(comment, "user"), "type");
	e->comment = json_int(comment, "id", 0);
	e->comment_text = json_text(comment, "body");
	e->comment_author = json_text(json_get(comment, "user"), "login");
	e->comment_association = json_text(comment, "author_association");
	e->comment_by_bot = is(kind, "Bot") || view_ends(view_of(e->comment_author), "[bot]");
	e->comment_on_pull = json_get(issue, "pull_request") != NULL;
	e->pull = e->comment_on_pull ? number_of(issue) : 0;
	e->command = e->comment_text ? event_command_of(view_of(e->comment_text)) : EVENT_NO_COMMAND;
}

void event_read(struct event *ret, const char *name, const cJSON *payload)
{
	const cJSON *repository = json_get(payload, "repository");
	*ret = (struct event){.name = name,
		.action = json_text(payload, "action"),
		.repository = json_text(repository, "full_name"),
		.default_branch = json_text(repository, "default_branch"),
		.sender = json_text(json_get(payload, "sender"), "login"),
		.attempt = 1};
	if (is(name, "workflow_run"))
		read_run(ret, json_get(payload, "workflow_run"));
	else if (is(name, "issue_comment"))
		read_comment(ret, payload);
	else if (json_get(payload, "pull_request"))
		read_pull(ret, json_get(payload, "pull_request"));
}

/* "" at the end. */
static struct view take_word(struct view *line)
{
	*line = view_trim(*line);
	size_t n = 0;
	while (n < line->n && line->p[n] > ' ')
		n++;
	struct view word = view_sub(*line, 0, n);
	*line = view_from(*line, n);
	return word;
}

enum event_command event_command_of(struct view comment)
{
	static const struct {
		const char *word;
		enum event_command command;
	} words[] = {
		{"apply", EVENT_APPLY}, {"rerun", EVENT_RERUN}, {"ignore", EVENT_IGNORE}, {"explain", EVENT_EXPLAIN}};
	struct view rest = view_trim(comment), line;
	if (!view_next(&rest, '\n', &line) || !view_is(take_word(&line), "/runmedic"))
		return EVENT_NO_COMMAND;
	struct view word = take_word(&line);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (view_is(word, words[i].word))
			return words[i].command;
	return EVENT_NO_COMMAND;
}

/* The whole name, not its last component as with paths: `main` is not `feature/main`. A lone `*` is every name, also an
 * unknown one. */
static bool matches(const char *pattern, const char *name)
{
	BUF_AUTO anchored = buf_new(BUF_LINE);
	if (!name || !strcmp(pattern, "*"))
		return !strcmp(pattern, "*");
	buf_addf(&anchored, "%s%s", *pattern == '/' ? "" : "/", pattern);
	return file_glob(buf_text(&anchored), view_of(name));
}

static bool branch_listed(const struct config_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (matches(list->items[i], name))
			return true;
	return false;
}

/* Names and logins as they are: the brackets of `dependabot[bot]` are no pattern. */
static bool listed(const struct config_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (is(name, list->items[i]))
			return true;
	return false;
}

/* NULL when the configuration has nothing against it. */
static const char *out_of_scope(const struct event *e, const struct config *c)
{
	if (c->scope.workflows.n && !listed(&c->scope.workflows, e->workflow))
		return "scope.workflows leaves this workflow out";
	if (c->scope.branches.n && !branch_listed(&c->scope.branches, e->head_branch))
		return "scope.branches leaves this branch out";
	if (listed(&c->scope.ignore_authors, e->actor))
		return "scope.ignore_authors leaves out who started the run";
	return NULL;
}

static enum errand of_conclusion(const char *conclusion, const char **ret_why)
{
	static const struct {
		const char *conclusion;
		enum errand errand;
		const char *why;
	} table[] = {
		{"failure", ERRAND_DIAGNOSE, "the run failed"},
		{"timed_out", ERRAND_DIAGNOSE, "the run timed out"},
		{"success", ERRAND_GREEN, "the run succeeded"},
		{"startup_failure", ERRAND_WORKFLOW_FILE, "the run could not start"},
		{"cancelled", ERRAND_RECORD, "the run was cancelled"},
		{"skipped", ERRAND_RECORD, "the run was skipped"},
		{"neutral", ERRAND_RECORD, "the run ended neutral"},
		{"stale", ERRAND_RECORD, "the run is stale"},
		{"action_required", ERRAND_RECORD, "the run waits for an approval"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (!is(conclusion, table[i].conclusion))
			continue;
		*ret_why = table[i].why;
		return table[i].errand;
	}
	*ret_why = "the run has no conclusion that is known";
	return ERRAND_NOTHING;
}

static enum errand of_run(
	const struct event *e, const struct config *config, const char *own_workflow, const char **ret_why)
{
	if (!is(e->action, "completed") || !e->run) {
		*ret_why = "only completed runs are looked at";
		return ERRAND_NOTHING;
	}
	if (own_workflow && is(e->workflow, own_workflow)) {
		*ret_why = "a run of this very workflow is not looked at";
		return ERRAND_NOTHING;
	}
	*ret_why = out_of_scope(e, config);
	return *ret_why ? ERRAND_NOTHING : of_conclusion(e->conclusion, ret_why);
}

static enum errand of_comment(const struct event *e, const char **ret_why)
{
	if (e->command == EVENT_NO_COMMAND || !is(e->action, "created") || !e->comment_on_pull) {
		*ret_why = "the comment is no new `/runmedic apply|rerun|ignore|explain` on a pull request";
		return ERRAND_NOTHING;
	}
	if (e->comment_by_bot) { /* it may repeat what anybody told it */
		*ret_why = "a bot wrote the comment: only people command";
		return ERRAND_NOTHING;
	}
	*ret_why = "a comment asks for it";
	return ERRAND_COMMAND;
}

enum errand event_errand(
	const struct event *event, const struct config *config, const char *own_workflow, const char **ret_why)
{
	const char *name = event->name;
	if (is(name, "workflow_run"))
		return of_run(event, config, own_workflow, ret_why);
	if (is(name, "issue_comment"))
		return of_comment(event, ret_why);
	if (is(name, "schedule") || is(name, "workflow_dispatch")) {
		*ret_why = "it is time to sync and report";
		return ERRAND_SCHEDULE;
	}
	if (is(name, "pull_request") && is(event->action, "closed")) {
		*ret_why = event->pull_merged ? "a pull request was merged" : "a pull request was closed";
		return ERRAND_PULL_CLOSED;
	}
	if ((is(name, "repository_dispatch") && is(event->action, "runmedic-local")) ||
		is(name, "pull_request_target") || is(name, "merge_group")) {
		*ret_why = "a local result may be there to verify";
		return ERRAND_VERIFY;
	}
	*ret_why = "mode auto has nothing to do in this event";
	return ERRAND_NOTHING;
}

const char *errand_name(enum errand e)
{
	static const char *const names[] = {[ERRAND_NOTHING] = "nothing",
		[ERRAND_DIAGNOSE] = "diagnose",
		[ERRAND_GREEN] = "green",
		[ERRAND_RECORD] = "record",
		[ERRAND_WORKFLOW_FILE] = "workflow-file",
		[ERRAND_SCHEDULE] = "schedule",
		[ERRAND_PULL_CLOSED] = "pull-closed",
		[ERRAND_VERIFY] = "verify",
		[ERRAND_COMMAND] = "command"};
	return names[e];
}
