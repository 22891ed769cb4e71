#include "heal/facts_internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define DELETE_MAX 500u /* refs in one push */
#define TESTS_HEX 12
#define TESTS_KEY "\"tests\":\""

struct compacting {
	struct facts_refs *f;
	const struct facts_compaction *how;
	struct facts_compacted *result;
	struct arena arena;
	struct facts_list list;
	char lease[GIT_OID_HEXSZ + 1]; /* ours */
	/* of the trust that is being folded */
	const struct facts_ref **folded;
	size_t folded_count;
	struct facts_entry *entries;
	size_t count, cap;
	int64_t newest;
};

static void call_strange(const struct compacting *c, const char *ref, const char *why)
{
	if (c->how->strange)
		c->how->strange(c->how->context, ref, why);
}

/* ---- lease ----------------------------------------------------------------------------------------- */

static int64_t lease_age(struct compacting *c)
{
	GIT_AUTO(git_commit) commit = NULL;
	const char *name = FACTS_REF_LEASE;
	git_oid id;
	struct err why;

	if (git_refs_fetch(c->f->r, c->f->options, &name, 1, &why) != 0 || git_oid_fromstr(&id, c->list.lease) != 0 ||
		git_commit_lookup(&commit, c->f->r->git, &id) != 0)
		return INT64_MAX; /* nobody's, whatever it is */
	return clock_now() / CLOCK_SECOND - git_commit_time(commit);
}

/* Two that begin in the same second must not look alike. */
static int write_lease(struct compacting *c, struct err *e)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	struct facts_part part = {.name = "lease"};
	struct facts_entry entry;

	buf_addf(&text, "%lld %lld %d\n", (long long)clock_now(), (long long)clock_monotonic(), (int)getpid());
	part.text = buf_view(&text);
	return facts_blob_write(c->f, &part, &entry, e) != 0
		       ? -1
		       : facts_commit_write(c->f, &entry, 1, clock_now(), c->lease, e);
}

static int take_lease(struct compacting *c, struct err *e)
{
	struct git_ref_push push = {.ref = FACTS_REF_LEASE, .sha = c->lease, .expected = c->list.lease};

	if (c->list.lease && !c->how->force && lease_age(c) < FACTS_LEASE_S)
		return err_set(e, ERR_BUSY,
			"another compaction is under way; if it was killed, --force takes over (or wait %d minutes)",
			FACTS_LEASE_S / 60);
	if (write_lease(c, e) != 0 || git_refs_push(c->f->r, c->f->options, &push, 1, &c->arena, e) != 0)
		return -1;
	return push.done ? 0 : err_set(e, ERR_BUSY, "another compaction has just begun (%s)", push.why);
}

static void give_lease_back(struct compacting *c)
{
	struct git_ref_push push = {.ref = FACTS_REF_LEASE, .expected = c->lease};

	git_refs_push(c->f->r, c->f->options, &push, 1, &c->arena, &(struct err){0});
}

/* ---- folding --------------------------------------------------------------------------------------- */

/* Reads all that is in a commit; one that holds anything strange stays as it is. */
static int gather(struct compacting *c, const struct facts_ref *ref, struct err *why)
{
	struct facts_entry *entries;
	size_t count, before = c->count;

	if (!facts_has(c->f, ref->sha))
		return err_set(why, ERR_NOT_FOUND, "it was moved meanwhile");
	if (facts_commit_entries(c->f, ref->sha, &c->arena, &entries, &count, why) != 0)
		return -1;
	if (before + count > FACTS_OBJECTS_MAX) /* nobody could read the commit that it became a part of */
		return err_set(why, ERR_NOTHING, "it is for the next time");
	for (size_t i = 0; i < count; i++) {
		GIT_AUTO(git_blob) blob = NULL;
		struct view text;
		int64_t at;

		if (facts_entry_text(c->f, &entries[i].id, &blob, &text, &at, why) != 0) {
			c->count = before;
			return -1;
		}
		if (at != CLOCK_UNKNOWN && at > c->newest)
			c->newest = at;
		if (c->how->before != CLOCK_UNKNOWN && at < c->how->before &&
			!view_starts(view_of(entries[i].name), FACTS_TESTS)) {
			c->result->dropped++;
			continue;
		}
		MEM_PUSH(c->entries, c->count, c->cap);
		c->entries[c->count++] = entries[i];
	}
	return 0;
}

