/* diff/printed - the failing check printed what it wants: apply exactly that. */
#include "base/hash.h"
#include "fixers/diff/rustfmt.h"
#include "fixers/diff/trust.h"
#include "fixers/edits.h"
#include "fixers/words.h"

#include <string.h>

struct printed {
	const struct fix_request *q;
	struct evidence *ev;
	struct fix_proposal *ret;
	struct diff diff;
	struct diff_trust trust;
	bool rustfmt;
	struct fix_edit *edits;
	struct view *before;
};

static bool category_fits(enum category c)
{
	return c == CATEGORY_FORMAT || c == CATEGORY_LINT || c == CATEGORY_VCS || c == CATEGORY_UNKNOWN;
}

/* ---- names ------------------------------------------------------------------------------------ */

static const struct {
	const char *old_prefix, *new_prefix, *old_suffix, *new_suffix;
} spellings[] = {
	{"", "", "", ""},
	{"a/", "b/", "", ""},
	{"original/", "fixed/", "", ""},
	{"before/", "after/", "", ""},
	{"old/", "new/", "", ""},
	{"i/", "w/", "", ""},
	{"c/", "w/", "", ""},
	{"c/", "i/", "", ""},
	{"", "", ":before", ":after"},
	{"", "", ".orig", ""},
	{"", "", "", "-formatted"},
	{"", "", " (original)", " (reformatted)"},
	{"", "", " (original)", " (formatted)"},
	{"", "", " (before formatting)", " (after formatting)"},
};

static bool strip(struct view v, const char *prefix, const char *suffix, struct view *ret)
{
	size_t p = strlen(prefix), s = strlen(suffix);

	if (!view_starts(v, prefix) || !view_ends(v, suffix) || v.n <= p + s)
		return false;
	*ret = view_sub(v, p, v.n - p - s);
	return true;
}

/* The one file that both names mean. */
static bool printed_name(const struct diff_file *f, struct view *ret)
{
	struct view old, new;

	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		bool has_old = strip(f->old_name, spellings[i].old_prefix, spellings[i].old_suffix, &old);
		bool has_new = strip(f->new_name, spellings[i].new_prefix, spellings[i].new_suffix, &new);

		*ret = f->creates ? new : old;
		if (f->creates || f->deletes) {
			if ((f->creates ? has_new : has_old) && (i == 1 || !f->git))
				return true;
		} else if (has_old && has_new && view_eq(old, new)) {
			return true;
		}
	}
	return false;
}

static const char *path_of(struct printed *p, const struct diff_file *f, struct err *e)
{
	struct view name;

	if (!printed_name(f, &name)) {
		err_set(e, ERR_REFUSED, "the diff renames %.*s", VIEW_ARG(view_cut_utf8(f->old_name, 200)));
		return NULL;
	}
	if (f->creates)
		return arena_view(&p->ret->arena, name).p;
	return evidence_path(p->ev, name, &p->ret->arena, e);
}

/* ---- is the diff whole? ----------------------------------------------------------------------- */

/* Every hook of pre-commit that failed must have failed by changing files: another one stays red. */
static int check_hooks(const struct evidence *ev, struct err *e)
{
	struct view failed = {0};

	for (size_t i = 0; i <= ev->text.count; i++) {
		struct view line = evidence_line(ev, i);
		bool verdict = view_has(line, "....") &&
			       (view_ends(line, "Failed") || view_ends(line, "Passed") || view_ends(line, "Skipped"));

		if (view_starts(line, "- files were modified by this hook"))
			failed.n = 0;
		if (!verdict && i < ev->text.count)
			continue;
		if (failed.n)
			return err_set(e, ERR_REFUSED, "the hook %.*s found something that the diff does not mend",
				VIEW_ARG(view_sub(
					failed, 0, view_find(failed, "....") < 60 ? view_find(failed, "....") : 60)));
		failed = view_ends(line, "Failed") ? line : (struct view){0};
	}
	return 0;
}

static bool has_edit(const struct printed *p, const char *path)
{
	for (size_t i = 0; i < p->diff.count; i++)
		if (strcmp(p->edits[i].path, path) == 0)
			return true;
	return false;
}

