#include "cmd/history.h"

#include "base/mem.h"
#include "store/facts_marks.h"

#include <stdlib.h>
#include <string.h>

#define LINES_OF_A_TAKE 20000u
#define TESTS "{\"fact\":\"tests\","
#define NEEDS "\"tests\":\""

static int begin(struct history_taking *t, bool fork, struct err *e)
{
	if (t->take && (t->fork != fork || t->in_take >= LINES_OF_A_TAKE) && history_take_flush(t, e) != 0)
		return -1;
	if (t->take)
		return 0;
	t->fork = fork;
	return store_take_begin(&t->take, t->store, fork, e);
}

static bool is_about_the_line(const struct err *e)
{
	return e->code == ERR_INPUT || e->code == ERR_LIMIT || e->code == ERR_UNAVAILABLE || e->code == ERR_REFUSED;
}

static int refuse(struct history_taking *t, const char *where, struct err *e)
{
	if (!is_about_the_line(e))
		return -1;
	history_refuse(&t->refused, where, e->text);
	err_clear(e);
	return 1;
}

/* ---- lists of tests -------------------------------------------------------------------------------- */

static const struct history_tests *find_tests(const struct history_taking *t, const char *id)
{
	for (size_t i = t->tests_count; i-- > 0;)
		if (!strncmp(t->tests[i].id, id, HASH_HEX_MAX - 1))
			return &t->tests[i];
	return NULL;
}

static int keep_tests(struct history_taking *t, struct view line, const char *where)
{
	char id[HASH_HEX_MAX];

	hash_view(line, id);
	if (find_tests(t, id))
		return 0;
	if (line.n > HISTORY_TESTS_MAX - t->arena.used) {
		history_refuse(&t->refused, where, "too many different lists of tests");
		return 1;
	}
	MEM_PUSH(t->tests, t->tests_count, t->tests_cap);
	memcpy(t->tests[t->tests_count].id, id, sizeof(id));
	t->tests[t->tests_count++].line = arena_view(&t->arena, line);
	return 0;
}

/* The list that this line waits for; 1: it is nowhere. */
static int tell_tests(struct history_taking *t, struct view line, struct err *e)
{
	size_t at = view_find(line, NEEDS);
	const struct history_tests *tests = NULL;
	enum store_taken taken;

	if (at != VIEW_NONE && line.n - at > sizeof(NEEDS) + HASH_HEX_MAX)
		tests = find_tests(t, line.p + at + strlen(NEEDS));
	return tests ? store_take_line(t->take, tests->line, &taken, e) : 1;
}

/* ---- lines ----------------------------------------------------------------------------------------- */

static void count(struct history_taking *t, enum store_taken taken)
{
	switch (taken) {
	case STORE_TAKEN_NEW:
		t->taken++;
		break;
	case STORE_TAKEN_BETTER:
		t->better++;
		break;
	case STORE_TAKEN_KNOWN:
		t->known++;
		break;
	case STORE_TAKEN_WAITS:
		t->waiting++;
		break;
	}
}

int history_take_line(struct history_taking *t, bool fork, struct view line, const char *where, struct err *e)
{
	enum store_taken taken;
	int rc;

	if (view_starts(line, TESTS))
		return keep_tests(t, line, where);
	if (begin(t, fork, e) != 0)
		return -1;
	rc = store_take_line(t->take, line, &taken, e);
	if (rc == 0 && taken == STORE_TAKEN_WAITS) {
		rc = tell_tests(t, line, e);
		if (rc == 0)
			rc = store_take_line(t->take, line, &taken, e);
	}
	if (rc < 0)
		return refuse(t, where, e);
	t->in_take++;
	count(t, taken);
	return taken == STORE_TAKEN_WAITS;
}

void history_take_mark(struct history_taking *t, const char *id)
{
	MEM_PUSH(t->marks, t->mark_count, t->mark_cap);
	t->marks[t->mark_count++] = mem_text(id);
}

static void marks_clear(struct history_taking *t)
{
	for (size_t i = 0; i < t->mark_count; i++)
		free(t->marks[i]);
	t->mark_count = 0;
}

int history_take_flush(struct history_taking *t, struct err *e)
{
	struct store_take *take = t->take;
	int rc = 0;

	t->take = NULL;
	t->in_take = 0;
	if (take)
		rc = store_take_commit(take, e);
	if (rc == 0)
		rc = store_facts_mark(t->store, (const char *const *)t->marks, t->mark_count, e);
	marks_clear(t);
	return rc;
}

void history_taking_done(struct history_taking *t)
{
	store_take_abort(t->take);
	t->take = NULL;
	marks_clear(t);
	free(t->marks);
	free(t->tests);
	arena_done(&t->arena);
	history_refusals_done(&t->refused);
}
