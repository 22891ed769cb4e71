/* runmedic ignore: failures that are left alone. */
#include "cmd/command.h"
#include "cmd/window.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/redact.h"
#include "store/delivery.h"
#include "store/similar.h"

#include <string.h>

#define DAYS_MAX 3650u
#define PREFIX_MIN 6u /* characters of a signature that is not given in full, "1:" included */
#define SIGNATURE_FULL 66u

static const struct option options[] = {
	{"until", 0, "DATE", "ends then, as in 2026-12-31 (default: never)", false},
	{"days", 0, "N", "ends after so many days", false},
	{"reason", 0, "TEXT", "why, for those who come across it", false},
	{"list", 0, NULL, "what is ignored now", false},
	{"remove", 0, "SIGNATURE", "look after it again", false},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

enum deed { ADD, REMOVE, LIST };
static const char *const deeds[] = {"add", "remove", "list"};

struct ignoring {
	struct session *session;
	struct store *store;
	struct arena arena;
	enum deed deed;
	const char *given; /* signature or its beginning */
	char signature[SIGNATURE_MAX];
	struct store_ignored row;
	bool was; /* --remove: it was ignored */
	struct store_ignored *rows;
	size_t count, cap;
};

/* ---- which signature ------------------------------------------------------------------------------------------- */

static bool is_prefix(struct view v)
{
	if (v.n < 2 || !view_starts(v, "1:") || v.n > SIGNATURE_FULL)
		return false;
	for (size_t i = 2; i < v.n; i++)
		if (!strchr("0123456789abcdef", v.p[i]))
			return false;
	return true;
}

static int take(struct ignoring *i, const char *signature, struct err *e)
{
	if (i->signature[0] && strcmp(i->signature, signature) != 0)
		return err_set(e, ERR_USAGE, "'%s' begins more than one signature; give more of it", i->given);
	memcpy(i->signature, signature, strlen(signature) + 1);
	return 0;
}

static bool begins(const struct ignoring *i, const char *signature)
{
	return signature && strlen(signature) < SIGNATURE_MAX && view_starts(view_of(signature), i->given);
}

static int find_ignored(struct ignoring *i, struct err *e)
{
	for (size_t k = 0; k < i->count; k++)
		if (begins(i, i->rows[k].signature) && take(i, i->rows[k].signature, e) < 0)
			return -1;
	return 0;
}

static int find_seen(struct ignoring *i, struct err *e)
{
	struct store_similar_list l;
	int rc = 0;
	if (store_similar(i->store, NULL, NULL, SIMILAR_ROWS_MAX, &l, e) < 0)
		return -1;
	for (size_t k = 0; k < l.n && rc == 0; k++)
		if (begins(i, l.rows[k].signature))
			rc = take(i, l.rows[k].signature, e);
	store_similar_done(&l);
	return rc;
}

/* A whole signature stands for itself; a part of one for the only one that the history knows. */
static int find_signature(struct ignoring *i, struct err *e)
{
	struct view given = view_of(i->given);
	if (!is_prefix(given))
		return err_set(e, ERR_USAGE,
			"'%.80s' is no signature; `analyze`, `patterns` and the check run print them, as in "
			"1:3f1a2b...",
			i->given);
	if (given.n == SIGNATURE_FULL)
		return take(i, i->given, e);
	if (given.n < PREFIX_MIN)
		return err_set(e, ERR_USAGE, "'%s' is too short; give at least %u characters", i->given, PREFIX_MIN);
	if (find_ignored(i, e) < 0 || (i->deed == ADD && find_seen(i, e) < 0))
		return -1;
	if (!i->signature[0])
		return err_set(e, ERR_USAGE, "no failure %s begins with '%s'; give the whole signature",
			i->deed == REMOVE ? "that is ignored" : "of this history", i->given);
	return 0;
}

/* ---- options ---------------------------------------------------------------------------------------------------- */

static int read_end(struct ignoring *i, struct err *e)
{
	const struct args *args = i->session->args;
	const char *until = args_text(args, "until", NULL);
	uint64_t days;
	i->row.until = CLOCK_UNKNOWN;
	if (args_number(args, "days", DAYS_MAX, 0, &days, e) < 0)
		return -1;
	if (until && args_flag(args, "days"))
		return err_set(e, ERR_USAGE, "--until and --days exclude each other; choose one");
	if (until && (!clock_parse(view_of(until), &i->row.until) || i->row.until <= i->row.at))
		return err_set(e, ERR_USAGE, "--until takes a date to come as in 2026-12-31, not '%.40s'", until);
	if (args_flag(args, "days") && !days)
		return err_set(e, ERR_USAGE, "--days must be at least 1");
	if (days)
		i->row.until = i->row.at + (int64_t)days * CLOCK_DAY;
	return 0;
}

static int read_options(struct ignoring *i, struct err *e)
{
	const struct args *args = i->session->args;
	const char *removed = args_text(args, "remove", NULL);
	bool list = args_flag(args, "list");
	i->deed = list ? LIST : removed ? REMOVE : ADD;
	i->given = removed ? removed : args->rest_count ? args->rest[0] : NULL;
	if ((list && (removed || args->rest_count)) || (removed && args->rest_count) || args->rest_count > 1)
		return err_set(e, ERR_USAGE, "one SIGNATURE, --remove SIGNATURE or --list; not several of them");
	if (!list && !i->given)
		return err_set(e, ERR_USAGE, "which failure? Give its SIGNATURE, or --list");
	i->row.at = clock_now();
	i->row.reason = args_text(args, "reason", NULL);
	i->row.by = session_variable("GITHUB_ACTOR") ? session_variable("GITHUB_ACTOR") : session_variable("USER");
	if (i->deed != ADD && (args_flag(args, "until") || args_flag(args, "days") || i->row.reason))
		return err_set(
			e, ERR_USAGE, "--until, --days and --reason belong to a SIGNATURE that is to be ignored");
	return read_end(i, e);
}

/* ---- the answer ---------------------------------------------------------------------------------------------------
 */

static bool on_row(void *context, const struct store_ignored *row)
{
	struct ignoring *i = context;
	struct store_ignored *grown = arena_array(&i->arena, i->count + 1, sizeof *grown);
	if (row->until != CLOCK_UNKNOWN && row->until <= i->row.at)
		return true;
	if (i->count)
		memcpy(grown, i->rows, i->count * sizeof *grown);
	grown[i->count++] = (struct store_ignored){.signature = arena_text(&i->arena, row->signature),
		.reason = arena_text(&i->arena, row->reason),
		.by = arena_text(&i->arena, row->by),
		.at = row->at,
		.until = row->until};
	i->rows = grown;
	return true;
}

static cJSON *row_json(const struct store_ignored *row)
{
	cJSON *j = json_object();
	json_add_text(j, "signature", row->signature);
	json_add_text(j, "reason", row->reason);
	json_add_text(j, "by", row->by);
	json_add_time(j, "at", row->at);
	json_add_time(j, "until", row->until);
	return j;
}

static void add_json(struct buf *out, const struct ignoring *i)
{
	JSON_AUTO *j = json_object();
	cJSON *rows = json_array();
	json_add_text(j, "schema", "runmedic.ignore/1");
	json_add_text(j, "did", deeds[i->deed]);
	json_add_text(j, "signature", i->deed == LIST ? NULL : i->signature);
	json_add_bool(j, "changed", i->deed == ADD || (i->deed == REMOVE && i->was));
	for (size_t k = 0; k < i->count; k++)
		json_append(rows, row_json(&i->rows[k]));
	json_add(j, "ignored", rows);
	json_print(out, j);
	buf_add_char(out, '\n');
}

static void add_row(struct buf *out, const struct store_ignored *row)
{
	char at[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX];
	buf_addf(out, "%s  since %s", row->signature, clock_date(row->at, at));
	if (row->until != CLOCK_UNKNOWN)
		buf_addf(out, " until %s", clock_date(row->until, until));
	if (row->by)
		buf_addf(out, " by %s", row->by);
	if (row->reason)
		buf_addf(out, ": %s", row->reason);
	buf_add_char(out, '\n');
}

static void add_text(struct buf *out, const struct ignoring *i)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	char until[CLOCK_TEXT_MAX];
	for (size_t k = 0; i->deed == LIST && k < i->count; k++)
		add_row(&text, &i->rows[k]);
	if (i->deed == LIST && !i->count)
		buf_add_text(&text, "Nothing is ignored.\n");
	if (i->deed == REMOVE)
		buf_addf(&text, "%s %s\n", i->signature, i->was ? "is looked after again" : "was not ignored");
	if (i->deed == ADD)
		buf_addf(&text, "%s is left alone %s%s\n", i->signature,
			i->row.until == CLOCK_UNKNOWN ? "until `runmedic ignore --remove` ends it" : "until ",
			i->row.until == CLOCK_UNKNOWN ? "" : clock_date(i->row.until, until));
	redact_for_terminal(out, buf_view(&text));
}

