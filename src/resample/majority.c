/* SPDX-License-Identifier: BSD-3-Clause */
/* Labels by the majority: each label's share of the box of a new voxel. Shares are integers, so equal shares are equal
 * on every machine. */
#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "label/stats.h"
#include "resample/job.h"

#define WHOLE 0x1p20 /* the side of a box; the box is 2^60 */
#define SAMPLES 4    /* points along a side, where axes do not agree */

/* The old voxels along an axis that the boxes of the new ones overlap. Beyond the ends the outermost ones go on. */
struct overlaps {
    int64_t *first;   /* of each new voxel: the first old one, */
    size_t *begin;    /* and where its shares begin; one more at the end */
    uint32_t *shares; /* of 2^20, one after the other */
};

/* The votes for a voxel. */
struct votes {
    uint64_t share[AMOSI_LABELS]; /* zero between voxels */
    uint8_t seen[AMOSI_LABELS];
    int count;
};

static void vote(struct votes *v, uint8_t label, uint64_t share)
{
    if (share && v->share[label] == 0)
        v->seen[v->count++] = label;
    v->share[label] += share;
}

/* The winner; the votes are cleared. */
static uint8_t elect(struct votes *v, uint8_t nearest)
{
    uint8_t best = nearest;
    for (int i = 0; i < v->count; i++) {
        const uint8_t label = v->seen[i];
        const bool larger = v->share[label] > v->share[best];
        const bool equal = v->share[label] == v->share[best] && best != nearest && label < best;
        best = larger || equal ? label : best;
    }
    for (int i = 0; i < v->count; i++)
        v->share[v->seen[i]] = 0;
    v->count = 0;
    return best;
}

/* ---- axis by axis ---- */

static void release(struct overlaps *o)
{
    amosi_free(o->shares);
    amosi_free(o->begin);
    amosi_free(o->first);
}

/* How much of the box from `low` on, `width` old voxels wide, lies before the end of old voxel k. */
static uint32_t share_before(double low, double width, int64_t k)
{
    const double share = rint(((double)k + 0.5 - low) / width * WHOLE);
    return share <= 0 ? 0 : share >= WHOLE ? (uint32_t)WHOLE : (uint32_t)share;
}

/* The old voxels that new voxel i overlaps: *first to *last. Returns where its box begins. */
static double span(const struct amosi_grid *grid, int d, int64_t i, int64_t *first, int64_t *last)
{
    const double width = fabs(grid->step[d]), middle = grid->first[d] + (double)i * grid->step[d];
    const int64_t count = grid->before[grid->axis[d]];
    const double low = middle - width / 2, high = middle + width / 2;
    *first = low < 0 ? 0 : low > (double)count - 1 ? count - 1 : (int64_t)floor(low + 0.5);
    *last = high < 0 ? 0 : high > (double)count - 1 ? count - 1 : (int64_t)floor(high + 0.5);
    return low;
}

/* Fills the shares, or only counts them if there is no place yet. */
static size_t fill(const struct amosi_grid *grid, int d, struct overlaps *o)
{
    size_t n = 0;
    for (int64_t i = 0; i < grid->after[d]; i++) {
        int64_t first, last;
        uint32_t before = 0;
        const double low = span(grid, d, i, &first, &last);
        if (!o->shares) {
            n += (size_t)(last - first + 1);
            continue;
        }
        o->first[i] = first;
        o->begin[i] = n;
        for (int64_t k = first; k <= last; k++) {
            uint32_t upto = k == last ? (uint32_t)WHOLE : share_before(low, fabs(grid->step[d]), k);
            o->shares[n++] = upto - before;
            before = upto;
        }
    }
    if (o->shares)
        o->begin[grid->after[d]] = n;
    return n;
}

