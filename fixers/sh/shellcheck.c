/* sh/shellcheck - findings of shellcheck that come with the corrected line, or (JSON) with the replacements. */
#include "fixers/mend.h"
#include "fixers/words.h"

#include "base/json.h"

#include <string.h>

/* What shellcheck mends by itself. Those that a person must judge change what the script does in a way that may have
 * been meant otherwise: words that are split no more, a script that ends where it went on. */
static const struct {
	unsigned code;
	bool judge;
} mendable[] = {{2086, false}, {2006, false}, {2004, false}, {2162, false}, {2223, false}, {2236, false}, {2237, false},
	{2248, false}, {2250, false}, {2268, false}, {2292, false}, {2295, false}, {2046, true}, {2048, true},
	{2068, true}, {2164, true}, {2103, true}, {2206, true}, {2207, true}, {2247, true}};

static bool can_mend(uint64_t code, bool *judge)
{
	for (size_t i = 0; i < sizeof(mendable) / sizeof(*mendable); i++)
		if (mendable[i].code == code) {
			*judge |= mendable[i].judge;
			return true;
		}
	return false;
}

static bool ends_with_any(struct view v, const char *const *texts)
{
	for (; *texts; texts++)
		if (view_ends(v, *texts))
			return true;
	return false;
}

/* Options and lists are often meant to be split into words, and may be none. */
static bool named_for_several(struct view name)
{
	static const char *const lists[] = {
		"opt", "arg", "flag", "param", "list", "files", "cmd", "command", "targets", "packages", "extra", NULL};
	static const char *const singular[] = {"ss", "SS", "us", "US", "is", "IS", "as", "AS", NULL};

	for (const char *const *l = lists; *l; l++)
		if (view_has_nocase(name, *l))
			return true;
	return name.n >= 4 && (view_ends(name, "s") || view_ends(name, "S")) && !ends_with_any(name, singular);
}

/* What is written behind "name=": nothing, an option, several words, or a default that is one of these. */
static bool gives_several(struct view value)
{
	struct view text = view_trim(value);
	bool quoted = view_starts(text, "\"") || view_starts(text, "'"), blank;
	size_t otherwise = view_find(text, ":-");

	blank = view_find_char(text, ' ') != VIEW_NONE;
	if (blank && (quoted || view_starts(text, "$(") || view_starts(text, "${")) && !view_starts(text, "$(cat"))
		return true;
	if (otherwise != VIEW_NONE && view_has(text, "${")) {
		struct view rest = view_from(text, otherwise + 2);

		return !rest.n || strchr("-\"'}", *rest.p);
	}
	text = quoted ? view_from(text, 1) : text;
	return !text.n || strchr("-\"';#&|)", *text.p);
}

/* A variable that the environment gives is what nobody can read here, but for those that always are one word. */
static bool from_outside(struct view name)
{
	static const char *const known[] = {"GITHUB_", "RUNNER_", "HOME", "PWD", "TMPDIR", NULL};

	for (const char *const *k = known; *k; k++)
		if (view_starts(name, *k))
			return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] >= 'a' && name.p[i] <= 'z')
			return false;
	return true;
}

static bool may_be_several(const struct source *s, struct view name)
{
	struct view rest = s->text, line;
	bool assigned = false;

	if (named_for_several(name))
		return true;
	while (view_next(&rest, '\n', &line))
		for (size_t at = 0; at + name.n < line.n; at++) {
			struct view behind = view_from(line, at + name.n);

			if (!words_at(line, at, name) || (at > 0 && strchr("${", line.p[at - 1])))
				continue;
			if (view_starts(behind, "+=") ||
				(view_starts(behind, "=") && gives_several(view_from(behind, 1))))
				return true;
			assigned = true;
		}
	return !assigned && from_outside(name);
}

/* "exec $1": what is run, with its arguments. */
static bool is_run(struct view before)
{
	static const char *const runners[] = {"exec", "eval", "sudo", "env", "nohup", "time", "xargs", "command", NULL};
	struct view text = view_trim_right(before);

	return text.n < before.n && ends_with_any(text, runners);
}

