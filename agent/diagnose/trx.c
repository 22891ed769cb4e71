/* TRX, the test results of Visual Studio, `dotnet test --logger trx` and the new testing platform. xUnit and NUnit
 * write whole names; MSTest only the method's: its class stands among the definitions, behind the results. */
#include "diagnose/document.h"
#include "diagnose/tests.h"

#include "base/arena.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define CLASSES_MAX 1000000u

struct class_of {
	uint64_t test; /* hash of its id, 0: free */
	const char *name;
};

struct parse {
	struct document_xml xml;
	test_sink *sink;
	void *context;
	struct test_counts counts;
	bool defining; /* the first reading: definitions only */
	uint64_t test;
	struct class_of *classes;
	size_t class_count, slots;
	const char *kept_class;
	struct arena arena;
	bool open, in_error, in_message;
	struct buf id, message;
	enum result result;
	int64_t duration_us;
};

/* ---- definitions --------------------------------------------------------------------------------- */

static uint64_t hash(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (; text && *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h | 1;
}

static struct class_of *slot_of(struct parse *p, uint64_t test)
{
	size_t i = (test >> 1) & (p->slots - 1);
	while (p->classes[i].test && p->classes[i].test != test)
		i = (i + 1) & (p->slots - 1);
	return &p->classes[i];
}

static void grow(struct parse *p)
{
	struct class_of *old = p->classes;
	size_t n = p->slots;
	p->slots = n ? n * 2 : 256;
	p->classes = mem_array(p->slots, sizeof *p->classes);
	for (size_t i = 0; i < n; i++)
		if (old[i].test)
			*slot_of(p, old[i].test) = old[i];
	free(old);
}

/* "Acme.ShelfTests, Shelf.Tests, Version=1.0": the assembly is no part of the name. Tests of a class follow each
 * other: its name is kept once. */
static void define(struct parse *p, const char *class)
{
	if (!class || !p->test || p->class_count >= CLASSES_MAX)
		return;
	struct view name = view_sub(view_of(class), 0, view_find_char(view_of(class), ','));
	name = view_cut_utf8(name, TEST_ID_MAX);
	if (!p->kept_class || !view_is(name, p->kept_class))
		p->kept_class = arena_view(&p->arena, name).p;
	if ((p->class_count + 1) * 2 > p->slots)
		grow(p);
	struct class_of *slot = slot_of(p, p->test);
	p->class_count += !slot->test;
	*slot = (struct class_of){p->test, p->kept_class};
}

/* ---- results ------------------------------------------------------------------------------------- */

static enum result result_of(const char *outcome)
{
	static const struct {
		const char *outcome;
		enum result result;
	} known[] = {{"Passed", RESULT_PASSED}, {"Completed", RESULT_PASSED}, {"Warning", RESULT_PASSED},
		{"PassedButRunAborted", RESULT_PASSED}, {"Failed", RESULT_FAILED}, {"Timeout", RESULT_FAILED},
		{"Error", RESULT_ERROR}, {"Aborted", RESULT_ERROR}, {"Disconnected", RESULT_ERROR}};
	for (size_t i = 0; outcome && i < sizeof known / sizeof *known; i++)
		if (!strcmp(outcome, known[i].outcome))
			return known[i].result;
	return RESULT_SKIPPED; /* NotExecuted, Inconclusive, Pending, ... */
}

/* "00:00:01.2345678" */
static int64_t microseconds(const char *duration)
{
	int64_t whole = 0, part = 0, us = 0, scale = 1000000;
	const char *c = duration ? duration : "";
	if (!*c)
		return -1;
	for (; *c && *c != '.'; c++) {
		if (*c == ':')
			whole = (whole + part) * 60, part = 0;
		else if (*c >= '0' && *c <= '9' && part < 100000 && whole < 100000000)
			part = part * 10 + (*c - '0');
		else
			return -1;
	}
	for (c += *c == '.'; *c >= '0' && *c <= '9' && scale > 1; c++)
		us += (*c - '0') * (scale /= 10);
	return (whole + part) * 1000000 + us;
}

static void add_text(struct buf *b, struct view text)
{
	buf_add_view(b, view_cut_utf8(text, b->max > b->n ? b->max - b->n : 0));
}

static void begin_result(struct parse *p, const char **attributes)
{
	const char *id = document_attribute(attributes, "testId");
	struct view name = view_of(document_attribute(attributes, "testName"));
	struct class_of *class = p->slots && id ? slot_of(p, hash(id)) : NULL;
	bool whole = view_find_char(view_sub(name, 0, view_find_char(name, '(')), '.') != VIEW_NONE;
	p->open = true; /* of an outer one, the inner ones are the tests */
	p->in_error = p->in_message = false;
	p->result = result_of(document_attribute(attributes, "outcome"));
	p->duration_us = microseconds(document_attribute(attributes, "duration"));
	buf_clear(&p->id);
	buf_clear(&p->message);
	if (class && class->test && !whole) {
		add_text(&p->id, view_of(class->name));
		add_text(&p->id, view_of("."));
	}
	add_text(&p->id, name);
}

static void end_result(struct parse *p)
{
	if (!p->open)
		return;
	p->open = false;
	test_counts_add(&p->counts, p->result);
	struct test_case one = {.id = view_trim(buf_view(&p->id)),
		.result = p->result,
		.duration_us = p->duration_us,
		.message = view_trim(buf_view(&p->message))};
	if (one.id.n)
		p->sink(p->context, &one);
}

/* ---- elements ------------------------------------------------------------------------------------ */

static void on_start(void *context, unsigned depth, const char *name, const char **attributes)
{
	struct parse *p = context;
	if (depth == 1 && strcmp(name, "TestRun") != 0)
		p->xml.refusal = "the outermost element is not TestRun";
	else if (p->defining && !strcmp(name, "UnitTest"))
		p->test = hash(document_attribute(attributes, "id"));
	else if (p->defining && !strcmp(name, "TestMethod"))
		define(p, document_attribute(attributes, "className"));
	else if (p->defining)
		return;
	else if (!strcmp(name, "UnitTestResult"))
		begin_result(p, attributes);
	else if (p->open && !strcmp(name, "ErrorInfo"))
		p->in_error = true;
	else if (p->in_error && !strcmp(name, "Message"))
		p->in_message = true;
}

static void on_end(void *context, unsigned depth, const char *name)
{
	struct parse *p = context;
	(void)depth;
	p->in_message = false;
	if (!strcmp(name, "ErrorInfo"))
		p->in_error = false;
	else if (!strcmp(name, "UnitTestResult"))
		end_result(p);
}

static void on_text(void *context, struct view text)
{
	struct parse *p = context;
	if (p->in_message)
		add_text(&p->message, text);
}

static int run(struct parse *p, struct view xml, bool defining, struct err *e)
{
	p->defining = defining;
	p->xml = (struct document_xml){.context = p, .start = on_start};
	if (!defining) {
		p->xml.end = on_end;
		p->xml.text = on_text;
	}
	return document_xml_read(&p->xml, xml, e) < 0 ? err_wrap(e, "no TRX report") : 0;
}

int trx_read(struct view xml, test_sink *sink, void *context, struct test_counts *ret, struct err *e)
{
	struct parse p = {
		.sink = sink, .context = context, .id = buf_new(TEST_ID_MAX), .message = buf_new(TEST_MESSAGE_MAX)};
	if (xml.n > JUNIT_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "the report is larger than %zu MB", JUNIT_BYTES_MAX >> 20);
	int rc = run(&p, xml, true, e) < 0 || run(&p, xml, false, e) < 0 ? -1 : 0;
	free(p.classes);
	arena_done(&p.arena);
	buf_done(&p.id);
	buf_done(&p.message);
	if (rc == 0)
		*ret = p.counts;
	return rc;
}

int test_report_read(struct view xml, test_sink *sink, void *context, struct test_counts *ret, struct err *e)
{
	bool trx = view_is(document_xml_root(xml), "TestRun");
	return trx ? trx_read(xml, sink, context, ret, e) : junit_read(xml, sink, context, ret, e);
}
