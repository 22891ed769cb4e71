/* log.h - a job's log, decoded: lines with their number, and the steps they belong to.
 *
 * One decoder for every form in which a log reaches us (told apart by its first bytes):
 *   api      what REST gives for a job: UTF-8 BOM, "2026-11-18T09:14:03.1234567Z " before each line
 *   archive  a file of the run's archive: no BOM, begins with "Requested labels:"
 *   gh       `gh run view --log`: "job<TAB>step<TAB>" before each time stamp
 *   plain    the output of some command: no time stamps, no runner lines needed
 * each of them possibly gzipped, in a ZIP of a run (log_set), or from standard input.
 *
 * Decoding a line removes the prefix, the time stamp, ANSI/OSC sequences (also in the `^[[` spelling),
 * the text that a bare CR overwrote, a CR at the end, NUL bytes and the runner's marker. Invalid UTF-8 stays as it is.
 * A decoded line is at most LOG_LINE_MAX bytes; the rest of a longer one is dropped and the line marked.
 *
 * Memory is bounded whatever the size of the input: one block of lines, an index of a few bytes per
 * thousand lines, at most LOG_STEPS_MAX steps (what follows belongs to the last one). What cannot be read twice
 * (standard input, gzip, a ZIP member) is spooled to an unlinked temporary file of at most LOG_BYTES_MAX bytes.
 *
 * Lines are numbered from 1, split at LF; a last line without LF counts. */
#ifndef RM_LOG_LOG_H
#define RM_LOG_LOG_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

#define LOG_LINE_MAX ((size_t)16 << 10)
#define LOG_BYTES_MAX ((uint64_t)8 << 30)
#define LOG_STEPS_MAX 32768u
#define LOG_COMMAND_MAX ((size_t)8 << 10) /* of a step's command text */
#define LOG_NO_STEP UINT32_MAX

enum log_form { LOG_FORM_PLAIN, LOG_FORM_API, LOG_FORM_ARCHIVE, LOG_FORM_GH };

/* The runner's marker at the start of a line; the decoded text stands without it. Any program can print
 * these: a mark is a hint, never a proof. `::error file=a,line=1::text` gives LOG_ERROR with the
 * text behind the second `::` (properties: log_properties()). */
enum log_mark {
	LOG_TEXT = 0,
	LOG_GROUP,    /* ##[group]  ::group:: */
	LOG_ENDGROUP, /* ##[endgroup] ::endgroup:: */
	LOG_COMMAND,  /* [command] ##[command] */
	LOG_ERROR,
	LOG_WARNING,
	LOG_NOTICE,
	LOG_DEBUG,
	LOG_SECTION, /* ##[section] and other runner markers without meaning for us */
	LOG_ACTION,  /* ##[start-action ...] ##[end-action ...]; the text is what stands between the brackets */
};

enum log_line_flag {
	LOG_CUT = 1,  /* the line was longer than LOG_LINE_MAX */
	LOG_ECHO = 2, /* the runner's own echo of a step's command, shell or env (the head of the step), not output */
	LOG_HAS_FILE = 4, /* a workflow command with properties: the raw line names a file */
};

struct log_line {
	uint32_t number; /* 1-based line of the input */
	uint32_t step;   /* index for log_step(), or LOG_NO_STEP */
	uint32_t start;  /* of the decoded text, in log_block.text */
	uint32_t length; /* of the decoded text, without the newline */
	uint8_t mark;    /* enum log_mark */
	uint8_t flags;   /* enum log_line_flag */
};

/* A run of decoded lines: text holds them one after the other, each followed by '\n'. Owned by the log,
 * valid until the next log_next(). */
struct log_block {
	struct view text;
	const struct log_line *lines;
	size_t count;
};

static inline struct view log_block_line(const struct log_block *b, size_t i)
{
	return view_make(b->text.p + b->lines[i].start, b->lines[i].length);
}

/* What a step was about, from the text of the log. Views are owned by the log. */
struct log_step {
	struct view name;      /* text of the group line: "Run make test"; "" for what stands before the first step */
	struct view command;   /* "make test", several lines joined by '\n'; "" for actions */
	struct view shell;     /* "/usr/bin/bash -e {0}" */
	struct view directory; /* working-directory, where the env or the log names it; "" unknown */
	uint32_t first_line, last_line;
	uint32_t output_line;    /* first line behind the head (command, shell, env) */
	int64_t started, ended;  /* CLOCK_UNKNOWN where the log has no time stamps */
	int exit_code;           /* from "Process completed with exit code N", -1 when not printed */
	uint32_t end_error_line; /* line of that ##[error], 0 when none */
	bool failed;    /* ended with it, or with an ##[error] that ended the step, or end-action outcome=failure */
	bool cancelled; /* "The operation was canceled." */
	bool timed_out; /* "... has exceeded the maximum execution time", "has timed out after" */
	bool tolerated; /* failed, yet the job went on with steps that do not run after a failure */
	bool post;      /* "Post ...", "Complete job": clean-up after the work */
};

