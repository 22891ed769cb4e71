#include "attest/ssh_wire.h"

struct view ssh_take(struct ssh_reader *r, size_t n)
{
	struct view v = view_sub(r->rest, 0, n);

	r->bad = r->bad || v.n < n;
	if (r->bad)
		return (struct view){0};
	r->rest = view_from(r->rest, n);
	return v;
}

unsigned ssh_take_byte(struct ssh_reader *r)
{
	struct view v = ssh_take(r, 1);

	return v.n ? (unsigned char)*v.p : 0;
}

uint32_t ssh_take_number(struct ssh_reader *r)
{
	struct view v = ssh_take(r, 4);
	uint32_t number = 0;

	for (size_t i = 0; i < v.n; i++)
		number = number << 8 | (unsigned char)v.p[i];
	return number;
}

struct view ssh_take_string(struct ssh_reader *r)
{
	uint32_t n = ssh_take_number(r);

	return ssh_take(r, n);
}

struct view ssh_take_integer(struct ssh_reader *r)
{
	struct view v = ssh_take_string(r);
	bool zero_first = v.n && *v.p == 0, high = v.n > zero_first && (unsigned char)v.p[zero_first] & 0x80;

	if (v.n == zero_first || zero_first != high)
		r->bad = true;
	return r->bad ? (struct view){0} : view_from(v, zero_first);
}

bool ssh_ended(const struct ssh_reader *r)
{
	return !r->bad && r->rest.n == 0;
}

void ssh_add_number(struct buf *b, uint32_t n)
{
	char bytes[4];

	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (char)(n >> (24 - 8 * i) & 0xff);
	buf_add(b, bytes, sizeof(bytes));
}

void ssh_add_string(struct buf *b, struct view v)
{
	ssh_add_number(b, (uint32_t)v.n);
	buf_add_view(b, v);
}
