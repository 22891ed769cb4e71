/* hex.h - the digits of commits and signatures. */
#ifndef RM_PLAN_HEX_H
#define RM_PLAN_HEX_H

#include "base/view.h"

/* Lower-case digits alone; the empty view has none that is wrong. */
static inline bool hex_is(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!strchr("0123456789abcdef", v.p[i]) || v.p[i] == '\0')
			return false;
	return true;
}

#endif
