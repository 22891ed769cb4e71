/* process.h - child processes on a short leash.
 *
 * By argv only, never through a shell. Own process group, killed as a whole at the time-out; stdin is
 * /dev/null; all other descriptors closed; environment built from a short list (PATH, LANG, HOME=scratch,
 * TMPDIR=scratch...), never a token; limits on CPU, memory, file size, processes and captured output; no_new_privs;
 * Landlock (write only below the scratch tree) and a seccomp filter on socket() where the kernel has them and the fixer
 * needs no network. */
#ifndef RM_HEAL_PROCESS_H
#define RM_HEAL_PROCESS_H

#include "base/buf.h"
#include "base/err.h"

#define PROCESS_OUTPUT_MAX ((size_t)1 << 20)

struct process_options {
	const char *directory; /* working directory */
	const char *writable;  /* the only tree it may write (and the scratch home below it); NULL: none */
	const char *home;      /* HOME and TMPDIR of the child */
	const char *tools;     /* a folder before those of PATH; NULL: none */
	bool network;
	unsigned timeout_s; /* 0: 60 */
	size_t output_max;  /* 0: PROCESS_OUTPUT_MAX; more is dropped */
};
struct process_result {
	int exit_code; /* 128+n after a signal, 127 not found */
	bool timed_out;
	struct buf output; /* stdout and stderr together */
};
/* -1: the program could not be started (ERR_UNAVAILABLE when it is not installed). */
int process_run(struct process_result *ret, const char *const *argv, const struct process_options *o, struct err *e);
void process_result_done(struct process_result *r);
/* Absolute path of a program in PATH (never relative entries); malloc'ed, or NULL. */
char *process_find(const char *program);
/* The same, but looks into the folder `tools` first; NULL: none. */
char *process_find_first(const char *tools, const char *program);
/* "landlock ABI 4, seccomp" / "landlock missing (kernel), seccomp": for --explain and doctor. */
const char *process_sandbox_text(void);

#endif
