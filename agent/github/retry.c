#include "github/internal.h"

#define WAIT_MAX_S 86400 /* nobody waits longer; also keeps the sums small */

enum retry_limit retry_limit_of(const struct retry_facts *f)
{
	if (f->status != 429 && f->status != 403)
		return RETRY_NO_LIMIT;
	if (f->told == RETRY_SECONDARY)
		return RETRY_SECONDARY;
	if (f->remaining == 0 || f->told == RETRY_PRIMARY)
		return RETRY_PRIMARY;
	return f->status == 429 || f->wait_s >= 0 ? RETRY_SECONDARY : RETRY_NO_LIMIT;
}

static int64_t clipped_ms(int64_t seconds)
{
	return (seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S) * 1000;
}

/* Full jitter: many jobs that failed together do not come back together. */
static int64_t backoff_ms(const struct retry_facts *f)
{
	int64_t top = (int64_t)GITHUB_BACKOFF_MS << (f->tries < 16 ? f->tries - 1 : 15);
	if (top > GITHUB_BACKOFF_MAX_MS)
		top = GITHUB_BACKOFF_MAX_MS;
	return 1 + (int64_t)(f->random % (uint64_t)top);
}

static int64_t limit_ms(const struct retry_facts *f, enum retry_limit limit)
{
	if (f->wait_s >= 0)
		return clipped_ms(f->wait_s);
	/* GitHub tells whole seconds; a second more is on the safe side */
	if (limit == RETRY_PRIMARY && f->reset_in_s >= 0)
		return clipped_ms(f->reset_in_s) + 1000 + f->random % 1000;
	return (int64_t)GITHUB_SECONDARY_MS << (f->tries < 5 ? f->tries - 1 : 4);
}

static bool is_passing(const struct retry_facts *f)
{
	if (!f->status)
		return f->retryable && (f->read || !f->sent);
	if (!f->read)
		return false;
	return f->status == 408 || f->status == 500 || f->status == 502 || f->status == 503 || f->status == 504;
}

struct retry retry_decide(const struct retry_facts *f)
{
	struct retry r = {.what = RETRY_DONE, .limit = retry_limit_of(f)};
	if (r.limit) {
		r.ms = limit_ms(f, r.limit);
		r.why = r.limit == RETRY_PRIMARY ? "GitHub's rate limit is used up" : "GitHub asks to slow down";
		r.what = RETRY_GIVE_UP;
	} else if (is_passing(f)) {
		r.ms = f->wait_s >= 0 ? clipped_ms(f->wait_s) : backoff_ms(f);
		r.why = f->status ? "GitHub has trouble" : "no answer from GitHub";
	} else {
		return r;
	}
	if (f->tries < GITHUB_TRIES && f->waited_ms + r.ms <= f->patience_ms)
		r.what = RETRY_WAIT;
	return r;
}
