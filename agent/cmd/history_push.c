/* The facts of runs, each run as one object, to refs of the repository. */
#include "cmd/history.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/progress.h"
#include "store/facts_marks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define UNBOUND_DAYS 2 /* of what belongs to no run, with a single run */
#define TESTS_HEX 12

struct group {
	char *name;
	bool fork;
	int64_t at;
	struct view *lines; /* of the arena */
	const char **needs;
	size_t count, cap, need_count, need_cap, bytes;
};

struct tests {
	char id[HASH_HEX_MAX];
	struct view line;
};

struct pushing {
	struct history_link *link;
	struct store *store;
	const struct history_push *wish;
	struct history_pushed *result;
	struct progress *progress;
	struct arena arena; /* of what is gathered */
	struct group *groups;
	size_t count, cap;
	struct tests *tests; /* stay for the whole push */
	size_t tests_count, tests_cap;
	struct arena tests_arena; /* ... with the ids that were pushed */
	const char **marks;
	size_t mark_count, mark_cap;
};

/* ---- gathering ------------------------------------------------------------------------------------- */

/* What belongs to no run stands together by day: so it has a name that does not change. */
static void name_of(struct buf *b, const struct store_fact *f)
{
	char day[CLOCK_TEXT_MAX];

	if (f->run) {
		buf_addf(b, "%" PRId64 "-%d", f->run, f->attempt);
		return;
	}
	clock_date(f->at == CLOCK_UNKNOWN ? 0 : f->at, day);
	buf_addf(b, "on-%.4s%.2s%.2s", day, day + 5, day + 8);
}

static struct group *group_of(struct pushing *p, const struct store_fact *f)
{
	BUF_AUTO name = buf_new(BUF_LINE);

	name_of(&name, f);
	for (size_t i = p->count; i-- > 0;) {
		struct group *g = &p->groups[i];

		if (g->fork == f->fork && g->bytes + f->line.n <= HISTORY_PART_MAX && !strcmp(g->name, buf_text(&name)))
			return g;
	}
	MEM_PUSH(p->groups, p->count, p->cap);
	p->groups[p->count] = (struct group){.name = buf_take(&name), .fork = f->fork, .at = 0};
	return &p->groups[p->count++];
}

static void add_need(struct group *g, struct arena *a, const char *id)
{
	for (size_t i = 0; i < g->need_count; i++)
		if (!strcmp(g->needs[i], id))
			return;
	MEM_PUSH(g->needs, g->need_count, g->need_cap);
	g->needs[g->need_count++] = arena_text(a, id);
}

static void keep_tests(struct pushing *p, const struct store_fact *f)
{
	struct tests *t;

	MEM_PUSH(p->tests, p->tests_count, p->tests_cap);
	t = &p->tests[p->tests_count++];
	memcpy(t->id, f->id, sizeof(t->id));
	t->line = arena_view(&p->tests_arena, f->line);
}

static bool is_wanted(const struct pushing *p, const struct store_fact *f)
{
	if (f->local || (f->repository && *f->repository && strcmp(f->repository, p->link->remote->repository) != 0))
		return false;
	/* what belongs to a run, but to none of its attempts, goes with all of them */
	return !p->wish->run || !p->wish->attempt || !f->attempt || f->attempt == p->wish->attempt;
}

static int flush(struct pushing *p, struct err *e);

static int on_fact(void *context, const struct store_fact *f, struct err *e)
{
	struct pushing *p = context;
	struct group *g;

	if (!strcmp(f->kind, "tests")) {
		keep_tests(p, f);
		return 0;
	}
	if (!is_wanted(p, f))
		return 0;
	if (p->arena.used > HISTORY_PUSH_BYTES_MAX && flush(p, e) != 0)
		return -1;
	g = group_of(p, f);
	MEM_PUSH(g->lines, g->count, g->cap);
	g->lines[g->count++] = arena_view(&p->arena, f->line);
	g->bytes += f->line.n + 1;
	g->at = f->at > g->at ? f->at : g->at;
	if (f->needs)
		add_need(g, &p->arena, f->needs);
	return 0;
}

