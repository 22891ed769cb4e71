#include "attest/statement.h"

#include "attest/claim_internal.h"

#define KEYS_MAX 100 /* members of one object of a statement */
#define KEY_BYTES_MAX 100u
#define CONFIGURATION ".github/runmedic.yml"

/* ---- writing -------------------------------------------------------------------------------------------------- */

static cJSON *subject_json(const struct claim *r, const char *repository, const char *server_url)
{
	cJSON *subject = json_object(), *digest = json_object(), *list = json_array();
	BUF_AUTO name = buf_new(BUF_LINE);

	buf_addf(&name, "git+%s/%s", server_url, repository);
	json_add_view(subject, "name", buf_view(&name));
	json_add_text(digest, "gitCommit", r->commit_sha);
	json_add_text(digest, "gitTree", r->tree);
	json_add(subject, "digest", digest);
	json_append(list, subject);
	return list;
}

static cJSON *configuration_json(const struct claim *r)
{
	cJSON *file = json_object(), *digest = json_object(), *list = json_array();

	json_add_text(file, "name", CONFIGURATION);
	json_add_text(digest, "sha256", r->config_digest ? r->config_digest + strlen(CLAIM_DIGEST_PREFIX) : NULL);
	json_add(file, "digest", digest);
	json_append(list, file);
	return list;
}

static cJSON *predicate_json(const struct claim *r)
{
	cJSON *j = json_object(), *failed = json_array();

	for (const char *const *id = r->tests.ran ? r->tests.failed_ids : NULL; id && *id; id++)
		json_append_text(failed, *id);
	json_add_text(j, "result", r->passed ? "PASSED" : "FAILED");
	json_add(j, "configuration", configuration_json(r));
	json_add(j, "passedTests", json_array());
	json_add(j, "failedTests", failed);
	json_add(j, "runmedic", claim_json(r));
	return j;
}

cJSON *statement_json(const struct claim *r, const char *repository, const char *server_url)
{
	struct claim said = *r; /* with the repository that the subject names */
	cJSON *j = json_object();

	said.repository = repository;
	json_add_text(j, "_type", STATEMENT_TYPE);
	json_add(j, "subject", subject_json(&said, repository, server_url));
	json_add_text(j, "predicateType", STATEMENT_PREDICATE);
	json_add(j, "predicate", predicate_json(&said));
	return j;
}

/* ---- keys that another reader may take for one of ours -------------------------------------------------------- */

