/* Facts from elsewhere: made into what a log would have told, and recorded as that is. */
#include "store/facts.h"

#include "base/json.h"
#include "base/mem.h"
#include "store/facts_rows.h"
#include "store/record.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct roster {
	char id[HASH_HEX_MAX];
	const char **names;
	size_t count;
};

struct store_take {
	struct store *store;
	bool fork;
	struct arena arena; /* of the rosters */
	struct roster *rosters;
	size_t count, cap;
};

int store_take_begin(struct store_take **ret, struct store *s, bool fork, struct err *e)
{
	struct store_take *t;

	if (db_begin(&s->db, e) != 0)
		return -1;
	if (store_keep_up(s, e) != 0) {
		db_rollback(&s->db);
		return -1;
	}
	t = mem_new(sizeof(*t));
	t->store = s;
	t->fork = fork;
	*ret = t;
	return 0;
}

static void take_done(struct store_take *t)
{
	arena_done(&t->arena);
	free(t->rosters);
	free(t);
}

void store_take_abort(struct store_take *t)
{
	if (!t)
		return;
	db_rollback(&t->store->db);
	store_forget_ids(t->store);
	take_done(t);
}

int store_take_commit(struct store_take *t, struct err *e)
{
	int rc = db_commit(&t->store->db, e);

	if (rc != 0)
		store_forget_ids(t->store);
	take_done(t);
	return rc;
}

/* ---- rosters ---------------------------------------------------------------------------------------- */

static const struct roster *find_roster(const struct store_take *t, const char *id)
{
	for (size_t i = t->count; i > 0; i--)
		if (!strcmp(t->rosters[i - 1].id, id))
			return &t->rosters[i - 1];
	return NULL;
}

static int take_roster(struct store_take *t, const cJSON *j, const char *id, enum store_taken *ret, struct err *e)
{
	const cJSON *names = json_get(j, "names"), *one;
	struct roster r = {0};

	*ret = STORE_TAKEN_KNOWN;
	if (find_roster(t, id))
		return 0;
	r.names = arena_array(&t->arena, (size_t)cJSON_GetArraySize(names) + 1, sizeof(*r.names));
	cJSON_ArrayForEach (one, names) {
		if (!cJSON_IsString(one) || !*one->valuestring || r.count >= STORE_RESULTS_MAX)
			return err_set(e, ERR_INPUT, "no fact: the names of its tests are not as they should be");
		r.names[r.count++] = arena_text(&t->arena, one->valuestring);
	}
	memcpy(r.id, id, sizeof(r.id));
	MEM_PUSH(t->rosters, t->count, t->cap);
	t->rosters[t->count++] = r;
	*ret = STORE_TAKEN_NEW;
	return 0;
}

/* ---- results ---------------------------------------------------------------------------------------- */

static int64_t number(const cJSON *j, int64_t unknown)
{
	return cJSON_IsNumber(j) && j->valuedouble >= -1e15 && j->valuedouble <= 9e15 ? (int64_t)j->valuedouble
										      : unknown;
}

static const char *text(const cJSON *j)
{
	return cJSON_IsString(j) ? j->valuestring : NULL;
}

static void add_result(struct store_record *r, const char *name, enum result result, int64_t ms, const char *message)
{
	store_record_test(r, &(struct test_case){.id = view_of(name),
				     .result = result,
				     .duration_us = ms < 0 ? -1 : (ms > INT32_MAX ? INT32_MAX : ms) * 1000,
				     .message = view_of(message)});
}

static int take_passed(struct store_record *r, const struct roster *roster, const cJSON *ms, struct err *e)
{
	const cJSON *one;
	size_t i = 0;

	cJSON_ArrayForEach (one, ms) {
		if (i >= roster->count)
			break;
		if (cJSON_IsNull(one) || number(one, -1) >= 0)
			add_result(r, roster->names[i], RESULT_PASSED, number(one, -1), NULL);
		i++;
	}
	return i == roster->count && !one ? 0 : err_set(e, ERR_INPUT, "no fact: not one time per test");
}

