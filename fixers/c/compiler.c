/* c/compiler-errors - errors of C compilers for which the compiler itself says what to write. */
#include "fixers/mend.h"
#include "fixers/words.h"

#include <string.h>

#define MEMBER "member"
#define NAME "name"
#define SEMICOLON "semicolon"
#define INCLUDE "include"
#define UNUSED "unused"

/* ---- reading the log ------------------------------------------------------------------------------- */

static bool is_member(struct view text)
{
	return view_has(text, "no member named ") && view_has(text, "; did you mean ");
}

static bool is_name(struct view text)
{
	return view_has(text, "; did you mean ") &&
	       (view_has(text, " undeclared") || view_has(text, "undeclared identifier") ||
		       view_has(text, "implicit declaration of function") || view_has(text, "unknown type name"));
}

static bool is_semicolon(struct view text)
{
	return view_starts(text, "expected ';'") || view_starts(text, "expected \xe2\x80\x98;\xe2\x80\x99");
}

/* gcc: "include ‘<string.h>’ or provide a declaration of ‘strlen’"; clang: "include the header <string.h> or explicitly
 * provide a declaration for 'strlen'"; g++: "‘std::vector’ is defined in header ‘<vector>’; did you forget ..." */
static bool include_note(struct view text, struct view *ret_header, struct view *ret_symbol)
{
	size_t open = view_find_char(text, '<'), close = view_find_char(text, '>');

	if (!view_starts(text, "note: ") || open == VIEW_NONE || close == VIEW_NONE || close < open)
		return false;
	*ret_header = view_sub(text, open, close + 1 - open);
	if (view_has(text, " is defined in header ")) {
		if (!words_quoted(text, ret_symbol))
			return false;
		if (view_starts(*ret_symbol, "std::"))
			*ret_symbol = view_from(*ret_symbol, strlen("std::"));
		return true;
	}
	if (!view_starts(text, "note: include "))
		return false;
	/* The closing quote behind the header has one or three bytes. */
	return words_quoted(view_from(text, close + 4), ret_symbol) ||
	       words_quoted(view_from(text, close + 1), ret_symbol);
}

static bool is_undeclared(struct view text)
{
	return view_has(text, "implicit declaration of") || view_has(text, "implicitly declaring library function") ||
	       view_has(text, "undeclared library function") || view_has(text, " is not a member of ") ||
	       view_has(text, " was not declared in this scope") || view_has(text, " does not name a type");
}

/* The first such note stands at the place for the #include; others point at the call. */
static bool find_note(struct mend *m, struct view function, struct complaint *ret)
{
	for (size_t k = 0; k < m->ev->text.count; k++) {
		struct complaint note;
		struct view header, declared;

		if (!complaint_parse(evidence_line(m->ev, k), &note) || !view_eq(note.path, ret->path) ||
			!include_note(note.text, &header, &declared) || !view_eq(declared, function))
			continue;
		ret->text = header;
		ret->line = note.line;
		return true;
	}
	return false;
}

/* Errors that g++ makes of a missing header on the same line: they go with it. */
static bool is_cascade(struct mend *m, const struct complaint *error)
{
	for (size_t i = 0; i < m->ev->text.count; i++) {
		struct complaint other, place;
		struct view symbol;

		if (!complaint_parse(evidence_line(m->ev, i), &other) || other.line != error->line ||
			!view_eq(other.path, error->path) || !view_starts(other.text, "error: ") ||
			!is_undeclared(other.text))
			continue;
		place = other;
		if (words_quoted(other.text, &symbol) && find_note(m, symbol, &place))
			return true;
	}
	return false;
}

/* Warnings about a line that the compiler could not read, or right below, come from that. */
static bool is_aftermath(struct mend *m, const struct complaint *warning)
{
	if (!view_has(warning->text, "[-Werror"))
		return false;
	for (size_t i = 0; i < m->ev->text.count; i++) {
		struct complaint other;

		if (complaint_parse(evidence_line(m->ev, i), &other) && view_starts(other.text, "error: ") &&
			!view_has(other.text, "[-Werror") && view_eq(other.path, warning->path) &&
			other.line <= warning->line && other.line + 2 >= warning->line)
			return true;
	}
	return false;
}

static enum mend_verdict read_error(struct mend *m, struct complaint *ret)
{
	struct view function;

	if (is_aftermath(m, ret))
		return MEND_HARMLESS;

	if (is_member(ret->text))
		ret->code = VIEW(MEMBER);
	else if (is_semicolon(ret->text))
		ret->code = VIEW(SEMICOLON);
	else if (view_starts(ret->text, "unused variable "))
		ret->code = VIEW(UNUSED);
	else if (is_undeclared(ret->text) && words_quoted(ret->text, &function) && find_note(m, function, ret))
		ret->code = VIEW(INCLUDE);
	else if (is_cascade(m, ret))
		return MEND_HARMLESS;
	else if (is_name(ret->text))
		ret->code = VIEW(NAME);
	else
		return MEND_HOPELESS;
	return MEND_COMPLAINT;
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	if (!complaint_parse(evidence_line(m->ev, i), ret))
		return MEND_NOTHING;
	if (view_starts(ret->text, "fatal error: "))
		return MEND_HOPELESS;
	if (!view_starts(ret->text, "error: "))
		return MEND_HARMLESS;
	ret->text = view_from(ret->text, strlen("error: "));
	return read_error(m, ret);
}

