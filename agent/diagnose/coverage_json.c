/* Coverage as JSON: coverage.py, istanbul (summary and whole), SimpleCov, llvm-cov, gcovr. */
#include "diagnose/coverage.h"
#include "diagnose/document.h"

#include <math.h>
#include <stdio.h>

static int64_t count_at(const cJSON *o, const char *name)
{
	const cJSON *n = document_member(o, name);
	return cJSON_IsNumber(n) && n->valuedouble >= 0 && n->valuedouble <= COVERAGE_COUNT_MAX
		       ? (int64_t)n->valuedouble
		       : -1;
}

static double percent_at(const cJSON *o, const char *name)
{
	const cJSON *n = document_member(o, name);
	return cJSON_IsNumber(n) && isfinite(n->valuedouble) ? n->valuedouble : -1;
}

static uint32_t file_of(struct coverage_builder *b, const char *name)
{
	return coverage_file(b, view_of(name ? name : ""));
}

static bool positive(const cJSON *n)
{
	return cJSON_IsNumber(n) && n->valuedouble > 0;
}

/* ---- coverage.py --------------------------------------------------------------------------------- */

static bool is_coverage_py(struct view head, const cJSON *json)
{
	(void)head;
	return cJSON_IsObject(json_get(json, "files")) && document_member(json, "totals.num_statements");
}

static int read_coverage_py(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	const cJSON *one;
	(void)bytes, (void)e;
	cJSON_ArrayForEach (one, json_get(json, "files")) {
		uint32_t file = file_of(b, one->string);
		const cJSON *s = json_get(one, "summary");
		coverage_add(b, file, COVERAGE_LINE, count_at(s, "covered_lines"), count_at(s, "num_statements"));
		coverage_add(b, file, COVERAGE_BRANCH, count_at(s, "covered_branches"), count_at(s, "num_branches"));
	}
	return 0;
}

/* ---- istanbul, nyc, c8, jest, vitest ------------------------------------------------------------- */

static bool is_summary(struct view head, const cJSON *json)
{
	(void)head;
	return document_member(json, "total.lines.pct") || document_member(json, "total.statements.pct");
}

static void add_summary(struct coverage_builder *b, uint32_t file, const cJSON *o)
{
	coverage_add(b, file, COVERAGE_LINE, count_at(o, "lines.covered"), count_at(o, "lines.total"));
	coverage_add(b, file, COVERAGE_BRANCH, count_at(o, "branches.covered"), count_at(o, "branches.total"));
	coverage_add(b, file, COVERAGE_FUNCTION, count_at(o, "functions.covered"), count_at(o, "functions.total"));
}

static int read_summary(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	const cJSON *one;
	(void)bytes, (void)e;
	add_summary(b, COVERAGE_WHOLE, json_get(json, "total"));
	cJSON_ArrayForEach (one, json) {
		if (view_is(view_of(one->string), "total"))
			continue;
		add_summary(b, file_of(b, one->string), one);
	}
	return 0;
}

static bool is_istanbul(struct view head, const cJSON *json)
{
	const cJSON *first = cJSON_IsObject(json) ? json->child : NULL;
	(void)head;
	return document_member(first, "statementMap") || document_member(first, "data.statementMap");
}

/* Counters stand in the order of what they count; a few may be missing. */
static const cJSON *step_to(const cJSON *from, const char *name)
{
	for (unsigned i = 0; from && i < 64; i++, from = from->next)
		if (view_eq(view_of(from->string), view_of(name)))
			return from;
	return NULL;
}

/* A line is covered as often as the statement that begins on it. */
static void add_statements(struct coverage_builder *b, uint32_t file, const cJSON *o)
{
	const cJSON *one, *own, *hits = json_get(o, "s");
	const cJSON *count = cJSON_IsObject(hits) ? hits->child : NULL;
	cJSON_ArrayForEach (one, json_get(o, "statementMap")) {
		int64_t line = count_at(one, "start.line");
		own = step_to(count, one->string);
		if (line >= 0)
			coverage_point(b, file, COVERAGE_LINE, (uint64_t)line, positive(own), 1);
		count = own ? own->next : count;
	}
}

