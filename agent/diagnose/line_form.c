#include "diagnose/line_form.h"

#include <string.h>

struct match {
	struct line_form_fields *ret;
	unsigned steps;
};

static bool fits(struct match *m, const char *form, struct view rest);

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t digits(struct view v, size_t at)
{
	size_t n = at;
	while (n < v.n && is_digit(v.p[n]))
		n++;
	return n - at;
}

static size_t number(struct view v)
{
	size_t n = digits(v, 0);
	if (n && n + 1 < v.n && v.p[n] == '.') {
		size_t fraction = digits(v, n + 1);
		n += fraction ? fraction + 1 : 0;
	}
	return n;
}

static size_t letters(struct view v)
{
	size_t n = 0;
	while (n < v.n && is_letter(v.p[n]))
		n++;
	return n;
}

/* The "[play]" of "name[play]". */
static size_t bracketed(struct view v)
{
	size_t n = 1;
	while (n < v.n && (is_letter(v.p[n]) || is_digit(v.p[n]) || v.p[n] == '-' || v.p[n] == '_'))
		n++;
	return v.n && v.p[0] == '[' && n > 1 && n < v.n && v.p[n] == ']' ? n + 1 : 0;
}

static size_t code(struct view v)
{
	size_t n = 0;
	while (n < v.n && (unsigned char)v.p[n] > ' ' && !strchr("()[]{}<>,;'\"`", v.p[n]))
		n++;
	if (n)
		n += bracketed(view_from(v, n));
	while (n && v.p[n - 1] == ':')
		n--;
	return n;
}

static struct view *field(struct line_form_fields *f, char kind)
{
	switch (kind) {
	case 'p':
		return &f->path;
	case 'm':
		return &f->message;
	case 'l':
		return &f->line;
	case 'c':
		return &f->column;
	case 's':
		return &f->severity;
	case 'k':
		return &f->code;
	case 'w':
		return &f->word;
	case 'n':
		return &f->n;
	case 'd':
		return &f->d;
	case 'r':
		return &f->r;
	default:
		return &f->a;
	}
}

/* Fields whose own bytes tell where they end. */
static size_t closed_length(char kind, struct view v)
{
	enum severity ignored;
	size_t n;
	switch (kind) {
	case 'l':
	case 'c':
		n = digits(v, 0);
		return n <= 9 ? n : 0;
	case 'n':
	case 'd':
		n = digits(v, 0);
		return n <= 18 ? n : 0;
	case 'r':
	case 'a':
		return number(v);
	case 's':
		n = letters(v);
		return n && line_form_severity(view_sub(v, 0, n), &ignored) ? n : 0;
	case 'w':
		return letters(v);
	default:
		return code(v);
	}
}

/* True when the byte at v[0] may begin what the form goes on with: saves most of the tries. */
static bool may_begin(const char *form, struct view v)
{
	if (!*form)
		return !v.n;
	if (form[0] == '%' && form[1] != '%')
		return true;
	return v.n && (*form == ' ' ? is_blank(v.p[0]) : v.p[0] == *form);
}

static bool fits_open(struct match *m, char kind, const char *form, struct view rest)
{
	struct line_form_fields before = *m->ret;
	bool last_first = kind == 'm';
	size_t least = kind == '_' ? 0 : 1;
	if (kind != '_' && (!rest.n || is_blank(rest.p[0])))
		return false;
	for (size_t i = least; i <= rest.n; i++) {
		size_t n = last_first ? rest.n - (i - least) : i;
		struct view behind = view_from(rest, n);
		if (!may_begin(form, behind))
			continue;
		if (++m->steps > LINE_FORM_STEPS_MAX)
			return false;
		if (kind != '_')
			*field(m->ret, kind) = view_sub(rest, 0, n);
		if (fits(m, form, behind))
			return true;
		*m->ret = before;
	}
	return false;
}

static size_t blanks(const char *form, struct view rest)
{
	size_t n = 0;
	while (n < rest.n && is_blank(rest.p[n]))
		n++;
	return n >= strspn(form, " ") ? n : 0;
}

static bool fits(struct match *m, const char *form, struct view rest)
{
	for (; *form; form++) {
		size_t n;
		if (*form == '%' && form[1] != '%') {
			char kind = *++form;
			if (kind == 'p' || kind == 'm' || kind == '_')
				return fits_open(m, kind, form + 1, rest);
			if (!(n = closed_length(kind, rest)))
				return false;
			*field(m->ret, kind) = view_sub(rest, 0, n);
		} else if (*form == ' ') {
			n = blanks(form, rest);
			form += strspn(form, " ") - 1;
		} else {
			form += *form == '%';
			n = rest.n && rest.p[0] == *form;
		}
		if (!n)
			return false;
		rest = view_from(rest, n);
	}
	return !rest.n;
}

bool line_form_match(const char *form, struct view line, struct line_form_fields *ret)
{
	struct match m = {.ret = ret};
	*ret = (struct line_form_fields){0};
	return line.n <= LINE_FORM_MAX && may_begin(form, line) && fits(&m, form, line);
}

bool line_form_severity(struct view word, enum severity *ret)
{
	static const struct {
		const char *word;
		enum severity severity;
	} words[] = {{"error", SEVERITY_ERROR}, {"warning", SEVERITY_WARNING}, {"note", SEVERITY_INFO},
		{"info", SEVERITY_INFO}, {"warn", SEVERITY_WARNING}, {"fatal", SEVERITY_ERROR}, {"err", SEVERITY_ERROR},
		{"critical", SEVERITY_ERROR}, {"blocker", SEVERITY_ERROR}, {"major", SEVERITY_ERROR},
		{"high", SEVERITY_ERROR}, {"failure", SEVERITY_ERROR}, {"medium", SEVERITY_WARNING},
		{"minor", SEVERITY_WARNING}, {"moderate", SEVERITY_WARNING}, {"performance", SEVERITY_WARNING},
		{"portability", SEVERITY_WARNING}, {"low", SEVERITY_INFO}, {"style", SEVERITY_INFO},
		{"information", SEVERITY_INFO}, {"informational", SEVERITY_INFO}, {"notice", SEVERITY_INFO},
		{"hint", SEVERITY_INFO}, {"help", SEVERITY_INFO}, {"convention", SEVERITY_INFO},
		{"refactor", SEVERITY_INFO}, {"suggestion", SEVERITY_INFO}, {"ignore", SEVERITY_INFO},
		{"none", SEVERITY_INFO}, {"E", SEVERITY_ERROR}, {"F", SEVERITY_ERROR}, {"W", SEVERITY_WARNING},
		{"C", SEVERITY_INFO}, {"R", SEVERITY_INFO}, {"I", SEVERITY_INFO}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (view_eq_nocase(word, view_of(words[i].word))) {
			*ret = words[i].severity;
			return true;
		}
	return false;
}

double line_form_number(struct view text)
{
	double value = 0, place = 1;
	if (!text.n || number(text) != text.n || text.n > 18)
		return -1;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '.')
			place = 0.1;
		else if (place == 1)
			value = value * 10 + (text.p[i] - '0');
		else {
			value += (text.p[i] - '0') * place;
			place /= 10;
		}
	return value;
}
