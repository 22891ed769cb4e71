/* client.h - a client for the loopback server, whose waits take no time and are written down. */
#ifndef RM_TESTS_GITHUB_CLIENT_H
#define RM_TESTS_GITHUB_CLIENT_H

#include "github/github.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server.h"

/* Put together at run time, so that no scanner takes it for a real one. */
#define TOKEN                                                                                                          \
	"tok"                                                                                                          \
	"en-of-the-test"
#define MESSAGE(text) "{\"message\":\"" text "\",\"documentation_url\":\"https://docs.example\"}"

static struct server api, other;
static unsigned waits;
static int64_t waited_ms;

static inline bool no_sleep(void *context, int64_t ms, const char *why)
{
	(void)context;
	(void)why;
	waits++;
	waited_ms += ms;
	return true;
}

static inline struct github *open_with(struct github_options o)
{
	char url[64];
	struct github *g = NULL;
	struct err e = {0};

	snprintf(url, sizeof url, "http://127.0.0.1:%u", api.port);
	o.api_url = url;
	o.repository = "acme/app";
	o.wait = o.wait ? o.wait : no_sleep;
	if (!o.app_id && !o.token)
		o.token = TOKEN;
	if (github_open(&g, &o, &e) < 0)
		fail_msg("%s", e.text);
	waits = 0;
	waited_ms = 0;
	api.asked_count = other.asked_count = 0;
	return g;
}

static inline size_t count_asked(const struct server *s, const char *part)
{
	size_t n = 0;

	for (size_t i = 0; i < s->asked_count && i < SERVER_ASKED_MAX; i++)
		n += strstr(s->asked[i].head, part) != NULL;
	return n;
}

static inline int client_begin(void **state)
{
	(void)state;
	setenv("no_proxy", "*", 1);
	unsetenv("GITHUB_ACTIONS");
	if (!server_start(&api) || !server_start(&other))
		return -1;
	api.other_port = other.port;
	other.other_port = api.port;
	return 0;
}

static inline int client_end(void **state)
{
	(void)state;
	server_stop(&api);
	server_stop(&other);
	return 0;
}

#endif
