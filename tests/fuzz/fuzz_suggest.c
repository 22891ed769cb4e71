/* Any bytes as the diff of a fix and as the diff of a pull request: suggestions are sound blocks for lines that the
 * pull request shows, an offer has all of its own or none, and no two touch one line. The same bytes as the body of a
 * pull request and as a patch in a comment. */
#include "publish/deliver.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define must(condition) ((condition) ? (void)0 : abort())

static size_t ticks_at(struct view v)
{
	size_t n = 0;
	while (n < v.n && v.p[n] == '`')
		n++;
	return n;
}

/* Every fence is closed by one as long, and nothing is a control character. */
static void check_text(struct view text)
{
	struct view rest = text, line;
	size_t fence = 0;
	uint32_t code;
	for (size_t n; text.n; text = view_from(text, n)) {
		n = view_utf8(text, &code);
		must(n && (code >= 0x20 || code == '\n' || code == '\t') && !(code >= 0x7f && code <= 0x9f));
	}
	while (view_next(&rest, '\n', &line)) {
		size_t n = ticks_at(line);
		if (fence)
			fence = n >= fence && n == line.n ? 0 : fence;
		else if (n >= 3 && !view_has(view_from(line, n), "`"))
			fence = n;
	}
	must(!fence);
}

static const char *patch_of(void *context, const char *path)
{
	must(*path && *path != '/' && !strstr(path, "../"));
	return context;
}

static void check_suggestions(const char *diff, const char *patch)
{
	static const struct publish_fix fix = {.fixer = "own/fixer", .summary = "as offered"};
	static const struct publish_run run = {.id = 7};
	const struct publish_offer offers[] = {
		{.fix = &fix, .diff = diff}, {.diff = patch}, {.fix = &fix, .diff = diff}};
	const struct publish_deliver d = {.run = &run, .offers = offers, .count = 3};
	struct publish_suggestion *list;
	bool left[3];
	size_t of[3] = {0};
	ARENA_AUTO a = {0};
	size_t n = publish_suggestions(&d, patch_of, (void *)(uintptr_t)patch, &a, &list, left);
	must(n <= PUBLISH_SUGGESTIONS_MAX);
	for (size_t i = 0; i < n; i++) {
		must(list[i].first >= 1 && list[i].first <= list[i].last && list[i].offer < 3);
		must(strstr(list[i].body, "suggestion\n") && strlen(list[i].body) <= PUBLISH_TEXT_MAX);
		check_text(view_of(list[i].body));
		of[list[i].offer]++;
		for (size_t k = 0; k < i; k++)
			must(strcmp(list[i].path, list[k].path) || list[i].first > list[k].last ||
				list[i].last < list[k].first);
	}
	for (size_t i = 0; i < 3; i++)
		must(left[i] == !of[i]);
	must(left[2] || !of[0]); /* the same lines twice */
}

static void check_patch(const char *patch)
{
	static const struct publish_run run = {.id = 7, .pull = 5};
	static const struct publish_offer offer = {0};
	const struct publish_deliver d = {.run = &run, .offers = &offer, .count = 1, .patch = patch};
	BUF_AUTO out = buf_new(BUF_PAGE);
	publish_patch_section(&out, &d);
	must(out.n && out.n <= PUBLISH_TEXT_MAX);
	check_text(buf_view(&out));
}

static void check_body(struct view body)
{
	struct publish_pull_facts facts;
	BUF_AUTO out = buf_new(BUF_FILE);
	if (!publish_pull_read(&facts, body))
		return;
	must(facts.run.n && facts.fixer_count <= 8);
	bool was = facts.withdrawn;
	must(publish_pull_withdrawn(&out, body, "it stayed red"));
	must(publish_pull_read(&facts, buf_view(&out)) && facts.withdrawn && (was || out.n > 0));
}

/* Up to the first NUL the diff of the fix, behind it that of the pull request. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view all = view_make((const char *)data, size);
	size_t end = view_find_char(all, 0);
	ARENA_AUTO a = {0};
	const char *diff = arena_view(&a, view_sub(all, 0, end)).p;
	const char *patch = arena_view(&a, end == VIEW_NONE ? all : view_from(all, end + 1)).p;
	check_suggestions(diff, patch);
	check_patch(diff);
	check_body(all);
	return 0;
}
