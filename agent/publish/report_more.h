/* report_more.h - sections of the weekly report; for the table in report_page.c and the document in report_json.c
 * alone. */
#ifndef RM_PUBLISH_REPORT_MORE_H
#define RM_PUBLISH_REPORT_MORE_H

#include "base/json.h"
#include "learn/report.h"
#include "publish/sheet.h"

void report_write_priorities(struct sheet *s, const struct report *r);
void report_write_fixes(struct sheet *s, const struct report *r);
void report_write_mistakes(struct sheet *s, const struct report *r);
void report_write_tests(struct sheet *s, const struct report *r);
void report_write_minutes(struct sheet *s, const struct report *r);
void report_write_days(struct sheet *s, const struct report *r);
void report_write_mttr(struct sheet *s, const struct report *r);
void report_write_matrix(struct sheet *s, const struct report *r);
void report_write_slowest(struct sheet *s, const struct report *r);
void report_write_local(struct sheet *s, const struct report *r);
bool report_has_priorities(const struct report *r);
bool report_has_tests(const struct report *r);
bool report_has_minutes(const struct report *r);
bool report_has_days(const struct report *r);
bool report_has_mttr(const struct report *r);
bool report_has_matrix(const struct report *r);
bool report_has_slowest(const struct report *r);
bool report_has_local(const struct report *r);

/* The members of the JSON document that only the weekly report fills (report_json_more.c). */
void publish_report_json_more(cJSON *document, const struct report *r);

#endif
