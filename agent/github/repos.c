#include "github/repos.h"

#include "github/internal.h"
#include "github/trees.h"

static enum github_known known(const cJSON *j, const char *name)
{
	const cJSON *value = json_get(j, name);
	return !cJSON_IsBool(value) ? GITHUB_UNKNOWN : cJSON_IsTrue(value) ? GITHUB_YES : GITHUB_NO;
}

int github_repo_get(struct github *g, struct arena *a, struct github_repo *ret, struct err *e)
{
	struct github_answer answer;
	int rc = github_call(g, "GET", "/repos/{repo}", NULL, &answer, e);
	if (rc == 0 && !json_text(answer.json, "full_name"))
		rc = err_set(e, ERR_NETWORK, "GitHub's answer is no repository");
	if (rc == 0) {
		const cJSON *may = json_get(answer.json, "permissions");
		*ret = (struct github_repo){
			.full_name = json_keep(a, answer.json, "full_name"),
			.default_branch = json_keep(a, answer.json, "default_branch"),
			.is_private = json_bool(answer.json, "private", true),
			.archived = json_bool(answer.json, "archived", false),
			.fork = json_bool(answer.json, "fork", false),
			.push = known(may, "push"),
			.admin = known(may, "admin"),
		};
	}
	github_answer_done(&answer);
	return rc;
}

static int sextet(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

/* Base64 in lines, as GitHub gives the content of a file. */
static int decode(struct buf *ret, struct view text, struct err *e)
{
	unsigned bits = 0, n = 0;
	for (size_t i = 0; i < text.n && text.p[i] != '='; i++) {
		int six = sextet(text.p[i]);
		if (six < 0 && (text.p[i] == '\n' || text.p[i] == '\r'))
			continue;
		if (six < 0)
			return err_set(e, ERR_NETWORK, "GitHub's answer holds no valid base64");
		bits = (bits << 6 | (unsigned)six) & 0xffffff;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_add_char(ret, (char)(bits >> n & 0xff));
		}
	}
	return ret->full ? err_set(e, ERR_LIMIT, "the file is larger than %zu bytes", ret->max) : 0;
}

static int decode_content(struct buf *ret, const cJSON *j, struct err *e)
{
	const char *encoding = json_text(j, "encoding"), *content = json_text(j, "content");
	if (!content || !encoding || strcmp(encoding, "base64") != 0)
		return err_set(e, ERR_NETWORK, "GitHub's answer holds no content");
	return decode(ret, view_of(content), e);
}

/* The contents address gives files up to 1 MB; larger ones are blobs. */
int github_blob_get(struct github *g, const char *sha, struct buf *ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/git/blobs/");
	path_add_escaped(&path, sha);
	int rc = github_call(g, "GET", buf_text(&path), NULL, &answer, e);
	if (rc == 0)
		rc = decode_content(ret, answer.json, e);
	github_answer_done(&answer);
	return rc;
}

static int take_file(struct github *g, const cJSON *j, size_t max, struct buf *ret, struct err *e)
{
	const char *type = json_text(j, "type"), *sha = json_text(j, "sha"), *content = json_text(j, "content");
	int64_t size = json_int(j, "size", 0);
	if (cJSON_IsArray(j))
		return err_set(e, ERR_INPUT, "it is a folder");
	if (!type || strcmp(type, "file") != 0)
		return err_set(e, ERR_INPUT, "it is a %.20s, not a file", type ? type : "thing");
	if (size > 0 && (uint64_t)size > max)
		return err_set(e, ERR_LIMIT, "the file is larger than %zu bytes", max);
	if (size > 0 && sha && (!content || !*content))
		return github_blob_get(g, sha, ret, e);
	return decode_content(ret, j, e);
}

int github_file_get(struct github *g, const char *path, const char *ref, size_t max, struct buf *ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO at = buf_new(GITHUB_URL_MAX);
	buf_add_text(&at, "/repos/{repo}/contents/");
	path_add_name(&at, path);
	if (ref) {
		buf_add_text(&at, "?ref=");
		path_add_escaped(&at, ref);
	}
	*ret = buf_new(max);
	int rc = github_call(g, "GET", buf_text(&at), NULL, &answer, e);
	if (rc == 0)
		rc = take_file(g, answer.json, max, ret, e);
	github_answer_done(&answer);
	if (rc < 0) {
		buf_done(ret);
		err_wrap(e, "%.200s", path);
	}
	return rc;
}

/* An answer that the token may not see is unknown, not an error; no answer is one. */
static int look(struct github *g, const char *path, struct github_answer *ret, struct err *e)
{
	struct err refused = {0};
	if (github_call(g, "GET", path, NULL, ret, &refused) == 0)
		return 0;
	if (ret->status >= 400 && ret->status < 500 && refused.code != ERR_NETWORK && refused.code != ERR_BUSY) {
		github_answer_done(ret);
		return 0;
	}
	github_answer_done(ret);
	if (e)
		*e = refused;
	return -1;
}

int github_settings_get(struct github *g, const char *default_branch, struct github_settings *ret, struct err *e)
{
	struct github_answer answer;
	*ret = (struct github_settings){0};
	if (look(g, "/repos/{repo}/actions/permissions/workflow", &answer, e) < 0)
		return -1;
	const char *writes = json_text(answer.json, "default_workflow_permissions");
	ret->default_token_writes = !writes ? GITHUB_UNKNOWN : !strcmp(writes, "write") ? GITHUB_YES : GITHUB_NO;
	ret->may_create_pulls = known(answer.json, "can_approve_pull_request_reviews");
	github_answer_done(&answer);
	if (!default_branch)
		return 0;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/branches/");
	path_add_escaped(&path, default_branch);
	if (look(g, buf_text(&path), &answer, e) < 0)
		return -1;
	ret->default_branch_protected = known(answer.json, "protected");
	github_answer_done(&answer);
	return 0;
}

int github_rate_get(struct github *g, struct github_rate *ret, struct err *e)
{
	struct github_answer answer;
	int rc = github_call(g, "GET", "/rate_limit", NULL, &answer, e);
	*ret = (struct github_rate){-1, -1, -1, -1};
	if (answer.status == 404) /* a GHES without limits */
		rc = 0;
	else if (rc == 0) {
		const cJSON *all = json_get(answer.json, "resources"), *core = json_get(all, "core");
		*ret = (struct github_rate){
			.limit = json_int(core, "limit", -1),
			.remaining = json_int(core, "remaining", -1),
			.reset = json_int(core, "reset", -1),
			.graphql_remaining = json_int(json_get(all, "graphql"), "remaining", -1),
		};
	}
	github_answer_done(&answer);
	return rc;
}
