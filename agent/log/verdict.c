#include "log/steps.h"

/* Whether a step failed is said by the log only in part: an action that fails prints ##[error], and so does one that
 * merely found something; a step that `continue-on-error` forgives ends like one that ends the job. What the job did
 * afterwards tells: after a real failure only steps with `if: always()` and its like are run, and those upload, print
 * and notify; they do not install and build. */

#define TAIL_MAX 20u /* lines between "Process completed" and the end of its step; more, and a program printed it */
#define NEAR_END 5u  /* lines between the ##[error] of a failing action and the end of its step */

/* Names of steps that run only while all is well. */
static const char *const preparing[] = {"actions/checkout@", "actions/setup-", "actions/cache@",
	"actions/cache/restore@", "docker/setup-", "docker/login-action@", "docker/build-push-action@",
	"actions/deploy-pages@", "pypa/gh-action-pypi-publish@", "softprops/action-gh-release@", "npm ci",
	"npm install", "npm publish", "yarn install", "pnpm install", "pnpm i ", "bun install", "pip install",
	"python -m pip install", "python3 -m pip install", "poetry install", "uv sync", "uv pip install",
	"bundle install", "composer install", "dotnet restore", "go mod download", "cargo publish", "twine upload",
	"git push"};
/* Names of steps that do the job's work; a workflow may run several of them whatever the others gave. */
static const char *const working[] = {"npm ", "npx ", "yarn", "pnpm ", "bun ", "deno ", "node ", "pytest",
	"python -m pytest", "python -m unittest", "python3 -m pytest", "tox", "nox", "poetry run", "uv run", "hatch ",
	"ruff", "black", "mypy", "flake8", "pylint", "pre-commit", "cargo ", "go test", "go build", "go vet",
	"golangci", "make", "cmake", "ctest", "ninja", "meson", "bazel", "mvn", "./mvnw", "gradle", "./gradlew", "ant ",
	"sbt", "dotnet ", "msbuild", "bundle exec", "rake", "rspec", "rubocop", "composer ", "vendor/bin/", "php ",
	"swift ", "xcodebuild", "flutter ", "dart ", "stack ", "cabal ", "mix ", "docker build", "docker compose build",
	"terraform ", "helm ", "julia", "R ", "Rscript", "ci/run"};

enum kind { KIND_OTHER, KIND_WORKING, KIND_PREPARING };

static bool is_listed(struct view name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (view_starts(name, list[i]))
			return true;
	return false;
}

static enum kind kind_of(const struct step *step)
{
	struct view name = view_starts(step->s.name, "Run ") ? view_from(step->s.name, 4) : step->s.name;

	if (step->s.post || !step->named || step->s.name.n == 0)
		return KIND_OTHER;
	if (is_listed(name, preparing, sizeof(preparing) / sizeof(*preparing)))
		return KIND_PREPARING;
	return is_listed(name, working, sizeof(working) / sizeof(*working)) ? KIND_WORKING : KIND_OTHER;
}

/* What follows a step within its job. */
struct aftermath {
	bool steps;              /* any that is not clean-up */
	bool prepare;            /* of KIND_PREPARING */
	bool work;               /* of KIND_WORKING or KIND_PREPARING */
	bool failure;            /* one that ended with an exit code */
	bool failed;             /* one that failed for whatever reason */
	bool work_up_to_failure; /* work, and it or something behind it failed */
};

static bool has_exit_code(const struct step *step)
{
	return step->completed && step->s.last_line - step->s.end_error_line <= TAIL_MAX;
}

/* An action; scripts fail with an exit code, or because the runner refused them. */
static bool has_own_error(const struct step *step)
{
	return step->errors > 0 && (!step->script || step->refused);
}

/* The errors of an action that is no script end it when they stand at its end. What a container prints behind its
 * errors says nothing; but then only the last such step can be the one, as the others were survived. */
static void judge(struct step *step, const struct aftermath *after)
{
	struct log_step *s = &step->s;
	bool ends = s->last_line - step->last_error <= NEAR_END || (step->container && !after->failed);

	if (step->settled)
		return;
	if (has_exit_code(step) || s->cancelled || s->timed_out) {
		s->failed = true;
		s->tolerated |= !s->post && (after->prepare || after->work_up_to_failure);
	} else if (has_own_error(step)) {
		s->failed |= s->post || !after->steps || (ends && !after->work && !after->failure);
	}
}

static void look_back(const struct step *step, struct aftermath *after)
{
	enum kind kind = kind_of(step);

	if (step->s.post)
		return;
	after->steps = true;
	after->prepare |= kind == KIND_PREPARING;
	after->work |= kind != KIND_OTHER;
	after->failure |= has_exit_code(step);
	after->failed |= step->s.failed;
	after->work_up_to_failure |= kind != KIND_OTHER && after->failure;
}

void steps_judge(struct steps *s)
{
	struct aftermath after = {0};

	for (uint32_t i = s->n; i-- > 0;) {
		if (i + 1 < s->n && s->v[i + 1].job != s->v[i].job)
			after = (struct aftermath){0};
		judge(&s->v[i], &after);
		look_back(&s->v[i], &after);
	}
}
