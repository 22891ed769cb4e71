/* make/npm-script - a makefile calls an npm script by a name with a slip in it. */
#include "fixers/evidence.h"
#include "fixers/source.h"

#include "base/json.h"

#include <string.h>

static bool missing_script(const struct evidence *ev, struct view *ret)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);
		size_t at = view_find(line, "issing script: ");

		if (at == VIEW_NONE)
			continue;
		*ret = view_trim(view_from(line, at + strlen("issing script: ")));
		while (ret->n && strchr("\"'", *ret->p))
			*ret = view_from(*ret, 1);
		while (ret->n && strchr("\"'", ret->p[ret->n - 1]))
			ret->n--;
		return ret->n > 0;
	}
	return false;
}

/* "make: *** [Makefile:11: unit] Error 1" */
static bool recipe_place(const struct evidence *ev, struct view *ret_file, uint32_t *ret_line)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i), rest, number;
		size_t at = view_find(line, "*** [");
		uint64_t n;

		if (at == VIEW_NONE)
			continue;
		rest = view_from(line, at + strlen("*** ["));
		if (!view_next(&rest, ':', ret_file) || !view_next(&rest, ':', &number) ||
			!view_number(number, INT32_MAX, &n))
			continue;
		*ret_line = (uint32_t)n;
		return true;
	}
	return false;
}

/* The one script of package.json that is a slip away; NULL when there is none, or a second as near. */
static const char *nearest_script(const struct tree *tree, struct view wrong, struct arena *a)
{
	BUF_AUTO text = {0};
	unsigned best = 3;
	const char *found = NULL;
	const cJSON *one;

	if (tree->read(tree->context, "package.json", FIXER_FILE_BYTES_MAX, &text, NULL) != 0)
		return NULL;
	JSON_AUTO *package = json_parse(buf_view(&text), FIXER_FILE_BYTES_MAX, NULL);
	cJSON_ArrayForEach (one, json_get(package, "scripts")) {
		unsigned distance = one->string ? view_distance(view_of(one->string), wrong, 2) : 3;

		if (distance < best) {
			best = distance;
			found = one->string;
		} else if (distance == best) {
			found = NULL;
		}
	}
	return best <= 2 && best > 0 ? arena_text(a, found) : NULL;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO sources = sources_new(&ret->arena, q->tree);
	struct view wrong, file;
	uint32_t line;
	const char *path, *right;
	struct source *s;
	size_t at;
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (!missing_script(&ev, &wrong) || !recipe_place(&ev, &file, &line))
		return fix_refuse(e, "no makefile calls a missing npm script");
	right = nearest_script(q->tree, wrong, &ret->arena);
	if (!right || wrong.n < 4)
		return fix_refuse(e, "no single script of package.json is near %.*s", VIEW_ARG(wrong));
	path = evidence_path(&ev, file, &ret->arena, e);
	s = path ? sources_open(&sources, path, e) : NULL;
	if (!s)
		return fix_outcome(e);
	at = view_find(source_line(s, line), arena_view(&ret->arena, wrong).p);
	if (at == VIEW_NONE || !view_has(source_line(s, line), "run "))
		return fix_refuse(e, "%s:%u does not call that script", path, line);
	if (source_splice(s, source_offset(s, line) + at, wrong.n, view_of(right), e) != 0)
		return fix_outcome(e);
	ret->tier = TIER_HEAL;
	ret->confidence = 0.94;
	ret->summary = arena_format(&ret->arena, "call the npm script %s", right);
	ret->reason = arena_format(
		&ret->arena, "package.json has no script %.*s, and only %s is near it", VIEW_ARG(wrong), right);
	return sources_propose(&sources, ret, NULL, "the named script is in package.json", e);
}

const struct fixer fixer_make_npm_script = {
	.id = "make/npm-script",
	.ecosystem = "make",
	.title = "Correct the name of an npm script in a makefile",
	.what = "`Missing script: \"test:unti\"` called by a recipe: writes the only script of package.json that is "
		"one or two slips away.",
	.why_safe =
		"Exactly one script may be that near, and the recipe's line that make names must call the missing one.",
	.tier = TIER_HEAL,
	.answers =
		(const char *const[]){"*script*", "js/*", "npm/*", "make/*", "generic/*", "runner/*", "shell/*", NULL},
	.paths = (const char *const[]){"Makefile", "makefile", "GNUmakefile", "*.mk", NULL},
	.max_files = 1,
	.max_lines = 4,
	.kind = FIX_EDITS,
	.heal_case = "js-missing-script-make",
	.refuse_case = "js-eresolve-peer",
	.propose = propose,
};