/* Does the line hold a variable that may be meant as several words, or as none? In quotes it would be exactly one. */
static bool meant_to_split(const struct source *s, struct view line)
{
	if (view_starts(view_trim(line), "for "))
		return true;
	for (size_t i = 0; i + 1 < line.n; i++) {
		size_t from = i + 1 + (line.p[i + 1] == '{'), to = from;

		if (line.p[i] != '$')
			continue;
		if (is_run(view_sub(line, 0, i)) || (from < line.n && strchr("@*", line.p[from])))
			return true;
		while (to < line.n && (words_letter(line.p[to]) || (to > from && words_digit(line.p[to]))))
			to++;
		if (to > from && may_be_several(s, view_sub(line, from, to - from)))
			return true;
	}
	return false;
}

/* ---- for people: "In a.sh line 3:", the line, the findings below it, "Did you mean:", the line as it should be
 * -------- */

static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i), rest;
	size_t at = view_find(line, " line ");
	uint64_t number;

	if (!view_starts(line, "In ") || !view_ends(line, ":") || at == VIEW_NONE)
		return MEND_NOTHING;
	rest = view_sub(line, at + 6, line.n - at - 7);
	if (!view_number(rest, INT32_MAX, &number) || number == 0)
		return MEND_NOTHING;
	*ret = (struct complaint){.path = view_sub(line, 3, at - 3), .line = (uint32_t)number};
	return MEND_COMPLAINT;
}

/* "     ^--^ SC2086 (info): Double quote ...": all below the line, up to the blank one. */
static int read_codes(struct mend *m, size_t *i, bool *judge, struct err *e)
{
	unsigned count = 0;

	for (; view_trim(evidence_line(m->ev, *i)).n; ++*i) {
		struct view line = evidence_line(m->ev, *i), word;
		size_t at = view_find(line, " SC");
		uint64_t code;

		if (at == VIEW_NONE)
			return err_set(e, ERR_REFUSED, "shellcheck shows more than one line");
		word = view_sub(line, at + 3, 4);
		if (!view_number(word, 9999, &code) || !can_mend(code, judge))
			return err_set(e, ERR_REFUSED, "shellcheck also says: %.*s",
				VIEW_ARG(view_cut_utf8(view_trim(line), 200)));
		count++;
	}
	return count ? 0 : err_set(e, ERR_REFUSED, "shellcheck's finding cannot be read");
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view old = source_line(s, c->line), new;
	size_t i = c->index + 2;
	bool judge = false;

	if (!view_eq(view_trim_right(old), view_trim_right(evidence_line(m->ev, c->index + 1))))
		return err_set(e, ERR_REFUSED, "%s:%u is not as shellcheck shows it", s->path, c->line);
	if (read_codes(m, &i, &judge, e) != 0)
		return -1;
	if (!view_is(view_trim(evidence_line(m->ev, i + 1)), "Did you mean:") ||
		view_trim(evidence_line(m->ev, i + 3)).n)
		return err_set(e, ERR_REFUSED, "%s:%u: shellcheck shows no single line to write", s->path, c->line);
	new = view_trim_right(evidence_line(m->ev, i + 2));
	if (new.n == 0 || view_eq(new, view_trim_right(old)) || view_has(new, "***"))
		return err_set(e, ERR_REFUSED, "%s:%u: shellcheck shows no other line", s->path, c->line);
	if (judge || meant_to_split(s, old))
		m->ret->tier = TIER_REVIEW;
	return source_splice(s, source_offset(s, c->line), view_trim_right(old).n, new, e);
}

static const struct mender mender = {
	.programs = (const char *const[]){"shellcheck", "pre-commit", "prek", NULL},
	.read = read_line,
	.mend = mend,
	.says = "each line was as shellcheck shows it, and only its own correction came",
};

/* ---- for programs: -f json1, -f json ---------------------------------------------------------------------- */

static bool number_of(const cJSON *j, const char *key, uint32_t *ret)
{
	int64_t n = json_int(j, key, 0);

	*ret = n >= 1 && n <= INT32_MAX ? (uint32_t)n : 0;
	return *ret > 0;
}

