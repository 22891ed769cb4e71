/* runmedic trends: what rises, what improves. */
#include "cmd/learning.h"
#include "cmd/listing.h"
#include "cmd/window.h"

#include "base/redact.h"

#include <string.h>

static const struct option options[] = {
	LEARNING_OPTIONS,
	{"type", 0, "duration|failures|signature|all", "only these measures (default: all)", false},
	{"threshold", 0, "SHARE", "only changes of at least this share (default: all that are sure)", false},
	{"all", 0, NULL, "what is stable, too", false},
	{"explain", 0, NULL, "the numbers below each", false},
	LISTING_FORMAT_OPTION,
	{0},
};

static const struct listing_column columns[] = {
	{"series", "WHAT", LISTING_TEXT, false},
	{"type", "TYPE", LISTING_TEXT, true},
	{"trend", "TREND", LISTING_TEXT, false},
	{"change", "CHANGE", LISTING_NUMBER, false},
	{"before", "BEFORE", LISTING_NUMBER, false},
	{"after", "AFTER", LISTING_NUMBER, false},
	{"points", "POINTS", LISTING_COUNT, false},
	{"p", "P", LISTING_NUMBER, true},
	{"why", "WHY", LISTING_TEXT, true},
	{0},
};

struct question {
	const char *type;
	double threshold;
	bool all;
};

static bool is_type(const char *type, const char *family)
{
	if (!strcmp(type, "all"))
		return true;
	return !strcmp(type, "signature") ? !strcmp(family, "signature") : strstr(family, type) != NULL;
}

/* Changes are factors here: durations and rates. */
static bool is_wanted(const struct question *q, const struct trend *t)
{
	return is_type(q->type, t->family) && (q->all || t->kind != TREND_STABLE) &&
	       (t->change >= 1 + q->threshold || t->change <= 1 - q->threshold || q->threshold <= 0);
}

static void explain(struct buf *out, const struct question *q, const struct trend_report *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (is_wanted(q, &r->list[i])) {
			buf_add_char(out, '\n');
			redact_for_terminal(out, view_of(r->list[i].series));
			buf_addf(out, "\n  %s: %s\n", trend_kind_name(r->list[i].kind), r->list[i].why);
		}
}

static int answer(struct session *s, const struct question *q, const struct learning *x, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_LARGE);
	struct trend_report r;
	struct listing l;
	int rc;

	trends_learn(&r, x->trends);
	listing_init(&l, columns);
	for (size_t i = 0; i < r.n; i++) {
		const struct trend *t = &r.list[i];

		if (!is_wanted(q, t))
			continue;
		listing_text(&l, t->series);
		listing_text(&l, t->family);
		listing_text(&l, trend_kind_name(t->kind));
		listing_number(&l, t->change);
		listing_number(&l, t->before);
		listing_number(&l, t->after);
		listing_number(&l, (double)t->points);
		listing_number(&l, t->p);
		listing_text(&l, t->why);
	}
	listing_write(&out, &l, s, learning_head(x, "runmedic.trends/1"), "trends", NULL,
		x->jobs ? "Nothing moves that chance would not move."
			: "The history holds no job of this kind in this time.");
	if (args_flag(s->args, "explain") && !strcmp(args_text(s->args, "format", "text"), "text"))
		explain(&out, q, &r);
	listing_done(&l);
	rc = session_write(s, buf_view(&out), e);
	trend_report_done(&r);
	return rc;
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct learning x = {0};
	struct question q = {args_text(s->args, "type", "all"), 0, args_flag(s->args, "all")};
	int rc = learning_threshold(s, 0, &q.threshold, &e);

	if (rc == 0)
		rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = learning_read(&x, s, store, true, &e);
	if (rc == 0)
		rc = answer(s, &q, &x, &e);
	learning_done(&x);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_trends = {
	.name = "trends",
	.summary = "Tells what rises and what improves: durations, flakes, failures by category and signature",
	.usage = "trends [--type duration|failures|signature] [options]",
	.text = "Only what chance and a slow fleet of runners do not explain is told: at most one in fifty of what is "
		"stable is\n"
		"called otherwise. CHANGE, BEFORE and AFTER are a factor, and the means of the first and last third of "
		"the time.",
	.examples = "runmedic trends\nrunmedic trends --type duration --threshold 0.3\nrunmedic trends --since "
		    "2026-09-01 --format markdown",
	.options = options,
	.run = run,
};
