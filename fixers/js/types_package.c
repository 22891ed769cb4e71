/* js/types-package - TypeScript asks for the declarations of a library, which live in a package of their own. */
#include "fixers/evidence.h"
#include "fixers/mend.h"

#include "base/json.h"

#include <string.h>

/* Libraries whose declarations everybody gets from DefinitelyTyped. A name that is not here proves nothing. */
static const char *const known[] = {"babel__core", "bcrypt", "body-parser", "chai", "compression", "connect",
	"cookie-parser", "cors", "d3", "debug", "ejs", "eslint", "estree", "express", "express-session", "fs-extra",
	"geojson", "glob", "graceful-fs", "inquirer", "jest", "jquery", "js-yaml", "jsdom", "jsonwebtoken", "leaflet",
	"lodash", "lodash.debounce", "lodash.merge", "marked", "mime", "minimatch", "minimist", "mocha", "morgan", "ms",
	"multer", "node", "node-fetch", "nodemailer", "passport", "pg", "prettier", "prop-types", "qs", "ramda",
	"react", "react-dom", "react-router-dom", "react-test-renderer", "request", "resolve", "rimraf", "semver",
	"serve-static", "sinon", "supertest", "tar", "three", "tmp", "underscore", "uuid", "webpack", "ws", "yargs",
	NULL};

static const char *known_library(struct view name)
{
	for (const char *const *k = known; *k; k++)
		if (view_is(name, *k))
			return *k;
	return NULL;
}

/* "Could not find a declaration file for module 'lodash'." and below it "Try `npm i --save-dev @types/lodash` ..." */
static int find_libraries(const struct evidence *ev, const char **ret, size_t max, size_t *count, struct err *e)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i), name;
		struct complaint c;
		size_t at = view_find(line, "--save-dev @types/");
		size_t n = 0;

		if (complaint_parse(line, &c) && view_has(c.text, "error TS") && !view_has(c.text, "error TS7016:"))
			return err_set(e, ERR_REFUSED, "tsc also says: %.*s", VIEW_ARG(view_cut_utf8(line, 200)));
		if (at == VIEW_NONE)
			continue;
		name = view_from(line, at + strlen("--save-dev @types/"));
		while (n < name.n && !strchr("` ", name.p[n]))
			n++;
		name.n = n;
		if (!known_library(name))
			return err_set(e, ERR_REFUSED, "@types/%.*s is not widely known", VIEW_ARG(name));
		for (n = 0; n < *count && strcmp(ret[n], known_library(name)) != 0; n++)
			;
		if (n == *count && *count < max)
			ret[(*count)++] = known_library(name);
	}
	return *count ? 0 : err_set(e, ERR_REFUSED, "no declarations are missing");
}

static bool has_lock(const struct tree *tree)
{
	static const char *const locks[] = {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml",
		"bun.lockb", "bun.lock", NULL};
	enum tree_kind kind;

	for (const char *const *l = locks; *l; l++)
		if (tree->stat(tree->context, *l, &kind))
			return true;
	return false;
}

/* The library itself must be a dependency: then its declarations are what the project wants. */
static bool depends_on(struct view text, const char *library)
{
	JSON_AUTO *package = json_parse(text, FIXER_FILE_BYTES_MAX, NULL);

	return json_text(json_get(package, "dependencies"), library) ||
	       json_text(json_get(package, "devDependencies"), library);
}

/* A line behind the opening of devDependencies, where npm would sort it; the indentation of the line that follows. */
static int add_line(struct source *s, const char *library, struct arena *a, struct err *e)
{
	struct view name = view_of(arena_format(a, "\"@types/%s\"", library));
	uint32_t n = 1;

	while (n <= s->line_count && !view_has(source_line(s, n), "\"devDependencies\": {"))
		n++;
	if (n >= s->line_count || !view_ends(view_trim(source_line(s, n)), "{"))
		return err_set(e, ERR_REFUSED, "%s has no devDependencies on lines of their own", s->path);
	for (n++; n <= s->line_count; n++) {
		struct view line = source_line(s, n), text = view_trim(line);
		size_t indent = line.n - view_from(line, (size_t)(text.p - line.p)).n;

		if (!view_starts(text, "\""))
			break;
		if (view_cmp(text, name) > 0)
			return source_splice(s, source_offset(s, n), 0,
				view_of(arena_format(
					a, "%.*s%.*s: \"*\",%s", (int)indent, line.p, VIEW_ARG(name), source_eol(s))),
				e);
	}
	return err_set(e, ERR_REFUSED, "%s: no place among the devDependencies", s->path);
}

static bool still_json(const char *path, struct view before, struct view after, struct err *e)
{
	JSON_AUTO *j = json_parse(after, FIXER_FILE_BYTES_MAX, NULL);

	return edit_only_adds(path, before, after, e) && (j || fix_refuse(e, "%s could not be read as JSON", path));
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO sources = sources_new(&ret->arena, q->tree);
	const char *libraries[8] = {NULL};
	size_t count = 0;
	struct source *s;
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (has_lock(q->tree))
		return fix_refuse(e, "the lock file would no longer fit");
	if (find_libraries(&ev, libraries, sizeof(libraries) / sizeof(*libraries), &count, e) != 0)
		return fix_outcome(e);
	s = sources_open(&sources, "package.json", e);
	for (size_t i = 0; s && i < count; i++) {
		if (!depends_on(s->text, libraries[i]))
			return fix_refuse(e, "package.json does not depend on %s", libraries[i]);
		if (add_line(s, libraries[i], &ret->arena, e) != 0)
			return fix_outcome(e);
	}
	if (!s)
		return fix_outcome(e);
	ret->tier = TIER_HEAL;
	ret->confidence = 0.93;
	ret->summary = arena_format(&ret->arena, "add @types/%s", libraries[0]);
	ret->reason = "the compiler asks for the declarations of a library that the project depends on";
	return sources_propose(&sources, ret, still_json, "only lines were added, and the file can be read as JSON", e);
}

const struct fixer fixer_js_types_package = {
	.id = "js/types-package",
	.ecosystem = "js",
	.title = "Add declarations of a library",
	.what = "`TS7016: Could not find a declaration file for module 'lodash'`: adds `@types/lodash` to "
		"devDependencies.",
	.why_safe = "Only libraries of a fixed list, only when the project depends on the library itself, has no lock "
		    "file that would no "
		    "longer fit, and tsc reports nothing else. Declarations hold no code that runs.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*tsc*", "*typescript*", "js/*", "ts/*", "generic/*", "runner/*", "shell/*",
		"make/*", NULL},
	.paths = (const char *const[]){"package.json", NULL},
	.max_files = 1,
	.max_lines = 10,
	.kind = FIX_EDITS,
	.heal_case = "js-tsc-missing-types",
	.refuse_case = "js-eresolve-peer",
	.propose = propose,
};