static int by_content(const void *left, const void *right)
{
	const struct facts_entry *a = left, *b = right;
	int order = git_oid_cmp(&a->id, &b->id);

	return order ? order : strcmp(a->name, b->name);
}

static int by_name(const void *left, const void *right)
{
	const struct facts_entry *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : git_oid_cmp(&a->id, &b->id);
}

/* Each content once, then in an order that does not depend on where it came from. */
static void unite(struct compacting *c)
{
	size_t kept = 0;

	if (c->count == 0)
		return;
	qsort(c->entries, c->count, sizeof(*c->entries), by_content);
	for (size_t i = 1; i < c->count; i++)
		if (!git_oid_equal(&c->entries[i].id, &c->entries[kept].id))
			c->entries[++kept] = c->entries[i];
	c->count = kept + 1;
	qsort(c->entries, c->count, sizeof(*c->entries), by_name);
}

static void mark_needed(struct compacting *c, struct view text, bool *needed)
{
	for (size_t at; (at = view_find(text, TESTS_KEY)) != VIEW_NONE;) {
		text = view_from(text, at + strlen(TESTS_KEY));
		for (size_t i = 0; i < c->count; i++) {
			struct view name = view_of(c->entries[i].name);

			if (view_starts(name, FACTS_TESTS) &&
				view_eq(view_sub(name, strlen(FACTS_TESTS), TESTS_HEX), view_sub(text, 0, TESTS_HEX)))
				needed[i] = true;
		}
	}
}

/* Lists of tests that nothing names any more, when something was dropped. */
static void drop_unneeded(struct compacting *c)
{
	bool *needed = mem_array(c->count + 1, sizeof(*needed));
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++) {
		GIT_AUTO(git_blob) blob = NULL;
		struct view text;
		int64_t at;

		if (view_starts(view_of(c->entries[i].name), FACTS_TESTS))
			continue;
		needed[i] = true;
		if (facts_entry_text(c->f, &c->entries[i].id, &blob, &text, &at, &(struct err){0}) == 0)
			mark_needed(c, text, needed);
	}
	for (size_t i = 0; i < c->count; i++)
		if (needed[i])
			c->entries[kept++] = c->entries[i];
	c->count = kept;
	free(needed);
}

static int push_folded(struct compacting *c, bool fork, const char **ret_ref, struct err *e)
{
	char sha[GIT_OID_HEXSZ + 1];
	struct git_ref_push push = {.sha = sha};

	if (facts_commit_write(c->f, c->entries, c->count, c->newest, sha, e) != 0)
		return -1;
	push.ref = arena_format(&c->arena, "%s" FACTS_PACKED "%.12s", facts_prefix(fork), sha);
	if (git_refs_push(c->f->r, c->f->options, &push, 1, &c->arena, e) != 0)
		return -1;
	if (!push.done)
		return err_set(e, ERR_BUSY, "cannot make %s: %s", push.ref, push.why);
	*ret_ref = push.ref;
	c->result->after++;
	for (size_t i = 0; i < c->list.count; i++)
		if (!strcmp(c->list.items[i].name, push.ref))
			c->result->after--; /* it was there: all of it is in one already */
	return 0;
}

/* Each at the commit that was folded, and never the one that holds them now. */
static int remove_refs(
	struct compacting *c, const struct facts_ref *const *refs, size_t n, const char *but, struct err *e)
{
	struct git_ref_push *push = arena_array(&c->arena, DELETE_MAX, sizeof(*push));

	for (size_t first = 0; first < n; first += DELETE_MAX) {
		size_t count = 0;

		for (size_t i = first; i < n && i < first + DELETE_MAX; i++)
			if (!but || strcmp(refs[i]->name, but) != 0)
				push[count++] = (struct git_ref_push){.ref = refs[i]->name, .expected = refs[i]->sha};
		if (git_refs_push(c->f->r, c->f->options, push, count, &c->arena, e) != 0)
			return -1;
		for (size_t i = 0; i < count; i++)
			if (push[i].done)
				c->result->after--;
			else
				c->result->moved++;
	}
	return 0;
}