static int take_unpassed(struct store_record *r, const struct roster *roster, const cJSON *list, struct err *e)
{
	const cJSON *one;

	cJSON_ArrayForEach (one, list) {
		int64_t at = number(cJSON_GetArrayItem(one, 0), -1);
		const char *outcome = text(cJSON_GetArrayItem(one, 1));
		enum result result;

		if (at < 0 || (size_t)at >= roster->count || !outcome || !result_parse(view_of(outcome), &result) ||
			result == RESULT_PASSED)
			return err_set(e, ERR_INPUT, "no fact: a result that cannot be");
		add_result(r, roster->names[at], result, number(cJSON_GetArrayItem(one, 2), -1),
			text(cJSON_GetArrayItem(one, 3)));
	}
	return 0;
}

/* ---- findings --------------------------------------------------------------------------------------- */

static uint32_t line_number(const cJSON *j, const char *name)
{
	int64_t n = json_int(j, name, 0);

	return n < 0 || n > UINT32_MAX ? 0 : (uint32_t)n;
}

static void take_excerpt(struct arena *a, struct finding *f, const char *excerpt)
{
	struct excerpt_line *lines;
	struct view rest = view_of(excerpt), line;
	size_t n = 0, count = 1;

	if (!excerpt)
		return;
	for (size_t i = 0; i < rest.n; i++)
		count += rest.p[i] == '\n';
	lines = arena_array(a, count, sizeof(*lines));
	while (view_next(&rest, '\n', &line))
		lines[n++].text = arena_view(a, line).p;
	f->excerpt.lines = lines;
	f->excerpt.count = n;
}

static int take_finding(struct arena *a, const cJSON *j, struct finding *ret, struct err *e)
{
	const char *signature = json_text(j, "signature");
	const cJSON *confidence = json_get(j, "confidence");
	struct finding f = {
		.rule_id = arena_text(a, json_text(j, "rule")),
		.title = arena_text(a, json_text(j, "title")),
		.message = arena_text(a, json_text(j, "message")),
		.confidence = cJSON_IsNumber(confidence) ? confidence->valuedouble : 0,
		.transient = json_bool(j, "transient", false),
		.line = line_number(j, "log_line"),
	};

	f.location.path = arena_text(a, json_text(j, "path"));
	f.location.line = line_number(j, "line");
	if (!f.rule_id || !category_parse(view_of(json_text(j, "category")), &f.category) ||
		!severity_parse(view_of(json_text(j, "severity")), &f.severity) ||
		!rank_parse(view_of(json_text(j, "rank")), &f.rank) ||
		(signature && strlen(signature) >= sizeof(f.signature)))
		return err_set(e, ERR_INPUT, "no fact: a finding that cannot be");
	if (signature)
		memcpy(f.signature, signature, strlen(signature));
	take_excerpt(a, &f, json_text(j, "excerpt"));
	*ret = f;
	return 0;
}

static int take_findings(struct arena *a, const cJSON *j, struct diagnosis *d, struct err *e)
{
	const cJSON *list = json_get(j, "findings"), *one;
	struct finding *findings = arena_array(a, (size_t)cJSON_GetArraySize(list) + 1, sizeof(*findings));

	cJSON_ArrayForEach (one, list) {
		if (take_finding(a, one, &findings[d->finding_count], e) != 0)
			return -1;
		d->finding_count++;
	}
	d->findings = findings;
	d->job.os = arena_text(a, json_text(j, "os"));
	d->failed_step.name = arena_text(a, json_text(j, "step"));
	d->failed_step.command = arena_text(a, json_text(j, "command"));
	d->failed_step.exit_code = (int)json_int(j, "exit_code", -1);
	d->failed_step.known = d->failed_step.name || d->failed_step.command || d->failed_step.exit_code >= 0;
	d->tests = (struct test_counts){json_int(j, "passed", -1), json_int(j, "failed", -1),
		json_int(j, "skipped", -1), json_int(j, "errors", -1)};
	d->tests_known = d->tests.passed >= 0;
	return 0;
}

/* ---- reports ---------------------------------------------------------------------------------------- */

static struct coverage_count pair(const cJSON *array, int at)
{
	return (struct coverage_count){.total = number(cJSON_GetArrayItem(array, at), -1),
		.covered = number(cJSON_GetArrayItem(array, at + 1), -1)};
}

