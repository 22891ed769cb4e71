/* Coverage as people read it: the tables and sentences of coverage tools in logs. */
#include "diagnose/coverage.h"
#include "diagnose/document.h"
#include "diagnose/line_form.h"

#include <string.h>

/* ---- sentences ----------------------------------------------------------------------------------- */

/* %a is what was reached, %r what was required, %w the metric, %n of %d what was covered. A form with %r is a gate. */
struct sentence {
	const char *form;
	const char *metric; /* where the form has no %w */
	bool ratio;         /* 0..1 */
};
static const struct sentence sentences[] = {
	/* pytest-cov, coverage report --fail-under */
	{"%_Required test coverage of %r%% not reached. Total coverage: %a%%%_", "total", false},
	{"Coverage failure: total of %a is less than fail-under=%r%_", "total", false},
	/* jest; nyc, c8, vitest */
	{"%_Jest: \"global\" coverage threshold for %w (%r%%) not met: %a%%%_", NULL, false},
	{"%_Jest: \"%p\" coverage threshold for %w (%r%%) not met: %a%%%_", NULL, false},
	{"ERROR: Coverage for %w (%a%%) does not meet global threshold (%r%%)", NULL, false},
	{"ERROR: Coverage for %w (%a%%) does not meet threshold (%r%%) for %p", NULL, false},
	{"ERROR: Coverage for %w (%a%%) does not meet \"%_\" threshold (%r%%) for %p", NULL, false},
	{"ERROR: Coverage for %w (%a%%) does not meet \"%_\" threshold (%r%%)", NULL, false},
	/* SimpleCov, gcovr, JaCoCo, tarpaulin, coverlet, diff-cover */
	{"%w coverage (%a%%) is below the expected minimum coverage (%r%%).", NULL, false},
	{"%w coverage by file (%a%%) is below the expected minimum coverage (%r%%) in %p.", NULL, false},
	{"%_failed minimum %w coverage (got %a%%, minimum %r%%)", NULL, false},
	{"%_Rule violated for %_: %w covered ratio is %a, but expected minimum is %r", NULL, true},
	{"%_Coverage is below the failure threshold %a%% < %r%%%_", "total", false},
	{"%_The total %w coverage is below the specified %r", NULL, false},
	{"%_Failure. Coverage is below %r%%.", "total", false},
	/* no gates: what was reached */
	{"lines......: %a%% (%n of %d lines)", "lines", false},
	{"functions..: %a%% (%n of %d functions)", "functions", false},
	{"functions......: %a%% (%n of %d functions)", "functions", false},
	{"branches...: %a%% (%n of %d branches)", "branches", false},
	{"branches......: %a%% (%n of %d branches)", "branches", false},
	{"%w: %a%% (%n out of %d)", NULL, false},
	{"Lines: %a%% ( %n/ %d)", "lines", false},
	{"Lines: %a%% ( %n/%d)", "lines", false},
	{"Lines: %a%% (%n/%d)", "lines", false},
	{"Line Coverage: %a%% (%n / %d)", "lines", false},
	{"Branch Coverage: %a%% (%n / %d)", "branches", false},
	{"%_Coverage report generated for %_. %n / %d LOC (%a%%) covered.", "lines", false},
	{"%a%% coverage, %n/%d lines covered%_", "lines", false},
	{"total: (statements) %a%%", "lines", false},
	{0},
};

static const struct {
	const char *word, *metric;
	int kind; /* enum coverage_kind, -1: none of them */
} metrics[] = {{"line", "lines", COVERAGE_LINE}, {"branch", "branches", COVERAGE_BRANCH},
	{"function", "functions", COVERAGE_FUNCTION}, {"method", "functions", COVERAGE_FUNCTION},
	{"statement", "statements", -1}, {"instruction", "instructions", -1}, {"total", "total", -1},
	{"decision", "decisions", -1}, {"class", "classes", -1}, {"complexity", "complexity", -1}};

static bool find_metric(struct view word, size_t *ret)
{
	for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
		if (view_eq_nocase(view_sub(word, 0, strlen(metrics[i].word)), view_of(metrics[i].word))) {
			*ret = i;
			return true;
		}
	return false;
}

static int64_t whole_number(struct view v)
{
	uint64_t n;
	return view_number(v, COVERAGE_COUNT_MAX, &n) ? (int64_t)n : -1;
}

