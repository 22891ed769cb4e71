/* What the default branch says: who may sign, what a result must reach. */
#include "cmd/local_verify.h"

#include "base/file.h"
#include "base/mem.h"
#include "github/repos.h"

#define CONFIG_BYTES_MAX ((size_t)1 << 20)
#define LOGIN_MAX 39u /* GitHub's own */
#define USER_KEYS_MAX 100u

/* 1 there, 0 not there, -1 */
static int read_rule(struct verifying *v, const char *path, size_t max, struct buf *ret, struct err *e)
{
	struct err why = {0};

	*ret = (struct buf){0};
	if (file_check_relative(view_of(path), e) < 0)
		return -1;
	if (github_file_get(v->remote->github, path, v->rules_at, max, ret, &why) == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	return err_set(e, why.code, "of the default branch: %.900s", why.text);
}

static int read_config(struct verifying *v, struct err *e)
{
	const char *path = v->wish->config ? v->wish->config : CONFIG_DEFAULT_PATH;
	struct config c;
	BUF_AUTO text = {0};
	int there = read_rule(v, path, CONFIG_BYTES_MAX, &text, e);

	if (there < 0)
		return -1;
	if (!there)
		return 0;
	if (config_parse(&c, buf_view(&text), path, e) < 0)
		return -1;
	config_done(&v->config);
	v->config = c;
	v->has_config = true;
	return 0;
}

/* ---- signing keys as GitHub lists them -------------------------------------------------------------------------- */

struct user_keys {
	struct buf *text;
	const char *login;
	unsigned count;
};

/* Only the type and the key of a line: a title is its owner's text. */
static bool on_key(void *context, const cJSON *item)
{
	struct user_keys *u = context;
	struct view rest = view_of(json_text(item, "key")), type, key;
	BUF_AUTO line = buf_new(BUF_LINE), blob = buf_new(SSH_KEY_BLOB_MAX);
	struct err e;

	if (!view_word(&rest, &type) || !view_word(&rest, &key))
		return true;
	buf_addf(&line, "%.*s %.*s", VIEW_ARG(type), VIEW_ARG(key));
	if (ssh_public_read(&blob, buf_view(&line), &e) < 0)
		return true;
	buf_addf(u->text, "\n%s@users.noreply.github.com namespaces=\"" SSHSIG_NAMESPACE "\" %s\n", u->login,
		buf_text(&line));
	return ++u->count < USER_KEYS_MAX;
}

static bool is_login(struct view login)
{
	for (size_t i = 0; i < login.n; i++) {
		char c = login.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return login.n > 0 && login.n <= LOGIN_MAX;
}

static int add_user_keys(struct verifying *v, struct buf *text, struct err *e)
{
	struct view rest = view_of(v->wish->github_keys), login;

	while (view_next(&rest, ',', &login)) {
		login = view_trim(login);
		if (!is_login(login))
			return err_set(e, ERR_USAGE, "--github-keys: '%.*s' is no login of GitHub", VIEW_ARG(login));
		struct user_keys u = {text, arena_view(&v->arena, login).p, 0};
		const char *path = arena_format(&v->arena, "/users/%s/ssh_signing_keys", u.login);

		if (github_each(v->remote->github, path, NULL, on_key, &u, NULL, e) < 0)
			return err_wrap(e, "the signing keys of %s", u.login);
		if (!u.count)
			verifying_note(v, "GitHub lists no signing key of %s", u.login);
	}
	return 0;
}

/* ---- signers ---------------------------------------------------------------------------------------------------- */

static int read_signers(struct verifying *v, struct err *e)
{
	BUF_AUTO file = {0}, text = buf_new(SIGNERS_BYTES_MAX);
	int there = read_rule(v, v->config.local.allowed_signers, SIGNERS_BYTES_MAX, &file, e);

	if (there < 0)
		return -1;
	buf_add_view(&text, buf_view(&file));
	if (v->wish->github_keys && add_user_keys(v, &text, e) < 0)
		return -1;
	if (text.full)
		return err_set(e, ERR_LIMIT, "the list of allowed signers is larger than %zu bytes", SIGNERS_BYTES_MAX);
	if (!view_trim(buf_view(&text)).n)
		return 0;
	if (signers_read(&v->signers, buf_view(&text), e) < 0)
		return err_wrap(e, "%.200s of the default branch", v->config.local.allowed_signers);
	v->has_signers = true;
	for (size_t i = 0; i < v->signers.note_count; i++)
		verifying_note(v, "%s: %s", v->config.local.allowed_signers, v->signers.notes[i]);
	return 0;
}

static int read_revoked(struct verifying *v, struct err *e)
{
	MEM_AUTO char *folder = file_folder(v->config.local.allowed_signers);
	MEM_AUTO char *joined = file_join(folder, LOCAL_REVOKED_FILE);
	const char *path = view_starts(view_of(joined), "./") ? joined + 2 : joined;
	BUF_AUTO bytes = {0};
	int there = read_rule(v, path, KRL_BYTES_MAX, &bytes, e);

	if (there <= 0)
		return there;
	if (revoked_read(&v->revoked, buf_view(&bytes), e) < 0)
		return err_wrap(e, "%.200s of the default branch", path);
	return 0;
}

int verify_rules(struct verifying *v, struct err *e)
{
	struct github_repo repo;
	struct github_branch branch;
	struct github *g = v->remote->github;

	if (github_repo_get(g, &v->arena, &repo, e) < 0)
		return -1;
	if (!repo.default_branch)
		return err_set(e, ERR_NETWORK, "GitHub does not say which branch is the default");
	v->default_branch = repo.default_branch;
	if (github_branch_get(g, repo.default_branch, &v->arena, &branch, e) < 0)
		return err_wrap(e, "the default branch");
	v->rules_at = branch.sha;
	if (read_config(v, e) < 0 || read_signers(v, e) < 0)
		return -1;
	return read_revoked(v, e);
}
