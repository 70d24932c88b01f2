/* SPDX-License-Identifier: BSD-3-Clause */
#include "label/labelmap.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "label/run_length.h"

void amos_labelmap_free(amos_labelmap *map)
{
    if (map && map->buffer.data)
        amosi_buffer_release(&map->buffer);
    else if (map && !map->borrowed)
        amosi_free(map->voxels);
    if (map)
        amosi_free(map->ignored);
    amosi_free(map);
}

void amosi_labelmap_forget_ignored(amos_labelmap *map)
{
    amosi_free(map->ignored);
    map->ignored = NULL;
}

const amos_labelmap_info *amos_labelmap_get_info(const amos_labelmap *map)
{
    return map ? &map->info : NULL;
}

const uint8_t *amos_labelmap_voxels(const amos_labelmap *map)
{
    return map ? map->voxels : NULL;
}

const amos_layout *amos_labelmap_layout(const amos_labelmap *map)
{
    return map ? &map->layout : NULL;
}

int amos_labelmap_max_label(const amos_labelmap *map)
{
    return map ? map->info.max_label : -1;
}

const amos_organ_stats *amos_labelmap_get_stats(const amos_labelmap *map, int label)
{
    return map && label >= 0 && label <= map->info.max_label ? &map->stats[label] : NULL;
}

void amosi_labelmap_finish(amos_labelmap *map, const struct amosi_tally *tallies, const int64_t stored_shape[3],
                           const struct amosi_axes *axes)
{
    bool empty = true;
    for (int label = 0; label <= map->info.max_label; label++) {
        amosi_stats_finish(&tallies[label], label, stored_shape, axes, &map->layout, &map->stats[label]);
        empty &= label == 0 || !map->stats[label].present;
    }
    const amos_accepted *a = &map->info.accepted;
    map->layout.warnings |= (empty ? AMOS_W_EMPTY : 0) | (a->rounded ? AMOS_W_ROUNDED : 0) |
                            (a->ignored ? AMOS_W_IGNORED : 0) | (a->relabelled ? AMOS_W_RELABELLED : 0);
}

static uint64_t voxel_count(const amos_labelmap *map)
{
    return (uint64_t)map->layout.shape[0] * (uint64_t)map->layout.shape[1] * (uint64_t)map->layout.shape[2];
}

amos_status amosi_labelmap_recount(amos_labelmap *map, amos_error *err)
{
    const int64_t *shape = map->layout.shape;
    const uint64_t voxels = voxel_count(map);
    int64_t at[3] = {0, 0, 0};
    struct amosi_tally *tallies = amosi_zalloc_array(AMOSI_LABELS, sizeof *tallies);
    if (!tallies)
        return amosi_fail_nomem(err, NULL);
    for (uint64_t i = 0, n; i < voxels; i += n) {
        n = amosi_run_length(map->voxels + i, (size_t)(voxels - i), 1);
        amosi_tally_span(&tallies[map->voxels[i]], shape, at, n);
        amosi_walk(shape, at, n);
    }
    map->layout.warnings &= ~AMOS_W_EMPTY;
    amosi_labelmap_finish(map, tallies, shape, &amosi_axes_same);
    amosi_free(tallies);
    return AMOS_OK;
}

static amos_status check_output(const amos_labelmap *map, const void *out, size_t planes, size_t bytes, amos_error *err)
{
    if (!map || !out || planes == 0)
        return amosi_fail(err, AMOS_E_ARG, NULL, "A label map, at least one label and a buffer are needed.");
    if (!map->voxels)
        return amosi_fail(err, AMOS_E_ARG, NULL, "The label map was loaded without voxels (AMOS_LABELMAP_STATS_ONLY).");
    uint64_t need;
    if (__builtin_mul_overflow(voxel_count(map), (uint64_t)planes, &need) || need > bytes)
        return amosi_fail(err, AMOS_E_ARG, NULL, "The buffer has %zu bytes; %zu planes of %llu voxels are needed.",
                          bytes, planes, (unsigned long long)voxel_count(map));
    return AMOS_OK;
}