static void add_counters(struct coverage_builder *b, uint32_t file, const cJSON *o)
{
	const cJSON *one, *arm;
	uint64_t key = 0;
	cJSON_ArrayForEach (one, json_get(o, "f")) {
		coverage_point(b, file, COVERAGE_FUNCTION, key++, positive(one), 1);
	}
	key = 0;
	cJSON_ArrayForEach (one, json_get(o, "b")) {
		uint32_t covered = 0, total = 0;
		cJSON_ArrayForEach (arm, one) {
			covered += positive(arm);
			total++;
		}
		coverage_point(b, file, COVERAGE_BRANCH, key++, covered, total);
	}
}

static int read_istanbul(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	const cJSON *one;
	(void)bytes, (void)e;
	cJSON_ArrayForEach (one, json) {
		const cJSON *o = json_get(one, "data") ? json_get(one, "data") : one;
		const char *path = json_text(o, "path");
		uint32_t file = file_of(b, path ? path : one->string);
		add_statements(b, file, o);
		add_counters(b, file, o);
	}
	return 0;
}

/* ---- SimpleCov ----------------------------------------------------------------------------------- */

static bool is_last_run(struct view head, const cJSON *json)
{
	(void)head;
	return document_member(json, "result.line") || document_member(json, "result.covered_percent");
}

static int read_last_run(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	double line = percent_at(json, "result.line");
	(void)bytes, (void)e;
	coverage_percent(b, COVERAGE_WHOLE, line >= 0 ? line : percent_at(json, "result.covered_percent"));
	return 0;
}

static bool is_resultset(struct view head, const cJSON *json)
{
	const cJSON *first = cJSON_IsObject(json) ? json->child : NULL;
	(void)head;
	return cJSON_IsObject(json_get(first, "coverage"));
}

/* null: no code on this line; "ignored": told to leave it out */
static void add_line_array(struct coverage_builder *b, uint32_t file, const cJSON *lines)
{
	const cJSON *one;
	uint64_t line = 0;
	cJSON_ArrayForEach (one, lines) {
		line++;
		if (cJSON_IsNumber(one))
			coverage_point(b, file, COVERAGE_LINE, line, positive(one), 1);
	}
}

/* {"[:if, 0, 3, 4, 7, 7]": {"[:then, ...]": 1, "[:else, ...]": 0}} */
static void add_branch_tree(struct coverage_builder *b, uint32_t file, const cJSON *branches)
{
	const cJSON *one, *arm;
	uint64_t key = 0;
	cJSON_ArrayForEach (one, branches) {
		uint32_t covered = 0, total = 0;
		cJSON_ArrayForEach (arm, one) {
			covered += positive(arm);
			total++;
		}
		coverage_point(b, file, COVERAGE_BRANCH, key++, covered, total);
	}
}

/* Several commands' results may stand side by side: they are one. */
static int read_resultset(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	const cJSON *command, *one;
	(void)bytes, (void)e;
	cJSON_ArrayForEach (command, json) {
		cJSON_ArrayForEach (one, json_get(command, "coverage")) {
			uint32_t file = file_of(b, one->string);
			add_line_array(b, file, cJSON_IsArray(one) ? one : json_get(one, "lines"));
			if (cJSON_IsObject(one))
				add_branch_tree(b, file, json_get(one, "branches"));
		}
	}
	return 0;
}

/* ---- llvm-cov export, cargo llvm-cov ------------------------------------------------------------- */

static bool is_llvm(struct view head, const cJSON *json)
{
	const char *type = json_text(json, "type");
	(void)head;
	return type && view_starts(view_of(type), "llvm.coverage.json");
}

