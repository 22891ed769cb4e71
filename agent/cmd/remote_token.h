/* remote_token.h - where the token comes from: the environment, or gh on a laptop. Never a file, never argv. */
#ifndef RM_CMD_REMOTE_TOKEN_H
#define RM_CMD_REMOTE_TOKEN_H

#include "cmd/remote.h"

#define REMOTE_GH_SECONDS 10
#define REMOTE_TOKEN_MAX 4096u

struct remote_token {
	enum remote_token_from from;
	const char *name;  /* what it was found under */
	const char *token; /* NULL: none, or the App below */
	const char *app_id, *private_key;
	char *own; /* what gh printed */
};
/* Starts gh only where no token is known yet, outside of Actions; it has ended when this returns. */
void remote_token_find(struct remote_token *ret, const char *server);
void remote_token_forget(struct remote_token *t); /* wipes what is ours */

#endif
