/* decode.h - one raw line to its text. Pure and stateless: a line decodes alike wherever reading began.
 *
 * Two stages, so that the reader can look at the prefix before the text moves over it: decode_prefix() measures what
 * stands before the text, decode_line() makes the text of the rest. */
#ifndef RM_LOG_DECODE_H
#define RM_LOG_DECODE_H

#include "log/log.h"

#include <string.h>

#define DECODE_STAMP 28                   /* "2026-11-18T09:14:03.1234567Z" */
#define DECODE_RAW_MAX ((size_t)64 << 10) /* of a raw line; the rest of a longer one is dropped */
#define DECODE_NAMES_MAX 1024             /* of job and step in front of a line of `gh run view --log` */
#define DECODE_STRING_MAX 4096            /* of an OSC and its like: a hyperlink */
#define DECODE_SNIFF_LINES 16             /* what decode_form() looks at */
#define DECODE_COMMAND "\x1b[36;1m"       /* how the runner prints a line of a step's command */

struct decode_prefix {
	size_t length;
	const char *stamp;     /* DECODE_STAMP bytes, or NULL */
	struct view job, step; /* gh only, else empty */
};

struct decode_mark {
	size_t skip, trim; /* bytes at the front and the end of the text that are the marker's */
	uint8_t mark, flags;
};

/* Which form of log begins with these bytes. */
enum log_form decode_form(struct view head);

struct decoded {
	struct view text; /* at `out`, without the marker */
	size_t dropped;   /* by LOG_LINE_MAX */
	uint8_t mark, flags;
	bool command;      /* as decode_is_command() */
	uint32_t controls; /* NULs and others that no text has */
};

#define DECODE_SPECIAL 1u /* the line may hold what scan.h calls special */
#define DECODE_CUT 2u     /* the raw line went on */
/* `raw` is the line behind its prefix. `out` may be raw.p or lie before it in the same buffer; else it has room for
 * raw.n + 16 bytes and DECODE_SPECIAL is given. 64 bytes behind raw must be readable. */
void decode_line(enum log_form form, struct view raw, unsigned how, char *out, struct decoded *ret);

/* The parts of decode_line(). */
struct view decode_line_end(struct view raw); /* without the CRs at the end */
/* Removes escapes, overwritten text and NULs; there are no CRs at the end any more. */
size_t decode_text(enum log_form form, const char *p, size_t n, char *out, uint32_t *controls);

/* Of the text behind the prefix, as it was printed: is it a line of a step's command? */
bool decode_is_command(enum log_form form, struct view raw);

struct decode_mark decode_mark(struct view text);

/* The properties of a workflow command, from its decoded text with the marker. False when there are none. */
bool decode_properties(struct view text, struct log_properties *ret, struct buf *storage);

/* Eight bytes of a stamp; zero when they are as the layout says. XOR makes '0' of a separator and leaves the digits.
 * Then the upper half of each byte must be that of '0', and stay so when as much is added as the largest byte allowed
 * there can bear. */
static inline uint64_t decode_stamp_part(const char *p, const char layout[9], const char bear[9])
{
	const uint64_t zeros = UINT64_C(0x3030303030303030), upper = UINT64_C(0xf0f0f0f0f0f0f0f0);
	uint64_t x, want, add;

	memcpy(&x, p, 8);
	memcpy(&want, layout, 8);
	memcpy(&add, bear, 8);
	x ^= want ^ zeros;
	return ((x & upper) ^ zeros) | (((x + add) & upper) ^ zeros);
}

/* Does p begin with a runner's time stamp? This is asked for every line. DECODE_STAMP bytes must be readable. */
static inline bool decode_is_stamp(const char *p)
{
	return (decode_stamp_part(p, "0000-00-", "\6\6\6\6\17\6\6\17") |
		       decode_stamp_part(p + 8, "00T00:00", "\6\6\17\6\6\17\6\6") |
		       decode_stamp_part(p + 16, ":00.0000", "\17\6\6\17\6\6\6\6") |
		       decode_stamp_part(p + 20, "0000000Z", "\6\6\6\6\6\6\6\17")) == 0;
}

/* The stamp and the blank behind it; an editor may have trimmed that blank. */
static inline size_t decode_stamp_length(const char *p, size_t n)
{
	if (n < DECODE_STAMP || !decode_is_stamp(p))
		return 0;
	if (n == DECODE_STAMP || p[DECODE_STAMP] == '\r')
		return DECODE_STAMP;
	return p[DECODE_STAMP] == ' ' ? DECODE_STAMP + 1 : 0;
}

/* "job<TAB>step<TAB>"; 0 when that is not there. */
size_t decode_names(const char *p, size_t n, struct decode_prefix *ret);

/* What stands before the text: the columns of gh, a BOM, the stamp. Asked for every line, and not by a call or by
 * value: either would cost as much as the rest of the work. */
static inline void decode_prefix(enum log_form form, const char *p, size_t n, struct decode_prefix *ret)
{
	size_t at, stamp;

	ret->job = ret->step = (struct view){0};
	at = form == LOG_FORM_GH ? decode_names(p, n, ret) : 0;
	if (n - at >= 3 && memcmp(p + at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	stamp = decode_stamp_length(p + at, n - at);
	ret->stamp = stamp ? p + at : NULL;
	ret->length = at + stamp;
}

#endif
