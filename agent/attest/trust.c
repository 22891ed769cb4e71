#include "attest/trust_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

const char *trust_reason_name(enum trust_reason r)
{
#define TRUST_NAME(id, text) [TRUST_##id] = text,
	static const char *const names[] = {TRUST_REASONS(TRUST_NAME)};
#undef TRUST_NAME

	return names[r];
}

bool trust_reject(struct judging *j, enum trust_reason reason, const char *format, ...)
{
	BUF_AUTO says = buf_new(BUF_LINE);
	va_list ap;

	va_start(ap, format);
	buf_addv(&says, format, ap);
	va_end(ap);
	j->v->trusted = false;
	j->v->reason = reason;
	j->v->says = arena_view(j->a, buf_view(&says)).p;
	return false;
}

const char *trust_percent(double p, char text[TRUST_PERCENT_MAX])
{
	snprintf(text, TRUST_PERCENT_MAX, "%.6g", floor(p * 100 + 1e-6) / 100);
	return text;
}

const char *trust_span(int64_t us, char text[CLOCK_TEXT_MAX])
{
	return clock_duration(us < 0 ? -us : us, text);
}

static bool is_there(struct judging *j)
{
	if (view_trim(j->text).n == 0)
		return trust_reject(j, TRUST_ABSENT, "nobody has posted a signed result for this commit");
	if (!j->f->signers || j->f->signers->count == 0)
		return trust_reject(j, TRUST_NO_SIGNERS, "nobody is allowed to sign: the list of signers is %s",
			j->f->signers ? "empty" : "missing");
	return true;
}

static bool is_envelope(struct judging *j)
{
	struct err e = {0};

	if (envelope_read(&j->envelope, j->text, &e) < 0)
		return trust_reject(j, TRUST_MALFORMED, "the envelope is not as it must be: %s", e.text);
	return true;
}

static bool is_payload_type(struct judging *j)
{
	const char *type = j->envelope.payload_type;

	if (type && strcmp(type, STATEMENT_PAYLOAD_TYPE) == 0)
		return true;
	return trust_reject(
		j, TRUST_PAYLOAD_TYPE, "the payload is %.100s, not %s", type ? type : "?", STATEMENT_PAYLOAD_TYPE);
}

/* The first look at what was signed. */
static bool is_statement(struct judging *j)
{
	struct err e = {0};

	if (statement_read(&j->v->statement, j->envelope.payload, &e) < 0)
		return trust_reject(j, TRUST_MALFORMED, "what was signed is not as it must be: %s", e.text);
	j->v->has_statement = true;
	j->claim = &j->v->statement.claim;
	return true;
}

/* For the queue of merges the draw is that of the commit that was claimed: the same as for its pull request. */
static bool is_not_audited(struct judging *j)
{
	char rate[TRUST_PERCENT_MAX];

	if (j->f->flagged)
		return trust_reject(j, TRUST_FLAGGED,
			"an audit found this signer's figures wrong: every result of theirs is run again in full");
	if (!j->f->audit_secret ||
		!audit_chosen(j->v->statement.subject_commit, j->f->audit_secret, j->f->config->local.audit_rate))
		return true;
	if (!*j->f->audit_secret)
		return trust_reject(j, TRUST_AUDIT, "spot audits have an empty secret: every result is audited");
	return trust_reject(j, TRUST_AUDIT, "drawn for a spot audit, as %s %% of all results are",
		trust_percent(100 * j->f->config->local.audit_rate, rate));
}

static bool passes(struct judging *j)
{
	static bool (*const steps[])(struct judging *) = {is_there, is_envelope, is_payload_type, trust_signature,
		trust_allowed, is_statement, trust_commit, trust_repository, trust_time, trust_replay, trust_state,
		trust_config, trust_missing, trust_failed, trust_tests, trust_coverage, trust_modules, trust_lint,
		trust_whole, is_not_audited};

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (!steps[i](j))
			return false;
	return true;
}

static void add_figure(struct buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_figure(struct buf *out, const char *format, ...)
{
	va_list ap;

	if (out->n)
		buf_add_text(out, ", ");
	va_start(ap, format);
	buf_addv(out, format, ap);
	va_end(ap);
}

static const char *accepted(const struct judging *j)
{
	const struct claim *r = j->claim;
	BUF_AUTO out = buf_new(BUF_LINE);
	char percent[TRUST_PERCENT_MAX];

	if (r->tests.ran)
		add_figure(&out, "%" PRId64 " tests with %" PRId64 " failed", r->tests.total, r->tests.failed);
	if (r->coverage.ran)
		add_figure(&out, "coverage %s %%", trust_percent(r->coverage.percentage, percent));
	if (r->linting.ran)
		add_figure(&out, "%" PRId64 " lint issues", r->linting.issues);
	if (r->check_count)
		add_figure(&out, "%zu checks", r->check_count);
	return arena_format(j->a, "signed by %s: %s", j->v->principal, buf_text(&out));
}

void trust_judge(struct trust_verdict *ret, struct view envelope, const struct trust_facts *f, struct arena *a)
{
	struct judging j = {.v = ret, .f = f, .a = a, .text = envelope, .need.max_age = -1};

	*ret = (struct trust_verdict){.reason = TRUST_MALFORMED, .says = "not judged"};
	if (f->thresholds)
		j.need = *f->thresholds;
	else if (f->config)
		trust_thresholds_of(&j.need, f->config, a);
	if (passes(&j)) {
		ret->says = accepted(&j);
		ret->reason = TRUST_ACCEPTED;
		ret->trusted = true;
	}
	envelope_done(&j.envelope);
}
