/* JUnit XML. Dialects differ in attributes, not in shape: testcase elements, with failure, error or skipped inside.
 * What surefire writes for reruns has names of its own (flakyFailure, rerunError) and decides nothing. */
#include "diagnose/tests.h"

#include "base/buf.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64

struct parse {
	XML_Parser parser;
	test_sink *sink;
	void *context;
	struct test_counts counts;
	int depth, case_depth; /* of the open testcase, 0: none */
	bool in_message;
	struct buf id, path, message;
	enum result result;
	int64_t duration_us;
	const char *refusal;
};

static const char *attribute(const char **list, const char *name)
{
	for (; list[0]; list += 2)
		if (!strcmp(list[0], name))
			return list[1];
	return NULL;
}

/* "1234.5"; some write "1,234.5". No locale has a say. */
static int64_t microseconds(const char *seconds)
{
	double value = 0, place = 1;
	const char *c = seconds ? seconds : "";
	if (!*c || (c[0] == '.' && !c[1]))
		return -1;
	for (; *c; c++) {
		if (*c == '.' && place == 1)
			place = 0.1;
		else if (*c >= '0' && *c <= '9' && place == 1)
			value = value * 10 + (*c - '0');
		else if (*c >= '0' && *c <= '9') {
			value += (*c - '0') * place;
			place /= 10;
		} else if (*c != ',')
			return -1;
	}
	return value < 1e9 ? (int64_t)(value * 1e6 + 0.5) : -1;
}

/* As much as fits. */
static void add_text(struct buf *b, struct view text)
{
	buf_add_view(b, view_cut_utf8(text, b->max > b->n ? b->max - b->n : 0));
}

static bool is_disabled(const char *status)
{
	const char *const off[] = {"notrun", "disabled", "skipped", "suppressed"};
	for (size_t i = 0; status && i < sizeof off / sizeof *off; i++)
		if (!strcmp(status, off[i]))
			return true;
	return false;
}

enum {
	ATTRIBUTE_CLASSNAME,
	ATTRIBUTE_CLASS,
	ATTRIBUTE_NAME,
	ATTRIBUTE_TIME,
	ATTRIBUTE_FILE,
	ATTRIBUTE_STATUS,
	ATTRIBUTE_RESULT,
	ATTRIBUTES
};

/* In one pass: a report has hundreds of thousands of cases. */
static void case_attributes(const char **list, const char *ret[ATTRIBUTES])
{
	static const char *const names[ATTRIBUTES] = {"classname", "class", "name", "time", "file", "status", "result"};
	for (; list[0]; list += 2)
		for (size_t i = 0; i < ATTRIBUTES; i++)
			if (list[0][0] == names[i][0] && !strcmp(list[0], names[i])) {
				ret[i] = list[1];
				break;
			}
}

/* The id of a JUnit report is classname.name. */
static void begin_case(struct parse *p, const char **attributes)
{
	const char *of[ATTRIBUTES] = {0};
	case_attributes(attributes, of);
	const char *class = of[of[ATTRIBUTE_CLASSNAME] ? ATTRIBUTE_CLASSNAME : ATTRIBUTE_CLASS],
		   *name = of[ATTRIBUTE_NAME];
	bool off = is_disabled(of[ATTRIBUTE_STATUS]) || is_disabled(of[ATTRIBUTE_RESULT]);
	p->case_depth = p->depth;
	p->result = off ? RESULT_SKIPPED : RESULT_PASSED;
	p->duration_us = microseconds(of[ATTRIBUTE_TIME]);
	buf_clear(&p->id);
	buf_clear(&p->path);
	buf_clear(&p->message);
	if (class && *class && (!name || strcmp(class, name) != 0)) {
		add_text(&p->id, view_of(class));
		add_text(&p->id, view_of(name && *name ? "." : ""));
	}
	add_text(&p->id, view_of(name));
	add_text(&p->path, view_of(of[ATTRIBUTE_FILE]));
}

static bool is_bad(enum result result)
{
	return result == RESULT_FAILED || result == RESULT_ERROR;
}

static void XMLCALL on_text(void *context, const char *text, int n)
{
	struct parse *p = context;
	add_text(&p->message, view_make(text, (size_t)n));
}