/* Go's JSON reader ignores case, protobuf's knows each name with underscores as well. */
static bool fold(const char *key, char ret[KEY_BYTES_MAX])
{
	size_t n = 0;

	for (; *key; key++) {
		unsigned char c = (unsigned char)*key;

		if (c <= 0x20 || c >= 0x7f || n + 1 >= KEY_BYTES_MAX)
			return false;
		if (c != '_')
			ret[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	ret[n] = '\0';
	return true;
}

static const char *known_as(const char *folded)
{
	static const char *const known[][2] = {
		{"type", "_type"},
		{"subject", "subject"},
		{"predicatetype", "predicateType"},
		{"predicate", "predicate"},
		{"digest", "digest"},
		{"gitcommit", "gitCommit"},
		{"gittree", "gitTree"},
		{"result", "result"},
		{"configuration", "configuration"},
		{"passedtests", "passedTests"},
		{"warnedtests", "warnedTests"},
		{"failedtests", "failedTests"},
		{"runmedic", "runmedic"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(folded, known[i][0]) == 0)
			return known[i][1];
	return NULL;
}

static int check_object(const cJSON *object, struct err *e)
{
	char folded[KEYS_MAX][KEY_BYTES_MAX];
	const cJSON *child;
	size_t n = 0;

	cJSON_ArrayForEach (child, object) {
		if (n == KEYS_MAX || !fold(child->string, folded[n]))
			return err_set(
				e, ERR_INPUT, "an object has a key that is not plain, or more than %d keys", KEYS_MAX);
		const char *known = known_as(folded[n]);

		if (known && strcmp(known, child->string) != 0)
			return err_set(e, ERR_INPUT, "some readers take the key `%s` for `%s`", child->string, known);
		for (size_t i = 0; i < n; i++)
			if (strcmp(folded[i], folded[n]) == 0)
				return err_set(
					e, ERR_INPUT, "some readers take the key `%s` for another one", child->string);
		n++;
	}
	return 0;
}

static int check_keys(const cJSON *j, struct err *e)
{
	const cJSON *child;

	if (cJSON_IsObject(j) && check_object(j, e) < 0)
		return -1;
	cJSON_ArrayForEach (child, j)
		if (check_keys(child, e) < 0)
			return -1;
	return 0;
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

static int must_be(const cJSON *object, const char *name, const char *wanted, struct err *e)
{
	const char *text = json_text(object, name);

	if (text && wanted && strcmp(text, wanted) == 0)
		return 0;
	if (!text)
		return err_set(e, ERR_INPUT, "`%s` is missing or not text", name);
	return err_set(e, ERR_INPUT, "`%s` is %.100s instead of %s", name, text, wanted ? wanted : "nothing");
}

/* The only entry of a list, which must be an object. */
static const cJSON *only_object(const cJSON *object, const char *name, struct err *e)
{
	const cJSON *list = json_get(object, name);

	if (cJSON_IsArray(list) && cJSON_GetArraySize(list) == 1 && cJSON_IsObject(list->child))
		return list->child;
	err_set(e, ERR_INPUT, "`%s` is not a list with exactly one object", name);
	return NULL;
}

/* "git+https://github.com/acme/widgets" -> "acme/widgets" */
static struct view repository_of(struct view name)
{
	size_t last = view_find_last_char(name, '/'), before;

	if (last == VIEW_NONE || !view_starts(name, "git+"))
		return (struct view){0};
	before = view_find_last_char(view_sub(name, 0, last), '/');
	return before == VIEW_NONE ? (struct view){0} : view_from(name, before + 1);
}

static int read_subject(struct statement *s, const cJSON *j, struct err *e)
{
	const cJSON *subject = only_object(j, "subject", e), *digest = json_get(subject, "digest");
	const char *name = json_text(subject, "name");
	struct view repository = repository_of(view_of(name));

	if (!subject)
		return -1;
	if (!name || cJSON_GetArraySize(subject) != 2 || cJSON_GetArraySize(digest) != 2)
		return err_set(e, ERR_INPUT, "the subject is not a name with the digests gitCommit and gitTree alone");
	if (!claim_repository_ok(repository) || strlen(name) > CLAIM_TEXT_MAX || !claim_name_ok(view_of(name)))
		return err_set(e, ERR_INPUT, "the subject's name is not git+SERVER/OWNER/NAME");
	if (must_be(digest, "gitCommit", s->claim.commit_sha, e) < 0 ||
		must_be(digest, "gitTree", s->claim.tree, e) < 0)
		return err_wrap(e, "the subject is not that of the result");
	if (!view_is(repository, s->claim.repository))
		return err_set(e, ERR_INPUT, "the subject is of another repository than the result");
	s->subject_name = arena_text(&s->claim.arena, name);
	s->subject_repository = arena_view(&s->claim.arena, repository).p;
	s->subject_commit = s->claim.commit_sha;
	s->subject_tree = s->claim.tree;
	return 0;
}

static int check_configuration(const struct claim *r, const cJSON *predicate, struct err *e)
{
	const cJSON *file = only_object(predicate, "configuration", e);

	if (!file || must_be(file, "name", CONFIGURATION, e) < 0)
		return -1;
	if (must_be(json_get(file, "digest"), "sha256", r->config_digest + strlen(CLAIM_DIGEST_PREFIX), e) < 0)
		return err_wrap(e, "the configuration is not that of the result");
	return 0;
}

static bool is_empty_list(const cJSON *j)
{
	return !j || (cJSON_IsArray(j) && !j->child);
}

/* Readers of the standard predicate must see the outcome that we see. */
static int check_outcome(const struct claim *r, const cJSON *predicate, struct err *e)
{
	const cJSON *tests = json_get(json_get(json_get(predicate, "runmedic"), "checks"), "tests");
	const cJSON *ids = json_get(tests, "failed_ids"), *failed = json_get(predicate, "failedTests");

	if (must_be(predicate, "result", r->passed ? "PASSED" : "FAILED", e) < 0)
		return err_wrap(e, "the predicate contradicts the result");
	if (!is_empty_list(json_get(predicate, "passedTests")) || !is_empty_list(json_get(predicate, "warnedTests")))
		return err_set(e, ERR_INPUT, "the predicate lists passed or warned tests, which the result does not");
	if (is_empty_list(ids) ? !is_empty_list(failed) : !cJSON_Compare(ids, failed, true))
		return err_set(e, ERR_INPUT, "the predicate lists other failed tests than the result");
	return 0;
}

/* What is signed says all of it: a member that is left out would be read as the better case. */
static int check_said(const cJSON *result, struct err *e)
{
	static const char *const names[] = {
		"branch", "selection", "dirty", "untracked", "submodules", "passed", "checks", "runs", "tools"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!cJSON_GetObjectItemCaseSensitive(result, names[i]))
			return err_set(e, ERR_INPUT, "`%s` is missing", names[i]);
	if (!cJSON_IsBool(json_get(result, "dirty")) || !cJSON_IsBool(json_get(result, "passed")) ||
		!cJSON_IsNumber(json_get(result, "untracked")))
		return err_set(e, ERR_INPUT, "`dirty`, `passed` and `untracked` must be said");
	return 0;
}

static int read_result(struct claim *ret, const cJSON *predicate, struct err *e)
{
	const cJSON *result = json_get(predicate, "runmedic");
	BUF_AUTO missing = buf_new(BUF_LINE);

	if (!cJSON_IsObject(result))
		return err_set(e, ERR_INPUT, "the predicate has no result of runmedic");
	if (check_said(result, e) < 0 || claim_from_json(ret, result, e) < 0)
		return err_wrap(e, "the result");
	if (claim_complete(ret, &missing))
		return 0;
	claim_done(ret);
	return err_set(e, ERR_INPUT, "the result lacks %s", buf_text(&missing));
}

int statement_read(struct statement *ret, struct view payload, struct err *e)
{
	JSON_AUTO *j = json_parse_strict(payload, CLAIM_BYTES_MAX, e);
	const cJSON *predicate = json_get(j, "predicate");
	struct statement s = {0};

	if (!j || check_keys(j, e) < 0 || must_be(j, "_type", STATEMENT_TYPE, e) < 0 ||
		must_be(j, "predicateType", STATEMENT_PREDICATE, e) < 0 || read_result(&s.claim, predicate, e) < 0)
		return -1;
	if (read_subject(&s, j, e) < 0 || check_configuration(&s.claim, predicate, e) < 0 ||
		check_outcome(&s.claim, predicate, e) < 0) {
		statement_done(&s);
		return -1;
	}
	*ret = s;
	return 0;
}

void statement_done(struct statement *s)
{
	claim_done(&s->claim);
	*s = (struct statement){0};
}
