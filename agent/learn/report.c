#include "learn/report.h"

void report_done(struct report *r)
{
	if (!r)
		return;
	arena_done(&r->arena);
	*r = (struct report){0};
}
