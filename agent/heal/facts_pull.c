#include "heal/facts_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define PULL_TRIES 3u

struct pulling {
	struct facts_refs *f;
	const struct facts_reader *reader;
	struct facts_pulled *result;
	struct arena arena;
	struct facts_list list;
	struct commit {
		const struct facts_ref *ref;
		struct facts_entry *entries;
		size_t count;
		bool left; /* not all of it was taken */
	} * commits;
	size_t count;
	git_oid *told; /* objects that others need, handed over */
	size_t told_count, told_cap;
	bool moved; /* a ref was gone when it was fetched: it was folded into another */
};

static void call_strange(struct pulling *p, struct commit *c, const struct err *why)
{
	c->left = true;
	p->result->strange++;
	p->reader->strange(p->reader->context, c->ref->name, why->text);
}

/* Those that are not known, fetched. */
static int fetch(struct pulling *p, struct err *e)
{
	const char **names = arena_array(&p->arena, p->list.count ? p->list.count : 1, sizeof(*names));

	p->commits = arena_array(&p->arena, p->list.count ? p->list.count : 1, sizeof(*p->commits));
	for (size_t i = 0; i < p->list.count; i++) {
		const struct facts_ref *ref = &p->list.items[i];

		if (p->reader->known(p->reader->context, ref->sha))
			continue;
		names[p->count] = ref->name;
		p->commits[p->count++].ref = ref;
	}
	p->result->fetched += p->count;
	return p->count ? git_refs_fetch(p->f->r, p->f->options, names, p->count, e) : 0;
}

static void list_entries(struct pulling *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct commit *c = &p->commits[i];
		struct err why = {0};

		if (!facts_has(p->f, c->ref->sha))
			p->moved = c->left = true;
		else if (facts_commit_entries(p->f, c->ref->sha, &p->arena, &c->entries, &c->count, &why) != 0)
			call_strange(p, c, &why);
	}
}

/* What others need is told once in each pull, known or not. */
static bool is_done(struct pulling *p, const struct facts_entry *entry)
{
	if (!view_starts(view_of(entry->name), FACTS_TESTS))
		return p->reader->known(p->reader->context, entry->hex);
	for (size_t i = 0; i < p->told_count; i++)
		if (git_oid_equal(&p->told[i], &entry->id))
			return true;
	MEM_PUSH(p->told, p->told_count, p->told_cap);
	git_oid_cpy(&p->told[p->told_count++], &entry->id);
	return false;
}

static int hand_over(struct pulling *p, struct commit *c, const struct facts_entry *entry, struct err *e)
{
	struct facts_blob blob = {.ref = c->ref->name, .name = entry->name, .id = entry->hex, .fork = c->ref->fork};
	GIT_AUTO(git_blob) object = NULL;
	struct err why;
	int64_t at;
	int rc;

	if (is_done(p, entry))
		return 0;
	if (facts_entry_text(p->f, &entry->id, &object, &blob.text, &at, &why) != 0) {
		call_strange(p, c, &why);
		return 0;
	}
	p->result->objects++;
	rc = p->reader->each(p->reader->context, &blob, e);
	if (rc > 0)
		c->left = true;
	return rc < 0 ? -1 : 0;
}

static int hand_over_all(struct pulling *p, bool tests, struct err *e)
{
	for (size_t i = 0; i < p->count; i++) {
		struct commit *c = &p->commits[i];

		for (size_t k = 0; k < c->count; k++)
			if (view_starts(view_of(c->entries[k].name), FACTS_TESTS) == tests &&
				hand_over(p, c, &c->entries[k], e) != 0)
				return -1;
		if (!tests && !c->left)
			p->reader->merged(p->reader->context, c->ref->name, c->ref->sha);
	}
	return 0;
}

static int pull_once(struct pulling *p, struct err *e)
{
	int rc = facts_list_read(&p->list, p->f->options, e);

	p->result->refs = p->list.count;
	if (rc == 0)
		rc = fetch(p, e);
	if (rc == 0) {
		list_entries(p);
		rc = hand_over_all(p, true, e) != 0 ? -1 : hand_over_all(p, false, e);
	}
	facts_list_done(&p->list);
	arena_done(&p->arena);
	free(p->told);
	return rc;
}

int facts_refs_pull(struct facts_refs *f, const struct facts_reader *r, struct facts_pulled *ret, struct err *e)
{
	*ret = (struct facts_pulled){0};
	for (unsigned tries = 0; tries < PULL_TRIES; tries++) {
		struct pulling p = {.f = f, .reader = r, .result = ret};

		if (pull_once(&p, e) != 0)
			return -1;
		if (!p.moved)
			break;
		if (r->pause && r->pause(r->context, e) != 0)
			return -1;
	}
	return 0;
}
