/* reader.h - the inside of a struct log. */
#ifndef RM_LOG_READER_H
#define RM_LOG_READER_H

#include "log/source.h"
#include "log/steps.h"

#define LOG_PIECE ((size_t)256 << 10) /* of a read() */
#define LOG_BLOCK_LINES 8192u
#define LOG_INDEX_LINES 1024u /* between two entries of the index */
#define LOG_SLACK 64          /* bytes that may be read behind the end of a buffer */

struct log {
	struct source *source;
	struct steps steps;

	char *bytes;     /* raw text; the decoded text of a block is put over it, from the front */
	size_t at, end;  /* raw text that is still to be split */
	uint64_t offset; /* of bytes[0] in the log */
	bool ended;      /* the source has no more */
	bool skipping;   /* within the rest of a line longer than DECODE_RAW_MAX */
	bool finished;   /* all lines have been handed out */

	char *first; /* decoded line of the block */
	char *out;   /* where the next decoded line goes */
	struct log_line *lines;
	size_t count;
	uint32_t number; /* of the last line */
	uint64_t *index; /* offsets of the lines 1, 1 + LOG_INDEX_LINES, ... */
	size_t index_count, index_cap;
	uint64_t controls;

	char *again, *again_out; /* of log_read() and its like, made when they are first used */
};

int log_from_source(struct log **ret, struct source *source, struct err *e); /* takes the source over */

#endif
