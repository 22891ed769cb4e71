/* runmedic fixes: what was tried, and what became of it. */
#include "cmd/command.h"
#include "cmd/window.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/redact.h"

#include <string.h>

#define FIXES_DEFAULT 50
#define FIXES_MAX 10000

static const struct option options[] = {
	WINDOW_OPTIONS,
	{"fixer", 0, "ID", "only this fixer", false},
	{"limit", 0, "N", "at most so many, newest first (default: 50)", false},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

struct answer {
	struct buf text;
	cJSON *list; /* NULL: text is wanted */
	size_t count;
};

static void add_json(cJSON *list, const struct store_fix_row *row)
{
	cJSON *j = json_object();
	json_add_time(j, "at", row->at);
	json_add_text(j, "fixer", row->fixer);
	json_add_text(j, "rule", row->rule);
	json_add_text(j, "signature", row->signature);
	json_add_text(j, "status", row->status);
	json_add_text(j, "tier", row->tier);
	json_add_number(j, "confidence", row->confidence);
	json_add_text(j, "outcome", row->outcome);
	json_add_text(j, "reason", row->reason);
	cJSON *files = json_array();
	struct view rest = view_of(row->files), one;
	while (view_next(&rest, '\n', &one)) {
		BUF_AUTO name = buf_new(BUF_LINE);
		buf_add_view(&name, one);
		json_append_text(files, buf_text(&name));
	}
	json_add(j, "files", files);
	json_append(list, j);
}

static void on_row(void *context, const struct store_fix_row *row)
{
	struct answer *a = context;
	char at[CLOCK_TEXT_MAX];
	a->count++;
	if (a->list) {
		add_json(a->list, row);
		return;
	}
	buf_addf(&a->text, "%s  %-22s %-11s %-10s ", clock_iso(row->at, at), row->fixer, row->status,
		row->outcome ? row->outcome : "open");
	struct view rest = view_of(row->files), one;
	for (size_t i = 0; view_next(&rest, '\n', &one); i++) {
		buf_add_text(&a->text, i ? ", " : "");
		redact_for_terminal(&a->text, one);
	}
	buf_add_char(&a->text, '\n');
}

static int query(struct session *s, struct store *store, struct answer *a, struct err *e)
{
	struct store_filter f;
	uint64_t limit;
	if (window_read(&f, s, e) < 0 || args_number(s->args, "limit", FIXES_MAX, FIXES_DEFAULT, &limit, e) < 0)
		return -1;
	return store_fixes(store, &f, args_text(s->args, "fixer", NULL), (unsigned)limit, on_row, a, e);
}

static int answer(struct session *s, struct answer *a, struct err *e)
{
	if (a->list) {
		JSON_AUTO *j = json_object();
		json_add_text(j, "schema", "runmedic.fixes/1");
		json_add(j, "fixes", a->list);
		a->list = NULL;
		json_print(&a->text, j);
		buf_add_char(&a->text, '\n');
	} else if (!a->count) {
		buf_add_text(&a->text, "No fix was attempted in this time.\n");
	}
	return session_write(s, buf_view(&a->text), e);
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct answer a = {.text = buf_new(BUF_FILE)};
	if (!strcmp(args_text(s->args, "format", "text"), "json"))
		a.list = json_array();
	int rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = query(s, store, &a, &e);
	if (rc == 0)
		rc = answer(s, &a, &e);
	cJSON_Delete(a.list);
	buf_done(&a.text);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_fixes = {
	.name = "fixes",
	.summary = "Lists the fixes that were tried and what became of them",
	.usage = "fixes [--days N] [--fixer ID] [options]",
	.examples = "runmedic fixes --days 30\nrunmedic fixes --fixer python/black --format json",
	.options = options,
	.run = run,
};
