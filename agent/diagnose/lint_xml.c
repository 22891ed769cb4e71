/* Issues out of XML: checkstyle's form (which ktlint, phpcs, detekt, eslint, shellcheck, ... write too), PMD, SpotBugs,
 * cppcheck, Android lint. Read as it comes: nothing of the document is kept but what the next issue needs. */
#include "diagnose/document.h"
#include "diagnose/line_form.h"
#include "diagnose/lint.h"

#include <string.h>

struct parse {
	struct document_xml xml;
	struct lint_reading *reading;
	struct buf path, code, message;
	enum severity severity;
	uint32_t line, column;
	unsigned issue_depth; /* of the open issue, 0: none */
	bool in_text, placed;
};

static void keep(struct buf *b, const char *text)
{
	buf_clear(b);
	if (text)
		buf_add_view(b, view_sub(view_of(text), 0, BUF_LINE));
}

static uint32_t number(const char **a, const char *name)
{
	return (uint32_t)document_number(a, name, INT32_MAX, 0);
}

static void tell(struct parse *p, const char *tool)
{
	lint_tell(p->reading, (struct lint_issue){.tool = view_of(tool),
				      .code = buf_view(&p->code),
				      .severity = p->severity,
				      .path = buf_view(&p->path),
				      .line = p->line,
				      .column = p->column,
				      .message = buf_view(&p->message)});
}

static void take_severity(struct parse *p, const char *word, enum severity otherwise)
{
	p->severity = otherwise;
	line_form_severity(view_of(word), &p->severity);
}

/* 1..5, from bad to harmless (PMD); SpotBugs: 1..3 */
static enum severity by_priority(const char *priority, char warning, char info)
{
	char c = priority ? priority[0] : '3';
	return c >= info ? SEVERITY_INFO : c >= warning ? SEVERITY_WARNING : SEVERITY_ERROR;
}

/* ---- checkstyle ---------------------------------------------------------------------------------- */

/* source: com.puppycrawl...checks.whitespace.WhitespaceAroundCheck, eslint.rules.no-var, ShellCheck.SC2045 */
static struct view short_source(struct view source)
{
	static const char *const prefixes[] = {"com.puppycrawl.tools.checkstyle.checks.", "eslint.rules.",
		"stylelint.rules.", "ShellCheck.", "detekt.", "standard:"};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (view_starts(source, prefixes[i]))
			source = view_from(source, strlen(prefixes[i]));
	return source;
}

static const char *tool_of(struct view source)
{
	static const struct {
		const char *prefix, *tool;
	} tools[] = {{"com.puppycrawl.", "checkstyle"}, {"eslint.", "eslint"}, {"stylelint.", "stylelint"},
		{"ShellCheck.", "shellcheck"}, {"detekt.", "detekt"}, {"standard:", "ktlint"}, {"PSR", "phpcs"},
		{"Squiz.", "phpcs"}, {"Generic.", "phpcs"}, {"PEAR.", "phpcs"}, {"org.scalastyle.", "scalastyle"}};
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (view_starts(source, tools[i].prefix))
			return tools[i].tool;
	return "checkstyle";
}

static void checkstyle_start(void *context, unsigned depth, const char *name, const char **a)
{
	struct parse *p = context;
	(void)depth;
	if (!strcmp(name, "file")) {
		keep(&p->path, document_attribute(a, "name"));
		return;
	}
	if (strcmp(name, "error") != 0)
		return;
	struct view source = view_of(document_attribute(a, "source")), code = short_source(source);
	buf_clear(&p->code);
	buf_add_view(&p->code, view_sub(code, 0, BUF_LINE));
	keep(&p->message, document_attribute(a, "message"));
	take_severity(p, document_attribute(a, "severity"), SEVERITY_ERROR);
	p->line = number(a, "line");
	p->column = number(a, "column");
	tell(p, tool_of(source));
}

/* ---- PMD ----------------------------------------------------------------------------------------- */

static void pmd_start(void *context, unsigned depth, const char *name, const char **a)
{
	struct parse *p = context;
	if (!strcmp(name, "file"))
		keep(&p->path, document_attribute(a, "name"));
	else if (!strcmp(name, "violation")) {
		keep(&p->code, document_attribute(a, "rule"));
		buf_clear(&p->message);
		p->severity = by_priority(document_attribute(a, "priority"), '3', '4');
		p->line = number(a, "beginline");
		p->column = number(a, "begincolumn");
		p->issue_depth = depth;
		p->in_text = true;
	}
}

static void pmd_end(void *context, unsigned depth, const char *name)
{
	struct parse *p = context;
	(void)name;
	if (p->issue_depth != depth)
		return;
	tell(p, "pmd");
	p->issue_depth = 0;
	p->in_text = false;
}

