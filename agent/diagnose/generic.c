/* A failure that no rule knows still has a line worth showing: the last one in the failing step that speaks of trouble,
 * else the last one at all before the runner's own closing line. */
#include "diagnose/internal.h"

#include <string.h>

#define GENERIC_WINDOW 400u /* lines at the end of the range that are looked at */
#define HARMLESS_MAX 3      /* heavier words are trouble whatever stands around them */

/* Words of trouble and the category they speak for, weightiest first. */
static const struct {
	const char *word;
	enum category category;
	int weight;
} words[] = {
	{"No space left on device", CATEGORY_RESOURCE, 6},
	{"out of memory", CATEGORY_RESOURCE, 5},
	{"ermission denied", CATEGORY_PERMISSION, 5},
	{"nauthorized", CATEGORY_AUTH, 4},
	{"orbidden", CATEGORY_AUTH, 4},
	{"ould not resolve host", CATEGORY_NETWORK, 5},
	{"onnection re", CATEGORY_NETWORK, 4},
	{"imed out", CATEGORY_TIMEOUT, 4},
	{"o such file or directory", CATEGORY_FILE, 4},
	{"ommand not found", CATEGORY_FILE, 4},
	{"yntax error", CATEGORY_SYNTAX, 4},
	{"yntaxError", CATEGORY_SYNTAX, 4},
	{"ssertion", CATEGORY_TEST, 3},
	{"xpected", CATEGORY_TEST, 2},
	{"FATAL", CATEGORY_UNKNOWN, 4},
	{"fatal", CATEGORY_UNKNOWN, 4},
	{"xception", CATEGORY_UNKNOWN, 3},
	{"ERROR", CATEGORY_UNKNOWN, 3},
	{"rror:", CATEGORY_UNKNOWN, 3},
	{"FAIL", CATEGORY_UNKNOWN, 3},
	{"error", CATEGORY_UNKNOWN, 2},
	{"ailed", CATEGORY_UNKNOWN, 2},
	{"annot", CATEGORY_UNKNOWN, 2},
	{"ot found", CATEGORY_UNKNOWN, 2},
	{"nvalid", CATEGORY_UNKNOWN, 2},
	{"issing", CATEGORY_UNKNOWN, 1},
};

/* Speaks of trouble only to say that there is none, or none that stops anything. */
static bool harmless(struct view line)
{
	static const char *const starts[] = {"warning", "Warning", "WARN", "npm warn", "debug", "DEBUG", "hint"};
	static const char *const parts[] = {" 0 error", " 0 fail", "no error", " warning: ", "without error"};
	line = view_trim(line);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (view_starts(line, starts[i]))
			return true;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (view_has(line, parts[i]))
			return true;
	return false;
}

/* 0: the line says nothing of trouble. */
static int weigh(struct view line, enum category *ret)
{
	int best = 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].weight > best && view_has(line, words[i].word)) {
			best = words[i].weight;
			*ret = words[i].category;
		}
	if (best > 0 && best <= HARMLESS_MAX && harmless(line)) {
		*ret = CATEGORY_UNKNOWN;
		return 0;
	}
	return best;
}

static bool closing(const struct log_line *l, struct view text)
{
	return l->mark == LOG_ENDGROUP || l->mark == LOG_GROUP || (l->flags & LOG_ECHO) || !view_trim(text).n ||
	       view_starts(text, "Process completed with exit code") || view_starts(text, "Post job cleanup.") ||
	       view_starts(text, "The operation was canceled");
}

/* Of equal weight the first of the last run of such lines would be an echo, the last one its summary: prefer an
 * ##[error], then the heavier, then the earlier within the last lines. */
static size_t choose(const struct log_text *t, const struct collected *c, enum category *category)
{
	size_t best = t->count, fallback = t->count;
	double best_score = 0;
	for (size_t i = 0; i < t->count; i++) {
		struct view text = log_text_line(t, i);
		if (closing(&t->lines[i], text))
			continue;
		fallback = i;
		enum category kind = CATEGORY_UNKNOWN;
		double s = weigh(text, &kind);
		if (s <= 0 && t->lines[i].mark != LOG_ERROR)
			continue;
		s += t->lines[i].mark == LOG_ERROR ? 3 : 0;
		s += 3.0 * (double)i / (double)t->count;
		if (c->has_baseline && !shape_set_has(&c->baseline, shape_of(text)))
			s += 5;
		if (s > best_score) {
			best_score = s;
			best = i;
			*category = kind;
		}
	}
	return best < t->count ? best : fallback;
}

int candidate_generic(struct candidate *ret, struct arena *a, struct log *log, const struct collected *c,
	const struct verdict *v, struct err *e)
{
	uint32_t first = v->last > v->first + GENERIC_WINDOW ? v->last - GENERIC_WINDOW : v->first;
	LOG_TEXT_AUTO t = {0};
	if (log_read(log, first, v->last, &t, e) < 0)
		return -1;
	if (!t.count)
		return err_set(e, ERR_INPUT, "the log has no lines");
	enum category category = CATEGORY_UNKNOWN;
	size_t at = choose(&t, c, &category);
	if (at >= t.count)
		at = t.count - 1;
	*ret = (struct candidate){.category = category, .generic_id = "generic/last-error"};
	ret->at = (struct kept_hit){
		.line = t.lines[at].number, .step = t.lines[at].step, .mark = t.lines[at].mark, .news = true};
	ret->text = arena_view(a, log_text_line(&t, at));
	return 0;
}
