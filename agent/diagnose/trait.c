#include "diagnose/trait.h"

#include "diagnose/trait_word.h"
#include "log/log.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z');
}

/* ModuleNotFoundError, java.io.IOException: the last word of a name in capitals-and-small. */
static bool is_exception(struct view word)
{
	static const char *const ends[] = {"Error", "Exception", "Failure"};
	if (!word.n || !is_upper(word.p[0]))
		return false;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (view_ends(word, ends[i]) && word.n > strlen(ends[i]))
			return true;
	return false;
}

/* E0382, TS2304, SC2086, CS1002: letters, then at least two digits. */
static bool is_code(struct view word)
{
	size_t i = 0;
	while (i < word.n && is_upper(word.p[i]))
		i++;
	size_t letters = i;
	while (i < word.n && is_digit(word.p[i]))
		i++;
	return letters && letters <= 6 && i == word.n && word.n - letters >= 2 && word.n - letters <= 6;
}

static bool is_number(struct view word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!is_digit(word.p[i]))
			return false;
	return word.n > 0;
}

struct reading {
	uint64_t found;
	unsigned all;    /* meanings met so far, names left out */
	unsigned before; /* meaning of the word before */
	size_t count;
	bool number, zero; /* the word before was a number, was 0 */
};

/* "error: x", "[ERROR] x", but not "errors: 0". */
static bool labels(struct view rest)
{
	if (!rest.n || (rest.p[0] != ':' && rest.p[0] != ']' && rest.p[0] != '!' && rest.p[0] != '['))
		return false;
	rest = view_trim(view_from(rest, 1));
	return !rest.n || !is_digit(rest.p[0]);
}

static void read_trouble(struct reading *r, unsigned meaning, struct view rest)
{
	if (meaning & WORD_ERROR)
		r->found |= !r->count      ? TRAIT_BIT(STARTS_ERROR)
			    : labels(rest) ? TRAIT_BIT(LABELLED_ERROR)
					   : TRAIT_BIT(SAYS_ERROR);
	if (meaning & WORD_FAIL)
		r->found |= !r->count ? TRAIT_BIT(STARTS_FAILED) : TRAIT_BIT(SAYS_FAILED);
	if ((meaning & (WORD_COUNTED | WORD_ERROR)) && r->zero)
		r->found |= TRAIT_BIT(CALM);
	if ((meaning & (WORD_ERROR | WORD_FAIL)) && (r->before & WORD_NONE))
		r->found |= TRAIT_BIT(CALM);
	if ((meaning & (WORD_COUNTED | WORD_ERROR)) && r->number)
		r->found |= TRAIT_BIT(COUNTS);
	if ((meaning & WORD_REQUIRES) && (r->all & WORD_NOT))
		r->found |= TRAIT_BIT(COMPLAINS);
}

/* The name of an exception as it is thrown, not as part of a path, a link or a call. */
static bool thrown(const struct word *w, struct view rest)
{
	if (!is_exception(w->raw))
		return false;
	char after = rest.n ? rest.p[0] : ' ';
	return after == ':' || after == ' ' || after == '(' || after == '[';
}

/* "Failures: 2", "errors=0" */
static void read_count(struct reading *r, const struct word *w)
{
	r->zero = w->raw.n == 1 && w->raw.p[0] == '0';
	if ((r->before & WORD_COUNTED) && !r->zero)
		r->found |= TRAIT_BIT(COUNTS);
	else if (r->before & (WORD_ERROR | WORD_FAIL))
		r->found |= TRAIT_BIT(WRAPS); /* "Error 2": of a command */
}

#define WORD_AMISS (WORD_ERROR | WORD_FAIL | WORD_COMPLAINT | WORD_NOT)

static void read_word(struct reading *r, const struct word *w, struct view rest)
{
	if (thrown(w, rest))
		r->found |= TRAIT_BIT(EXCEPTION);
	if (is_code(w->raw))
		r->found |= TRAIT_BIT(CODE);
	unsigned meaning = w->in_name ? 0 : trait_word(w->lower);
	read_trouble(r, meaning, rest);
	if ((meaning & WORD_DOING) && (!r->count || (r->count == 1 && !(r->all & WORD_AMISS))))
		r->found |= TRAIT_BIT(PROGRESS); /* "downloading", "go: downloading" */
	if (!rest.n || (rest.n == 1 && !is_digit(rest.p[0])))
		r->found |= (meaning & (WORD_ERROR | WORD_FAIL)) ? TRAIT_BIT(ENDS_FAILED) : 0;
	r->number = is_number(w->raw);
	r->zero = false;
	if (r->number)
		read_count(r, w);
	else
		r->count++;
	r->all |= meaning;
	r->before = meaning;
}

static uint64_t from_meanings(unsigned all)
{
	uint64_t f = 0;
	if (all & WORD_COMPLAINT)
		f |= TRAIT_BIT(COMPLAINS);
	if (all & WORD_NOT)
		f |= TRAIT_BIT(NEGATES);
	if (all & WORD_ASSERT)
		f |= TRAIT_BIT(ASSERTS);
	if (all & WORD_WARN)
		f |= TRAIT_BIT(WARNS);
	if (all & WORD_GOOD)
		f |= TRAIT_BIT(CALM);
	if ((all & WORD_STATUS) && (all & WORD_ENDS))
		f |= TRAIT_BIT(WRAPS);
	if (all & WORD_ADVICE)
		f |= TRAIT_BIT(ADVISES);
	return f;
}

