/* What stands around a candidate and speaks for or against it, whatever its rule: a failed test that names it, another
 * attempt after it, success that the step reports after it. The score of each piece of evidence is rank.c's to say. */
#include "diagnose/internal.h"
#include "diagnose/says.h"

#include <ctype.h>
#include <string.h>

#define NAMES_MAX 24u      /* failed tests whose names are looked for */
#define NAME_MIN 4u        /* a shorter name stands in lines that mean something else */
#define NAMED_ABOVE 60u    /* lines in which a framework names the test, then shows what it printed */
#define NAMED_BELOW 60u    /* ... or names it behind */
#define LOOKED_AT_MAX 48u  /* candidates of one rule whose surroundings are read: the first half and the last half */
#define RETRY_BETWEEN 400u /* lines between two attempts that are read */
#define RETRY_BEHIND 12u   /* lines in which a retry is told after what failed */
#define WENT_ON_MAX 200u   /* lines at the end of the step in which success is looked for */

/* ---- failed tests ---------------------------------------------------------------------------- */

struct names {
	const char *name[NAMES_MAX];
	uint32_t line[NAMES_MAX]; /* where the framework told it */
	size_t n;
};

/* "tests/test_a.py::TestB::test_c" -> "test_c": what a headline surely repeats. */
static const char *last_part(const char *text)
{
	struct view id = view_of(text);
	static const char *const separators[] = {"::", " › ", " > "};
	size_t start = 0;
	for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
		for (size_t at; (at = view_find(view_from(id, start), separators[i])) != VIEW_NONE;)
			start += at + strlen(separators[i]);
	id = view_from(id, start);
	size_t dot = view_find_last_char(id, '.');
	bool words = view_find_char(id, ' ') != VIEW_NONE;
	return id.p + (dot == VIEW_NONE || words ? 0 : dot + 1);
}

static void take_names(struct names *ret, const struct test_summary *t)
{
	ret->n = 0;
	for (size_t i = 0; i < t->failure_count && ret->n < NAMES_MAX; i++) {
		ret->name[ret->n] = last_part(t->failures[i].id);
		ret->line[ret->n++] = t->failures[i].line;
	}
}

static bool word_char(struct view v, size_t at)
{
	return at < v.n && (isalnum((unsigned char)v.p[at]) || v.p[at] == '_');
}

static bool names_test(struct view line, const struct names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		size_t n = strlen(names->name[i]), at = n < NAME_MIN ? VIEW_NONE : view_find(line, names->name[i]);
		if (at != VIEW_NONE && !(at && word_char(line, at - 1)) && !word_char(line, at + n))
			return true;
	}
	return false;
}

static bool told_at(uint32_t line, const struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (names->line[i] == line)
			return true;
	return false;
}

/* Does line i speak of a failed test? -1: it ends what could. */
static int speaks_of_failed(const struct log_text *t, size_t i, const struct names *names)
{
	struct view line = log_text_line(t, i);
	if (t->lines[i].flags & LOG_ECHO)
		return 0; /* a name in the command */
	if (says_pass(line))
		return -1;
	return told_at(t->lines[i].number, names) || names_test(line, names);
}

static bool named(const struct log_text *t, size_t at, const struct names *names)
{
	int said = speaks_of_failed(t, at, names);
	for (size_t i = 1; !said && i <= NAMED_ABOVE && i <= at; i++)
		said = speaks_of_failed(t, at - i, names);
	if (said > 0)
		return true;
	for (size_t i = 1; i <= NAMED_BELOW && at + i < t->count; i++) {
		said = speaks_of_failed(t, at + i, names);
		if (said < 0)
			return false;
		if (said > 0 && says_fail(log_text_line(t, at + i)))
			return true;
	}
	return false;
}

static int find_named(
	struct candidate *c, struct log *log, const struct names *names, const struct verdict *v, struct err *e)
{
	uint32_t first = c->at.line > v->first + NAMED_ABOVE ? c->at.line - NAMED_ABOVE : v->first;
	uint32_t last = c->at.line + NAMED_BELOW < v->last ? c->at.line + NAMED_BELOW : v->last;
	LOG_TEXT_AUTO t = {0};
	if (log_read(log, first, last, &t, e) < 0)
		return -1;
	size_t at = c->at.line - first;
	c->evidence |= at < t.count && named(&t, at, names) ? EVIDENCE_NAMED : 0;
	return 0;
}

/* ---- attempts -------------------------------------------------------------------------------- */

