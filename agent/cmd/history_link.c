#include "cmd/history.h"

#include "base/mem.h"
#include "cmd/stop.h"
#include "github/repos.h"

#include <stdlib.h>
#include <string.h>

/* An App has its token from the first question on. */
static int find_token(struct history_link *l, struct err *e)
{
	ARENA_AUTO a = {0};
	struct github_repo repo;

	if (l->remote->token_from == REMOTE_APP && !github_token_text(l->remote->github) &&
		github_repo_get(l->remote->github, &a, &repo, e) < 0)
		return -1;
	l->token = mem_text(github_token_text(l->remote->github));
	return 0;
}

int history_link_open(struct history_link *ret, struct session *s, struct remote *remote, struct err *e)
{
	struct remote_options o = {0};
	BUF_AUTO url = buf_new(BUF_LINE);

	*ret = (struct history_link){.session = s, .remote = remote, .own_remote = !remote};
	if (!remote) {
		o.stop = stop_on_signals();
		if (remote_open(&ret->remote, s, &o, e) < 0)
			return -1;
	}
	buf_addf(&url, "%s/%s.git", ret->remote->server, ret->remote->repository);
	ret->url = buf_take(&url);
	if (find_token(ret, e) < 0) {
		history_link_close(ret);
		return -1;
	}
	ret->options = (struct git_remote_options){
		.url = ret->url, .token = ret->token, .ca_file = github_ca_file(), .stop = ret->remote->stop};
	if (facts_refs_open(&ret->refs, &ret->options, e) == 0)
		return 0;
	history_link_close(ret);
	return -1;
}

void history_link_close(struct history_link *l)
{
	facts_refs_close(l->refs);
	if (l->token)
		explicit_bzero(l->token, strlen(l->token));
	free(l->token);
	free(l->url);
	if (l->own_remote)
		remote_close(l->remote);
	*l = (struct history_link){0};
}

void history_refuse(struct history_refusals *r, const char *where, const char *why)
{
	if (r->count < HISTORY_STRANGE_MAX)
		r->items[r->count] = (struct history_refusal){mem_text(where), mem_text(why)};
	r->count++;
}

void history_refusals_done(struct history_refusals *r)
{
	for (size_t i = 0; i < r->count && i < HISTORY_STRANGE_MAX; i++) {
		free(r->items[i].where);
		free(r->items[i].why);
	}
	r->count = 0;
}
