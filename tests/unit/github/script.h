/* script.h - what the loopback server says to whom, row after row: the first row that fits and is not used up answers.
 * Changes on the server are rows that are used up. A lost one is carried out without an answer. */
#ifndef RM_TESTS_GITHUB_SCRIPT_H
#define RM_TESTS_GITHUB_SCRIPT_H

#include "client.h"

#define SCRIPT_MAX 64

struct row {
	/* path with its query, below /repos/acme/app unless it begins with ':'; one that ends with '*' is a beginning
	 */
	const char *method, *path;
	int status;
	const char *body;
	unsigned times; /* 0: always */
	bool lost;
	const char *next; /* the path of the next page, below /repos/acme/app */
};
static struct row script[SCRIPT_MAX];
static unsigned used[SCRIPT_MAX];

static inline bool script_fits(const char *wanted, const char *path)
{
	size_t n = strlen(wanted);

	return wanted[n - 1] == '*' ? strncmp(wanted, path, n - 1) == 0 : strcmp(wanted, path) == 0;
}

static void server_answer(struct server *s, int to, const char *path)
{
	const char *head = s->asked[(s->asked_count - 1) % SERVER_ASKED_MAX].head;
	char link[512] = "", whole[512];

	for (size_t i = 0; i < SCRIPT_MAX && script[i].path; i++) {
		const struct row *r = &script[i];
		const char *ours = r->path[0] == ':' ? r->path + 1 : r->path;
		snprintf(whole, sizeof whole, "%s%s", r->path[0] == ':' ? "" : "/repos/acme/app", ours);
		if (strncmp(head, r->method, strlen(r->method)) != 0 || head[strlen(r->method)] != ' ' ||
			!script_fits(whole, path) || (r->times && used[i] >= r->times))
			continue;
		used[i]++;
		if (r->next)
			snprintf(link, sizeof link, "Link: <http://127.0.0.1:%u/repos/acme/app%s>; rel=\"next\"\r\n",
				s->port, r->next);
		if (!r->lost)
			server_reply_on(s, to, r->status, link, r->body ? r->body : "");
		return;
	}
	server_reply_on(s, to, 404, "", MESSAGE("Not Found"));
}

/* A client for these rows, which end with an empty one. */
static inline struct github *play(const struct row *rows)
{
	size_t n = 0;

	memset(script, 0, sizeof script);
	memset(used, 0, sizeof used);
	for (; rows && rows[n].path; n++) {
		assert_true(n < SCRIPT_MAX - 1);
		script[n] = rows[n];
	}
	return open_with((struct github_options){.write_gap_ms = -1});
}

/* How often it was asked: "POST /git/refs". */
static inline size_t asked(const char *what)
{
	char line[512];
	const char *path = strchr(what, ' ') + 1;

	snprintf(line, sizeof line, "%.*s%s%s", (int)(path - what), what, *path == ':' ? "" : "/repos/acme/app",
		*path == ':' ? path + 1 : path);
	return count_asked(&api, line);
}

/* Everything else than GET. */
static inline size_t writes(void)
{
	return api.asked_count - count_asked(&api, "GET /");
}

/* The body of the n-th request (from 1) of this kind. */
static inline cJSON *sent(const char *what, unsigned n)
{
	char line[512];
	struct err e;

	snprintf(line, sizeof line, "%s", what);
	for (size_t i = 0; i < api.asked_count && i < SERVER_ASKED_MAX; i++) {
		const char *head = api.asked[i].head, *text = strstr(head, "\r\n\r\n");
		char found[600];
		sscanf(head, "%599[^\r]", found);
		if (!strstr(found, strchr(line, ' ') + 1) || strncmp(found, line, strcspn(line, " ")) != 0 || --n)
			continue;
		return text && text[4] ? json_parse(view_of(text + 4), BUF_PAGE, &e) : NULL;
	}
	return NULL;
}

#endif
