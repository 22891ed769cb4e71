/* JUnit XML. Dialects differ in attributes, not in shape: testcase elements, with failure, error or skipped inside. */
#include "diagnose/tests.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64

struct parse {
	XML_Parser parser;
	test_sink *sink;
	void *context;
	struct test_counts counts;
	int depth;
	bool in_case, in_message;
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

static int64_t microseconds(const char *seconds)
{
	char *end;
	double s = seconds ? strtod(seconds, &end) : -1;
	return s >= 0 && s < 1e9 ? (int64_t)(s * 1e6) : -1;
}

/* pytest writes classname "tests.test_a.TestX" and sometimes file; the id of a JUnit report is classname.name. */
static void begin_case(struct parse *p, const char **attributes)
{
	const char *class = attribute(attributes, "classname"), *name = attribute(attributes, "name"),
		   *file = attribute(attributes, "file");
	p->in_case = true;
	p->result = RESULT_PASSED;
	p->duration_us = microseconds(attribute(attributes, "time"));
	buf_clear(&p->id);
	buf_clear(&p->path);
	buf_clear(&p->message);
	if (class && *class && (!name || strcmp(class, name) != 0))
		buf_addf(&p->id, "%s.", class);
	buf_add_text(&p->id, name ? name : "");
	buf_add_text(&p->path, file ? file : "");
}

static void begin_outcome(struct parse *p, enum result result, const char **attributes)
{
	const char *message = attribute(attributes, "message");
	p->result = result;
	if (!p->message.n && message)
		buf_add_text(&p->message, message);
	p->in_message = !p->message.n;
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
	struct parse *p = context;
	if (++p->depth > DEPTH_MAX) {
		p->refusal = "elements are nested too deeply";
		XML_StopParser(p->parser, XML_FALSE);
		return;
	}
	if (!strcmp(name, "testcase"))
		begin_case(p, attributes);
	else if (!p->in_case)
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
	p->in_case = false;
	p->counts.passed += p->result == RESULT_PASSED;
	p->counts.failed += p->result == RESULT_FAILED;
	p->counts.errors += p->result == RESULT_ERROR;
	p->counts.skipped += p->result == RESULT_SKIPPED;
	struct test_case one = {.id = view_cut_utf8(buf_view(&p->id), TEST_ID_MAX),
		.result = p->result,
		.duration_us = p->duration_us,
		.message = view_cut_utf8(view_trim(buf_view(&p->message)), TEST_MESSAGE_MAX),
		.path = buf_view(&p->path)};
	if (one.id.n)
		p->sink(p->context, &one);
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct parse *p = context;
	p->depth--;
	p->in_message = false;
	if (!strcmp(name, "testcase"))
		end_case(p);
}

static void XMLCALL on_text(void *context, const char *text, int n)
{
	struct parse *p = context;
	if (p->in_message)
		buf_add(&p->message, text, (size_t)n);
}

/* Entities and document types are how XML attacks; no reporter writes them. */
static void XMLCALL on_doctype(void *context, const char *name, const char *system, const char *public, int has_subset)
{
	struct parse *p = context;
	(void)name, (void)system, (void)public, (void)has_subset;
	p->refusal = "a document type is not allowed";
	XML_StopParser(p->parser, XML_FALSE);
}

static int run(struct parse *p, struct view xml, struct err *e)
{
	XML_SetUserData(p->parser, p);
	XML_SetElementHandler(p->parser, on_start, on_end);
	XML_SetCharacterDataHandler(p->parser, on_text);
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
		.id = buf_new(BUF_LINE),
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
