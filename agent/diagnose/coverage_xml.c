/* Coverage as XML: Clover, Sonar's generic form, JaCoCo, OpenCover. */
#include "base/mem.h"
#include "diagnose/coverage.h"
#include "diagnose/document.h"

#include <stdlib.h>
#include <string.h>

struct parse {
	struct document_xml xml;
	struct coverage_builder *builder;
	uint32_t file;
	bool in_file;
	struct buf path, package;
	struct {
		int64_t id;
		uint32_t file;
	} * ids; /* of OpenCover's files */
	size_t id_count, id_cap;
};

static int run(struct parse *p, struct coverage_builder *b, struct view bytes, struct err *e)
{
	p->builder = b;
	p->xml.context = p;
	p->path = buf_new(BUF_LINE);
	p->package = buf_new(BUF_LINE);
	int rc = document_xml_read(&p->xml, bytes, e);
	buf_done(&p->path);
	buf_done(&p->package);
	free(p->ids);
	return rc < 0 ? err_wrap(e, "no coverage report") : 0;
}

static bool begin_file(struct parse *p, const char *path)
{
	p->in_file = path && *path;
	if (p->in_file)
		p->file = coverage_file(p->builder, view_of(path));
	return p->in_file;
}

static bool is_hit(const char *count)
{
	return count && count[strspn(count, "0")] >= '1' && count[strspn(count, "0")] <= '9';
}

/* ---- Clover -------------------------------------------------------------------------------------- */

bool coverage_is_clover(struct view head, const cJSON *json)
{
	(void)json;
	return view_has(head, "<project");
}

static void clover_line(struct parse *p, const char **a)
{
	const char *type = document_attribute(a, "type");
	uint64_t line = (uint64_t)document_number(a, "num", UINT32_MAX, 0);
	bool hit = is_hit(document_attribute(a, "count"));
	if (type && !strcmp(type, "method")) {
		coverage_point(p->builder, p->file, COVERAGE_FUNCTION, line, hit, 1);
		return;
	}
	const char *yes = document_attribute(a, "truecount"), *no = document_attribute(a, "falsecount");
	if (type && !strcmp(type, "cond") && yes && no) {
		hit = is_hit(yes) || is_hit(no);
		coverage_point(p->builder, p->file, COVERAGE_BRANCH, line, (uint32_t)(is_hit(yes) + is_hit(no)), 2);
	}
	coverage_point(p->builder, p->file, COVERAGE_LINE, line, hit, 1);
}

/* `path` is the whole path where `name` is only its end. */
static void clover_start(void *context, unsigned depth, const char *name, const char **a)
{
	struct parse *p = context;
	(void)depth;
	if (!strcmp(name, "file")) {
		const char *path = document_attribute(a, "path");
		begin_file(p, path && *path ? path : document_attribute(a, "name"));
	} else if (p->in_file && !strcmp(name, "line"))
		clover_line(p, a);
}

static void file_end(void *context, unsigned depth, const char *name)
{
	struct parse *p = context;
	(void)depth;
	if (!strcmp(name, "file"))
		p->in_file = false;
}

int coverage_clover(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	(void)json;
	struct parse p = {.xml = {.start = clover_start, .end = file_end}};
	return run(&p, b, bytes, e);
}

/* ---- Sonar's generic form ------------------------------------------------------------------------ */

bool coverage_is_generic(struct view head, const cJSON *json)
{
	(void)json;
	return view_has(head, "lineToCover");
}

static void generic_start(void *context, unsigned depth, const char *name, const char **a)
{
	struct parse *p = context;
	(void)depth;
	if (!strcmp(name, "file")) {
		begin_file(p, document_attribute(a, "path"));
		return;
	}
	if (!p->in_file || strcmp(name, "lineToCover") != 0)
		return;
	const char *covered = document_attribute(a, "covered");
	uint64_t line = (uint64_t)document_number(a, "lineNumber", UINT32_MAX, 0);
	coverage_point(p->builder, p->file, COVERAGE_LINE, line, covered && !strcmp(covered, "true"), 1);
	coverage_point(p->builder, p->file, COVERAGE_BRANCH, line,
		(uint32_t)document_number(a, "coveredBranches", COVERAGE_COUNT_MAX, 0),
		(uint32_t)document_number(a, "branchesToCover", COVERAGE_COUNT_MAX, 0));
}

