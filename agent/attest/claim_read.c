/* claim_read.c - a result as somebody sent it. The first thing that is wrong is kept; what is read after it counts for
 * nothing, so that no reader below has to ask whether the one before it was content. */
#include "attest/claim.h"
#include "attest/claim_internal.h"

#include <math.h>
#include <stdio.h>

struct reading {
	struct arena *arena;
	struct err *e;
	bool bad;
};

/* An object, and how it is called in messages: "checks.tests.". */
struct place {
	const cJSON *j;
	const char *path;
};

__attribute__((format(printf, 2, 3))) static void refuse(struct reading *g, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	if (g->bad)
		return;
	g->bad = true;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	err_set(g->e, ERR_INPUT, "%s", text);
}

/* ---- one member ----------------------------------------------------------------------------------------------- */

enum presence { OPTIONAL, REQUIRED };

static const cJSON *member(struct reading *g, struct place at, const char *name, enum presence presence)
{
	const cJSON *j = json_get(at.j, name);

	if (!j && presence == REQUIRED)
		refuse(g, "`%s%s` is missing", at.path, name);
	return j;
}

static const char *text(struct reading *g, struct place at, const char *name, enum presence presence)
{
	const cJSON *j = member(g, at, name, presence);
	struct view v = view_of(cJSON_GetStringValue(j));

	if (!j)
		return NULL;
	if (!cJSON_IsString(j))
		refuse(g, "`%s%s` is not text", at.path, name);
	else if (v.n == 0 || v.n > CLAIM_TEXT_MAX)
		refuse(g, "`%s%s` has %zu bytes; 1 to %u are allowed", at.path, name, v.n, CLAIM_TEXT_MAX);
	else if (!claim_name_ok(v))
		refuse(g, "`%s%s` has characters that cannot be seen or look like others", at.path, name);
	return arena_view(g->arena, v).p;
}

static const char *text_like(struct reading *g, struct place at, const char *name, enum presence presence,
	bool (*ok)(struct view), const char *wanted)
{
	const char *s = text(g, at, name, presence);

	if (s && !ok(view_of(s)))
		refuse(g, "`%s%s` is not %s", at.path, name, wanted);
	return s;
}

static bool flag(struct reading *g, struct place at, const char *name, enum presence presence)
{
	const cJSON *j = member(g, at, name, presence);

	if (j && !cJSON_IsBool(j))
		refuse(g, "`%s%s` is neither true nor false", at.path, name);
	return cJSON_IsTrue(j);
}

static int64_t count(struct reading *g, struct place at, const char *name, enum presence presence)
{
	const cJSON *j = member(g, at, name, presence);
	int64_t n = json_int(at.j, name, -1);

	if (!j)
		return 0;
	if (n < 0 || n > CLAIM_COUNT_MAX)
		refuse(g, "`%s%s` is not a whole number from 0 to %lld", at.path, name, (long long)CLAIM_COUNT_MAX);
	return n;
}

static double number(
	struct reading *g, struct place at, const char *name, enum presence presence, double max, double fallback)
{
	const cJSON *j = member(g, at, name, presence);

	if (!j)
		return fallback;
	if (!cJSON_IsNumber(j) || !(j->valuedouble >= 0 && j->valuedouble <= max)) {
		refuse(g, "`%s%s` is not a number from 0 to %g", at.path, name, max);
		return fallback;
	}
	return j->valuedouble;
}

static int64_t moment(struct reading *g, struct place at, const char *name, enum presence presence)
{
	const char *s = text(g, at, name, presence);
	int64_t t = CLOCK_UNKNOWN;

	if (s && (!strchr(s, 'T') || !clock_parse(view_of(s), &t)))
		refuse(g, "`%s%s` is not a time as 2026-11-18T09:14:03Z", at.path, name);
	return t;
}

static struct place object(struct reading *g, struct place at, const char *name, const char *path, enum presence p)
{
	const cJSON *j = member(g, at, name, p);

	if (j && !cJSON_IsObject(j))
		refuse(g, "`%s%s` is not an object", at.path, name);
	return (struct place){cJSON_IsObject(j) ? j : NULL, path};
}

