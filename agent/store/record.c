#include "store/record.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int store_record_begin(struct store_record **ret, struct store *s, struct err *e)
{
	struct store_record *r = mem_new(sizeof(*r));

	(void)e;
	if (s->recording == 0 && s->names.arena.used > KNOWN_BYTES_MAX)
		store_forget(s);
	s->recording++;
	r->store = s;
	r->last = KNOWN_NONE;
	*ret = r;
	return 0;
}

void store_record_abort(struct store_record *r)
{
	if (!r)
		return;
	r->store->recording--;
	free(r->results);
	free(r->first);
	free(r->coverage);
	free(r->issues);
	arena_done(&r->arena);
	free(r);
}

static void make_room(struct store_record *r, uint32_t name)
{
	size_t count = r->store->names.cap;

	if (name < r->first_count)
		return;
	r->first = mem_grow(r->first, count, sizeof(*r->first));
	memset(r->first + r->first_count, 0, (count - r->first_count) * sizeof(*r->first));
	r->first_count = count;
}

/* A result that was told before only adds what was not known. */
static bool is_again(struct store_record *r, uint32_t name, const struct test_case *one, const char *message)
{
	for (uint32_t at = r->first[name]; at; at = r->results[at - 1].next) {
		struct record_result *before = &r->results[at - 1];

		if (before->outcome != (uint8_t)one->result)
			continue;
		if (!before->message)
			before->message = message;
		if (before->duration_us < 0)
			before->duration_us = one->duration_us;
		return true;
	}
	return false;
}

void store_record_test(void *context, const struct test_case *one)
{
	struct store_record *r = context;
	const char *message = NULL;
	uint32_t name;

	if (one->id.n == 0)
		return;
	if (r->told >= STORE_RESULTS_MAX || r->bytes + r->arena.used >= STORE_RESULTS_BYTES_MAX) {
		r->dropped++;
		return;
	}
	r->told++;
	r->bytes += one->id.n;
	name = known_add(&r->store->names, view_cut_utf8(one->id, STORE_NAME_MAX), r->last);
	r->last = name;
	make_room(r, name);
	if (one->result != RESULT_PASSED && one->message.n)
		message = store_clean_view(&r->arena, one->message, STORE_TEST_MESSAGE_MAX);
	if (r->first[name] && is_again(r, name, one, message))
		return;
	MEM_PUSH(r->results, r->count, r->cap);
	r->results[r->count++] =
		(struct record_result){name, r->first[name], one->duration_us, message, (uint8_t)one->result};
	r->first[name] = (uint32_t)r->count;
}

/* Whoever gave no results may still have the failed ones. */
static void take_failed_tests(struct store_record *r, const struct diagnosis *d)
{
	if (r->count || !d)
		return;
	for (size_t i = 0; i < d->failed_test_count; i++) {
		const struct test_failure *f = &d->failed_tests[i];

		store_record_test(r, &(struct test_case){.id = view_of(f->id),
					     .result = RESULT_FAILED,
					     .duration_us = -1,
					     .message = view_of(f->message)});
	}
}

static bool is_known(int64_t t)
{
	return t != 0 && t != CLOCK_UNKNOWN;
}

static int64_t first_known(int64_t given, int64_t logged, int64_t fallback)
{
	return is_known(given) ? given : is_known(logged) ? logged : fallback;
}

static enum conclusion conclusion_of_tests(const struct store_record *r)
{
	if (r->count == 0)
		return CONCLUSION_UNKNOWN;
	for (size_t i = 0; i < r->count; i++)
		if (r->results[i].outcome == RESULT_FAILED || r->results[i].outcome == RESULT_ERROR)
			return CONCLUSION_FAILURE;
	return CONCLUSION_SUCCESS;
}

static enum conclusion conclusion_of(
	const struct store_record *r, const struct store_execution *x, const struct diagnosis *d)
{
	if (x->conclusion != CONCLUSION_UNKNOWN)
		return x->conclusion;
	if (!d)
		return conclusion_of_tests(r);
	if (d->conclusion != CONCLUSION_UNKNOWN)
		return d->conclusion;
	if (d->failed)
		return CONCLUSION_FAILURE;
	return d->from_runner && !d->cut_off ? CONCLUSION_SUCCESS : conclusion_of_tests(r);
}

static void hash_text(struct hash *h, const char *text)
{
	hash_add(h, text ? text : "", text ? strlen(text) + 1 : 1);
}

struct named_result {
	const char *name;
	const struct record_result *result;
};