static bool sentence(struct coverage_builder *b, const struct sentence *s, struct view line)
{
	struct line_form_fields f;
	size_t metric;
	if (!line_form_match(s->form, line, &f) || !find_metric(s->metric ? view_of(s->metric) : f.word, &metric))
		return false;
	double actual = line_form_number(f.a), required = line_form_number(f.r), unit = s->ratio ? 100 : 1;
	if (f.r.p) {
		coverage_gate(b, metrics[metric].metric, f.path, required * unit, actual < 0 ? -1 : actual * unit);
		if (view_is(view_of(metrics[metric].metric), "total") && actual >= 0)
			coverage_percent(b, COVERAGE_WHOLE, actual);
	} else if (metrics[metric].kind >= 0) {
		coverage_told(b, (enum coverage_kind)metrics[metric].kind, whole_number(f.n), whole_number(f.d));
		if (metrics[metric].kind == COVERAGE_LINE)
			coverage_percent(b, COVERAGE_WHOLE, actual);
	}
	return true;
}

/* ---- tables -------------------------------------------------------------------------------------- */

enum table { TABLE_NONE, TABLE_PYTHON, TABLE_GCOVR, TABLE_LLVM, TABLE_PIPES };

struct state {
	enum table table;
	int lines_column;  /* of a table with pipes, from 0 */
	bool has_branches; /* of coverage.py's */
};

#define WORDS_MAX 16

struct row {
	struct view words[WORDS_MAX];
	size_t n;
};

static struct row split(struct view line)
{
	struct row r = {0};
	while (r.n < WORDS_MAX && view_word(&line, &r.words[r.n]))
		r.n++;
	return r;
}

static bool has_words(struct view line, const char *const *words)
{
	struct view word;
	for (; *words; words++)
		if (!view_word(&line, &word) || !view_is(word, *words))
			return false;
	return true;
}

static int64_t count(const struct row *r, size_t i)
{
	return i < r->n ? whole_number(r->words[i]) : -1;
}

static double percent(const struct row *r, size_t i)
{
	struct view v = i < r->n ? r->words[i] : (struct view){0};
	return v.n && v.p[v.n - 1] == '%' ? line_form_number(view_sub(v, 0, v.n - 1)) : -1;
}

/* Name Stmts Miss [Branch BrPart] Cover [Missing] */
static bool python_row(struct coverage_builder *b, const struct state *s, const struct row *r)
{
	int64_t lines = count(r, 1), missed = count(r, 2), branches = count(r, 3), partial = count(r, 4);
	double cover = percent(r, s->has_branches ? 5 : 3);
	if (lines < 0 || missed < 0 || missed > lines || cover < 0)
		return false;
	bool whole = view_is(r->words[0], "TOTAL");
	uint32_t file = whole ? COVERAGE_WHOLE : coverage_file(b, r->words[0]);
	coverage_add(b, file, COVERAGE_LINE, lines - missed, lines);
	(void)branches, (void)partial; /* a partial branch is one of several arms: how many ran is not told */
	if (whole)
		coverage_percent(b, file, cover);
	return !whole;
}

/* File Lines Exec Cover [Missing] */
static bool gcovr_row(struct coverage_builder *b, const struct row *r)
{
	int64_t lines = count(r, 1), covered = count(r, 2);
	if (lines < 0 || covered < 0 || covered > lines)
		return r->n == 1; /* a long name stands on a line of its own */
	bool whole = view_is(r->words[0], "TOTAL");
	coverage_add(b, whole ? COVERAGE_WHOLE : coverage_file(b, r->words[0]), COVERAGE_LINE, covered, lines);
	return !whole;
}

/* Filename Regions Missed Cover Functions Missed Executed Lines Missed Cover [Branches Missed Cover] */
static bool llvm_row(struct coverage_builder *b, const struct row *r)
{
	static const struct {
		size_t at;
		enum coverage_kind kind;
	} columns[] = {{4, COVERAGE_FUNCTION}, {7, COVERAGE_LINE}, {10, COVERAGE_BRANCH}};
	if (count(r, 7) < 0 || count(r, 8) < 0)
		return r->n == 0;
	bool whole = view_is(r->words[0], "TOTAL");
	uint32_t file = whole ? COVERAGE_WHOLE : coverage_file(b, r->words[0]);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		int64_t total = count(r, columns[i].at), missed = count(r, columns[i].at + 1);
		if (total >= 0 && missed >= 0 && missed <= total)
			coverage_add(b, file, columns[i].kind, total - missed, total);
	}
	return !whole;
}