static const cJSON *list(struct reading *g, struct place at, const char *name, size_t max, size_t *ret_count)
{
	const cJSON *j = member(g, at, name, OPTIONAL);
	size_t n = cJSON_IsArray(j) ? (size_t)cJSON_GetArraySize(j) : 0;

	if (j && !cJSON_IsArray(j))
		refuse(g, "`%s%s` is not a list", at.path, name);
	else if (n > max)
		refuse(g, "`%s%s` has %zu entries; at most %zu are allowed", at.path, name, n, max);
	*ret_count = g->bad ? 0 : n;
	return *ret_count ? j : NULL;
}

/* An entry of a list must be an object. */
static struct place entry(struct reading *g, const cJSON *j, const char *path)
{
	if (!cJSON_IsObject(j))
		refuse(g, "an entry of `%.*s` is not an object", (int)strlen(path) - 3, path);
	return (struct place){j, path};
}

/* ---- lists ---------------------------------------------------------------------------------------------------- */

/* Ids of tests hold what a person or a generator has put there: what cannot be shown becomes a blank, long ones are
 * cut. They decide nothing. */
static const char *tidy(struct arena *a, const char *s)
{
	struct view v = view_cut_utf8(view_of(s), CLAIM_TEXT_MAX), copy = arena_view(a, v);
	char *p = (char *)copy.p;

	for (size_t i = 0; i < copy.n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = ' ';
	return p;
}

static const char *const *failed_ids(struct reading *g, struct place at, int64_t failed)
{
	size_t n, used = 0;
	const cJSON *j = list(g, at, "failed_ids", JSON_NODES_MAX, &n), *item;
	const char **ids = arena_array(g->arena, CLAIM_FAILED_MAX + 1, sizeof(*ids));

	if ((int64_t)n > failed)
		refuse(g, "`%sfailed_ids` names %zu tests, but %lld failed", at.path, n, (long long)failed);
	cJSON_ArrayForEach (item, j) {
		if (!cJSON_IsString(item) || !*item->valuestring)
			refuse(g, "an entry of `%sfailed_ids` is not text", at.path);
		else if (used < CLAIM_FAILED_MAX)
			ids[used++] = tidy(g->arena, item->valuestring);
	}
	return ids;
}

/* "path sha" */
static bool submodule_ok(struct view v)
{
	size_t blank = view_find_last_char(v, ' ');

	return blank != VIEW_NONE && blank > 0 && v.n <= CLAIM_TEXT_MAX && claim_name_ok(v) &&
	       claim_object_ok(view_from(v, blank + 1));
}

static const char *const *submodules(struct reading *g, struct place at)
{
	size_t n, used = 0;
	const cJSON *j = list(g, at, "submodules", CLAIM_SUBMODULES_MAX, &n), *item;
	const char **names = arena_array(g->arena, n + 1, sizeof(*names));

	cJSON_ArrayForEach (item, j) {
		if (!submodule_ok(view_of(cJSON_GetStringValue(item))))
			refuse(g, "an entry of `submodules` is not a path, a blank and the id of a commit");
		else
			names[used++] = arena_text(g->arena, item->valuestring);
	}
	return names;
}

static void modules(struct reading *g, struct place at, struct claim *r)
{
	const cJSON *j = list(g, at, "modules", CLAIM_MODULES_MAX, &r->coverage.module_count), *item;
	struct claim_module *m = arena_array(g->arena, r->coverage.module_count, sizeof(*m));

	r->coverage.modules = m;
	cJSON_ArrayForEach (item, j) {
		struct place p = entry(g, item, "checks.coverage.modules[].");

		m->name = text(g, p, "name", REQUIRED);
		m++->percentage = number(g, p, "percentage", REQUIRED, 100, 0);
		for (struct claim_module *other = r->coverage.modules; !g->bad && other < m - 1; other++)
			if (strcmp(other->name, m[-1].name) == 0)
				refuse(g, "`checks.coverage.modules` names %.80s twice", other->name);
	}
}

static void one_run(struct reading *g, const cJSON *item, struct claim_check *c)
{
	struct place p = entry(g, item, "runs[].");

	c->name = text(g, p, "name", REQUIRED);
	c->passed = flag(g, p, "passed", REQUIRED);
	c->exit_code = member(g, p, "exit_code", OPTIONAL) ? (int)count(g, p, "exit_code", REQUIRED) : -1;
	c->timed_out = flag(g, p, "timed_out", OPTIONAL);
	c->seconds = number(g, p, "seconds", OPTIONAL, 1e9, 0);
	c->command_digest = text_like(g, p, "command_digest", OPTIONAL, claim_digest_ok, "a digest as sha256:<hex>");
	if (c->passed && (c->timed_out || c->exit_code > 0))
		refuse(g, "the check `%.80s` cannot have passed: %s", c->name ? c->name : "",
			c->timed_out ? "it was stopped after its time" : "it ended with another status than 0");
}

static void runs(struct reading *g, struct place at, struct claim *r)
{
	const cJSON *j = list(g, at, "runs", CLAIM_CHECKS_MAX, &r->check_count), *item;
	struct claim_check *c = arena_array(g->arena, r->check_count, sizeof(*c));

	r->checks = c;
	cJSON_ArrayForEach (item, j) {
		one_run(g, item, c++);
		for (struct claim_check *other = r->checks; !g->bad && other < c - 1; other++)
			if (strcmp(other->name, c[-1].name) == 0)
				refuse(g, "`runs` names the check %.80s twice", other->name);
	}
}

static void tools(struct reading *g, struct place at, struct claim *r)
{
	const cJSON *j = list(g, at, "tools", CLAIM_TOOLS_MAX, &r->tool_count), *item;
	struct claim_tool *t = arena_array(g->arena, r->tool_count, sizeof(*t));

	r->tools = t;
	cJSON_ArrayForEach (item, j) {
		struct place p = entry(g, item, "tools[].");

		t->name = text(g, p, "name", REQUIRED);
		t->version = text(g, p, "version", OPTIONAL);
		t++->digest = text_like(g, p, "digest", OPTIONAL, claim_digest_ok, "a digest as sha256:<hex>");
	}
}

/* ---- the three that every result has a word for --------------------------------------------------------------- */

static void coverage(struct reading *g, struct place at, struct claim *r)
{
	r->coverage.threshold = -1;
	r->coverage.ran = at.j != NULL;
	if (!at.j)
		return;
	r->coverage.passed = flag(g, at, "passed", REQUIRED);
	r->coverage.percentage = number(g, at, "percentage", REQUIRED, 100, 0);
	r->coverage.threshold = number(g, at, "threshold", OPTIONAL, 100, -1);
	modules(g, at, r);
	if (r->coverage.passed && r->coverage.percentage < r->coverage.threshold)
		refuse(g, "`checks.coverage` cannot have passed with %g of %g %%", r->coverage.percentage,
			r->coverage.threshold);
}

/* `passed` is a verdict, or, where others write so, how many passed. */
static bool tests_passed(struct reading *g, struct place at, const struct claim *r)
{
	int64_t good = r->tests.total - r->tests.failed - r->tests.skipped;
	bool counted = cJSON_IsNumber(json_get(at.j, "passed"));

	if (!counted)
		return flag(g, at, "passed", REQUIRED);
	if (count(g, at, "passed", REQUIRED) != good)
		refuse(g, "`%spassed` must be the rest of `total` without `failed` and `skipped`, which is %lld",
			at.path, (long long)good);
	return r->tests.failed == 0;
}

static void tests(struct reading *g, struct place at, struct claim *r)
{
	r->tests.ran = at.j != NULL;
	if (!at.j)
		return;
	r->tests.total = count(g, at, "total", REQUIRED);
	r->tests.failed = count(g, at, "failed", REQUIRED);
	r->tests.skipped = count(g, at, "skipped", OPTIONAL);
	if (r->tests.failed + r->tests.skipped > r->tests.total)
		refuse(g, "`%stotal` is less than `failed` and `skipped` together", at.path);
	r->tests.passed = tests_passed(g, at, r);
	if (r->tests.passed && r->tests.failed)
		refuse(g, "`%spassed` is true, but %lld failed", at.path, (long long)r->tests.failed);
	r->tests.failed_ids = failed_ids(g, at, r->tests.failed);
}

static void linting(struct reading *g, struct place at, struct claim *r)
{
	r->linting.ran = at.j != NULL;
	if (!at.j)
		return;
	r->linting.passed = flag(g, at, "passed", REQUIRED);
	r->linting.issues = count(g, at, "issues", REQUIRED);
}

/* ---- all of it ------------------------------------------------------------------------------------------------ */

static bool nonce_ok(struct view v)
{
	return claim_hex_ok(v, 32);
}

static void origin(struct reading *g, struct place at, struct claim *r)
{
	static const char object_id[] = "the id of a git object: 40 or 64 hexadecimal digits",
			  digest[] = "a digest as sha256:<hex>";
	const char *version = text(g, at, "version", REQUIRED);

	if (version && strcmp(version, CLAIM_VERSION) != 0)
		refuse(g, "`version` is %.20s; only %s is known", version, CLAIM_VERSION);
	r->timestamp = moment(g, at, "timestamp", REQUIRED);
	r->expires = moment(g, at, "expires", OPTIONAL);
	r->commit_sha = text_like(g, at, "commit_sha", REQUIRED, claim_object_ok, object_id);
	r->tree = text_like(g, at, "tree", OPTIONAL, claim_object_ok, object_id);
	r->branch = text(g, at, "branch", OPTIONAL);
	r->repository = text_like(g, at, "repository", OPTIONAL, claim_repository_ok, "OWNER/NAME");
	r->runner = text(g, at, "runner", OPTIONAL);
	r->host = text_like(g, at, "host", OPTIONAL, claim_digest_ok, digest);
	r->os = text(g, at, "os", OPTIONAL);
	r->nonce = text_like(g, at, "nonce", OPTIONAL, nonce_ok, "32 hexadecimal digits");
	r->config_digest = text_like(g, at, "config_digest", OPTIONAL, claim_digest_ok, digest);
	r->selection = text(g, at, "selection", OPTIONAL);
	r->dirty = flag(g, at, "dirty", OPTIONAL);
	r->untracked = (unsigned)count(g, at, "untracked", OPTIONAL);
	r->submodules = submodules(g, at);
	r->seconds = number(g, at, "seconds", OPTIONAL, 1e9, 0);
	if (r->expires != CLOCK_UNKNOWN && r->expires <= r->timestamp)
		refuse(g, "`expires` is not behind `timestamp`");
	if (r->tree && r->commit_sha && strlen(r->tree) != strlen(r->commit_sha))
		refuse(g, "`tree` and `commit_sha` are of two kinds of repository");
}

static bool parts_passed(const struct claim *r)
{
	bool passed = (!r->coverage.ran || r->coverage.passed) && (!r->tests.ran || r->tests.passed) &&
		      (!r->linting.ran || r->linting.passed);

	for (size_t i = 0; i < r->check_count; i++)
		passed = passed && r->checks[i].passed;
	return passed;
}

static void whole(struct reading *g, struct place at, struct claim *r)
{
	r->passed = member(g, at, "passed", OPTIONAL) ? flag(g, at, "passed", REQUIRED) : parts_passed(r);
	if (r->passed && !parts_passed(r))
		refuse(g, "`passed` is true, but a part of it did not pass");
}

int claim_from_json(struct claim *ret, const cJSON *j, struct err *e)
{
	struct claim r = {0};
	struct reading g = {&r.arena, e, false};
	struct place top = {j, ""}, checks;

	if (!cJSON_IsObject(j))
		return err_set(e, ERR_INPUT, "the result is not a JSON object");
	origin(&g, top, &r);
	checks = object(&g, top, "checks", "checks.", REQUIRED);
	coverage(&g, object(&g, checks, "coverage", "checks.coverage.", OPTIONAL), &r);
	tests(&g, object(&g, checks, "tests", "checks.tests.", OPTIONAL), &r);
	linting(&g, object(&g, checks, "linting", "checks.linting.", OPTIONAL), &r);
	runs(&g, top, &r);
	tools(&g, top, &r);
	whole(&g, top, &r);
	if (g.bad) {
		claim_done(&r);
		return -1;
	}
	*ret = r;
	return 0;
}

int claim_read(struct claim *ret, struct view document, struct err *e)
{
	JSON_AUTO *j = json_parse_strict(document, CLAIM_BYTES_MAX, e);

	return j ? claim_from_json(ret, j, e) : -1;
}
