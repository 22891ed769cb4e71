/* command.h - what a command is: a const struct in a file of its own, and one line in table.c.
 *
 * A command gets its checked arguments and the settings common to all; it returns the exit status of DESIGN §3
 * (0 answered, 1 the answer is a "no" that was asked for, 2 trouble). cmd/ is the only place that prints and exits. */
#ifndef RM_CMD_COMMAND_H
#define RM_CMD_COMMAND_H

#include "base/buf.h"
#include "base/config.h"
#include "cmd/args.h"

#include <stdio.h>

#define EXIT_ANSWERED 0
#define EXIT_NO 1
#define EXIT_TROUBLE 2

struct session {
	const char *command;
	struct args *args;
	const char *repo; /* --repo, default "." */
	bool quiet, verbose;
	bool pipe_ignored;    /* SIGPIPE was ignored when we were started: what `run` starts inherits that */
	bool colour;          /* stdout is a terminal, NO_COLOR unset, no --no-color */
	unsigned width;       /* of the terminal; 0 when stdout is none */
	struct config config; /* read on first use: session_config() */
	bool config_read;
	char *db_path; /* found on first use: session_db_path() */
	FILE *out;     /* stdout or --output, written at the end: session_write() */
};

struct command {
	const char *name;
	const char *summary;  /* one line for `runmedic --help` */
	const char *usage;    /* "analyze [LOG|DIR|ZIP|-]... [options]" */
	const char *text;     /* a paragraph or two for `runmedic NAME --help` */
	const char *examples; /* lines, each a command that works */
	const struct option *options;
	int (*run)(struct session *s);
	bool hidden; /* not in the overview: for tests and the build */
};
extern const struct command *const command_table[]; /* NULL-terminated, in the order of the overview */
extern const struct option common_options[];

/* One line on stderr, "runmedic: ...", safe for a terminal; returns EXIT_TROUBLE. */
int session_trouble(const struct session *s, const struct err *e);
void session_note(const struct session *s, const char *format, ...)
	__attribute__((format(printf, 2, 3))); /* stderr, not with -q */

/* Of the environment; NULL when it is not set or empty. */
const char *session_variable(const char *name);
/* The configuration of --config, else .github/runmedic.yml of the repository, else the defaults. */
int session_config(struct session *s, const struct config **ret, struct err *e);
/* --db, else .runmedic/history.db at the repository's root, else below $XDG_STATE_HOME. *ret_ignore: a .gitignore is
 * wanted beside it. */
int session_db_path(struct session *s, const char **ret, bool *ret_ignore, struct err *e);

/* Writes the whole document to --output or stdout. A full disk or closed pipe is trouble. */
int session_write(struct session *s, struct view text, struct err *e);

void command_help(struct buf *out, const struct command *c);
void command_overview(struct buf *out);

#endif
