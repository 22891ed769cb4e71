#include "cmd/action_history.h"

#include "cmd/history.h"
#include "store/weekly.h"

extern const struct command cmd_sync;

/* A session whose history is that of the Action. */
static int begin(struct errand_session *ret, struct action *a, struct store **store, struct err *e)
{
	const char *const argv[] = {"--db", a->in.db, NULL};
	*store = NULL;
	if (errand_begin(ret, a, &cmd_sync, argv, e) < 0)
		return -1;
	return history_store(store, &ret->session, STORE_WRITE, e);
}

static int pull(struct session *s, struct store *store, struct err *e)
{
	struct history_pulled result = {0};
	struct history_link link = {0};
	int rc = history_link_open(&link, s, NULL, e);
	if (rc == 0)
		rc = history_pull(&link, store, &result, e);
	history_taking_done(&result.facts);
	if (link.remote)
		history_link_close(&link);
	return rc;
}

static int push(struct action *a, struct session *s, struct store *store, struct err *e)
{
	const struct history_push recent = {.since = clock_now() - 2 * CLOCK_DAY};
	struct history_pushed pushed = {0};
	struct history_link link = {0};
	int rc = history_link_open(&link, s, NULL, e);
	if (rc == 0)
		rc = a->event.run ? history_push_run(s, link.remote, store, a->event.run, a->event.attempt, &pushed, e)
				  : history_push(&link, store, &recent, &pushed, e);
	if (rc == 0 && pushed.refused.count)
		rc = err_set(e, ERR_REFUSED, "%s: %s", pushed.refused.items[0].where, pushed.refused.items[0].why);
	history_refusals_done(&pushed.refused);
	if (link.remote)
		history_link_close(&link);
	return rc;
}

/* Dry runs write nothing, here or there; what needs no history (the heal mode of an untrusted job) has no token. */
static bool remembers(const struct action *a)
{
	return a->in.record && !a->in.dry_run && a->in.mode != MODE_HEAL && session_variable("GITHUB_REPOSITORY");
}

static int remember_workflow(struct store *store, struct err *e)
{
	const char *name = session_variable("GITHUB_WORKFLOW");
	return name ? store_audit_once(store, WEEKLY_OWN_WORKFLOW, name, e) : 0;
}

void action_history_begin(struct action *a)
{
	struct errand_session s;
	struct store *store;
	struct err e;
	if (!remembers(a))
		return;
	if (begin(&s, a, &store, &e) < 0 || remember_workflow(store, &e) < 0)
		session_note(a->outer, "the history cannot be written: %s", e.text);
	else if (a->config.history.push && pull(&s.session, store, &e) < 0)
		session_note(a->outer, "the history of the repository was not read: %s", e.text);
	store_close(store);
	errand_end(&s);
}

void action_history_end(struct action *a)
{
	struct errand_session s;
	struct store *store;
	struct err e;
	if (!remembers(a) || !a->config.history.push)
		return;
	if (begin(&s, a, &store, &e) < 0 || push(a, &s.session, store, &e) < 0)
		session_note(a->outer, "the history was not pushed: %s", e.text);
	store_close(store);
	errand_end(&s);
}
