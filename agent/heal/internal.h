/* internal.h - what the files of heal/ share; nobody else includes it.
 *
 * In reading order: repository.c opens and shows HEAD; change.c holds a change as data and prints it; overlay.c shows a
 * tree with a change on top; edits.c, diff_apply.c and command.c (in a checkout.c, through process.c and sandbox.c)
 * turn a proposal into a change; merge.c puts it on top of the fixes before it; prove.c and verify.c prove it;
 * worktree.c compares it with the user's files; journal.c, roll.c and apply.c write it there, commit.c to a branch;
 * heal.c conducts. */
#ifndef RM_HEAL_INTERNAL_H
#define RM_HEAL_INTERNAL_H

#include "heal/heal.h"

#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#define AUTO_FREE(type, destroy)                                                                                       \
	static inline void type##_auto(type **p)                                                                       \
	{                                                                                                              \
		destroy(*p);                                                                                           \
	}
AUTO_FREE(git_reference, git_reference_free)
AUTO_FREE(git_commit, git_commit_free)
AUTO_FREE(git_tree, git_tree_free)
AUTO_FREE(git_blob, git_blob_free)
AUTO_FREE(git_tree_entry, git_tree_entry_free)
AUTO_FREE(git_config, git_config_free)
AUTO_FREE(git_odb, git_odb_free)
AUTO_FREE(git_index, git_index_free)
AUTO_FREE(git_signature, git_signature_free)
AUTO_FREE(git_patch, git_patch_free)
AUTO_FREE(git_filter_list, git_filter_list_free)
#define GIT_AUTO(type) __attribute__((cleanup(type##_auto))) type *

