/* The category of a failure that no rule knows, from the words of its line, of the lines around it, and of the step. */
#include "diagnose/generic.h"
#include "diagnose/word.h"

/* A word may speak for a category where a program complains (said), and where a step is named or a command runs (step);
 * of both the points are packed into the entry's meaning. */
#define SPEAKS(category, said, step) ((unsigned)CATEGORY_##category << 8 | (said) << 4 | (step))
#define RULE_POINTS 3.0  /* for what a rule for all programs says */
#define NEAR_WEIGHT 0.25 /* of a word in a line around the one that was chosen */

static const struct word_entry words[] = {
	{"401", SPEAKS(AUTH, 4, 0)},
	{"403", SPEAKS(AUTH, 3, 0)},
	{"404", SPEAKS(NETWORK, 1, 0)},
	{"500", SPEAKS(NETWORK, 2, 0)},
	{"502", SPEAKS(NETWORK, 3, 0)},
	{"503", SPEAKS(NETWORK, 3, 0)},
	{"504", SPEAKS(NETWORK, 3, 0)},
	{"action", SPEAKS(WORKFLOW, 2, 0)},
	{"actual", SPEAKS(TEST, 3, 0)},
	{"artifact", SPEAKS(DEPENDENCY, 2, 0)},
	{"assert", SPEAKS(TEST, 4, 0)},
	{"assertion", SPEAKS(TEST, 4, 0)},
	{"assertionerror", SPEAKS(TEST, 5, 0)},
	{"assertionfailederror", SPEAKS(TEST, 5, 0)},
	{"assignable", SPEAKS(TYPE, 5, 0)},
	{"audit", SPEAKS(DEPENDENCY, 2, 4)},
	{"authenticate", SPEAKS(AUTH, 4, 0)},
	{"authentication", SPEAKS(AUTH, 4, 0)},
	{"authorization", SPEAKS(AUTH, 3, 0)},
	{"branch", SPEAKS(VCS, 4, 1)},
	{"build", SPEAKS(BUILD, 2, 4)},
	{"buildx", SPEAKS(BUILD, 2, 4)},
	{"bundle", SPEAKS(BUILD, 1, 2)},
	{"certificate", SPEAKS(NETWORK, 4, 0)},
	{"checkout", SPEAKS(VCS, 2, 3)},
	{"checkstyle", SPEAKS(LINT, 4, 5)},
	{"clippy", SPEAKS(LINT, 3, 6)},
	{"clone", SPEAKS(VCS, 2, 1)},
	{"codespell", SPEAKS(LINT, 4, 6)},
	{"commit", SPEAKS(VCS, 1, 1)},
	{"compatible", SPEAKS(DEPENDENCY, 2, 0)},
	{"compilation", SPEAKS(BUILD, 4, 3)},
	{"compile", SPEAKS(BUILD, 3, 4)},
	{"compiler", SPEAKS(BUILD, 3, 0)},
	{"connect", SPEAKS(NETWORK, 3, 0)},
	{"connection", SPEAKS(NETWORK, 3, 0)},
	{"coverage", SPEAKS(TEST, 3, 3)},
	{"credential", SPEAKS(AUTH, 4, 0)},
	{"credentials", SPEAKS(AUTH, 4, 0)},
	{"cypress", SPEAKS(TEST, 1, 4)},
	{"deadline", SPEAKS(TIMEOUT, 4, 0)},
	{"deadlineexceeded", SPEAKS(TIMEOUT, 4, 0)},
	{"declaration", SPEAKS(BUILD, 2, 0)},
	{"dedupe", SPEAKS(DEPENDENCY, 4, 5)},
	{"dependencies", SPEAKS(DEPENDENCY, 3, 4)},
	{"dependency", SPEAKS(DEPENDENCY, 3, 4)},
	{"diff", SPEAKS(VCS, 1, 1)},
	{"directory", SPEAKS(FILE, 3, 0)},
	{"disk", SPEAKS(RESOURCE, 3, 0)},
	{"distribution", SPEAKS(DEPENDENCY, 2, 0)},
	{"dns", SPEAKS(NETWORK, 4, 0)},
	{"docker", SPEAKS(BUILD, 0, 2)},
	{"e2e", SPEAKS(TEST, 1, 4)},
	{"e401", SPEAKS(AUTH, 6, 0)},
	{"e403", SPEAKS(AUTH, 6, 0)},
	{"eacces", SPEAKS(PERMISSION, 6, 0)},
	{"econnrefused", SPEAKS(NETWORK, 6, 0)},
	{"econnreset", SPEAKS(NETWORK, 6, 0)},
	{"enoent", SPEAKS(FILE, 6, 0)},
	{"enospc", SPEAKS(RESOURCE, 7, 0)},
	{"eslint", SPEAKS(LINT, 4, 6)},
	{"etimedout", SPEAKS(NETWORK, 6, 0)},
	{"expect", SPEAKS(TEST, 4, 0)},
	{"expected", SPEAKS(TEST, 2, 0)},
	{"file", SPEAKS(FILE, 1, 0)},
	{"files", SPEAKS(FILE, 0, 0)},
	{"fixing", SPEAKS(FORMAT, 6, 0)},
	{"flake8", SPEAKS(LINT, 3, 6)},
	{"fmt", SPEAKS(FORMAT, 3, 6)},
	{"forbidden", SPEAKS(AUTH, 4, 0)},
	{"format", SPEAKS(FORMAT, 2, 6)},
	{"formatted", SPEAKS(FORMAT, 5, 4)},
	{"formatter", SPEAKS(FORMAT, 4, 4)},
	{"formatting", SPEAKS(FORMAT, 5, 6)},
	{"git", SPEAKS(VCS, 2, 1)},
	{"head", SPEAKS(VCS, 1, 1)},
	{"heap", SPEAKS(RESOURCE, 4, 0)},
	{"hook", SPEAKS(LINT, 1, 1)},
	{"hooks", SPEAKS(LINT, 1, 1)},
	{"host", SPEAKS(NETWORK, 3, 0)},
	{"http2", SPEAKS(NETWORK, 4, 0)},
	{"import", SPEAKS(IMPORT, 4, 0)},
	{"imported", SPEAKS(LINT, 3, 0)},
	{"incompatible", SPEAKS(TYPE, 2, 0)},
	{"indentation", SPEAKS(FORMAT, 3, 0)},
	{"input", SPEAKS(WORKFLOW, 1, 0)},
	{"install", SPEAKS(DEPENDENCY, 2, 4)},
	{"integration", SPEAKS(TEST, 1, 3)},
	{"isort", SPEAKS(FORMAT, 3, 6)},
	{"jest", SPEAKS(TEST, 2, 5)},
	{"junit", SPEAKS(TEST, 4, 4)},
	{"killed", SPEAKS(RESOURCE, 4, 0)},
	{"linker", SPEAKS(BUILD, 4, 0)},
	{"lint", SPEAKS(LINT, 5, 6)},
	{"linter", SPEAKS(LINT, 4, 6)},
	{"linting", SPEAKS(LINT, 5, 6)},
	{"lock", SPEAKS(DEPENDENCY, 1, 1)},
	{"lockfile", SPEAKS(DEPENDENCY, 6, 1)},
	{"logged", SPEAKS(AUTH, 3, 0)},
	{"login", SPEAKS(AUTH, 3, 3)},
	{"make", SPEAKS(BUILD, 0, 2)},
	{"memory", SPEAKS(RESOURCE, 4, 0)},
	{"merge", SPEAKS(VCS, 4, 1)},
	{"misspelled", SPEAKS(LINT, 4, 6)},
	{"misspelling", SPEAKS(LINT, 4, 6)},
	{"module", SPEAKS(IMPORT, 3, 0)},
	{"modules", SPEAKS(IMPORT, 2, 0)},
	{"mypy", SPEAKS(TYPE, 3, 6)},
	{"network", SPEAKS(NETWORK, 4, 0)},
	{"newline", SPEAKS(FORMAT, 3, 0)},
	{"offense", SPEAKS(LINT, 4, 0)},
	{"offenses", SPEAKS(LINT, 4, 0)},
	{"otp", SPEAKS(AUTH, 4, 0)},
	{"package", SPEAKS(DEPENDENCY, 3, 1)},
	{"packages", SPEAKS(DEPENDENCY, 3, 1)},
	{"panicked", SPEAKS(TEST, 2, 0)},
	{"parse", SPEAKS(SYNTAX, 3, 0)},
	{"parsing", SPEAKS(SYNTAX, 3, 0)},
	{"peer", SPEAKS(DEPENDENCY, 4, 0)},
	{"permission", SPEAKS(PERMISSION, 5, 0)},
	{"permissions", SPEAKS(PERMISSION, 4, 0)},
	{"playwright", SPEAKS(TEST, 1, 4)},
	{"prettier", SPEAKS(FORMAT, 4, 6)},
	{"publish", SPEAKS(AUTH, 1, 2)},
	{"pylint", SPEAKS(LINT, 3, 6)},
	{"pytest", SPEAKS(TEST, 3, 5)},
	{"rebase", SPEAKS(VCS, 4, 1)},
	{"rebasing", SPEAKS(VCS, 4, 1)},
	{"ref", SPEAKS(VCS, 3, 0)},
	{"reference", SPEAKS(BUILD, 3, 0)},
	{"reformat", SPEAKS(FORMAT, 6, 5)},
	{"reformatted", SPEAKS(FORMAT, 6, 0)},
	{"registry", SPEAKS(NETWORK, 2, 0)},
	{"repository", SPEAKS(VCS, 3, 0)},
	{"requirement", SPEAKS(DEPENDENCY, 4, 0)},
	{"requirements", SPEAKS(DEPENDENCY, 4, 3)},
	{"resolution", SPEAKS(DEPENDENCY, 3, 0)},
	{"resolve", SPEAKS(DEPENDENCY, 2, 0)},
	{"restore", SPEAKS(DEPENDENCY, 1, 3)},
	{"revision", SPEAKS(VCS, 4, 1)},
	{"rubocop", SPEAKS(LINT, 3, 6)},
	{"ruff", SPEAKS(LINT, 2, 5)},
	{"runner", SPEAKS(INFRA, 1, 0)},
	{"secret", SPEAKS(AUTH, 3, 0)},
	{"segmentation", SPEAKS(TEST, 1, 0)},
	{"shutdown", SPEAKS(INFRA, 4, 0)},
	{"snapshot", SPEAKS(TEST, 3, 0)},
	{"socket", SPEAKS(NETWORK, 3, 0)},
	{"space", SPEAKS(RESOURCE, 2, 0)},
	{"spec", SPEAKS(TEST, 2, 3)},
	{"spell", SPEAKS(LINT, 4, 6)},
	{"spelling", SPEAKS(LINT, 4, 6)},
	{"ssl", SPEAKS(NETWORK, 4, 0)},
	{"style", SPEAKS(FORMAT, 2, 4)},
	{"submodule", SPEAKS(VCS, 5, 1)},
	{"symbol", SPEAKS(BUILD, 3, 0)},
	{"syntax", SPEAKS(SYNTAX, 6, 0)},
	{"syntaxerror", SPEAKS(SYNTAX, 7, 0)},
	{"test", SPEAKS(TEST, 3, 5)},
	{"testing", SPEAKS(TEST, 2, 4)},
	{"tests", SPEAKS(TEST, 4, 5)},
	{"timed", SPEAKS(TIMEOUT, 5, 0)},
	{"timeout", SPEAKS(TIMEOUT, 4, 0)},
	{"tls", SPEAKS(NETWORK, 4, 0)},
	{"token", SPEAKS(SYNTAX, 2, 0)},
	{"tox", SPEAKS(TEST, 0, 4)},
	{"tsc", SPEAKS(TYPE, 3, 5)},
	{"type", SPEAKS(TYPE, 3, 1)},
	{"typecheck", SPEAKS(TYPE, 4, 6)},
	{"types", SPEAKS(TYPE, 2, 4)},
	{"typo", SPEAKS(LINT, 4, 6)},
	{"typos", SPEAKS(LINT, 4, 6)},
	{"unauthorized", SPEAKS(AUTH, 5, 0)},
	{"undeclared", SPEAKS(BUILD, 4, 0)},
	{"unreachable", SPEAKS(NETWORK, 4, 0)},
	{"unresolved", SPEAKS(BUILD, 2, 0)},
	{"unused", SPEAKS(LINT, 4, 0)},
	{"upload", SPEAKS(WORKFLOW, 1, 1)},
	{"upstream", SPEAKS(VCS, 4, 1)},
	{"version", SPEAKS(DEPENDENCY, 2, 0)},
	{"versions", SPEAKS(DEPENDENCY, 2, 0)},
	{"violation", SPEAKS(LINT, 4, 0)},
	{"violations", SPEAKS(LINT, 4, 0)},
	{"vitest", SPEAKS(TEST, 2, 5)},
	{"vulnerabilities", SPEAKS(DEPENDENCY, 4, 2)},
	{"vulnerability", SPEAKS(DEPENDENCY, 4, 2)},
	{"whitespace", SPEAKS(FORMAT, 5, 2)},
	{"workflow", SPEAKS(WORKFLOW, 4, 0)},
	{"yaml", SPEAKS(SYNTAX, 2, 0)},
	{"zip", SPEAKS(FILE, 1, 0)},
};

