/* json.h - JSON through cJSON, with limits on what comes in and helpers for what goes out.
 *
 * Reading: bytes and depth are limited, text must be the whole input. Missing or mistyped members are
 * values (NULL, fallback), because real API answers lack fields that their description promises. */
#ifndef RM_BASE_JSON_H
#define RM_BASE_JSON_H

#include "base/buf.h"
#include "base/err.h"

#include <cjson/cJSON.h>

#define JSON_DEPTH_MAX 64

cJSON *json_parse(struct view text, size_t max_bytes, struct err *e); /* cJSON_Delete() it */
/* For documents of strangers: refuses as well what two readers could understand in two ways (a key twice in one object,
 * NUL, bytes that are not UTF-8), and more than JSON_NODES_MAX values, which cost far more memory than text. */
#define JSON_NODES_MAX 100000u
cJSON *json_parse_strict(struct view text, size_t max_bytes, struct err *e);
void json_free(cJSON **j);
#define JSON_AUTO __attribute__((cleanup(json_free))) cJSON

const cJSON *json_get(const cJSON *object, const char *name);              /* NULL when absent or null */
const char *json_text(const cJSON *object, const char *name);              /* NULL when not a string */
int64_t json_int(const cJSON *object, const char *name, int64_t fallback); /* whole numbers only */
bool json_bool(const cJSON *object, const char *name, bool fallback);

/* Building. Text that is not UTF-8 is repaired (U+FFFD) so that the output is always valid JSON. The `_or_null`
 * forms write null for NULL, CLOCK_UNKNOWN or a negative number. Names must be literals. */
cJSON *json_object(void);
cJSON *json_array(void);
void json_add_text(cJSON *object, const char *name, const char *text_or_null);
void json_add_view(cJSON *object, const char *name, struct view text);
void json_add_int(cJSON *object, const char *name, int64_t number);
void json_add_int_or_null(cJSON *object, const char *name, int64_t number); /* < 0 becomes null */
void json_add_number(cJSON *object, const char *name, double number);       /* printed with at most 6 digits */
void json_add_bool(cJSON *object, const char *name, bool value);
void json_add_time(cJSON *object, const char *name, int64_t time_or_unknown);
void json_add_null(cJSON *object, const char *name);
void json_add(cJSON *object, const char *name, cJSON *owned_value);
void json_append_text(cJSON *array, const char *text);
void json_append(cJSON *array, cJSON *owned_value);

/* Appends the compact text of j to b. */
void json_print(struct buf *b, const cJSON *j);

#endif
