/* bundle.c - reading a patch bundle field by field: what is not there, of another kind or too long is named. */
#include "plan/bundle.h"

#include "plan/hex.h"
#include "plan/plan.h"
#include "plan/user_fixer.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define SCHEMA "runmedic.patch/1"
#define NAME_MAX_BYTES 200u /* of a fixer, rule, repository */
#define SHA_DIGITS 40u

/* ---- fields --------------------------------------------------------------------------------------------------- */

static bool is_of(struct view v, const char *allowed)
{
	for (size_t i = 0; i < v.n; i++)
		if (!isalnum((unsigned char)v.p[i]) && !strchr(allowed, v.p[i]))
			return false;
	return true;
}

/* An id of ours: "python/black". */
static bool is_id(const char *text)
{
	struct view v = view_of(text);

	return v.n && v.n <= NAME_MAX_BYTES && is_of(v, "/-_.+");
}

static bool is_sha(const char *text)
{
	struct view v = view_of(text);

	return v.n == SHA_DIGITS && hex_is(v);
}

/* "owner/name" */
static bool is_repository(const char *text)
{
	struct view v = view_of(text);
	size_t slash = view_find_char(v, '/');

	return v.n <= NAME_MAX_BYTES && slash != VIEW_NONE && slash > 0 && slash + 1 < v.n &&
	       view_find_char(view_from(v, slash + 1), '/') == VIEW_NONE && is_of(v, "/-_.");
}

/* Version of the normaliser, and what it made. */
static bool is_signature(const char *text)
{
	struct view v = view_of(text);
	size_t colon = view_find_char(v, ':');
	uint64_t version;

	return colon != VIEW_NONE && v.n < SIGNATURE_MAX && view_number(view_sub(v, 0, colon), 999, &version) &&
	       v.n - colon - 1 == 64 && hex_is(view_from(v, colon + 1));
}

static int wrong(struct err *e, const char *name, const char *wanted)
{
	return err_set(e, ERR_INPUT, "`%s` must be %s", name, wanted);
}

struct reading {
	struct arena *arena;
	struct err *e;
};

static int take_checked(struct reading *r, const cJSON *j, const char *name, bool (*holds)(const char *text),
	const char *wanted, const char **ret)
{
	const char *text = json_text(j, name);

	if (!text || !holds(text))
		return wrong(r->e, name, wanted);
	*ret = arena_text(r->arena, text);
	return 0;
}

static int take_checked_or_null(struct reading *r, const cJSON *j, const char *name, bool (*holds)(const char *text),
	const char *wanted, const char **ret)
{
	*ret = NULL;
	return json_get(j, name) ? take_checked(r, j, name, holds, wanted, ret) : 0;
}

static bool fits(const char *text)
{
	return strlen(text) <= BUNDLE_TEXT_MAX;
}

static bool is_diff(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n <= BUNDLE_DIFF_MAX;
}

static int take_tier(struct reading *r, const cJSON *j, enum tier *ret)
{
	if (!tier_parse(view_of(json_text(j, "tier")), ret) || *ret == TIER_OFF)
		return wrong(r->e, "tier", "`heal` or `review`");
	return 0;
}

static int take_confidence(struct reading *r, const cJSON *j, double *ret)
{
	const cJSON *number = json_get(j, "confidence");

	if (!cJSON_IsNumber(number) || !(number->valuedouble >= 0 && number->valuedouble <= 1))
		return wrong(r->e, "confidence", "a number from 0 to 1");
	*ret = number->valuedouble;
	return 0;
}

static int take_files(struct reading *r, const cJSON *j, const char *const **ret)
{
	const cJSON *list = json_get(j, "files"), *file;
	size_t count = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0, n = 0;
	const char **files;

	if (!cJSON_IsArray(list) || count == 0 || count > FIXER_FILES_MAX)
		return err_set(r->e, ERR_INPUT, "`files` must be a list of 1 to %u paths", FIXER_FILES_MAX);
	files = arena_array(r->arena, count + 1, sizeof(*files));
	cJSON_ArrayForEach (file, list) {
		const char *path = cJSON_GetStringValue(file);

		if (!path || !*path || strlen(path) > BUNDLE_TEXT_MAX)
			return err_set(r->e, ERR_INPUT, "`files` must be a list of 1 to %u paths", FIXER_FILES_MAX);
		files[n++] = arena_text(r->arena, path);
	}
	*ret = files;
	return 0;
}

/* ---- fixes ----------------------------------------------------------------------------------------------------- */

static int take_fix(struct reading *r, const cJSON *j, struct bundle_fix *ret)
{
	static const char text[] = "a text of at most 16 KiB";

	if (!cJSON_IsObject(j))
		return err_set(r->e, ERR_INPUT, "it must be an object");
	if (take_checked(r, j, "fixer", is_id, "the id of a fixer", &ret->fixer) != 0 ||
		take_checked(r, j, "rule", is_id, "the id of a rule", &ret->rule) != 0 ||
		take_checked_or_null(r, j, "signature", is_signature, "a signature (`1:` and 64 hex digits) or null",
			&ret->signature) != 0 ||
		take_tier(r, j, &ret->tier) != 0 || take_confidence(r, j, &ret->confidence) != 0)
		return -1;
	if (take_checked_or_null(r, j, "summary", fits, text, &ret->summary) != 0 ||
		take_checked(r, j, "reason", fits, text, &ret->reason) != 0 || take_files(r, j, &ret->files) != 0)
		return -1;
	return take_checked(r, j, "diff", is_diff, "a diff of at most 2 MiB", &ret->diff);
}

