/* `/runmedic apply|rerun|ignore|explain` in a comment on a pull request. What stands in the comment is anybody's: it is
 * read by words that are known, and none of it is repeated. */
#include "cmd/followed.h"

#include "github/reviews.h"
#include "publish/deliver.h"

#include <stdlib.h>

#define DAYS_MAX 3650u
#define REASON_MAX 200u /* bytes */

struct request {
	struct action *action;
	struct following f;
	struct view rest; /* of the first line, behind the command */
	struct github_pull pull;
	struct github_run run; /* the newest red one of its head; id 0: there is none */
	const char *sentence;  /* for the reply; NULL: a reaction is enough */
};

/* ---- the run that is meant ------------------------------------------------------------------------------------ */

struct search {
	struct request *request;
	int64_t workflows[FOLLOWED_RUNS_MAX];
	size_t count;
};

static bool is_in_scope(const struct config *c, const char *workflow)
{
	const char *own = session_variable("GITHUB_WORKFLOW");
	if (own && workflow && !strcmp(own, workflow))
		return false;
	for (size_t i = 0; i < c->scope.workflows.n; i++)
		if (workflow && !strcmp(c->scope.workflows.items[i], workflow))
			return true;
	return c->scope.workflows.n == 0;
}

/* Of each workflow only the newest counts. */
static bool on_run(void *context, const struct github_run *run)
{
	struct search *s = context;
	struct request *r = s->request;
	for (size_t i = 0; i < s->count; i++)
		if (s->workflows[i] == run->workflow_id)
			return true;
	s->workflows[s->count++] = run->workflow_id;
	if (remote_run_is_red(run) && is_in_scope(&r->action->config, run->workflow)) {
		r->run = remote_run_copy(&r->action->arena, run);
		return false;
	}
	return s->count < FOLLOWED_RUNS_MAX;
}

static int find_run(struct request *r, struct err *e)
{
	struct search s = {.request = r};
	struct github *g = r->f.remote->github;
	if (github_pull_get(g, r->action->event.pull, &r->action->arena, &r->pull, e) < 0)
		return -1;
	return r->pull.head_sha ? github_runs_of(g, r->pull.head_sha, on_run, &s, e) : 0;
}

/* ---- each command: 1 done, 0 not done (the sentence says why), -1 trouble --------------------------------------- */

static int refuse(struct request *r, const char *sentence)
{
	r->sentence = sentence;
	return 0;
}

static bool take_word(struct request *r, struct view *ret)
{
	return view_word(&r->rest, ret);
}

static bool has_more(const struct request *r)
{
	return view_trim(r->rest).n > 0;
}

static int do_apply(struct request *r, struct err *e)
{
	struct view word;
	struct action_wish wish = {.run = r->run.id, .delivers = true, .deliver = DELIVER_BRANCH};
	if (take_word(r, &word)) {
		if (view_is(word, "pr"))
			wish.deliver = DELIVER_PR;
		else if (!view_is(word, "branch"))
			return refuse(r, "`/runmedic apply` takes nothing, `branch` or `pr`.");
	}
	if (has_more(r))
		return refuse(r, "`/runmedic apply` takes nothing, `branch` or `pr`.");
	if (!r->run.id)
		return refuse(r, "No run of this pull request's newest commit is red: there is nothing to apply.");
	if (action_diagnose_wish(r->action, &wish, e) < 0)
		return -1;
	if (wish.done.commit || wish.done.pull || wish.done.suggestions)
		return 1;
	return refuse(r, wish.done.reason ? wish.done.reason : "There is no fix for what is red here.");
}

static int do_rerun(struct request *r, struct err *e)
{
	struct red_run red;
	struct rerun_verdict verdict = {0};
	if (has_more(r))
		return refuse(r, "`/runmedic rerun` takes nothing more.");
	if (!r->run.id)
		return refuse(r, "No run of this pull request's newest commit is red: there is nothing to run again.");
	int rc = red_run_read(&red, &r->f, r->run.id, e);
	if (rc == 0)
		rc = following_rerun(&r->f, &red.run, red.jobs, red.count, true, false, &verdict, e);
	red_run_done(&red);
	if (rc < 0)
		return -1;
	return verdict.rerun ? 1 : refuse(r, verdict.reason);
}

