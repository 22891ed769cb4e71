#include "diagnose/coverage.h"

#include "base/file.h"
#include "base/mem.h"
#include "diagnose/document.h"

#include <stdlib.h>
#include <string.h>

struct point {
	uint64_t key;
	uint32_t file, covered, total;
	uint32_t kind; /* enum coverage_kind */
};

struct coverage_builder {
	struct coverage *out;
	struct view root;
	struct coverage_file *files; /* in order of appearance */
	struct view *names;          /* as looked up: relative, or as printed where the path is NULL */
	size_t count, cap, name_cap;
	uint32_t *slots; /* index + 1; 0: free */
	size_t slot_count;
	struct view last; /* as printed, of the file asked for last */
	uint32_t last_index;
	struct point *points;
	size_t point_count, point_cap;
	struct coverage_sum whole;
	bool too_much, module_known;
	struct view module;
};

static const struct coverage_sum unknown_sum = {{-1, -1}, {-1, -1}, {-1, -1}, -1};

struct view coverage_root(const struct coverage_builder *b)
{
	return b->root;
}

#define MODULE_FILE_MAX ((size_t)1 << 20)

static struct view module_of(struct view go_mod)
{
	struct view line, word;
	while (view_next(&go_mod, '\n', &line))
		if (view_word(&line, &word) && view_is(word, "module") && view_word(&line, &word))
			return view_trim(word);
	return (struct view){0};
}

struct view coverage_module(struct coverage_builder *b)
{
	BUF_AUTO path = buf_new(BUF_LINE), text = {0};
	if (b->module_known || !b->root.n)
		return b->module;
	b->module_known = true;
	buf_addf(&path, "%.*s/go.mod", VIEW_ARG(b->root));
	if (!path.full && file_read(buf_text(&path), MODULE_FILE_MAX, &text, NULL) == 0)
		b->module = arena_view(&b->out->arena, module_of(buf_view(&text)));
	return b->module;
}

/* ---- files --------------------------------------------------------------------------------------- */

static size_t slot_of(const struct coverage_builder *b, struct view name, bool outside)
{
	uint64_t h = outside ? 0x9e3779b97f4a7c15u : 0xcbf29ce484222325u;
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 0x100000001b3u;
	size_t at = (size_t)(h ^ (h >> 29)) & (b->slot_count - 1);
	for (; b->slots[at]; at = (at + 1) & (b->slot_count - 1)) {
		uint32_t i = b->slots[at] - 1;
		if (!b->files[i].path == outside && view_eq(b->names[i], name))
			break;
	}
	return at;
}

static void grow_slots(struct coverage_builder *b)
{
	free(b->slots);
	b->slot_count = b->slot_count ? b->slot_count * 2 : 256;
	b->slots = mem_array(b->slot_count, sizeof *b->slots);
	for (size_t i = 0; i < b->count; i++)
		b->slots[slot_of(b, b->names[i], !b->files[i].path)] = (uint32_t)i + 1;
}

static uint32_t file_named(struct coverage_builder *b, struct view name, bool outside)
{
	if (b->count * 2 >= b->slot_count)
		grow_slots(b);
	size_t at = slot_of(b, name, outside);
	if (b->slots[at])
		return b->slots[at] - 1;
	if (b->count >= COVERAGE_FILES_MAX) {
		b->too_much = true;
		return 0;
	}
	struct view kept = arena_view(&b->out->arena, name);
	size_t n = b->count;
	MEM_PUSH(b->files, b->count, b->cap);
	MEM_PUSH(b->names, n, b->name_cap);
	b->files[n] = (struct coverage_file){outside ? NULL : kept.p, unknown_sum};
	b->names[n] = kept;
	b->slots[at] = (uint32_t)++b->count;
	return (uint32_t)n;
}

uint32_t coverage_file(struct coverage_builder *b, struct view printed)
{
	if (b->count && view_eq(printed, b->last))
		return b->last_index;
	BUF_AUTO path = buf_new(BUF_LINE);
	bool inside = document_path(&path, printed, b->root);
	b->last_index = file_named(b, inside ? buf_view(&path) : view_sub(printed, 0, BUF_LINE), !inside);
	b->last = arena_view(&b->out->arena, view_sub(printed, 0, BUF_LINE));
	return b->last_index;
}

