/* capture.h - what a command printed, kept for a diagnosis: beginning and end whole, the middle cut, memory bounded.
 *
 * Each attempt has its own text: a frame of ours, the output of both streams in the order in which it came (whole
 * lines: the streams do not shear each other's), a line that says how much was left out, a frame again. The same goes
 * into a file as it comes, if there is one; up to the ceiling the file is whole even when we are killed. A file that
 * refuses a write gets no more of them; the text in memory is not touched by that. */
#ifndef RM_HEAL_CAPTURE_H
#define RM_HEAL_CAPTURE_H

#include "base/buf.h"

#define CAPTURE_HEAD ((size_t)8 << 20)   /* bytes of an attempt's output that are kept from its beginning */
#define CAPTURE_TAIL ((size_t)8 << 20)   /* ... and from its end */
#define CAPTURE_HOLD ((size_t)64 << 10)  /* of a line whose end has not come yet; a longer one may be sheared */
#define CAPTURE_FRAME ((size_t)64 << 10) /* of frames around one attempt */
#define CAPTURE_STREAMS 2

struct capture {
	int file;         /* -1: none; the caller's */
	int trouble;      /* errno of the first write that the file refused, else 0 */
	uint64_t written; /* bytes of the file so far */
	struct buf text;  /* of this attempt */
	struct buf held[CAPTURE_STREAMS];
	size_t head;    /* bytes of output that the text holds */
	char *tail;     /* a ring of CAPTURE_TAIL bytes, made when it is needed */
	uint64_t later; /* bytes that went into it */
	bool full;      /* the head takes no more */
};

void capture_init(struct capture *c, int file_or_minus_one);
void capture_done(struct capture *c);

/* Forgets the attempt before; the file keeps it. */
void capture_begin(struct capture *c, struct view frame);
void capture_add(struct capture *c, unsigned stream, struct view bytes);
/* What is still held back, then how much is missing, then the tail. Ends with a newline. */
void capture_finish(struct capture *c);
/* After capture_finish(): a frame for the text and the file. */
void capture_frame(struct capture *c, struct view frame);
/* Of this attempt; valid until the next call. */
struct view capture_text(const struct capture *c);

/* How many of these bytes go into a head that has `room` left: all, else whole lines, else (of a line longer than
 * CAPTURE_HOLD) what there is room for. */
size_t capture_fit(struct view bytes, size_t room);
/* Where the first whole line begins in text that is cut off in front; 0 when there is no other line. */
size_t capture_whole_line(struct view text);

#endif
