/* delivery_message.c - the message of a fix's commit, and what the messages of others say.
 *
 * Summary and reason may hold text of a log. It stays on one line, is redacted, and loses what git or GitHub would act
 * on: trailers, "[skip ci]" (the fix would never be checked), "fixes #1" (the merge would close an issue). */
#include "plan/delivery.h"

#include "base/redact.h"

#include <ctype.h>
#include <string.h>

#define SUBJECT_MAX 72
#define SWITCH_MAX 32    /* bytes of "[skip runmedic]" and its like */
#define SUBJECT_LEAST 40 /* a subject is cut between words where that leaves so much */

/* ---- texts that may come from a log ----------------------------------------------------------------------- */

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static bool is_one_of(struct view word, const char *const *list)
{
	for (; *list; list++)
		if (view_eq_nocase(word, view_of(*list)))
			return true;
	return false;
}

/* Length of "[skip ci]" and its like, which switch workflows off, and our own; 0: it is nothing of the kind. */
static size_t switch_at(struct view text)
{
	static const char *const switches[] = {"skip ci", "ci skip", "no ci", "skip actions", "actions skip",
		"skip runmedic", "runmedic skip", "dependabot skip", NULL};
	struct view inner = view_sub(view_from(text, 1), 0, SWITCH_MAX);
	size_t close = view_starts(text, "[") ? view_find_char(inner, ']') : VIEW_NONE;

	return close != VIEW_NONE && is_one_of(view_sub(inner, 0, close), switches) ? close + 2 : 0;
}

static bool is_closing_word(struct view word)
{
	static const char *const closing[] = {
		"close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved", NULL};

	return is_one_of(word, closing);
}

/* Does text begin with what GitHub takes for an issue: #1, GH-1, owner/name#1, an address? */
static bool is_reference(struct view text)
{
	size_t end = 0, hash;
	struct view word;

	while (end < text.n && text.p[end] != ' ')
		end++;
	word = view_sub(text, 0, end);
	hash = view_find_char(word, '#');
	return (hash != VIEW_NONE && hash + 1 < word.n && isdigit((unsigned char)word.p[hash + 1])) ||
	       (word.n > 3 && view_eq_nocase(view_sub(word, 0, 3), VIEW("gh-"))) || view_has(word, "://");
}

/* Length of "fixes: " in front of a reference, 0: it is nothing of the kind. */
static size_t closing_before(struct view text)
{
	size_t n = 0, blanks;

	while (n < text.n && isalpha((unsigned char)text.p[n]))
		n++;
	if (!is_closing_word(view_sub(text, 0, n)))
		return 0;
	n += n < text.n && text.p[n] == ':';
	for (blanks = n; blanks < text.n && text.p[blanks] == ' '; blanks++)
		;
	return blanks > n && is_reference(view_from(text, blanks)) ? blanks : 0;
}

static void defuse(struct buf *out, struct view text)
{
	for (size_t i = 0; i < text.n; i++) {
		struct view rest = view_from(text, i);
		size_t off = switch_at(rest);
		size_t words = i == 0 || !is_word_char(text.p[i - 1]) ? closing_before(rest) : 0;

		if (off) {
			buf_addf(out, "(%.*s)", VIEW_ARG(view_sub(rest, 1, off - 2)));
			i += off - 1;
		} else if (words) {
			buf_addf(out, "%.*ssee ", VIEW_ARG(view_sub(rest, 0, words)));
			i += words - 1;
		} else {
			buf_add_char(out, *rest.p);
		}
	}
}

/* As one harmless line. */
static void add_flat(struct buf *out, struct view text)
{
	BUF_AUTO flat = buf_new(BUF_LINE);
	BUF_AUTO safe = buf_new(BUF_LINE);
	struct view rest = view_trim(view_cut_utf8(text, BUF_LINE / 4)), line;

	while (view_next(&rest, '\n', &line)) {
		line = view_trim(line);
		buf_add_text(&flat, flat.n && line.n ? " " : "");
		buf_add_view(&flat, line);
	}
	redact_for_terminal(&safe, buf_view(&flat));
	defuse(out, view_trim(buf_view(&safe)));
}

static void add_line(struct buf *out, const char *label, const char *text)
{
	buf_add_text(out, label);
	add_flat(out, view_of(text));
	buf_add_char(out, '\n');
}

