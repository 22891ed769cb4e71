#include "cmd/pattern_kinds.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const struct listing_column columns[] = {
	{"type", "TYPE", LISTING_TEXT, false},
	{"subject", "WHAT", LISTING_TEXT, false},
	{"value", "WHERE", LISTING_TEXT, false},
	{"count", "FAILED", LISTING_COUNT, false},
	{"jobs", "OF JOBS", LISTING_COUNT, false},
	{"first", "FIRST", LISTING_TIME, false},
	{"last", "LAST", LISTING_TIME, false},
	{"reason", "REASON", LISTING_TEXT, true},
	{"suggestion", "SUGGESTION", LISTING_TEXT, false},
	{"reproduce", "REPRODUCE", LISTING_TEXT, true},
	{0},
};

struct row {
	const char *type, *subject, *value, *reason, *suggestion, *reproduce;
	uint64_t count, jobs;
	int64_t first, last;
};

/* ---- jobs by category ---------------------------------------------------------------------------- */

struct kind {
	uint64_t count;
	int64_t first, last;
	const char *command; /* of the newest */
	uint32_t *of;        /* by signature */
	const char **title;  /* likewise, the newest */
	size_t signatures, of_cap;
};
struct kinds {
	struct kind list[CATEGORY_COUNT];
	struct names signatures;
	struct arena arena;
	uint64_t jobs;
};

static bool on_job(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct kinds *k = context;
	struct kind *x = &k->list[job->category];
	uint32_t n;

	(void)results;
	(void)count;
	k->jobs++;
	if (!job->rule)
		return true;
	x->first = x->count++ ? x->first : job->ended;
	x->last = job->ended;
	if (job->command)
		x->command = arena_text(&k->arena, job->command);
	n = names_add(&k->signatures, view_of(job->signature ? job->signature : job->rule));
	if (n > x->of_cap) {
		size_t want = 2 * (size_t)n + 8;

		x->of = mem_grow(x->of, want, sizeof(*x->of));
		x->title = mem_grow((void *)x->title, want, sizeof(*x->title));
		for (size_t i = x->of_cap; i < want; i++) {
			x->of[i] = 0;
			x->title[i] = NULL;
		}
		x->of_cap = want;
	}
	if (n) {
		x->signatures += !x->of[n - 1]++;
		x->title[n - 1] = arena_text(&k->arena, job->title ? job->title : job->rule);
	}
	return true;
}

static const char *suggestion_of(enum category c)
{
	switch (c) {
	case CATEGORY_DEPENDENCY:
	case CATEGORY_IMPORT:
		return "pin and lock what is installed; `runmedic heal` mends what is missing";
	case CATEGORY_FORMAT:
	case CATEGORY_LINT:
		return "run the tool before the commit (pre-commit); `runmedic heal` does what it would";
	case CATEGORY_NETWORK:
		return "cache what is downloaded, and try again where a download fails";
	case CATEGORY_TIMEOUT:
		return "look at `runmedic trends --type duration`; wait for events, not for times";
	case CATEGORY_RESOURCE:
		return "fewer workers, a larger runner, or less in one job";
	case CATEGORY_WORKFLOW:
	case CATEGORY_AUTH:
	case CATEGORY_PERMISSION:
	case CATEGORY_VCS:
		return "mend the set-up of the job: its workflow, tokens, permissions";
	case CATEGORY_INFRA:
		return "run it again; where it comes often, another runner or image";
	case CATEGORY_TEST:
		return "see `runmedic flaky`: what is flaky there, and what is broken";
	default:
		return "run the same command before the push";
	}
}

/* What breaks before the project's own work begins, and what waits in vain, have names of their own. */
static const char *type_of(enum category c)
{
	switch (c) {
	case CATEGORY_TIMEOUT:
		return "timeout";
	case CATEGORY_DEPENDENCY:
	case CATEGORY_WORKFLOW:
	case CATEGORY_AUTH:
	case CATEGORY_PERMISSION:
	case CATEGORY_VCS:
		return "setup";
	default:
		return "category";
	}
}

static struct row row_of(struct arena *a, const struct kinds *k, enum category c)
{
	const struct kind *x = &k->list[c];
	size_t most = 0;

