/* Coverage as lines of text: lcov's tracefile, go's cover profile. */
#include "diagnose/coverage.h"

#include <string.h>

static bool skip(struct view *v, const char *prefix)
{
	if (!view_starts(*v, prefix))
		return false;
	*v = view_from(*v, strlen(prefix));
	return true;
}

static bool is_hit(struct view count)
{
	for (size_t i = 0; i < count.n; i++)
		if (count.p[i] >= '1' && count.p[i] <= '9')
			return count.p[0] != '-';
	return false;
}

static uint64_t name_key(struct view name)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 0x100000001b3u;
	return h;
}

/* ---- lcov ---------------------------------------------------------------------------------------- */

bool coverage_is_lcov(struct view head, const cJSON *json)
{
	(void)json;
	return view_starts(head, "TN:") || view_starts(head, "SF:") || view_has(head, "\nSF:");
}

/* DA:line,count[,checksum] */
static void lcov_line(struct coverage_builder *b, uint32_t file, struct view v)
{
	struct view line, count;
	uint64_t n;
	if (view_next(&v, ',', &line) && view_next(&v, ',', &count) && view_number(line, UINT32_MAX, &n))
		coverage_point(b, file, COVERAGE_LINE, n, is_hit(count), 1);
}

/* BRDA:line,[e]block,branch,taken; taken "-": the line never ran */
static void lcov_branch(struct coverage_builder *b, uint32_t file, struct view v)
{
	struct view line;
	size_t comma = view_find_last_char(v, ',');
	uint64_t n;
	if (comma == VIEW_NONE)
		return;
	struct view taken = view_from(v, comma + 1), id = view_sub(v, 0, comma);
	if (view_next(&v, ',', &line) && view_number(line, UINT32_MAX, &n))
		coverage_point(b, file, COVERAGE_BRANCH, name_key(id), is_hit(taken), 1);
}

/* FNDA:count,name, and FNL:, FNA:index,count,name of lcov 2. FN tells places only. */
static void lcov_function(struct coverage_builder *b, uint32_t file, struct view v)
{
	struct view count;
	if (view_next(&v, ',', &count))
		coverage_point(b, file, COVERAGE_FUNCTION, name_key(v), is_hit(count), 1);
}

int coverage_lcov(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	struct view line, ignored;
	uint32_t file = 0;
	bool open = false, any = false;
	(void)json;
	while (view_next(&bytes, '\n', &line)) {
		line = view_trim_right(line);
		if (skip(&line, "SF:")) {
			file = coverage_file(b, line);
			open = any = true;
		} else if (!open)
			continue;
		else if (skip(&line, "DA:"))
			lcov_line(b, file, line);
		else if (skip(&line, "BRDA:"))
			lcov_branch(b, file, line);
		else if (skip(&line, "FNDA:") || (skip(&line, "FNA:") && view_next(&line, ',', &ignored)))
			lcov_function(b, file, line);
		else if (view_is(line, "end_of_record"))
			open = false;
	}
	return any ? 0 : err_set(e, ERR_INPUT, "no coverage report: a tracefile without a source file");
}

/* ---- go ------------------------------------------------------------------------------------------ */

bool coverage_is_go(struct view head, const cJSON *json)
{
	(void)json;
	return view_starts(head, "mode: set") || view_starts(head, "mode: count") || view_starts(head, "mode: atomic");
}

/* "12.34" -> 12 << 12 | 34 */
static bool place(struct view v, uint64_t *ret)
{
	struct view line;
	uint64_t n, column;
	if (!view_next(&v, '.', &line) || !view_number(line, 0xfffff, &n) || !view_number(v, UINT32_MAX, &column))
		return false;
	*ret = n << 12 | (column & 0xfff);
	return true;
}

struct view coverage_go_name(struct coverage_builder *b, struct view name)
{
	struct view module = coverage_module(b);
	bool inside = module.n && name.n > module.n && name.p[module.n] == '/' &&
		      view_eq(view_sub(name, 0, module.n), module);
	return inside ? view_from(name, module.n + 1) : name;
}

/* module/package/file.go:3.24,5.2 1 0 */
static bool go_block(struct coverage_builder *b, struct view line)
{
	size_t colon = view_find_last_char(line, ':');
	struct view rest, from, to, statements, count;
	uint64_t start, end, n;
	if (colon == VIEW_NONE)
		return false;
	rest = view_from(line, colon + 1);
	if (!view_next(&rest, ',', &from) || !view_next(&rest, ' ', &to) || !view_next(&rest, ' ', &statements) ||
		!view_next(&rest, ' ', &count) || !place(from, &start) || !place(to, &end) ||
		!view_number(statements, COVERAGE_COUNT_MAX, &n))
		return false;
	coverage_point(b, coverage_file(b, coverage_go_name(b, view_sub(line, 0, colon))), COVERAGE_LINE,
		start << 32 | end, is_hit(count) ? (uint32_t)n : 0, (uint32_t)n);
	return true;
}

/* Profiles of several packages may have been put together with their head lines. */
int coverage_go(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	struct view line;
	unsigned number = 0;
	(void)json;
	while (view_next(&bytes, '\n', &line)) {
		number++;
		line = view_trim(line);
		if (line.n && !view_starts(line, "mode: ") && !go_block(b, line))
			return err_set(e, ERR_INPUT, "no coverage report: line %u is none of a cover profile", number);
	}
	return 0;
}