static amos_status make_overlaps(const struct amosi_grid *grid, int d, struct overlaps *o, amos_error *err)
{
    o->first = amosi_alloc_array((size_t)grid->after[d], sizeof *o->first);
    o->begin = amosi_alloc_array((size_t)grid->after[d] + 1, sizeof *o->begin);
    o->shares = NULL;
    const size_t n = fill(grid, d, o);
    o->shares = amosi_alloc_array(n, sizeof *o->shares);
    if (!o->first || !o->begin || !o->shares)
        return amosi_fail_nomem(err, NULL);
    fill(grid, d, o);
    return AMOS_OK;
}

struct boxes {
    struct amosi_resample_job *job;
    struct overlaps axes[3];
    struct votes votes;
    uint8_t
        *differs; /* of each old voxel along x: whether the rows of the box have different labels there; NULL: rows are
                       * not packed */
};

/* The j-th old slice and i-th old row of the boxes of new row (y, z). */
static const uint8_t *row_of(const struct boxes *b, int64_t y, int64_t z, size_t i, size_t j)
{
    const struct amosi_voxels *from = &b->job->from;
    const int64_t old_y = b->axes[1].first[y] + (int64_t)i, old_z = b->axes[2].first[z] + (int64_t)j;
    return (const uint8_t *)from->data + old_y * from->strides[1] + old_z * from->strides[2];
}

static size_t count_of(const struct overlaps *o, int64_t i)
{
    return o->begin[i + 1] - o->begin[i];
}

/* different[x] |= a[x] ^ b[x] */
static void note_differences(uint8_t *different, const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t x = 0;
    for (uint64_t d, p, q; x + 8 <= n; x += 8) {
        memcpy(&d, different + x, 8);
        memcpy(&p, a + x, 8);
        memcpy(&q, b + x, 8);
        d |= p ^ q;
        memcpy(different + x, &d, 8);
    }
    for (; x < n; x++)
        different[x] |= a[x] ^ b[x];
}

static void compare_rows(const struct boxes *b, int64_t y, int64_t z)
{
    const size_t width = (size_t)b->job->from.shape[0];
    const uint8_t *first = row_of(b, y, z, 0, 0);
    memset(b->differs, 0, width);
    for (size_t j = 0; j < count_of(&b->axes[2], z); j++)
        for (size_t i = 0; i < count_of(&b->axes[1], y); i++)
            if (i || j)
                note_differences(b->differs, first, row_of(b, y, z, i, j), width);
}

/* Whether the whole box of new voxel x has the label of `first`, a place in the first row. */
static bool is_uniform(const struct boxes *b, const uint8_t *first, int64_t x)
{
    const uint8_t *differs = b->differs + b->axes[0].first[x];
    const size_t n = count_of(&b->axes[0], x);
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= differs[i] | (uint8_t)(first[i] ^ first[0]);
    return any == 0;
}

static void vote_row(struct boxes *b, const uint8_t *row, int64_t x, uint64_t share)
{
    const struct overlaps *o = &b->axes[0];
    const int64_t step = b->job->from.strides[0];
    const uint8_t *voxel = row + o->first[x] * step;
    for (size_t i = o->begin[x]; i < o->begin[x + 1]; i++, voxel += step)
        vote(&b->votes, *voxel, share * o->shares[i]);
}

static uint8_t label_at(const struct amosi_resample_job *job, const int64_t at[3])
{
    const char *voxel = job->from.data;
    for (int d = 0; d < 3; d++)
        voxel += amosi_line_index(job->lines[d].at[at[d]], job->lines[d].before, false) * job->from.strides[d];
    return *(const uint8_t *)voxel;
}

