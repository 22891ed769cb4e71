#include "base/hash.h"
#include "base/mem.h"
#include "log/log.h"
#include "log/reader.h"

int log_digest(struct log *l, char hex[65], struct err *e)
{
	MEM_AUTO char *piece = mem_new(LOG_PIECE);
	struct hash *h = hash_new();
	uint64_t offset = 0;
	ptrdiff_t n;
	while ((n = source_at(l->source, offset, piece, LOG_PIECE, e)) > 0) {
		hash_add(h, piece, (size_t)n);
		offset += (uint64_t)n;
	}
	if (n < 0) {
		hash_free(h);
		return -1;
	}
	hash_hex(h, hex);
	return 0;
}
