#include "fixers/command/locks.h"

#include "fixers/command/tool.h"

#include <string.h>

static bool is_said(const struct evidence *ev, const char *const *says)
{
	for (size_t i = 0; i < ev->text.count; i++)
		for (const char *const *s = says; *s; s++)
			if (view_has(evidence_line(ev, i), *s))
				return true;
	return false;
}

/* Beside the package in whose folder the step ran. */
static const char *find_file(const struct evidence *ev, const char *name, struct arena *a)
{
	enum tree_kind kind;
	const struct tree *tree = ev->q->tree;
	const char *path = *ev->directory ? arena_format(a, "%s/%s", ev->directory, name) : name;

	return tree->stat(tree->context, path, &kind) && kind == TREE_FILE && !*ev->directory ? path : NULL;
}

int lock_propose(const struct lock *lock, const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	const char **files = arena_array(&ret->arena, 2, sizeof(*files));
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (!evidence_ran(&ev, lock->program, ev.text.count))
		return fix_refuse(e, "the step did not run %s", lock->program);
	if (!is_said(&ev, lock->says))
		return fix_refuse(e, "the step does not say that %s is stale", lock->file);
	files[0] = find_file(&ev, lock->file, &ret->arena);
	if (!files[0])
		return fix_refuse(e, "%s is not at the root of the repository", lock->file);
	ret->kind = FIX_COMMAND;
	ret->files = files;
	files[1] = lock->also;
	ret->file_count = lock->also ? 2 : 1;
	ret->argv = lock->fix;
	ret->tier = lock->review ? TIER_REVIEW : TIER_HEAL;
	ret->confidence = 0.93;
	ret->summary = lock->summary;
	ret->reason = arena_format(&ret->arena,
		"%s does not fit what it locks; %s mends that without new versions from a registry", lock->file,
		lock->program);
	ret->proof.argv = lock->check;
	ret->proof.says = "the lock file is accepted as it is";
	return 1;
}

static const struct lock cargo = {
	.program = "cargo",
	.file = "Cargo.lock",
	.says = LIST("because --locked was passed to prevent this", "needs to be updated but --locked was passed"),
	.fix = LIST("cargo", "update", "--workspace", "--offline"),
	.check = LIST("cargo", "metadata", "--locked", "--offline", "--format-version", "1"),
	.summary = "bring Cargo.lock up to date with the workspace",
};

static int propose_cargo(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	return lock_propose(&cargo, q, ret, e);
}

