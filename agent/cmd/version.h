/* version.h - who we are and of what we are made. */
#ifndef RM_CMD_VERSION_H
#define RM_CMD_VERSION_H

#include "base/buf.h"

void version_text(struct buf *out);
void version_licenses(struct buf *out);

#endif
