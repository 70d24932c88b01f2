/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "nifti/convert.h"
#include "nifti/type.h"
#include "volume/volume.h"

/* A region while it is decoded. */
struct decoding {
    const amos_volume *volume;
    const struct amosi_region *region;
    const struct amosi_decode_part *part;
    struct amosi_progress progress;
    amosi_run_fn take;
    void *user;
    amos_error *err;
    struct amosi_stream stream;
    unsigned char *tile;
    uint64_t first;      /* the region's first voxel, counted in the file */
    uint64_t done;       /* voxel bytes passed to `take` so far */
    amos_status refused; /* error of `take`; reported once the file has proved intact, since damage would explain it */
};

struct amosi_region amosi_region_whole(const amos_volume *volume)
{
    struct amosi_region region = {{{0, 0, 0}, {0, 0, 0}}, 0, volume->header.info.frames};
    memcpy(region.box.stop, volume->header.info.shape, sizeof region.box.stop);
    return region;
}

static bool is_full(const struct decoding *s, int axis)
{
    const amos_box *box = &s->region->box;
    return box->start[axis] == 0 && box->stop[axis] == s->volume->header.info.shape[axis];
}

/* ---- cutting a tile into runs ---- */

/* Passes on the wanted columns start..stop of the rows in part of one slice; `first` counts voxels from the slice's
 * beginning. */
static amos_status cut_rows(struct decoding *s, const struct amosi_run *tile, uint64_t first)
{
    const int64_t width = s->volume->header.info.shape[0];
    const int64_t start = s->region->box.start[0], stop = s->region->box.stop[0];
    const int64_t end = (int64_t)(first + tile->voxels);
    for (int64_t y = (int64_t)first / width; y * width < end; y++) {
        int64_t a = y * width + start, b = y * width + stop;
        a = a > (int64_t)first ? a : (int64_t)first;
        b = b < end ? b : end;
        if (a >= b)
            continue;
        struct amosi_run run = {{a - y * width, y, tile->at[2], tile->at[3]},
                                (size_t)(b - a),
                                (char *)tile->data + (size_t)(a - (int64_t)first) * s->volume->header.voxel_bytes};
        amos_status status = s->take(s->user, &run, s->err);
        if (status)
            return status;
    }
    return AMOS_OK;
}

static amos_status take_tile(struct decoding *s, unsigned char *tile, uint64_t voxel, size_t voxels)
{
    const amos_volume_info *info = &s->volume->header.info;
    const uint64_t width = (uint64_t)info->shape[0], plane = width * (uint64_t)info->shape[1];
    const uint64_t slices = (uint64_t)info->shape[2];
    uint64_t in_slice = voxel % plane, slice = voxel / plane;
    struct amosi_run run = {{(int64_t)(in_slice % width), (int64_t)(in_slice / width), (int64_t)(slice % slices),
                             (int64_t)(slice / slices)},
                            voxels,
                            tile};
    size_t swap = amosi_type_swap_bytes(info->type);
    if (s->volume->header.swap && swap > 1)
        amosi_swap_bytes(tile, voxels * s->volume->header.voxel_bytes / swap, swap);
    return is_full(s, 0) ? s->take(s->user, &run, s->err) : cut_rows(s, &run, in_slice);
}

/* ---- reading spans ---- */

static amos_status fail_short(struct decoding *s)
{
    const amos_volume_info *info = &s->volume->header.info;
    return amosi_fail_at(
        s->err, AMOS_E_DATA_SHORT, s->volume->source.path, (int64_t)s->stream.position,
        "the data ends at byte %llu of its uncompressed content; the header promises voxels up to byte "
        "%llu; copy or download the file again.",
        (unsigned long long)s->stream.position, (unsigned long long)((uint64_t)info->vox_offset + info->stored_bytes));
}

static amos_status go_to(struct decoding *s, uint64_t position)
{
    uint64_t skipped, want = position - s->stream.position;
    amos_status status = amosi_stream_skip(&s->stream, want, s->tile, &skipped, s->err);
    return status || skipped == want ? status : fail_short(s);
}

/* Voxels first..first+count-1 of the file, which all follow each other in it, as far as they are in the part that is decoded. */
static amos_status read_span(struct decoding *s, uint64_t first, uint64_t count)
{
    const uint64_t stop = first + count < s->part->stop ? first + count : s->part->stop;
    first = first > s->part->start ? first : s->part->start;
    if (first >= stop)
        return AMOS_OK;
    count = stop - first;
    unsigned char *const direct = s->part->direct;
    const size_t bytes = s->volume->header.voxel_bytes, most = AMOSI_TILE_BYTES / bytes;
    amos_status status = go_to(s, (uint64_t)s->volume->header.info.vox_offset + first * bytes);
    while (count && !status) {
        size_t got, n = count < most ? (size_t)count : most;
        unsigned char *tile = direct ? direct + (first - s->first) * bytes : s->tile;
        status = amosi_stream_read(&s->stream, tile, n * bytes, &got, s->err);
        if (!status && got < n * bytes)
            status = fail_short(s);
        if (!status && !s->refused)
            s->refused = take_tile(s, tile, first, n);
        s->done += n * bytes;
        if (!status)
            status = amosi_progress_report(&s->progress, s->done, s->err);
        first += n;
        count -= n;
    }
    return status;
}

/* What of one slice is wanted, from the first to the last such voxel. */
static uint64_t slice_span(const struct decoding *s, uint64_t *offset)
{
    const int64_t width = s->volume->header.info.shape[0];
    const amos_box *box = &s->region->box;
    *offset = (uint64_t)(box->start[1] * width + box->start[0]);
    return (uint64_t)((box->stop[1] - 1) * width + box->stop[0]) - *offset;
}

