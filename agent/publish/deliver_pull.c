/* The pull request with a fix: title, body, what the body remembers, and its end. */
#include "publish/deliver_words.h"

#include <string.h>

#define SUBJECT_SHOWN ((size_t)100)
#define REASON_SHOWN 400u
#define WITHDRAWN "withdrawn"
#define WAITS                                                                                                          \
	"To start CI here, press **Approve workflows to run** below: GitHub holds it back on pull requests that a "    \
	"job's "                                                                                                       \
	"own token opened.\n\n"
#define MARKER_END " -->"
#define FIXERS_MAX (sizeof((struct publish_pull_facts *)0)->fixers / sizeof(struct view))

/* ---- title ---- */

static const char *text_or(const char *text, const char *other)
{
	return text && *text ? text : other;
}

void publish_pull_title(struct buf *out, const struct publish_deliver *d, const char *template_or_null)
{
	const struct publish_fix none = {0}, *first = d->count && d->offers[0].fix ? d->offers[0].fix : &none;
	const struct finding *f = d->count ? d->offers[0].finding : NULL;
	ARENA_AUTO a = {0};
	BUF_AUTO line = buf_new(BUF_LINE);
	const char *summary = text_or(first->summary, words_fixer(first));
	if (d->count > 1)
		summary = arena_format(&a, "%s, and %zu more fix%s", summary, d->count - 1, d->count == 2 ? "" : "es");
	const struct delivery_message m = {.summary = summary,
		.fixer = words_fixer(first),
		.rule = first->rule,
		.signature = first->signature,
		.category = f ? category_name(f->category) : NULL};
	delivery_subject(&line, &m, template_or_null, d->conventional, PUBLISH_TITLE_MAX);
	deliver_line(out, buf_text(&line), PUBLISH_TITLE_MAX - sizeof "…");
}

/* ---- body ---- */

static bool is_new_fixer(const struct publish_deliver *d, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(words_fixer(d->offers[k].fix), words_fixer(d->offers[i].fix)))
			return false;
	return d->offers[i].fix && word_is_safe(d->offers[i].fix->fixer);
}

static void add_marker(struct buf *out, const struct publish_deliver *d)
{
	const struct publish_run *r = d->run;
	size_t n = 0;
	const char *sha = view_of(r->head_sha).n && word_is_safe(r->head_sha) ? r->head_sha : "-";
	buf_addf(out, PUBLISH_PULL_MARKER "signature=%s base=%s run=%lld fixers=",
		deliver_own_signature(d->count && d->offers[0].fix ? d->offers[0].fix->signature : NULL), sha,
		(long long)r->id);
	for (size_t i = 0; i < d->count && n < FIXERS_MAX; i++)
		if (is_new_fixer(d, i))
			buf_addf(out, "%s%s", n++ ? "," : "", d->offers[i].fix->fixer);
	buf_add_text(out, MARKER_END "\n\n");
}

static void add_head(struct page *p, const struct publish_deliver *d)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = {.out = &block, .form = PEN_MARKDOWN, .run = d->run};
	add_marker(&block, d);
	if (d->waits)
		pen_ours(&pen, "%s", WAITS);
	page_add(p, &block);
}

static void add_sign(struct page *p, const struct publish_deliver *d)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = {.out = &block, .form = PEN_MARKDOWN, .run = d->run};
	if (d->draft)
		pen_ours(&pen, "\nThis is a draft: read each line that is not called safe before you take it.\n");
	if (d->reason) {
		pen_ours(&pen, "\nWhy a pull request: ");
		words_sentence(&pen, d->reason, REASON_SHOWN);
		pen_ours(&pen, "\n");
	}
	pen_ours(&pen, "\n**Not wanted?** Close this pull request, and this fix is not proposed again for this "
		       "failure. The label `" DELIVERY_LABEL_OFF "` stops runmedic on a pull request; the comment "
		       "`/runmedic ignore` leaves this failure alone everywhere. It never merges anything itself.\n");
	page_add(p, &block);
}

void publish_pull_body(struct buf *out, const struct publish_deliver *d)
{
	struct told t;
	struct page p;
	BUF_AUTO footer = buf_new(BUF_LINE);
	told_start(&t, d->run);
	words_footer(&footer, d->run, "");
	page_start(&p, out, PUBLISH_TEXT_MAX, d->run, &footer);
	add_head(&p, d);
	deliver_causes(&p, &t, d);
	deliver_table(&p, d);
	deliver_reasons(&p, d);
	add_sign(&p, d);
	page_end(&p);
	told_done(&t);
}

/* ---- what a body of ours says ---- */

static bool is_made_of(struct view v, const char *letters)
{
	for (size_t i = 0; i < v.n; i++)
		if (!v.p[i] || !strchr(letters, v.p[i]))
			return false;
	return v.n > 0;
}

