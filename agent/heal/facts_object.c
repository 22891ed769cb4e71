#include "heal/facts_internal.h"

#include "base/clock.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE                                                                                                        \
	"Facts of CI runs\n\nWritten by runmedic, read by `runmedic history pull`. No branch, no code: it may be "     \
	"removed at any time.\n"
#define FIRST_LINE_MAX 200u
#define SHORT_ID 12

/* ---- writing --------------------------------------------------------------------------------------- */

void facts_object_begin(struct buf *b, int64_t at)
{
	char text[CLOCK_TEXT_MAX];

	buf_addf(b, "{\"schema\":\"" FACTS_SCHEMA "\",\"at\":\"%s\"}\n", clock_iso(at, text));
}

static bool is_name(struct view v)
{
	if (v.n == 0 || v.n > FACTS_NAME_MAX || v.p[0] == '-')
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", v.p[i]) || !v.p[i])
			return false;
	return true;
}

int facts_blob_write(struct facts_refs *f, const struct facts_part *p, struct facts_entry *ret, struct err *e)
{
	if (!is_name(view_of(p->name)) || p->text.n > FACTS_OBJECT_MAX)
		return err_set(e, ERR_LIMIT, "the facts of %.120s are larger than %zu bytes", p->name,
			(size_t)FACTS_OBJECT_MAX);
	*ret = (struct facts_entry){.name = p->name};
	if (git_blob_create_from_buffer(&ret->id, f->r->git, p->text.p ? p->text.p : "", p->text.n) != 0)
		return repository_error(e, "cannot keep the facts of %s", p->name);
	git_oid_tostr(ret->hex, sizeof(ret->hex), &ret->id);
	return 0;
}

static int add_entry(git_treebuilder *tree, const struct facts_entry *entry, struct err *e)
{
	const git_tree_entry *there = git_treebuilder_get(tree, entry->name);
	char other[FACTS_NAME_MAX + 1];
	const char *name = entry->name;
	int code;

	if (there && !git_oid_equal(git_tree_entry_id(there), &entry->id)) {
		snprintf(other, sizeof(other), "%.*s-%.*s", (int)FACTS_NAME_MAX - SHORT_ID - 1, name, SHORT_ID,
			entry->hex);
		name = other;
	}
	code = git_treebuilder_insert(NULL, tree, name, &entry->id, GIT_FILEMODE_BLOB);
	return code == 0 ? 0 : repository_error(e, "cannot keep the facts of %s", entry->name);
}

/* Who and when are not ours to tell: the same facts are the same commit. */
static int write_commit(struct facts_refs *f, const git_oid *tree_id, int64_t at, git_oid *ret, struct err *e)
{
	GIT_AUTO(git_tree) tree = NULL;
	GIT_AUTO(git_signature) who = NULL;
	git_time_t when = at == CLOCK_UNKNOWN || at < 0 ? 0 : at / CLOCK_SECOND;

	if (git_tree_lookup(&tree, f->r->git, tree_id) != 0 ||
		git_signature_new(&who, "runmedic", "runmedic@users.noreply.github.com", when, 0) != 0 ||
		git_commit_create(ret, f->r->git, NULL, who, who, NULL, MESSAGE, tree, 0, NULL) != 0)
		return repository_error(e, "cannot make a commit of facts");
	return 0;
}

int facts_commit_write(struct facts_refs *f, const struct facts_entry *entries, size_t n, int64_t at,
	char sha[GIT_OID_HEXSZ + 1], struct err *e)
{
	GIT_AUTO(git_treebuilder) builder = NULL;
	git_oid tree, commit;

	if (git_treebuilder_new(&builder, f->r->git, NULL) != 0)
		return repository_error(e, "cannot make a tree of facts");
	for (size_t i = 0; i < n; i++)
		if (add_entry(builder, &entries[i], e) != 0)
			return -1;
	if (git_treebuilder_write(&tree, builder) != 0)
		return repository_error(e, "cannot make a tree of facts");
	if (write_commit(f, &tree, at, &commit, e) != 0)
		return -1;
	git_oid_tostr(sha, GIT_OID_HEXSZ + 1, &commit);
	return 0;
}

