/* runmedic report: the weekly intelligence. */
#include "cmd/command.h"
#include "cmd/window.h"
#include "publish/publish.h"

#include <string.h>

static const struct option options[] = {
	WINDOW_OPTIONS,
	{"format", 0, "markdown|json", "how to answer (default: markdown)", false},
	{0},
};

static int answer(struct session *s, const struct report *r, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_FILE);
	if (!strcmp(args_text(s->args, "format", "markdown"), "json")) {
		JSON_AUTO *j = publish_report_json(r);
		json_print(&out, j);
		buf_add_char(&out, '\n');
	} else {
		publish_report_markdown(&out, r);
	}
	return session_write(s, buf_view(&out), e);
}

static int run(struct session *s)
{
	struct err e;
	struct store_filter f;
	struct store *store = NULL;
	struct report r = {0};
	int rc = window_read(&f, s, &e);
	if (rc == 0)
		rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = store_report(store, &f, &r, &e);
	if (rc == 0)
		rc = answer(s, &r, &e);
	report_done(&r);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_report = {
	.name = "report",
	.summary = "Reports on the last days: what broke, what returns, what was healed",
	.usage = "report [--days 7] [--format markdown|json] [options]",
	.examples = "runmedic report\n"
		    "runmedic report --days 30 --branch main --output report.md\n"
		    "runmedic report --format json | jq .totals",
	.options = options,
	.run = run,
};
