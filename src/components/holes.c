/* SPDX-License-Identifier: BSD-3-Clause */
/* Holes: components of the background that one organ encloses. Holes are found in the box of all organs and one voxel
 * around it: what lies beyond is background that reaches the border of the volume, and so does what touches the border of
 * the box. The runs of the background are what the runs of the organs leave of its rows. */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "components/components.h"
#include "components/join.h"

/* Of a component of the background, the label around it. */
enum { AROUND_NOTHING = 0, AROUND_SEVERAL = 256 };

struct holes {
    const struct amosi_runs_of *of;  /* the organs, and their runs: */
    const struct amosi_runs *organs; /* row by row of the volume */
    uint32_t low[3];                 /* the first voxel of the box, and its size */
    int64_t shape[3];
    struct amosi_runs runs;   /* of the background in the box, row by row of it */
    struct amosi_parts parts; /* in voxels of the box */
    uint16_t *around;         /* of each component */
};

/* ---- the box ---- */

static void grow_box(const struct amosi_runs *organs, const int64_t shape[3], uint32_t low[3], int64_t high[3])
{
    uint64_t row = 0;
    for (uint32_t z = 0; z < shape[2]; z++)
        for (uint32_t y = 0; y < shape[1]; y++, row++) {
            if (organs->first[row] == organs->first[row + 1])
                continue;
            const uint32_t start = organs->items[organs->first[row]].start,
                           last = organs->items[organs->first[row + 1] - 1].end - 1;
            const uint32_t least[3] = {start, y, z}, most[3] = {last, y, z};
            for (int i = 0; i < 3; i++) {
                low[i] = least[i] < low[i] ? least[i] : low[i];
                high[i] = most[i] > high[i] ? most[i] : high[i];
            }
        }
}

/* False: there is no organ. */
static bool find_box(struct holes *h)
{
    const int64_t *shape = h->of->shape;
    int64_t high[3] = {-1, -1, -1};
    for (int i = 0; i < 3; i++)
        h->low[i] = UINT32_MAX;
    grow_box(h->organs, shape, h->low, high);
    for (int i = 0; i < 3 && high[0] >= 0; i++) {
        h->low[i] -= h->low[i] > 0;
        high[i] += high[i] < shape[i] - 1;
        h->shape[i] = high[i] - h->low[i] + 1;
    }
    return high[0] >= 0;
}

/* ---- runs of the background ---- */

/* The row of the volume that a row of the box lies in. */
static uint64_t row_of(const struct holes *h, int64_t y, int64_t z)
{
    return (uint64_t)(h->low[1] + y) + (uint64_t)(h->low[2] + z) * (uint64_t)h->of->shape[1];
}

/* Appends what the organs leave of a row; there is room. */
static void add_row(struct holes *h, uint64_t row)
{
    const uint32_t end = (uint32_t)h->shape[0];
    uint32_t at = 0;
    struct amosi_label_run *to = h->runs.items + h->runs.count;
    for (uint32_t i = h->organs->first[row]; i < h->organs->first[row + 1]; i++) {
        const uint32_t start = h->organs->items[i].start - h->low[0];
        if (at < start)
            *to++ = (struct amosi_label_run){at, start, 0};
        at = h->organs->items[i].end - h->low[0];
    }
    if (at < end)
        *to++ = (struct amosi_label_run){at, end, 0};
    h->runs.count = (size_t)(to - h->runs.items);
}

/* A row has at most one run more than its organs have. */
static amos_status find_runs(struct holes *h, amos_error *err)
{
    const size_t rows = (size_t)(h->shape[1] * h->shape[2]);
    struct amosi_runs *runs = &h->runs;
    if (h->organs->count + rows >= UINT32_MAX)
        return amosi_fail(err, AMOS_E_LIMIT, NULL, "The label map has more than %lu runs of background.",
                          (unsigned long)(UINT32_MAX - 1));
    runs->capacity = h->organs->count + rows;
    runs->items = amosi_alloc_array(runs->capacity, sizeof *runs->items);
    runs->first = amosi_alloc_array(rows + 1, sizeof *runs->first);
    runs->number = amosi_alloc_array(runs->capacity, sizeof *runs->number);
    if (!runs->items || !runs->first || !runs->number)
        return amosi_fail_nomem(err, NULL);
    for (int64_t z = 0, row = 0; z < h->shape[2]; z++)
        for (int64_t y = 0; y < h->shape[1]; y++, row++) {
            runs->first[row] = (uint32_t)runs->count;
            add_row(h, row_of(h, y, z));
        }
    runs->first[rows] = (uint32_t)runs->count;
    for (size_t i = 0; i < runs->count; i++)
        runs->number[i] = (uint32_t)i;
    return AMOS_OK;
}

