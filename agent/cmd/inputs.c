#include "cmd/inputs.h"

#include "base/file.h"
#include "base/json.h"
#include "base/progress.h"
#include "cmd/remote_run.h"
#include "log/log.h"

#include <stdlib.h>
#include <string.h>

static int load_rules(struct analyser *a, struct err *e)
{
	const struct config *config;
	if (session_config(a->session, &config, e) < 0)
		return -1;
	if (!config->rules_yaml)
		return 0;
	const char *name = config->path ? config->path : CONFIG_DEFAULT_PATH;
	return rule_load(&a->user_rules, view_of(config->rules_yaml), name, config->rules_line, true, &a->arena, e);
}

int analyser_start(struct analyser *a, struct session *s, struct err *e)
{
	*a = (struct analyser){.session = s};
	const char *conclusion = args_text(s->args, "conclusion", NULL);
	if (conclusion && !conclusion_parse(view_of(conclusion), &a->conclusion))
		return err_set(e, ERR_USAGE, "--conclusion takes success, failure, cancelled or timed_out, not '%.40s'",
			conclusion);
	if (load_rules(a, e) < 0)
		return -1;
	a->matcher = matcher_new(a->user_rules.count ? &a->user_rules : NULL);
	return 0;
}

void analyser_end(struct analyser *a)
{
	matcher_free(a->matcher);
	arena_done(&a->arena);
}

struct meter {
	struct progress *progress;
	uint64_t total;
};

static void on_progress(void *context, uint64_t bytes)
{
	struct meter *m = context;
	progress_update(m->progress, bytes >> 20, m->total >> 20, "MB");
}

static int open_baselines(struct analyser *a, struct log *logs[BASELINES_MAX], size_t *n, struct err *e)
{
	const char *paths[BASELINES_MAX];
	size_t count = args_all(a->session->args, "baseline", paths, BASELINES_MAX);
	for (*n = 0; *n < count; ++*n)
		if (log_open(&logs[*n], paths[*n], e) < 0)
			return err_wrap(e, "baseline %s", paths[*n]);
	return 0;
}

int analyser_diagnose(struct analyser *a, struct analysed *one, const char *name, enum conclusion known, struct err *e)
{
	struct log *baselines[BASELINES_MAX];
	size_t n = 0;
	struct meter meter = {.progress = progress_start(name, !a->session->quiet)};
	struct diagnose_options o = {.conclusion = a->conclusion != CONCLUSION_UNKNOWN ? a->conclusion : known,
		.every_test = a->every_test,
		.context = a->test_context,
		.passing = a->passing,
		.passing_context = a->passing_context,
		.progress = on_progress,
		.progress_context = &meter};
	int rc = open_baselines(a, baselines, &n, e);
	if (rc == 0) {
		o.baselines = baselines;
		o.baseline_count = n;
		rc = diagnose(&one->diagnosis, one->log, name, a->matcher, &o, e);
	}
	while (n)
		log_close(baselines[--n]);
	progress_end(meter.progress);
	return rc;
}

void analyser_trouble(struct analyser *a, const char *name, struct err *e)
{
	if (!view_starts(view_of(e->text), name))
		err_wrap(e, "%s", name);
	session_trouble(a->session, e);
	if (a->forget_tests)
		a->forget_tests(a->test_context);
	a->failed_inputs = true;
}

/* 1: go on; 0: `each` wants to stop. */
static int run_log(
	struct analyser *a, struct log_set *set, size_t i, bool (*each)(void *, struct analysed *), void *context)
{
	struct err e;
	struct analysed one = {0};
	const char *name = log_set_name(set, i);
	bool go_on = true;
	if (log_set_log(set, i, &one.log, &e) < 0 || analyser_diagnose(a, &one, name, CONCLUSION_UNKNOWN, &e) < 0) {
		analyser_trouble(a, name, &e);
	} else {
		go_on = each(context, &one);
		diagnosis_done(&one.diagnosis);
	}
	log_close(one.log);
	return go_on;
}

/* 1: go on; 0: `each` wants to stop. */
static int run_wish(struct analyser *a, const struct remote_wish *w, const char *repository,
	bool (*each)(void *, struct analysed *), void *context, struct err *e)
{
	struct remote *r;
	struct remote_run run;
	struct remote_options o = {.repository = repository};
	if (remote_open(&r, a->session, &o, e) < 0)
		return -1;
	int rc = remote_run_read(&run, r, w, e);
	remote_close(r);
	if (rc < 0)
		return -1;
	int go_on = !a->on_run || a->on_run(context, &run, false);
	go_on = go_on && remote_run_analyse(a, &run, each, context);
	go_on = go_on && (!a->on_run || a->on_run(context, &run, true));
	remote_run_done(&run);
	return go_on;
}

