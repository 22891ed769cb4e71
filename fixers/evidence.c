#include "fixers/evidence.h"

#include "base/file.h"
#include "diagnose/signature.h"
#include "fixers/edits.h"

#include <string.h>

struct view evidence_line(const struct evidence *ev, size_t i)
{
	return i < ev->text.count ? log_text_line(&ev->text, i) : (struct view){0};
}

void evidence_done(struct evidence *ev)
{
	log_text_done(&ev->text);
	*ev = (struct evidence){0};
}

static const struct log_step *step_of(const struct fix_request *q)
{
	uint32_t index = q->finding->step;

	if (index == LOG_NO_STEP && q->diagnosis->failed_step.known)
		index = q->diagnosis->failed_step.index;
	return log_step(q->log, index);
}

int evidence_read(struct evidence *ret, const struct fix_request *q, struct err *e)
{
	struct evidence ev = {.q = q, .workspace = "", .directory = ""};
	uint32_t first = 1, last;

	*ret = (struct evidence){0};
	if (!q->log)
		return fix_refuse(e, "the log is not at hand");
	last = log_info(q->log)->lines;
	ev.step = step_of(q);
	if (ev.step) {
		if (!ev.step->failed || ev.step->tolerated)
			return fix_refuse(e, "the step of the finding did not fail");
		ev.name = ev.step->name;
		ev.command = ev.step->command;
		first = ev.step->output_line ? ev.step->output_line : ev.step->first_line;
		last = ev.step->last_line;
	}
	if (q->diagnosis->job.workspace)
		ev.workspace = q->diagnosis->job.workspace;
	if (ev.step && q->diagnosis->failed_step.directory &&
		log_step(q->log, q->diagnosis->failed_step.index) == ev.step)
		ev.directory = q->diagnosis->failed_step.directory;
	if (last - first >= EVIDENCE_LINES_MAX)
		first = last - EVIDENCE_LINES_MAX + 1;
	if (last < first)
		last = first;
	if (log_read(q->log, first, last, &ev.text, e) != 0)
		return -1;
	*ret = ev;
	return 1;
}

/* What prints a line for each command it runs. */
static bool echoes_commands(const struct evidence *ev)
{
	static const char *const runners[] = {"make", "gmake", "just", "task", "tox", "nox", "npm", "yarn", "pnpm",
		"bun", "invoke", "inv", "rake", "ninja", "hatch", "poe", "lerna", "turbo", "nx", "mage", "cargo xtask",
		NULL};

	if (ev->command.n == 0 && ev->name.n == 0)
		return true;
	for (const char *const *r = runners; *r; r++)
		if (command_starts(ev->command, *r))
			return true;
	return false;
}

static bool has_prompt(struct view line)
{
	return view_starts(line, "$ ") || view_starts(line, "> ") || view_starts(line, "+ ") ||
	       view_starts(line, "++ ") || view_has(line, "run-test: commands[") || view_has(line, ": commands[") ||
	       view_starts(line, "nox > ");
}

static bool hook_named(struct view line, const char *program)
{
	struct view text = view_trim(line);

	return view_starts(text, "- hook id: ") && view_has(text, program);
}

bool evidence_is_command(const struct evidence *ev, size_t i)
{
	return i < ev->text.count &&
	       (ev->text.lines[i].mark == LOG_COMMAND || echoes_commands(ev) || has_prompt(evidence_line(ev, i)));
}

/* ---- tests ------------------------------------------------------------------------------------ */

const char *const evidence_tests[] = {"pytest", "py.test", "unittest", "nosetests", "nose2", "tox", "nox", "go test",
	"gotestsum", "cargo test", "cargo nextest", "npm test", "npm t", "yarn test", "pnpm test", "jest", "vitest",
	"mocha", "ava", "bats", "ctest", "make test", "make check", "rspec", "rake test", "phpunit", "mvn", "gradle",
	"gradlew", "dotnet test", "mix test", "swift test", "prove", NULL};

