#include "cmd/seen.h"

#include "base/clock.h"
#include "store/similar.h"

int seen_open(struct store **ret, const struct session *s, struct err *e)
{
	const char *path = args_text(s->args, "db", NULL);
	*ret = NULL;
	if (!path || store_open(ret, path, STORE_READ, false, e) == 0)
		return 0;
	return e->code == ERR_NOT_FOUND ? 0 : -1;
}

static void add_ago(struct buf *out, int64_t then)
{
	int64_t days = then == CLOCK_UNKNOWN ? -1 : (clock_now() - then) / CLOCK_DAY;
	if (then == CLOCK_UNKNOWN || then > clock_now())
		return;
	if (days == 0)
		buf_add_text(out, ", last today");
	else
		buf_addf(out, ", last %lld day%s ago", (long long)days, days == 1 ? "" : "s");
}

int seen_line(struct buf *out, struct store *store, const struct analysed *one, struct err *e)
{
	const struct finding *f = diagnosis_primary(&one->diagnosis);
	ARENA_AUTO a = {0};
	struct store_similar row;
	char digest[65];
	if (!store || !f || !f->signature[0])
		return 0;
	if (log_digest(one->log, digest, e) < 0 || store_seen(store, &a, f->signature, digest, &row, e) < 0)
		return -1;
	if (!row.jobs)
		return 0;
	buf_addf(out, "seen %lld time%s", (long long)row.jobs, row.jobs == 1 ? "" : "s");
	add_ago(out, row.last_seen);
	if (row.fixer)
		buf_addf(
			out, "; last fixed by %s (%s)", row.fixer, row.outcome ? row.outcome : "outcome not known yet");
	return 0;
}
