/* healing.h - one log from diagnosis to what was done about it, in words for publish/ and rows for the store. */
#ifndef RM_CMD_HEALING_H
#define RM_CMD_HEALING_H

#include "base/json.h"
#include "cmd/inputs.h"
#include "cmd/recording.h"
#include "heal/heal.h"
#include "publish/publish.h"

#define ONLY_MAX 64u

struct healing {
	struct session *session;
	enum heal_level level;
	enum tier tier;
	const char *only[ONLY_MAX + 1];
	char *only_text;
	struct repository *repository; /* NULL: that of the session; else taken over */
	struct healing_run *run;
	struct heal_options options;
	const char *no_processes; /* why no program may run; NULL: they may */
	const struct config *config;
	struct recording *recording;
	struct heal_pull *pull; /* --pr, else NULL */
	cJSON *patch;           /* --patch: its fixes so far, else NULL */
	struct buf out;         /* the answer so far */
	size_t count;
	bool unhealed, trouble;
};

/* What became of one log: the plan, its fixes, and the words for publish/ that point into both and into the diagnosis.
 */
struct healed {
	struct plan plan;
	struct heal_result result;
	struct publish_heal words;
};

int healing_start(struct healing *h, struct err *e);
/* Makes, answers and records; or only makes and records, for who answers in another way. */
int healing_make(struct healing *h, struct analysed *one, struct healed *ret, struct err *e);
void healing_answer(struct healing *h, const struct publish_heal *p, const struct analysed *one);
void healed_done(struct healed *r);
int healing_one(struct healing *h, struct analysed *one, struct err *e);
int healing_write_patch(struct healing *h, struct err *e); /* --patch, after the last log */
void healing_end(struct healing *h);

#endif
