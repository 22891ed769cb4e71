/* members.h - the logs in the ZIP of a run.
 *
 * GitHub writes "0_build.txt" per job; until 2025 there was also a folder per job with a file per step,
 * "build/1_Set up job.txt", and very old archives have only those: they are joined. Names are only ever shown, never
 * used as paths. */
#ifndef RM_LOG_MEMBERS_H
#define RM_LOG_MEMBERS_H

#include "base/err.h"

#include <stddef.h>

#define MEMBERS_NAME_MAX 1024
#define MEMBERS_LOOK_MAX 65536u /* of any kind, in one archive */

struct members;

int members_open(struct members **ret, const char *path, struct err *e);
void members_close(struct members *m);
size_t members_count(const struct members *m);
const char *members_name(const struct members *m, size_t i); /* without control characters */
/* Writes one log to an unlinked temporary file. Returns its descriptor, which the caller closes, or -1. */
int members_extract(struct members *m, size_t i, struct err *e);

#endif