static bool sums_up(struct view line)
{
	static const char *const starts[] = {"FAILED ",
		"--- FAIL: ", "--- PASS: ", "test result: ", "Tests: ", "Test Suites: ", "not ok ",
		"short test summary", "FAILURES!", NULL};
	static const char *const inside[] = {" passed in ", " failed in ", " failed, ", " passing (", " failing",
		" examples, ", "tests passed, ", NULL};

	for (const char *const *s = starts; *s; s++)
		if (view_starts(line, *s))
			return true;
	for (const char *const *s = inside; *s; s++)
		if (view_has(line, *s))
			return true;
	return line.n < 40 && view_ends(line, " failed") && line.p[0] >= '0' && line.p[0] <= '9';
}

size_t evidence_test_summary(const struct evidence *ev)
{
	for (size_t i = ev->text.count; i-- > 0;)
		if (sums_up(view_trim(evidence_line(ev, i))))
			return i;
	return EVIDENCE_NONE;
}

bool evidence_is_test_script(const struct evidence *ev)
{
	struct view line = ev->command, word;

	if (view_find_char(line, '\n') != VIEW_NONE || !view_word(&line, &word))
		return false;
	while (view_is(word, "sh") || view_is(word, "bash") || view_is(word, "python") || view_is(word, "python3") ||
		view_is(word, "node") || view_starts(word, "-"))
		if (!view_word(&line, &word))
			return false;
	return (view_find_char(word, '/') != VIEW_NONE || view_find_char(word, '.') != VIEW_NONE) &&
	       view_has(word, "test");
}

bool evidence_ran(const struct evidence *ev, const char *program, size_t i)
{
	bool echoes = echoes_commands(ev);
	size_t end = i < ev->text.count ? i : ev->text.count;

	if (command_starts(ev->command, program))
		return true;
	if (view_starts(ev->name, "Run ") && ev->command.n == 0 && command_starts(view_from(ev->name, 4), program))
		return true;
	for (size_t k = 0; k < end; k++) {
		struct view line = evidence_line(ev, k);

		if (ev->text.lines[k].mark == LOG_COMMAND || echoes || has_prompt(line)) {
			if (command_starts(line, program))
				return true;
		}
		if (hook_named(line, program))
			return true;
	}
	return false;
}

bool evidence_ran_any(const struct evidence *ev, const char *const *programs, size_t i)
{
	for (; *programs; programs++)
		if (evidence_ran(ev, *programs, i))
			return true;
	return false;
}

/* ---- paths ------------------------------------------------------------------------------------ */

static bool in_tree(const struct evidence *ev, const char *path)
{
	enum tree_kind kind;

	return file_check_relative(view_of(path), NULL) == 0 && ev->q->tree->stat(ev->q->tree->context, path, &kind);
}

/* Folders of a runner or tool where files of the repository may have namesakes, but for what leads to the work tree. */
static bool is_elsewhere(const struct evidence *ev, struct view printed)
{
	static const char *const places[] = {"/_temp/", "\\_temp\\", "/_actions/", "/_tool/", "/tmp/", "\\Temp\\",
		"/node_modules/", "/site-packages/", "/dist-packages/", "/.cache/", "/hostedtoolcache/", "/.cargo/",
		"/.git/", NULL};
	size_t root = strlen(ev->workspace);

	if (root && view_starts(printed, ev->workspace) && root < printed.n && printed.p[root] == '/')
		printed = view_from(printed, root);
	for (const char *const *p = places; *p; p++)
		if (view_has(printed, *p))
			return true;
	return view_starts(printed, "/usr/") || view_starts(printed, "~");
}

/* Where containers see the work tree. */
static struct view below_mount(struct view printed)
{
	static const char *const mounts[] = {"/app/", "/src/", "/code/", "/workspace/", "/workspaces/", "/work/",
		"/repo/", "/data/", "/project/", "/build/", "/mnt/", "/usr/src/app/", "/usr/src/", NULL};

	for (const char *const *m = mounts; *m; m++)
		if (view_starts(printed, *m))
			return view_from(printed, strlen(*m));
	return (struct view){0};
}

struct only_file {
	struct view ending;
	struct arena *arena;
	const char *path;
	unsigned count;
};

static bool match_ending(void *context, const char *path, enum tree_kind kind)
{
	struct only_file *o = context;
	size_t n = strlen(path);

	if ((kind == TREE_FILE || kind == TREE_EXECUTABLE) && n > o->ending.n && path[n - o->ending.n - 1] == '/' &&
		memcmp(path + n - o->ending.n, o->ending.p, o->ending.n) == 0) {
		o->path = o->count ? o->path : arena_text(o->arena, path);
		o->count++;
	}
	return o->count < 2;
}

