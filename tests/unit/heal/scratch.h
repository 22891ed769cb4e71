/* scratch.h - a repository of its own for each test, and plans built by hand. */
#ifndef RM_TESTS_HEAL_SCRATCH_H
#define RM_TESTS_HEAL_SCRATCH_H

#include "base/file.h"
#include "base/mem.h"
#include "heal/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

struct scratch {
	char *top, *repo;
	struct repository *r;
	struct config config;
};

/* Runs a script in a folder; its output without the last newline, malloc'ed. The script must succeed. */
static inline char *sh(const char *folder, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline char *sh(const char *folder, const char *format, ...)
{
	BUF_AUTO script = buf_new(BUF_PAGE);
	BUF_AUTO out = buf_new(BUF_FILE);
	int ends[2], status;
	char piece[4096];
	ssize_t n;
	va_list ap;
	pid_t pid;

	va_start(ap, format);
	buf_addv(&script, format, ap);
	va_end(ap);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], 1);
		if (chdir(folder) == 0)
			execl("/bin/sh", "sh", "-ec", buf_text(&script), NULL);
		_exit(99);
	}
	close(ends[1]);
	while ((n = read(ends[0], piece, sizeof(piece))) > 0)
		buf_add(&out, piece, (size_t)n);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		fail_msg("script ended with %d: %s", status, buf_text(&script));
	if (out.n && out.p[out.n - 1] == '\n')
		buf_cut(&out, out.n - 1);
	return buf_take(&out);
}

#define SH(...) free(sh(__VA_ARGS__))

static inline void assert_sh(const char *folder, const char *script, const char *expected)
{
	MEM_AUTO char *out = sh(folder, "%s", script);

	assert_string_equal(out, expected);
}

/* No configuration of this machine takes part. */
static inline void isolate_git(const char *home)
{
	static const char *const unwanted[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "XDG_CONFIG_HOME"};

	setenv("HOME", home, 1);
	setenv("TMPDIR", home, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_AUTHOR_NAME", "Ada", 1);
	setenv("GIT_AUTHOR_EMAIL", "ada@example.org", 1);
	setenv("GIT_COMMITTER_NAME", "Ada", 1);
	setenv("GIT_COMMITTER_EMAIL", "ada@example.org", 1);
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(*unwanted); i++)
		unsetenv(unwanted[i]);
}

static inline void scratch_begin(struct scratch *s)
{
	struct err e = {0};

	*s = (struct scratch){0};
	setenv("TMPDIR", "/tmp", 1);
	s->top = file_temp_directory("runmedic-test", &e);
	assert_non_null(s->top);
	isolate_git(s->top);
	s->repo = file_join(s->top, "repo");
	SH("/", "git init -q -b main '%s'", s->repo);
	s->config.heal.confidence = 0.9;
	s->config.heal.max_files = 20;
	s->config.heal.max_changed_lines = 400;
	s->config.heal.max_per_run = 10;
}

static inline void scratch_done(struct scratch *s)
{
	repository_free(s->r);
	SH("/", "chmod -R u+rwX '%s'; rm -rf '%s'", s->top, s->top);
	free(s->top);
	free(s->repo);
	setenv("TMPDIR", "/tmp", 1);
}

#define SCRATCH_AUTO __attribute__((cleanup(scratch_done))) struct scratch

static inline void put_bytes(const struct scratch *s, const char *path, const char *content, size_t n)
{
	MEM_AUTO char *whole = file_join(s->repo, path), *folder = mem_text(whole);
	struct err e = {0};

	*strrchr(folder, '/') = '\0';
	assert_int_equal(file_make_directories(folder, &e), 0);
	if (file_write_atomic(whole, view_make(content, n), 0644, &e) != 0)
		fail_msg("%s", e.text);
}

static inline void put(const struct scratch *s, const char *path, const char *content)
{
	put_bytes(s, path, content, strlen(content));
}

static inline void assert_file(const struct scratch *s, const char *path, const char *content)
{
	MEM_AUTO char *whole = file_join(s->repo, path);
	BUF_AUTO b = buf_new(0);
	struct err e = {0};

	if (file_read(whole, BUF_FILE, &b, &e) != 0)
		fail_msg("%s", e.text);
	assert_string_equal(buf_text(&b), content);
}

static inline void commit_all(const struct scratch *s)
{
	SH(s->repo, "git add -A -f . && git commit -q --allow-empty -m change");
}

