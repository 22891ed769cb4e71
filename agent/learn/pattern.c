#include "learn/pattern_internal.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>

const char *pattern_dimension_name(enum pattern_dimension d)
{
	static const char *const names[] = {
		"os", "version", "os+version", "image", "space", "time", "timeout", "setup"};

	return names[d];
}

static const char *value_of(struct arena *a, const struct history *h, const struct pattern_finding *f)
{
	switch (f->dimension) {
	case PATTERN_OS:
		return arena_text(a, names_text(&h->systems, f->os));
	case PATTERN_VERSION:
		return arena_text(a, names_text(&h->versions, f->version));
	case PATTERN_OS_VERSION:
		return arena_format(a, "%s+%s", names_text(&h->systems, f->os), names_text(&h->versions, f->version));
	case PATTERN_IMAGE:
		return arena_text(a, names_text(&h->images, f->image));
	case PATTERN_TIME:
		return f->load ? "load" : "hour";
	case PATTERN_TIMEOUT:
	case PATTERN_SETUP:
		return pattern_dimension_name(f->dimension);
	default:
		return "ci";
	}
}

static const char *kind_in_words(struct arena *a, const struct pattern_finding *f, const char *value)
{
	switch (f->dimension) {
	case PATTERN_OS:
		return arena_format(a, "on %s", value);
	case PATTERN_VERSION:
		return arena_format(a, "with version %s", value);
	case PATTERN_OS_VERSION:
		return arena_format(
			a, "on %.*s with version %s", (int)strcspn(value, "+"), value, strchr(value, '+') + 1);
	case PATTERN_IMAGE:
		return arena_format(a, "since runner image %s", value);
	case PATTERN_TIME:
		return arena_format(a, "from %02d to %02d UTC%s", f->from_hour, (f->from_hour + f->hours) % 24,
			f->workdays ? " on working days" : "");
	case PATTERN_TIMEOUT:
		return "because it waited in vain";
	case PATTERN_SETUP:
		return "before the test itself began";
	default:
		return "in CI, and passes on developers' machines";
	}
}

static const char *suggestion_of(const struct pattern *p, const struct pattern_finding *f)
{
	switch (p->dimension) {
	case PATTERN_OS:
		return p->flaky ? "look for timing, paths and line ends of that system in the test"
				: "mend the code for that system, or say in the test why it cannot run there";
	case PATTERN_VERSION:
		return "look at what changed in that version: removed functions, other defaults, other messages";
	case PATTERN_OS_VERSION:
		return "look for a package that has no build, or another one, for that pair";
	case PATTERN_IMAGE:
		return "pin what the test needs of the image, or pin the image until it is mended";
	case PATTERN_TIME:
		return f->load ? "the test waits too short when machines are busy: wait for the event, not for a time"
			       : "the test depends on the clock (midnight, time zone, date): give it a fixed time";
	case PATTERN_TIMEOUT:
		return "wait for the event instead of a time, or give what it waits for the time it needs";
	case PATTERN_SETUP:
		return "mend the fixture or the service that it starts; the test is not at fault";
	default:
		return "look for what CI lacks: network, home folder, credentials, tools, cores";
	}
}

static const char *reproduce_of(struct arena *a, const struct pattern *p, const char *test)
{
	if (p->dimension == PATTERN_TIME)
		return arena_format(a, "run %s again and again under load or with the clock set to that time", test);
	if (p->dimension == PATTERN_SPACE)
		return arena_format(
			a, "run %s where CI runs it: without your network, home folder, credentials and tools", test);
	if (p->dimension == PATTERN_TIMEOUT || p->dimension == PATTERN_SETUP)
		return arena_format(a, "run %s again and again", test);
	return arena_format(a, "run %s in a job of %s", test, p->value);
}

static bool is_told(const struct pattern_report *r, const struct pattern *p)
{
	for (size_t i = r->n; i-- > 0 && r->list[i].test == p->test;)
		if (r->list[i].dimension == p->dimension && strcmp(r->list[i].value, p->value) == 0)
			return true;
	return false;
}

