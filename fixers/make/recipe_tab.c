/* make/recipe-tab - a recipe that is indented by blanks. */
#include "fixers/mend.h"
#include "fixers/words.h"

#include "base/file.h"

#include <string.h>

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	if (!complaint_parse(evidence_line(m->ev, i), ret))
		return MEND_NOTHING;
	return view_starts(ret->text, "*** missing separator") ? MEND_COMPLAINT : MEND_NOTHING;
}

/* "name: ..." but not "NAME := value" */
static bool is_target(struct view line)
{
	size_t colon = view_find_char(line, ':');

	return line.n && *line.p != ' ' && *line.p != '#' && colon != VIEW_NONE && colon + 1 <= line.n &&
	       !(colon + 1 < line.n && line.p[colon + 1] == '=') && !view_has(view_sub(line, 0, colon), "=");
}

/* The line that make cannot read must follow a target or a line of its recipe. */
static bool follows_recipe(const struct source *s, uint32_t n)
{
	struct view above;

	for (n--; n > 0 && (source_blank(s, n) || view_starts(source_line(s, n), "#")); n--)
		;
	above = source_line(s, n);
	return n > 0 && (view_starts(above, "\t") || is_target(above));
}

/* Line n stands right below a target or a line of a recipe, be that indented by a TAB or as many blanks. */
static bool follows_converted(const struct source *s, uint32_t n, size_t blanks)
{
	for (n--; n > 0; n--) {
		struct view above = source_line(s, n);

		if (is_target(above))
			return true;
		if (source_blank(s, n) || (!view_starts(above, "\t") && words_blanks(above) < blanks))
			return false;
	}
	return false;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t blanks = words_blanks(source_line(s, c->line));

	(void)m;
	if (!file_glob("{Makefile,makefile,GNUmakefile,*.mk,Makefile.*}", view_of(s->path)))
		return err_set(e, ERR_REFUSED, "%s is no makefile", s->path);
	if (blanks < 2 || source_blank(s, c->line) || !follows_recipe(s, c->line))
		return err_set(e, ERR_REFUSED, "%s:%u is no line of a recipe", s->path, c->line);
	/* make stops at the first such line; those of the same recipe and of others follow. */
	for (uint32_t n = c->line; n <= s->line_count; n++) {
		struct view line = source_line(s, n);
		bool recipe = follows_converted(s, n, blanks);

		if (view_starts(line, "define ") || view_starts(line, "endef"))
			return err_set(e, ERR_REFUSED, "%s:%u: a definition may hold such lines", s->path, n);
		if (!recipe || words_blanks(line) < blanks || source_blank(s, n))
			continue;
		if (source_splice(s, source_offset(s, n), blanks, VIEW("\t"), e) != 0)
			return -1;
	}
	return 0;
}

static const struct mender mender = {
	.read = read_line,
	.mend = mend,
	.check = edit_only_white,
	.says = "nothing but white space changed",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "indent the recipe by a TAB";
	ret->reason = "make cannot read the line, which stands in a recipe and is indented by blanks";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_make_recipe_tab = {
	.id = "make/recipe-tab",
	.ecosystem = "make",
	.title = "Indent a recipe by a TAB",
	.what = "`*** missing separator`: replaces the blanks before a recipe's line by a TAB.",
	.why_safe = "Only the line that make names and those of the same recipe, only below a target; nothing but "
		    "white space changes.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"make/*", "*missing-separator*", "generic/*", "runner/*", "shell/*", NULL},
	.paths = (const char *const[]){"Makefile", "makefile", "GNUmakefile", "*.mk", "Makefile.*", NULL},
	.max_files = 1,
	.max_lines = 100,
	.kind = FIX_EDITS,
	.heal_case = "c-makefile-separator",
	.refuse_case = "c-segfault-test",
	.propose = propose,
};
