/* ssh_wire.h - how SSH writes things (RFC 4251 §5): numbers, strings with their length, and nothing else.
 *
 * A reader that comes to an end too early is `bad` from then on and gives zeros: one check at the end is enough. */
#ifndef RM_ATTEST_SSH_WIRE_H
#define RM_ATTEST_SSH_WIRE_H

#include "base/buf.h"

struct ssh_reader {
	struct view rest;
	bool bad;
};

struct view ssh_take(struct ssh_reader *r, size_t n);
unsigned ssh_take_byte(struct ssh_reader *r);
uint32_t ssh_take_number(struct ssh_reader *r);
struct view ssh_take_string(struct ssh_reader *r);
/* A number without sign, and without its leading zero: one that is negative, zero or longer than need be is bad. */
struct view ssh_take_integer(struct ssh_reader *r);
/* Everything was there, and nothing is left. */
bool ssh_ended(const struct ssh_reader *r);

void ssh_add_number(struct buf *b, uint32_t n);
void ssh_add_string(struct buf *b, struct view v);

#endif
