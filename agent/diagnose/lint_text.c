/* Issues out of lines, by the forms of lint_forms.c, and GitHub's annotation commands. */
#include "base/file.h"
#include "diagnose/line_form.h"
#include "diagnose/lint.h"

#include <stdio.h>
#include <string.h>

#define TITLE_LINES_MAX 4u /* between a title and its place */
#define LATE_LINES_MAX 60u /* between a place and what gives its code */

/* How most lines begin: matched once a line, not once a form. */
static const char *const beginnings[] = {"%p:%l:%c: ", "%p:%l: "};
#define BEGINNINGS 2
#define FORMS_MAX 256

struct beginning {
	bool fits;
	struct line_form_fields fields;
	struct view rest;
};

struct scan {
	struct lint_reading *r;
	struct beginning begun[BEGINNINGS]; /* of the line */
	char ends[FORMS_MAX];               /* of each form: its last byte, 0: a field's */
	unsigned char kinds[FORMS_MAX];     /* of each form: which beginning it has; BEGINNINGS: none */
	const char *family;                 /* NULL: every tool's forms */
	unsigned age;                       /* lines since the title or its place */
	const struct lint_form *head, *title;
	struct lint_issue head_issue, title_issue; /* views of the text, which stays */
	bool placed;
	char code[2 * LINT_CODE_MAX]; /* with its prefix: of the title, or of what is told at once */
};

static uint32_t number(struct view v)
{
	uint64_t n;
	return view_number(v, UINT32_MAX, &n) ? (uint32_t)n : 0;
}

static enum severity severity_of(const struct lint_form *f, const struct line_form_fields *m)
{
	enum severity severity = f->severity;
	if (m->severity.p)
		line_form_severity(m->severity, &severity);
	else if ((f->flags & LINT_BY_LETTER) && m->code.n)
		line_form_severity(view_sub(m->code, 0, 1), &severity);
	return severity;
}

static struct view code_of(struct scan *s, const struct lint_form *f, struct view code)
{
	if (!code.p)
		return view_of(f->own_code);
	if (!f->prefix)
		return code;
	size_t n = strlen(f->prefix);
	code = view_sub(code, 0, LINT_CODE_MAX);
	memcpy(s->code, f->prefix, n);
	memcpy(s->code + n, code.p, code.n);
	return view_make(s->code, n + code.n);
}

static struct lint_issue issue_of(struct scan *s, const struct lint_form *f, const struct line_form_fields *m)
{
	return (struct lint_issue){.tool = view_of(f->tool),
		.code = code_of(s, f, m->code),
		.severity = severity_of(f, m),
		.path = m->path,
		.line = number(m->line),
		.column = m->column.p ? number(m->column) + !!(f->flags & LINT_FROM_ZERO) : 0,
		.message = m->message};
}

/* What the item does not say stands in its head. */
static struct lint_issue below_head(const struct scan *s, struct lint_issue one)
{
	if (!one.path.n)
		one.path = s->head_issue.path;
	if (!one.line) {
		one.line = s->head_issue.line;
		one.column = one.column ? one.column : s->head_issue.column;
	}
	if (!one.code.n)
		one.code = s->head_issue.code;
	return one;
}

static void flush_title(struct scan *s)
{
	if (s->title && s->placed)
		lint_tell(s->r, s->title_issue);
	s->title = NULL;
	s->placed = false;
}

static bool is_note(const struct lint_form *f, const struct line_form_fields *m)
{
	return (f->flags & LINT_WITHOUT_NOTES) && view_is(m->severity, "note");
}

static bool same_tool(const struct lint_form *a, const struct lint_form *b)
{
	return a && (!a->tool || !b->tool || !strcmp(a->tool, b->tool));
}