int coverage_generic(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	(void)json;
	struct parse p = {.xml = {.start = generic_start, .end = file_end}};
	return run(&p, b, bytes, e);
}

/* ---- JaCoCo -------------------------------------------------------------------------------------- */

/* The sums of a source file stand behind its lines, as counters; those of methods, classes and packages are the same
 * once more. */
static void jacoco_counter(struct parse *p, const char **a)
{
	static const struct {
		const char *type;
		enum coverage_kind kind;
	} kinds[] = {{"LINE", COVERAGE_LINE}, {"BRANCH", COVERAGE_BRANCH}, {"METHOD", COVERAGE_FUNCTION}, {0}};
	const char *type = document_attribute(a, "type");
	int64_t missed = document_number(a, "missed", COVERAGE_COUNT_MAX, -1);
	int64_t covered = document_number(a, "covered", COVERAGE_COUNT_MAX, -1);
	for (size_t i = 0; type && kinds[i].type; i++)
		if (!strcmp(type, kinds[i].type) && missed >= 0 && covered >= 0)
			coverage_add(p->builder, p->file, kinds[i].kind, covered, covered + missed);
}

static void jacoco_start(void *context, unsigned depth, const char *name, const char **a)
{
	struct parse *p = context;
	const char *own = document_attribute(a, "name");
	(void)depth;
	if (!strcmp(name, "package")) {
		buf_clear(&p->package);
		buf_add_text(&p->package, own ? own : "");
	} else if (!strcmp(name, "sourcefile") && own) {
		buf_clear(&p->path);
		buf_addf(&p->path, "%s%s%s", buf_text(&p->package), p->package.n ? "/" : "", own);
		begin_file(p, buf_text(&p->path));
	} else if (p->in_file && !strcmp(name, "counter"))
		jacoco_counter(p, a);
}

static void jacoco_end(void *context, unsigned depth, const char *name)
{
	struct parse *p = context;
	(void)depth;
	if (!strcmp(name, "sourcefile"))
		p->in_file = false;
}

int coverage_jacoco(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	(void)json;
	struct parse p = {.xml = {.start = jacoco_start, .end = jacoco_end}};
	return run(&p, b, bytes, e);
}

/* ---- OpenCover ----------------------------------------------------------------------------------- */

static void opencover_file(struct parse *p, const char **a)
{
	const char *path = document_attribute(a, "fullPath");
	int64_t id = document_number(a, "uid", INT32_MAX, -1);
	if (!path || id < 0 || p->id_count >= COVERAGE_FILES_MAX)
		return;
	MEM_PUSH(p->ids, p->id_count, p->id_cap);
	p->ids[p->id_count].id = id;
	p->ids[p->id_count++].file = coverage_file(p->builder, view_of(path));
}

/* Ids ascend in what OpenCover and coverlet write. */
static bool find_file(struct parse *p, int64_t id)
{
	size_t low = 0, high = p->id_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (p->ids[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low >= p->id_count || p->ids[low].id != id)
		return false;
	p->file = p->ids[low].file;
	return true;
}

static void opencover_start(void *context, unsigned depth, const char *name, const char **a)
{
	struct parse *p = context;
	(void)depth;
	if (!strcmp(name, "File")) {
		opencover_file(p, a);
		return;
	}
	bool branch = !strcmp(name, "BranchPoint");
	if ((!branch && strcmp(name, "SequencePoint") != 0) ||
		!find_file(p, document_number(a, "fileid", INT32_MAX, -1)))
		return;
	uint64_t line = (uint64_t)document_number(a, "sl", UINT32_MAX, 0);
	uint64_t path = (uint64_t)document_number(a, "path", UINT16_MAX, 0);
	uint64_t offset = (uint64_t)document_number(a, "offset", UINT16_MAX, 0);
	coverage_point(p->builder, p->file, branch ? COVERAGE_BRANCH : COVERAGE_LINE,
		branch ? line << 32 | offset << 16 | path : line, is_hit(document_attribute(a, "vc")), 1);
}

int coverage_opencover(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	(void)json;
	struct parse p = {.xml = {.start = opencover_start}};
	return run(&p, b, bytes, e);
}
