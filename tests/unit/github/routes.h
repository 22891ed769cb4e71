/* routes.h - what the loopback server says to which address, for tests that only read. */
#ifndef RM_TESTS_GITHUB_ROUTES_H
#define RM_TESTS_GITHUB_ROUTES_H

#include "client.h"

struct route {
	const char *path; /* with its query */
	int status;
	const char *body;
	const char *next; /* path of the next page, NULL */
};
static const struct route *routes;

static void server_answer(struct server *s, int to, const char *path)
{
	char link[256] = "";

	for (const struct route *r = routes; r && r->path; r++) {
		if (strcmp(r->path, path) != 0)
			continue;
		if (r->next)
			snprintf(
				link, sizeof link, "Link: <http://127.0.0.1:%u%s>; rel=\"next\"\r\n", s->port, r->next);
		server_reply_on(s, to, r->status, link, r->body);
		return;
	}
	server_reply_on(s, to, 404, "", MESSAGE("Not Found"));
}

static inline struct github *open_at(const struct route *r)
{
	routes = r;
	return open_with((struct github_options){.patience_ms = -1});
}

static inline bool asked_for(const char *path)
{
	char line[512];

	snprintf(line, sizeof line, "GET %s HTTP", path);
	return count_asked(&api, line) > 0;
}

#endif
