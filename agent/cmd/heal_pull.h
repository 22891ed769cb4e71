/* heal_pull.h - `heal --pr`: what --commit made goes to GitHub, through the code that delivers for the Action.
 *
 * Whether it can is looked at before anything is made; the connection is closed while programs run, and opened again
 * afterwards. */
#ifndef RM_CMD_HEAL_PULL_H
#define RM_CMD_HEAL_PULL_H

#include "cmd/healing.h"

struct heal_pull;
/* ERR_REFUSED: HEAD is not what the branch is on GitHub. */
int heal_pull_begin(struct heal_pull **ret, struct session *s, struct err *e);
/* healing_one(), with the fixes kept; the diagnosis is taken over. */
int heal_pull_take(struct heal_pull *p, struct healing *h, struct analysed *one, struct err *e);
/* Says in h->out what became of it. */
int heal_pull_open(struct heal_pull *p, struct healing *h, struct err *e);
void heal_pull_end(struct heal_pull *p); /* before healing_end(); NULL is fine */

#endif
