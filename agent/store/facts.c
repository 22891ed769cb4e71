#include "store/facts.h"

#include "base/json.h"
#include "base/mem.h"
#include "store/facts_rows.h"
#include "store/reading.h"

#include <stdlib.h>
#include <string.h>

#define ROSTERS_MAX 16u

/* The names that an execution has results of, sorted; most executions have those of the one before. */
struct roster {
	uint32_t *tests;
	size_t count;
	char id[HASH_HEX_MAX];
};

struct telling {
	struct store *store;
	const struct store_facts_wanted *wanted;
	store_fact_sink *each;
	void *context;
	struct reading reading;
	const char **names; /* by test */
	uint32_t *at;       /* by test: index of its results in the roster + 1, 0 none */
	uint32_t tests;     /* room in both */
	struct arena arena;
	struct roster rosters[ROSTERS_MAX];
	size_t roster_count;
	struct buf line;
};

static void telling_done(struct telling *t)
{
	reading_done(&t->reading);
	for (size_t i = 0; i < ROSTERS_MAX; i++)
		free(t->rosters[i].tests);
	free(t->names);
	free(t->at);
	arena_done(&t->arena);
	buf_done(&t->line);
}

static int tell(struct telling *t, struct store_fact *fact, struct err *e)
{
	char id[HASH_HEX_MAX];

	if (t->line.full)
		return err_set(e, ERR_LIMIT, "%s: an execution is too large to be told", t->store->db.path);
	fact->line = buf_view(&t->line);
	hash_view(fact->line, id);
	fact->id = id;
	return t->each(t->context, fact, e);
}

static void add_quoted(struct buf *b, const char *text)
{
	JSON_AUTO *j = text ? mem_must(cJSON_CreateString(text)) : mem_must(cJSON_CreateNull());

	json_print(b, j);
}

/* ---- names ------------------------------------------------------------------------------------------ */

static void take_name(void *context, uint32_t test, const char *name)
{
	struct telling *t = context;

	if (test >= t->tests) {
		size_t room = (size_t)test + 1 + test / 2;

		t->names = mem_grow(t->names, room, sizeof(*t->names));
		t->at = mem_grow(t->at, room, sizeof(*t->at));
		memset(t->names + t->tests, 0, (room - t->tests) * sizeof(*t->names));
		memset(t->at + t->tests, 0, (room - t->tests) * sizeof(*t->at));
		t->tests = (uint32_t)room;
	}
	t->names[test] = arena_text(&t->arena, name);
}

struct named {
	const char *name;
	uint32_t test;
};

static int compare(const void *left, const void *right)
{
	return strcmp(((const struct named *)left)->name, ((const struct named *)right)->name);
}

/* Marks the tests of the results; returns how many different ones there are. */
static size_t mark(struct telling *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->reading.count; i++) {
		uint32_t test = t->reading.results[i].test;

		n += test < t->tests && t->at[test] == 0;
		if (test < t->tests)
			t->at[test] = UINT32_MAX;
	}
	return n;
}

static void unmark(struct telling *t)
{
	for (size_t i = 0; i < t->reading.count; i++)
		if (t->reading.results[i].test < t->tests)
			t->at[t->reading.results[i].test] = 0;
}

static const struct roster *known_roster(const struct telling *t, size_t count)
{
	for (size_t i = 0; i < t->roster_count && i < ROSTERS_MAX; i++) {
		const struct roster *r = &t->rosters[i];
		size_t same = 0;

		while (r->count == count && same < count && t->at[r->tests[same]])
			same++;
		if (r->count == count && same == count)
			return r;
	}
	return NULL;
}

static struct roster *new_roster(struct telling *t, size_t count)
{
	MEM_AUTO struct named *sorted = mem_array(count, sizeof(*sorted));
	struct roster *r = &t->rosters[t->roster_count++ % ROSTERS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < t->reading.count && n < count; i++) {
		uint32_t test = t->reading.results[i].test;

