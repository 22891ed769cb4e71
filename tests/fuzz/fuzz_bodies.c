/* Any bytes as a log, and as every name around it: all bodies keep their limits, are sound, and mention nobody. */
#include "base/file.h"
#include "publish/bodies.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define must(condition) ((condition) ? (void)0 : abort())

static void check_text(struct view v, bool is_line)
{
	uint32_t code;
	for (size_t n; v.n; v = view_from(v, n)) {
		n = view_utf8(v, &code);
		must(n && (code >= 0x20 || (!is_line && (code == '\n' || code == '\t'))));
		must(!(code >= 0x7f && code <= 0x9f) && code != 0x202e);
	}
}

static size_t ticks_at(struct view v)
{
	size_t n = 0;
	while (n < v.n && v.p[n] == '`')
		n++;
	return n;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Prose at v: no tag but ours, no mention, no reference. */
static void check_prose(struct view v)
{
	static const char *const ours[] = {"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>",
		"<sub>", "</sub>", "<!-- runmedic:"};
	bool known = v.p[0] != '<';
	for (size_t i = 0; !known && i < sizeof ours / sizeof *ours; i++)
		known = view_starts(v, ours[i]);
	must(known);
	must(!(v.p[0] == '@' && v.n > 1 && is_word(v.p[1])));
	must(!(v.p[0] == '#' && v.n > 1 && v.p[1] >= '0' && v.p[1] <= '9'));
	must(!view_starts(v, "://") && !view_starts(v, "!["));
}

static void check_line(struct view v)
{
	for (size_t i = 0; i < v.n;) {
		struct view at = view_from(v, i);
		char mark[128] = {0};
		size_t n = ticks_at(at), end = VIEW_NONE;
		if (at.p[0] == '\\' || view_starts(at, "&#")) { /* an escape */
			i += 2;
			continue;
		}
		if (view_starts(at, "](https://github.com/")) { /* a link of ours */
			i += view_find_char(at, ')');
			continue;
		}
		if (n && n < sizeof mark) {
			for (size_t k = 0; k < n; k++)
				mark[k] = '`';
			end = view_find(view_from(at, n), mark);
			must(end != VIEW_NONE);
		}
		if (!n)
			check_prose(at);
		i += end == VIEW_NONE ? (n ? n : 1) : n + end + n;
	}
}

static void check_page(struct view page, size_t most)
{
	struct view rest = page, line;
	size_t fence = 0, open = 0;
	must(page.n <= most);
	check_text(page, false);
	while (view_next(&rest, '\n', &line)) {
		size_t n = ticks_at(line);
		if (fence) {
			fence = n >= fence && n == line.n ? 0 : fence;
			continue;
		}
		if (n >= 3 && !view_has(view_from(line, n), "`")) {
			fence = n;
			continue;
		}
		open += view_starts(line, "<details>");
		must(!view_starts(line, "</details>") || open-- > 0);
		check_line(line);
	}
	must(!fence && !open);
}

static void check_annotation(const cJSON *note)
{
	struct view title = view_of(json_text(note, "title")), path = view_of(json_text(note, "path"));
	check_text(title, false);
	check_text(view_of(json_text(note, "message")), false);
	must(json_int(note, "start_line", 0) >= 1 && view_of(json_text(note, "message")).n);
	must(file_check_relative(path, NULL) == 0);
}

static void check_check(const struct publish_run *r)
{
	struct publish_check c;
	const cJSON *output, *note;
	size_t n = 0;
	publish_check(&c, r, NULL, NULL);
	check_text(view_of(c.name), true);
	cJSON_ArrayForEach (output, c.outputs) {
		const cJSON *notes = json_get(output, "annotations");
		check_text(view_of(json_text(output, "title")), true);
		must(view_of(json_text(output, "title")).n <= PUBLISH_TITLE_MAX);
		check_page(view_of(json_text(output, "summary")), PUBLISH_TEXT_MAX);
		check_page(view_of(json_text(output, "text")), PUBLISH_TEXT_MAX);
		must(cJSON_GetArraySize(notes) <= (int)PUBLISH_ANNOTATIONS_BATCH);
		cJSON_ArrayForEach (note, notes) {
			check_annotation(note);
			n++;
		}
	}
	must(n == c.annotations && n <= PUBLISH_ANNOTATIONS_MAX && cJSON_GetArraySize(c.outputs) >= 1);
	publish_check_done(&c);
}

static void check_commands(const struct publish_run *r)
{
	BUF_AUTO out = buf_new(BUF_FILE);
	struct view rest, line;
	unsigned n = 0;
	publish_commands(&out, r, NULL, NULL);
	rest = buf_view(&out);
	for (; view_next(&rest, '\n', &line); n++) {
		check_text(line, false);
		must(view_starts(line, "::error ") || view_starts(line, "::warning ") ||
			view_starts(line, "::notice "));
	}
	must(n <= 3 * PUBLISH_COMMANDS_MAX);
}

static void check_all(const struct publish_run *r, size_t room)
{
	BUF_AUTO comment = buf_new(BUF_PAGE), summary = buf_new(BUF_FILE), text = buf_new(BUF_LARGE);
	struct publish_status s;
	publish_comment(&comment, r);
	check_page(buf_view(&comment), PUBLISH_TEXT_MAX);
	must(publish_comment_compare(buf_view(&comment), buf_view(&comment)) == PUBLISH_STICKY_SAME);
	publish_summary(&summary, r, room);
	check_page(buf_view(&summary), room);
	check_check(r);
	check_commands(r);
	publish_status(&s, r);
	check_text(view_of(s.description), true);
	check_text(view_of(s.context), true);
	publish_status_done(&s);
	publish_run_text(&text, r, &(struct publish_style){0});
	check_text(buf_view(&text), false);
}

/* The bytes stand for whatever somebody else may choose. */
static void publish(const struct diagnosis *d, const char *text, size_t size)
{
	struct diagnosis other = *d;
	const struct publish_fix fix = {.fixer = text,
		.diff = text,
		.summary = text,
		.reason = text,
		.tier = TIER_HEAL,
		.status = FIX_PLANNED,
		.confidence = 0.5};
	const struct publish_heal heal = {.decision = DECISION_HEAL, .fixes = &fix, .fix_count = 1};
	struct publish_job jobs[] = {
		{.name = text,
			.url = text,
			.conclusion = "failure",
			.diagnosis = d,
			.heal = &heal,
			.known = {.seen = 1,
				.red_branch = size % 2 ? text : NULL,
				.red_since_sha = text,
				.last_fix = text}},
		{.name = "b", .diagnosis = d},
		{.name = "c", .diagnosis = &other},
		{.name = text, .trouble = text},
	};
	struct publish_run r = {.server_url = "https://github.com",
		.repository = text,
		.workflow = text,
		.id = 7,
		.attempt = 1,
		.url = text,
		.head_sha = text,
		.branch = text,
		.jobs = jobs,
		.job_count = 4,
		.delivery = {.decision = DECISION_HEAL,
			.reason = text,
			.commit = size % 3 ? text : NULL,
			.patch = size % 2 ? text : NULL,
			.withdrawn = size % 7 ? NULL : text,
			.ignored = size % 11 ? NULL : text,
			.artifact = text},
		.notes = &text,
		.note_count = 1,
		.docs_url = "https://github.com/acme/runmedic"};
	if (other.finding_count > 1) {
		other.findings++;
		other.finding_count--;
	}
	check_all(&r, size % 5 ? PUBLISH_SUMMARY_MAX : size * 4);
	r.green = true;
	r.was = text;
	check_all(&r, PUBLISH_SUMMARY_MAX);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view bytes = view_make((const char *)data, size);
	static struct matcher *m; /* compiling the catalogue would be most of the work */
	struct log *l = NULL;
	struct diagnosis d;
	BUF_AUTO text = buf_new(BUF_FILE);
	if (!m)
		m = matcher_new(NULL);
	buf_add_view(&text, bytes);
	if (log_open_memory(&l, bytes, NULL) != 0)
		return 0;
	const struct diagnose_options o = {.conclusion = CONCLUSION_FAILURE};
	if (diagnose(&d, l, "fuzz.log", m, &o, NULL) == 0) {
		publish(&d, buf_text(&text), size);
		diagnosis_done(&d);
	}
	log_close(l);
	return 0;
}
