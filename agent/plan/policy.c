#include "plan/policy.h"

#include "base/file.h"
#include "plan/content.h"

#include <string.h>

void change_set_done(struct change_set *c)
{
	arena_done(&c->arena);
	*c = (struct change_set){0};
}

static int refuse(struct err *e, const char *path, const char *why)
{
	return err_set(e, ERR_REFUSED, "%s: %s", path, why);
}

/* ---- paths ------------------------------------------------------------------------------------ */

/* What only a person changes. Globs without '/' match a name in any folder. */
static const struct {
	const char *glob, *why;
} protected_paths[] = {
	{"CODEOWNERS", "it says who must approve"},
	{".gitmodules", "it names submodules"},
	{".gitattributes", "it can change how git reads files"},
	{".gitconfig", "it configures git"},
	{".mailmap", "it names people"},
	{"*.pem", "it looks like a key or certificate"},
	{"*.key", "it looks like a key or certificate"},
	{"*.crt", "it looks like a key or certificate"},
	{"*.cer", "it looks like a key or certificate"},
	{"*.der", "it looks like a key or certificate"},
	{"*.p12", "it looks like a key or certificate"},
	{"*.pfx", "it looks like a key or certificate"},
	{"*.jks", "it looks like a key or certificate"},
	{"*.keystore", "it looks like a key or certificate"},
	{"*.gpg", "it looks like a key or signature"},
	{"*.asc", "it looks like a key or signature"},
	{"*.sig", "it looks like a key or signature"},
	{"id_rsa*", "it looks like a key"},
	{"id_ed25519*", "it looks like a key"},
	{"id_ecdsa*", "it looks like a key"},
	{"authorized_keys", "it grants access"},
	{"allowed_signers", "it grants access"},
	{"known_hosts", "it grants access"},
	{".env", "it may hold secrets"},
	{".env.*", "it may hold secrets"},
	{".npmrc", "it may hold secrets and redirects a registry"},
	{".yarnrc", "it may redirect a registry"},
	{".yarnrc.yml", "it may redirect a registry"},
	{".pypirc", "it may hold secrets"},
	{".netrc", "it may hold secrets"},
	{".htpasswd", "it holds secrets"},
	{"pip.conf", "it may redirect a registry"},
	{".husky/**", "it holds git hooks"},
	{".githooks/**", "it holds git hooks"},
	{".circleci/**", "it configures CI"},
	{".gitlab-ci.yml", "it configures CI"},
	{".travis.yml", "it configures CI"},
	{"azure-pipelines.yml", "it configures CI"},
	{"Jenkinsfile", "it configures CI"},
	{".buildkite/**", "it configures CI"},
	{".drone.yml", "it configures CI"},
};

static bool below_github(struct view path)
{
	return path.n >= 7 && view_eq_nocase(view_sub(path, 0, 7), VIEW(".github")) &&
	       (path.n == 7 || path.p[7] == '/');
}

/* A link or submodule on the way leads somewhere else. */
static int check_way(const char *path, const struct tree *tree, struct err *e)
{
	BUF_AUTO part = buf_new(BUF_LINE);
	enum tree_kind kind;

	for (const char *slash = strchr(path, '/');; slash = strchr(slash + 1, '/')) {
		buf_clear(&part);
		buf_add(&part, path, slash ? (size_t)(slash - path) : strlen(path));
		if (tree->stat(tree->context, buf_text(&part), &kind)) {
			if (kind == TREE_LINK)
				return refuse(e, path, "a symbolic link is in the way");
			if (kind == TREE_SUBMODULE)
				return refuse(e, path, "it lies in a submodule");
			if (slash)
				return refuse(e, path, "a file is in the way");
		}
		if (!slash)
			return 0;
	}
}

