/* SPDX-License-Identifier: BSD-3-Clause */
#include "write/writer.h"

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/error/progress.h"
#include "nifti/geometry.h"
#include "volume/array.h"
#include "write/axes.h"

/* The writing of a volume in memory. */
struct task {
    const amos_layout *layout;
    int64_t strides[4]; /* of the layout; packed if it gives none */
    const unsigned char *voxels;
    amos_writer *writer;
    struct amosi_progress progress;
    amos_error *err;
};

static amos_status write_row(struct task *t, int64_t y, int64_t z, int64_t frame)
{
    int64_t at = t->layout->offset + y * t->strides[1] + z * t->strides[2] + frame * t->strides[3];
    return amosi_writer_put_row(t->writer, t->voxels + at, t->strides[0], (size_t)t->layout->shape[0], t->err);
}

/* How many slices from z on are written together: if they lie in memory as in the file, as many as a piece of compressed
 * data has, so that nothing is copied. 0: the slice is written row by row. */
static int64_t slices_at_once(const struct task *t, int64_t z)
{
    const amos_layout *l = t->layout;
    int64_t size = (int64_t)t->writer->voxel_bytes, slice = size * l->shape[0] * l->shape[1], left = l->shape[2] - z;
    if (t->strides[0] != size || t->strides[1] != size * l->shape[0])
        return 0;
    int64_t most = t->strides[2] == slice ? (int64_t)t->writer->step / slice : 1;
    return most < 1 ? 1 : most < left ? most : left;
}

static amos_status write_slices(struct task *t, int64_t z, int64_t frame, int64_t count)
{
    const amos_layout *l = t->layout;
    amos_status status = AMOS_OK;
    if (count > 0)
        return amosi_writer_put(t->writer, t->voxels + l->offset + z * t->strides[2] + frame * t->strides[3],
                                (uint64_t)(l->shape[0] * l->shape[1] * count), true, t->err);
    for (int64_t y = 0; y < l->shape[1] && !status; y++)
        status = write_row(t, y, z, frame);
    return status;
}

static amos_status write_all(struct task *t)
{
    const amos_layout *l = t->layout;
    uint64_t size = t->writer->voxel_bytes;
    amos_status status = AMOS_OK;
    t->progress.total = t->writer->voxels * size;
    t->progress.path = t->writer->file.name;
    for (int64_t frame = 0; frame < l->shape[3] && !status; frame++)
        for (int64_t z = 0, count; z < l->shape[2] && !status; z += count ? count : 1) {
            count = slices_at_once(t, z);
            status = amosi_progress_report(&t->progress, t->writer->written * size, t->err);
            if (!status)
                status = write_slices(t, z, frame, count);
        }
    return status ? status : amosi_progress_report(&t->progress, t->progress.total, t->err);
}

/* The layout of the same voxels after a change of axes, at the position of the reference. */
static amos_status turn_layout(const char *path, const amos_layout *layout, const struct amosi_axes *axes, size_t bytes,
                               amos_layout *out, amos_error *err)
{
    int64_t strides[4];
    amos_status status = amosi_layout_strides(layout, bytes, path, strides, err);
    if (status)
        return status;
    *out = *layout;
    out->has_geometry = 0;
    out->strides[3] = strides[3];
    for (int i = 0; i < 3; i++) {
        int to = axes->to[i];
        out->shape[to] = layout->shape[i];
        out->strides[to] = axes->flip[i] ? -strides[i] : strides[i];
        out->offset += axes->flip[i] ? strides[i] * (layout->shape[i] - 1) : 0;
    }
    return AMOS_OK;
}

amos_status amos_file_write(const char *path, const amos_layout *layout, const void *voxels, size_t bytes,
                            const amos_write_options *options, amos_error *err)
{
    amos_write_options o;
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_write_options", err);
    if (!status && (!voxels || !layout))
        status = amosi_fail(err, AMOS_E_ARG, path, "amos_file_write needs a layout and voxels.");
    amos_layout turned;
    struct amosi_axes axes = amosi_axes_same;
    if (!status)
        status = amosi_write_axes(path, layout, &o, &axes, err);
    if (!status && !amosi_axes_change_nothing(&axes)) {
        status = turn_layout(path, layout, &axes, bytes, &turned, err);
        layout = &turned;
    }
    o.orientation = NULL;
    if (status)
        return status;
    struct task t = {
        .layout = layout, .voxels = voxels, .progress = amosi_progress_of(&o.progress, 0, NULL), .err = err};
    status = amos_writer_open(path, layout, &o, &t.writer, err);
    if (!status)
        status = amosi_layout_strides(layout, bytes, path, t.strides, err);
    if (!status)
        status = write_all(&t);
    if (!status)
        status = amos_writer_finish(t.writer, err);
    amos_writer_free(t.writer);
    return status;
}