/* The first line that tells of another attempt; 0: none. */
static int retry_between(uint32_t *ret, struct log *log, uint32_t first, uint32_t last, struct err *e)
{
	LOG_TEXT_AUTO t = {0};
	*ret = 0;
	if (first > last)
		return 0;
	if (log_read(log, first, last, &t, e) < 0)
		return -1;
	for (size_t i = 0; i < t.count && !*ret; i++)
		*ret = says_retry(log_text_line(&t, i)) ? t.lines[i].number : 0;
	return 0;
}

/* Was the step tried again after this candidate? Between it and the next of its rule anywhere; behind the last of them
 * right behind it, when it then failed in another way. */
static int find_retry(struct candidate *c, const struct candidate *next, uint32_t last_cause, struct log *log,
	const struct verdict *v, struct err *e)
{
	uint32_t span = next ? RETRY_BETWEEN : RETRY_BEHIND;
	uint32_t last = next ? next->at.line : v->last;
	uint32_t again;
	if (last > c->at.line + span)
		last = c->at.line + span;
	if (retry_between(&again, log, c->at.line + 1, last, e) < 0)
		return -1;
	c->evidence |= again && (next || last_cause > again) ? EVIDENCE_RETRIED : 0;
	return 0;
}

/* ---- all candidates of one rule -------------------------------------------------------------- */

static uint32_t find_last_cause(const struct candidates *list)
{
	uint32_t last = 0;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].rule->rank == RANK_CAUSE && list->items[i].at.line > last)
			last = list->items[i].at.line;
	return last;
}

static void judge_text(struct candidate *c)
{
	c->evidence |= says_count(c->text) ? EVIDENCE_COUNT : 0;
	c->evidence |= says_command(c->text) ? EVIDENCE_COMMAND : 0;
	c->evidence |= says_property(c->text) ? EVIDENCE_PROPERTY : 0;
	c->evidence |= says_source(c->text) ? EVIDENCE_SOURCE : 0;
}

static int look_around(struct candidate *group, size_t n, uint32_t behind, struct log *log, const struct names *names,
	const struct verdict *v, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct candidate *c = &group[i];
		bool more = i + 1 < n && group[i + 1].at.line > c->at.line;
		judge_text(c);
		if (i >= LOOKED_AT_MAX / 2 && i + LOOKED_AT_MAX / 2 < n)
			continue;
		if (names->n && find_named(c, log, names, v, e) < 0)
			return -1;
		if (find_retry(c, more ? &group[i + 1] : NULL, behind, log, v, e) < 0)
			return -1;
	}
	/* what came before an attempt that was given up was given up, too */
	for (size_t i = n; i-- > 1;)
		group[i - 1].evidence |= group[i].evidence & EVIDENCE_RETRIED;
	return 0;
}

/* ---- the end of the step --------------------------------------------------------------------- */

/* The last line of the step's end that says that something was done; 0: none. */
static int find_success(uint32_t *ret, struct log *log, const struct verdict *v, struct err *e)
{
	uint32_t first = v->last > v->first + WENT_ON_MAX ? v->last - WENT_ON_MAX : v->first;
	LOG_TEXT_AUTO t = {0};
	*ret = 0;
	if (log_read(log, first, v->last, &t, e) < 0)
		return -1;
	for (size_t i = 0; i < t.count; i++)
		if (!(t.lines[i].flags & LOG_ECHO) && says_success(log_text_line(&t, i)))
			*ret = t.lines[i].number;
	return 0;
}

/* A program that reports success after an error lived with it, when another cause stands behind that. Tests report
 * success all the time. */
static int find_went_on(struct candidates *list, struct log *log, const struct verdict *v, struct err *e)
{
	uint32_t success;
	bool cause_behind = false;
	if (find_success(&success, log, v, e) < 0)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		cause_behind |= list->items[i].at.line > success && list->items[i].rule->rank == RANK_CAUSE;
	for (size_t i = 0; cause_behind && i < list->n; i++)
		list->items[i].evidence |= list->items[i].at.line < success ? EVIDENCE_WENT_ON : 0;
	return 0;
}

int candidates_look_around(
	struct candidates *list, struct log *log, const struct collected *c, const struct verdict *v, struct err *e)
{
	struct test_summary tests;
	struct names names;
	test_scan_summary(c->tests, &tests);
	take_names(&names, &tests);
	uint32_t behind = find_last_cause(list);
	for (size_t first = 0, end; first < list->n; first = end) {
		for (end = first; end < list->n && list->items[end].rule == list->items[first].rule; end++)
			;
		if (list->items[first].rule->rank != RANK_WRAPPER &&
			look_around(&list->items[first], end - first, behind, log, &names, v, e) < 0)
			return -1;
	}
	return tests.any || v->step == LOG_NO_STEP ? 0 : find_went_on(list, log, v, e);
}
