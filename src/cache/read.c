/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "cache/chunk.h"
#include "cache/entry.h"
#include "cache/ome/verify.h"
#include "nifti/type.h"
#include "volume/read.h"

const double amosi_cache_zeros[AMOSI_CACHE_MOST_CHUNK];

/* The state of reading a box. */
struct boxing {
    const amos_cache_entry *entry;
    const struct amosi_chunked *array;
    struct amosi_scratch *scratch;
    struct amosi_reading reading;
    bool straight; /* voxels of a row are adjacent in the result */
    bool plain;    /* and are copied without conversion */
};

/* ---- one chunk ---- */

/* Bytes of consecutive chunks read at once: about what a patch needs of a row of chunks. */
#define READ_TOGETHER ((size_t)256 << 10)

struct amosi_scratch *amosi_cache_entry_scratch(const amos_cache_entry *entry, const struct amosi_chunked *array)
{
    size_t room = array->packed_most > READ_TOGETHER ? array->packed_most : READ_TOGETHER;
    return amosi_scratch_get(entry->pool, array->chunk_bytes, room);
}

/* Reads the chunk `index`, and the chunks up to `stop` that follow it in the file. */
static amos_status read_ahead(const amos_cache_entry *entry, const struct amosi_chunked *array, int64_t index,
                              int64_t stop, struct amosi_scratch *scratch, amos_error *err)
{
    uint64_t begin = array->chunks[index].at, end = begin + array->chunks[index].bytes;
    for (int64_t i = index + 1; i < stop; i++) {
        const struct amosi_zip_data *next = &array->chunks[i];
        if (next->bytes == 0)
            continue;
        if (next->at < end || next->at + next->bytes - begin > scratch->packed_room)
            break;
        end = next->at + next->bytes;
    }
    scratch->held = 0;
    amos_status status = amosi_source_read(&entry->source, begin, scratch->packed, (size_t)(end - begin), err);
    if (status)
        return status;
    scratch->held_at = begin;
    scratch->held = (size_t)(end - begin);
    return AMOS_OK;
}

static bool holds_chunk(const struct amosi_scratch *scratch, const struct amosi_zip_data *data)
{
    return data->at >= scratch->held_at && data->at + data->bytes <= scratch->held_at + scratch->held;
}

/* Decodes a chunk. `index` and `stop` count chunks in the order of the array. */
static amos_status decode_chunk(const amos_cache_entry *entry, const struct amosi_chunked *array, int64_t index,
                                int64_t stop, struct amosi_scratch *scratch, amos_error *err)
{
    const struct amosi_zip_data *data = &array->chunks[index];
    amos_status status = holds_chunk(scratch, data) ? AMOS_OK : read_ahead(entry, array, index, stop, scratch, err);
    if (status)
        return status;
    const unsigned char *packed = scratch->packed + (data->at - scratch->held_at);
    status = amosi_zip_check(&entry->source, data, packed, err);
    if (status)
        return status;
    if (amosi_chunk_decompress(array->view.header.info.type, packed, data->bytes, scratch->chunk, array->chunk_bytes,
                               scratch->work))
        return AMOS_OK;
    return amosi_cache_entry_undecodable(entry, err);
}

amos_status amosi_cache_entry_chunk(const amos_cache_entry *entry, const struct amosi_chunked *array,
                                    const int64_t at[3], int64_t stop, struct amosi_scratch *scratch,
                                    const void **voxels, amos_error *err)
{
    int64_t row = (at[2] * array->grid[1] + at[1]) * array->grid[0];
    *voxels = array->chunks[row + at[0]].bytes ? scratch->chunk : NULL;
    return *voxels ? decode_chunk(entry, array, row + at[0], row + stop, scratch, err) : AMOS_OK;
}

amos_box amosi_cache_chunk_part(const struct amosi_chunked *array, const int64_t at[3], const amos_box *box)
{
    amos_box part = *box;
    for (int i = 0; i < 3; i++) {
        int64_t start = at[i] * array->chunk[i], stop = start + array->chunk[i];
        part.start[i] = start > part.start[i] ? start : part.start[i];
        part.stop[i] = stop < part.stop[i] ? stop : part.stop[i];
    }
    return part;
}

/* Stores one row of a chunk, from `from`, at `to`. */
static amos_status store_row(struct boxing *b, const amos_box *part, int64_t y, int64_t z, const char *from, char *to,
                             amos_error *err)
{
    const struct amosi_plan *plan = b->reading.plan;
    size_t n = (size_t)(part->stop[0] - part->start[0]);
    if (b->plain) {
        memcpy(to, from, n * plan->to_bytes);
        return AMOS_OK;
    }
    if (b->straight && amosi_convert_run(&plan->convert, to, from, n, &b->reading.notes))
        return AMOS_OK;
    struct amosi_run row = {{part->start[0], y, z, 0}, n, from};
    return amosi_reading_take_row(&b->reading, &row, err);
}

/* Stores the part of a chunk that is in the box. */
static amos_status store_chunk(struct boxing *b, const int64_t at[3], const char *voxels, amos_error *err)
{
    const struct amosi_plan *plan = b->reading.plan;
    const int64_t *chunk = b->array->chunk, *first = plan->region.box.start;
    const amos_box part = amosi_cache_chunk_part(b->array, at, &plan->region.box);
    for (int64_t z = part.start[2]; z < part.stop[2]; z++) {
        int64_t slice =
            ((z - at[2] * chunk[2]) * chunk[1] - at[1] * chunk[1]) * chunk[0] + part.start[0] - at[0] * chunk[0];
        char *place = b->reading.buffer + plan->first + (part.start[0] - first[0]) * plan->step[0] +
                      (z - first[2]) * plan->step[2];
        for (int64_t y = part.start[1]; y < part.stop[1]; y++) {
            const char *from =
                voxels ? voxels + (slice + y * chunk[0]) * (int64_t)plan->from_bytes : (const char *)amosi_cache_zeros;
            amos_status status = store_row(b, &part, y, z, from, place + (y - first[1]) * plan->step[1], err);
            if (status)
                return status;
        }
    }
    return AMOS_OK;
}

