/* rule_read.h - inside of rule_load(): the keys of one rule, and whether the rule keeps its word. */
#ifndef RM_RULES_RULE_READ_H
#define RM_RULES_RULE_READ_H

#include "base/yaml.h"
#include "rules/pattern.h"
#include "rules/rule.h"

struct rule_reader {
	struct yaml_source source;
	struct arena *arena;
	struct pattern_machine *machine;
	bool user;
	const char *tool; /* of the file, or NULL */
};

/* rule_field.c: reads the keys of the mapping `v` and fills in defaults. */
int rule_read(const struct rule_reader *r, const struct yaml *v, struct rule *ret);
/* rule_check.c: compiles the patterns, derives the literals, tries hits and misses. */
int rule_check(const struct rule_reader *r, const struct yaml *v, struct rule *rule);

#endif
