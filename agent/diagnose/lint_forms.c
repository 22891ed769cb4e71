/* How the lines of linters look. Special forms come before general ones: the first that fits is it. */
#include "diagnose/lint.h"

#include <string.h>

#define E SEVERITY_ERROR
#define W SEVERITY_WARNING
#define I SEVERITY_INFO
#define C_FILES "*.{c,h,cc,cpp,cxx,c++,hh,hpp,hxx,inl,ipp,m,mm,cu}"
#define PY_FILES "*.{py,pyi,ipynb}"
#define CSS_FILES "*.{css,scss,sass,less}"
#define YAML_FILES "*.{yml,yaml}"
#define LETTERS_DIGITS                                                                                                 \
	"{[A-Z],[A-Z][A-Z],[A-Z][A-Z][A-Z],[A-Z][A-Z][A-Z][A-Z]}{[0-9][0-9],[0-9][0-9][0-9],[0-9][0-9][0-9][0-9]}"
#define RUBY_CODE "[A-Z]*/**"
#define MD_CODE "MD[0-9]*/**"

/* clang-format off */
const struct lint_form lint_forms[] = {
	/* formatters that list files */
	{"black", LINT_WHOLE, "would reformat %p", .severity = E, .own_code = "format"},
	{"black", LINT_WHOLE, "error: cannot format %p: %m", .severity = E, .own_code = "parse"},
	{"isort", LINT_WHOLE, "ERROR: %p Imports are incorrectly sorted%_", .severity = E, .own_code = "imports"},
	{"ruff", LINT_WHOLE, "Would reformat: %p", .severity = E, .own_code = "format"},
	{"prettier", LINT_NOTHING, "[warn] %_ Run Prettier %_", .severity = W},
	{"prettier", LINT_WHOLE, "[warn] %p", .files = "*.*", .severity = W, .own_code = "format"},
	{"prettier", LINT_WHOLE, "[error] %p: %k: %m (%l:%c)", .severity = E},
	{"rustfmt", LINT_WHOLE, "Diff in %p at line %l:", .severity = E, .own_code = "format"},
	{"rustfmt", LINT_WHOLE, "Diff in %p:%l:", .severity = E, .own_code = "format"},
	{"clang-format", LINT_WHOLE, "%p:%l:%c: %s: %m [-W%k]", .code = "clang-format-violations", .severity = E},
	/* Python */
	{"ruff", LINT_WHOLE, "%p:%l:%c: %k [*] %m", .code = LETTERS_DIGITS, .severity = W, .flags = LINT_BY_LETTER},
	{"ruff", LINT_WHOLE, "%p:%l:%c: SyntaxError: %m", .files = PY_FILES, .severity = E, .own_code = "invalid-syntax"},
	{"ruff", LINT_WHOLE, "%p:%l:%c: invalid-syntax: %m", .severity = E, .own_code = "invalid-syntax"},
	{"ruff", LINT_TITLE, "%k [*] %m", .code = LETTERS_DIGITS, .severity = W, .flags = LINT_BY_LETTER},
	{"ruff", LINT_TITLE, "%k %m", .code = LETTERS_DIGITS, .severity = W, .flags = LINT_BY_LETTER},
	{"ruff", LINT_PLACE, "--> %p:%l:%c", .severity = W},
	{"ruff", LINT_WHOLE, "%p:%l:%c: %k %m", .code = LETTERS_DIGITS, .severity = W,
		.flags = LINT_BY_LETTER | LINT_TOLD},
	{"flake8", LINT_WHOLE, "%p:%l:%c: %k %m", .code = LETTERS_DIGITS, .severity = W, .flags = LINT_BY_LETTER},
	{"pylint", LINT_WHOLE, "%p:%l:%c: %k: %m", .code = "[CRWEFI][0-9][0-9][0-9][0-9]", .severity = W,
		.flags = LINT_BY_LETTER | LINT_FROM_ZERO},
	{"pylint", LINT_WHOLE, "%p:%l: [%k(%_), %_] %m", .severity = W, .flags = LINT_BY_LETTER},
	{"pylint", LINT_WHOLE, "%p(%l): [%k(%_)%_] %m", .severity = W, .flags = LINT_BY_LETTER},
	{"pyright", LINT_WHOLE, "%p:%l:%c - %s: %m (%k)", .files = PY_FILES},
	{"pyright", LINT_WHOLE, "%p:%l:%c - %s: %m", .files = PY_FILES},
	{"mypy", LINT_WHOLE, "%p:%l:%c: %s: %m [%k]", .files = PY_FILES, .flags = LINT_WITHOUT_NOTES},
	{"mypy", LINT_WHOLE, "%p:%l: %s: %m [%k]", .files = PY_FILES, .flags = LINT_WITHOUT_NOTES},
	{"mypy", LINT_WHOLE, "%p:%l:%c: %s: %m", .files = PY_FILES, .flags = LINT_WITHOUT_NOTES},
	{"mypy", LINT_WHOLE, "%p:%l: %s: %m", .files = PY_FILES, .flags = LINT_WITHOUT_NOTES},
	{"bandit", LINT_TITLE, ">> Issue: [%k:%_] %m", .severity = W},
	{"bandit", LINT_PLACE, "Location: %p:%l:%c", .severity = W},
	{"sqlfluff", LINT_HEAD, "== [%p] FAIL", .severity = W},
	{"sqlfluff", LINT_ITEM, "L: %l | P: %c | %k | %m", .severity = E},
	/* C and C++ */
	{"clang-tidy", LINT_WHOLE, "%p:%l:%c: %s: %m [%k,-warnings-as-errors]", .files = C_FILES},
	{"gcc", LINT_WHOLE, "%p:%l:%c: %s: %m [-Werror,-W%k]", .prefix = "-W"},
	{"gcc", LINT_WHOLE, "%p:%l:%c: %s: %m [-Werror=%k]", .prefix = "-W"},
	{"gcc", LINT_WHOLE, "%p:%l:%c: %s: %m [-W%k]", .prefix = "-W", .flags = LINT_WITHOUT_NOTES},
	{"gcc", LINT_WHOLE, "%p:%l:%c: fatal error: %m", .severity = E},
	{"clang-tidy", LINT_WHOLE, "%p:%l:%c: %s: %m [%k]", .code = "*-*", .files = C_FILES, .flags = LINT_WITHOUT_NOTES},
	{"clang-tidy", LINT_WHOLE, "%p:%l:%c: %s: %m [%k,%_]", .code = "*-*", .files = C_FILES},
	{"cppcheck", LINT_WHOLE, "%p:%l:%c: %s: %m [%k]", .files = C_FILES, .flags = LINT_WITHOUT_NOTES},
	{"gcc", LINT_WHOLE, "%p:%l:%c: %s: %m", .files = C_FILES, .flags = LINT_WITHOUT_NOTES},
	{"gcc", LINT_WHOLE, "%p:%l: %s: %m", .files = C_FILES, .flags = LINT_WITHOUT_NOTES},
	/* Ruby */
	{"rubocop", LINT_WHOLE, "%p:%l:%c: %s: [%w] %k: %m", .code = RUBY_CODE},
	{"rubocop", LINT_WHOLE, "%p:%l:%c: %s: %k: %m", .code = RUBY_CODE},
	{"rubocop", LINT_WHOLE, "%p:%l:%c: %k: %m", .code = RUBY_CODE, .severity = W},
	{"rubocop", LINT_HEAD, "== %p ==", .severity = W},
	{"rubocop", LINT_ITEM, "%s: %l: %c: [%w] %k: %m", .severity = W},
	{"rubocop", LINT_ITEM, "%s: %l: %c: %k: %m", .severity = W},
	/* Rust */
	{"rustc", LINT_TITLE, "%s[%k]: %m", .code = "E[0-9]*"},
	{"rustc", LINT_PLACE, "--> %p:%l:%c", .severity = W},
	{"clippy", LINT_PLACE, "--> %p:%l:%c", .severity = W},
	{"clippy", LINT_LATE, "= help: for further information visit %_/index.html#%k", .prefix = "clippy::"},
	{"clippy", LINT_LATE, "= note: `#[%w(%k)]`%_", .severity = W},
	{"clippy", LINT_LATE, "= note: `-%w %k` implied by %_", .severity = W},
	{"rustc", LINT_WHOLE, "%p:%l:%c: %s[%k]: %m", .files = "*.rs"},
	{"clippy", LINT_WHOLE, "%p:%l:%c: %s: %m", .files = "*.rs"},
	/* shell, YAML, Docker, Terraform, Ansible */
	{"shellcheck", LINT_WHOLE, "%p:%l:%c: %s: %m [%k]", .code = "SC[0-9]*"},
	{"shellcheck", LINT_HEAD, "In %p line %l:", .severity = W},
	{"shellcheck", LINT_ITEM, "^%_ %k (%s): %m", .code = "SC[0-9]*"},
	{"shellcheck", LINT_ITEM, "^%_ %k: %m", .code = "SC[0-9]*", .severity = W},
	{"yamllint", LINT_WHOLE, "%p:%l:%c: [%s] %m (%k)", .severity = W},
	{"yamllint", LINT_WHOLE, "%p:%l:%c: [%s] %m", .severity = W},
	{"yamllint", LINT_ITEM, "%l:%c %s %m  (%k)", .severity = W},
	{"actionlint", LINT_WHOLE, "%p:%l:%c: %m [%k]", .files = YAML_FILES, .severity = E},
	{"hadolint", LINT_WHOLE, "%p:%l %k %s: %m", .code = "{DL,SC}[0-9]*"},
	{"hadolint", LINT_WHOLE, "%p:%l:%c %m", .files = "*Dockerfile*", .severity = E},
	{"ansible-lint", LINT_WHOLE, "%p:%l:%c: %k: %m", .files = YAML_FILES, .severity = E},
	{"ansible-lint", LINT_WHOLE, "%p:%l: %k: %m", .files = YAML_FILES, .severity = E},
	{"ansible-lint", LINT_TITLE, "%k: %m", .severity = E, .flags = LINT_TOLD},
	{"ansible-lint", LINT_PLACE, "%p:%l:%c %_", .flags = LINT_TOLD},
	{"ansible-lint", LINT_PLACE, "%p:%l:%c", .flags = LINT_TOLD},
	{"ansible-lint", LINT_PLACE, "%p:%l %_", .flags = LINT_TOLD},
	{"ansible-lint", LINT_PLACE, "%p:%l", .flags = LINT_TOLD},
	{"tflint", LINT_TITLE, "%s: %m (%k)", .severity = W},
	{"tflint", LINT_PLACE, "on %p line %l:", .severity = W},
	/* JavaScript, TypeScript, CSS, Markdown */
	{"tsc", LINT_WHOLE, "%p(%l,%c): %s %k: %m", .code = "TS[0-9]*"},
	{"tsc", LINT_WHOLE, "%p:%l:%c - %s %k: %m", .code = "TS[0-9]*"},
	{"dotnet", LINT_WHOLE, "%p(%l,%c): %s %k: %m [%_]", .code = "[A-Z]*[0-9]"},
	{"dotnet", LINT_WHOLE, "%p(%l,%c): %s %k: %m", .code = "[A-Z]*[0-9]"},
	{"stylelint", LINT_WHOLE, "%p:%l:%c: %m (%k) [%s]", .severity = W},
	{"stylelint", LINT_WHOLE, "%p: line %l, col %c, %s - %m (%k)", .files = CSS_FILES},
	{"stylelint", LINT_ITEM, "%l:%c ✖ %m  %k", .severity = E},
	{"stylelint", LINT_ITEM, "%l:%c ⚠ %m  %k", .severity = W},
	{"stylelint", LINT_ITEM, "%l:%c × %m  %k", .severity = E},
	{"stylelint", LINT_ITEM, "%l:%c ‼ %m  %k", .severity = W},
	{"eslint", LINT_WHOLE, "%p:%l:%c: %m [%s/%k]", .severity = W},
	{"eslint", LINT_WHOLE, "%p:%l:%c: %m [%s]", .severity = W},
	{"eslint", LINT_WHOLE, "%p: line %l, col %c, %s - %m (%k)", .severity = W},
	{"eslint", LINT_WHOLE, "%p: line %l, col %c, %s - %m", .severity = W},
	{"eslint", LINT_WHOLE, "%p(%l,%c): %s %k : %m", .severity = W},
	{"eslint", LINT_ITEM, "%l:%c %s %m  %k", .severity = W},
	{"eslint", LINT_ITEM, "%l:%c %s %m", .severity = W},
	{"biome", LINT_HEAD, "%p:%l:%c %k ━%_", .severity = W},
	{"biome", LINT_HEAD, "%p:%l:%c %k %_━%_", .severity = W},
	{"biome", LINT_HEAD, "%p %k ━%_", .code = "{format,organizeImports,assist}"},
	{"biome", LINT_ONLY, "× %m", .severity = E},
	{"biome", LINT_ONLY, "! %m", .severity = W},
	{"biome", LINT_ONLY, "i %m", .severity = I},
	{"markdownlint", LINT_WHOLE, "%p:%l:%c %k %m", .code = MD_CODE, .severity = E},
	{"markdownlint", LINT_WHOLE, "%p:%l %k %m", .code = MD_CODE, .severity = E},
	{"markdownlint", LINT_WHOLE, "%p:%l:%c %s %k %m", .code = MD_CODE},
	{"markdownlint", LINT_WHOLE, "%p:%l %s %k %m", .code = MD_CODE},
	{"codespell", LINT_WHOLE, "%p:%l: %m ==> %_", .severity = W, .own_code = "spelling"},
	/* Go */
	{"staticcheck", LINT_WHOLE, "%p:%l:%c: %m (%k)", .code = "{SA,ST,S,QF,U}[0-9]*", .files = "*.go", .severity = W},
	{"golangci-lint", LINT_WHOLE, "%p:%l:%c: %m (%k)", .files = "*.go", .severity = E},
	{"golangci-lint", LINT_WHOLE, "%p:%l: %m (%k)", .files = "*.go", .severity = E},
	{"go vet", LINT_WHOLE, "vet: %p:%l:%c: %m", .files = "*.go", .severity = E, .own_code = "compile"},
	{"go vet", LINT_WHOLE, "%p:%l:%c: %m", .files = "*.go", .severity = E},
	/* PHP */
	{"psalm", LINT_WHOLE, "%s: %k - %p:%l:%c - %m", .severity = W},
	{"phpcs", LINT_WHOLE, "%p:%l:%c: %s - %m", .severity = W},
	{"phpcs", LINT_HEAD, "FILE: %p", .severity = W},
	{"phpcs", LINT_ITEM, "%l | %s | [%_] %m", .severity = W},
	{"phpcs", LINT_ITEM, "%l | %s | %m", .severity = W},
	{"php", LINT_WHOLE, "PHP Parse error: %m in %p on line %l", .severity = E, .own_code = "parse"},
	{"phpstan", LINT_ITEM, "%l %m", .severity = E, .flags = LINT_TOLD},
	{"phpstan", LINT_ITEM, ":%l %m", .severity = E, .flags = LINT_TOLD},
	{"phpstan", LINT_WHOLE, "%p:%l:%m", .files = "*.php", .severity = E, .flags = LINT_TOLD},
	/* the JVM, Swift, Lua */
	{"checkstyle", LINT_WHOLE, "[%s] %p:%l:%c: %m [%k]", .files = "*.{java,xml,properties}"},
	{"checkstyle", LINT_WHOLE, "[%s] %p:%l: %m [%k]", .files = "*.{java,xml,properties}"},
	{"maven", LINT_WHOLE, "[%s] %p:[%l,%c] %m", .severity = W},
	{"javac", LINT_WHOLE, "%p:%l: %s: [%k] %m", .files = "*.java"},
	{"javac", LINT_WHOLE, "%p:%l: %s: %m", .files = "*.java"},
	{"ktlint", LINT_WHOLE, "%p:%l:%c: %m (%k)", .files = "*.{kt,kts}", .severity = E},
	{"detekt", LINT_WHOLE, "%p:%l:%c: %m [%k]", .files = "*.{kt,kts}", .severity = E},
	{"scalastyle", LINT_WHOLE, "%s file=%p message=%m line=%l column=%c", .severity = W},
	{"scalastyle", LINT_WHOLE, "%s file=%p message=%m line=%l", .severity = W},
	{"swiftlint", LINT_WHOLE, "%p:%l:%c: %s: %m (%k)", .files = "*.swift"},
	{"luacheck", LINT_WHOLE, "%p:%l:%c: (%k) %m", .severity = W, .flags = LINT_BY_LETTER},
	/* what could be much else stands behind all that is more special */
	{"clippy", LINT_TITLE, "%s: %m", .severity = W},
	/* what many print; only for a tool that was told and is not above */
	{NULL, LINT_WHOLE, "%p:%l:%c: %s: %m [%k]", .severity = W},
	{NULL, LINT_WHOLE, "%p:%l:%c: %s: %m (%k)", .severity = W},
	{NULL, LINT_WHOLE, "%p:%l:%c: %s: %m", .severity = W},
	{NULL, LINT_WHOLE, "%p:%l: %s: %m", .severity = W},
	{NULL, LINT_WHOLE, "%p:%l:%c: %k: %m", .severity = W},
	{NULL, LINT_WHOLE, "%p:%l:%c: %m", .severity = W},
	{NULL, LINT_WHOLE, "%p:%l: %m", .severity = W},
	/* a line with nothing but a path heads what eslint, stylelint, yamllint say about it */
	{NULL, LINT_HEAD, "Line %p", .files = "*.php"},
	{NULL, LINT_HEAD, "%p", .files = "*.*"},
	{0},
};
/* clang-format on */

const char *lint_family(const char *tool)
{
	static const struct {
		const char *tool, *family;
	} names[] = {{"pycodestyle", "flake8"}, {"pydocstyle", "flake8"}, {"pyflakes", "flake8"}, {"clang", "gcc"},
		{"clang++", "gcc"}, {"g++", "gcc"}, {"cc", "gcc"}, {"cargo", "clippy"}, {"standardrb", "rubocop"},
		{"standard", "rubocop"}, {"basedpyright", "pyright"}, {"markdownlint-cli2", "markdownlint"},
		{"markdownlint-cli", "markdownlint"}, {"vue-tsc", "tsc"}, {"typescript", "tsc"}, {"govet", "go vet"},
		{"vet", "go vet"}, {"golangci", "golangci-lint"}, {"phpcbf", "phpcs"}, {"dmypy", "mypy"},
		{"msbuild", "dotnet"}, {"oxlint", "eslint"}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(tool, names[i].tool))
			return names[i].family;
	for (const struct lint_form *f = lint_forms; f->form; f++)
		if (f->tool && !strcmp(f->tool, tool))
			return f->tool;
	return "";
}
