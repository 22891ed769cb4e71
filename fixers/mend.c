#include "fixers/mend.h"

#include <string.h>

bool view_has_nocase(struct view v, const char *lower_case)
{
	size_t n = strlen(lower_case);

	for (size_t i = 0; i + n <= v.n; i++)
		if (view_eq_nocase(view_sub(v, i, n), view_of(lower_case)))
			return true;
	return false;
}

static size_t digits(struct view v, size_t at)
{
	size_t n = 0;

	while (at + n < v.n && v.p[at + n] >= '0' && v.p[at + n] <= '9')
		n++;
	return n;
}

static bool number_at(struct view v, size_t *at, uint32_t *ret)
{
	size_t n = digits(v, *at);
	uint64_t number;

	if (n == 0 || !view_number(view_sub(v, *at, n), INT32_MAX, &number))
		return false;
	*ret = (uint32_t)number;
	*at += n;
	return true;
}

static bool char_at(struct view v, size_t at, char c)
{
	return at < v.n && v.p[at] == c;
}

/* ":LINE[:COLUMN]" or "(LINE[,COLUMN])" at `at`; *end is behind it. */
static bool place_at(struct view v, size_t at, struct complaint *ret, size_t *end)
{
	bool round = char_at(v, at, '(');

	if (!round && !char_at(v, at, ':'))
		return false;
	*end = at + 1;
	ret->column = 0;
	if (!number_at(v, end, &ret->line) || ret->line == 0)
		return false;
	if (char_at(v, *end, round ? ',' : ':') && digits(v, *end + 1)) {
		*end += 1;
		if (!number_at(v, end, &ret->column))
			return false;
	}
	if (round && !char_at(v, (*end)++, ')'))
		return false;
	return char_at(v, *end, ':') || char_at(v, *end, ' ') || *end == v.n;
}

bool complaint_parse(struct view line, struct complaint *ret)
{
	*ret = (struct complaint){0};
	for (size_t i = 1; i < line.n && i < 1024; i++) {
		size_t end;

		if (line.p[i] != ':' && line.p[i] != '(')
			continue;
		if (!place_at(line, i, ret, &end))
			continue;
		ret->path = view_sub(line, 0, i);
		ret->text = view_trim(view_from(line, end + 1));
		return !view_has(ret->path, "  ") && *ret->path.p != ' ' && *ret->path.p != '\t';
	}
	return false;
}

struct view complaint_without_level(struct view text)
{
	static const char *const levels[] = {
		"[error] ", "[warning] ", "error: ", "warning: ", "error ", "warning ", NULL};

	for (const char *const *l = levels; *l; l++)
		if (view_starts(text, *l))
			return view_trim(view_from(text, strlen(*l)));
	return text;
}

static int mend_one(struct mend *m, struct complaint *c, struct err *e)
{
	const char *path = evidence_path(m->ev, c->path, &m->ret->arena, e);
	struct source *s = path ? sources_open(m->sources, path, e) : NULL;

	if (!s)
		return -1;
	if (++m->count > MEND_COMPLAINTS_MAX)
		return err_set(e, ERR_REFUSED, "more than %u complaints", MEND_COMPLAINTS_MAX);
	if (c->line > s->line_count + 1)
		return err_set(e, ERR_REFUSED, "%s has no line %u", path, c->line);
	if (view_has(view_sub(s->text, 0, 1024), "DO NOT EDIT") || view_has(view_sub(s->text, 0, 1024), "@generated"))
		return err_set(e, ERR_REFUSED, "%s is written by a program", path);
	return m->how->mend(m, c, s, e);
}

/* Who speaks at a line of the step: its last command that is known by name. */
struct speaker {
	bool tool, test; /* that command runs the checker, a test */
	bool tests;      /* some test ran in the step */
	size_t summary;  /* where tests sum up, the last time */
};

static struct speaker speaker_of(const struct mend *m)
{
	return (struct speaker){.tests = evidence_ran_any(m->ev, evidence_tests, m->ev->text.count),
		.summary = evidence_test_summary(m->ev)};
}

