/* js/path-case - an import whose path differs from the file only in upper and lower case: it worked on a Mac. */
#include "fixers/mend.h"

#include <string.h>

/* complaint.code is the specifier ("./currency"), complaint.path the importing file. */

static bool between(struct view line, const char *before, const char *quotes, struct view *ret)
{
	size_t at = view_find(line, before);
	size_t n = 0;

	if (at == VIEW_NONE)
		return false;
	*ret = view_from(line, at + strlen(before));
	if (ret->n == 0 || !strchr(quotes, *ret->p))
		return false;
	*ret = view_from(*ret, 1);
	while (n < ret->n && !strchr(quotes, ret->p[n]))
		n++;
	ret->n = n;
	return n > 0;
}

static bool is_relative(struct view specifier)
{
	return view_starts(specifier, "./") || view_starts(specifier, "../");
}

/* node: below "Require stack:" stands "- FILE" */
static bool require_stack(struct mend *m, size_t i, struct view *ret)
{
	for (size_t k = i + 1; k < i + 4; k++)
		if (view_starts(evidence_line(m->ev, k), "- ") &&
			view_starts(evidence_line(m->ev, k - 1), "Require stack:")) {
			*ret = view_from(evidence_line(m->ev, k), 2);
			return true;
		}
	return false;
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i), folder;

	if (complaint_parse(line, ret)) {
		if (!view_has(ret->text, "error TS"))
			return MEND_NOTHING;
		if (!view_has(ret->text, "error TS2307:"))
			return MEND_HOPELESS;
		if (!between(ret->text, "Cannot find module ", "'", &ret->code))
			return MEND_HOPELESS;
		return is_relative(ret->code) ? MEND_COMPLAINT : MEND_HOPELESS;
	}
	ret->line = 0;
	if (between(line, "Cannot find module ", "'\"", &ret->code) ||
		between(line, "Could not resolve ", "'\"", &ret->code)) {
		if (!is_relative(ret->code))
			return MEND_HOPELESS;
		if (between(line, " from ", "'\"", &ret->path) || require_stack(m, i, &ret->path))
			return MEND_COMPLAINT;
		return m->count ? MEND_HARMLESS : MEND_NOTHING;
	}
	if (between(line, "Can't resolve ", "'", &ret->code) && between(line, " in ", "'", &folder))
		return MEND_HOPELESS; /* webpack names the folder only */
	return MEND_NOTHING;
}

/* ---- the file that was meant ------------------------------------------------------------------------ */

