/* runmedic fixes: what was tried, what became of it, and how well each fixer does. */
#include "cmd/command.h"
#include "cmd/listing.h"
#include "cmd/window.h"

#include "base/clock.h"
#include "base/redact.h"
#include "learn/success.h"
#include "store/results.h"

#include <string.h>

#define FIXES_DEFAULT 50
#define FIXES_MAX 10000

static const struct option options[] = {
	WINDOW_OPTIONS,
	{"since", 0, "DATE", "from this day or time on, instead of --days", false},
	{"until", 0, "DATE", "up to this day or time (default: now)", false},
	{"fixer", 0, "ID", "only this fixer", false},
	{"by", 0, "attempt|fixer|rule|signature", "one line for each (default: attempts, then fixers)", false},
	{"explain", 0, NULL, "the numbers below each fixer", false},
	{"limit", 0, "N", "at most so many, newest first (default: 50)", false},
	LISTING_FORMAT_OPTION,
	{0},
};

static const struct listing_column attempt_columns[] = {
	{"at", "AT", LISTING_TIME, false},
	{"fixer", "FIXER", LISTING_TEXT, false},
	{"rule", "RULE", LISTING_TEXT, true},
	{"signature", "SIGNATURE", LISTING_TEXT, true},
	{"status", "STATUS", LISTING_TEXT, false},
	{"tier", "TIER", LISTING_TEXT, true},
	{"confidence", "CONFIDENCE", LISTING_NUMBER, true},
	{"outcome", "OUTCOME", LISTING_TEXT, false},
	{"reason", "REASON", LISTING_TEXT, true},
	{"files", "FILES", LISTING_LINES, false},
	{0},
};
static const struct listing_column success_columns[] = {
	{"fixer", "FIXER", LISTING_TEXT, false},
	{"rule", "RULE", LISTING_TEXT, false},
	{"signature", "SIGNATURE", LISTING_TEXT, true},
	{"worked", "WORKED", LISTING_COUNT, false},
	{"failed", "FAILED", LISTING_COUNT, false},
	{"mean", "MEAN", LISTING_SHARE, false},
	{"low", "LOW", LISTING_SHARE, false},
	{"demoted", "NEEDS A PERSON", LISTING_FLAG, false},
	{"changed", "CHANGED", LISTING_TIME, true},
	{"change", "SURE", LISTING_SHARE, true},
	{"why", "WHY", LISTING_TEXT, true},
	{0},
};

struct question {
	struct store_filter filter;
	const char *by, *fixer; /* fixer NULL: all */
	struct listing attempts, results;
	struct successes *known;
	struct names keys; /* "fixer\nrule\nsignature", as far as `by` goes */
};

static int read_time(const struct session *s, const char *name, int64_t *time, struct err *e)
{
	const char *text = args_text(s->args, name, NULL);

	if (text && !clock_parse(view_of(text), time))
		return err_set(
			e, ERR_USAGE, "--%s %s is no date; write it as 2026-11-18 or 2026-11-18T09:14:03Z", name, text);
	return 0;
}

static int read_question(struct question *q, const struct session *s, struct err *e)
{
	if (window_read(&q->filter, s, e) < 0 || read_time(s, "since", &q->filter.from, e) < 0 ||
		read_time(s, "until", &q->filter.to, e) < 0)
		return -1;
	if (q->filter.from >= q->filter.to)
		return err_set(e, ERR_USAGE, "--since must be before --until");
	q->fixer = args_text(s->args, "fixer", NULL);
	q->by = args_text(s->args, "by", "");
	return 0;
}

static void on_attempt(void *context, const struct store_fix_row *row)
{
	struct question *q = context;
	struct listing *l = &q->attempts;

	listing_time(l, row->at);
	listing_text(l, row->fixer);
	listing_text(l, row->rule);
	listing_text(l, row->signature);
	listing_text(l, row->status);
	listing_text(l, row->tier);
	listing_number(l, row->confidence);
	listing_text(l, row->outcome);
	listing_text(l, row->reason);
	listing_text(l, row->files);
}

static void on_deed(void *context, const struct store_deed *d)
{
	struct question *q = context;
	bool good = d->outcome == OUTCOME_GREEN || d->outcome == OUTCOME_MERGED;
	bool bad = d->outcome == OUTCOME_RED || d->outcome == OUTCOME_REVERTED || d->outcome == OUTCOME_WITHDRAWN;
	bool by_signature = !strcmp(q->by, "signature"), by_rule = by_signature || !strcmp(q->by, "rule");

	if (d->rerun || (!good && !bad))
		return;
	successes_add(q->known, view_of(d->fixer), view_of(d->rule), view_of(d->signature), d->at, good);
	if (q->fixer && strcmp(q->fixer, d->fixer))
		return;
	BUF_AUTO key = buf_new(BUF_PAGE);
	buf_addf(&key, "%s\n%s\n%s", d->fixer, by_rule && d->rule ? d->rule : "",
		by_signature && d->signature ? d->signature : "");
	names_add(&q->keys, buf_view(&key));
}

