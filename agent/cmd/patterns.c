/* runmedic patterns: failures that came before, and what repaired them. */
#include "cmd/inputs.h"
#include "cmd/listing.h"
#include "cmd/pattern_kinds.h"
#include "cmd/pattern_list.h"
#include "cmd/window.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/redact.h"
#include "store/similar.h"

#include <string.h>

#define PATTERNS_DEFAULT 10

static const struct option options[] = {
	{"similar", 0, "LOG", "a log or a signature: the same failure first, then those with a message like it", false},
	{"limit", 0, "N", "at most so many (default: 10)", false},
	{"tests", 0, NULL, "what the failures of each test have in common: system, version, image, CI, time of day",
		false},
	{"type", 0, PATTERN_TYPES, "only patterns of this type, instead of the list of failures", false},
	LEARNING_OPTIONS,
	LISTING_FORMAT_OPTION,
	{0},
};

struct wanted {
	char signature[SIGNATURE_MAX];
	struct arena arena;
	const char *message;
	bool failed;
};

static bool on_log(void *context, struct analysed *one)
{
	struct wanted *w = context;
	const struct finding *f = diagnosis_primary(&one->diagnosis);
	w->failed = f != NULL;
	if (f) {
		memcpy(w->signature, f->signature, sizeof w->signature);
		w->message = arena_text(&w->arena, f->message);
	}
	return false;
}

static int ask_log(struct wanted *w, struct session *s, const char *path, struct err *e)
{
	struct analyser x;
	const char *const *rest = s->args->rest;
	size_t count = s->args->rest_count;
	int rc = analyser_start(&x, s, e);
	s->args->rest = &path;
	s->args->rest_count = 1;
	if (rc == 0)
		rc = analyser_run(&x, on_log, w, e);
	s->args->rest = (const char **)rest;
	s->args->rest_count = count;
	if (rc == 0 && x.failed_inputs)
		rc = err_set(e, ERR_INPUT, "%s cannot be compared", path);
	else if (rc == 0 && !w->failed)
		rc = err_set(e, ERR_INPUT, "%s shows no failure, so nothing is like it", path);
	analyser_end(&x);
	return rc;
}

static int find_wanted(struct wanted *w, struct session *s, struct err *e)
{
	const char *similar = args_text(s->args, "similar", NULL);
	if (!similar)
		return 0;
	if (strncmp(similar, "1:", 2) != 0 || strlen(similar) != 66)
		return ask_log(w, s, similar, e);
	memcpy(w->signature, similar, strlen(similar) + 1);
	return 0;
}

static const struct listing_column failure_columns[] = {
	{"signature", "SIGNATURE", LISTING_TEXT, false},
	{"likeness", "LIKENESS", LISTING_NUMBER, false},
	{"jobs", "JOBS", LISTING_COUNT, false},
	{"first_seen", "FIRST", LISTING_TIME, false},
	{"last_seen", "LAST", LISTING_TIME, false},
	{"rule", "RULE", LISTING_TEXT, false},
	{"category", "CATEGORY", LISTING_TEXT, false},
	{"title", "TITLE", LISTING_TEXT, false},
	{"path", "PATH", LISTING_TEXT, false},
	{"fixer", "FIXER", LISTING_TEXT, false},
	{"outcome", "OUTCOME", LISTING_TEXT, false},
	{"fixed_at", "FIXED", LISTING_TIME, false},
	{0},
};

static void list_failures(struct listing *l, const struct store_similar_list *found)
{
	listing_init(l, failure_columns);
	for (size_t i = 0; i < found->n; i++) {
		const struct store_similar *row = &found->rows[i];
		listing_text(l, row->signature);
		listing_number(l, row->likeness);
		listing_number(l, (double)row->jobs);
		listing_time(l, row->first_seen);
		listing_time(l, row->last_seen);
		listing_text(l, row->rule);
		listing_text(l, row->category);
		listing_text(l, row->title);
		listing_text(l, row->path);
		listing_text(l, row->fixer);
		listing_text(l, row->outcome);
		listing_time(l, row->fixed_at);
	}
}

