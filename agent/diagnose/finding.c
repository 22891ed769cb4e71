/* A ranked candidate becomes a finding: texts, place, signature. */
#include "diagnose/internal.h"
#include "diagnose/signature.h"

#include "base/mem.h"

#include <string.h>

static const char *text_of(struct arena *a, struct view v)
{
	return v.p && v.n ? arena_view(a, v).p : NULL;
}

/* Fills {symbol}, {path}, ... in a rule's title or hint; a group that was not captured leaves "?". */
static const char *fill(
	struct arena *a, const char *form, const struct rule_captures *c, const char *path, struct view line)
{
	BUF_AUTO out = buf_new(BUF_LINE);
	for (const char *p = form; *p; p++) {
		const char *end = *p == '{' ? strchr(p, '}') : NULL;
		int g = GROUP_COUNT;
		for (int i = 0; end && i < GROUP_COUNT; i++)
			if (view_is(view_make(p + 1, (size_t)(end - p - 1)), rule_group_names[i]))
				g = i;
		if (g == GROUP_COUNT) {
			buf_add_char(&out, *p);
			continue;
		}
		struct view v = g == GROUP_PATH && path ? view_of(path) : c->group[g];
		if (g == GROUP_MESSAGE && !v.n)
			v = line;
		buf_add_view(&out, v.n ? view_cut_utf8(v, 200) : view_of("?"));
		p = end;
	}
	return arena_text(a, buf_text(&out));
}

static const char *relative(struct arena *a, struct view printed, struct log *log, const struct candidate *c)
{
	if (!printed.n)
		return NULL;
	const struct log_step *s = log_step(log, c->at.step);
	struct view directory = s ? s->directory : (struct view){0};
	BUF_AUTO folder = buf_new(BUF_LINE);
	if (directory.n && !path_relative(&folder, directory, log_info(log)->workspace, (struct view){0}))
		buf_clear(&folder);
	BUF_AUTO out = buf_new(BUF_LINE);
	path_relative(&out, printed, log_info(log)->workspace, buf_view(&folder));
	return text_of(a, buf_view(&out));
}

static uint32_t number(struct view v)
{
	uint64_t n = 0;
	return v.n && view_number(v, UINT32_MAX, &n) ? (uint32_t)n : 0;
}

static struct view message_of(const struct candidate *c)
{
	struct view m = c->captures.group[GROUP_MESSAGE];
	return m.n ? m : view_trim(c->text);
}

/* Does the framework that this finding's rule belongs to also tell results? "go-test" belongs to the reader "go". */
static bool told_by(const struct test_failure *t, const char *tool)
{
	size_t n = strlen(t->reader);
	return !strncmp(tool, t->reader, n) && (!tool[n] || !strcmp(tool + n, "-test"));
}

/* What a test that failed may have printed; the other kinds lie in the machine, the workflow or the sources. */
static bool of_a_test(enum category c)
{
	return c == CATEGORY_TEST || c == CATEGORY_FILE || c == CATEGORY_TYPE || c == CATEGORY_TIMEOUT ||
	       c == CATEGORY_UNKNOWN;
}

/* A finding about tests whose line names none is about those that failed: by the first of their names, so that their
 * order does not matter. */
static bool add_failed_test(struct buf *out, const struct finding *f, const struct collected *c)
{
	struct test_summary tests;
	test_scan_summary(c->tests, &tests);
	const struct test_failure *least = NULL;
	for (size_t i = 0; i < tests.failure_count; i++) {
		const struct test_failure *t = &tests.failures[i];
		if (!of_a_test(f->category) && !told_by(t, f->tool))
			continue;
		if (!least || strcmp(t->id, least->id) < 0)
			least = t;
	}
	if (least && least->path && !view_starts(view_of(least->id), least->path))
		path_relative(out, view_of(least->path), (struct view){0}, (struct view){0});
	if (least)
		buf_add_text(out, least->id);
	return least != NULL;
}