/* "Co-authored-by: " and the like: GitHub looks for some of them outside the last paragraph, too. */
static bool looks_like_trailer(struct view text)
{
	size_t colon = view_find_char(text, ':');
	struct view key = view_sub(text, 0, colon == VIEW_NONE ? 0 : colon);

	for (size_t i = 0; i < key.n; i++)
		if (!is_word_char(key.p[i]))
			return false;
	return key.n && (view_find_char(key, '-') != VIEW_NONE || view_eq_nocase(key, VIEW("Runmedic")));
}

static void add_reason(struct buf *out, const char *reason)
{
	BUF_AUTO line = buf_new(BUF_LINE);

	add_flat(&line, view_of(reason));
	if (line.n)
		buf_addf(out, "%s%s\n", looks_like_trailer(buf_view(&line)) ? "It says: " : "", buf_text(&line));
}

/* ---- subject ------------------------------------------------------------------------------------------------ */

/* The type of a Conventional Commit, by what was wrong. */
static const char *type_of(const struct delivery_message *m)
{
	enum category category = CATEGORY_UNKNOWN;

	if (view_starts(view_of(m->fixer), "workflow/"))
		return "ci";
	if (!category_parse(view_of(m->category), &category))
		return "fix";
	switch (category) {
	case CATEGORY_FORMAT:
	case CATEGORY_LINT:
		return "style";
	case CATEGORY_DEPENDENCY:
		return "fix(deps)";
	case CATEGORY_WORKFLOW:
		return "ci";
	case CATEGORY_TEST:
		return "test";
	default:
		return "fix";
	}
}

/* A template may have brought its own: "chore(ci)!: " */
static bool has_type(struct view subject)
{
	size_t n = 0, close;

	while (n < subject.n && islower((unsigned char)subject.p[n]))
		n++;
	if (n == 0)
		return false;
	subject = view_from(subject, n);
	close = view_starts(subject, "(") ? view_find_char(subject, ')') : VIEW_NONE;
	if (close != VIEW_NONE)
		subject = view_from(subject, close + 1);
	return view_starts(subject, ": ") || view_starts(subject, "!: ");
}

/* The template of the configuration with what its words stand for. */
static void fill_template(struct buf *out, const struct delivery_message *m, const char *template)
{
	const char *summary = m->summary && *m->summary ? m->summary : m->title;
	const struct {
		const char *word, *stands_for;
	} words[] = {
		{"{summary}", summary && *summary ? summary : m->fixer},
		{"{fixer}", m->fixer},
		{"{rule}", m->rule},
		{"{signature}", m->signature},
	};

	for (const char *at = template && *template ? template : "{summary}"; *at;) {
		size_t i = 0;

		while (i < sizeof(words) / sizeof(*words) && !view_starts(view_of(at), words[i].word))
			i++;
		if (i == sizeof(words) / sizeof(*words)) {
			buf_add_char(out, *at++);
			continue;
		}
		buf_add_view(out, view_cut_utf8(view_of(words[i].stands_for), BUF_LINE / 8));
		at += strlen(words[i].word);
	}
}

/* Between words, where one begins late enough. */
static struct view cut_subject(struct view text, size_t max)
{
	struct view cut = view_cut_utf8(text, max);
	size_t blank = view_find_last_char(cut, ' ');

	if (cut.n < text.n && text.p[cut.n] != ' ' && blank != VIEW_NONE && blank >= SUBJECT_LEAST)
		cut = view_sub(cut, 0, blank);
	return view_trim(cut);
}

void delivery_subject(
	struct buf *out, const struct delivery_message *m, const char *template_or_null, bool conventional, size_t max)
{
	BUF_AUTO filled = buf_new(BUF_LINE);
	BUF_AUTO subject = buf_new(BUF_LINE);
	BUF_AUTO line = buf_new(BUF_LINE);

	fill_template(&filled, m, template_or_null);
	add_flat(&subject, buf_view(&filled));
	if (conventional && !has_type(buf_view(&subject)))
		buf_addf(&line, "%s: ", type_of(m));
	buf_add_view(&line, buf_view(&subject));
	buf_add_view(out, cut_subject(buf_view(&line), max));
}

/* ---- message ------------------------------------------------------------------------------------------------ */

