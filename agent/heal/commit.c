/* commit.c - fixes as commits on a new branch. HEAD, index and work tree stay as they are. */
#include "base/clock.h"
#include "base/mem.h"
#include "heal/internal.h"
#include "plan/delivery.h"

#define NOBODY_NAME "runmedic"
#define NOBODY_EMAIL "runmedic@users.noreply.github.com"

static const char *usual_name(struct arena *arena, const struct repository *r, const struct plan *plan)
{
	const struct finding *finding = plan->fix_count ? plan->fixes[0].finding : NULL;

	return delivery_branch(arena, finding ? finding->signature : NULL, finding ? finding->rule_id : NULL,
		r->branch ? r->branch : r->head_text);
}

static int check_name(const char *name, const char *full, struct repository *r, struct err *e)
{
	GIT_AUTO(git_reference) there = NULL;
	int valid = 0;

	if (git_reference_name_is_valid(&valid, full) != 0 || !valid || *name == '-')
		return err_set(e, ERR_USAGE, "%s is no name for a branch", name);
	if (git_reference_lookup(&there, r->git, full) == 0)
		return err_set(e, ERR_REFUSED, "branch %s exists already: look at it, or delete it", name);
	return 0;
}

int branch_prepare(struct branch *ret, struct arena *arena, struct repository *r, const struct plan *plan,
	const struct heal_options *o, struct err *e)
{
	*ret = (struct branch){
		.name = o->branch_or_null ? arena_text(arena, o->branch_or_null) : usual_name(arena, r, plan)};
	ret->full_name = arena_format(arena, "refs/heads/%s", ret->name);
	git_oid_cpy(&ret->tip, &r->head);
	return check_name(ret->name, ret->full_name, r, e);
}

static int configured_author(git_signature **ret, const char *author, git_time_t now, struct err *e)
{
	struct view all = view_of(author), name, mail;
	size_t open = view_find_char(all, '<');

	name = view_trim(view_sub(all, 0, open == VIEW_NONE ? 0 : open));
	mail = open == VIEW_NONE ? view_of(NULL) : view_trim(view_from(all, open + 1));
	if (name.n && mail.n > 1 && view_ends(mail, ">")) {
		MEM_AUTO char *who = mem_bytes(name.p, name.n), *where = mem_bytes(mail.p, mail.n - 1);

		if (git_signature_new(ret, who, where, now, 0) == 0)
			return 0;
	}
	return err_set(e, ERR_INPUT, "heal.author must be `Name <mail@example.org>`, not `%.80s`", author);
}

/* From the configuration, then the repository's own; what is empty or could not stand in a commit counts as missing. */
static int find_author(git_signature **ret, struct repository *r, const struct config *own, struct err *e)
{
	GIT_AUTO(git_config) config = NULL;
	const char *name = NULL, *email = NULL;
	git_time_t now = clock_now() / CLOCK_SECOND;

	if (own->heal.author)
		return configured_author(ret, own->heal.author, now, e);
	if (git_repository_config_snapshot(&config, r->git) == 0 &&
		git_config_get_string(&name, config, "user.name") == 0 &&
		git_config_get_string(&email, config, "user.email") == 0 &&
		git_signature_new(ret, name, email, now, 0) == 0)
		return 0;
	return git_signature_new(ret, NOBODY_NAME, NOBODY_EMAIL, now, 0) == 0 ? 0 : repository_error(e, "no author");
}

static void make_message(
	struct buf *out, const struct healed_fix *fix, const char *author_or_null, const struct heal_options *o)
{
	const struct planned_fix *f = fix->fix;
	const struct delivery_message m = {
		.summary = f->proposal.summary,
		.title = f->fixer->title,
		.reason = f->proposal.reason,
		.fixer = f->fixer->id,
		.rule = f->finding->rule_id,
		.signature = f->finding->signature,
		.run_url = o->run_url_or_null,
		.confidence = fix->confidence,
		.proof_argv = fix->proof.argv,
		.proof_says = fix->proof.says,
		.good = f->good,
		.bad = f->bad,
		.sign_off = author_or_null,
		.category = category_name(f->finding->category),
	};

	delivery_message(out, &m, o->config);
}

static int change_index(git_index *index, struct repository *r, const struct change *c, struct err *e)
{
	git_index_entry entry = {.path = c->path};

	if (!c->exists)
		return git_index_remove(index, c->path, 0) == 0 ? 0 : repository_error(e, "cannot remove %s", c->path);
	entry.mode = c->new_kind == TREE_EXECUTABLE ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
	if (git_blob_create_from_buffer(
		    &entry.id, r->git, c->new_content.n ? c->new_content.p : "", c->new_content.n) != 0 ||
		git_index_add(index, &entry) != 0)
		return repository_error(e, "cannot store %s", c->path);
	return 0;
}

/* Through an index in memory: the repository's own is not touched. */
static int write_tree(
	git_tree **ret, struct repository *r, const git_commit *parent, const struct change_set *changes, struct err *e)
{
	GIT_AUTO(git_index) index = NULL;
	GIT_AUTO(git_tree) old = NULL;
	git_oid id;

	if (git_commit_tree(&old, parent) != 0 || git_index_new(&index) != 0 || git_index_read_tree(index, old) != 0)
		return repository_error(e, "cannot read the tree to commit on");
	for (size_t i = 0; i < changes->count; i++)
		if (change_index(index, r, &changes->items[i], e) != 0)
			return -1;
	if (git_index_write_tree_to(&id, index, r->git) != 0 || git_tree_lookup(ret, r->git, &id) != 0)
		return repository_error(e, "cannot write the tree");
	return 0;
}

int branch_commit(struct branch *b, struct repository *r, const struct change_set *changes,
	const struct healed_fix *fix, const struct heal_options *o, struct err *e)
{
	GIT_AUTO(git_commit) parent = NULL;
	GIT_AUTO(git_tree) tree = NULL;
	GIT_AUTO(git_signature) author = NULL;
	BUF_AUTO message = buf_new(BUF_PAGE);
	ARENA_AUTO arena = {0};

	if (git_commit_lookup(&parent, r->git, &b->tip) != 0)
		return repository_error(e, "cannot read the commit at HEAD");
	if (find_author(&author, r, o->config, e) != 0 || write_tree(&tree, r, parent, changes, e) != 0)
		return -1;
	make_message(&message, fix, author ? arena_format(&arena, "%s <%s>", author->name, author->email) : NULL, o);
	if (commit_write(&b->tip, r->git, author, buf_text(&message), tree, parent, o, e) != 0)
		return -1;
	b->commits++;
	return 0;
}

int branch_publish(struct branch *b, struct repository *r, struct err *e)
{
	GIT_AUTO(git_reference) made = NULL;
	int code = b->exists ? git_reference_create_matching(
				       &made, r->git, b->full_name, &b->tip, 1, &b->published, "runmedic: fixes")
			     : git_reference_create(&made, r->git, b->full_name, &b->tip, 0, "runmedic: fixes");

	if (code == GIT_EEXISTS || code == GIT_EMODIFIED)
		return err_set(e, ERR_REFUSED, "branch %s exists already: look at it, or delete it", b->name);
	if (code != 0)
		return repository_error(e, "cannot create branch %s", b->name);
	git_oid_cpy(&b->published, &b->tip);
	b->exists = true;
	b->commits = 0;
	return 0;
}
