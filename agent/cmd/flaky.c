/* runmedic flaky: which tests are flaky, and which only look so. */
#include "cmd/learning.h"
#include "cmd/listing.h"
#include "cmd/window.h"

#include "base/redact.h"

#include <string.h>

static const struct option options[] = {
	LEARNING_OPTIONS,
	{"type", 0, "flaky|incident|broken|all", "only these verdicts (default: flaky)", false},
	{"threshold", 0, "SHARE", "flaky above this probability (default: 0.5)", false},
	{"explain", 0, NULL, "the evidence below each test", false},
	LISTING_FORMAT_OPTION,
	{0},
};

static const struct listing_column columns[] = {
	{"test", "TEST", LISTING_TEXT, false},
	{"verdict", "VERDICT", LISTING_TEXT, false},
	{"score", "PROBABLY", LISTING_SHARE, false},
	{"flakes", "FLAKES", LISTING_COUNT, false},
	{"runs", "RUNS", LISTING_COUNT, false},
	{"rate", "RATE", LISTING_SHARE, false},
	{"rate_low", "LOW", LISTING_SHARE, true},
	{"rate_high", "HIGH", LISTING_SHARE, true},
	{"failures", "FAILURES", LISTING_COUNT, true},
	{"reruns", "RERUNS", LISTING_COUNT, true},
	{"branches", "BRANCHES", LISTING_COUNT, true},
	{"where", "WHERE", LISTING_TEXT, false},
	{"red_now", "RED NOW", LISTING_FLAG, true},
	{"first", "FIRST", LISTING_TIME, true},
	{"last", "LAST", LISTING_TIME, false},
	{"quarantine", "QUARANTINE", LISTING_FLAG, true},
	{"quarantine_until", "UNTIL", LISTING_TIME, false},
	{"quarantine_why", "WHY QUARANTINE", LISTING_TEXT, true},
	{"why", "EVIDENCE", LISTING_TEXT, true},
	{0},
};

struct question {
	const char *type;
	double threshold;
	struct pattern_report patterns;
};

static enum flaky_kind kind_of(const struct question *q, const struct flaky_verdict *v)
{
	if (v->score > q->threshold)
		return FLAKY_FLAKY;
	return v->kind == FLAKY_FLAKY ? FLAKY_BROKEN : v->kind;
}

static const char *where(const struct question *q, uint32_t test)
{
	for (size_t i = 0; i < q->patterns.n; i++)
		if (q->patterns.list[i].test == test && q->patterns.list[i].flaky)
			return q->patterns.list[i].value;
	return NULL;
}

static void add_row(
	struct listing *l, const struct question *q, const struct learning *x, const struct flaky_verdict *v)
{
	listing_text(l, names_text(&x->history->tests, v->test));
	listing_text(l, flaky_kind_name(kind_of(q, v)));
	listing_number(l, v->score);
	listing_number(l, v->flakes);
	listing_number(l, v->runs);
	listing_number(l, v->rate);
	listing_number(l, v->rate_low);
	listing_number(l, v->rate_high);
	listing_number(l, v->failures);
	listing_number(l, v->reruns);
	listing_number(l, v->branches);
	listing_text(l, where(q, v->test));
	listing_number(l, v->red_now);
	listing_time(l, v->first);
	listing_time(l, v->last);
	listing_number(l, v->quarantine);
	listing_time(l, v->quarantine ? v->quarantine_until : CLOCK_UNKNOWN);
	listing_text(l, v->quarantine_why);
	listing_text(l, v->why);
}

static bool is_wanted(const struct question *q, const struct flaky_verdict *v)
{
	return !strcmp(q->type, "all") || !strcmp(q->type, flaky_kind_name(kind_of(q, v)));
}

static void explain(struct buf *out, const struct question *q, const struct learning *x)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	for (size_t i = 0; i < x->flaky.n; i++) {
		const struct flaky_verdict *v = &x->flaky.list[i];

		if (!is_wanted(q, v))
			continue;
		buf_add_char(out, '\n');
		redact_for_terminal(out, view_of(names_text(&x->history->tests, v->test)));
		buf_addf(out, "\n  %s (probability %.2f): %s\n", flaky_kind_name(kind_of(q, v)), v->score, v->why);
		if (v->flakes)
			buf_addf(out, "  %u flakes in %u executions (%.2g to %.2g an execution), first %s, last %s\n",
				v->flakes, v->runs, v->rate_low, v->rate_high, clock_date(v->first, first),
				clock_date(v->last, last));
		if (v->red_now)
			buf_add_text(out, "  it fails on the newest commit of the main branch: look there first\n");
		for (size_t k = 0; k < q->patterns.n; k++)
			if (q->patterns.list[k].test == v->test)
				buf_addf(out, "  it %s: %s\n", q->patterns.list[k].reason,
					q->patterns.list[k].suggestion);
		if (v->quarantine)
			buf_addf(out, "  quarantine until %s: %s\n", clock_date(v->quarantine_until, last),
				v->quarantine_why);
	}
}

static int answer(struct session *s, const struct question *q, const struct learning *x, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_LARGE);
	struct listing l;
	const char *format = args_text(s->args, "format", "text");

	listing_init(&l, columns);
	for (size_t i = 0; i < x->flaky.n; i++)
		if (is_wanted(q, &x->flaky.list[i]))
			add_row(&l, q, x, &x->flaky.list[i]);
	listing_write(&out, &l, s, learning_head(x, "runmedic.flaky/1"), "tests", NULL,
		x->jobs ? "No such test in this time." : "The history holds no job of this kind in this time.");
	if (args_flag(s->args, "explain") && !strcmp(format, "text"))
		explain(&out, q, x);
	listing_done(&l);
	return session_write(s, buf_view(&out), e);
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct learning x = {0};
	struct question q = {.type = args_text(s->args, "type", "flaky")};
	int rc = learning_threshold(s, 0.5, &q.threshold, &e);

	if (rc == 0)
		rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = learning_read(&x, s, store, false, &e);
	if (rc == 0) {
		pattern_learn(&q.patterns, x.history, &x.flaky);
		rc = answer(s, &q, &x, &e);
	}
	pattern_done(&q.patterns);
	learning_done(&x);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_flaky = {
	.name = "flaky",
	.summary = "Tells flaky tests from broken ones, with the evidence and a quarantine that ends",
	.usage = "flaky [--explain] [options]",
	.text = "A failure rate cannot tell a flaky test from a broken one. Each failure is judged by what happened "
		"around it: did\n"
		"the same commit pass on the same leg, did it fail alone among its siblings, did the next commits fail "
		"too, did a\n"
		"runner image or an incident explain it.",
	.examples =
		"runmedic flaky\nrunmedic flaky --explain --since 2026-10-01\nrunmedic flaky --type all --format csv",
	.options = options,
	.run = run,
};
