/* story.h - the errand of a red run, between its files: action_diagnose.c reads, heals and tells, story_deliver.c takes
 * the patches of the run's own jobs in and brings fixes to people. */
#ifndef RM_CMD_STORY_H
#define RM_CMD_STORY_H

#include "cmd/action.h"
#include "cmd/deliver_patch.h"
#include "cmd/healing.h"
#include "cmd/posting.h"
#include "cmd/remote_answer.h"

#define STORY_NOTES_MAX 16u

/* A run from its logs to what is told of it. Places of `healed` and `known` are those of answer.diagnoses. */
struct story {
	struct action *action;
	const struct action_wish *wish; /* NULL: the event speaks for itself */
	bool brought_only;              /* mode publish: no fixes of its own */
	struct errand_session errand;
	struct analyser analyser;
	struct recording *recording;
	struct healing heal;
	bool heals;
	const char *patch_folder;
	struct remote *remote;
	struct remote_run run;
	struct remote_answer answer;
	struct healed *healed;
	struct publish_known *known;
	size_t healed_cap, known_cap;
	struct patches patches;   /* of the run's own jobs */
	struct github_pull pull;  /* number 0: none */
	const char *pull_unknown; /* why it is not known whether there is one, and what people want of it; NULL */
	struct repository *lent;  /* where nothing is healed, but brought */
	const char *notes[STORY_NOTES_MAX];
	size_t note_count;
	bool quiet; /* nothing is written to GitHub */
};

void story_note(struct story *s, const char *text);
/* Fixes that jobs of the run left as artifacts stand beside those of our own; `jobs` is r->jobs. */
void story_bring(struct story *s, struct publish_run *r, struct publish_job *jobs);
/* To people, in the way that configuration, input or wish say; fills r->delivery. */
void story_deliver(struct story *s, struct publish_run *r);

#endif