const struct fixer fixer_rust_cargo_lock = {
	.id = "rust/cargo-lock",
	.ecosystem = "rust",
	.title = "Bring Cargo.lock up to date",
	.what = "`the lock file needs to be updated but --locked was passed`: runs `cargo update --workspace "
		"--offline`.",
	.why_safe = "Only entries of the workspace's own packages change; without a network no new version of anything "
		    "can come in. "
		    "`--locked` must accept the result.",
	.tier = TIER_HEAL,
	.answers = LIST("rust/*", "cargo/*", "*lock*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("Cargo.lock"),
	.max_files = 1,
	.max_lines = 200,
	.kind = FIX_COMMAND,
	.runs_repository_code = true,
	.program = "cargo",
	.version_argv = LIST("cargo", "--version"),
	.heal_case = "rust-lock-stale",
	.refuse_case = "rust-borrow-error",
	.propose = propose_cargo,
};

static const struct lock npm = {
	.program = "npm",
	.file = "package-lock.json",
	.says = LIST("`npm ci` can only install packages when your package.json and package-lock.json"),
	.fix = LIST(
		"npm", "install", "--package-lock-only", "--ignore-scripts", "--offline", "--no-audit", "--no-fund"),
	.check = LIST("npm", "ci", "--dry-run", "--ignore-scripts", "--offline", "--no-audit", "--no-fund"),
	.summary = "bring package-lock.json up to date",
};

static int propose_npm(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	return lock_propose(&npm, q, ret, e);
}

const struct fixer fixer_js_npm_lock = {
	.id = "js/npm-lock",
	.ecosystem = "js",
	.title = "Bring package-lock.json up to date",
	.what = "`npm ci can only install packages when your package.json and package-lock.json are in sync`: runs npm "
		"with "
		"`--package-lock-only --offline`.",
	.why_safe = "Without a network only packages of the repository itself can be added: whatever must come from a "
		    "registry makes the "
		    "fix fail. No script of any package runs, and `npm ci` must accept the result.",
	.tier = TIER_HEAL,
	.answers = LIST("js/*", "npm/*", "*lock*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("package-lock.json"),
	.max_files = 1,
	.max_lines = 400,
	.kind = FIX_COMMAND,
	.runs_repository_code = true,
	.program = "npm",
	.version_argv = LIST("npm", "--version"),
	.heal_case = "js-npm-ci-out-of-sync",
	.refuse_case = "js-eresolve-peer",
	.propose = propose_npm,
};

#define LOCK_FIXER(lock, ...)                                                                                          \
	static int propose_##lock(const struct fix_request *q, struct fix_proposal *ret, struct err *e)                \
	{                                                                                                              \
		return lock_propose(&lock, q, ret, e);                                                                 \
	}                                                                                                              \
	const struct fixer fixer_##lock = {.kind = FIX_COMMAND, .propose = propose_##lock, __VA_ARGS__}

#define OFFLINE                                                                                                        \
	"Without a network no new version of anything can come in: whatever must come from a registry makes the fix "  \
	"fail. "

static const struct lock js_pnpm_lock = {
	.program = "pnpm",
	.file = "pnpm-lock.yaml",
	.says = LIST("ERR_PNPM_OUTDATED_LOCKFILE"),
	.fix = LIST("pnpm", "install", "--lockfile-only", "--ignore-scripts", "--offline", "--no-frozen-lockfile"),
	.check = LIST("pnpm", "install", "--lockfile-only", "--ignore-scripts", "--offline", "--frozen-lockfile"),
	.summary = "bring pnpm-lock.yaml up to date",
};
LOCK_FIXER(js_pnpm_lock, .id = "js/pnpm-lock", .ecosystem = "js", .title = "Bring pnpm-lock.yaml up to date",
	.what = "`ERR_PNPM_OUTDATED_LOCKFILE`: runs `pnpm install --lockfile-only --ignore-scripts --offline`.",
	.why_safe = OFFLINE "No script of any package runs, and `--frozen-lockfile` must accept the result.",
	.tier = TIER_HEAL, .answers = LIST("js/*", "*lock*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("pnpm-lock.yaml"), .max_files = 1, .max_lines = 400, .runs_repository_code = true,
	.program = "pnpm", .version_argv = LIST("pnpm", "--version"), .heal_case = "js-pnpm-lock-stale",
	.refuse_case = "js-eresolve-peer");

/* Its own place for it may be out of reach; node_modules, which it fills too, is nothing that git keeps. */
#define YARN_CACHE "--cache-folder", "node_modules/.yarn-cache"

static const struct lock js_yarn_lock = {
	.program = "yarn",
	.file = "yarn.lock",
	.says = LIST("Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`"),
	.fix = LIST("yarn", "install", "--offline", "--ignore-scripts", "--non-interactive", YARN_CACHE),
	.check = LIST("yarn", "install", "--offline", "--ignore-scripts", "--non-interactive", YARN_CACHE,
		"--frozen-lockfile"),
	.summary = "bring yarn.lock up to date",
};
LOCK_FIXER(js_yarn_lock, .id = "js/yarn-lock", .ecosystem = "js", .title = "Bring yarn.lock up to date",
	.what = "`Your lockfile needs to be updated, but yarn was run with --frozen-lockfile`: runs `yarn install "
		"--offline "
		"--ignore-scripts`.",
	.why_safe = OFFLINE "No script of any package runs, and `--frozen-lockfile` must accept the result.",
	.tier = TIER_HEAL, .answers = LIST("js/*", "*lock*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("yarn.lock"), .max_files = 1, .max_lines = 400, .runs_repository_code = true, .program = "yarn",
	.version_argv = LIST("yarn", "--version"), .heal_case = "js-yarn-lock-stale",
	.refuse_case = "js-eresolve-peer");

static const struct lock python_poetry_lock = {
	.program = "poetry",
	.file = "poetry.lock",
	.says = LIST("poetry.lock is not consistent with pyproject.toml",
		"poetry.lock is not up to date with pyproject.toml",
		"pyproject.toml changed significantly since poetry.lock was last generated"),
	.fix = LIST("poetry", "lock", "--no-update", "--no-interaction"),
	.check = LIST("poetry", "lock", "--check", "--no-interaction"),
	.summary = "bring poetry.lock up to date",
};
LOCK_FIXER(python_poetry_lock, .id = "python/poetry-lock", .ecosystem = "python",
	.title = "Bring poetry.lock up to date",
	.what = "`poetry.lock is not consistent with pyproject.toml`: runs `poetry lock --no-update`.",
	.why_safe = OFFLINE "`poetry lock --check` must accept the result.", .tier = TIER_HEAL,
	.answers = LIST("python/*", "*lock*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("poetry.lock"), .max_files = 1, .max_lines = 400, .runs_repository_code = true,
	.program = "poetry", .version_argv = LIST("poetry", "--version"), .heal_case = "py-poetry-lock-stale",
	.refuse_case = "py-pip-resolution-impossible");

static const struct lock php_composer_lock = {
	.program = "composer",
	.file = "composer.lock",
	.says = LIST("The lock file is not up to date with the latest changes in composer.json"),
	.fix = LIST("composer", "update", "--lock", "--no-install", "--no-scripts", "--no-plugins", "--no-interaction"),
	.check = LIST("composer", "validate", "--no-plugins", "--no-interaction", "--strict", "--no-check-publish"),
	.summary = "bring composer.lock up to date",
};
LOCK_FIXER(php_composer_lock, .id = "php/composer-lock", .ecosystem = "php", .title = "Bring composer.lock up to date",
	.what = "`The lock file is not up to date with the latest changes in composer.json`: runs `composer update "
		"--lock`, "
		"which keeps every locked version.",
	.why_safe = OFFLINE "No script and no plugin runs, and `composer validate --strict` must accept the result.",
	.tier = TIER_HEAL, .answers = LIST("php/*", "*lock*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("composer.lock"), .max_files = 1, .max_lines = 200, .runs_repository_code = true,
	.program = "composer", .version_argv = LIST("composer", "--version"), .heal_case = "php-composer-lock-stale",
	.refuse_case = "py-pip-resolution-impossible");

static const struct lock go_mod_tidy = {
	.program = "go",
	.file = "go.mod",
	.also = "go.sum",
	.says = LIST("go: updates to go.mod needed", "go: updates to go.sum needed",
		"is replaced but not required; to add it:", "missing go.sum entry"),
	.fix = LIST("go", "mod", "tidy"),
	.check = LIST("go", "list", "-mod=readonly", "-deps", "./..."),
	.summary = "bring go.mod up to date",
};
LOCK_FIXER(go_mod_tidy, .id = "go/mod-tidy", .ecosystem = "go", .title = "Bring go.mod and go.sum up to date",
	.what = "`updates to go.mod needed`, `missing go.sum entry`: runs `go mod tidy`.",
	.why_safe = OFFLINE "`go list -mod=readonly` must accept the result.", .tier = TIER_HEAL,
	.answers = LIST("go/*", "generic/*", "runner/*", "shell/*", "make/*"), .paths = LIST("go.mod", "go.sum"),
	.max_files = 2, .max_lines = 200, .runs_repository_code = true, .program = "go",
	.version_argv = LIST("go", "version"), .heal_case = "go-mod-tidy", .refuse_case = "go-test-assert");
