#include "heal/facts_refs.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "heal/facts_internal.h"

#include <stdlib.h>
#include <string.h>

#define SHORT_ID 12

const char *facts_prefix(bool fork)
{
	return fork ? FACTS_REFS_FORK : FACTS_REFS;
}

int facts_refs_open(struct facts_refs **ret, const struct git_remote_options *o, struct err *e)
{
	char *folder = file_temp_directory("runmedic-facts.", e);
	struct facts_refs *f = mem_new(sizeof(*f));
	git_repository *made = NULL;

	f->options = o;
	repository_begin();
	if (folder && git_repository_init(&made, folder, true) != 0)
		repository_error(e, "cannot make a repository in %s", folder);
	git_repository_free(made);
	git_libgit2_shutdown(); /* the repository below holds its own */
	if (!made || repository_open(&f->r, folder, e) != 0) {
		if (folder)
			file_remove_tree(folder, &(struct err){0});
		free(folder);
		free(f);
		return -1;
	}
	f->r->lent = folder;
	*ret = f;
	return 0;
}

void facts_refs_close(struct facts_refs *f)
{
	if (!f)
		return;
	repository_free(f->r);
	free(f);
}

/* ---- what is there --------------------------------------------------------------------------------- */

static bool take_ref(void *context, const char *name, const char *sha)
{
	struct facts_list *l = context;
	bool fork = view_starts(view_of(name), FACTS_REFS_FORK);
	const char *last = name + strlen(facts_prefix(fork));

	if (!strcmp(name, FACTS_REF_LEASE)) {
		l->lease = arena_text(&l->arena, sha);
		return true;
	}
	if (!fork && !view_starts(view_of(name), FACTS_REFS))
		return true;
	MEM_PUSH(l->items, l->count, l->cap);
	l->items[l->count++] = (struct facts_ref){.name = arena_text(&l->arena, name),
		.sha = arena_text(&l->arena, sha),
		.fork = fork,
		.packed = view_starts(view_of(last), FACTS_PACKED)};
	return true;
}

int facts_list_read(struct facts_list *ret, const struct git_remote_options *o, struct err *e)
{
	*ret = (struct facts_list){0};
	return git_refs_list(o, "refs/runmedic/", take_ref, ret, e);
}

void facts_list_done(struct facts_list *l)
{
	arena_done(&l->arena);
	free(l->items);
	*l = (struct facts_list){0};
}

int facts_refs_count(const struct git_remote_options *o, struct facts_count *ret, struct err *e)
{
	struct facts_list l;
	int rc = facts_list_read(&l, o, e);

	*ret = (struct facts_count){0};
	for (size_t i = 0; i < l.count; i++) {
		ret->fork += l.items[i].fork;
		ret->packed += l.items[i].packed;
		ret->loose += !l.items[i].packed;
	}
	facts_list_done(&l);
	return rc;
}

/* ---- pushing --------------------------------------------------------------------------------------- */

static int write_parts(struct facts_refs *f, const struct facts_push *p, struct facts_entry *entries, struct err *e)
{
	for (size_t i = 0; i < p->part_count; i++)
		if (facts_blob_write(f, &p->parts[i], &entries[i], e) != 0)
			return -1;
	return 0;
}

static int commit_of(struct facts_refs *f, const struct facts_push *p, char sha[GIT_OID_HEXSZ + 1], struct err *e)
{
	struct facts_entry *entries = mem_array(p->part_count, sizeof(*entries));
	int rc = write_parts(f, p, entries, e);

	if (rc == 0)
		rc = facts_commit_write(f, entries, p->part_count, p->at, sha, e);
	free(entries);
	return rc;
}

static int push_again(struct facts_refs *f, struct facts_push *p, const char *sha, struct arena *a, struct err *e)
{
	struct git_ref_push again = {
		.ref = arena_format(a, "%s%s-%.*s", facts_prefix(p->fork), p->name, SHORT_ID, sha), .sha = sha};

	if (git_refs_push(f->r, f->options, &again, 1, a, e) != 0)
		return -1;
	p->ref = again.ref;
	p->done = again.done;
	p->why = again.why;
	return 0;
}

/* Where the name is taken by other facts of the same run, the name of the commit tells ours from them. */
static int push_single(struct facts_refs *f, struct facts_push *list, size_t n, struct arena *a, struct err *e)
{
	struct git_ref_push *refs = arena_array(a, n, sizeof(*refs));

	for (size_t i = 0; i < n; i++) {
		char *sha = arena_alloc(a, GIT_OID_HEXSZ + 1);

		if (commit_of(f, &list[i], sha, e) != 0)
			return -1;
		list[i].ref = arena_format(a, "%s%s", facts_prefix(list[i].fork), list[i].name);
		refs[i] = (struct git_ref_push){.ref = list[i].ref, .sha = sha};
	}
	if (git_refs_push(f->r, f->options, refs, n, a, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		list[i].done = refs[i].done;
		list[i].why = refs[i].why;
		if (!refs[i].done && push_again(f, &list[i], refs[i].sha, a, e) != 0)
			return -1;
	}
	return 0;
}

static int compare_entries(const void *left, const void *right)
{
	const struct facts_entry *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : git_oid_cmp(&a->id, &b->id);
}

/* All of one trust in one commit. */
static int push_packed(
	struct facts_refs *f, struct facts_push *list, size_t n, bool fork, struct arena *a, struct err *e)
{
	struct facts_entry *entries;
	struct git_ref_push push = {0};
	size_t count = 0;
	int64_t at = 0;
	char sha[GIT_OID_HEXSZ + 1];

	for (size_t i = 0; i < n; i++)
		count += list[i].fork == fork ? list[i].part_count : 0;
	if (!count)
		return 0;
	entries = arena_array(a, count, sizeof(*entries));
	count = 0;
	for (size_t i = 0; i < n; i++) {
		if (list[i].fork != fork)
			continue;
		if (write_parts(f, &list[i], entries + count, e) != 0)
			return -1;
		count += list[i].part_count;
		at = list[i].at > at ? list[i].at : at;
	}
	qsort(entries, count, sizeof(*entries), compare_entries);
	if (facts_commit_write(f, entries, count, at, sha, e) != 0)
		return -1;
	push = (struct git_ref_push){
		.ref = arena_format(a, "%s" FACTS_PACKED "%.*s", facts_prefix(fork), SHORT_ID, sha), .sha = sha};
	if (git_refs_push(f->r, f->options, &push, 1, a, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (list[i].fork == fork) {
			list[i].done = push.done;
			list[i].ref = push.ref;
			list[i].why = push.why;
		}
	return 0;
}

/* At least one; and no commit of more objects than a reader takes. */
static size_t as_many_as_fit(const struct facts_push *list, size_t n)
{
	size_t count = 1, objects = list[0].part_count;

	while (count < n && objects + list[count].part_count <= FACTS_OBJECTS_MAX / 2)
		objects += list[count++].part_count;
	return count;
}

int facts_refs_push(struct facts_refs *f, struct facts_push *list, size_t n, struct arena *a, struct err *e)
{
	if (n == 0)
		return 0;
	if (n <= FACTS_SINGLE_MAX)
		return push_single(f, list, n, a, e);
	for (size_t first = 0, count; first < n; first += count) {
		count = as_many_as_fit(list + first, n - first);
		if (push_packed(f, list + first, count, false, a, e) != 0 ||
			push_packed(f, list + first, count, true, a, e) != 0)
			return -1;
	}
	return 0;
}