/* What a failure is about: a test, or a file of the repository, or else a file on any machine. */
static void add_subject(struct buf *out, const struct finding *f, const struct collected *c)
{
	if (f->test) {
		buf_add_text(out, f->test);
		return;
	}
	if (add_failed_test(out, f, c))
		buf_add_char(out, 0);
	if (f->location.path && path_absolute(view_of(f->location.path)))
		signature_normalise(out, view_of(f->location.path));
	else if (f->location.path)
		buf_add_text(out, f->location.path);
}

#define EXIT_SPEAKING 124 /* from here on a status says how a command ended: timeout, not found, signals */

static void sign(struct finding *f, const struct candidate *one, const struct collected *c, struct log *log)
{
	BUF_AUTO subject = buf_new(BUF_PAGE);
	const struct log_step *step = log_step(log, one->at.step);
	add_subject(&subject, f, c);
	if (!subject.n && step && step->exit_code >= EXIT_SPEAKING)
		signature_normalise(&subject, step->command);
	const struct signature_parts parts = {.category = f->category,
		.tool = f->tool,
		.message = message_of(one),
		.subject = buf_view(&subject),
		.code = view_of(f->code),
		.names = {view_of(f->symbol), view_of(f->package), view_of(f->host)}};
	signature_make(f->signature, &parts);
}

static const char *title_of(struct arena *a, const struct candidate *c, const char *path)
{
	if (c->rule)
		return fill(a, c->rule->title, &c->captures, path, view_trim(c->text));
	return arena_view(a, view_cut_utf8(view_trim(c->text), 120)).p;
}

static void name_parts(struct finding *f, struct arena *a, const struct candidate *c)
{
	f->symbol = text_of(a, c->captures.group[GROUP_SYMBOL]);
	f->code = text_of(a, c->captures.group[GROUP_CODE]);
	f->test = text_of(a, c->captures.group[GROUP_TEST]);
	f->host = text_of(a, c->captures.group[GROUP_HOST]);
	f->package = text_of(a, c->captures.group[GROUP_PACKAGE]);
}

static void take_rule(struct finding *f, const struct candidate *c)
{
	const struct rule *r = c->rule;
	f->rule = r;
	f->rule_id = r ? r->id : c->generic_id;
	f->tool = r ? r->tool : "generic";
	f->category = c->category;
	f->severity = r ? r->severity : SEVERITY_ERROR;
	f->rank = r ? r->rank : RANK_WRAPPER;
	f->transient = r && r->transient;
	f->why = r && r->why ? r->why
			     : "No rule knows this failure; of the lines of the failing step this one states trouble "
			       "best by its words, its form and its place.";
	f->hint = r && r->hint ? r->hint
			       : "Read the excerpt; a rule of your own in .github/runmedic.yml can teach runmedic this "
				 "failure.";
	f->remedies = r ? r->remedies : NULL;
	f->remedy_count = r ? r->remedy_count : 0;
}

int finding_make(struct finding *f, struct diagnosis *d, struct log *log, struct matcher *m, const struct collected *c,
	const struct candidate *one, const struct verdict *v, unsigned lines_max, struct err *e)
{
	struct arena *a = &d->arena;
	*f = (struct finding){.line = one->at.line, .step = one->at.step, .score = one->score};
	take_rule(f, one);
	f->why = baseline_why(a, c, one, f->why);
	f->message = arena_view(a, view_cut_utf8(message_of(one), 1000)).p;
	name_parts(f, a, one);
	f->location.path = relative(a, one->captures.group[GROUP_PATH], log, one);
	f->title = title_of(a, one, f->location.path);
	if (one->rule && one->rule->hint)
		f->hint = fill(a, one->rule->hint, &one->captures, f->location.path, view_trim(one->text));
	f->location.line = f->location.path ? number(one->captures.group[GROUP_LINE]) : 0;
	f->location.column = f->location.line ? number(one->captures.group[GROUP_COLUMN]) : 0;
	sign(f, one, c, log);
	return excerpt_make(f, a, log, m, one, v, lines_max, e);
}
