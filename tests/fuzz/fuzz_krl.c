/* Lists of revoked keys, binary or text: any bytes are refused with a reason, or give a list that can be asked. */
#include "attest/signers.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view bytes = view_make((const char *)data, size);
	struct revoked *r = NULL;
	struct err e = {0};

	if (revoked_read(&r, bytes, &e) != 0) {
		assert(e.code && *e.text && !r);
		return 0;
	}
	revoked_has(r, view_sub(bytes, 0, 51));
	revoked_has(r, (struct view){0});
	revoked_free(r);
	return 0;
}