/* "would reformat PATH" (black, ruff), "ERROR: PATH Imports are incorrectly sorted and/or formatted." (isort) */
static bool names_file(struct view line, struct view *ret)
{
	static const char isort[] = " Imports are incorrectly sorted and/or formatted.";

	*ret = view_from(line, strlen("would reformat "));
	if (view_starts(line, "would reformat "))
		return true;
	if (!view_starts(line, "ERROR: ") || !view_ends(line, isort))
		return false;
	*ret = view_sub(line, strlen("ERROR: "), line.n - strlen("ERROR: ") - strlen(isort));
	return true;
}

/* Some formatters name each file beside its diff: one without a diff means that the text is cut. */
static int check_named(struct printed *p, struct err *e)
{
	for (size_t i = 0; i < p->ev->text.count; i++) {
		struct view line = evidence_line(p->ev, i), printed;
		const char *path;

		if (view_starts(line, "error: cannot format ") || view_starts(line, "error: Failed to format "))
			return err_set(e, ERR_REFUSED, "the formatter could not read all files");
		if (!names_file(line, &printed))
			continue;
		path = evidence_path(p->ev, printed, &p->ret->arena, e);
		if (!path || !has_edit(p, path))
			return err_set(e, ERR_REFUSED, "not every file that the formatter names has its diff");
	}
	return 0;
}

/* A line that the log cut, or in which it masked a secret or replaced a byte, is not what the tool printed. */
static int check_lines(const struct printed *p, const struct diff_file *f, struct err *e)
{
	for (size_t i = f->first; i <= f->last && i < p->ev->text.count; i++)
		if (p->ev->text.lines[i].flags & LOG_CUT)
			return err_set(e, ERR_REFUSED, "a line of the diff is too long for the log");
	for (size_t h = 0; h < f->hunk_count; h++)
		for (size_t i = 0; i < f->hunks[h].line_count; i++) {
			const struct diff_line *l = &f->hunks[h].lines[i];

			if (l->kind == '+' && f->new_id.n == 0 &&
				(view_has(l->text, "***") || view_has(l->text, "\xef\xbf\xbd")))
				return err_set(e, ERR_REFUSED, "the log may have masked something in the diff");
		}
	return 0;
}

/* ---- edits ------------------------------------------------------------------------------------ */

static bool id_fits(struct view id, struct view content)
{
	char hex[HASH_BLOB_HEX_MAX];

	hash_git_blob(content, hex);
	return id.n >= 7 && id.n < HASH_BLOB_HEX_MAX && memcmp(hex, id.p, id.n) == 0;
}

static bool is_zero(struct view id)
{
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] != '0')
			return false;
	return true;
}

static int check_ids(
	const struct printed *p, const struct diff_file *f, struct view old, struct view new, struct err *e)
{
	if (!is_zero(f->old_id) && !id_fits(f->old_id, old))
		return err_set(e, ERR_REFUSED, "the diff was made against another version of the file");
	if (!is_zero(f->new_id) && !id_fits(f->new_id, new))
		return err_set(e, ERR_REFUSED, "the changed file is not the one that git saw");
	if (p->trust.ids_must_fit && f->hunk_count &&
		(is_zero(f->old_id) != f->creates || is_zero(f->new_id) != f->deletes))
		return err_set(e, ERR_REFUSED, "the diff has no object ids to check it by");
	return 0;
}

static int read_old(const struct printed *p, const char *path, struct buf *ret, bool *executable, struct err *e)
{
	const struct tree *tree = p->q->tree;
	enum tree_kind kind;

	if (!tree->stat(tree->context, path, &kind))
		return err_set(e, ERR_REFUSED, "%s is not in the repository", path);
	if (kind != TREE_FILE && kind != TREE_EXECUTABLE)
		return err_set(e, ERR_REFUSED, "%s is a link or submodule", path);
	*executable = kind == TREE_EXECUTABLE;
	return tree->read(tree->context, path, FIXER_FILE_BYTES_MAX, ret, e);
}

