/* Options of the steps that check the repository out. */
#include "fixers/words.h"
#include "fixers/workflow/files.h"

#include <string.h>

/* Where the keys of a step stand, and its last line. */
struct step {
	size_t keys;
	uint32_t first, last, with, option; /* 0: there is none */
};

static bool is_key(struct view line, const char *key)
{
	struct view text = view_trim(line);

	if (view_starts(text, "- "))
		text = view_trim(view_from(text, 2));
	return view_starts(text, key) && view_starts(view_from(text, strlen(key)), ":");
}

static bool is_item(struct view line)
{
	return view_starts(view_trim(line), "- ");
}

/* The step around its line "uses: actions/checkout@v4"; false where it is not written as a block. */
static bool find_step(struct step *ret, const struct source *s, uint32_t uses, const char *key)
{
	struct view line = source_line(s, uses);
	size_t keys = words_indent(line) + (is_item(line) ? 2 : 0);

	*ret = (struct step){.keys = keys, .first = uses, .last = uses};
	for (uint32_t n = uses; !is_item(source_line(s, n)); n--) {
		if (n == 1 || (!source_blank(s, n) && words_indent(source_line(s, n)) < keys))
			return false;
		ret->first = n - 1;
	}
	if (words_indent(source_line(s, ret->first)) + 2 != keys)
		return false;
	for (uint32_t n = ret->first; n <= s->line_count; n++) {
		line = source_line(s, n);
		if (n > ret->first && !source_blank(s, n) && words_indent(line) < keys)
			break;
		if (source_blank(s, n))
			continue;
		ret->last = n;
		if (is_key(line, "with") && words_indent(line) + (is_item(line) ? 2 : 0) == keys)
			ret->with = n;
		if (is_key(line, key) && words_indent(line) > keys)
			ret->option = n;
	}
	return true;
}

static int add_option(
	struct source *s, const struct step *step, const char *key, const char *value, struct arena *a, struct err *e)
{
	const char *eol = source_eol(s);
	size_t deep = step->keys + 2;

	if (step->with) {
		if (!view_ends(view_trim(source_line(s, step->with)), "with:") || step->with == step->last)
			return err_set(e, ERR_REFUSED, "%s:%u: `with` is not a block", s->path, step->with);
		deep = words_indent(source_line(s, step->with + 1));
		if (deep <= step->keys)
			return err_set(e, ERR_REFUSED, "%s:%u: `with` is not a block", s->path, step->with);
		return source_splice(s, source_offset(s, step->with + 1), 0,
			view_of(arena_format(a, "%*s%s: %s%s", (int)deep, "", key, value, eol)), e);
	}
	return source_splice(s, source_offset(s, step->last + 1), 0,
		view_of(arena_format(
			a, "%*swith:%s%*s%s: %s%s", (int)step->keys, "", eol, (int)deep, "", key, value, eol)),
		e);
}

int workflow_checkout_option(struct source *s, const char *key, const char *value, struct arena *a, struct err *e)
{
	int changes = 0;

	for (uint32_t n = 1; n <= s->line_count; n++) {
		struct step step;

		if (!is_key(source_line(s, n), "uses") || !view_has(source_line(s, n), "actions/checkout@"))
			continue;
		if (!find_step(&step, s, n, key))
			return err_set(e, ERR_REFUSED, "%s:%u: the step is not written as expected", s->path, n);
		if (step.option)
			continue;
		if (step.last == s->line_count && !view_ends(s->text, "\n"))
			return err_set(e, ERR_REFUSED, "%s has no newline at its end", s->path);
		if (add_option(s, &step, key, value, a, e) != 0)
			return -1;
		changes++;
	}
	return changes;
}
