/* runmedic history export and import: all facts as lines of JSON, or a view as CSV. */
#include "cmd/history.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/progress.h"
#include "store/facts_csv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMPORT_LINE_MAX ((size_t)64 << 20)

/* ---- export ---------------------------------------------------------------------------------------- */

/* To standard output, or to a file that appears when it is whole. */
struct outlet {
	FILE *file;
	char *path, *partial; /* NULL: standard output */
	uint64_t facts;
	int64_t since;
	struct progress *progress;
};

static int outlet_open(struct outlet *o, const struct session *s, struct err *e)
{
	const char *path = args_text(s->args, "output", NULL);
	struct stat st;
	int fd;

	o->file = stdout;
	if (!path || !strcmp(path, "-"))
		return 0;
	o->path = mem_text(path);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		o->file = fopen(path, "we");
	} else {
		BUF_AUTO name = buf_new(BUF_LINE);

		buf_addf(&name, "%s.XXXXXX", path);
		o->partial = buf_take(&name);
		fd = mkostemp(o->partial, O_CLOEXEC);
		o->file = fd < 0 ? NULL : fdopen(fd, "w");
	}
	return o->file ? 0 : err_errno(e, "cannot write to %s", path);
}

static int outlet_close(struct outlet *o, int rc, struct err *e)
{
	const char *name = o->path ? o->path : "standard output";

	if (o->file && rc == 0 && (fflush(o->file) != 0 || ferror(o->file)))
		rc = err_errno(e, "cannot write to %s", name);
	if (o->partial && o->file && rc == 0 &&
		(fchmod(fileno(o->file), 0644) != 0 || fsync(fileno(o->file)) != 0 || rename(o->partial, o->path) != 0))
		rc = err_errno(e, "cannot write to %s", name);
	if (o->path && o->file)
		fclose(o->file);
	if (o->partial && rc != 0)
		unlink(o->partial);
	free(o->partial);
	free(o->path);
	return rc;
}

static int write_line(struct outlet *o, struct view line, struct err *e)
{
	errno = 0;
	if (fwrite(line.p, 1, line.n, o->file) != line.n || putc('\n', o->file) == EOF)
		return err_errno(e, "cannot write to %s", o->path ? o->path : "standard output");
	return 0;
}

/* A list of tests goes along, whatever its time: what follows needs it. */
static int on_fact(void *context, const struct store_fact *f, struct err *e)
{
	struct outlet *o = context;

	if (o->since != CLOCK_UNKNOWN && strcmp(f->kind, "tests") != 0 && f->at < o->since)
		return 0;
	progress_update(o->progress, ++o->facts, 0, "facts");
	return write_line(o, f->line, e);
}

static int export_facts(struct history_answer *a, struct store *store, int64_t since, struct err *e)
{
	struct store_facts_wanted wanted = {
		.repository = args_text(a->session->args, "repository", NULL), .since = CLOCK_UNKNOWN};
	struct outlet o = {.since = since};
	BUF_AUTO first = buf_new(BUF_LINE);
	uint64_t run;
	int rc;

	if (args_number(a->session->args, "run", INT64_MAX, 0, &run, e) < 0)
		return -1;
	wanted.run = (int64_t)run;
	rc = outlet_open(&o, a->session, e);
	o.progress = progress_start("export", !a->session->quiet);
	facts_object_begin(&first, clock_now());
	if (rc == 0)
		rc = write_line(&o, view_sub(buf_view(&first), 0, first.n - 1), e);
	if (rc == 0)
		rc = store_facts_each(store, &wanted, on_fact, &o, e);
	progress_end(o.progress);
	a->done = true;
	return outlet_close(&o, rc, e);
}

static int export_view(struct history_answer *a, struct store *store, int64_t since, struct err *e)
{
	const char *view = args_text(a->session->args, "view", "failures");
	BUF_AUTO out = buf_new(BUF_LARGE);
	BUF_AUTO names = buf_new(BUF_LINE);

	if (store_csv(store, view, since, CLOCK_UNKNOWN, &out, e) == 0) {
		a->done = true;
		return session_write(a->session, buf_view(&out), e);
	}
	if (e->code != ERR_NOT_FOUND)
		return -1;
	for (size_t i = 0; store_csv_views[i]; i++)
		buf_addf(&names, "%s%s", i ? ", " : "", store_csv_views[i]);
	return err_set(e, ERR_USAGE, "there is no view '%.60s'; --view takes one of %s", view, buf_text(&names));
}