static void write_mask(const amos_labelmap *map, int label, uint8_t *out)
{
    uint64_t n = voxel_count(map);
    for (uint64_t i = 0; i < n; i++)
        out[i] = map->voxels[i] == label;
}

amos_status amos_labelmap_write_mask(const amos_labelmap *map, int label, uint8_t *out, size_t bytes, amos_error *err)
{
    return amos_labelmap_write_onehot(map, &label, 1, out, bytes, err);
}

amos_status amos_labelmap_write_onehot(const amos_labelmap *map, const int *labels, size_t count, uint8_t *out,
                                       size_t bytes, amos_error *err)
{
    amos_status status = check_output(map, out, count, bytes, err);
    for (size_t i = 0; i < count && !status; i++) {
        int label = labels ? labels[i] : i <= 255 ? (int)i : 256;
        if (label < 0 || label > map->info.max_label)
            status = amosi_fail(err, AMOS_E_ARG, NULL, "Label %d does not exist; the largest is %d.", label,
                                map->info.max_label);
    }
    for (size_t i = 0; i < count && !status; i++)
        write_mask(map, labels ? labels[i] : (int)i, out + i * voxel_count(map));
    return status;
}

/* ---- renumbering ---- */

/* Makes a map of the same layout, with voxels as `alloc` gives them. *tallies are zero; both must be freed. */
static amos_status begin_copy(const amos_labelmap *map, void *(*alloc)(size_t bytes), amos_labelmap **out,
                              struct amosi_tally **tallies, amos_error *err)
{
    amos_labelmap *to = amosi_zalloc(sizeof *to);
    *out = to;
    *tallies = amosi_zalloc(AMOSI_LABELS * sizeof **tallies);
    if (to) {
        to->voxels = alloc((size_t)voxel_count(map));
        to->ignored = map->ignored ? amosi_alloc_voxels((size_t)voxel_count(map)) : NULL;
    }
    if (!to || !*tallies || !to->voxels || (map->ignored && !to->ignored))
        return amosi_fail_nomem(err, NULL);
    if (map->ignored)
        memcpy(to->ignored, map->ignored, (size_t)voxel_count(map));
    to->layout = map->layout;
    to->layout.warnings &= ~AMOS_W_EMPTY;
    to->info = map->info;
    to->has_other = map->has_other;
    to->other = map->other;
    return AMOS_OK;
}

static amos_status end_copy(const amos_labelmap *map, amos_labelmap *to, struct amosi_tally *tallies,
                            amos_status status, amos_labelmap **out)
{
    int rounding = amosi_rounding_begin();
    if (!status)
        amosi_labelmap_finish(to, tallies, map->layout.shape, &amosi_axes_same);
    amosi_rounding_end(rounding);
    amosi_free(tallies);
    if (status)
        amos_labelmap_free(to);
    else
        *out = to;
    return status;
}

static void renumber_voxels(const amos_labelmap *from, const uint8_t *table, amos_labelmap *to,
                            struct amosi_tally *tallies)
{
    const int64_t *shape = from->layout.shape;
    const uint64_t voxels = voxel_count(from);
    int64_t at[3] = {0, 0, 0};
    for (uint64_t i = 0, n; i < voxels; i += n) {
        n = amosi_run_length(from->voxels + i, (size_t)(voxels - i), 1);
        uint8_t label = table[from->voxels[i]];
        memset(to->voxels + i, label, (size_t)n);
        amosi_tally_span(&tallies[label], shape, at, n);
        amosi_walk(shape, at, n);
    }
}

