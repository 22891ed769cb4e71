/* coverage.h - how much of the code the tests ran: reports of coverage tools, and what the tools print in logs.
 *
 * A report is recognised by its content. Files come out relative to the repository; those that lie outside of it, or
 * whose names git could not hold, count in the sums but are not listed. Lines that a report tells several times (inner
 * classes, several test programs) count once, covered when any of them was. Tools that count statements or blocks
 * instead of lines (go, istanbul, coverage.py) have these in `lines`. Adding a format is one function and one line of
 * the table in coverage.c. */
#ifndef RM_DIAGNOSE_COVERAGE_H
#define RM_DIAGNOSE_COVERAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

#define COVERAGE_BYTES_MAX ((size_t)256 << 20) /* of a report; of JSON: DOCUMENT_JSON_MAX */
#define COVERAGE_FILES_MAX 100000u
#define COVERAGE_POINTS_MAX 4000000u /* lines and branches of one report; 24 bytes each */
#define COVERAGE_GATES_MAX 64u
#define COVERAGE_SOURCES_MAX 64u
#define COVERAGE_COUNT_MAX 1000000000 /* of one thing in one file */

struct coverage_count {
	int64_t covered, total; /* -1: unknown */
};
struct coverage_sum {
	struct coverage_count lines, branches, functions;
	double percent; /* of the lines, 0..100; printed or worked out; -1 unknown */
};
struct coverage_file {
	const char *path; /* NULL: outside of the repository (only while it is being read) */
	struct coverage_sum sum;
};
/* A minimum that a tool said was not reached. */
struct coverage_gate {
	const char *metric;      /* "lines", "branches", "functions", "statements", "total" */
	const char *path;        /* NULL: of the whole */
	double required, actual; /* percent, -1 unknown */
};
struct coverage {
	const char *format; /* "cobertura", ...; literal */
	struct coverage_sum sum;
	struct coverage_file *files; /* by path */
	size_t file_count;
	uint64_t outside; /* files that are not listed */
	struct coverage_gate *gates;
	size_t gate_count;
	struct arena arena; /* owns all of it */
};

/* Reads a report, or the text of a log that shows one. `root`: the absolute path of the repository, "" unknown.
 * ERR_INPUT when nothing in it is coverage, with what is wrong in it otherwise. */
int coverage_read(struct view bytes, struct view root, struct coverage *ret, struct err *e);
void coverage_done(struct coverage *c); /* c may be all zero */
#define COVERAGE_AUTO __attribute__((cleanup(coverage_done))) struct coverage

/* ---- for the readers ----------------------------------------------------------------------------- */

enum coverage_kind { COVERAGE_LINE, COVERAGE_BRANCH, COVERAGE_FUNCTION };

struct coverage_builder;
struct view coverage_root(const struct coverage_builder *b); /* of the repository, "" unknown */
struct view coverage_module(struct coverage_builder *b);     /* of go.mod at the root, "" unknown */
/* The file of this name as printed; asking again gives the same. */
uint32_t coverage_file(struct coverage_builder *b, struct view printed);
/* A line (total 1), or a bundle of `total` branches or statements at one place; of equal keys the best counts. */
void coverage_point(struct coverage_builder *b, uint32_t file, enum coverage_kind kind, uint64_t key, uint32_t covered,
	uint32_t total);
/* What a report summed up itself. */
void coverage_add(struct coverage_builder *b, uint32_t file, enum coverage_kind kind, int64_t covered, int64_t total);
void coverage_percent(struct coverage_builder *b, uint32_t file, double percent); /* where there are no counts */
/* Of the whole, where sums are told more than once: the last counts. */
void coverage_told(struct coverage_builder *b, enum coverage_kind kind, int64_t covered, int64_t total);
#define COVERAGE_WHOLE UINT32_MAX /* as a file: the whole, for reports that do not name files */
void coverage_gate(struct coverage_builder *b, const char *metric, struct view path, double required, double actual);
bool coverage_any(const struct coverage_builder *b); /* something was told so far */

struct coverage_format {
	const char *name;
	const char *root;                                /* of XML; NULL: another kind of text */
	bool (*is)(struct view head, const cJSON *json); /* json NULL: none */
	int (*read)(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e);
};
/* coverage_cobertura.c, coverage_xml.c */
bool coverage_is_cobertura(struct view head, const cJSON *json);
bool coverage_is_clover(struct view head, const cJSON *json);
bool coverage_is_generic(struct view head, const cJSON *json);
int coverage_cobertura(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e);
int coverage_clover(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e);
int coverage_generic(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e);
int coverage_jacoco(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e);
int coverage_opencover(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e);
/* coverage_json.c: those that are JSON, with NULL as root */
extern const struct coverage_format coverage_json_formats[]; /* name NULL ends it */
/* coverage_text.c */
bool coverage_is_lcov(struct view head, const cJSON *json);
bool coverage_is_go(struct view head, const cJSON *json);
int coverage_lcov(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e);
/* What go calls a file or package, without the module that go.mod at the root names. */
struct view coverage_go_name(struct coverage_builder *b, struct view name);
int coverage_go(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e);
/* coverage_table.c: any text */
int coverage_table(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e);

#endif
