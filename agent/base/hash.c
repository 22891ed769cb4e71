#include "base/hash.h"

#include "base/buf.h"
#include "base/mem.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

/* EVP fails only without memory or without its default provider: neither leaves anything to continue with. */
struct hash {
	EVP_MD_CTX *context;
};

struct hash *hash_new(void)
{
	struct hash *h = mem_new(sizeof(*h));

	h->context = mem_must(EVP_MD_CTX_new());
	mem_must(EVP_DigestInit_ex(h->context, EVP_sha256(), NULL) ? h : NULL);
	return h;
}

void hash_add(struct hash *h, const void *p, size_t n)
{
	mem_must(EVP_DigestUpdate(h->context, p, n) ? h : NULL);
}

static void end(struct hash *h, char *hex, size_t hex_max)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	mem_must(EVP_DigestFinal_ex(h->context, sum, &n) ? h : NULL);
	assert(n == (hex_max - 1) / 2);
	for (unsigned i = 0; i < n; i++) {
		hex[i * 2] = digits[sum[i] >> 4];
		hex[i * 2 + 1] = digits[sum[i] & 15];
	}
	hex[n * 2] = '\0';
	hash_free(h);
}

void hash_hex(struct hash *h, char hex[HASH_HEX_MAX])
{
	end(h, hex, HASH_HEX_MAX);
}

void hash_git_blob(struct view content, char hex[HASH_BLOB_HEX_MAX])
{
	struct hash *h = mem_new(sizeof(*h));
	BUF_AUTO head = buf_new(64);

	buf_addf(&head, "blob %zu", content.n);
	h->context = mem_must(EVP_MD_CTX_new());
	mem_must(EVP_DigestInit_ex(h->context, EVP_sha1(), NULL) ? h : NULL);
	hash_add(h, head.p, head.n + 1); /* with its NUL */
	hash_add(h, content.p, content.n);
	end(h, hex, HASH_BLOB_HEX_MAX);
}

void hash_free(struct hash *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->context);
	free(h);
}

void hash_view(struct view v, char hex[HASH_HEX_MAX])
{
	struct hash *h = hash_new();

	hash_add(h, v.p, v.n);
	hash_hex(h, hex);
}

const char *hash_library_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
