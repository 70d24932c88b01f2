/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "write/writer.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/error/options.h"
#include "base/math/bytes.h"
#include "base/math/rounding.h"
#include "base/system/alloc.h"
#include "base/text/volume_name.h"
#include "io/deflate/gzip.h"
#include "io/seek/build.h"
#include "io/seek/cache.h"
#include "nifti/convert.h"
#include "nifti/header_make.h"
#include "nifti/strided.h"
#include "volume/volume.h"
#include "write/axes.h"

#define TILE_BYTES ((size_t)1 << 18) /* a multiple of every type's size */

/* ---- writing bytes ---- */

static amos_status put_bytes(amos_writer *w, const void *bytes, size_t count, bool stays, amos_error *err)
{
    return w->gzip ? amosi_gzip_add(w->gzip, bytes, count, stays, err)
                   : amosi_outfile_write(&w->file, bytes, count, err);
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
    return put_bytes(w, w->tile, bytes, false, err);
}

static amos_status put_voxels(amos_writer *w, const void *voxels, size_t bytes, bool stays, amos_error *err)
{
    if (!amosi_host_is_big_endian() || w->voxel_bytes == 1)
        return put_bytes(w, voxels, bytes, stays, err);
    amos_status status = need_tile(w, err);
    for (size_t done = 0; done < bytes && !status;) {
        size_t piece = bytes - done < TILE_BYTES ? bytes - done : TILE_BYTES;
        memcpy(w->tile, (const unsigned char *)voxels + done, piece);
        status = put_tile(w, piece, err);
        done += piece;
    }
    return status;
}

amos_status amosi_writer_put(amos_writer *w, const void *voxels, uint64_t count, bool stays, amos_error *err)
{
    amos_status status = put_voxels(w, voxels, (size_t)count * w->voxel_bytes, stays, err);
    w->written += status ? 0 : count;
    return status;
}

amos_status amosi_writer_put_row(amos_writer *w, const unsigned char *first, int64_t stride, size_t count,
                                 amos_error *err)
{
    amos_status status = need_tile(w, err);
    if (status)
        return status;
    amosi_strided_gather(w->tile, first, stride, w->voxel_bytes, count);
    status = put_tile(w, count * w->voxel_bytes, err);
    w->written += status ? 0 : count;
    return status;
}

/* ---- in pieces ---- */

/* Pieces of compressed data end where slices do, as the points of an index that is built by reading. */
static amos_status begin_gzip(amos_writer *w, const amos_layout *layout, const amos_write_options *o, amos_error *err)
{
    uint64_t slice = (uint64_t)(layout->shape[0] * layout->shape[1]) * w->voxel_bytes;
    w->step = amosi_index_step(slice);
    w->index = o->index == AMOS_INDEX_BUILD;
    w->temporaries = o->temporaries;
    if (w->index && o->index_folder && !(w->index_folder = amosi_strdup(o->index_folder)))
        return amosi_fail_nomem(err, w->file.name);
    const struct amosi_gzip_plan plan = {.total = AMOSI_HEADER_MADE_BYTES + w->voxels * w->voxel_bytes,
                                         .first = AMOSI_HEADER_MADE_BYTES,
                                         .step = w->step,
                                         .level = o->level,
                                         .threads = o->threads,
                                         .index = w->index};
    return amosi_gzip_open(&w->file, &plan, &w->gzip, err);
}

static amos_status begin_file(amos_writer *w, const char *path, const amos_layout *layout, const amos_write_options *o,
                              amos_error *err)
{
    unsigned char header[AMOSI_HEADER_MADE_BYTES];
    amos_status status = amosi_header_make(path, layout, o, o->reference ? &o->reference->header : NULL, header, err);
    if (status)
        return status;
    w->voxel_bytes = amos_type_bytes(layout->type);
    w->voxels = (uint64_t)(layout->shape[0] * layout->shape[1] * layout->shape[2]) * (uint64_t)layout->shape[3];
    w->file.file.notify = o->temporary;
    w->file.file.user = o->temporary_user;
    status = amosi_outfile_open(&w->file, path, err);
    if (!status && amosi_volume_name(path).gz)
        status = begin_gzip(w, layout, o, err);
    return status ? status : put_bytes(w, header, sizeof header, false, err);
}

amos_status amosi_writer_open(const char *path, const amos_layout *layout, const amos_write_options *o,
                              amos_writer **out, amos_error *err)
{
    if (!path || !*path || !layout || !out)
        return amosi_fail(err, AMOS_E_ARG, path, "writing needs a path, a layout and a place for the result.");
    if (o->level < 0 || o->level > 9)
        return amosi_fail(err, AMOS_E_ARG, path, "the compression level is %d; use 1 to 9.", o->level);
    if (o->threads < 0)
        return amosi_fail(err, AMOS_E_ARG, path, "the number of threads is %d; use 1 or more, or 0 for all processors.",
                          o->threads);
    if (!amosi_name_is_known(amos_index_use_name(o->index)))
        return amosi_fail(err, AMOS_E_ARG, path, "the use of an index is %d, which is none of the enum.",
                          (int)o->index);
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
        status = amosi_write_axes(path, layout, &o, &axes, err);
    if (!status && !amosi_axes_change_nothing(&axes))
        status = amosi_fail(err, AMOS_E_ARG, path,
                            "the voxels are not stored %s, as the reference is; only amos_file_write() turns voxels.",
                            o.reference->geometry.orientation);
    if (!status)
        status = amosi_writer_open(path, layout, &o, out, err);
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
        status = amosi_writer_put(writer, voxels, count, false, err);
    if (status && !writer->failed)
        writer->failed = status;
    return status;
}

/* Those who can read the new file can read its index. */
static amos_status save_index(const amos_writer *w, amos_error *err)
{
    struct stat state;
    if (fstat(w->file.file.fd, &state) != 0)
        return amosi_fail_errno(err, AMOS_E_IO, w->file.name, errno, "the state of the file cannot be read");
    const struct amosi_readers readers = amosi_readers_of(&state);
    return amosi_index_cache_save(w->index_folder, amosi_gzip_index(w->gzip), &readers, &w->temporaries, err);
}

/* The index comes first: who sees the file may look for it. */
static amos_status keep_file(amos_writer *w, amos_error *err)
{
    amos_status status = w->index ? save_index(w, err) : AMOS_OK;
    if (status)
        return status;
    status = amosi_outfile_keep(&w->file, err);
    if (status && w->index)
        amosi_index_cache_remove(w->index_folder, &amosi_gzip_index(w->gzip)->key);
    return status;
}

static amos_status finish_file(amos_writer *w, amos_error *err)
{
    amos_status status = check_usable(w, err);
    if (!status && w->written < w->voxels)
        status = amosi_fail(err, AMOS_E_ARG, w->file.name, "%llu of %llu voxels are missing.",
                            (unsigned long long)(w->voxels - w->written), (unsigned long long)w->voxels);
    if (!status && w->gzip)
        status = amosi_gzip_finish(w->gzip, err);
    return status ? status : keep_file(w, err);
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
    amosi_gzip_free(writer->gzip);
    amosi_outfile_close(&writer->file);
    amosi_free(writer->index_folder);
    amosi_free(writer->tile);
    amosi_free(writer);
}
