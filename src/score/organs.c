/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include <amos/workers.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/progress.h"
#include "base/work/threads.h"
#include "label/labelmap.h"
#include "score/conventions.h"
#include "score/distance/nearest.h"
#include "score/score.h"
#include "score/surface/sweep.h"

/* As many organs are processed at once as have surfaces that fit in memory next to the label maps. */
#define LEAST_BUDGET (32 << 20)
#define BUDGET_PER_VOXEL 2

struct organ {
    int label;
    struct amosi_surface surface[2];     /* of the reference and the prediction */
    struct amosi_distances distances[2]; /* from the reference and from the prediction */
};

struct scoring {
    struct amos_score *score;
    const amos_labelmap *map[2];
    enum amosi_grid grid;
    struct amosi_areas areas;
    const double *weights;
    struct amosi_steps steps;
    int threads;
    struct amosi_progress progress; /* each organ counts as two units */
    uint64_t done;
    bool counted;
    uint64_t equal[256];
    /* one batch of organs */
    struct organ *organs;
    int count;
};

/* ---- one batch ---- */

static bool sweep_map(struct scoring *r, int which)
{
    struct amosi_sweep sweep = {.voxels = amos_labelmap_voxels(r->map[which]), .grid = r->grid, .kinds = r->areas.kind};
    amos_box box;
    amosi_labelmap_box(r->map[which], &box);
    memcpy(sweep.shape, amos_labelmap_layout(r->map[which])->shape, sizeof sweep.shape);
    memcpy(sweep.start, box.start, sizeof sweep.start);
    memcpy(sweep.stop, box.stop, sizeof sweep.stop);
    for (int i = 0; i < r->count; i++)
        sweep.surfaces[r->organs[i].label] = &r->organs[i].surface[which];
    return amosi_sweep_run(&sweep);
}

static void count_equal(struct scoring *r)
{
    amos_box both, other;
    amosi_labelmap_box(r->map[0], &both);
    amosi_labelmap_box(r->map[1], &other);
    for (int a = 0; a < 3; a++) {
        both.start[a] = other.start[a] > both.start[a] ? other.start[a] : both.start[a];
        both.stop[a] = other.stop[a] < both.stop[a] ? other.stop[a] : both.stop[a];
    }
    amosi_count_equal(amos_labelmap_voxels(r->map[0]), amos_labelmap_voxels(r->map[1]),
                      amos_labelmap_layout(r->map[0])->shape, both.start, both.stop, r->equal);
}

/* Items 0 and 1 each sweep a map; item 2 counts equal voxels. */
static amos_status sweep_item(void *user, size_t index, amos_error *err)
{
    struct scoring *r = user;
    if (index == 2)
        count_equal(r);
    else if (!sweep_map(r, (int)index))
        return amosi_fail_nomem(err, NULL);
    return AMOS_OK;
}

static void add_unreachable(const struct amosi_surface *from, struct amosi_distances *out)
{
    for (size_t i = 0; i < from->points; i++)
        amosi_distances_add(out, (double)INFINITY, from->kinds[i], 1);
}

/* Searches one direction of one organ. */
static amos_status search_item(void *user, size_t index, amos_error *err)
{
    struct scoring *r = user;
    struct organ *organ = &r->organs[index / 2];
    const struct amosi_surface *from = &organ->surface[index % 2], *to = &organ->surface[1 - index % 2];
    struct amosi_distances *out = &organ->distances[index % 2];
    bool done = true;
    if (to->points)
        done = amosi_nearest(from, to, &r->steps, out);
    else
        add_unreachable(from, out);
    return done && amosi_distances_finish(out, r->weights) ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

static amos_status report_item(void *user, size_t index, amos_status status, const amos_error *err)
{
    (void)index;
    (void)err;
    struct scoring *r = user;
    return status ? status : amosi_progress_report(&r->progress, r->done++, NULL);
}

/* Runs items here or by several threads; `reported` says whether each is a unit of progress. */
static amos_status run_items(struct scoring *r, size_t count, amos_work_fn work, bool reported, amos_error *err)
{
    if (r->threads > 1) {
        amos_workers_options options = {.size = sizeof options, .threads = r->threads, .ahead = (int)count};
        return amos_workers_run(count, &options, work, reported ? report_item : NULL, r, err);
    }
    amos_status status = AMOS_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = work(r, i, err);
        if (!status && reported)
            status = amosi_progress_report(&r->progress, r->done++, err);
    }
    return status;
}

