/* yaml/yamllint - white space, blank lines and comments as yamllint wants them. */
#include "fixers/mend.h"
#include "fixers/text/white.h"
#include "fixers/yaml/same.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char char_at(const struct source *s, size_t i)
{
	return i < s->text.n ? s->text.p[i] : '\n';
}

static int not_there(const struct source *s, const struct complaint *c, struct err *e)
{
	return err_set(e, ERR_REFUSED, "%s:%u is not as yamllint says (%.*s)", s->path, c->line, VIEW_ARG(c->code));
}

/* ---- reading the log ------------------------------------------------------------------------------ */

/* "text (rule)" */
static bool take_rule(struct complaint *c)
{
	size_t open = view_find_last_char(c->text, '(');

	if (open == VIEW_NONE || !view_ends(c->text, ")"))
		return false;
	c->code = view_sub(c->text, open + 1, c->text.n - open - 2);
	c->text = view_trim(view_sub(c->text, 0, open));
	return c->code.n > 0;
}

/* "LINE:COLUMN" */
static bool take_place(struct view word, struct complaint *c)
{
	struct view line;
	uint64_t n, k;

	if (!view_next(&word, ':', &line) || !view_number(line, INT32_MAX, &n) || !view_number(word, INT32_MAX, &k))
		return false;
	c->line = (uint32_t)n;
	c->column = (uint32_t)k;
	return true;
}

/* The standard form: a path alone, then lines "  3:18  error  text  (rule)". */
static bool below_heading(struct mend *m, size_t i, struct complaint *ret, bool *warning)
{
	struct view line = evidence_line(m->ev, i), word;

	if (!view_starts(line, "  ") || m->section.n == 0)
		return false;
	ret->path = m->section;
	if (!view_word(&line, &word) || !take_place(word, ret) || !view_word(&line, &word))
		return false;
	*warning = view_is(word, "warning");
	ret->text = view_trim(line);
	return (*warning || view_is(word, "error")) && take_rule(ret);
}

/* GitHub's form: "3:18 [rule] text" in a group named by the path. */
static bool in_group(struct mend *m, size_t i, struct complaint *ret, bool *warning)
{
	struct view line = evidence_line(m->ev, i), word;

	if (m->section.n == 0 || (m->ev->text.lines[i].mark != LOG_ERROR && m->ev->text.lines[i].mark != LOG_WARNING))
		return false;
	*warning = m->ev->text.lines[i].mark == LOG_WARNING;
	ret->path = m->section;
	if (!view_word(&line, &word) || !take_place(word, ret) || !view_word(&line, &word) || !view_starts(word, "["))
		return false;
	ret->code = view_sub(word, 1, word.n - 2);
	ret->text = view_trim(line);
	return true;
}

static bool is_strict(const struct mend *m)
{
	return view_has(m->ev->command, "--strict") || view_has(m->ev->command, " -s ") || m->ev->command.n == 0;
}

static bool knows(struct view rule);

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i);
	bool warning = false;

	if ((view_ends(line, ".yml") || view_ends(line, ".yaml") || view_ends(line, "/.yamllint") ||
		    view_is(line, ".yamllint")) &&
		!view_has(line, ": ")) {
		m->section = line;
		return MEND_HARMLESS;
	}
	if (complaint_parse(line, ret)) {
		warning = view_starts(ret->text, "[warning]");
		ret->text = complaint_without_level(ret->text);
		if (!take_rule(ret))
			return MEND_NOTHING;
	} else if (!below_heading(m, i, ret, &warning) && !in_group(m, i, ret, &warning)) {
		return MEND_NOTHING;
	}
	if (knows(ret->code))
		return MEND_COMPLAINT;
	return warning && !is_strict(m) ? MEND_HARMLESS : MEND_HOPELESS;
}

/* ---- mending ---------------------------------------------------------------------------------------- */

static int trailing(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	(void)m;
	return white_strip(s, c->line, e);
}

static int newline_at_end(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	(void)m;
	(void)c;
	return white_end_with_newline(s, e);
}

/* The blank run at the named place, which is its last byte. */
static bool run_at(const struct source *s, size_t at, size_t *from, size_t *to)
{
	if (at == VIEW_NONE || !is_blank(char_at(s, at)))
		return false;
	for (*from = at; *from > 0 && is_blank(char_at(s, *from - 1)); (*from)--)
		;
	for (*to = at; is_blank(char_at(s, *to)); (*to)++)
		;
	return *from > 0 && char_at(s, *from - 1) != '\n';
}

/* "too many spaces ..." leaves `many` blanks, "too few spaces ..." makes one. */
static int spaces(const struct complaint *c, struct source *s, const char *many, struct err *e)
{
	size_t at = source_column(s, c->line, c->column), from, to;

	if (view_starts(c->text, "too few"))
		return at == VIEW_NONE || is_blank(char_at(s, at)) ? not_there(s, c, e)
								   : source_splice(s, at, 0, VIEW(" "), e);
	if (!run_at(s, at, &from, &to))
		return not_there(s, c, e);
	return source_splice(s, from, to - from, view_of(many), e);
}

static int after_not_before(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	(void)m;
	return spaces(c, s, view_has(c->text, " after ") ? " " : "", e);
}

