/* inputs.h - the logs that a command was asked to look at, one after the other.
 *
 * Sources are files, folders, ZIPs, "-", and runs on GitHub: --run, --job, --latest, or the address of a page there. An
 * input that cannot be read is trouble for itself: it is said, and the others go on. */
#ifndef RM_CMD_INPUTS_H
#define RM_CMD_INPUTS_H

#include "cmd/command.h"
#include "diagnose/diagnosis.h"
#include "rules/matcher.h"
#include "store/store.h"

struct remote_run;
struct remote_job;

#define BASELINES_MAX 16u
#define ANALYSES_MAX 64u

struct analysed {
	struct diagnosis diagnosis;
	struct log *log; /* finished; kept for fixers */
	/* Of a job on GitHub; else NULL: only the log itself is known. */
	const struct remote_run *run;
	const struct remote_job *job; /* NULL: the run did not start */
	const struct store_execution *execution;
};

struct analyser {
	struct session *session;
	struct matcher *matcher;
	struct rule_list user_rules;
	struct arena arena;
	enum conclusion conclusion;              /* --conclusion */
	const struct store_execution *execution; /* of the log that is being read, where it is known; else NULL */
	bool failed_inputs;                      /* some input was trouble */
	/* Called for each run on GitHub before and after its jobs; NULL. False: stop. */
	bool (*on_run)(void *context, const struct remote_run *run, bool is_end);
	test_sink *every_test;
	void (*forget_tests)(void *test_context); /* those of a log that was trouble on the way */
	void *test_context;
	/* of struct diagnose_options */
	int (*passing)(void *context, struct view job, struct shape_set *ret, unsigned *ret_runs, struct err *e);
	void *passing_context;
};
/* Rules of the configuration included. */
int analyser_start(struct analyser *a, struct session *s, struct err *e);
void analyser_end(struct analyser *a);

/* Calls `each` for every log of the command line; it returns false to stop. The diagnosis and log are the analyser's
 * and gone afterwards. Trouble with one input is printed and remembered in failed_inputs; -1 only where nothing can go
 * on. */
int analyser_run(struct analyser *a, bool (*each)(void *context, struct analysed *one), void *context, struct err *e);

/* Of a log that is there already: --conclusion beats `known`. On success one->diagnosis is the caller's to end. */
int analyser_diagnose(struct analyser *a, struct analysed *one, const char *name, enum conclusion known, struct err *e);
/* Says what is wrong with one input, and remembers it. */
void analyser_trouble(struct analyser *a, const char *name, struct err *e);

extern const struct option input_options[]; /* --baseline, --conclusion */

#endif
