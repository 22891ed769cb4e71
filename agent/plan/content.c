#include "plan/content.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/redact.h"

#include <stdlib.h>
#include <string.h>

#define SECRET_WORD_MIN 8u /* shorter words of a line cannot be the secret */
#define NUMBER_REACH 24u   /* how far behind its key a threshold may stand */
#define FLOORS_MAX 16u     /* of one key in one file */

/* Comments and attributes that tell a checker to be quiet. */
static const char *const suppressions[] = {"noqa", "type: ignore", "type:ignore", "pyright: ignore", "pylint: disable",
	"pylint:disable", "mypy: ignore", "fmt: off", "fmt:off", "isort:skip", "isort: skip", "nosec",
	"pragma: no cover", "pragma: no mutate", "eslint-disable", "tslint:disable", "stylelint-disable",
	"prettier-ignore", "biome-ignore", "deno-lint-ignore", "@ts-ignore", "@ts-nocheck", "@ts-expect-error",
	"istanbul ignore", "c8 ignore", "v8 ignore", "nolint", "lint:ignore", "exhaustruct:ignore", "NOLINT",
	"cppcheck-suppress", "NOSONAR", "LCOV_EXCL", "GCOVR_EXCL", "clang-format off", "#pragma GCC diagnostic ignored",
	"#pragma clang diagnostic ignored", "#[allow(", "#![allow(", "#[rustfmt::skip]", "@SuppressWarnings",
	"@SuppressFBWarnings", "@Suppress(", "CHECKSTYLE:OFF", "@phpstan-ignore", "phpcs:ignore", "phpcs:disable",
	"rubocop:disable", "rubocop:todo", "shellcheck disable", "hadolint ignore", "yamllint disable",
	"markdownlint-disable", "tfsec:ignore", "checkov:skip", "codespell:ignore", "spell-checker:disable",
	"cspell:disable", "swiftlint:disable", "ktlint-disable", "#pragma warning disable", "scalastyle:off",
	"credo:disable"};

/* Ways to not run a test. */
static const char *const skips[] = {"pytest.mark.skip", "pytest.mark.xfail", "pytest.skip(", "pytest.xfail(",
	"pytest.importorskip(", "unittest.skip", "self.skipTest(", "expectedFailure", "__test__ = False", "it.skip(",
	"it.todo(", "test.skip(", "test.todo(", "test.fixme(", "test.failing(", "describe.skip(", "context.skip(",
	"xit(", "xdescribe(", "xtest(", "it.only(", "test.only(", "describe.only(", "fdescribe(", "this.skip(",
	"t.Skip(", "t.Skipf(", "t.SkipNow(", "b.Skip(", "testing.Short()", "#[ignore", "#[should_panic", "@Ignore",
	"@Disabled", "@DisabledIf", "assumeTrue(", "assumeFalse(", "Assume.", "[Ignore", "Skip =", "GTEST_SKIP",
	"DISABLED_", "SKIP_TEST", "markTestSkipped", "markTestIncomplete", "pending(", "skip_test", "@tag :skip",
	"@tag skip"};

/* Words with which tests say what they expect. */
static const char *const asserts[] = {"assert", "Assert", "ASSERT", "expect(", "expect ", "EXPECT_", "should",
	"t.Error", "t.Fatal", "t.Fail", "require.", "CHECK(", "REQUIRE(", "verify(", "pytest.raises", "must_equal",
	"is_expected", "XCT", "fail("};

/* Beginnings of tests. */
static const char *const tests[] = {"def test", "class Test", "func Test", "func Benchmark", "func Fuzz", "func test",
	"#[test]", "#[tokio::test", "@Test", "@ParameterizedTest", "[Test]", "[Fact]", "[Theory]", "[TestMethod]",
	"TEST(", "TEST_F(", "TEST_P(", "TEST_CASE(", "it(", "test(", "describe(", "it '", "it \"", "test '", "test \"",
	"function test", "@pytest.mark.parametrize", "cmocka_unit_test", "START_TEST("};

/* Keys of thresholds: a lower number asks for less. */
static const char *const floors[] = {"fail_under", "fail-under", "minimum_coverage", "coverageThreshold", "branches",
	"functions", "lines", "statements", "target", "threshold", "min_coverage", "minimum", "pass_rate"};

