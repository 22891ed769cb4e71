#include "publish/chart.h"

#include "publish/sheet.h"

#include <math.h>

#define LINE_WIDTH 720.0
#define LINE_HEIGHT 160.0
#define MARGIN 28.0
#define BOX 14

static void open_svg(struct buf *out, double width, double height, const char *title)
{
	buf_addf(out,
		"<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\">"
		"<title>%s</title>",
		title, width, height, width, height, title);
}

static double highest(const double *values, size_t n)
{
	double most = 0;
	for (size_t i = 0; i < n; i++)
		if (isfinite(values[i]) && values[i] > most)
			most = values[i];
	return most;
}

struct scale {
	double step, most;
};

static double x_of(const struct scale *s, size_t i)
{
	return MARGIN + s->step * (double)i;
}

static double y_of(const struct scale *s, double value)
{
	double share = s->most > 0 ? value / s->most : 0;
	return LINE_HEIGHT - MARGIN - share * (LINE_HEIGHT - 2 * MARGIN);
}

static void add_path(struct buf *out, const struct scale *s, const double *values, size_t n)
{
	bool down = false;
	buf_add_text(out, "<path class=\"line\" d=\"");
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(values[i])) {
			down = false;
			continue;
		}
		buf_addf(out, "%c%.1f %.1f", down ? 'L' : 'M', x_of(s, i), y_of(s, values[i]));
		down = true;
	}
	buf_add_text(out, "\"/>");
	for (size_t i = 0; i < n; i++)
		if (isfinite(values[i]))
			buf_addf(out, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>", x_of(s, i),
				y_of(s, values[i]));
}

void chart_line(
	struct buf *out, const char *title, const double *values, const char *const *labels, size_t n, const char *unit)
{
	if (n < 2 || n > CHART_POINTS_MAX)
		return;
	struct scale s = {.step = (LINE_WIDTH - 2 * MARGIN) / (double)(n - 1), .most = highest(values, n)};
	open_svg(out, LINE_WIDTH, LINE_HEIGHT, title);
	buf_addf(out, "<line class=\"axis\" x1=\"%.0f\" y1=\"%.0f\" x2=\"%.0f\" y2=\"%.0f\"/>", MARGIN,
		LINE_HEIGHT - MARGIN, LINE_WIDTH - MARGIN, LINE_HEIGHT - MARGIN);
	add_path(out, &s, values, n);
	buf_addf(out, "<text x=\"%.0f\" y=\"14\">%.3g%s</text>", MARGIN, s.most, unit);
	buf_addf(out, "<text x=\"%.0f\" y=\"%.0f\">%s</text>", MARGIN, LINE_HEIGHT - 8, labels[0]);
	buf_addf(out, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">%s</text></svg>", LINE_WIDTH - MARGIN,
		LINE_HEIGHT - 8, labels[n - 1]);
}

/* 0 is Monday; 1970-01-01 was a Thursday. */
static unsigned weekday(int64_t day)
{
	return (unsigned)((((day / CLOCK_DAY) + 3) % 7 + 7) % 7);
}

static int shade(int64_t runs, int64_t failed)
{
	if (!runs)
		return -1;
	double share = (double)failed / (double)runs;
	return share <= 0 ? 0 : share <= 0.1 ? 1 : share <= 0.25 ? 2 : share <= 0.5 ? 3 : 4;
}

static void add_box(struct buf *out, unsigned x, unsigned y, int shade)
{
	buf_addf(out, "<rect class=\"s%s%d\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" rx=\"2\">",
		shade < 0 ? "x" : "", shade < 0 ? 0 : shade, x, y, BOX - 2, BOX - 2);
}

void chart_calendar(struct buf *out, const char *title, const struct chart_day *days, size_t n)
{
	if (!n || n > CHART_POINTS_MAX)
		return;
	unsigned first = weekday(days[0].day), weeks = (unsigned)((first + n + 6) / 7);
	char text[CLOCK_TEXT_MAX];
	open_svg(out, 36 + weeks * BOX + 4, 7 * BOX + 6, title);
	for (unsigned d = 0; d < 7; d += 2)
		buf_addf(out, "<text x=\"0\" y=\"%u\">%s</text>", 4 + d * BOX + 9,
			(const char *[]){"Mon", "Wed", "Fri", "Sun"}[d / 2]);
	for (size_t i = 0; i < n; i++) {
		unsigned at = first + (unsigned)i;
		add_box(out, 36 + at / 7 * BOX, 4 + at % 7 * BOX, shade(days[i].runs, days[i].failed));
		buf_addf(out, "<title>%s: %lld of %lld runs failed</title></rect>", clock_date(days[i].day, text),
			(long long)days[i].failed, (long long)days[i].runs);
	}
	buf_add_text(out, "</svg>");
}

#define NAME_WIDTH 190
#define CELL_WIDTH 92
#define CELL_HEIGHT 26
#define NAME_SHOWN 22

static void add_share(struct buf *out, unsigned row, unsigned column, double share)
{
	unsigned x = NAME_WIDTH + column * CELL_WIDTH, y = (row + 1) * CELL_HEIGHT;
	int s = isnan(share) ? -1 : shade(1000, (int64_t)lround(share * 1000));
	buf_addf(out, "<rect class=\"s%s%d\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\"/>", s < 0 ? "x" : "",
		s < 0 ? 0 : s, x + 1, y + 1, CELL_WIDTH - 2, CELL_HEIGHT - 2);
	if (s >= 0)
		buf_addf(out, "<text class=\"c%d\" x=\"%u\" y=\"%u\" text-anchor=\"middle\">%.0f %%</text>", s,
			x + CELL_WIDTH / 2, y + 17, share * 100);
}

void chart_matrix(struct buf *out, const char *title, const char *const *rows, size_t row_count,
	const char *const *columns, size_t column_count, const double *shares)
{
	if (!row_count || !column_count || row_count > 40 || column_count > 20)
		return;
	open_svg(out, (double)(NAME_WIDTH + column_count * CELL_WIDTH), (double)((row_count + 1) * CELL_HEIGHT), title);
	for (unsigned c = 0; c < column_count; c++) {
		buf_addf(out, "<text x=\"%u\" y=\"17\" text-anchor=\"middle\">",
			NAME_WIDTH + c * CELL_WIDTH + CELL_WIDTH / 2);
		html_text(out, columns[c], 12);
		buf_add_text(out, "</text>");
	}
	for (unsigned r = 0; r < row_count; r++) {
		buf_addf(out, "<text x=\"0\" y=\"%u\">", (r + 1) * CELL_HEIGHT + 17);
		html_text(out, rows[r], NAME_SHOWN);
		buf_add_text(out, "</text>");
		for (unsigned c = 0; c < column_count; c++)
			add_share(out, r, c, shares[r * column_count + c]);
	}
	buf_add_text(out, "</svg>");
}

const char *chart_style(void)
{
	return "svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}"
	       ".line{fill:none;stroke:var(--line);stroke-width:2}.dot{fill:var(--line)}.axis{stroke:var(--rule)}"
	       ".s0{fill:#d7ecd9}.s1{fill:#fbe3c0}.s2{fill:#f2b377}.s3{fill:#d9683c}.s4{fill:#a3262a}.sx0{fill:var(--"
	       "none)}"
	       "svg .c0,svg .c1,svg .c2{fill:#1c1c1c}svg .c3{fill:#1c1c1c}svg .c4{fill:#fff}";
}
