/* matrix.h - the matrix values that GitHub writes into a job's name: "test (ubuntu-latest, 3.12)". Pure. */
#ifndef RM_LEARN_MATRIX_H
#define RM_LEARN_MATRIX_H

#include "base/view.h"

struct matrix {
	struct view os;      /* "ubuntu-latest"; empty: the name has none */
	struct view version; /* the first value that is a version ("3.12", "go1.22", "node-20"); empty: none */
};
/* Views into `job`. The values are those in its last brackets. */
void matrix_of(struct matrix *ret, struct view job);

#endif
