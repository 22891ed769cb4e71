#include "fixers/python/imports.h"
#include "fixers/words.h"

#include <string.h>

struct reader {
	const struct py *py;
	size_t at, end;
	struct import *ret;
};

/* ---- reading ------------------------------------------------------------------------------------- */

static void skip_space(struct reader *r)
{
	for (; r->at < r->end; r->at++) {
		char c = r->py->text.p[r->at];

		if (r->py->kind[r->at] == PY_COMMENT)
			r->ret->has_comment = true;
		else if (!strchr(" \t\r\n\\", c))
			return;
	}
}

static bool take(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	skip_space(r);
	if (r->end - r->at < n || memcmp(r->py->text.p + r->at, text, n) != 0)
		return false;
	if (py_is_name(*text) && r->at + n < r->end && py_is_name(r->py->text.p[r->at + n]))
		return false;
	r->at += n;
	return true;
}

/* A dotted name; leading dots when `relative`. */
static struct view take_dotted(struct reader *r, bool relative)
{
	size_t start;

	skip_space(r);
	start = r->at;
	while (relative && r->at < r->end && r->py->text.p[r->at] == '.')
		r->at++;
	while (r->at < r->end && (py_is_name(r->py->text.p[r->at]) || r->py->text.p[r->at] == '.'))
		r->at++;
	return view_sub(r->py->text, start, r->at - start);
}

static bool take_name(struct reader *r)
{
	struct import_name *n = &r->ret->names[r->ret->count];

	if (r->ret->count == IMPORT_NAMES_MAX)
		return false;
	*n = (struct import_name){0};
	n->name = take_dotted(r, false);
	n->from = r->at - n->name.n;
	n->to = r->at;
	if (n->name.n == 0)
		return false;
	if (take(r, "as")) {
		n->alias = take_dotted(r, false);
		n->to = r->at;
	}
	r->ret->count++;
	return true;
}

static bool take_names(struct reader *r)
{
	do {
		skip_space(r);
		if (r->ret->open && r->at < r->end && r->py->text.p[r->at] == ')')
			break;
		if (!take_name(r))
			return false;
	} while (take(r, ","));
	return r->ret->count > 0;
}

static bool read_statement(struct reader *r)
{
	struct import *ret = r->ret;

	if (take(r, "import"))
		return take_names(r);
	if (!take(r, "from"))
		return false;
	ret->is_from = true;
	ret->module = take_dotted(r, true);
	if (ret->module.n == 0 || !take(r, "import"))
		return false;
	if (take(r, "("))
		ret->open = r->at - 1;
	if (!take_names(r))
		return false;
	if (!ret->open)
		return true;
	if (!take(r, ")"))
		return false;
	ret->close = r->at - 1;
	return true;
}

bool import_read(struct import *ret, const struct source *s, const struct py *p, uint32_t line)
{
	struct reader r = {.py = p, .ret = ret};

	*ret = (struct import){.first = line, .last = line};
	if (!p->valid || line == 0 || line > s->line_count)
		return false;
	while (ret->first > 1 && p->joined[ret->first - 1])
		ret->first--;
	while (ret->last < s->line_count && p->joined[ret->last])
		ret->last++;
	ret->from = source_offset(s, ret->first);
	ret->to = source_offset(s, ret->last + 1);
	r.at = ret->from;
	r.end = ret->to;
	while (r.at < r.end && (p->text.p[r.at] == ' ' || p->text.p[r.at] == '\t'))
		r.at++;
	ret->indent = r.at - ret->from;
	if (!read_statement(&r))
		return false;
	skip_space(&r);
	return r.at == r.end; /* no second statement behind a semicolon */
}

struct view import_bound(const struct import *i, const struct import_name *n)
{
	size_t dot = view_find_char(n->name, '.');

	if (n->alias.n)
		return n->alias;
	return i->is_from || dot == VIEW_NONE ? n->name : view_sub(n->name, 0, dot);
}

bool import_spelled(const struct import *i, const struct import_name *n, struct view spelling)
{
	BUF_AUTO full = buf_new(BUF_LINE);

	if (i->is_from) {
		buf_add_view(&full, i->module);
		buf_add_text(&full, view_ends(i->module, ".") ? "" : ".");
	}
	buf_add_view(&full, n->name);
	if (view_eq(buf_view(&full), spelling))
		return n->alias.n == 0 || !view_has(spelling, " as ");
	if (n->alias.n) {
		buf_add_text(&full, " as ");
		buf_add_view(&full, n->alias);
	}
	return view_eq(buf_view(&full), spelling);
}

/* ---- taking out ---------------------------------------------------------------------------------- */

static bool is_idle(const struct source *s, uint32_t line)
{
	struct view v = view_trim(source_line(s, line));

	return v.n == 0 || *v.p == '#';
}

