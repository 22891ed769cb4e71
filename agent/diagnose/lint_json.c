/* Issues out of JSON: one table of where the tools keep what. */
#include "diagnose/document.h"
#include "diagnose/line_form.h"
#include "diagnose/lint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WAY_MAX 5u /* steps to the issues */

/* `items`: the way from the outermost value to each issue; "*" is every element or member. Names of members are
 * dotted; "^" in front: of the object that holds the list of issues; "@N": the key at the Nth "*" of the way, from 0.
 * A form is the document's when the first of its issues has all of `needs`. */
struct json_form {
	const char *tool;
	const char *items;
	const char *needs[4];
	const char *path, *line, *column, *code, *message, *severity; /* NULL: has none */
	enum severity otherwise;
	const char *prefix;
	int from; /* what lines and columns count from: 0 or 1 */
	int column_from;
};

/* clang-format off */
static const struct json_form forms[] = {
	{"pylint", "*", {"message-id", "path"}, "path", "line", "column", "message-id", "message", "type", SEVERITY_WARNING, NULL, 1, 0},
	{"pylint", "messages.*", {"messageId", "path"}, "path", "line", "column", "messageId", "message", "type", SEVERITY_WARNING, NULL, 1, 0},
	{"ruff", "*", {"filename", "location.row"}, "filename", "location.row", "location.column", "code", "message", NULL, SEVERITY_ERROR, NULL, 1, 1},
	{"bandit", "results.*", {"issue_text", "filename"}, "filename", "line_number", "col_offset", "test_id", "issue_text", "issue_severity", SEVERITY_WARNING, NULL, 1, 0},
	{"semgrep", "results.*", {"check_id", "start.line"}, "path", "start.line", "start.col", "check_id", "extra.message", "extra.severity", SEVERITY_WARNING, NULL, 1, 1},
	{"pyright", "generalDiagnostics.*", {"file", "range.start.line"}, "file", "range.start.line", "range.start.character", "rule", "message", "severity", SEVERITY_ERROR, NULL, 0, 0},
	{"mypy", "", {"file", "message", "severity", "code"}, "file", "line", "column", "code", "message", "severity", SEVERITY_ERROR, NULL, 1, 0},
	{"eslint", "*.messages.*", {"^filePath", "message"}, "^filePath", "line", "column", "ruleId", "message", "severity", SEVERITY_ERROR, NULL, 1, 1},
	{"stylelint", "*.warnings.*", {"^source", "text"}, "^source", "line", "column", "rule", "text", "severity", SEVERITY_ERROR, NULL, 1, 1},
	{"markdownlint", "*", {"fileName", "ruleDescription"}, "fileName", "lineNumber", NULL, "ruleNames", "ruleDescription", "severity", SEVERITY_ERROR, NULL, 1, 1},
	{"biome", "diagnostics.*", {"category", "location.start"}, "location.path", "location.start.line", "location.start.column", "category", "message", "severity", SEVERITY_ERROR, NULL, 1, 1},
	{"biome", "diagnostics.*", {"category", "location.path.file"}, "location.path.file", NULL, NULL, "category", "description", "severity", SEVERITY_ERROR, NULL, 1, 1},
	{"golangci-lint", "Issues.*", {"FromLinter", "Pos.Filename"}, "Pos.Filename", "Pos.Line", "Pos.Column", "FromLinter", "Text", "Severity", SEVERITY_ERROR, NULL, 1, 1},
	{"staticcheck", "", {"location.file", "code", "message"}, "location.file", "location.line", "location.column", "code", "message", "severity", SEVERITY_WARNING, NULL, 1, 1},
	{"go vet", "*.*.*", {"posn", "message"}, "posn", NULL, NULL, "@1", "message", NULL, SEVERITY_ERROR, NULL, 1, 1},
	{"rubocop", "files.*.offenses.*", {"^path", "cop_name"}, "^path", "location.line", "location.column", "cop_name", "message", "severity", SEVERITY_WARNING, NULL, 1, 1},
	{"phpcs", "files.*.messages.*", {"source", "type"}, "@0", "line", "column", "source", "message", "type", SEVERITY_ERROR, NULL, 1, 1},
	{"phpstan", "files.*.messages.*", {"message", "ignorable"}, "@0", "line", NULL, "identifier", "message", NULL, SEVERITY_ERROR, NULL, 1, 1},
	{"psalm", "*", {"file_name", "line_from"}, "file_name", "line_from", "column_from", "type", "message", "severity", SEVERITY_ERROR, NULL, 1, 1},
	{"swiftlint", "*", {"rule_id", "reason"}, "file", "line", "character", "rule_id", "reason", "severity", SEVERITY_WARNING, NULL, 1, 1},
	{"actionlint", "*", {"filepath", "kind", "snippet"}, "filepath", "line", "column", "kind", "message", NULL, SEVERITY_ERROR, NULL, 1, 1},
	{"hadolint", "*", {"file", "level", "code", "~hadolint"}, "file", "line", "column", "code", "message", "level", SEVERITY_ERROR, NULL, 1, 1},
	{"shellcheck", "*", {"file", "level", "code"}, "file", "line", "column", "code", "message", "level", SEVERITY_ERROR, "SC", 1, 1},
	{"shellcheck", "comments.*", {"file", "level", "code"}, "file", "line", "column", "code", "message", "level", SEVERITY_ERROR, "SC", 1, 1},
	{"clippy", "", {"message.spans", "message.level"}, "message.spans.?.file_name", "message.spans.?.line_start", "message.spans.?.column_start", "message.code.code", "message.message", "message.level", SEVERITY_ERROR, NULL, 1, 1},
	{"rustc", "", {"spans", "level", "message"}, "spans.?.file_name", "spans.?.line_start", "spans.?.column_start", "code.code", "message", "level", SEVERITY_ERROR, NULL, 1, 1},
	{"gcc", "*", {"kind", "locations"}, "locations.0.caret.file", "locations.0.caret.line", "locations.0.caret.column", "option", "message", "kind", SEVERITY_ERROR, NULL, 1, 1},
	{"tflint", "issues.*", {"rule.name", "range.filename"}, "range.filename", "range.start.line", "range.start.column", "rule.name", "message", "rule.severity", SEVERITY_WARNING, NULL, 1, 1},
	/* GitLab's and Code Climate's, which many tools write */
	{"codeclimate", "*", {"check_name", "location.positions"}, "location.path", "location.positions.begin.line", "location.positions.begin.column", "check_name", "description", "severity", SEVERITY_WARNING, NULL, 1, 1},
	{"codeclimate", "*", {"check_name", "location.lines"}, "location.path", "location.lines.begin", NULL, "check_name", "description", "severity", SEVERITY_WARNING, NULL, 1, 1},
};
/* clang-format on */

