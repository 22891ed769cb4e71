/* pen.h - writes one sentence as plain text, as Markdown or as HTML (in a <summary>, where Markdown is not read), so
 * that a comment, a check's title and a commit status say the same in the same words. */
#ifndef RM_PUBLISH_PEN_H
#define RM_PUBLISH_PEN_H

#include "publish/run.h"

enum pen_form { PEN_PLAIN, PEN_MARKDOWN, PEN_HTML };

struct pen {
	struct buf *out;
	enum pen_form form;
	const struct publish_run *run;
};

/* Text from outside on one line: redacted first, then at most `most` bytes of it with "…" where it was cut. */
void pen_text(const struct pen *p, const char *text, size_t most);
void pen_code(const struct pen *p, const char *text, size_t most);
/* Our own words, which hold nothing from outside. */
void pen_ours(const struct pen *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A link to what lies below the run's server; the label alone where that cannot be. The label is ours. */
void pen_link(const struct pen *p, const char *label, const char *url);
/* `before` and its first 7 digits, in Markdown a link; nothing when it is none. */
void pen_sha(const struct pen *p, const char *before, const char *sha);
void pen_place(const struct pen *p, const struct finding *f); /* path:line, nothing when unknown */

/* Redacted, as much as fits into `most` bytes without splitting a character, "…" behind a cut. */
void short_text(struct buf *out, const char *text, size_t most);
/* Plain text for fields in which GitHub makes links: like short_text, neutralised, addresses and mentions parted. */
void plain_text(struct buf *out, struct view text);
/* Is this an address that may become a link: below `base`, of letters that need no escape in Markdown? */
bool link_is_safe(const char *url, const char *base);
/* A word that may stand in a shell command that people copy. */
bool word_is_safe(const char *word);

#endif
