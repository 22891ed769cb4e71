/* A verdict in words. Whoever reads it must see at once whether it counts, why, and which figure stands beside which
 * threshold. */
#include "publish/local_words.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/redact.h"
#include "publish/pen.h"
#include "publish/publish.h"
#include "publish/safe.h"

#include <string.h>

#define SAYS_SHOWN 600u
#define NAME_SHOWN 120u
#define ID_SHOWN 300u
#define TITLE_SHOWN 200u
#define NOTE_SHOWN 400u
#define SHA_SHOWN 12

static const char *headline(const struct publish_local *l)
{
	static const char *const words[] = {[LOCAL_TRUSTED] = "Trusted: full CI is not needed",
		[LOCAL_REJECTED] = "Not trusted: full CI runs",
		[LOCAL_AUDIT] = "Spot audit: full CI decides",
		[LOCAL_TROUBLE] = "Could not be verified: full CI runs"};

	return words[l->state];
}

/* ---- Markdown ------------------------------------------------------------------------------------------------- */

static void add_text(struct buf *out, const char *text, size_t most)
{
	BUF_AUTO cut = buf_new(BUF_PAGE);

	short_text(&cut, text, most);
	markdown_text(out, buf_view(&cut));
}

static void add_head(struct buf *out, const struct publish_local *l)
{
	buf_addf(out, "**%s.** ", headline(l));
	add_text(out, l->says, SAYS_SHOWN);
	buf_add_text(out, "\n\n");
	if (l->advice) {
		add_text(out, l->advice, SAYS_SHOWN);
		buf_add_text(out, "\n\n");
	}
}

static void add_row(struct buf *out, const char *name, const char *text, size_t most)
{
	if (!text)
		return;
	buf_addf(out, "| %s | ", name);
	add_text(out, text, most);
	buf_add_text(out, " |\n");
}

static void add_about(struct buf *out, const struct publish_local *l)
{
	char made[CLOCK_TEXT_MAX], expires[CLOCK_TEXT_MAX];

	buf_add_text(out, "| Result | |\n| --- | --- |\n");
	add_row(out, "Verdict", l->reason, NAME_SHOWN);
	add_row(out, "Signed by", l->principal, NAME_SHOWN);
	add_row(out, "Key", l->fingerprint, NAME_SHOWN);
	add_row(out, "Made", l->made == CLOCK_UNKNOWN ? NULL : clock_iso(l->made, made), NAME_SHOWN);
	add_row(out, "Expires", l->expires == CLOCK_UNKNOWN ? NULL : clock_iso(l->expires, expires), NAME_SHOWN);
	buf_add_char(out, '\n');
}

static const char *mark(enum publish_figure_state s)
{
	return s == FIGURE_GOOD ? "yes" : s == FIGURE_BAD ? "**no**" : "";
}

static void add_figures(struct buf *out, const struct publish_local *l)
{
	size_t n = l->figure_count < PUBLISH_LOCAL_FIGURES_MAX ? l->figure_count : PUBLISH_LOCAL_FIGURES_MAX;

	if (!n)
		return;
	buf_add_text(out, "| Figure | Claimed | Demanded | Enough |\n| --- | ---: | ---: | --- |\n");
	for (size_t i = 0; i < n; i++) {
		const struct publish_local_figure *f = &l->figures[i];

		buf_add_text(out, "| ");
		add_text(out, f->name, NAME_SHOWN);
		buf_add_text(out, " | ");
		add_text(out, f->found, NAME_SHOWN);
		buf_add_text(out, " | ");
		add_text(out, f->needed ? f->needed : "", NAME_SHOWN);
		buf_addf(out, " | %s |\n", mark(f->state));
	}
	buf_add_char(out, '\n');
}

static void add_failed(struct buf *out, const struct publish_local *l)
{
	size_t n = 0;

	for (; l->failed_ids && l->failed_ids[n]; n++) {
		if (n == 0)
			buf_add_text(out, "Failed tests:\n\n");
		if (n == PUBLISH_LOCAL_FAILED_MAX) {
			buf_add_text(out, "- and more\n");
			break;
		}
		buf_add_text(out, "- ");
		add_text(out, l->failed_ids[n], ID_SHOWN);
		buf_add_char(out, '\n');
	}
	if (n)
		buf_add_char(out, '\n');
}

