#include "cmd/passing.h"

#include "base/mem.h"
#include "cmd/recording.h"

#include <stdlib.h>

struct passing {
	struct analyser *analyser;
	struct store *store;
};

static int on_job(void *context, struct view name, struct shape_set *ret, unsigned *ret_runs, struct err *e)
{
	struct passing *p = context;
	ARENA_AUTO a = {0};
	const struct analyser *x = p->analyser;
	struct store_job job = recording_job(x->session, x->execution, name.n ? arena_view(&a, name).p : NULL);
	return store_shapes_load(p->store, &job, ret, ret_runs, e);
}

void passing_start(struct passing **ret, struct analyser *x)
{
	*ret = NULL;
	const struct args *args = x->session->args;
	const char *path;
	bool ignore;
	struct err why;
	struct store *store = NULL;
	if (!args_text(args, "db", NULL) && !args_flag(args, "record"))
		return;
	if (session_db_path(x->session, &path, &ignore, &why) < 0 ||
		store_open(&store, path, STORE_READ, false, &why) < 0)
		return;
	struct passing *p = mem_new(sizeof *p);
	*p = (struct passing){x, store};
	x->passing = on_job;
	x->passing_context = p;
	*ret = p;
}

void passing_end(struct passing *p)
{
	if (!p)
		return;
	store_close(p->store);
	free(p);
}
