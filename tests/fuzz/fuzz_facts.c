/* Facts that somebody else wrote. What is taken must be told again as it is, and taken again without a change. */
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/facts.h"

#include <stdlib.h>

#define COMMIT_EVERY 16 /* most inputs are rolled back: a commit costs more than all else */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct store *store;
static char *folder;

static void end(void)
{
	struct err e;

	store_close(store);
	file_remove_tree(folder, &e);
	free(folder);
}

static struct store *open_once(void)
{
	struct err e;

	if (store)
		return store;
	folder = file_temp_directory("runmedic-fuzz.", &e);
	MEM_AUTO char *path = folder ? file_join(folder, "history.db") : NULL;

	if (!path || store_open(&store, path, STORE_WRITE, false, &e) != 0)
		abort();
	atexit(end);
	return store;
}

static int take_again(void *context, const struct store_fact *fact, struct err *e)
{
	enum store_taken taken;

	if (store_take_line(context, fact->line, &taken, e) != 0)
		abort();
	if (strcmp(fact->kind, "tests") != 0 && taken != STORE_TAKEN_KNOWN)
		abort();
	return 0;
}

/* On a second connection, because telling is a transaction of its own. */
static void tell_again(struct store_take *t)
{
	static const struct store_facts_wanted all = {.since = CLOCK_UNKNOWN};
	MEM_AUTO char *path = file_join(folder, "history.db");
	struct store *reader;
	struct err e;

	if (store_open(&reader, path, STORE_READ, false, &e) != 0 ||
		store_facts_each(reader, &all, take_again, t, &e) != 0)
		abort();
	store_close(reader);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static unsigned inputs;
	struct view rest = view_make((const char *)data, size), line;
	struct store_take *t;
	enum store_taken taken;
	struct err e;

	if (store_take_begin(&t, open_once(), size % 2 != 0, &e) != 0)
		abort();
	while (view_next(&rest, '\n', &line))
		store_take_line(t, line, &taken, &e);
	if (inputs++ % COMMIT_EVERY) {
		store_take_abort(t);
		return 0;
	}
	if (store_take_commit(t, &e) != 0 || store_take_begin(&t, store, false, &e) != 0)
		abort();
	tell_again(t);
	store_take_abort(t);
	return 0;
}
