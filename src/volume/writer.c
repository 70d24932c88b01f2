/* SPDX-License-Identifier: BSD-3-Clause */
#define ZLIB_CONST /* its input is const */
#include <string.h>
#include <zlib.h>

#include <amos/writer.h>

#include "base/system/alloc.h"
#include "base/math/bytes.h"
#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/error/progress.h"
#include "base/math/rounding.h"
#include "base/text/volume_name.h"
#include "io/outfile.h"
#include "nifti/convert.h"
#include "nifti/header_make.h"
#include "nifti/strided.h"
#include "volume/array.h"
#include "volume/fit.h"
#include "volume/volume.h"

#define OUT_BYTES ((size_t)1 << 18)
#define TILE_BYTES ((size_t)1 << 18)  /* a multiple of every type's size */
#define PIECE_BYTES ((size_t)1 << 30) /* zlib counts in unsigned int */
#define DEFAULT_LEVEL 6

struct amos_writer {
    struct amosi_outfile file;
    size_t voxel_bytes;
    uint64_t voxels, written; /* how many are expected, and were written */
    amos_status failed;       /* the error of an earlier call */
    bool finished;
    bool compressed;
    bool deflating; /* the zlib stream must be ended */
    z_stream stream;
    unsigned char *tile; /* for voxels that cannot be written directly; NULL until needed */
    unsigned char out[OUT_BYTES];
};

/* ---- writing bytes ---- */

