/* runmedic stats: what the history holds, and how CI and runmedic itself are doing. */
#include "cmd/learning.h"
#include "cmd/listing.h"
#include "cmd/window.h"

#include "base/mem.h"
#include "learn/kpi.h"
#include "learn/resolve.h"

#include <stdlib.h>
#include <string.h>

#define HOURS(us) ((double)(us) / (3600.0 * (double)CLOCK_SECOND))

static const struct option options[] = {
	LEARNING_OPTIONS,
	{"type", 0, "kpi|mttr|totals|all", "only this part; CSV holds one, the KPIs (default: all)", false},
	LISTING_FORMAT_OPTION,
	{0},
};

static const struct listing_column kpi_columns[] = {
	{"kpi", "KPI", LISTING_TEXT, false},
	{"share", "SHARE", LISTING_SHARE, false},
	{"low", "LOW", LISTING_SHARE, false},
	{"high", "HIGH", LISTING_SHARE, false},
	{"count", "COUNT", LISTING_COUNT, false},
	{"all", "OF", LISTING_COUNT, false},
	{"meaning", "MEANING", LISTING_TEXT, false},
	{0},
};
static const struct listing_column mttr_columns[] = {
	{"workflow", "WORKFLOW", LISTING_TEXT, false},
	{"branch", "BRANCH", LISTING_TEXT, false},
	{"episodes", "EPISODES", LISTING_COUNT, false},
	{"mean_hours", "MEAN HOURS", LISTING_NUMBER, false},
	{"longest_hours", "LONGEST", LISTING_NUMBER, false},
	{"red", "RED NOW", LISTING_FLAG, false},
	{"red_since", "SINCE", LISTING_TIME, false},
	{0},
};
static const struct listing_column total_columns[] = {
	{"of", "THE HISTORY HOLDS", LISTING_TEXT, false},
	{"count", "COUNT", LISTING_COUNT, false},
	{0},
};

/* ---- reading ------------------------------------------------------------------------------------- */

/* One attempt of a run, out of its jobs. */
struct attempt {
	uint32_t workflow, branch;
	int64_t ended;
	bool red, green;
};
struct question {
	struct learning learning;
	struct resolver *resolver;
	struct kpis *kpis;
	struct repairs *repairs;
	struct names runs, words;
	struct attempt *attempts;
	size_t count, cap;
	uint64_t jobs;
};

static bool is_good(enum outcome o)
{
	return o == OUTCOME_GREEN || o == OUTCOME_MERGED;
}

static void on_deed(void *context, const struct store_deed *d)
{
	struct question *q = context;

	if (d->rerun) {
		kpis_rerun(q->kpis, d->result == CONCLUSION_SUCCESS);
		resolver_rerun(q->resolver, d->run);
		return;
	}
	kpis_fix(q->kpis, d->outcome);
	if (is_good(d->outcome))
		resolver_fix(q->resolver, view_of(d->sha));
}

static void add_to_run(struct question *q, const struct store_job_row *job, bool red)
{
	ARENA_AUTO a = {0};
	uint32_t n = names_add(&q->runs, view_of(arena_format(&a, "%lld", (long long)job->run_id)));

	if (!n)
		return;
	while (q->count < n) {
		MEM_PUSH(q->attempts, q->count, q->cap);
		q->attempts[q->count++] = (struct attempt){.workflow = names_add(&q->words, view_of(job->workflow)),
			.branch = names_add(&q->words, view_of(job->branch))};
	}
	q->attempts[n - 1].ended = job->ended;
	q->attempts[n - 1].red |= red;
	q->attempts[n - 1].green |= job->conclusion == CONCLUSION_SUCCESS;
}

static bool on_job(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct question *q = context;
	bool red = job->conclusion == CONCLUSION_FAILURE || job->conclusion == CONCLUSION_TIMED_OUT;

	(void)results;
	(void)count;
	q->jobs++;
	add_to_run(q, job, red);
	resolver_job(q->resolver, &(struct resolve_job){.workflow = view_of(job->workflow),
					  .branch = view_of(job->branch),
					  .job = view_of(job->name ? job->name : job->key),
					  .commit = view_of(job->sha),
					  .run = job->run,
					  .at = job->ended,
					  .red = red,
					  .green = job->conclusion == CONCLUSION_SUCCESS,
					  .known = job->rule && job->category != CATEGORY_UNKNOWN,
					  .transient = job->transient,
					  .signature = view_of(job->signature)});
	return true;
}

static void repair(struct question *q)
{
	for (size_t i = 0; i < q->count; i++) {
		const struct attempt *x = &q->attempts[i];

		repairs_attempt(q->repairs, view_of(names_text(&q->words, x->workflow)),
			view_of(names_text(&q->words, x->branch)), x->ended,
			x->red     ? CONCLUSION_FAILURE
			: x->green ? CONCLUSION_SUCCESS
				   : CONCLUSION_UNKNOWN);
	}
}

