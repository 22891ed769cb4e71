#include "learn/flaky.h"

#include "base/buf.h"
#include "base/mem.h"
#include "learn/report.h"

#include <math.h>
#include <stdlib.h>

/* Logarithms of odds; fitted by hand to what they mean: an independent coincidence of a broken commit that is mended by
 * the very next one on one leg only is worth about 1 : 20. */
#define RED_THEN_GREEN 5.0
#define GREEN_THEN_RED 2.0
#define LONE_AND_HEALED 3.0
#define LONE_HALF_SEEN 1.8
#define SCATTERED 3.0
#define HEALED_ONLY 0.8
#define EVIDENCE_MAX 20.0
#define PURE 0.4 /* of the executions of an image or leg nearby fail: it is broken there */
#define PURE_AT_LEAST 2u
#define BRANCHES_MAX 64u   /* are told apart */
#define INCIDENT_SHARE 0.7 /* of a message's failures in storms: these are its cause */

struct message {
	uint64_t shape;
	unsigned n, settled, stormy; /* settled: failures that look broken; stormy: of the others, those in a storm */
	/* As in the witnesses, summed up: does the image tell red from green? */
	unsigned other_image_passed, other_image_failed, same_image_passed;
	double evidence;
};
struct judged {
	struct witness w;
	double evidence;
	size_t message;
	enum failure_kind kind;
};

const char *flaky_kind_name(enum flaky_kind kind)
{
	static const char *const names[] = {"healthy", "broken", "incident", "flaky"};

	return names[kind];
}

/* ---- one failure -------------------------------------------------------------------------------- */

static bool is_image(const struct witness *w)
{
	return w->image_failed >= PURE_AT_LEAST && w->image_failed > PURE * w->image_ran &&
	       w->image_failed * (uint64_t)w->near_ran >= w->near_failed * (uint64_t)w->image_ran;
}

static bool is_storm(const struct witness *w)
{
	return w->storm_tests >= WITNESS_STORM_TESTS ||
	       w->storm_jobs >= WITNESS_STORM_JOBS + w->storm_jobs_usual + 3 * sqrt(w->storm_jobs_usual);
}

static bool goes_on(const struct witness *w)
{
	return w->before == NEIGHBOUR_SAME || w->after == NEIGHBOUR_SAME;
}

static bool is_pure_leg(const struct witness *w)
{
	return w->near_failed >= PURE_AT_LEAST && w->near_failed > PURE * w->near_ran;
}

static void judge_alone(struct judged *j)
{
	const struct witness *w = &j->w;
	bool healed = w->before != NEIGHBOUR_SAME && w->after == NEIGHBOUR_PASSED;
	bool all = w->all_of_system || w->all_of_version || (!w->legs_passed && w->legs_failed > 1);
	bool scattered = w->legs_failed > 1 && w->legs_passed && !all;

	j->kind = FAILURE_UNKNOWN;
	if (w->green_after) {
		j->evidence = RED_THEN_GREEN;
	} else if (is_image(w) || (w->green_on_other_image && (w->image_failed || w->image_ran < PURE_AT_LEAST))) {
		j->kind = FAILURE_IMAGE;
	} else if (is_pure_leg(w) || goes_on(w)) {
		j->kind = FAILURE_BROKEN;
	} else if (w->green_before) {
		j->evidence = healed ? GREEN_THEN_RED + (w->lone ? 1 : 0) : GREEN_THEN_RED / 2;
	} else if (w->lone) {
		j->evidence = healed && w->before == NEIGHBOUR_PASSED ? LONE_AND_HEALED : LONE_HALF_SEEN;
	} else if (scattered) {
		j->evidence = healed ? SCATTERED : SCATTERED / 2;
	} else if (all) {
		j->kind = FAILURE_BROKEN;
	} else if (healed) {
		j->evidence = HEALED_ONLY;
	}
}

/* ---- the failures of a message ------------------------------------------------------------------- */

static size_t message_of(struct message *list, size_t *n, uint64_t shape)
{
	for (size_t i = 0; i < *n; i++)
		if (list[i].shape == shape)
			return i;
	if (*n == FLAKY_MESSAGES_MAX)
		return FLAKY_MESSAGES_MAX - 1;
	list[*n] = (struct message){.shape = shape};
	return (*n)++;
}

