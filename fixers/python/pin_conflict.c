/* python/pin-conflict - a pinned package contradicts what another one needs: for a person to judge. */
#include "fixers/python/requirements.h"

#include <string.h>

#define NEEDS_MAX 8u

struct conflict {
	struct view name, pin; /* "acme-core", "==1.4.0" */
	struct view needs[NEEDS_MAX];
	size_t count;
};

static struct view behind(struct view line, const char *before)
{
	size_t at = view_find(line, before);

	return at == VIEW_NONE ? (struct view){0} : view_trim(view_from(line, at + strlen(before)));
}

static bool add_need(struct conflict *c, struct view need)
{
	for (size_t i = 0; i < c->count; i++)
		if (view_eq(c->needs[i], need))
			return true;
	if (c->count == NEEDS_MAX)
		return false;
	c->needs[c->count++] = need;
	return true;
}

/* "The user requested acme-core==1.4.0" */
static int read_pin(struct conflict *c, struct view text, struct err *e)
{
	struct view name = requirements_name(text), pin = view_trim(view_from(text, name.n));

	if (c->name.n)
		return err_set(e, ERR_REFUSED, "several requirements of the project contradict each other");
	if (!name.n || !view_starts(pin, "==") || view_has(pin, ",") || view_has(pin, "*") || view_has(pin, " "))
		return err_set(e, ERR_REFUSED, "%.*s is no pin of one version", VIEW_ARG(view_cut_utf8(text, 200)));
	c->name = name;
	c->pin = pin;
	return 0;
}

/* "acme-http 2.1.0 depends on acme-core<3 and >=2.0" */
static int read_need(struct conflict *c, struct view text, struct err *e)
{
	struct view name = requirements_name(text), need = view_trim(view_from(text, name.n));

	if (!c->name.n || !requirements_same(name, c->name) || !need.n || !strchr("<>=~!", *need.p) ||
		view_has(need, ";") || view_has(need, "[") || !add_need(c, need))
		return err_set(e, ERR_REFUSED, "the conflict is not one of a pin alone: %.*s",
			VIEW_ARG(view_cut_utf8(text, 200)));
	return 0;
}

static int find_conflict(struct conflict *c, const struct evidence *ev, struct err *e)
{
	bool inside = false;

	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i), text = view_trim(line), found;

		if (view_is(text, "The conflict is caused by:")) {
			if (c->name.n)
				return err_set(e, ERR_REFUSED, "there are several conflicts");
			inside = true;
			continue;
		}
		if (!inside || text.n == 0) {
			inside = inside && !c->name.n;
			continue;
		}
		found = behind(line, "The user requested ");
		if (found.n && read_pin(c, found, e) != 0)
			return -1;
		if (!found.n && read_need(c, behind(line, " depends on "), e) != 0)
			return -1;
	}
	return c->name.n && c->count ? 0 : err_set(e, ERR_REFUSED, "the step shows no conflict of a pin");
}

static bool is_word(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!strchr("<>=~!.*+-_", v.p[i]) && (v.p[i] < '0' || v.p[i] > '9') && (v.p[i] < 'a' || v.p[i] > 'z'))
			return false;
	return v.n > 0;
}

/* "<3 and >=2.0" -> ">=2.0,<3": all conditions, the lower bounds first. */
static int specifier(const struct conflict *c, struct buf *out, struct err *e)
{
	for (int upper = 0; upper < 2; upper++)
		for (size_t i = 0; i < c->count; i++) {
			struct view rest = c->needs[i], one;

			while (view_word(&rest, &one)) {
				if (view_is(one, "and"))
					continue;
				while (one.n && one.p[one.n - 1] == ',')
					one.n--;
				if (!is_word(one))
					return err_set(e, ERR_REFUSED, "%.*s cannot be read", VIEW_ARG(c->needs[i]));
				if ((*one.p == '<' || *one.p == '!') == (upper == 1))
					buf_addf(out, "%s%.*s", out->n ? "," : "", VIEW_ARG(one));
			}
		}
	return 0;
}

static bool has_pin(struct view line, const struct conflict *c)
{
	struct view text = view_trim(line), name = requirements_name(text);
	struct view rest = view_trim(view_from(text, name.n));

	return name.n && requirements_same(name, c->name) && view_starts(rest, "==") &&
	       view_eq(view_sub(rest, 0, c->pin.n), c->pin) && (rest.n == c->pin.n || strchr(" ;#", rest.p[c->pin.n]));
}

static int replace_pin(const struct conflict *c, struct source *s, struct view new, unsigned *count, struct err *e)
{
	for (uint32_t n = 1; n <= s->line_count; n++) {
		struct view line = source_line(s, n);

		if (!has_pin(line, c))
			continue;
		if (requirements_generated(s->text))
			return err_set(e, ERR_REFUSED, "%s is written by a program", s->path);
		++*count;
		if (source_splice(s, source_offset(s, n) + view_find(line, "=="), c->pin.n, new, e) != 0)
			return -1;
	}
	return 0;
}

static int loosen(const struct conflict *c, const struct evidence *ev, struct sources *set, struct err *e)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	struct requirements files;
	unsigned count = 0;
	struct view new;

	if (specifier(c, &text, e) != 0)
		return -1;
	new = arena_view(set->arena, buf_view(&text));
	requirements_find(&files, ev, set->arena);
	for (size_t i = 0; i < files.count; i++) {
		struct source *s = sources_open(set, files.files[i], e);

		if (!s || replace_pin(c, s, new, &count, e) != 0)
			return -1;
	}
	if (count != 1)
		return err_set(e, ERR_REFUSED, "%.*s%.*s stands %u times in the files that the job installs",
			VIEW_ARG(c->name), VIEW_ARG(c->pin), count);
	return 0;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO set = sources_new(&ret->arena, q->tree);
	struct conflict c = {0};
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (find_conflict(&c, &ev, e) != 0 || loosen(&c, &ev, &set, e) != 0)
		return fix_outcome(e);
	ret->tier = TIER_REVIEW;
	ret->confidence = 0.8;
	ret->summary = arena_format(&ret->arena, "let %.*s be what the other packages need", VIEW_ARG(c.name));
	ret->reason =
		"pip names the one pin that contradicts the others; whether the project bears another version, only "
		"a person can say";
	return sources_propose(&set, ret, NULL, "the version of one requirement changed, and nothing else", e);
}

const struct fixer fixer_python_pin_conflict = {
	.id = "python/pin-conflict",
	.ecosystem = "python",
	.title = "Propose another version for a pin",
	.what = "`ResolutionImpossible`: where one pin of a requirements file contradicts what other packages need, "
		"writes the "
		"range that they need (`acme-core>=2.0,<3`).",
	.why_safe = "For review only: another version may break the program. Only one pin, only in a file that the job "
		    "installs, "
		    "and only the range that pip itself prints. Files written by pip-compile or with hashes are left "
		    "alone.",
	.tier = TIER_REVIEW,
	.answers = (const char *const[]){"python/*", "*pip*", "generic/*", "runner/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){"*requirements*.txt", "*requirements*/*.txt", "requirements/**", "*.in", "*.txt",
		NULL},
	.max_files = 1,
	.max_lines = 4,
	.kind = FIX_EDITS,
	.heal_case = "py-pip-resolution-impossible",
	.refuse_case = "js-eresolve-peer",
	.propose = propose,
};
