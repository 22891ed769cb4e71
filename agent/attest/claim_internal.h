/* claim_internal.h - how the texts of a result may look; between claim_read.c, statement.c and their tests. */
#ifndef RM_ATTEST_CLAIM_INTERNAL_H
#define RM_ATTEST_CLAIM_INTERNAL_H

#include "base/view.h"

#define CLAIM_DIGEST_PREFIX "sha256:"

bool claim_hex_ok(struct view v, size_t digits); /* lower case, exactly so many */
bool claim_object_ok(struct view v);             /* the id of a git object: 40 or 64 digits */
bool claim_digest_ok(struct view v);             /* "sha256:<64 hex>" */
bool claim_repository_ok(struct view v);         /* "owner/name" as GitHub allows them */
/* Nothing that is not seen or looks like something else: no control characters, no invisible or turning ones, no second
 * forms of ASCII, no word of letters from two alphabets. */
bool claim_name_ok(struct view v);

#endif
