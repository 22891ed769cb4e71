/* trend.h - what rises, what improves, what is as it was; rising is worse. Pure, streaming, bounded.
 *
 * A series is a measure over one window of time: a level (a duration, a share, a number of complaints) or a count of
 * events per chance (failures per execution). Points go into TREND_BUCKETS buckets; levels in any order,
 * events of a series in that of time. A series costs less
 * than 1 KB however many points it has.
 *
 * Levels: what all series of a family do together in a bucket (a slow fleet of machines) is taken out first, where the
 * family says so and is large enough. The change is the slope of Theil and Sen times the window; it must be larger than
 * what is worth telling (`effect`), larger than the changes that most of the family show (their median absolute
 * deviation is the measure of what comes and goes by itself), and pass the test of Mann and Kendall, whose variance
 * allows for neighbouring points that are alike. Counts: a score test for a slope of the rate, with the dispersion that
 * is found, and events of one slot of TREND_SLOT counted at most TREND_SLOT_MAX times: an incident is no trend.
 *
 * The p-values of a family go through Benjamini and Hochberg at `false_rate`. */
#ifndef RM_LEARN_TREND_H
#define RM_LEARN_TREND_H

#include "base/clock.h"
#include "learn/names.h"

#define TREND_BUCKETS 28u
#define TREND_BUCKETS_MIN 6u /* with points; fewer say nothing */
#define TREND_SHORT                                                                                                    \
	(28 * CLOCK_DAY) /* in a shorter window, what comes and goes is a trend: `effect` grows with the root */
#define TREND_SERIES_MAX ((size_t)1 << 18)
#define TREND_FAMILIES_MAX 32u
#define TREND_FLEET_MIN 12u /* series of a family from which its common part can be told */
#define TREND_SLOT (4 * 3600 * CLOCK_SECOND)
#define TREND_SLOT_MAX 2u
#define TREND_EVENTS_MIN 6u /* of a count; fewer say nothing */

enum trend_kind { TREND_STABLE, TREND_RISING, TREND_IMPROVING };
const char *trend_kind_name(enum trend_kind kind); /* "stable", ... */

struct trend_family {
	const char *name; /* a literal */
	bool counts;      /* events; else levels */
	bool ratio;       /* levels are compared by their ratio (logarithms); 0 and less are taken as tiny */
	bool fleet;       /* the common part is taken out */
	double effect;    /* a smaller change is not told: of the logarithm where `ratio`, else of the level itself */
	double spread;    /* ... nor one below so many deviations of the family's changes; 0: not asked */
	double false_rate;
};

/* The families that runmedic has, with what is worth telling of each. */
enum trend_standard {
	TREND_TEST_DURATION,
	TREND_JOB_DURATION,
	TREND_TEST_FAILURES,
	TREND_CATEGORY_FAILURES,
	TREND_UNCOVERED,
	TREND_LINT,
	TREND_COUNT,
};
extern const struct trend_family trend_standard[TREND_COUNT];

struct trend {
	const char *series;
	const char *family;
	enum trend_kind kind;
	double change;        /* over the window: a factor where `ratio` or counts, else a difference */
	double p;             /* two-sided, of the test */
	double before, after; /* mean of the first and last third: levels, or events a chance */
	uint64_t points;
	const char *why;
	/* For those who look closer. */
	double z, delta, spread;
};
struct trend_report {
	struct arena arena;
	struct trend *list; /* of all series with enough points: not stable first, by p, then by name */
	size_t n;
};

struct trends *trends_new(int64_t from, int64_t to);
void trends_free(struct trends *t); /* NULL is fine */
/* The family's number; TREND_FAMILIES_MAX at most, a program's own mistake otherwise. */
unsigned trends_family(struct trends *t, const struct trend_family *f);
/* 0: too many, or the name is empty; the others take 0 and do nothing. Names are unique over all families. */
uint32_t trends_series(struct trends *t, unsigned family, struct view name);
void trends_level(struct trends *t, uint32_t series, int64_t at, double value);
void trends_event(struct trends *t, uint32_t series, int64_t at);
/* Chances of an event, for all series of the family that have no chances of their own. */
void trends_chances(struct trends *t, unsigned family, uint32_t series_or_0, int64_t at, double n);
void trends_learn(struct trend_report *ret, const struct trends *t);
void trend_report_done(struct trend_report *r); /* r may be all zero */

#endif