/* ---- counts -------------------------------------------------------------------------------------- */

static int compare_points(const void *left, const void *right)
{
	const struct point *a = left, *b = right;
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->key < b->key ? -1 : a->key > b->key;
}

/* One point per place. Most reports tell their lines in order, so that there is nothing to sort. */
static void merge_points(struct coverage_builder *b)
{
	size_t kept = 0, i = 1;
	while (i < b->point_count && compare_points(&b->points[i - 1], &b->points[i]) <= 0)
		i++;
	if (i < b->point_count)
		qsort(b->points, b->point_count, sizeof *b->points, compare_points);
	for (i = 0; i < b->point_count; i++) {
		struct point *last = kept ? &b->points[kept - 1] : NULL;
		if (!last || compare_points(last, &b->points[i]) != 0) {
			b->points[kept++] = b->points[i];
			continue;
		}
		if (b->points[i].covered > last->covered)
			last->covered = b->points[i].covered;
		if (b->points[i].total > last->total)
			last->total = b->points[i].total;
	}
	b->point_count = kept;
}

void coverage_point(struct coverage_builder *b, uint32_t file, enum coverage_kind kind, uint64_t key, uint32_t covered,
	uint32_t total)
{
	if (!total || file >= b->count || b->too_much)
		return;
	if (b->point_count == COVERAGE_POINTS_MAX) {
		merge_points(b);
		if (b->point_count > COVERAGE_POINTS_MAX / 4 * 3) {
			b->too_much = true;
			return;
		}
	}
	MEM_PUSH(b->points, b->point_count, b->point_cap);
	b->points[b->point_count++] =
		(struct point){key, file, covered < total ? covered : total, total, (uint32_t)kind};
}

static struct coverage_count *count_of(struct coverage_sum *s, enum coverage_kind kind)
{
	return kind == COVERAGE_LINE ? &s->lines : kind == COVERAGE_BRANCH ? &s->branches : &s->functions;
}

static void add_count(struct coverage_count *c, int64_t covered, int64_t total)
{
	if (total < 0)
		return;
	c->total = (c->total < 0 ? 0 : c->total) + total;
	c->covered = (c->covered < 0 ? 0 : c->covered) + (covered < total ? covered : total);
}

static struct coverage_sum *sum_of(struct coverage_builder *b, uint32_t file)
{
	return file < b->count ? &b->files[file].sum : &b->whole;
}

void coverage_add(struct coverage_builder *b, uint32_t file, enum coverage_kind kind, int64_t covered, int64_t total)
{
	if (covered >= 0 && total >= 0 && total <= COVERAGE_COUNT_MAX)
		add_count(count_of(sum_of(b, file), kind), covered, total);
}

void coverage_told(struct coverage_builder *b, enum coverage_kind kind, int64_t covered, int64_t total)
{
	if (covered >= 0 && total >= covered)
		*count_of(&b->whole, kind) = (struct coverage_count){covered, total};
}

void coverage_percent(struct coverage_builder *b, uint32_t file, double percent)
{
	if (percent >= 0 && percent <= 100)
		sum_of(b, file)->percent = percent;
}

void coverage_gate(struct coverage_builder *b, const char *metric, struct view path, double required, double actual)
{
	struct coverage *c = b->out;
	if (c->gate_count >= COVERAGE_GATES_MAX)
		return;
	BUF_AUTO name = buf_new(BUF_LINE);
	bool named = path.n && document_path(&name, path, b->root);
	if (!c->gates)
		c->gates = arena_array(&c->arena, COVERAGE_GATES_MAX, sizeof *c->gates);
	c->gates[c->gate_count++] = (struct coverage_gate){
		metric, named ? arena_view(&c->arena, buf_view(&name)).p : NULL, required, actual};
}

bool coverage_any(const struct coverage_builder *b)
{
	return b->count || b->out->gate_count || b->whole.percent >= 0 || b->whole.lines.total >= 0;
}

/* ---- the end ------------------------------------------------------------------------------------- */

static void add_sum(struct coverage_sum *to, const struct coverage_sum *s)
{
	add_count(&to->lines, s->lines.covered, s->lines.total);
	add_count(&to->branches, s->branches.covered, s->branches.total);
	add_count(&to->functions, s->functions.covered, s->functions.total);
}

