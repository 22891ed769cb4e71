/* keys_internal.h - what the readers and writers of keys share: digests, and files that hold secrets. */
#ifndef RM_ATTEST_KEYS_INTERNAL_H
#define RM_ATTEST_KEYS_INTERNAL_H

#include "base/err.h"
#include "base/view.h"

#include <openssl/evp.h>

#define KEY_SUM 32u /* bytes of SHA-256 */
void key_digest(const EVP_MD *md, struct view v, unsigned char *ret);
#define KEY_NAME_MAX 64
/* "SHA256:<base64 without padding>" */
void key_name(const unsigned char sum[KEY_SUM], char ret[KEY_NAME_MAX]);
/* Of SubjectPublicKeyInfo: what key_id() writes. */
void key_info_digest(const unsigned char public_key[32], unsigned char ret[KEY_SUM]);

/* Memory that is wiped when it is freed, and never grows, so that no copy stays behind. */
#define KEY_FILE_MAX ((size_t)64 << 10)
struct key_secret {
	char *p;
	size_t n, cap;
};
struct key_secret key_secret_new(size_t cap);
void key_secret_done(struct key_secret *s);
#define KEY_SECRET_AUTO __attribute__((cleanup(key_secret_done))) struct key_secret
static inline struct view key_secret_view(const struct key_secret *s)
{
	return view_make(s->p, s->n);
}

/* A regular file, no link. Where it holds a private key, nobody else may read or write it and it must be ours
 * (ERR_REFUSED says what to do); *ret_private says whether that is so. */
int key_file_read(struct key_secret *ret, const char *path, bool *ret_private, struct err *e);
/* A new file of mode 0600; one that is there already is never overwritten (ERR_REFUSED). */
int key_file_write(const char *path, struct view content, struct err *e);

#endif