static bool apply(struct scan *s, const struct lint_form *f, const struct line_form_fields *m)
{
	switch (f->step) {
	case LINT_WHOLE:
		if (!is_note(f, m))
			lint_tell(s->r, issue_of(s, f, m));
		return true;
	case LINT_HEAD:
		flush_title(s);
		s->head = f;
		s->head_issue = issue_of(s, f, m);
		return true;
	case LINT_ITEM:
	case LINT_ONLY:
		if (!same_tool(s->head, f))
			return false;
		lint_tell(s->r, below_head(s, issue_of(s, f, m)));
		if (f->step == LINT_ONLY)
			s->head = NULL;
		return true;
	case LINT_TITLE:
		flush_title(s);
		s->title = f;
		s->age = 0;
		s->title_issue = issue_of(s, f, m);
		return true;
	case LINT_PLACE:
		if (!s->title || s->placed || s->age > TITLE_LINES_MAX || !same_tool(s->title, f))
			return false;
		s->placed = true;
		s->title_issue.path = m->path;
		s->title_issue.line = number(m->line);
		s->title_issue.column = number(m->column);
		return true;
	case LINT_LATE:
		if (!s->placed || s->title_issue.code.n || !same_tool(s->title, f))
			return false;
		s->title_issue.code = code_of(s, f, m->code);
		return true;
	case LINT_NOTHING:
		return true;
	}
	return false;
}

static bool allowed(const struct scan *s, const struct lint_form *f)
{
	if (!s->family)
		return (f->tool || f->step == LINT_HEAD) && !(f->flags & LINT_TOLD);
	return f->tool ? !strcmp(f->tool, s->family) : !*s->family || f->step == LINT_HEAD;
}

static void begin_line(struct scan *s, struct view line)
{
	for (size_t i = 0; i < BEGINNINGS; i++) {
		struct beginning *b = &s->begun[i];
		char form[32];
		snprintf(form, sizeof form, "%s%%_", beginnings[i]);
		if (!(b->fits = line_form_match(form, line, &b->fields)))
			continue;
		struct view last = b->fields.column.p ? b->fields.column : b->fields.line;
		b->rest = view_trim(view_from(line, (size_t)(last.p + last.n + 1 - line.p)));
	}
}

static void sort_forms(struct scan *s)
{
	for (size_t i = 0; i < FORMS_MAX && lint_forms[i].form; i++) {
		const char *form = lint_forms[i].form;
		size_t n = strlen(form);
		s->ends[i] = n > 1 && form[n - 2] != '%' ? form[n - 1] : '\0';
		s->kinds[i] = BEGINNINGS;
		for (unsigned char k = BEGINNINGS; k-- > 0;)
			if (view_starts(view_make(form, n), beginnings[k]))
				s->kinds[i] = k;
	}
}

static bool matches(const struct scan *s, size_t form, struct view line, struct line_form_fields *m)
{
	const struct lint_form *f = &lint_forms[form];
	if (s->kinds[form] == BEGINNINGS)
		return line_form_match(f->form, line, m);
	const struct beginning *b = &s->begun[s->kinds[form]];
	if (!b->fits || !line_form_match(f->form + strlen(beginnings[s->kinds[form]]), b->rest, m))
		return false;
	m->path = b->fields.path;
	m->line = b->fields.line;
	m->column = b->fields.column;
	return true;
}

static bool fits(const struct scan *s, size_t form, struct view line, struct line_form_fields *m)
{
	const struct lint_form *f = &lint_forms[form];
	return matches(s, form, line, m) && (!f->code || file_glob(f->code, m->code)) &&
	       (!f->files || file_glob(f->files, m->path));
}

static void one_line(struct scan *s, struct view line)
{
	struct view inner = view_trim(line);
	struct line_form_fields m;
	begin_line(s, inner);
	for (size_t i = 0; i < FORMS_MAX && lint_forms[i].form; i++) {
		const struct lint_form *f = &lint_forms[i];
		bool left = f->step == LINT_TITLE || f->step == LINT_HEAD;
		if ((s->ends[i] && s->ends[i] != inner.p[inner.n - 1]) || !allowed(s, f) || (left && line.n != inner.n))
			continue;
		if (fits(s, i, inner, &m) && apply(s, f, &m))
			return;
	}
}