static bool read_fixers(struct publish_pull_facts *ret, struct view list)
{
	struct view one;
	while (view_next(&list, ',', &one)) {
		if (ret->fixer_count == FIXERS_MAX || !is_made_of(one, "abcdefghijklmnopqrstuvwxyz0123456789-_/."))
			return false;
		ret->fixers[ret->fixer_count++] = one;
	}
	return true;
}

static bool read_word(struct publish_pull_facts *ret, struct view word)
{
	if (view_starts(word, "signature=")) {
		ret->signature = view_from(word, strlen("signature="));
		if (view_is(ret->signature, "-"))
			ret->signature = (struct view){0};
		return !ret->signature.n || deliver_is_signature(ret->signature);
	}
	if (view_starts(word, "base=")) {
		ret->base = view_from(word, strlen("base="));
		return is_made_of(ret->base, "0123456789abcdef-");
	}
	if (view_starts(word, "run=")) {
		ret->run = view_from(word, strlen("run="));
		return is_made_of(ret->run, "0123456789");
	}
	if (view_starts(word, "fixers="))
		return read_fixers(ret, view_from(word, strlen("fixers=")));
	ret->withdrawn = ret->withdrawn || view_is(word, WITHDRAWN);
	return true;
}

bool publish_pull_read(struct publish_pull_facts *ret, struct view body)
{
	struct view line, word;
	*ret = (struct publish_pull_facts){0};
	if (!view_next(&body, '\n', &line))
		return false;
	line = view_trim_right(line);
	if (!view_starts(line, PUBLISH_PULL_MARKER) || !view_ends(line, MARKER_END))
		return false;
	line = view_sub(line, 0, line.n - strlen(MARKER_END));
	line = view_from(line, strlen(PUBLISH_PULL_MARKER));
	while (view_word(&line, &word))
		if (!read_word(ret, word)) {
			*ret = (struct publish_pull_facts){0};
			return false;
		}
	return ret->run.n > 0;
}

/* ---- its end ---- */

bool publish_pull_withdrawn(struct buf *out, struct view body, const char *reason)
{
	struct publish_pull_facts facts;
	BUF_AUTO head = buf_new(BUF_PAGE);
	const struct pen pen = {.out = &head, .form = PEN_MARKDOWN};
	struct view line, rest = body;
	if (!publish_pull_read(&facts, body))
		return false;
	view_next(&rest, '\n', &line);
	line = view_trim_right(line);
	buf_add_view(&head, view_sub(line, 0, line.n - strlen(MARKER_END)));
	if (!facts.withdrawn) {
		pen_ours(&pen, " " WITHDRAWN MARKER_END "\n\n**Withdrawn:** ");
		words_sentence(&pen, text_or(reason, "it did not help"), REASON_SHOWN);
		pen_ours(&pen, "\n");
	} else
		pen_ours(&pen, MARKER_END "\n");
	if (view_starts(rest, "\n" WAITS))
		rest = view_from(rest, strlen(WAITS));
	buf_add_view(out, buf_view(&head));
	if (head.n + rest.n <= PUBLISH_TEXT_MAX)
		buf_add_view(out, rest);
	return !out->full;
}

void publish_withdrawal(struct buf *out, const char *reason, const struct publish_run *run_or_null)
{
	const struct publish_run none = {0};
	const struct publish_run *r = run_or_null ? run_or_null : &none;
	const struct pen pen = {.out = out, .form = PEN_MARKDOWN, .run = r};
	pen_ours(&pen, "**Withdrawn:** ");
	words_sentence(&pen, text_or(reason, "it did not help"), REASON_SHOWN);
	pen_ours(&pen, "\n\n");
	if (r->url) {
		pen_link(&pen, "This run", r->url);
		pen_ours(&pen, " shows it. ");
	}
	pen_ours(&pen, "runmedic closes this pull request and removes its branch; it does not try this fix for this "
		       "failure again. Restore the branch and reopen it if you know better.\n");
}

/* As the rest of a commit's message is made safe. */
static void add_flat(struct buf *out, const char *text, size_t most)
{
	const struct delivery_message m = {.summary = text};
	BUF_AUTO line = buf_new(BUF_LINE);
	delivery_subject(&line, &m, NULL, false, most);
	deliver_line(out, buf_text(&line), most);
}

void publish_revert_message(struct buf *out, const char *sha, const char *subject, const char *reason,
	const char *signature, const char *fixer)
{
	buf_add_text(out, "Revert \"");
	add_flat(out, text_or(subject, "a fix"), SUBJECT_SHOWN);
	buf_addf(out, "\"\n\nThis reverts commit %s.\n\nWhy: ", word_is_safe(sha) ? sha : "of ours");
	add_flat(out, text_or(reason, "it did not help"), REASON_SHOWN);
	buf_add_text(out, "\n\n");
	if (deliver_is_signature(view_of(signature)))
		buf_addf(out, "Runmedic-Signature: %s\n", signature);
	buf_addf(out, "Runmedic-Fixer: %s\n", word_is_safe(fixer) ? fixer : "unknown");
}