static void tell(struct pattern_report *r, uint32_t test, const struct pattern_group *g,
	const struct pattern_finding *f, const char *message)
{
	struct arena *a = &r->arena;
	struct pattern p = {.test = test,
		.dimension = f->dimension,
		.value = value_of(a, g->history, f),
		.flaky = g->flakes > 0,
		.count = f->count,
		.jobs = f->jobs,
		.first = g->first,
		.last = g->last,
		.confidence = f->confidence,
		.message = message};

	if (is_told(r, &p))
		return;
	p.reason = arena_format(a, "%s %u of %u jobs %s", p.flaky ? "flaked in" : "failed in", p.count, p.jobs,
		kind_in_words(a, f, p.value));
	p.suggestion = suggestion_of(&p, f);
	p.reproduce = reproduce_of(a, &p, names_text(&g->history->tests, test));
	MEM_PUSH(r->list, r->n, r->cap);
	r->list[r->n++] = p;
}

/* ---- what messages say ----------------------------------------------------------------------------- */

static bool says_any(struct view message, const char *const *words)
{
	for (; *words; words++)
		if (view_has(message, *words))
			return true;
	return false;
}

static bool pattern_said(struct pattern_finding *ret, const struct pattern_group *g, const char *message, unsigned runs)
{
	static const char *const waits[] = {"TimeoutError", "Timeout", "timed out", "time out", "deadline exceeded",
		"did not answer within", "exceeded timeout", NULL};
	static const char *const prepares[] = {"at setup of", "setUpClass", "beforeAll", "beforeEach",
		"before all\" hook", "before each\" hook", "fixture '", "SetUpTestSuite", "setup failed", NULL};
	bool setup = says_any(view_of(message), prepares);

	if (!setup && !says_any(view_of(message), waits))
		return false;
	*ret = (struct pattern_finding){.dimension = setup ? PATTERN_SETUP : PATTERN_TIMEOUT,
		.count = g->failures,
		.jobs = runs,
		.confidence = 1};
	return true;
}

/* ---- groups -------------------------------------------------------------------------------------- */

static bool is_first_of_group(const struct history_test *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (t->failures[k].shape == t->failures[i].shape)
			return false;
	return true;
}

static void fill_group(struct pattern_group *g, size_t first)
{
	const struct history_test *t = g->test;

	for (size_t i = first; i < t->failure_count; i++) {
		int64_t at = g->history->executions[t->failures[i].execution].at;

		if (t->failures[i].shape != g->shape)
			continue;
		g->first = g->failures ? g->first : at;
		g->last = at;
		g->failures++;
		g->flakes += g->kinds[i] == FAILURE_FLAKY;
	}
}

static void learn_test(struct pattern_report *r, const struct history *h, const struct flaky_verdict *v,
	const unsigned char *kinds, unsigned char *results)
{
	const struct history_test *t = &h->of[v->test - 1];
	unsigned messages = 0;
	bool flaky_told = false;

	history_spread(h, t, results);
	for (size_t i = 0; i < t->failure_count && messages < FLAKY_MESSAGES_MAX; i++) {
		struct pattern_group g = {
			.history = h, .test = t, .results = results, .shape = t->failures[i].shape, .kinds = kinds};
		struct pattern_finding f = {0};

		if (i && t->failures[i - 1].shape == g.shape)
			continue;
		if (!is_first_of_group(t, i))
			continue;
		messages++;
		fill_group(&g, i);
		if (g.failures < PATTERN_FAILURES_MIN)
			continue;
		if (2 * g.flakes >= g.failures ? !flaky_told && pattern_flaky(&f, &g) : pattern_broken(&f, &g))
			tell(r, v->test, &g, &f, t->failures[i].message);
		if (pattern_said(&f, &g, t->failures[i].message, v->runs))
			tell(r, v->test, &g, &f, t->failures[i].message);
		flaky_told |= 2 * g.flakes >= g.failures;
	}
}

static int by_count(const void *a, const void *b)
{
	const struct pattern *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->test > y->test) - (x->test < y->test);
}

void pattern_learn(struct pattern_report *ret, const struct history *h, const struct flaky_report *flaky)
{
	MEM_AUTO unsigned char *results = mem_array(h->execution_count + 64, 1);

	*ret = (struct pattern_report){0};
	for (size_t i = 0; i < flaky->n; i++)
		learn_test(ret, h, &flaky->list[i], flaky->kinds[flaky->list[i].test - 1], results);
	if (ret->n)
		qsort(ret->list, ret->n, sizeof(*ret->list), by_count);
}

void pattern_done(struct pattern_report *r)
{
	if (!r)
		return;
	arena_done(&r->arena);
	free(r->list);
	*r = (struct pattern_report){0};
}
