/* local_keys.h - the inside of `local keys`: local_keys.c looks which and shows the list; local_keys_own.c makes the
 * key that signs here; local_keys_edit.c changes who may sign there; local_keys_line.c reads and writes one line. */
#ifndef RM_CMD_LOCAL_KEYS_H
#define RM_CMD_LOCAL_KEYS_H

#include "attest/signers.h"
#include "attest/sshsig.h"
#include "base/json.h"
#include "cmd/command.h"

#define LOCAL_LINE_MAX ((size_t)32 << 10)

struct local_keys {
	struct session *session;
	struct arena arena;
	char *root;          /* of the work tree; NULL: none */
	const char *allowed; /* path of the list, relative to the root */
	struct buf text;
	cJSON *json;
};
typedef int local_keys_action(struct local_keys *k, struct err *e);
local_keys_action local_keys_init, local_keys_rotate, local_keys_allow, local_keys_revoke;

/* Needs a work tree. */
int local_keys_paths(struct local_keys *k, char **ret_allowed, char **ret_revoked, struct err *e);
/* A file that is not there is empty. *ret is initialised here. */
int local_keys_read(const char *path, struct buf *ret, struct err *e);

/* What an operand says: a key, a line of allowed_signers, or a file with one of them, or with a public key as PEM. The
 * signer's texts are the arena's; principals NULL: it names nobody. */
int local_keys_operand(struct local_keys *k, struct signer *ret, struct err *e);
int local_keys_parse(struct local_keys *k, struct view text, struct signer *ret, struct err *e);
/* As a line of allowed_signers, without a newline. */
void local_keys_line(struct buf *out, const struct signer *s);
/* Who: --principal, else the comment of the key, else `git config user.email`; NULL unknown. ERR_USAGE for what names
 * more than one person. */
int local_keys_principal(struct local_keys *k, const char *comment, const char **ret, struct err *e);
const char *const *local_keys_list(struct local_keys *k, const char *text_or_null);
/* The public key that was kept beside the own one. */
int local_keys_own_public(struct local_keys *k, struct signer *ret, struct err *e);

#endif
