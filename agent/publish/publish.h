/* publish.h - plain structs in, documents out. Opens nothing, decides nothing.
 *
 * Whatever comes from a log, tree or history is redacted and neutralised here, once, for the medium it goes to:
 * terminal, Markdown, JSON, SARIF. Output is valid whatever the input was. */
#ifndef RM_PUBLISH_PUBLISH_H
#define RM_PUBLISH_PUBLISH_H

#include "base/json.h"
#include "diagnose/diagnosis.h"
#include "learn/report.h"
#include "plan/plan.h"

struct publish_style {
	bool colour;      /* ANSI; only when writing to a terminal */
	unsigned width;   /* columns; 0: no wrapping */
	bool verbose;     /* scores, other findings in full */
	const char *seen; /* what the history knows of the primary finding, one line; NULL: nothing */
};

/* What heal did, in words that do not depend on heal/: cmd fills it. */
struct publish_fix {
	const char *fixer, *rule, *signature, *reason, *diff, *summary, *proof_says, *commit;
	enum tier tier;
	enum fix_status status;
	double confidence;
	double priority, success, severity; /* confidence x success x severity orders the fixes */
	unsigned good, bad;                 /* outcomes so far */
	const char *const *files;
	size_t file_count;
	const char *const *proof_argv; /* NULL: none */
	int proof_exit;
};
struct publish_heal {
	const struct diagnosis *diagnosis;
	enum decision decision;
	const char *reason;
	const struct publish_fix *fixes;
	size_t fix_count;
	const char *branch;  /* --commit */
	const char *sandbox; /* --explain */
	bool dry_run, explain;
};

/* runmedic.analysis/1 and runmedic.heal/1 (DESIGN §3). remedy_tier says the tier of a fixer id. */
cJSON *publish_analysis_json(const struct diagnosis *d, enum tier (*remedy_tier)(const char *fixer));
cJSON *publish_heal_json(const struct publish_heal *h, enum tier (*remedy_tier)(const char *fixer));

/* The patch of an untrusted job for a trusted one (runmedic.patch/1): an object per fix that was made, with its exact
 * diff; then the document around them, which takes `fixes`. False: a diff that is no UTF-8 cannot be carried in JSON.
 */
bool publish_patch_add(cJSON *fixes, const struct publish_fix *f);
cJSON *publish_patch_document(cJSON *fixes, const char *base_commit, const char *repository_or_null);

void publish_analysis_text(struct buf *out, const struct diagnosis *d, const struct publish_style *s);
void publish_analysis_markdown(struct buf *out, const struct diagnosis *d);
/* SARIF 2.1.0: appends a result per finding to an array; then the document around them (takes `results`). */
void publish_sarif_add(cJSON *results, const struct diagnosis *d);
cJSON *publish_sarif_document(cJSON *results, const char *version);
void publish_heal_text(struct buf *out, const struct publish_heal *h, const struct publish_style *s);

/* The weekly report: all of it (JSON), or the sections that are wanted. */
struct publish_report_style {
	const struct config_list *sections; /* NULL or empty: all */
	size_t max;                         /* bytes of Markdown; 0: no limit. Sections that do not fit are named */
	const char *full_url;               /* where the whole of it is; NULL */
};
cJSON *publish_report_json(const struct report *r);
void publish_report_markdown(struct buf *out, const struct report *r, const struct publish_report_style *style);
void publish_report_html(struct buf *out, const struct report *r, const struct publish_report_style *style);

/* Markdown building blocks: text that cannot become markup, mention, reference or HTML; a fence longer than any inside.
 */
void markdown_text(struct buf *out, struct view text);
void markdown_code(struct buf *out, struct view text);                        /* `inline` */
void markdown_block(struct buf *out, const char *language, struct view text); /* fenced */

#endif
