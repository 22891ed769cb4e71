/* lint.h - what linters, type checkers, formatters and compilers complained about: out of reports and logs.
 *
 * A report is recognised by its content: SARIF, XML (checkstyle, PMD, SpotBugs, cppcheck), JSON of many tools, lines of
 * text. Adding a tool's lines is one entry in lint_forms.c, its JSON one in lint_json.c. Paths come out relative to the
 * repository; what lies outside of it, or has a name that git could not hold, is told without a path. */
#ifndef RM_DIAGNOSE_LINT_H
#define RM_DIAGNOSE_LINT_H

#include "base/err.h"
#include "base/json.h"
#include "base/vocabulary.h"

#define LINT_BYTES_MAX ((size_t)256 << 20) /* of a report; of JSON and SARIF: DOCUMENT_JSON_MAX */
#define LINT_ISSUES_MAX 1000000u           /* told of one report; further ones are counted as dropped */
#define LINT_TOOL_MAX 64u
#define LINT_CODE_MAX 128u
#define LINT_MESSAGE_MAX 1024u

struct lint_issue {
	struct view tool, code; /* code "" where the tool has none */
	enum severity severity;
	struct view path;      /* "" unknown or outside */
	uint32_t line, column; /* from 1; 0 unknown */
	struct view message;
};
typedef void lint_sink(void *context, const struct lint_issue *one);

struct lint_counts {
	uint64_t errors, warnings, infos;
	uint64_t outside; /* of these: without a path */
	uint64_t dropped;
};

/* `tool`: whose report it is ("eslint"); NULL: whatever it shows itself to be, which leaves aside forms that could be
 * anything. `root`: the absolute path of the repository, "" unknown. A report of a tool that complains of nothing is
 * fine; without a tool, something must be recognised (ERR_INPUT). */
int lint_read(struct view bytes, const char *tool, struct view root, lint_sink *sink, void *context,
	struct lint_counts *ret, struct err *e);

/* ---- for the readers ----------------------------------------------------------------------------- */

struct lint_reading {
	const char *tool; /* as told, NULL */
	struct view root;
	lint_sink *sink;
	void *context;
	struct lint_counts counts;
	struct buf path; /* scratch */
	bool recognised; /* a report, even if it complains of nothing */
};
/* Path as printed; tool: where none was told. Cuts, cleans the path, counts, tells. */
void lint_tell(struct lint_reading *r, struct lint_issue one);

/* A line form (line_form.h) and what it is good for. */
enum lint_step {
	LINT_WHOLE,   /* an issue on one line */
	LINT_HEAD,    /* names the place or code of items that follow */
	LINT_ITEM,    /* an issue below such a head */
	LINT_ONLY,    /* the only item of its head */
	LINT_TITLE,   /* the message; the place comes with one of the next lines */
	LINT_PLACE,   /* that place */
	LINT_LATE,    /* the code of the issue just told, behind its place */
	LINT_NOTHING, /* looks like an issue and is none */
};
enum lint_flag {
	LINT_TOLD = 1,         /* only when the tool was told: it could be anything */
	LINT_BY_LETTER = 2,    /* severity by the first letter of the code */
	LINT_FROM_ZERO = 4,    /* columns */
	LINT_WITHOUT_NOTES = 8 /* notes belong to the issue before */
};
struct lint_form {
	const char *tool; /* NULL: of any tool that was told and has no forms of its own */
	enum lint_step step;
	const char *form;
	const char *code;  /* glob that the code must match, NULL any */
	const char *files; /* glob that the path must match, NULL any */
	enum severity severity;
	unsigned flags;
	const char *prefix;   /* before the code, NULL */
	const char *own_code; /* where the form has none, NULL */
};
extern const struct lint_form lint_forms[]; /* form NULL ends it; the first that fits is it */
/* The tool whose forms a tool's name stands for. */
const char *lint_family(const char *tool);

void lint_text(struct lint_reading *r, struct view text);
int lint_json(struct lint_reading *r, struct view text, struct err *e); /* one document, or one a line */
void lint_sarif(struct lint_reading *r, const cJSON *log);
int lint_xml(struct lint_reading *r, struct view xml, struct err *e);

#endif