struct log_info {
	enum log_form form;
	uint64_t bytes; /* of the decoded container: the text itself */
	uint32_t lines;
	bool runner_lines; /* set-up or step lines of a runner were seen */
	bool cut_off;      /* runner lines, but the log ends without clean-up: the runner was lost or the file cut */
	bool binary;       /* NUL bytes or controls in a share that no log has */
	uint64_t bytes_dropped; /* by LOG_LINE_MAX */
	int64_t started, ended;
	struct view job;       /* job name where the form tells it, else "" */
	struct view os;        /* "ubuntu-24.04" from Runner Image, else "" */
	struct view image;     /* its version, "20260302.42.1", else "" */
	struct view workspace; /* "/home/runner/work/x/x", "D:\a\x\x" where the log shows it, else "" */
};

struct log;

/* Opens a file or pipe (plain or gzip), or standard input for "-". An empty or unreadable file is an error: ERR_INPUT
 * or ERR_IO. Binary content is found while reading: log_info().binary, judged by the caller. */
int log_open(struct log **ret, const char *path, struct err *e);
/* A descriptor that was opened elsewhere, taken over also on failure; read from its start where it can be. `name` is
 * for messages. */
int log_open_fd(struct log **ret, int fd, const char *name, struct err *e);
/* Takes the bytes as they are; they are borrowed until log_close(). For tests and fuzzing. */
int log_open_memory(struct log **ret, struct view bytes, struct err *e);
void log_close(struct log *l);

/* 1: *ret holds the next block; 0: the end; -1: trouble. After the end, steps and info are complete. */
int log_next(struct log *l, struct log_block *ret, struct err *e);
/* Reads on to the end without looking at the lines. */
int log_finish(struct log *l, struct err *e);

size_t log_step_count(const struct log *l);
/* NULL for LOG_NO_STEP or out of range; valid until the next log_next(). */
const struct log_step *log_step(const struct log *l, uint32_t index);
const struct log_info *log_info(const struct log *l);

/* Random access, after the end of the log: decoded lines first..last (clipped to the log, to LOG_READ_MAX lines and to
 * LOG_READ_BYTES of text). The result owns its memory; log_text_done() it. */
#define LOG_READ_MAX 20000u
#define LOG_READ_BYTES ((size_t)32 << 20)
struct log_text {
	char *text;
	struct log_line *lines;
	size_t count;
};
int log_read(struct log *l, uint32_t first, uint32_t last, struct log_text *ret, struct err *e);
void log_text_done(struct log_text *t);
#define LOG_TEXT_AUTO __attribute__((cleanup(log_text_done))) struct log_text
struct view log_text_line(const struct log_text *t, size_t i);
/* Time stamp of one line, CLOCK_UNKNOWN when it has none. */
int64_t log_time(struct log *l, uint32_t line);

/* SHA-256 of the bytes of the log (decompressed): the identity of an execution without run ids. Reads them once more.
 */
int log_digest(struct log *l, char hex[65], struct err *e);

/* Properties of a workflow command line as it was printed ("::error file=a.c,line=3,col=7,title=x::text"). */
struct log_properties {
	struct view file, title;
	uint32_t line, column; /* 0: not given */
};
bool log_properties(struct log *l, uint32_t line, struct log_properties *ret, struct buf *storage);

/* ---- several logs in one place --------------------------------------------------------------- */

/* A folder (its *.log, *.txt, *.log.gz, *.txt.gz, not recursive, by name), a run's ZIP (one text file per job; the
 * per-step folders of older archives are joined per job), one file, or "-". Ceilings against bombs: LOG_SET_MAX
 * members, LOG_BYTES_MAX bytes in all, a ratio of at most 1000. */
#define LOG_SET_MAX 1024u
struct log_set;
int log_set_open(struct log_set **ret, const char *path, struct err *e);
size_t log_set_count(const struct log_set *s);
const char *log_set_name(const struct log_set *s, size_t i); /* for people: "job.log", "run.zip/3_build.txt" */
int log_set_log(struct log_set *s, size_t i, struct log **ret, struct err *e); /* the caller closes it */
void log_set_close(struct log_set *s);

#endif