static int run_address(struct analyser *a, const char *text, bool (*each)(void *, struct analysed *), void *context)
{
	struct remote_address address;
	struct err e;
	if (remote_address_parse(&address, text, &e) < 0) {
		analyser_trouble(a, text, &e);
		return 1;
	}
	struct remote_wish w = {.run = address.run, .job = address.job, .attempt = address.attempt};
	int go_on = run_wish(a, &w, address.repository, each, context, &e);
	free(address.repository);
	if (go_on < 0)
		analyser_trouble(a, text, &e);
	return go_on != 0;
}

/* 1: go on; 0: `each` wants to stop. */
static int run_path(struct analyser *a, const char *path, bool (*each)(void *, struct analysed *), void *context)
{
	struct log_set *set;
	struct err e;
	if (remote_is_address(path) && !file_exists(path))
		return run_address(a, path, each, context);
	if (log_set_open(&set, path, &e) < 0) {
		analyser_trouble(a, path, &e);
		return 1;
	}
	int go_on = 1;
	for (size_t k = 0; go_on && k < log_set_count(set); k++)
		go_on = run_log(a, set, k, each, context);
	log_set_close(set);
	return go_on;
}

/* The logs that an answer of `analyze --format json` names, one object a line. */
static int run_analysis(
	struct analyser *a, const char *path, bool (*each)(void *, struct analysed *), void *context, struct err *e)
{
	BUF_AUTO text = {0};
	int go_on = 1;
	if (file_read(path, BUF_LARGE, &text, e) < 0)
		return err_wrap(e, "--analysis");
	struct view rest = buf_view(&text), line;
	while (go_on && view_next(&rest, '\n', &line)) {
		JSON_AUTO *j = json_parse(line, BUF_FILE, e);
		const char *schema = json_text(j, "schema"), *log = json_text(json_get(j, "source"), "path");
		if (!schema || !log || !view_starts(view_of(schema), "runmedic.analysis/1"))
			return err_set(
				e, ERR_INPUT, "--analysis %s: this is no answer of `analyze --format json`", path);
		go_on = run_path(a, log, each, context);
	}
	return go_on;
}

/* With logs given, --job names the job that they are of. */
static int read_wish(struct remote_wish *w, const struct args *args, bool has_logs, struct err *e)
{
	uint64_t run, job = 0, attempt;
	*w = (struct remote_wish){.latest = args_flag(args, "latest"),
		.branch = args_text(args, "branch", NULL),
		.workflow = args_text(args, "workflow", NULL)};
	if (args_number(args, "run", INT64_MAX, 0, &run, e) < 0 ||
		args_number(args, "attempt", REMOTE_ATTEMPTS_MAX, 0, &attempt, e) < 0)
		return -1;
	if (!has_logs && args_number(args, "job", INT64_MAX, 0, &job, e) < 0)
		return -1;
	w->run = (int64_t)run;
	w->job = (int64_t)job;
	w->attempt = (int)attempt;
	if ((run > 0) + (job > 0) + w->latest > 1)
		return err_set(e, ERR_USAGE, "--run, --job and --latest exclude each other; choose one");
	if (attempt && !run)
		return err_set(e, ERR_USAGE, "--attempt belongs to --run ID");
	if (w->branch && !w->latest)
		return err_set(e, ERR_USAGE, "--branch belongs to --latest");
	return 0;
}

int analyser_run(struct analyser *a, bool (*each)(void *context, struct analysed *one), void *context, struct err *e)
{
	const struct args *args = a->session->args;
	const char *analyses[ANALYSES_MAX];
	size_t n = args_all(args, "analysis", analyses, ANALYSES_MAX);
	struct remote_wish wish;
	int go_on = 1;
	if (read_wish(&wish, args, args->rest_count || n, e) < 0)
		return -1;
	bool remote = wish.run || wish.job || wish.latest;
	if (!args->rest_count && !n && !remote)
		return err_set(e, ERR_USAGE,
			"no log given; name a file, a folder, a run's ZIP, - for standard input, or --run ID");
	for (size_t i = 0; go_on > 0 && i < args->rest_count; i++)
		go_on = run_path(a, args->rest[i], each, context);
	for (size_t i = 0; go_on > 0 && i < n; i++)
		go_on = run_analysis(a, analyses[i], each, context, e);
	if (go_on > 0 && remote)
		go_on = run_wish(a, &wish, NULL, each, context, e);
	return go_on < 0 ? -1 : 0;
}