struct walk {
	struct lint_reading *r;
	const struct json_form *form;
	const char *keys[WAY_MAX]; /* at each "*" so far */
	unsigned key_count;
	const cJSON *holder;
	bool test, fits; /* only look whether the first issue is of this form */
	bool done;
};

/* One name of a dotted way: a member, an element by its number, "?": the primary one of a compiler's spans. */
static const cJSON *step(const cJSON *o, const char *name, size_t n)
{
	char key[64];
	const cJSON *one;
	if (n == 1 && name[0] == '?') {
		cJSON_ArrayForEach (one, o) {
			if (json_bool(one, "is_primary", false))
				return one;
		}
		return cJSON_IsArray(o) ? o->child : NULL;
	}
	if (n == 1 && name[0] == '0' && cJSON_IsArray(o))
		return o->child;
	if (n >= sizeof key)
		return NULL;
	memcpy(key, name, n);
	key[n] = '\0';
	return json_get(o, key);
}

static const cJSON *member(const struct walk *w, const cJSON *issue, const char *name)
{
	const cJSON *o = *name == '^' ? w->holder : issue;
	name += *name == '^';
	while (o && *name) {
		size_t n = strcspn(name, ".");
		o = step(o, name, n);
		name += n + (name[n] == '.');
	}
	return o;
}

static struct view text_of(const struct walk *w, const cJSON *issue, const char *name, char scratch[32])
{
	if (!name)
		return (struct view){0};
	if (*name == '@')
		return view_of((unsigned)(name[1] - '0') < w->key_count ? w->keys[name[1] - '0'] : NULL);
	const cJSON *o = member(w, issue, name);
	if (cJSON_IsArray(o))
		o = o->child;
	if (cJSON_IsString(o))
		return view_of(o->valuestring);
	if (!cJSON_IsNumber(o))
		return (struct view){0};
	int n = snprintf(scratch, 32, "%.0f", fmin(fmax(o->valuedouble, -1e9), 1e9));
	return view_make(scratch, n > 0 ? (size_t)n : 0);
}

static uint32_t number_of(const struct walk *w, const cJSON *issue, const char *name, int from)
{
	const cJSON *o = name ? member(w, issue, name) : NULL;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): NULL is no number */
	if (!cJSON_IsNumber(o) || !(o->valuedouble >= 0 && o->valuedouble < 1e9))
		return 0;
	return (uint32_t)o->valuedouble + (from == 0);
}

static enum severity severity_of(const struct walk *w, const cJSON *issue)
{
	enum severity severity = w->form->otherwise;
	char scratch[32];
	struct view word = text_of(w, issue, w->form->severity, scratch);
	if (view_is(word, "2") || view_is(word, "1")) /* eslint */
		return view_is(word, "2") ? SEVERITY_ERROR : SEVERITY_WARNING;
	line_form_severity(word, &severity);
	return severity;
}

/* go vet: "/a/b.go:6:2" */
static void cut_place(struct lint_issue *one)
{
	uint64_t *numbers[] = {&(uint64_t){0}, &(uint64_t){0}};
	for (int i = 1; i >= 0; i--) {
		size_t colon = view_find_last_char(one->path, ':');
		if (colon == VIEW_NONE || !view_number(view_from(one->path, colon + 1), UINT32_MAX, numbers[i]))
			return;
		one->path = view_sub(one->path, 0, colon);
	}
	one->line = (uint32_t)*numbers[0];
	one->column = (uint32_t)*numbers[1];
}

