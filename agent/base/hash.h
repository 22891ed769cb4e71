/* hash.h - SHA-256, and the names that git gives to files (OpenSSL). */
#ifndef RM_BASE_HASH_H
#define RM_BASE_HASH_H

#include "base/view.h"

#define HASH_HEX_MAX 65
#define HASH_BLOB_HEX_MAX 41
struct hash; /* a running hash */

struct hash *hash_new(void);
void hash_add(struct hash *h, const void *p, size_t n);
void hash_hex(struct hash *h, char hex[HASH_HEX_MAX]); /* ends and frees h */
void hash_free(struct hash *h);                        /* NULL is fine */
void hash_view(struct view v, char hex[HASH_HEX_MAX]); /* of one piece */
const char *hash_library_version(void);                /* "3.0.15" */

/* The object id of a file with this content: what `git diff` abbreviates in its index lines. */
void hash_git_blob(struct view content, char hex[HASH_BLOB_HEX_MAX]);

#endif