static int compare(const void *left, const void *right)
{
	const struct named_result *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : (int)a->result->outcome - (int)b->result->outcome;
}

/* For a report without a log. Times that were not given are those of the recording and take no part. */
static const char *digest_of_results(struct store_record *r, const struct store_execution *x)
{
	const int64_t times[] = {x->started, x->ended};
	MEM_AUTO struct named_result *sorted = mem_array(r->count + 1, sizeof(*sorted));
	struct hash *h = hash_new();
	char hex[HASH_HEX_MAX];

	for (size_t i = 0; i < r->count; i++)
		sorted[i] = (struct named_result){r->store->names.items[r->results[i].name].text, &r->results[i]};
	qsort(sorted, r->count, sizeof(*sorted), compare);
	hash_add(h, times, sizeof(times));
	hash_text(h, x->job);
	hash_text(h, x->commit);
	for (size_t i = 0; i < r->count; i++) {
		hash_add(h, &sorted[i].result->outcome, sizeof(sorted[i].result->outcome));
		hash_add(h, &sorted[i].result->duration_us, sizeof(sorted[i].result->duration_us));
		hash_text(h, sorted[i].name);
	}
	hash_hex(h, hex);
	return arena_text(&r->arena, hex);
}

static const char *digest_of(struct store_record *r, const struct store_execution *x)
{
	if (x->run)
		return NULL;
	return x->log_sha256 && *x->log_sha256 ? store_clean_hash(&r->arena, x->log_sha256) : digest_of_results(r, x);
}

static struct record_identity identity_of(
	struct store_record *r, const struct store_execution *x, const struct diagnosis *d)
{
	struct arena *a = &r->arena;
	const char *logged = d ? d->job.name : NULL;
	const char *name = x->job_name ? x->job_name : logged ? logged : x->job;

	return (struct record_identity){
		.repository = store_clean(a, x->repository, STORE_NAME_MAX),
		.digest = digest_of(r, x),
		.key = store_clean(a, x->job, STORE_NAME_MAX),
		.name = store_clean(a, name, STORE_NAME_MAX),
		.workflow = store_clean(a, x->workflow, STORE_NAME_MAX),
		.branch = store_clean(a, x->branch, STORE_NAME_MAX),
		.sha = store_clean_hash(a, x->commit),
		.event = store_clean(a, x->event, STORE_NAME_MAX),
		.url = store_clean(a, x->url, STORE_TEXT_MAX),
		.image = store_clean(a, x->image || !d ? x->image : d->job.image, STORE_NAME_MAX),
		.run = x->run,
		.attempt = x->attempt > 1 ? x->attempt : 1,
		.space = x->space,
		.fork = x->fork,
		.conclusion = conclusion_of(r, x, d),
		.started = first_known(x->started, d ? d->job.started : 0, CLOCK_UNKNOWN),
		.ended = first_known(x->ended, d ? d->job.ended : 0, clock_now()),
	};
}

