/* report_deliver.h - the weekly report on GitHub: an issue that is kept, a branch of pages. */
#ifndef RM_CMD_REPORT_DELIVER_H
#define RM_CMD_REPORT_DELIVER_H

#include "cmd/command.h"
#include "learn/report.h"

#define REPORT_BRANCH "ci-reports"
#define REPORT_LABEL "runmedic-report"

/* What was asked for. *ret_url (malloc'ed, NULL) is where the report stands now. Both are tried whatever becomes of the
 * other; -1 when one failed. */
struct report_delivery {
	bool issue;
	const char *branch; /* NULL: none */
	const struct config_list *sections;
};
int report_deliver(
	const struct report_delivery *d, struct session *s, const struct report *r, char **ret_url, struct err *e);

#endif
