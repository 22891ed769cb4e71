/* Who the token belongs to: what others wrote is never taken for ours. */
#include "github/internal.h"

#include "base/mem.h"
#include "github/reviews.h"

static int login_of_user(struct github *g, char **ret, struct err *e)
{
	struct github_answer a;
	int rc = github_call(g, "GET", "/user", NULL, &a, e);
	const char *login = rc == 0 ? json_text(a.json, "login") : NULL;
	if (rc == 0 && !login)
		rc = err_set(e, ERR_NETWORK, "GitHub does not say who the token belongs to");
	*ret = mem_text(login);
	github_answer_done(&a);
	return rc;
}

static int login_of_viewer(struct github *g, char **ret, struct err *e)
{
	cJSON *data = NULL;
	if (github_graphql(g, "query { viewer { login } }", NULL, &data, e) < 0)
		return -1;
	const char *login = json_text(json_get(data, "viewer"), "login");
	BUF_AUTO full = buf_new(BUF_LINE);
	/* what is "app[bot]" in REST is "app" in some answers of GraphQL */
	buf_addf(&full, "%s%s", login ? login : "", view_ends(view_of(login), "[bot]") ? "" : "[bot]");
	*ret = login ? buf_take(&full) : NULL;
	cJSON_Delete(data);
	return login ? 0 : err_set(e, ERR_NETWORK, "GitHub does not say who the token belongs to");
}

/* A job's token may not ask /user, and looks like any App's; GraphQL tells both who they are. */
int self_find(struct github *g, struct err *e)
{
	enum github_token kind = github_token_kind(g);
	struct err first = {0};
	if (g->login)
		return 0;
	if (g->app)
		return app_login(g, &g->login, e);
	if (kind != GITHUB_ACTIONS_TOKEN && kind != GITHUB_APP_TOKEN)
		return login_of_user(g, &g->login, e);
	if (login_of_viewer(g, &g->login, &first) == 0)
		return 0;
	if (first.code == ERR_NETWORK || first.code == ERR_BUSY || kind != GITHUB_ACTIONS_TOKEN) {
		if (e)
			*e = first;
		return -1;
	}
	g->login = mem_text("github-actions[bot]");
	return 0;
}

static struct view without_bot(struct view login)
{
	return view_ends(login, "[bot]") ? view_sub(login, 0, login.n - strlen("[bot]")) : login;
}

/* A person and an App may have the same name, but for "[bot]". */
bool self_wrote(const struct github *g, const cJSON *item)
{
	const cJSON *user = json_get(item, "user");
	struct view theirs = view_of(json_text(user, "login")), ours = view_of(g->login);
	return theirs.n && user_is_bot(user) == view_ends(ours, "[bot]") &&
	       view_eq_nocase(without_bot(theirs), without_bot(ours));
}

/* GitHub stores line ends as they come, and cuts blanks at the end. */
bool self_same_text(const char *a, const char *b)
{
	return a && b && view_eq(view_trim_right(view_of(a)), view_trim_right(view_of(b)));
}

int github_login(struct github *g, const char **ret, struct err *e)
{
	if (self_find(g, e) < 0)
		return -1;
	*ret = g->login;
	return 0;
}
