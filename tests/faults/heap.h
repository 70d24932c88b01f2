/* SPDX-License-Identifier: BSD-3-Clause */
/* The heap of the whole process, watched: every malloc, calloc, realloc, free and so on, of the library, of the libraries
 * that it uses and of libc, goes through heap.c, which counts them and can make one fail, or all from one on.
 *
 * A program gets this by being linked with heap.o; nothing else changes. It can take
 * its orders from $AMOS_HEAP too, "NTH MODE", and writes how many calls failed into the file $AMOS_HEAP_REPORT then when
 * it ends. It works with AddressSanitizer too, because it calls whatever allocator comes next. */
#ifndef TESTS_HEAP_H
#define TESTS_HEAP_H

#include <stddef.h>
#include <stdint.h>

enum heap_mode { HEAP_ONCE, HEAP_FROM_THEN_ON };

/* Call number `nth` (1 is the next one) that asks for memory fails, and in HEAP_FROM_THEN_ON all after it.
 * 0: none fails. The counts of calls and failures begin again. */
void heap_arm(uint64_t nth, enum heap_mode mode);

/* No more failures. How many calls failed since heap_arm(). */
uint64_t heap_disarm(void);

/* Calls that asked for memory since heap_arm(). */
uint64_t heap_calls(void);

/* Blocks and bytes in use now. Bytes are what the allocator really gave, a little more than what was asked for. */
int64_t heap_blocks(void);
int64_t heap_bytes(void);

/* The most bytes in use at any moment since heap_watch(), less those in use when it was called. */
void heap_watch(void);
int64_t heap_peak(void);

#endif