static void measure_organ(struct scoring *r, const struct organ *organ)
{
    amos_organ_score *out = &r->score->organs[organ->label - 1];
    const amos_organ_stats *reference = amos_labelmap_get_stats(r->map[0], organ->label);
    const amos_organ_stats *prediction = amos_labelmap_get_stats(r->map[1], organ->label);
    struct amosi_surfaces surfaces = {organ->distances[0], organ->distances[1], &r->areas, r->weights};
    out->label = organ->label;
    if (reference) {
        out->voxels_reference = reference->voxels;
        out->millilitres_reference = reference->millilitres;
    }
    if (prediction) {
        out->voxels_prediction = prediction->voxels;
        out->millilitres_prediction = prediction->millilitres;
    }
    out->voxels_both = r->equal[organ->label];
    amosi_measure(r->score, out, &surfaces);
}

static void free_batch(struct scoring *r)
{
    for (int i = 0; i < r->count; i++)
        for (int which = 0; which < 2; which++) {
            amosi_distances_free(&r->organs[i].distances[which]);
            amosi_surface_free(&r->organs[i].surface[which]);
        }
    r->count = 0;
}

static amos_status run_batch(struct scoring *r, amos_error *err)
{
    amos_status status = run_items(r, r->counted ? 2 : 3, sweep_item, false, err);
    r->counted = true;
    if (!status)
        status = run_items(r, 2 * (size_t)r->count, search_item, true, err);
    for (int i = 0; i < r->count && !status; i++)
        measure_organ(r, &r->organs[i]);
    free_batch(r);
    return status;
}

/* ---- all organs ---- */

static const amos_box *box_of(const amos_labelmap *map, int label, uint64_t *voxels)
{
    static const amos_box none;
    const amos_organ_stats *stats = amos_labelmap_get_stats(map, label);
    *voxels = stats ? stats->voxels : 0;
    return *voxels ? &stats->box : &none;
}

static double bound(const struct scoring *r, int label)
{
    double bytes = 0;
    for (int which = 0; which < 2; which++) {
        uint64_t voxels;
        const amos_box *box = box_of(r->map[which], label, &voxels);
        bytes += amosi_surface_bound(voxels, r->grid, box->start, box->stop);
    }
    return bytes;
}

/* Adds an organ to the batch, with empty surfaces. */
static amos_status add_organ(struct scoring *r, int label, amos_error *err)
{
    struct organ *organ = &r->organs[r->count++];
    *organ = (struct organ){.label = label};
    bool done = true;
    for (int which = 0; which < 2; which++) {
        uint64_t voxels;
        const amos_box *box = box_of(r->map[which], label, &voxels);
        done &= amosi_surface_begin(&organ->surface[which], r->grid, box->start, box->stop);
    }
    return done ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

static amos_status run_batches(struct scoring *r, amos_error *err)
{
    double budget = BUDGET_PER_VOXEL * (double)amos_labelmap_layout(r->map[0])->bytes, used = 0;
    budget = budget > LEAST_BUDGET ? budget : LEAST_BUDGET;
    amos_status status = amosi_progress_report(&r->progress, r->done++, err);
    for (int label = 1; label <= r->score->info.max_label && !status; label++) {
        double bytes = bound(r, label);
        if (r->count && used + bytes > budget) {
            status = run_batch(r, err);
            used = 0;
        }
        used += bytes;
        if (!status)
            status = add_organ(r, label, err);
    }
    if (!status)
        status = run_batch(r, err);
    free_batch(r);
    return status;
}

static bool make_grid(struct scoring *r)
{
    static const double ones[AMOSI_AREA_KINDS] = {1, 1};
    const int64_t *voxels = amos_labelmap_layout(r->map[0])->shape;
    r->grid = amosi_convention_get(r->score->info.convention)->grid;
    bool corners = r->grid == AMOSI_GRID_CORNERS;
    int64_t points[3] = {voxels[0] + corners, voxels[1] + corners, voxels[2] + corners};
    amosi_areas_make(r->score->info.spacing, &r->areas);
    r->weights = corners ? r->areas.mm2 : ones;
    return amosi_steps_make(&r->steps, r->score->info.spacing, points);
}

amos_status amosi_score_organs(struct amos_score *score, const amos_labelmap *reference,
                               const amos_labelmap *prediction, const amos_score_options *options, amos_error *err)
{
    struct scoring r = {.score = score, .map = {reference, prediction}, .threads = amosi_threads(options->threads)};
    r.progress = amosi_progress_of(&options->progress, 2 * (uint64_t)score->info.max_label, NULL);
    r.organs = amosi_alloc_array((size_t)score->info.max_label, sizeof *r.organs);
    amos_status status = r.organs && make_grid(&r) ? AMOS_OK : amosi_fail_nomem(err, NULL);
    if (!status)
        status = run_batches(&r, err);
    amosi_steps_free(&r.steps);
    amosi_free(r.organs);
    return status;
}