static void add_success(struct question *q, struct view key)
{
	struct listing *l = &q->results;
	struct view part[3] = {{0}};
	struct success x;
	char why[256];
	ARENA_AUTO a = {0};

	for (size_t i = 0; i < 3; i++)
		view_next(&key, '\n', &part[i]);
	success_of(q->known, part[0], part[1], part[2], &x);
	for (size_t i = 0; i < 3; i++)
		listing_text(l, part[i].n ? arena_format(&a, "%.*s", VIEW_ARG(part[i])) : NULL);
	listing_number(l, x.good);
	listing_number(l, x.bad);
	listing_number(l, x.mean);
	listing_number(l, x.low);
	listing_number(l, x.demoted);
	listing_time(l, x.changed);
	listing_number(l, x.change);
	listing_text(l, success_why(&x, why, sizeof(why)));
}

static void explain(struct buf *out, const struct question *q)
{
	for (size_t i = 0; i < successes_count(q->known); i++) {
		const char *fixer = successes_fixer(q->known, i);
		struct success x;
		char why[256];

		if (q->fixer && strcmp(q->fixer, fixer))
			continue;
		success_of(q->known, view_of(fixer), view_of(""), view_of(""), &x);
		buf_add_char(out, '\n');
		redact_for_terminal(out, view_of(fixer));
		buf_addf(out, "\n  %s\n", success_why(&x, why, sizeof(why)));
		if (x.demoted)
			buf_addf(out, "  below %.0f %%: what it makes waits for a person\n", 100 * SUCCESS_FLOOR);
	}
}

static int answer(struct session *s, struct question *q, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_FILE);
	cJSON *head = json_object();
	struct listing_part parts[2];
	size_t n = 0;

	json_add_text(head, "schema", "runmedic.fixes/1");
	json_add_time(head, "from", q->filter.from);
	json_add_time(head, "to", q->filter.to);
	for (uint32_t i = 1; i <= q->keys.n; i++)
		add_success(q, view_of(names_text(&q->keys, i)));
	const struct listing_part attempts = {&q->attempts, "fixes", NULL, "No fix was attempted in this time."};
	const struct listing_part results = {&q->results, "success",
		"Fixes with a known end, in this time. LOW: above it with 95 % certainty.",
		*q->by ? "Of no fix in this time is the end known." : NULL};
	bool json = !strcmp(args_text(s->args, "format", "text"), "json");
	if (json || !*q->by || !strcmp(q->by, "attempt"))
		parts[n++] = attempts;
	if (json || !*q->by || strcmp(q->by, "attempt") != 0)
		parts[n++] = results;
	listing_write_parts(&out, parts, n, s, head);
	if (args_flag(s->args, "explain") && !strcmp(args_text(s->args, "format", "text"), "text"))
		explain(&out, q);
	return session_write(s, buf_view(&out), e);
}

static int query(struct session *s, struct store *store, struct question *q, struct err *e)
{
	uint64_t limit;

	if (args_number(s->args, "limit", FIXES_MAX, FIXES_DEFAULT, &limit, e) < 0 ||
		store_fixes(store, &q->filter, q->fixer, (unsigned)limit, on_attempt, q, e) < 0)
		return -1;
	if (store_each_deed(store, &q->filter, NULL, on_deed, q, e) < 0)
		return -1;
	successes_seal(q->known);
	return answer(s, q, e);
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct question q = {.known = successes_new()};
	int rc = read_question(&q, s, &e);

	listing_init(&q.attempts, attempt_columns);
	listing_init(&q.results, success_columns);
	names_init(&q.keys, SUCCESS_ATTEMPTS_MAX);
	if (rc == 0)
		rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = query(s, store, &q, &e);
	listing_done(&q.attempts);
	listing_done(&q.results);
	names_done(&q.keys);
	successes_free(q.known);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_fixes = {
	.name = "fixes",
	.summary = "Lists the fixes that were tried, what became of them, and how well each fixer does",
	.usage = "fixes [--days N] [--fixer ID] [--by fixer|rule|signature] [options]",
	.text = "A fix worked where it turned out green or was merged; it failed where it stayed red, was reverted or "
		"withdrawn.\nMEAN is the probability that the next one works, as of now: few attempts say little, and "
		"a change (a tool's new\nrelease) counts. A fixer that failed and whose LOW is below one half needs a "
		"person.",
	.examples = "runmedic fixes --days 30\nrunmedic fixes --fixer python/black --format json\nrunmedic fixes "
		    "--days 365 "
		    "--by rule --format csv\nrunmedic fixes --days 90 --explain",
	.options = options,
	.run = run,
};