static bool wants(const struct compacting *c, const struct facts_ref *ref, bool fork, bool packed_too)
{
	return ref->fork == fork && (!ref->packed || packed_too || c->how->force);
}

static int fold(struct compacting *c, bool fork, bool packed_too, struct err *e)
{
	const char *packed = NULL;
	bool all = true;

	c->folded_count = c->count = 0;
	c->newest = 0;
	for (size_t i = 0; i < c->list.count; i++) {
		const struct facts_ref *ref = &c->list.items[i];
		struct err why;

		if (!wants(c, ref, fork, packed_too))
			continue;
		if (c->count >= FACTS_OBJECTS_MAX / 2) {
			all = false; /* the rest is for the next time */
			break;
		}
		if (gather(c, ref, &why) == 0)
			c->folded[c->folded_count++] = ref;
		else if (why.code == ERR_NOTHING)
			all = false;
		else if (why.code != ERR_NOT_FOUND)
			call_strange(c, ref->name, why.text);
	}
	unite(c);
	if (c->how->before != CLOCK_UNKNOWN && all)
		drop_unneeded(c);
	if (c->folded_count == 0)
		return 0;
	if (c->count && push_folded(c, fork, &packed, e) != 0)
		return -1;
	c->result->objects += c->count;
	return remove_refs(c, c->folded, c->folded_count, packed, e);
}

static int fetch_all(struct compacting *c, bool packed_too, struct err *e)
{
	const char **names = arena_array(&c->arena, c->list.count + 1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < c->list.count; i++)
		if (wants(c, &c->list.items[i], c->list.items[i].fork, packed_too))
			names[n++] = c->list.items[i].name;
	return git_refs_fetch(c->f->r, c->f->options, names, n, e);
}

static int compact(struct compacting *c, bool packed_too, struct err *e)
{
	int rc;

	if (take_lease(c, e) != 0)
		return -1;
	rc = fetch_all(c, packed_too, e);
	if (rc == 0)
		rc = fold(c, false, packed_too, e);
	if (rc == 0)
		rc = fold(c, true, packed_too, e);
	give_lease_back(c);
	return rc;
}

static int begin(struct compacting *c, struct err *e)
{
	size_t loose = 0, packed = 0;

	if (facts_list_read(&c->list, c->f->options, e) != 0)
		return -1;
	c->folded = arena_array(&c->arena, c->list.count + 1, sizeof(*c->folded));
	c->result->before = c->result->after = c->list.count;
	for (size_t i = 0; i < c->list.count; i++)
		*(c->list.items[i].packed ? &packed : &loose) += 1;
	if (!c->how->force && loose <= FACTS_LOOSE_MAX && packed <= FACTS_PACKED_MAX)
		return err_set(e, ERR_NOTHING, "%zu refs of single runs and %zu of many: few enough", loose, packed);
	return compact(c, packed > FACTS_PACKED_MAX, e);
}

int facts_refs_compact(
	struct facts_refs *f, const struct facts_compaction *how, struct facts_compacted *ret, struct err *e)
{
	struct compacting c = {.f = f, .how = how, .result = ret};
	int rc;

	*ret = (struct facts_compacted){0};
	rc = begin(&c, e);
	facts_list_done(&c.list);
	arena_done(&c.arena);
	free(c.entries);
	return rc;
}

int facts_refs_remove(struct facts_refs *f, size_t *ret, struct err *e)
{
	struct facts_compacted result = {0};
	struct compacting c = {.f = f, .result = &result};
	int rc = facts_list_read(&c.list, f->options, e);

	if (rc == 0) {
		result.before = result.after = c.list.count;
		c.folded = arena_array(&c.arena, c.list.count + 1, sizeof(*c.folded));
		for (size_t i = 0; i < c.list.count; i++)
			c.folded[i] = &c.list.items[i];
		rc = remove_refs(&c, c.folded, c.list.count, NULL, e);
	}
	*ret = result.before - result.after;
	facts_list_done(&c.list);
	arena_done(&c.arena);
	return rc;
}
