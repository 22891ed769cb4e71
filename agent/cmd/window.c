#include "cmd/window.h"

#include "base/clock.h"

int window_read(struct store_filter *ret, const struct session *s, struct err *e)
{
	uint64_t days;
	if (args_number(s->args, "days", WINDOW_DAYS_MAX, 7, &days, e) < 0)
		return -1;
	if (!days)
		return err_set(e, ERR_USAGE, "--days must be at least 1");
	int64_t now = clock_now();
	*ret = (struct store_filter){.from = now - (int64_t)days * CLOCK_DAY, .to = now + 1, .space = -1};
	ret->branch = args_text(s->args, "branch", NULL);
	ret->workflow = args_text(s->args, "workflow", NULL);
	const char *space = args_text(s->args, "space", NULL);
	enum space parsed;
	if (space && space_parse(view_of(space), &parsed))
		ret->space = (int)parsed;
	return 0;
}

int window_store(struct store **ret, struct session *s, struct err *e)
{
	const char *path;
	bool ignore;
	if (session_db_path(s, &path, &ignore, e) < 0)
		return -1;
	if (store_open(ret, path, STORE_READ, false, e) == 0)
		return 0;
	if (e->code == ERR_NOT_FOUND)
		return err_set(e, ERR_NOT_FOUND,
			"there is no history at %s yet; `runmedic analyze LOG --record` begins one", path);
	return -1;
}
