/* document.h - reports as documents: XML and JSON that somebody else wrote, and the paths in them. */
#ifndef RM_DIAGNOSE_DOCUMENT_H
#define RM_DIAGNOSE_DOCUMENT_H

#include "base/json.h"

/* ---- text ---------------------------------------------------------------------------------------- */

/* Text that may be a log: where it has a runner's time stamps or colours, *text becomes what the log says, kept in
 * *storage; else it stays as it is. */
int document_text(struct buf *storage, struct view *text, struct err *e);

#define DOCUMENT_DEPTH_MAX 64        /* elements of XML in each other; of JSON: JSON_DEPTH_MAX */
#define DOCUMENT_VALUES_MAX 8000000u /* of a JSON document: each takes some 80 bytes of memory */
#define DOCUMENT_JSON_MAX ((size_t)64 << 20)

/* ---- XML ----------------------------------------------------------------------------------------- */

/* What a reader sees of a document, element by element; nothing of it is kept. `name` is without its namespace's
 * prefix. `depth` is 1 for the outermost element. */
struct document_xml {
	void *context;
	void (*start)(void *context, unsigned depth, const char *name, const char **attributes);
	void (*end)(void *context, unsigned depth, const char *name); /* NULL: not asked for */
	void (*text)(void *context, struct view text);                /* NULL; comes in pieces */
	const char *refusal; /* set by a callback: the reading ends with this reason */
};
/* A document type that only names a DTD is passed over: nothing is ever fetched. One that declares something (entities
 * are how XML attacks) is refused. ERR_INPUT with the line of the document. */
int document_xml_read(struct document_xml *x, struct view xml, struct err *e);
/* The name of the outermost element, "" when this is no XML. Looks at the first bytes only. */
struct view document_xml_root(struct view xml);
const char *document_attribute(const char **list, const char *name); /* NULL: not there */
/* A whole number, 0..max; `fallback` when the attribute is missing or something else. */
int64_t document_number(const char **list, const char *name, int64_t max, int64_t fallback);

/* ---- JSON ---------------------------------------------------------------------------------------- */

/* A document of limited bytes, depth and number of values. */
cJSON *document_json(struct view text, struct err *e);
/* "a.b.c": a member of members; NULL when absent or null. */
const cJSON *document_member(const cJSON *object, const char *dotted);

/* ---- paths --------------------------------------------------------------------------------------- */

/* A path as a report prints it -> relative to the repository at `root` ("" unknown), '/' between components, "." and
 * ".." resolved. False when it leads out of the repository, cannot be told, or is none that git could hold
 * (file_check_relative). */
bool document_path(struct buf *out, struct view printed, struct view root);

#endif
