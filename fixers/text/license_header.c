/* text/license-header - a check prints the header that files lack, and other files have it. */
#include "fixers/mend.h"

#include "base/file.h"

#include <string.h>

#define HEADER_LINES_MAX 30u

static bool speaks_of_header(struct view line)
{
	bool what = view_has_nocase(line, "licence") || view_has_nocase(line, "license") ||
		    view_has_nocase(line, "copyright") || view_has_nocase(line, "spdx");

	return what &&
	       (view_has_nocase(line, "missing") || view_has_nocase(line, "lacks") ||
		       view_has_nocase(line, "without")) &&
	       view_ends(line, ":");
}

static bool is_comment(struct view line)
{
	static const char *const markers[] = {"/*", "*", "//", "#", "<!--", "--", ";", "%", "\"\"\"", NULL};

	for (const char *const *m = markers; *m; m++)
		if (view_starts(line, *m))
			return true;
	return false;
}

/* "ERROR: src/a.c: missing licence header, expected as first lines:": the word that is a file of the repository. */
static bool named_file(struct mend *m, struct view line, struct view *ret)
{
	while (view_word(&line, ret)) {
		while (ret->n && strchr(":,'\"`", ret->p[ret->n - 1]))
			ret->n--;
		while (ret->n && strchr("'\"`", *ret->p))
			*ret = view_from(*ret, 1);
		if (ret->n > 2 && evidence_path(m->ev, *ret, &m->ret->arena, NULL))
			return true;
	}
	return false;
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i);

	if (!speaks_of_header(line))
		return MEND_NOTHING;
	return named_file(m, line, &ret->path) ? MEND_COMPLAINT : MEND_HOPELESS;
}

/* The lines below that are indented, without the indentation of the first. */
static bool header_below(struct mend *m, size_t i, const char *eol, struct buf *ret)
{
	struct view first = evidence_line(m->ev, i + 1);
	size_t indent = first.n - view_from(first, (size_t)(view_trim(first).p - first.p)).n, n = 0;

	if (indent == 0)
		return false;
	for (size_t k = i + 1; k < i + 1 + HEADER_LINES_MAX; k++) {
		struct view line = evidence_line(m->ev, k);

		if (line.n <= indent || view_trim(view_sub(line, 0, indent)).n)
			break;
		if (!is_comment(view_trim(line)))
			return false;
		buf_addf(ret, "%.*s%s", VIEW_ARG(view_from(line, indent)), eol);
		n++;
	}
	return n > 0;
}

/* Files whose comments look alike. */
static bool same_kind(struct view a, struct view b)
{
	static const char *const kinds[] = {"*.{py,pyi,sh,bash,rb,yml,yaml,toml,pl,tf,cmake,r,jl,ex,exs,nix,bzl}",
		"*.{c,h,cc,cpp,cxx,hh,hpp,java,js,jsx,ts,tsx,mjs,cjs,go,rs,swift,kt,kts,cs,scala,dart,proto,groovy}",
		NULL};

	for (const char *const *k = kinds; *k; k++)
		if (file_glob(*k, a) && file_glob(*k, b))
			return true;
	return false;
}

struct precedent {
	const struct tree *tree;
	const char *like; /* the file that lacks it: only one of its kind shows how such files are headed */
	struct view header;
	bool found;
};

static struct view ending(struct view path)
{
	size_t slash = view_find_last_char(path, '/'), dot;
	struct view name = slash == VIEW_NONE ? path : view_from(path, slash + 1);

	dot = view_find_last_char(name, '.');
	return dot == VIEW_NONE ? (struct view){0} : view_from(name, dot);
}

/* A file that begins with the very header. */
static bool look_at(void *context, const char *path, enum tree_kind kind)
{
	struct precedent *p = context;
	BUF_AUTO text = {0};
	struct view content;

	if ((kind != TREE_FILE && kind != TREE_EXECUTABLE) ||
		(!same_kind(view_of(path), view_of(p->like)) &&
			!view_eq(ending(view_of(path)), ending(view_of(p->like)))) ||
		p->tree->read(p->tree->context, path, FIXER_FILE_BYTES_MAX, &text, NULL) != 0)
		return true;
	content = buf_view(&text);
	if (view_starts(content, "#!"))
		content = view_from(content, view_find_char(content, '\n') + 1);
	p->found = content.n >= p->header.n && memcmp(content.p, p->header.p, p->header.n) == 0;
	return !p->found;
}

/* Another licence, an encoding that must stand in the first lines, a declaration that must come first, a file that a
 * program writes. */
static bool has_head(const struct source *s)
{
	static const char *const phrases[] = {"spdx", "copyright", "\xc2\xa9", "(c) ", "licen", "all rights reserved",
		"generated", "do not edit", "coding:", "coding=", "vim:", "<?", "<!doctype", "@charset", "\xef\xbb\xbf",
		NULL};
	struct view head = view_sub(s->text, 0, 2048);

	for (const char *const *p = phrases; *p; p++)
		if (view_has_nocase(head, *p))
			return true;
	return false;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	BUF_AUTO header = buf_new(BUF_LINE);
	struct precedent p = {.tree = m->q->tree, .like = s->path};
	size_t at = 0;

	if (!header_below(m, c->index, source_eol(s), &header))
		return err_set(e, ERR_REFUSED, "the check does not print the header for %s", s->path);
	p.header = buf_view(&header);
	if (m->section.n && !view_eq(m->section, p.header))
		return err_set(e, ERR_REFUSED, "the check prints different headers");
	m->section = arena_view(&m->ret->arena, p.header);
	if (p.tree->list(p.tree->context, look_at, &p, e) != 0)
		return -1;
	if (!p.found)
		return err_set(e, ERR_REFUSED, "no other file of that kind begins with that header");
	if (has_head(s))
		return err_set(e, ERR_REFUSED, "%s has a head of its own", s->path);
	if (view_starts(s->text, "#!"))
		at = source_offset(s, 2);
	return source_splice(s, at, 0, arena_view(&m->ret->arena, p.header), e);
}

static const struct mender mender = {
	.read = read_line,
	.mend = mend,
	.check = edit_only_adds,
	.says = "only the lines of the printed header were added",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "add the licence header";
	ret->reason = "the check prints the header, and other files begin with it";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_text_license_header = {
	.id = "text/license-header",
	.ecosystem = "text",
	.title = "Add the licence header",
	.what = "A check of the repository names files without a licence header and prints the header that it expects: "
		"adds those lines.",
	.why_safe = "The header must be comment lines, and some other file of the same kind must begin with exactly "
		    "them; a "
		    "file that says anything about a licence, copyright, encoding or generator is left alone.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*licen*", "*reuse*", "*spdx*", "*header*", "text/*", "generic/*", "runner/*",
		"shell/*", "make/*", NULL},
	.paths = (const char *const[]){"**", NULL},
	.max_files = 30,
	.max_lines = 400,
	.kind = FIX_EDITS,
	.heal_case = "gen-license-header",
	.refuse_case = "gen-forged-diff",
	.propose = propose,
};
