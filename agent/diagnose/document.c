#include "diagnose/document.h"

#include "base/file.h"
#include "diagnose/signature.h"
#include "log/log.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

struct reading {
	struct document_xml *x;
	XML_Parser parser;
	unsigned depth;
	const char *refusal;
};

static void stop(struct reading *r, const char *refusal)
{
	r->refusal = refusal;
	XML_StopParser(r->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
	struct reading *r = context;
	if (++r->depth > DOCUMENT_DEPTH_MAX) {
		stop(r, "elements are nested too deeply");
		return;
	}
	r->x->start(r->x->context, r->depth, local_name(name), attributes);
	if (r->x->refusal)
		stop(r, r->x->refusal);
}

static void XMLCALL on_end(void *context, const char *name)
{
	struct reading *r = context;
	if (r->x->end)
		r->x->end(r->x->context, r->depth, local_name(name));
	r->depth--;
	if (r->x->refusal)
		stop(r, r->x->refusal);
}

static void XMLCALL on_text(void *context, const char *text, int n)
{
	struct reading *r = context;
	r->x->text(r->x->context, view_make(text, (size_t)n));
}

static void XMLCALL on_doctype(void *context, const char *name, const char *system, const char *public, int has_subset)
{
	(void)name, (void)system, (void)public;
	if (has_subset)
		stop(context, "a document type with declarations is not allowed");
}

/* In one piece: expat then looks at each byte once, however long a token is. */
int document_xml_read(struct document_xml *x, struct view xml, struct err *e)
{
	if (xml.n > INT_MAX)
		return err_set(e, ERR_LIMIT, "the document is larger than %d MB", INT_MAX >> 20);
	struct reading r = {.x = x, .parser = XML_ParserCreate(NULL)};
	if (!r.parser)
		return err_set(e, ERR_UNAVAILABLE, "expat cannot start");
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	if (x->text)
		XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	int rc = 0;
	if (XML_Parse(r.parser, xml.n ? xml.p : "", (int)xml.n, XML_TRUE) != XML_STATUS_OK)
		rc = err_set(e, ERR_INPUT, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(r.parser),
			r.refusal ? r.refusal : XML_ErrorString(XML_GetErrorCode(r.parser)));
	XML_ParserFree(r.parser);
	return rc;
}

static bool name_end(char c)
{
	return c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct view document_xml_root(struct view xml)
{
	const size_t far = 64u << 10;
	if (view_starts(xml, "\xef\xbb\xbf"))
		xml = view_from(xml, 3);
	struct view v = view_trim(view_sub(xml, 0, far));
	while (v.n > 1 && v.p[0] == '<') {
		if (v.p[1] != '?' && v.p[1] != '!') {
			size_t n = 1;
			while (n < v.n && !name_end(v.p[n]))
				n++;
			struct view name = view_sub(v, 1, n - 1);
			size_t colon = view_find_last_char(name, ':');
			return colon == VIEW_NONE ? name : view_from(name, colon + 1);
		}
		bool comment = view_starts(v, "<!--");
		bool declares = !comment && view_find_char(v, '[') < view_find_char(v, '>');
		const char *close = comment ? "-->" : declares ? "]>" : ">";
		size_t end = view_find(v, close);
		if (end == VIEW_NONE)
			break;
		v = view_trim(view_from(v, end + strlen(close)));
	}
	return (struct view){0};
}

const char *document_attribute(const char **list, const char *name)
{
	for (; list[0]; list += 2)
		if (!strcmp(list[0], name))
			return list[1];
	return NULL;
}

int64_t document_number(const char **list, const char *name, int64_t max, int64_t fallback)
{
	uint64_t n;
	return view_number(view_of(document_attribute(list, name)), (uint64_t)max, &n) ? (int64_t)n : fallback;
}

static size_t values_at_most(struct view text)
{
	size_t n = 1;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',' || text.p[i] == '[' || text.p[i] == '{';
	return n;
}

cJSON *document_json(struct view text, struct err *e)
{
	if (view_starts(text, "\xef\xbb\xbf"))
		text = view_from(text, 3);
	if (text.n <= DOCUMENT_JSON_MAX && values_at_most(text) > DOCUMENT_VALUES_MAX) {
		err_set(e, ERR_LIMIT, "the document holds more than %u values", DOCUMENT_VALUES_MAX);
		return NULL;
	}
	return json_parse(text, DOCUMENT_JSON_MAX, e);
}

const cJSON *document_member(const cJSON *object, const char *dotted)
{
	char name[64];
	while (object) {
		size_t n = strcspn(dotted, ".");
		if (n >= sizeof name)
			return NULL;
		memcpy(name, dotted, n);
		name[n] = '\0';
		object = json_get(object, name);
		if (!dotted[n])
			return object;
		dotted += n + 1;
	}
	return NULL;
}

static bool is_decorated(struct view text)
{
	struct view head = view_sub(text, 0, BUF_LINE);
	if (view_starts(head, "\xef\xbb\xbf"))
		head = view_from(head, 3);
	return view_find_char(head, '\033') != VIEW_NONE ||
	       (head.n > 20 && head.p[4] == '-' && head.p[7] == '-' && head.p[10] == 'T' && head.p[13] == ':');
}

int document_text(struct buf *storage, struct view *text, struct err *e)
{
	struct log_block block;
	struct log *log;
	int rc;
	if (!is_decorated(*text))
		return 0;
	if (log_open_memory(&log, *text, e) < 0)
		return -1;
	*storage = buf_new(text->n + BUF_LINE);
	while ((rc = log_next(log, &block, e)) == 1)
		buf_add_view(storage, block.text);
	log_close(log);
	*text = buf_view(storage);
	return rc;
}

bool document_path(struct buf *out, struct view printed, struct view root)
{
	buf_clear(out);
	return path_relative(out, printed, root, (struct view){0}) && file_check_relative(buf_view(out), NULL) == 0;
}
