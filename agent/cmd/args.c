#include "cmd/args.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const struct option *find(const struct option *table, struct view name, char letter)
{
	for (; table && table->name; table++)
		if (letter ? table->letter == letter : view_is(name, table->name))
			return table;
	return NULL;
}

static const char *nearest(const struct option *own, const struct option *common, struct view name)
{
	const struct option *tables[] = {own, common};
	const char *best = NULL;
	unsigned least = 3;
	for (size_t t = 0; t < 2; t++)
		for (const struct option *o = tables[t]; o && o->name; o++) {
			unsigned d = view_distance(name, view_of(o->name), 2);
			if (d < least && 2 * d <= name.n) { /* of one letter everything is near */
				least = d;
				best = o->name;
			}
		}
	return best;
}

static int unknown(
	const char *arg, struct view name, const struct option *own, const struct option *common, struct err *e)
{
	const char *near = nearest(own, common, name);
	if (near)
		return err_set(e, ERR_USAGE, "unknown option %s; did you mean --%s?", arg, near);
	return err_set(e, ERR_USAGE, "unknown option %s; --help lists the options", arg);
}

static int check_choice(const struct option *o, const char *value, struct err *e)
{
	if (!strchr(o->value, '|'))
		return 0;
	struct view rest = view_of(o->value), one;
	while (view_next(&rest, '|', &one))
		if (view_is(one, value))
			return 0;
	return err_set(e, ERR_USAGE, "--%s takes %s, not '%.40s'", o->name, o->value, value);
}

static int take(struct args *a, const struct option *o, const char *value, struct err *e)
{
	if (a->given_count >= ARGS_MAX)
		return err_set(e, ERR_USAGE, "more than %u options", ARGS_MAX);
	for (size_t i = 0; i < a->given_count; i++)
		if (a->given[i].option == o && !o->many && o->value)
			return err_set(e, ERR_USAGE, "--%s is given twice", o->name);
	if (value && check_choice(o, value, e) < 0)
		return -1;
	a->given[a->given_count].option = o;
	a->given[a->given_count++].value = value;
	return 0;
}

/* One option at argv[*i]; moves *i over a value that stands apart. */
static int parse_one(struct args *a, int argc, char **argv, int *i, const struct option *own,
	const struct option *common, struct err *e)
{
	const char *arg = argv[*i], *value = NULL;
	bool is_long = arg[1] == '-';
	struct view name = view_of(arg + (is_long ? 2 : 1));
	size_t equals = is_long ? view_find_char(name, '=') : VIEW_NONE;
	if (equals != VIEW_NONE) {
		value = name.p + equals + 1;
		name = view_sub(name, 0, equals);
	}
	char letter = is_long ? 0 : name.n == 1 ? name.p[0] : '\1';
	const struct option *o = find(own, name, letter);
	if (!o)
		o = find(common, name, letter);
	if (!o)
		return unknown(arg, name, own, common, e);
	if (o->value && !value) {
		if (*i + 1 >= argc)
			return err_set(e, ERR_USAGE, "--%s needs a value: %s", o->name, o->value);
		value = argv[++*i];
	}
	if (!o->value && value)
		return err_set(e, ERR_USAGE, "--%s takes no value", o->name);
	return take(a, o, value, e);
}

int args_parse(
	struct args *ret, int argc, char **argv, const struct option *own, const struct option *common, struct err *e)
{
	*ret = (struct args){.rest = mem_array((size_t)argc + 1, sizeof(char *))};
	bool options = true;
	for (int i = 0; i < argc; i++) {
		if (options && !strcmp(argv[i], "--")) {
			options = false;
		} else if (options && argv[i][0] == '-' && argv[i][1]) {
			if (parse_one(ret, argc, argv, &i, own, common, e) < 0) {
				args_done(ret);
				return -1;
			}
		} else {
			ret->rest[ret->rest_count++] = argv[i];
			ret->bare_count += options;
		}
	}
	return 0;
}

void args_done(struct args *a)
{
	free(a->rest);
	a->rest = NULL;
}

bool args_flag(const struct args *a, const char *name)
{
	return args_text(a, name, NULL) || args_all(a, name, NULL, 0);
}

const char *args_text(const struct args *a, const char *name, const char *fallback)
{
	for (size_t i = a->given_count; i-- > 0;)
		if (!strcmp(a->given[i].option->name, name))
			return a->given[i].value;
	return fallback;
}

int args_number(const struct args *a, const char *name, uint64_t max, uint64_t fallback, uint64_t *ret, struct err *e)
{
	const char *text = args_text(a, name, NULL);
	*ret = fallback;
	if (!text || view_number(view_of(text), max, ret))
		return 0;
	return err_set(
		e, ERR_USAGE, "--%s takes a whole number up to %llu, not '%.40s'", name, (unsigned long long)max, text);
}

size_t args_all(const struct args *a, const char *name, const char **ret, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < a->given_count; i++)
		if (!strcmp(a->given[i].option->name, name)) {
			if (ret && n < max)
				ret[n] = a->given[i].value;
			n++;
		}
	return ret && n > max ? max : n;
}