static void add_llvm(struct coverage_builder *b, uint32_t file, const cJSON *s)
{
	coverage_add(b, file, COVERAGE_LINE, count_at(s, "lines.covered"), count_at(s, "lines.count"));
	coverage_add(b, file, COVERAGE_BRANCH, count_at(s, "branches.covered"), count_at(s, "branches.count"));
	coverage_add(b, file, COVERAGE_FUNCTION, count_at(s, "functions.covered"), count_at(s, "functions.count"));
}

static int read_llvm(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	const cJSON *part, *one;
	(void)bytes, (void)e;
	cJSON_ArrayForEach (part, json_get(json, "data")) {
		add_llvm(b, COVERAGE_WHOLE, json_get(part, "totals"));
		cJSON_ArrayForEach (one, json_get(part, "files")) {
			add_llvm(b, file_of(b, json_text(one, "filename")), json_get(one, "summary"));
		}
	}
	return 0;
}

/* ---- gcovr --------------------------------------------------------------------------------------- */

static bool is_gcovr(struct view head, const cJSON *json)
{
	(void)head;
	return cJSON_HasObjectItem(json, "gcovr/format_version") && cJSON_IsArray(json_get(json, "files"));
}

static void add_gcovr_line(struct coverage_builder *b, uint32_t file, const cJSON *line)
{
	int64_t number = count_at(line, "line_number");
	uint32_t covered = 0, total = 0;
	const cJSON *arm;
	if (number < 0 || json_bool(line, "gcovr/noncode", false))
		return;
	coverage_point(b, file, COVERAGE_LINE, (uint64_t)number, positive(json_get(line, "count")), 1);
	cJSON_ArrayForEach (arm, json_get(line, "branches")) {
		covered += positive(json_get(arm, "count"));
		total++;
	}
	coverage_point(b, file, COVERAGE_BRANCH, (uint64_t)number, covered, total);
}

static int read_gcovr(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	const cJSON *one, *line;
	(void)bytes, (void)e;
	cJSON_ArrayForEach (one, json_get(json, "files")) {
		uint32_t file = file_of(b, json_text(one, "file"));
		cJSON_ArrayForEach (line, json_get(one, "lines")) {
			add_gcovr_line(b, file, line);
		}
	}
	return 0;
}

static bool is_gcovr_summary(struct view head, const cJSON *json)
{
	(void)head;
	return cJSON_HasObjectItem(json, "gcovr/summary_format_version");
}

static void add_gcovr_summary(struct coverage_builder *b, uint32_t file, const cJSON *o)
{
	coverage_add(b, file, COVERAGE_LINE, count_at(o, "line_covered"), count_at(o, "line_total"));
	coverage_add(b, file, COVERAGE_BRANCH, count_at(o, "branch_covered"), count_at(o, "branch_total"));
	coverage_add(b, file, COVERAGE_FUNCTION, count_at(o, "function_covered"), count_at(o, "function_total"));
}

static int read_gcovr_summary(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	const cJSON *one;
	(void)bytes, (void)e;
	add_gcovr_summary(b, COVERAGE_WHOLE, json);
	cJSON_ArrayForEach (one, json_get(json, "files")) {
		const char *name = json_text(one, "filename");
		add_gcovr_summary(b, file_of(b, name ? name : json_text(one, "file")), one);
	}
	return 0;
}

const struct coverage_format coverage_json_formats[] = {
	{"coverage.py", NULL, is_coverage_py, read_coverage_py},
	{"istanbul-summary", NULL, is_summary, read_summary},
	{"llvm-cov", NULL, is_llvm, read_llvm},
	{"gcovr", NULL, is_gcovr, read_gcovr},
	{"gcovr-summary", NULL, is_gcovr_summary, read_gcovr_summary},
	{"simplecov-last-run", NULL, is_last_run, read_last_run},
	{"simplecov", NULL, is_resultset, read_resultset},
	{"istanbul", NULL, is_istanbul, read_istanbul},
	{0},
};
