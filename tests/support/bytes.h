/* SPDX-License-Identifier: BSD-3-Clause */
/* A growing array of bytes, for files that tests construct. Lack of memory ends the test. */
#ifndef TESTS_BYTES_H
#define TESTS_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    unsigned char *data; /* from malloc(); NULL while empty */
    size_t size;
    size_t capacity;
};

void bytes_add(struct bytes *b, const void *data, size_t size);
void bytes_add_fill(struct bytes *b, unsigned char value, size_t count);
void bytes_add_u16le(struct bytes *b, uint16_t value);
void bytes_add_u32le(struct bytes *b, uint32_t value);
void bytes_cut(struct bytes *b, size_t size); /* keeps the first `size` bytes */
void bytes_cut_tail(struct bytes *b, size_t count);
void bytes_free(struct bytes *b);

/* malloc() of exactly size bytes that never fails, so that ASan detects any access beyond it. */
void *must_alloc(size_t size);

/* A sequence of numbers that is the same everywhere (splitmix64). */
uint64_t random_next(uint64_t *state);
int64_t random_below(uint64_t *state, int64_t bound); /* 0..bound-1 */

#endif
