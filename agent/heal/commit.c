/* commit.c - fixes as commits on a new branch. HEAD, index and work tree stay as they are. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/redact.h"
#include "heal/internal.h"

#include <string.h>

#define SUBJECT_MAX 72
#define NOBODY_NAME "runmedic"
#define NOBODY_EMAIL "runmedic@users.noreply.github.com"

/* "runmedic/<12 hex of the signature>-<6 hex of the base ref>". A failure without a signature is named by its rule. */
static const char *usual_name(struct arena *arena, const struct repository *r, const struct plan *plan)
{
	const struct finding *finding = plan->fix_count ? plan->fixes[0].finding : NULL;
	char of_rule[HASH_HEX_MAX], of_base[HASH_HEX_MAX];
	struct view name = view_of(finding ? finding->signature : NULL);

	if (view_starts(name, "1:"))
		name = view_from(name, 2);
	if (name.n < 12) {
		hash_view(view_of(finding ? finding->rule_id : NULL), of_rule);
		name = view_of(of_rule);
	}
	hash_view(view_of(r->branch ? r->branch : r->head_text), of_base);
	return arena_format(arena, "runmedic/%.12s-%.6s", name.p, of_base);
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

/* Text that may come from a log, as one harmless line: it must not become a trailer. */
static void add_line(struct buf *out, const char *label, const char *text, size_t max)
{
	BUF_AUTO flat = buf_new(BUF_LINE);
	BUF_AUTO safe = buf_new(BUF_LINE);
	struct view rest = view_trim(view_cut_utf8(view_of(text), BUF_LINE / 4)), line;

	while (view_next(&rest, '\n', &line)) {
		buf_add_text(&flat, flat.n ? " " : "");
		buf_add_view(&flat, view_trim(line));
	}
	redact_for_terminal(&safe, buf_view(&flat));
	buf_addf(out, "%s%.*s\n", label, VIEW_ARG(view_cut_utf8(view_trim(buf_view(&safe)), max)));
}

static void add_proof(struct buf *out, const struct healed_fix *fix)
{
	BUF_AUTO command = buf_new(BUF_LINE);

	for (const char *const *p = fix->proof.argv; p && *p; p++)
		buf_addf(&command, "%s%s", command.n ? " " : "", *p);
	if (fix->proof.says)
		add_line(out, "Proof: ", fix->proof.says, BUF_LINE);
	if (command.n)
		add_line(out, "Proof: exit status 0 of ", buf_text(&command), BUF_LINE);
}

/* The template of the configuration with what its words stand for. */
static const char *subject_of(struct arena *arena, const struct healed_fix *fix, const char *template)
{
	const struct fix_proposal *p = &fix->fix->proposal;
	const struct {
		const char *word, *stands_for;
	} words[] = {
		{"{summary}", p->summary ? p->summary : fix->fix->fixer->title},
		{"{fixer}", fix->fix->fixer->id},
		{"{rule}", fix->fix->finding->rule_id},
		{"{signature}", fix->fix->finding->signature},
	};
	BUF_AUTO out = buf_new(BUF_LINE);

	for (const char *at = template ? template : "{summary}"; *at;) {
		size_t i = 0;

		while (i < sizeof(words) / sizeof(*words) && !view_starts(view_of(at), words[i].word))
			i++;
		if (i == sizeof(words) / sizeof(*words)) {
			buf_add_char(&out, *at++);
			continue;
		}
		buf_add_text(&out, words[i].stands_for);
		at += strlen(words[i].word);
	}
	return arena_text(arena, buf_text(&out));
}

static void add_record(struct buf *out, const struct planned_fix *f)
{
	if (f->good + f->bad)
		buf_addf(out, "Runmedic-Record: %u of %u earlier fixes of this kind turned out good\n", f->good,
			f->good + f->bad);
}

static void make_message(
	struct buf *out, const struct healed_fix *fix, const git_signature *author, const struct heal_options *o)
{
	const struct fix_proposal *p = &fix->fix->proposal;
	const char *signature = fix->fix->finding->signature;
	ARENA_AUTO arena = {0};

	add_line(out, "", subject_of(&arena, fix, o->config->heal.subject), SUBJECT_MAX);
	buf_add_text(out, "\n");
	if (p->reason)
		add_line(out, "", p->reason, BUF_LINE);
	add_proof(out, fix);
	buf_add_text(out, "\n");
	if (*signature)
		add_line(out, "Runmedic-Signature: ", signature, BUF_LINE);
	if (fix->fix->finding->rule_id)
		add_line(out, "Runmedic-Rule: ", fix->fix->finding->rule_id, BUF_LINE);
	add_line(out, "Runmedic-Fixer: ", fix->fix->fixer->id, BUF_LINE);
	buf_addf(out, "Runmedic-Confidence: %.2f\n", fix->confidence);
	add_record(out, fix->fix);
	if (o->run_url_or_null)
		add_line(out, "Runmedic-Run: ", o->run_url_or_null, BUF_LINE);
	if (o->config->heal.sign_off)
		buf_addf(out, "Signed-off-by: %s <%s>\n", author->name, author->email);
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

	if (git_commit_lookup(&parent, r->git, &b->tip) != 0)
		return repository_error(e, "cannot read the commit at HEAD");
	if (find_author(&author, r, o->config, e) != 0 || write_tree(&tree, r, parent, changes, e) != 0)
		return -1;
	make_message(&message, fix, author, o);
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
