/* runmedic history compact, check, purge, status: what is kept, here and there. */
#include "cmd/history.h"

#include "base/clock.h"
#include "store/facts_marks.h"

#include <inttypes.h>
#include <string.h>

/* ---- compact --------------------------------------------------------------------------------------- */

static void on_strange(void *context, const char *ref, const char *why)
{
	history_refuse(context, ref, why);
}

static void answer_compact(struct history_answer *a, const struct facts_compacted *c, const struct err *why)
{
	json_add_bool(a->json, "done", why->code == ERR_NONE);
	json_add_int(a->json, "before", (int64_t)c->before);
	json_add_int(a->json, "after", (int64_t)c->after);
	json_add_int(a->json, "objects", (int64_t)c->objects);
	json_add_int(a->json, "dropped", (int64_t)c->dropped);
	json_add_int(a->json, "moved", (int64_t)c->moved);
	if (why->code != ERR_NONE)
		buf_addf(&a->text, "Nothing to do: %s.\n", why->text);
	else
		buf_addf(&a->text, "%zu refs became %zu, with %zu objects.\n", c->before, c->after, c->objects);
	if (c->dropped)
		buf_addf(&a->text, "%zu objects were older, and are gone.\n", c->dropped);
	if (c->moved)
		buf_addf(&a->text, "%zu refs changed meanwhile and stay.\n", c->moved);
}

static int compact(struct history_answer *a, struct history_link *l, int64_t before, bool force, struct err *e)
{
	struct history_refusals strange = {0};
	struct facts_compaction how = {.force = force, .before = before, .strange = on_strange, .context = &strange};
	struct facts_compacted result;
	struct err why = {0};
	int rc = facts_refs_compact(l->refs, &how, &result, &why);

	if (rc != 0 && why.code != ERR_NOTHING) {
		*e = why;
	} else {
		answer_compact(a, &result, &why);
		history_add_refusals(a, "refused", &strange);
		rc = 0;
	}
	history_refusals_done(&strange);
	return rc;
}

int history_do_compact(struct history_answer *a, struct err *e)
{
	struct history_link l;
	int rc;

	if (history_link_open(&l, a->session, NULL, e) != 0)
		return -1;
	rc = compact(a, &l, CLOCK_UNKNOWN, args_flag(a->session->args, "force"), e);
	history_link_close(&l);
	return rc;
}

/* ---- check ----------------------------------------------------------------------------------------- */

int history_do_check(struct history_answer *a, struct err *e)
{
	struct store *store = NULL;
	struct err why = {0};
	int rc = history_store(&store, a->session, STORE_READ, &why);

	if (rc == 0)
		rc = store_check(store, &why);
	store_close(store);
	if (rc != 0 && why.code != ERR_DAMAGED) {
		*e = why;
		return -1;
	}
	json_add_bool(a->json, "sound", rc == 0);
	json_add_text(a->json, "problem", rc == 0 ? NULL : why.text);
	if (rc == 0)
		buf_add_text(&a->text, "The history is sound.\n");
	else
		buf_addf(&a->text, "%s\n", why.text);
	return rc == 0 ? EXIT_ANSWERED : EXIT_NO;
}

/* ---- purge ----------------------------------------------------------------------------------------- */

struct purge_wish {
	struct store_purge local;
	bool remote, unsure; /* unsure: --yes is missing */
};

static int read_purge(struct session *s, struct purge_wish *w, struct err *e)
{
	const struct args *args = s->args;
	bool all = args_flag(args, "all");
	uint64_t days, run;

	if (args_number(args, "keep", HISTORY_DAYS_MAX, 0, &days, e) < 0 ||
		args_number(args, "run", INT64_MAX, 0, &run, e) < 0)
		return -1;
	*w = (struct purge_wish){.remote = args_flag(args, "remote"),
		.local = {.branch = args_text(args, "branch", NULL),
			.repository = args_text(args, "repository", NULL),
			.run = (int64_t)run,
			.until = days ? clock_now() - (int64_t)days * CLOCK_DAY : CLOCK_UNKNOWN,
			.everything = all}};
	if (all && (days || run || w->local.branch))
		return err_set(e, ERR_USAGE, "--all goes without --keep, --run and --branch");
	if (!all && !days && !run && !w->local.branch)
		return err_set(e, ERR_USAGE, "purge what? --keep DAYS, --run ID, --branch NAME, or --all");
	if (w->remote && (run || w->local.branch))
		return err_set(e, ERR_USAGE, "--remote goes with --keep DAYS or --all: refs hold whole runs");
	if ((all || w->remote) && !args_flag(args, "yes"))
		return err_set(e, ERR_USAGE, "%s cannot be undone; say so with --yes",
			w->remote ? "removing facts from the repository" : "removing the whole history");
	return 0;
}