/* Keys of limits: a higher number allows more. */
static const char *const ceilings[] = {"max-warnings", "max-line-length", "max_line_length", "line-length",
	"max-complexity", "maxWarnings", "--warnings"};

/* Keys that tell a checker what not to look at. */
static const char *const silencers[] = {"ignore", "exclude", "omit", "disable", "skip", "\"off\"", "'off'", "allow"};

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* How often `needle` stands at the start of a word (or anywhere, when it does not begin with a letter). */
static size_t count_of(struct view text, const char *needle)
{
	size_t n = 0, length = strlen(needle);

	for (size_t at = view_find(text, needle), from = 0; at != VIEW_NONE;
		at = view_find(view_from(text, from), needle)) {
		size_t place = from + at;

		n += !is_word(*needle) || place == 0 || !is_word(text.p[place - 1]);
		from = place + length;
	}
	return n;
}

#define COUNT(list, text) count_all(list, sizeof(list) / sizeof(*(list)), text)
static size_t count_all(const char *const *list, size_t n, struct view text)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += count_of(text, list[i]);
	return sum;
}

bool content_is_test(const char *path)
{
	static const char *const globs[] = {"test/**", "tests/**", "**/test/**", "**/tests/**", "**/__tests__/**",
		"spec/**", "**/spec/**", "e2e/**", "**/e2e/**", "test_*", "*_test.*", "*_tests.*", "*.test.*",
		"*.spec.*", "*_spec.rb", "*Test.java", "*Tests.java", "*IT.java", "*Test.kt", "*Tests.cs", "*Test.php",
		"*Tests.swift", "conftest.py", NULL};

	for (const char *const *g = globs; *g; g++)
		if (file_glob(*g, view_of(path)))
			return true;
	return false;
}

/* ---- lines that are new ------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
	return view_cmp(*(const struct view *)a, *(const struct view *)b);
}

struct line_set {
	struct view *items;
	size_t count;
};

static struct line_set lines_of(struct view text)
{
	struct line_set set = {0};
	struct view line;
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	set.items = mem_array(n, sizeof(*set.items));
	while (view_next(&text, '\n', &line))
		set.items[set.count++] = line;
	qsort(set.items, set.count, sizeof(*set.items), by_text);
	return set;
}

static bool has_line(const struct line_set *set, struct view line)
{
	return bsearch(&line, set->items, set->count, sizeof(*set->items), by_text) != NULL;
}

static bool is_marker(struct view line)
{
	return view_starts(line, "<<<<<<< ") || view_starts(line, ">>>>>>> ") || view_starts(line, "||||||| ");
}

static bool is_token(char c)
{
	return is_word(c) || strchr("+/=.-~", c) != NULL;
}

/* A secret that only moved was there before: all longer words of the line stood in the old text. */
static bool words_known(struct view line, struct view old)
{
	for (size_t i = 0; i < line.n;) {
		BUF_AUTO word = buf_new(BUF_FILE);

		while (i < line.n && is_token(line.p[i]))
			buf_add_char(&word, line.p[i++]);
		if (word.n >= SECRET_WORD_MIN && !view_has(old, buf_text(&word)))
			return false;
		i++;
	}
	return true;
}

static int check_new_lines(const struct change *c, struct err *e)
{
	struct line_set old = lines_of(c->old_content);
	struct view rest = c->new_content, line;
	const char *why = NULL;

	while (!why && view_next(&rest, '\n', &line)) {
		if (has_line(&old, line))
			continue;
		if (is_marker(line))
			why = "a conflict marker would be added";
		else if (redact_finds(line) && !words_known(line, c->old_content))
			why = "a line that looks like a secret would be added";
	}
	free(old.items);
	return why ? err_set(e, ERR_REFUSED, "%s: %s", c->path, why) : 0;
}

/* ---- thresholds -------------------------------------------------------------------------------- */

