/* Runs a fuzz target over files, without libFuzzer: what was found once stays found. */
#include "base/file.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct err e;
		BUF_AUTO bytes = {0};
		if (file_read(argv[i], BUF_FILE, &bytes, &e) < 0) {
			fprintf(stderr, "%s: %s\n", argv[i], e.text);
			return 2;
		}
		LLVMFuzzerTestOneInput((const unsigned char *)buf_text(&bytes), bytes.n);
	}
	return 0;
}
