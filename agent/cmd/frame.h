/* frame.h - what stands around the output of a command in a capture of `run`.
 *
 * A capture reads like the log of a job with one step, so that any reader of logs knows command and exit code:
 *
 *     ##[group]Run make test
 *     make test
 *     shell: runmedic run
 *     ##[endgroup]
 *     ... the output ...
 *     ##[error]Process completed with exit code 2.
 *     ##[endgroup]{"schema":"runmedic.capture/1","command":"make test","exit_code":2,...}
 *
 * Earlier attempts stand before it, each as a step that did not fail. A program can print lines like these; what it
 * cannot do is to print anything behind the last line, which says where the last attempt begins and how it ended. */
#ifndef RM_CMD_FRAME_H
#define RM_CMD_FRAME_H

#include "base/json.h"

#define FRAME_SCHEMA "runmedic.capture/1"
#define FRAME_COMMAND_MAX ((size_t)4 << 10) /* bytes of a command as it is shown */
#define FRAME_FACTS_MAX ((size_t)32 << 10)  /* bytes of the last line */
#define FRAME_LABEL_MAX ((size_t)1 << 10)   /* bytes of --name in the facts */
#define FRAME_NAME_MAX 64u                  /* bytes of a name in the name of a file */

struct frame_facts {
	const char *name;    /* --name; NULL: it was not given */
	const char *command; /* as a shell would take it */
	int exit_code;       /* -1 unknown */
	bool cancelled;      /* it was asked to stop */
	unsigned attempts;
	uint64_t offset, bytes; /* of the last attempt, without the facts */
	int64_t ended;
};

/* `make test 'a b'` on one line, cut where it is too long. */
void frame_command(struct buf *out, const char *const *argv);
bool frame_has_control(struct view text); /* newlines, too */
/* --name or the program's file name, fit for the name of a file. */
void frame_file_name(struct buf *out, const char *name);

void frame_begin(struct buf *out, const char *command, const char *directory_or_null);
/* Ends an attempt that another one follows. */
void frame_again(struct buf *out, unsigned attempt, int exit_code);
void frame_end(struct buf *out, int exit_code, bool cancelled);

void frame_facts_print(struct buf *out, const struct frame_facts *f);
/* From the last line of a file of `size` bytes. Texts live in *ret_json, which the caller frees. */
int frame_facts_parse(struct frame_facts *ret, cJSON **ret_json, struct view line, uint64_t size, struct err *e);

#endif