static bool is_configuration(const char *path)
{
	static const char *const globs[] = {"setup.cfg", "tox.ini", "pytest.ini", ".coveragerc", "pyproject.toml",
		"package.json", "jest.config.*", "vitest.config.*", ".nycrc*", ".c8rc*", "codecov.yml", ".codecov.yml",
		".simplecov", "pom.xml", "build.gradle*", "Makefile", "noxfile.py", "justfile", ".flake8", ".eslintrc*",
		"eslint.config.*", "tsconfig*.json", ".rubocop.yml", ".golangci.y*ml", "ruff.toml", ".ruff.toml",
		"mypy.ini", ".pylintrc", "clippy.toml", ".yamllint*", ".markdownlint*", ".stylelintrc*", ".codespellrc",
		"_typos.toml", "typos.toml", "biome.json", NULL};

	for (const char *const *g = globs; *g; g++)
		if (file_glob(*g, view_of(path)))
			return true;
	return false;
}

/* The first number within a few bytes behind the n'th `key`; negative: none. */
static double number_behind(struct view text, const char *key, size_t n)
{
	size_t at = 0;
	double value = 0, unit = 0;
	bool any = false;

	for (size_t i = 0; i <= n; i++) {
		size_t found = view_find(view_from(text, at), key);

		if (found == VIEW_NONE)
			return -1;
		at += found + strlen(key);
	}
	text = view_sub(text, at, NUMBER_REACH);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c >= '0' && c <= '9') {
			value = unit > 0 ? value + (c - '0') * unit : value * 10 + (c - '0');
			unit /= 10;
			any = true;
		} else if (any && c == '.' && unit == 0) {
			unit = 0.1;
		} else if (any || c == '\n' || is_word(c)) {
			break;
		}
	}
	return any ? value : -1;
}

static int check_floors(const struct change *c, struct err *e)
{
	for (size_t k = 0; k < sizeof(floors) / sizeof(*floors); k++)
		for (size_t n = 0; n < FLOORS_MAX; n++) {
			double old = number_behind(c->old_content, floors[k], n);
			double new = number_behind(c->new_content, floors[k], n);

			if (old >= 0 && new < old)
				return err_set(
					e, ERR_REFUSED, "%s: the threshold %s would be lowered", c->path, floors[k]);
		}
	return 0;
}

static int check_ceilings(const struct change *c, struct err *e)
{
	for (size_t k = 0; k < sizeof(ceilings) / sizeof(*ceilings); k++)
		for (size_t n = 0; n < FLOORS_MAX; n++) {
			double old = number_behind(c->old_content, ceilings[k], n);
			double new = number_behind(c->new_content, ceilings[k], n);

			if (new > old)
				return err_set(
					e, ERR_REFUSED, "%s: the limit %s would be raised", c->path, ceilings[k]);
		}
	return 0;
}

static int check_configuration(const struct change *c, struct err *e)
{
	if (!is_configuration(c->path))
		return 0;
	if (COUNT(silencers, c->new_content) > COUNT(silencers, c->old_content))
		return err_set(e, ERR_REFUSED, "%s: a check would be told to look away", c->path);
	return check_floors(c, e) || check_ceilings(c, e) ? -1 : 0;
}

/* ---- the whole --------------------------------------------------------------------------------- */

static int check_tests(const struct change *c, struct err *e)
{
	if (!content_is_test(c->path))
		return 0;
	if (c->existed && !c->exists)
		return err_set(e, ERR_REFUSED, "%s: a test file would be deleted", c->path);
	if (COUNT(tests, c->new_content) < COUNT(tests, c->old_content))
		return err_set(e, ERR_REFUSED, "%s: a test would be removed", c->path);
	if (COUNT(asserts, c->new_content) < COUNT(asserts, c->old_content))
		return err_set(e, ERR_REFUSED, "%s: an assertion would be removed", c->path);
	return 0;
}

int content_check(const struct change *c, struct err *e)
{
	if (COUNT(suppressions, c->new_content) > COUNT(suppressions, c->old_content))
		return err_set(e, ERR_REFUSED, "%s: a checker would be silenced", c->path);
	if (COUNT(skips, c->new_content) > COUNT(skips, c->old_content))
		return err_set(e, ERR_REFUSED, "%s: a test would be skipped", c->path);
	if (check_tests(c, e) != 0 || check_configuration(c, e) != 0)
		return -1;
	return check_new_lines(c, e);
}
