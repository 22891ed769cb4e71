/* repos.h - a repository as such: default branch, settings as far as they can be known, files of a branch. */
#ifndef RM_GITHUB_REPOS_H
#define RM_GITHUB_REPOS_H

#include "base/arena.h"
#include "github/github.h"

enum github_known { GITHUB_UNKNOWN, GITHUB_NO, GITHUB_YES };

struct github_repo {
	const char *full_name, *default_branch;
	bool is_private, archived, fork;
	enum github_known push, admin; /* what the token's owner may; job tokens are not told */
};
int github_repo_get(struct github *g, struct arena *a, struct github_repo *ret, struct err *e);
/* A file of a branch, tag or commit (NULL: the default branch). ERR_NOT_FOUND; larger than max: ERR_LIMIT. */
int github_file_get(struct github *g, const char *path, const char *ref, size_t max, struct buf *ret, struct err *e);

struct github_settings {
	enum github_known default_token_writes; /* "Read and write permissions" of the repository */
	enum github_known may_create_pulls;     /* "Allow GitHub Actions to create and approve pull requests" */
	enum github_known default_branch_protected;
};
/* What the token may not see stays GITHUB_UNKNOWN and is no error. */
int github_settings_get(struct github *g, const char *default_branch, struct github_settings *ret, struct err *e);

/* GET /rate_limit, which costs nothing. -1 unknown. */
struct github_rate {
	int64_t limit, remaining, reset, graphql_remaining;
};
int github_rate_get(struct github *g, struct github_rate *ret, struct err *e);

#endif
