/* Which runs there are on GitHub that the history has not got yet. */
#include "cmd/sync.h"

#include "base/mem.h"

#include <string.h>

struct listing {
	struct sync *sync;
	struct err *e;
	uint64_t seen;        /* of this question */
	int64_t last, oldest; /* id and time of the last one */
	bool failed;
};

static bool is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

/* Pages shift while new runs come, and two questions meet at one moment: what comes twice comes soon. */
static bool is_listed(const struct sync *s, int64_t id)
{
	size_t first = s->count > 2 * SYNC_LISTED_MAX ? s->count - 2 * SYNC_LISTED_MAX : 0;
	for (size_t i = s->count; i-- > first;)
		if (s->runs[i].id == id)
			return true;
	return false;
}

static int take_run(struct sync *s, const struct github_run *run, struct err *e)
{
	int done = 0;
	if (is_listed(s, run->id))
		return 0;
	s->counts.listed++;
	if (!is(run->status, "completed")) {
		s->counts.running++;
		return 0;
	}
	if (s->store && store_marked(s->store, STORE_SYNCED, s->remote->repository, run->id, &done, e) < 0)
		return -1;
	if (done && done >= run->attempt) {
		s->counts.known++;
		return 0;
	}
	MEM_PUSH(s->runs, s->count, s->cap);
	s->runs[s->count++] = remote_run_copy(&s->arena, run);
	return 0;
}

static bool on_run(void *context, const struct github_run *run)
{
	struct listing *l = context;
	struct sync *s = l->sync;
	l->seen++;
	l->last = run->id;
	l->oldest = run->created;
	if (s->workflow && !is(run->workflow, s->workflow) && !is(run->workflow_path, s->workflow) &&
		!(run->workflow_path && view_ends(view_of(run->workflow_path), s->workflow)))
		return true;
	if (s->since != CLOCK_UNKNOWN && run->created != CLOCK_UNKNOWN && run->created < s->since)
		return false;
	l->failed = take_run(s, run, l->e) < 0;
	return !l->failed && s->counts.listed < s->limit && !*s->stop;
}

/* GitHub shows at most SYNC_LISTED_MAX for one question: older ones are asked for by their time. */
int sync_list(struct sync *s, struct err *e)
{
	struct listing l = {.sync = s, .e = e, .oldest = CLOCK_UNKNOWN};
	int64_t before;
	do {
		before = l.oldest;
		struct github_run_filter f = {
			.branch = s->branch, .created_from = s->since, .created_to = before, .limit = SYNC_LISTED_MAX};
		l.seen = 0;
		if (github_runs(s->remote->github, &f, on_run, &l, e) < 0 || l.failed)
			return -1;
	} while (l.seen >= SYNC_LISTED_MAX && l.oldest != CLOCK_UNKNOWN && l.oldest != before &&
		 s->counts.listed < s->limit && !*s->stop);
	return 0;
}