		if (test >= t->tests || t->at[test] != UINT32_MAX)
			continue;
		t->at[test]--;
		sorted[n++] = (struct named){t->names[test], test};
	}
	qsort(sorted, n, sizeof(*sorted), compare);
	free(r->tests);
	r->tests = mem_array(n, sizeof(*r->tests));
	r->count = n;
	for (size_t i = 0; i < n; i++)
		r->tests[i] = sorted[i].test;
	return r;
}

static int tell_roster(struct telling *t, struct roster *r, int64_t at, struct err *e)
{
	struct store_fact fact = {.kind = "tests", .repository = "", .at = at};

	buf_clear(&t->line);
	buf_add_text(&t->line, "{\"fact\":\"tests\",\"names\":[");
	for (size_t i = 0; i < r->count; i++) {
		if (i)
			buf_add_char(&t->line, ',');
		add_quoted(&t->line, t->names[r->tests[i]]);
	}
	buf_add_text(&t->line, "]}");
	hash_view(buf_view(&t->line), r->id);
	return t->wanted->no_tests ? 0 : tell(t, &fact, e);
}

/* NULL in *ret where there are no results. */
static int roster_of(struct telling *t, int64_t at, const struct roster **ret, struct err *e)
{
	size_t count = mark(t);
	struct roster *fresh;

	*ret = NULL;
	if (count == 0)
		return 0;
	*ret = known_roster(t, count);
	if (!*ret) {
		*ret = fresh = new_roster(t, count);
		if (tell_roster(t, fresh, at, e) != 0)
			return -1;
	}
	for (size_t i = 0; i < count; i++)
		t->at[(*ret)->tests[i]] = (uint32_t)i + 1;
	return 0;
}

/* ---- executions ------------------------------------------------------------------------------------- */

static void add_passed(struct telling *t, const struct roster *r)
{
	MEM_AUTO int32_t *ms = mem_array(r->count, sizeof(*ms));

	for (size_t i = 0; i < r->count; i++)
		ms[i] = -2;
	for (size_t i = 0; i < t->reading.count; i++)
		if (t->reading.results[i].outcome == RESULT_PASSED)
			ms[t->at[t->reading.results[i].test] - 1] = t->reading.results[i].ms;
	buf_addf(&t->line, ",\"tests\":\"%s\",\"ms\":[", r->id);
	for (size_t i = 0; i < r->count; i++)
		if (ms[i] == -1)
			buf_add_text(&t->line, i ? ",null" : "null");
		else
			buf_addf(&t->line, "%s%d", i ? "," : "", ms[i] < 0 ? -1 : ms[i]);
	buf_add_char(&t->line, ']');
}

struct unpassed {
	uint32_t at;
	const struct store_result *result;
};

static int compare_unpassed(const void *left, const void *right)
{
	const struct unpassed *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (int)a->result->outcome - (int)b->result->outcome;
}

static void add_unpassed(struct telling *t)
{
	MEM_AUTO struct unpassed *sorted = mem_array(t->reading.count, sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 0; i < t->reading.count; i++)
		if (t->reading.results[i].outcome != RESULT_PASSED)
			sorted[n++] = (struct unpassed){t->at[t->reading.results[i].test] - 1, &t->reading.results[i]};
	if (n)
		qsort(sorted, n, sizeof(*sorted), compare_unpassed);
	buf_add_text(&t->line, ",\"unpassed\":[");
	for (size_t i = 0; i < n; i++) {
		const struct store_result *one = sorted[i].result;

		buf_addf(&t->line, "%s[%u,\"%s\",", i ? "," : "", sorted[i].at, result_name((enum result)one->outcome));
		buf_addf(&t->line, one->ms < 0 ? "null," : "%d,", one->ms);
		add_quoted(&t->line, one->message);
		buf_add_char(&t->line, ']');
	}
	buf_add_char(&t->line, ']');
}

static int add_results(
	struct telling *t, int64_t job, int64_t at, struct buf *head, const char **ret_needs, struct err *e)
{
	const struct roster *r;
	int rc;

