/* The check run: what it is called, what it says, and at which lines. */
#include "base/redact.h"
#include "publish/annotations.h"
#include "publish/excerpt.h"
#include "publish/page.h"

#define TITLE_SHOWN 300u
#define TITLE_IN_TITLE 110u
#define TESTS_SHOWN 10u
#define TESTS_IN_TEXT 50u
#define DIFF_SHOWN ((size_t)16 << 10)
#define FIELD_TITLE 200u
#define FIELD_MESSAGE 2000u
#define FIELD_RAW 4000u

static void add_summary(struct buf *out, const struct told *t)
{
	struct page p;
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = {.out = &block, .form = PEN_MARKDOWN, .run = t->run};
	page_start(&p, out, PUBLISH_TEXT_MAX, t->run, NULL);
	pen_ours(&pen, "**");
	words_headline(&pen, t, TITLE_SHOWN);
	pen_ours(&pen, ".**\n\n");
	page_add(&p, &block);
	if (t->group_count && !t->run->green)
		page_group(&p, t, &t->groups[0], TESTS_SHOWN, false);
	page_notes(&p, t->run);
	page_end(&p);
}

static void add_text(struct buf *out, const struct told *t)
{
	struct page p;
	page_start(&p, out, PUBLISH_TEXT_MAX, t->run, NULL);
	page_fixes(&p, t, DIFF_SHOWN);
	page_other_groups(&p, t, TESTS_IN_TEXT, true);
	page_refused(&p, t);
	page_jobs(&p, t->run);
	page_end(&p);
}

static const char *level(enum severity s)
{
	return s == SEVERITY_ERROR ? "failure" : s == SEVERITY_WARNING ? "warning" : "notice";
}

static void add_field(cJSON *j, const char *name, const char *text, size_t most)
{
	BUF_AUTO cut = buf_new(BUF_PAGE), plain = buf_new(BUF_PAGE);
	short_text(&cut, text, most);
	plain_text(&plain, buf_view(&cut));
	if (plain.n)
		json_add_view(j, name, buf_view(&plain));
}

/* Shown as it is, without links. */
static void add_raw(cJSON *j, const struct finding *f)
{
	BUF_AUTO lines = buf_new(BUF_PAGE), safe = buf_new(BUF_PAGE);
	excerpt_text(&lines, f);
	redact_for_terminal(&safe, buf_view(&lines));
	if (safe.n)
		json_add_view(j, "raw_details", view_cut_utf8(buf_view(&safe), FIELD_RAW));
}

static cJSON *annotation_json(const struct annotation *a)
{
	cJSON *j = json_object();
	json_add_text(j, "path", a->path);
	json_add_int(j, "start_line", a->line);
	json_add_int(j, "end_line", a->line);
	if (a->column) {
		json_add_int(j, "start_column", a->column);
		json_add_int(j, "end_column", a->column);
	}
	json_add_text(j, "annotation_level", level(a->severity));
	add_field(j, "title", a->title, FIELD_TITLE);
	add_field(j, "message", a->message, FIELD_MESSAGE);
	if (!json_text(j, "message")) /* which GitHub demands */
		json_add_text(j, "message", json_text(j, "title") ? json_text(j, "title") : "It failed here.");
	if (a->finding)
		add_raw(j, a->finding);
	return j;
}

static cJSON *output_json(struct view title, struct view summary, struct view text)
{
	cJSON *j = json_object();
	json_add_view(j, "title", title);
	json_add_view(j, "summary", summary);
	if (text.n)
		json_add_view(j, "text", text);
	json_add(j, "annotations", json_array());
	return j;
}

static void add_outputs(struct publish_check *c, const struct told *t, const struct annotation *notes)
{
	BUF_AUTO title = buf_new(BUF_PAGE), summary = buf_new(BUF_PAGE), text = buf_new(BUF_PAGE);
	BUF_AUTO headline = buf_new(BUF_PAGE);
	const struct pen plain = {.out = &headline, .run = t->run};
	words_headline(&plain, t, TITLE_IN_TITLE);
	short_text(&title, buf_text(&headline), PUBLISH_TITLE_MAX - sizeof "…");
	add_summary(&summary, t);
	add_text(&text, t);
	cJSON *output = NULL;
	for (size_t i = 0; i < c->annotations || i == 0; i++) {
		if (i % PUBLISH_ANNOTATIONS_BATCH == 0) {
			output = output_json(buf_view(&title), buf_view(&summary), buf_view(&text));
			json_append(c->outputs, output);
		}
		if (i < c->annotations)
			json_append(cJSON_GetObjectItem(output, "annotations"), annotation_json(&notes[i]));
	}
}

void publish_check(struct publish_check *ret, const struct publish_run *r, publish_has_file *has, void *context)
{
	struct told t;
	const struct annotation *notes;
	char key[WORKFLOW_KEY_MAX];
	BUF_AUTO name = buf_new(BUF_LINE);
	const struct pen name_pen = {.out = &name, .run = r};
	told_start(&t, r);
	words_name(&name_pen);
	workflow_key(r, key);
	*ret = (struct publish_check){.head_sha = r->head_sha, .outputs = json_array()};
	ret->name = arena_text(&ret->arena, buf_text(&name));
	ret->external_id = arena_format(&ret->arena, "runmedic:%s:%lld", key, (long long)r->id);
	ret->details_url = arena_text(&ret->arena, words_page(r));
	ret->conclusion = r->green ? "success" : "neutral";
	ret->annotations = annotations_of(&t, &t.arena, PUBLISH_ANNOTATIONS_MAX, has, context, &notes);
	add_outputs(ret, &t, notes);
	told_done(&t);
}

void publish_check_done(struct publish_check *c)
{
	json_free(&c->outputs);
	arena_done(&c->arena);
	*c = (struct publish_check){0};
}
