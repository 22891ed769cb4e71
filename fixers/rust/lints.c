/* rust/lints - findings of rustc and clippy for which they show the very code to write. */
#include "fixers/mend.h"
#include "fixers/words.h"

#include <string.h>

#define BLOCK_LINES_MAX 120u

/* Lints whose suggestion clippy itself calls machine-applicable: what `clippy --fix` would do. */
static const char *const applicable[] = {"assign_op_pattern", "bind_instead_of_map", "bool_assert_comparison",
	"bool_comparison", "borrow_deref_ref", "bytes_nth", "chars_next_cmp", "char_lit_as_u8", "clone_on_copy",
	"cmp_owned", "comparison_to_empty", "crate_in_macro_def", "deref_addrof", "double_parens",
	"explicit_auto_deref", "explicit_counter_loop", "explicit_into_iter_loop", "explicit_iter_loop",
	"extra_unused_lifetimes", "filter_next", "identity_op", "inherent_to_string", "int_plus_one",
	"into_iter_on_ref", "io_other_error", "iter_cloned_collect", "iter_count", "iter_next_slice", "iter_nth",
	"iter_nth_zero", "iter_skip_next", "legacy_numeric_constants", "len_zero", "manual_div_ceil",
	"manual_is_multiple_of", "manual_range_contains", "map_clone", "mem_replace_with_default", "needless_borrow",
	"needless_borrowed_reference", "needless_borrows_for_generic_args", "needless_lifetimes",
	"needless_question_mark", "needless_return", "neg_multiply", "obfuscated_if_else", "op_ref",
	"option_as_ref_deref", "partialeq_to_none", "println_empty_string", "ptr_eq", "range_plus_one",
	"redundant_closure", "redundant_field_names", "redundant_pattern", "redundant_pattern_matching",
	"redundant_slicing", "redundant_static_lifetimes", "search_is_some", "single_char_add_str",
	"single_char_pattern", "single_component_path_imports", "string_lit_as_bytes", "to_string_in_format_args",
	"toplevel_ref_arg", "uninlined_format_args", "unnecessary_cast", "unnecessary_fold",
	"unnecessary_lazy_evaluations", "unnecessary_mut_passed", "unnecessary_operation", "unnecessary_to_owned",
	"unneeded_struct_pattern", "unused_braces", "unused_mut", "unused_parens", "unused_unit", "unwrap_or_default",
	"useless_asref", "useless_conversion", "useless_format", "useless_vec", "while_let_on_iterator",
	"writeln_empty_string", NULL};

/* A row of the drawing: "12 |     code", "   |     ^^^ help", "12 -     old", "12 +     new". */
struct row {
	uint32_t line;    /* 0: none */
	char kind;        /* '|', '-', '+'; '\0': no such row */
	struct view text; /* behind the mark and one blank */
};

static struct row row_of(struct view line)
{
	struct row r = {0};
	size_t i = 0, from;
	uint64_t n = 0;

	while (i < line.n && line.p[i] == ' ')
		i++;
	for (from = i; i < line.n && words_digit(line.p[i]); i++)
		;
	if (i > from && !view_number(view_sub(line, from, i - from), INT32_MAX, &n))
		return r;
	if (i + 1 > line.n || (i > from && line.p[i] != ' '))
		return r;
	while (i < line.n && line.p[i] == ' ')
		i++;
	if (i >= line.n || !strchr("|-+", line.p[i]) || (i + 1 < line.n && line.p[i + 1] != ' '))
		return r;
	r.line = (uint32_t)n;
	r.kind = line.p[i];
	r.text = view_from(line, i + 2);
	return n || r.kind == '|' ? r : (struct row){0};
}

/* ---- one diagnostic ------------------------------------------------------------------------------------- */

static size_t block_end(const struct mend *m, size_t from)
{
	size_t i = from + 1;

	while (i < m->ev->text.count && i - from < BLOCK_LINES_MAX) {
		struct view line = evidence_line(m->ev, i);

		if (view_starts(line, "error") || view_starts(line, "warning: ") || view_starts(line, "##[") ||
			view_starts(line, "make: "))
			break;
		i++;
	}
	return i;
}

