/* text/whitespace - white space at line ends and at the end of files, where a check names it. */
#include "fixers/mend.h"
#include "fixers/text/white.h"
#include "fixers/yaml/same.h"

#include "base/file.h"

#include <string.h>

/* Kinds of complaint, kept in complaint.code. */
#define TRAILING "trailing"
#define ALL_TRAILING "all"
#define END_BLANKS "end"
#define NO_NEWLINE "newline"
#define END_OF_FILE "eof"
#define BOM "bom"

#define BOM_HOOK "fix-byte-order-marker"
#define BOM_BYTES "\xef\xbb\xbf"

static bool says_trailing(struct view text)
{
	return view_has_nocase(text, "trailing white") || view_has_nocase(text, "trailing space") ||
	       view_has_nocase(text, "trailing blank");
}

static bool says_no_newline(struct view text)
{
	static const char *const phrases[] = {"no newline at end of file", "no newline at the end of file",
		"no newline at eof", "missing newline at end of file", "missing newline at eof",
		"missing final newline", "missing trailing newline", "no trailing newline", "no final newline",
		"no new line at end of file", "does not end with a newline", "doesn't end with a newline",
		"does not end in a newline", "should end with a newline", "must end with a newline",
		"no new line character at the end of file", NULL};

	for (const char *const *p = phrases; *p; p++)
		if (view_has_nocase(text, *p))
			return true;
	return false;
}

static const char *kind_of(struct view text)
{
	if (says_trailing(text))
		return TRAILING;
	if (view_has_nocase(text, "blank line at eof") || view_has_nocase(text, "blank line at end of file"))
		return END_BLANKS;
	return says_no_newline(text) ? NO_NEWLINE : NULL;
}

/* "PATH:LINE -- trailing whitespace" */
static bool dashed(struct view line, struct complaint *ret)
{
	size_t at = view_find(line, " -- ");

	return at != VIEW_NONE && complaint_parse(view_sub(line, 0, at), ret) &&
	       (ret->text = view_from(line, at + 4), ret->text.n > 0);
}

/* "PATH: no newline at end of file", "No newline at end of file: PATH" */
static bool without_line(struct mend *m, struct view line, struct complaint *ret)
{
	size_t colon = view_find(line, ": ");
	struct view before, behind;

	if (colon == VIEW_NONE || !says_no_newline(line))
		return false;
	before = view_sub(line, 0, colon);
	behind = view_from(line, colon + 2);
	ret->path = says_no_newline(before) ? behind : before;
	ret->code = view_of(NO_NEWLINE);
	return evidence_path(m->ev, ret->path, &m->ret->arena, NULL) != NULL;
}

/* editorconfig-checker: "PATH:" and below it "<TAB>12: Trailing whitespace" */
static enum mend_verdict in_section(struct mend *m, struct view line, struct complaint *ret)
{
	struct view text = view_trim(line), number;
	size_t colon = view_find(text, ": ");
	uint64_t n = 0;

	ret->path = m->section;
	if (view_is(text, "Wrong line endings or no final newline")) {
		ret->code = view_of(NO_NEWLINE);
		return MEND_COMPLAINT;
	}
	number = view_sub(text, 0, colon == VIEW_NONE ? 0 : colon);
	if (!view_number(number, INT32_MAX, &n) || !says_trailing(text))
		return MEND_HOPELESS;
	ret->line = (uint32_t)n;
	ret->code = view_of(TRAILING);
	return MEND_COMPLAINT;
}

/* pre-commit: "- hook id: trailing-whitespace" and below it "Fixing PATH" */
static enum mend_verdict hook_line(struct mend *m, struct view line, struct complaint *ret)
{
	if (view_starts(line, "- hook id: ")) {
		struct view id = view_trim(view_from(line, strlen("- hook id: ")));

		m->section = id;
		return view_is(id, "trailing-whitespace") || view_is(id, "end-of-file-fixer") || view_is(id, BOM_HOOK)
			       ? MEND_NOTHING
			       : MEND_HOPELESS;
	}
	if (view_is(m->section, BOM_HOOK) && view_ends(line, ": removed byte-order marker")) {
		ret->path = view_sub(line, 0, line.n - strlen(": removed byte-order marker"));
		ret->code = VIEW(BOM);
		return MEND_COMPLAINT;
	}
	if (!view_starts(line, "Fixing ") || m->section.n == 0)
		return MEND_NOTHING;
	ret->path = view_from(line, strlen("Fixing "));
	ret->code = view_of(view_is(m->section, "end-of-file-fixer") ? END_OF_FILE : ALL_TRAILING);
	return MEND_COMPLAINT;
}

static bool begins_section(struct mend *m, struct view line, size_t i)
{
	struct view next = evidence_line(m->ev, i + 1);

	if (!view_ends(line, ":") || !view_starts(next, "\t"))
		return false;
	return evidence_path(m->ev, view_sub(line, 0, line.n - 1), &m->ret->arena, NULL) != NULL;
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i);
	enum mend_verdict hook = hook_line(m, line, ret);
	const char *kind;

	if (hook != MEND_NOTHING || view_starts(line, "- hook id: "))
		return hook;
	if (begins_section(m, line, i)) {
		m->section = view_sub(line, 0, line.n - 1);
		return MEND_NOTHING;
	}
	if (view_starts(line, "\t") && m->section.n && evidence_path(m->ev, m->section, &m->ret->arena, NULL))
		return in_section(m, line, ret);
	if (view_starts(line, "+")) /* git shows the line below the complaint */
		return MEND_NOTHING;
	if (without_line(m, line, ret))
		return MEND_COMPLAINT;
	if (!dashed(line, ret) && !complaint_parse(line, ret))
		return MEND_NOTHING;
	kind = kind_of(ret->text);
	ret->code = view_of(kind);
	return kind ? MEND_COMPLAINT : MEND_NOTHING;
}

