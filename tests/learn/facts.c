#include "tests/learn/facts.h"

#include "base/clock.h"

#include <stdlib.h>

bool facts_open(struct facts *f, const char *folder, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.ndjson", folder, name);
	*f = (struct facts){.file = fopen(path, "re")};
	if (!f->file)
		fprintf(stderr, "judge: %s cannot be read\n", path);
	return f->file != NULL;
}

bool facts_next(struct facts *f)
{
	ssize_t n = getline(&f->line, &f->cap, f->file);

	f->v = view_make(f->line, n > 0 ? (size_t)n : 0);
	return n > 0;
}

void facts_close(struct facts *f)
{
	if (f->file)
		fclose(f->file);
	free(f->line);
	*f = (struct facts){0};
}

/* What stands behind `"name":`; empty when nothing does. */
static struct view behind(struct view line, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = line.p, *end = line.p + line.n; (p = memchr(p, '"', (size_t)(end - p))); p++)
		if ((size_t)(end - p) > n + 3 && memcmp(p + 1, name, n) == 0 && p[n + 1] == '"' && p[n + 2] == ':')
			return view_make(p + n + 3, (size_t)(end - p) - n - 3);
	return (struct view){0};
}

static size_t end_of_text(struct view v)
{
	size_t i = 1;

	while (i < v.n && v.p[i] != '"')
		i += v.p[i] == '\\' ? 2 : 1;
	return i < v.n ? i : v.n;
}

struct view fact_text(struct view line, const char *name)
{
	struct view v = behind(line, name);

	return v.n && v.p[0] == '"' ? view_sub(v, 1, end_of_text(v) - 1) : (struct view){0};
}

int64_t fact_int(struct view line, const char *name)
{
	struct view v = behind(line, name);

	return v.n ? strtoll(v.p, NULL, 10) : 0;
}

int64_t fact_time(struct view line, const char *name)
{
	int64_t t = CLOCK_UNKNOWN;

	return clock_parse(fact_text(line, name), &t) ? t : CLOCK_UNKNOWN;
}

bool fact_true(struct view line, const char *name)
{
	return view_starts(behind(line, name), "true");
}

struct view fact_inside(struct view line, const char *name)
{
	struct view v = behind(line, name);
	size_t i = 1;

	if (!v.n || (v.p[0] != '[' && v.p[0] != '{'))
		return (struct view){0};
	for (int depth = 1; i < v.n; i++) {
		if (v.p[i] == '"')
			i += end_of_text(view_from(v, i));
		else if (v.p[i] == '[' || v.p[i] == '{')
			depth++;
		else if ((v.p[i] == ']' || v.p[i] == '}') && --depth == 0)
			break;
	}
	return view_sub(v, 1, i - 1);
}

bool fact_item(struct view *rest, struct view *ret)
{
	size_t start = view_find_char(*rest, '"'), n;

	if (start == VIEW_NONE)
		return false;
	*rest = view_from(*rest, start);
	n = end_of_text(*rest);
	*ret = view_sub(*rest, 1, n - 1);
	*rest = view_from(*rest, n + 1);
	return true;
}