/* Of istanbul's table only the row of all files tells what it is about: folders and files are cut and shortened. */
static bool pipes_row(struct coverage_builder *b, const struct state *s, struct view line)
{
	struct view cell, name = {0};
	if (!view_next(&line, '|', &name) || !line.n)
		return view_starts(name, "---");
	if (!view_is(view_trim(name), "All files"))
		return true;
	for (int i = 1; view_next(&line, '|', &cell); i++)
		if (i == s->lines_column)
			coverage_percent(b, COVERAGE_WHOLE, line_form_number(view_trim(cell)));
	return true;
}

static int column_of(struct view line, const char *title)
{
	struct view cell;
	for (int i = 0; view_next(&line, '|', &cell); i++)
		if (view_is(view_trim(cell), title))
			return i;
	return -1;
}

static bool table_head(struct state *s, struct view line)
{
	static const char *const python[] = {"Name", "Stmts", "Miss", NULL};
	static const char *const branches[] = {"Name", "Stmts", "Miss", "Branch", NULL};
	static const char *const gcovr[] = {"File", "Lines", "Exec", "Cover", NULL};
	static const char *const llvm[] = {"Filename", "Regions", "Missed", "Regions", NULL};
	enum table found = TABLE_NONE;
	if (has_words(line, python))
		found = TABLE_PYTHON;
	else if (has_words(line, gcovr))
		found = TABLE_GCOVR;
	else if (has_words(line, llvm))
		found = TABLE_LLVM;
	else if (view_starts(line, "File ") && (s->lines_column = column_of(line, "% Lines")) > 0)
		found = TABLE_PIPES;
	if (found == TABLE_NONE)
		return false;
	s->table = found;
	s->has_branches = has_words(line, branches);
	return true;
}

static bool is_ruler(struct view line)
{
	return !line.n || view_starts(line, "---") || view_starts(line, "===");
}

static bool table_row(struct coverage_builder *b, struct state *s, struct view line)
{
	if (s->table == TABLE_PIPES)
		return pipes_row(b, s, line);
	if (is_ruler(line))
		return true;
	struct row r = split(line);
	switch (s->table) {
	case TABLE_PYTHON:
		return python_row(b, s, &r);
	case TABLE_GCOVR:
		return gcovr_row(b, &r);
	default:
		return llvm_row(b, &r);
	}
}

/* ok  	acme.org/shelf	0.004s	coverage: 81.2% of statements */
static void go_package(struct coverage_builder *b, struct view line)
{
	struct line_form_fields f;
	if (line_form_match("ok %p %_coverage: %a%% of statements%_", line, &f))
		coverage_percent(b, coverage_file(b, coverage_go_name(b, f.path)), line_form_number(f.a));
	else if (line_form_match("coverage: %a%% of statements%_", line, &f))
		coverage_percent(b, COVERAGE_WHOLE, line_form_number(f.a));
}

static bool may_tell(struct view line)
{
	return view_find_char(line, '%') != VIEW_NONE || view_has(line, "overage") || view_has(line, "overed ratio");
}

int coverage_table(struct coverage_builder *b, struct view bytes, const cJSON *json, struct err *e)
{
	BUF_AUTO plain = {0};
	struct state s = {0};
	struct view line;
	(void)json;
	if (document_text(&plain, &bytes, e) < 0)
		return -1;
	while (view_next(&bytes, '\n', &line)) {
		line = view_trim(line);
		if (table_head(&s, line))
			continue;
		if (s.table != TABLE_NONE && !table_row(b, &s, line))
			s.table = TABLE_NONE;
		if (s.table != TABLE_NONE || line.n > LINE_FORM_MAX || !may_tell(line))
			continue;
		go_package(b, line);
		for (const struct sentence *one = sentences; one->form; one++)
			if (sentence(b, one, line))
				break;
	}
	return coverage_any(b) ? 0 : err_set(e, ERR_INPUT, "no coverage report, and no log that shows coverage");
}
