#include "cmd/run_retry.h"

int retry_categories(uint32_t *ret, const char *text, struct err *e)
{
	struct view rest = view_of(text), name;

	*ret = 0;
	while (view_next(&rest, ',', &name)) {
		enum category c;

		if (!category_parse(view_trim(name), &c))
			return err_set(e, ERR_USAGE,
				"--retry-on takes categories such as network,infra,timeout, not '%.*s'",
				VIEW_ARG(view_sub(name, 0, 40)));
		*ret |= UINT32_C(1) << c;
	}
	return *ret ? 0 : err_set(e, ERR_USAGE, "--retry-on names no category; leave it out for every transient one");
}

enum retry_verdict retry_judge(const struct retry_policy *p, unsigned attempt, const struct finding *primary)
{
	if (attempt > p->retries)
		return RETRY_USED_UP;
	if (!primary)
		return RETRY_UNKNOWN;
	if (!primary->transient)
		return RETRY_LASTING;
	if (primary->confidence < RETRY_CONFIDENCE)
		return RETRY_UNSURE;
	if (p->categories && !(p->categories & UINT32_C(1) << primary->category))
		return RETRY_NOT_ASKED;
	return RETRY_AGAIN;
}

const char *retry_reason(enum retry_verdict v)
{
	static const char *const reasons[] = {[RETRY_AGAIN] = "it will probably pass",
		[RETRY_USED_UP] = "all attempts were made",
		[RETRY_UNKNOWN] = "its output could not be diagnosed",
		[RETRY_LASTING] = "this does not pass by itself",
		[RETRY_UNSURE] = "that this passes by itself is only a guess",
		[RETRY_NOT_ASKED] = "--retry-on does not name its category"};

	return reasons[v];
}

int64_t retry_wait(const struct retry_policy *p, unsigned attempt, uint64_t random)
{
	uint64_t most = (uint64_t)p->backoff_s << (attempt > 1 ? (attempt < RETRY_MAX ? attempt : RETRY_MAX) - 1 : 0);

	if (most > RETRY_WAIT_MAX_S)
		most = RETRY_WAIT_MAX_S;
	return (int64_t)(random % (most * (uint64_t)CLOCK_SECOND + 1));
}