static void join_runs(struct holes *h)
{
    const struct amosi_join join = {&h->runs, h->shape[1], h->of->connectivity == 6 ? 26 : 6};
    for (int64_t z = 0, row = 0; z < h->shape[2]; z++)
        for (int64_t y = 0; y < h->shape[1]; y++, row++) {
            amosi_join_beside(&join, (size_t)row, y);
            if (z > 0)
                amosi_join_below(&join, (size_t)row, y);
        }
}

/* ---- what is around them ---- */

static void meet(uint16_t *around, uint8_t label)
{
    if (label && *around == AROUND_NOTHING)
        *around = label;
    else if (label && *around != label)
        *around = AROUND_SEVERAL;
}

/* Looks at the voxels at the faces of a run that is not at the border; `row` is that of the volume. */
static void look_around(const struct holes *h, const struct amosi_label_run *run, uint64_t row, uint16_t *around)
{
    const int64_t width = h->of->shape[0], height = h->of->shape[1];
    const int64_t beside[4] = {-width, width, -width * height, width * height};
    const uint8_t *at = h->of->voxels + row * (uint64_t)width + h->low[0];
    meet(around, at[(int64_t)run->start - 1]);
    meet(around, at[run->end]);
    for (int i = 0; i < 4; i++)
        for (int64_t x = run->start; x < run->end && *around != AROUND_SEVERAL; x++)
            meet(around, at[x + beside[i]]);
}

/* The label around each component that does not touch the border; the others keep AROUND_SEVERAL. */
static void look_at_all(struct holes *h)
{
    for (size_t i = 0; i < h->parts.count; i++)
        h->around[i] = amosi_part_touches(&h->parts.items[i], h->shape) ? AROUND_SEVERAL : AROUND_NOTHING;
    for (int64_t z = 0, row = 0; z < h->shape[2]; z++)
        for (int64_t y = 0; y < h->shape[1]; y++, row++)
            for (uint32_t i = h->runs.first[row]; i < h->runs.first[row + 1]; i++)
                if (h->around[h->runs.number[i]] != AROUND_SEVERAL)
                    look_around(h, &h->runs.items[i], row_of(h, y, z), &h->around[h->runs.number[i]]);
}

/* ---- the holes ---- */

/* From voxels of the box to those of the volume. */
static void move_part(const struct holes *h, struct amosi_part *part)
{
    part->x += h->low[0];
    part->row = row_of(h, (int64_t)(part->row % (uint64_t)h->shape[1]), (int64_t)(part->row / (uint64_t)h->shape[1]));
    for (int i = 0; i < 3; i++) {
        part->low[i] += h->low[i];
        part->high[i] += h->low[i];
        part->sum[i] += part->voxels * h->low[i];
    }
}

/* Keeps the holes, each with the label around it. */
static void keep_holes(struct holes *h)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->parts.count; i++)
        if (h->around[i] != AROUND_SEVERAL) {
            h->parts.items[kept] = h->parts.items[i];
            h->parts.items[kept].label = (uint8_t)h->around[i];
            move_part(h, &h->parts.items[kept++]);
        }
    h->parts.count = kept;
    amosi_parts_sort(&h->parts);
}

static amos_status find(struct holes *h, amos_error *err)
{
    amos_status status = find_runs(h, err);
    if (status)
        return status;
    join_runs(h);
    status = amosi_parts_make(&h->runs, h->shape, amosi_runs_number(&h->runs), &h->parts, err);
    if (status)
        return status;
    h->around = amosi_alloc_array(h->parts.count, sizeof *h->around);
    if (!h->around)
        return amosi_fail_nomem(err, NULL);
    look_at_all(h);
    keep_holes(h);
    return AMOS_OK;
}

amos_status amosi_holes_find(const struct amosi_runs_of *organs, const struct amosi_runs *runs, struct amosi_parts *out,
                             amos_error *err)
{
    struct holes h = {.of = organs, .organs = runs};
    if (!find_box(&h))
        return AMOS_OK;
    amos_status status = find(&h, err);
    if (status)
        amosi_free(h.parts.items);
    else
        *out = h.parts;
    amosi_free(h.around);
    amosi_runs_free(&h.runs);
    return status;
}
