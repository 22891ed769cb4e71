/* js/types-package - TypeScript asks for the declarations of a library, which live in a package of their own. */
#include "fixers/evidence.h"
#include "fixers/mend.h"

#include "base/json.h"

#include <string.h>

/* Libraries whose declarations everybody gets from DefinitelyTyped, with the major versions for which there are some:
 * they count as the library does. A name that is not here proves nothing; without versions a person must choose. */
static const struct library {
	const char *name;
	unsigned oldest, newest;
} known[] = {
	{"babel__core", 7, 7},
	{"bcrypt", 5, 5},
	{"body-parser", 1, 1},
	{"chai", 4, 5},
	{"compression", 1, 1},
	{"connect", 3, 3},
	{"cookie-parser", 1, 1},
	{"cors", 2, 2},
	{"d3", 4, 7},
	{"debug", 4, 4},
	{"ejs", 3, 3},
	{"eslint", 7, 9},
	{"express", 4, 5},
	{"express-session", 1, 1},
	{"fs-extra", 11, 11},
	{"glob", 7, 8},
	{"graceful-fs", 4, 4},
	{"inquirer", 8, 9},
	{"jest", 24, 29},
	{"jquery", 3, 3},
	{"js-yaml", 3, 4},
	{"jsdom", 20, 21},
	{"jsonwebtoken", 8, 9},
	{"leaflet", 1, 1},
	{"lodash", 4, 4},
	{"lodash.debounce", 4, 4},
	{"lodash.merge", 4, 4},
	{"marked", 2, 4},
	{"mime", 1, 3},
	{"minimatch", 5, 5},
	{"minimist", 1, 1},
	{"mocha", 7, 10},
	{"morgan", 1, 1},
	{"ms", 0, 0},
	{"multer", 1, 1},
	{"node-fetch", 2, 2},
	{"nodemailer", 6, 6},
	{"passport", 0, 0},
	{"pg", 7, 8},
	{"prop-types", 15, 15},
	{"qs", 6, 6},
	{"ramda", 0, 0},
	{"react", 16, 19},
	{"react-dom", 16, 19},
	{"react-router-dom", 5, 5},
	{"react-test-renderer", 16, 19},
	{"request", 2, 2},
	{"resolve", 1, 1},
	{"rimraf", 2, 3},
	{"semver", 5, 7},
	{"serve-static", 1, 1},
	{"sinon", 17, 17},
	{"supertest", 6, 6},
	{"tar", 6, 6},
	{"three", 0, 0},
	{"tmp", 0, 0},
	{"underscore", 1, 1},
	{"uuid", 7, 9},
	{"ws", 6, 8},
	{"yargs", 15, 17},
};

struct wanted {
	const struct library *libraries[8];
	size_t count;
	const char *package; /* the package.json of the files that tsc names */
};

static const struct library *known_library(struct view name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (view_is(name, known[i].name))
			return &known[i];
	return NULL;
}

/* The nearest package.json above a file. */
static const char *package_of(const struct evidence *ev, struct view printed, struct arena *a)
{
	const char *path = evidence_path(ev, printed, a, NULL), *slash = path ? strrchr(path, '/') : NULL;
	enum tree_kind kind;

	while (slash) {
		const char *package = arena_format(a, "%.*s/package.json", (int)(slash - path), path);

		if (ev->q->tree->stat(ev->q->tree->context, package, &kind))
			return package;
		for (slash--; slash > path && *slash != '/'; slash--)
			;
		slash = slash > path ? slash : NULL;
	}
	return "package.json";
}

static int add_library(struct wanted *w, struct view name, struct err *e)
{
	const struct library *library;
	size_t n = 0;

	while (n < name.n && !strchr("` ", name.p[n]))
		n++;
	name.n = n;
	library = known_library(name);
	if (!library)
		return err_set(e, ERR_REFUSED, "@types/%.*s is not widely known", VIEW_ARG(name));
	for (n = 0; n < w->count && w->libraries[n] != library; n++)
		;
	if (n == sizeof(w->libraries) / sizeof(*w->libraries))
		return err_set(e, ERR_REFUSED, "declarations of more than %zu libraries are missing", n);
	if (n == w->count)
		w->libraries[w->count++] = library;
	return 0;
}

/* "Could not find a declaration file for module 'lodash'." and below it "Try `npm i --save-dev @types/lodash` ..." */
static int find_libraries(const struct evidence *ev, struct wanted *w, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);
		size_t at = view_find(line, "--save-dev @types/");
		struct complaint c;

		if (complaint_parse(line, &c) && view_has(c.text, "error TS")) {
			const char *package = package_of(ev, c.path, a);

			if (!view_has(c.text, "error TS7016:"))
				return err_set(
					e, ERR_REFUSED, "tsc also says: %.*s", VIEW_ARG(view_cut_utf8(line, 200)));
			if (w->package && strcmp(w->package, package) != 0)
				return err_set(e, ERR_REFUSED, "the files belong to several packages");
			w->package = package;
		}
		if (at != VIEW_NONE && add_library(w, view_from(line, at + strlen("--save-dev @types/")), e) != 0)
			return -1;
	}
	w->package = w->package ? w->package : "package.json";
	return w->count ? 0 : err_set(e, ERR_REFUSED, "no declarations are missing");
}

/* Beside the package, or at the root of the workspace. */
static bool has_lock(const struct tree *tree, const char *package, struct arena *a)
{
	static const char *const locks[] = {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml",
		"bun.lockb", "bun.lock", NULL};
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): find_libraries() names a package */
	size_t folder = strlen(package) - strlen("package.json");
	enum tree_kind kind;

	for (const char *const *l = locks; *l; l++)
		if (tree->stat(tree->context, *l, &kind) ||
			tree->stat(tree->context, arena_format(a, "%.*s%s", (int)folder, package, *l), &kind))
			return true;
	return false;
}