	*ret_needs = NULL;
	if (reading_results(&t->reading, job, e) != 0)
		return -1;
	rc = roster_of(t, at, &r, e);
	buf_clear(&t->line);
	buf_add_view(&t->line, view_sub(buf_view(head), 0, head->n - 1));
	if (rc == 0 && r) {
		*ret_needs = r->id;
		add_passed(t, r);
		add_unpassed(t);
	}
	buf_add_char(&t->line, '}');
	unmark(t);
	return rc;
}

#define WHOSE                                                                                                          \
	"'repository', r.repository, 'run', r.number, 'attempt', r.attempt, 'digest', r.digest, 'key', j.key, "        \
	"'space', r.space, 'fork', json(iif(r.fork, 'true', 'false'))"

static const char execution_sql[] =
	"SELECT r.repository, r.number, r.attempt, j.ended, r.fork, r.space, json_object('fact', 'execution', " WHOSE
	", 'name', j.name, 'workflow', r.workflow, 'branch', r.branch, 'sha', r.sha, 'event', r.event, 'url', r.url, "
	"'os', j.os, 'image', j.image, 'conclusion', j.conclusion, 'started', j.started, 'ended', j.ended, "
	"'step', j.step, 'command', j.command, 'exit_code', j.exit_code, 'passed', j.passed, 'failed', j.failed, "
	"'skipped', j.skipped, 'errors', j.errors, 'dropped', j.dropped, "
	"'findings', json((SELECT json_group_array(json_object('signature', g.text, 'rule', f.rule, 'category', "
	"f.category, 'severity', f.severity, 'rank', f.rank, 'confidence', f.confidence, "
	"'transient', json(iif(f.transient, 'true', 'false')), 'log_line', f.log_line, 'path', f.path, 'line', f.line, "
	"'title', f.title, 'message', f.message, 'excerpt', f.excerpt)) "
	"FROM (SELECT * FROM finding WHERE job = j.id ORDER BY position) f LEFT JOIN signature g ON g.id = "
	"f.signature)), "
	"'coverage', json((SELECT json_group_array(json_object('format', c.format, 'lines', json_array(c.lines, "
	"c.lines_covered), 'branches', json_array(c.branches, c.branches_covered), 'functions', "
	"json_array(c.functions, c.functions_covered), 'percent', c.percent, 'files', c.files, "
	"'file', json((SELECT json_group_array(json_array(x.name, x.lines, x.lines_covered, x.branches, "
	"x.branches_covered)) FROM (SELECT p.name, l.* FROM coverage_file l JOIN path p ON p.id = l.path "
	"WHERE l.report = c.id ORDER BY p.name) x)), "
	"'gates', json((SELECT json_group_array(json_array(x.metric, x.name, x.required, x.actual)) "
	"FROM (SELECT l.*, p.name FROM coverage_gate l LEFT JOIN path p ON p.id = l.path "
	"WHERE l.report = c.id ORDER BY l.position) x)))) "
	"FROM (SELECT * FROM coverage_report WHERE job = j.id ORDER BY id) c)), "
	"'linters', json((SELECT json_group_array(x.tool) "
	"FROM (SELECT tool FROM lint_report WHERE job = j.id ORDER BY tool) x)), "
	"'lint', json((SELECT json_group_array(json_array(x.tool, x.code, x.severity, x.name, x.count, x.line)) "
	"FROM (SELECT u.tool, u.code, u.severity, p.name, l.count, l.line FROM lint_count l "
	"JOIN lint_rule u ON u.id = l.rule JOIN path p ON p.id = l.path WHERE l.job = j.id "
	"ORDER BY u.tool, u.code, u.severity, p.name) x))) "
	"FROM job j JOIN run r ON r.id = j.run WHERE j.id = ?1";

static const char fixes_sql[] =
	"SELECT r.repository, r.number, r.attempt, f.at, r.fork, r.space, json_object('fact', 'fix', " WHOSE
	", 'at', f.at, 'fixer', f.fixer, 'rule', f.rule, 'signature', g.text, 'tier', f.tier, 'status', f.status, "
	"'confidence', f.confidence, 'reason', f.reason, 'files', f.files, 'sha', f.sha, 'fix_branch', f.branch, "
	"'proof_exit', f.proof_exit) "
	"FROM fix f JOIN job j ON j.id = f.job JOIN run r ON r.id = j.run LEFT JOIN signature g ON g.id = f.signature "
	"WHERE f.job = ?1 ORDER BY f.fixer, g.text, f.status";

