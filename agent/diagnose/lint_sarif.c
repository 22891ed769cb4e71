/* SARIF 2.1.0: results of any tool. */
#include "base/mem.h"
#include "diagnose/document.h"
#include "diagnose/line_form.h"
#include "diagnose/lint.h"

#include <string.h>

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

/* A URI's %20 and the like; a bad one, and %00, stay as they are, which no path survives. */
static void add_uri(struct buf *out, const char *uri)
{
	for (; *uri; uri++) {
		int a = *uri == '%' ? hex(uri[1]) : -1, b = a < 0 ? -1 : hex(uri[2]);
		bool code = b >= 0 && (a || b);
		buf_add_char(out, code ? (char)(a * 16 + b) : *uri);
		uri += code ? 2 : 0;
	}
}

/* "file:///a/b.c" and "b.c" below the base that is named. */
static void place(struct buf *out, const cJSON *run, const cJSON *artifact)
{
	const char *uri = json_text(artifact, "uri"), *id = json_text(artifact, "uriBaseId");
	int64_t index = json_int(artifact, "index", -1);
	buf_clear(out);
	if (!uri && index >= 0 && index < INT32_MAX) {
		artifact = json_get(cJSON_GetArrayItem(json_get(run, "artifacts"), (int)index), "location");
		uri = json_text(artifact, "uri");
		id = json_text(artifact, "uriBaseId");
	}
	if (!uri)
		return;
	const cJSON *base = id ? json_get(json_get(run, "originalUriBaseIds"), id) : NULL;
	const char *before = json_text(base, "uri");
	if (before && !strstr(uri, "://") && *uri != '/') {
		add_uri(out, before);
		if (out->n && out->p[out->n - 1] != '/')
			buf_add_char(out, '/');
	}
	add_uri(out, uri);
}

struct rules {
	const cJSON **items; /* of the driver, by index */
	size_t n;
};

static const cJSON *rule_of(const struct rules *rules, const cJSON *result)
{
	int64_t index = json_int(result, "ruleIndex", json_int(json_get(result, "rule"), "index", -1));
	return index >= 0 && (uint64_t)index < rules->n ? rules->items[index] : NULL;
}

static const char *id_of(const cJSON *rule, const cJSON *result)
{
	const char *id = json_text(result, "ruleId");
	if (!id)
		id = json_text(json_get(result, "rule"), "id");
	return id ? id : json_text(rule, "id");
}

/* The result's own level, else that of its rule, else "warning", as the standard has it. */
static enum severity level_of(const cJSON *rule, const cJSON *result)
{
	enum severity severity = SEVERITY_WARNING;
	const char *kind = json_text(result, "kind"), *level = json_text(result, "level");
	if (!level && kind && strcmp(kind, "fail") != 0)
		return SEVERITY_INFO;
	if (!level)
		level = json_text(json_get(rule, "defaultConfiguration"), "level");
	line_form_severity(view_of(level), &severity);
	return severity;
}

static const char *message_of(const cJSON *rule, const cJSON *result)
{
	const cJSON *message = json_get(result, "message");
	const char *text = json_text(message, "text"), *id = json_text(message, "id");
	if (!text)
		text = json_text(message, "markdown");
	if (!text && id)
		text = json_text(json_get(json_get(rule, "messageStrings"), id), "text");
	return text ? text : json_text(json_get(rule, "shortDescription"), "text");
}

static uint32_t number_of(const cJSON *region, const char *name)
{
	int64_t n = json_int(region, name, 0);
	return n > 0 && n < INT32_MAX ? (uint32_t)n : 0;
}

static void one_result(struct lint_reading *r, struct buf *path, const cJSON *run, const struct rules *rules,
	const char *tool, const cJSON *result)
{
	const char *kind = json_text(result, "kind"), *state = json_text(result, "baselineState");
	const cJSON *rule = rule_of(rules, result), *suppressed = json_get(result, "suppressions");
	if ((kind && (!strcmp(kind, "pass") || !strcmp(kind, "notApplicable"))) ||
		(state && !strcmp(state, "absent")) || (cJSON_IsArray(suppressed) && suppressed->child))
		return;
	const cJSON *locations = json_get(result, "locations");
	const cJSON *physical = json_get(cJSON_IsArray(locations) ? locations->child : NULL, "physicalLocation");
	const cJSON *region = json_get(physical, "region");
	place(path, run, json_get(physical, "artifactLocation"));
	lint_tell(r, (struct lint_issue){.tool = view_of(tool),
			     .code = view_of(id_of(rule, result)),
			     .severity = level_of(rule, result),
			     .path = buf_view(path),
			     .line = number_of(region, "startLine"),
			     .column = number_of(region, "startColumn"),
			     .message = view_of(message_of(rule, result))});
}

static struct rules rules_of(const cJSON *driver)
{
	const cJSON *one, *list = json_get(driver, "rules");
	struct rules rules = {0};
	if (!cJSON_IsArray(list))
		return rules;
	rules.items = mem_array((size_t)cJSON_GetArraySize(list) + 1, sizeof *rules.items);
	cJSON_ArrayForEach (one, list) {
		rules.items[rules.n++] = one;
	}
	return rules;
}

void lint_sarif(struct lint_reading *r, const cJSON *log)
{
	const cJSON *run, *result;
	BUF_AUTO path = buf_new(BUF_LINE);
	cJSON_ArrayForEach (run, json_get(log, "runs")) {
		const cJSON *driver = json_get(json_get(run, "tool"), "driver");
		const char *tool = json_text(driver, "name");
		struct rules rules = rules_of(driver);
		cJSON_ArrayForEach (result, json_get(run, "results")) {
			one_result(r, &path, run, &rules, tool ? tool : "sarif", result);
		}
		mem_free(&rules.items);
	}
}