static void add_notes(struct buf *out, const struct publish_local *l)
{
	for (const char *const *note = l->notes; note && *note; note++) {
		buf_add_text(out, "- ");
		add_text(out, *note, NOTE_SHOWN);
		buf_add_char(out, '\n');
	}
	if (l->notes && *l->notes)
		buf_add_char(out, '\n');
}

static void add_limits(struct buf *out)
{
	buf_add_text(out,
		"A signature proves who claims these figures and that nobody changed them since; not that the "
		"checks ran on an honest machine.\n");
}

void publish_local_summary(struct buf *out, const struct publish_local *l)
{
	buf_addf(out, "## Local CI: %s\n\n", headline(l));
	add_head(out, l);
	add_about(out, l);
	add_figures(out, l);
	add_failed(out, l);
	add_notes(out, l);
	add_limits(out);
}

/* ---- the check run -------------------------------------------------------------------------------------------- */

/* "tests/test_a.py::test_x" names a file; "Class.method" does not. */
static struct view path_of(const char *id)
{
	struct view v = view_of(id);
	size_t end = view_find(v, "::");
	struct view path = view_sub(v, 0, end == VIEW_NONE ? 0 : end);
	size_t slash = view_find_last_char(path, '/');
	struct view file = slash == VIEW_NONE ? path : view_from(path, slash + 1);

	if (!path.n || view_find_char(file, '.') == VIEW_NONE || file_check_relative(path, NULL) < 0 ||
		redact_finds(path))
		return (struct view){0};
	return path;
}

static void add_plain(cJSON *j, const char *name, const char *text, size_t most)
{
	BUF_AUTO cut = buf_new(BUF_PAGE), plain = buf_new(BUF_PAGE);

	short_text(&cut, text, most);
	plain_text(&plain, buf_view(&cut));
	json_add_view(j, name, buf_view(&plain));
}

static cJSON *annotation(struct view path, const char *id)
{
	cJSON *j = json_object();

	json_add_view(j, "path", path);
	json_add_int(j, "start_line", 1);
	json_add_int(j, "end_line", 1);
	json_add_text(j, "annotation_level", "failure");
	json_add_text(j, "title", "This test failed in the local run");
	add_plain(j, "message", id, ID_SHOWN);
	return j;
}

static cJSON *annotations(const struct publish_local *l, size_t *ret_n)
{
	cJSON *list = json_array();

	*ret_n = 0;
	for (size_t i = 0; l->failed_ids && l->failed_ids[i] && *ret_n < PUBLISH_LOCAL_FAILED_MAX; i++) {
		struct view path = path_of(l->failed_ids[i]);

		if (!path.n)
			continue;
		json_append(list, annotation(path, l->failed_ids[i]));
		++*ret_n;
	}
	return list;
}

static void add_title(cJSON *output, const struct publish_local *l)
{
	BUF_AUTO line = buf_new(BUF_PAGE), says = buf_new(BUF_PAGE);

	short_text(&says, l->says, TITLE_SHOWN);
	if (l->state == LOCAL_TRUSTED)
		buf_add_text(&line, "Trusted");
	else
		buf_addf(&line, "%s", l->reason);
	buf_addf(&line, ": %s", buf_text(&says));
	add_plain(output, "title", buf_text(&line), PUBLISH_TITLE_MAX - sizeof "…");
}

static cJSON *output_of(const struct publish_local *l, size_t *ret_annotations)
{
	cJSON *output = json_object();
	BUF_AUTO summary = buf_new(PUBLISH_TEXT_MAX), text = buf_new(PUBLISH_TEXT_MAX);

	add_title(output, l);
	add_head(&summary, l);
	add_about(&summary, l);
	add_limits(&summary);
	add_figures(&text, l);
	add_failed(&text, l);
	add_notes(&text, l);
	json_add_view(output, "summary", buf_view(&summary));
	if (text.n)
		json_add_view(output, "text", buf_view(&text));
	json_add(output, "annotations", annotations(l, ret_annotations));
	return output;
}

void publish_local_check(struct publish_check *ret, const struct publish_local *l)
{
	*ret = (struct publish_check){.head_sha = l->head_sha, .outputs = json_array()};
	ret->name = arena_text(&ret->arena, l->name);
	ret->external_id = arena_text(&ret->arena, "runmedic:local");
	ret->details_url = arena_text(&ret->arena, l->details_url);
	ret->conclusion = l->state == LOCAL_TRUSTED ? "success" : "failure";
	json_append(ret->outputs, output_of(l, &ret->annotations));
}

/* ---- the commit status ---------------------------------------------------------------------------------------- */