/* ---- ::error file=src/a.c,line=3,col=7,title=x::message ------------------------------------------- */

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

static void add_decoded(struct buf *out, struct view v)
{
	for (size_t i = 0; i < v.n; i++) {
		int a = v.p[i] == '%' && i + 2 < v.n ? hex(v.p[i + 1]) : -1, b = a < 0 ? -1 : hex(v.p[i + 2]);
		buf_add_char(out, b < 0 ? v.p[i] : (char)(a * 16 + b));
		i += b < 0 ? 0 : 2;
	}
}

/* "1:2 [truthy] message", "a.py:1:8: F401 message", "Style/X: message" */
static void cut_code(struct lint_issue *issue)
{
	struct line_form_fields f;
	if (!line_form_match("%l:%c [%k] %m", issue->message, &f) &&
		(!line_form_match("%p:%l:%c: %k %m", issue->message, &f) || !file_glob("[A-Z]*[0-9]", f.code)) &&
		(!line_form_match("%k: %m", issue->message, &f) || view_find_char(f.code, '/') == VIEW_NONE))
		return;
	issue->code = f.code;
	issue->message = f.message;
}

static bool annotation(struct scan *s, struct view line)
{
	static const struct {
		const char *command;
		enum severity severity;
	} commands[] = {{"::error ", SEVERITY_ERROR}, {"::warning ", SEVERITY_WARNING}, {"::notice ", SEVERITY_INFO}};
	BUF_AUTO path = buf_new(BUF_LINE), text = buf_new(BUF_LINE), title = buf_new(BUF_LINE);
	size_t i = 0;
	while (i < 3 && !view_starts(line, commands[i].command))
		i++;
	size_t end = i < 3 ? view_find(view_from(line, 2), "::") : VIEW_NONE;
	if (end == VIEW_NONE)
		return false;
	struct view list = view_sub(line, strlen(commands[i].command), end + 2 - strlen(commands[i].command)), one;
	struct lint_issue issue = {.tool = VIEW("github"), .severity = commands[i].severity};
	while (view_next(&list, ',', &one)) {
		struct view name;
		if (!view_next(&one, '=', &name))
			continue;
		name = view_trim(name);
		if (view_is(name, "file"))
			add_decoded(&path, one);
		else if (view_is(name, "line"))
			issue.line = number(one);
		else if (view_is(name, "col"))
			issue.column = number(one);
		else if (view_is(name, "title"))
			add_decoded(&title, one);
	}
	add_decoded(&text, view_from(line, end + 4));
	issue.path = buf_view(&path);
	issue.message = text.n ? buf_view(&text) : buf_view(&title);
	/* Tools put their rule into the title, or before the message. */
	issue.code = view_find_char(buf_view(&title), ' ') == VIEW_NONE ? buf_view(&title) : (struct view){0};
	if (!issue.code.n)
		cut_code(&issue);
	if (path.n)
		lint_tell(s->r, issue);
	return true;
}

/* Only a line with a digit or with one of these can be something. */
static bool may_tell(struct view line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)(line.p[i] - '0') < 10 || line.p[i] == '/' || line.p[i] == '.' || line.p[i] == ':')
			return true;
	return false;
}

void lint_text(struct lint_reading *r, struct view text)
{
	struct scan s = {.r = r, .family = r->tool ? lint_family(r->tool) : NULL};
	struct view line;
	sort_forms(&s);
	while (view_next(&text, '\n', &line)) {
		line = view_trim_right(line);
		s.age++;
		if (!line.n || s.age > LATE_LINES_MAX)
			flush_title(&s);
		if (!line.n || line.n > LINE_FORM_MAX || !may_tell(line) || annotation(&s, line))
			continue;
		one_line(&s, line);
	}
	flush_title(&s);
}
