/* facts_internal.h - what the files behind facts_refs.h share. Private to heal/. */
#ifndef RM_HEAL_FACTS_INTERNAL_H
#define RM_HEAL_FACTS_INTERNAL_H

#include "heal/facts_refs.h"
#include "heal/internal.h"

AUTO_FREE(git_treebuilder, git_treebuilder_free)

struct facts_refs {
	const struct git_remote_options *options;
	struct repository *r; /* bare, ours alone */
};

/* A ref as the server lists it; texts in the arena of the list. */
struct facts_ref {
	const char *name, *sha;
	bool fork, packed;
};
struct facts_list {
	struct arena arena;
	struct facts_ref *items;
	size_t count, cap;
	const char *lease; /* sha; NULL: nobody holds it */
};
int facts_list_read(struct facts_list *ret, const struct git_remote_options *o, struct err *e);
void facts_list_done(struct facts_list *l);

/* An object in a commit. */
struct facts_entry {
	const char *name;
	git_oid id;
	char hex[GIT_OID_HEXSZ + 1];
	bool fork;
};
bool facts_has(const struct facts_refs *f, const char *sha);
/* The entries of a commit, checked: blobs with names like ours, not too many. ERR_INPUT says what is wrong. */
int facts_commit_entries(struct facts_refs *f, const char *sha, struct arena *a, struct facts_entry **ret,
	size_t *ret_count, struct err *e);
/* The text of one, checked by its size and first line; the caller frees the blob. *ret_at may be CLOCK_UNKNOWN. */
int facts_entry_text(
	struct facts_refs *f, const git_oid *id, git_blob **ret, struct view *ret_text, int64_t *ret_at, struct err *e);

/* An orphan commit with these; equal names with other contents get another name. sha: 41 bytes. */
int facts_commit_write(struct facts_refs *f, const struct facts_entry *entries, size_t n, int64_t at,
	char sha[GIT_OID_HEXSZ + 1], struct err *e);
int facts_blob_write(struct facts_refs *f, const struct facts_part *p, struct facts_entry *ret, struct err *e);

#define FACTS_PACKED "packed-"
const char *facts_prefix(bool fork);

#endif
