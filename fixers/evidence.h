/* evidence.h - what the failing step printed, where its paths lead, and which programs it ran.
 *
 * Fixers believe a line of a log only when it stands in the step that failed, and when the program that prints such
 * lines was run there. */
#ifndef RM_FIXERS_EVIDENCE_H
#define RM_FIXERS_EVIDENCE_H

#include "fixers/fixer.h"

#define EVIDENCE_LINES_MAX 20000u /* of a longer step the last ones */

struct evidence {
	const struct fix_request *q;
	struct log_text text;
	const struct log_step *step;       /* NULL: a log without steps */
	struct view name, command;         /* "" unknown */
	const char *workspace, *directory; /* "" unknown */
};

/* Reads the output of the finding's step. 1; 0 (ERR_REFUSED): the step did not fail; -1: trouble. */
int evidence_read(struct evidence *ret, const struct fix_request *q, struct err *e);
void evidence_done(struct evidence *ev);
#define EVIDENCE_AUTO __attribute__((cleanup(evidence_done))) struct evidence

struct view evidence_line(const struct evidence *ev, size_t i); /* empty beyond the end */

/* Did the step run this program ("black", "git diff", "cargo fmt") before its i'th line? The command of the step says
 * so, its action, the header of a pre-commit hook, or the line that make, npm, tox... print for each command. */
bool evidence_ran(const struct evidence *ev, const char *program, size_t i);
bool evidence_ran_any(const struct evidence *ev, const char *const *programs, size_t i);
/* Programs that run tests, which may print anything. NULL-terminated. */
extern const char *const evidence_tests[];
/* Is line i one that names the command that runs next (a prompt, a runner's mark; where make, npm, tox... run the step,
 * any line may be)? */
bool evidence_is_command(const struct evidence *ev, size_t i);
/* The last line in which tests sum up, or EVIDENCE_NONE: they ran, and what stands above may be theirs. */
#define EVIDENCE_NONE ((size_t)-1)
size_t evidence_test_summary(const struct evidence *ev);
/* Does the step's command begin with a script whose name speaks of tests? */
bool evidence_is_test_script(const struct evidence *ev);
/* Does one line start this program? Looks behind prompts, VAR=x, `poetry run`, `npx`, `python -m`, folders. */
bool command_starts(struct view line, const char *program);
/* The same, with the rest of that command behind the program's words; quotes are kept. */
bool command_find(struct view line, const char *program, struct view *ret_arguments);

/* The folder into which a command goes first ("cd services/api && flake8"); "" when it does not. */
struct view evidence_folder(struct view command);

/* The file at HEAD that a printed path means: relative to the repository, to the step's folder, below the workspace or
 * a container's usual mount, or the only file with that ending. Owned by the arena. NULL: *e says why. */
const char *evidence_path(const struct evidence *ev, struct view printed, struct arena *a, struct err *e);

#endif
