/* statement.h - a result as an in-toto Statement v1: what is signed.
 *
 *     {"_type":"https://in-toto.io/Statement/v1",
 *      "subject":[{"name":"git+https://github.com/acme/widgets","digest":{"gitCommit":"<sha>","gitTree":"<tree>"}}],
 *      "predicateType":"https://in-toto.io/attestation/test-result/v0.1",
 *      "predicate":{"result":"PASSED","configuration":[{"name":".github/runmedic.yml","digest":{"sha256":"..."}}],
 *                   "passedTests":[],"failedTests":["..."],"runmedic":{<the result document>}}}
 *
 * Readers of the standard predicate ignore the member `runmedic`, which holds all that we check. The bytes that were
 * signed are the bytes that are read: nothing is made canonical. Facts: in-toto attestation spec v1, test-result v0.1.
 */
#ifndef RM_ATTEST_STATEMENT_H
#define RM_ATTEST_STATEMENT_H

#include "attest/claim.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define STATEMENT_PREDICATE "https://in-toto.io/attestation/test-result/v0.1"
#define STATEMENT_PAYLOAD_TYPE "application/vnd.in-toto+json"

struct statement {
	struct claim claim;
	const char *subject_name, *subject_commit, *subject_tree, *subject_repository; /* of the arena of the claim */
};
cJSON *statement_json(const struct claim *r, const char *repository, const char *server_url);
/* Also that the subject is that of the result, that there is one subject, no key twice, no member that means something
 * else to another reader. */
int statement_read(struct statement *ret, struct view payload, struct err *e);
void statement_done(struct statement *s);

#endif