static int say_ignored(struct request *r, const char *signatures, bool one, int64_t until_us)
{
	char until[CLOCK_TEXT_MAX];
	r->sentence = arena_format(&r->action->arena, "%s %s left alone %s%s. `runmedic ignore --remove` ends it.",
		signatures, one ? "is" : "are", until_us == CLOCK_UNKNOWN ? "from now on" : "until ",
		until_us == CLOCK_UNKNOWN ? "" : clock_date(until_us, until));
	return 1;
}

static int ignore_all(struct request *r, const struct red_run *red, const struct store_ignored *like, struct err *e)
{
	unsigned n = 0;
	BUF_AUTO text = buf_new(BUF_LINE);
	for (size_t i = 0; i < red->count; i++) {
		struct store_ignored one = *like;
		bool again = false;
		one.signature = red->jobs[i].primary ? red->jobs[i].primary->signature : "";
		for (size_t k = 0; k < i; k++)
			again = again ||
				(red->jobs[k].primary && !strcmp(red->jobs[k].primary->signature, one.signature));
		if (!*one.signature || again)
			continue;
		if (store_ignore(r->f.store, &one, e) < 0)
			return -1;
		buf_addf(&text, "%s`%.14s`", n++ ? ", " : "", one.signature);
	}
	if (!n)
		return refuse(r, "What failed here has no signature that could be ignored.");
	return say_ignored(r, buf_text(&text), n == 1, like->until);
}

/* On a pull request of ours it is about the failure that the fix is for. */
static int ignore_fixed(struct request *r, const struct store_ignored *like, struct err *e)
{
	struct github_pull_state pull;
	struct publish_pull_facts facts;
	struct store_ignored one = *like;
	if (r->pull.fork || !view_starts(view_of(r->pull.head_branch), DELIVERY_BRANCH_PREFIX))
		return refuse(r, "No run of this pull request's newest commit is red: there is nothing to ignore.");
	if (github_pull_state(r->f.remote->github, r->action->event.pull, &r->action->arena, &pull, e) < 0)
		return -1;
	if (!publish_pull_read(&facts, view_of(pull.body)) || !facts.signature.n)
		return refuse(r, "This pull request names no failure that could be ignored.");
	one.signature = arena_view(&r->action->arena, facts.signature).p;
	if (store_ignore(r->f.store, &one, e) < 0)
		return -1;
	return say_ignored(r, arena_format(&r->action->arena, "`%.14s`", one.signature), true, one.until);
}

static int do_ignore(struct request *r, struct err *e)
{
	struct view rest = view_trim(r->rest), word = {0};
	struct red_run red;
	uint64_t days = 0;
	int64_t now = clock_now();
	bool dated = view_word(&rest, &word) && view_number(word, DAYS_MAX, &days) && days > 0;
	struct view reason = view_cut_utf8(view_trim(dated ? rest : r->rest), REASON_MAX);
	if (!r->f.store)
		return refuse(r, "There is no history that could remember it: `history` is `none`.");
	const struct store_ignored like = {.reason = reason.n ? arena_view(&r->action->arena, reason).p : NULL,
		.by = r->action->event.comment_author,
		.at = now,
		.until = dated ? now + (int64_t)days * CLOCK_DAY : CLOCK_UNKNOWN};
	if (!r->run.id)
		return ignore_fixed(r, &like, e);
	int rc = red_run_read(&red, &r->f, r->run.id, e);
	if (rc == 0)
		rc = ignore_all(r, &red, &like, e);
	red_run_done(&red);
	return rc;
}

static int do_explain(struct request *r, struct err *e)
{
	BUF_AUTO text = buf_new(PUBLISH_TEXT_MAX - 1024);
	struct action_wish wish = {.run = r->run.id, .explanation = &text};
	if (has_more(r))
		return refuse(r, "`/runmedic explain` takes nothing more.");
	if (!r->run.id)
		return refuse(r, "No run of this pull request's newest commit is red: there is nothing to explain.");
	if (action_diagnose_wish(r->action, &wish, e) < 0)
		return -1;
	r->sentence = arena_text(&r->action->arena, buf_text(&text));
	return 1;
}