/* "index.html#needless_return", "`-D unused-mut` implied", "`#[deny(unused_mut)]` on by default" */
static bool is_applicable(const struct mend *m, size_t from, size_t end)
{
	static const char *const before[] = {"index.html#", "`-D clippy::", "`-D ", "#[deny(clippy::", "#[deny(",
		"#[allow(clippy::", "#[allow(", NULL};

	for (size_t i = from; i < end; i++)
		for (const char *const *b = before; *b; b++) {
			struct view line = evidence_line(m->ev, i), name;
			size_t at = view_find(line, *b), n = 0;
			BUF_AUTO text = buf_new(BUF_LINE);

			if (at == VIEW_NONE)
				continue;
			name = view_from(line, at + strlen(*b));
			while (n < name.n && (words_letter(name.p[n]) || name.p[n] == '-'))
				n++;
			for (size_t k = 0; k < n; k++)
				buf_add_char(&text, name.p[k] == '-' ? '_' : name.p[k]);
			for (const char *const *a = applicable; *a; a++)
				if (view_is(buf_view(&text), *a))
					return true;
		}
	return false;
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i);
	size_t end;

	if (!view_starts(line, "error"))
		return complaint_parse(line, ret) ? MEND_HARMLESS : MEND_NOTHING;
	if (view_starts(line, "error: could not compile ") || view_starts(line, "error: aborting due to "))
		return MEND_HARMLESS;
	end = block_end(m, i);
	if (!view_starts(line, "error: ") || !is_applicable(m, i, end))
		return MEND_HOPELESS;
	for (size_t k = i + 1; k < end; k++) {
		struct view place = view_trim(evidence_line(m->ev, k));

		if (view_starts(place, "--> ") && complaint_parse(view_from(place, 4), ret))
			return MEND_COMPLAINT;
	}
	return MEND_HOPELESS;
}

/* ---- suggestions ---------------------------------------------------------------------------------------- */

static int unreadable(const struct source *s, const struct complaint *c, struct err *e)
{
	return err_set(e, ERR_REFUSED, "%s:%u: the suggestion cannot be read", s->path, c->line);
}

static bool shows(const struct source *s, const struct row *r)
{
	return r->line >= 1 && r->line <= s->line_count && view_find_char(r->text, '\t') == VIEW_NONE &&
	       view_eq(view_trim_right(source_line(s, r->line)), view_trim_right(r->text));
}

/* "^^^^ help: use this: `code`" below the line. */
static int inline_help(struct source *s, const struct complaint *c, const struct row *above, struct view marks,
	size_t help, struct err *e)
{
	struct view text = view_from(marks, help), code;
	size_t to = help, from, open = VIEW_NONE, at;

	for (size_t i = 0; i + 3 <= text.n; i++)
		if (memcmp(text.p + i, ": `", 3) == 0)
			open = i + 3;
	while (to > 0 && marks.p[to - 1] == ' ')
		to--;
	for (from = to; from > 0 && marks.p[from - 1] == '^'; from--)
		;
	if (open == VIEW_NONE || !view_ends(text, "`") || from == to || !shows(s, above))
		return unreadable(s, c, e);
	code = view_sub(text, open, text.n - open - 1);
	if (view_find_char(code, '`') != VIEW_NONE)
		return unreadable(s, c, e);
	for (size_t i = 0; i < above->text.n; i++)
		if ((unsigned char)above->text.p[i] >= 0x80)
			return unreadable(s, c, e);
	at = source_offset(s, above->line) + from;
	return source_splice(s, at, to - from, code, e);
}

