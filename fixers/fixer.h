/* fixer.h - a named, whitelisted, bounded change.
 *
 * A fixer is a const struct (fixers/ECOSYSTEM/NAME.c, one line in table.c). It only proposes: from the
 * diagnosis, the log and a read-only view of the tree at HEAD it says what should change. It runs
 * nothing, writes nothing, opens nothing. heal/ makes the change in a scratch tree, the policy (plan/policy.h) judges
 * the result whatever the fixer meant, the proof must hold, and only then may it leave.
 *
 * Three ways to change:
 *   FIX_EDITS    whole new contents (or a mode) of a few files, worked out natively
 *   FIX_DIFF     a unified diff printed in the log, in git form (a/ b/); applied only where its context matches exactly
 *   FIX_COMMAND  a whitelisted program by argv on named files; only these files may differ afterwards */
#ifndef RM_FIXERS_FIXER_H
#define RM_FIXERS_FIXER_H

#include "diagnose/diagnosis.h"

#define FIXER_FILES_MAX 64u
#define FIXER_FILE_BYTES_MAX ((size_t)4 << 20) /* larger files are never edited */
#define FIXER_ARGV_MAX 96u
#define FIXER_LINES_MAX 512u /* of fix_line */

/* The tree at HEAD, read-only. Paths are relative, '/', as git has them. */
enum tree_kind { TREE_FILE, TREE_EXECUTABLE, TREE_LINK, TREE_SUBMODULE };
struct tree {
	void *context;
	/* Content of a blob of at most max bytes (a link: its target). ERR_NOT_FOUND, ERR_LIMIT. *ret is initialised
	 * here. */
	int (*read)(void *context, const char *path, size_t max, struct buf *ret, struct err *e);
	bool (*stat)(
		void *context, const char *path, enum tree_kind *ret); /* false: not there; folders are not there */
	bool (*is_directory)(void *context, const char *path);
	/* Calls `each` for all files in byte order until it returns false. */
	int (*list)(void *context, bool (*each)(void *each_context, const char *path, enum tree_kind kind),
		void *each_context, struct err *e);
};

struct fix_edit {
	const char *path; /* relative, checked again by the policy */
	bool content_changes;
	struct view content; /* new bytes; owned by the proposal's arena */
	bool creates, deletes;
	bool mode_changes;
	bool executable; /* new mode, when mode_changes or creates */
};

enum fix_kind { FIX_EDITS, FIX_DIFF, FIX_COMMAND };

/* How the right fix shows itself. heal/ runs each that is set; all must hold. */
struct fix_proof {
	/* Pure check of the tree as changed (a parse, "the named import is gone and nothing else"); NULL: none. Says in
	 * *e why not. */
	bool (*holds)(const struct tree *changed, const struct finding *f, const void *facts, struct err *e);
	const void *facts;
	const char *const *argv; /* the tool's own check on the same files; exit 0 wanted; NULL: none */
	bool quiet;              /* and it must print nothing (gofmt -l) */
	const char *says;        /* what holds() proves, for people: "context of every hunk matches HEAD" */
};

/* Several checks speak in one step: what a fix answers, and what it leaves to the fixes of others. Lines of the step.
 */
struct fix_line {
	uint32_t line;
	const char *says;
};

struct fix_proposal {
	struct arena arena; /* owns all */
	/* A fix with a line left that no other fix of the plan answers is not made: the job would stay red. */
	struct fix_line *answered, *left;
	size_t answered_count, left_count;
	enum fix_kind kind;
	struct fix_edit *edits; /* FIX_EDITS */
	size_t edit_count;
	struct view diff;        /* FIX_DIFF, git form */
	const char *const *argv; /* FIX_COMMAND, NULL-terminated, argv[0] from the fixer's whitelist */
	const char **files;      /* FIX_COMMAND: the only files that may differ; FIX_DIFF: those of the diff */
	size_t file_count;
	const char *const *globs; /* FIX_COMMAND of the configuration, instead of files: what may differ; else NULL */
	enum tier tier;           /* at most the fixer's own; lower where this case needs a person */
	double confidence;        /* that the change is right, before proof */
	const char *summary;      /* imperative, for commit subject and people: "remove unused import os" */
	const char *reason;       /* what in the log and tree justifies it */
	struct fix_proof proof;
	const char *tool_version_wanted; /* FIX_COMMAND: version the log or lock file names; NULL unknown */
};

struct fix_request {
	const struct diagnosis *diagnosis;
	const struct finding *finding;
	struct log *log; /* finished; for log_read() */
	const struct tree *tree;
};

struct fixer {
	const char *id;              /* "python/black" */
	const char *ecosystem;       /* "python" */
	const char *title;           /* "Reformat with black" */
	const char *what, *why_safe; /* Markdown for the generated page */
	enum tier tier;
	const char *const *answers;    /* rule id globs, NULL-terminated */
	const char *const *paths;      /* globs of what it may touch, NULL-terminated */
	unsigned max_files, max_lines; /* changed lines; the configuration may only lower them */
	enum fix_kind kind;
	bool runs_repository_code, network;
	/* FIX_COMMAND: it reads the named files and what lies beside them and in the folders above, and nothing else.
	 * In a large tree the rest need not be copied; where it then fails, it is run again on a whole copy. */
	bool needs_only_near_files;
	const char *program;                 /* FIX_COMMAND: argv[0]; NULL otherwise */
	const char *const *version_argv;     /* prints the program's version */
	const char *heal_case, *refuse_case; /* folders below tests/cases that show it work and refuse */
	/* 1: *ret is a proposal (fix_proposal_done() it); 0: nothing to propose, *e says why (ERR_REFUSED); -1:
	 * trouble. */
	int (*propose)(const struct fix_request *q, struct fix_proposal *ret, struct err *e);
};

extern const struct fixer *const fixer_table[]; /* NULL-terminated */
const struct fixer *fixer_find(const char *id);
enum tier fixer_tier(const char *id); /* TIER_REVIEW for one that is not there */
bool fixer_answers(const struct fixer *f, const char *rule_id);
void fix_proposal_done(struct fix_proposal *p);

#endif