static void add_row(struct buf *out, const struct store_similar *row, bool compared)
{
	char last[CLOCK_TEXT_MAX], fixed[CLOCK_TEXT_MAX];
	if (compared && row->likeness < 1)
		buf_addf(out, "%3.0f %% alike  ", 100 * row->likeness);
	else if (compared)
		buf_add_text(out, "the same     ");
	buf_addf(out, "%lld job%s, last %s  ", (long long)row->jobs, row->jobs == 1 ? "" : "s",
		clock_date(row->last_seen, last));
	redact_for_terminal(out, view_of(row->title));
	buf_addf(out, " (%s)\n    %s\n", row->rule, row->signature);
	if (row->fixer)
		buf_addf(out, "    last %s %s on %s: %s\n", row->repaired ? "fixed by" : "tried:", row->fixer,
			clock_date(row->fixed_at, fixed), row->outcome ? row->outcome : "outcome not known yet");
}

static void add_text(struct buf *out, const struct store_similar_list *l, bool compared)
{
	for (size_t i = 0; i < l->n; i++)
		add_row(out, &l->rows[i], compared);
	if (!l->n)
		buf_add_text(out, compared ? "Nothing like it in the history.\n" : "The history holds no failure.\n");
}

/* The list of failures, with what all of them have in common below; or only one of the two. */
static int write(struct session *s, struct store *store, const struct store_similar_list *found, const struct wanted *w,
	struct buf *out, struct err *e)
{
	const char *type = args_text(s->args, "type", NULL), *format = args_text(s->args, "format", "text");
	bool compared = args_text(s->args, "similar", NULL) != NULL, plain = !strcmp(format, "text");
	struct listing failures, kinds = {0};
	struct listing_part parts[2];
	cJSON *head = json_object();
	size_t n = 0;
	uint64_t limit;

	list_failures(&failures, found);
	json_add_text(head, "schema", "runmedic.patterns/1");
	json_add_text(head, "signature", w->signature[0] ? w->signature : NULL);
	if (plain && !type)
		add_text(out, found, compared);
	if (!strcmp(format, "json") || (!plain && !type))
		parts[n++] = (struct listing_part){&failures, "failures", NULL,
			compared ? "Nothing like it in the history." : "The history holds no failure."};
	int rc = args_number(s->args, "limit", SIMILAR_ROWS_MAX, type ? SIMILAR_ROWS_MAX : PATTERNS_DEFAULT, &limit, e);
	if (rc == 0 && !compared)
		rc = pattern_kinds(&kinds, type ? type : "all", (unsigned)limit, s, store, e);
	if (rc == 0 && !compared)
		parts[n++] = (struct listing_part){
			&kinds, "patterns", NULL, type ? "No failure of this kind in this time." : NULL};
	if (rc == 0 && plain && !type && kinds.row_count)
		buf_add_char(out, '\n');
	if (rc == 0 && n)
		listing_write_parts(out, parts, n, s, head);
	else
		cJSON_Delete(head);
	listing_done(&failures);
	listing_done(&kinds);
	return rc;
}

static int answer(struct session *s, struct store *store, struct wanted *w, struct buf *out, struct err *e)
{
	struct store_similar_list l;
	uint64_t limit;
	if (args_text(s->args, "type", NULL) && args_text(s->args, "similar", NULL))
		return err_set(e, ERR_USAGE, "--type and --similar are two questions; ask one");
	if (args_number(s->args, "limit", SIMILAR_ROWS_MAX, PATTERNS_DEFAULT, &limit, e) < 0 ||
		find_wanted(w, s, e) < 0 ||
		store_similar(store, w->signature[0] ? w->signature : NULL, w->message, (unsigned)limit, &l, e) < 0)
		return -1;
	int rc = write(s, store, &l, w, out, e);
	store_similar_done(&l);
	return rc < 0 ? -1 : session_write(s, buf_view(out), e);
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct wanted w = {0};
	BUF_AUTO out = buf_new(BUF_FILE);
	int rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = args_flag(s->args, "tests") ? pattern_list(s, store, &e) : answer(s, store, &w, &out, &e);
	arena_done(&w.arena);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_patterns = {
	.name = "patterns",
	.summary = "Lists failures that came before, those like a log's, what repaired them, what they have in common",
	.usage = "patterns [--similar LOG|SIGNATURE] [--type TYPE] [--tests] [options]",
	.text = "Without --similar: the failures of most jobs, then what they have in common: how many of how many "
		"jobs, "
		"since when,\nand what to do (--verbose: why, and how to see it again). The time and filters are of "
		"the "
		"latter.",
	.examples = "runmedic patterns\nrunmedic patterns --similar job.log --db ci.db --format json\nrunmedic "
		    "patterns --tests\nrunmedic patterns --type timeout --since 2026-09-01 --format markdown",
	.options = options,
	.run = run,
};
