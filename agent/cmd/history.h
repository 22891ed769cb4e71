/* history.h - the history on its way to places where it survives: refs of the repository, files, and away for good.
 *
 * For the Action: history_push_run() after a run was recorded, where `history.push` is set; what it fails with is a
 * note to people, never a failed job. */
#ifndef RM_CMD_HISTORY_H
#define RM_CMD_HISTORY_H

#include "base/json.h"
#include "cmd/remote.h"
#include "heal/facts_refs.h"
#include "store/facts.h"

#define HISTORY_STRANGE_MAX 20u                   /* refusals that are named; the rest is counted */
#define HISTORY_PUSH_BYTES_MAX ((size_t)64 << 20) /* of facts in one push */
#define HISTORY_PART_MAX ((size_t)8 << 20)        /* of facts in one object */
#define HISTORY_DAYS_MAX 36500u

/* Which git server, with which token. */
struct history_link {
	struct session *session;
	struct remote *remote;
	bool own_remote;
	char *url, *token;
	struct git_remote_options options;
	struct facts_refs *refs;
};
/* `remote` NULL: as the session's options and the environment say. */
int history_link_open(struct history_link *ret, struct session *s, struct remote *remote, struct err *e);
void history_link_close(struct history_link *l);

struct history_refusal {
	char *where, *why;
};
struct history_refusals {
	struct history_refusal items[HISTORY_STRANGE_MAX];
	size_t count; /* also beyond HISTORY_STRANGE_MAX */
};
void history_refuse(struct history_refusals *r, const char *where, const char *why);
void history_refusals_done(struct history_refusals *r);

struct history_pushed {
	uint64_t runs, pushed, known; /* known: pushed or pulled before */
	struct history_refusals refused;
};
struct history_push {
	int64_t run;   /* 0: all */
	int attempt;   /* 0: all */
	int64_t since; /* of what happened; CLOCK_UNKNOWN: all */
};
int history_push(struct history_link *l, struct store *store, const struct history_push *p, struct history_pushed *ret,
	struct err *e);
/* What is known of one run and attempt (0: all), and what happened in the last two days that belongs to none. */
int history_push_run(struct session *s, struct remote *remote, struct store *store, int64_t run, int attempt,
	struct history_pushed *ret, struct err *e);

/* Facts on their way in, from whatever source; several transactions, each whole. Lists of tests are kept for all of
 * them, and told when something needs them. */
#define HISTORY_TESTS_MAX ((size_t)512 << 20) /* bytes of such lists */
struct history_tests {
	char id[HASH_HEX_MAX];
	struct view line;
};
struct history_taking {
	struct store *store;
	struct store_take *take; /* NULL: none is open */
	bool fork;
	uint64_t in_take;
	uint64_t taken, better, known, waiting;
	struct history_refusals refused;
	struct arena arena; /* of the lists of tests */
	struct history_tests *tests;
	size_t tests_count, tests_cap;
	char **marks; /* ids that are good once the take is committed */
	size_t mark_count, mark_cap;
};
/* 1: the line was not taken, and why is in t->refused under `where`. */
int history_take_line(struct history_taking *t, bool fork, struct view line, const char *where, struct err *e);
/* This object is known when what was taken so far is committed. */
void history_take_mark(struct history_taking *t, const char *id);
int history_take_flush(struct history_taking *t, struct err *e);
void history_taking_done(struct history_taking *t);

struct history_pulled {
	struct facts_pulled refs;
	struct history_taking facts;
};
int history_pull(struct history_link *l, struct store *store, struct history_pulled *ret, struct err *e);

/* A history that was lost has its fixes and their outcomes back from GitHub alone: pull requests from branches of ours,
 * trailers of their commits, reverts on the default branch. Since: pull requests that changed after; CLOCK_UNKNOWN:
 * all. Told twice changes nothing. For `sync` and `history pull --outcomes`. */
struct history_outcomes {
	uint64_t pulls, fixes, outcomes;
};
int history_read_outcomes(
	struct remote *remote, struct store *store, int64_t since, struct history_outcomes *ret, struct err *e);

/* The subcommands. Each fills in text and JSON, and returns an exit status or -1. */
struct history_answer {
	struct session *session;
	struct buf text;
	cJSON *json;
	bool done; /* it has written by itself */
};
typedef int history_action(struct history_answer *a, struct err *e);
history_action history_do_push, history_do_pull, history_do_compact, history_do_export, history_do_import,
	history_do_check, history_do_purge, history_do_status;
int history_store(struct store **ret, struct session *s, enum store_mode mode, struct err *e);
void history_add_refusals(struct history_answer *a, const char *name, const struct history_refusals *r);

#endif
