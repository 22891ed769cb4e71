/* yaml.h - YAML as a tree with places, for what people write: the configuration and the rule files.
 *
 * Strict and bounded: one document, no aliases, anchors or tags, keys are texts and unique, ceilings on bytes, depth,
 * keys and nodes. Every value knows its line and column, so that each complaint can name the place. The readers below
 * return 0, or -1 with "NAME:LINE:COLUMN: what" (ERR_INPUT). The tree lives in the arena. */
#ifndef RM_BASE_YAML_H
#define RM_BASE_YAML_H

#include "base/arena.h"
#include "base/err.h"

#define YAML_BYTES_MAX ((size_t)1 << 20)
#define YAML_DEPTH_MAX 16u
#define YAML_KEYS_MAX 1000u /* of one mapping */

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_kind kind;
	bool plain; /* a text without quotes or block style: may be a number, a truth value or null */
	unsigned line, column;
	struct view text;       /* NUL-terminated, without a NUL inside */
	const struct yaml *key; /* of a value in a mapping: its key */
	const struct yaml *first, *next;
	size_t count; /* of members */
};

struct yaml_source {
	const char *name;    /* stands in messages */
	unsigned first_line; /* number of the text's first line: 1 for a whole file */
	struct err *e;
};

/* *ret becomes NULL for an empty document. More than nodes_max values are refused. */
int yaml_parse(
	const struct yaml **ret, const struct yaml_source *s, struct view text, size_t nodes_max, struct arena *a);

/* "NAME:LINE:COLUMN: message"; returns -1. */
int yaml_error(const struct yaml_source *s, const struct yaml *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

const struct yaml *yaml_get(const struct yaml *map, const char *key); /* NULL when absent; map may be NULL */
bool yaml_is_null(const struct yaml *v);                              /* absent, empty, `null` or `~` */
int yaml_expect(const struct yaml_source *s, const struct yaml *v, enum yaml_kind kind);
/* A mapping with no other keys than `known` (NULL at its end); suggests the nearest one. */
int yaml_check_keys(const struct yaml_source *s, const struct yaml *v, const char *const *known);
/* "; did you mean `x`?" for the nearest of `known`, or "". */
#define YAML_SUGGESTION_MAX 96
const char *yaml_suggest(struct view word, const char *const *known, char text[YAML_SUGGESTION_MAX]);

int yaml_read_text(const struct yaml_source *s, const struct yaml *v, size_t max, const char **ret); /* not empty */
int yaml_read_bool(const struct yaml_source *s, const struct yaml *v, bool *ret);                    /* true, false */
int yaml_read_int(const struct yaml_source *s, const struct yaml *v, int64_t min, int64_t max, int64_t *ret);
int yaml_read_number(const struct yaml_source *s, const struct yaml *v, double min, double max, double *ret);
/* A list of texts, each at most text_max bytes. */
int yaml_read_texts(const struct yaml_source *s, const struct yaml *v, size_t count_max, size_t text_max,
	struct arena *a, const char *const **ret, size_t *ret_count);

#endif
