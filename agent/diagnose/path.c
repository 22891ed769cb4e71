/* Paths as logs print them. The roots are those of GitHub's hosted runners, container jobs and self-hosted runners. */
#include "diagnose/signature.h"

#include <string.h>

static bool separator(char c)
{
	return c == '/' || c == '\\';
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Skips n components; the offset of what follows (the end, when nothing does), or VIEW_NONE when there are fewer. The
 * runner's own folders (_temp, _tool, _actions) hold no repository. */
static size_t skip_components(struct view v, size_t from, unsigned n)
{
	size_t i = from;
	if (n && i < v.n && v.p[i] == '_')
		return VIEW_NONE;
	for (; n; n--) {
		size_t start = i;
		while (i < v.n && !separator(v.p[i]))
			i++;
		if (i == start || (i >= v.n && n > 1))
			return VIEW_NONE;
		while (i < v.n && separator(v.p[i]))
			i++;
	}
	return i;
}

/* Length of `prefix` at the start of v, 0 when it does not stand there. Of the drive's letter, of the kind of separator
 * and of its doubling in quoted text nothing hangs. */
static size_t starts_like(struct view v, const char *prefix)
{
	bool drive = prefix[1] == ':';
	size_t at = 0;
	for (size_t i = 0; prefix[i]; i++) {
		if (at >= v.n)
			return 0;
		char c = v.p[at] == '\\' ? '/' : v.p[at];
		if (c != prefix[i] && !(drive && i == 0 && letter(c)))
			return 0;
		at++;
		while (c == '/' && at < v.n && v.p[at] == '\\' && v.p[at - 1] == '\\')
			at++;
	}
	return at;
}

struct view path_below_workspace(struct view path)
{
	static const struct {
		const char *prefix;
		unsigned components; /* between the prefix and the repository's files */
	} roots[] = {{"/home/runner/work/", 2}, {"/Users/runner/work/", 2}, {"D:/a/", 2}, {"/d/a/", 2}, {"/__w/", 2},
		{"/github/workspace/", 0}, {"/mnt/d/a/", 2}};
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		size_t at = starts_like(path, roots[i].prefix);
		at = at ? skip_components(path, at, roots[i].components) : VIEW_NONE;
		if (at != VIEW_NONE)
			return view_from(path, at);
	}
	size_t self_hosted = view_find(path, "/_work/");
	if (self_hosted == VIEW_NONE)
		self_hosted = view_find(path, "\\_work\\");
	if (self_hosted != VIEW_NONE) {
		size_t at = skip_components(path, self_hosted + 7, 2);
		if (at != VIEW_NONE)
			return view_from(path, at);
	}
	return (struct view){0};
}

static bool has_drive(struct view v)
{
	return v.n > 2 && letter(v.p[0]) && v.p[1] == ':' && separator(v.p[2]);
}

bool path_absolute(struct view v)
{
	return v.n && (separator(v.p[0]) || has_drive(v));
}

static struct view without_scheme(struct view path)
{
	if (!view_starts(path, "file://"))
		return path;
	path = view_from(path, strlen("file://"));
	bool drive = path.n && path.p[0] == '/' && has_drive(view_from(path, 1));
	return view_from(path, drive ? 1 : 0);
}

/* The part of path behind root, if it is below it; separators count as equal. */
static struct view below(struct view path, struct view root)
{
	while (root.n && separator(root.p[root.n - 1]))
		root.n--;
	if (!root.n || path.n <= root.n + 1 || !separator(path.p[root.n]))
		return (struct view){0};
	for (size_t i = 0; i < root.n; i++)
		if (path.p[i] != root.p[i] && !(separator(path.p[i]) && separator(root.p[i])))
			return (struct view){0};
	return view_from(path, root.n + 1);
}

/* Appends the components of v to out, resolving "." and ".."; false when that leaves the root. */
static bool add_components(struct buf *out, struct view v)
{
	while (v.n) {
		size_t n = 0;
		while (n < v.n && !separator(v.p[n]))
			n++;
		struct view one = view_sub(v, 0, n);
		v = view_from(v, n + 1);
		if (!one.n || view_is(one, "."))
			continue;
		if (view_is(one, "..")) {
			if (!out->n)
				return false;
			size_t last = view_find_last_char(buf_view(out), '/');
			buf_cut(out, last == VIEW_NONE ? 0 : last);
			continue;
		}
		if (out->n)
			buf_add_char(out, '/');
		buf_add_view(out, one);
	}
	return out->n > 0;
}

