#include "diagnose/lint.h"

#include "diagnose/document.h"

void lint_tell(struct lint_reading *r, struct lint_issue one)
{
	struct lint_counts *c = &r->counts;
	if (c->errors + c->warnings + c->infos >= LINT_ISSUES_MAX) {
		c->dropped++;
		return;
	}
	r->recognised = true;
	c->errors += one.severity == SEVERITY_ERROR;
	c->warnings += one.severity == SEVERITY_WARNING;
	c->infos += one.severity == SEVERITY_INFO;
	bool inside = one.path.n && document_path(&r->path, one.path, r->root);
	c->outside += !inside;
	one.path = inside ? buf_view(&r->path) : (struct view){0};
	one.tool = view_cut_utf8(r->tool ? view_of(r->tool) : one.tool, LINT_TOOL_MAX);
	one.code = view_cut_utf8(view_trim(one.code), LINT_CODE_MAX);
	one.message = view_trim(one.message);
	one.message =
		view_trim(view_cut_utf8(view_sub(one.message, 0, view_find_char(one.message, '\n')), LINT_MESSAGE_MAX));
	r->sink(r->context, &one);
}

static bool is_json(struct view head)
{
	return head.n && (head.p[0] == '{' || head.p[0] == '[');
}

/* "[warn] a.js" and "[90m" are lines of text. */
static bool begins_json(struct view head)
{
	if (!is_json(head))
		return false;
	struct view next = view_trim(view_from(head, 1));
	return next.n && (next.p[0] == '"' || next.p[0] == '{' || next.p[0] == '}' || next.p[0] == ']');
}

static int read_text(struct lint_reading *r, struct view bytes, struct err *e)
{
	BUF_AUTO plain = {0};
	if (document_text(&plain, &bytes, e) < 0)
		return -1;
	lint_text(r, bytes);
	if (!r->recognised && !r->tool)
		return err_set(e, ERR_INPUT, "nothing in it is known as a linter's; name the tool: TOOL:FILE");
	return 0;
}

static int read_any(struct lint_reading *r, struct view bytes, struct err *e)
{
	struct view head = view_trim(view_sub(bytes, 0, BUF_LINE));
	if (view_starts(head, "\xef\xbb\xbf"))
		head = view_trim(view_from(head, 3));
	/* go vet heads the JSON of a package with its name. */
	struct view rest = head, line;
	while (view_starts(rest, "# ") && view_next(&rest, '\n', &line))
		;
	if (begins_json(rest))
		return lint_json(r, bytes, e);
	if (document_xml_root(bytes).n && head.p[0] == '<')
		return lint_xml(r, bytes, e);
	return read_text(r, bytes, e);
}

int lint_read(struct view bytes, const char *tool, struct view root, lint_sink *sink, void *context,
	struct lint_counts *ret, struct err *e)
{
	if (bytes.n > LINT_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "the report is larger than %zu MB", LINT_BYTES_MAX >> 20);
	struct lint_reading r = {
		.tool = tool, .root = root, .sink = sink, .context = context, .path = buf_new(BUF_LINE)};
	int rc = read_any(&r, bytes, e);
	buf_done(&r.path);
	if (rc == 0)
		*ret = r.counts;
	return rc;
}