static amos_status check_table(const amos_labelmap *map, const uint8_t *table, size_t count, int *max_label,
                               amos_error *err)
{
    if (!map || !map->voxels || !table || count != (size_t)map->info.max_label + 1)
        return amosi_fail(
            err, AMOS_E_ARG, NULL,
            "amos_labelmap_renumber needs a label map with voxels and a table with an entry for each label "
            "0..%d.",
            map ? map->info.max_label : 0);
    *max_label = map->info.max_label;
    for (size_t i = 0; i < count; i++)
        *max_label = table[i] > *max_label ? table[i] : *max_label;
    return AMOS_OK;
}

amos_status amos_labelmap_renumber(const amos_labelmap *map, const uint8_t *table, size_t table_count,
                                   amos_labelmap **out, amos_error *err)
{
    if (out)
        *out = NULL;
    int max_label = 0;
    amos_status status = check_table(map, table, table_count, &max_label, err);
    if (!status && !out)
        status = amosi_fail(err, AMOS_E_ARG, NULL, "amos_labelmap_renumber needs a place for the new map.");
    if (status)
        return status;
    amos_labelmap *to;
    struct amosi_tally *tallies;
    status = begin_copy(map, amosi_alloc_voxels, &to, &tallies, err);
    if (!status) {
        to->info.max_label = max_label;
        renumber_voxels(map, table, to, tallies);
    }
    return end_copy(map, to, tallies, status, out);
}

/* Copies n voxels from voxel i on, of which `without` ignores all or none. */
static void copy_run(const amos_labelmap *map, uint64_t i, size_t n, bool is_left_out, amos_labelmap *to,
                     struct amosi_tally *tallies)
{
    const int64_t *shape = map->layout.shape;
    int64_t at[3] = {0, 0, 0};
    amosi_walk(shape, at, i);
    for (size_t left = n, part; left; left -= part, i += part) {
        part = amosi_run_length(map->voxels + i, left, 1);
        uint8_t label = is_left_out ? 0 : map->voxels[i];
        memset(to->voxels + i, label, part);
        amosi_tally_span(&tallies[label], shape, at, part);
        amosi_walk(shape, at, part);
    }
}

amos_status amosi_labelmap_leave_out(const amos_labelmap *map, const amos_labelmap *without, amos_labelmap **out,
                                     uint64_t *left_out, amos_error *err)
{
    const uint64_t voxels = voxel_count(map);
    amos_labelmap *to;
    struct amosi_tally *tallies;
    *out = NULL;
    *left_out = 0;
    amos_status status = begin_copy(map, amosi_alloc_voxels, &to, &tallies, err);
    for (uint64_t i = 0, n; !status && i < voxels; i += n) {
        n = amosi_run_length(without->ignored + i, (size_t)(voxels - i), 1);
        bool is_left_out = without->ignored[i] != 0;
        copy_run(map, i, (size_t)n, is_left_out, to, tallies);
        *left_out += is_left_out ? n : 0;
    }
    return end_copy(map, to, tallies, status, out);
}

amos_status amosi_labelmap_draw(const amos_labelmap *map,
                                void (*draw)(void *user, uint8_t *voxels, struct amosi_tally *tallies), void *user,
                                amos_labelmap **out, amos_error *err)
{
    amos_labelmap *to;
    struct amosi_tally *tallies;
    *out = NULL;
    amos_status status = begin_copy(map, amosi_zalloc_voxels, &to, &tallies, err);
    if (!status)
        draw(user, to->voxels, tallies);
    return end_copy(map, to, tallies, status, out);
}

void amosi_labelmap_box(const amos_labelmap *map, amos_box *box)
{
    bool any = false;
    memset(box, 0, sizeof *box);
    for (int label = 1; label <= map->info.max_label; label++) {
        const amos_organ_stats *stats = &map->stats[label];
        for (int i = 0; i < 3 && stats->present; i++) {
            box->start[i] = !any || stats->box.start[i] < box->start[i] ? stats->box.start[i] : box->start[i];
            box->stop[i] = stats->box.stop[i] > box->stop[i] ? stats->box.stop[i] : box->stop[i];
        }
        any |= stats->present != 0;
    }
}
