/* clock.h - points in time. Microseconds since 1970-01-01T00:00:00Z in an int64_t, CLOCK_UNKNOWN where
 * unknown. Only clock_now() reads the clock of the machine; RUNMEDIC_NOW (ISO 8601) replaces it, so that
 * reports and tests can be repeated. */
#ifndef RM_BASE_CLOCK_H
#define RM_BASE_CLOCK_H

#include "base/view.h"

#define CLOCK_UNKNOWN INT64_MIN
#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_DAY (86400 * CLOCK_SECOND)

int64_t clock_now(void);
int64_t clock_monotonic(void); /* for durations and time-outs; unrelated to clock_now() */

/* "2026-11-18", "2026-11-18T09:14:03Z", "...03.1234567Z", "...+01:00", "...+0100"; no zone is UTC; blanks around are
 * an error. */
bool clock_parse(struct view text, int64_t *ret);

#define CLOCK_TEXT_MAX 32
const char *clock_iso(int64_t t, char text[CLOCK_TEXT_MAX]);  /* 2026-11-18T09:14:03Z; "" when unknown */
const char *clock_date(int64_t t, char text[CLOCK_TEXT_MAX]); /* 2026-11-18 */
/* ISO 8601 week: Monday to Sunday, the first is the one with 4 January. "2026-W47" names the file of a weekly report.
 */
void clock_week(int64_t t, int *ret_year, int *ret_week);
/* "850 ms", "12 s", "3 min 20 s", "5 h 12 min", "3 d 4 h"; "" when negative */
const char *clock_duration(int64_t us, char text[CLOCK_TEXT_MAX]);

#endif
