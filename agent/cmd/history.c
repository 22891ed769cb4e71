/* runmedic history: where it is kept, and how it gets from one machine to the next. */
#include "cmd/history.h"

#include "base/redact.h"

#include <string.h>

static const struct option options[] = {
	{"repository", 0, "OWNER/NAME", "the repository on GitHub (default: GITHUB_REPOSITORY, then remote origin)",
		false},
	{"run", 0, "ID", "push, export, purge: only this run", false},
	{"days", 0, "N", "push: what happened since (default: 30); export: likewise (default: all)", false},
	{"view", 0, "NAME", "export --format csv: this view (default: failures)", false},
	{"fork", 0, NULL, "import: facts of a fork, whatever they say; they teach nothing", false},
	{"outcomes", 0, NULL, "pull: also what pull requests, trailers and reverts on GitHub tell of our fixes", false},
	{"force", 0, NULL, "compact: also a few refs, and although another compaction seems to be under way", false},
	{"keep", 0, "DAYS", "purge: what is older goes", false},
	{"branch", 0, "NAME", "purge: what was recorded of this branch", false},
	{"all", 0, NULL, "purge: everything", false},
	{"remote", 0, NULL, "purge: the repository's refs instead of the history here; status: these too", false},
	{"yes", 0, NULL, "purge: yes, really", false},
	{"format", 0, "text|json|ndjson|csv", "how to answer (default: text); export: ndjson (default) or csv", false},
	{0},
};

static const struct {
	const char *name;
	history_action *action;
} actions[] = {
	{"push", history_do_push},
	{"pull", history_do_pull},
	{"compact", history_do_compact},
	{"export", history_do_export},
	{"import", history_do_import},
	{"check", history_do_check},
	{"purge", history_do_purge},
	{"status", history_do_status},
};

int history_store(struct store **ret, struct session *s, enum store_mode mode, struct err *e)
{
	const char *path;
	bool ignore;

	return session_db_path(s, &path, &ignore, e) < 0 ? -1 : store_open(ret, path, mode, ignore, e);
}

void history_add_refusals(struct history_answer *a, const char *name, const struct history_refusals *r)
{
	cJSON *list = json_array();

	for (size_t i = 0; i < r->count && i < HISTORY_STRANGE_MAX; i++) {
		cJSON *one = json_object();

		json_add_text(one, "where", r->items[i].where);
		json_add_text(one, "why", r->items[i].why);
		json_append(list, one);
		session_note(a->session, "%s: left out: %s", r->items[i].where, r->items[i].why);
	}
	if (r->count > HISTORY_STRANGE_MAX)
		session_note(a->session, "... and %zu more", r->count - HISTORY_STRANGE_MAX);
	json_add(a->json, name, list);
	json_add_int(a->json, "left_out", (int64_t)r->count);
}

static history_action *find(const struct session *s, struct err *e)
{
	const char *what = s->args->rest_count ? s->args->rest[0] : "status";

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (strcmp(actions[i].name, what) != 0)
			continue;
		if (s->args->rest_count < 2 || actions[i].action == history_do_import)
			return actions[i].action;
		err_set(e, ERR_USAGE, "history %s takes no operand '%.60s'", what, s->args->rest[1]);
		return NULL;
	}
	err_set(e, ERR_USAGE, "history takes push, pull, compact, export, import, check, purge or status, not '%.40s'",
		what);
	return NULL;
}

static int write_answer(struct history_answer *a, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_FILE);

	const char *format = args_text(a->session->args, "format", "text");

	if (a->done)
		return 0;
	if (!strcmp(format, "json")) {
		json_print(&out, a->json);
		buf_add_char(&out, '\n');
	} else {
		neutral_terminal(&out, buf_view(&a->text));
	}
	return session_write(a->session, buf_view(&out), e);
}

static int run(struct session *s)
{
	struct err e = {0};
	struct history_answer a = {.session = s, .text = buf_new(BUF_FILE), .json = json_object()};
	history_action *action = find(s, &e);
	const char *format = args_text(s->args, "format", "text");
	int status = action ? 0 : -1;

	if (action && action != history_do_export && (!strcmp(format, "ndjson") || !strcmp(format, "csv")))
		status = err_set(&e, ERR_USAGE, "--format %s is for export; all else answers in text or json", format);

	json_add_text(a.json, "schema", "runmedic.history/1");
	json_add_text(a.json, "action", s->args->rest_count ? s->args->rest[0] : "status");
	if (status == 0)
		status = action(&a, &e);
	if (status >= 0 && write_answer(&a, &e) < 0)
		status = -1;
	cJSON_Delete(a.json);
	buf_done(&a.text);
	return status < 0 ? session_trouble(s, &e) : status;
}

const struct command cmd_history = {
	.name = "history",
	.summary = "Takes the history from one machine to the next, checks it, and forgets",
	.usage = "history push | pull | compact | export | import FILE... | check | purge | status [options]",
	.text = "Runners forget everything. `push` writes the facts of each run to a ref of its own in the repository "
		"(refs/runmedic/facts/...): no branch, no checkout, no workflow starts, and no two runs contend. "
		"`pull` "
		"merges what is new there into the history; the order does not matter, and twice is as good as once. "
		"`compact` folds many such refs into one. Pushing takes `contents: write`.\n"
		"`export` writes every fact as a line of JSON, which `import` reads, or one view as CSV. `check` ends "
		"with "
		"1 when the database is damaged. `purge` forgets, here or with --remote in the repository.",
	.examples = "runmedic history push --run 123456789\n"
		    "runmedic history pull --outcomes\n"
		    "runmedic history compact\n"
		    "runmedic history export --output facts.ndjson\n"
		    "runmedic history export --format csv --view test_results --days 30\n"
		    "runmedic history import facts.ndjson\n"
		    "runmedic history check\n"
		    "runmedic history purge --keep 365\n"
		    "runmedic history purge --remote --keep 365 --yes",
	.options = options,
	.run = run,
};
