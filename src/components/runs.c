/* SPDX-License-Identifier: BSD-3-Clause */
#include "components/runs.h"

#include <string.h>

#include <amos/workers.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"
#include "base/work/threads.h"
#include "components/edges.h"
#include "components/join.h"
#include "label/run_length.h"

/* Consecutive slices, which one thread searches. */
struct block {
    size_t row, rows; /* of the volume */
    struct amosi_runs runs;
    uint64_t *edges; /* one bit for each voxel of a row */
    size_t clear;    /* up to this voxel of the volume there is only background */
};

struct search {
    const struct amosi_runs_of *of;
    struct block *blocks;
    size_t count;
    size_t width, height; /* voxels of a row, rows of a slice */
};

void amosi_runs_free(struct amosi_runs *runs)
{
    amosi_free(runs->items);
    amosi_free(runs->first);
    amosi_free(runs->number);
    memset(runs, 0, sizeof *runs);
}

/* ---- runs of a row ---- */

/* Cuts voxels from..width-1 of a row where they change. There must be room for that many runs. */
static void cut_row(const struct search *s, struct block *b, const uint8_t *row, size_t from)
{
    const size_t last = s->width - 1 - from; /* voxels that have a next one */
    struct amosi_label_run *to = b->runs.items + b->runs.count;
    uint32_t start = (uint32_t)from;
    amosi_edges()->edges(row + from, last, b->edges);
    for (size_t word = 0; word * 64 < last; word++) {
        for (uint64_t bits = b->edges[word]; bits; bits &= bits - 1) {
            const uint32_t end = (uint32_t)(from + word * 64) + (uint32_t)__builtin_ctzll(bits) + 1;
            *to = (struct amosi_label_run){start, end, row[start]};
            to += row[start] != 0;
            start = end;
        }
    }
    *to = (struct amosi_label_run){start, (uint32_t)s->width, row[start]};
    to += row[start] != 0;
    b->runs.count = (size_t)(to - b->runs.items);
}

/* Appends the runs of row number `row` of the volume. */
static amos_status add_row(const struct search *s, struct block *b, size_t row, amos_error *err)
{
    const size_t at = row * s->width, end = (b->row + b->rows) * s->width;
    if (b->clear < at)
        b->clear = at;
    if (b->clear == at && s->of->voxels[at] == 0)
        b->clear += amosi_run_length(s->of->voxels + at, end - at, 1);
    if (b->clear >= at + s->width)
        return AMOS_OK;
    const size_t from = b->clear - at, need = b->runs.count + (s->width - from);
    if (need >= UINT32_MAX)
        return amosi_fail(err, AMOS_E_LIMIT, NULL, "The label map has more than %lu runs of equal labels.",
                          (unsigned long)(UINT32_MAX - 1));
    if (need > b->runs.capacity && !amosi_grow((void **)&b->runs.items, &b->runs.capacity, need, sizeof *b->runs.items))
        return amosi_fail_nomem(err, NULL);
    cut_row(s, b, s->of->voxels + at, from);
    return AMOS_OK;
}

/* ---- blocks ---- */

