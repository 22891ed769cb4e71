#include "cmd/recording.h"

#include "base/mem.h"

#include <stdlib.h>

struct recording {
	struct session *session;
	struct store *store;
	struct store_record *open; /* of the log that is being read */
};

static void on_test(void *context, const struct test_case *one)
{
	struct recording *r = context;
	struct err e;
	if (!r->open && store_record_begin(&r->open, r->store, &e) < 0)
		return; /* said again, with the reason, at commit */
	store_record_test(r->open, one);
}

int recording_start(struct recording **ret, struct analyser *x, struct err *e)
{
	*ret = NULL;
	if (!args_flag(x->session->args, "record"))
		return 0;
	const char *path;
	bool ignore;
	if (session_db_path(x->session, &path, &ignore, e) < 0)
		return -1;
	struct recording *r = mem_new(sizeof *r);
	r->session = x->session;
	if (store_open(&r->store, path, STORE_WRITE, ignore, e) < 0) {
		free(r);
		return -1;
	}
	x->every_test = on_test;
	x->test_context = r;
	*ret = r;
	return 0;
}

static enum space space_of(const struct session *s, const struct diagnosis *d)
{
	enum space space = d->from_runner ? SPACE_CI : SPACE_LOCAL;
	const char *given = args_text(s->args, "space", NULL);
	if (given)
		space_parse(view_of(given), &space);
	return space;
}

int recording_commit(
	struct recording *r, struct analysed *one, const struct store_fix *fixes, size_t fix_count, struct err *e)
{
	char digest[65];
	if (log_digest(one->log, digest, e) < 0 || (!r->open && store_record_begin(&r->open, r->store, e) < 0))
		return -1;
	struct store_execution x = {.attempt = 1,
		.space = space_of(r->session, &one->diagnosis),
		.job = one->diagnosis.job.name,
		.log_sha256 = digest};
	bool is_new;
	struct store_record *open = r->open;
	r->open = NULL;
	return store_record_commit(open, &x, &one->diagnosis, fixes, fix_count, &is_new, e);
}

bool recording_fix_record(void *recording, const char *fixer, const char *rule, unsigned *ret_good, unsigned *ret_bad)
{
	struct recording *r = recording;
	return r && store_fix_record(r->store, fixer, rule, ret_good, ret_bad);
}

void recording_end(struct recording *r)
{
	if (!r)
		return;
	store_record_abort(r->open);
	store_close(r->store);
	free(r);
}
