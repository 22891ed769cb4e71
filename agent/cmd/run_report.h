/* run_report.h - what `run` says about a command that failed: on standard error and in the step's summary. */
#ifndef RM_CMD_RUN_REPORT_H
#define RM_CMD_RUN_REPORT_H

#include "cmd/command.h"
#include "diagnose/diagnosis.h"

struct run_report {
	const struct session *session;
	const char *name; /* of the step, as a person wants to see it */
	bool actions;
	unsigned attempts, attempts_max;
	int exit_code;
	const char *capture;               /* where the output is kept; NULL */
	const struct diagnosis *diagnosis; /* of the last attempt that failed; NULL: there is none */
};

/* The diagnosis in short; in Actions guarded against workflow commands, with annotations. Nothing with -q. */
void run_report_print(const struct run_report *r);
/* Appends to $GITHUB_STEP_SUMMARY; what does not fit is left out. 0 also where there is no such file. */
int run_report_summary(const struct run_report *r, struct err *e);

#endif
