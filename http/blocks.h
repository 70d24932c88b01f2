/* SPDX-License-Identifier: BSD-3-Clause */
/* The blocks of a file that are in memory, or on their way there. The caller holds the lock that guards them. */
#ifndef AMOSI_HTTP_BLOCKS_H
#define AMOSI_HTTP_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMOSI_HTTP_BLOCK ((size_t)64 << 10)
#define AMOSI_HTTP_MOST ((size_t)64) /* blocks of one request: 4 MiB */

struct amosi_http_block {
    uint64_t number;      /* it holds the bytes from number * AMOSI_HTTP_BLOCK on */
    uint64_t used;        /* when it was used last */
    unsigned char *bytes; /* NULL: the block is free */
    bool loading;         /* a thread fills it */
};

struct amosi_http_blocks {
    struct amosi_http_block *all;
    size_t count;
    uint64_t clock;
};

bool amosi_http_blocks_make(struct amosi_http_blocks *blocks, uint64_t bytes);
void amosi_http_blocks_free(struct amosi_http_blocks *blocks);

/* The block of a number, or NULL. */
struct amosi_http_block *amosi_http_blocks_find(struct amosi_http_blocks *blocks, uint64_t number);

/* A block for a number that is not there, marked as loading; the one that was not used for longest gives way. NULL: all
 * are loading, or memory is out. */
struct amosi_http_block *amosi_http_blocks_take(struct amosi_http_blocks *blocks, uint64_t number);

/* Makes a block free. */
void amosi_http_blocks_drop(struct amosi_http_block *block);

#endif
