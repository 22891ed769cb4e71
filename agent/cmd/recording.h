/* recording.h - --record: what was found goes into the history, one transaction per log. */
#ifndef RM_CMD_RECORDING_H
#define RM_CMD_RECORDING_H

#include "cmd/inputs.h"
#include "store/store.h"

#define RECORDING_OPTIONS                                                                                              \
	{"record", 0, NULL, "write the result to the history", false},                                                 \
		{"repository", 0, "OWNER/NAME",                                                                        \
			"the repository on GitHub (default: GITHUB_REPOSITORY, then remote origin)", false},           \
		{"workflow", 0, "NAME",                                                                                \
			"the workflow it is of (default: GITHUB_WORKFLOW); with --latest: only this one", false},      \
		{"job", 0, "ID", "the job on GitHub; with a log: the name of its job, where it does not tell it",      \
			false},                                                                                        \
	{                                                                                                              \
		"space", 0, "ci|local", "which history it belongs to (default: ci for runner logs, else local)", false \
	}

struct recording;

/* Opens the history to write. Hooks into the analyser so that every test result is recorded. */
int recording_open(struct recording **ret, struct analyser *x, struct err *e);
/* The same, but *ret is NULL without --record. */
int recording_start(struct recording **ret, struct analyser *x, struct err *e);
struct store *recording_store(struct recording *r);
/* The diagnosis and its fixes; recording the same log twice changes nothing. */
int recording_commit(
	struct recording *r, struct analysed *one, const struct store_fix *fixes, size_t fix_count, struct err *e);
/* An execution of which only this is known. */
int recording_commit_bare(struct recording *r, const struct store_execution *x, bool *ret_new, struct err *e);
/* The job that a log is of, as GitHub tells it (`known`, may be NULL), else as options, environment and log do; no
 * name: unknown. */
struct store_job recording_job(const struct session *s, const struct store_execution *known, const char *logged);
/* For fixers' success so far; NULL recording: false. */
bool recording_fix_record(void *recording, const char *fixer, const char *rule, unsigned *ret_good, unsigned *ret_bad);
void recording_end(struct recording *r);

#endif