/* Two blanks at the end of a Markdown line break it; pre-commit's hook keeps them when told so. */
static bool keeps_breaks(struct mend *m, const struct source *s)
{
	BUF_AUTO config = {0};
	const struct tree *tree = m->q->tree;

	if (!file_glob("*.md", view_of(s->path)))
		return false;
	if (tree->read(tree->context, ".pre-commit-config.yaml", FIXER_FILE_BYTES_MAX, &config, NULL) != 0)
		return false;
	return view_has(buf_view(&config), "markdown-linebreak-ext");
}

static int drop_bom(struct source *s, struct err *e)
{
	if (!view_starts(s->text, BOM_BYTES))
		return err_set(e, ERR_REFUSED, "%s has no byte order mark", s->path);
	return source_splice(s, 0, strlen(BOM_BYTES), (struct view){0}, e);
}

static int strip_all(struct mend *m, struct source *s, struct err *e)
{
	bool breaks = keeps_breaks(m, s), markdown = file_glob("*.{md,markdown}", view_of(s->path)), any = false;

	for (uint32_t n = 1; n <= s->line_count; n++) {
		struct view line = source_line(s, n);

		any = any || view_trim_right(line).n < line.n;
		if (!markdown && view_trim_right(line).n < line.n && white_in_value(s, n))
			m->ret->tier = TIER_REVIEW;
		if (breaks && view_ends(line, "  ") && view_trim(line).n) {
			if (white_strip_to(s, n, 2, e) != 0)
				return -1;
		} else if (white_strip_to(s, n, 0, e) != 0) {
			return -1;
		}
	}
	return any ? 0 : err_set(e, ERR_REFUSED, "%s has no white space at the end of a line", s->path);
}

/* pre-commit --show-diff-on-failure: the diff says exactly what the hook did, and is taken or left as a whole. */
static bool is_shown_as_diff(struct mend *m, const char *path)
{
	BUF_AUTO head = buf_new(BUF_PAGE);

	buf_addf(&head, "diff --git a/%s b/%s", path, path);
	for (size_t i = 0; i < m->ev->text.count; i++)
		if (view_eq(view_trim(evidence_line(m->ev, i)), buf_view(&head)))
			return true;
	return false;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	if (m->section.n && (view_is(c->code, ALL_TRAILING) || view_is(c->code, END_OF_FILE)) &&
		is_shown_as_diff(m, s->path))
		return err_set(e, ERR_REFUSED, "the step prints what the hook changed in %s", s->path);
	if (text_is_data(s->path))
		return err_set(e, ERR_REFUSED, "white space may be data in %s", s->path);
	if (view_is(c->code, BOM))
		return drop_bom(s, e);
	if (view_is(c->code, ALL_TRAILING))
		return strip_all(m, s, e);
	if (view_is(c->code, NO_NEWLINE))
		return white_end_with_newline(s, e);
	if (view_is(c->code, END_BLANKS) || view_is(c->code, END_OF_FILE))
		return white_end_of_file(s, e);
	if (white_in_value(s, c->line))
		m->ret->tier = TIER_REVIEW;
	return white_strip(s, c->line, e);
}

static struct view without_bom(struct view text)
{
	return view_starts(text, BOM_BYTES) ? view_from(text, strlen(BOM_BYTES)) : text;
}

static bool only_white(const char *path, struct view before, struct view after, struct err *e)
{
	if (file_glob("*.{yml,yaml}", view_of(path)) && yaml_same(path, before, before, NULL))
		return yaml_same(path, before, after, e);
	return edit_only_white(path, without_bom(before), without_bom(after), e);
}

static const struct mender mender = {
	.read = read_line,
	.mend = mend,
	.check = only_white,
	.says = "nothing but white space changed",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	enum category c = q->finding->category;

	if (c != CATEGORY_FORMAT && c != CATEGORY_LINT && c != CATEGORY_VCS && c != CATEGORY_UNKNOWN)
		return fix_refuse(e, "white space is no answer to a %s failure", category_name(c));
	ret->summary = "strip trailing white space and fix ends of files";
	ret->reason = "the failing check names each place, and each is as it says";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_text_whitespace = {
	.id = "text/whitespace",
	.ecosystem = "text",
	.title = "Strip trailing white space, end files with a newline",
	.what = "Reads `git diff --check`, editorconfig-checker, the hooks trailing-whitespace, end-of-file-fixer "
		"and fix-byte-order-marker of pre-commit, and any check that prints `PATH:LINE: trailing whitespace` "
		"or `PATH: no newline at end of "
		"file`.",
	.why_safe =
		"Only the lines and files that the check names, each verified at HEAD; nothing but white space "
		"changes. "
		"Patches, snapshots, test data and tables of tab-separated values are left alone; blanks that may be "
		"part of a value (a string over several lines, a here-document, a break in Markdown) are only offered "
		"for review. When the check complains about "
		"anything else, too, nothing is done.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*", NULL},
	.paths = (const char *const[]){"**", NULL},
	.max_files = 50,
	.max_lines = 1000,
	.kind = FIX_EDITS,
	.heal_case = "gen-trailing-whitespace",
	.refuse_case = "gen-forged-diff",
	.propose = propose,
};