static int read_all(struct question *q, const struct session *s, struct store *store, struct err *e)
{
	struct store_wanted w;

	if (learning_choose(&q->learning, &w, s, store, e) < 0)
		return -1;
	names_init(&q->runs, KPI_ATTEMPTS_MAX);
	names_init(&q->words, KPI_ATTEMPTS_MAX);
	q->resolver = resolver_new();
	q->kpis = kpis_new(q->learning.from, q->learning.to);
	q->repairs = repairs_new();
	if (store_each_deed(store, &w.filter, w.repository, on_deed, q, e) < 0 ||
		store_each_job(store, &w, on_job, q, e) < 0)
		return -1;
	resolver_learn(q->resolver, q->kpis);
	repair(q);
	return 0;
}

static void question_done(struct question *q)
{
	resolver_free(q->resolver);
	kpis_free(q->kpis);
	repairs_free(q->repairs);
	names_done(&q->runs);
	names_done(&q->words);
	free(q->attempts);
	learning_done(&q->learning);
}

/* ---- telling ------------------------------------------------------------------------------------- */

static void add_rate(struct listing *l, const char *name, const struct rate *r, const char *meaning)
{
	listing_text(l, name);
	listing_number(l, r->value);
	listing_number(l, r->all ? r->range.low : -1);
	listing_number(l, r->all ? r->range.high : -1);
	listing_number(l, (double)r->of);
	listing_number(l, (double)r->all);
	listing_text(l, meaning);
}

static void list_kpis(struct listing *l, const struct kpi *k)
{
	listing_init(l, kpi_columns);
	add_rate(l, "detection", &k->detection, "failures whose cause a rule named");
	add_rate(l, "auto-resolution", &k->auto_resolution, "resolved failures: by a fix or rerun of runmedic");
	add_rate(l, "manual", &k->manual, "resolved failures: by a person");
	add_rate(l, "fix-success", &k->fix_success, "fixes with a known end: green or merged");
	add_rate(l, "false-positive", &k->false_positive, "fixes with a known end: red, reverted or withdrawn");
	add_rate(l, "rerun-success", &k->rerun_success, "reruns that went green");
}

static void list_mttr(struct listing *l, const struct mttr_list *m)
{
	listing_init(l, mttr_columns);
	for (size_t i = 0; i < m->n; i++) {
		const struct mttr *x = &m->list[i];

		if (!x->episodes && !x->open)
			continue;
		listing_text(l, x->workflow);
		listing_text(l, x->branch);
		listing_number(l, x->episodes);
		listing_number(l, x->episodes ? HOURS(x->total) / x->episodes : 0);
		listing_number(l, HOURS(x->longest));
		listing_number(l, x->open);
		listing_time(l, x->since);
	}
}

static void list_totals(struct listing *l, const struct store_totals *t)
{
	const struct {
		const char *name;
		int64_t count;
	} rows[] = {{"jobs", t->executions}, {"failed jobs", t->failed}, {"findings", t->findings},
		{"signatures", t->signatures}, {"tests", t->tests}, {"results", t->results}, {"fixes", t->fixes}};

	listing_init(l, total_columns);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		listing_text(l, rows[i].name);
		listing_number(l, (double)rows[i].count);
	}
}

static void add_totals(struct buf *out, const struct store_totals *t, const char *path)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	buf_addf(out, "history      %s (%lld KiB)\n", path, (long long)(t->bytes / 1024));
	buf_addf(out, "jobs         %lld, %lld of them failed\n", (long long)t->executions, (long long)t->failed);
	buf_addf(out, "findings     %lld with %lld signatures\n", (long long)t->findings, (long long)t->signatures);
	buf_addf(out, "tests        %lld with %lld results\n", (long long)t->tests, (long long)t->results);
	buf_addf(out, "fixes        %lld\n", (long long)t->fixes);
	if (t->first != CLOCK_UNKNOWN)
		buf_addf(out, "time         %s to %s\n", clock_iso(t->first, first), clock_iso(t->last, last));
}

