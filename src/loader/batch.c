/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/batch.h"

#include <string.h>

#include "base/system/alloc.h"

/* Copies the values of a tensor. A tensor without values keeps its shape, and has memory all the same. */
static bool copy_tensor(amos_tensor *tensor, void **memory)
{
    if (!tensor->data)
        return true;
    *memory = amosi_alloc_voxels(tensor->bytes ? tensor->bytes : 1);
    if (!*memory)
        return false;
    if (tensor->bytes)
        memcpy(*memory, tensor->data, tensor->bytes);
    tensor->data = *memory;
    return true;
}

struct amos_batch *amosi_batch_copy(const struct amos_batch *batch)
{
    size_t count = (size_t)batch->loader->settings.o.batch_size;
    struct amos_batch *copy = amosi_zalloc(sizeof *copy);
    if (!copy)
        return NULL;
    copy->is_copy = true;
    copy->loader = batch->loader;
    copy->info = batch->info;
    copy->samples = amosi_alloc_array(count, sizeof *copy->samples);
    if (!copy->samples || !copy_tensor(&copy->info.image, &copy->image) ||
        !copy_tensor(&copy->info.label, &copy->label)) {
        amosi_batch_discard(copy);
        return NULL;
    }
    memcpy(copy->samples, batch->samples, count * sizeof *copy->samples);
    copy->info.samples = copy->samples;
    return copy;
}

void amosi_batch_discard(struct amos_batch *copy)
{
    amosi_free(copy->samples);
    amosi_free(copy->label);
    amosi_free(copy->image);
    amosi_free(copy);
}