static void make_row(struct boxes *b, int64_t y, int64_t z, uint8_t *to)
{
    const struct overlaps *o = b->axes;
    const struct amosi_line *line = b->job->lines;
    const uint32_t *across = o[1].shares + o[1].begin[y], *deep = o[2].shares + o[2].begin[z];
    const uint8_t *row = row_of(b, y, z, 0, 0);
    if (b->differs)
        compare_rows(b, y, z);
    for (int64_t x = line[0].begin; x < line[0].end; x++) {
        if (b->differs && is_uniform(b, row + o[0].first[x], x)) {
            to[x] = row[o[0].first[x]];
            continue;
        }
        for (size_t j = 0; j < count_of(&o[2], z); j++)
            for (size_t i = 0; i < count_of(&o[1], y); i++)
                vote_row(b, row_of(b, y, z, i, j), x, (uint64_t)deep[j] * across[i]);
        to[x] = elect(&b->votes, label_at(b->job, (const int64_t[3]){x, y, z}));
    }
    amosi_resample_leave(b->job, (char *)to, line[0].begin);
    amosi_resample_leave(b->job, (char *)to + line[0].end, line[0].after - line[0].end);
}

static amos_status by_boxes(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err)
{
    struct boxes b = {.job = job};
    const struct amosi_line *line = job->lines;
    amos_status status = AMOS_OK;
    for (int d = 0; d < 3 && !status; d++)
        status = make_overlaps(job->grid, d, &b.axes[d], err);
    if (!status && job->from.strides[0] == 1) {
        b.differs = amosi_alloc((size_t)job->from.shape[0]);
        status = b.differs ? AMOS_OK : amosi_fail_nomem(err, NULL);
    }
    for (int64_t i = first; i < stop && !status; i++) {
        const int64_t y = i % line[1].after, z = i / line[1].after;
        char *to = job->to + i * line[0].after;
        if (y < line[1].begin || y >= line[1].end || z < line[2].begin || z >= line[2].end)
            amosi_resample_leave(job, to, line[0].after);
        else
            make_row(&b, y, z, (uint8_t *)to);
    }
    amosi_free(b.differs);
    for (int d = 0; d < 3; d++)
        release(&b.axes[d]);
    return status;
}

/* ---- point by point ---- */

/* The label nearest to the new position `at`, which may be between voxels. */
static uint8_t label_near(const struct amosi_resample_job *job, const double at[3], bool *inside)
{
    const struct amosi_grid *grid = job->grid;
    const char *voxel = job->from.data;
    *inside = true;
    for (int d = 0; d < 3; d++) {
        const double *m = grid->matrix[d];
        double p = m[0] * at[0] + (m[1] * at[1] + (m[2] * at[2] + m[3]));
        *inside &= amosi_line_holds(&p, grid->before[d], true);
        voxel += amosi_line_index((int64_t)floor(p + 0.5), grid->before[d], false) * job->from.strides[d];
    }
    return *(const uint8_t *)voxel;
}

static uint8_t sample_box(const struct amosi_resample_job *job, const double at[3], uint8_t nearest,
                          struct votes *votes)
{
    bool inside;
    for (int i = 0; i < SAMPLES * SAMPLES * SAMPLES; i++) {
        const int n[3] = {i % SAMPLES, i / SAMPLES % SAMPLES, i / SAMPLES / SAMPLES};
        double point[3];
        for (int d = 0; d < 3; d++)
            point[d] = at[d] + (n[d] + 0.5) / SAMPLES - 0.5;
        vote(votes, label_near(job, point, &inside), 1);
    }
    return elect(votes, nearest);
}

static void by_samples(struct amosi_resample_job *job, int64_t first, int64_t stop)
{
    const int64_t *shape = job->grid->after;
    struct votes votes = {.count = 0};
    for (int64_t i = first; i < stop; i++)
        for (int64_t x = 0; x < shape[0]; x++) {
            const double at[3] = {(double)x, (double)(i % shape[1]), (double)(i / shape[1])};
            char *to = job->to + i * shape[0] + x;
            bool inside;
            const uint8_t nearest = label_near(job, at, &inside);
            if (inside || job->extends)
                *(uint8_t *)to = sample_box(job, at, nearest, &votes);
            else
                amosi_resample_leave(job, to, 1);
        }
}

amos_status amosi_resample_majority(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err)
{
    if (job->grid->separable)
        return by_boxes(job, first, stop, err);
    by_samples(job, first, stop);
    return AMOS_OK;
}
