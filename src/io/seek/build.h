/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes an index while a gzip stream goes by from its beginning to its end. */
#ifndef AMOSI_IO_SEEK_BUILD_H
#define AMOSI_IO_SEEK_BUILD_H

#include "io/gzip/stream.h"

/* Points are wanted at first, first + step, ... of the output: each gets the last block or member that begins before it.
 * Where that would make the index larger than its share of the compressed file, there are fewer. */
struct amosi_index_plan {
    uint64_t first;
    uint64_t step; /* at least AMOSI_INDEX_STEP */
};

#define AMOSI_INDEX_STEP ((uint64_t)512 << 10)

struct amosi_index_builder;

/* NULL: out of memory. The source must outlive it. */
struct amosi_index_builder *amosi_index_builder_new(const struct amosi_source *source,
                                                    const struct amosi_index_plan *plan);
void amosi_index_builder_free(struct amosi_index_builder *builder); /* NULL is fine */

/* What the stream has to be given; it lives as long as the builder. */
const struct amosi_stream_watcher *amosi_index_builder_watcher(struct amosi_index_builder *builder);

/* After the stream's end: *out is the index, to be released by amosi_index_free(). */
amos_status amosi_index_builder_finish(struct amosi_index_builder *builder, struct amosi_index **out, amos_error *err);

#endif