/* A path relative to a folder that the log does not name (a workspace member, `make -C`). */
static const char *only_file(const struct evidence *ev, struct view ending, struct arena *a)
{
	struct only_file o = {.ending = ending, .arena = a};

	if (ending.n == 0 || view_has(ending, ".."))
		return NULL;
	if (ev->q->tree->list(ev->q->tree->context, match_ending, &o, NULL) != 0)
		return NULL;
	return o.count == 1 ? o.path : NULL;
}

static const char *try_path(const struct evidence *ev, struct view printed, struct view directory, struct arena *a)
{
	BUF_AUTO path = buf_new(BUF_LINE);

	if (!path_relative(&path, printed, view_of(ev->workspace), directory))
		return NULL;
	return in_tree(ev, buf_text(&path)) ? arena_text(a, buf_text(&path)) : NULL;
}

/* "/home/runner/work/" of "/home/runner/work/other/other/a.c"; "" for anything else. */
static struct view below_runner(struct view path)
{
	static const char *const roots[] = {"/home/runner/work/", "/Users/runner/work/", "/runner/_work/", "/__w/",
		"D:\\a\\", "D:/a/", "d:\\a\\", "/d/a/", NULL};

	for (const char *const *r = roots; *r; r++)
		if (view_starts(path, *r))
			return view_from(path, strlen(*r));
	return (struct view){0};
}

static struct view part_of(struct view *rest)
{
	struct view part;
	size_t n = 0;

	while (n < rest->n && rest->p[n] != '/' && rest->p[n] != '\\')
		n++;
	part = view_sub(*rest, 0, n);
	*rest = view_from(*rest, n < rest->n ? n + 1 : n);
	return part;
}

/* Below the folder of another repository that was checked out beside this one? */
static bool is_other_checkout(const struct evidence *ev, struct view printed)
{
	struct view there = below_runner(printed), here = below_runner(view_of(ev->workspace));

	if (there.n == 0 || here.n == 0)
		return false;
	/* NOLINTNEXTLINE(misc-redundant-expression): each call moves on */
	return !view_eq_nocase(part_of(&there), part_of(&here)) || !view_eq_nocase(part_of(&there), part_of(&here));
}

struct view evidence_folder(struct view command)
{
	struct view line, word;

	while (view_next(&command, '\n', &line)) {
		line = view_trim(line);
		if (!view_starts(line, "cd ") && !view_starts(line, "pushd "))
			continue;
		view_word(&line, &word);
		if (!view_word(&line, &word))
			return (struct view){0};
		while (word.n && strchr(";\"'", word.p[word.n - 1]))
			word.n--;
		while (word.n && strchr("\"'", *word.p))
			word = view_from(word, 1);
		return view_has(word, "$") ? (struct view){0} : word;
	}
	return (struct view){0};
}

const char *evidence_path(const struct evidence *ev, struct view printed, struct arena *a, struct err *e)
{
	struct view mounted = below_mount(printed), folder = evidence_folder(ev->command);
	const char *found = NULL;

	printed = view_trim(printed);
	if (printed.n == 0 || printed.n > 4096 || is_elsewhere(ev, printed) || is_other_checkout(ev, printed)) {
		err_set(e, ERR_REFUSED, "%.*s is not in the repository", VIEW_ARG(view_cut_utf8(printed, 200)));
		return NULL;
	}
	if (*ev->directory)
		found = try_path(ev, printed, view_of(ev->directory), a);
	if (!found && folder.n)
		found = try_path(ev, printed, folder, a);
	if (!found)
		found = try_path(ev, printed, (struct view){0}, a);
	if (!found && mounted.n)
		found = try_path(ev, mounted, (struct view){0}, a);
	if (!found && printed.p[0] != '/' && !view_has(printed, ":\\")) {
		struct view ending = view_starts(printed, "./") ? view_from(printed, 2) : printed;

		found = only_file(ev, ending, a);
	}
	if (!found)
		err_set(e, ERR_REFUSED, "%.*s is not in the repository", VIEW_ARG(view_cut_utf8(printed, 200)));
	return found;
}
