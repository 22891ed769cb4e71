/* SARIF 2.1.0 (OASIS): one run, one result per finding. */
#include "base/file.h"
#include "base/redact.h"
#include "publish/publish.h"

#include <string.h>

static void add_safe(cJSON *object, const char *name, const char *text)
{
	BUF_AUTO safe = buf_new(BUF_PAGE);
	redact_for_terminal(&safe, view_of(text));
	json_add_view(object, name, buf_view(&safe));
}

static const char *level(enum severity s)
{
	return s == SEVERITY_ERROR ? "error" : s == SEVERITY_WARNING ? "warning" : "note";
}

/* A relative URI reference (RFC 3986): all but what may stand in a path is written as %XX. */
static void add_uri(cJSON *object, const char *path)
{
	BUF_AUTO safe = buf_new(BUF_PAGE), uri = buf_new(BUF_PAGE);
	redact_text(&safe, view_of(path));
	struct view v = buf_view(&safe);
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			     strchr("/-._~", c);
		buf_addf(&uri, plain ? "%c" : "%%%02X", c);
	}
	json_add_view(object, "uri", buf_view(&uri));
}

static cJSON *location_json(const struct finding *f)
{
	cJSON *physical = json_object(), *artifact = json_object(), *location = json_object();
	add_uri(artifact, f->location.path);
	json_add(physical, "artifactLocation", artifact);
	if (f->location.line) {
		cJSON *region = json_object();
		json_add_int(region, "startLine", f->location.line);
		if (f->location.column)
			json_add_int(region, "startColumn", f->location.column);
		json_add(physical, "region", region);
	}
	json_add(location, "physicalLocation", physical);
	return location;
}

static cJSON *result_json(const struct finding *f)
{
	cJSON *j = json_object(), *message = json_object(), *locations = json_array();
	json_add_text(j, "ruleId", f->rule_id);
	json_add_text(j, "level", level(f->severity));
	add_safe(message, "text", f->title);
	json_add(j, "message", message);
	if (f->location.path && file_check_relative(view_of(f->location.path), NULL) == 0)
		json_append(locations, location_json(f));
	json_add(j, "locations", locations);
	if (f->signature[0]) {
		cJSON *prints = json_object();
		json_add_text(prints, "runmedicSignature/v1", f->signature);
		json_add(j, "partialFingerprints", prints);
	}
	return j;
}

void publish_sarif_add(cJSON *results, const struct diagnosis *d)
{
	for (size_t i = 0; i < d->finding_count; i++)
		json_append(results, result_json(&d->findings[i]));
}

/* Each rule that a result names, once. */
static cJSON *rules_json(const cJSON *results)
{
	cJSON *rules = json_array();
	const cJSON *one, *known;
	cJSON_ArrayForEach (one, results) {
		const char *id = json_text(one, "ruleId");
		bool seen = false;
		cJSON_ArrayForEach (known, rules)
			seen = seen || !strcmp(json_text(known, "id"), id);
		if (seen)
			continue;
		cJSON *rule = json_object();
		json_add_text(rule, "id", id);
		json_append(rules, rule);
	}
	return rules;
}

cJSON *publish_sarif_document(cJSON *results, const char *version)
{
	cJSON *driver = json_object(), *tool = json_object(), *run = json_object(), *runs = json_array(),
	      *document = json_object();
	json_add_text(driver, "name", "runmedic");
	json_add_text(driver, "version", version);
	json_add(driver, "rules", rules_json(results));
	json_add(tool, "driver", driver);
	json_add(run, "tool", tool);
	json_add(run, "results", results);
	json_append(runs, run);
	json_add_text(document, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_add_text(document, "version", "2.1.0");
	json_add(document, "runs", runs);
	return document;
}
