/* SPDX-License-Identifier: BSD-3-Clause */
#include "http/blocks.h"

#include <stdlib.h>

bool amosi_http_blocks_make(struct amosi_http_blocks *blocks, uint64_t bytes)
{
    blocks->count = (size_t)(bytes / AMOSI_HTTP_BLOCK);
    blocks->all = calloc(blocks->count, sizeof *blocks->all);
    return blocks->all != NULL;
}

void amosi_http_blocks_free(struct amosi_http_blocks *blocks)
{
    for (size_t i = 0; blocks->all && i < blocks->count; i++)
        free(blocks->all[i].bytes);
    free(blocks->all);
}

struct amosi_http_block *amosi_http_blocks_find(struct amosi_http_blocks *blocks, uint64_t number)
{
    for (size_t i = 0; i < blocks->count; i++) {
        struct amosi_http_block *block = &blocks->all[i];
        if (block->bytes && block->number == number) {
            block->used = ++blocks->clock;
            return block;
        }
    }
    return NULL;
}

/* A free block, else the one that was not used for longest. */
static struct amosi_http_block *find_oldest(struct amosi_http_blocks *blocks)
{
    struct amosi_http_block *oldest = NULL;
    for (size_t i = 0; i < blocks->count; i++) {
        struct amosi_http_block *block = &blocks->all[i];
        if (!block->bytes)
            return block;
        if (!block->loading && (!oldest || block->used < oldest->used))
            oldest = block;
    }
    return oldest;
}

struct amosi_http_block *amosi_http_blocks_take(struct amosi_http_blocks *blocks, uint64_t number)
{
    struct amosi_http_block *block = find_oldest(blocks);
    if (block && !block->bytes)
        block->bytes = malloc(AMOSI_HTTP_BLOCK);
    if (!block || !block->bytes)
        return NULL;
    block->number = number;
    block->loading = true;
    block->used = ++blocks->clock;
    return block;
}

void amosi_http_blocks_drop(struct amosi_http_block *block)
{
    free(block->bytes);
    block->bytes = NULL;
    block->loading = false;
}
