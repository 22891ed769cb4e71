/* chart.h - small SVG charts for the HTML pages: no script, no font, no request; titles for screen readers.
 *
 * Colours are classes of the page's stylesheet (chart_style()), so that they follow its light and dark theme. Labels
 * are ours or dates; values that are not finite are gaps. */
#ifndef RM_PUBLISH_CHART_H
#define RM_PUBLISH_CHART_H

#include "base/buf.h"
#include "base/clock.h"

#define CHART_POINTS_MAX 400u

/* Values over time as a line; the highest is labelled with `unit` behind it. */
void chart_line(struct buf *out, const char *title, const double *values, const char *const *labels, size_t n,
	const char *unit);
/* Days in columns of weeks, Monday first: darker where more of that day's runs failed; hatched where there was none. */
struct chart_day {
	int64_t day; /* start, UTC; ascending, without holes */
	int64_t runs, failed;
};
void chart_calendar(struct buf *out, const char *title, const struct chart_day *days, size_t n);
/* A matrix of shares: rows by columns, `shares[row * columns + column]`, NAN: there is none. Names are from outside. */
void chart_matrix(struct buf *out, const char *title, const char *const *rows, size_t row_count,
	const char *const *columns, size_t column_count, const double *shares);
/* The rules that the charts need. */
const char *chart_style(void);

#endif
