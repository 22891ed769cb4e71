/* mend.h - fixers for checks that print one line per complaint ("a.py:3:1: F401 'os' imported but unused").
 *
 * A mender says which lines of the failing step are complaints and which splice answers each. Everything the check
 * complains about must be mendable, or nothing is proposed: half a fix leaves the check red. Each complaint is verified
 * at its place in the file at HEAD; what is not there as the log says is refused. */
#ifndef RM_FIXERS_MEND_H
#define RM_FIXERS_MEND_H

#include "fixers/evidence.h"
#include "fixers/source.h"

#define MEND_COMPLAINTS_MAX 2000u

struct complaint {
	struct view path, code, text; /* path as printed; "" where there is none */
	uint32_t line, column;        /* 0 unknown */
	size_t index;                 /* line of the evidence */
};

enum mend_verdict {
	MEND_NOTHING,   /* the line is not known */
	MEND_HARMLESS,  /* known, and it does not make the check fail */
	MEND_COMPLAINT, /* *ret tells it */
	MEND_HOPELESS,  /* a complaint that needs a person */
};

struct mend;
struct mender {
	const char *const *programs; /* one of them must have run in the step; NULL: does not matter */
	bool others_may_complain;    /* else a line "PATH:LINE: ..." that read() does not know is hopeless, too */
	enum mend_verdict (*read)(struct mend *m, size_t index, struct complaint *ret);
	int (*mend)(struct mend *m, const struct complaint *c, struct source *s, struct err *e);
	int (*finish)(struct mend *m, struct err *e); /* when all are mended; NULL: nothing to do */
	edit_check *check;
	const char *says;
};

struct mend {
	const struct mender *how;
	const struct fix_request *q;
	struct evidence *ev;
	struct sources *sources;
	struct fix_proposal *ret; /* its arena may be used; tier and confidence may be lowered */
	unsigned count;           /* complaints so far */
	struct view section;      /* for the mender's own use: a path that a heading named */
	void *state;              /* the same: anything, from the arena */
};

/* Fills *ret but for summary and reason. */
int mend_propose(const struct mender *how, const struct fix_request *q, struct fix_proposal *ret, struct err *e);

/* "PATH:LINE:COLUMN: text", "PATH:LINE: text", "PATH(LINE,COLUMN): text"; any blank may stand for the last colon. */
bool complaint_parse(struct view line, struct complaint *ret);
/* Takes "[error] ", "error: ", "warning: " off the front. */
struct view complaint_without_level(struct view text);

bool view_has_nocase(struct view v, const char *lower_case);

#endif
