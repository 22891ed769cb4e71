/* annotations.h - what is said at a line of a file: for check runs and for workflow commands. */
#ifndef RM_PUBLISH_ANNOTATIONS_H
#define RM_PUBLISH_ANNOTATIONS_H

#include "publish/bodies.h"
#include "publish/words.h"

struct annotation {
	const char *path;      /* of a file in the repository */
	uint32_t line, column; /* line >= 1, column 0 unknown */
	enum severity severity;
	const char *title, *message;   /* as they came */
	bool exact;                    /* the line is known */
	const struct finding *finding; /* NULL: a failed test */
};

/* Most important first, none twice, at most `most`: what the groups failed of, then failed tests, then what else was
 * found. Array and texts live in the arena. */
size_t annotations_of(const struct told *t, struct arena *a, size_t most, publish_has_file *has, void *context,
	const struct annotation **ret);

#endif
