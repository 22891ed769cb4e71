/* Fetches /logs/1 to /logs/N of an API and prints the wall time and the sum of the bytes. usage: fetch API_URL N */
#include "base/clock.h"
#include "github/github.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILES_MAX 256

int main(int argc, char **argv)
{
	static struct github_file files[FILES_MAX];
	static char paths[FILES_MAX][32];
	struct github *g = NULL;
	struct err e = {0};
	uint64_t bytes = 0;
	size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	if (n < 1 || n > FILES_MAX ||
		github_open(&g, &(struct github_options){.api_url = argv[1], .token = "of-the-bench"}, &e) < 0)
		return 2;
	for (size_t i = 0; i < n; i++) {
		snprintf(paths[i], sizeof paths[i], "/logs/%zu", i + 1);
		files[i] = (struct github_file){.path = paths[i], .max_bytes = 64 << 20};
	}
	int64_t begin = clock_monotonic();
	int rc = github_fetch(g, files, n, NULL, NULL, &e);
	int64_t took = clock_monotonic() - begin;
	for (size_t i = 0; i < n; i++) {
		bytes += files[i].size;
		if (files[i].fd < 0) {
			fprintf(stderr, "%s\n", files[i].error.text);
			rc = -1;
		} else {
			close(files[i].fd);
		}
	}
	printf("%.6f %" PRIu64 "\n", (double)took / 1e6, bytes);
	github_close(g);
	return rc < 0 ? 2 : 0;
}
