/* SPDX-License-Identifier: BSD-3-Clause */
/* Builds an index while a gzip stream is read from its beginning to its end. */
#ifndef AMOSI_IO_SEEK_BUILD_H
#define AMOSI_IO_SEEK_BUILD_H

#include "io/gzip/stream.h"

/* Points are wanted at first, first + step, ... of the output. Each becomes the last beginning of a block or member
 * before that position. There are fewer points if the index would exceed its allowed share of the compressed file. */
struct amosi_index_plan {
    uint64_t first;
    uint64_t step; /* at least AMOSI_INDEX_STEP */
};

#define AMOSI_INDEX_STEP ((uint64_t)512 << 10)

/* The step for volumes whose slices have this many bytes: points at the beginning of slices, about AMOSI_INDEX_STEP
 * apart; several per slice if slices are much larger. */
uint64_t amosi_index_step(uint64_t slice_bytes);

/* Whether the index may get a point at this bit of the file, with a window of this size: it may take at most 3.5 % of
 * the compressed bytes before the point. */
bool amosi_index_affords(const struct amosi_index *index, uint64_t bit, size_t window_bytes);

struct amosi_index_builder;

/* NULL: out of memory. The source must outlive the builder. */
struct amosi_index_builder *amosi_index_builder_new(const struct amosi_source *source,
                                                    const struct amosi_index_plan *plan);
void amosi_index_builder_free(struct amosi_index_builder *builder); /* accepts NULL */

/* The watcher to set on the stream; it lives as long as the builder. */
const struct amosi_stream_watcher *amosi_index_builder_watcher(struct amosi_index_builder *builder);

/* Call after the stream's end. *out is the index; release it by amosi_index_free(). */
amos_status amosi_index_builder_finish(struct amosi_index_builder *builder, struct amosi_index **out, amos_error *err);

#endif
