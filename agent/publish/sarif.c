/* SARIF 2.1.0 (OASIS): one run, one result per finding. */
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

static cJSON *location_json(const struct finding *f)
{
	cJSON *physical = json_object(), *artifact = json_object(), *location = json_object();
	add_safe(artifact, "uri", f->location.path);
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
	bool inside = f->location.path && f->location.path[0] != '/' && !strchr(f->location.path, ':') &&
		      !strchr(f->location.path, '\\');
	if (inside)
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
