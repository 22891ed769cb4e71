/* store.h - the history: SQLite behind one interface. The only user of sqlite3.h.
 *
 * schema.sql holds facts, views.sql all that is derived (made anew by a writer's open when its text changed). WAL,
 * STRICT tables, foreign keys, one IMMEDIATE transaction per execution; a second writer waits up to STORE_BUSY_MS and
 * then says who waits. What was committed survives kill -9 and loss of power. user_version counts migrations
 * (migrations.c), which never lose a row; a database of a newer schema is refused with a clear line. Everything stored
 * is redacted first (base/redact.h) and cut to the lengths below. Public views, stable for plain sqlite3 users: runs,
 * jobs, failures, test_results, fix_attempts, flaky_tests, ... (docs/history.md). One thread per store. */
#ifndef RM_STORE_STORE_H
#define RM_STORE_STORE_H

#include "base/err.h"
#include "diagnose/coverage.h"
#include "diagnose/diagnosis.h"
#include "diagnose/lint.h"
#include "diagnose/shape.h"
#include "learn/report.h"

#define STORE_BUSY_MS 20000
#define STORE_SCHEMA_VERSION 4

#define STORE_NAME_MAX 1024u                        /* bytes of a name: test, job, branch, path */
#define STORE_TEXT_MAX 2048u                        /* of a message, title, reason, list of files */
#define STORE_EXCERPT_MAX 8192u                     /* of the primary finding's excerpt */
#define STORE_TEST_MESSAGE_MAX 400u                 /* of a failed test */
#define STORE_RESULTS_MAX 2000000u                  /* of one execution; further ones are counted as dropped */
#define STORE_RESULTS_BYTES_MAX ((size_t)256 << 20) /* of their ids and messages; likewise */

struct store;

enum store_mode { STORE_READ, STORE_WRITE };
/* STORE_WRITE makes the file (and its folder, with a `.gitignore` of "*" when `ignore_folder`) where missing.
 * `ignore_folder` means the default place inside a repository: whoever wrote the repository could have put a link
 * there, so links are refused (ERR_REFUSED). STORE_READ of a missing file is ERR_NOT_FOUND; it works in a read-only
 * folder. Damage, or a file that is no database, is ERR_DAMAGED with the next step; a locked one ERR_BUSY; a full disk
 * ERR_IO; a newer schema ERR_UNAVAILABLE; the database of another program ERR_INPUT. */
int store_open(struct store **ret, const char *path, enum store_mode mode, bool ignore_folder, struct err *e);
void store_close(struct store *s);
void store_set_busy_ms(struct store *s, int ms); /* instead of STORE_BUSY_MS */

/* ---- recording ------------------------------------------------------------------------------------ */

/* An execution: (repository, run, attempt, job); without a run id (run == 0) its identity is the SHA-256 of the log. */
struct store_execution {
	const char *repository; /* "owner/name", NULL unknown */
	int64_t run;            /* 0 unknown */
	int attempt;            /* >= 1 */
	const char *job;        /* job id or name, NULL unknown */
	/* 64 hex digits of the log's bytes. NULL for reports without a log: then, where run is 0, the identity is the
	 * SHA-256 of job, commit, times and results. */
	const char *log_sha256;
	/* Name with matrix values, the same in all runs: only results of equal names are compared. NULL: that of the
	 * log, else `job`. */
	const char *job_name;
	const char *workflow, *branch, *commit, *event, *url; /* NULL unknown */
	const char *image;                                    /* version of the runner image, NULL unknown */
	enum conclusion conclusion;                           /* CONCLUSION_UNKNOWN: what log and tests show */
	int64_t started, ended;                               /* 0 or CLOCK_UNKNOWN: what the log says, else now */
	enum space space;
	bool fork; /* trust=fork: teaches nothing */
};

struct store_fix {
	const char *fixer, *rule, *signature;
	enum tier tier;
	enum fix_status status;
	double confidence;
	const char *reason, *files;  /* files: joined by '\n' */
	const char *commit, *branch; /* NULL */
	int proof_exit;              /* -1: no proof ran */
};

/* Writing one execution: begin, results while the log is read, the diagnosis, the fixes, commit. Results are kept in
 * memory: nobody waits while a log is read. One transaction at commit; *_abort (or a crash) leaves nothing. An
 * execution that is already there is left as it is except for fixes that are new (another fixer, signature or status):
 * *ret_new tells. Equal results of one test in one execution count once. Without any streamed result the diagnosis'
 * failed tests are taken. */
struct store_record;
int store_record_begin(struct store_record **ret, struct store *s, struct err *e);
test_sink store_record_test; /* context: the store_record */
int store_record_commit(struct store_record *r, const struct store_execution *x, const struct diagnosis *d_or_null,
	const struct store_fix *fixes, size_t fix_count, bool *ret_new, struct err *e); /* frees r in any case */
void store_record_abort(struct store_record *r);

/* The execution's coverage: its sums, the STORE_COVERAGE_FILES_MAX files with the most lines that did not run, the
 * minima not reached. */
