#include "fixers/diff/trust.h"

#include "base/file.h"
#include "fixers/edits.h"

#include <string.h>

/* Programs that print diffs of what they want changed. */
static const char *const printers[] = {"black", "isort", "autopep8", "yapf", "ruff", "docformatter", "pyupgrade",
	"autoflake", "darker", "usort", "ufmt", "blue", "add-trailing-comma", "sqlfmt", "djlint", "gofmt", "goimports",
	"gofumpt", "gci", "golangci-lint", "crlfmt", "shfmt", "shellcheck", "rustfmt", "cargo fmt", "clang-format",
	"git clang-format", "git-clang-format", "run-clang-format", "run-clang-format.py", "clang-format-diff",
	"clang-format-diff.py", "cmake-format", "gersemi", "fprettify", "terraform fmt", "tofu fmt", "terragrunt",
	"hclfmt", "buildifier", "buf", "taplo", "stylua", "nixfmt", "alejandra", "treefmt", "swiftformat", "scalafmt",
	"ormolu", "fourmolu", "jsonnetfmt", "zig fmt", "deno fmt", "prettier", "biome", "dprint", "yamlfmt", "mdformat",
	"cue fmt", NULL};

/* Programs that run others and need not print which. */
static const char *const runners[] = {"make", "gmake", "ninja", "just", "task", "tox", "nox", "hatch", "poetry", "pdm",
	"uv", "pipenv", "invoke", "inv", "npm", "npx", "yarn", "pnpm", "bun", "bunx", "pre-commit", "prek", "lefthook",
	"bazel", "bazelisk", "pants", "docker", "podman", "earthly", "nix", "bash", "sh", "super-linter", "trunk",
	"lint", "format", "fmt", NULL};

/* Words that only the named program prints beside its diffs. */
static const struct {
	const char *program, *starts, *has;
} words[] = {
	{"black", "would reformat ", ""},
	{"isort", "ERROR: ", "Imports are incorrectly sorted and/or formatted."},
	{"ruff", "", "would be reformatted"},
	{"rustfmt", "Diff in ", ":"},
	{"pre-commit", "All changes made by hooks:", ""},
};

static const char *spoken_by(const struct evidence *ev)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);

		for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
			if (view_starts(line, words[k].starts) && view_has(line, words[k].has))
				return words[k].program;
	}
	return NULL;
}

/* What people write behind a check of generated files. */
static bool says_stale(struct view text)
{
	static const char *const phrases[] = {"out of date", "out-of-date", "not up to date", "not up-to-date", "stale",
		"please run", "Please run", "forgot to", "uncommitted changes", "regenerate", "go generate",
		"not formatted", "is dirty", "differs from", NULL};

	for (const char *const *p = phrases; *p; p++)
		if (view_has(text, *p))
			return true;
	return false;
}

static bool any_says_stale(const struct evidence *ev)
{
	for (size_t i = 0; i < ev->text.count; i++)
		if (says_stale(evidence_line(ev, i)))
			return true;
	return false;
}

/* ---- git diff --------------------------------------------------------------------------------- */

static struct view without_quotes(struct view word)
{
	while (word.n && (*word.p == '"' || *word.p == '\''))
		word = view_from(word, 1);
	while (word.n && (word.p[word.n - 1] == '"' || word.p[word.n - 1] == '\''))
		word.n--;
	return word;
}

static bool is_path(const struct evidence *ev, struct view word)
{
	BUF_AUTO path = buf_new(BUF_LINE);
	enum tree_kind kind;

	while (view_starts(word, "./"))
		word = view_from(word, 2);
	while (word.n > 1 && word.p[word.n - 1] == '/')
		word.n--;
	if (view_is(word, ".") || view_has(word, "*") || view_starts(word, ":"))
		return true;
	if (file_check_relative(word, NULL) != 0 || !buf_add_view(&path, word))
		return false;
	return ev->q->tree->stat(ev->q->tree->context, buf_text(&path), &kind) ||
	       ev->q->tree->is_directory(ev->q->tree->context, buf_text(&path));
}

/* Only the work tree against HEAD is a list of wanted changes: between commits the same text may mean the reverse. */
static bool against_head(const struct evidence *ev, struct view arguments)
{
	static const char *const refused[] = {"-R", "--no-index", "--word-diff", "--color-words", "--merge-base", NULL};
	struct view word;

	while (view_word(&arguments, &word)) {
		word = without_quotes(word);
		if (view_is(word, "--"))
			return true;
		for (const char *const *r = refused; *r; r++)
			if (view_starts(word, *r))
				return false;
		if (word.n == 0 || view_starts(word, "-") || view_is(word, "HEAD") || view_is(word, "\\"))
			continue;
		if (!is_path(ev, word))
			return false;
	}
	return true;
}

enum git_use { GIT_NOT_RUN, GIT_OTHER, GIT_AGAINST_HEAD };

