/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "prepare/case.h"
#include "nifti/convert.h"
#include "nifti/geometry.h"

void amosi_prepare_scale(const struct amosi_prepare_case *c, double *to, const void *from, size_t n)
{
    amosi_convert_to_double(c->image->layout.type, to, from, n);
    if (c->slope != 1 || c->inter != 0)
        for (size_t i = 0; i < n; i++)
            to[i] = c->slope * to[i] + c->inter;
}

void amosi_prepare_labelled_box(const struct amosi_prepare_case *c, amos_box *box)
{
    memset(box, 0, sizeof *box);
    if (c->labels)
        amosi_labelmap_box(c->labels, box);
}

static void copy_box(const amos_box *box, const amos_layout *from_layout, const void *from, size_t bytes, void *to)
{
    const int64_t *shape = from_layout->shape;
    size_t row = (size_t)(box->stop[0] - box->start[0]) * bytes;
    char *out = to;
    for (int64_t z = box->start[2]; z < box->stop[2]; z++)
        for (int64_t y = box->start[1]; y < box->stop[1]; y++, out += row)
            memcpy(out, (const char *)from + (size_t)((z * shape[1] + y) * shape[0] + box->start[0]) * bytes, row);
}

void amosi_prepare_replace_labels(amos_labelmap *map, const struct amosi_buffer *buffer)
{
    if (map->buffer.data)
        amosi_buffer_release(&map->buffer);
    else
        amosi_free(map->voxels);
    map->buffer = *buffer;
    map->voxels = buffer->data;
}

amos_status amosi_prepare_crop(struct amosi_prepare_case *c, const amos_box *box, amos_error *err)
{
    const amos_layout *old = &c->image->layout;
    amos_layout layout = *old;
    struct amosi_buffer labels = {0};
    size_t bytes = amos_type_bytes(old->type);
    amosi_geometry_crop(&layout.geometry, box);
    if (!layout.has_geometry)
        memset(layout.geometry.affine, 0, sizeof layout.geometry.affine);
    memcpy(layout.shape, layout.geometry.shape, sizeof layout.geometry.shape);
    (void)amosi_layout_pack(&layout); /* cannot fail: it is smaller than the original */
    amos_array *image = amosi_array_new(&layout, c->pool);
    if (!image || (c->labels && !amosi_buffer_get(&labels, c->pool, layout.bytes / bytes))) {
        amos_array_free(image);
        return amosi_fail_nomem(err, c->path);
    }
    copy_box(box, old, c->image->buffer.data, bytes, image->buffer.data);
    if (c->labels) {
        copy_box(box, old, c->labels->voxels, 1, labels.data);
        amosi_prepare_replace_labels(c->labels, &labels);
    }
    amos_array_free(c->image);
    c->image = image;
    return AMOS_OK;
}