static int check_place(const char *path, const struct config *config, const struct tree *tree, struct err *e)
{
	struct view v = view_of(path);

	if (file_check_relative(v, e) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(protected_paths) / sizeof(*protected_paths); i++)
		if (file_glob(protected_paths[i].glob, v))
			return refuse(e, path, protected_paths[i].why);
	for (size_t i = 0; i < config->heal.deny.n; i++)
		if (file_glob(config->heal.deny.items[i], v))
			return err_set(e, ERR_REFUSED, "%s: heal.deny has %s", path, config->heal.deny.items[i]);
	return check_way(path, tree, e);
}

int policy_check_path(const char *path, const struct config *config, const struct tree *tree, struct err *e)
{
	if (below_github(view_of(path)))
		return refuse(e, path, "nothing below .github is changed");
	return check_place(path, config, tree, e);
}

/* The one exception below .github: a workflow file that is itself the cause, and then only for review. */
static bool may_touch_workflow(const char *path, const struct fixer *fixer, const struct finding *finding)
{
	/* A fixer of workflows knows that it is the cause, whatever else the finding is called: a missing submodule
	 * shows itself as a missing header. */
	bool cause = finding && fixer &&
		     (finding->category == CATEGORY_WORKFLOW || finding->category == CATEGORY_AUTH ||
			     finding->category == CATEGORY_VCS ||
			     (fixer->ecosystem && strcmp(fixer->ecosystem, "workflow") == 0));

	return cause && fixer && fixer->tier == TIER_REVIEW &&
	       file_glob(".github/workflows/*.{yml,yaml}", view_of(path));
}

static bool in_globs(const char *const *globs, const char *path)
{
	for (; *globs; globs++)
		if (file_glob(*globs, view_of(path)))
			return true;
	return false;
}

/* ---- one change ------------------------------------------------------------------------------- */

static bool is_file(enum tree_kind kind)
{
	return kind == TREE_FILE || kind == TREE_EXECUTABLE;
}

static bool is_binary(struct view v)
{
	return v.n && memchr(v.p, 0, v.n) != NULL;
}

static int check_change(const struct change *c, struct err *e)
{
	if ((c->existed && !is_file(c->old_kind)) || (c->exists && !is_file(c->new_kind)))
		return refuse(e, c->path, "links and submodules are never changed");
	if (c->old_content.n > FIXER_FILE_BYTES_MAX || c->new_content.n > FIXER_FILE_BYTES_MAX)
		return refuse(e, c->path, "the file is too large");
	if (is_binary(c->old_content) || is_binary(c->new_content))
		return refuse(e, c->path, "the file is binary");
	return content_check(c, e);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static int check_limits(
	const struct change_set *set, const struct fixer *fixer, const struct config *config, struct err *e)
{
	unsigned files = config->heal.max_files, lines = config->heal.max_changed_lines;
	size_t changed = (size_t)set->lines_added + set->lines_removed;

	if (fixer) {
		files = least(files, fixer->max_files);
		lines = least(lines, fixer->max_lines);
	}
	if (set->count > files)
		return err_set(e, ERR_REFUSED, "%zu files would change, the limit is %u", set->count, files);
	if (changed > lines)
		return err_set(e, ERR_REFUSED, "%zu lines would change, the limit is %u", changed, lines);
	return 0;
}

int policy_check(const struct change_set *changes, const struct fixer *fixer, const struct finding *finding,
	const struct config *config, const struct tree *tree, struct err *e)
{
	if (changes->count == 0)
		return err_set(e, ERR_REFUSED, "nothing would change");
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *c = &changes->items[i];
		bool workflow = may_touch_workflow(c->path, fixer, finding);

		if (workflow ? check_place(c->path, config, tree, e) : policy_check_path(c->path, config, tree, e))
			return -1;
		if (fixer && !in_globs(fixer->paths, c->path))
			return err_set(e, ERR_REFUSED, "%s: %s does not touch such files", c->path, fixer->id);
		if (check_change(c, e) != 0)
			return -1;
	}
	return check_limits(changes, fixer, config, e);
}
