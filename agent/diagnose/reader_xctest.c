/* XCTest and Swift Testing: swift test, xcodebuild, and what xcpretty and xcbeautify make of it. Ids are Class.method,
 * with the module in front where it is printed; those of Swift Testing as it prints them. */
#include "diagnose/reader_form.h"

/* "-[Module.Class method]" -> "Module.Class.method", "Class.method" stays. */
static void tell(struct view id, int64_t took, enum result result, const struct test_out *out)
{
	struct reader_text whole;
	/* NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): said at every way in */
	struct view method = id;
	if (reader_skip(&id, "-[") && view_ends(id, "]"))
		id = view_sub(id, 0, id.n - 1);
	size_t blank = view_find_char(id, ' ');
	method = view_from(id, blank == VIEW_NONE ? id.n : blank + 1);
	reader_keep(&whole, view_sub(id, 0, blank == VIEW_NONE ? id.n : blank));
	if (method.n)
		reader_keep_more(&whole, ".", method);
	reader_tell(out, (struct test_case){.id = reader_kept(&whole), .result = result, .duration_us = took});
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	static const struct {
		const char *shape;
		enum result result;
	} shapes[] = {{"<*>Test Case '<id>' failed (<text>)", RESULT_FAILED},
		{"<*>Test Case '<id>' failed (<text>).", RESULT_FAILED},
		{"<*>Test Case '<id>' passed (<text>)", RESULT_PASSED},
		{"<*>Test Case '<id>' passed (<text>).", RESULT_PASSED},
		{"<*>Test Case '<id>' skipped (<text>)<*>", RESULT_SKIPPED},
		{"<*>Test case '<id>' failed on <*> (<text>)", RESULT_FAILED},
		{"<*>Test case '<id>' passed on <*> (<text>)", RESULT_PASSED}};
	struct reader_form_match m;
	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (reader_form_match(shapes[i].shape, text, &m)) {
			tell(m.id, reader_duration(m.message), shapes[i].result, out);
			return;
		}
	bool failed = reader_form_match("<*>✘ Test <id> failed after <*>", text, &m) ||
		      reader_form_match("<*>✗ Test <id> failed after <*>", text, &m) ||
		      reader_form_match("<*>× Test <id> failed after <*>", text, &m);
	if (failed && !view_starts(m.id, "run with ") && !view_starts(m.id, "case "))
		reader_failed(out, m.id, (struct view){0});
}

static const char *const literals[] = {"Test Case '", "Test case '", " failed after ", NULL};

struct nothing {
	char unused;
};

const struct test_reader test_reader_xctest = {
	.name = "xctest", .state_size = sizeof(struct nothing), .literals = literals, .line = on_line};
