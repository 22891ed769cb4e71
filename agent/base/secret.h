/* secret.h - the parts of redact.c: what looks like a secret, and where it ends.
 *
 * Each looks at one place of a text and is called once per place, so that redacting is linear: nobody reads further
 * than the end of the line, or than what it then replaces, except for private keys (SECRET_BLOCK_MAX). */
#ifndef RM_BASE_SECRET_H
#define RM_BASE_SECRET_H

#include "base/view.h"

#define SECRET_BLOCK_MAX ((size_t)32 << 10) /* bytes of a private key block */

/* Bytes from `start` up to `end`, without `end`. */
struct span {
	size_t start, end;
};

/* A token of a known shape (ghp_..., AKIA..., a JWT) that begins at `at`. */
bool secret_shape(struct view text, size_t at, struct span *ret);
/* The value behind the name at `name`: "password=x", `"api_key": "x"`, "Authorization: Bearer x", <password>x<. */
bool secret_field(struct view text, struct span name, struct span *ret);
/* What a URL hides behind the scheme that ends at `at`: "https://user:x@host", a webhook's path. */
bool secret_url(struct view text, size_t at, struct span *ret);
/* A long word, alone at `at`, that no language and no checksum explains. */
bool secret_word(struct view text, size_t at, struct span *ret);

/* Is this drawn by lot, rather than made of words, numbers, or one hexadecimal number? */
bool secret_is_random(struct view word);

enum secret_class { SECRET_LOWER = 1, SECRET_UPPER = 2, SECRET_DIGIT = 4, SECRET_OTHER = 8 };
static inline enum secret_class secret_class(char c)
{
	if (c >= 'a' && c <= 'z')
		return SECRET_LOWER;
	if (c >= 'A' && c <= 'Z')
		return SECRET_UPPER;
	return c >= '0' && c <= '9' ? SECRET_DIGIT : SECRET_OTHER;
}
unsigned secret_classes(struct view v); /* those that occur, as bits */

#endif
