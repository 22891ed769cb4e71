/* report_page.h - the sections of the weekly report, once for Markdown and HTML. Private to publish/. */
#ifndef RM_PUBLISH_REPORT_PAGE_H
#define RM_PUBLISH_REPORT_PAGE_H

#include "base/config.h"
#include "learn/report.h"
#include "publish/sheet.h"

struct report_section {
	const char *id, *title; /* the id is that of `report.sections` */
	void (*write)(struct sheet *s, const struct report *r);
	bool (*has)(const struct report *r); /* NULL: always shown */
};
extern const struct report_section report_sections[];
extern const size_t report_section_count;
bool report_section_shown(
	const struct report_section *section, const struct report *r, const struct config_list *wanted);

void report_head(struct sheet *s, const struct report *r);
/* "12 %", "3 h 5 min", "7", "40 min"; "-" for what is not known. */
#define REPORT_VALUE_MAX 48
const char *report_value(enum report_unit unit, double value, char ret[REPORT_VALUE_MAX]);

#endif