/* repository.c */
struct repository {
	git_repository *git;
	git_tree *head_tree; /* NULL when unborn */
	git_oid head;
	char head_text[GIT_OID_HEXSZ + 1];
	bool bare;
	char *root, *folder; /* work tree and git folder, no slash at the end */
	char *branch, *slug;
	struct tree tree;
	char *lent; /* folder that goes with it; NULL */
};
void repository_begin(void); /* libgit2, without the configuration of machine and user; repository_free() ends it */
int repository_fill(struct repository *r, struct err *e); /* all the rest, once r->git is open */
/* "what: libgit2's own reason"; returns -1. */
int repository_error(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* change.c */
static inline bool change_is_file(enum tree_kind kind)
{
	return kind == TREE_FILE || kind == TREE_EXECUTABLE;
}
/* Begins an empty set, adds a path with what `base` has there (the new state is a copy of the old), and ends the set:
 * without what does not differ, sorted, counted. An empty set at the end, a path twice, a link, a submodule, a folder
 * in the way or too large a file is ERR_REFUSED or ERR_LIMIT. New contents must live as long as the set: in its arena.
 */
void change_set_begin(struct change_set *set);
struct change *change_add(struct change_set *set, const struct tree *base, const char *path, struct err *e);
int change_set_end(struct change_set *set, const struct tree *base, struct err *e);
int change_set_print(struct buf *out, const struct change_set *set, struct err *e);
bool change_is_nothing(const struct change *c);

/* overlay.c: a tree with a change on top. Borrows both. */
struct overlay {
	struct tree tree;
	const struct tree *base;
	const struct change_set *changes;
};
void overlay_init(struct overlay *o, const struct tree *base, const struct change_set *changes);

/* Each fills *ret, which change_set_begin() has prepared, against `base`. */
int edits_make(struct change_set *ret, const struct fix_proposal *p, const struct tree *base, struct err *e);
int diff_make(struct change_set *ret, const struct fix_proposal *p, const struct tree *base, struct err *e);

/* checkout.c: the files of a tree in a temporary folder, bytes as git stores them. Links that lead out of the tree are
 * left out. */
struct checkout_mark { /* a file as it was written: whatever touches it gives it another time */
	int64_t changed_ns;
	uint64_t inode, size;
	uint32_t mode;
};
struct checkout {
	char *top, *files, *home;
	const struct tree *tree;
	const char *const *near; /* only files beside these and in folders above are there; NULL: all */
	size_t near_count;
	struct checkout_mark *marks; /* in the order of the tree; of links and what is not there: zero */
	size_t mark_count;
	int64_t newest_ns;   /* the latest of their times */
	git_repository *git; /* for its ignore rules */
	unsigned timeout_s;  /* for what runs in it */
	bool has_git;        /* checkout_make_git() was called */
	bool has_modules;    /* modules_lend() was called */
	char *tools;         /* a folder of programs that is looked at before PATH, or NULL */
};
int checkout_make(struct checkout *ret, struct repository *r, const struct tree *tree, struct err *e);
/* The same with nothing but what lies beside `files` and above; they must outlive the checkout. */
int checkout_make_near(struct checkout *ret, struct repository *r, const struct tree *tree, const char *const *files,
	size_t count, struct err *e);
void checkout_done(struct checkout *c);
/* Refuses when anything but `files` differs from the tree. What is new and ignored, or a tagged cache, does not count.
 */
int checkout_compare(const struct checkout *c, const char *const *files, size_t count, struct err *e);
/* The same, but what matches `globs` may differ: those files, in the arena. At most FIXER_FILES_MAX. */
int checkout_changed(const struct checkout *c, const char *const *globs, struct arena *arena, const char ***ret_files,
	size_t *ret_count, struct err *e);
/* checkout_git.c: makes the folder a repository of its own, with what stands there as its one commit: commands that a
 * person wrote may ask git. Called again, it commits what has changed. */
int checkout_make_git(struct checkout *c, struct err *e);
/* Runs argv in the checkout. */
int checkout_run(
	struct process_result *ret, const struct checkout *c, const char *const *argv, bool network, struct err *e);

/* modules.c: what npm installed in the user's work tree for these files and above, linked into the checkout. */
#define MODULES_FOLDER "node_modules"
int modules_lend(struct checkout *c, const struct repository *r, const char *const *files, size_t count, struct err *e);
/* The nearest node_modules/.bin, malloc'ed; NULL: none, or it must not be used. */
char *modules_tools(const struct repository *r, const char *const *files, size_t count);

/* command.c */
int command_make(struct change_set *ret, struct checkout *c, const struct planned_fix *f, struct err *e);
/* Is the tool that would run of the version that the log or lock file names? *ret_found is NULL where none is. */
int command_check_version(const struct checkout *c, const struct planned_fix *f, bool *ret_same, struct arena *arena,
	const char **ret_found, struct err *e);
bool command_version_is(struct view output, const char *wanted, struct view *ret_found);
int command_trouble(const char *program, const struct process_result *r, struct err *e);

/* verify.c: the user's own commands (heal.verify), each in the checkout that holds everything so far. -1 when one
 * fails.
 */
int verify(struct healed_fix *ret, struct checkout *c, const struct config *config, struct arena *arena, struct err *e);

/* merge.c: `own` was made against `base`; *ret is the same change against `tip`, which has earlier fixes on top. */
int merge_onto(struct change_set *ret, const struct change_set *own, const struct tree *tip, struct err *e);

/* prove.c: `alone` is the tree that the fix was made for, with only this fix on top; the checkout holds it with all
 * fixes before, and is needed where the proof has an argv. Fills ret->proof. */
int prove(struct healed_fix *ret, const struct planned_fix *f, const struct tree *alone, const struct checkout *c,
	struct err *e);

/* folder.c: files by descriptor, so that no link on the way is followed. */
#define FOLDER_PATH_MAX 4096u                                          /* file_check_relative() allows no longer path */
#define FOLDER_READ_MAX (2 * FIXER_FILE_BYTES_MAX + ((size_t)1 << 20)) /* LF may stand as CRLF in the work tree */
static inline void folder_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define FD_AUTO __attribute__((cleanup(folder_close))) int
/* Opens the folder that `path` is in, from `root` downwards; *ret_name is the last component. A missing folder is made
 * when `make`. A link or file on the way is ERR_REFUSED. */
int folder_open_parent(int root, const char *path, bool make, const char **ret_name, struct err *e);
/* The same for many paths in their order: the folder stays open until another is wanted. The descriptor is the walk's.
 */
struct folder_walk {
	int root, fd;
	bool make;
	struct buf path;
};
void folder_walk_begin(struct folder_walk *w, int root, bool make);
int folder_walk_parent(struct folder_walk *w, const char *path, const char **ret_name, struct err *e);
void folder_walk_end(struct folder_walk *w);
int folder_read(
	int folder, const char *name, size_t max, struct buf *ret, struct stat *ret_stat_or_null, struct err *e);
/* Makes a new file; nothing is left of it on failure. */
int folder_write(int folder, const char *name, struct view content, unsigned mode, bool sync, struct err *e);
bool folder_has(int folder, const char *name);
/* In a container we may be root in somebody else's tree: what we make there shall be theirs. */
void folder_give(int folder, const char *name, uid_t owner, gid_t group);

/* worktree.c: one file of the user's tree compared with what a change expects there. */
struct worktree_file {
	bool exists;
	struct view now, then; /* bytes before and after, with the user's line ends */
	unsigned mode, new_mode;
	uid_t owner; /* of the file, or of the folder it comes into */
	gid_t group;
	size_t folder_length; /* so many bytes of the path are folders that exist */
};
/* ERR_REFUSED: changes of its own, a link on the way, another file in the place of a new one. */
int worktree_check(
	struct worktree_file *ret, struct arena *arena, struct repository *r, const struct change *c, struct err *e);
int worktree_check_all(struct repository *r, const struct change_set *changes, struct err *e);

/* journal.c: what is about to happen to the work tree, on disk before it happens. Paths are relative to its root. */
#define JOURNAL_FOLDER "runmedic" /* below the git folder; ours alone, gone afterwards */
#define JOURNAL_TEMP_PREFIX ".runmedic-"
struct journal_file {
	const char *path;
	const char *temp;                /* the new content, written already; NULL: the file goes */
	const char *backup;              /* name for the old file while the fix is under way; NULL: there is none */
	const char *old_hash, *new_hash; /* SHA-256 of the bytes; "" none */
	unsigned old_mode;
};
struct journal {
	struct arena arena;
	bool complete; /* every temporary file is there: from here it goes forward */
	struct journal_file *files;
	size_t file_count;
	const char **made; /* folders that are not there yet, outermost first */
	size_t made_count;
};
void journal_done(struct journal *j);
int journal_write(const char *git_folder, const struct journal *j, struct err *e);
int journal_read(struct journal *ret, const char *git_folder, struct err *e); /* ERR_NOT_FOUND: none */
int journal_remove(const char *git_folder, struct err *e);

/* roll.c */
/* Renames everything into place; -1: all is as before. May be repeated after an interruption anywhere. Where something
 * cannot even be looked at: JOURNAL_STUCK, and the journal must be kept for another attempt. */
#define JOURNAL_STUCK (-2)
int journal_forward(int root, const struct journal *j, struct err *e);
int journal_back(int root, const struct journal *j); /* 0 or JOURNAL_STUCK */
bool journal_is_done(int root, const struct journal *j);

/* apply.c */
int apply_changes(struct repository *r, const struct change_set *changes, struct err *e);

/* commit.c */
struct branch {
	const char *name, *full_name;
	git_oid tip, published;
	size_t commits; /* not published yet */
	bool exists;
};
int branch_prepare(struct branch *ret, struct arena *arena, struct repository *r, const struct plan *plan,
	const struct heal_options *o, struct err *e);
int branch_commit(struct branch *b, struct repository *r, const struct change_set *changes,
	const struct healed_fix *fix, const struct heal_options *o, struct err *e);
/* commit_sign.c: writes the commit, signed as git does with gpg.format=ssh where the configuration names a key. */
int commit_write(git_oid *ret, git_repository *git, const git_signature *author, const char *message,
	const git_tree *tree, const git_commit *parent, const struct heal_options *o, struct err *e);
/* Lets the branch point to its tip: created the first time, moved on later. */
int branch_publish(struct branch *b, struct repository *r, struct err *e);

#endif
