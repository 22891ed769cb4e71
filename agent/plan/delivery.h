/* delivery.h - how a fix reaches people, and what forbids it: pure.
 *
 * Everything known is in the facts; nothing here asks anybody. Each refusal is one sentence that people read. DESIGN §5
 * and §7 are the source: never a default or protected branch, never over a person's commit, suggestions for forks and
 * bots' pull requests, caps, the loop guard. */
#ifndef RM_PLAN_DELIVERY_H
#define RM_PLAN_DELIVERY_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "plan/plan.h"

#define DELIVERY_LABEL_OFF "runmedic: off"
#define DELIVERY_TRAILER_OFF "Runmedic: off" /* in a commit message: leave this commit alone; also [skip runmedic] */
#define DELIVERY_BRANCH_PREFIX "runmedic/"

/* DELIVERY_PATCH: the sticky comment (or what the ladder leaves of it) holds the patch and the command that applies it
 */
#define DELIVERY_WAYS(X) X(NOWHERE, "none") X(PATCH, "patch") X(SUGGEST, "suggest") X(PULL, "pr") X(BRANCH, "branch")
#define DELIVERY_WAY(id, text) DELIVERY_##id,
enum delivery_way { DELIVERY_WAYS(DELIVERY_WAY) };
const char *delivery_way_name(enum delivery_way w);

/* One fix on offer. */
struct delivery_fix {
	const char *fixer, *signature; /* signature may be NULL */
	enum tier tier;                /* of this fix here: heal, review */
	double confidence;
	bool touches_workflow; /* a file below .github/ */
	/* What was before, from the history and from GitHub (pull requests of the same branch, trailers), the larger.
	 */
	unsigned attempts;        /* deliveries of this signature on this branch */
	unsigned pair_failed;     /* of this fixer for this signature: stayed red, reverted or withdrawn */
	unsigned closed_unmerged; /* a person closed the pull request with it */
	bool standing;            /* the same is delivered already and open */
	const char *ignored;      /* the reason of `runmedic ignore`; NULL: it is not */
};

struct delivery_facts {
	const struct config *config;
	enum config_deliver wanted; /* of the configuration or the input */
	bool dry_run;
	bool app_token, has_token;                     /* an App's token starts CI by itself */
	bool workflows_permission;                     /* may change .github/workflows; never so of GITHUB_TOKEN */
	const char *branch;                            /* that was red */
	bool is_default, is_protected, is_merge_queue; /* gh-readonly-queue/... */
	bool fork;
	int pull;           /* 0: none open at this commit */
	const char *author; /* of pull request or run; NULL unknown */
	bool author_is_bot, labelled_off, trailer_off, draft;
	bool head_moved;   /* the branch is no longer at the commit that was judged */
	bool head_is_ours; /* the commit that was red is a fix of ours */
	bool locked;       /* another run of ours works on this branch */
	bool ignored_author;
};

struct delivery_choice { /* of one fix, same order as given */
	enum delivery_way way;
	const char *reason; /* why this way, or why not */
};
struct delivery_plan {
	enum delivery_way way; /* the most of the fixes */
	bool draft;            /* the pull request holds a fix of tier review */
	const char *reason;    /* one sentence for people; never NULL */
	struct delivery_choice *choices;
};
/* What `pr` and `branch` may not do becomes a suggestion, and where there is no pull request to suggest on, a patch;
 * `branch` never becomes a pull request that nobody asked for. Stepping back (head moved, locked, merge queue,
 * delivered already) leaves the patch; what people refused (label, trailer, ignored, rejected) and what failed before
 * leaves nothing. A dry run chooses nothing and says what it would have been. Texts and choices live in the arena. At
 * most heal.max_per_run fixes get a way but NOWHERE and PATCH. */
void delivery_plan(struct delivery_plan *ret, const struct delivery_facts *f, const struct delivery_fix *fixes,
	size_t n, struct arena *a);

/* Is DELIVERY_LABEL_OFF among them? GitHub's labels know no case. NULL-terminated, or NULL. */
bool delivery_is_off(const char *const *labels);

/* "runmedic/<12 hex of the signature>-<6 hex of the base ref>"; a fix without a signature is named by its rule. */
const char *delivery_branch(struct arena *a, const char *signature, const char *rule, const char *base_branch);

/* The message of a fix's commit: subject by template, reason, proof, trailers (Runmedic-Signature, -Rule, -Fixer,
 * -Confidence, -Run), options of the configuration (sign_off, `conventional`), "[dependabot skip]" where `dependabot`.
 * The one place where such a message is made; texts are redacted and cannot become trailers. */
struct delivery_message {
	const char *summary, *title, *reason, *fixer, *rule, *signature, *run_url;
	double confidence;
	const char *const *proof_argv;
	const char *proof_says;
	unsigned good, bad;   /* the record so far; both 0: none */
	const char *sign_off; /* "Name <mail>"; NULL: none */
	bool dependabot;
	const char *category; /* for the type of a conventional commit */
};
void delivery_message(struct buf *out, const struct delivery_message *m, const struct config *c);
/* Its first line alone, with at most `max` bytes: for the title of a pull request, which has a template of its own. */
void delivery_subject(
	struct buf *out, const struct delivery_message *m, const char *template_or_null, bool conventional, size_t max);
/* What trailers of a commit say; NULL what is not there. Views point into the message. */
struct delivery_trailers {
	struct view signature, rule, fixer, run;
	bool ours;           /* has Runmedic-Fixer */
	bool off;            /* DELIVERY_TRAILER_OFF or [skip runmedic] */
	struct view reverts; /* sha of "This reverts commit <sha>" */
};
void delivery_trailers(struct delivery_trailers *ret, struct view message);

#endif
