/* runmedic report: the weekly intelligence. */
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/report_deliver.h"
#include "cmd/report_flaky.h"
#include "cmd/window.h"
#include "learn/insight.h"
#include "publish/publish.h"
#include "store/weekly.h"

#include <string.h>

static const struct option options[] = {
	WINDOW_OPTIONS,
	{"format", 0, "markdown|html|json", "how to answer (default: markdown)", false},
	{"issue", 0, NULL, "keep it in an issue of the repository, too", false},
	{"publish", 0, NULL, "push it to the branch of `report.branch` (default: " REPORT_BRANCH "), too", false},
	{"repository", 0, "OWNER/NAME", "the repository on GitHub (default: GITHUB_REPOSITORY, then remote origin)",
		false},
	{0},
};

static int answer(struct session *s, const struct report *r, const struct config *c, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_FILE);
	const char *format = args_text(s->args, "format", "markdown");
	const struct publish_report_style style = {.sections = &c->report.sections};
	if (!strcmp(format, "json")) {
		JSON_AUTO *j = publish_report_json(r);
		json_print(&out, j);
		buf_add_char(&out, '\n');
	} else if (!strcmp(format, "html")) {
		publish_report_html(&out, r, &style);
	} else {
		publish_report_markdown(&out, r, &style);
	}
	return session_write(s, buf_view(&out), e);
}

static int fill(struct session *s, struct report *r, struct err *e)
{
	struct store_filter f;
	struct store *store = NULL;
	int rc = window_read(&f, s, e);
	if (rc == 0)
		rc = window_store(&store, s, e);
	if (rc == 0)
		rc = store_report(store, &f, r, e);
	if (rc == 0)
		rc = store_weekly(store, r, e);
	if (rc == 0)
		rc = report_fill_flaky(r, s, store, e);
	store_close(store);
	return rc;
}

static int deliver(struct session *s, const struct report *r, const struct config *c, struct err *e)
{
	const char *branch = c->report.branch ? c->report.branch : REPORT_BRANCH;
	const struct report_delivery wish = {.issue = args_flag(s->args, "issue"),
		.branch = args_flag(s->args, "publish") ? branch : NULL,
		.sections = &c->report.sections};
	MEM_AUTO char *url = NULL;
	return wish.issue || wish.branch ? report_deliver(&wish, s, r, &url, e) : 0;
}

static int run(struct session *s)
{
	struct err e;
	const struct config *c;
	struct report r = {0};
	int rc = session_config(s, &c, &e);
	if (rc == 0)
		rc = fill(s, &r, &e);
	if (rc == 0) {
		insight_make(&r);
		rc = answer(s, &r, c, &e);
	}
	if (rc == 0)
		rc = deliver(s, &r, c, &e);
	report_done(&r);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_report = {
	.name = "report",
	.summary = "Reports on the last days: what broke, what returns, what was healed",
	.usage = "report [--days 7] [--format markdown|html|json] [--issue] [--publish] [options]",
	.text = "The same history and time give the same report. --issue and --publish need a token that may write "
		"issues, or "
		"contents; the report is printed whatever becomes of them.",
	.examples = "runmedic report\n"
		    "runmedic report --days 30 --branch main --format html --output report.html\n"
		    "runmedic report --issue --publish --quiet --output report.md\n"
		    "runmedic report --format json | jq .health",
	.options = options,
	.run = run,
};