/* ---- the work ------------------------------------------------------------------------------------------------------
 */

static int open_store(struct ignoring *i, struct err *e)
{
	const char *path;
	bool ignore;
	if (i->deed == LIST)
		return window_store(&i->store, i->session, e);
	return session_db_path(i->session, &path, &ignore, e) < 0 ? -1
								  : store_open(&i->store, path, STORE_WRITE, ignore, e);
}

static int list(struct ignoring *i, struct err *e)
{
	i->count = 0;
	i->rows = NULL;
	return store_ignored_each(i->store, on_row, i, e);
}

static int work(struct ignoring *i, struct buf *out, struct err *e)
{
	if (read_options(i, e) < 0 || open_store(i, e) < 0 || list(i, e) < 0)
		return -1;
	if (i->deed != LIST && find_signature(i, e) < 0)
		return -1;
	i->row.signature = i->signature;
	if (i->deed == ADD && store_ignore(i->store, &i->row, e) < 0)
		return -1;
	if (i->deed == REMOVE && store_unignore(i->store, i->signature, &i->was, e) < 0)
		return -1;
	if (i->deed != LIST && list(i, e) < 0)
		return -1;
	if (!strcmp(args_text(i->session->args, "format", "text"), "json"))
		add_json(out, i);
	else
		add_text(out, i);
	return session_write(i->session, buf_view(out), e);
}

static int run(struct session *s)
{
	struct err e;
	struct ignoring i = {.session = s};
	BUF_AUTO out = buf_new(BUF_FILE);
	int status = work(&i, &out, &e) < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
	store_close(i.store);
	arena_done(&i.arena);
	return status;
}

const struct command cmd_ignore = {
	.name = "ignore",
	.summary = "Leaves a failure alone: no fix, no rerun, no issue",
	.usage = "ignore SIGNATURE [--until DATE | --days N] [--reason TEXT] | --list | --remove SIGNATURE",
	.text = "The failure is still diagnosed and counted; nothing is done about it until the date, or until "
		"--remove. The beginning of a signature is enough where the history knows only one like it. A later "
		"`ignore` of the same signature replaces the earlier one.\n"
		"In a pull request `/runmedic ignore [DAYS] [REASON]` does the same for what failed there.",
	.examples = "runmedic ignore 1:3f1a2b4c --days 14 --reason 'licence server moves'\n"
		    "runmedic ignore --list --format json\n"
		    "runmedic ignore --remove 1:3f1a2b4c",
	.options = options,
	.run = run,
};
