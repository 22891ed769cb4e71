/* rust/unused-import - "unused import" where warnings are errors. */
#include "fixers/mend.h"
#include "fixers/words.h"

#include <string.h>

#define LINE_MAX_WIDTH 100u /* of rustfmt */

/* complaint.text is the list of names in their back ticks: "`A`, `B`, and `C`" */
static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i), names = line;

	if (!view_starts(line, "error"))
		return complaint_parse(line, ret) ? MEND_HARMLESS : MEND_NOTHING; /* frames of other diagnostics */
	if (view_starts(line, "error: could not compile ") || view_starts(line, "error: aborting due to "))
		return MEND_HARMLESS;
	if (!view_starts(line, "error: unused import"))
		return MEND_HOPELESS;
	names = view_from(names, view_find(names, ": `") + 2);
	for (size_t k = i + 1; k < i + 4; k++) {
		struct view place = view_trim(evidence_line(m->ev, k));

		if (!view_starts(place, "--> ") || !complaint_parse(view_from(place, 4), ret))
			continue;
		ret->text = names;
		return MEND_COMPLAINT;
	}
	return MEND_HOPELESS;
}

/* ---- use items -------------------------------------------------------------------------------------- */

struct use {
	uint32_t first, last;   /* lines */
	struct view head, list; /* "use std::io::" and "self, Read, Write"; without braces head is all up to ';' */
	bool group;
};

static bool read_use(struct use *ret, const struct source *s, uint32_t line)
{
	struct view text, trimmed;
	size_t open, end;

	*ret = (struct use){.first = line};
	while (ret->first > 1 && line - ret->first < 40 && !view_starts(view_trim(source_line(s, ret->first)), "use "))
		ret->first--;
	text = view_from(s->text, source_offset(s, ret->first));
	trimmed = view_trim(text);
	end = view_find_char(text, ';');
	if (!view_starts(trimmed, "use ") || end == VIEW_NONE)
		return false;
	ret->last = source_line_at(s, source_offset(s, ret->first) + end);
	if (ret->last < line || view_trim(view_sub(source_line(s, ret->last), 0, VIEW_NONE)).p == NULL)
		return false;
	text = view_sub(text, 0, end);
	if (view_has(text, "//") || view_has(text, "/*") || !view_ends(view_trim(source_line(s, ret->last)), ";"))
		return false;
	if (ret->first > 1 && view_starts(view_trim(source_line(s, ret->first - 1)), "#["))
		return false;
	open = view_find_char(text, '{');
	ret->group = open != VIEW_NONE;
	ret->head = ret->group ? view_sub(text, 0, open) : text;
	if (!ret->group)
		return true;
	ret->list = view_trim(view_from(text, open + 1));
	if (!view_ends(ret->list, "}"))
		return false;
	ret->list.n--;
	return !view_has(ret->list, "{");
}

static bool is_named(struct view names, struct view item)
{
	struct view one;

	while (view_next(&names, '`', &one))
		if (view_next(&names, '`', &one) && view_eq(one, item))
			return true;
	return false;
}

static unsigned count_named(struct view names)
{
	unsigned ticks = 0;

	for (size_t i = 0; i < names.n; i++)
		ticks += names.p[i] == '`';
	return ticks / 2;
}

/* What stays of the group; the number of names that went is in *gone. */
static unsigned rest_of_group(struct view list, struct view names, struct buf *out, unsigned *gone)
{
	struct view item;
	unsigned kept = 0;

	while (view_next(&list, ',', &item)) {
		item = view_trim(item);
		if (item.n == 0)
			continue;
		if (is_named(names, item)) {
			++*gone;
			continue;
		}
		buf_addf(out, "%s%.*s", kept++ ? ", " : "", VIEW_ARG(item));
	}
	return kept;
}

static int rewrite(
	struct mend *m, const struct use *u, struct source *s, unsigned kept, struct view rest, struct err *e)
{
	BUF_AUTO line = buf_new(BUF_LINE);
	size_t from = source_offset(s, u->first), to = source_offset(s, u->last) + source_line(s, u->last).n;

