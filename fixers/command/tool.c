#include "fixers/command/tool.h"

#include "fixers/version.h"

#include <string.h>

struct run {
	const struct tool *tool;
	struct evidence *ev;
	struct fix_proposal *ret;
	const char **files;
	size_t file_count;
};

static bool has_any(struct view line, const char *const *texts)
{
	for (; texts && *texts; texts++)
		if (view_has(line, *texts))
			return true;
	return false;
}

static struct view path_before_line(struct view v)
{
	for (size_t i = 1; i + 1 < v.n; i++)
		if (v.p[i] == ':' && v.p[i + 1] >= '0' && v.p[i + 1] <= '9')
			return view_sub(v, 0, i);
	return (struct view){0};
}

static bool named_by(const struct tool_name_line *n, struct view line, struct view *ret)
{
	size_t before = strlen(n->before), behind = strlen(n->behind);

	if (!view_starts(line, n->before) || line.n <= before + behind)
		return false;
	if (n->places) {
		*ret = path_before_line(view_from(line, before));
		return ret->n && view_has(line, n->behind);
	}
	if (!view_ends(line, n->behind))
		return false;
	*ret = view_sub(line, before, line.n - before - behind);
	return true;
}

static bool names_file(const struct run *r, size_t i, struct view *ret)
{
	if (r->tool->name)
		return r->tool->name(r->ev, i, ret);
	for (const struct tool_name_line *n = r->tool->names; n->before; n++)
		if (named_by(n, view_trim_right(evidence_line(r->ev, i)), ret))
			return true;
	return false;
}

static bool has_extension(const struct tool *tool, const char *path)
{
	for (const char *const *x = tool->extensions; *x; x++)
		if (view_ends(view_of(path), *x))
			return true;
	return false;
}

static int add_file(struct run *r, struct view printed, struct err *e)
{
	const char *path = evidence_path(r->ev, printed, &r->ret->arena, e);

	if (!path)
		return -1;
	if (!has_extension(r->tool, path) || *path == '-')
		return err_set(e, ERR_REFUSED, "%s is no file for %s", path, r->tool->program);
	for (size_t i = 0; i < r->file_count; i++)
		if (strcmp(r->files[i], path) == 0)
			return 0;
	if (r->file_count == TOOL_FILES_MAX)
		return err_set(e, ERR_REFUSED, "more than %u files", TOOL_FILES_MAX);
	r->files[r->file_count++] = path;
	return 0;
}

static int find_files(struct run *r, struct err *e)
{
	bool verdict = r->tool->says == NULL;

	for (size_t i = 0; i < r->ev->text.count; i++) {
		struct view line = view_trim_right(evidence_line(r->ev, i)), printed;

		verdict |= r->tool->says && has_any(line, r->tool->says);
		if (has_any(line, r->tool->hopeless))
			return err_set(e, ERR_REFUSED, "%s also says: %.*s", r->tool->program,
				VIEW_ARG(view_cut_utf8(line, 200)));
		if (!has_any(line, r->tool->says) && names_file(r, i, &printed) && add_file(r, printed, e) != 0)
			return -1;
	}
	if (!verdict || r->file_count == 0)
		return err_set(e, ERR_REFUSED, "the step names no file that %s would change", r->tool->program);
	if (r->tool->mends_all && !r->tool->mends_all(r->ev))
		return err_set(e, ERR_REFUSED, "%s does not say that it can mend everything", r->tool->program);
	return 0;
}

static bool is_number(struct view v)
{
	uint64_t number;

	return view_number(v, 1000, &number);
}

/* Options of the step's command that change what the tool does ("-i 2" of shfmt), when they are in the list. */
static size_t keep_options(struct run *r, const char **argv, size_t n)
{
	struct view rest, word;

	if (!r->tool->kept_options || !command_find(r->ev->command, r->tool->program, &rest))
		return n;
	while (view_word(&rest, &word) && n < FIXER_ARGV_MAX / 2) {
		for (const char *const *o = r->tool->kept_options; *o; o++)
			if (view_is(word, *o))
				argv[n++] = *o;
		if (is_number(word) && n > 0 && *argv[n - 1] == '-')
			argv[n++] = arena_view(&r->ret->arena, word).p;
	}
	return n;
}

static const char *const *make_argv(struct run *r, const char *const *fixed)
{
	const char **argv = arena_array(&r->ret->arena, FIXER_ARGV_MAX + 1, sizeof(*argv));
	size_t n = 0;

	while (fixed[n]) {
		argv[n] = fixed[n];
		n++;
	}
	n = keep_options(r, argv, n);
	for (size_t i = 0; i < r->file_count && n < FIXER_ARGV_MAX; i++)
		argv[n++] = r->files[i];
	return argv;
}

int tool_propose(const struct tool *tool, const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	struct run r = {.tool = tool, .ev = &ev, .ret = ret};
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (!tool->says && !evidence_ran(&ev, tool->program, ev.text.count))
		return fix_refuse(e, "the step did not run %s", tool->program);
	r.files = arena_array(&ret->arena, TOOL_FILES_MAX, sizeof(*r.files));
	if (find_files(&r, e) != 0)
		return fix_outcome(e);
	ret->kind = FIX_COMMAND;
	ret->files = r.files;
	ret->file_count = r.file_count;
	ret->argv = make_argv(&r, tool->fix);
	ret->tier = TIER_HEAL;
	ret->confidence = 0.97;
	ret->summary = tool->summary;
	ret->reason = arena_format(&ret->arena, "the failing step ran %s, which names %zu file%s", tool->program,
		r.file_count, r.file_count == 1 ? "" : "s");
	ret->proof.argv = tool->check ? make_argv(&r, tool->check) : NULL;
	ret->proof.says = "the tool's own check passes on the same files";
	ret->tool_version_wanted =
		version_wanted(&ev, tool->distribution ? tool->distribution : tool->program, &ret->arena);
	return 1;
}
