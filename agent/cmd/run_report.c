#include "cmd/run_report.h"

#include "cmd/step_files.h"

#include "base/redact.h"
#include "publish/bodies.h"

#include <stdlib.h>
#include <unistd.h>

/* At the lines of the files that the findings name. */
static void add_annotations(struct buf *out, const struct run_report *r)
{
	const struct publish_job job = {
		.name = r->name, .conclusion = "failure", .diagnosis = r->diagnosis, .known.last_seen = CLOCK_UNKNOWN};
	const struct publish_run run = {.jobs = &job, .job_count = 1};

	publish_commands(out, &run, NULL, NULL);
}

/* ---- standard error -------------------------------------------------------------------------------- */

static void add_end(struct buf *out, const struct run_report *r)
{
	BUF_AUTO text = buf_new(BUF_LINE);

	if (r->exit_code)
		buf_addf(&text, "runmedic: %s ended with exit code %d", r->name, r->exit_code);
	else
		buf_addf(&text, "runmedic: %s passed", r->name);
	if (r->attempts > 1)
		buf_addf(&text, r->exit_code ? " in each of %u attempts" : " at attempt %u", r->attempts);
	redact_for_terminal(out, buf_view(&text));
	buf_add_char(out, '\n');
}

static struct publish_style style_of(const struct run_report *r)
{
	const char *no_colour = getenv("NO_COLOR");

	return (struct publish_style){.colour = isatty(STDERR_FILENO) && !(no_colour && *no_colour) &&
						!args_flag(r->session->args, "no-color"),
		.verbose = r->session->verbose};
}

void run_report_print(const struct run_report *r)
{
	BUF_AUTO text = buf_new(BUF_FILE), out = buf_new(BUF_FILE);
	struct publish_style style = style_of(r);
	char token[STEP_TOKEN_MAX];

	if (r->session->quiet)
		return;
	add_end(&out, r);
	if (r->diagnosis && r->exit_code) {
		publish_analysis_text(&text, r->diagnosis, &style);
		step_token(token);
		if (!r->actions)
			buf_add_view(&out, buf_view(&text));
		else if (publish_guarded(&out, token, buf_view(&text)))
			add_annotations(&out, r);
	}
	if (r->capture && r->exit_code)
		buf_addf(&out, "runmedic: its output is kept in %s\n", r->capture);
	fwrite(buf_text(&out), 1, out.n, stderr);
}

/* ---- the step's summary ---------------------------------------------------------------------------- */

static void add_summary(struct buf *out, const struct run_report *r)
{
	const struct finding *f = r->diagnosis ? diagnosis_primary(r->diagnosis) : NULL;

	buf_add_text(out, "\n### ");
	markdown_text(out, view_of(r->name));
	if (r->exit_code)
		buf_addf(out, ": exit code %d", r->exit_code);
	else
		buf_addf(out, ": passed at attempt %u", r->attempts);
	if (r->exit_code && r->attempts > 1)
		buf_addf(out, " in each of %u attempts", r->attempts);
	buf_add_text(out, "\n\n");
	if (r->exit_code && r->diagnosis) {
		publish_analysis_markdown(out, r->diagnosis);
	} else if (f) {
		buf_add_text(out, "What failed before: ");
		markdown_text(out, view_of(f->title));
		buf_addf(out, " (%s, `%s`)\n", category_name(f->category), f->rule_id);
	}
}

/* GitHub drops a summary that is too large as a whole, with what the command itself wrote into it. */
int run_report_summary(const struct run_report *r, struct err *e)
{
	BUF_AUTO text = buf_new(PUBLISH_SUMMARY_MAX);
	const char *path = getenv("GITHUB_STEP_SUMMARY");

	if (!r->actions || !path || !*path || !(r->exit_code || r->attempts > 1))
		return 0;
	add_summary(&text, r);
	if (text.full || text.n > step_summary_room())
		return err_set(e, ERR_LIMIT, "the step's summary is full: GitHub takes %zu bytes", PUBLISH_SUMMARY_MAX);
	return step_summary_add(buf_view(&text), e);
}
