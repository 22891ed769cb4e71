/* reviews.h - changing pull requests: opening, updating and closing them, labels, reviewers, reviews with suggestions,
 * comments on commits, reactions.
 *
 * Never doubled: what carries a marker is looked for first, also after a write whose answer was lost. A marker counts
 * only where the holder of this token wrote it. Times: CLOCK_UNKNOWN where GitHub tells none. */
#ifndef RM_GITHUB_REVIEWS_H
#define RM_GITHUB_REVIEWS_H

#include "base/clock.h"
#include "github/pulls.h"

struct github_pull_wish {
	const char *head_branch, *base_branch; /* both of this repository */
	const char *title, *body;
	bool draft;
	bool only_update; /* ERR_BUSY where none is open */
	const char *const *labels,
		*const *reviewers; /* NULL-terminated or NULL; missing ones are trouble of their own */
};
/* The open pull request of head and base: made, or title and body changed where they differ. Drafts that the plan of
 * the repository does not have are made as ordinary ones. Labels and reviewers ("login", "organisation/team") are set
 * on what is made now, so that what a person takes off stays off; those that cannot be set: *ret_note (arena; NULL). */
int github_pull_put(struct github *g, const struct github_pull_wish *w, struct arena *a, struct github_pull *ret,
	const char **ret_note, struct err *e);
/* Pull requests from a branch of this repository, newest first, open and closed. `closed_by` is told by
 * github_pull_state() only, who merged it included. */
struct github_pull_state {
	int number;
	bool open, merged;
	const char *title, *body, *head_sha, *merge_sha, *base_branch, *url, *author, *closed_by;
	const char *const *labels;
	int64_t created, closed;
};
int github_pulls_from(struct github *g, const char *head_branch, struct arena *a, struct github_pull_state **ret,
	size_t *ret_n, struct err *e);
int github_pull_state(struct github *g, int number, struct arena *a, struct github_pull_state *ret, struct err *e);
/* The comment comes first and once; one that is closed already gets none. */
int github_pull_close(struct github *g, int number, const char *comment_or_null, struct err *e);

/* What of a file the pull request's diff shows on its new side: only there can a suggestion stand. */
struct github_pull_file {
	const char *path, *status;
	const char *patch; /* hunks in unified form; NULL: binary or too large */
};
/* ERR_LIMIT where GitHub will not tell (300 files, 20,000 lines): suggestions are not possible then. */
int github_pull_files(
	struct github *g, int number, struct arena *a, struct github_pull_file **ret, size_t *ret_n, struct err *e);

struct github_suggestion {
	const char *path;
	unsigned first, last; /* lines of the new side */
	const char *body;     /* with the ```suggestion block */
};
/* One review (event COMMENT) with all suggestions, at most GITHUB_SUGGESTIONS_MAX. A suggestion that already stands on
 * this head commit, written by us with the same text, is not posted again; *ret_posted counts the new ones, *ret_there
 * those that stood already. Some that GitHub does not take (lines that its diff does not show) do not spoil the others.
 * ERR_INPUT: it takes none of them; ERR_BUSY: the head is another commit by now. */
#define GITHUB_SUGGESTIONS_MAX 30u
int github_review_put(struct github *g, int number, const char *head_sha, const char *body,
	const struct github_suggestion *list, size_t n, unsigned *ret_posted, unsigned *ret_there, struct err *e);

/* One comment of ours per commit, found by its marker. */
int github_commit_comment_put(
	struct github *g, const char *sha, const char *marker, const char *text, char **ret_url, struct err *e);
/* "eyes", "+1", "-1", "rocket", "confused"; there already is success. */
int github_reaction_put(struct github *g, int64_t comment, const char *content, struct err *e);
/* A plain comment, posted once: its marker, with which the text begins, is looked for. */
int github_comment_reply(struct github *g, int number, const char *marker, const char *text, struct err *e);

/* Who the holder of this token is, as the API names authors ("octocat", "github-actions[bot]"); lives as long as `g`.
 */
int github_login(struct github *g, const char **ret, struct err *e);
/* What somebody may do here: GITHUB_LEVEL_WRITE for write, maintain and admin. */
int github_permission_of(struct github *g, const char *login, enum github_level *ret, struct err *e);

#endif
