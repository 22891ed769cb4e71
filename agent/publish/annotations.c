#include "publish/annotations.h"

#include "base/file.h"
#include "base/redact.h"
#include "diagnose/signature.h"

#include <string.h>

#define EXTENSION_MAX 6u
#define TESTS_READ 1000u /* failed tests of a job that are looked at */

struct list {
	struct annotation *items;
	size_t n, max;
	struct arena *arena;
	publish_has_file *has;
	void *context;
};

static bool is_known(const struct list *l, const struct annotation *one)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct annotation *a = &l->items[i];
		if (strcmp(a->path, one->path) != 0)
			continue;
		/* What knows no line says nothing new about a file of which the same, or anything surer, was said;
		 * nor does a failed test about a line that something stands at. */
		if (!one->exact &&
			(one->finding || (a->finding && view_eq(view_of(a->message), view_of(one->message)))))
			return true;
		if (a->line == one->line && (!strcmp(a->title, one->title) || (one->exact && !one->finding)))
			return true;
	}
	return false;
}

/* What is installed or generated is not in the repository, wherever it lies. */
static bool is_foreign(struct view path)
{
	static const char *const folders[] = {"node_modules", "site-packages", "dist-packages", ".venv"};
	struct view part;
	while (view_next(&path, '/', &part))
		for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
			if (view_is(part, folders[i]))
				return true;
	return false;
}

/* A path that is not shown as it is would name no file. */
static bool is_shown_as_is(struct view path)
{
	BUF_AUTO safe = buf_new(BUF_PAGE);
	redact_for_terminal(&safe, path);
	return view_eq(path, buf_view(&safe));
}

static void add(struct list *l, const struct annotation *one)
{
	struct view path = view_of(one->path);
	if (l->n == l->max || file_check_relative(path, NULL) < 0 || is_foreign(path) || !is_shown_as_is(path))
		return;
	if (is_known(l, one) || (l->has && !l->has(l->context, one->path)))
		return;
	l->items[l->n++] = *one;
}

static void add_finding(struct list *l, const struct finding *f)
{
	if (!f || !f->location.path)
		return;
	add(l, &(struct annotation){.path = f->location.path,
		       .line = f->location.line ? f->location.line : 1,
		       .column = f->location.line ? f->location.column : 0,
		       .exact = f->location.line > 0,
		       .severity = f->severity,
		       .title = f->title,
		       .message = f->message,
		       .finding = f});
}

/* The line that a test's own message names in its file: "test_a.py:12", behind whatever folder. */
static uint32_t line_in_message(const char *path, const char *message)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	struct view rest = view_of(message);
	size_t at = *base ? view_find(rest, base) : VIEW_NONE;
	for (; at != VIEW_NONE; at = view_find(rest, base)) {
		uint64_t line = 0;
		size_t digits = 0;
		rest = view_from(rest, at + strlen(base));
		if (!view_starts(rest, ":"))
			continue;
		while (digits < 9 && digits + 1 < rest.n && rest.p[digits + 1] >= '0' && rest.p[digits + 1] <= '9')
			digits++;
		if (view_number(view_sub(rest, 1, digits), UINT32_MAX, &line) && line)
			return (uint32_t)line;
	}
	return 0;
}

/* Of what tests are said to lie in, classes and modules ("com.acme.FooTest") are no files: those end as files do. */
static bool is_file_name(const char *path)
{
	const char *dot = strrchr(path, '.');
	size_t n = dot ? strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz0123456789") : 0;
	return n && n <= EXTENSION_MAX && !dot[1 + n];
}

static void add_test(struct list *l, const struct diagnosis *d, const struct test_failure *t)
{
	BUF_AUTO path = buf_new(BUF_LINE);
	struct view printed = view_of(t->path), id = view_of(t->id);
	size_t colons = view_find(id, "::");
	if (!printed.n && colons != VIEW_NONE)
		printed = view_sub(id, 0, colons);
	if (!printed.n || !path_relative(&path, printed, view_of(d->job.workspace), view_of(d->failed_step.directory)))
		return;
	if (!l->has && !is_file_name(buf_text(&path)))
		return;
	uint32_t line = line_in_message(buf_text(&path), t->message);
	add(l, &(struct annotation){.path = arena_text(l->arena, buf_text(&path)),
		       .line = line ? line : 1,
		       .exact = line > 0,
		       .severity = SEVERITY_ERROR,
		       .title = t->id,
		       .message = t->message});
}

static void add_tests(struct list *l, const struct diagnosis *d)
{
	for (size_t i = 0; i < d->failed_test_count && i < TESTS_READ && l->n < l->max; i++)
		add_test(l, d, &d->failed_tests[i]);
}

static void add_findings(struct list *l, const struct diagnosis *d)
{
	for (size_t i = 0; i < d->finding_count && l->n < l->max; i++)
		add_finding(l, &d->findings[i]);
}

size_t annotations_of(const struct told *t, struct arena *a, size_t most, publish_has_file *has, void *context,
	const struct annotation **ret)
{
	struct list l = {arena_array(a, most, sizeof *l.items), 0, most, a, has, context};
	const struct publish_run *r = t->run;
	for (size_t i = 0; i < t->group_count; i++)
		add_finding(&l, t->groups[i].finding);
	for (size_t i = 0; i < t->group_count; i++)
		if (t->groups[i].finding)
			add_tests(&l, t->groups[i].best->diagnosis);
	for (size_t i = 0; i < t->group_count; i++)
		if (t->groups[i].finding)
			add_findings(&l, t->groups[i].best->diagnosis);
	for (size_t i = 0; i < r->job_count && l.n < l.max; i++)
		if (r->jobs[i].diagnosis) {
			add_tests(&l, r->jobs[i].diagnosis);
			add_findings(&l, r->jobs[i].diagnosis);
		}
	*ret = l.items;
	return l.n;
}