/* Words of letters and digits. */
static bool next_token(struct view *rest, struct view *ret)
{
	size_t i = 0, n;

	while (i < rest->n && !words_letter(rest->p[i]) && !words_digit(rest->p[i]))
		i++;
	for (n = i; n < rest->n && (words_letter(rest->p[n]) || words_digit(rest->p[n])); n++)
		;
	*ret = view_sub(*rest, i, n - i);
	*rest = view_from(*rest, n);
	return ret->n > 0;
}

static bool has_token(struct view text, struct view token)
{
	for (size_t i = 0; i + token.n <= text.n; i++) {
		bool starts = i == 0 || (!words_letter(text.p[i - 1]) && !words_digit(text.p[i - 1]));
		size_t end = i + token.n;

		if (starts && view_eq_nocase(view_sub(text, i, token.n), token) &&
			(end == text.n || (!words_letter(text.p[end]) && !words_digit(text.p[end]))))
			return true;
	}
	return false;
}

/* A formatter adds no words: what else prints its diffs in its name may. */
static int check_words(const struct printed *p, const struct diff_file *f, struct view old, struct err *e)
{
	struct view rest, token;
	size_t budget = (size_t)256 << 20; /* bytes looked at */

	for (size_t h = 0; p->trust.formats && h < f->hunk_count; h++)
		for (size_t i = 0; i < f->hunks[h].line_count; i++) {
			rest = f->hunks[h].lines[i].text;
			if (f->hunks[h].lines[i].kind != '+')
				continue;
			while (next_token(&rest, &token)) {
				if (!has_token(old, token))
					return err_set(e, ERR_REFUSED, "%s would not write the word %.*s",
						p->trust.program, VIEW_ARG(view_cut_utf8(token, 60)));
				if (budget < old.n)
					return err_set(e, ERR_REFUSED, "the diff is too large to look at its words");
				budget -= old.n;
			}
		}
	return 0;
}

/* "12:34" with digits around it: a time of day. */
static bool has_time(struct view v)
{
	for (size_t i = 2; i + 2 < v.n; i++)
		if (v.p[i] == ':' && words_digit(v.p[i - 1]) && words_digit(v.p[i - 2]) && words_digit(v.p[i + 1]) &&
			words_digit(v.p[i + 2]))
			return true;
	return false;
}

static bool differ_in_digits(struct view a, struct view b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (a.p[i] != b.p[i] && !(words_digit(a.p[i]) && words_digit(b.p[i])))
			return false;
	return true;
}

/* A generator that writes the time will never print the same again: applying its diff proves nothing. */
static int check_clock(const struct diff_file *f, struct err *e)
{
	for (size_t h = 0; h < f->hunk_count; h++)
		for (size_t i = 0; i < f->hunks[h].line_count; i++) {
			const struct diff_line *minus = &f->hunks[h].lines[i];

			for (size_t k = i + 1;
				minus->kind == '-' && has_time(minus->text) && k < f->hunks[h].line_count && k < i + 16;
				k++)
				if (f->hunks[h].lines[k].kind == '+' &&
					differ_in_digits(minus->text, f->hunks[h].lines[k].text))
					return err_set(e, ERR_REFUSED,
						"the diff changes a time of day, which changes every time");
		}
	return 0;
}

