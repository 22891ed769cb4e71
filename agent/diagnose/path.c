/* Paths as logs print them. The roots are those of GitHub's hosted runners, container jobs and self-hosted runners. */
#include "diagnose/signature.h"

static bool separator(char c)
{
	return c == '/' || c == '\\';
}

/* Skips n components; the offset of what follows, or VIEW_NONE when there are fewer. */
static size_t skip_components(struct view v, size_t from, unsigned n)
{
	size_t i = from;
	for (; n; n--) {
		while (i < v.n && !separator(v.p[i]))
			i++;
		if (i >= v.n)
			return VIEW_NONE;
		while (i < v.n && separator(v.p[i]))
			i++;
	}
	return i;
}

static bool starts_like(struct view v, const char *prefix)
{
	size_t i = 0;
	for (; prefix[i]; i++) {
		if (i >= v.n)
			return false;
		char c = v.p[i] == '\\' ? '/' : v.p[i];
		if (c != prefix[i] && !(prefix[i] == 'D' && c >= 'A' && c <= 'z' && v.n > 1 && v.p[1] == ':'))
			return false;
	}
	return true;
}

struct view path_below_workspace(struct view path)
{
	static const struct {
		const char *prefix;
		unsigned components; /* between the prefix and the repository's files */
	} roots[] = {{"/home/runner/work/", 2}, {"/Users/runner/work/", 2}, {"D:/a/", 2}, {"/d/a/", 2}, {"/__w/", 2},
		{"/github/workspace/", 0}, {"/mnt/d/a/", 2}};
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		if (!starts_like(path, roots[i].prefix))
			continue;
		size_t at = skip_components(path, view_of(roots[i].prefix).n, roots[i].components);
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

static bool absolute(struct view v)
{
	return v.n && (separator(v.p[0]) || (v.n > 2 && v.p[1] == ':' && separator(v.p[2])));
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
	struct view path = view_trim(printed);
	if (view_starts(path, "file://"))
		path = view_from(path, 7);
	struct view inside = below(path, workspace);
	if (!inside.n)
		inside = path_below_workspace(path);
	bool found = inside.n > 0 || !absolute(path);
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
