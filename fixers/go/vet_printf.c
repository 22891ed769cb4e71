/* go/vet-printf - a Printf verb that does not fit its argument. */
#include "fixers/mend.h"

#include <string.h>

/* "fmt.Sprintf format %d has arg unit of wrong type string" */
static enum mend_verdict read_line(struct mend *m, size_t i, struct complaint *ret)
{
	struct view text;
	size_t at;

	if (!complaint_parse(evidence_line(m->ev, i), ret) || !view_ends(ret->path, ".go"))
		return MEND_NOTHING;
	text = ret->text;
	at = view_find(text, " format %");
	if (at == VIEW_NONE || !view_has(text, " has arg ") || !view_has(text, " of wrong type "))
		return MEND_HOPELESS;
	ret->code = view_sub(text, at + strlen(" format "), 2);
	ret->text = view_from(text, view_find(text, " of wrong type ") + strlen(" of wrong type "));
	return MEND_COMPLAINT;
}

static const char *verb_for(struct view type)
{
	static const struct {
		const char *type, *verb;
	} verbs[] = {{"string", "%s"}, {"error", "%v"}, {"bool", "%t"}, {"int", "%d"}, {"int64", "%d"}, {"int32", "%d"},
		{"uint", "%d"}, {"uint64", "%d"}, {"uint32", "%d"}, {"byte", "%d"}, {"float64", "%g"},
		{"float32", "%g"}};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (view_is(type, verbs[i].type))
			return verbs[i].verb;
	return NULL;
}

static int mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e)
{
	struct view line = source_line(s, c->line);
	size_t at = view_find(line, arena_view(&m->ret->arena, c->code).p);
	const char *verb = verb_for(c->text);

	if (!verb)
		return err_set(e, ERR_REFUSED, "no verb is sure to fit %.*s", VIEW_ARG(c->text));
	if (at == VIEW_NONE || view_has(view_from(line, at + 2), arena_view(&m->ret->arena, c->code).p))
		return err_set(
			e, ERR_REFUSED, "%s:%u does not have %.*s exactly once", s->path, c->line, VIEW_ARG(c->code));
	return source_splice(s, source_offset(s, c->line) + at, 2, view_of(verb), e);
}

static const struct mender mender = {
	.programs = (const char *const[]){"go vet", "go test", "golangci-lint", NULL},
	.read = read_line,
	.mend = mend,
	.says = "only verbs changed, at the named lines",
};

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	int status;

	ret->summary = "use the Printf verb that fits the argument";
	ret->reason = "vet names the verb and the argument's type; whether the verb or the argument is wrong is for a "
		      "person to say";
	status = mend_propose(&mender, q, ret, e);
	ret->tier = TIER_REVIEW;
	ret->confidence = 0.8;
	return status;
}

const struct fixer fixer_go_vet_printf = {
	.id = "go/vet-printf",
	.ecosystem = "go",
	.title = "Propose a Printf verb that fits",
	.what = "`format %d has arg x of wrong type string`: proposes the verb of that type.",
	.why_safe = "For review only: the argument may be what is wrong. One verb on the named line, which must hold "
		    "it once.",
	.tier = TIER_REVIEW,
	.answers = (const char *const[]){"go/*", "*vet*", "generic/*", "runner/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){"*.go", NULL},
	.max_files = 5,
	.max_lines = 20,
	.kind = FIX_EDITS,
	.heal_case = "go-vet-printf",
	.refuse_case = "go-test-assert",
	.propose = propose,
};
