/* tool.h - fixers that run a formatter or linter's own fix mode on the files it named.
 *
 * A tool is data: how the log names files, which argv fixes and which checks them. One struct and one line of
 * COMMAND_FIXER() each (python.c, js.c, ...). The argv is fixed but for file names, which come from the tree. */
#ifndef RM_FIXERS_COMMAND_TOOL_H
#define RM_FIXERS_COMMAND_TOOL_H

#include "fixers/edits.h"
#include "fixers/evidence.h"

#define TOOL_FILES_MAX 40u

/* "would reformat PATH": what stands before and behind the path. `places`: the line is "PATH:LINE:...". */
struct tool_name_line {
	const char *before, *behind;
	bool places;
};

struct tool {
	const char *program;                /* argv[0], and what must have run in the step */
	const char *distribution;           /* the name under which versions are pinned; NULL: the program's */
	const char *const *extensions;      /* ".py", NULL-terminated: other files are refused */
	const struct tool_name_line *names; /* ends with {0}; NULL: see name() */
	/* For programs that name files in other ways: does line i name one? */
	bool (*name)(const struct evidence *ev, size_t i, struct view *ret);
	const char *const *says;     /* one of these must stand in the step: the tool's own verdict; NULL: none */
	const char *const *hopeless; /* lines with one of these need a person; NULL: none */
	bool (*mends_all)(
		const struct evidence *ev);    /* does the program say that its fix mode mends all? NULL: it does */
	const char *const *fix, *const *check; /* argv without the files, NULL-terminated; check may be NULL */
	const char *const *kept_options;       /* options of the step's own command that are passed on; NULL: none */
	const char *summary;                   /* "reformat with black" */
};

int tool_propose(const struct tool *tool, const struct fix_request *q, struct fix_proposal *ret, struct err *e);

#define COMMAND_PROPOSE(tool)                                                                                          \
	static int propose_##tool(const struct fix_request *q, struct fix_proposal *ret, struct err *e)                \
	{                                                                                                              \
		return tool_propose(&tool, q, ret, e);                                                                 \
	}

#endif
