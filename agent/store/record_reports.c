#include "store/record.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* ---- taking -------------------------------------------------------------------------------------- */

static int compare_uncovered(const void *left, const void *right)
{
	const struct coverage_file *a = left, *b = right;
	int64_t missing_a = a->sum.lines.total - a->sum.lines.covered;
	int64_t missing_b = b->sum.lines.total - b->sum.lines.covered;

	if (missing_a != missing_b)
		return missing_a > missing_b ? -1 : 1;
	return strcmp(a->path, b->path);
}

void store_record_coverage(struct store_record *r, const struct coverage *c)
{
	struct coverage *kept;

	MEM_PUSH(r->coverage, r->coverage_count, r->coverage_cap);
	kept = &r->coverage[r->coverage_count++];
	*kept = *c;
	kept->arena = (struct arena){0};
	kept->files = arena_array(&r->arena, c->file_count + 1, sizeof(*kept->files));
	kept->gates = arena_array(&r->arena, c->gate_count + 1, sizeof(*kept->gates));
	for (size_t i = 0; i < c->file_count; i++)
		kept->files[i] = (struct coverage_file){
			store_clean(&r->arena, c->files[i].path, STORE_NAME_MAX), c->files[i].sum};
	for (size_t i = 0; i < c->gate_count; i++) {
		kept->gates[i] = c->gates[i];
		kept->gates[i].path = store_clean(&r->arena, c->gates[i].path, STORE_NAME_MAX);
	}
	if (c->file_count)
		qsort(kept->files, c->file_count, sizeof(*kept->files), compare_uncovered);
}

void record_take_issue(struct store_record *r, struct record_issue one)
{
	if (r->issue_count >= LINT_ISSUES_MAX || r->arena.used >= STORE_RESULTS_BYTES_MAX)
		return;
	one.arrival = (uint32_t)r->issue_count;
	MEM_PUSH(r->issues, r->issue_count, r->issue_cap);
	r->issues[r->issue_count++] = one;
}

/* Reports tell file by file: most texts are those of the issue before. */
static const char *kept_text(struct arena *a, struct view text, const char *before)
{
	return before && view_is(text, before) ? before : arena_view(a, text).p;
}

void store_record_lint(void *context, const struct lint_issue *one)
{
	struct store_record *r = context;
	const struct record_issue *before = r->issue_count ? &r->issues[r->issue_count - 1] : NULL;

	record_take_issue(
		r, (struct record_issue){.tool = kept_text(&r->arena, one->tool, before ? before->tool : NULL),
			   .code = kept_text(&r->arena, one->code, before ? before->code : NULL),
			   .path = kept_text(&r->arena, one->path, before ? before->path : NULL),
			   .line = one->line,
			   .count = 1,
			   .severity = (uint8_t)one->severity});
}

void store_record_linted(struct store_record *r, const char *tool)
{
	record_take_issue(r, (struct record_issue){.tool = arena_text(&r->arena, tool), .code = "", .path = ""});
}

static int compare_issues(const void *left, const void *right)
{
	const struct record_issue *a = left, *b = right;
	int order = strcmp(a->tool, b->tool);

	if (!order)
		order = strcmp(a->code, b->code);
	if (!order)
		order = (int)a->severity - (int)b->severity;
	if (!order)
		order = strcmp(a->path, b->path);
	if (order)
		return order;
	return a->arrival < b->arrival ? -1 : a->arrival > b->arrival;
}

static bool same_kind(const struct record_issue *a, const struct record_issue *b)
{
	return a->count && b->count && a->severity == b->severity && !strcmp(a->tool, b->tool) &&
	       !strcmp(a->code, b->code) && !strcmp(a->path, b->path);
}

static void count_issues(struct store_record *r)
{
	size_t kept = 0;

	if (r->issue_count)
		qsort(r->issues, r->issue_count, sizeof(*r->issues), compare_issues);
	for (size_t i = 0; i < r->issue_count; i++)
		if (kept && same_kind(&r->issues[kept - 1], &r->issues[i]))
			r->issues[kept - 1].count += r->issues[i].count;
		else
			r->issues[kept++] = r->issues[i];
	r->issue_count = kept;
}

/* ---- writing ------------------------------------------------------------------------------------- */

