/* Patch bundles: any bytes are refused or give fixes within the ceilings; their diffs are refused or can be applied to
 * a file in memory; and a message made of their texts holds no trailer but ours. */
#include "fixers/diff/unified.h"
#include "plan/bundle.h"
#include "plan/delivery.h"

#include <assert.h>
#include <string.h>

#define LINES_MAX 4000u

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check_diff(const struct bundle_fix *f)
{
	static const struct view content = VIEW("one\ntwo\nthree\n");
	ARENA_AUTO a = {0};
	struct view *lines = arena_array(&a, LINES_MAX, sizeof(*lines)), rest = view_of(f->diff), line;
	size_t n = 0;
	struct err e;
	struct diff d;

	while (n < LINES_MAX && view_next(&rest, '\n', &line))
		lines[n++] = line;
	if (diff_read(&d, lines, n, &a, &e) != 1)
		return;
	for (size_t i = 0; i < d.count; i++) {
		BUF_AUTO changed = buf_new(BUF_FILE);

		diff_apply(&d.files[i], content, &changed, &e);
	}
}

static void check_message(const struct bundle_fix *f, const struct config *c)
{
	const struct delivery_message m = {.summary = f->summary,
		.reason = f->reason,
		.fixer = f->fixer,
		.rule = f->rule,
		.signature = f->signature,
		.confidence = f->confidence};
	BUF_AUTO text = buf_new(BUF_PAGE);
	struct delivery_trailers t;
	size_t subject;

	delivery_message(&text, &m, c);
	subject = view_find_char(buf_view(&text), '\n');
	assert(!text.full && subject <= 72 && !view_has(buf_view(&text), "\r"));
	delivery_trailers(&t, buf_view(&text));
	assert(t.ours && view_is(t.fixer, f->fixer) && view_is(t.rule, f->rule));
}

static void check(const struct bundle_fix *f, const struct config *c)
{
	size_t files = 0;

	assert(f->fixer && *f->fixer && f->rule && *f->rule && f->reason && f->diff && *f->diff);
	assert((f->tier == TIER_HEAL || f->tier == TIER_REVIEW) && f->confidence >= 0 && f->confidence <= 1);
	assert(strlen(f->diff) <= BUNDLE_DIFF_MAX && strlen(f->reason) <= BUNDLE_TEXT_MAX);
	while (f->files[files])
		files++;
	assert(files >= 1 && files <= FIXER_FILES_MAX);
	check_diff(f);
	check_message(f, c);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view text = view_make((const char *)data, size);
	struct delivery_trailers trailers;
	static struct config c; /* the same for all: made once */
	struct err e = {0};
	struct bundle b;

	delivery_trailers(&trailers, text);
	if (!c.heal.max_files)
		config_defaults(&c);
	if (bundle_read(&b, text, &e) == 0) {
		assert(strlen(b.base) == 40 && b.count <= BUNDLE_FIXES_MAX);
		for (size_t i = 0; i < b.count; i++)
			check(&b.fixes[i], &c);
		bundle_done(&b);
	} else {
		assert(e.code == ERR_INPUT && *e.text);
	}
	return 0;
}
