/* local_words.h - what is said of a signed local result: check run, commit status, step summary, terminal, JSON.
 *
 * Pure. Every text of the struct is taken for a stranger's: none becomes markup, mention, link or command. */
#ifndef RM_PUBLISH_LOCAL_WORDS_H
#define RM_PUBLISH_LOCAL_WORDS_H

#include "publish/bodies.h"

#define PUBLISH_LOCAL_FIGURES_MAX 600u /* rows of the table */
#define PUBLISH_LOCAL_FAILED_MAX 50u   /* failed tests that are named and annotated */

enum publish_figure_state { FIGURE_TOLD, FIGURE_GOOD, FIGURE_BAD };
struct publish_local_figure {
	const char *name, *found, *needed; /* needed NULL: nothing is demanded */
	enum publish_figure_state state;
};
enum publish_local_state { LOCAL_TRUSTED, LOCAL_REJECTED, LOCAL_AUDIT, LOCAL_TROUBLE };
struct publish_local {
	const char *name; /* of check run and status */
	const char *repository, *head_sha, *tree, *details_url;
	enum publish_local_state state;
	const char *reason;                  /* its name: "expired" */
	const char *says;                    /* one sentence with the figures */
	const char *advice;                  /* what to do now; NULL: nothing */
	const char *principal, *fingerprint; /* who signed; NULL unknown */
	int64_t made, expires;               /* CLOCK_UNKNOWN */
	const struct publish_local_figure *figures;
	size_t figure_count;
	const char *const *failed_ids; /* NULL-terminated; NULL none */
	const char *const *notes;      /* likewise */
};

void publish_local_check(struct publish_check *ret, const struct publish_local *l);
void publish_local_status(struct publish_status *ret, const struct publish_local *l);
void publish_local_summary(struct buf *out, const struct publish_local *l); /* Markdown */
void publish_local_text(struct buf *out, const struct publish_local *l);
cJSON *publish_local_json(const struct publish_local *l); /* runmedic.verify/1 */

#endif