int store_signature(struct db *db, const char *text, int64_t *ret, struct err *e)
{
	int rc;

	*ret = 0;
	if (!text)
		return 0;
	rc = db_find(db, ret, "SELECT id FROM signature WHERE text = ?1", WITH(TEXT(text)), e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (db_run(db, "INSERT INTO signature (text) VALUES (?1)", WITH(TEXT(text)), e) != 0)
		return -1;
	*ret = db_new_id(db);
	return 0;
}

int record_fix(struct store_record *r, int64_t job, const struct store_fix *f, int64_t at, struct err *e)
{
	struct db *db = &r->store->db;
	struct arena *a = &r->arena;
	int64_t signature;

	if (store_signature(db, store_clean_hash(a, f->signature), &signature, e) != 0)
		return -1;
	return db_run(db,
		"INSERT INTO fix (job, at, fixer, rule, signature, tier, status, confidence, reason, files, sha, "
		"branch, proof_exit) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
		"ON CONFLICT DO UPDATE SET at = excluded.at, rule = excluded.rule, tier = excluded.tier, confidence = "
		"excluded.confidence, reason = excluded.reason, files = excluded.files, sha = excluded.sha, branch = "
		"excluded.branch, proof_exit = excluded.proof_exit WHERE excluded.at < fix.at",
		WITH(INTEGER(job), INTEGER(at), TEXT(store_clean(a, f->fixer, STORE_NAME_MAX)),
			TEXT(store_clean(a, f->rule, STORE_NAME_MAX)), UNLESS(0, signature), TEXT(tier_name(f->tier)),
			TEXT(fix_status_name(f->status)), REAL(f->confidence),
			TEXT(store_clean(a, f->reason, STORE_TEXT_MAX)), TEXT(store_clean(a, f->files, STORE_TEXT_MAX)),
			TEXT(store_clean_hash(a, f->commit)), TEXT(store_clean(a, f->branch, STORE_NAME_MAX)),
			UNLESS(-1, f->proof_exit)),
		e);
}

static int record_new(struct store_record *r, const struct record_identity *x, const struct diagnosis *d,
	int64_t *ret_job, struct err *e)
{
	if (record_job(r, x, d, ret_job, e) != 0)
		return -1;
	if (d && record_findings(r, *ret_job, x->ended, d, e) != 0)
		return -1;
	return record_results(r, *ret_job, x, e) != 0 ? -1 : record_reports(r, *ret_job, e);
}

int record_execution(struct store_record *r, const struct store_execution *x, const struct diagnosis *d,
	int64_t *ret_job, bool *ret_new, struct err *e)
{
	struct record_identity identity = identity_of(r, x, d);
	int rc = record_find(&r->store->db, &identity, ret_job, e);

	*ret_new = rc == 0;
	return rc < 0 || (rc == 0 && record_new(r, &identity, d, ret_job, e) != 0) ? -1 : 0;
}

/* The run is what its jobs are: what the old record said of it goes with it. */
int record_replace(
	struct store_record *r, const struct store_execution *x, const struct diagnosis *d, int64_t old, struct err *e)
{
	struct record_identity identity = identity_of(r, x, d);
	struct db *db = &r->store->db;
	int64_t job;

	if (db_run(db, "UPDATE job SET key = key || char(10) || id WHERE id = ?1", WITH(INTEGER(old)), e) != 0 ||
		record_new(r, &identity, d, &job, e) != 0 ||
		db_run(db, "UPDATE fix SET job = ?2 WHERE job = ?1", WITH(INTEGER(old), INTEGER(job)), e) != 0 ||
		db_run(db, "DELETE FROM job WHERE id = ?1", WITH(INTEGER(old)), e) != 0)
		return -1;
	return db_run(db,
		"UPDATE run AS r SET conclusion = (SELECT j.conclusion FROM job j WHERE j.run = r.id ORDER BY CASE "
		"j.conclusion WHEN 'failure' THEN 0 WHEN 'timed_out' THEN 1 WHEN 'cancelled' THEN 2 WHEN 'success' "
		"THEN 3 ELSE 4 END LIMIT 1), started = (SELECT min(j.started) FROM job j WHERE j.run = r.id), "
		"ended = (SELECT max(j.ended) FROM job j WHERE j.run = r.id) "
		"WHERE r.id = (SELECT run FROM job WHERE id = ?1)",
		WITH(INTEGER(job)), e);
}

static int record_all(struct store_record *r, const struct store_execution *x, const struct diagnosis *d,
	const struct store_fix *fixes, size_t fix_count, bool *ret_new, struct err *e)
{
	int64_t job, now = clock_now();

	if (store_keep_up(r->store, e) != 0 || record_execution(r, x, d, &job, ret_new, e) != 0)
		return -1;
	for (size_t i = 0; i < fix_count; i++)
		if (record_fix(r, job, &fixes[i], now, e) != 0)
			return -1;
	return *ret_new && r->passing ? shapes_learn(&r->store->db, r->passing, r->shapes, e) : 0;
}

void store_record_passing(struct store_record *r, const struct store_job *job, const struct shape_set *seen)
{
	r->passing = job;
	r->shapes = seen;
}

static int write_record(struct store_record *r, const struct store_execution *x, const struct diagnosis *d,
	const struct store_fix *fixes, size_t fix_count, bool *ret_new, struct err *e)
{
	struct db *db = &r->store->db;
	bool is_new;

	take_failed_tests(r, d);
	if (db_begin(db, e) != 0)
		return -1;
	if (record_all(r, x, d, fixes, fix_count, &is_new, e) != 0) {
		db_rollback(db);
		store_forget_ids(r->store);
		return -1;
	}
	if (db_commit(db, e) != 0) {
		store_forget_ids(r->store);
		return -1;
	}
	*ret_new = is_new;
	return 0;
}

int store_record_commit(struct store_record *r, const struct store_execution *x, const struct diagnosis *d_or_null,
	const struct store_fix *fixes, size_t fix_count, bool *ret_new, struct err *e)
{
	int rc = write_record(r, x, d_or_null, fixes, fix_count, ret_new, e);

	store_record_abort(r);
	return rc;
}
