/* deliver.h - the words of a delivery: pull request, suggestions, patch, issue, withdrawal, answers to commands.
 *
 * As in bodies.h: pure, deterministic, within GitHub's limits, nothing from a log becomes markup. Every body that is to
 * be found again begins with its marker (an HTML comment). */
#ifndef RM_PUBLISH_DELIVER_H
#define RM_PUBLISH_DELIVER_H

#include "publish/bodies.h"

/* One fix as it is shown. `diff` is what heal/offer.h printed: this fix alone against the base. */
struct publish_offer {
	const struct publish_fix *fix;
	const struct finding *finding; /* what it answers; NULL */
	const char *diff, *commit;     /* commit NULL: not pushed */
};
struct publish_deliver {
	const struct publish_run *run;
	const struct publish_offer *offers;
	size_t count;
	bool draft, waits; /* waits: CI begins when a person presses "Approve workflows to run" */
	bool conventional; /* the title begins as the subject of a Conventional Commit */
	const char *reason;
	const char *patch; /* all offers together; NULL */
};

/* ---- pull request ---- */
/* The template of the configuration (heal.title), else what the first fix does. */
void publish_pull_title(struct buf *out, const struct publish_deliver *d, const char *template_or_null);
/* First what broke and where, then what was changed and how it was proved, then how to get rid of it. */
void publish_pull_body(struct buf *out, const struct publish_deliver *d);
#define PUBLISH_PULL_MARKER "<!-- runmedic:fix "
/* Signature and fixers that a body of ours names, for a history that was lost. Views point into the body. */
struct publish_pull_facts {
	struct view signature, base, run;
	struct view fixers[8];
	size_t fixer_count;
	bool withdrawn;
};
bool publish_pull_read(struct publish_pull_facts *ret, struct view body);
/* The same body, now saying (in its marker too) that the fix was taken back; false: it is none of ours. */
bool publish_pull_withdrawn(struct buf *out, struct view body, const char *reason);

/* ---- suggestions ---- */
struct publish_suggestion {
	const char *path;
	unsigned first, last;
	const char *body;
	size_t offer; /* index */
};
#define PUBLISH_SUGGESTIONS_MAX 30u /* in one review; offers that would pass it are left */
/* A hunk becomes a suggestion where all lines that it replaces are in one hunk of the pull request's diff of that file
 * (`patch_of`: unified hunks, NULL: not in the diff) and say there what the offer's diff says. An offer is suggested
 * whole or not at all: ret_left[i], of as many as there are offers, marks those that are not (deleted and new files,
 * modes, lines outside, lines that another offer replaces, CR LF, a change of the newline at the end of the file, text
 * that may not be shown as it is). Texts live in the arena. */
size_t publish_suggestions(const struct publish_deliver *d, const char *(*patch_of)(void *context, const char *path),
	void *context, struct arena *a, struct publish_suggestion **ret, bool *ret_left);
void publish_review_body(struct buf *out, const struct publish_deliver *d, size_t suggestions);

/* ---- patch in a comment: the sticky comment's section, and the one command that applies it ---- */
#define PUBLISH_PATCH_MAX ((size_t)30000) /* of the patch itself; a larger one is only in the artifact */
void publish_patch_section(struct buf *out, const struct publish_deliver *d);

/* ---- what became of it ---- */
/* A comment on the pull request that is closed (run_or_null: the run that was red with it). */
void publish_withdrawal(struct buf *out, const char *reason, const struct publish_run *run_or_null);
void publish_revert_message(struct buf *out, const char *sha, const char *subject, const char *reason,
	const char *signature, const char *fixer);

/* ---- an issue for a failure that needs a person ---- */
struct publish_issue {
	const struct publish_run *run;
	const struct publish_group *group;
	unsigned seen, runs; /* failures with this signature; in so many runs */
	int64_t first_seen, last_seen;
	const char *why_person; /* why no fix is made: one sentence */
};
#define PUBLISH_ISSUE_MARKER "<!-- runmedic:issue "
void publish_issue_marker(struct buf *out, const char *signature);
void publish_issue_title(struct buf *out, const struct publish_issue *i);
void publish_issue_body(struct buf *out, const struct publish_issue *i);
/* For the issue that is closed: the green run and its commit, and since when it had failed. */
void publish_issue_closing(struct buf *out, const char *sha, const char *url, int64_t since);

/* ---- a comment on a commit without a pull request ---- */
void publish_commit_comment(struct buf *out, const struct publish_run *r);

/* ---- answers to /runmedic ... ---- */
void publish_explanation(struct buf *out, const struct publish_run *r); /* `explain`: all evidence, why this decision */
void publish_answer(struct buf *out, const char *command, const char *sentence); /* "rerun": one line */

#endif
