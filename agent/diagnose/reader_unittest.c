/* Python's unittest, also as Django's test runner and nose. Ids are `module.Class.test`. */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	int64_t ran; /* of the last "Ran N tests", until it is accounted for */
	uint32_t ruler_line;
};

/* "test_x (pkg.mod.Class)" and, since Python 3.11, "test_x (pkg.mod.Class.test_x)"; behind it the parameters of a
 * sub test. What failed to load keeps its form: "tests.test_x (unittest.loader._FailedTest)". */
static bool make_id(struct view title, struct reader_text *ret, size_t *ret_length)
{
	size_t open = view_find(title, " ("), shut = view_find_char(title, ')');
	if (open == VIEW_NONE || shut == VIEW_NONE || shut < open)
		return false;
	struct view name = view_sub(title, 0, open), class = view_sub(title, open + 2, shut - open - 2);
	*ret_length = shut + 1;
	if (view_starts(class, "unittest.loader._FailedTest")) {
		reader_keep(ret, name);
		reader_keep_more(ret, " ", view_of("(unittest.loader._FailedTest)"));
		return true;
	}
	if (!reader_dotted(name) || !reader_dotted(class) || view_find_char(class, '.') == VIEW_NONE)
		return false;
	reader_keep(ret, class);
	if (!view_eq(view_from(class, view_find_last_char(class, '.') + 1), name))
		reader_keep_more(ret, ".", name);
	return true;
}

/* "FAIL: test_x (pkg.mod.Class) (i=1)"; nose's "ERROR: pkg.mod.test_x" only right below a ruler */
static bool head_line(const struct state *s, struct view text, const struct test_out *out)
{
	struct view title = text;
	bool error = reader_skip(&title, "ERROR: ");
	struct reader_text id;
	size_t n;
	if (!error && !reader_skip(&title, "FAIL: "))
		return false;
	title = view_trim_right(title);
	enum result result = error ? RESULT_ERROR : RESULT_FAILED;
	bool below_ruler = s->ruler_line && s->ruler_line + 1 == out->at->number;
	if (make_id(title, &id, &n))
		reader_result(out, reader_kept(&id), result);
	else if (below_ruler && reader_dotted(title))
		reader_result(out, title, result);
	return true;
}

/* "test_x (pkg.mod.Class) ... ok" of -v, or with the docstring before the dots */
static void verbose_line(struct view text, const struct test_out *out)
{
	static const struct {
		const char *word;
		enum result result;
		bool reason; /* stands behind it; behind the others only what the test itself prints */
	} words[] = {{"ok", RESULT_PASSED, false}, {"FAIL", RESULT_FAILED, false}, {"ERROR", RESULT_ERROR, false},
		{"skipped", RESULT_SKIPPED, true}, {"expected failure", RESULT_SKIPPED, false}};
	struct reader_text id;
	size_t n;
	if (!make_id(text, &id, &n) || !view_starts(view_from(text, n), " ... "))
		return;
	struct view said = view_trim_right(view_from(text, n + 5));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (view_is(said, words[i].word) || (words[i].reason && view_starts(said, words[i].word)))
			reader_result(out, reader_kept(&id), words[i].result);
}

/* "FAILED (failures=1, errors=2, skipped=3, expected failures=1)" or "OK (skipped=3)" behind "Ran N tests in 0.1s" */
static void account(struct state *s, struct view text)
{
	struct test_counts *c = &s->totals.counts, one = {0};
	size_t expected = view_find(text, "expected failures=");
	reader_add(&one.failed, reader_count_after(view_sub(text, 0, expected), "failures="));
	reader_add(&one.failed, reader_count_after(text, "unexpected successes="));
	reader_add(&one.errors, reader_count_after(text, "errors="));
	reader_add(&one.skipped, reader_count_after(text, "skipped="));
	reader_add(&one.skipped, reader_count_after(text, "expected failures="));
	int64_t others = one.failed + one.errors + one.skipped;
	c->passed += s->ran > others ? s->ran - others : 0;
	c->failed += one.failed;
	c->errors += one.errors;
	c->skipped += one.skipped;
	s->ran = 0;
}

static void ran_line(struct state *s, struct view text)
{
	int64_t ran = reader_count_after(text, "Ran ");
	if (ran < 0 || !(view_has(text, " tests in ") || view_has(text, " test in ")))
		return;
	account(s, (struct view){0});
	s->ran = ran;
	s->totals.any = true;
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (view_starts(text, "======"))
		s->ruler_line = out->at->number;
	else if (view_starts(text, "Ran "))
		ran_line(s, text);
	else if (s->ran && (view_starts(text, "FAILED (") || view_starts(text, "OK (")))
		account(s, text);
	else if (!head_line(s, text, out))
		verbose_line(text, out);
}

static bool summary(const void *state, struct test_counts *ret)
{
	struct state copy = *(const struct state *)state;
	account(&copy, (struct view){0}); /* "OK" alone */
	return reader_totals(&copy.totals, ret);
}

static const char *const literals[] = {"FAIL: ", "ERROR: ", ") ... ", " test in ", " tests in ", "FAILED (", "\nOK (",
	"================================================", NULL};

const struct test_reader test_reader_unittest = {.name = "unittest",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.summary = summary};
