/* record.h - one execution on its way into the database: results in memory, identity, rows. Private to store/. */
#ifndef RM_STORE_RECORD_H
#define RM_STORE_RECORD_H

#include "store/internal.h"

struct record_result {
	const char *id, *message; /* the id as it came, the message cleaned; message NULL: none */
	int64_t duration_us;      /* -1 unknown */
	uint32_t arrival;
	uint8_t outcome; /* enum result */
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
	struct known_test *fresh; /* names that the connection did not know, sorted */
	size_t fresh_count, fresh_cap;
	uint64_t dropped;
	struct coverage *coverage; /* of the arena */
	size_t coverage_count, coverage_cap;
	struct record_issue *issues;
	size_t issue_count, issue_cap;
};

/* Clean, complete and ready to be bound. */
struct record_identity {
	const char *repository, *digest, *key, *name, *workflow, *branch, *sha, *event, *url; /* NULL: unknown */
	int64_t run, attempt;
	enum space space;
	bool fork;
	enum conclusion conclusion;
	int64_t started, ended; /* started may be CLOCK_UNKNOWN */
};

/* Sorted by id; of equal results of one test only the first stays, with the first message and duration known. */
void record_sort(struct store_record *r);
int record_results(struct store_record *r, int64_t job, struct err *e);
/* Coverage and lint (record_reports.c). */
int record_reports(struct store_record *r, int64_t job, struct err *e);
/* After the commit: the ids of fresh names are good. */
void record_remember(struct store_record *r);

/* The row of the execution: 1 found, 0 not there, -1. */
int record_find(struct db *db, const struct record_identity *x, int64_t *ret_job, struct err *e);
int record_job(struct store_record *r, const struct record_identity *x, const struct diagnosis *d, int64_t *ret_job,
	struct err *e);
int record_findings(struct store_record *r, int64_t job, int64_t ended, const struct diagnosis *d, struct err *e);

#endif
