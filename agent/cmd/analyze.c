/* runmedic analyze: what broke, where, how sure. */
#include "cmd/command.h"
#include "cmd/inputs.h"
#include "cmd/passing.h"
#include "cmd/recording.h"
#include "cmd/remote_answer.h"
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
	REMOTE_OPTIONS,
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
	struct remote_answer kept; /* of the run on GitHub that is being read, for text and Markdown */
	bool failure, trouble;
	size_t count;
};

static void add_json(struct answer *a, const struct analysed *one)
{
	JSON_AUTO *j = publish_analysis_json(&one->diagnosis, fixer_tier);
	remote_answer_add_json(j, one);
	json_print(&a->out, j);
	buf_add_char(&a->out, '\n');
}

static struct publish_style style_of(const struct session *s, const char *seen)
{
	return (struct publish_style){.colour = s->colour, .width = s->width, .verbose = s->verbose, .seen = seen};
}

static void add_text(struct answer *a, const struct diagnosis *d, const struct buf *seen)
{
	struct publish_style style = style_of(a->session, seen->n ? buf_text(seen) : NULL);
	if (a->count)
		buf_add_char(&a->out, '\n');
	publish_analysis_text(&a->out, d, &style);
}

/* Of a run, text and Markdown come when all its jobs are read. */
static void add_for_people(struct answer *a, struct analysed *one, struct buf *seen)
{
	if (one->run)
		remote_answer_keep(&a->kept, one, seen->n ? buf_take(seen) : NULL);
	else if (!strcmp(a->format, "text"))
		add_text(a, &one->diagnosis, seen);
	else
		publish_analysis_markdown(&a->out, &one->diagnosis);
}

static void add_answer(struct answer *a, struct analysed *one, struct buf *seen)
{
	if (!strcmp(a->format, "json"))
		add_json(a, one);
	else if (!strcmp(a->format, "sarif"))
		publish_sarif_add(a->sarif_results, &one->diagnosis);
	else
		add_for_people(a, one, seen);
	a->count++;
}

static bool on_run(void *context, const struct remote_run *run, bool is_end)
{
	struct answer *a = context;
	struct publish_style style = style_of(a->session, NULL);
	BUF_AUTO words = buf_new(BUF_LINE);
	if (!is_end)
		return true;
	if (!strcmp(a->format, "text")) {
		remote_answer_text(&a->out, &a->kept, run, &style);
	} else if (!strcmp(a->format, "markdown")) {
		remote_answer_markdown(&a->out, &a->kept, run);
	} else if (!run->red && !run->one_job) {
		remote_run_words(&words, run);
		session_note(a->session, "%s: nothing failed", run->run.id ? buf_text(&words) : "no failed run");
	}
	remote_answer_done(&a->kept);
	return true;
}

static bool on_log(void *context, struct analysed *one)
{
	struct answer *a = context;
	struct err e;
	BUF_AUTO seen = buf_new(BUF_LINE);
	a->failure = a->failure || one->diagnosis.failed;
	if (!strcmp(a->format, "text") && seen_line(&seen, a->history, one, &e) < 0)
		session_note(a->session, "the history cannot be asked: %s", e.text);
	if (a->recording && recording_commit(a->recording, one, NULL, 0, &e) < 0) {
		session_trouble(a->session, &e);
		a->trouble = true;
	}
	add_answer(a, one, &seen);
	return true;
}

static int answer_all(struct answer *a, struct analyser *x, struct err *e)
{
	x->on_run = on_run;
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
	remote_answer_done(&a.kept);
	buf_done(&a.out);
	if (rc < 0 || a.trouble)
		return EXIT_TROUBLE;
	return a.failure && args_flag(s->args, "exit-code") ? EXIT_NO : EXIT_ANSWERED;
}

const struct command cmd_analyze = {
	.name = "analyze",
	.summary = "Says what broke in a job's log, where, and how sure that is",
	.usage = "analyze [LOG|DIR|ZIP|-]... [--run ID | --job ID | --latest] [options]",
	.text = "Reads logs as GitHub hands them out (API, archive, `gh run view --log`, ZIP of a run, gzip) or the "
		"plain output of a command.\n"
		"Changes nothing; with --record the result goes into the history. Opens no connection, unless a run on "
		"GitHub is asked for: --run, --job, --latest, or the address of its page. Then every job that failed, "
		"timed out or was cancelled is read, and a token is taken from GITHUB_TOKEN, GH_TOKEN or `gh auth "
		"token`.",
	.examples = "runmedic analyze job.log\n"
		    "gh run view 123 --log-failed | runmedic analyze -\n"
		    "runmedic analyze logs.zip --format json | jq '.findings[0].title'\n"
		    "runmedic analyze job.log --baseline last-green.log --format markdown\n"
		    "runmedic analyze --run 123456789 --repository octo/widgets\n"
		    "runmedic analyze --latest --branch main --format json",
	.options = options,
	.run = run,
};