/* What is broken for a while can look lone at its ends: the more of a message's failures are settled, the less the
 * others say. */
static double weight_of(const struct message *m, const struct judged *j)
{
	double open = 1 - (double)m->settled / m->n;

	return j->w.green_after ? j->evidence * (0.25 + 0.75 * open) : j->evidence * open * open;
}

static bool image_tells(const struct message *m)
{
	return m->other_image_passed && m->other_image_passed > 4 * m->other_image_failed &&
	       m->same_image_passed * 5 < m->n;
}

static void sum_up(struct message *m, const struct judged *j)
{
	m->n++;
	m->settled += j->kind != FAILURE_UNKNOWN;
	m->stormy += j->kind == FAILURE_UNKNOWN && is_storm(&j->w);
	m->other_image_passed += j->w.other_image_passed;
	m->other_image_failed += j->w.other_image_failed;
	m->same_image_passed += j->w.same_image_passed;
}

static void settle(struct judged *list, size_t n, struct message *messages)
{
	for (size_t i = 0; i < n; i++) {
		struct message *m = &messages[list[i].message];

		if (list[i].kind == FAILURE_IMAGE && !image_tells(m))
			list[i].kind = FAILURE_BROKEN;
		else if (list[i].kind == FAILURE_UNKNOWN && is_storm(&list[i].w) &&
			 m->stormy >= INCIDENT_SHARE * (m->n - m->settled))
			list[i].kind = FAILURE_INCIDENT;
		else if (list[i].kind == FAILURE_UNKNOWN)
			m->evidence += weight_of(m, &list[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (list[i].kind == FAILURE_UNKNOWN && list[i].evidence > 0)
			list[i].kind =
				messages[list[i].message].evidence + FLAKY_PRIOR > 0 ? FAILURE_FLAKY : FAILURE_UNKNOWN;
}

/* ---- the verdict -------------------------------------------------------------------------------- */

static void note(uint32_t *seen, unsigned *n, uint32_t value)
{
	for (unsigned i = 0; i < *n; i++)
		if (seen[i] == value)
			return;
	if (*n < BRANCHES_MAX)
		seen[(*n)++] = value;
}

static void count(
	struct flaky_verdict *v, const struct history *h, const struct history_test *t, const struct judged *list)
{
	uint32_t branches[BRANCHES_MAX];

	for (size_t i = 0; i < t->failure_count; i++) {
		const struct judged *j = &list[i];
		int64_t at = h->executions[t->failures[i].execution].at;

		v->flakes += j->kind == FAILURE_FLAKY;
		v->broken += j->kind == FAILURE_BROKEN;
		v->incident += j->kind == FAILURE_INCIDENT;
		v->image += j->kind == FAILURE_IMAGE;
		if (j->kind != FAILURE_FLAKY)
			continue;
		note(branches, &v->branches, h->executions[t->failures[i].execution].branch);
		v->reruns += j->w.green_after;
		v->alone += j->w.lone && !j->w.green_after;
		v->first = v->first == CLOCK_UNKNOWN ? at : v->first;
		v->last = at;
	}
}

/* Flakes an execution: few, so the prior is that of a rare thing (Jeffreys). The interval is Wilson's. */
static void rate(struct flaky_verdict *v)
{
	uint64_t n = v->runs - (v->failures - v->flakes);

	v->rate = (v->flakes + 0.5) / ((double)n + 1);
	wilson_interval(v->flakes, n, &v->rate_low, &v->rate_high);
}

static bool is_red_now(const struct history *h, const unsigned char *results)
{
	for (size_t i = h->execution_count; i-- > 0;)
		if (h->executions[i].branch == h->main && results[i] != HISTORY_ABSENT)
			return results[i] == HISTORY_FAILED;
	return false;
}

static void propose_quarantine(struct flaky_report *r, struct flaky_verdict *v, const struct history *h)
{
	if (v->kind != FLAKY_FLAKY || v->rate < FLAKY_QUARANTINE_RATE || v->flakes < 2 ||
		h->to - v->last > FLAKY_QUIET_DAYS * CLOCK_DAY)
		return;
	v->quarantine = true;
	v->quarantine_until = v->last + FLAKY_QUARANTINE_DAYS * CLOCK_DAY;
	v->quarantine_why =
		arena_format(&r->arena, "it flakes %.1f times in 100 executions (%.1f to %.1f); %u times so far",
			100 * v->rate, 100 * v->rate_low, 100 * v->rate_high, v->flakes);
}

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void explain(struct flaky_report *r, struct flaky_verdict *v)
{
	BUF_AUTO why = buf_new(BUF_LINE);

	if (v->reruns)
		buf_addf(&why, "failed %u time%s and then passed on the same commit and leg; ", v->reruns,
			plural(v->reruns));
	if (v->alone)
		buf_addf(&why, "failed %u time%s on one leg alone, while the others and the next commits passed; ",
			v->alone, plural(v->alone));
	if (v->broken)
		buf_addf(&why, "%u failure%s went on over commits or took all legs of a kind: broken then; ", v->broken,
			plural(v->broken));
	if (v->image)
		buf_addf(&why, "%u failure%s came with a runner image; ", v->image, plural(v->image));
	if (v->incident)
		buf_addf(&why, "%u failure%s came while jobs were lost or other tests failed alike; ", v->incident,
			plural(v->incident));
	if (why.n)
		buf_cut(&why, why.n - 2);
	else
		buf_add_text(&why, "too little is known of its failures");
	v->why = arena_text(&r->arena, buf_text(&why));
}

static void judge_test(struct flaky_report *r, const struct history *h, const struct storm_index *storms, uint32_t test,
	unsigned char *results)
{
	const struct history_test *t = &h->of[test - 1];
	MEM_AUTO struct judged *list = mem_array(t->failure_count, sizeof(*list));
	struct message messages[FLAKY_MESSAGES_MAX];
	size_t message_count = 0;
	struct flaky_verdict v = {.test = test, .first = CLOCK_UNKNOWN, .last = CLOCK_UNKNOWN};
	double best = 0;

	history_spread(h, t, results);
	for (size_t i = 0; i < t->failure_count; i++) {
		witness_of(&list[i].w, h, storms, test, results, &t->failures[i]);
		judge_alone(&list[i]);
		list[i].message = message_of(messages, &message_count, t->failures[i].shape);
		sum_up(&messages[list[i].message], &list[i]);
	}
	settle(list, t->failure_count, messages);
	for (size_t i = 0; i < message_count; i++)
		best = fmax(best, messages[i].evidence);
	v.score = 1 / (1 + exp(-(fmin(best, EVIDENCE_MAX) + FLAKY_PRIOR)));
	for (size_t i = 0; i < h->execution_count; i++)
		v.runs += results[i] != HISTORY_ABSENT;
	v.failures = (unsigned)t->failure_count;
	count(&v, h, t, list);
	v.kind = v.score > 0.5 ? FLAKY_FLAKY : v.incident > v.broken + v.image ? FLAKY_INCIDENT : FLAKY_BROKEN;
	rate(&v);
	v.red_now = is_red_now(h, results);
	propose_quarantine(r, &v, h);
	explain(r, &v);
	r->kinds[test - 1] = arena_alloc(&r->arena, t->failure_count);
	for (size_t i = 0; i < t->failure_count; i++)
		r->kinds[test - 1][i] = (unsigned char)list[i].kind;
	r->list[r->n++] = v;
}

static int by_score(const void *a, const void *b)
{
	const struct flaky_verdict *x = a, *y = b;

	if (x->score > y->score || x->score < y->score)
		return x->score > y->score ? -1 : 1;
	return (x->test > y->test) - (x->test < y->test);
}

void flaky_learn(struct flaky_report *ret, const struct history *h)
{
	struct storm_index *storms = storm_index_new(h);
	MEM_AUTO unsigned char *results = mem_array(h->execution_count + 64, 1);

	*ret = (struct flaky_report){.tests = h->test_count};
	ret->kinds = arena_array(&ret->arena, h->test_count + 1, sizeof(*ret->kinds));
	ret->list = arena_array(&ret->arena, h->test_count + 1, sizeof(*ret->list));
	for (uint32_t t = 1; t <= h->test_count; t++)
		if (h->of[t - 1].now == t && h->of[t - 1].failure_count)
			judge_test(ret, h, storms, t, results);
	qsort(ret->list, ret->n, sizeof(*ret->list), by_score);
	storm_index_free(storms);
}

void flaky_done(struct flaky_report *r)
{
	if (!r)
		return;
	arena_done(&r->arena);
	*r = (struct flaky_report){0};
}
