/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the last block of a DEFLATE stream lies. */
#ifndef AMOSI_IO_INFLATE_LAST_H
#define AMOSI_IO_INFLATE_LAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct amosi_last_block {
    uint64_t begin; /* bit of the stream: the one that says that it is the last */
    uint64_t end;   /* bits before the end of the stream */
};

struct amosi_last_finder;
struct amosi_last_finder *amosi_last_finder_new(void); /* NULL: out of memory */
void amosi_last_finder_free(struct amosi_last_finder *finder);

/* Decodes a whole stream. False: it is damaged, or does not end with these bytes. */
bool amosi_last_block_find(struct amosi_last_finder *finder, const unsigned char *stream, size_t bytes,
                           struct amosi_last_block *last);

#endif
