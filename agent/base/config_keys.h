/* config_keys.h - every key of the configuration, as data: config.c fills and checks by it, the docs page is made of
 * it.
 *
 * A new key is a member in config.h and one entry in config_keys.c. */
#ifndef RM_BASE_CONFIG_KEYS_H
#define RM_BASE_CONFIG_KEYS_H

#include "base/config.h"
#include "base/yaml.h"

enum config_kind {
	CONFIG_VERSION, /* must be 1; kept nowhere */
	CONFIG_BOOL,    /* bool */
	CONFIG_COUNT,   /* unsigned; min to max */
	CONFIG_RATE,    /* double; 0 to 1 */
	CONFIG_PERCENT, /* double; 0 to 100 */
	CONFIG_TEXT,    /* const char * */
	CONFIG_PATH,    /* const char *, safe and relative */
	CONFIG_ID,      /* const char *, "family/name" */
	CONFIG_WORD,    /* const char *, one of `words` */
	CONFIG_ENUM,    /* an enum, by its place in `words` */
	CONFIG_TEXTS,   /* struct config_list */
	CONFIG_GLOBS,   /* struct config_list of valid patterns */
	CONFIG_WORDS,   /* struct config_list, each one of `words` */
	CONFIG_IDS,     /* struct config_list of "family/name" */
	CONFIG_COMMAND, /* const char * at `offset`, or struct config_list at `other`: shell line or argv */
	CONFIG_TIERS,   /* struct config_fixer_tier *, count at `other` */
	CONFIG_ITEMS,   /* an array of structs of `size`, count at `other`; their keys have the path "...[]." */
	CONFIG_RULES,   /* the text of a sequence, for rules/ */
};

struct config_key {
	const char *path; /* "heal.max_files", "local.checks[].name" */
	enum config_kind kind;
	size_t offset; /* in struct config, or in the item's struct */
	size_t other, size;
	unsigned min, max;
	const char *const *words; /* NULL at the end */
	const char *fallback;     /* the default, as YAML; NULL: none */
	bool required;            /* in an item */
	const char *help;
};

extern const struct config_key config_keys[];
extern const size_t config_key_count;

/* The rest of the path behind `prefix` and a dot ("" has none), or NULL when the key is not below it. */
const char *config_key_below(const struct config_key *k, struct view prefix);

/* Reads a value of any kind but CONFIG_ITEMS into what `base` points to. */
struct config_reader {
	struct yaml_source source;
	struct arena *arena;
	struct view text; /* the whole file */
	const struct yaml *root;
};
int config_read_value(struct config_reader *r, const struct config_key *k, const struct yaml *v, void *base);

#endif
