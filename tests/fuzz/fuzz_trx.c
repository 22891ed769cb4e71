/* TRX reports. */
#include "counted.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	counted_read(trx_read, data, size);
	return 0;
}
