/* generic.h - what a failure is about that no rule knows. Private to diagnose/. */
#ifndef RM_DIAGNOSE_GENERIC_H
#define RM_DIAGNOSE_GENERIC_H

#include "base/vocabulary.h"

#define CATEGORY_TEXT_MAX 1000u /* bytes of a line or command that are heard */
#define CATEGORY_POINTS_MIN 2.0 /* less is no answer: CATEGORY_UNKNOWN */

struct category_votes {
	double points[CATEGORY_UNKNOWN + 1];
};
void category_hear_line(struct category_votes *votes, struct view line); /* the one that states the failure */
void category_hear_near(struct category_votes *votes, struct view line); /* one of those around it */
void category_hear_step(struct category_votes *votes, struct view name_or_command);
void category_hear_rule(struct category_votes *votes, enum category category);
enum category category_elected(const struct category_votes *votes);

#endif
