/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *must_alloc(size_t size)
{
    void *memory = malloc(size ? size : 1);
    if (!memory) {
        fprintf(stderr, "The tests ran out of memory.\n");
        abort();
    }
    return memory;
}

static unsigned char *grow(struct bytes *b, size_t more)
{
    size_t need = b->size + more;
    if (need > b->capacity) {
        size_t capacity = need + need / 2 + 64;
        unsigned char *data = must_alloc(capacity);
        if (b->size)
            memcpy(data, b->data, b->size);
        free(b->data);
        b->data = data;
        b->capacity = capacity;
    }
    unsigned char *end = b->data + b->size;
    b->size = need;
    return end;
}

void bytes_add(struct bytes *b, const void *data, size_t size)
{
    if (size)
        memcpy(grow(b, size), data, size);
}

void bytes_add_fill(struct bytes *b, unsigned char value, size_t count)
{
    if (count)
        memset(grow(b, count), value, count);
}

void bytes_add_u16le(struct bytes *b, uint16_t value)
{
    unsigned char out[2] = {(unsigned char)(value & 0xff), (unsigned char)(value >> 8)};
    bytes_add(b, out, sizeof out);
}

void bytes_add_u32le(struct bytes *b, uint32_t value)
{
    bytes_add_u16le(b, (uint16_t)(value & 0xffff));
    bytes_add_u16le(b, (uint16_t)(value >> 16));
}

void bytes_cut(struct bytes *b, size_t size)
{
    if (size < b->size)
        b->size = size;
}

void bytes_cut_tail(struct bytes *b, size_t count)
{
    b->size -= count < b->size ? count : b->size;
}

void bytes_free(struct bytes *b)
{
    free(b->data);
    memset(b, 0, sizeof *b);
}

uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t random_below(uint64_t *state, int64_t bound)
{
    return (int64_t)(random_next(state) % (uint64_t)bound);
}
