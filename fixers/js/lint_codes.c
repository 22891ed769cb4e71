/* js/lint-codes - findings of eslint, standard and xo that have exactly one mechanical answer. */
#include "fixers/js/lint.h"

#include <string.h>

struct tally {
	uint64_t errors, warnings;           /* that stand in the log */
	uint64_t said_errors, said_warnings; /* as eslint counts them */
	bool said, warnings_count;
	bool prettier, others; /* what kinds of findings there are */
};

static struct tally *tally_of(struct mend *m)
{
	struct tally *t = m->state;

	if (t)
		return t;
	m->state = t = arena_alloc(&m->ret->arena, sizeof(*t));
	*t = (struct tally){0};
	for (size_t i = 0; i < m->ev->text.count; i++)
		t->warnings_count |= view_has(evidence_line(m->ev, i), "--max-warnings") ||
				     view_has(evidence_line(m->ev, i), "ESLint found too many warnings");
	t->warnings_count |= view_has(m->ev->command, "--max-warnings");
	return t;
}

/* "✖ 3 problems (2 errors, 1 warning)" */
static bool is_total(struct view line, struct tally *t)
{
	size_t open = view_find(line, "(");
	struct view rest, word;
	uint64_t n;

	if (!view_has(line, " problem") || open == VIEW_NONE || !view_has(line, " warning"))
		return false;
	rest = view_from(line, open + 1);
	if (!view_word(&rest, &word) || !view_number(word, UINT32_MAX, &n) || !view_starts(view_trim(rest), "error"))
		return false;
	t->said_errors += n;
	t->said = true;
	/* NOLINTNEXTLINE(misc-redundant-expression): each call moves on */
	return view_word(&rest, &word) && view_word(&rest, &word) && view_number(word, UINT32_MAX, &n) &&
	       (t->said_warnings += n, true);
}

/* "12:5" */
static bool is_place(struct view word, struct complaint *ret)
{
	struct view line;
	uint64_t l, c;

	if (!view_next(&word, ':', &line) || !view_number(line, INT32_MAX, &l) || !view_number(word, INT32_MAX, &c) ||
		l == 0)
		return false;
	ret->line = (uint32_t)l;
	ret->column = (uint32_t)c;
	return true;
}

/* "  3:7  error  message  rule", next: "3:7  Error: message  rule", xo: "  ✖  3:7  message  rule" */
static bool is_row(struct view line, struct complaint *ret, bool *error)
{
	struct view rest = line, word;
	bool xo, level;
	size_t gap;

	if (!view_word(&rest, &word))
		return false;
	xo = view_is(word, "\xe2\x9c\x96") || view_is(word, "\xe2\x9a\xa0");
	*error = xo && view_is(word, "\xe2\x9c\x96");
	if ((xo && !view_word(&rest, &word)) || !is_place(word, ret))
		return false;
	if (!xo) {
		level = view_word(&rest, &word);
		*error = level && (view_is(word, "error") || view_is(word, "Error:"));
		if (!*error && (!level || (!view_is(word, "warning") && !view_is(word, "Warning:"))))
			return false;
	}
	rest = view_trim(rest);
	gap = view_find_last_char(rest, ' ');
	ret->code = gap == VIEW_NONE ? (struct view){0} : view_from(rest, gap + 1);
	ret->text = gap == VIEW_NONE ? rest : view_trim(view_sub(rest, 0, gap));
	return true;
}

/* standard: "  /home/a.js:3:7: Extra semicolon. (semi)"; unix form: "/home/a.js:3:7: Missing semicolon. [Error/semi]"
 */