int history_do_export(struct history_answer *a, struct err *e)
{
	const char *format = args_text(a->session->args, "format", "ndjson");
	struct store *store = NULL;
	int64_t since = CLOCK_UNKNOWN;
	uint64_t days;
	int rc = -1;

	if (args_number(a->session->args, "days", HISTORY_DAYS_MAX, 0, &days, e) < 0)
		return -1;
	if (days)
		since = clock_now() - (int64_t)days * CLOCK_DAY;
	if (strcmp(format, "ndjson") != 0 && strcmp(format, "csv") != 0)
		return err_set(e, ERR_USAGE, "export writes --format ndjson or csv, not %s", format);
	if (history_store(&store, a->session, STORE_READ, e) == 0)
		rc = !strcmp(format, "csv") ? export_view(a, store, since, e) : export_facts(a, store, since, e);
	store_close(store);
	return rc;
}

/* ---- import ---------------------------------------------------------------------------------------- */

struct source {
	const char *name;
	FILE *file;
	uint64_t number;
	char *line;
	size_t cap;
	ssize_t n;
};

/* Reads no more than IMPORT_LINE_MAX of one line; 1: a line, 0: the end. */
static int next_line(struct source *s, struct err *e)
{
	size_t n = 0;
	int c = 0;

	while (n < IMPORT_LINE_MAX && (c = getc_unlocked(s->file)) != EOF && c != '\n') {
		if (n == s->cap) {
			s->cap = s->cap ? 2 * s->cap : BUF_LINE;
			s->line = mem_grow(s->line, s->cap, 1);
		}
		s->line[n++] = (char)c;
	}
	if (ferror(s->file))
		return err_errno(e, "cannot read %s", s->name);
	s->n = (ssize_t)n;
	s->number++;
	if (n >= IMPORT_LINE_MAX)
		return err_set(e, ERR_LIMIT, "%s:%" PRIu64 ": a line of more than %zu bytes", s->name, s->number,
			(size_t)IMPORT_LINE_MAX);
	return n || c != EOF;
}

static bool is_first_line(struct view line)
{
	return view_starts(line, "{\"schema\":\"" FACTS_SCHEMA "\"");
}

static int import_lines(struct history_taking *t, struct source *s, bool fork, struct progress *p, struct err *e)
{
	int rc;

	while ((rc = next_line(s, e)) == 1) {
		struct view line = view_trim(view_make(s->line ? s->line : "", (size_t)s->n));
		BUF_AUTO where = buf_new(BUF_LINE);

		if (!line.n || is_first_line(line))
			continue;
		buf_addf(&where, "%s:%" PRIu64, s->name, s->number);
		if (history_take_line(t, fork, line, buf_text(&where), e) < 0)
			return -1;
		progress_update(p, s->number, 0, "facts");
	}
	return rc;
}

static int import_file(struct history_taking *t, const char *path, bool fork, struct progress *p, struct err *e)
{
	struct source s = {.name = path, .file = stdin};
	int rc;

	if (!strcmp(path, "-"))
		s.name = "standard input";
	else if (file_is_directory(path))
		return err_set(e, ERR_INPUT, "%s is a folder; import takes files that export wrote", path);
	else
		s.file = fopen(path, "re");
	if (!s.file)
		return err_errno(e, "cannot open %s", path);
	rc = import_lines(t, &s, fork, p, e);
	if (s.file != stdin)
		fclose(s.file);
	free(s.line);
	return rc;
}

static void answer_import(struct history_answer *a, const struct history_taking *t)
{
	json_add_int(a->json, "new", (int64_t)t->taken);
	json_add_int(a->json, "better", (int64_t)t->better);
	json_add_int(a->json, "known", (int64_t)t->known);
	json_add_int(a->json, "waiting", (int64_t)t->waiting);
	history_add_refusals(a, "refused", &t->refused);
	buf_addf(&a->text, "%" PRIu64 " new facts, %" PRIu64 " better ones, %" PRIu64 " known.\n", t->taken, t->better,
		t->known);
	if (t->waiting)
		buf_addf(&a->text, "%" PRIu64 " facts name tests that came in none of the files; they were left out.\n",
			t->waiting);
}

int history_do_import(struct history_answer *a, struct err *e)
{
	const struct args *args = a->session->args;
	struct history_taking t = {0};
	struct progress *p;
	bool fork = args_flag(args, "fork");
	int rc = 0;

	if (args->rest_count < 2)
		return err_set(
			e, ERR_USAGE, "import takes files that `runmedic history export` wrote; - is standard input");
	if (history_store(&t.store, a->session, STORE_WRITE, e) != 0)
		return -1;
	p = progress_start("import", !a->session->quiet);
	for (size_t i = 1; i < args->rest_count && rc == 0; i++)
		rc = import_file(&t, args->rest[i], fork, p, e);
	progress_end(p);
	/* what came before the trouble is good */
	if (history_take_flush(&t, rc == 0 ? e : &(struct err){0}) != 0)
		rc = -1;
	if (rc == 0)
		answer_import(a, &t);
	if (rc == 0 && t.refused.count)
		rc = EXIT_TROUBLE;
	history_taking_done(&t);
	store_close(t.store);
	return rc;
}