/* ---- reading --------------------------------------------------------------------------------------- */

bool facts_has(const struct facts_refs *f, const char *sha)
{
	GIT_AUTO(git_odb) odb = NULL;
	git_oid id;

	return git_oid_fromstr(&id, sha) == 0 && git_repository_odb(&odb, f->r->git) == 0 && git_odb_exists(odb, &id);
}

static int find_tree(struct facts_refs *f, const char *sha, git_tree **ret, struct err *e)
{
	GIT_AUTO(git_commit) commit = NULL;
	git_oid id;

	if (git_oid_fromstr(&id, sha) != 0 || git_commit_lookup(&commit, f->r->git, &id) != 0 ||
		git_commit_tree(ret, commit) != 0)
		return err_set(e, ERR_INPUT, "no commit of facts");
	return 0;
}

int facts_commit_entries(struct facts_refs *f, const char *sha, struct arena *a, struct facts_entry **ret,
	size_t *ret_count, struct err *e)
{
	GIT_AUTO(git_tree) tree = NULL;
	size_t count;

	if (find_tree(f, sha, &tree, e) != 0)
		return -1;
	count = git_tree_entrycount(tree);
	if (count > FACTS_OBJECTS_MAX)
		return err_set(e, ERR_LIMIT, "%zu objects, more than %u", count, FACTS_OBJECTS_MAX);
	*ret = arena_array(a, count ? count : 1, sizeof(**ret));
	for (size_t i = 0; i < count; i++) {
		const git_tree_entry *one = git_tree_entry_byindex(tree, i);
		struct facts_entry *to = &(*ret)[i];

		if (git_tree_entry_type(one) != GIT_OBJECT_BLOB || !is_name(view_of(git_tree_entry_name(one))))
			return err_set(e, ERR_INPUT, "something else than facts");
		to->name = arena_text(a, git_tree_entry_name(one));
		git_oid_cpy(&to->id, git_tree_entry_id(one));
		git_oid_tostr(to->hex, sizeof(to->hex), &to->id);
	}
	*ret_count = count;
	return 0;
}

static int check_first_line(struct view text, int64_t *ret_at, struct err *e)
{
	struct view line = view_sub(text, 0, view_find_char(text, '\n'));
	struct err why;
	JSON_AUTO *j = line.n <= FIRST_LINE_MAX ? json_parse(line, FIRST_LINE_MAX, &why) : NULL;
	const char *schema = json_text(j, "schema");

	*ret_at = CLOCK_UNKNOWN;
	if (!schema || !view_starts(view_of(schema), "runmedic.facts/"))
		return err_set(e, ERR_INPUT, "no facts of runmedic");
	if (strcmp(schema, FACTS_SCHEMA) != 0)
		return err_set(
			e, ERR_UNAVAILABLE, "written by another version (%.40s); update runmedic to read it", schema);
	if (json_text(j, "at"))
		clock_parse(view_of(json_text(j, "at")), ret_at);
	return 0;
}

/* The size is asked for first. */
int facts_entry_text(
	struct facts_refs *f, const git_oid *id, git_blob **ret, struct view *ret_text, int64_t *ret_at, struct err *e)
{
	GIT_AUTO(git_odb) odb = NULL;
	git_object_t type;
	size_t size;

	*ret = NULL;
	if (git_repository_odb(&odb, f->r->git) != 0 || git_odb_read_header(&size, &type, odb, id) != 0)
		return err_set(e, ERR_INPUT, "an object is missing");
	if (size > FACTS_OBJECT_MAX)
		return err_set(e, ERR_LIMIT, "an object of %zu bytes, more than %zu", size, (size_t)FACTS_OBJECT_MAX);
	if (git_blob_lookup(ret, f->r->git, id) != 0)
		return err_set(e, ERR_INPUT, "an object cannot be read");
	*ret_text = view_make(git_blob_rawcontent(*ret), (size_t)git_blob_rawsize(*ret));
	if (check_first_line(*ret_text, ret_at, e) == 0)
		return 0;
	git_blob_free(*ret);
	*ret = NULL;
	return -1;
}
