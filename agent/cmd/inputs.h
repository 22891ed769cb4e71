/* inputs.h - the logs that a command was asked to look at, one after the other.
 *
 * Sources are files, folders, ZIPs and "-" (DESIGN §3). An input that cannot be read is trouble for itself: it is said,
 * and the others go on. */
#ifndef RM_CMD_INPUTS_H
#define RM_CMD_INPUTS_H

#include "cmd/command.h"
#include "diagnose/diagnosis.h"
#include "rules/matcher.h"

#define BASELINES_MAX 16u
#define ANALYSES_MAX 64u

struct analysed {
	struct diagnosis diagnosis;
	struct log *log; /* finished; kept for fixers; NULL when not asked for */
};

struct analyser {
	struct session *session;
	struct matcher *matcher;
	struct rule_list user_rules;
	struct arena arena;
	enum conclusion conclusion;
	bool failed_inputs; /* some input was trouble */
	test_sink *every_test;
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

extern const struct option input_options[]; /* --baseline, --conclusion */

#endif
