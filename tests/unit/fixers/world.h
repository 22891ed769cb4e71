/* What the tests of fixers and plan share: a small repository in memory, a log of one failing step, and a finding. */
#ifndef RM_TESTS_WORLD_H
#define RM_TESTS_WORLD_H

#include "base/mem.h"
#include "fixers/fixer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

struct world_file {
	const char *path, *content;
	enum tree_kind kind;
};

struct world {
	const struct world_file *files; /* ends with a NULL path */
	struct tree tree;
	struct buf text;
	struct log *log;
	struct diagnosis diagnosis;
	struct finding finding;
	struct fix_proposal proposal;
	struct err e;
};

static inline const struct world_file *world_find(const struct world *w, const char *path)
{
	for (const struct world_file *f = w->files; f->path; f++)
		if (strcmp(f->path, path) == 0)
			return f;
	return NULL;
}

static inline int world_read(void *context, const char *path, size_t max, struct buf *ret, struct err *e)
{
	const struct world_file *f = world_find(context, path);

	*ret = buf_new(max);
	if (!f)
		return err_set(e, ERR_NOT_FOUND, "%s is not there", path);
	return buf_add_text(ret, f->content) ? 0 : err_set(e, ERR_LIMIT, "%s is too large", path);
}

static inline bool world_stat(void *context, const char *path, enum tree_kind *ret)
{
	const struct world_file *f = world_find(context, path);

	if (f)
		*ret = f->kind;
	return f != NULL;
}

static inline bool world_is_directory(void *context, const char *path)
{
	const struct world *w = context;
	size_t n = strlen(path);

	for (const struct world_file *f = w->files; f->path; f++)
		if (strncmp(f->path, path, n) == 0 && f->path[n] == '/')
			return true;
	return false;
}

static inline int world_list(void *context, bool (*each)(void *each_context, const char *path, enum tree_kind kind),
	void *each_context, struct err *e)
{
	const struct world *w = context;

	(void)e;
	for (const struct world_file *f = w->files; f->path; f++)
		if (!each(each_context, f->path, f->kind))
			break;
	return 0;
}

#define WORLD_STAMP "2026-11-18T09:14:03.1234567Z "

static inline void world_lines(struct buf *out, const char *before, const char *text, const char *behind)
{
	struct view rest = view_of(text), line;

	while (view_next(&rest, '\n', &line))
		buf_addf(out, WORLD_STAMP "%s%.*s%s\n", before, VIEW_ARG(line), behind);
}

/* `command` may have several lines; `output` is what the step prints. */
static inline void world_open(
	struct world *w, const struct world_file *files, const char *command, const char *output, int exit_code)
{
	struct view first = view_of(command), line = first;

	*w = (struct world){.files = files, .text = buf_new(BUF_FILE)};
	w->tree = (struct tree){w, world_read, world_stat, world_is_directory, world_list};
	view_next(&first, '\n', &line);
	buf_add_text(&w->text, WORLD_STAMP "Current runner version: '2.328.0'\n");
	buf_addf(&w->text, WORLD_STAMP "##[group]Run %.*s\n", VIEW_ARG(line));
	world_lines(&w->text, "\x1b[36;1m", command, "\x1b[0m");
	buf_add_text(&w->text, WORLD_STAMP "shell: /usr/bin/bash -e {0}\n" WORLD_STAMP "##[endgroup]\n");
	world_lines(&w->text, "", output, "");
	buf_addf(&w->text, WORLD_STAMP "##[error]Process completed with exit code %d.\n", exit_code);
	buf_add_text(&w->text, WORLD_STAMP "Post job cleanup.\n" WORLD_STAMP "Cleaning up orphan processes\n");
	assert_int_equal(log_open_memory(&w->log, buf_view(&w->text), &w->e), 0);
	assert_int_equal(log_finish(w->log, &w->e), 0);
	w->finding = (struct finding){.rule_id = "test/any",
		.tool = "test",
		.category = CATEGORY_LINT,
		.rank = RANK_CAUSE,
		.title = "",
		.message = "",
		.line = 6,
		.step = LOG_NO_STEP,
		.confidence = 0.9};
	for (uint32_t i = 0; i < log_step_count(w->log); i++)
		if (log_step(w->log, i)->failed)
			w->finding.step = i;
	assert_int_not_equal(w->finding.step, LOG_NO_STEP);
	w->diagnosis = (struct diagnosis){.failed = true, .findings = &w->finding, .finding_count = 1};
	w->diagnosis.job.workspace = "/home/runner/work/repo/repo";
	w->diagnosis.failed_step.known = true;
	w->diagnosis.failed_step.index = w->finding.step;
}

static inline void world_close(struct world *w)
{
	fix_proposal_done(&w->proposal);
	log_close(w->log);
	buf_done(&w->text);
}

static inline int world_propose(struct world *w, const char *fixer)
{
	struct fix_request q = {&w->diagnosis, &w->finding, w->log, &w->tree};
	const struct fixer *f = fixer_find(fixer);

	assert_non_null(f);
	return f->propose(&q, &w->proposal, &w->e);
}

static inline const struct fix_edit *world_edit(const struct world *w, const char *path)
{
	for (size_t i = 0; i < w->proposal.edit_count; i++)
		if (strcmp(w->proposal.edits[i].path, path) == 0)
			return &w->proposal.edits[i];
	return NULL;
}

/* One file, one fixer: what it makes of it. `want` NULL: it must refuse. Checks the proof against the outcome, too. */
static inline void world_check(const char *fixer, enum category category, const char *path, const char *content,
	const char *command, const char *output, const char *want)
{
	const struct world_file files[] = {{path, content, TREE_FILE}, {0}};
	struct world w;
	int status;

	world_open(&w, files, command, output, 1);
	w.finding.category = category;
	status = world_propose(&w, fixer);
	if (!want && status == 1 && w.proposal.left_count) {
		/* Alone it is not made: plan/ asks others for what it leaves. */
	} else if (!want) {
		if (status != 0)
			print_error("%s should refuse: %s\n", fixer, output);
		assert_int_equal(status, 0);
		assert_int_equal(w.e.code, ERR_REFUSED);
	} else {
		const struct fix_edit *edit;

		if (status != 1)
			print_error("%s refuses: %s\n", fixer, w.e.text);
		assert_int_equal(status, 1);
		assert_int_equal(w.proposal.edit_count, 1);
		edit = world_edit(&w, path);
		assert_non_null(edit);
		assert_string_equal(edit->content.p, want);
		if (edit->content_changes) {
			const struct world_file after[] = {{path, want, TREE_FILE}, {0}};
			struct world changed = {.files = after};

			changed.tree = (struct tree){&changed, world_read, world_stat, world_is_directory, world_list};
			assert_true(w.proposal.proof.holds(&changed.tree, &w.finding, w.proposal.proof.facts, &w.e));
			assert_false(w.proposal.proof.holds(&w.tree, &w.finding, w.proposal.proof.facts, &w.e));
		}
	}
	world_close(&w);
}

#endif
