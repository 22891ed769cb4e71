#include "cmd/pattern_list.h"

#include "cmd/listing.h"

#include <string.h>

static const struct listing_column columns[] = {
	{"test", "TEST", LISTING_TEXT, false},
	{"dimension", "PATTERN", LISTING_TEXT, false},
	{"value", "WHERE", LISTING_TEXT, false},
	{"flaky", "FLAKY", LISTING_FLAG, false},
	{"count", "FAILED", LISTING_COUNT, false},
	{"jobs", "OF JOBS", LISTING_COUNT, false},
	{"confidence", "PROBABLY", LISTING_SHARE, true},
	{"first", "FIRST", LISTING_TIME, false},
	{"last", "LAST", LISTING_TIME, false},
	{"message", "MESSAGE", LISTING_TEXT, true},
	{"reason", "REASON", LISTING_TEXT, true},
	{"suggestion", "SUGGESTION", LISTING_TEXT, false},
	{"reproduce", "REPRODUCE", LISTING_TEXT, true},
	{0},
};

static void add_row(struct listing *l, const struct learning *x, const struct pattern *p)
{
	listing_text(l, names_text(&x->history->tests, p->test));
	listing_text(l, pattern_dimension_name(p->dimension));
	listing_text(l, p->value);
	listing_number(l, p->flaky);
	listing_number(l, p->count);
	listing_number(l, p->jobs);
	listing_number(l, p->confidence);
	listing_time(l, p->first);
	listing_time(l, p->last);
	listing_text(l, p->message);
	listing_text(l, p->reason);
	listing_text(l, p->suggestion);
	listing_text(l, p->reproduce);
}

static int answer(struct session *s, const struct learning *x, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_LARGE);
	struct pattern_report r;
	struct listing l;

	pattern_learn(&r, x->history, &x->flaky);
	listing_init(&l, columns);
	for (size_t i = 0; i < r.n; i++)
		add_row(&l, x, &r.list[i]);
	listing_write(&out, &l, s, learning_head(x, "runmedic.patterns-tests/1"), "patterns", NULL,
		x->jobs ? "The failures of no test have anything in common."
			: "The history holds no job of this kind in this time.");
	listing_done(&l);
	pattern_done(&r);
	return session_write(s, buf_view(&out), e);
}

int pattern_list(struct session *s, struct store *store, struct err *e)
{
	struct learning x = {0};
	int rc = learning_read(&x, s, store, false, e);

	if (rc == 0)
		rc = answer(s, &x, e);
	learning_done(&x);
	return rc;
}
