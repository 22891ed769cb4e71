/* args.h - a command line, checked against a table of options.
 *
 * Long options take "--name value" or "--name=value"; one-letter ones "-q". "--" ends the options. An unknown option is
 * refused with the nearest known one. Values stay in argv, which must outlive the args. */
#ifndef RM_CMD_ARGS_H
#define RM_CMD_ARGS_H

#include "base/err.h"
#include "base/view.h"

struct option {
	const char *name;  /* "format"; NULL ends the table */
	char letter;       /* 'q' or 0 */
	const char *value; /* "text|json", "DIR"; NULL: a switch. With '|' the value must be one of these */
	const char *help;
	bool many; /* may be given several times */
};

#define ARGS_MAX 256u
struct args {
	struct {
		const struct option *option;
		const char *value;
	} given[ARGS_MAX];
	size_t given_count;
	const char **rest; /* what is not an option */
	size_t rest_count;
	size_t bare_count; /* how many of them stood before "--" */
};

/* Each table ends with a NULL name. */
int args_parse(
	struct args *ret, int argc, char **argv, const struct option *own, const struct option *common, struct err *e);
void args_done(struct args *a);
bool args_flag(const struct args *a, const char *name);
const char *args_text(const struct args *a, const char *name, const char *fallback); /* the last one given */
int args_number(const struct args *a, const char *name, uint64_t max, uint64_t fallback, uint64_t *ret, struct err *e);
/* The values of an option that may be given several times, in order; at most max; returns how many. */
size_t args_all(const struct args *a, const char *name, const char **ret, size_t max);

#endif
