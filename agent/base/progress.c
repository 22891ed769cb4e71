#include "base/progress.h"

#include "base/clock.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_AFTER (300 * CLOCK_SECOND / 1000)
#define AT_MOST_EVERY (100 * CLOCK_SECOND / 1000)

struct progress {
	char *label;
	bool enabled, drawn;
	int64_t next; /* when it may be drawn again */
};

struct progress *progress_start(const char *label, bool enabled)
{
	struct progress *p = mem_new(sizeof(*p));
	const char *terminal = getenv("TERM");

	p->label = mem_text(label);
	p->enabled = enabled && isatty(STDERR_FILENO) && !(terminal && view_is(view_of(terminal), "dumb"));
	p->next = clock_monotonic() + FIRST_AFTER;
	return p;
}

void progress_update(struct progress *p, uint64_t done, uint64_t total, const char *unit)
{
	int64_t now;

	if (!p->enabled)
		return;
	now = clock_monotonic();
	if (now < p->next)
		return;
	p->next = now + AT_MOST_EVERY;
	p->drawn = true;
	/* "\r" and "erase to the end of the line": no scrolling, whatever stood there. */
	if (total)
		fprintf(stderr, "\r%s: %" PRIu64 " of %" PRIu64 " %s (%.0f %%)\x1b[K", p->label, done, total, unit,
			100.0 * (double)done / (double)total);
	else
		fprintf(stderr, "\r%s: %" PRIu64 " %s\x1b[K", p->label, done, unit);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (!p)
		return;
	if (p->drawn) {
		fputs("\r\x1b[K", stderr);
		fflush(stderr);
	}
	free(p->label);
	free(p);
}
