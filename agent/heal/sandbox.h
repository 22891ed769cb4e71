/* sandbox.h - what the kernel enforces for one child process: Landlock and seccomp, where it has them. */
#ifndef RM_HEAL_SANDBOX_H
#define RM_HEAL_SANDBOX_H

#include "heal/process.h"

struct sandbox {
	int ruleset; /* -1: this kernel has no Landlock */
	bool network;
};
/* In the parent. A kernel without the means is no failure; one that has them and refuses is. */
int sandbox_prepare(struct sandbox *ret, const struct process_options *o, struct err *e);
void sandbox_done(struct sandbox *s);
/* Does this kernel keep a child from writing elsewhere, in every way (Landlock, ABI 3)? */
bool sandbox_keeps_writes(void);
/* In the child, between fork and exec: only system calls. 0, or -1 with errno. */
int sandbox_enter(const struct sandbox *s);

#endif