static void tell(struct walk *w, const cJSON *issue)
{
	const struct json_form *f = w->form;
	char code[32], full[LINT_CODE_MAX + 1], scratch[32], other[32];
	struct lint_issue one = {.tool = view_of(f->tool),
		.code = text_of(w, issue, f->code, code),
		.severity = severity_of(w, issue),
		.path = text_of(w, issue, f->path, scratch),
		.line = number_of(w, issue, f->line, f->from),
		.column = number_of(w, issue, f->column, f->column_from),
		.message = text_of(w, issue, f->message, other)};
	if (f->prefix && one.code.n && one.code.p[0] >= '0' && one.code.p[0] <= '9') {
		snprintf(full, sizeof full, "%s%.*s", f->prefix, VIEW_ARG(view_sub(one.code, 0, 16)));
		one.code = view_of(full);
	}
	if (!f->line && view_is(view_of(f->path), "posn"))
		cut_place(&one);
	/* A compiler's summary has no place. */
	if (one.path.n || !strchr(f->path, '?'))
		lint_tell(w->r, one);
}

static bool has_all(const struct walk *w, const cJSON *issue)
{
	const cJSON *o;
	for (size_t i = 0; i < 4 && w->form->needs[i]; i++) {
		const char *name = w->form->needs[i];
		if (*name == '~') /* hadolint's codes are text where shellcheck's are numbers */
			name = cJSON_IsString(json_get(issue, "code")) ? "code" : name;
		/* NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): said at every way in */
		if (!(o = member(w, issue, name)))
			return false;
	}
	return cJSON_IsObject(issue);
}

static void walk(struct walk *w, const cJSON *at, const char *way)
{
	const cJSON *one;
	if (w->done || !at)
		return;
	if (!*way) {
		w->fits = w->fits || has_all(w, at);
		w->done = w->test;
		if (!w->test && has_all(w, at))
			tell(w, at);
		return;
	}
	size_t n = strcspn(way, ".");
	const char *rest = way + n + (way[n] == '.');
	if (*way != '*') {
		if (cJSON_IsObject(at))
			w->holder = at;
		walk(w, step(at, way, n), rest);
		return;
	}
	cJSON_ArrayForEach (one, at) {
		if (w->key_count < WAY_MAX)
			w->keys[w->key_count++] = one->string ? one->string : "";
		const cJSON *holder = w->holder;
		walk(w, one, rest);
		w->holder = holder;
		w->key_count--;
		if (w->done)
			return;
	}
}

static const struct json_form *form_of(struct lint_reading *r, const cJSON *document)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct walk w = {.r = r, .form = &forms[i], .test = true};
		walk(&w, document, forms[i].items);
		if (w.fits)
			return &forms[i];
	}
	return NULL;
}

static bool one_document(struct lint_reading *r, const cJSON *document)
{
	const char *schema = json_text(document, "$schema");
	if (cJSON_IsArray(json_get(document, "runs")) &&
		(json_text(document, "version") || (schema && strstr(schema, "sarif")))) {
		r->recognised = true;
		lint_sarif(r, document);
		return true;
	}
	const struct json_form *f = form_of(r, document);
	if (!f)
		return false;
	struct walk w = {.r = r, .form = f};
	walk(&w, document, f->items);
	return true;
}

static bool one_of_many(struct lint_reading *r, struct view text)
{
	JSON_AUTO *document = document_json(text, NULL);
	return document && (one_document(r, document) || true);
}

/* cargo, mypy, staticcheck and golangci-lint write one document a line, go vet one of several lines for each package,
 * with other lines between. */
static int many_documents(struct lint_reading *r, struct view text, struct err *e)
{
	struct view line;
	const char *open = NULL;
	bool any = false;
	while (view_next(&text, '\n', &line)) {
		line = view_trim_right(line);
		if (view_is(line, "{"))
			open = line.p;
		else if (open && view_is(line, "}")) {
			any |= one_of_many(r, view_make(open, (size_t)(line.p + line.n - open)));
			open = NULL;
		} else if (!open && line.n && line.p[0] == '{')
			any |= one_of_many(r, line);
	}
	return any ? 0 : err_set(e, ERR_INPUT, "no lint report: neither JSON nor lines of JSON");
}

static bool is_empty(const cJSON *document)
{
	return (cJSON_IsArray(document) || cJSON_IsObject(document)) && !document->child;
}

int lint_json(struct lint_reading *r, struct view text, struct err *e)
{
	struct err why = {0};
	JSON_AUTO *document = document_json(text, &why);
	if (!document && why.code == ERR_LIMIT)
		return err_set(e, ERR_LIMIT, "%s", why.text);
	if (!document && many_documents(r, text, e) < 0)
		return err_set(e, ERR_INPUT, "no lint report: %s", why.text);
	if (document && !one_document(r, document) && !is_empty(document) && !r->tool)
		return err_set(e, ERR_INPUT, "no lint report: JSON of an unknown form");
	return 0;
}
