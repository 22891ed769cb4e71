/* Which evidence made this finding the primary one, in a sentence that stands behind the rule's own. */
#include "diagnose/internal.h"

static bool explains(const struct candidate *c)
{
	return c->rule && c->rule->rank != RANK_WRAPPER;
}

/* Another candidate that explains something and has this evidence, which `one` has not. */
static bool rival_has(const struct candidates *list, const struct candidate *one, unsigned evidence)
{
	for (size_t i = 0; i < list->n && !(one->evidence & evidence); i++)
		if (explains(&list->items[i]) && list->items[i].evidence & evidence)
			return true;
	return false;
}

static bool rival_is_old(const struct candidates *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (explains(&list->items[i]) && !list->items[i].at.news)
			return true;
	return false;
}

/* How it stands among those that explain something. */
static const char *place(const struct candidates *list, const struct candidate *one)
{
	size_t others = 0, before = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct candidate *c = &list->items[i];
		if (c == one || !explains(c) || c->at.line == one->at.line)
			continue;
		others++;
		before += c->at.line < one->at.line;
	}
	if (!others)
		return "Nothing else in the failing step explains its end.";
	if (!before)
		return "It is the first error of the failing step.";
	return "It says more than what else is found in the failing step.";
}

static const char *sentence(const struct candidates *list, const struct candidate *one, const struct collected *c)
{
	struct test_summary tests;
	test_scan_summary(c->tests, &tests);
	if (one->evidence & EVIDENCE_ELSEWHERE)
		return "The failing step itself does not say what failed; another step shows it.";
	if (c->has_baseline && one->at.news && rival_is_old(list))
		return "Passing runs of the same job print no such line.";
	if (one->evidence & EVIDENCE_NAMED && tests.failure_count)
		return "It is named by a test that failed.";
	if (rival_has(list, one, EVIDENCE_RETRIED))
		return "It is of the last attempt; the step was tried again after what stands before.";
	if (rival_has(list, one, EVIDENCE_WENT_ON))
		return "The step went on with success after what else looks like the cause.";
	if (one->at.mark == LOG_ERROR)
		return "The step marked it as an error itself.";
	return place(list, one);
}

const char *why_chosen(struct arena *a, const char *why, const struct candidates *list, const struct collected *c)
{
	const struct candidate *one = &list->items[0];
	if (!one->rule)
		return why;
	BUF_AUTO out = buf_new(BUF_PAGE);
	buf_add_text(&out, why);
	buf_add_char(&out, ' ');
	buf_add_text(&out, sentence(list, one, c));
	return arena_text(a, buf_text(&out));
}