static double percent(const cJSON *j)
{
	return cJSON_IsNumber(j) ? j->valuedouble : -1;
}

static void take_coverage(struct store_record *r, const cJSON *j)
{
	const cJSON *files = json_get(j, "file"), *gates = json_get(j, "gates"), *one;
	struct coverage c = {.sum = {pair(json_get(j, "lines"), 0), pair(json_get(j, "branches"), 0),
				     pair(json_get(j, "functions"), 0), percent(json_get(j, "percent"))}};
	int64_t told = json_int(j, "files", 0);

	c.format = arena_text(&r->arena, json_text(j, "format") ? json_text(j, "format") : "text");
	c.files = arena_array(&r->arena, (size_t)cJSON_GetArraySize(files) + 1, sizeof(*c.files));
	c.gates = arena_array(&r->arena, (size_t)cJSON_GetArraySize(gates) + 1, sizeof(*c.gates));
	cJSON_ArrayForEach (one, files)
		if (text(cJSON_GetArrayItem(one, 0)))
			c.files[c.file_count++] = (struct coverage_file){
				text(cJSON_GetArrayItem(one, 0)), {.lines = pair(one, 1),
									  .branches = pair(one, 3),
									  .functions = {-1, -1},
									  .percent = -1}};
	cJSON_ArrayForEach (one, gates)
		if (text(cJSON_GetArrayItem(one, 0)))
			c.gates[c.gate_count++] =
				(struct coverage_gate){arena_text(&r->arena, text(cJSON_GetArrayItem(one, 0))),
					text(cJSON_GetArrayItem(one, 1)), percent(cJSON_GetArrayItem(one, 2)),
					percent(cJSON_GetArrayItem(one, 3))};
	c.outside = told > (int64_t)c.file_count ? (uint64_t)told - c.file_count : 0;
	store_record_coverage(r, &c);
}

static const char *kept(struct store_record *r, const cJSON *j)
{
	return text(j) ? arena_text(&r->arena, text(j)) : "";
}

static void take_reports(struct store_record *r, const cJSON *j)
{
	const cJSON *one;

	cJSON_ArrayForEach (one, json_get(j, "coverage"))
		take_coverage(r, one);
	cJSON_ArrayForEach (one, json_get(j, "linters"))
		if (text(one))
			store_record_linted(r, text(one));
	cJSON_ArrayForEach (one, json_get(j, "lint")) {
		enum severity severity = SEVERITY_ERROR;
		int64_t count = number(cJSON_GetArrayItem(one, 4), 0), line = number(cJSON_GetArrayItem(one, 5), 0);
		const char *told = text(cJSON_GetArrayItem(one, 2));

		if (told)
			severity_parse(view_of(told), &severity);
		if (count > 0 && count <= INT32_MAX)
			record_take_issue(r, (struct record_issue){.tool = kept(r, cJSON_GetArrayItem(one, 0)),
						     .code = kept(r, cJSON_GetArrayItem(one, 1)),
						     .path = kept(r, cJSON_GetArrayItem(one, 3)),
						     .line = line > 0 && line <= UINT32_MAX ? (uint32_t)line : 0,
						     .count = (uint32_t)count,
						     .severity = (uint8_t)severity});
	}
}

/* ---- executions ------------------------------------------------------------------------------------- */

static int64_t time_of(const cJSON *j, const char *name)
{
	return json_int(j, name, CLOCK_UNKNOWN);
}

/* The texts are those of j. */
static int read_execution(const struct store_take *t, const cJSON *j, struct store_execution *ret, struct err *e)
{
	const char *repository = json_text(j, "repository"), *conclusion = json_text(j, "conclusion");
	int64_t attempt = json_int(j, "attempt", 1);
	struct store_execution x = {
		.repository = repository && *repository ? repository : NULL,
		.run = json_int(j, "run", 0),
		.attempt = attempt > 0 && attempt < INT_MAX ? (int)attempt : 1,
		.job = json_text(j, "key"),
		.log_sha256 = json_text(j, "digest"),
		.job_name = json_text(j, "name"),
		.workflow = json_text(j, "workflow"),
		.branch = json_text(j, "branch"),
		.commit = json_text(j, "sha"),
		.event = json_text(j, "event"),
		.url = json_text(j, "url"),
		.image = json_text(j, "image"),
		.started = time_of(j, "started"),
		.ended = time_of(j, "ended"),
		.fork = t->fork || json_bool(j, "fork", false),
	};

	if (x.run < 0 || (x.run == 0) != (x.log_sha256 != NULL) || x.ended == CLOCK_UNKNOWN ||
		!space_parse(view_of(json_text(j, "space")), &x.space) ||
		!conclusion_parse(view_of(conclusion), &x.conclusion))
		return err_set(e, ERR_INPUT, "no fact: an execution that cannot be");
	if (x.job && !*x.job)
		x.job = NULL;
	*ret = x;
	return 0;
}