static amos_status read_chunks(struct boxing *b, amos_error *err)
{
    const struct amosi_chunked *array = b->array;
    const amos_box *box = &b->reading.plan->region.box;
    const int64_t *chunk = array->chunk, stop = (box->stop[0] + chunk[0] - 1) / chunk[0];
    int64_t at[3];
    for (at[2] = box->start[2] / chunk[2]; at[2] * chunk[2] < box->stop[2]; at[2]++)
        for (at[1] = box->start[1] / chunk[1]; at[1] * chunk[1] < box->stop[1]; at[1]++)
            for (at[0] = box->start[0] / chunk[0]; at[0] < stop; at[0]++) {
                const void *voxels;
                amos_status status = amosi_cache_entry_chunk(b->entry, array, at, stop, b->scratch, &voxels, err);
                if (!status)
                    status = store_chunk(b, at, voxels, err);
                if (status)
                    return status;
            }
    return AMOS_OK;
}

/* ---- a box ---- */

static amos_status read_box(const amos_cache_entry *entry, const struct amosi_chunked *array,
                            const amos_read_options *options, void *buffer, size_t bytes, amos_error *err)
{
    struct amosi_plan plan;
    amos_status status = amosi_plan_make(&array->view, options, &plan, err);
    if (!status)
        status = amosi_reading_check(&plan, buffer, bytes, entry->source.path, err);
    if (status)
        return status;
    struct boxing b = {.entry = entry, .array = array, .reading = {&array->view, &plan, buffer, {0}}};
    b.straight = plan.step[0] == (int64_t)plan.to_bytes;
    b.plain = b.straight && plan.convert.from == plan.convert.to && !plan.convert.scaled;
    b.scratch = amosi_cache_entry_scratch(entry, array);
    if (!b.scratch)
        return amosi_fail_nomem(err, entry->source.path);
    int rounding = amosi_rounding_begin();
    status = read_chunks(&b, err);
    amosi_rounding_end(rounding);
    amosi_scratch_give(entry->pool, b.scratch);
    return status;
}

amos_status amos_cache_entry_read_image(const amos_cache_entry *entry, const amos_read_options *options, void *buffer,
                                        size_t bytes, amos_error *err)
{
    if (!entry || !buffer)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_entry_read_image needs an entry and a buffer.");
    return read_box(entry, &entry->image, options, buffer, bytes, err);
}

amos_status amos_cache_entry_read_labels(const amos_cache_entry *entry, const amos_read_options *options, void *buffer,
                                         size_t bytes, amos_error *err)
{
    if (!entry || !buffer)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_entry_read_labels needs an entry and a buffer.");
    if (!entry->meta.info.has_labels)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, entry->source.path, "this cached case has no labels.");
    return read_box(entry, &entry->labels, options, buffer, bytes, err);
}

/* ---- verification ---- */

static amos_status verify_array(const amos_cache_entry *entry, const struct amosi_chunked *array, amos_error *err)
{
    struct amosi_scratch *scratch = amosi_cache_entry_scratch(entry, array);
    if (!scratch)
        return amosi_fail_nomem(err, entry->source.path);
    int64_t count = array->chunks ? array->grid[0] * array->grid[1] * array->grid[2] : 0;
    amos_status status = AMOS_OK;
    for (int64_t i = 0; i < count && !status; i++)
        if (array->chunks[i].bytes)
            status = decode_chunk(entry, array, i, count, scratch, err);
    amosi_scratch_give(entry->pool, scratch);
    return status;
}

/* Verifies the only table that opening does not read. */
static amos_status verify_values(const amos_cache_entry *entry, amos_error *err)
{
    float *values = amosi_alloc_array(amosi_cache_entry_position_count(entry), sizeof *values);
    if (!values)
        return amosi_fail_nomem(err, entry->source.path);
    amos_status status = amosi_cache_entry_values(entry, values, err);
    amosi_free(values);
    return status;
}

amos_status amos_cache_entry_verify(const amos_cache_entry *entry, amos_error *err)
{
    if (!entry)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_entry_verify needs an entry.");
    amos_status status = amosi_cache_entry_check(entry, err);
    if (!status)
        status = verify_values(entry, err);
    if (!status)
        status = verify_array(entry, &entry->image, err);
    if (!status)
        status = verify_array(entry, &entry->labels, err);
    return status ? status : amosi_ome_verify(entry, err);
}

amos_status amosi_cache_entry_check(const amos_cache_entry *entry, amos_error *err)
{
    amos_status status = amosi_zip_check_headers(&entry->zip, err);
    size_t most = 0;
    for (size_t i = 0; i < entry->zip.count; i++)
        most = entry->zip.members[i].data.bytes > most ? entry->zip.members[i].data.bytes : most;
    struct amosi_scratch *scratch = amosi_scratch_get(entry->pool, 0, most);
    if (!status && !scratch)
        status = amosi_fail_nomem(err, entry->source.path);
    for (size_t i = 0; i < entry->zip.count && !status; i++)
        status = amosi_zip_read(&entry->source, &entry->zip.members[i].data, scratch->packed, err);
    amosi_scratch_give(entry->pool, scratch);
    return status;
}