static bool is_long_row(struct view line, struct complaint *ret, bool *error)
{
	struct view text;
	size_t open;
	bool square, warning;

	if (!complaint_parse(view_trim(line), ret) || ret->column == 0)
		return false;
	text = ret->text;
	warning = view_ends(text, " (warning)"); /* of standard's next version */
	text.n -= warning ? strlen(" (warning)") : 0;
	square = view_ends(text, "]");
	open = view_find_last_char(text, square ? '[' : '(');
	if ((!square && !view_ends(text, ")")) || open == VIEW_NONE)
		return false;
	ret->code = view_sub(text, open + 1, text.n - open - 2);
	*error = !warning && !view_starts(ret->code, "Warning/");
	if (square && !view_starts(ret->code, "Error/") && !view_starts(ret->code, "Warning/"))
		return false;
	if (square)
		ret->code = view_from(ret->code, view_find_char(ret->code, '/') + 1);
	ret->text = view_trim(view_sub(text, 0, open));
	ret->text.n -= view_ends(ret->text, "."); /* as eslint's own form leaves it out */
	return view_find_char(ret->code, ' ') == VIEW_NONE;
}

static enum mend_verdict verdict(struct tally *t, const struct complaint *c, bool error)
{
	t->errors += error;
	t->warnings += !error;
	if (!error && !t->warnings_count)
		return MEND_HARMLESS;
	return js_rule(c->code) ? MEND_COMPLAINT : MEND_HOPELESS;
}

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i), path = view_trim(line);
	struct tally *t = tally_of(m);
	struct complaint below;
	bool error;

	if (is_total(line, t))
		return MEND_HARMLESS;
	if (is_row(line, ret, &error)) {
		ret->path = m->section;
		return ret->path.n ? verdict(t, ret, error) : MEND_HOPELESS;
	}
	if (is_long_row(line, ret, &error))
		return verdict(t, ret, error);
	if (path.n && is_row(evidence_line(m->ev, i + 1), &below, &error)) {
		m->section = is_place(path, &below) ? m->section : path;
		return MEND_HARMLESS;
	}
	return MEND_NOTHING;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct tally *t = tally_of(m);

	t->prettier |= view_is(c->code, "prettier/prettier");
	t->others |= !view_is(c->code, "prettier/prettier");
	return js_rule(c->code)(m, c, s, e);
}

static int finish(struct mend *m, struct err *e)
{
	const struct tally *t = tally_of(m);

	if (t->said && (t->said_errors != t->errors || (t->warnings_count && t->said_warnings != t->warnings)))
		return err_set(e, ERR_REFUSED, "the log does not show every problem that eslint counts");
	return 0;
}

static const struct mender mender = {
	.programs = (const char *const[]){"eslint", "next lint", "standard", "semistandard", "xo", "ts-standard",
		"npm run lint", "yarn lint", "yarn run lint", "pnpm lint", "pnpm run lint", "bun run lint", "bun lint",
		NULL},
	.read = read_line,
	.mend = mend,
	.finish = finish,
	.says = "each finding stood at its place, and nothing else changed",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	int status = mend_propose(&mender, q, ret, e);

	ret->confidence = 0.97; /* as sure as eslint --fix itself, and it needs no plugins */
	ret->summary = "fix mechanical lint findings";
	ret->reason = "the linter names each place, each of its findings has one answer, and there is no other error";
	return status;
}

const struct fixer fixer_js_lint_codes = {
	.id = "js/lint-codes",
	.ecosystem = "js",
	.title = "Fix mechanical findings of eslint",
	.what = "Fixes findings of eslint, standard and xo whose message says all: `prettier/prettier` (``Replace `A` "
		"with "
		"`B` ``), semicolons, trailing commas, quotes, indentation, blanks and blank lines, `prefer-const`, "
		"`no-var`, "
		"`object-shorthand`, `curly`, double negation. An unused name among imports is only offered for "
		"review.",
	.why_safe =
		"Every error must be one of these, as many as eslint counts, and each must stand at its line and "
		"column "
		"as the message says: what prettier wants replaced must be there, letter by letter. Declarations are "
		"changed only where one name is declared and its uses are plain.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"js/*", "*eslint*", "generic/*", "runner/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){"*.{js,jsx,ts,tsx,mjs,cjs,mts,cts,vue,svelte}", NULL},
	.max_files = 30,
	.max_lines = 600,
	.kind = FIX_EDITS,
	.heal_case = "js-eslint-fixable-macos",
	.refuse_case = "js-jest-snapshot",
	.propose = propose,
};
