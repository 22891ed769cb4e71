#include "publish/pen.h"

#include "base/redact.h"

#include <string.h>

#define URL_MAX 1000u

void short_text(struct buf *out, const char *text, size_t most)
{
	BUF_AUTO safe = buf_new(BUF_FILE);
	/* A secret cut in two would not be known for one. */
	redact_text(&safe, view_of(text));
	struct view cut = view_cut_utf8(view_trim(buf_view(&safe)), most);
	buf_add_view(out, view_trim(cut));
	if (cut.n < view_trim(buf_view(&safe)).n)
		buf_add_text(out, "…");
}

/* On one line, and for HTML without its signs and those of Markdown. */
static void add_line(const struct pen *p, struct view v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (p->form == PEN_HTML && c && strchr("<>&\"\\`*_[]()!|~$", c))
			buf_addf(p->out, "&#%d;", c);
		else
			buf_add_char(p->out, c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
	}
}

void pen_text(const struct pen *p, const char *text, size_t most)
{
	BUF_AUTO cut = buf_new(BUF_PAGE), plain = buf_new(BUF_PAGE);
	short_text(&cut, text, most);
	if (p->form == PEN_MARKDOWN) {
		markdown_text(p->out, buf_view(&cut));
		return;
	}
	plain_text(&plain, buf_view(&cut));
	add_line(p, buf_view(&plain));
}

static void add_code(const struct pen *p, struct view v)
{
	if (p->form == PEN_MARKDOWN) {
		markdown_code(p->out, v);
		return;
	}
	BUF_AUTO plain = buf_new(BUF_PAGE);
	plain_text(&plain, v);
	buf_add_text(p->out, p->form == PEN_HTML ? "<code>" : "");
	add_line(p, buf_view(&plain));
	buf_add_text(p->out, p->form == PEN_HTML ? "</code>" : "");
}

void pen_code(const struct pen *p, const char *text, size_t most)
{
	BUF_AUTO cut = buf_new(BUF_PAGE);
	short_text(&cut, text, most);
	add_code(p, buf_view(&cut));
}

void pen_ours(const struct pen *p, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buf_addv(p->out, format, ap);
	va_end(ap);
}

bool link_is_safe(const char *url, const char *base)
{
	struct view v = view_of(url), root = view_of(base);
	if (!v.n || v.n > URL_MAX || !root.n || !view_starts(v, base))
		return false;
	if (!view_starts(v, "https://") && !view_starts(v, "http://"))
		return false;
	if (root.p[root.n - 1] != '/' && v.n > root.n && v.p[root.n] != '/')
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || (v.p[i] >= 'A' && v.p[i] <= 'Z') ||
			    (v.p[i] >= '0' && v.p[i] <= '9') || (v.p[i] && strchr("/:.-_~?=&#%+", v.p[i]))))
			return false;
	return !view_has(v, "/../") && !redact_finds(v);
}

void pen_link(const struct pen *p, const char *label, const char *url)
{
	if (p->form == PEN_MARKDOWN && link_is_safe(url, p->run->server_url))
		buf_addf(p->out, "[%s](%s)", label, url);
	else
		buf_add_text(p->out, label);
}

#define SHA_SHOWN 7u
#define SHA_FULL 40u

/* Its page; nothing where that cannot be told. */
static void add_commit_url(struct buf *out, const struct publish_run *r, struct view sha)
{
	if (sha.n == SHA_FULL && r->server_url && word_is_safe(r->repository))
		buf_addf(out, "%s/%s/commit/%.*s", r->server_url, r->repository, VIEW_ARG(sha));
}

void pen_sha(const struct pen *p, const char *before, const char *sha)
{
	struct view v = view_of(sha), shown = view_sub(v, 0, SHA_SHOWN);
	BUF_AUTO url = buf_new(BUF_LINE), label = buf_new(BUF_LINE);
	const struct pen pen = {.out = &label, .form = p->form, .run = p->run};
	if (v.n < SHA_SHOWN || strspn(sha, "0123456789abcdef") != v.n)
		return;
	buf_add_text(p->out, before);
	if (p->form == PEN_PLAIN) {
		buf_add_view(p->out, shown); /* to be copied */
		return;
	}
	add_code(&pen, shown);
	add_commit_url(&url, p->run, v);
	pen_link(p, buf_text(&label), buf_text(&url));
}

#define PATH_SHOWN 300u

void pen_place(const struct pen *p, const struct finding *f)
{
	if (!f->location.path)
		return;
	BUF_AUTO place = buf_new(BUF_PAGE);
	short_text(&place, f->location.path, PATH_SHOWN);
	if (f->location.line)
		buf_addf(&place, ":%u", f->location.line);
	add_code(p, buf_view(&place));
}

bool word_is_safe(const char *word)
{
	struct view v = view_of(word);
	if (!v.n || v.n > 200 || v.p[0] == '-')
		return false;
	return strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == v.n;
}