/* "name.ext:12", "name.ext(12,3)", "name.ext line 12" */
static bool has_place(struct view line)
{
	for (size_t i = 1; i + 2 < line.n; i++) {
		if (line.p[i] != '.' || !is_letter(line.p[i + 1]))
			continue;
		size_t k = i + 1;
		while (k < line.n && (is_letter(line.p[k]) || is_digit(line.p[k])))
			k++;
		if (k + 1 < line.n && (line.p[k] == ':' || line.p[k] == '(') && is_digit(line.p[k + 1]))
			return true;
		i = k - 1;
	}
	return view_has(line, ", line ");
}

static bool has_quotes(struct view line)
{
	for (size_t i = 0; i + 2 < line.n; i++) {
		char c = line.p[i];
		if (c != '\'' && c != '"' && c != '`')
			continue;
		size_t length = view_find_char(view_from(line, i + 1), c);
		return length != VIEW_NONE && length > 0;
	}
	return false;
}

static bool starts_any(struct view v, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (view_starts(v, list[i]))
			return true;
	return false;
}
#define STARTS_ANY(v, ...)                                                                                             \
	starts_any(v, (const char *const[]){__VA_ARGS__},                                                              \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* Lines that end in trouble for the eye: rulers, rows of marks. */
static bool is_ruler(struct view v)
{
	size_t letters = 0;
	for (size_t i = 0; i < v.n; i++)
		letters += is_letter(v.p[i]);
	return letters * 4 < v.n;
}

static uint64_t from_form(struct view line, struct view v)
{
	uint64_t f = 0;
	size_t indent = (size_t)(v.p - line.p);
	if (indent >= 2 || (indent && line.p[0] == '\t'))
		f |= indent >= 6 ? TRAIT_BIT(DEEP) : TRAIT_BIT(INDENTED);
	if (STARTS_ANY(v, "✗", "✘", "×", "❌", "✖", "●", "FAIL", "not ok", "--- FAIL", "[FAIL", "✕"))
		f |= TRAIT_BIT(CROSS);
	if (STARTS_ANY(v, "✓", "✔", "ok ", "PASS", "√", "✅", "--- PASS", "[  OK", "[ OK", "[PASS"))
		f |= TRAIT_BIT(TICK);
	if (STARTS_ANY(v, "at ", "File \"", "from ", "in ", "... ", "#0 ", "#1 ", "│", "|", "^", "~"))
		f |= TRAIT_BIT(FRAME);
	if (STARTS_ANY(v, "+ ", "$ ", "> ", "++ ", "# "))
		f |= TRAIT_BIT(ECHO);
	if (STARTS_ANY(v, "+", "-", "@@", "diff ", "<<<", ">>>") && !view_starts(v, "---") && !view_starts(v, "+++"))
		f |= TRAIT_BIT(DIFF);
	if (view_has(v, "://"))
		f |= TRAIT_BIT(LINK);
	if (is_ruler(v))
		f |= TRAIT_BIT(RULER);
	if (view_ends(v, ":"))
		f |= TRAIT_BIT(COLON_END);
	return f | (v.n < 10 ? TRAIT_BIT(SHORT) : v.n > 300 ? TRAIT_BIT(LONG) : 0);
}

uint64_t traits_of(struct view whole, uint8_t mark)
{
	struct view line = view_sub(whole, 0, TRAIT_LINE_MAX), v = view_trim(line);
	struct reading r = {0};
	struct word w;
	size_t at = 0;
	while (word_next(v, &at, &w))
		read_word(&r, &w, view_from(v, at));
	uint64_t f = r.found | from_meanings(r.all) | from_form(line, v);
	const uint64_t trouble = TRAIT_BIT(STARTS_ERROR) | TRAIT_BIT(LABELLED_ERROR) | TRAIT_BIT(COMPLAINS);
	if (has_place(v))
		f |= TRAIT_BIT(PLACE) | (f & trouble ? TRAIT_BIT(PLACED_ERROR) : 0);
	if (has_quotes(v))
		f |= TRAIT_BIT(QUOTES) | (f & trouble ? TRAIT_BIT(NAMED_ERROR) : 0);
	if ((f & TRAIT_BIT(EXCEPTION)) && (f & TRAIT_BIT(LINK)))
		f &= ~TRAIT_BIT(EXCEPTION);
	if (mark == LOG_ERROR)
		f |= TRAIT_BIT(MARK_ERROR);
	else if (mark == LOG_WARNING || mark == LOG_NOTICE || mark == LOG_DEBUG)
		f |= TRAIT_BIT(MARK_OTHER);
	return f;
}

bool traits_trouble(uint64_t f)
{
	const uint64_t trouble = TRAIT_BIT(STARTS_ERROR) | TRAIT_BIT(LABELLED_ERROR) | TRAIT_BIT(SAYS_ERROR) |
				 TRAIT_BIT(STARTS_FAILED) | TRAIT_BIT(SAYS_FAILED) | TRAIT_BIT(EXCEPTION) |
				 TRAIT_BIT(COMPLAINS) | TRAIT_BIT(CROSS) | TRAIT_BIT(ENDS_FAILED) | TRAIT_BIT(COUNTS) |
				 TRAIT_BIT(MARK_ERROR);
	return (f & trouble) && !(f & (TRAIT_BIT(CALM) | TRAIT_BIT(TICK) | TRAIT_BIT(MARK_OTHER)));
}

double traits_weight(uint64_t f)
{
#define TRAIT_WEIGHT(name, weight) weight,
	static const double weights[] = {TRAITS(TRAIT_WEIGHT)};
	double sum = 0;
	for (unsigned i = 0; i < TRAIT_COUNT; i++)
		if (f & (UINT64_C(1) << i))
			sum += weights[i];
	return sum;
}
