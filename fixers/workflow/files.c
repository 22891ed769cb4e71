#include "fixers/workflow/files.h"

#include "base/file.h"
#include "fixers/yaml/same.h"

#include <string.h>

struct listing {
	const char *paths[WORKFLOW_FILES_MAX];
	size_t count;
	struct arena *arena;
};

static bool collect(void *context, const char *path, enum tree_kind kind)
{
	struct listing *l = context;

	if (kind == TREE_FILE && file_glob(".github/workflows/*.{yml,yaml}", view_of(path)) &&
		l->count < WORKFLOW_FILES_MAX)
		l->paths[l->count++] = arena_text(l->arena, path);
	return true;
}

/* "  build:" at the second level, or "name: build" */
static bool has_job(const struct source *s, struct view job)
{
	for (uint32_t n = 1; n <= s->line_count; n++) {
		struct view line = source_line(s, n), text = view_trim(line);

		if (view_ends(text, ":") && view_eq(view_sub(text, 0, text.n - 1), job) && view_starts(line, "  ") &&
			!view_starts(line, "      "))
			return true;
		if (view_starts(text, "name: ") && view_eq(view_trim(view_from(text, 6)), job))
			return true;
	}
	return false;
}

/* "build (3.11, ubuntu)" is the job `build`. */
static struct view job_of(const struct evidence *ev)
{
	struct view job = view_of(ev->q->diagnosis->job.name);
	size_t open = view_find(job, " (");

	return open == VIEW_NONE ? job : view_sub(job, 0, open);
}

size_t workflow_open(struct source **ret, size_t max, struct sources *set, const struct evidence *ev, struct err *e)
{
	struct listing all = {.arena = set->arena};
	struct view job = job_of(ev);
	size_t n = 0, with_job = 0;

	if (ev->q->tree->list(ev->q->tree->context, collect, &all, e) != 0)
		return 0;
	for (size_t i = 0; i < all.count && n < max; i++) {
		struct source *s = sources_open(set, all.paths[i], e);

		if (s)
			ret[n++] = s;
	}
	for (size_t i = 0; i < n && job.n; i++)
		if (has_job(ret[i], job))
			ret[with_job++] = ret[i];
	return with_job ? with_job : n;
}

static bool readable(const char *path, struct view before, struct view after, struct err *e)
{
	(void)before;
	return yaml_same(path, after, after, e);
}

int workflow_propose(workflow_edit *edit, const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO set = sources_new(&ret->arena, q->tree);
	struct source *files[WORKFLOW_FILES_MAX];
	int status = evidence_read(&ev, q, e), changes = 0;
	size_t n;

	if (status != 1)
		return status;
	n = workflow_open(files, WORKFLOW_FILES_MAX, &set, &ev, e);
	for (size_t i = 0; i < n; i++) {
		int one = edit(files[i], &ev, &ret->arena, e);

		if (one < 0)
			return fix_outcome(e);
		changes += one;
	}
	if (!changes)
		return fix_refuse(e, "no workflow file has what the log speaks of");
	ret->tier = TIER_REVIEW;
	ret->confidence = 0.85;
	return sources_propose(&set, ret, readable, "each workflow file can be read as YAML", e);
}
