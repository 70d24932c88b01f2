/* SPDX-License-Identifier: BSD-3-Clause */
#include "volume/array.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"

amos_array *amosi_array_new(const amos_layout *layout, amos_buffer_pool *pool)
{
    amos_array *array = amosi_zalloc(sizeof *array);
    if (!array)
        return NULL;
    array->layout = *layout;
    if (!amosi_buffer_get(&array->buffer, pool, layout->bytes)) {
        amosi_free(array);
        return NULL;
    }
    return array;
}

void *amos_array_data(const amos_array *array)
{
    return array ? array->buffer.data : NULL;
}

const amos_layout *amos_array_layout(const amos_array *array)
{
    return array ? &array->layout : NULL;
}

void amos_array_free(amos_array *array)
{
    if (array)
        amosi_buffer_release(&array->buffer);
    amosi_free(array);
}

bool amosi_layout_pack(amos_layout *layout)
{
    int64_t bytes = (int64_t)amos_type_bytes(layout->type);
    for (int i = 0; i < 4; i++) {
        layout->strides[i] = bytes;
        if (__builtin_mul_overflow(bytes, layout->shape[i], &bytes) || bytes > PTRDIFF_MAX)
            return false;
    }
    layout->offset = 0;
    layout->bytes = (size_t)bytes;
    return true;
}

amos_status amosi_layout_strides(const amos_layout *layout, size_t bytes, const char *path, int64_t strides[4],
                                 amos_error *err)
{
    static const int64_t none[4] = {0};
    const bool packed = memcmp(layout->strides, none, sizeof none) == 0;
    const int64_t size = (int64_t)amos_type_bytes(layout->type);
    int64_t low = layout->offset, high = low, stride = size;
    bool good = true;
    for (int i = 0; i < 4 && good; i++) {
        int64_t reach;
        strides[i] = packed ? stride : layout->strides[i];
        good = layout->shape[i] > 0 && !__builtin_mul_overflow(strides[i], layout->shape[i] - 1, &reach) &&
               !__builtin_add_overflow(reach < 0 ? low : high, reach, reach < 0 ? &low : &high) &&
               !__builtin_mul_overflow(stride, layout->shape[i], &stride);
    }
    if (good && low >= 0 && high <= INT64_MAX - size && (uint64_t)(high + size) <= bytes)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_ARG, path,
                      "%s layout reaches beyond the buffer of %zu bytes; shape, strides and offset must fit it.",
                      path ? "the" : "The", bytes);
}
