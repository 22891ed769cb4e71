/* examination.h - what `doctor` looks at, a line per question. */
#ifndef RM_CMD_EXAMINATION_H
#define RM_CMD_EXAMINATION_H

#include "base/json.h"
#include "cmd/command.h"
#include "github/repos.h"

/* BAD is something required that is missing; NOTE is something that only limits what can be done. */
enum state { GOOD, NOTE, UNKNOWN, BAD };

struct examination {
	struct session *session;
	struct buf text;
	cJSON *list;
	bool bad;
	struct err trouble; /* GitHub gave no answer; code ERR_NONE: none such */
};

void examination_say(struct examination *x, enum state state, const char *what, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Token, permissions, settings, limits and clock: what GitHub tells of them, and "unknown" where it does not. `slug` is
 * "owner/name" or NULL. */
void examine_github(struct examination *x, const char *slug);
/* `scopes`: what GitHub said of the token, NULL nothing. */
void examine_permissions(struct examination *x, struct github *g, const struct github_repo *repo, const char *scopes);

#endif