/* Opens, or opens again after git has made commits. */
static inline struct repository *scratch_open(struct scratch *s)
{
	struct err e = {0};

	repository_free(s->r);
	s->r = NULL;
	if (repository_open(&s->r, s->repo, &e) != 0)
		fail_msg("%s", e.text);
	return s->r;
}

/* Everything that can be seen of a folder: names, kinds, modes, times, sizes, contents. */
static inline char *snapshot(const char *folder)
{
	return sh(folder, "find . -printf '%%p %%y %%m %%T@ %%i %%s\\n' | LC_ALL=C sort; "
			  "find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum");
}

static inline void assert_status(const struct scratch *s, const char *expected)
{
	assert_sh(s->repo, "git status --porcelain --ignored -uall", expected);
}

/* ---- plans ------------------------------------------------------------------------------------------ */

static const char *const any_path[] = {"**", NULL};
static const struct fixer edit_fixer = {
	.id = "test/edit",
	.title = "Edit",
	.tier = TIER_HEAL,
	.paths = any_path,
	.max_files = 20,
	.max_lines = 400,
	.kind = FIX_EDITS,
};
static const struct fixer diff_fixer = {
	.id = "test/diff",
	.title = "Diff",
	.tier = TIER_HEAL,
	.paths = any_path,
	.max_files = 20,
	.max_lines = 400,
	.kind = FIX_DIFF,
};
static const char *const sh_version[] = {"sh", "-c", "echo tool 1.2.3", NULL};
static const struct fixer sh_fixer = {
	.id = "test/sh",
	.title = "Shell",
	.tier = TIER_HEAL,
	.paths = any_path,
	.max_files = 20,
	.max_lines = 400,
	.kind = FIX_COMMAND,
	.program = "sh",
	.version_argv = sh_version,
};
static const struct finding some_finding = {
	.rule_id = "test/rule",
	.category = CATEGORY_FORMAT,
	.signature = "1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
};

static inline bool always_holds(const struct tree *changed, const struct finding *f, const void *facts, struct err *e)
{
	(void)changed, (void)f, (void)facts, (void)e;
	return true;
}

static inline struct planned_fix planned(const struct fixer *fixer)
{
	return (struct planned_fix){
		.fixer = fixer,
		.finding = &some_finding,
		.has_proposal = true,
		.tier = TIER_HEAL,
		.within = true,
		.status = FIX_PLANNED,
		.confidence = 0.97,
		.proposal = {.kind = fixer->kind,
			.tier = TIER_HEAL,
			.confidence = 0.97,
			.summary = "mend it",
			.reason = "the log says so",
			.proof = {.holds = always_holds, .says = "it is mended"}},
	};
}

static inline struct planned_fix plan_edits(struct fix_edit *edits, size_t count)
{
	struct planned_fix f = planned(&edit_fixer);

	f.proposal.edits = edits;
	f.proposal.edit_count = count;
	return f;
}

static inline struct planned_fix plan_diff(const char *diff)
{
	struct planned_fix f = planned(&diff_fixer);

	f.proposal.diff = view_of(diff);
	f.proposal.proof.holds = NULL;
	return f;
}

static inline struct fix_edit edit_content(const char *path, const char *content)
{
	return (struct fix_edit){.path = path, .content_changes = true, .content = view_of(content)};
}

static inline void heal_with(struct heal_result *ret, struct scratch *s, struct planned_fix *fixes, size_t count,
	const struct heal_options *o)
{
	const struct plan plan = {.decision = DECISION_HEAL, .fixes = fixes, .fix_count = count};
	struct healing_run *run;
	struct err e = {0};

	if (heal_begin(&run, s->r, o, &e) != 0)
		fail_msg("%s", e.text);
	heal_run(ret, run, &plan);
	heal_end(run);
	assert_int_equal(ret->fix_count, count);
}

static inline void heal(
	struct heal_result *ret, struct scratch *s, struct planned_fix *fixes, size_t count, enum heal_level level)
{
	const struct heal_options o = {.level = level, .config = &s->config};

	heal_with(ret, s, fixes, count, &o);
}

static inline void assert_fix(const struct healed_fix *h, enum fix_status status, const char *reason_has)
{
	if (h->status != status || !strstr(h->reason, reason_has))
		fail_msg("%s: %s, wanted %s: %s", fix_status_name(h->status), h->reason, fix_status_name(status),
			reason_has);
}

#define HEAL_AUTO __attribute__((cleanup(heal_result_done))) struct heal_result

#endif