	if (kept > 1)
		buf_addf(&line, "%.*s{%.*s};", VIEW_ARG(u->head), VIEW_ARG(rest));
	else if (view_is(rest, "self") && view_ends(u->head, "::"))
		buf_addf(&line, "%.*s;", (int)u->head.n - 2, u->head.p);
	else
		buf_addf(&line, "%.*s%.*s;", VIEW_ARG(u->head), VIEW_ARG(rest));
	if (line.n > LINE_MAX_WIDTH)
		return err_set(e, ERR_REFUSED, "%s:%u: the list would not fit one line", s->path, u->first);
	return source_splice(s, from, to - from, arena_view(&m->ret->arena, buf_view(&line)), e);
}

/* "#[cfg(test)]" above "mod tests;": a file that this build leaves out, and that may begin with `use super::*`. */
static bool has_conditional_module(const struct source *s)
{
	for (uint32_t n = 2; n <= s->line_count; n++) {
		struct view line = view_trim(source_line(s, n));

		if ((view_starts(line, "mod ") || view_has(line, " mod ")) && view_ends(line, ";") &&
			view_starts(view_trim(source_line(s, n - 1)), "#["))
			return true;
	}
	return false;
}

/* Code for another platform, for tests or in a macro may use the name: the compiler has not seen it. */
static bool may_be_used_elsewhere(const struct source *s, const struct use *u, struct view names)
{
	size_t from = source_offset(s, u->first), to = source_offset(s, u->last + 1);
	struct view one;

	if (!view_has(s->text, "cfg(") && !view_has(s->text, "cfg!(") && !view_has(s->text, "macro_rules!"))
		return false;
	if (has_conditional_module(s))
		return true;
	/* NOLINTNEXTLINE(misc-redundant-expression): each call moves on */
	while (view_next(&names, '`', &one) && view_next(&names, '`', &one)) {
		size_t colon = view_find_last_char(one, ':');
		struct view name = colon == VIEW_NONE ? one : view_from(one, colon + 1);

		for (size_t i = 0; i + name.n <= s->text.n; i++)
			if ((i < from || i >= to) && words_at(s->text, i, name))
				return true;
	}
	return false;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct use u;
	BUF_AUTO rest = buf_new(BUF_LINE);
	unsigned gone = 0, kept;

	if (!read_use(&u, s, c->line))
		return err_set(e, ERR_REFUSED, "%s:%u has no plain use item", s->path, c->line);
	if (may_be_used_elsewhere(s, &u, c->text))
		m->ret->tier = TIER_REVIEW;
	if (!u.group) {
		struct view path = view_trim(view_from(view_trim(u.head), strlen("use ")));

		if (!is_named(c->text, path))
			return err_set(e, ERR_REFUSED, "%s:%u does not import that name", s->path, c->line);
		return source_cut_lines(s, u.first, u.last, e);
	}
	kept = rest_of_group(u.list, c->text, &rest, &gone);
	if (gone != count_named(c->text))
		return err_set(
			e, ERR_REFUSED, "%s:%u does not import all of %.*s", s->path, c->line, VIEW_ARG(c->text));
	return kept ? rewrite(m, &u, s, kept, buf_view(&rest), e) : source_cut_lines(s, u.first, u.last, e);
}

static const struct mender mender = {
	.programs = (const char *const[]){"cargo build", "cargo check", "cargo clippy", "cargo test", "cargo run",
		"cargo doc", "cargo", "rustc", NULL},
	.read = read_line,
	.mend = mend,
	.says = "only names that the compiler calls unused went from use items",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "remove unused imports";
	ret->reason = "the compiler names each unused import, and there is no other error";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_rust_unused_import = {
	.id = "rust/unused-import",
	.ecosystem = "rust",
	.title = "Remove unused imports",
	.what = "`error: unused import` (with `-D warnings`): takes the names out of the `use` item.",
	.why_safe = "The compiler proves that the name is not used. Only plain and one-level `use` items without "
		    "attributes, comments or "
		    "`pub`, and only when there is no other error.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"rust/*", "cargo/*", "*rustc*", "*clippy*", "generic/*", "runner/*", "shell/*",
		"make/*", NULL},
	.paths = (const char *const[]){"*.rs", NULL},
	.max_files = 20,
	.max_lines = 80,
	.kind = FIX_EDITS,
	.heal_case = "rust-unused-import-deny",
	.refuse_case = "rust-borrow-error",
	.propose = propose,
};