static void add_proof(struct buf *out, const struct delivery_message *m)
{
	BUF_AUTO command = buf_new(BUF_LINE);

	for (const char *const *p = m->proof_argv; p && *p; p++)
		buf_addf(&command, "%s%s", command.n ? " " : "", *p);
	if (m->proof_says && *m->proof_says)
		add_line(out, "Proof: ", m->proof_says);
	if (command.n)
		add_line(out, "Proof: exit status 0 of ", buf_text(&command));
}

static void add_trailer(struct buf *out, const char *label, const char *text)
{
	if (text && *text)
		add_line(out, label, text);
}

void delivery_message(struct buf *out, const struct delivery_message *m, const struct config *c)
{
	delivery_subject(out, m, c->heal.subject, c->heal.conventional, SUBJECT_MAX);
	buf_add_text(out, "\n\n");
	add_reason(out, m->reason);
	add_proof(out, m);
	if (m->dependabot)
		buf_add_text(out, "\n[dependabot skip]\n");
	buf_add_text(out, "\n");
	add_trailer(out, "Runmedic-Signature: ", m->signature);
	add_trailer(out, "Runmedic-Rule: ", m->rule);
	add_trailer(out, "Runmedic-Fixer: ", m->fixer);
	buf_addf(out, "Runmedic-Confidence: %.2f\n", m->confidence);
	if (m->good + m->bad)
		buf_addf(out, "Runmedic-Record: %u of %u earlier fixes of this kind turned out good\n", m->good,
			m->good + m->bad);
	add_trailer(out, "Runmedic-Run: ", m->run_url);
	if (c->heal.sign_off)
		add_trailer(out, "Signed-off-by: ", m->sign_off);
}

/* ---- the messages of others ---------------------------------------------------------------------------------- */

static bool is_blank(struct view line)
{
	return view_trim(line).n == 0;
}

/* Trailers are the last paragraph, unless that is the subject. */
static struct view last_paragraph(struct view message)
{
	struct view rest = message = view_trim_right(message), line, last = {0};
	bool fresh = false, subject = true;

	while (view_next(&rest, '\n', &line)) {
		if (is_blank(line)) {
			fresh = true;
			subject = false;
		} else if (fresh) {
			last = view_from(message, (size_t)(line.p - message.p));
			fresh = false;
		}
	}
	return subject ? (struct view){0} : last;
}

/* The value of "Key: value"; the first of a key counts. */
static void take(struct view line, const char *key, struct view *ret)
{
	size_t n = strlen(key);

	if (ret->n == 0 && line.n > n && line.p[n] == ':' && view_eq_nocase(view_sub(line, 0, n), view_of(key)))
		*ret = view_trim(view_from(line, n + 1));
}

static void take_revert(struct view line, struct view *ret)
{
	static const char words[] = "This reverts commit ";
	struct view sha = view_from(line, sizeof(words) - 1);
	size_t n = 0;

	while (n < sha.n && isxdigit((unsigned char)sha.p[n]))
		n++;
	if (ret->n == 0 && view_starts(line, words) && n >= 7 && n <= 64)
		*ret = view_sub(sha, 0, n);
}

static bool says_off(struct view line)
{
	if (view_eq_nocase(line, VIEW(DELIVERY_TRAILER_OFF)))
		return true;
	for (size_t open; (open = view_find_char(line, '[')) != VIEW_NONE; line = view_from(line, open + 1)) {
		struct view inner = view_sub(view_from(line, open + 1), 0, SWITCH_MAX);
		size_t close = view_find_char(inner, ']');

		if (close != VIEW_NONE && (view_eq_nocase(view_sub(inner, 0, close), VIEW("skip runmedic")) ||
						  view_eq_nocase(view_sub(inner, 0, close), VIEW("runmedic skip"))))
			return true;
	}
	return false;
}

void delivery_trailers(struct delivery_trailers *ret, struct view message)
{
	struct view rest = message, line, trailers = last_paragraph(message);

	*ret = (struct delivery_trailers){0};
	while (view_next(&rest, '\n', &line)) {
		line = view_trim(line);
		ret->off = ret->off || says_off(line);
		take_revert(line, &ret->reverts);
	}
	while (view_next(&trailers, '\n', &line)) {
		take(line, "Runmedic-Signature", &ret->signature);
		take(line, "Runmedic-Rule", &ret->rule);
		take(line, "Runmedic-Fixer", &ret->fixer);
		take(line, "Runmedic-Run", &ret->run);
	}
	ret->ours = ret->fixer.n > 0;
}
