/* file_path.c - what a path says, without looking at the disk. */
#include "base/file.h"

#include <string.h>

#define FOLDED_MAX 16

char *file_join(const char *folder, const char *name)
{
	BUF_AUTO b = buf_new(SIZE_MAX / 4);
	size_t n = strlen(folder);

	if (*name != '/' && n) {
		buf_add(&b, folder, n);
		if (folder[n - 1] != '/')
			buf_add_char(&b, '/');
	}
	buf_add_text(&b, name);
	return buf_take(&b);
}

/* Code points that HFS+ drops when it compares names. */
static bool is_ignored(uint32_t code)
{
	return (code >= 0x200c && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x206a && code <= 0x206f) || code == 0xfeff;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/* What a file system that folds case and drops invisible characters, trailing dots and blanks makes of a name, as far
 * as it fits: the names that matter are short. False when it holds a character that no path of ours may. */
static bool fold(struct view name, char folded[FOLDED_MAX], size_t *ret_n)
{
	uint32_t code;
	size_t n = 0, end = 0;

	for (size_t step; name.n; name = view_from(name, step)) {
		step = view_utf8(name, &code);
		if (step == 0) {
			step = 1;
			code = 0xfffd;
		}
		if (is_control(code) || code == '\\' || code == ':')
			return false;
		if (is_ignored(code))
			continue;
		if (n < FOLDED_MAX)
			folded[n] = (char)(code >= 'A' && code <= 'Z' ? code + 32 : code < 0x80 ? code : '?');
		n++;
		if (code != '.' && code != ' ')
			end = n;
	}
	*ret_n = end < FOLDED_MAX ? end : FOLDED_MAX;
	return true;
}

static bool is_git(struct view name)
{
	if (view_is(name, ".git"))
		return true;
	if (!view_starts(name, "git~") || name.n == 4)
		return false;
	for (size_t i = 4; i < name.n; i++)
		if (name.p[i] < '0' || name.p[i] > '9')
			return false;
	return true;
}

static const char *refusal(struct view component)
{
	char folded[FOLDED_MAX];
	size_t n;

	if (component.n == 0)
		return "empty component";
	if (!fold(component, folded, &n))
		return "control character, backslash or colon";
	if (n == 0)
		return "component of dots";
	return is_git(view_make(folded, n)) ? "inside .git" : NULL;
}

int file_check_relative(struct view path, struct err *e)
{
	struct view rest = path, component;
	const char *why = NULL;

	if (path.n == 0)
		why = "empty path";
	else if (path.n > FILE_PATH_MAX)
		why = "path is too long";
	else if (*path.p == '/')
		why = "absolute path";
	else if (view_ends(path, "/"))
		why = "ends with a slash";
	while (!why && view_next(&rest, '/', &component))
		why = refusal(component);
	if (!why)
		return 0;
	return err_set(e, ERR_REFUSED, "path refused, %s: %.*s", why, VIEW_ARG(view_cut_utf8(path, 200)));
}
