/* local_post.h - the steps of `local post`: complete, sign, post. Private to local_post*.c. */
#ifndef RM_CMD_LOCAL_POST_H
#define RM_CMD_LOCAL_POST_H

#include "cmd/local.h"
#include "cmd/local_envelope.h"

#define LOCAL_VERIFY_WORKFLOW "local-ci-verify.yml"
#define LOCAL_NOTES_MAX 8u

struct local_posting {
	struct session *session;
	struct arena arena;
	struct repository *checkout;
	struct remote *remote;
	struct buf envelope;
	const char *commit, *tree, *keyid, *format, *file; /* file: where the envelope is kept meanwhile */
	bool posted, was_there, dispatched;
	const char *status; /* what stands beside the commit: "commit status", "check run"; NULL: nothing */
	const char *notes[LOCAL_NOTES_MAX + 1];
	size_t note_count;
};
void local_posting_note(struct local_posting *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What a result lacks that this clone knows; that it is of HEAD. Texts go to the arena. */
int local_complete(struct local_posting *p, struct claim *c, struct err *e);
/* By --key or --ssh-key, RUNMEDIC_SIGNING_KEY, the key of `local keys init`, or the agent. */
int local_sign(struct local_posting *p, struct view payload, struct err *e);
/* Attestation ref, status, dispatch. */
int local_send(struct local_posting *p, struct err *e);

#endif
