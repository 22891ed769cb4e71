/* sample.h - one result in which everything is good, for the tests of this folder. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "attest/claim.h"

#define SAMPLE_COMMIT "1111111111111111111111111111111111111111"
#define SAMPLE_TREE "2222222222222222222222222222222222222222"
#define SAMPLE_REPOSITORY "acme/widgets"
#define SAMPLE_SERVER "https://github.com"
#define SAMPLE_NONCE "0123456789abcdef0123456789abcdef"
#define SAMPLE_DIGEST "sha256:3333333333333333333333333333333333333333333333333333333333333333"
#define SAMPLE_TIME "2026-11-18T09:00:00Z"

/* Every text is a literal; nothing to free. */
static inline struct claim sample_claim(void)
{
	static const char *const submodules[] = {"third_party/zlib 4444444444444444444444444444444444444444", NULL};
	static const char *const nobody[] = {NULL};
	static struct claim_module modules[] = {{"core", 91.5}, {"cli", 84}};
	static struct claim_check checks[] = {
		{"tests", true, 0, false, 12.5, SAMPLE_DIGEST}, {"lint", true, 0, false, 0.25, NULL}};
	static struct claim_tool tools[] = {{"gcc", "12.2.0", SAMPLE_DIGEST}, {"git", "2.39.5", NULL}};
	struct claim r = {.commit_sha = SAMPLE_COMMIT,
		.tree = SAMPLE_TREE,
		.branch = "feature/wheel",
		.repository = SAMPLE_REPOSITORY,
		.runner = "local",
		.host = SAMPLE_DIGEST,
		.os = "linux x86_64",
		.nonce = SAMPLE_NONCE,
		.config_digest = SAMPLE_DIGEST,
		.submodules = submodules,
		.coverage = {true, true, 87.25, 85, modules, 2},
		.tests = {true, true, 120, 0, 3, nobody},
		.linting = {true, true, 0},
		.checks = checks,
		.check_count = 2,
		.tools = tools,
		.tool_count = 2,
		.seconds = 12.75,
		.passed = true};

	clock_parse(view_of(SAMPLE_TIME), &r.timestamp);
	r.expires = r.timestamp + CLAIM_LIFE_DEFAULT;
	return r;
}

#endif