static cJSON *head_of(
	const struct question *q, const struct store_totals *t, const struct kpi *k, const struct mttr *all)
{
	cJSON *j = json_object(), *w = json_object();

	json_add_text(j, "schema", "runmedic.stats/1");
	json_add_int(j, "jobs", t->executions);
	json_add_int(j, "failed_jobs", t->failed);
	json_add_int(j, "findings", t->findings);
	json_add_int(j, "signatures", t->signatures);
	json_add_int(j, "tests", t->tests);
	json_add_int(j, "results", t->results);
	json_add_int(j, "fixes", t->fixes);
	json_add_int(j, "bytes", t->bytes);
	json_add_time(j, "first", t->first);
	json_add_time(j, "last", t->last);
	json_add_text(w, "repository", *q->learning.repository ? q->learning.repository : NULL);
	json_add_time(w, "from", q->learning.from);
	json_add_time(w, "to", q->learning.to);
	json_add_int(w, "jobs", (int64_t)q->jobs);
	json_add_int(w, "failures", (int64_t)k->failures);
	json_add_int(w, "signatures", (int64_t)k->signatures);
	json_add_number(w, "recurring_a_week", k->recurring_a_week);
	json_add_int(w, "episodes", all->episodes);
	if (all->episodes)
		json_add_number(w, "mean_hours", HOURS(all->total) / all->episodes);
	else
		json_add_null(w, "mean_hours");
	json_add(j, "window", w);
	return j;
}

static const char *note_of(struct arena *a, const struct question *q, const struct kpi *k)
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];

	return arena_format(a,
		"%s to %s: %llu jobs, %llu failures with %llu signatures; %.2g a week came back. Ranges are of 95 %%.",
		clock_date(q->learning.from, from), clock_date(q->learning.to - 1, to), (unsigned long long)q->jobs,
		(unsigned long long)k->failures, (unsigned long long)k->signatures, k->recurring_a_week);
}

static const char *mttr_note(struct arena *a, const struct mttr *all)
{
	char mean[CLOCK_TEXT_MAX];

	return all->episodes ? arena_format(a, "Mean time to repair: %s over %u red times that ended.",
				       clock_duration(all->total / all->episodes, mean), all->episodes)
			     : "No red time ended.";
}

static int answer(struct session *s, struct question *q, const struct store_totals *t, struct err *e)
{
	const char *type = args_text(s->args, "type", "all"), *format = args_text(s->args, "format", "text");
	BUF_AUTO out = buf_new(BUF_FILE);
	ARENA_AUTO arena = {0};
	struct listing kpis, mttr, totals;
	struct mttr_list repaired;
	struct listing_part parts[3];
	struct kpi k;
	size_t n = 0;
	int rc;

	kpis_learn(&k, q->kpis);
	repairs_learn(&repaired, q->repairs);
	list_kpis(&kpis, &k);
	list_mttr(&mttr, &repaired);
	list_totals(&totals, t);
	bool all = !strcmp(type, "all"), plain = !strcmp(format, "text");
	if ((all || !strcmp(type, "totals")) && plain)
		add_totals(&out, t, s->db_path);
	if (all && plain)
		buf_add_char(&out, '\n');
	if (all || !strcmp(type, "kpi"))
		parts[n++] = (struct listing_part){&kpis, "kpis", note_of(&arena, q, &k), NULL};
	if (all || !strcmp(type, "mttr"))
		parts[n++] = (struct listing_part){&mttr, "mttr", mttr_note(&arena, &repaired.all),
			k.failures ? "Of no red run are workflow and branch known." : "Nothing was red."};
	if ((all && !strcmp(format, "markdown")) || (!plain && !strcmp(type, "totals")))
		parts[n++] = (struct listing_part){&totals, "totals", NULL, NULL};
	if (n)
		listing_write_parts(&out, parts, n, s, head_of(q, t, &k, &repaired.all));
	rc = session_write(s, buf_view(&out), e);
	listing_done(&kpis);
	listing_done(&mttr);
	listing_done(&totals);
	mttr_done(&repaired);
	return rc;
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct store_totals t;
	struct question q = {0};
	int rc = window_store(&store, s, &e);

	if (rc == 0)
		rc = store_totals(store, &t, &e);
	if (rc == 0)
		rc = read_all(&q, s, store, &e);
	if (rc == 0)
		rc = answer(s, &q, &t, &e);
	question_done(&q);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_stats = {
	.name = "stats",
	.summary = "Counts what the history holds, and how well CI and runmedic do",
	.usage = "stats [--type kpi|mttr|totals] [--branch NAME] [--workflow NAME] [options]",
	.text = "Totals are of the whole history, the rest is of the time asked for. A failure is resolved by the next "
		"green run of\nthe same job on its branch: by runmedic at the commit of its fix or in its rerun, by "
		"itself at the same commit or\nwhere the cause was transient, else by a person. Time to repair: from "
		"the end of the first red run of a workflow\nand branch to the end of the next green one.",
	.examples =
		"runmedic stats\nrunmedic stats --type mttr --since 2026-09-01\nrunmedic stats --branch main --format "
		"markdown\nrunmedic stats --db ci.db --format json",
	.options = options,
	.run = run,
};
