/* python/type-stubs - mypy names the stub package that it lacks. */
#include "fixers/mend.h"
#include "fixers/python/requirements.h"

#include <string.h>

#define STUBS_MAX 16u

struct stubs {
	const char *names[STUBS_MAX];
	size_t count;
};

/* Typeshed's own distributions: the prefix is reserved by custom, and mypy knows the names. */
static bool stub_name(struct view line, struct view *ret)
{
	size_t at = view_find(line, "pip install ");
	size_t n = 0;

	if (at == VIEW_NONE || !view_has(line, "note: Hint: "))
		return false;
	*ret = view_from(line, at + strlen("pip install "));
	while (n < ret->n && ret->p[n] != '"' && ret->p[n] != ' ')
		n++;
	ret->n = n;
	for (size_t i = 0; i < n; i++)
		if (!strchr("-_.", ret->p[i]) && !((ret->p[i] | 32) >= 'a' && (ret->p[i] | 32) <= 'z') &&
			!(ret->p[i] >= '0' && ret->p[i] <= '9'))
			return false;
	return view_starts(*ret, "types-") && n > strlen("types-");
}

static int collect(struct stubs *s, const struct evidence *ev, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i), name;
		struct complaint c;
		bool known = false;

		if (complaint_parse(line, &c) && view_starts(c.text, "error: ") &&
			!view_has(c.text, "Library stubs not installed for "))
			return err_set(e, ERR_REFUSED, "mypy also says: %.*s", VIEW_ARG(view_cut_utf8(line, 200)));
		if (!stub_name(line, &name))
			continue;
		for (size_t k = 0; k < s->count; k++)
			known |= view_is(name, s->names[k]);
		if (!known && s->count < STUBS_MAX)
			s->names[s->count++] = arena_view(a, name).p;
	}
	return s->count ? 0 : err_set(e, ERR_REFUSED, "mypy names no stub package");
}

static const char *file_with_mypy(const struct requirements *r, const struct tree *tree)
{
	for (size_t i = 0; i < r->count; i++)
		if (requirements_list_in(tree, r->files[i], "mypy"))
			return r->files[i];
	return NULL;
}

static int add_all(const struct stubs *stubs, const struct evidence *ev, struct sources *sources,
	struct fix_proposal *ret, struct err *e)
{
	struct requirements files;
	const char *path;
	struct source *s;

	requirements_find(&files, ev, &ret->arena);
	path = file_with_mypy(&files, ev->q->tree);
	if (!path)
		return err_set(e, ERR_REFUSED, "no requirements file that the job installs lists mypy");
	s = sources_open(sources, path, e);
	for (size_t i = 0; s && i < stubs->count; i++)
		if (requirements_add(s, stubs->names[i], &ret->arena, e) != 0)
			return -1;
	ret->summary = arena_format(&ret->arena, "add %s to %s", stubs->names[0], path);
	return s ? 0 : -1;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO sources = sources_new(&ret->arena, q->tree);
	struct stubs stubs = {0};
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	ret->tier = TIER_HEAL;
	ret->confidence = 0.95;
	ret->reason = "mypy's hint names the package, and the file is where mypy itself is listed";
	if (!evidence_ran(&ev, "mypy", ev.text.count))
		return fix_refuse(e, "the step did not run mypy");
	if (collect(&stubs, &ev, &ret->arena, e) != 0 || add_all(&stubs, &ev, &sources, ret, e) != 0)
		return fix_outcome(e);
	return sources_propose(&sources, ret, edit_only_adds, "only lines were added", e);
}

const struct fixer fixer_python_type_stubs = {
	.id = "python/type-stubs",
	.ecosystem = "python",
	.title = "Add missing type stubs",
	.what = "`Library stubs not installed for \"yaml\"`: adds the package that mypy's hint names (types-PyYAML) to "
		"the "
		"requirements file that lists mypy.",
	.why_safe = "Mypy only hints at packages of typeshed, whose names begin with `types-`. They hold no code that "
		    "runs. When mypy "
		    "finds anything else, nothing is done.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*mypy*", "*stubs*", "python/*", NULL},
	.paths = (const char *const[]){"*requirements*.txt", "requirements/**", "*.txt", NULL},
	.max_files = 1,
	.max_lines = STUBS_MAX + 2,
	.kind = FIX_EDITS,
	.heal_case = "py-mypy-missing-stubs",
	.refuse_case = "py-mypy-return-none",
	.propose = propose,
};
