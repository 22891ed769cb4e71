/* runmedic doctor: is all here that runmedic needs, and what will it be able to do? */
#include "cmd/command.h"

#include "base/file.h"
#include "base/json.h"
#include "fixers/fixer.h"
#include "github/github.h"
#include "heal/heal.h"
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

enum state { GOOD, NOTE, UNKNOWN, BAD };

struct examination {
	struct session *session;
	struct buf text;
	cJSON *list;
	bool bad;
};

/* A line per question. BAD is something required that is missing; NOTE is something that only limits what can be done.
 */
static void say(struct examination *x, enum state state, const char *what, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void say(struct examination *x, enum state state, const char *what, const char *format, ...)
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
		say(x, NOTE, "repository", "%s; analyze works without, heal does not", e.text);
	} else {
		const char *branch = repository_branch(r);
		say(x, GOOD, "repository", "%s, %s %s", repository_root(r),
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
		say(x, BAD, "configuration", "%s", e.text);
	else
		say(x, GOOD, "configuration", "%s", config->path ? config->path : "none; the defaults hold");
}

static void examine_history(struct examination *x)
{
	struct err e;
	const char *path;
	bool ignore;
	struct store *s = NULL;
	if (session_db_path(x->session, &path, &ignore, &e) < 0) {
		say(x, BAD, "history", "%s", e.text);
		return;
	}
	int rc = store_open(&s, path, STORE_READ, false, &e);
	if (rc < 0 && e.code == ERR_NOT_FOUND)
		say(x, NOTE, "history", "none yet at %s", path);
	else if (rc < 0 || store_check(s, &e) < 0)
		say(x, BAD, "history", "%s", e.text);
	else
		say(x, GOOD, "history", "%s", path);
	store_close(s);
}

static void examine_tools(struct examination *x)
{
	size_t here = 0, all = 0;
	for (const struct fixer *const *f = fixer_table; *f; f++) {
		if (!(*f)->program)
			continue;
		char *path = process_find((*f)->program);
		all++;
		here += path != NULL;
		free(path);
	}
	say(x, here == all ? GOOD : NOTE, "tools",
		"%zu of %zu programs that fixers use are installed (`runmedic fixers list`)", here, all);
	say(x, GOOD, "sandbox", "%s", process_sandbox_text());
}

static const char *token(void)
{
	const char *t = getenv("GITHUB_TOKEN");
	if (!t || !*t)
		t = getenv("GH_TOKEN");
	return t && *t ? t : NULL;
}

static void examine_answer(
	struct examination *x, const struct github_answer *a, const struct err *e, int rc, const char *slug)
{
	if (rc < 0) {
		say(x, e->code == ERR_NETWORK ? UNKNOWN : BAD, "github", "%s", e->text);
		return;
	}
	const cJSON *permissions = json_get(a->json, "permissions");
	say(x, GOOD, "github", "%s can be read; %lld requests left", slug, (long long)a->rate_remaining);
	if (permissions)
		say(x, NOTE, "write access", "%s",
			json_bool(permissions, "push", false) ? "yes"
							      : "no: results stay in the log, summary and files");
	else
		say(x, UNKNOWN, "write access",
			"the API does not tell; the \"GITHUB_TOKEN Permissions\" group of a job's log does");
}

static void examine_github(struct examination *x, const char *slug)
{
	if (!github_ca_file())
		say(x, BAD, "certificates", "no CA bundle found; set SSL_CERT_FILE");
	else
		say(x, GOOD, "certificates", "%s", github_ca_file());
	say(x, token() ? GOOD : NOTE, "token", "%s",
		token() ? "found in the environment" : "none (GITHUB_TOKEN or GH_TOKEN); local logs need none");
	if (args_flag(x->session->args, "offline") || !token() || !slug) {
		say(x, UNKNOWN, "github", "not asked: %s",
			args_flag(x->session->args, "offline") ? "--offline"
			: !token()                             ? "no token"
							       : "the repository is not known");
		return;
	}
	struct err e;
	struct github *g;
	struct github_answer a;
	struct github_options o = {.api_url = getenv("GITHUB_API_URL"), .token = token(), .repository = slug};
	if (github_open(&g, &o, &e) < 0) {
		say(x, BAD, "github", "%s", e.text);
		return;
	}
	int rc = github_call(g, "GET", "/repos/{repo}", NULL, &a, &e);
	examine_answer(x, &a, &e, rc, slug);
	github_answer_done(&a);
	github_close(g);
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
	examine_tools(&x);
	examine_github(&x, slug);
	int rc = answer(&x, &e);
	bool bad = x.bad;
	free(slug);
	cJSON_Delete(x.list);
	buf_done(&x.text);
	return rc < 0 ? session_trouble(s, &e) : bad ? EXIT_NO : EXIT_ANSWERED;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "Checks token, permissions, tools and limits, and says what they allow",
	.usage = "doctor [--repository OWNER/NAME] [--offline] [options]",
	.examples = "runmedic doctor\nGITHUB_TOKEN=... runmedic doctor --repository octo-org/octo-repo",
	.options = options,
	.run = run,
};
