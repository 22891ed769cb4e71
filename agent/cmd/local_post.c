/* runmedic local post: signs a result and posts it beside its commit. */
#include "cmd/local_post.h"

#include "attest/statement.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/step_files.h"
#include "heal/heal.h"
#include "heal/state.h"

#include <stdlib.h>
#include <unistd.h>

#define PATIENCE_MS (60 * 1000)

void local_posting_note(struct local_posting *p, const char *format, ...)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	va_list ap;

	if (p->note_count == LOCAL_NOTES_MAX)
		return;
	va_start(ap, format);
	buf_addv(&text, format, ap);
	va_end(ap);
	p->notes[p->note_count++] = arena_text(&p->arena, buf_text(&text));
}

/* ---- a result of another script lacks what only this clone knows ---------------------------------------------- */

static int take_state(struct local_posting *p, struct claim *c, struct err *e)
{
	struct repository_state state;

	if (repository_state(&state, p->checkout, e) < 0)
		return -1;
	if (strcmp(c->commit_sha, state.commit) != 0) {
		err_set(e, ERR_INPUT,
			"the result is of commit %.12s, HEAD is %.12s: run the checks again, or go back there",
			c->commit_sha, state.commit);
		repository_state_done(&state);
		return -1;
	}
	if (!c->tree) { /* whoever wrote it did not look at the files, so we do */
		c->tree = arena_text(&p->arena, state.tree);
		c->dirty = c->dirty || state.changed > 0;
		c->untracked = state.untracked > c->untracked ? state.untracked : c->untracked;
	}
	int rc = strcmp(c->tree, state.tree) == 0
			 ? 0
			 : err_set(e, ERR_INPUT, "the result is of tree %.12s, HEAD has %.12s", c->tree, state.tree);
	repository_state_done(&state);
	return rc;
}

int local_complete(struct local_posting *p, struct claim *c, struct err *e)
{
	const struct config *config;
	char digest[80], nonce[STEP_TOKEN_MAX];
	BUF_AUTO missing = buf_new(BUF_LINE);

	if (!c->commit_sha)
		return err_set(e, ERR_INPUT, "the result does not say of which commit it is");
	if (take_state(p, c, e) < 0 || session_config(p->session, &config, e) < 0)
		return -1;
	claim_config_digest(config, digest);
	step_token(nonce);
	c->nonce = c->nonce ? c->nonce : arena_text(&p->arena, nonce);
	c->config_digest = c->config_digest ? c->config_digest : arena_text(&p->arena, digest);
	c->runner = c->runner ? c->runner : "local";
	c->branch = c->branch ? c->branch : arena_text(&p->arena, repository_branch(p->checkout));
	c->repository = arena_text(&p->arena, p->remote->repository);
	if (c->expires == CLOCK_UNKNOWN && c->timestamp != CLOCK_UNKNOWN)
		c->expires = c->timestamp + CLAIM_LIFE_DEFAULT;
	return claim_complete(c, &missing) ? 0 : err_set(e, ERR_INPUT, "the result lacks %s", buf_text(&missing));
}

static void note_hopeless(struct local_posting *p, const struct claim *c)
{
	if (!c->passed)
		local_posting_note(p, "the result says that something failed: it will not be trusted");
	else if (c->dirty || c->untracked)
		local_posting_note(p, "files differed from the commit when the checks ran: it will not be trusted");
	else if (c->selection)
		local_posting_note(p, "only a selection ran: it will not be trusted");
	if (c->expires <= clock_now())
		local_posting_note(p, "the result has expired: run the checks again");
}

/* ---- the envelope as a file, until it is posted ---------------------------------------------------------------- */

static int keep(struct local_posting *p, struct err *e)
{
	MEM_AUTO char *path = file_join(repository_root(p->checkout), LOCAL_ENVELOPE_PATH);
	MEM_AUTO char *folder = file_folder(path);
	MEM_AUTO char *ignore = file_join(folder, ".gitignore");

	if (file_make_directories(folder, e) < 0)
		return -1;
	if (!file_exists(ignore) && file_write_atomic(ignore, VIEW("*\n"), 0644, e) < 0)
		return -1;
	p->file = arena_text(&p->arena, path);
	return file_write_atomic(path, buf_view(&p->envelope), 0600, e);
}

static int not_posted(struct local_posting *p, struct err *e)
{
	struct err why = *e;

	return err_set(e, why.code, "not posted: %.600s; the envelope is kept: `runmedic local post --envelope %.200s`",
		why.text, p->file);
}

/* ---- the answer ------------------------------------------------------------------------------------------------- */

static void answer_text(struct buf *out, const struct local_posting *p)
{
	if (p->was_there)
		buf_addf(out, "Already posted: the same result stands in %s.\n", p->remote->repository);
	else
		buf_addf(out, "Posted to " LOCAL_REF "%.12s of %s.\n", p->commit, p->remote->repository);
	if (p->keyid)
		buf_addf(out, "  signed with %s key %s\n", strcmp(p->format, "ssh") == 0 ? "SSH" : "Ed25519", p->keyid);
	if (p->status)
		buf_addf(out, "  %s `" LOCAL_CHECK "`: posted, not verified yet\n", p->status);
	if (p->dispatched)
		buf_add_text(out, "  asked for verification (repository_dispatch " LOCAL_EVENT ")\n");
	for (size_t i = 0; i < p->note_count; i++)
		buf_addf(out, "  note: %s\n", p->notes[i]);
}