static amos_status read_region(struct decoding *s)
{
    const struct amosi_region *region = s->region;
    const int64_t *shape = s->volume->header.info.shape;
    const uint64_t plane = (uint64_t)shape[0] * (uint64_t)shape[1];
    uint64_t offset, span = slice_span(s, &offset);
    s->first = (uint64_t)(region->first_frame * shape[2] + region->box.start[2]) * plane + offset;
    int64_t slices = region->box.stop[2] - region->box.start[2], frames = region->frames;
    if (span == plane) { /* whole slices follow each other */
        span *= (uint64_t)slices;
        slices = 1;
        if (is_full(s, 2)) {
            span *= (uint64_t)frames;
            frames = 1;
        }
    }
    amos_status status = AMOS_OK;
    for (int64_t f = 0; f < frames && !status; f++)
        for (int64_t z = 0; z < slices && !status; z++) {
            uint64_t slice = (uint64_t)((region->first_frame + f) * shape[2] + region->box.start[2] + z);
            status = read_span(s, slice * plane + offset, span);
        }
    return status;
}

/* ---- after the last voxel ---- */

static bool reaches_end(const struct decoding *s)
{
    const struct amosi_region *region = s->region;
    const amos_volume_info *info = &s->volume->header.info;
    return s->part->stop >= s->volume->header.voxels && region->first_frame + region->frames == info->frames &&
           region->box.stop[0] == info->shape[0] && region->box.stop[1] == info->shape[1] &&
           region->box.stop[2] == info->shape[2];
}

/* Reads on to the end of the stream, so that its CRC-32 is checked. */
static amos_status check_rest(struct decoding *s)
{
    const uint64_t most = s->volume->settings.limits.max_extra;
    uint64_t extra = 0;
    size_t got = AMOSI_TILE_BYTES;
    while (got == AMOSI_TILE_BYTES) {
        amos_status status = amosi_stream_read(&s->stream, s->tile, AMOSI_TILE_BYTES, &got, s->err);
        if (status)
            return status;
        extra += got;
        if (extra > most)
            return amosi_fail_at(s->err, AMOS_E_DATA_LONG, s->volume->source.path, (int64_t)s->stream.position,
                                 "more than %llu bytes follow the last voxel; the header does not fit the data.",
                                 (unsigned long long)most);
    }
    amosi_volume_warn(s->volume, (extra ? AMOS_W_EXTRA : 0) | s->stream.warnings);
    return AMOS_OK;
}

static amos_status open_stream(struct decoding *s)
{
    const amos_volume *v = s->volume;
    const struct amosi_decode_part *part = s->part;
    amos_status status = amosi_stream_open(&s->stream, &v->source, v->gzip, &v->settings, s->err);
    if (status)
        return status;
    amosi_stream_expect(&s->stream, (uint64_t)v->header.info.vox_offset + v->header.info.stored_bytes);
    if (part->index)
        amosi_stream_use_index(&s->stream, part->index);
    if (part->ahead)
        amosi_stream_use_ahead(&s->stream, part->ahead);
    return part->watcher ? amosi_stream_watch(&s->stream, part->watcher, s->err) : AMOS_OK;
}

static amos_status decode(struct decoding *s)
{
    bool whole = reaches_end(s);
    amos_status status = open_stream(s);
    if (!status)
        status = read_region(s);
    if (!status && whole && s->volume->gzip)
        status = check_rest(s);
    if (!status)
        status = amosi_stream_settle(&s->stream, s->tile, s->err);
    amosi_stream_close(&s->stream);
    return status ? status : s->refused;
}

amos_status amosi_volume_decode(const amos_volume *volume, const struct amosi_region *region,
                                const struct amosi_progress *progress, amosi_run_fn take, void *user, amos_error *err)
{
    const struct amosi_decode_part all = {.stop = UINT64_MAX};
    return amosi_volume_decode_part(volume, region, &all, progress, take, user, err);
}

amos_status amosi_volume_decode_part(const amos_volume *volume, const struct amosi_region *region,
                                     const struct amosi_decode_part *part, const struct amosi_progress *progress,
                                     amosi_run_fn take, void *user, amos_error *err)
{
    amos_error failure;
    struct decoding s = {.volume = volume,
                         .region = region,
                         .part = part,
                         .progress = *progress,
                         .take = take,
                         .user = user,
                         .err = &failure};
    s.progress.path = volume->path;
    amos_status status = amosi_source_check(&volume->source, &failure);
    s.tile = amosi_alloc_voxels(AMOSI_TILE_BYTES);
    if (!status)
        status = s.tile ? decode(&s) : amosi_fail_nomem(&failure, volume->path);
    amosi_free(s.tile);
    /* A file that changes can fail in any way; report the change instead. */
    amos_status changed = amosi_source_check(&volume->source, err);
    if (!changed && status && err)
        *err = failure;
    return changed ? changed : status;
}

amos_status amosi_run_rows(const struct amosi_run *run, const amos_box *box, size_t voxel_bytes, amosi_run_fn take,
                           void *user, amos_error *err)
{
    struct amosi_run row = *run;
    size_t left = run->voxels;
    while (left) {
        size_t room = (size_t)(box->stop[0] - row.at[0]);
        row.voxels = left < room ? left : room;
        amos_status status = take(user, &row, err);
        if (status)
            return status;
        left -= row.voxels;
        row.data = (const char *)row.data + row.voxels * voxel_bytes;
        row.at[0] = box->start[0];
        for (int axis = 1; axis < 3; axis++) { /* on to the next row, slice and frame */
            if (++row.at[axis] < box->stop[axis])
                break;
            row.at[axis] = box->start[axis];
            if (axis == 2)
                row.at[3]++;
        }
    }
    return AMOS_OK;
}
