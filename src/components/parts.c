/* SPDX-License-Identifier: BSD-3-Clause */
/* What is known of each component: sums over its runs. */
#include <string.h>

#include "base/error/fail.h"
#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "components/components.h"

static void begin_part(struct amosi_part *p, const struct amosi_label_run *run, uint32_t found, uint64_t row,
                       const uint32_t at[2])
{
    *p = (struct amosi_part){.found = found,
                             .x = run->start,
                             .row = row,
                             .label = run->label,
                             .low = {run->start, at[0], at[1]},
                             .high = {run->end - 1, at[0], at[1]}};
}

/* Runs come in the order of their rows, so that z only grows, while y grows and starts again. */
static void add_run(struct amosi_part *p, const struct amosi_label_run *run, const uint32_t at[2])
{
    const uint64_t n = run->end - run->start;
    p->voxels += n;
    p->sum[0] += ((uint64_t)run->start + run->end - 1) * n / 2; /* one of the factors is even */
    p->sum[1] += at[0] * n;
    p->sum[2] += at[1] * n;
    p->low[0] = run->start < p->low[0] ? run->start : p->low[0];
    p->high[0] = run->end - 1 > p->high[0] ? run->end - 1 : p->high[0];
    p->low[1] = at[0] < p->low[1] ? at[0] : p->low[1];
    p->high[1] = at[0] > p->high[1] ? at[0] : p->high[1];
    p->high[2] = at[1];
}

amos_status amosi_parts_make(const struct amosi_runs *runs, const int64_t shape[3], uint32_t count,
                             struct amosi_parts *out, amos_error *err)
{
    uint32_t begun = 0;
    uint64_t row = 0;
    out->items = amosi_alloc_array(count, sizeof *out->items);
    if (!out->items)
        return amosi_fail_nomem(err, NULL);
    out->count = count;
    for (uint32_t z = 0; z < shape[2]; z++)
        for (uint32_t y = 0; y < shape[1]; y++, row++)
            for (uint32_t i = runs->first[row]; i < runs->first[row + 1]; i++) {
                struct amosi_part *part = &out->items[runs->number[i]];
                const uint32_t at[2] = {y, z};
                if (runs->number[i] == begun)
                    begin_part(part, &runs->items[i], begun++, row, at);
                add_run(part, &runs->items[i], at);
            }
    return AMOS_OK;
}

bool amosi_part_touches(const struct amosi_part *part, const int64_t shape[3])
{
    for (int i = 0; i < 3; i++)
        if (part->low[i] == 0 || part->high[i] == shape[i] - 1)
            return true;
    return false;
}

static int compare_parts(const void *one, const void *other)
{
    const struct amosi_part *a = one, *b = other;
    if (a->label != b->label)
        return a->label < b->label ? -1 : 1;
    if (a->voxels != b->voxels)
        return a->voxels > b->voxels ? -1 : 1;
    return (a->found > b->found) - (a->found < b->found);
}

void amosi_parts_sort(struct amosi_parts *parts)
{
    amosi_sort(parts->items, parts->count, sizeof *parts->items, compare_parts);
}
