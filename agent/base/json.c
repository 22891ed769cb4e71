#include "base/json.h"

#include "base/clock.h"
#include "base/mem.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers beyond this are not exact in a double. */
#define EXACT_MAX INT64_C(9007199254740992)

/* Recursion in cJSON is bounded here, before it starts: its own limit is compiled in and much higher. */
static bool is_shallow(struct view text)
{
	int depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']'))
			depth--;
		if (depth > JSON_DEPTH_MAX)
			return false;
	}
	return true;
}

static int fail_at(struct view text, size_t at, struct err *e)
{
	unsigned line = 1;

	for (size_t i = 0; i < at && i < text.n; i++)
		line += text.p[i] == '\n';
	return err_set(e, ERR_INPUT, "not valid JSON (line %u)", line);
}

cJSON *json_parse(struct view text, size_t max_bytes, struct err *e)
{
	const char *end = text.p;
	cJSON *j;

	if (text.n > max_bytes) {
		err_set(e, ERR_LIMIT, "JSON of more than %zu bytes", max_bytes);
		return NULL;
	}
	if (!is_shallow(text)) {
		err_set(e, ERR_LIMIT, "JSON nested deeper than %d", JSON_DEPTH_MAX);
		return NULL;
	}
	j = text.n ? cJSON_ParseWithLengthOpts(text.p, text.n, &end, false) : NULL;
	if (j && view_trim(view_from(text, (size_t)(end - text.p))).n == 0)
		return j;
	fail_at(text, end ? (size_t)(end - text.p) : 0, e);
	cJSON_Delete(j);
	return NULL;
}

/* ---- for documents of strangers ------------------------------------------------------------------------------- */

static bool is_utf8(struct view v)
{
	uint32_t code;

	for (size_t n; v.n; v = view_from(v, n)) {
		n = view_utf8(v, &code);
		if (n == 0 || code == 0)
			return false;
	}
	return true;
}

/* "\u0000", which would end a text early: what follows it would be read by some and not by others. */
static bool escapes_nul(struct view text)
{
	for (size_t i = 0; i + 1 < text.n; i++) {
		if (text.p[i] != '\\')
			continue;
		if (view_starts(view_from(text, i), "\\u0000"))
			return true;
		i++;
	}
	return false;
}

/* At least as many as there are values. */
static size_t count_nodes(struct view text)
{
	bool in_string = false;
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else
			n += !in_string && (c == ',' || c == '{' || c == '[');
	}
	return n;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A key that stands twice in this object; NULL: none does. */
static const char *key_twice_here(const cJSON *object)
{
	MEM_AUTO const char **keys = mem_array((size_t)cJSON_GetArraySize(object) + 1, sizeof(*keys));
	const cJSON *child;
	size_t n = 0;

	cJSON_ArrayForEach (child, object)
		keys[n++] = child->string;
	qsort(keys, n, sizeof(*keys), by_text);
	for (size_t i = 1; i < n; i++)
		if (strcmp(keys[i], keys[i - 1]) == 0)
			return keys[i];
	return NULL;
}

static const char *key_twice(const cJSON *j)
{
	const char *key = cJSON_IsObject(j) ? key_twice_here(j) : NULL;
	const cJSON *child;

	cJSON_ArrayForEach (child, j)
		key = key ? key : key_twice(child);
	return key;
}

cJSON *json_parse_strict(struct view text, size_t max_bytes, struct err *e)
{
	const char *key;
	cJSON *j;

	if (text.n <= max_bytes && (!is_utf8(text) || escapes_nul(text))) {
		err_set(e, ERR_INPUT, "not valid JSON: NUL, or bytes that are not UTF-8");
		return NULL;
	}
	if (text.n <= max_bytes && count_nodes(text) > JSON_NODES_MAX) {
		err_set(e, ERR_LIMIT, "JSON of more than %u values", JSON_NODES_MAX);
		return NULL;
	}
	j = json_parse(text, max_bytes, e);
	key = j ? key_twice(j) : NULL;
	if (!key)
		return j;
	err_set(e, ERR_INPUT, "the key `%.80s` stands twice in one JSON object", key);
	json_free(&j);
	return NULL;
}

void json_free(cJSON **j)
{
	cJSON_Delete(*j);
	*j = NULL;
}

const cJSON *json_get(const cJSON *object, const char *name)
{
	const cJSON *j = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNull(j) ? NULL : j;
}

const char *json_text(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(json_get(object, name));
}

int64_t json_int(const cJSON *object, const char *name, int64_t fallback)
{
	const cJSON *j = json_get(object, name);

	if (!cJSON_IsNumber(j) || !(fabs(j->valuedouble) <= (double)EXACT_MAX) ||
		j->valuedouble != floor(j->valuedouble))
		return fallback;
	return (int64_t)j->valuedouble;
}

bool json_bool(const cJSON *object, const char *name, bool fallback)
{
	const cJSON *j = json_get(object, name);

	return cJSON_IsBool(j) ? cJSON_IsTrue(j) : fallback;
}

cJSON *json_object(void)
{
	return mem_must(cJSON_CreateObject());
}

cJSON *json_array(void)
{
	return mem_must(cJSON_CreateArray());
}

