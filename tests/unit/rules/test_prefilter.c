#include "rules/prefilter.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define FOUND_MAX 65536u

struct note {
	size_t position;
	uint32_t literal;
};

struct notes {
	struct note items[FOUND_MAX];
	size_t n;
};

static void note(void *context, const struct prefilter *p, uint32_t literal, size_t position)
{
	struct notes *notes = context;

	(void)p;
	assert_in_range(notes->n, 0, FOUND_MAX - 1);
	notes->items[notes->n++] = (struct note){position, literal};
}

static void scan(struct notes *notes, struct view text, bool portable)
{
	const struct prefilter *table = &rule_prefilter;
	struct prefilter_scan s = {.bitmap = table->bitmap,
		.sides = table->sides,
		.tables = &table,
		.table_count = 1,
		.portable = portable,
		.found = note,
		.context = notes};

	notes->n = 0;
	prefilter_scan(&s, text);
}

/* What rules match, moved along by one byte at a time, so that each place of a wide load sees it. */
static void finds_the_same_on_every_machine(void **state)
{
	static struct notes wide, portable;
	BUF_AUTO text = buf_new(BUF_LARGE);

	(void)state;
	for (size_t i = 0; i < 400 && i < rule_catalogue_count; i++) {
		buf_addf(&text, "%.*s", (int)(i % 67),
			"...................................................................");
		buf_add_text(&text, rule_catalogue[i].hits[0]);
		buf_add_char(&text, '\n');
	}
	scan(&wide, buf_view(&text), false);
	scan(&portable, buf_view(&text), true);
	assert_in_range(wide.n, 400, FOUND_MAX);
	assert_int_equal(wide.n, portable.n);
	for (size_t i = 0; i < wide.n; i++) {
		assert_int_equal(wide.items[i].position, portable.items[i].position);
		assert_int_equal(wide.items[i].literal, portable.items[i].literal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds_the_same_on_every_machine)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
