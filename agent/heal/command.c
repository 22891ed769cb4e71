/* command.c - FIX_COMMAND: a whitelisted program works on named files in a checkout, and what it made of them. */
#include "heal/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* A file called like an option would be one. */
static int check_arguments(const struct fixer *fixer, const struct fix_proposal *p, struct err *e)
{
	size_t n = 0;

	if (!p->argv || !p->argv[0] || !fixer->program || strcmp(p->argv[0], fixer->program) != 0)
		return err_set(e, ERR_REFUSED, "the command is not %s", fixer->program ? fixer->program : "known");
	while (p->argv[n])
		if (++n > FIXER_ARGV_MAX)
			return err_set(e, ERR_LIMIT, "the command has more than %u arguments", FIXER_ARGV_MAX);
	if (p->file_count == 0 && !p->globs)
		return err_set(e, ERR_REFUSED, "the command names no files");
	for (size_t i = 0; i < p->file_count; i++)
		if (p->files[i][0] == '-')
			return err_set(e, ERR_REFUSED, "%s would be taken for an option", p->files[i]);
	return 0;
}

/* What a person wants to see of a failed program: its last words. */
static struct view last_line(struct view output)
{
	size_t start;

	output = view_trim(output);
	start = view_find_last_char(output, '\n');
	return view_cut_utf8(start == VIEW_NONE ? output : view_from(output, start + 1), 200);
}

int command_trouble(const char *program, const struct process_result *r, struct err *e)
{
	if (r->timed_out)
		return err_set(e, ERR_INTERRUPTED, "%s took too long and was stopped", program);
	return err_set(
		e, ERR_IO, "%s ended with %d: %.*s", program, r->exit_code, VIEW_ARG(last_line(buf_view(&r->output))));
}

static int take_file(struct change *c, struct arena *arena, int root, struct err *e)
{
	BUF_AUTO content = buf_new(0);
	struct stat st = {0};
	const char *name;
	FD_AUTO folder = folder_open_parent(root, c->path, false, &name, e);

	if (folder < 0 || !folder_has(folder, name)) {
		c->exists = false;
		return folder < 0 && e->code != ERR_NOT_FOUND ? -1 : 0;
	}
	if (folder_read(folder, name, FIXER_FILE_BYTES_MAX, &content, &st, e) != 0)
		return -1;
	c->exists = true;
	c->new_kind = st.st_mode & 0100 ? TREE_EXECUTABLE : TREE_FILE;
	c->new_content = arena_view(arena, buf_view(&content));
	return 0;
}

