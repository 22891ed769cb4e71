/* The Action's weekly report: step summary, files, and where the configuration wants it (docs/action.md). */
#include "base/file.h"
#include "base/mem.h"
#include "cmd/action.h"
#include "cmd/step_files.h"

extern const struct command cmd_report;

#define ARGUMENTS_MAX 10

static int run_report(struct action *a, const char *const *argv, struct err *e)
{
	struct errand_session s;
	int rc = errand_begin(&s, a, &cmd_report, argv, e);
	if (rc == 0 && cmd_report.run(&s.session) == EXIT_TROUBLE)
		rc = err_set(e, ERR_UNAVAILABLE, "report had trouble; see above");
	errand_end(&s);
	return rc;
}

/* What is delivered is told by the one that writes Markdown; the page is for an artifact. */
static int write_files(struct action *a, const char *markdown, const char *html, struct err *e)
{
	const char *argv[ARGUMENTS_MAX] = {"--db", a->in.db, "--format", "html", "--output", html};
	if (run_report(a, argv, e) < 0)
		return -1;
	size_t n = 3;
	argv[n++] = "markdown";
	argv[n++] = "--output";
	argv[n++] = markdown;
	if (a->config.report.issue && !a->in.dry_run)
		argv[n++] = "--issue";
	if (a->config.report.branch && !a->in.dry_run)
		argv[n++] = "--publish";
	argv[n] = NULL;
	return run_report(a, argv, e);
}

static void add_summary(struct view text)
{
	struct err e;
	if (text.n > step_summary_room() || step_summary_add(text, &e) < 0)
		step_say("notice",
			"runmedic: the report does not fit into the step summary; output `report` names its file");
}

int action_report(struct action *a, struct err *e)
{
	const char *folder = action_folder(a, "report", e);
	if (!folder)
		return -1;
	const char *markdown = arena_format(&a->arena, "%s/report.md", folder);
	const char *html = arena_format(&a->arena, "%s/report.html", folder);
	BUF_AUTO text = buf_new(BUF_LARGE);
	struct err unread;
	int rc = write_files(a, markdown, html, e);
	/* printed before it was delivered: it is there also where that failed */
	if (file_read(markdown, BUF_LARGE, &text, &unread) < 0)
		return rc < 0 ? rc : err_set(e, unread.code, "%s", unread.text);
	a->out.report = markdown;
	add_summary(buf_view(&text));
	return rc;
}
