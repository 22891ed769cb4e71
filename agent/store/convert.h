/* convert.h - steps between schemas that SQL alone cannot walk. Private to store/. */
#ifndef RM_STORE_CONVERT_H
#define RM_STORE_CONVERT_H

#include "store/db.h"

/* 3 to 4: passed tests from rows to packs. */
int convert_passed(struct db *db, struct err *e);

#endif
