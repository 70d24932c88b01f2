/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "prepare/case.h"

/* Adjacent voxels along x above the threshold. Runs that touch in neighbouring rows are joined. */
struct run {
    int32_t start, stop;
    int32_t y, z;
    size_t parent;
};

struct runs {
    struct run *items;
    size_t count, room;
    size_t *rows; /* the index of the first run of each row, and of the end */
};

static size_t root_of(struct run *runs, size_t i)
{
    while (runs[i].parent != i) {
        runs[i].parent = runs[runs[i].parent].parent;
        i = runs[i].parent;
    }
    return i;
}

static void join_runs(struct run *runs, size_t a, size_t b)
{
    a = root_of(runs, a);
    b = root_of(runs, b);
    if (a < b)
        runs[b].parent = a;
    else
        runs[a].parent = b;
}

static bool add_runs(struct runs *runs, const double *row, int64_t width, int64_t y, int64_t z, double threshold)
{
    for (int64_t x = 0; x < width; x++) {
        if (!(row[x] > threshold))
            continue;
        int64_t start = x;
        while (x < width && row[x] > threshold)
            x++;
        if (!amosi_grow((void **)&runs->items, &runs->room, runs->count + 1, sizeof *runs->items))
            return false;
        runs->items[runs->count] = (struct run){(int32_t)start, (int32_t)x, (int32_t)y, (int32_t)z, runs->count};
        runs->count++;
    }
    return true;
}

/* Joins the runs of two neighbouring rows that overlap. */
static void join_rows(struct runs *runs, size_t a, size_t b)
{
    size_t i = runs->rows[a], k = runs->rows[b];
    while (i < runs->rows[a + 1] && k < runs->rows[b + 1]) {
        const struct run *p = &runs->items[i], *q = &runs->items[k];
        if (p->start < q->stop && q->start < p->stop)
            join_runs(runs->items, i, k);
        if (p->stop < q->stop)
            i++;
        else
            k++;
    }
}

static bool find_runs(const struct amosi_prepare_case *c, double threshold, struct runs *runs, double *row)
{
    const amos_layout *layout = &c->image->layout;
    const int64_t *shape = layout->shape;
    size_t at = 0;
    for (int64_t z = 0; z < shape[2]; z++)
        for (int64_t y = 0; y < shape[1]; y++, at++) {
            runs->rows[at] = runs->count;
            amosi_prepare_scale(c, row,
                                (const char *)c->image->buffer.data + z * layout->strides[2] + y * layout->strides[1],
                                (size_t)shape[0]);
            if (!add_runs(runs, row, shape[0], y, z, threshold))
                return false;
            runs->rows[at + 1] = runs->count;
            if (y > 0)
                join_rows(runs, at - 1, at);
            if (z > 0)
                join_rows(runs, at - (size_t)shape[1], at);
        }
    return true;
}

static size_t find_largest(struct runs *runs, uint64_t *sizes)
{
    size_t largest = 0;
    for (size_t i = 0; i < runs->count; i++) {
        const struct run *run = &runs->items[i];
        size_t root = root_of(runs->items, i);
        sizes[root] += (uint64_t)(run->stop - run->start);
        if (sizes[root] > sizes[largest])
            largest = root;
    }
    return largest;
}

static void widen_box(amos_box *box, int axis, int64_t low, int64_t high)
{
    box->start[axis] = low < box->start[axis] ? low : box->start[axis];
    box->stop[axis] = high > box->stop[axis] ? high : box->stop[axis];
}

static void box_of(struct runs *runs, size_t root, const int64_t *shape, amos_box *box)
{
    memcpy(box->start, shape, sizeof box->start);
    memset(box->stop, 0, sizeof box->stop);
    for (size_t i = 0; i < runs->count; i++) {
        const struct run *run = &runs->items[i];
        if (root_of(runs->items, i) != root)
            continue;
        widen_box(box, 0, run->start, run->stop);
        widen_box(box, 1, run->y, run->y + 1);
        widen_box(box, 2, run->z, run->z + 1);
    }
}

amos_status amosi_prepare_body_box(const struct amosi_prepare_case *c, double threshold, amos_box *box, amos_error *err)
{
    const int64_t *shape = c->image->layout.shape;
    struct runs runs = {.rows = amosi_alloc_array((size_t)(shape[1] * shape[2]) + 1, sizeof *runs.rows)};
    double *row = amosi_alloc_array((size_t)shape[0], sizeof *row);
    bool good = runs.rows && row && find_runs(c, threshold, &runs, row);
    uint64_t *sizes = good ? amosi_zalloc_array(runs.count, sizeof *sizes) : NULL;
    amos_status status = AMOS_OK;
    *box = (amos_box){{0, 0, 0}, {shape[0], shape[1], shape[2]}};
    if (!sizes)
        status = amosi_fail_nomem(err, c->path);
    else if (runs.count)
        box_of(&runs, find_largest(&runs, sizes), shape, box);
    amosi_free(sizes);
    amosi_free(row);
    amosi_free(runs.items);
    amosi_free(runs.rows);
    return status;
}