static int take_fixes(struct reading *r, const cJSON *j, struct bundle *ret)
{
	const cJSON *list = json_get(j, "fixes"), *fix;

	if (!cJSON_IsArray(list))
		return wrong(r->e, "fixes", "a list");
	if (cJSON_GetArraySize(list) > (int)BUNDLE_FIXES_MAX)
		return err_set(r->e, ERR_INPUT, "more than %u fixes", BUNDLE_FIXES_MAX);
	ret->fixes = arena_array(r->arena, (size_t)cJSON_GetArraySize(list) + 1, sizeof(*ret->fixes));
	cJSON_ArrayForEach (fix, list) {
		if (take_fix(r, fix, &ret->fixes[ret->count]) != 0)
			return err_wrap(r->e, "fix %zu", ret->count + 1);
		ret->count++;
	}
	return 0;
}

static int take_all(struct reading *r, const cJSON *j, struct bundle *ret)
{
	const char *schema = json_text(j, "schema");

	if (!schema || strcmp(schema, SCHEMA) != 0)
		return err_set(r->e, ERR_INPUT, "its schema is not " SCHEMA);
	if (take_checked(r, j, "base", is_sha, "the 40 hex digits of a commit", &ret->base) != 0 ||
		take_checked_or_null(r, j, "repository", is_repository, "`owner/name` or null", &ret->repository) != 0)
		return -1;
	return take_fixes(r, j, ret);
}

int bundle_read(struct bundle *ret, struct view text, struct err *e)
{
	JSON_AUTO *j = json_parse_strict(text, BUNDLE_BYTES_MAX, e);
	struct bundle b = {0};
	struct reading r = {&b.arena, e};

	if (!j || take_all(&r, j, &b) != 0) {
		bundle_done(&b);
		if (e && e->code == ERR_LIMIT)
			e->code = ERR_INPUT;
		return err_wrap(e, "patch bundle");
	}
	*ret = b;
	return 0;
}

void bundle_done(struct bundle *b)
{
	if (!b)
		return;
	arena_done(&b->arena);
	*b = (struct bundle){0};
}

/* ---- trust ------------------------------------------------------------------------------------------------------ */

static const struct fixer *find_fixer(const char *id, const struct config *c, struct arena *a)
{
	const struct fixer *known = fixer_find(id);

	for (size_t i = 0; !known && i < c->fixer_count; i++)
		if (strcmp(c->fixers[i].id, id) == 0)
			known = &user_fixers_make(a, c)[i];
	return known;
}

/* Signatures that are there must agree; a failure without one is named by its rule. */
static bool is_claimed(const struct bundle_fix *f, const struct finding *finding)
{
	if (strcmp(finding->rule_id, f->rule) != 0)
		return false;
	return !f->signature || !*finding->signature || strcmp(finding->signature, f->signature) == 0;
}

/* The finding, as the planner would have allowed it to be answered. */
static const struct finding *find_finding(
	const struct bundle_fix *f, const struct fixer *fixer, const struct diagnosis *const *diagnoses, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct finding *primary = diagnosis_primary(diagnoses[i]);

		for (size_t k = 0; k < diagnoses[i]->finding_count; k++) {
			const struct finding *finding = &diagnoses[i]->findings[k];

			if (is_claimed(f, finding) && plan_is_answered(finding, fixer) &&
				plan_may_be_fixed(primary, finding))
				return finding;
		}
	}
	return NULL;
}

int bundle_trust(const struct bundle_fix *f, const struct diagnosis *const *diagnoses, size_t n, const struct config *c,
	struct arena *a, const struct fixer **ret_fixer, const struct finding **ret_finding, enum tier *ret_tier,
	struct err *e)
{
	const struct fixer *fixer = find_fixer(f->fixer, c, a);
	const struct finding *finding;
	enum tier tier;

	if (!fixer)
		return err_set(e, ERR_REFUSED, "there is no fixer %s", f->fixer);
	finding = find_finding(f, fixer, diagnoses, n);
	if (!finding)
		return err_set(e, ERR_REFUSED, "nothing that we found is answered by it");
	tier = plan_tier_allowed(c, fixer->id);
	tier = fixer->tier < tier ? fixer->tier : tier;
	tier = f->tier < tier ? f->tier : tier;
	if (tier == TIER_OFF)
		return err_set(e, ERR_REFUSED, "%s is switched off by the configuration", fixer->id);
	*ret_fixer = fixer;
	*ret_finding = finding;
	*ret_tier = tier;
	return 0;
}
