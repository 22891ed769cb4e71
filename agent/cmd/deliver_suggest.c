/* Fixes as suggestions in a review of the pull request; what no suggestion can hold stays a patch. */
#include "cmd/deliver_steps.h"

#include <string.h>

struct shown { /* what the pull request's diff shows */
	struct github_pull_file *files;
	size_t count;
};

static const char *patch_of(void *context, const char *path)
{
	const struct shown *s = context;
	for (size_t i = 0; i < s->count; i++)
		if (!strcmp(s->files[i].path, path))
			return s->files[i].patch;
	return NULL;
}

static void leave(struct deliver_work *w, const bool *left_or_null, const char *reason)
{
	size_t n = 0;
	for (size_t i = 0; i < w->count; i++) {
		struct deliver_item *item = &w->items[i];
		if (item->way != DELIVERY_SUGGEST)
			continue;
		item->done = left_or_null && !left_or_null[n++];
		if (item->done)
			continue;
		item->way = DELIVERY_PATCH;
		item->reason = reason;
	}
}

/* A person may have pushed since: what fits the judged commit need not fit theirs. */
static int is_current(struct deliver_work *w, struct err *e)
{
	struct github_pull pull;
	if (github_pull_get(w->g, w->facts.pull, w->d->arena, &pull, e) < 0)
		return -1;
	if (!pull.state || strcmp(pull.state, "open") != 0)
		return err_set(e, ERR_REFUSED, "the pull request is closed");
	if (!pull.head_sha || strcmp(pull.head_sha, w->d->run->head_sha) != 0)
		return err_set(e, ERR_REFUSED, "somebody pushed to the pull request in the meantime");
	return 0;
}

static int post(struct deliver_work *w, const struct publish_deliver *words, const struct publish_suggestion *list,
	size_t n, struct err *e)
{
	struct github_suggestion *wanted = arena_array(w->d->arena, n, sizeof *wanted);
	unsigned posted = 0, there = 0;
	BUF_AUTO body = buf_new(PUBLISH_TEXT_MAX);
	for (size_t i = 0; i < n; i++)
		wanted[i] = (struct github_suggestion){
			.path = list[i].path, .first = list[i].first, .last = list[i].last, .body = list[i].body};
	publish_review_body(&body, words, n);
	if (github_review_put(
		    w->g, w->facts.pull, w->d->run->head_sha, buf_text(&body), wanted, n, &posted, &there, e) < 0)
		return -1;
	w->d->run->delivery.suggestions = posted + there;
	return 0;
}

static int suggest(struct deliver_work *w, struct err *e)
{
	struct publish_deliver words;
	struct publish_suggestion *list = NULL;
	struct shown shown = {0};
	deliver_words(&words, w, DELIVERY_SUGGEST);
	bool *left = arena_array(w->d->arena, words.count + 1, sizeof *left);
	if (is_current(w, e) < 0 ||
		github_pull_files(w->g, w->facts.pull, w->d->arena, &shown.files, &shown.count, e) < 0)
		return -1;
	size_t n = publish_suggestions(&words, patch_of, &shown, w->d->arena, &list, left);
	if (n && post(w, &words, list, n, e) < 0)
		return -1;
	leave(w, left, "its lines are not in the diff of the pull request");
	return 0;
}

void deliver_as_suggestions(struct deliver_work *w)
{
	struct err why;
	if (suggest(w, &why) == 0)
		return;
	deliver_note(w, "Nothing was suggested: %s", why.text);
	leave(w, NULL, arena_text(w->d->arena, why.text));
}
