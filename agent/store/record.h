/* record.h - one execution on its way into the database: results in memory, identity, rows. Private to store/. */
#ifndef RM_STORE_RECORD_H
#define RM_STORE_RECORD_H

#include "store/internal.h"

struct record_result {
	uint32_t name;       /* index in the store's names */
	uint32_t next;       /* another result of this test: index + 1, 0 none */
	int64_t duration_us; /* -1 unknown */
	const char *message; /* cleaned; NULL: none */
	uint8_t outcome;     /* enum result */
};

struct record_issue {
	const char *tool, *code, *path; /* "" unknown; as they came */
	uint32_t line, arrival;
	uint32_t count;   /* 0: only that the tool ran */
	uint8_t severity; /* enum severity */
};

struct store_record {
	struct store *store;
	struct arena arena; /* owns all texts */
	struct record_result *results;
	size_t count, cap;
	uint32_t *first; /* by index of the name: its first result + 1, 0 none */
	size_t first_count;
	uint32_t last;      /* name of the newest result, KNOWN_NONE */
	size_t told, bytes; /* results, and of their ids */
	uint64_t dropped;
	const struct store_job *passing; /* NULL: teaches nothing; borrowed, as what it printed */
	const struct shape_set *shapes;
	const char *fact;          /* content id, NULL: seen here */
	struct coverage *coverage; /* of the arena */
	size_t coverage_count, coverage_cap;
	struct record_issue *issues;
	size_t issue_count, issue_cap;
};

/* Clean, complete and ready to be bound. */
struct record_identity {
	const char *repository, *digest, *key, *name, *workflow, *branch, *sha, *event, *url,
		*image; /* NULL: unknown */
	int64_t run, attempt;
	enum space space;
	bool fork;
	enum conclusion conclusion;
	int64_t started, ended; /* started may be CLOCK_UNKNOWN */
};

int record_results(struct store_record *r, int64_t job, const struct record_identity *x, struct err *e);
/* Coverage and lint (record_reports.c). */
int record_reports(struct store_record *r, int64_t job, struct err *e);
/* The row of the execution: 1 found, 0 not there, -1. */
int record_find(struct db *db, const struct record_identity *x, int64_t *ret_job, struct err *e);
int record_job(struct store_record *r, const struct record_identity *x, const struct diagnosis *d, int64_t *ret_job,
	struct err *e);
int record_findings(struct store_record *r, int64_t job, int64_t ended, const struct diagnosis *d, struct err *e);

/* Within a transaction: the execution, written where it is new. */
int record_execution(struct store_record *r, const struct store_execution *x, const struct diagnosis *d,
	int64_t *ret_job, bool *ret_new, struct err *e);
/* The record of an execution takes the place of `old`, whose fixes it keeps. */
int record_replace(
	struct store_record *r, const struct store_execution *x, const struct diagnosis *d, int64_t old, struct err *e);
int record_fix(struct store_record *r, int64_t job, const struct store_fix *f, int64_t at, struct err *e);
/* So many issues of one kind. */
void record_take_issue(struct store_record *r, struct record_issue one);

#endif
