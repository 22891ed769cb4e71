#include "fixers/command/tool.h"

#include "fixers/version.h"
#include "fixers/words.h"

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

static bool find_program(const struct tool *tool, struct view line, struct view *ret)
{
	if (command_find(line, tool->program, ret))
		return true;
	for (const char *const *p = tool->also_run_as; p && *p; p++)
		if (command_find(line, *p, ret))
			return true;
	return false;
}

static bool is_echo(const struct tool *tool, struct view line)
{
	return view_starts(line, "$ ") || view_starts(line, "> ") || view_starts(line, "+ ") ||
	       view_starts(line, tool->program);
}

/* The arguments of the step's own command; where a script started it, of the line that the script's runner printed. */
static bool own_command(const struct run *r, struct view *ret)
{
	if (find_program(r->tool, r->ev->command, ret))
		return true;
	for (size_t i = 0; i < r->ev->text.count; i++)
		if (is_echo(r->tool, evidence_line(r->ev, i)) && find_program(r->tool, evidence_line(r->ev, i), ret))
			return true;
	return false;
}

static bool is_value(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!words_letter(v.p[i]) && !words_digit(v.p[i]) && (i == 0 || !strchr(".,+-/", v.p[i])))
			return false;
	return v.n > 0 && !view_has(v, "..");
}

/* Is `word` this option ("-s", "-i=")? A value in the next word is taken off *rest. */
static bool is_option(struct view word, const char *option, struct view *rest, struct view *ret_value)
{
	size_t n = strlen(option);

	*ret_value = (struct view){0};
	if (option[n - 1] != '=')
		return view_is(word, option);
	if (view_starts(word, option))
		return true;
	return view_eq(word, view_sub(view_of(option), 0, n - 1)) && view_word(rest, ret_value);
}

/* Only what can be nothing but a plain value is passed on. */
static bool is_kept(struct view word, const char *option, struct view *rest, struct view *ret_value)
{
	size_t n = strlen(option);

	if (!is_option(word, option, rest, ret_value) || option[n - 1] != '=')
		return view_is(word, option);
	return is_value(ret_value->n ? *ret_value : view_from(word, n));
}

static size_t keep_option(struct run *r, const char **argv, size_t n, struct view word, struct view *rest)
{
	for (const char *const *o = r->tool->kept_options; *o; o++) {
		struct view behind = *rest, value;

		if (!is_kept(word, *o, &behind, &value))
			continue;
		argv[n++] = arena_view(&r->ret->arena, word).p;
		if (value.n)
			argv[n++] = arena_view(&r->ret->arena, value).p;
		*rest = behind;
		return n;
	}
	return n;
}

/* Options of the step's command that change what the tool does ("-i 2" of shfmt), when they are in the list. */
static size_t keep_options(struct run *r, const char **argv, size_t n)
{
	struct view rest, word;

	if (!r->tool->kept_options || !own_command(r, &rest))
		return n;
	while (view_word(&rest, &word) && n < FIXER_ARGV_MAX / 2)
		n = keep_option(r, argv, n, word, &rest);
	return n;
}

typedef bool option_test(struct view word, const char *option, struct view *rest, struct view *ret_value);

static bool in_options(const char *const *options, option_test *test, struct view word, struct view *rest)
{
	for (; options && *options; options++) {
		struct view behind = *rest, value;

		if (test(word, *options, &behind, &value)) {
			*rest = behind;
			return true;
		}
	}
	return false;
}

/* Then the job's check may be another than the one that is known here. */
static bool has_unknown_option(const struct run *r)
{
	struct view rest, word;

	if (!r->tool->known_options)
		return false;
	if (!own_command(r, &rest))
		return true;
	while (view_word(&rest, &word))
		if (view_starts(word, "-") && !view_is(word, "-") && !view_is(word, "--") &&
			!in_options(r->tool->known_options, is_option, word, &rest) &&
			!in_options(r->tool->kept_options, is_kept, word, &rest))
			return true;
	return false;
}

static const char *const *make_argv(struct run *r, const char *const *fixed, const char *const *behind)
{
	const char **argv = arena_array(&r->ret->arena, FIXER_ARGV_MAX + 1, sizeof(*argv));
	size_t n = 0;

	while (fixed[n]) {
		argv[n] = fixed[n];
		n++;
	}
	n = keep_options(r, argv, n);
	for (size_t i = 0; !r->tool->names_no_files && i < r->file_count && n < FIXER_ARGV_MAX; i++)
		argv[n++] = r->files[i];
	for (; behind && *behind && n < FIXER_ARGV_MAX; behind++)
		argv[n++] = *behind;
	return argv;
}

int tool_propose(const struct tool *tool, const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	struct run r = {.tool = tool, .ev = &ev, .ret = ret};
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if ((!tool->says || tool->also_run_as) && !evidence_ran(&ev, tool->program, ev.text.count) &&
		!(tool->also_run_as && evidence_ran_any(&ev, tool->also_run_as, ev.text.count)))
		return fix_refuse(e, "the step did not run %s", tool->program);
	r.files = arena_array(&ret->arena, TOOL_FILES_MAX, sizeof(*r.files));
	if (find_files(&r, e) != 0)
		return fix_outcome(e);
	ret->kind = FIX_COMMAND;
	ret->files = r.files;
	ret->file_count = r.file_count;
	ret->argv = make_argv(&r, tool->fix, tool->fix_behind);
	ret->tier = tool->review || has_unknown_option(&r) ? TIER_REVIEW : TIER_HEAL;
	ret->confidence = 0.95; /* below what the log alone shows */
	ret->summary = tool->summary;
	ret->reason = arena_format(&ret->arena, "the failing step ran %s, which names %zu file%s", tool->program,
		r.file_count, r.file_count == 1 ? "" : "s");
	ret->proof.argv = tool->check ? make_argv(&r, tool->check, tool->check_behind) : NULL;
	ret->proof.quiet = tool->quiet;
	ret->proof.says = "the tool's own check passes on the same files";
	ret->tool_version_wanted =
		version_wanted(&ev, tool->distribution ? tool->distribution : tool->program, &ret->arena);
	return 1;
}
