/* The commit status: one line. */
#include "publish/bodies.h"
#include "publish/words.h"

#define TITLE_SHOWN 60u

/* At most n characters of v, the last of them "…" where it was cut. */
static void add_characters(struct buf *out, struct view v, size_t n)
{
	uint32_t code;
	size_t count = 0, end = 0, cut = 0;
	for (size_t bytes; (bytes = view_utf8(view_from(v, end), &code)) > 0; end += bytes)
		if (++count == n)
			cut = end;
	buf_add_view(out, count > n ? view_sub(v, 0, cut) : view_sub(v, 0, end));
	if (count > n)
		buf_add_text(out, "…");
}

void publish_status(struct publish_status *ret, const struct publish_run *r)
{
	struct told t;
	BUF_AUTO name = buf_new(BUF_LINE), line = buf_new(BUF_PAGE), cut = buf_new(BUF_LINE);
	const struct pen p = {.out = &line, .run = r}, name_pen = {.out = &name, .run = r};
	told_start(&t, r);
	words_name(&name_pen);
	words_headline(&p, &t, TITLE_SHOWN);
	add_characters(&cut, buf_view(&line), PUBLISH_DESCRIPTION_MAX);
	*ret = (struct publish_status){.state = "success"};
	ret->context = arena_text(&ret->arena, buf_text(&name));
	ret->description = arena_text(&ret->arena, buf_text(&cut));
	ret->target_url = arena_text(&ret->arena, words_page(r));
	told_done(&t);
}

void publish_status_done(struct publish_status *s)
{
	arena_done(&s->arena);
	*s = (struct publish_status){0};
}