void publish_local_status(struct publish_status *ret, const struct publish_local *l)
{
	static const char *const states[] = {[LOCAL_TRUSTED] = "success",
		[LOCAL_REJECTED] = "failure",
		[LOCAL_AUDIT] = "pending",
		[LOCAL_TROUBLE] = "error"};
	BUF_AUTO line = buf_new(BUF_PAGE), plain = buf_new(BUF_PAGE);

	buf_addf(&line, "%s: %s", l->state == LOCAL_TRUSTED ? "trusted" : l->reason, l->says);
	redact_for_terminal(&plain, buf_view(&line));
	BUF_AUTO cut = buf_new(BUF_PAGE);
	short_text(&cut, buf_text(&plain), PUBLISH_DESCRIPTION_MAX - sizeof "…");
	*ret = (struct publish_status){.state = states[l->state]};
	ret->context = arena_text(&ret->arena, l->name);
	ret->description = arena_text(&ret->arena, buf_text(&cut));
	ret->target_url = arena_text(&ret->arena, l->details_url);
}

/* ---- a terminal, a program ------------------------------------------------------------------------------------ */

static void add_line(struct buf *out, const char *name, const char *text)
{
	BUF_AUTO safe = buf_new(BUF_PAGE);

	if (!text || !*text)
		return;
	redact_for_terminal(&safe, view_of(text));
	for (size_t i = 0; i < safe.n; i++)
		if (safe.p[i] == '\n' || safe.p[i] == '\t')
			safe.p[i] = ' ';
	buf_addf(out, "%s%s\n", name, buf_text(&safe));
}

void publish_local_text(struct buf *out, const struct publish_local *l)
{
	buf_addf(out, "%s (%s)\n", headline(l), l->reason);
	add_line(out, "  ", l->says);
	add_line(out, "  ", l->advice);
	add_line(out, "  commit:    ", l->head_sha);
	add_line(out, "  signed by: ", l->principal);
	add_line(out, "  key:       ", l->fingerprint);
	for (size_t i = 0; i < l->figure_count; i++) {
		const struct publish_local_figure *f = &l->figures[i];
		BUF_AUTO line = buf_new(BUF_LINE);

		buf_addf(&line, "%s: %s%s%s%s", f->name, f->found, f->needed ? ", demanded " : "",
			f->needed ? f->needed : "", f->state == FIGURE_BAD ? ": not enough" : "");
		add_line(out, "  ", buf_text(&line));
	}
	for (size_t i = 0; l->failed_ids && l->failed_ids[i] && i < PUBLISH_LOCAL_FAILED_MAX; i++)
		add_line(out, "  failed: ", l->failed_ids[i]);
	for (const char *const *note = l->notes; note && *note; note++)
		add_line(out, "  note: ", *note);
}

static cJSON *figures_json(const struct publish_local *l)
{
	static const char *const states[] = {[FIGURE_TOLD] = NULL, [FIGURE_GOOD] = "good", [FIGURE_BAD] = "bad"};
	cJSON *list = json_array();

	for (size_t i = 0; i < l->figure_count; i++) {
		cJSON *one = json_object();

		safe_add(one, "name", l->figures[i].name);
		safe_add(one, "claimed", l->figures[i].found);
		safe_add(one, "demanded", l->figures[i].needed);
		json_add_text(one, "state", states[l->figures[i].state]);
		json_append(list, one);
	}
	return list;
}

static cJSON *texts_json(const char *const *texts)
{
	cJSON *list = json_array();

	for (; texts && *texts; texts++)
		safe_append(list, *texts);
	return list;
}

cJSON *publish_local_json(const struct publish_local *l)
{
	cJSON *j = json_object();

	json_add_text(j, "schema", "runmedic.verify/1");
	safe_add(j, "repository", l->repository);
	json_add_text(j, "commit", l->head_sha);
	json_add_text(j, "tree", l->tree);
	json_add_bool(j, "trusted", l->state == LOCAL_TRUSTED);
	json_add_text(j, "reason", l->reason);
	safe_add(j, "says", l->says);
	safe_add(j, "principal", l->principal);
	json_add_text(j, "fingerprint", l->fingerprint);
	json_add_time(j, "timestamp", l->made);
	json_add_time(j, "expires", l->expires);
	json_add(j, "figures", figures_json(l));
	json_add(j, "failed_ids", texts_json(l->failed_ids));
	json_add(j, "notes", texts_json(l->notes));
	return j;
}