static void answer_json(struct buf *out, const struct local_posting *p)
{
	JSON_AUTO *j = json_object();
	cJSON *notes = json_array();
	BUF_AUTO ref = buf_new(BUF_LINE);

	buf_addf(&ref, LOCAL_REF "%s", p->commit);
	json_add_text(j, "schema", "runmedic.post/1");
	json_add_text(j, "repository", p->remote->repository);
	json_add_text(j, "commit", p->commit);
	json_add_text(j, "tree", p->tree);
	json_add_view(j, "ref", buf_view(&ref));
	json_add_text(j, "keyid", p->keyid);
	json_add_text(j, "signature", p->format);
	json_add_bool(j, "new", !p->was_there);
	json_add_text(j, "status", p->status);
	json_add_bool(j, "dispatched", p->dispatched);
	for (size_t i = 0; i < p->note_count; i++)
		json_append_text(notes, p->notes[i]);
	json_add(j, "notes", notes);
	json_print(out, j);
	buf_add_char(out, '\n');
}

static int answer(const struct local_posting *p, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	if (strcmp(args_text(p->session->args, "format", "text"), "json") == 0)
		answer_json(&out, p);
	else
		answer_text(&out, p);
	return session_write(p->session, buf_view(&out), e) < 0 ? -1 : EXIT_ANSWERED;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static int begin(struct local_posting *p, struct session *s, struct err *e)
{
	const struct remote_options o = {.patience_ms = PATIENCE_MS};

	*p = (struct local_posting){.session = s};
	if (repository_open(&p->checkout, s->repo, e) < 0)
		return -1;
	return remote_open(&p->remote, s, &o, e);
}

static void end(struct local_posting *p)
{
	remote_close(p->remote);
	repository_free(p->checkout);
	buf_done(&p->envelope);
	arena_done(&p->arena);
}

static int send_and_answer(struct local_posting *p, struct err *e)
{
	if (local_send(p, e) < 0)
		return not_posted(p, e);
	int rc = answer(p, e);
	MEM_AUTO char *kept = file_join(repository_root(p->checkout), LOCAL_ENVELOPE_PATH);
	(void)unlink(kept); /* GitHub has it now */
	return rc;
}

static int post_claim(struct local_posting *p, struct claim *c, struct err *e)
{
	BUF_AUTO payload = buf_new(CLAIM_BYTES_MAX);
	int rc = local_complete(p, c, e);

	if (rc < 0)
		return -1;
	JSON_AUTO *statement = statement_json(c, p->remote->repository, p->remote->server);
	json_print(&payload, statement);
	if (payload.full)
		return err_set(e, ERR_LIMIT, "the result is larger than %zu bytes", CLAIM_BYTES_MAX);
	p->commit = arena_text(&p->arena, c->commit_sha);
	p->tree = arena_text(&p->arena, c->tree);
	note_hopeless(p, c);
	if (local_sign(p, buf_view(&payload), e) < 0 || keep(p, e) < 0)
		return -1;
	return send_and_answer(p, e);
}

int local_post_claim(struct session *s, const struct claim *c, struct err *e)
{
	struct local_posting p;
	struct claim copy = *c; /* what is filled in lives in the posting's arena */
	int rc = begin(&p, s, e);

	rc = rc < 0 ? rc : post_claim(&p, &copy, e);
	end(&p);
	return rc;
}

static int post_envelope(struct local_posting *p, const char *path, struct err *e)
{
	struct envelope v = {0};
	struct statement statement = {0};
	int rc;

	if (file_read(path, ENVELOPE_BYTES_MAX, &p->envelope, e) < 0 ||
		envelope_read(&v, buf_view(&p->envelope), e) < 0)
		return err_wrap(e, "%.200s", path);
	rc = statement_read(&statement, v.payload, e);
	if (rc == 0) {
		p->commit = arena_text(&p->arena, statement.subject_commit);
		p->tree = arena_text(&p->arena, statement.subject_tree);
		p->keyid = arena_text(&p->arena, v.keyid);
		p->format = v.format == ENVELOPE_SSHSIG ? "ssh" : "ed25519";
		p->file = path;
		note_hopeless(p, &statement.claim);
	}
	statement_done(&statement);
	envelope_done(&v);
	return rc < 0 ? err_wrap(e, "%.200s", path) : send_and_answer(p, e);
}

static int post_result(struct local_posting *p, const char *given, struct err *e)
{
	MEM_AUTO char *usual = file_join(repository_root(p->checkout), LOCAL_RESULT_PATH);
	const char *path = given ? given : usual;
	BUF_AUTO text = {0};
	struct claim c = {0};

	if (file_read(path, CLAIM_BYTES_MAX, &text, e) < 0)
		return e->code == ERR_NOT_FOUND && !given
			       ? err_set(e, ERR_NOT_FOUND, "there is no result yet: `runmedic local run` makes one")
			       : err_wrap(e, "%.200s", path);
	if (claim_read(&c, buf_view(&text), e) < 0)
		return err_wrap(e, "%.200s", path);
	int rc = post_claim(p, &c, e);
	claim_done(&c);
	return rc;
}

int local_post(struct session *s, struct err *e)
{
	struct local_posting p;
	const char *envelope = args_text(s->args, "envelope", NULL), *result = args_text(s->args, "result", NULL);

	if (envelope && result)
		return err_set(e, ERR_USAGE, "--result is signed, --envelope is signed already: give one of them");
	int rc = begin(&p, s, e);
	if (rc == 0)
		rc = envelope ? post_envelope(&p, envelope, e) : post_result(&p, result, e);
	end(&p);
	return rc;
}