/* Most text is blanks between elements: expat need not tell it. */
static void hear_text(struct parse *p, bool in_message)
{
	p->in_message = in_message;
	XML_SetCharacterDataHandler(p->parser, in_message ? on_text : NULL);
}

/* A case may hold several: the first that is bad decides and gives the message. */
static void begin_outcome(struct parse *p, enum result result, const char **attributes)
{
	if (is_bad(p->result))
		return;
	p->result = result;
	buf_clear(&p->message);
	add_text(&p->message, view_trim(view_of(attribute(attributes, "message"))));
	if (!p->message.n)
		hear_text(p, true);
}

static void stop(struct parse *p, const char *refusal)
{
	p->refusal = refusal;
	XML_StopParser(p->parser, XML_FALSE);
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
	struct parse *p = context;
	if (++p->depth > DEPTH_MAX)
		stop(p, "elements are nested too deeply");
	else if (p->depth == 1 && strcmp(name, "testsuites") != 0 && strcmp(name, "testsuite") != 0)
		stop(p, "the outermost element is neither testsuites nor testsuite");
	else if (!p->case_depth && !strcmp(name, "testcase"))
		begin_case(p, attributes);
	else if (!p->case_depth || p->depth != p->case_depth + 1)
		return;
	else if (!strcmp(name, "failure"))
		begin_outcome(p, RESULT_FAILED, attributes);
	else if (!strcmp(name, "error"))
		begin_outcome(p, RESULT_ERROR, attributes);
	else if (!strcmp(name, "skipped"))
		begin_outcome(p, RESULT_SKIPPED, attributes);
}

static void end_case(struct parse *p)
{
	p->case_depth = 0;
	test_counts_add(&p->counts, p->result);
	struct test_case one = {.id = view_trim(buf_view(&p->id)),
		.result = p->result,
		.duration_us = p->duration_us,
		.message = view_trim(buf_view(&p->message)),
		.path = buf_view(&p->path)};
	if (one.id.n)
		p->sink(p->context, &one);
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct parse *p = context;
	(void)name;
	if (p->in_message)
		hear_text(p, false);
	if (p->depth-- == p->case_depth)
		end_case(p);
}

/* Entities and document types are how XML attacks; no reporter writes them. */
static void XMLCALL on_doctype(void *context, const char *name, const char *system, const char *public, int has_subset)
{
	(void)name, (void)system, (void)public, (void)has_subset;
	stop(context, "a document type is not allowed");
}

static int run(struct parse *p, struct view xml, struct err *e)
{
	XML_SetUserData(p->parser, p);
	XML_SetElementHandler(p->parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(p->parser, on_doctype);
	for (size_t at = 0; at < xml.n || !xml.n;) {
		size_t n = xml.n - at < BUF_PAGE ? xml.n - at : BUF_PAGE;
		at += n;
		if (XML_Parse(p->parser, xml.p + at - n, (int)n, at >= xml.n) != XML_STATUS_OK) {
			const char *why = p->refusal ? p->refusal : XML_ErrorString(XML_GetErrorCode(p->parser));
			return err_set(e, ERR_INPUT, "line %lu: no JUnit XML: %s",
				(unsigned long)XML_GetCurrentLineNumber(p->parser), why);
		}
		if (!xml.n)
			break;
	}
	return 0;
}

int junit_read(struct view xml, test_sink *sink, void *context, struct test_counts *ret, struct err *e)
{
	if (xml.n > JUNIT_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "the report is larger than %zu MB", JUNIT_BYTES_MAX >> 20);
	struct parse p = {.parser = XML_ParserCreate(NULL),
		.sink = sink,
		.context = context,
		.id = buf_new(TEST_ID_MAX),
		.path = buf_new(BUF_LINE),
		.message = buf_new(TEST_MESSAGE_MAX)};
	int rc = p.parser ? run(&p, xml, e) : err_set(e, ERR_UNAVAILABLE, "expat cannot start");
	XML_ParserFree(p.parser);
	buf_done(&p.id);
	buf_done(&p.path);
	buf_done(&p.message);
	if (rc == 0)
		*ret = p.counts;
	return rc;
}