	for (size_t i = 0; i < x->of_cap; i++)
		most = x->of[i] > x->of[most] ? i : most;
	return (struct row){.type = type_of(c),
		.subject = x->of_cap ? arena_text(a, x->title[most]) : NULL,
		.value = category_name(c),
		.reason =
			arena_format(a, "%llu of %llu jobs failed of it, with %zu different causes; this one %u times",
				(unsigned long long)x->count, (unsigned long long)k->jobs, x->signatures,
				x->of_cap ? x->of[most] : 0),
		.suggestion = suggestion_of(c),
		.reproduce = arena_text(a, x->command),
		.count = x->count,
		.jobs = k->jobs,
		.first = x->first,
		.last = x->last};
}

/* ---- all rows ------------------------------------------------------------------------------------ */

struct rows {
	struct row *list;
	size_t n, cap;
	const char *type;
	struct arena arena;
};

static void take(struct rows *r, struct row row)
{
	if (strcmp(r->type, "all") != 0 && strcmp(r->type, row.type) != 0)
		return;
	MEM_PUSH(r->list, r->n, r->cap);
	r->list[r->n++] = row;
}

static int read_jobs(struct rows *r, const struct session *s, struct store *store, struct err *e)
{
	struct learning l;
	struct store_wanted w;
	struct kinds k = {0};
	int rc = learning_choose(&l, &w, s, store, e);

	names_init(&k.signatures, (size_t)1 << 20);
	if (rc == 0)
		rc = store_each_job(store, &w, on_job, &k, e);
	for (int c = 0; rc == 0 && c < CATEGORY_COUNT; c++)
		if (k.list[c].count)
			take(r, row_of(&r->arena, &k, (enum category)c));
	for (int c = 0; c < CATEGORY_COUNT; c++) {
		free(k.list[c].of);
		free((void *)k.list[c].title);
	}
	names_done(&k.signatures);
	arena_done(&k.arena);
	learning_done(&l);
	return rc;
}

static void take_tests(struct rows *r, const struct learning *x)
{
	struct pattern_report patterns;
	struct arena *a = &r->arena;

	pattern_learn(&patterns, x->history, &x->flaky);
	for (size_t i = 0; i < patterns.n; i++) {
		const struct pattern *p = &patterns.list[i];

		take(r, (struct row){pattern_dimension_name(p->dimension),
				arena_text(a, names_text(&x->history->tests, p->test)), arena_text(a, p->value),
				arena_text(a, p->reason), p->suggestion, arena_text(a, p->reproduce), p->count, p->jobs,
				p->first, p->last});
	}
	pattern_done(&patterns);
	for (size_t i = 0; i < x->flaky.n; i++) {
		const struct flaky_verdict *v = &x->flaky.list[i];
		const char *test = names_text(&x->history->tests, v->test);

		if (v->kind == FLAKY_FLAKY)
			take(r, (struct row){"flaky", arena_text(a, test), NULL, arena_text(a, v->why),
					v->quarantine ? "take it out of the required ones until it is mended"
						      : "mend it; it is too seldom for a quarantine",
					arena_format(a, "run %s again and again", test), v->flakes, v->runs, v->first,
					v->last});
	}
}

static int by_count(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int d = strcmp(x->type, y->type);

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if (d)
		return d;
	d = strcmp(x->subject ? x->subject : "", y->subject ? y->subject : "");
	return d ? d : strcmp(x->value ? x->value : "", y->value ? y->value : "");
}

static void tell(struct listing *l, const struct row *x)
{
	listing_text(l, x->type);
	listing_text(l, x->subject);
	listing_text(l, x->value);
	listing_number(l, (double)x->count);
	listing_number(l, (double)x->jobs);
	listing_time(l, x->first);
	listing_time(l, x->last);
	listing_text(l, x->reason);
	listing_text(l, x->suggestion);
	listing_text(l, x->reproduce);
}

int pattern_kinds(struct listing *l, const char *type, unsigned limit, const struct session *s, struct store *store,
	struct err *e)
{
	struct rows r = {.type = type};
	struct learning x = {0};
	bool only_jobs = !strcmp(type, "category");
	int rc = only_jobs ? 0 : learning_read(&x, s, store, false, e);

	listing_init(l, columns);
	if (rc == 0 && !only_jobs)
		take_tests(&r, &x);
	if (rc == 0)
		rc = read_jobs(&r, s, store, e);
	if (r.n)
		qsort(r.list, r.n, sizeof(*r.list), by_count);
	for (size_t i = 0; rc == 0 && i < r.n && i < limit; i++)
		tell(l, &r.list[i]);
	learning_done(&x);
	free(r.list);
	arena_done(&r.arena);
	return rc;
}
