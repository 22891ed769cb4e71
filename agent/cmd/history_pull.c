#include "cmd/history.h"

#include "base/clock.h"
#include "base/progress.h"
#include "store/facts_marks.h"

#include <inttypes.h>

struct pulling {
	struct store *store;
	struct history_pulled *result;
	struct progress *progress;
};

static bool is_known(void *context, const char *id)
{
	const struct pulling *p = context;
	bool marked;
	struct err why;

	return store_facts_is_marked(p->store, id, &marked, &why) == 0 && marked;
}

/* A line that is none of ours leaves the rest of its object good. */
static int on_blob(void *context, const struct facts_blob *b, struct err *e)
{
	struct pulling *p = context;
	struct view rest = b->text, line;
	bool whole = true;

	view_next(&rest, '\n', &line); /* that it is ours */
	while (view_next(&rest, '\n', &line)) {
		int rc = history_take_line(&p->result->facts, b->fork, line, b->ref, e);

		if (rc < 0)
			return -1;
		whole = whole && rc == 0;
	}
	if (whole && !view_starts(view_of(b->name), FACTS_TESTS))
		history_take_mark(&p->result->facts, b->id);
	progress_update(p->progress, p->result->refs.objects, 0, "objects");
	return whole ? 0 : 1;
}

static void on_merged(void *context, const char *ref, const char *commit)
{
	struct pulling *p = context;
	(void)ref;

	history_take_mark(&p->result->facts, commit);
}

static void on_strange(void *context, const char *ref, const char *why)
{
	history_refuse(&((struct pulling *)context)->result->facts.refused, ref, why);
}

static int on_pause(void *context, struct err *e)
{
	return history_take_flush(&((struct pulling *)context)->result->facts, e);
}

int history_pull(struct history_link *l, struct store *store, struct history_pulled *ret, struct err *e)
{
	struct pulling p = {.store = store, .result = ret};
	struct facts_reader reader = {is_known, on_blob, on_merged, on_strange, &p, on_pause};
	int rc;

	*ret = (struct history_pulled){.facts = {.store = store}};
	p.progress = progress_start("pull", !l->session->quiet);
	rc = facts_refs_pull(l->refs, &reader, &ret->refs, e);
	progress_end(p.progress);
	return rc == 0 ? history_take_flush(&ret->facts, e) : -1;
}

static void answer(struct history_answer *a, const struct history_link *l, const struct history_pulled *r)
{
	json_add_text(a->json, "repository", l->remote->repository);
	json_add_int(a->json, "refs", (int64_t)r->refs.refs);
	json_add_int(a->json, "fetched", (int64_t)r->refs.fetched);
	json_add_int(a->json, "objects", (int64_t)r->refs.objects);
	json_add_int(a->json, "new", (int64_t)r->facts.taken);
	json_add_int(a->json, "better", (int64_t)r->facts.better);
	json_add_int(a->json, "known", (int64_t)r->facts.known);
	json_add_int(a->json, "waiting", (int64_t)r->facts.waiting);
	history_add_refusals(a, "refused", &r->facts.refused);
	if (!r->refs.refs)
		buf_addf(&a->text, "%s holds no facts yet; `runmedic history push` brings them there.\n",
			l->remote->repository);
	else
		buf_addf(&a->text,
			"%zu refs, %zu of them new: %" PRIu64 " new facts, %" PRIu64 " better ones, %" PRIu64
			" known.\n",
			r->refs.refs, r->refs.fetched, r->facts.taken, r->facts.better, r->facts.known);
	if (r->facts.waiting)
		buf_addf(&a->text, "%" PRIu64 " facts name tests that are nowhere; they were left out.\n",
			r->facts.waiting);
}

static int add_outcomes(struct history_answer *a, struct history_link *l, struct store *store, struct err *e)
{
	struct history_outcomes o;

	if (!args_flag(a->session->args, "outcomes"))
		return 0;
	if (history_read_outcomes(l->remote, store, CLOCK_UNKNOWN, &o, e) != 0)
		return -1;
	json_add_int(a->json, "pulls", (int64_t)o.pulls);
	json_add_int(a->json, "fixes", (int64_t)o.fixes);
	json_add_int(a->json, "outcomes", (int64_t)o.outcomes);
	buf_addf(&a->text,
		"%" PRIu64 " pull requests of ours hold %" PRIu64 " fixes; of %" PRIu64
		" it is known what became of them.\n",
		o.pulls, o.fixes, o.outcomes);
	return 0;
}

/* What somebody else put there is told, and is no trouble of ours. */
int history_do_pull(struct history_answer *a, struct err *e)
{
	struct history_pulled result = {0};
	struct history_link l = {0};
	struct store *store = NULL;
	int rc = -1;

	if (history_store(&store, a->session, STORE_WRITE, e) == 0 && history_link_open(&l, a->session, NULL, e) == 0)
		rc = history_pull(&l, store, &result, e);
	if (rc == 0)
		answer(a, &l, &result);
	if (rc == 0)
		rc = add_outcomes(a, &l, store, e);
	history_taking_done(&result.facts);
	if (l.remote)
		history_link_close(&l);
	store_close(store);
	return rc;
}