/* ---- SpotBugs ------------------------------------------------------------------------------------ */

static void spotbugs_start(void *context, unsigned depth, const char *name, const char **a)
{
	struct parse *p = context;
	if (!strcmp(name, "BugInstance")) {
		keep(&p->code, document_attribute(a, "type"));
		buf_clear(&p->message);
		buf_clear(&p->path);
		p->severity = by_priority(document_attribute(a, "priority"), '2', '3');
		p->line = p->column = 0;
		p->issue_depth = depth;
		p->placed = false;
	} else if (!p->issue_depth)
		return;
	else if (!strcmp(name, "LongMessage") || (!strcmp(name, "ShortMessage") && !p->message.n)) {
		buf_clear(&p->message);
		p->in_text = depth == p->issue_depth + 1;
	} else if (!strcmp(name, "SourceLine") && (!p->placed || depth == p->issue_depth + 1)) {
		/* That of the instance itself beats those of its class and method. */
		keep(&p->path, document_attribute(a, "sourcepath"));
		p->line = number(a, "start");
		p->placed = true;
	}
}

static void spotbugs_end(void *context, unsigned depth, const char *name)
{
	struct parse *p = context;
	(void)name;
	p->in_text = false;
	if (p->issue_depth != depth)
		return;
	tell(p, "spotbugs");
	p->issue_depth = 0;
}

/* ---- cppcheck, Android lint ---------------------------------------------------------------------- */

/* An element with code, message and severity, and <location>s in it: the first counts. */
static void located_start(
	struct parse *p, unsigned depth, const char *name, const char **a, const char *issue, const char *message)
{
	if (!strcmp(name, issue)) {
		keep(&p->code, document_attribute(a, "id"));
		keep(&p->message, document_attribute(a, message));
		take_severity(p, document_attribute(a, "severity"), SEVERITY_WARNING);
		buf_clear(&p->path);
		p->line = p->column = 0;
		p->issue_depth = depth;
		p->placed = false;
	} else if (!strcmp(name, "location") && p->issue_depth && !p->placed) {
		keep(&p->path, document_attribute(a, "file"));
		p->line = number(a, "line");
		p->column = number(a, "column");
		p->placed = true;
	}
}

static void cppcheck_start(void *context, unsigned depth, const char *name, const char **a)
{
	located_start(context, depth, name, a, "error", "msg");
}

/* Whoever names no place talks about the analysis itself. */
static void cppcheck_end(void *context, unsigned depth, const char *name)
{
	struct parse *p = context;
	(void)name;
	if (p->issue_depth != depth)
		return;
	if (p->placed)
		tell(p, "cppcheck");
	p->issue_depth = 0;
}

static void android_start(void *context, unsigned depth, const char *name, const char **a)
{
	located_start(context, depth, name, a, "issue", "message");
}

static void android_end(void *context, unsigned depth, const char *name)
{
	struct parse *p = context;
	(void)name;
	if (p->issue_depth == depth)
		tell(p, "android-lint");
	if (p->issue_depth == depth)
		p->issue_depth = 0;
}

/* -------------------------------------------------------------------------------------------------- */

static void text(void *context, struct view piece)
{
	struct parse *p = context;
	if (p->in_text)
		buf_add_view(&p->message, view_sub(piece, 0, p->message.max - p->message.n));
}

static const struct {
	const char *root;
	struct document_xml xml;
} forms[] = {
	{"checkstyle", {.start = checkstyle_start}},
	{"pmd", {.start = pmd_start, .end = pmd_end, .text = text}},
	{"BugCollection", {.start = spotbugs_start, .end = spotbugs_end, .text = text}},
	{"results", {.start = cppcheck_start, .end = cppcheck_end}},
	{"issues", {.start = android_start, .end = android_end}},
};

int lint_xml(struct lint_reading *r, struct view xml, struct err *e)
{
	struct view root = document_xml_root(xml);
	size_t i = 0, n = sizeof forms / sizeof *forms;
	while (i < n && !view_is(root, forms[i].root))
		i++;
	if (i == n)
		return err_set(e, ERR_INPUT, "no lint report: XML of an unknown form");
	struct parse p = {.xml = forms[i].xml,
		.reading = r,
		.path = buf_new(BUF_LINE),
		.code = buf_new(BUF_LINE),
		.message = buf_new(BUF_LINE)};
	p.xml.context = &p;
	r->recognised = true;
	int rc = document_xml_read(&p.xml, xml, e);
	buf_done(&p.path);
	buf_done(&p.code);
	buf_done(&p.message);
	return rc < 0 ? err_wrap(e, "no lint report") : 0;
}