/* Linters are many, and nearly all are called so. */
static unsigned meaning_of(const struct word *w)
{
	unsigned meaning = word_meaning(words, sizeof words / sizeof *words, w->lower);
	if (!meaning && w->raw.n > 4 && w->raw.n < WORD_MAX &&
		(view_ends(view_of(w->lower), "lint") || view_ends(view_of(w->lower), "linter")))
		meaning = SPEAKS(LINT, 3, 6);
	return meaning;
}

static void hear(struct category_votes *votes, struct view text, double weight)
{
	size_t at = 0;
	struct word w;
	text = view_sub(text, 0, CATEGORY_TEXT_MAX);
	while (word_next(text, &at, &w)) {
		unsigned meaning = w.in_name ? 0 : meaning_of(&w);
		votes->points[meaning >> 8] += weight * (meaning >> 4 & 15);
	}
}

void category_hear_line(struct category_votes *votes, struct view line)
{
	hear(votes, line, 1);
}

void category_hear_near(struct category_votes *votes, struct view line)
{
	hear(votes, line, NEAR_WEIGHT);
}

/* A long script names many things: each category is heard once. */
void category_hear_step(struct category_votes *votes, struct view name_or_command)
{
	double loudest[CATEGORY_UNKNOWN + 1] = {0};
	size_t at = 0;
	struct word w;
	name_or_command = view_sub(name_or_command, 0, CATEGORY_TEXT_MAX);
	while (word_next(name_or_command, &at, &w)) {
		unsigned meaning = meaning_of(&w);
		double points = meaning & 15;
		if (points > loudest[meaning >> 8])
			loudest[meaning >> 8] = points;
	}
	for (unsigned c = 0; c < CATEGORY_UNKNOWN; c++)
		votes->points[c] += loudest[c];
}

void category_hear_rule(struct category_votes *votes, enum category category)
{
	votes->points[category] += RULE_POINTS;
}

enum category category_elected(const struct category_votes *votes)
{
	enum category best = CATEGORY_UNKNOWN;
	double points = CATEGORY_POINTS_MIN;
	for (unsigned c = 0; c < CATEGORY_UNKNOWN; c++)
		if (votes->points[c] > points) {
			points = votes->points[c];
			best = (enum category)c;
		}
	return best;
}