static int make_edit(struct printed *p, struct diff_file *f, size_t i, struct err *e)
{
	BUF_AUTO old = {0};
	BUF_AUTO new = buf_new(FIXER_FILE_BYTES_MAX);
	bool executable = f->executable;
	const char *path = path_of(p, f, e);

	if (!path || check_lines(p, f, e) != 0 || (!f->creates && read_old(p, path, &old, &executable, e) != 0))
		return -1;
	if (has_edit(p, path))
		return err_set(e, ERR_REFUSED, "two diffs were printed for %s", path);
	if (p->rustfmt && rustfmt_fit(f, buf_view(&old), e) != 0)
		return err_wrap(e, "%s", path);
	if (check_words(p, f, buf_view(&old), e) != 0 || check_clock(f, e) != 0)
		return err_wrap(e, "%s", path);
	if (diff_apply(f, buf_view(&old), &new, e) != 0 || check_ids(p, f, buf_view(&old), buf_view(&new), e) != 0)
		return err_wrap(e, "%s", path);
	p->before[i] = arena_view(&p->ret->arena, buf_view(&old));
	p->edits[i] = (struct fix_edit){
		.path = path,
		.content_changes = f->hunk_count > 0 || f->creates,
		.content = arena_view(&p->ret->arena, buf_view(&new)),
		.creates = f->creates,
		.deletes = f->deletes,
		.mode_changes = f->mode_changes,
		.executable = f->mode_changes || f->creates ? f->executable : executable,
	};
	return 0;
}

static int find_diff(struct printed *p, struct err *e)
{
	size_t n = p->ev->text.count;
	struct view *lines = arena_array(&p->ret->arena, n + 1, sizeof(*lines));
	int found;

	for (size_t i = 0; i < n; i++)
		lines[i] = evidence_line(p->ev, i);
	found = diff_read(&p->diff, lines, n, &p->ret->arena, e);
	if (found == 0) {
		found = rustfmt_read(&p->diff, lines, n, &p->ret->arena, e);
		p->rustfmt = found == 1;
	}
	return found;
}

static int work_out(struct printed *p, struct err *e)
{
	if (find_diff(p, e) != 1 || !diff_trusted(&p->trust, p->ev, &p->diff, e) || check_hooks(p->ev, e) != 0)
		return -1;
	p->edits = arena_array(&p->ret->arena, DIFF_FILES_MAX, sizeof(*p->edits));
	p->before = arena_array(&p->ret->arena, DIFF_FILES_MAX, sizeof(*p->before));
	for (size_t i = 0; i < DIFF_FILES_MAX; i++)
		p->edits[i].path = "";
	for (size_t i = 0; i < p->diff.count; i++)
		if (make_edit(p, &p->diff.files[i], i, e) != 0)
			return -1;
	return check_named(p, e);
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	struct printed p = {.q = q, .ev = &ev, .ret = ret};
	int status;

	if (!category_fits(q->finding->category))
		return fix_refuse(
			e, "a printed diff is no answer to a %s failure", category_name(q->finding->category));
	status = evidence_read(&ev, q, e);
	if (status != 1)
		return status;
	if (work_out(&p, e) != 0)
		return fix_outcome(e);
	ret->tier = TIER_HEAL;
	ret->confidence = 0.97;
	ret->summary = arena_format(&ret->arena, "apply the diff printed by %s", p.trust.program);
	ret->reason = arena_format(&ret->arena,
		"the failing step printed it (%s), and every line of its context stands in the tree", p.trust.program);
	return edits_propose(ret, p.edits, p.before, p.diff.count, NULL, "context of every hunk matches HEAD", e);
}

const struct fixer fixer_diff_printed = {
	.id = "diff/printed",
	.ecosystem = "diff",
	.title = "Apply the diff that the check printed",
	.what = "Formatters and `git diff --exit-code` print the change they want. This fixer applies it, whole or not "
		"at "
		"all. It reads unified diffs (git, black, isort, autopep8, yapf, ruff, gofmt, shfmt, clang-format, "
		"shellcheck, terraform, pre-commit and others) and those of rustfmt.",
	.why_safe =
		"Only a diff of the failing step is read, only when a program that prints diffs ran there and no test "
		"can "
		"have printed it. Every context and removed line must stand at its place at HEAD; git's object ids, "
		"where printed, must fit before and after. A diff that leaves the repository, is cut, or touches a "
		"protected path is refused as a whole, and so is one in the name of a formatter that adds words, or "
		"one "
		"that changes a time of day.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*", NULL},
	.paths = (const char *const[]){"**", NULL},
	.max_files = 50,
	.max_lines = 2000,
	.kind = FIX_EDITS,
	.heal_case = "py-black-diff-printed",
	.refuse_case = "sh-diff-outside-repo",
	.propose = propose,
};
