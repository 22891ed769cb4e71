/* json/trailing-comma - a JSON file that nothing but commas before } or ] makes unreadable. */
#include "fixers/evidence.h"
#include "fixers/source.h"
#include "fixers/text/white.h"

#include "base/file.h"
#include "base/json.h"

#include <string.h>

#define TOKENS_MAX 400u /* names of JSON files looked at in one step */

static bool speaks_of_json(const struct evidence *ev)
{
	static const char *const phrases[] = {"EJSONPARSE", "in JSON at position", "JSON.parse", "JSONDecodeError",
		"json.decoder", "Expected double-quoted property name", "railing comma",
		"looking for beginning of object key string", "Unexpected token } in JSON",
		"Unexpected token ] in JSON", "Failed to json decode", "Failed to parse JSON", NULL};

	for (size_t i = 0; i < ev->text.count; i++)
		for (const char *const *p = phrases; *p; p++)
			if (view_has(evidence_line(ev, i), *p))
				return true;
	return false;
}

static bool parses(struct view text, struct err *e)
{
	JSON_AUTO *j = json_parse(text, FIXER_FILE_BYTES_MAX, e);

	return j != NULL;
}

/* A splice for each comma that only blanks part from a closing bracket. */
static int cut_commas(struct source *s, struct err *e)
{
	bool quoted = false;
	size_t comma = VIEW_NONE;

	for (size_t i = 0; i < s->text.n; i++) {
		char c = s->text.p[i];

		if (quoted && c == '\\') {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
			comma = VIEW_NONE;
		} else if (!quoted && c == ',') {
			comma = i;
		} else if (!quoted && (c == '}' || c == ']') && comma != VIEW_NONE) {
			if (source_splice(s, comma, 1, (struct view){0}, e) != 0)
				return -1;
			comma = VIEW_NONE;
		} else if (!quoted && !strchr(" \t\r\n", c)) {
			comma = VIEW_NONE;
		}
	}
	return 0;
}

/* Files in which comments and such commas are allowed. */
static bool is_relaxed(const char *path)
{
	return file_glob("{tsconfig*.json,jsconfig*.json,*.jsonc,*.json5,.eslintrc.json,devcontainer.json}",
		       view_of(path)) ||
	       file_glob("**/.vscode/**", view_of(path));
}

static bool is_word_end(char c)
{
	return strchr(" \t\"'`()[]<>,;", c) != NULL;
}

/* The words of a line that end with .json, perhaps followed by ":12:3". */
static bool next_name(struct view *line, struct view *ret)
{
	size_t at = view_find(*line, ".json"), from;

	if (at == VIEW_NONE)
		return false;
	for (from = at; from > 0 && !is_word_end(line->p[from - 1]); from--)
		;
	*ret = view_sub(*line, from, at + strlen(".json") - from);
	*line = view_from(*line, at + strlen(".json"));
	return true;
}

static int try_file(const struct evidence *ev, struct sources *sources, struct view printed, struct fix_proposal *ret,
	struct err *e)
{
	const char *path = evidence_path(ev, printed, &ret->arena, NULL);
	struct source *s = path && !is_relaxed(path) ? sources_open(sources, path, e) : NULL;

	if (!s || s->splice_count || parses(s->text, NULL))
		return 0;
	if (text_is_data(path))
		return err_set(e, ERR_REFUSED, "%s may be unreadable on purpose", path);
	ret->summary = arena_format(&ret->arena, "remove trailing commas from %s", path);
	if (cut_commas(s, e) != 0)
		return -1;
	return s->splice_count ? 0 : err_set(e, ERR_REFUSED, "%s has other faults than trailing commas", path);
}

static bool now_parses(const char *path, struct view before, struct view after, struct err *e)
{
	(void)before;
	return parses(after, e) || fix_refuse(e, "%s has more than trailing commas", path);
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO sources = sources_new(&ret->arena, q->tree);
	unsigned tokens = 0;
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (!speaks_of_json(&ev))
		return fix_refuse(e, "the step does not speak of unreadable JSON");
	for (size_t i = 0; i < ev.text.count; i++) {
		struct view line = evidence_line(&ev, i), name;

		while (tokens++ < TOKENS_MAX && next_name(&line, &name))
			if (try_file(&ev, &sources, name, ret, e) != 0)
				return fix_outcome(e);
	}
	ret->tier = TIER_HEAL;
	ret->confidence = 0.97;
	ret->reason = "the file cannot be read as JSON, and without these commas it can";
	return sources_propose(&sources, ret, now_parses, "the file can be read as JSON", e);
}

const struct fixer fixer_json_trailing_comma = {
	.id = "json/trailing-comma",
	.ecosystem = "json",
	.title = "Remove trailing commas from JSON",
	.what = "A JSON file that the failing step names cannot be read: removes commas before a closing bracket.",
	.why_safe = "The file must be unreadable at HEAD and readable without these commas; nothing else is touched. "
		    "Files in which "
		    "such commas are allowed (tsconfig.json and others) are left alone.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*json*", "js/*", "npm/*", "node/*", "python/*", "generic/*", "runner/*",
		"shell/*", "make/*", NULL},
	.paths = (const char *const[]){"*.json", NULL},
	.max_files = 3,
	.max_lines = 40,
	.kind = FIX_EDITS,
	.heal_case = "js-package-json-trailing-comma",
	.refuse_case = "js-eresolve-peer",
	.propose = propose,
};
