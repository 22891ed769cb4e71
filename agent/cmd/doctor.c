/* runmedic doctor: is all here that runmedic needs, and what will it be able to do? */
#include "cmd/command.h"
#include "cmd/examination.h"
#include "cmd/step_files.h"

#include "base/redact.h"
#include "fixers/fixer.h"
#include "heal/heal.h"
#include "heal/process.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option options[] = {
	{"repository", 0, "OWNER/NAME", "the repository on GitHub (default: GITHUB_REPOSITORY, then remote origin)",
		false},
	{"offline", 0, NULL, "ask GitHub nothing", false},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

void examination_say(struct examination *x, enum state state, const char *what, const char *format, ...)
{
	static const char *const names[] = {[GOOD] = "good", [NOTE] = "note", [UNKNOWN] = "unknown", [BAD] = "bad"};
	static const char *const marks[] = {[GOOD] = "✓", [NOTE] = "·", [UNKNOWN] = "?", [BAD] = "✗"};
	BUF_AUTO detail = buf_new(BUF_LINE);
	va_list ap;
	va_start(ap, format);
	buf_addv(&detail, format, ap);
	va_end(ap);
	x->bad = x->bad || state == BAD;
	buf_addf(&x->text, "%s %-14s %s\n", marks[state], what, buf_text(&detail));
	cJSON *one = json_object();
	json_add_text(one, "what", what);
	json_add_text(one, "state", names[state]);
	json_add_text(one, "detail", buf_text(&detail));
	json_append(x->list, one);
}

static char *examine_repository(struct examination *x)
{
	struct err e;
	struct repository *r = NULL;
	char *slug = NULL;
	if (repository_open(&r, x->session->repo, &e) < 0) {
		examination_say(x, NOTE, "repository", "%s; analyze works without, heal does not", e.text);
	} else {
		const char *branch = repository_branch(r);
		examination_say(x, GOOD, "repository", "%s, %s %s", repository_root(r),
			branch ? "branch" : "no branch (detached HEAD)", branch ? branch : "");
		slug = repository_slug(r) ? strdup(repository_slug(r)) : NULL;
	}
	repository_free(r);
	const char *given = args_text(x->session->args, "repository", getenv("GITHUB_REPOSITORY"));
	if (given && *given) {
		free(slug);
		slug = strdup(given);
	}
	return slug;
}

static void examine_configuration(struct examination *x)
{
	struct err e;
	const struct config *config;
	if (session_config(x->session, &config, &e) < 0)
		examination_say(x, BAD, "configuration", "%s", e.text);
	else
		examination_say(
			x, GOOD, "configuration", "%s", config->path ? config->path : "none; the defaults hold");
}

static void examine_history(struct examination *x)
{
	struct err e;
	const char *path;
	bool ignore;
	struct store *s = NULL;
	if (session_db_path(x->session, &path, &ignore, &e) < 0) {
		examination_say(x, BAD, "history", "%s", e.text);
		return;
	}
	int rc = store_open(&s, path, STORE_READ, false, &e);
	if (rc < 0 && e.code == ERR_NOT_FOUND)
		examination_say(x, NOTE, "history", "none yet at %s", path);
	else if (rc < 0 || store_check(s, &e) < 0)
		examination_say(x, BAD, "history", "%s", e.text);
	else
		examination_say(x, GOOD, "history", "%s", path);
	store_close(s);
}

/* The first line that `PROGRAM VERSION-ARGUMENT` prints, without what a terminal would obey. */
static void add_version(struct buf *out, const struct fixer *f)
{
	struct err e;
	struct process_result result;
	const struct process_options o = {.directory = "/", .timeout_s = 10};
	if (!f->version_argv || process_run(&result, f->version_argv, &o, &e) < 0)
		return;
	struct view rest = buf_view(&result.output), line;
	if (result.exit_code == 0 && view_next(&rest, '\n', &line))
		neutral_terminal(out, view_sub(line, 0, 60));
	process_result_done(&result);
}

static bool seen_before(const struct fixer *const *f)
{
	for (const struct fixer *const *g = fixer_table; g < f; g++)
		if ((*g)->program && !strcmp((*g)->program, (*f)->program))
			return true;
	return false;
}

static void examine_tools(struct examination *x)
{
	bool versions = x->session->verbose && !step_holds_token();
	size_t here = 0, all = 0;
	BUF_AUTO missing = buf_new(BUF_LINE);
	for (const struct fixer *const *f = fixer_table; *f; f++) {
		if (!(*f)->program || seen_before(f))
			continue;
		char *path = process_find((*f)->program);
		all++;
		here += path != NULL;
		if (!path)
			buf_addf(&missing, "%s%s", missing.n ? ", " : "", (*f)->program);
		if (path && versions) {
			BUF_AUTO version = buf_new(BUF_LINE);
			add_version(&version, *f);
			examination_say(
				x, GOOD, (*f)->program, "%s%s%s", path, version.n ? ": " : "", buf_text(&version));
		}
		free(path);
	}
	examination_say(x, here == all ? GOOD : NOTE, "tools", "%zu of %zu programs that fixers use are installed%s%s",
		here, all, missing.n ? "; not: " : "", buf_text(&missing));
	examination_say(x, GOOD, "sandbox", "%s", process_sandbox_text());
}

static void examine_git(struct examination *x)
{
	char *path = process_find("git");
	examination_say(x, GOOD, "git", "libgit2 %s is built in; the program %s", heal_libgit2_version(),
		path ? path : "is not installed and not needed");
	free(path);
}

static int answer(struct examination *x, struct err *e)
{
	if (strcmp(args_text(x->session->args, "format", "text"), "json") != 0)
		return session_write(x->session, buf_view(&x->text), e);
	JSON_AUTO *j = json_object();
	json_add_text(j, "schema", "runmedic.doctor/1");
	json_add(j, "checks", x->list);
	x->list = NULL;
	buf_clear(&x->text);
	json_print(&x->text, j);
	buf_add_char(&x->text, '\n');
	return session_write(x->session, buf_view(&x->text), e);
}

static int run(struct session *s)
{
	struct err e;
	struct examination x = {.session = s, .text = buf_new(BUF_PAGE), .list = json_array()};
	char *slug = examine_repository(&x);
	examine_configuration(&x);
	examine_history(&x);
	examine_git(&x);
	examine_tools(&x);
	examine_github(&x, slug);
	int rc = answer(&x, &e);
	if (rc == 0 && x.trouble.code) {
		e = x.trouble;
		rc = -1;
	}
	free(slug);
	cJSON_Delete(x.list);
	buf_done(&x.text);
	return rc < 0 ? session_trouble(s, &e) : x.bad ? EXIT_NO : EXIT_ANSWERED;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "Checks token, permissions, tools and limits, and says what they allow",
	.usage = "doctor [--repository OWNER/NAME] [--offline] [options]",
	.examples = "runmedic doctor\nGITHUB_TOKEN=... runmedic doctor --repository octo-org/octo-repo",
	.options = options,
	.run = run,
};