/* ---- pushing --------------------------------------------------------------------------------------- */

static int compare_lines(const void *a, const void *b)
{
	return view_cmp(*(const struct view *)a, *(const struct view *)b);
}

static struct view object_of(struct pushing *p, struct group *g)
{
	BUF_AUTO b = buf_new(FACTS_OBJECT_MAX);

	qsort(g->lines, g->count, sizeof(*g->lines), compare_lines);
	facts_object_begin(&b, g->at);
	for (size_t i = 0; i < g->count; i++) {
		if (i && view_eq(g->lines[i], g->lines[i - 1]))
			continue;
		buf_add_view(&b, g->lines[i]);
		buf_add_char(&b, '\n');
	}
	return arena_view(&p->arena, buf_view(&b));
}

static struct facts_part tests_part(struct pushing *p, const char *id)
{
	BUF_AUTO b = buf_new(FACTS_OBJECT_MAX);
	struct facts_part part = {.name = arena_format(&p->arena, FACTS_TESTS "%.*s", TESTS_HEX, id)};

	for (size_t i = 0; i < p->tests_count; i++)
		if (!strcmp(p->tests[i].id, id)) {
			facts_object_begin(&b, CLOCK_UNKNOWN);
			buf_add_view(&b, p->tests[i].line);
			buf_add_char(&b, '\n');
			break;
		}
	part.text = arena_view(&p->arena, buf_view(&b));
	return part;
}

/* False: all of it was pushed or pulled before. */
static int prepare(struct pushing *p, struct group *g, struct facts_push *ret, bool *ret_new, struct err *e)
{
	struct facts_part *parts = arena_array(&p->arena, g->need_count + 1, sizeof(*parts));
	char id[HASH_BLOB_HEX_MAX];
	bool marked;

	parts[0] = (struct facts_part){arena_text(&p->arena, g->name), object_of(p, g)};
	hash_git_blob(parts[0].text, id);
	if (store_facts_is_marked(p->store, id, &marked, e) != 0)
		return -1;
	*ret_new = !marked;
	if (marked)
		return 0;
	for (size_t i = 0; i < g->need_count; i++)
		parts[i + 1] = tests_part(p, g->needs[i]);
	*ret = (struct facts_push){
		.name = parts[0].name, .parts = parts, .part_count = g->need_count + 1, .at = g->at, .fork = g->fork};
	return 0;
}

static void groups_clear(struct pushing *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->groups[i].name);
		free(p->groups[i].lines);
		free(p->groups[i].needs);
	}
	p->count = 0;
	arena_done(&p->arena);
}

/* Only what they hold is marked, not the lists of tests: somebody else may lack those. Written when reading has ended.
 */
static void note(struct pushing *p, const struct facts_push *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char id[HASH_BLOB_HEX_MAX];

		if (!list[i].done) {
			history_refuse(&p->result->refused, list[i].ref, list[i].why);
			continue;
		}
		hash_git_blob(list[i].parts[0].text, id);
		MEM_PUSH(p->marks, p->mark_count, p->mark_cap);
		p->marks[p->mark_count++] = arena_text(&p->tests_arena, id);
		p->result->pushed++;
	}
}

static int flush(struct pushing *p, struct err *e)
{
	struct facts_push *list = arena_array(&p->arena, p->count ? p->count : 1, sizeof(*list));
	size_t n = 0;
	bool is_new;
	int rc = 0;

	for (size_t i = 0; i < p->count && rc == 0; i++) {
		rc = prepare(p, &p->groups[i], &list[n], &is_new, e);
		n += rc == 0 && is_new;
		p->result->known += rc == 0 && !is_new;
	}
	p->result->runs += p->count;
	progress_update(p->progress, p->result->runs, 0, "runs");
	if (rc == 0 && n)
		rc = facts_refs_push(p->link->refs, list, n, &p->arena, e);
	if (rc == 0)
		note(p, list, n);
	groups_clear(p);
	return rc;
}

