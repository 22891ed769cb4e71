/* bodies.h - what runmedic writes on GitHub: check run, comment, step summary, commit status, workflow commands.
 *
 * Pure: a struct publish_run in, text or cJSON out; the same run gives the same bytes. Every body is valid UTF-8,
 * within its limit in bytes, its fences and <details> are balanced also where it was cut, and a cut says so. Nothing
 * that came from a log, a tree or GitHub becomes markup, HTML, a mention, a reference, a link or a workflow command;
 * secrets are redacted.
 *
 * Ownership: struct publish_check and struct publish_status own their texts (…_done); `out` buffers are the caller's;
 * a body that does not fit into `out` marks it full. Sending is github/'s, deciding is cmd/'s. */
#ifndef RM_PUBLISH_BODIES_H
#define RM_PUBLISH_BODIES_H

#include "publish/run.h"

#define PUBLISH_TEXT_MAX ((size_t)65535)      /* bytes of a check's title, summary, text each, and of a comment */
#define PUBLISH_TITLE_MAX ((size_t)250)       /* bytes of a check's title */
#define PUBLISH_ANNOTATIONS_BATCH 50u         /* GitHub's limit for one request */
#define PUBLISH_ANNOTATIONS_MAX 250u          /* ours for one check run: five requests */
#define PUBLISH_SUMMARY_MAX ((size_t)1048576) /* bytes of a step's summary, with what others wrote before */
#define PUBLISH_COMMANDS_MAX 10u              /* workflow commands of one type that GitHub shows for a step */
#define PUBLISH_DESCRIPTION_MAX 140u          /* characters of a commit status */

/* ---- check run: one per workflow run ---- */
struct publish_check {
	struct arena arena;
	const char *name;        /* "runmedic / CI" */
	const char *external_id; /* stable for the run over its attempts: ours is found again by it */
	const char *details_url; /* NULL */
	const char *head_sha;    /* borrowed from the run */
	const char *conclusion;  /* "neutral"; "success" when the follow-up went green */
	cJSON *outputs;          /* array of `output` objects: the first creates, the others are updates that append
				    PUBLISH_ANNOTATIONS_BATCH annotations each; title, summary, text are in all of them */
	size_t annotations;      /* in all outputs */
};
/* Says whether a path is a file of the head commit; NULL: nothing is known, all that could be one pass. */
typedef bool publish_has_file(void *context, const char *path);

void publish_check(struct publish_check *ret, const struct publish_run *r, publish_has_file *has, void *context);
void publish_check_done(struct publish_check *c);

/* ---- sticky comment: one per pull request and workflow ---- */

/* How ours begins: what github_comment_put() and github_comment_find() look for. Ends with a blank. */
void publish_comment_marker(struct buf *out, const struct publish_run *r);
/* The whole comment. With r->green: the short form "was red, green again since ...". */
void publish_comment(struct buf *out, const struct publish_run *r);

enum publish_sticky {
	PUBLISH_STICKY_FOREIGN, /* not a comment of ours for this workflow */
	PUBLISH_STICKY_SAME,    /* says the same already: leave it */
	PUBLISH_STICKY_NEWER,   /* is about a later run or attempt: leave it */
	PUBLISH_STICKY_STALE    /* to be replaced */
};
/* `found` is the text of a comment on GitHub, `body` what publish_comment() made. The verdict is compared, not the
 * text: another run, commit or line number of the log that says the same changes nothing. */
enum publish_sticky publish_comment_compare(struct view found, struct view body);

/* ---- step summary: the same, deeper: every job, every finding ---- */

/* room: bytes that may still be written, PUBLISH_SUMMARY_MAX less what stands in the file (GitHub drops a summary that
 * is too large as a whole). Nothing is added where not even the head fits. */
#define PUBLISH_SUMMARY_RESERVE ((size_t)4096) /* of the room is left for what the step has to say behind it */
void publish_summary(struct buf *out, const struct publish_run *r, size_t room);

/* ---- commit status: where a personal token cannot write checks ---- */
struct publish_status {
	struct arena arena;
	const char *context; /* "runmedic / CI" */
	const char *state;   /* "success": a status knows no "neutral", and ours must block nobody */
	const char *description;
	const char *target_url; /* NULL */
};
void publish_status(struct publish_status *ret, const struct publish_run *r);
void publish_status_done(struct publish_status *s);

/* ---- workflow commands: for the standard output of a step ---- */

/* "::error file=src/a.py,line=3,title=...::message", at most PUBLISH_COMMANDS_MAX of each type. */
void publish_commands(struct buf *out, const struct publish_run *r, publish_has_file *has, void *context);
/* Text between ::stop-commands::TOKEN and ::TOKEN::, so that the runner takes nothing in it for a command. The token
 * must be a fresh random one of letters, digits and '-' that nobody else knows; false, and nothing is added, when the
 * text holds it or when it is too short. */
#define PUBLISH_GUARD_MIN 16u
bool publish_guarded(struct buf *out, const char *token, struct view text);

#endif
