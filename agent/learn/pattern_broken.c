#include "learn/pattern_internal.h"

#include "base/mem.h"

#include <stdlib.h>

/* What happened on the commits where the group failed: an execution, and whether it was one of the group's failures. */
struct row {
	uint32_t os, version, image;
	enum space space;
	bool failed;
};
struct table {
	struct row *rows;
	size_t n, cap;
};

static void add_commit(struct table *t, const struct pattern_group *g, uint32_t at)
{
	const struct execution *all = g->history->executions;

	while (all[at].commit_before != HISTORY_NONE)
		at = all[at].commit_before;
	for (; at != HISTORY_NONE; at = all[at].commit_after) {
		bool failed = g->results[at] == HISTORY_FAILED;

		if (g->results[at] == HISTORY_ABSENT || (failed && history_failure(g->test, at)->shape != g->shape))
			continue;
		MEM_PUSH(t->rows, t->n, t->cap);
		t->rows[t->n++] = (struct row){all[at].os, all[at].version, all[at].image, all[at].space, failed};
	}
}

static struct table table_of(const struct pattern_group *g)
{
	struct table t = {0};
	MEM_AUTO bool *done = mem_array(g->history->commits.n + 1, sizeof(*done));

	for (size_t i = 0; i < g->test->failure_count; i++) {
		uint32_t x = g->test->failures[i].execution, commit = g->history->executions[x].commit;

		if (g->test->failures[i].shape != g->shape || done[commit])
			continue;
		done[commit] = commit != 0;
		add_commit(&t, g, x);
	}
	return t;
}

static bool is_of(const struct row *r, const struct pattern_finding *kind)
{
	return (!kind->os || r->os == kind->os) && (!kind->version || r->version == kind->version) &&
	       (!kind->image || r->image == kind->image) && r->space == SPACE_CI;
}

/* Does the kind hold nearly all failures, and hardly a pass, while others passed? */
static bool explains(const struct table *t, struct pattern_finding *kind)
{
	unsigned in = 0, failed_in = 0, failed = 0, passed_out = 0;

	for (size_t i = 0; i < t->n; i++) {
		bool of = is_of(&t->rows[i], kind);

		in += of;
		failed_in += of && t->rows[i].failed;
		failed += t->rows[i].failed && t->rows[i].space == SPACE_CI;
		passed_out += !of && !t->rows[i].failed;
	}
	kind->count = failed_in;
	kind->jobs = in;
	kind->confidence = in ? (failed_in + 1.0) / (in + 2.0) : 0;
	return failed_in && failed_in >= PATTERN_PURE * in && failed_in >= PATTERN_COVER * failed && passed_out;
}

static const struct row *a_failure(const struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].failed && t->rows[i].space == SPACE_CI)
			return &t->rows[i];
	return NULL;
}

/* The first image with which it failed: images of one system replace each other. */
static bool by_image(struct pattern_finding *ret, const struct table *t, const struct row *first)
{
	unsigned failed = 0, passed = 0, old = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct row *r = &t->rows[i];
		bool bad = false;

		if (r->failed && r->os != first->os && r->space == SPACE_CI)
			return false;
		for (size_t k = 0; r->image && k < t->n && !bad; k++)
			bad = t->rows[k].failed && t->rows[k].image == r->image;
		failed += r->failed;
		passed += bad && !r->failed;
		old += r->os == first->os && !bad && r->image;
	}
	*ret = (struct pattern_finding){.dimension = PATTERN_IMAGE,
		.image = first->image,
		.os = first->os,
		.count = failed,
		.jobs = failed + passed,
		.confidence = (failed + 1.0) / (failed + passed + 2.0)};
	return old && failed >= PATTERN_PURE * (failed + passed);
}

static bool only_in_ci(struct pattern_finding *ret, const struct table *t)
{
	unsigned failed = 0, passed = 0, local_passed = 0, local_failed = 0;

	for (size_t i = 0; i < t->n; i++) {
		bool local = t->rows[i].space == SPACE_LOCAL;

		failed += !local && t->rows[i].failed;
		passed += !local && !t->rows[i].failed;
		local_failed += local && t->rows[i].failed;
		local_passed += local && !t->rows[i].failed;
	}
	*ret = (struct pattern_finding){.dimension = PATTERN_SPACE,
		.count = failed,
		.jobs = failed + passed,
		.confidence = (local_passed + 1.0) / (local_passed + 2.0)};
	return local_passed && !local_failed && failed >= PATTERN_PURE * (failed + passed);
}

static bool explain_table(struct pattern_finding *ret, const struct table *t)
{
	const struct row *first = a_failure(t);
	bool found = false;

	if (!first)
		return false;
	if (only_in_ci(ret, t))
		return true;
	struct pattern_finding kinds[] = {
		{.dimension = PATTERN_OS, .os = first->os},
		{.dimension = PATTERN_VERSION, .version = first->version},
		{.dimension = PATTERN_OS_VERSION, .os = first->os, .version = first->version},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !found; i++) {
		bool known = i == 0 ? first->os : i == 1 ? first->version : first->os && first->version;

		found = known && explains(t, &kinds[i]);
		*ret = found ? kinds[i] : *ret;
	}
	return found || (first->image && by_image(ret, t, first));
}

bool pattern_broken(struct pattern_finding *ret, const struct pattern_group *g)
{
	struct table t = table_of(g);
	bool found = explain_table(ret, &t);

	free(t.rows);
	return found;
}