/* ---- mending ---------------------------------------------------------------------------------------- */

/* Where the word stands: at the column, or (columns of some compilers count tabs as more) once on the line. */
static size_t place_of(const struct source *s, const struct complaint *c, struct view word)
{
	size_t at = source_column(s, c->line, c->column);
	struct view line = source_line(s, c->line);

	if (at != VIEW_NONE && words_at(s->text, at, word))
		return at;
	at = words_only(line, word);
	return at == VIEW_NONE ? VIEW_NONE : source_offset(s, c->line) + at;
}

/* One slip of the keyboard in a name that is long enough not to be another one. */
static bool is_slip(struct view wrong, struct view right)
{
	bool digit = wrong.n && right.n && (words_digit(wrong.p[wrong.n - 1]) != words_digit(right.p[right.n - 1]));

	return wrong.n >= 4 && right.n >= 4 && !digit && view_distance(wrong, right, 2) <= (wrong.n >= 6 ? 2u : 1u);
}

static bool plural(struct view a, struct view b)
{
	return (a.n == b.n + 1 && view_ends(a, "s") && view_eq(view_sub(a, 0, b.n), b)) ||
	       (b.n == a.n + 1 && view_ends(b, "s") && view_eq(view_sub(b, 0, a.n), a));
}

/* Another name of the file is as near: the compiler's choice is a guess. In a macro the place is not the only one. */
static bool is_guess(const struct source *s, uint32_t line, struct view wrong, struct view right)
{
	if (view_starts(view_trim(source_line(s, line)), "#"))
		return true;
	for (size_t i = 0; i < s->text.n;) {
		size_t n = i;
		struct view word;

		while (n < s->text.n && (words_letter(s->text.p[n]) || words_digit(s->text.p[n])))
			n++;
		word = view_sub(s->text, i, n - i);
		if (word.n && !view_eq(word, wrong) && !view_eq(word, right) && is_slip(wrong, word))
			return true;
		i = n + 1;
	}
	return false;
}

static int rename_word(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t hint = view_find(c->text, "; did you mean "), named = view_find(c->text, "named ");
	struct view wrong, right;
	size_t at;

	if (!words_quoted(view_from(c->text, hint), &right) ||
		!words_quoted(view_is(c->code, MEMBER) ? view_from(c->text, named) : c->text, &wrong))
		return err_set(e, ERR_REFUSED, "%s:%u: the message cannot be read", s->path, c->line);
	if (!is_slip(wrong, right))
		return err_set(e, ERR_REFUSED, "%.*s is not near enough to %.*s", VIEW_ARG(wrong), VIEW_ARG(right));
	at = place_of(s, c, wrong);
	if (at == VIEW_NONE)
		return err_set(e, ERR_REFUSED, "%s:%u does not have %.*s", s->path, c->line, VIEW_ARG(wrong));
	if (view_is(c->code, NAME) || plural(wrong, right) || is_guess(s, c->line, wrong, right))
		m->ret->tier = TIER_REVIEW;
	return source_splice(s, at, wrong.n, right, e);
}

static int add_semicolon(const struct complaint *c, struct source *s, struct err *e)
{
	struct view code = words_code(source_line(s, c->line));
	size_t at = source_column(s, c->line, c->column), end = source_offset(s, c->line) + code.n;

	if (code.n == 0 || strchr(";{},(", code.p[code.n - 1]) || at == VIEW_NONE || (at != end && at + 1 != end))
		return err_set(e, ERR_REFUSED, "%s:%u: the semicolon does not belong to the end of the line", s->path,
			c->line);
	return source_splice(s, end, 0, VIEW(";"), e);
}

/* Headers of the C and C++ libraries. */
static const char *const headers[] = {"<assert.h>", "<ctype.h>", "<errno.h>", "<fcntl.h>", "<float.h>", "<inttypes.h>",
	"<limits.h>", "<locale.h>", "<math.h>", "<setjmp.h>", "<signal.h>", "<stdarg.h>", "<stdbool.h>", "<stddef.h>",
	"<stdint.h>", "<stdio.h>", "<stdlib.h>", "<string.h>", "<strings.h>", "<time.h>", "<unistd.h>", "<wchar.h>",
	"<wctype.h>", "<algorithm>", "<any>", "<array>", "<atomic>", "<bitset>", "<cassert>", "<cctype>", "<cerrno>",
	"<cfloat>", "<chrono>", "<cinttypes>", "<climits>", "<cmath>", "<condition_variable>", "<cstdarg>", "<cstddef>",
	"<cstdint>", "<cstdio>", "<cstdlib>", "<cstring>", "<ctime>", "<deque>", "<exception>", "<filesystem>",
	"<fstream>", "<functional>", "<future>", "<initializer_list>", "<iomanip>", "<ios>", "<iostream>", "<istream>",
	"<iterator>", "<limits>", "<list>", "<map>", "<memory>", "<mutex>", "<new>", "<numeric>", "<optional>",
	"<ostream>", "<queue>", "<random>", "<ranges>", "<regex>", "<set>", "<span>", "<sstream>", "<stack>",
	"<stdexcept>", "<streambuf>", "<string>", "<string_view>", "<system_error>", "<thread>", "<tuple>",
	"<type_traits>", "<typeinfo>", "<unordered_map>", "<unordered_set>", "<utility>", "<valarray>", "<variant>",
	"<vector>", NULL};

