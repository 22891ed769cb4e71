#include "attest/claim.h"

void claim_done(struct claim *r)
{
	arena_done(&r->arena);
	*r = (struct claim){0};
}

static cJSON *texts_json(const char *const *texts)
{
	cJSON *list = json_array();

	for (; texts && *texts; texts++)
		json_append_text(list, *texts);
	return list;
}

static cJSON *coverage_json(const struct claim *r)
{
	cJSON *j = json_object(), *modules = json_array();

	json_add_bool(j, "passed", r->coverage.passed);
	json_add_number(j, "percentage", r->coverage.percentage);
	if (r->coverage.threshold < 0)
		json_add_null(j, "threshold");
	else
		json_add_number(j, "threshold", r->coverage.threshold);
	for (size_t i = 0; i < r->coverage.module_count; i++) {
		cJSON *module = json_object();

		json_add_text(module, "name", r->coverage.modules[i].name);
		json_add_number(module, "percentage", r->coverage.modules[i].percentage);
		json_append(modules, module);
	}
	json_add(j, "modules", modules);
	return j;
}

static cJSON *tests_json(const struct claim *r)
{
	cJSON *j = json_object();

	json_add_bool(j, "passed", r->tests.passed);
	json_add_int(j, "total", r->tests.total);
	json_add_int(j, "failed", r->tests.failed);
	json_add_int(j, "skipped", r->tests.skipped);
	json_add(j, "failed_ids", texts_json(r->tests.failed_ids));
	return j;
}

static cJSON *linting_json(const struct claim *r)
{
	cJSON *j = json_object();

	json_add_bool(j, "passed", r->linting.passed);
	json_add_int(j, "issues", r->linting.issues);
	return j;
}

/* What did not run is not there. */
static cJSON *checks_json(const struct claim *r)
{
	cJSON *j = json_object();

	if (r->coverage.ran)
		json_add(j, "coverage", coverage_json(r));
	if (r->tests.ran)
		json_add(j, "tests", tests_json(r));
	if (r->linting.ran)
		json_add(j, "linting", linting_json(r));
	return j;
}

static cJSON *run_json(const struct claim_check *c)
{
	cJSON *j = json_object();

	json_add_text(j, "name", c->name);
	json_add_bool(j, "passed", c->passed);
	json_add_int_or_null(j, "exit_code", c->exit_code);
	json_add_bool(j, "timed_out", c->timed_out);
	json_add_number(j, "seconds", c->seconds);
	json_add_text(j, "command_digest", c->command_digest);
	return j;
}

static cJSON *runs_json(const struct claim *r)
{
	cJSON *list = json_array();

	for (size_t i = 0; i < r->check_count; i++)
		json_append(list, run_json(&r->checks[i]));
	return list;
}

static cJSON *tools_json(const struct claim *r)
{
	cJSON *list = json_array();

	for (size_t i = 0; i < r->tool_count; i++) {
		cJSON *tool = json_object();

		json_add_text(tool, "name", r->tools[i].name);
		json_add_text(tool, "version", r->tools[i].version);
		json_add_text(tool, "digest", r->tools[i].digest);
		json_append(list, tool);
	}
	return list;
}

static void add_origin(cJSON *j, const struct claim *r)
{
	json_add_text(j, "version", CLAIM_VERSION);
	json_add_time(j, "timestamp", r->timestamp);
	json_add_time(j, "expires", r->expires);
	json_add_text(j, "commit_sha", r->commit_sha);
	json_add_text(j, "tree", r->tree);
	json_add_text(j, "branch", r->branch);
	json_add_text(j, "repository", r->repository);
	json_add_text(j, "runner", r->runner);
	json_add_text(j, "host", r->host);
	json_add_text(j, "os", r->os);
	json_add_text(j, "nonce", r->nonce);
	json_add_text(j, "config_digest", r->config_digest);
	json_add_text(j, "selection", r->selection);
	json_add_bool(j, "dirty", r->dirty);
	json_add_int(j, "untracked", r->untracked);
	json_add(j, "submodules", texts_json(r->submodules));
}

cJSON *claim_json(const struct claim *r)
{
	cJSON *j = json_object();

	add_origin(j, r);
	json_add_bool(j, "passed", r->passed);
	json_add_number(j, "seconds", r->seconds);
	json_add(j, "checks", checks_json(r));
	json_add(j, "runs", runs_json(r));
	json_add(j, "tools", tools_json(r));
	return j;
}

bool claim_complete(const struct claim *r, struct buf *ret_missing)
{
	const struct {
		const char *name;
		bool there;
	} needed[] = {
		{"timestamp", r->timestamp != CLOCK_UNKNOWN},
		{"expires", r->expires != CLOCK_UNKNOWN},
		{"commit_sha", r->commit_sha != NULL},
		{"tree", r->tree != NULL},
		{"repository", r->repository != NULL},
		{"runner", r->runner != NULL},
		{"nonce", r->nonce != NULL},
		{"config_digest", r->config_digest != NULL},
		{"checks", r->coverage.ran || r->tests.ran || r->linting.ran || r->check_count},
	};
	bool complete = true;

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		if (needed[i].there)
			continue;
		if (ret_missing)
			buf_addf(ret_missing, "%s%s", complete ? "" : ", ", needed[i].name);
		complete = false;
	}
	return complete;
}
