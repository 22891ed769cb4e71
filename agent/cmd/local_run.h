/* local_run.h - the inside of `local run`: what each check was and what it left behind.
 *
 * local_run.c conducts; local_run_read.c reads reports and logs; local_run_claim.c makes the result of it;
 * local_run_show.c tells people. */
#ifndef RM_CMD_LOCAL_RUN_H
#define RM_CMD_LOCAL_RUN_H

#include "attest/claim.h"
#include "cmd/inputs.h"
#include "diagnose/coverage.h"
#include "diagnose/lint.h"
#include "heal/capture.h"
#include "heal/checks.h"
#include "heal/state.h"
#include "store/store.h"

#define LOCAL_REPORTS_MAX 2000u                    /* files that one pattern may name */
#define LOCAL_TOOL_BYTES_MAX ((uint64_t)512 << 20) /* of a program; a larger one has no digest */

/* A report as it stood before the check: one that still looks so was not written by it. */
struct local_file {
	char *path;
	int64_t written_ns;
	uint64_t inode, size;
};
struct local_files {
	struct local_file *items;
	size_t n, cap;
};

enum local_kind { LOCAL_TESTS, LOCAL_COVERAGE, LOCAL_LINT };
#define LOCAL_KINDS 3

enum local_status { LOCAL_NOT_RUN, LOCAL_PASSED, LOCAL_TOLERATED, LOCAL_FAILED, LOCAL_TIMED_OUT, LOCAL_STOPPED };
struct local_check {
	const struct config_check *config;
	const char **argv;
	const char *command; /* as it is shown */
	struct local_files before[LOCAL_KINDS];
	struct capture capture;
	size_t frame, said;                /* bytes of the capture: ours in front, then the check's */
	struct buf lines[CAPTURE_STREAMS]; /* with --parallel: of a line that has not ended */
	struct check_end end;
	enum local_status status;
	const char *says; /* why it did not pass where figures do not say it; NULL */
	bool has[LOCAL_KINDS];
	struct test_counts tests;
	struct coverage coverage;
	struct lint_counts lint;
	const char *failed_ids[CLAIM_FAILED_MAX];
	size_t failed_count;
	struct diagnosis diagnosis;
	bool diagnosed;
	struct store_record *record; /* NULL: nothing is recorded */
};

/* A minimum or maximum of the configuration beside what was measured. */
struct local_threshold {
	const char *name;
	double wanted, found; /* found negative: nothing was measured */
	bool most;            /* `wanted` is a maximum */
	bool holds;
};

struct local_running {
	struct session *session;
	const struct config *config;
	struct repository *repository;
	struct repository_state state, after;
	struct arena arena, tools_arena;
	char *root;
	const char *slug; /* NULL unknown */
	struct local_check *checks;
	size_t count;
	bool some_only; /* --only */
	unsigned parallel;
	bool json;
	size_t name_width;
	struct analyser analyser;
	bool analyser_started;
	struct store *store;
	bool store_failed;
	struct claim_tool *tools;
	size_t tool_count;
	int64_t begun;
	struct local_threshold thresholds[CLAIM_MODULES_MAX + 3];
	size_t threshold_count;
	struct claim claim;
	char *result_path;
	bool ok; /* every check passed or is tolerated, every threshold holds */
};

/* Files that a `junit`, `coverage` or `lint` of the configuration names: a path, a folder or a pattern. */
void local_reports_before(struct local_running *r, struct local_check *c);
/* Reads what the check left, and judges it. */
void local_check_read(struct local_running *r, struct local_check *c);
void local_check_done(struct local_check *c);

/* In a thread of its own: the programs of the checks. */
void local_find_tools(struct local_running *r);
int local_make_claim(struct local_running *r, struct err *e);
/* 0 also where nothing can be recorded, which is said. */
void local_record(struct local_running *r);
int local_write_result(struct local_running *r, struct err *e);

void local_percent(double percent, char text[32]);
int local_show(struct local_running *r, struct err *e);

#endif