static struct store_fact read_fact(struct arena *a, const struct db_rows *rows, const char *kind)
{
	const char *space = db_text(rows, 5);

	return (struct store_fact){
		.kind = kind,
		.repository = arena_text(a, db_text(rows, 0)),
		.run = db_integer(rows, 1),
		.attempt = (int)db_integer(rows, 2),
		.at = db_integer(rows, 3),
		.fork = db_integer(rows, 4) != 0,
		.local = space && !strcmp(space, "local"),
	};
}

static int tell_execution(struct telling *t, int64_t job, struct err *e)
{
	BUF_AUTO head = buf_new(STORE_FACT_MAX);
	ARENA_AUTO a = {0};
	struct store_fact fact = {0};
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &t->store->db, execution_sql, WITH(INTEGER(job)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		fact = read_fact(&a, &rows, "execution");
		buf_add_text(&head, db_text(&rows, 6));
	}
	if (rc != 0 || add_results(t, job, fact.at, &head, &fact.needs, e) != 0)
		return -1;
	return tell(t, &fact, e);
}

static int tell_rows(struct telling *t, const char *kind, const char *sql, const struct db_value *values, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &t->store->db, sql, values, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		ARENA_AUTO a = {0};
		struct store_fact fact = read_fact(&a, &rows, kind);

		buf_clear(&t->line);
		buf_add_text(&t->line, db_text(&rows, 6));
		if (tell(t, &fact, e) != 0) {
			db_rows_done(&rows);
			return -1;
		}
	}
	return rc;
}

#define WANTED                                                                                                         \
	TEXT(w->repository), INTEGER(w->run), INTEGER(w->attempt),                                                     \
		INTEGER(w->since == CLOCK_UNKNOWN ? INT64_MIN : w->since)

static int tell_executions(struct telling *t, struct err *e)
{
	const struct store_facts_wanted *w = t->wanted;
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &t->store->db,
		    "SELECT j.id FROM job j JOIN run r ON r.id = j.run "
		    "WHERE (?1 IS NULL OR r.repository = ?1) AND (?2 = 0 OR r.number = ?2) AND (?3 = 0 OR r.attempt = "
		    "?3) "
		    "AND (j.recorded > ?4 OR EXISTS (SELECT 1 FROM fix f WHERE f.job = j.id AND f.at > ?4)) ORDER BY "
		    "j.id",
		    WITH(WANTED), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		int64_t job = db_integer(&rows, 0);

		if (tell_execution(t, job, e) != 0 || tell_rows(t, "fix", fixes_sql, WITH(INTEGER(job)), e) != 0) {
			db_rows_done(&rows);
			return -1;
		}
	}
	return rc;
}

