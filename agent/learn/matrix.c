#include "learn/matrix.h"

static bool is_system(struct view v)
{
	static const char *const systems[] = {
		"ubuntu", "windows", "macos", "linux", "debian", "alpine", "fedora", "centos", "freebsd", "win", "mac"};

	for (size_t i = 0; i < sizeof(systems) / sizeof(*systems); i++)
		if (view_eq_nocase(view_sub(v, 0, strlen(systems[i])), view_of(systems[i])))
			return true;
	return false;
}

/* At most one word, and then digits with dots: "3.12", "v20", "py312", "go1.22", "pypy-3.9". */
static bool is_version(struct view v)
{
	size_t i = 0, digits = 0;

	while (i < v.n && (v.p[i] < '0' || v.p[i] > '9') && v.p[i] != ' ')
		i++;
	for (; i < v.n && ((v.p[i] >= '0' && v.p[i] <= '9') || v.p[i] == '.' || v.p[i] == 'x'); i++)
		digits++;
	return digits && i == v.n;
}

void matrix_of(struct matrix *ret, struct view job)
{
	size_t open = view_find_last_char(job, '('), close = view_find_last_char(job, ')');
	struct view rest, one;

	*ret = (struct matrix){0};
	if (open == VIEW_NONE || close == VIEW_NONE || close < open)
		return;
	rest = view_sub(job, open + 1, close - open - 1);
	while (view_next(&rest, ',', &one)) {
		one = view_trim(one);
		if (is_system(one)) {
			if (!ret->os.n)
				ret->os = one;
		} else if (!ret->version.n && is_version(one)) {
			ret->version = one;
		}
	}
}
