/* runmedic stats: what the history holds. */
#include "cmd/command.h"
#include "cmd/window.h"

#include "base/clock.h"
#include "base/json.h"

#include <string.h>

static const struct option options[] = {
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

static void add_text(struct buf *out, const struct store_totals *t, const char *path)
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

static void add_json(struct buf *out, const struct store_totals *t)
{
	JSON_AUTO *j = json_object();
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
	json_print(out, j);
	buf_add_char(out, '\n');
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct store_totals t;
	BUF_AUTO out = buf_new(BUF_PAGE);
	int rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = store_totals(store, &t, &e);
	if (rc == 0) {
		if (!strcmp(args_text(s->args, "format", "text"), "json"))
			add_json(&out, &t);
		else
			add_text(&out, &t, s->db_path);
		rc = session_write(s, buf_view(&out), &e);
	}
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_stats = {
	.name = "stats",
	.summary = "Counts what the history holds",
	.usage = "stats [--format text|json] [options]",
	.examples = "runmedic stats\nrunmedic stats --db ci.db --format json",
	.options = options,
	.run = run,
};