static void work_out_percent(struct coverage_sum *s)
{
	if (s->lines.total > 0)
		s->percent = 100.0 * (double)s->lines.covered / (double)s->lines.total;
}

static int compare_files(const void *left, const void *right)
{
	const struct coverage_file *a = left, *b = right;
	if (!a->path || !b->path)
		return !a->path - !b->path;
	return strcmp(a->path, b->path);
}

static void finish(struct coverage_builder *b)
{
	struct coverage *c = b->out;
	struct coverage_sum files = unknown_sum;
	merge_points(b);
	for (size_t i = 0; i < b->point_count; i++) {
		const struct point *p = &b->points[i];
		add_count(count_of(&b->files[p->file].sum, (enum coverage_kind)p->kind), p->covered, p->total);
	}
	for (size_t i = 0; i < b->count; i++) {
		work_out_percent(&b->files[i].sum);
		add_sum(&files, &b->files[i].sum);
		c->outside += !b->files[i].path;
	}
	c->sum = b->whole.lines.total >= 0 || files.lines.total < 0 ? b->whole : files;
	work_out_percent(&c->sum);
	c->file_count = b->count - (size_t)c->outside;
	if (b->count)
		qsort(b->files, b->count, sizeof *b->files, compare_files);
	c->files = arena_array(&c->arena, c->file_count + 1, sizeof *c->files);
	if (c->file_count)
		memcpy(c->files, b->files, c->file_count * sizeof *c->files);
}

/* The first that fits is it; text that is nothing else may be a log. */
static const struct coverage_format formats[] = {
	{"cobertura", "coverage", coverage_is_cobertura, coverage_cobertura},
	{"generic", "coverage", coverage_is_generic, coverage_generic},
	{"clover", "coverage", coverage_is_clover, coverage_clover},
	{"jacoco", "report", NULL, coverage_jacoco},
	{"opencover", "CoverageSession", NULL, coverage_opencover},
	{"lcov", NULL, coverage_is_lcov, coverage_lcov},
	{"go", NULL, coverage_is_go, coverage_go},
	{0},
};

static int read_json(struct coverage_builder *b, struct view bytes, struct err *e)
{
	JSON_AUTO *json = document_json(bytes, e);
	if (!json)
		return err_wrap(e, "no coverage report");
	for (const struct coverage_format *f = coverage_json_formats; f->name; f++)
		if (f->is((struct view){0}, json)) {
			b->out->format = f->name;
			return f->read(b, bytes, json, e);
		}
	return err_set(e, ERR_INPUT, "no coverage report: JSON of an unknown form");
}

static int read_any(struct coverage_builder *b, struct view bytes, struct err *e)
{
	struct view head = view_trim(view_sub(bytes, 0, BUF_LINE));
	struct view root = document_xml_root(bytes);
	if (head.n && (head.p[0] == '{' || view_starts(head, "\xef\xbb\xbf{")))
		return read_json(b, bytes, e);
	for (const struct coverage_format *f = formats; f->name; f++)
		if ((f->root ? view_is(root, f->root) : !root.n) && (!f->is || f->is(head, NULL))) {
			b->out->format = f->name;
			return f->read(b, bytes, NULL, e);
		}
	if (root.n)
		return err_set(e, ERR_INPUT, "no coverage report: XML of an unknown form");
	b->out->format = "text";
	return coverage_table(b, bytes, NULL, e);
}

int coverage_read(struct view bytes, struct view root, struct coverage *ret, struct err *e)
{
	*ret = (struct coverage){0};
	if (bytes.n > COVERAGE_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "the report is larger than %zu MB", COVERAGE_BYTES_MAX >> 20);
	struct coverage_builder b = {.out = ret, .root = root, .whole = unknown_sum};
	int rc = read_any(&b, bytes, e);
	if (rc == 0 && b.too_much)
		rc = err_set(e, ERR_LIMIT, "the report names more than %u files or %u lines", COVERAGE_FILES_MAX,
			COVERAGE_POINTS_MAX);
	if (rc == 0)
		finish(&b);
	free(b.files);
	free(b.names);
	free(b.slots);
	free(b.points);
	if (rc < 0)
		coverage_done(ret);
	return rc;
}

void coverage_done(struct coverage *c)
{
	arena_done(&c->arena);
	*c = (struct coverage){0};
}