static int gather(struct pushing *p, struct err *e)
{
	const struct history_push *wish = p->wish;
	struct store_facts_wanted wanted = {.repository = p->link->remote->repository,
		.run = wish->run,
		.since = wish->run ? CLOCK_UNKNOWN : wish->since};

	if (store_facts_each(p->store, &wanted, on_fact, p, e) != 0)
		return -1;
	if (!wish->run)
		return 0;
	wanted = (struct store_facts_wanted){
		.repository = wanted.repository, .since = wish->since, .no_executions = true};
	return store_facts_each(p->store, &wanted, on_fact, p, e);
}

int history_push(struct history_link *l, struct store *store, const struct history_push *wish,
	struct history_pushed *ret, struct err *e)
{
	struct pushing p = {.link = l, .store = store, .wish = wish, .result = ret};
	int rc;

	*ret = (struct history_pushed){0};
	p.progress = progress_start("push", !l->session->quiet);
	rc = gather(&p, e);
	if (rc == 0)
		rc = flush(&p, e);
	if (store_facts_mark(store, p.marks, p.mark_count, rc == 0 ? e : NULL) != 0)
		rc = -1;
	progress_end(p.progress);
	groups_clear(&p);
	free(p.groups);
	free(p.tests);
	free(p.marks);
	arena_done(&p.tests_arena);
	return rc;
}

int history_push_run(struct session *s, struct remote *remote, struct store *store, int64_t run, int attempt,
	struct history_pushed *ret, struct err *e)
{
	const struct history_push wish = {run, attempt, clock_now() - UNBOUND_DAYS * CLOCK_DAY};
	struct history_link l;
	int rc;

	*ret = (struct history_pushed){0};
	if (history_link_open(&l, s, remote, e) != 0)
		return -1;
	rc = history_push(&l, store, &wish, ret, e);
	history_link_close(&l);
	return rc;
}

/* ---- the command ----------------------------------------------------------------------------------- */

static int read_wish(struct session *s, struct history_push *ret, struct err *e)
{
	uint64_t run, days;

	if (args_number(s->args, "run", INT64_MAX, 0, &run, e) < 0 ||
		args_number(s->args, "days", HISTORY_DAYS_MAX, run ? UNBOUND_DAYS : 30, &days, e) < 0)
		return -1;
	*ret = (struct history_push){.run = (int64_t)run, .since = clock_now() - (int64_t)days * CLOCK_DAY};
	return 0;
}

static void answer(struct history_answer *a, const struct history_link *l, const struct history_pushed *r)
{
	json_add_text(a->json, "repository", l->remote->repository);
	json_add_int(a->json, "runs", (int64_t)r->runs);
	json_add_int(a->json, "pushed", (int64_t)r->pushed);
	json_add_int(a->json, "known", (int64_t)r->known);
	history_add_refusals(a, "refused", &r->refused);
	if (!r->runs)
		buf_addf(&a->text, "Nothing here belongs to %s; `runmedic sync` brings its runs.\n",
			l->remote->repository);
	else
		buf_addf(&a->text, "Pushed the facts of %" PRIu64 " runs to %s; %" PRIu64 " were there already.\n",
			r->pushed, l->remote->repository, r->known);
}

int history_do_push(struct history_answer *a, struct err *e)
{
	struct history_push wish;
	struct history_pushed result = {0};
	struct history_link l = {0};
	struct store *store = NULL;
	int rc = -1;

	if (read_wish(a->session, &wish, e) == 0 && history_store(&store, a->session, STORE_WRITE, e) == 0 &&
		history_link_open(&l, a->session, NULL, e) == 0)
		rc = history_push(&l, store, &wish, &result, e);
	if (rc == 0)
		answer(a, &l, &result);
	if (rc == 0 && result.refused.count)
		rc = EXIT_TROUBLE;
	history_refusals_done(&result.refused);
	if (l.remote)
		history_link_close(&l);
	store_close(store);
	return rc;
}