/* How many blanks are allowed inside is configured. */
static int inside(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	BUF_AUTO config = {0};
	const struct tree *tree = m->q->tree;

	if (tree->read(tree->context, ".yamllint", FIXER_FILE_BYTES_MAX, &config, NULL) == 0 &&
		view_has(buf_view(&config), "max-spaces-inside"))
		return err_set(e, ERR_REFUSED, "%s:%u: the configuration sets the blanks inside", s->path, c->line);
	return spaces(c, s, "", e);
}

static int comments(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t at = source_column(s, c->line, c->column), from = at;

	(void)m;
	if (at == VIEW_NONE)
		return not_there(s, c, e);
	if (view_starts(c->text, "missing starting space")) {
		if (at == 0 || char_at(s, at - 1) != '#')
			return not_there(s, c, e);
		return source_splice(s, at, 0, VIEW(" "), e);
	}
	if (!view_starts(c->text, "too few spaces before comment") || char_at(s, at) != '#')
		return not_there(s, c, e);
	while (from > 0 && is_blank(char_at(s, from - 1)))
		from--;
	return source_splice(s, from, at - from, VIEW("  "), e);
}

/* "too many blank lines (4 > 2)" on the last of them. */
static int empty_lines(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	size_t open = view_find_char(c->text, '(');
	struct view numbers = view_from(c->text, open == VIEW_NONE ? c->text.n : open + 1), word;
	uint64_t had, keep;
	uint32_t blank = 0;

	(void)m;
	if (!view_word(&numbers, &word) || !view_number(word, 10000, &had) || !view_word(&numbers, &word) ||
		!view_word(&numbers, &word) || !view_number(view_sub(word, 0, word.n - 1), 10000, &keep) || keep >= had)
		return not_there(s, c, e);
	while (blank < c->line && source_blank(s, c->line - blank))
		blank++;
	if (blank != had)
		return not_there(s, c, e);
	return source_cut_lines(s, c->line - (uint32_t)(had - keep) + 1, c->line, e);
}

static int document_start(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	(void)m;
	if (!view_starts(c->text, "missing document start") || c->line > s->line_count)
		return not_there(s, c, e);
	return source_splice(
		s, source_offset(s, c->line), 0, *source_eol(s) == '\r' ? VIEW("---\r\n") : VIEW("---\n"), e);
}

static int new_lines(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	(void)m;
	if (!view_has(c->text, "expected \\n"))
		return not_there(s, c, e);
	for (size_t i = 1; i < s->text.n; i++)
		if (s->text.p[i] == '\n' && s->text.p[i - 1] == '\r' &&
			source_splice(s, i - 1, 1, (struct view){0}, e) != 0)
			return -1;
	return 0;
}

static const struct {
	const char *rule;
	int (*mend)(struct mend *m, const struct complaint *c, struct source *s, struct err *e);
} rules[] = {
	{"trailing-spaces", trailing},
	{"new-line-at-end-of-file", newline_at_end},
	{"empty-lines", empty_lines},
	{"hyphens", after_not_before},
	{"colons", after_not_before},
	{"commas", after_not_before},
	{"braces", inside},
	{"brackets", inside},
	{"comments", comments},
	{"document-start", document_start},
	{"new-lines", new_lines},
};

static bool knows(struct view rule)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (view_is(rule, rules[i].rule))
			return true;
	return false;
}

/* Helm, Jinja and Go templates are no YAML yet; GitHub's "${{ }}" is. */
static bool is_template(struct view text)
{
	for (size_t i = 0; i + 1 < text.n; i++)
		if (text.p[i] == '{' &&
			(text.p[i + 1] == '%' || (text.p[i + 1] == '{' && (i == 0 || text.p[i - 1] != '$'))))
			return true;
	return false;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	if (is_template(s->text))
		return err_set(e, ERR_REFUSED, "%s is a template", s->path);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (view_is(c->code, rules[i].rule))
			return rules[i].mend(m, c, s, e);
	return not_there(s, c, e);
}

static const struct mender mender = {
	.programs = (const char *const[]){"yamllint", "pre-commit", "prek", NULL},
	.read = read_line,
	.mend = mend,
	.check = yaml_same,
	.says = "each file reads as the same YAML documents as before",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "fix white space in YAML";
	ret->reason = "yamllint names each place, and each has one remedy that does not change what the file says";
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_yaml_yamllint = {
	.id = "yaml/yamllint",
	.ecosystem = "yaml",
	.title = "Fix white space in YAML",
	.what = "Mends what yamllint says about trailing spaces, the end of the file, blank lines, spaces around "
		"hyphens, colons, "
		"commas and comments, the document start, and line ends.",
	.why_safe = "The file is read as YAML before and after and must say the same, to the last scalar. Findings of "
		    "other rules "
		    "(indentation, truthy, duplicate keys...) need a person: then nothing is done.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*yamllint*", "yaml/*", "generic/*", "runner/*", "shell/*", "make/*", "*lint*",
		"*pre-commit*", NULL},
	.paths = (const char *const[]){"*.yml", "*.yaml", ".yamllint", NULL},
	.max_files = 50,
	.max_lines = 2000,
	.kind = FIX_EDITS,
	.heal_case = "gen-yamllint-space",
	.refuse_case = "py-pytest-real-bug",
	.propose = propose,
};
