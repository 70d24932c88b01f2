/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/model/components.h"

#include <stdlib.h>
#include <string.h>

#include "support/bytes.h"

struct fill {
    const uint8_t *voxels;
    const int64_t *shape;
    int connectivity;
    int64_t *queue; /* voxels that were found; those from `next` on have not been looked around */
    int64_t next, found;
    uint32_t *numbers;
    uint32_t number;
    struct component_model *to;
};

static int64_t index_of(const struct fill *f, const int64_t at[3])
{
    return at[0] + f->shape[0] * (at[1] + f->shape[1] * at[2]);
}

static void add_voxel(struct fill *f, int64_t index, const int64_t at[3])
{
    f->numbers[index] = f->number;
    f->queue[f->found++] = index;
    f->to->voxels++;
    for (int i = 0; i < 3; i++) {
        f->to->sum[i] += (double)at[i];
        f->to->low[i] = at[i] < f->to->low[i] ? at[i] : f->to->low[i];
        f->to->high[i] = at[i] > f->to->high[i] ? at[i] : f->to->high[i];
        f->to->border |= at[i] == 0 || at[i] == f->shape[i] - 1;
    }
}

static int is_connected(int connectivity, const int64_t step[3])
{
    int64_t axes = labs((long)step[0]) + labs((long)step[1]) + labs((long)step[2]);
    return axes >= 1 && axes <= (connectivity == 6 ? 1 : connectivity == 18 ? 2 : 3);
}

static void look_at(struct fill *f, int64_t index, const int64_t at[3], int is_face)
{
    uint8_t label = f->voxels[index];
    if (label == f->to->label && !f->numbers[index])
        add_voxel(f, index, at);
    else if (is_face && label != f->to->label)
        f->to->around = f->to->around == 0 || f->to->around == label ? label : -1;
}

static void look_around(struct fill *f, int64_t index)
{
    int64_t from[3] = {index % f->shape[0], index / f->shape[0] % f->shape[1], index / f->shape[0] / f->shape[1]};
    for (int n = 0; n < 27; n++) {
        int64_t step[3] = {n % 3 - 1, n / 3 % 3 - 1, n / 9 - 1}, at[3];
        int inside = is_connected(f->connectivity, step);
        for (int i = 0; i < 3; i++) {
            at[i] = from[i] + step[i];
            inside &= at[i] >= 0 && at[i] < f->shape[i];
        }
        if (inside)
            look_at(f, index_of(f, at), at, is_connected(6, step));
    }
}

static void fill_from(struct fill *f, int64_t index)
{
    int64_t at[3] = {index % f->shape[0], index / f->shape[0] % f->shape[1], index / f->shape[0] / f->shape[1]};
    *f->to = (struct component_model){.label = f->voxels[index], .first = index};
    memcpy(f->to->low, at, sizeof at);
    memcpy(f->to->high, at, sizeof at);
    f->next = f->found = 0;
    add_voxel(f, index, at);
    while (f->next < f->found)
        look_around(f, f->queue[f->next++]);
}

static int by_order(const void *one, const void *other)
{
    const struct component_model *a = one, *b = other;
    if (a->label != b->label)
        return a->label < b->label ? -1 : 1;
    if (a->voxels != b->voxels)
        return a->voxels > b->voxels ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* All components with or without a label, in the order of their first voxels; numbers count from 1. */
static int64_t fill_all(const uint8_t *voxels, const int64_t shape[3], int connectivity, int background,
                        uint32_t *numbers, struct component_model **out)
{
    int64_t count = 0, all = shape[0] * shape[1] * shape[2];
    struct fill f = {.voxels = voxels, .shape = shape, .connectivity = connectivity, .numbers = numbers};
    f.queue = must_alloc((size_t)all * sizeof *f.queue);
    *out = must_alloc((size_t)all * sizeof **out);
    memset(numbers, 0, (size_t)all * sizeof *numbers);
    for (int64_t i = 0; i < all; i++) {
        if ((voxels[i] == 0) != background || numbers[i])
            continue;
        f.to = &(*out)[count++];
        f.number = (uint32_t)count;
        fill_from(&f, i);
    }
    free(f.queue);
    return count;
}

int64_t component_model(const uint8_t *voxels, const int64_t shape[3], int connectivity, uint32_t *numbers,
                        struct component_model **out)
{
    int64_t count = fill_all(voxels, shape, connectivity, 0, numbers, out), all = shape[0] * shape[1] * shape[2];
    uint32_t *now = must_alloc((size_t)(count + 1) * sizeof *now), *found = must_alloc((size_t)all * sizeof *found);
    memcpy(found, numbers, (size_t)all * sizeof *found);
    qsort(*out, (size_t)count, sizeof **out, by_order);
    now[0] = 0;
    for (int64_t i = 0; i < count; i++)
        now[found[(*out)[i].first]] = (uint32_t)i + 1;
    for (int64_t i = 0; i < all; i++)
        numbers[i] = now[found[i]];
    free(found);
    free(now);
    return count;
}

int64_t hole_model(const uint8_t *voxels, const int64_t shape[3], int connectivity, struct component_model **out)
{
    int64_t all = shape[0] * shape[1] * shape[2], kept = 0;
    uint32_t *numbers = must_alloc((size_t)all * sizeof *numbers);
    int64_t count = fill_all(voxels, shape, connectivity == 6 ? 26 : 6, 1, numbers, out);
    for (int64_t i = 0; i < count; i++) {
        struct component_model *c = &(*out)[i];
        if (c->border || c->around < 0)
            continue;
        (*out)[kept] = *c;
        (*out)[kept++].label = c->around;
    }
    qsort(*out, (size_t)kept, sizeof **out, by_order);
    free(numbers);
    return kept;
}
