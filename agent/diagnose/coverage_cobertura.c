/* Cobertura's XML, as cobertura itself, coverage.py, gcovr, coverlet, phpunit, istanbul, tarpaulin and others write it.
 * The rates in it are left aside: some lack them, and the lines tell them. */
#include "base/file.h"
#include "diagnose/coverage.h"
#include "diagnose/document.h"

#include <stdlib.h>
#include <string.h>

struct parse {
	struct document_xml xml;
	struct coverage_builder *builder;
	struct view root;
	uint32_t file;
	unsigned method_depth; /* of the open method, 0: none. Its lines stand in the class again */
	bool in_class, in_source;
	struct buf text, path;
	struct buf sources[COVERAGE_SOURCES_MAX];
	size_t source_count;
};

bool coverage_is_cobertura(struct view head, const cJSON *json)
{
	(void)json;
	return view_has(head, "<packages") || view_has(head, "line-rate=") || view_has(head, "<sources");
}

static bool is_absolute(struct view v)
{
	return v.n && (v.p[0] == '/' || v.p[0] == '\\' || (v.n > 2 && v.p[1] == ':'));
}

static bool exists(struct parse *p, struct view relative)
{
	BUF_AUTO path = buf_new(BUF_LINE);
	buf_addf(&path, "%.*s/%.*s", VIEW_ARG(p->root), VIEW_ARG(relative));
	return p->root.n && !path.full && file_exists(buf_text(&path));
}

/* Names are relative to one of the sources, and nobody says to which: to the one where such a file lies, else to the
 * first that is within the repository. */
static struct view place_name(struct parse *p, struct view name)
{
	BUF_AUTO full = buf_new(BUF_LINE), relative = buf_new(BUF_LINE);
	buf_clear(&p->path);
	for (size_t i = 0; i < p->source_count && !is_absolute(name); i++) {
		buf_clear(&full);
		buf_addf(&full, "%s/%.*s", buf_text(&p->sources[i]), VIEW_ARG(name));
		if (full.full || !document_path(&relative, buf_view(&full), p->root))
			continue;
		bool there = p->source_count > 1 && exists(p, buf_view(&relative));
		if (there || !p->path.n) {
			buf_clear(&p->path);
			buf_add_view(&p->path, buf_view(&relative));
		}
		if (there)
			break;
	}
	return p->path.n ? buf_view(&p->path) : name;
}

/* condition-coverage="50% (1/2)" */
static void add_branches(struct parse *p, uint64_t line, const char *condition)
{
	struct view v = view_of(condition), covered, rest;
	size_t open = view_find_last_char(v, '(');
	uint64_t a, b;
	if (open == VIEW_NONE)
		return;
	rest = view_from(v, open + 1);
	if (view_next(&rest, '/', &covered) && view_next(&rest, ')', &v) &&
		view_number(view_trim(covered), COVERAGE_COUNT_MAX, &a) &&
		view_number(view_trim(v), COVERAGE_COUNT_MAX, &b))
		coverage_point(p->builder, p->file, COVERAGE_BRANCH, line, (uint32_t)a, (uint32_t)b);
}

static bool is_hit(const char *hits)
{
	return hits && strpbrk(hits, "123456789") && hits[0] != '-';
}

static void add_line(struct parse *p, const char **a)
{
	int64_t number = document_number(a, "number", UINT32_MAX, -1);
	if (number < 0)
		return;
	coverage_point(p->builder, p->file, COVERAGE_LINE, (uint64_t)number, is_hit(document_attribute(a, "hits")), 1);
	const char *condition = document_attribute(a, "condition-coverage");
	if (condition)
		add_branches(p, (uint64_t)number, condition);
}

static void start(void *context, unsigned depth, const char *name, const char **a)
{
	struct parse *p = context;
	if (!strcmp(name, "line")) {
		if (p->in_class && !p->method_depth)
			add_line(p, a);
	} else if (!strcmp(name, "class")) {
		const char *file = document_attribute(a, "filename");
		p->in_class = file && *file;
		if (p->in_class)
			p->file = coverage_file(p->builder, place_name(p, view_of(file)));
	} else if (!strcmp(name, "method"))
		p->method_depth = depth;
	else if (!strcmp(name, "source")) {
		p->in_source = p->source_count < COVERAGE_SOURCES_MAX;
		buf_clear(&p->text);
	}
}

static void end(void *context, unsigned depth, const char *name)
{
	struct parse *p = context;
	if (!strcmp(name, "class"))
		p->in_class = false;
	else if (p->method_depth == depth)
		p->method_depth = 0;
	else if (p->in_source && !strcmp(name, "source")) {
		struct view source = view_trim(buf_view(&p->text));
		p->in_source = false;
		if (!source.n || p->text.full)
			return;
		struct buf *kept = &p->sources[p->source_count++];
		*kept = buf_new(BUF_LINE);
		buf_add_view(kept, source);
	}
}

static void text(void *context, struct view piece)
{
	struct parse *p = context;
	if (p->in_source)
		buf_add_view(&p->text, piece);
}

int coverage_cobertura(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	(void)json;
	struct parse p = {.xml = {.start = start, .end = end, .text = text},
		.builder = b,
		.root = coverage_root(b),
		.text = buf_new(BUF_LINE),
		.path = buf_new(BUF_LINE)};
	p.xml.context = &p;
	int rc = document_xml_read(&p.xml, bytes, e);
	buf_done(&p.text);
	buf_done(&p.path);
	for (size_t i = 0; i < p.source_count; i++)
		buf_done(&p.sources[i]);
	return rc < 0 ? err_wrap(e, "no coverage report") : 0;
}
