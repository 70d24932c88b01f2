/* SPDX-License-Identifier: BSD-3-Clause */
/* Watches the heap of the whole process. Every malloc, calloc, realloc, free and so on, of the library, of the
 * libraries that it uses and of libc, goes through heap.c, which counts them and can let one fail, or all from one
 * on.
 *
 * A program only has to be linked with heap.o. It also accepts orders from $AMOS_HEAP, "NTH MODE"; at exit it then
 * writes the number of failed calls to the file $AMOS_HEAP_REPORT. It works with AddressSanitizer too, because it
 * calls the next allocator. */
#ifndef TESTS_HEAP_H
#define TESTS_HEAP_H

#include <stddef.h>
#include <stdint.h>

enum heap_mode { HEAP_ONCE, HEAP_FROM_THEN_ON };

/* The allocation number `nth` (1 is the next one) fails, and in HEAP_FROM_THEN_ON all after it. 0: none fails.
 * Resets the counts of calls and failures. */
void heap_arm(uint64_t nth, enum heap_mode mode);

/* Ends the failures. Returns the number of failed calls since heap_arm(). */
uint64_t heap_disarm(void);

/* The number of allocations since heap_arm(). */
uint64_t heap_calls(void);

/* Blocks and bytes in use now. Bytes are the allocator's real sizes, a little more than requested. */
int64_t heap_blocks(void);
int64_t heap_bytes(void);

/* The peak of bytes in use since heap_watch(), minus those in use when it was called. */
void heap_watch(void);
int64_t heap_peak(void);

#endif