static int tell_others(struct telling *t, struct err *e)
{
	/* clang-format off */
	static const struct { const char *kind, *sql; } all[] = {
		{"outcome",
			"SELECT '', 0, 0, o.at, 0, 'ci', json_object('fact', 'outcome', 'at', o.at, 'fixer', o.fixer, "
			"'signature', g.text, 'sha', o.sha, 'outcome', o.outcome) "
			"FROM outcome o LEFT JOIN signature g ON g.id = o.signature "
			"WHERE ?1 IS ?1 AND ?2 = 0 AND ?3 = 0 AND o.at > ?4 ORDER BY o.id"},
		{"delivery",
			"SELECT d.repository, d.run, 0, d.at, 0, 'ci', json_object('fact', 'delivery', "
			"'repository', d.repository, 'fixer', d.fixer, 'rule', d.rule, 'signature', g.text, 'way', d.way, "
			"'workflow', d.workflow, 'branch', d.branch, 'base_sha', d.base_sha, 'sha', d.sha, 'fix_branch', "
			"d.fix_branch, 'pull', d.pull, 'run', d.run, 'at', d.at, 'outcome', d.outcome, 'settled', d.settled, "
			"'reason', d.reason) FROM delivery d LEFT JOIN signature g ON g.id = d.signature "
			"WHERE (?1 IS NULL OR d.repository = ?1) AND (?2 = 0 OR d.run = ?2) AND ?3 IS ?3 "
			"AND (d.at > ?4 OR d.settled > ?4) ORDER BY d.id"},
		{"rerun",
			"SELECT r.repository, r.run, r.attempt, r.at, 0, 'ci', json_object('fact', 'rerun', "
			"'repository', r.repository, 'run', r.run, 'attempt', r.attempt, 'branch', r.branch, 'sha', r.sha, "
			"'workflow', r.workflow, 'signature', g.text, 'reason', r.reason, 'at', r.at, 'result', r.result) "
			"FROM rerun r LEFT JOIN signature g ON g.id = r.signature "
			"WHERE (?1 IS NULL OR r.repository = ?1) AND (?2 = 0 OR r.run = ?2) AND ?3 IS ?3 "
			"AND (r.at > ?4 OR r.result IS NOT NULL) ORDER BY r.id"},
		{"ignored",
			"SELECT '', 0, 0, i.at, 0, 'ci', json_object('fact', 'ignored', 'signature', g.text, 'reason', "
			"i.reason, 'by', i.author, 'at', i.at, 'until', i.until) "
			"FROM ignored i JOIN signature g ON g.id = i.signature "
			"WHERE ?1 IS ?1 AND ?2 = 0 AND ?3 = 0 AND i.at > ?4 ORDER BY g.text"},
		{"issue",
			"SELECT i.repository, 0, 0, i.at, 0, 'ci', json_object('fact', 'issue', 'repository', i.repository, "
			"'signature', g.text, 'number', i.number, 'open', json(iif(i.is_open, 'true', 'false')), 'at', i.at) "
			"FROM issue i JOIN signature g ON g.id = i.signature "
			"WHERE (?1 IS NULL OR i.repository = ?1) AND ?2 = 0 AND ?3 = 0 AND i.at > ?4 "
			"ORDER BY i.repository, g.text"},
	};
	/* clang-format on */
	const struct store_facts_wanted *w = t->wanted;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (tell_rows(t, all[i].kind, all[i].sql, WITH(WANTED), e) != 0)
			return -1;
	return 0;
}

int store_facts_each(
	struct store *s, const struct store_facts_wanted *w, store_fact_sink *each, void *context, struct err *e)
{
	struct telling t = {
		.store = s,
		.wanted = w,
		.each = each,
		.context = context,
		.reading = {.db = &s->db, .parts = STORE_RESULTS | STORE_MESSAGES},
		.line = buf_new(STORE_FACT_MAX),
	};
	uint32_t max;
	int rc;

	if (db_run(&s->db, "BEGIN", NOTHING, e) != 0)
		return -1;
	rc = w->no_executions ? 0 : store_tests(s, take_name, &t, &max, e);
	if (rc == 0 && !w->no_executions)
		rc = tell_executions(&t, e);
	if (rc == 0)
		rc = tell_others(&t, e);
	db_rollback(&s->db);
	telling_done(&t);
	return rc;
}

static int keep_id(void *context, const struct store_fact *fact, struct err *e)
{
	(void)e;
	memcpy(context, fact->id, HASH_HEX_MAX);
	return 0;
}

int facts_id(struct store *s, int64_t job, char ret[HASH_HEX_MAX], struct err *e)
{
	static const struct store_facts_wanted wanted = {.no_tests = true};
	struct telling t = {
		.store = s,
		.wanted = &wanted,
		.each = keep_id,
		.context = ret,
		.reading = {.db = &s->db, .parts = STORE_RESULTS | STORE_MESSAGES},
		.line = buf_new(STORE_FACT_MAX),
	};
	uint32_t max;
	int rc = store_tests(s, take_name, &t, &max, e);

	if (rc == 0)
		rc = tell_execution(&t, job, e);
	telling_done(&t);
	return rc;
}