#define STORE_COVERAGE_FILES_MAX 5000u
void store_record_coverage(struct store_record *r, const struct coverage *c);
/* What a linter complained of: counted by tool, code, severity and path, of which at most STORE_LINT_MAX are kept. */
#define STORE_LINT_MAX 20000u
lint_sink store_record_lint; /* context: the store_record */
/* That this linter ran: also when it told nothing. */
void store_record_linted(struct store_record *r, const char *tool);

/* Appended once, however often it is told. It belongs to the applied fixes of this fixer and signature that became this
 * commit (NULL: that became none). */
int store_record_outcome(struct store *s, const char *signature, const char *fixer, const char *commit,
	enum outcome outcome, int64_t at, struct err *e);
/* Append-only log of what runmedic itself did: "apply", "commit", "report". */
int store_audit(struct store *s, const char *action, const char *detail, struct err *e);
/* Nothing where the same is told already. */
int store_audit_once(struct store *s, const char *action, const char *detail, struct err *e);

/* ---- what passing runs print ------------------------------------------------------------------------- */

/* Shapes of lines (diagnose/shape.h) per job: 8 bytes each, the newest STORE_SHAPES_MAX of them; one that
 * STORE_SHAPE_RUNS passing runs did not show again is forgotten. */
#define STORE_SHAPES_MAX 100000u
#define STORE_SHAPE_RUNS 50u
struct store_job {
	const char *repository, *workflow; /* NULL unknown */
	const char *name;                  /* with matrix values: the same in all runs; NULL or "": nothing is kept */
};
/* One more passing run: its shapes are new again, all others a run older. */
int store_shapes_learn(struct store *s, const struct store_job *job, const struct shape_set *seen, struct err *e);
/* The same in the transaction of the execution, if that is new: one wait for the disk instead of two. Both are borrowed
 * until the commit. */
void store_record_passing(struct store_record *r, const struct store_job *job, const struct shape_set *seen);
/* Adds what is known to *ret; *ret_runs is the number of passing runs that were learned from, 0 for an unknown job. */
int store_shapes_load(
	struct store *s, const struct store_job *job, struct shape_set *ret, unsigned *ret_runs, struct err *e);

/* ---- growing old ------------------------------------------------------------------------------------ */

/* Of executions that ended more than keep_days before now, and stand here for STORE_GRACE_DAYS: results become sums per
 * test, job and week (test_weeks, results.h), excerpts and messages of findings, files of coverage and lint reports go,
 * the audit log too. Runs, jobs, what broke them, fixes, outcomes and all sums stay for ever. Many short transactions:
 * nobody waits for long. With nothing to do it costs a look. Twice is once. */
#define STORE_GRACE_DAYS 7 /* an old log that was just recorded is there to be asked about */
struct store_retained {
	int64_t executions, results; /* that grew old now */
};
int store_retain(struct store *s, unsigned keep_days, int64_t now, struct store_retained *ret, struct err *e);

/* ---- questions -------------------------------------------------------------------------------------- */

struct store_filter {
	int64_t from, to;              /* after `from`, up to and with `to`; CLOCK_UNKNOWN: open end */
	const char *branch, *workflow; /* NULL: all */
	int space;                     /* enum space, -1: all */
};
int store_report(struct store *s, const struct store_filter *f, struct report *ret, struct err *e);

/* What became of fixes, oldest first, each once, however many jobs it was for: those that were delivered (delivery.h),
 * and those of --apply and --commit. Forks' teach nothing and are left out. Views are valid during the call. */
struct store_fix_outcome {
	int64_t at;
	const char *fixer, *rule, *signature; /* rule, signature NULL: none */
	enum outcome outcome;
};
int store_fix_outcomes(struct store *s, const struct store_filter *f, const char *fixer_or_null,
	void (*each)(void *context, const struct store_fix_outcome *o), void *context, struct err *e);
/* How often a fixer worked for a rule (NULL: any): of these, green or merged against red, reverted or withdrawn. */
bool store_fix_record(struct store *s, const char *fixer, const char *rule, unsigned *ret_good, unsigned *ret_bad);

struct store_fix_row {
	int64_t at;
	const char *fixer, *rule, *signature, *status, *tier, *outcome, *reason, *files; /* outcome NULL: open */
	double confidence;
};
/* Newest first, at most `limit`; calls each row; views are valid during the call. */
int store_fixes(struct store *s, const struct store_filter *f, const char *fixer_or_null, unsigned limit,
	void (*each)(void *context, const struct store_fix_row *row), void *context, struct err *e);

struct store_totals {
	int64_t executions, failed, findings, signatures, tests, results, fixes, bytes; /* tests: different ones */
	int64_t first, last;                                                            /* CLOCK_UNKNOWN when empty */
};
int store_totals(struct store *s, struct store_totals *ret, struct err *e);

/* quick_check and foreign keys: ERR_DAMAGED with the first problem. */
int store_check(struct store *s, struct err *e);
const char *store_sqlite_version(void);

#endif
