/* Configurations: any bytes are refused with a place, or give values within their ranges. */
#include "base/config.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct config c;
	struct err e;
	if (config_parse(&c, view_make((const char *)data, size), "fuzz.yml", &e) < 0) {
		assert(strstr(e.text, "fuzz.yml"));
		return 0;
	}
	assert(c.heal.confidence >= 0 && c.heal.confidence <= 1);
	config_done(&c);
	return 0;
}