static int purge_here(struct history_answer *a, const struct purge_wish *w, struct err *e)
{
	struct store_totals before, after;
	struct store *store = NULL;
	int64_t gone = 0;
	int rc = history_store(&store, a->session, STORE_WRITE, e);

	if (rc == 0)
		rc = store_totals(store, &before, e);
	if (rc == 0)
		rc = store_purge(store, &w->local, &gone, e);
	if (rc == 0 && w->local.everything)
		rc = store_facts_unmark(store, e);
	if (rc == 0)
		rc = store_compact(store, e);
	if (rc == 0)
		rc = store_totals(store, &after, e);
	store_close(store);
	if (rc != 0)
		return -1;
	json_add_int(a->json, "executions", gone);
	json_add_int(a->json, "bytes", after.bytes);
	buf_addf(&a->text, "%" PRId64 " executions are gone; %" PRId64 " are left (%" PRId64 " KiB).\n", gone,
		after.executions, after.bytes / 1024);
	return 0;
}

static int purge_there(struct history_answer *a, const struct purge_wish *w, struct err *e)
{
	struct history_link l;
	size_t gone = 0;
	int rc;

	if (history_link_open(&l, a->session, NULL, e) != 0)
		return -1;
	if (w->local.everything) {
		rc = facts_refs_remove(l.refs, &gone, e);
		if (rc == 0) {
			json_add_int(a->json, "refs", (int64_t)gone);
			buf_addf(&a->text, "%zu refs of %s are gone.\n", gone, l.remote->repository);
		}
	} else {
		rc = compact(a, &l, w->local.until, true, e);
	}
	history_link_close(&l);
	return rc;
}

int history_do_purge(struct history_answer *a, struct err *e)
{
	struct purge_wish w;

	if (read_purge(a->session, &w, e) != 0)
		return -1;
	return w.remote ? purge_there(a, &w, e) : purge_here(a, &w, e);
}

/* ---- status ---------------------------------------------------------------------------------------- */

static void answer_store(struct history_answer *a, const struct store_totals *t)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	json_add_int(a->json, "executions", t->executions);
	json_add_int(a->json, "results", t->results);
	json_add_int(a->json, "bytes", t->bytes);
	json_add_time(a->json, "first", t->first);
	json_add_time(a->json, "last", t->last);
	buf_addf(&a->text, "Here: %" PRId64 " executions, %" PRId64 " test results", t->executions, t->results);
	if (t->executions)
		buf_addf(&a->text, ", %s to %s", clock_date(t->first, first), clock_date(t->last, last));
	buf_addf(&a->text, " (%" PRId64 " KiB).\n", t->bytes / 1024);
}

static int answer_refs(struct history_answer *a, struct err *e)
{
	struct facts_count count;
	struct history_link l;
	cJSON *refs = json_object();
	int rc;

	json_add(a->json, "refs", refs);
	if (history_link_open(&l, a->session, NULL, e) != 0)
		return -1;
	rc = facts_refs_count(&l.options, &count, e);
	if (rc == 0) {
		json_add_int(refs, "loose", (int64_t)count.loose);
		json_add_int(refs, "packed", (int64_t)count.packed);
		json_add_int(refs, "fork", (int64_t)count.fork);
		buf_addf(&a->text, "%s: %zu refs of single runs, %zu of many; %zu of forks.%s\n", l.remote->repository,
			count.loose, count.packed, count.fork,
			count.loose > FACTS_LOOSE_MAX ? " `runmedic history compact` folds them." : "");
	}
	history_link_close(&l);
	return rc;
}

int history_do_status(struct history_answer *a, struct err *e)
{
	struct store_totals totals;
	struct store *store = NULL;
	int rc = history_store(&store, a->session, STORE_READ, e);

	if (rc == 0)
		rc = store_totals(store, &totals, e);
	store_close(store);
	if (rc != 0)
		return -1;
	answer_store(a, &totals);
	if (args_flag(a->session->args, "remote"))
		return answer_refs(a, e);
	json_add_null(a->json, "refs");
	return 0;
}
