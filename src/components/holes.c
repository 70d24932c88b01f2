/* SPDX-License-Identifier: BSD-3-Clause */
/* Holes: components of the background that one organ encloses. */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "components/components.h"

/* Of a component of the background, the label around it. */
enum { AROUND_NOTHING = 0, AROUND_SEVERAL = 256 };

struct holes {
    const struct amosi_runs_of *of;
    struct amosi_runs runs;
    struct amosi_parts parts;
    uint16_t *around; /* of each component */
};

static void meet(uint16_t *around, uint8_t label)
{
    if (label && *around == AROUND_NOTHING)
        *around = label;
    else if (label && *around != label)
        *around = AROUND_SEVERAL;
}

/* Looks at the voxels at the faces of a run that is not at the border. */
static void look_around(const struct holes *h, const struct amosi_label_run *run, size_t row, uint16_t *around)
{
    const int64_t width = h->of->shape[0], height = h->of->shape[1];
    const int64_t beside[4] = {-width, width, -width * height, width * height};
    const uint8_t *at = h->of->voxels + row * (size_t)width;
    meet(around, at[(int64_t)run->start - 1]);
    meet(around, at[run->end]);
    for (int i = 0; i < 4; i++)
        for (int64_t x = run->start; x < run->end && *around != AROUND_SEVERAL; x++)
            meet(around, at[x + beside[i]]);
}

/* The label around each component that does not touch the border; the others keep AROUND_SEVERAL. */
static void look_at_all(struct holes *h)
{
    const size_t rows = (size_t)h->of->shape[1] * (size_t)h->of->shape[2];
    for (size_t i = 0; i < h->parts.count; i++)
        h->around[i] = amosi_part_touches(&h->parts.items[i], h->of->shape) ? AROUND_SEVERAL : AROUND_NOTHING;
    for (size_t row = 0; row < rows; row++)
        for (uint32_t i = h->runs.first[row]; i < h->runs.first[row + 1]; i++)
            if (h->around[h->runs.number[i]] != AROUND_SEVERAL)
                look_around(h, &h->runs.items[i], row, &h->around[h->runs.number[i]]);
}

/* Keeps the holes, each with the label around it. */
static void keep_holes(struct holes *h)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->parts.count; i++)
        if (h->around[i] != AROUND_SEVERAL) {
            h->parts.items[kept] = h->parts.items[i];
            h->parts.items[kept++].label = (uint8_t)h->around[i];
        }
    h->parts.count = kept;
    amosi_parts_sort(&h->parts);
}

static amos_status find(struct holes *h, amos_error *err)
{
    amos_status status = amosi_runs_find(h->of, &h->runs, err);
    if (!status)
        status = amosi_parts_make(&h->runs, h->of->shape, amosi_runs_number(&h->runs), &h->parts, err);
    if (status)
        return status;
    h->around = amosi_alloc_array(h->parts.count, sizeof *h->around);
    if (!h->around)
        return amosi_fail_nomem(err, NULL);
    look_at_all(h);
    keep_holes(h);
    return AMOS_OK;
}

amos_status amosi_holes_find(const struct amosi_runs_of *organs, struct amosi_parts *out, amos_error *err)
{
    struct amosi_runs_of of = *organs;
    struct holes h = {.of = &of};
    of.background = true;
    of.connectivity = organs->connectivity == 6 ? 26 : 6;
    amos_status status = find(&h, err);
    if (status)
        amosi_free(h.parts.items);
    else
        *out = h.parts;
    amosi_free(h.around);
    amosi_runs_free(&h.runs);
    return status;
}
