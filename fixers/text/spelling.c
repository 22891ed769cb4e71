/* text/spelling - misspelt words for which the checker has exactly one correction. */
#include "fixers/mend.h"
#include "fixers/python/scan.h"
#include "fixers/text/white.h"

#include "base/file.h"

#include <string.h>

/* complaint.code is the misspelt word, complaint.text its correction. */

static bool is_word(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!py_is_name(v.p[i]) && v.p[i] != '-' && v.p[i] != '\'')
			return false;
	return v.n > 0;
}

/* "WORD ==> CORRECTION"; several corrections, or one with a remark, need a person. */
static enum mend_verdict codespell(struct view text, struct complaint *ret)
{
	size_t arrow = view_find(text, " ==> ");

	if (arrow == VIEW_NONE)
		return MEND_NOTHING;
	ret->code = view_trim(view_sub(text, 0, arrow));
	ret->text = view_trim(view_from(text, arrow + 5));
	return is_word(ret->code) && is_word(ret->text) ? MEND_COMPLAINT : MEND_HOPELESS;
}

static bool between(struct view *text, const char *before, const char *behind, struct view *ret)
{
	size_t from = view_find(*text, before), to;

	if (from == VIEW_NONE)
		return false;
	*ret = view_from(*text, from + strlen(before));
	to = view_find(*ret, behind);
	if (to == VIEW_NONE)
		return false;
	*text = view_from(*ret, to + strlen(behind));
	ret->n = to;
	return true;
}

/* typos: "`teh` should be `the`", "`teh` -> `the`"; misspell: "\"teh\" is a misspelling of \"the\"". */
static enum mend_verdict quoted_pair(struct view text, struct complaint *ret)
{
	bool ticks = view_starts(text, "`");
	const char *quote = ticks ? "`" : "\"";

	if (!view_has(text, " should be ") && !view_has(text, " -> ") && !view_has(text, " is a misspelling of "))
		return MEND_NOTHING;
	if (!between(&text, quote, quote, &ret->code) || !between(&text, quote, quote, &ret->text))
		return MEND_NOTHING;
	if (view_has(text, quote) || !is_word(ret->code) || !is_word(ret->text))
		return MEND_HOPELESS;
	return MEND_COMPLAINT;
}

/* cspell: "Unknown word (teh) Suggestions: [the*]", "Forbidden word (teh) fix: (the)". A suggestion counts when it is
 * the only one. */
static enum mend_verdict cspell(struct view text, struct complaint *ret)
{
	struct view list;

	if (view_starts(text, "- "))
		text = view_from(text, 2);
	if (!view_starts(text, "Unknown word (") && !view_starts(text, "Misspelled word (") &&
		!view_starts(text, "Forbidden word ("))
		return MEND_NOTHING;
	if (!between(&text, "(", ")", &ret->code))
		return MEND_HOPELESS;
	if (!between(&text, "fix: (", ")", &list) && !between(&text, "Suggestions: [", "]", &list))
		return MEND_HOPELESS;
	ret->text = view_sub(list, 0, list.n - view_ends(list, "*"));
	if (ret->code.n && *ret->code.p >= 'A' && *ret->code.p <= 'Z')
		return MEND_HOPELESS; /* a name is unknown to most dictionaries */
	return is_word(ret->code) && is_word(ret->text) ? MEND_COMPLAINT : MEND_HOPELESS;
}

/* typos' long form: "error: `teh` should be `the`", and below it "  --> ./README.md:3:5" */
static enum mend_verdict long_form(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = view_trim(evidence_line(m->ev, i)), above = view_trim(evidence_line(m->ev, i ? i - 1 : 0));

	if (view_starts(line, "\xe2\x95\xad\xe2\x96\xb8 ")) /* newer versions draw a corner */
		line = view_from(line, 7);
	else if (view_starts(line, "--> "))
		line = view_from(line, 4);
	else
		return MEND_NOTHING;
	if (i == 0 || !complaint_parse(line, ret))
		return MEND_NOTHING;
	return quoted_pair(complaint_without_level(above), ret);
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i), text;
	enum mend_verdict verdict = long_form(m, i, ret);

	if (verdict != MEND_NOTHING)
		return verdict;
	if (view_starts(line, "Error: "))
		line = view_from(line, 7);
	if (!complaint_parse(line, ret))
		return MEND_NOTHING;
	text = complaint_without_level(ret->text);
	verdict = cspell(text, ret);
	if (verdict != MEND_NOTHING)
		return verdict;
	verdict = codespell(text, ret);
	return verdict == MEND_NOTHING ? quoted_pair(text, ret) : verdict;
}

/* ---- where the word stands ------------------------------------------------------------------------ */

enum place { PLACE_PROSE, PLACE_CODE, PLACE_LINK };

static bool in_python_prose(const struct source *s, size_t at, struct arena *a)
{
	struct py py;
	size_t from = at;

	py_scan(&py, s->text, a);
	if (!py.valid || py.kind[at] == PY_COMMENT)
		return py.valid;
	while (from > 0 && py.kind[from - 1] == PY_STRING)
		from--;
	return py.kind[at] == PY_STRING && view_starts(view_from(s->text, from), "\"\"\"");
}

static bool in_comment(const struct source *s, uint32_t line, size_t at, const char *marker)
{
	struct view before = view_sub(source_line(s, line), 0, at - source_offset(s, line));

	return view_has(before, marker);
}

static bool in_c_comment(const struct source *s, uint32_t line, size_t at)
{
	struct view before = view_sub(s->text, 0, at), text = view_trim(source_line(s, line));
	size_t open = VIEW_NONE;

	if (in_comment(s, line, at, "//") || view_starts(text, "* "))
		return true;
	while (view_has(before, "/*")) {
		open = view_find(before, "/*");
		before = view_from(before, open + 2);
	}
	return open != VIEW_NONE && !view_has(before, "*/");
}