/* The line with the least change: what was cut at its ends, or what lies between equal ends. */
static int replace_line(struct source *s, uint32_t line, struct view new, struct err *e)
{
	struct view old = view_trim_right(source_line(s, line));
	size_t start = source_offset(s, line), same = words_indent(old), behind = 0, found;
	struct view kept = view_trim(new);

	new = view_trim_right(new);
	found = view_find_char(kept, '\0') == VIEW_NONE && kept.n ? same : VIEW_NONE;
	for (; found != VIEW_NONE && found + kept.n <= old.n; found++)
		if (view_eq(view_sub(old, found, kept.n), kept))
			break;
	if (words_indent(new) == same && found != VIEW_NONE && found + kept.n <= old.n) {
		if (found > same && source_splice(s, start + same, found - same, (struct view){0}, e) != 0)
			return -1;
		return found + kept.n == old.n
			       ? 0
			       : source_splice(s, start + found + kept.n, old.n - found - kept.n, (struct view){0}, e);
	}
	for (same = 0; same < old.n && same < new.n &&old.p[same] == new.p[same]; same++)
		;
	while (behind < old.n - same && behind < new.n - same &&old.p[old.n - 1 - behind] == new.p[new.n - 1 - behind])
		behind++;
	return source_splice(s, start + same, old.n - same - behind, view_sub(new, same, new.n - same - behind), e);
}

/* "..." stands for lines that are left out, and older compilers mark changed lines in ways of their own. */
static bool ends_drawing(struct view line)
{
	struct view text = view_trim(line);

	return text.n == 0 || view_starts(text, "= ") || view_starts(text, "help: ") || view_starts(text, "note: ");
}

/* "2 -     old" and "2 +     new" below "help: ..."; lines without a new one go. */
static int changed_lines(
	struct mend *m, struct source *s, const struct complaint *c, size_t from, size_t end, struct err *e)
{
	struct row old = {0};
	unsigned changes = 0;

	for (size_t i = from; i <= end; i++) {
		struct row r = i < end ? row_of(evidence_line(m->ev, i)) : (struct row){0};

		if (r.kind == '-' || r.kind == '|' || r.kind == '\0') {
			if (old.line && source_cut_lines(s, old.line, old.line, e) != 0)
				return -1;
			old = (struct row){0};
		}
		if (r.kind == '-') {
			if (!shows(s, &r))
				return unreadable(s, c, e);
			old = r;
			changes++;
		} else if (r.kind == '+') {
			if (!old.line || row_of(evidence_line(m->ev, i + 1)).kind == '+' ||
				replace_line(s, old.line, r.text, e) != 0)
				return unreadable(s, c, e);
			old = (struct row){0};
		} else if (r.kind == '|' && !r.line && changes && view_trim(r.text).n == 0) {
			return 0;
		} else if (r.kind == '\0') {
			return changes && (i >= end || ends_drawing(evidence_line(m->ev, i))) ? 0 : unreadable(s, c, e);
		}
	}
	return changes ? 0 : unreadable(s, c, e);
}

/* "2 |     new code" with "++++" below what is new. */
static int marked_line(
	struct source *s, const struct complaint *c, const struct row *code, struct view marks, struct err *e)
{
	BUF_AUTO old = buf_new(BUF_LINE);

	for (size_t i = 0; i < code->text.n; i++) {
		if ((unsigned char)code->text.p[i] >= 0x80)
			return unreadable(s, c, e);
		if (i >= marks.n || marks.p[i] != '+')
			buf_add_char(&old, code->text.p[i]);
	}
	if (code->line > s->line_count ||
		!view_eq(view_trim_right(source_line(s, code->line)), view_trim_right(buf_view(&old))))
		return unreadable(s, c, e);
	return replace_line(s, code->line, code->text, e);
}

static bool only_plus(struct view marks)
{
	bool plus = false;

	for (size_t i = 0; i < marks.n; i++) {
		if (marks.p[i] != ' ' && marks.p[i] != '+')
			return false;
		plus |= marks.p[i] == '+';
	}
	return plus;
}

static int block_help(
	struct mend *m, struct source *s, const struct complaint *c, size_t help, size_t end, struct err *e)
{
	struct row first = row_of(evidence_line(m->ev, help + 2)), marks = row_of(evidence_line(m->ev, help + 3));

	if (row_of(evidence_line(m->ev, help + 1)).kind != '|')
		return unreadable(s, c, e);
	if (first.kind == '|' && first.line && marks.kind == '|' && !marks.line && only_plus(marks.text)) {
		struct view below = evidence_line(m->ev, help + 4);

		if (!(row_of(below).kind == '|' && !row_of(below).line && view_trim(row_of(below).text).n == 0) &&
			!ends_drawing(below) && help + 4 < end)
			return unreadable(s, c, e);
		return marked_line(s, c, &first, marks.text, e);
	}
	return changed_lines(m, s, c, help + 2, end, e);
}

