/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/gzip/index.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"

void amosi_index_free(struct amosi_index *index)
{
    if (!index)
        return;
    amosi_free(index->points);
    amosi_free(index->windows);
    amosi_free(index);
}

size_t amosi_index_find(const struct amosi_index *index, uint64_t out)
{
    size_t low = 0, high = index->count; /* points[low].out <= out < points[high].out */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (index->points[middle].out <= out)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint64_t amosi_index_end(const struct amosi_index *index, size_t segment)
{
    return segment + 1 < index->count ? index->points[segment + 1].out : index->out_bytes;
}

amos_status amosi_index_window(const struct amosi_index *index, const struct amosi_index_point *point, const char *path,
                               unsigned char *window, size_t *bytes, amos_error *err)
{
    const struct amosi_inflate_backend *backend = &amosi_inflate_own;
    void *state = backend->create();
    if (!state)
        return amosi_fail_nomem(err, path);
    struct amosi_inflate_io io = {
        index->windows + point->window_at, point->window_bytes, window, AMOSI_WINDOW_ROOM, 0, 0, 0};
    backend->begin(state);
    enum amosi_inflate_result result = backend->run(state, &io);
    backend->destroy(state);
    if (result == AMOSI_INFLATE_NOMEM)
        return amosi_fail_nomem(err, path);
    *bytes = AMOSI_WINDOW_ROOM - io.out_bytes;
    if (result == AMOSI_INFLATE_END && io.in_bytes + io.unused == 0 && *bytes <= AMOSI_WINDOW_BYTES)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_INDEX, path, "a window of its index is damaged; the index is not used.");
}