static bool has_ending(const char *path, const char *const *globs)
{
	for (; *globs; globs++)
		if (file_glob(*globs, view_of(path)))
			return true;
	return false;
}

static bool in_link(struct view line, size_t at)
{
	size_t from = at, to = at;

	while (from > 0 && !strchr(" \t(<\"'[", line.p[from - 1]))
		from--;
	while (to < line.n && !strchr(" \t)>\"'", line.p[to]))
		to++;
	line = view_sub(line, from, to - from);
	return view_has(line, "://") || view_has(line, "/") || view_has(line, "@") || view_has(line, "www.");
}

/* Files that only look like prose: lists that programs read. */
static bool is_list(const char *path)
{
	static const char *const lists[] = {"*requirements*.txt", "constraints*.txt", "CMakeLists.txt", "robots.txt",
		"requirements/**", "**/locale/**", "**/locales/**", "*words*.txt", "*dictionary*.txt", NULL};

	return has_ending(path, lists) || text_is_data(path);
}

/* Code that prose shows: fenced, indented or between back ticks. */
static bool in_shown_code(const struct source *s, uint32_t line, size_t at)
{
	struct view text = source_line(s, line), before = view_sub(text, 0, at - source_offset(s, line));
	bool fenced = false;
	unsigned ticks = 0;

	for (uint32_t n = 1; n < line; n++) {
		struct view above = view_trim(source_line(s, n));

		fenced ^= view_starts(above, "```") || view_starts(above, "~~~");
	}
	for (size_t i = 0; i < before.n; i++)
		ticks += before.p[i] == '`';
	return fenced || ticks % 2 == 1 || view_ends(before, "``") ||
	       ((view_starts(text, "    ") || view_starts(text, "\t")) && (line == 1 || source_blank(s, line - 1)));
}

static enum place place_of(const struct source *s, uint32_t line, size_t at, struct arena *a)
{
	static const char *const prose[] = {
		"*.md", "*.rst", "*.txt", "*.adoc", "*.tex", "README*", "CHANGELOG*", "NEWS*", NULL};
	static const char *const slashes[] = {
		"*.{c,h,cc,hh,cpp,hpp,js,jsx,ts,tsx,mjs,cjs,go,rs,java,kt,swift,cs,scala,php,dart}", NULL};
	static const char *const hashes[] = {
		"*.{sh,bash,yml,yaml,toml,rb,pl,r,cmake,tf,cfg,ini}", "Makefile", "Dockerfile", NULL};
	bool known = true;

	if (in_link(source_line(s, line), at - source_offset(s, line)))
		return PLACE_LINK;
	if (is_list(s->path))
		return PLACE_CODE;
	if (has_ending(s->path, prose))
		return in_shown_code(s, line, at) ? PLACE_CODE : PLACE_PROSE;
	if (file_glob("*.{py,pyi}", view_of(s->path)))
		known = in_python_prose(s, at, a);
	else if (has_ending(s->path, slashes))
		known = in_c_comment(s, line, at);
	else if (has_ending(s->path, hashes))
		known = in_comment(s, line, at, "#");
	else
		known = false;
	return known ? PLACE_PROSE : PLACE_CODE;
}

/* Checkers do not say the column, or count it differently: every whole word of the line that is spelt so. */
static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view line = source_line(s, c->line);
	unsigned found = 0;

	for (size_t i = 0; i + c->code.n <= line.n; i++) {
		enum place place;
		size_t end = i + c->code.n;

		if (!view_eq(view_sub(line, i, c->code.n), c->code) || (i > 0 && py_is_name(line.p[i - 1])) ||
			(end < line.n && py_is_name(line.p[end])))
			continue;
		place = place_of(s, c->line, source_offset(s, c->line) + i, &m->ret->arena);
		if (place == PLACE_LINK)
			return err_set(e, ERR_REFUSED, "%s:%u: the word is part of a link or path", s->path, c->line);
		if (place == PLACE_CODE)
			m->ret->tier = TIER_REVIEW;
		if (source_splice(s, source_offset(s, c->line) + i, c->code.n, c->text, e) != 0)
			return -1;
		found++;
	}
	if (!found)
		return err_set(
			e, ERR_REFUSED, "%s:%u does not have the word %.*s", s->path, c->line, VIEW_ARG(c->code));
	return 0;
}

static const struct mender mender = {
	.programs = (const char *const[]){"codespell", "typos", "misspell", "golangci-lint", "cspell", "pre-commit",
		"prek", NULL},
	.read = read_line,
	.mend = mend,
	.says = "every misspelt word stood at its place, and nothing else changed",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "correct spelling";
	ret->reason = "the spelling checker has exactly one correction for each word";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_text_spelling = {
	.id = "text/spelling",
	.ecosystem = "text",
	.title = "Correct spelling",
	.what = "Replaces misspelt words as codespell (`teh ==> the`), typos, misspell and cspell say.",
	.why_safe = "Only words with exactly one correction, only on the named lines, only where each stands. In "
		    "prose, comments and "
		    "docstrings; a word in code may be a name that others use, so that it is only offered for review. "
		    "Links "
		    "and paths are left alone.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*codespell*", "*typos*", "*misspell*", "*spell*", "*typo*", "generic/*",
		"runner/*", "shell/*", "make/*", "text/*", "*pre-commit*", NULL},
	.paths = (const char *const[]){"**", NULL},
	.max_files = 50,
	.max_lines = 400,
	.kind = FIX_EDITS,
	.heal_case = "py-codespell-table",
	.refuse_case = "py-forged-error-lines",
	.propose = propose,
};