static int take_files(
	struct change_set *set, const struct checkout *c, const char *const *files, size_t count, struct err *e)
{
	FD_AUTO root = open(c->files, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_errno(e, "%s", c->files);
	for (size_t i = 0; i < count; i++) {
		struct change *one = change_add(set, c->tree, files[i], e);

		if (!one || take_file(one, &set->arena, root, e) != 0)
			return -1;
	}
	return 0;
}

static bool changed_nothing(const struct change_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		if (!change_is_nothing(&set->items[i]))
			return false;
	return true;
}

/* What may have changed is known by name, or by the globs of the configuration. */
static int take_changed(struct change_set *set, const struct checkout *c, const struct fix_proposal *p, struct err *e)
{
	const char **files = p->files;
	size_t count = p->file_count;

	if (p->globs ? checkout_changed(c, p->globs, &set->arena, &files, &count, e) != 0
		     : checkout_compare(c, files, count, e) != 0)
		return -1;
	return take_files(set, c, files, count, e);
}

static int take_result(struct change_set *set, const struct checkout *c, const struct fix_proposal *p,
	const struct process_result *r, struct err *e)
{
	/* Linters end with 1 when they mended something, or when something is left: the proof tells. */
	if (r->timed_out || r->exit_code >= 126)
		return command_trouble(p->argv[0], r, e);
	if (take_changed(set, c, p, e) != 0)
		return -1;
	if (r->exit_code != 0 && changed_nothing(set))
		return command_trouble(p->argv[0], r, e);
	return change_set_end(set, c->tree, e);
}

static int run_once(struct change_set *ret, const struct checkout *c, const struct planned_fix *f, struct err *e)
{
	struct process_result r;
	int result;

	if (checkout_run(&r, c, f->proposal.argv, f->fixer->network, e) != 0) {
		process_result_done(&r);
		return -1;
	}
	result = take_result(ret, c, &f->proposal, &r, e);
	process_result_done(&r);
	return result;
}

/* A command of the configuration must come to an end of its own: what it makes the second time is what it made. */
static int run_again(
	const struct change_set *first, const struct checkout *c, const struct planned_fix *f, struct err *e)
{
	struct change_set second;
	int result;

	change_set_begin(&second);
	result = run_once(&second, c, f, e);
	if (result == 0 && second.count != first->count)
		result = err_set(e, ERR_REFUSED, "a second run of the command changes something else");
	for (size_t i = 0; result == 0 && i < second.count; i++)
		if (strcmp(second.items[i].path, first->items[i].path) != 0 ||
			!view_eq(second.items[i].new_content, first->items[i].new_content))
			result = err_set(
				e, ERR_REFUSED, "a second run of the command changes %s again", second.items[i].path);
	change_set_done(&second);
	return result;
}

int command_make(struct change_set *ret, struct checkout *c, const struct planned_fix *f, struct err *e)
{
	bool own = f->proposal.globs != NULL;

	if (check_arguments(f->fixer, &f->proposal, e) != 0 || (own && checkout_make_git(c, e) != 0) ||
		run_once(ret, c, f, e) != 0)
		return -1;
	return own && (run_again(ret, c, f, e) != 0 || checkout_make_git(c, e) != 0) ? -1 : 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_version_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '+' || c == '-' ||
	       c == '_';
}

/* The next thing that looks like a version: "23.3.0", also in "go1.21.3" and "v8.1". */
static bool next_version(struct view *rest, struct view *ret)
{
	size_t start = 0, n = 0;

	while (start < rest->n && !is_digit(rest->p[start]))
		start++;
	while (start + n < rest->n && is_version_char(rest->p[start + n]))
		n++;
	*ret = view_sub(*rest, start, n);
	*rest = view_from(*rest, start + n);
	while (view_ends(*ret, "."))
		ret->n--;
	return n > 0;
}

/* "14" stands for every 14.x where the log says no more. */
static bool is_same_version(struct view found, struct view wanted)
{
	return view_eq(found, wanted) ||
	       (found.n > wanted.n && found.p[wanted.n] == '.' && view_eq(view_sub(found, 0, wanted.n), wanted));
}

bool command_version_is(struct view output, const char *wanted, struct view *ret_found)
{
	struct view want = view_of(wanted), one;
	bool first = true;

	*ret_found = view_of(NULL);
	if (view_starts(want, "v"))
		want = view_from(want, 1);
	while (next_version(&output, &one)) {
		if (first)
			*ret_found = one;
		first = false;
		if (is_same_version(one, want)) {
			*ret_found = one;
			return true;
		}
	}
	return false;
}

int command_check_version(const struct checkout *c, const struct planned_fix *f, bool *ret_same, struct arena *arena,
	const char **ret_found, struct err *e)
{
	struct process_result r;
	struct view found;

	*ret_same = true;
	*ret_found = NULL;
	if (!f->proposal.tool_version_wanted || !f->fixer->version_argv)
		return 0;
	if (checkout_run(&r, c, f->fixer->version_argv, false, e) != 0) {
		process_result_done(&r);
		return -1;
	}
	*ret_same = command_version_is(buf_view(&r.output), f->proposal.tool_version_wanted, &found);
	*ret_found = found.n ? arena_view(arena, view_cut_utf8(found, 60)).p : "unknown";
	process_result_done(&r);
	return 0;
}