static const char *const extensions[] = {
	".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".json", ".vue", ".d.ts", NULL};

static struct view without_extension(struct view path)
{
	for (const char *const *x = extensions; *x; x++)
		if (view_ends(path, *x) && path.n > strlen(*x))
			return view_sub(path, 0, path.n - strlen(*x));
	return path;
}

/* The folder of `path` joined with a specifier; false when that leaves the repository. */
static bool join(struct buf *out, const char *path, struct view specifier)
{
	const char *slash = strrchr(path, '/');
	struct view part;

	if (slash)
		buf_add(out, path, (size_t)(slash - path));
	while (view_next(&specifier, '/', &part)) {
		if (view_is(part, ".") || part.n == 0)
			continue;
		if (view_is(part, "..")) {
			size_t last = view_find_last_char(buf_view(out), '/');

			if (out->n == 0)
				return false;
			buf_cut(out, last == VIEW_NONE ? 0 : last);
			continue;
		}
		if (out->n)
			buf_add_char(out, '/');
		buf_add_view(out, part);
	}
	return out->n > 0;
}

struct search {
	struct view stem;
	struct arena *arena;
	struct view found;
	unsigned matches;
	bool exact;
};

static bool compare(void *context, const char *path, enum tree_kind kind)
{
	struct search *s = context;
	struct view stem = without_extension(view_of(path)), name = stem;

	if (kind != TREE_FILE && kind != TREE_EXECUTABLE)
		return true;
	if (view_ends(stem, "/index"))
		name = view_sub(stem, 0, stem.n - strlen("/index"));
	if (!view_eq_nocase(stem, s->stem) && !view_eq_nocase(name, s->stem))
		return true;
	if (!view_eq_nocase(stem, s->stem))
		stem = name;
	s->exact |= view_eq(stem, s->stem);
	if (s->matches == 0 || !view_eq(s->found, stem))
		s->matches++;
	s->found = arena_view(s->arena, stem);
	return true;
}

/* The specifier with the letters of the file's real path: both end alike but for their case. */
static struct view corrected(struct arena *a, struct view specifier, struct view real)
{
	struct view stem = without_extension(specifier);
	BUF_AUTO out = buf_new(BUF_LINE);
	size_t same = 0;

	while (same < stem.n && same < real.n && stem.p[stem.n - 1 - same] != '.' &&
		view_eq_nocase(view_sub(stem, stem.n - 1 - same, 1), view_sub(real, real.n - 1 - same, 1)))
		same++;
	buf_add_view(&out, view_sub(stem, 0, stem.n - same));
	buf_add_view(&out, view_from(real, real.n - same));
	buf_add_view(&out, view_from(specifier, stem.n));
	return arena_view(a, buf_view(&out));
}

static int replace_quoted(struct source *s, struct view old, struct view new, struct err *e)
{
	unsigned found = 0;

	for (size_t i = 1; i + old.n < s->text.n; i++) {
		char before = s->text.p[i - 1];

		if (!strchr("'\"`", before) || s->text.p[i + old.n] != before ||
			memcmp(s->text.p + i, old.p, old.n) != 0)
			continue;
		if (source_splice(s, i, old.n, new, e) != 0)
			return -1;
		found++;
	}
	return found ? 0 : err_set(e, ERR_REFUSED, "%s does not import %.*s", s->path, VIEW_ARG(old));
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	const struct tree *tree = m->q->tree;
	BUF_AUTO target = buf_new(BUF_LINE);
	struct search search = {.arena = &m->ret->arena};

	if (!join(&target, s->path, c->code))
		return err_set(e, ERR_REFUSED, "%.*s leaves the repository", VIEW_ARG(c->code));
	search.stem = without_extension(buf_view(&target));
	if (tree->list(tree->context, compare, &search, e) != 0)
		return -1;
	if (search.matches != 1 || search.exact)
		return err_set(e, ERR_REFUSED, "no single file differs from %.*s only in case", VIEW_ARG(c->code));
	return replace_quoted(s, c->code, corrected(&m->ret->arena, c->code, search.found), e);
}

static bool only_case(const char *path, struct view before, struct view after, struct err *e)
{
	return view_eq_nocase(before, after) || fix_refuse(e, "%s: more than upper and lower case would change", path);
}

static const struct mender mender = {
	.others_may_complain = true, /* stacks are full of places */
	.read = read_line,
	.mend = mend,
	.check = only_case,
	.says = "nothing but upper and lower case changed",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "spell the imported path as the file is called";
	ret->reason = "one file of the repository differs from the imported path only in upper and lower case";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_js_path_case = {
	.id = "js/path-case",
	.ecosystem = "js",
	.title = "Spell an imported path as the file is called",
	.what = "`Cannot find module './currency'` where the file is `Currency.js`: file systems of Macs and Windows "
		"do not mind, "
		"Linux does. Corrects the import.",
	.why_safe = "Only relative imports, only when exactly one file differs from the path in nothing but case, and "
		    "nothing but the "
		    "case of letters changes.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"js/*", "ts/*", "*tsc*", "node/*", "*module*", "generic/*", "runner/*",
		"shell/*", "make/*", NULL},
	.paths = (const char *const[]){"*.{js,jsx,ts,tsx,mjs,cjs,mts,cts,vue}", NULL},
	.max_files = 10,
	.max_lines = 40,
	.kind = FIX_EDITS,
	.heal_case = "js-require-path-case",
	.refuse_case = "js-eresolve-peer",
	.propose = propose,
};