/* Valid UTF-8 without NUL, which is what a cJSON string can hold. */
static cJSON *string_of(struct view text)
{
	BUF_AUTO b = buf_new(SIZE_MAX / 4);
	uint32_t code;

	buf_add_text(&b, "");
	for (size_t n; text.n; text = view_from(text, n)) {
		n = view_utf8(text, &code);
		if (n && code)
			buf_add(&b, text.p, n);
		else
			buf_add_text(&b, "\xef\xbf\xbd");
		n = n ? n : 1;
	}
	return mem_must(cJSON_CreateString(buf_text(&b)));
}

void json_add(cJSON *object, const char *name, cJSON *owned_value)
{
	/* The name is a literal: no copy of it is needed, and adding cannot fail. */
	mem_must(cJSON_AddItemToObjectCS(object, name, owned_value) ? object : NULL);
}

void json_add_null(cJSON *object, const char *name)
{
	json_add(object, name, mem_must(cJSON_CreateNull()));
}

void json_add_text(cJSON *object, const char *name, const char *text_or_null)
{
	if (text_or_null)
		json_add_view(object, name, view_of(text_or_null));
	else
		json_add_null(object, name);
}

void json_add_view(cJSON *object, const char *name, struct view text)
{
	json_add(object, name, string_of(text));
}

void json_add_int(cJSON *object, const char *name, int64_t number)
{
	char digits[32];

	if (number >= -EXACT_MAX && number <= EXACT_MAX) {
		json_add_number(object, name, (double)number);
		return;
	}
	snprintf(digits, sizeof(digits), "%" PRId64, number);
	json_add(object, name, mem_must(cJSON_CreateRaw(digits)));
}

void json_add_int_or_null(cJSON *object, const char *name, int64_t number)
{
	if (number < 0)
		json_add_null(object, name);
	else
		json_add_int(object, name, number);
}

/* What is kept is what will be printed. */
void json_add_number(cJSON *object, const char *name, double number)
{
	char digits[64];

	if (number > -EXACT_MAX && number < EXACT_MAX && number != (double)(int64_t)number) {
		snprintf(digits, sizeof(digits), "%.6f", number);
		number = strtod(digits, NULL);
	}
	json_add(object, name, mem_must(cJSON_CreateNumber(number)));
}

void json_add_bool(cJSON *object, const char *name, bool value)
{
	json_add(object, name, mem_must(cJSON_CreateBool(value)));
}

void json_add_time(cJSON *object, const char *name, int64_t time_or_unknown)
{
	char text[CLOCK_TEXT_MAX];

	json_add_text(object, name, *clock_iso(time_or_unknown, text) ? text : NULL);
}

void json_append(cJSON *array, cJSON *owned_value)
{
	mem_must(cJSON_AddItemToArray(array, owned_value) ? array : NULL);
}

void json_append_text(cJSON *array, const char *text)
{
	json_append(array, text ? string_of(view_of(text)) : mem_must(cJSON_CreateNull()));
}

static void print_string(struct buf *b, const char *text)
{
	static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *hit;
	size_t plain;

	buf_add_char(b, '"');
	for (; *text; text += plain) {
		for (plain = 0; (unsigned char)text[plain] >= 0x20 && !strchr("\"\\\x7f", text[plain]); plain++)
			;
		buf_add(b, text, plain);
		if (!text[plain])
			break;
		hit = strchr(named, text[plain]);
		if (hit)
			buf_addf(b, "\\%c", letters[hit - named]);
		else
			buf_addf(b, "\\u%04x", (unsigned)text[plain]);
		plain++;
	}
	buf_add_char(b, '"');
}

/* cJSON prints 1700000000000000 as 1.7e+15 and 0.1 + 0.2 with seventeen digits. */
static void print_number(struct buf *b, double number)
{
	char text[32];
	size_t n;

	if (!isfinite(number)) {
		buf_add_text(b, "null");
	} else if (fabs(number) < 0.5e-6) {
		buf_add_char(b, '0');
	} else if (number == floor(number) && fabs(number) <= (double)EXACT_MAX) {
		buf_addf(b, "%" PRId64, (int64_t)number);
	} else if (fabs(number) >= 1e15) {
		buf_addf(b, "%.17g", number);
	} else {
		snprintf(text, sizeof(text), "%.6f", number);
		for (n = strlen(text); text[n - 1] == '0'; n--)
			;
		buf_add(b, text, text[n - 1] == '.' ? n - 1 : n);
	}
}

static void print_children(struct buf *b, const cJSON *j, char open, char close)
{
	const cJSON *child;

	buf_add_char(b, open);
	cJSON_ArrayForEach (child, j) {
		if (child != j->child)
			buf_add_char(b, ',');
		if (open == '{') {
			print_string(b, child->string);
			buf_add_char(b, ':');
		}
		json_print(b, child);
	}
	buf_add_char(b, close);
}

void json_print(struct buf *b, const cJSON *j)
{
	if (cJSON_IsObject(j))
		print_children(b, j, '{', '}');
	else if (cJSON_IsArray(j))
		print_children(b, j, '[', ']');
	else if (cJSON_IsString(j))
		print_string(b, j->valuestring);
	else if (cJSON_IsNumber(j))
		print_number(b, j->valuedouble);
	else if (cJSON_IsRaw(j))
		buf_add_text(b, j->valuestring);
	else
		buf_add_text(b, cJSON_IsTrue(j) ? "true" : cJSON_IsFalse(j) ? "false" : "null");
}