static int add_include(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view above = view_trim(source_line(s, c->line - 1));
	const char *const *k = headers;

	while (*k && !view_is(c->text, *k))
		k++;
	if (!*k)
		return err_set(e, ERR_REFUSED, "%.*s is no header of the library", VIEW_ARG(c->text));
	if (view_has(s->text, *k))
		return err_set(e, ERR_REFUSED, "%s includes %s", s->path, *k);
	if (c->line > 1 && !view_starts(above, "#include"))
		return err_set(e, ERR_REFUSED, "%s:%u is no place for an include", s->path, c->line);
	return source_splice(s, source_offset(s, c->line), 0,
		view_of(arena_format(&m->ret->arena, "#include %s%s", *k, source_eol(s))), e);
}

/* "    unsigned spare;", "    int n = 0;": a declaration of nothing else, without an effect. */
static bool is_plain_declaration(struct view line, struct view name)
{
	struct view text = view_trim(line), type, rest;
	size_t at = words_only(text, name);

	if (at == VIEW_NONE || at == 0 || !view_ends(text, ";"))
		return false;
	type = view_sub(text, 0, at);
	rest = view_trim(view_sub(text, at + name.n, text.n - at - name.n - 1));
	for (size_t i = 0; i < type.n; i++)
		if (!words_letter(type.p[i]) && !words_digit(type.p[i]) && !strchr("_ \t*", type.p[i]))
			return false;
	if (view_starts(type, "return") || view_starts(type, "goto") || view_starts(type, "typedef"))
		return false;
	if (rest.n == 0)
		return true;
	if (*rest.p != '=')
		return false;
	rest = view_trim(view_from(rest, 1));
	for (size_t i = 0; i < rest.n; i++)
		if (!words_digit(rest.p[i]) && !strchr("xXuUlL.-", rest.p[i]))
			return view_is(rest, "NULL") || view_is(rest, "true") || view_is(rest, "false");
	return rest.n > 0;
}

/* Code that this build leaves out (#ifdef) may use it. */
static bool is_named_below(const struct source *s, uint32_t line, struct view name)
{
	for (uint32_t n = line + 1; n <= s->line_count; n++) {
		struct view text = source_line(s, n);

		if (view_starts(text, "}"))
			return false;
		for (size_t i = 0; i < text.n; i++)
			if (words_at(text, i, name))
				return true;
	}
	return false;
}

static int drop_variable(const struct complaint *c, struct source *s, struct err *e)
{
	struct view name;

	if (!words_quoted(c->text, &name) || !is_plain_declaration(source_line(s, c->line), name))
		return err_set(e, ERR_REFUSED, "%s:%u: the declaration may have an effect", s->path, c->line);
	if (is_named_below(s, c->line, name))
		return err_set(e, ERR_REFUSED,
			"%s:%u: the name stands below, perhaps in code that this build leaves out", s->path, c->line);
	return source_cut_lines(s, c->line, c->line, e);
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	if (view_is(c->code, SEMICOLON))
		return add_semicolon(c, s, e);
	if (view_is(c->code, INCLUDE))
		return add_include(m, c, s, e);
	if (view_is(c->code, UNUSED))
		return drop_variable(c, s, e);
	return rename_word(m, c, s, e);
}

static const struct mender mender = {
	.read = read_line,
	.mend = mend,
	.says = "the compiler's own words, at the places it names, and nothing else",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "fix what the compiler says how to fix";
	ret->reason = "for every error the compiler itself says what to write, and there is no other error";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_c_compiler_errors = {
	.id = "c/compiler-errors",
	.ecosystem = "c",
	.title = "Do what the compiler suggests",
	.what = "Mends errors of gcc and clang that come with their remedy: a misspelt member with one near name, a "
		"missing header "
		"of the C library, a missing semicolon at the end of a line, an unused variable whose declaration has "
		"no effect.",
	.why_safe = "Every error of the step must be one of these. Names must be one slip apart; another misspelt name "
		    "than a "
		    "member's is only offered for review, since it may be meant to be new.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*gcc*", "*clang*", "c/*", "cpp/*", "cc/*", "compiler/*", "make/*", "cmake/*",
		"ninja/*", "generic/*", "runner/*", "shell/*", NULL},
	.paths = (const char *const[]){"*.{c,h,cc,cpp,cxx,hh,hpp,hxx}", NULL},
	.max_files = 10,
	.max_lines = 60,
	.kind = FIX_EDITS,
	.heal_case = "c-did-you-mean",
	.refuse_case = "vcs-submodule-missing",
	.propose = propose,
};