static amos_status start_deflate(amos_writer *w, int level, amos_error *err)
{
    /* 16 selects a gzip member; its header has no name and no time, like that of `gzip -n`. */
    if (deflateInit2(&w->stream, level, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return amosi_fail_nomem(err, w->file.name);
    w->deflating = true;
    return AMOS_OK;
}

/* Feeds zlib and writes its output; with Z_FINISH until the end of the member. */
static amos_status deflate_all(amos_writer *w, int flush, amos_error *err)
{
    int result;
    do {
        w->stream.next_out = w->out;
        w->stream.avail_out = OUT_BYTES;
        result = deflate(&w->stream, flush);
        amos_status status = amosi_outfile_write(&w->file, w->out, OUT_BYTES - w->stream.avail_out, err);
        if (status)
            return status;
    } while (w->stream.avail_out == 0 || (flush == Z_FINISH && result != Z_STREAM_END));
    return AMOS_OK;
}

static amos_status put_bytes(amos_writer *w, const void *bytes, size_t count, amos_error *err)
{
    const unsigned char *at = bytes;
    if (!w->compressed)
        return amosi_outfile_write(&w->file, bytes, count, err);
    amos_status status = AMOS_OK;
    while (count > 0 && !status) {
        size_t piece = count < PIECE_BYTES ? count : PIECE_BYTES;
        w->stream.next_in = (const Bytef *)at;
        w->stream.avail_in = (uInt)piece;
        status = deflate_all(w, Z_NO_FLUSH, err);
        at += piece;
        count -= piece;
    }
    return status;
}

static amos_status need_tile(amos_writer *w, amos_error *err)
{
    if (!w->tile)
        w->tile = amosi_alloc(TILE_BYTES);
    return w->tile ? AMOS_OK : amosi_fail_nomem(err, w->file.name);
}

/* Writes the voxels in the tile, which are in host byte order. */
static amos_status put_tile(amos_writer *w, size_t bytes, amos_error *err)
{
    if (amosi_host_is_big_endian())
        amosi_swap_bytes(w->tile, bytes / w->voxel_bytes, w->voxel_bytes);
    return put_bytes(w, w->tile, bytes, err);
}

static amos_status put_voxels(amos_writer *w, const void *voxels, size_t bytes, amos_error *err)
{
    if (!amosi_host_is_big_endian() || w->voxel_bytes == 1)
        return put_bytes(w, voxels, bytes, err);
    amos_status status = need_tile(w, err);
    for (size_t done = 0; done < bytes && !status;) {
        size_t piece = bytes - done < TILE_BYTES ? bytes - done : TILE_BYTES;
        memcpy(w->tile, (const unsigned char *)voxels + done, piece);
        status = put_tile(w, piece, err);
        done += piece;
    }
    return status;
}

/* ---- the axes of the reference ---- */

static bool is_placed(const amos_layout *layout)
{
    return layout->has_geometry && layout->geometry.source != AMOS_AFFINE_SPACING;
}

/* What the caller says about the voxels: their orientation. */
static amos_status axes_by_letters(const char *path, const amos_layout *layout, const amos_write_options *o,
                                   struct amosi_axes *axes, amos_error *err)
{
    amos_geometry as_given = {.shape = {1, 1, 1}}, own = layout->geometry;
    if (!o->reference)
        return amosi_fail(err, AMOS_E_ARG, path, "an orientation needs a reference to turn the voxels into.");
    if (!o->reference->has_geometry)
        return amosi_fail(err, AMOS_E_GEOM, path,
                          "the reference has no usable geometry, so nothing can be turned into it.");
    amos_status status = amos_geometry_reorient(&o->reference->geometry, o->orientation, &as_given, err);
    if (!status && is_placed(layout) && amosi_geometry_orient(&own) &&
        strcmp(own.orientation, as_given.orientation) != 0)
        status =
            amosi_fail(err, AMOS_E_ARG, path,
                       "the voxels are %s by their own geometry and %s by the orientation that was given; leave the "
                       "orientation out, or give voxels without a geometry.",
                       own.orientation, as_given.orientation);
    return status ? status : amosi_axes_between(as_given.orientation, o->reference->geometry.orientation, axes, err);
}

/* What the voxels' own geometry says about them. It need not be that of the reference, which may be written over another
 * place on purpose, but voxels of another orientation are never stored as they are. */
static amos_status axes_by_geometry(const char *path, const amos_layout *layout, const amos_volume *reference,
                                    struct amosi_axes *axes, amos_error *err)
{
    const struct amosi_side base = amosi_side_of_volume(reference, "reference");
    struct amosi_side voxels = {.what = "voxels", .shape = layout->shape, .has_geometry = true};
    struct amosi_fit fit;
    voxels.geometry = layout->geometry;
    double allowed = AMOS_TOLERANCE_VOXELS * amosi_geometry_smallest_spacing(&base.geometry);
    bool found = amosi_fit_find(&base, &voxels, allowed, &fit);
    if (found && fit.displacement <= allowed)
        *axes = fit.axes;
    if ((found && fit.displacement <= allowed) || !amosi_geometry_orient(&voxels.geometry) ||
        strcmp(voxels.geometry.orientation, base.geometry.orientation) == 0)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_PAIR_GEOM, path,
                      "the voxels are %s by their own geometry, the reference is %s, and they lie at different places; "
                      "give the orientation of the voxels to turn them, or voxels without a geometry.",
                      voxels.geometry.orientation, base.geometry.orientation);
}

/* The change of axes with which the voxels have to be stored. */
static amos_status find_axes(const char *path, const amos_layout *layout, const amos_write_options *o,
                             struct amosi_axes *axes, amos_error *err)
{
    const amos_volume *reference = o->reference;
    amos_status status = AMOS_OK;
    int rounding = amosi_rounding_begin();
    *axes = amosi_axes_same;
    if (o->orientation)
        status = axes_by_letters(path, layout, o, axes, err);
    else if (is_placed(layout) && reference && reference->has_geometry &&
             reference->geometry.source != AMOS_AFFINE_SPACING)
        status = axes_by_geometry(path, layout, reference, axes, err);
    amosi_rounding_end(rounding);
    return status;
}

/* ---- in pieces ---- */

static amos_status begin_file(amos_writer *w, const char *path, const amos_layout *layout, const amos_write_options *o,
                              amos_error *err)
{
    unsigned char header[AMOSI_HEADER_MADE_BYTES];
    amos_status status = amosi_header_make(path, layout, o, o->reference ? &o->reference->header : NULL, header, err);
    if (status)
        return status;
    w->voxel_bytes = amos_type_bytes(layout->type);
    w->voxels = (uint64_t)(layout->shape[0] * layout->shape[1] * layout->shape[2]) * (uint64_t)layout->shape[3];
    w->compressed = amosi_volume_name(path).gz;
    w->file.file.notify = o->temporary;
    w->file.file.user = o->temporary_user;
    status = amosi_outfile_open(&w->file, path, err);
    if (!status && w->compressed)
        status = start_deflate(w, o->level ? o->level : DEFAULT_LEVEL, err);
    return status ? status : put_bytes(w, header, sizeof header, err);
}

static amos_status open_writer(const char *path, const amos_layout *layout, const amos_write_options *o,
                               amos_writer **out, amos_error *err)
{
    if (!path || !*path || !layout || !out)
        return amosi_fail(err, AMOS_E_ARG, path, "writing needs a path, a layout and a place for the result.");
    if (o->level < 0 || o->level > 9)
        return amosi_fail(err, AMOS_E_ARG, path, "the compression level is %d; use 1 to 9.", o->level);
    if (amosi_volume_name(path).kind != AMOSI_NAME_SINGLE)
        return amosi_fail(err, AMOS_E_ARG, path, "only NIfTI is written; the name has to end in .nii or .nii.gz.");
    if (o->reference && amosi_source_is_at(&o->reference->source, path))
        return amosi_fail(err, AMOS_E_DUP, path,
                          "this is the file of the reference, which would be overwritten; write to another name.");
    amos_writer *w = amosi_zalloc(sizeof *w);
    if (!w)
        return amosi_fail_nomem(err, path);
    w->file.file.fd = -1;
    int rounding = amosi_rounding_begin();
    amos_status status = begin_file(w, path, layout, o, err);
    amosi_rounding_end(rounding);
    if (status)
        amos_writer_free(w);
    else
        *out = w;
    return status;
}

amos_status amos_writer_open(const char *path, const amos_layout *layout, const amos_write_options *options,
                             amos_writer **out, amos_error *err)
{
    amos_write_options o;
    if (out)
        *out = NULL;
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_write_options", err);
    if (!status && o.orientation)
        status = amosi_fail(err, AMOS_E_ARG, path, "only amos_file_write() turns voxels; leave the orientation NULL.");
    struct amosi_axes axes = amosi_axes_same;
    if (!status && layout)
        status = find_axes(path, layout, &o, &axes, err);
    if (!status && !amosi_axes_change_nothing(&axes))
        status = amosi_fail(err, AMOS_E_ARG, path,
                            "the voxels are not stored %s, as the reference is; only amos_file_write() turns voxels.",
                            o.reference->geometry.orientation);
    if (!status)
        status = open_writer(path, layout, &o, out, err);
    return status;
}

static amos_status check_usable(const amos_writer *w, amos_error *err)
{
    if (w->finished)
        return amosi_fail(err, AMOS_E_ARG, w->file.name, "the file was finished before; begin a new one.");
    if (w->failed)
        return amosi_fail(err, w->failed, w->file.name,
                          "the file cannot be completed, because writing it failed before.");
    return AMOS_OK;
}

amos_status amos_writer_add(amos_writer *writer, const void *voxels, uint64_t count, amos_error *err)
{
    if (!writer || (!voxels && count))
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_writer_add needs a writer and voxels.");
    amos_status status = check_usable(writer, err);
    if (!status && (count > writer->voxels - writer->written || count > SIZE_MAX / writer->voxel_bytes))
        status = amosi_fail(err, AMOS_E_ARG, writer->file.name,
                            "%llu voxels are too many; the shape has room for %llu more.", (unsigned long long)count,
                            (unsigned long long)(writer->voxels - writer->written));
    if (!status)
        status = put_voxels(writer, voxels, (size_t)count * writer->voxel_bytes, err);
    if (!status)
        writer->written += count;
    else if (!writer->failed)
        writer->failed = status;
    return status;
}

static amos_status finish_file(amos_writer *w, amos_error *err)
{
    amos_status status = check_usable(w, err);
    if (!status && w->written < w->voxels)
        status = amosi_fail(err, AMOS_E_ARG, w->file.name, "%llu of %llu voxels are missing.",
                            (unsigned long long)(w->voxels - w->written), (unsigned long long)w->voxels);
    if (!status && w->compressed)
        status = deflate_all(w, Z_FINISH, err);
    return status ? status : amosi_outfile_keep(&w->file, err);
}

amos_status amos_writer_finish(amos_writer *writer, amos_error *err)
{
    if (!writer)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_writer_finish needs a writer.");
    amos_status status = finish_file(writer, err);
    if (!status)
        writer->finished = true;
    else if (!writer->failed && !writer->finished)
        writer->failed = status;
    return status;
}

void amos_writer_free(amos_writer *writer)
{
    if (!writer)
        return;
    if (writer->deflating)
        deflateEnd(&writer->stream);
    amosi_outfile_close(&writer->file);
    amosi_free(writer->tile);
    amosi_free(writer);
}

/* ---- all at once ---- */

/* The writing of a volume in memory. */
struct task {
    const amos_layout *layout;
    int64_t strides[4]; /* of the layout; packed if it gives none */
    const unsigned char *voxels;
    amos_writer *writer;
    struct amosi_progress progress;
    amos_error *err;
};

/* Writes one row through the tile, which can hold it: at most 32,767 voxels of 8 bytes. */
static amos_status write_row(struct task *t, int64_t y, int64_t z, int64_t frame)
{
    const amos_layout *l = t->layout;
    size_t n = (size_t)l->shape[0], size = t->writer->voxel_bytes;
    int64_t at = l->offset + y * t->strides[1] + z * t->strides[2] + frame * t->strides[3];
    amos_status status = need_tile(t->writer, t->err);
    if (status)
        return status;
    amosi_strided_gather(t->writer->tile, t->voxels + at, t->strides[0], size, n);
    status = put_tile(t->writer, n * size, t->err);
    t->writer->written += n;
    return status;
}

/* Writes a slice directly if its layout is that of the file; else row by row. */
static amos_status write_slice(struct task *t, int64_t z, int64_t frame)
{
    const amos_layout *l = t->layout;
    int64_t size = (int64_t)t->writer->voxel_bytes;
    amos_status status = AMOS_OK;
    if (t->strides[0] == size && t->strides[1] == size * l->shape[0])
        return amos_writer_add(t->writer, t->voxels + l->offset + z * t->strides[2] + frame * t->strides[3],
                               (uint64_t)(l->shape[0] * l->shape[1]), t->err);
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
        for (int64_t z = 0; z < l->shape[2] && !status; z++) {
            status = amosi_progress_report(&t->progress, t->writer->written * size, t->err);
            if (!status)
                status = write_slice(t, z, frame);
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
        status = find_axes(path, layout, &o, &axes, err);
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
