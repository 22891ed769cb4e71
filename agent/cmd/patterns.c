/* runmedic patterns: failures that came before, and what repaired them. */
#include "cmd/inputs.h"
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
	{"format", 0, "text|json", "how to answer (default: text)", false},
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

static void add_json(struct buf *out, const struct store_similar_list *l, const struct wanted *w)
{
	JSON_AUTO *j = json_object();
	cJSON *list = json_array();
	json_add_text(j, "schema", "runmedic.patterns/1");
	json_add_text(j, "signature", w->signature[0] ? w->signature : NULL);
	for (size_t i = 0; i < l->n; i++) {
		const struct store_similar *row = &l->rows[i];
		cJSON *one = json_object();
		json_add_text(one, "signature", row->signature);
		json_add_number(one, "likeness", row->likeness);
		json_add_int(one, "jobs", row->jobs);
		json_add_time(one, "first_seen", row->first_seen);
		json_add_time(one, "last_seen", row->last_seen);
		json_add_text(one, "rule", row->rule);
		json_add_text(one, "category", row->category);
		json_add_text(one, "title", row->title);
		json_add_text(one, "path", row->path);
		json_add_text(one, "fixer", row->fixer);
		json_add_text(one, "outcome", row->outcome);
		json_add_time(one, "fixed_at", row->fixed_at);
		json_append(list, one);
	}
	json_add(j, "failures", list);
	json_print(out, j);
	buf_add_char(out, '\n');
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

static int answer(struct session *s, struct store *store, struct wanted *w, struct buf *out, struct err *e)
{
	struct store_similar_list l;
	uint64_t limit;
	if (args_number(s->args, "limit", SIMILAR_ROWS_MAX, PATTERNS_DEFAULT, &limit, e) < 0 ||
		find_wanted(w, s, e) < 0 ||
		store_similar(store, w->signature[0] ? w->signature : NULL, w->message, (unsigned)limit, &l, e) < 0)
		return -1;
	if (!strcmp(args_text(s->args, "format", "text"), "json"))
		add_json(out, &l, w);
	else
		add_text(out, &l, args_text(s->args, "similar", NULL) != NULL);
	store_similar_done(&l);
	return session_write(s, buf_view(out), e);
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct wanted w = {0};
	BUF_AUTO out = buf_new(BUF_FILE);
	int rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = answer(s, store, &w, &out, &e);
	arena_done(&w.arena);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_patterns = {
	.name = "patterns",
	.summary = "Lists failures that came before, those like a log's, and what repaired them",
	.usage = "patterns [--similar LOG|SIGNATURE] [options]",
	.examples = "runmedic patterns\nrunmedic patterns --similar job.log --db ci.db --format json",
	.options = options,
	.run = run,
};