bool path_relative(struct buf *out, struct view printed, struct view workspace, struct view directory)
{
	struct view path = without_scheme(view_trim(printed));
	struct view inside = below(path, workspace);
	if (!inside.n)
		inside = path_below_workspace(path);
	bool found = inside.n > 0 || !path_absolute(path);
	if (found) {
		bool ok = (inside.n || !directory.n || add_components(out, directory)) &&
			  add_components(out, inside.n ? inside : path);
		if (ok)
			return true;
		buf_clear(out);
	}
	buf_add_view(out, path);
	return false;
}

/* ---- what stays of a path on another machine --------------------------------------------------- */

/* Offset behind the last `marker` in v, VIEW_NONE without. */
static size_t behind_last(struct view v, const char *marker)
{
	size_t found = VIEW_NONE, at = 0, n = strlen(marker);
	for (size_t next; (next = view_find(view_from(v, at), marker)) != VIEW_NONE; at += next + n - 1)
		found = at + next + n;
	return found;
}

/* Behind a folder for temporary files: its first component has a name of one day, what lies below it may be a copy of
 * the repository. */
static bool temporary(struct view v, struct view *ret)
{
	static const char *const places[] = {"/tmp/", "/private/tmp/", "/var/tmp/", "/dev/shm/", "/_temp/", "/Temp/"};
	size_t at = VIEW_NONE;
	for (size_t i = 0; at == VIEW_NONE && i < sizeof places / sizeof *places; i++) {
		size_t found = view_find(v, places[i]);
		if (found != VIEW_NONE && (!found || places[i][1] == '_' || places[i][1] == 'T'))
			at = found + strlen(places[i]);
	}
	size_t folders = view_find(v, "/var/folders/");
	if (at == VIEW_NONE && folders != VIEW_NONE && folders <= strlen("/private"))
		at = skip_components(v, folders + strlen("/var/folders/"), 3);
	if (at == VIEW_NONE)
		return false;
	*ret = view_from(v, at);
	size_t slash = view_find_char(*ret, '/');
	if (slash != VIEW_NONE)
		*ret = view_from(*ret, slash + 1);
	return true;
}

/* Behind the folder of an installed library: the marker that reaches furthest. "Lib" is Python's on Windows. */
static bool library(struct view v, struct view *ret)
{
	static const char *const places[] = {"/node_modules/", "/site-packages/", "/dist-packages/", "/gems/",
		"/registry/src/", "/pkg/mod/", "/rustc/", "/Lib/", "/hostedtoolcache/", "/_tool/", "/__t/"};
	size_t best = 0;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		size_t at = behind_last(v, places[i]);
		best = at != VIEW_NONE && at > best ? at : best;
	}
	size_t python = behind_last(v, "/lib/python");
	if (python != VIEW_NONE && python > best) {
		size_t slash = view_find_char(view_from(v, python), '/');
		best = slash == VIEW_NONE ? best : python + slash + 1;
	}
	*ret = view_from(v, best);
	return best > 0;
}

/* "/home/someone/x" and "C:/Users/someone/x": what follows the person. */
static bool home(struct view v, struct view *ret)
{
	static const char *const places[] = {"/home/", "/Users/", "C:/Users/"};
	if (view_starts(v, "/root/")) {
		*ret = view_from(v, strlen("/root/"));
		return true;
	}
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		size_t at = view_starts(v, places[i]) ? skip_components(v, strlen(places[i]), 1) : VIEW_NONE;
		if (at != VIEW_NONE) {
			*ret = view_from(v, at);
			return true;
		}
	}
	return false;
}

static void add_folded(struct buf *out, struct view path)
{
	for (size_t i = 0; i < path.n; i++) {
		bool again = separator(path.p[i]) && i && separator(path.p[i - 1]);
		if (!again)
			buf_add_char(out, path.p[i] == '\\' ? '/' : path.p[i]);
	}
}

void path_stable(struct buf *out, struct view printed)
{
	BUF_AUTO folded = buf_new(BUF_LINE);
	add_folded(&folded, without_scheme(view_trim(printed)));
	struct view path = buf_view(&folded), rest = path_below_workspace(path);
	if (rest.p) {
		BUF_AUTO inside = buf_new(BUF_LINE);
		buf_add_text(out, add_components(&inside, rest) ? buf_text(&inside) : ".");
	} else if (library(path, &rest)) {
		buf_addf(out, "<lib>/%.*s", VIEW_ARG(rest));
	} else if (temporary(path, &rest)) {
		buf_addf(out, "<tmp>/%.*s", VIEW_ARG(rest));
	} else if (home(path, &rest)) {
		buf_addf(out, "~/%.*s", VIEW_ARG(rest));
	} else {
		buf_add_view(out, path);
	}
}
