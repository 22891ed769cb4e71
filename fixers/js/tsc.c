#include "fixers/js/tsc.h"

#include <string.h>

static bool counts_them(const struct mend *m, struct view line)
{
	struct view text = view_from(line, strlen("Found ")), word;
	uint64_t n;

	return view_word(&text, &word) && view_number(word, 100000, &n) && n == m->count;
}

/* "src/a.ts(10,3): error TS6133: ..." and, pretty, "src/a.ts:10:3 - error TS6133: ..." */
enum mend_verdict tsc_read(struct mend *m, size_t i, struct complaint *ret)
{
	struct view line = evidence_line(m->ev, i), text;

	if (view_starts(line, "Found ") && view_has(line, " error"))
		return counts_them(m, line) ? MEND_HARMLESS : MEND_HOPELESS;
	if (!complaint_parse(line, ret))
		return MEND_NOTHING;
	text = view_starts(ret->text, "- ") ? view_from(ret->text, 2) : ret->text;
	if (!view_starts(text, "error TS"))
		return MEND_NOTHING;
	text = view_from(text, strlen("error "));
	if (!view_next(&text, ':', &ret->code))
		return MEND_NOTHING;
	ret->text = view_trim(text);
	return MEND_COMPLAINT;
}
