/* runmedic analyze: what broke, where, how sure. */
#include "cmd/command.h"
#include "cmd/inputs.h"
#include "cmd/passing.h"
#include "cmd/recording.h"
#include "cmd/seen.h"
#include "fixers/fixer.h"
#include "publish/publish.h"

#include <string.h>

static const struct option options[] = {
	{"format", 0, "text|json|markdown|sarif", "how to answer (default: text)", false},
	{"baseline", 0, "LOG", "a passing log of the same job: what it says too is no news", true},
	{"conclusion", 0, "success|failure|cancelled|timed_out", "what is known of the job; beats what its log says",
		false},
	{"exit-code", 0, NULL, "exit with 1 when a failure was found", false},
	RECORDING_OPTIONS,
	{0},
};

struct answer {
	struct session *session;
	const char *format;
	struct recording *recording;
	struct store *history; /* --db, for text */
	struct buf out;
	cJSON *sarif_results;
	bool failure, trouble;
	size_t count;
};

static void add_json(struct answer *a, const struct diagnosis *d)
{
	JSON_AUTO *j = publish_analysis_json(d, fixer_tier);
	json_print(&a->out, j);
	buf_add_char(&a->out, '\n');
}

static void add_text(struct answer *a, struct analysed *one)
{
	BUF_AUTO seen = buf_new(BUF_LINE);
	struct err e;
	if (seen_line(&seen, a->history, one, &e) < 0)
		session_note(a->session, "the history cannot be asked: %s", e.text);
	struct publish_style style = {.colour = a->session->colour,
		.width = a->session->width,
		.verbose = a->session->verbose,
		.seen = seen.n ? buf_text(&seen) : NULL};
	if (a->count)
		buf_add_char(&a->out, '\n');
	publish_analysis_text(&a->out, &one->diagnosis, &style);
}

static void add_answer(struct answer *a, struct analysed *one)
{
	const struct diagnosis *d = &one->diagnosis;
	if (!strcmp(a->format, "json")) {
		add_json(a, d);
	} else if (!strcmp(a->format, "markdown")) {
		publish_analysis_markdown(&a->out, d);
	} else if (!strcmp(a->format, "sarif")) {
		publish_sarif_add(a->sarif_results, d);
	} else {
		add_text(a, one);
	}
	a->count++;
}

static bool on_log(void *context, struct analysed *one)
{
	struct answer *a = context;
	struct err e;
	a->failure = a->failure || one->diagnosis.failed;
	add_answer(a, one);
	if (a->recording && recording_commit(a->recording, one, NULL, 0, &e) < 0) {
		session_trouble(a->session, &e);
		a->trouble = true;
	}
	return true;
}

static int answer_all(struct answer *a, struct analyser *x, struct err *e)
{
	if (analyser_run(x, on_log, a, e) < 0)
		return -1;
	a->trouble = a->trouble || x->failed_inputs;
	if (!strcmp(a->format, "sarif")) {
		JSON_AUTO *j = publish_sarif_document(a->sarif_results, RUNMEDIC_VERSION);
		json_print(&a->out, j);
		buf_add_char(&a->out, '\n');
	}
	if (a->out.full)
		return err_set(e, ERR_LIMIT, "the answer is larger than %zu MB", BUF_LARGE >> 20);
	return session_write(a->session, buf_view(&a->out), e);
}

static int run(struct session *s)
{
	struct err e;
	struct analyser x;
	struct passing *passing = NULL;
	struct answer a = {.session = s, .format = args_text(s->args, "format", "text"), .out = buf_new(BUF_LARGE)};
	a.sarif_results = json_array();
	int rc = analyser_start(&x, s, &e);
	if (rc == 0)
		rc = recording_start(&a.recording, &x, &e);
	if (rc == 0 && !strcmp(a.format, "text"))
		rc = seen_open(&a.history, s, &e);
	if (rc == 0)
		passing_start(&passing, &x);
	if (rc == 0)
		rc = answer_all(&a, &x, &e);
	if (rc < 0)
		session_trouble(s, &e);
	passing_end(passing);
	recording_end(a.recording);
	store_close(a.history);
	analyser_end(&x);
	if (a.sarif_results && strcmp(a.format, "sarif") != 0)
		cJSON_Delete(a.sarif_results);
	buf_done(&a.out);
	if (rc < 0 || a.trouble)
		return EXIT_TROUBLE;
	return a.failure && args_flag(s->args, "exit-code") ? EXIT_NO : EXIT_ANSWERED;
}

const struct command cmd_analyze = {
	.name = "analyze",
	.summary = "Says what broke in a job's log, where, and how sure that is",
	.usage = "analyze [LOG|DIR|ZIP|-]... [options]",
	.text = "Reads logs as GitHub hands them out (API, archive, `gh run view --log`, ZIP of a run, gzip) or the "
		"plain output of a command.\n"
		"Opens no connection and changes nothing; with --record the result goes into the history.",
	.examples = "runmedic analyze job.log\n"
		    "gh run view 123 --log-failed | runmedic analyze -\n"
		    "runmedic analyze logs.zip --format json | jq '.findings[0].title'\n"
		    "runmedic analyze job.log --baseline last-green.log --format markdown",
	.options = options,
	.run = run,
};
