#include "github/internal.h"

#include "base/mem.h"

#include <stdlib.h>

static void add_escaped(struct buf *b, const char *text, const char *plain)
{
	static const char hex[] = "0123456789ABCDEF";
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr(plain, c)) {
			buf_add_char(b, *text);
		} else {
			const char escaped[] = {'%', hex[c >> 4], hex[c & 15]};
			buf_add(b, escaped, sizeof escaped);
		}
	}
}

void path_add_escaped(struct buf *b, const char *text)
{
	add_escaped(b, text, "-_.~");
}

void path_add_name(struct buf *b, const char *name)
{
	add_escaped(b, name, "-_.~/");
}

const char *json_keep(struct arena *a, const cJSON *j, const char *name)
{
	return arena_text(a, json_text(j, name));
}

/* 1: go on, 0: `each` has enough, -1 */
static int give_items(const struct github_answer *a, const char *key, bool (*each)(void *context, const cJSON *item),
	void *context, struct err *e)
{
	const cJSON *items = key ? json_get(a->json, key) : a->json, *item;
	if (!cJSON_IsArray(items))
		return err_set(e, ERR_NETWORK, "GitHub's answer is not the list that was asked for");
	cJSON_ArrayForEach (item, items)
		if (!each(context, item))
			return 0;
	return 1;
}

int page_each(struct github *g, const char *path, const char *key, bool (*each)(void *context, const cJSON *item),
	void *context, bool *ret_more, struct err *e)
{
	if (ret_more)
		*ret_more = false;
	char *at = mem_text(path);
	int rc = 1;
	for (unsigned page = 0; rc == 1 && at; page++) {
		struct github_answer a;
		if (page == GITHUB_PAGES_MAX) {
			if (ret_more)
				*ret_more = true;
			break;
		}
		rc = github_call(g, "GET", at, NULL, &a, e) < 0 ? -1 : give_items(&a, key, each, context, e);
		free(at);
		at = a.next;
		a.next = NULL;
		/* The next page is asked for with the token: nobody sends us elsewhere with it. */
		if (rc == 1 && at && !github_is_ours(g, at))
			rc = err_set(e, ERR_NETWORK,
				"the next page of GitHub's list is at another address; it is not followed");
		github_answer_done(&a);
	}
	free(at);
	return rc < 0 ? -1 : 0;
}

int github_each(struct github *g, const char *path, const char *key, bool (*each)(void *context, const cJSON *item),
	void *context, bool *ret_more, struct err *e)
{
	BUF_AUTO first = buf_new(GITHUB_URL_MAX);
	buf_addf(&first, "%s%cper_page=100", path, strchr(path, '?') ? '&' : '?');
	return page_each(g, buf_text(&first), key, each, context, ret_more, e);
}
