/* local_key.h - which key signs: what `local keys init` made or chose. */
#ifndef RM_CMD_LOCAL_KEY_H
#define RM_CMD_LOCAL_KEY_H

#include "cmd/command.h"

#define LOCAL_KEY_FILE "runmedic/signing_key.pem"   /* below $XDG_CONFIG_HOME, else ~/.config: an Ed25519 key */
#define LOCAL_KEY_CHOICE "runmedic/signing_key.ssh" /* there, too: one line with the path of an SSH key */
#define LOCAL_KEY_VARIABLE "RUNMEDIC_SIGNING_KEY"   /* in automation: the PEM itself */
#define LOCAL_PASSPHRASE_MAX 1024u

char *local_key_path(void);   /* of the Ed25519 key, whether it is there or not; malloc'ed; NULL: no home */
char *local_key_ssh(void);    /* of the SSH key that was chosen; malloc'ed; NULL: none was */
char *local_key_choice(void); /* of the file that says so */

/* The first line of --passphrase-file, else what is typed on the terminal; NULL: neither is there. `context` is the
 * session. Valid until the next call or local_passphrase_forget(). */
const char *local_passphrase(void *context, const char *path);
/* The same, typed twice; "" where none is wanted; NULL with *e when they differ. */
const char *local_passphrase_new(struct session *s, struct err *e);
void local_passphrase_forget(void);

#endif