static bool starts_any(struct view line, const char *const *programs)
{
	for (; programs && *programs; programs++)
		if (command_starts(line, *programs))
			return true;
	return false;
}

static void listen(struct speaker *s, const struct mend *m, size_t i)
{
	struct view line = evidence_line(m->ev, i);
	bool tool, test;

	if (!s->tests || !evidence_is_command(m->ev, i))
		return;
	tool = starts_any(line, m->how->programs);
	test = starts_any(line, evidence_tests);
	if (tool || test) {
		s->tool = tool;
		s->test = test;
	}
}

/* A test may print whatever it likes, also what a checker would say. */
static bool may_be_a_test(const struct speaker *s, const struct mend *m, size_t i)
{
	if (m->how->others_may_complain)
		return false;
	if (!m->how->programs && evidence_is_test_script(m->ev))
		return true;
	if (s->test && !s->tool && m->how->programs)
		return true;
	return s->tests && !(s->tool && !s->test) && s->summary != EVIDENCE_NONE && s->summary > i;
}

/* Another check speaks of a file of the repository: it stays red. */
static bool is_foreign(struct mend *m, size_t i)
{
	struct complaint c;

	return !m->how->others_may_complain && complaint_parse(evidence_line(m->ev, i), &c) &&
	       !view_starts(c.text, "note:") && evidence_path(m->ev, c.path, &m->ret->arena, NULL) != NULL;
}

static int note(struct mend *m, struct fix_line **list, size_t *count, size_t i, struct err *e)
{
	if (!*list)
		*list = arena_array(&m->ret->arena, FIXER_LINES_MAX, sizeof(**list));
	if (*count == FIXER_LINES_MAX)
		return err_set(e, ERR_REFUSED, "the step has more than %u complaints", FIXER_LINES_MAX);
	(*list)[(*count)++] = (struct fix_line){
		(uint32_t)i, arena_view(&m->ret->arena, view_cut_utf8(evidence_line(m->ev, i), 200)).p};
	return 0;
}

static int mend_all(struct mend *m, struct err *e)
{
	struct fix_proposal *ret = m->ret;
	struct speaker speaker = speaker_of(m);

	for (size_t i = 0; i < m->ev->text.count; i++) {
		struct complaint c = {0};
		enum mend_verdict verdict = m->how->read(m, i, &c);

		c.index = i;
		listen(&speaker, m, i);
		if (verdict == MEND_COMPLAINT && may_be_a_test(&speaker, m, i))
			return err_set(e, ERR_REFUSED, "a test may have printed: %.*s",
				VIEW_ARG(view_cut_utf8(evidence_line(m->ev, i), 200)));
		if (verdict == MEND_NOTHING && is_foreign(m, i) && note(m, &ret->left, &ret->left_count, i, e) != 0)
			return -1;
		if (verdict == MEND_COMPLAINT && note(m, &ret->answered, &ret->answered_count, i, e) != 0)
			return -1;
		if (verdict == MEND_HOPELESS)
			return err_set(e, ERR_REFUSED, "the check also says: %.*s",
				VIEW_ARG(view_cut_utf8(evidence_line(m->ev, i), 200)));
		if (verdict == MEND_COMPLAINT && mend_one(m, &c, e) != 0)
			return -1;
	}
	if (m->count == 0)
		return err_set(e, ERR_REFUSED, "the step names no place that this fixer can mend");
	return m->how->finish ? m->how->finish(m, e) : 0;
}

int mend_propose(const struct mender *how, const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO sources = sources_new(&ret->arena, q->tree);
	struct mend m = {.how = how, .q = q, .ev = &ev, .sources = &sources, .ret = ret};
	int status = evidence_read(&ev, q, e);

	ret->tier = TIER_HEAL;
	ret->confidence = 0.96;
	if (status != 1)
		return status;
	if (how->programs && !evidence_ran_any(&ev, how->programs, ev.text.count)) {
		err_set(e, ERR_REFUSED, "the step did not run %s", how->programs[0]);
		return 0;
	}
	if (mend_all(&m, e) != 0)
		return fix_outcome(e);
	return sources_propose(&sources, ret, how->check, how->says, e);
}
