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
	const char *program;                /* what must have run in the step: "black", "cargo fmt" */
	const char *const *also_run_as;     /* or one of these; NULL: none */
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
	const char *const *fix_behind, *const *check_behind; /* arguments behind the files; NULL: none */
	/* Options of the step's own command that are passed on; "-i=": with a value, "-i 2" or "-i=2". NULL: none. */
	const char *const *kept_options;
	/* Options of the step's command that change nothing here; with any other a person must look. NULL: any option.
	 */
	const char *const *known_options;
	bool names_no_files; /* the argv works on the whole tree; still only the named files may differ */
	bool quiet;          /* its check says no by what it prints, not by its status */
	bool review;         /* for a person to judge */
	const char *summary; /* "reformat with black" */
};

/* names.c: what `name` and `mends_all` are made of. */
bool tool_heading_path(const struct evidence *ev, size_t i, struct view *ret); /* above lines "  3:5  ..." */
bool tool_bare_path(const struct evidence *ev, size_t i, const char *ending, struct view *ret); /* nothing else */
bool tool_path_behind(const struct evidence *ev, size_t i, const char *text, struct view *ret); /* to the line's end */
int64_t tool_count_behind(struct view line, const char *before);                                /* -1: none */

int tool_propose(const struct tool *tool, const struct fix_request *q, struct fix_proposal *ret, struct err *e);

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

#define COMMAND_PROPOSE(tool)                                                                                          \
	static int propose_##tool(const struct fix_request *q, struct fix_proposal *ret, struct err *e)                \
	{                                                                                                              \
		return tool_propose(&tool, q, ret, e);                                                                 \
	}

/* A row of a table: the tool and its fixer in one. What follows are the other fields of struct fixer. */
#define TOOL_FIXER(tool, ...)                                                                                          \
	COMMAND_PROPOSE(tool)                                                                                          \
	const struct fixer fixer_##tool = {.kind = FIX_COMMAND,                                                        \
		.max_files = TOOL_FILES_MAX,                                                                           \
		.max_lines = 2000,                                                                                     \
		.propose = propose_##tool,                                                                             \
		__VA_ARGS__}

/* What their pages have in common. */
#define TOOL_ONLY_NAMED                                                                                                \
	"Only the named files may change, its own check must pass on them afterwards, and another version than the "   \
	"job's is only offered for review."
#define TOOL_REPOSITORY_CODE                                                                                           \
	" It loads configuration and plugins of the repository, so it never runs where a write token is."
#define TOOL_UNTRIED " For review only: how the log names the files is known from the tool's manual alone."

#endif