static int replace(const cJSON *r, struct source *s, struct arena *a, struct err *e)
{
	uint32_t line, column, end_line, end_column;
	const char *text = json_text(r, "replacement");
	size_t at, end;

	if (!text || !number_of(r, "line", &line) || !number_of(r, "column", &column) ||
		!number_of(r, "endLine", &end_line) || !number_of(r, "endColumn", &end_column))
		return err_set(e, ERR_REFUSED, "%s: a replacement cannot be read", s->path);
	at = source_column(s, line, column);
	end = source_column(s, end_line, end_column);
	if (at == VIEW_NONE || end == VIEW_NONE || end < at || view_find_char(source_line(s, line), '\t') != VIEW_NONE)
		return err_set(e, ERR_REFUSED, "%s:%u: a replacement has no certain place", s->path, line);
	return source_splice(s, at, end - at, view_of(arena_text(a, text)), e);
}

static int apply_comment(
	const cJSON *c, const struct evidence *ev, struct sources *set, struct fix_proposal *ret, struct err *e)
{
	const cJSON *all = json_get(json_get(c, "fix"), "replacements"), *one;
	const char *file = json_text(c, "file"), *path = file ? evidence_path(ev, view_of(file), set->arena, e) : NULL;
	struct source *s = path ? sources_open(set, path, e) : NULL;
	uint32_t code, line;
	bool judge = false;

	if (!s)
		return file ? -1 : err_set(e, ERR_REFUSED, "a finding names no file");
	if (!number_of(c, "code", &code) || !number_of(c, "line", &line) || !can_mend(code, &judge) ||
		!cJSON_IsArray(all))
		return err_set(e, ERR_REFUSED, "%s: a finding has no replacement", path);
	if (judge || meant_to_split(s, source_line(s, line)))
		ret->tier = TIER_REVIEW;
	cJSON_ArrayForEach (one, all) {
		if (replace(one, s, set->arena, e) != 0)
			return -1;
	}
	return 0;
}

static const cJSON *comments_of(const cJSON *document)
{
	const cJSON *list = cJSON_IsArray(document) ? document : json_get(document, "comments");

	return cJSON_IsArray(list) && json_text(cJSON_GetArrayItem(list, 0), "file") ? list : NULL;
}

static int apply_document(const cJSON *list, const struct evidence *ev, struct fix_proposal *ret, struct err *e)
{
	SOURCES_AUTO set = sources_new(&ret->arena, ev->q->tree);
	const cJSON *one;

	ret->tier = TIER_HEAL;
	ret->confidence = 0.96;
	cJSON_ArrayForEach (one, list) {
		if (apply_comment(one, ev, &set, ret, e) != 0)
			return fix_outcome(e);
	}
	return sources_propose(&set, ret, NULL, "shellcheck's own replacements, and nothing else", e);
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	int status = evidence_read(&ev, q, e);

	ret->summary = "do what shellcheck suggests";
	ret->reason = "for every finding shellcheck itself says what to write, and it finds nothing else";
	if (status != 1)
		return status;
	for (size_t i = 0; i < ev.text.count && evidence_ran(&ev, "shellcheck", ev.text.count); i++) {
		struct view line = view_trim(evidence_line(&ev, i));
		bool json = view_starts(line, "{\"comments\":[{") || view_starts(line, "[{\"file\":");
		JSON_AUTO *document = json ? json_parse(line, FIXER_FILE_BYTES_MAX, NULL) : NULL;
		const cJSON *list = comments_of(document);

		if (list)
			return apply_document(list, &ev, ret, e);
	}
	return mend_propose(&mender, q, ret, e);
}

const struct fixer fixer_sh_shellcheck = {
	.id = "sh/shellcheck",
	.ecosystem = "sh",
	.title = "Do what shellcheck suggests",
	.what = "Shellcheck prints `Did you mean:` and the corrected line, or (`-f json1`) replacements: writes them. "
		"Quotes "
		"around variables, `$( )` for back ticks, `read -r`, superfluous `$`.",
	.why_safe = "Only when each finding has its correction and each line is at HEAD as shellcheck shows it. Where "
		    "words may be "
		    "meant to be split (`$CFLAGS`, `for x in $list`), or the script would end earlier (`cd x || "
		    "exit`), only for "
		    "review.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"sh/*", "shell/*", "*shellcheck*", "generic/*", "runner/*", "make/*",
		"*pre-commit*", NULL},
	.paths = (const char *const[]){"**", NULL},
	.max_files = 20,
	.max_lines = 200,
	.kind = FIX_EDITS,
	.heal_case = "sh-shellcheck-suggestions",
	.refuse_case = "sh-diff-outside-repo",
	.propose = propose,
};