/* "let mut n": the suggestion is drawn in several ways. */
static int drop_mut(struct source *s, const struct complaint *c, struct err *e)
{
	size_t at = source_column(s, c->line, c->column);

	if (at == VIEW_NONE || !words_at(s->text, at, VIEW("mut")) || s->text.p[at + 3] != ' ')
		return unreadable(s, c, e);
	return source_splice(s, at, 4, (struct view){0}, e);
}

/* True perhaps only of the build that was made: a number may have another type elsewhere (libc::off_t), and code that
 * this build leaves out may change what need not be mutable here. */
static bool of_this_build(const struct mend *m, const struct complaint *c, const struct source *s)
{
	static const char *const numbers[] = {"`i8`", "`i16`", "`i32`", "`i64`", "`i128`", "`isize`", "`u8`", "`u16`",
		"`u32`", "`u64`", "`u128`", "`usize`", NULL};
	struct view line = evidence_line(m->ev, c->index);

	if (view_has(line, "does not need to be mutable"))
		return view_has(s->text, "cfg(") || view_has(s->text, "cfg!(");
	if (view_has(line, " to the same type"))
		for (const char *const *n = numbers; *n; n++)
			if (view_has(line, *n))
				return true;
	return false;
}

/* Exactly one suggestion: of two a person must choose. */
static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t end = block_end(m, c->index), block = 0, row = 0, column = 0;
	unsigned count = 0;
	struct row above;

	if (of_this_build(m, c, s))
		m->ret->tier = TIER_REVIEW;
	if (view_starts(evidence_line(m->ev, c->index), "error: variable does not need to be mutable"))
		return drop_mut(s, c, e);
	for (size_t i = c->index + 1; i < end; i++) {
		struct view line = evidence_line(m->ev, i);
		struct row r = row_of(line);
		size_t at = view_find(r.text, " help: ");

		if (view_starts(line, "help: ")) {
			block = i;
			count++;
		} else if (r.kind == '|' && !r.line && at != VIEW_NONE) {
			row = i;
			column = at + 1;
			count++;
		}
	}
	if (count != 1)
		return err_set(e, ERR_REFUSED, "%s:%u: there is not exactly one suggestion", s->path, c->line);
	if (block)
		return block_help(m, s, c, block, end, e);
	above = row_of(evidence_line(m->ev, row - 1));
	return inline_help(s, c, &above, row_of(evidence_line(m->ev, row)).text, column, e);
}

static const struct mender mender = {
	.programs = (const char *const[]){"cargo clippy", "cargo build", "cargo check", "cargo test", "cargo run",
		"cargo doc", "cargo nextest", "cargo", "rustc", NULL},
	.read = read_line,
	.mend = mend,
	.says = "each named line was as the compiler shows it, and only its own suggestion came",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "do what clippy suggests";
	ret->reason = "for every error the compiler shows the code to write, by a lint that it can fix by itself";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_rust_lints = {
	.id = "rust/lints",
	.ecosystem = "rust",
	.title = "Do what clippy suggests",
	.what = "Applies the suggestions of clippy and rustc (`help: remove `return``) where they stand in the log: on "
		"the "
		"line, as removed and added lines, or with what is new marked.",
	.why_safe =
		"Only lints whose suggestion clippy calls machine-applicable (what `clippy --fix` would do), only with "
		"exactly "
		"one suggestion, only where the line is at HEAD as it is drawn, and only when there is no other error. "
		"For review where another platform or feature may need what this build does not.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"rust/*", "cargo/*", "*rustc*", "*clippy*", "generic/*", "runner/*", "shell/*",
		"make/*", NULL},
	.paths = (const char *const[]){"*.rs", NULL},
	.max_files = 20,
	.max_lines = 120,
	.kind = FIX_EDITS,
	.heal_case = "rust-clippy-suggestions",
	.refuse_case = "rust-borrow-error",
	.propose = propose,
};
