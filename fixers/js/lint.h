/* lint.h - eslint's rules of which the message and the place say all that is to be changed. */
#ifndef RM_FIXERS_JS_LINT_H
#define RM_FIXERS_JS_LINT_H

#include "fixers/mend.h"

typedef int js_mend(struct mend *m, const struct complaint *c, struct source *s, struct err *e);

/* NULL: there is none. `rule` with the plugin that renamed it, "@stylistic/semi". */
js_mend *js_rule(struct view rule);
/* The rules of layout (js_rule() knows them, too); `name` without a plugin. */
js_mend *js_layout_rule(struct view name);

/* The offset of the place, or VIEW_NONE with *e set: columns count UTF-16 units, we count characters. */
size_t js_place(const struct source *s, const struct complaint *c, struct err *e);
int js_unlike(const struct source *s, const struct complaint *c, struct err *e); /* "the line is not as said" */

/* Offset of the end of an expression that begins at `at` on depth 0: the `;`, or the end of the line. VIEW_NONE when a
 * comma stands on depth 0, or when the end cannot be told. */
size_t js_expression_end(struct view text, size_t at);

#endif