static const struct {
	enum event_command command;
	const char *name, *done; /* reaction when it was carried out */
	int (*run)(struct request *r, struct err *e);
} commands[] = {
	{EVENT_APPLY, "apply", "rocket", do_apply},
	{EVENT_RERUN, "rerun", "rocket", do_rerun},
	{EVENT_IGNORE, "ignore", "+1", do_ignore},
	{EVENT_EXPLAIN, "explain", "+1", do_explain},
};

/* ---- answers ------------------------------------------------------------------------------------------------- */

/* A reaction that this token cannot give is no reason not to do what was asked. */
static void react(struct request *r, const char *content)
{
	struct err why;
	if (r->f.dry_run)
		return;
	if (github_reaction_put(r->f.remote->github, r->action->event.comment, content, &why) < 0)
		following_note(&r->f, "No reaction on the comment: %s", why.text);
}

static void reply(struct request *r, const char *command, bool as_it_is)
{
	struct err why;
	const struct event *event = &r->action->event;
	BUF_AUTO text = buf_new(PUBLISH_TEXT_MAX);
	const char *marker =
		arena_format(&r->action->arena, "<!-- runmedic:answer %lld -->", (long long)event->comment);
	if (!r->sentence || r->f.dry_run)
		return;
	buf_addf(&text, "%s\n", marker);
	if (as_it_is)
		buf_add_text(&text, r->sentence);
	else
		publish_answer(&text, command, r->sentence);
	if (github_comment_reply(r->f.remote->github, event->pull, marker, buf_text(&text), &why) < 0)
		following_note(&r->f, "No answer to the comment: %s; it would have said: %s", why.text,
			as_it_is ? "see the step's log" : r->sentence);
}

/* ---- the errand ------------------------------------------------------------------------------------------------ */

/* Whether it may is a question of its own: where nobody answers it, nothing is done. Someone who is no collaborator is
 * answered with "not found". */
static int may_ask(struct request *r, bool *ret, struct err *e)
{
	enum github_level level = GITHUB_LEVEL_NONE;
	const char *author = r->action->event.comment_author;
	*ret = false;
	if (!author || !*author)
		return 0;
	if (github_permission_of(r->f.remote->github, author, &level, e) < 0 && e->code != ERR_NOT_FOUND)
		return err_wrap(e, "who wrote the comment may not be known to write here");
	err_clear(e);
	*ret = level == GITHUB_LEVEL_WRITE;
	return 0;
}

static struct view arguments(const char *comment)
{
	struct view rest = view_trim(view_of(comment)), line = {0}, word;
	view_next(&rest, '\n', &line);
	line = view_trim(line);
	view_word(&line, &word);
	view_word(&line, &word);
	return view_trim(line);
}

static int carry_out(struct request *r, struct err *e)
{
	bool may;
	size_t i = 0;
	if (may_ask(r, &may, e) < 0)
		return -1;
	if (!may) {
		session_note(r->action->outer, "the comment's author has no write permission: nothing is done");
		react(r, "-1");
		return 0;
	}
	while (commands[i].command != r->action->event.command)
		i++;
	react(r, "eyes");
	int rc = find_run(r, e);
	if (rc == 0)
		rc = commands[i].run(r, e);
	if (rc < 0)
		r->sentence = "It could not be done; the log of the medic's run says why.";
	react(r, rc > 0 ? commands[i].done : "confused");
	reply(r, commands[i].name, rc > 0 && r->action->event.command == EVENT_EXPLAIN);
	return rc < 0 ? -1 : 0;
}

int action_command(struct action *a, struct err *e)
{
	struct request r = {.action = a, .rest = arguments(a->event.comment_text)};
	struct following_action *x = NULL;
	int rc = following_begin(&x, a, 0, &r.f, e);
	if (rc == 0)
		rc = carry_out(&r, e);
	following_end(x);
	return rc;
}