/* "^4.17.21" -> 4; 0 for a range that does not begin with one major version. */
static unsigned major_of(struct view range)
{
	uint64_t number;
	size_t n = 0;

	range = view_trim(range);
	if (range.n && strchr("^~=v", *range.p))
		range = view_from(range, 1);
	while (n < range.n && range.p[n] >= '0' && range.p[n] <= '9')
		n++;
	for (size_t i = n; i < range.n; i++)
		if (!strchr(".0123456789x", range.p[i]))
			return 0;
	return view_number(view_sub(range, 0, n), 1000, &number) ? (unsigned)number : 0;
}

/* The library itself must be a dependency: then its declarations are what the project wants, in its major version. */
static bool depends_on(struct view text, const struct library *library, unsigned *ret_major)
{
	JSON_AUTO *package = json_parse(text, FIXER_FILE_BYTES_MAX, NULL);
	const char *range = json_text(json_get(package, "dependencies"), library->name);

	range = range ? range : json_text(json_get(package, "devDependencies"), library->name);
	*ret_major = major_of(view_of(range));
	if (*ret_major < library->oldest || *ret_major > library->newest)
		*ret_major = 0;
	return range != NULL;
}

/* A line among devDependencies, where npm would sort it, indented as its neighbours. */
static int add_line(struct source *s, const struct library *library, unsigned major, struct arena *a, struct err *e)
{
	struct view name = view_of(arena_format(a, "\"@types/%s\"", library->name));
	const char *version = major ? arena_format(a, "^%u.0.0", major) : "*";
	uint32_t n = 1;

	while (n <= s->line_count && !view_has(source_line(s, n), "\"devDependencies\": {"))
		n++;
	if (n >= s->line_count || !view_ends(view_trim(source_line(s, n)), "{"))
		return err_set(e, ERR_REFUSED, "%s has no devDependencies on lines of their own", s->path);
	for (n++; n <= s->line_count; n++) {
		struct view line = source_line(s, n), text = view_trim(line);
		size_t indent = (size_t)(text.p - line.p);
		bool last = !view_ends(text, ",");

		if (!view_starts(text, "\""))
			break;
		if (view_cmp(text, name) > 0)
			return source_splice(s, source_offset(s, n), 0,
				view_of(arena_format(a, "%.*s%.*s: \"%s\",%s", (int)indent, line.p, VIEW_ARG(name),
					version, source_eol(s))),
				e);
		if (last)
			return source_splice(s, source_offset(s, n) + indent + text.n, 0,
				view_of(arena_format(a, ",%s%.*s%.*s: \"%s\"", source_eol(s), (int)indent, line.p,
					VIEW_ARG(name), version)),
				e);
	}
	return err_set(e, ERR_REFUSED, "%s: no place among the devDependencies", s->path);
}

static bool still_json(const char *path, struct view before, struct view after, struct err *e)
{
	JSON_AUTO *j = json_parse(after, FIXER_FILE_BYTES_MAX, NULL);

	(void)before;
	return j || fix_refuse(e, "%s could not be read as JSON", path);
}

static int add_all(const struct wanted *w, struct source *s, struct fix_proposal *ret, struct err *e)
{
	for (size_t i = 0; i < w->count; i++) {
		unsigned major;

		if (!depends_on(s->text, w->libraries[i], &major))
			return err_set(e, ERR_REFUSED, "%s does not depend on %s", s->path, w->libraries[i]->name);
		if (!major)
			ret->tier = TIER_REVIEW;
		if (add_line(s, w->libraries[i], major, &ret->arena, e) != 0)
			return -1;
	}
	return 0;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO sources = sources_new(&ret->arena, q->tree);
	struct wanted w = {0};
	struct source *s;
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (find_libraries(&ev, &w, &ret->arena, e) != 0)
		return fix_outcome(e);
	if (has_lock(q->tree, w.package, &ret->arena))
		return fix_refuse(e, "the lock file would no longer fit");
	ret->tier = TIER_HEAL;
	ret->confidence = 0.93;
	s = sources_open(&sources, w.package, e);
	if (!s || add_all(&w, s, ret, e) != 0)
		return fix_outcome(e);
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): find_libraries() found one at least */
	ret->summary = arena_format(&ret->arena, "add @types/%s", w.libraries[0]->name);
	ret->reason = "the compiler asks for the declarations of a library that the project depends on";
	return sources_propose(&sources, ret, still_json, "the file can be read as JSON", e);
}

const struct fixer fixer_js_types_package = {
	.id = "js/types-package",
	.ecosystem = "js",
	.title = "Add declarations of a library",
	.what = "`TS7016: Could not find a declaration file for module 'lodash'`: adds `@types/lodash` to the "
		"package's "
		"devDependencies, in the library's own major version (`^4.0.0`).",
	.why_safe = "Only libraries of a fixed list, only when the project depends on the library itself, has no lock "
		    "file that would no "
		    "longer fit, and tsc reports nothing else. Where no version of the declarations is known to go "
		    "with the "
		    "library's, only for review. Declarations hold no code that runs.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*tsc*", "*typescript*", "js/*", "ts/*", "generic/*", "runner/*", "shell/*",
		"make/*", NULL},
	.paths = (const char *const[]){"package.json", "**/package.json", NULL},
	.max_files = 1,
	.max_lines = 10,
	.kind = FIX_EDITS,
	.heal_case = "js-tsc-missing-types",
	.refuse_case = "js-eresolve-peer",
	.propose = propose,
};