/* Inside a block: it must have another statement, and must not be one of try/except, where an import may fail. */
static int check_block(const struct import *i, const struct source *s, const struct py *p, struct err *e)
{
	uint32_t line = i->first - 1, next = i->last + 1;
	bool alone_above = false;

	if (i->indent == 0)
		return 0;
	while (line > 0 &&
		(is_idle(s, line) || p->joined[line - 1] || words_indent(source_line(s, line)) >= i->indent)) {
		alone_above |=
			!is_idle(s, line) && !p->joined[line - 1] && words_indent(source_line(s, line)) == i->indent;
		line--;
	}
	if (line > 0) {
		struct view opener = view_trim(source_line(s, line));

		if (view_starts(opener, "try") || view_starts(opener, "except") || view_starts(opener, "else") ||
			view_starts(opener, "finally"))
			return err_set(e, ERR_REFUSED, "%s:%u: the import stands in try/except", s->path, i->first);
	}
	while (next <= s->line_count && is_idle(s, next))
		next++;
	if (!alone_above && (next > s->line_count || words_indent(source_line(s, next)) < i->indent))
		return err_set(
			e, ERR_REFUSED, "%s:%u: the import is the only statement of its block", s->path, i->first);
	return 0;
}

static bool only_one_on_its_line(const struct import *i, const struct source *s, const struct import_name *n)
{
	uint32_t line = source_line_at(s, n->from);

	if (!i->open || line == source_line_at(s, i->open) || line == source_line_at(s, i->close))
		return false;
	for (size_t k = 0; k < i->count; k++)
		if (&i->names[k] != n && source_line_at(s, i->names[k].from) == line)
			return false;
	return source_line_at(s, n->to) == line;
}

/* With the comma behind it, or the one before it when it is the last that stays. */
static int cut_name(const struct import *i, size_t k, struct source *s, struct err *e)
{
	const struct import_name *n = &i->names[k];
	size_t later = k + 1, earlier = k;

	if (only_one_on_its_line(i, s, n))
		return source_cut_lines(s, source_line_at(s, n->from), source_line_at(s, n->from), e);
	while (later < i->count && i->names[later].removed)
		later++;
	if (later < i->count)
		return source_splice(s, n->from, i->names[k + 1].from - n->from, (struct view){0}, e);
	while (earlier > 0 && i->names[earlier - 1].removed)
		earlier--;
	if (earlier == 0)
		return err_set(e, ERR_REFUSED, "%s:%u: no name would be left", s->path, i->first);
	/* All names from `earlier` on go: one cut from the end of the one that stays. */
	return earlier == k ? source_splice(s, i->names[k - 1].to, i->names[i->count - 1].to - i->names[k - 1].to,
				      (struct view){0}, e)
			    : 0;
}

/* Comments of an import in parentheses belong to the names on their lines: those lines stay as they are. */
static bool spares_comments(const struct import *i, const struct source *s, const struct py *p)
{
	for (size_t k = 0; k < i->count; k++) {
		const struct import_name *n = &i->names[k];
		uint32_t line = source_line_at(s, n->from);

		if (!n->removed)
			continue;
		if (!only_one_on_its_line(i, s, n))
			return false;
		for (size_t at = source_offset(s, line); at < source_offset(s, line + 1); at++)
			if (p->kind[at] == PY_COMMENT)
				return false;
		if (line > 1 && view_starts(view_trim(source_line(s, line - 1)), "#"))
			return false;
	}
	return true;
}

int import_splice(const struct import *i, struct source *s, const struct py *p, bool *gone, struct err *e)
{
	size_t removed = 0;

	for (size_t k = 0; k < i->count; k++)
		removed += i->names[k].removed;
	if (i->has_comment && (removed == i->count || !spares_comments(i, s, p)))
		return err_set(e, ERR_REFUSED, "%s:%u: a comment stands on the import", s->path, i->first);
	if (removed == i->count) {
		for (uint32_t line = i->first; line <= i->last; line++)
			gone[line] = true;
		return check_block(i, s, p, e);
	}
	for (size_t k = 0; k < i->count; k++)
		if (i->names[k].removed && cut_name(i, k, s, e) != 0)
			return -1;
	return 0;
}

/* A stretch of lines that are blank or gone. Of the blank lines that come together as many stay as stood together
 * before; none at the top or the end of the file. */
static int cut_stretch(struct source *s, const bool *gone, uint32_t first, uint32_t last, struct err *e)
{
	uint32_t most = 0, together = 0, kept = 0;

	for (uint32_t line = first; line <= last; line++) {
		together = gone[line] ? 0 : together + 1;
		most = together > most ? together : most;
	}
	if (first == 1 || last == s->line_count)
		most = 0;
	for (uint32_t line = first; line <= last; line++) {
		if (!gone[line] && kept++ < most)
			continue;
		if (source_cut_lines(s, line, line, e) != 0)
			return -1;
	}
	return 0;
}

int import_cut_lines(struct source *s, const bool *gone, struct err *e)
{
	for (uint32_t line = 1; line <= s->line_count; line++) {
		uint32_t first = line;
		bool any = false;

		for (; line <= s->line_count && (gone[line] || source_blank(s, line)); line++)
			any |= gone[line];
		if (any && cut_stretch(s, gone, first, line - 1, e) != 0)
			return -1;
	}
	return 0;
}