static amos_status allocate_block(const struct search *s, struct block *b, amos_error *err)
{
    b->runs.first = amosi_alloc_array(b->rows + 1, sizeof *b->runs.first);
    b->edges = amosi_alloc_array(s->width / 64 + 1, sizeof *b->edges);
    return b->runs.first && b->edges ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

/* Every run stands for itself at first. */
static amos_status begin_numbers(struct amosi_runs *runs, amos_error *err)
{
    runs->number = amosi_alloc_array(runs->count, sizeof *runs->number);
    if (!runs->number)
        return amosi_fail_nomem(err, NULL);
    for (size_t i = 0; i < runs->count; i++)
        runs->number[i] = (uint32_t)i;
    return AMOS_OK;
}

static void join_block(const struct search *s, struct block *b)
{
    const struct amosi_join join = {&b->runs, (int64_t)s->height, s->of->connectivity};
    for (size_t row = 0, y = 0; row < b->rows; row++, y = y + 1 < s->height ? y + 1 : 0) {
        amosi_join_beside(&join, row, (int64_t)y);
        if (row >= s->height)
            amosi_join_below(&join, row, (int64_t)y);
    }
}

/* One item of work: the runs of a block, joined within it. */
static amos_status search_block(void *user, size_t index, amos_error *err)
{
    const struct search *s = user;
    struct block *b = &s->blocks[index];
    amos_status status = allocate_block(s, b, err);
    b->clear = b->row * s->width;
    for (size_t row = 0; row < b->rows && !status; row++) {
        b->runs.first[row] = (uint32_t)b->runs.count;
        status = add_row(s, b, b->row + row, err);
    }
    if (!status) {
        b->runs.first[b->rows] = (uint32_t)b->runs.count;
        status = begin_numbers(&b->runs, err);
    }
    if (!status)
        join_block(s, b);
    return status;
}

/* ---- all blocks together ---- */

static amos_status allocate_all(const struct search *s, struct amosi_runs *all, amos_error *err)
{
    size_t rows = 0;
    uint64_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        rows += s->blocks[i].rows;
        count += s->blocks[i].runs.count;
    }
    if (count >= UINT32_MAX)
        return amosi_fail(err, AMOS_E_LIMIT, NULL,
                          "The label map has %llu runs of equal labels; fewer than %lu are "
                          "supported.",
                          (unsigned long long)count, (unsigned long)UINT32_MAX);
    all->count = all->capacity = (size_t)count;
    all->items = amosi_alloc_array(all->count, sizeof *all->items);
    all->first = amosi_alloc_array(rows + 1, sizeof *all->first);
    all->number = amosi_alloc_array(all->count, sizeof *all->number);
    return all->items && all->first && all->number ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

static void copy_block(const struct block *b, struct amosi_runs *all, size_t at)
{
    if (b->runs.count) /* else there may be no memory */
        memcpy(all->items + at, b->runs.items, b->runs.count * sizeof *all->items);
    for (size_t row = 0; row < b->rows; row++)
        all->first[b->row + row] = (uint32_t)at + b->runs.first[row];
    for (size_t i = 0; i < b->runs.count; i++)
        all->number[at + i] = (uint32_t)at + b->runs.number[i];
}

/* Lays the runs of all blocks one after the other, and joins them across the borders. */
static amos_status merge_blocks(const struct search *s, struct amosi_runs *all, amos_error *err)
{
    amos_status status = allocate_all(s, all, err);
    size_t at = 0;
    for (size_t i = 0; i < s->count && !status; i++) {
        copy_block(&s->blocks[i], all, at);
        at += s->blocks[i].runs.count;
        amosi_runs_free(&s->blocks[i].runs);
        all->first[s->blocks[i].row + s->blocks[i].rows] = (uint32_t)at;
    }
    const struct amosi_join join = {all, (int64_t)s->height, s->of->connectivity};
    for (size_t i = 1; i < s->count && !status; i++)
        for (size_t y = 0; y < s->height; y++)
            amosi_join_below(&join, s->blocks[i].row + y, (int64_t)y);
    return status;
}

/* Whole slices for each thread. */
static void divide(struct search *s)
{
    const size_t depth = (size_t)s->of->shape[2];
    for (size_t i = 0; i < s->count; i++) {
        const size_t begin = depth * i / s->count, end = depth * (i + 1) / s->count;
        s->blocks[i].row = begin * s->height;
        s->blocks[i].rows = (end - begin) * s->height;
    }
}

static amos_status search_all(struct search *s, struct amosi_runs *out, amos_error *err)
{
    const amos_workers_options options = {.size = sizeof options, .threads = (int)s->count};
    divide(s);
    amos_status status = amos_workers_run(s->count, &options, search_block, NULL, s, err);
    if (!status && s->count > 1)
        return merge_blocks(s, out, err);
    if (!status) {
        *out = s->blocks[0].runs;
        memset(&s->blocks[0].runs, 0, sizeof s->blocks[0].runs);
    }
    return status;
}

amos_status amosi_runs_find(const struct amosi_runs_of *of, struct amosi_runs *out, amos_error *err)
{
    struct search s = {.of = of, .width = (size_t)of->shape[0], .height = (size_t)of->shape[1]};
    const int threads = amosi_threads(of->threads);
    memset(out, 0, sizeof *out);
    if ((uint64_t)of->shape[0] >= UINT32_MAX || (uint64_t)of->shape[1] >= UINT32_MAX ||
        (uint64_t)of->shape[2] >= UINT32_MAX)
        return amosi_fail(err, AMOS_E_LIMIT, NULL,
                          "The label map has %lld x %lld x %lld voxels; fewer than %lu along "
                          "each axis are supported.",
                          (long long)of->shape[0], (long long)of->shape[1], (long long)of->shape[2],
                          (unsigned long)UINT32_MAX);
    s.count = of->shape[2] < threads ? (size_t)of->shape[2] : (size_t)threads;
    s.blocks = amosi_zalloc_array(s.count, sizeof *s.blocks);
    if (!s.blocks)
        return amosi_fail_nomem(err, NULL);
    amos_status status = search_all(&s, out, err);
    for (size_t i = 0; i < s.count; i++) {
        amosi_runs_free(&s.blocks[i].runs);
        amosi_free(s.blocks[i].edges);
    }
    amosi_free(s.blocks);
    if (status)
        amosi_runs_free(out);
    return status;
}

/* A run comes after the one that it points to, which has its number by then. */
uint32_t amosi_runs_number(struct amosi_runs *runs)
{
    uint32_t count = 0;
    for (size_t i = 0; i < runs->count; i++)
        runs->number[i] = runs->number[i] == i ? count++ : runs->number[runs->number[i]];
    return count;
}