static enum git_use git_of_line(const struct evidence *ev, struct view line)
{
	static const char *const printing[] = {
		"git show", "git log", "git format-patch", "git stash", "git range-diff", NULL};
	struct view arguments;
	enum git_use use = GIT_NOT_RUN;

	for (const char *const *p = printing; *p; p++)
		if (command_starts(line, *p))
			return GIT_OTHER;
	while (command_find(line, "git diff", &arguments)) {
		if (!against_head(ev, arguments))
			return GIT_OTHER;
		use = GIT_AGAINST_HEAD;
		line = view_from(line, (size_t)(arguments.p + arguments.n - line.p));
	}
	return use;
}

static enum git_use git_use(const struct evidence *ev, size_t before)
{
	enum git_use use = git_of_line(ev, ev->command);

	for (size_t i = 0; i < before && i < ev->text.count && use != GIT_OTHER; i++) {
		struct view line = evidence_line(ev, i);

		if (view_has(line, "git ")) {
			enum git_use one = git_of_line(ev, line);

			use = one > use || one == GIT_OTHER ? one : use;
		}
	}
	return use;
}

/* ---- verdict ---------------------------------------------------------------------------------- */

static bool is_git(const struct diff *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (!d->files[i].git)
			return false;
	return true;
}

static const char *printer_of(const struct evidence *ev, size_t before)
{
	for (const char *const *p = printers; *p; p++)
		if (evidence_ran(ev, *p, before))
			return *p;
	return NULL;
}

static bool trust_git(struct diff_trust *ret, const struct evidence *ev, const struct diff *d, struct err *e)
{
	enum git_use use = git_use(ev, d->files[0].first);
	const char *printer = printer_of(ev, d->files[0].first);

	ret->program = "git diff";
	ret->ids_must_fit = true;
	if (use == GIT_OTHER)
		return fix_refuse(e, "the printed diff may compare other commits");
	if (use == GIT_AGAINST_HEAD)
		return true;
	if (printer) { /* git clang-format, treefmt and the like print git's form, some without ids */
		ret->program = printer;
		ret->ids_must_fit = evidence_ran_any(ev, evidence_tests, ev->text.count);
		return true;
	}
	if (any_says_stale(ev) && !evidence_ran_any(ev, evidence_tests, ev->text.count))
		return true;
	return fix_refuse(e, "nothing in the step says that a check printed the diff");
}

/* Somebody may print black's words to have a diff believed: they count where black was run, or may have been run
 * unseen, and where no test could have printed them. */
static bool may_speak(const struct evidence *ev, const char *speaker, size_t before)
{
	if (evidence_ran(ev, speaker, before))
		return true;
	if (evidence_ran_any(ev, evidence_tests, ev->text.count) && !evidence_ran(ev, "tox", before) &&
		!evidence_ran(ev, "nox", before))
		return false;
	bool own_script = view_starts(view_trim(ev->command), "./") || view_has(ev->command, ".sh");
	bool action = !ev->command.n && view_find_char(ev->name, '@') != VIEW_NONE;
	return action || own_script || evidence_ran_any(ev, runners, before);
}

/* Programs that lay text out and write no words of their own. */
static bool is_formatter(const char *program)
{
	static const char *const formatters[] = {"black", "isort", "yapf", "gofmt", "gofumpt", "shfmt", "rustfmt",
		"cargo fmt", "clang-format", "git clang-format", "git-clang-format", "terraform fmt", "tofu fmt",
		"stylua", "buildifier", "scalafmt", "zig fmt", "darker", "usort", "ufmt", "blue", "taplo", "crlfmt",
		NULL};

	for (const char *const *f = formatters; *f; f++)
		if (strcmp(*f, program) == 0)
			return true;
	return false;
}

static bool decide(struct diff_trust *ret, const struct evidence *ev, const struct diff *d, struct err *e)
{
	const char *speaker = spoken_by(ev), *printer;

	*ret = (struct diff_trust){.program = speaker};
	if (speaker && may_speak(ev, speaker, d->files[0].first))
		return true;
	if (is_git(d))
		return trust_git(ret, ev, d, e);
	printer = printer_of(ev, d->files[0].first);
	if (!printer)
		return fix_refuse(e, "no program that checks formatting printed the diff");
	if (evidence_ran_any(ev, evidence_tests, ev->text.count))
		return fix_refuse(e, "the step runs tests, too: they may have printed the diff");
	ret->program = printer;
	return true;
}

bool diff_trusted(struct diff_trust *ret, const struct evidence *ev, const struct diff *d, struct err *e)
{
	if (!decide(ret, ev, d, e))
		return false;
	ret->formats = is_formatter(ret->program) ||
		       (strcmp(ret->program, "ruff") == 0 && !evidence_ran(ev, "ruff check", ev->text.count));
	return true;
}