static int find_execution(struct store_record *r, const struct store_execution *x, int64_t *ret_job, struct err *e)
{
	const struct record_identity identity = {
		.repository = store_clean(&r->arena, x->repository, STORE_NAME_MAX),
		.digest = x->run ? NULL : store_clean_hash(&r->arena, x->log_sha256),
		.key = store_clean(&r->arena, x->job, STORE_NAME_MAX),
		.run = x->run,
		.attempt = x->attempt,
	};

	return record_find(&r->store->db, &identity, ret_job, e);
}

struct compared {
	int64_t results, findings;
	char id[HASH_HEX_MAX];
};

static bool is_better(const struct compared *a, const struct compared *b)
{
	if (a->results != b->results)
		return a->results > b->results;
	if (a->findings != b->findings)
		return a->findings > b->findings;
	return strcmp(a->id, b->id) > 0;
}

static int look_at(struct store *s, int64_t job, struct compared *ret, bool *ret_retired, struct err *e)
{
	const char *fact = NULL;
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT retired, fact, (SELECT coalesce(sum(passed), 0) FROM pack WHERE job = ?1) + "
		    "(SELECT count(*) FROM test_unpassed WHERE job = ?1), (SELECT count(*) FROM finding WHERE job = "
		    "?1) "
		    "FROM job WHERE id = ?1",
		    WITH(INTEGER(job)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		*ret_retired = db_integer(&rows, 0) != 0;
		fact = db_text(&rows, 1);
		if (fact)
			snprintf(ret->id, sizeof(ret->id), "%s", fact);
		ret->results = db_integer(&rows, 2);
		ret->findings = db_integer(&rows, 3);
	}
	if (rc != 0)
		return -1;
	return fact ? 0 : facts_id(s, job, ret->id, e);
}

static int replace_if_better(struct store_record *r, const struct store_execution *x, const struct diagnosis *d,
	int64_t job, enum store_taken *ret, struct err *e)
{
	struct compared mine = {0}, theirs = {.results = (int64_t)r->count, .findings = (int64_t)d->finding_count};
	bool retired = false;

	snprintf(theirs.id, sizeof(theirs.id), "%s", r->fact);
	if (look_at(r->store, job, &mine, &retired, e) != 0)
		return -1;
	if (retired || !is_better(&theirs, &mine))
		return 0;
	*ret = STORE_TAKEN_BETTER;
	return record_replace(r, x, d, job, e);
}

static int record_fact(struct store_record *r, const cJSON *j, const struct roster *roster,
	const struct store_execution *x, enum store_taken *ret, struct err *e)
{
	struct diagnosis d = {0};
	int64_t job = 0, dropped = json_int(j, "dropped", 0);
	bool is_new = false;

	if (roster && (take_passed(r, roster, json_get(j, "ms"), e) != 0 ||
			      take_unpassed(r, roster, json_get(j, "unpassed"), e) != 0))
		return -1;
	if (take_findings(&r->arena, j, &d, e) != 0)
		return -1;
	take_reports(r, j);
	r->dropped += dropped > 0 ? (uint64_t)dropped : 0;
	if (record_execution(r, x, &d, &job, &is_new, e) != 0)
		return -1;
	*ret = is_new ? STORE_TAKEN_NEW : STORE_TAKEN_KNOWN;
	return is_new ? 0 : replace_if_better(r, x, &d, job, ret, e);
}

/* Once told as a fork's, always a fork's: whatever came first. */
static int mark_fork(struct store *s, int64_t job, struct err *e)
{
	return db_run(&s->db, "UPDATE run SET fork = 1 WHERE fork = 0 AND id = (SELECT run FROM job WHERE id = ?1)",
		WITH(INTEGER(job)), e);
}