static int find_path(struct db *db, const char *name, int64_t *ret, struct err *e)
{
	int rc = db_find(db, ret, "SELECT id FROM path WHERE name = ?1", WITH(TEXT(name)), e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (db_run(db, "INSERT INTO path (name) VALUES (?1)", WITH(TEXT(name)), e) != 0)
		return -1;
	*ret = db_new_id(db);
	return 0;
}

static struct db_value known_percent(double percent)
{
	return percent < 0 ? TEXT(NULL) : REAL(percent);
}

static int record_file(struct db *db, int64_t report, const struct coverage_file *f, struct err *e)
{
	int64_t path;

	if (find_path(db, f->path, &path, e) != 0)
		return -1;
	return db_run(db,
		"INSERT INTO coverage_file (report, path, lines, lines_covered, branches, branches_covered) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
		WITH(INTEGER(report), INTEGER(path), UNLESS(-1, f->sum.lines.total), UNLESS(-1, f->sum.lines.covered),
			UNLESS(-1, f->sum.branches.total), UNLESS(-1, f->sum.branches.covered)),
		e);
}

static int record_gate(struct db *db, int64_t report, size_t position, const struct coverage_gate *g, struct err *e)
{
	int64_t path = -1;

	if (g->path && find_path(db, g->path, &path, e) != 0)
		return -1;
	return db_run(db,
		"INSERT INTO coverage_gate (report, position, metric, path, required, actual) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
		WITH(INTEGER(report), INTEGER((int64_t)position), TEXT(g->metric), UNLESS(-1, path), REAL(g->required),
			known_percent(g->actual)),
		e);
}

static int record_coverage(struct db *db, int64_t job, const struct coverage *c, struct err *e)
{
	const struct coverage_sum *s = &c->sum;
	int64_t report;

	if (db_run(db,
		    "INSERT INTO coverage_report (job, format, lines, lines_covered, branches, branches_covered, "
		    "functions, functions_covered, percent, files) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
		    WITH(INTEGER(job), TEXT(c->format), UNLESS(-1, s->lines.total), UNLESS(-1, s->lines.covered),
			    UNLESS(-1, s->branches.total), UNLESS(-1, s->branches.covered),
			    UNLESS(-1, s->functions.total), UNLESS(-1, s->functions.covered), known_percent(s->percent),
			    INTEGER((int64_t)(c->file_count + c->outside))),
		    e) != 0)
		return -1;
	report = db_new_id(db);
	for (size_t i = 0; i < c->file_count && i < STORE_COVERAGE_FILES_MAX; i++)
		if (record_file(db, report, &c->files[i], e) != 0)
			return -1;
	for (size_t i = 0; i < c->gate_count; i++)
		if (record_gate(db, report, i, &c->gates[i], e) != 0)
			return -1;
	return 0;
}

static int find_rule(
	struct db *db, const char *tool, const char *code, const char *severity, int64_t *ret, struct err *e)
{
	int rc = db_find(db, ret, "SELECT id FROM lint_rule WHERE tool = ?1 AND code = ?2 AND severity = ?3",
		WITH(TEXT(tool), TEXT(code), TEXT(severity)), e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (db_run(db, "INSERT INTO lint_rule (tool, code, severity) VALUES (?1, ?2, ?3)",
		    WITH(TEXT(tool), TEXT(code), TEXT(severity)), e) != 0)
		return -1;
	*ret = db_new_id(db);
	return 0;
}

/* Different texts may have become one by redaction: then they are counted together. */
static int record_issue(struct store_record *r, int64_t job, const struct record_issue *one, struct err *e)
{
	struct db *db = &r->store->db;
	const char *tool = store_clean(&r->arena, one->tool, STORE_NAME_MAX);
	int64_t n[SEVERITY_INFO + 1] = {0}, rule, path;

	n[one->severity] = one->count;
	if (db_run(db,
		    "INSERT INTO lint_report (job, tool, errors, warnings, infos) VALUES (?1, ?2, ?3, ?4, ?5) "
		    "ON CONFLICT (job, tool) DO UPDATE SET errors = errors + excluded.errors, "
		    "warnings = warnings + excluded.warnings, infos = infos + excluded.infos",
		    WITH(INTEGER(job), TEXT(tool), INTEGER(n[SEVERITY_ERROR]), INTEGER(n[SEVERITY_WARNING]),
			    INTEGER(n[SEVERITY_INFO])),
		    e) != 0)
		return -1;
	if (!one->count || one - r->issues >= STORE_LINT_MAX)
		return 0;
	if (find_rule(db, tool, store_clean(&r->arena, one->code, STORE_NAME_MAX),
		    severity_name((enum severity)one->severity), &rule, e) != 0 ||
		find_path(db, store_clean(&r->arena, one->path, STORE_NAME_MAX), &path, e) != 0)
		return -1;
	return db_run(db,
		"INSERT INTO lint_count (job, rule, path, count, line) VALUES (?1, ?2, ?3, ?4, ?5) "
		"ON CONFLICT (job, rule, path) DO UPDATE SET count = count + excluded.count",
		WITH(INTEGER(job), INTEGER(rule), INTEGER(path), INTEGER(one->count), UNLESS(0, one->line)), e);
}

int record_reports(struct store_record *r, int64_t job, struct err *e)
{
	count_issues(r);
	for (size_t i = 0; i < r->coverage_count; i++)
		if (record_coverage(&r->store->db, job, &r->coverage[i], e) != 0)
			return -1;
	for (size_t i = 0; i < r->issue_count; i++)
		if (record_issue(r, job, &r->issues[i], e) != 0)
			return -1;
	return 0;
}
