/* redact.h - what must never leave: secrets. And what must never be shown raw: control text.
 *
 * redact_text() replaces secrets in a text by "***": known token shapes (GitHub, AWS, Slack, npm, PyPI, private key
 * blocks, JWT, ...), passwords in URLs, `password=`, `token:` and the like with their value, Authorization headers, and
 * long high-entropy words. It is a second net below GitHub's own masking: everything that is stored, printed or sent
 * goes through it. Hashes that are plainly commits, digests or checksums stay (40/64 hex digits alone), and so do
 * references ($VAR, ${{ x }}, paths, calls) and placeholders. The number of lines stays; the time is linear, whatever
 * comes in. It knows shapes and names, not secrets: one written as plain words in a sentence passes.
 *
 * neutral_terminal() makes text safe for a terminal and for plain-text files: C0 and C1 controls, escape
 * sequences, bidi overrides and zero-width characters become visible "\xNN" or "<U+XXXX>"; invalid UTF-8 becomes
 * U+FFFD. A CR in front of LF is dropped. */
#ifndef RM_BASE_REDACT_H
#define RM_BASE_REDACT_H

#include "base/buf.h"

void redact_text(struct buf *out, struct view text);
/* True when the text holds something that redact_text would replace: fixers must not introduce it. */
bool redact_finds(struct view text);
void neutral_terminal(struct buf *out, struct view text);
/* Both, in the right order: what text output uses. */
void redact_for_terminal(struct buf *out, struct view text);

#endif
