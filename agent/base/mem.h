/* mem.h - allocation that succeeds.
 *
 * Running out of memory in a short-lived tool has no useful continuation: these end the program with
 * one line on stderr and status 2. It is the only place below cmd/ that does so. Everything whose size
 * comes from outside is bounded before it gets here (buf.h, arena.h, the limits of each reader). */
#ifndef RM_BASE_MEM_H
#define RM_BASE_MEM_H

#include <stddef.h>

void *mem_new(size_t size);                         /* zeroed; size 0 is a bug */
void *mem_array(size_t count, size_t size);         /* zeroed, overflow-checked; count may be 0 */
void *mem_grow(void *p, size_t count, size_t size); /* realloc, overflow-checked, not zeroed */
char *mem_text(const char *text);                   /* strdup; NULL stays NULL */
char *mem_bytes(const void *p, size_t n);           /* a copy with a NUL behind it */
void *mem_must(void *p);                            /* p; the end when NULL: for what libraries allocate */
void mem_free(void *p_address);                     /* for cleanup attributes: frees *p and sets it NULL */

#define MEM_AUTO __attribute__((cleanup(mem_free)))

/* Makes room for one more element at the end of a vector {ptr, n, cap}. */
#define MEM_PUSH(ptr, n, cap)                                                                                          \
	((n) < (cap) ? (void)0                                                                                         \
		     : (void)((cap) = (cap) ? (cap)*2 : 8, (ptr) = mem_grow((ptr), (size_t)(cap), sizeof *(ptr))))

#endif