static int is_known(struct store_record *r, const struct store_execution *x, const char *id, struct err *e)
{
	int64_t job = 0, one;
	int rc = find_execution(r, x, &job, e);

	if (rc == 1 && x->fork && mark_fork(r->store, job, e) != 0)
		return -1;
	return rc != 1 ? rc
		       : db_find(&r->store->db, &one, "SELECT 1 FROM job WHERE id = ?1 AND fact = ?2",
				 WITH(INTEGER(job), TEXT(id)), e);
}

static int take_execution(struct store_take *t, const cJSON *j, const char *id, enum store_taken *ret, struct err *e)
{
	const char *tests = json_text(j, "tests");
	const struct roster *roster = tests ? find_roster(t, tests) : NULL;
	struct store_execution x = {0};
	struct store_record *r;
	int rc;

	if (read_execution(t, j, &x, e) != 0)
		return -1;
	if (store_record_begin(&r, t->store, e) != 0)
		return -1;
	r->fact = id;
	*ret = STORE_TAKEN_KNOWN;
	rc = is_known(r, &x, id, e);
	if (rc == 0 && tests && !roster)
		*ret = STORE_TAKEN_WAITS;
	else if (rc == 0)
		rc = record_fact(r, j, roster, &x, ret, e);
	store_record_abort(r);
	return rc < 0 ? -1 : 0;
}

/* ---- fixes ------------------------------------------------------------------------------------------ */

static int take_fix(struct store_take *t, const cJSON *j, enum store_taken *ret, struct err *e)
{
	const cJSON *confidence = json_get(j, "confidence");
	struct store_fix f = {
		.fixer = json_text(j, "fixer"),
		.rule = json_text(j, "rule"),
		.signature = json_text(j, "signature"),
		.confidence = cJSON_IsNumber(confidence) ? confidence->valuedouble : 0,
		.reason = json_text(j, "reason"),
		.files = json_text(j, "files"),
		.commit = json_text(j, "sha"),
		.branch = json_text(j, "fix_branch"),
		.proof_exit = (int)json_int(j, "proof_exit", -1),
	};
	int64_t at = time_of(j, "at"), attempt = json_int(j, "attempt", 1), job = 0;
	const struct store_execution x = {.repository = json_text(j, "repository"),
		.run = json_int(j, "run", 0),
		.attempt = attempt > 0 && attempt < INT_MAX ? (int)attempt : 1,
		.job = json_text(j, "key"),
		.log_sha256 = json_text(j, "digest")};
	struct store_record *r;
	int rc;

	if (!f.fixer || at == CLOCK_UNKNOWN || !tier_parse(view_of(json_text(j, "tier")), &f.tier) ||
		!fix_status_parse(view_of(json_text(j, "status")), &f.status))
		return err_set(e, ERR_INPUT, "no fact: a fix that cannot be");
	if (store_record_begin(&r, t->store, e) != 0)
		return -1;
	rc = find_execution(r, &x, &job, e);
	*ret = rc == 0 ? STORE_TAKEN_WAITS : STORE_TAKEN_KNOWN;
	if (rc == 1)
		rc = facts_changed(t->store, record_fix(r, job, &f, at, e), ret);
	store_record_abort(r);
	return rc < 0 ? -1 : 0;
}

int store_take_line(struct store_take *t, struct view line, enum store_taken *ret, struct err *e)
{
	JSON_AUTO *j = json_parse(line, STORE_FACT_MAX, e);
	const char *kind = j ? json_text(j, "fact") : NULL;
	char id[HASH_HEX_MAX];

	if (!j)
		return -1;
	if (!kind)
		return err_set(e, ERR_INPUT, "no fact: it does not say of what kind it is");
	hash_view(line, id);
	if (!strcmp(kind, "tests"))
		return take_roster(t, j, id, ret, e);
	if (!strcmp(kind, "execution"))
		return take_execution(t, j, id, ret, e);
	return !strcmp(kind, "fix") ? take_fix(t, j, ret, e) : facts_take_row(t->store, kind, j, ret, e);
}
