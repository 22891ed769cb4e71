/* steps.h - the step state machine: told the lines that matter, it finds where steps begin, what they ran and how they
 * ended. It also collects what the log says of the job. */
#ifndef RM_LOG_STEPS_H
#define RM_LOG_STEPS_H

#include "base/arena.h"
#include "log/decode.h"

#define STEPS_TEXT_MAX ((size_t)3 << 20)  /* names and commands of all steps together */
#define STEPS_HEAD_MAX 8192u              /* lines; a head that does not end by then is none */
#define STEPS_PEEK ((size_t)LOG_LINE_MAX) /* of the next line, to tell a step from a group that is called "Run ..." */

struct step {
	struct log_step s;
	uint32_t job;        /* several jobs may stand in one dump of `gh run view --log` */
	uint32_t errors;     /* ##[error] lines */
	uint32_t last_error; /* the last of them */
	uint64_t id;         /* hash of a start-action's id, 0 without */
	bool named;          /* by its own group line; else by a column or marker before it */
	bool script;         /* has a shell: it can only fail with an exit code */
	bool container;      /* an action that the runner ran by docker: it fails without a word of the runner */
	bool refused;        /* the runner itself refused what the step asked for: fatal without an exit code */
	bool completed;      /* "Process completed with exit code" was printed */
	bool settled;        /* end-action told how it ended */
};

enum steps_head { HEAD_NONE, HEAD_COMMAND, HEAD_SHELL, HEAD_INPUTS };

struct steps {
	struct arena text;
	struct step *v;
	uint32_t n, cap;
	struct log_info info; /* job, os, workspace, runner_lines, started, ended and cut_off are kept here */
	enum steps_head head;
	struct buf command;
	char names[DECODE_NAMES_MAX]; /* gh: "job<TAB>step" of the line before */
	size_t names_length;
	uint32_t job;
	uint32_t echo_until;          /* output_line of the current step */
	bool begun, cleaned;          /* set-up and clean-up of the current job were seen */
	char stamps[2][DECODE_STAMP]; /* of the last stamped line, and of the one that is being read */
	unsigned stamp;               /* which one is the last; a new one goes to the other */
	bool stamped;
};

/* One line as the machine sees it. */
struct steps_line {
	uint32_t number;
	struct view text; /* decoded, without the marker */
	enum log_mark mark;
	bool command;      /* decode_is_command() */
	bool run;          /* "##[group]Run ..." and steps_is_run() agreed */
	const char *stamp; /* or NULL */
};

void steps_init(struct steps *s);
void steps_done(struct steps *s);

/* Of a raw line and the raw line behind it (both without prefix): does a step begin here? Scripts may call a group
 * "Run tests", too; the runner's own is followed by the command or by what the step was given. */
bool steps_is_run(enum log_form form, struct view raw, struct view next);

/* For lines of `gh run view --log`, before steps_line(): the columns may begin a step. */
void steps_column(struct steps *s, uint32_t number, const struct decode_prefix *prefix);

/* Does the machine want to see this line? Only those with a mark, in a head, or that begin with one of CDEIPRSVW; a
 * caller must not skip these. */
static inline bool steps_wants(const struct steps *s, uint8_t mark, char first)
{
	const uint32_t letters = 1u << ('C' - 'A') | 1u << ('D' - 'A') | 1u << ('E' - 'A') | 1u << ('I' - 'A') |
				 1u << ('P' - 'A') | 1u << ('R' - 'A') | 1u << ('S' - 'A') | 1u << ('V' - 'A') |
				 1u << ('W' - 'A');
	unsigned i = (unsigned)(unsigned char)first - 'A';

	return mark || s->head || (i < 26 && (letters >> i & 1));
}
void steps_line(struct steps *s, const struct steps_line *line);

/* The first stamped line of the log. */
void steps_first_stamp(struct steps *s, const char *stamp);
void steps_end(struct steps *s, uint32_t lines);

/* Which step a line belongs to. Adds LOG_ECHO to *flags when it is part of the head. */
uint32_t steps_find(const struct steps *s, uint32_t number, uint8_t *flags);

/* Decides failed and tolerated, when all is known. (verdict.c) */
void steps_judge(struct steps *s);
/* Takes from a line outside a head what it says of the job. (facts.c) */
void steps_fact(struct steps *s, const struct steps_line *line);

/* A copy that lives as long as the steps do, cut where STEPS_TEXT_MAX is reached. */
struct view steps_keep(struct steps *s, struct view text);

#endif
