/* recording.h - --record: what was found goes into the history, one transaction per log. */
#ifndef RM_CMD_RECORDING_H
#define RM_CMD_RECORDING_H

#include "cmd/inputs.h"
#include "store/store.h"

#define RECORDING_OPTIONS                                                                                              \
	{"record", 0, NULL, "write the result to the history", false},                                                 \
		{"repository", 0, "OWNER/NAME", "whose log it is (default: GITHUB_REPOSITORY)", false},                \
		{"workflow", 0, "NAME", "the workflow it is of (default: GITHUB_WORKFLOW)", false},                    \
		{"job", 0, "NAME", "the job it is of, where the log does not name it", false},                         \
	{                                                                                                              \
		"space", 0, "ci|local", "which history it belongs to (default: ci for runner logs, else local)", false \
	}

struct recording;

/* *ret is NULL without --record. Hooks into the analyser so that every test result is recorded. */
int recording_start(struct recording **ret, struct analyser *x, struct err *e);
/* The diagnosis and its fixes; recording the same log twice changes nothing. */
int recording_commit(
	struct recording *r, struct analysed *one, const struct store_fix *fixes, size_t fix_count, struct err *e);
/* The job that a log is of, as options, environment and log tell; no name: unknown. */
struct store_job recording_job(const struct session *s, const char *logged);
/* For fixers' success so far; NULL recording: false. */
bool recording_fix_record(void *recording, const char *fixer, const char *rule, unsigned *ret_good, unsigned *ret_bad);
void recording_end(struct recording *r);

#endif
