#include "github/internal.h"

static const char *kind_of(const cJSON *errors)
{
	const char *kind = json_text(cJSON_GetArrayItem(errors, 0), "type");
	return kind ? kind : "";
}

static int refuse(const cJSON *errors, struct err *e)
{
	BUF_AUTO text = buf_new(ERR_TEXT_MAX);
	const char *kind = kind_of(errors);
	const cJSON *one;
	cJSON_ArrayForEach (one, errors) {
		const char *message = json_text(one, "message");
		if (message)
			buf_addf(&text, "%s%.300s", text.n ? "; " : "", message);
	}
	enum err_code code = ERR_INPUT;
	if (!strcmp(kind, "FORBIDDEN") || !strcmp(kind, "INSUFFICIENT_SCOPES"))
		code = ERR_AUTH;
	else if (!strcmp(kind, "NOT_FOUND"))
		code = ERR_NOT_FOUND;
	return err_set(
		e, code, "GitHub's GraphQL answered: %s", text.n ? buf_text(&text) : "an error without a message");
}

/* "query {", "{", a fragment first, comments: what holds no mutation only reads. */
static bool only_reads(const char *query)
{
	return !view_has(view_of(query), "mutation");
}

int github_graphql(struct github *g, const char *query, const cJSON *variables, cJSON **ret, struct err *e)
{
	struct transfer t;
	struct err not_json;
	JSON_AUTO *body = json_object();
	BUF_AUTO text = buf_new(GITHUB_ANSWER_MAX);
	json_add_text(body, "query", query);
	if (variables)
		json_add(body, "variables", cJSON_Duplicate(variables, true));
	json_print(&text, body);
	struct request r = {.method = "POST",
		.path = g->graphql_url,
		.body = buf_text(&text),
		.read = only_reads(query),
		.graphql = true,
		.ceiling = GITHUB_ANSWER_MAX,
		.seconds = GITHUB_TIMEOUT_S};
	int rc = call_perform(g, &r, &t, e);
	JSON_AUTO *answer = rc == 0 ? json_parse(buf_view(&t.body), GITHUB_ANSWER_MAX, &not_json) : NULL;
	const cJSON *errors = json_get(answer, "errors");
	if (rc == 0 && t.status >= 400) {
		struct github_answer a = {.status = t.status, .json = answer};
		rc = refusal(g, &r, &a, buf_view(&t.heard.sso), e);
	} else if (rc == 0 && cJSON_GetArraySize(errors) > 0) {
		rc = refuse(errors, e);
	} else if (rc == 0 && !cJSON_IsObject(json_get(answer, "data"))) {
		rc = err_set(e, ERR_NETWORK, "GitHub's GraphQL answer has no data");
	}
	if (rc == 0)
		*ret = cJSON_DetachItemFromObjectCaseSensitive(answer, "data");
	else
		github_hide(g, e);
	transfer_done(&t);
	return rc;
}
