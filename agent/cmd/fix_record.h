/* fix_record.h - what became of a fixer's fixes for a rule, as far as it says something about the next one. */
#ifndef RM_CMD_FIX_RECORD_H
#define RM_CMD_FIX_RECORD_H

#include "store/store.h"

/* As store_fix_record(); but where the fixer probably changed one day (learn/success.h), only what came since counts: a
 * good past does not cover for a bad present. */
bool fix_record(struct store *s, const char *fixer, const char *rule, unsigned *ret_good, unsigned *ret_bad);

#endif
