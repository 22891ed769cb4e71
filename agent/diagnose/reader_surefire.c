/* Maven's surefire and failsafe, the forms of 2.x and 3.x. Ids are class.method. */
#include "diagnose/reader.h"

enum section { SECTION_NONE, SECTION_FAILURES, SECTION_ERRORS, SECTION_FLAKES };

struct state {
	struct reader_totals totals;
	struct reader_text class; /* of the last class line */
	uint32_t step;
	bool told; /* failures of this module were seen with their full names */
	enum section section;
};

/* "[ERROR] ", "[INFO] ", "[WARNING] ", and maven's "Error:  " as the runner shows it */
static struct view cut_level(struct view text)
{
	static const char *const levels[] = {"[ERROR] ", "[INFO] ", "[WARNING] ", "Error: ", "Warning: "};
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (reader_skip(&text, levels[i]))
			break;
	return view_trim_right(text);
}

/* "method(pkg.Class)" of surefire 2 -> "pkg.Class.method"; "pkg.Class.method" stays, a bare method gets its class. */
static void tell(const struct state *s, struct view id, bool error, int64_t took, const struct test_out *out)
{
	struct view class, method = id;
	struct reader_text whole = {0};
	bool old = view_ends(id, ")") && reader_cut_tail(&method, '(', ')', &class) && reader_dotted(class) &&
		   view_find_char(class, '.') != VIEW_NONE;
	if (old)
		id = method;
	else
		class = reader_kept(&s->class);
	if (!old && (!class.n || (id.n >= class.n && view_eq(view_sub(id, 0, class.n), class))))
		class = (struct view){0};
	reader_keep(&whole, class);
	reader_keep_more(&whole, ".", id);
	reader_tell(out, (struct test_case){.id = reader_kept(&whole),
				 .result = error ? RESULT_ERROR : RESULT_FAILED,
				 .duration_us = took});
}

/* "pkg.Class.method  Time elapsed: 0.2 s  <<< FAILURE!", with " -- " before Time since 3.0; and the line of the class:
 * "Tests run: 8, Failures: 1, ... <<< FAILURE! - in pkg.Class" */
static void marked_line(struct state *s, struct view v, size_t mark, const struct test_out *out)
{
	bool error = view_starts(view_from(v, mark), "<<< ERROR!");
	size_t in = view_find(v, " in "), time = view_find(v, "Time elapsed: ");
	if (view_starts(view_trim(v), "Tests run:")) {
		if (in != VIEW_NONE && in > mark)
			reader_keep(&s->class, view_trim(view_from(v, in + 4)));
		return;
	}
	if (time == VIEW_NONE || time > mark)
		return;
	struct view id = view_trim(view_sub(v, 0, time));
	if (view_ends(id, " --"))
		id = view_trim(view_sub(id, 0, id.n - 3));
	s->told = true;
	tell(s, id, error, reader_duration(view_sub(v, time + 14, mark - time - 14)), out);
}

/* "testBar(pkg.FooTest): expected:<1> but was:<2>" of surefire 2 */
static bool old_result(const struct state *s, struct view v, const struct test_out *out)
{
	size_t open = view_find_char(v, '('), shut = view_find_char(v, ')');
	struct view class = view_sub(v, open + 1, shut > open ? shut - open - 1 : 0);
	if (open == VIEW_NONE || shut == VIEW_NONE || !reader_dotted(class) || !reader_dotted(view_sub(v, 0, open)) ||
		view_find_char(class, '.') == VIEW_NONE)
		return false;
	if (!s->told && s->section != SECTION_FLAKES)
		reader_joined(out, class, ".", view_sub(v, 0, open),
			s->section == SECTION_ERRORS ? RESULT_ERROR : RESULT_FAILED);
	return true;
}

/* "  FooTest.bar:42->check:7 expected:<1> but was:<2>", "FooTest.bar » NullPointer ..." of the results, read where
 * nothing else told the failures; a flaky one stands in full: "pkg.FooTest.bar". */
static void result_line(struct state *s, struct view v, const struct test_out *out)
{
	size_t end = 0;
	bool deep = view_starts(v, "  ");
	v = view_trim(v);
	if (old_result(s, v, out))
		return;
	while (end < v.n && v.p[end] != ' ' && v.p[end] != ':' && v.p[end] != '-')
		end++;
	struct view id = view_sub(v, 0, end), name = view_sub(id, 0, view_find_char(id, '('));
	name = view_sub(name, 0, view_find_char(name, '['));
	if (!reader_dotted(name) || view_find_char(name, '.') == VIEW_NONE)
		return;
	if (s->section == SECTION_FLAKES && !deep)
		reader_tell(
			out, (struct test_case){.id = id, .result = RESULT_PASSED, .duration_us = -1, .flaky = true});
	else if (s->section != SECTION_FLAKES && deep && !s->told)
		reader_tell(out, (struct test_case){.id = id,
					 .result = s->section == SECTION_ERRORS ? RESULT_ERROR : RESULT_FAILED,
					 .duration_us = -1,
					 .message = view_from(v, end)});
}

/* "Failures:", "Tests in error: "; until surefire 2.12 with the first one on the same line */
static void section_line(struct state *s, enum section section, struct view title, const struct test_out *out)
{
	s->section = section;
	old_result(s, view_trim(view_from(title, view_find_char(title, ':') + 1)), out);
}

/* "Tests run: 6, Failures: 6, Errors: 0, Skipped: 0" of a module; those of classes have a time */
static void totals_line(struct state *s, struct view v)
{
	struct test_counts *c = &s->totals.counts;
	int64_t ran = reader_count_after(v, "Tests run:"), failed = reader_count_after(v, "Failures:"),
		errors = reader_count_after(v, "Errors:"), skipped = reader_count_after(v, "Skipped:");
	if (view_has(v, "Time elapsed") || ran < 0 || failed < 0 || errors < 0 || skipped < 0)
		return;
	s->totals.any = true;
	reader_add(&c->failed, failed);
	reader_add(&c->errors, errors);
	reader_add(&c->skipped, skipped);
	reader_add(&c->passed, ran - failed - errors - skipped);
	s->section = SECTION_NONE;
	s->told = false;
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = cut_level(text), title = view_trim(v);
	size_t mark = view_find(v, "<<< ");
	if (reader_new_step(&s->step, out))
		s->section = SECTION_NONE;
	if (mark != VIEW_NONE)
		marked_line(s, v, mark, out);
	else if (view_starts(title, "Tests run:"))
		totals_line(s, title);
	else if (view_is(title, "Failures:") || view_starts(title, "Failed tests:"))
		section_line(s, SECTION_FAILURES, title, out);
	else if (view_is(title, "Errors:") || view_starts(title, "Tests in error:"))
		section_line(s, SECTION_ERRORS, title, out);
	else if (view_is(title, "Flakes:"))
		s->section = SECTION_FLAKES;
	else if (s->section != SECTION_NONE && v.n)
		result_line(s, v, out);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->section != SECTION_NONE;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {"<<< FAILURE!", "<<< ERROR!",
	"Tests run:", " Failures:", " Errors:", " Flakes:", "Tests in error:", "Failed tests:", NULL};

const struct test_reader test_reader_surefire = {.name = "surefire",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
