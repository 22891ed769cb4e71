/* runmedic local verify: is the posted result of this commit to be believed? */
#include "cmd/local_verify.h"

#include "base/file.h"
#include "cmd/step_files.h"
#include "store/claims.h"

#include <stdlib.h>

#define PATIENCE_MS (2 * 60 * 1000)

void verifying_note(struct verifying *v, const char *format, ...)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	va_list ap;

	if (v->note_count == LOCAL_VERIFY_NOTES_MAX)
		return;
	va_start(ap, format);
	buf_addv(&text, format, ap);
	va_end(ap);
	v->notes[v->note_count++] = arena_text(&v->arena, buf_text(&text));
}

/* ---- the verdict ---------------------------------------------------------------------------------------------------
 */

static int open_history(struct verifying *v, struct err *e)
{
	const struct verify_wish *w = v->wish;

	if (!w->db || (w->dry_run && !file_exists(w->db)))
		return 0;
	return store_open(&v->store, w->db, w->dry_run ? STORE_READ : STORE_WRITE, true, e);
}

/* Also what was rejected is written down; a nonce only where it was trusted. */
static int record(struct verifying *v, struct err *e)
{
	BUF_AUTO detail = buf_new(BUF_LINE);
	const struct trust_verdict *t = &v->verdict;

	if (!v->store || v->wish->dry_run)
		return 0;
	if (t->trusted && store_claim_trusted(v->store, t->statement.claim.nonce, t->statement.subject_commit, e) < 0)
		return -1;
	buf_addf(&detail, "%s %s %s", v->sha, trust_reason_name(t->reason), t->principal ? t->principal : "-");
	return store_audit(v->store, "local-verify", buf_text(&detail), e);
}

static int reach(struct verifying *v, struct err *e)
{
	if (open_history(v, e) < 0 || verify_rules(v, e) < 0 || verify_subject(v, e) < 0 || verify_judge(v, e) < 0)
		return -1;
	return record(v, e);
}

int local_judge(struct verifying *v, struct session *s, const struct verify_wish *w, struct err *e)
{
	const struct remote_options o = {.patience_ms = PATIENCE_MS};
	struct err why;

	*v = (struct verifying){.session = s, .wish = w, .sha = w->sha};
	config_defaults(&v->config);
	if (remote_open(&v->remote, s, &o, e) < 0)
		return -1;
	if (reach(v, e) == 0)
		return verify_tell(v, NULL, e);
	/* what an earlier verdict left there must not go on standing */
	v->trouble = true;
	(void)verify_tell(v, e->text, &why);
	return -1;
}

void verifying_done(struct verifying *v)
{
	statement_done(&v->verdict.statement);
	revoked_free(v->revoked);
	signers_done(&v->signers);
	config_done(&v->config);
	store_close(v->store);
	remote_close(v->remote);
	arena_done(&v->arena);
}

/* ---- the command
 * ----------------------------------------------------------------------------------------------------- */

bool verify_is_sha(const char *text)
{
	size_t n = text ? strspn(text, "0123456789abcdef") : 0;

	return text && !text[n] && (n == 40 || n == 64);
}

static int read_wish(struct verify_wish *ret, struct session *s, struct err *e)
{
	uint64_t pull, wait;
	bool ignore;
	const char *db = NULL;

	*ret = (struct verify_wish){.sha = args_text(s->args, "sha", NULL),
		.envelope = args_text(s->args, "envelope", NULL),
		.github_keys = args_text(s->args, "github-keys", session_variable(LOCAL_GITHUB_KEYS_VARIABLE)),
		.config = args_text(s->args, "config", NULL),
		.dry_run = args_flag(s->args, "dry-run")};
	if (args_number(s->args, "pull", INT32_MAX, 0, &pull, e) < 0 ||
		args_number(s->args, "wait", LOCAL_WAIT_MAX_S, 0, &wait, e) < 0)
		return -1;
	ret->pull = (int)pull;
	ret->wait_s = (unsigned)wait;
	if ((ret->sha != NULL) == (ret->pull != 0))
		return err_set(e, ERR_USAGE, "what is to be verified? give --sha SHA or --pull N");
	if (ret->sha && !verify_is_sha(ret->sha))
		return err_set(e, ERR_USAGE, "--sha takes a whole commit id, 40 digits, not '%.80s'", ret->sha);
	if (session_db_path(s, &db, &ignore, e) < 0)
		return -1;
	ret->db = args_text(s->args, "db", NULL) || file_exists(db) ? db : NULL;
	return 0;
}

static int answer(struct verifying *v, struct err *e)
{
	struct publish_local words;
	BUF_AUTO out = buf_new(BUF_PAGE);

	verify_words(v, NULL, &words);
	if (strcmp(args_text(v->session->args, "format", "text"), "json") == 0) {
		JSON_AUTO *j = publish_local_json(&words);
		json_print(&out, j);
		buf_add_char(&out, '\n');
	} else {
		publish_local_text(&out, &words);
	}
	return session_write(v->session, buf_view(&out), e);
}

static int output(bool trusted, struct err *e)
{
	return step_outputs_add(trusted ? VIEW("trusted=true\n") : VIEW("trusted=false\n"), e);
}

int local_verify(struct session *s, struct err *e)
{
	struct verify_wish wish;
	struct verifying v;

	/* first of all: whatever happens from here on, nobody reads "true" that was not written at the end */
	if (output(false, e) < 0 || read_wish(&wish, s, e) < 0)
		return -1;
	int rc = local_judge(&v, s, &wish, e);
	bool trusted = rc == 0 && v.verdict.trusted;

	if (rc == 0)
		rc = answer(&v, e);
	verifying_done(&v);
	if (rc == 0 && trusted)
		rc = output(true, e);
	return rc < 0 ? -1 : trusted ? EXIT_ANSWERED : EXIT_NO;
}
