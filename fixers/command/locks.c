#include "fixers/command/locks.h"

#include <string.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

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
	const char **files = arena_array(&ret->arena, 1, sizeof(*files));
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (!is_said(&ev, lock->says))
		return fix_refuse(e, "the step does not say that %s is stale", lock->file);
	files[0] = find_file(&ev, lock->file, &ret->arena);
	if (!files[0])
		return fix_refuse(e, "%s is not at the root of the repository", lock->file);
	ret->kind = FIX_COMMAND;
	ret->files = files;
	ret->file_count = 1;
	ret->argv = lock->fix;
	ret->tier = TIER_HEAL;
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
