/* eval.h - how often the diagnosis is right, measured on labelled logs. */
#ifndef RM_CMD_EVAL_H
#define RM_CMD_EVAL_H

#include "cmd/inputs.h"

#include "base/json.h"

/* Right answers among those that had one. */
struct eval_rate {
	size_t good, all;
};
struct eval_figures {
	struct eval_rate category, line, excerpt, short_hit, step, transient, decision, evidence;
	size_t logs, no_answer, transient_false;
	struct eval_rate quiet; /* passing logs without a finding */
	size_t unreadable;
};

/* labels.jsonl and passing.jsonl of a corpus folder. What is wrong with each log is appended to `misses` when it is not
 * NULL. */
int eval_corpus(struct eval_figures *f, struct analyser *x, const char *folder, struct buf *misses, struct err *e);
/* cases/ID/case.json and log.txt: category and evidence of the primary finding. */
int eval_cases(struct eval_figures *f, struct analyser *x, const char *folder, struct buf *misses, struct err *e);

void eval_text(struct buf *out, const struct eval_figures *f);
cJSON *eval_json(const struct eval_figures *f);

#endif
