/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/model/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/model/area.h"

/* ---- surfaces ---- */

struct point {
    int64_t at[3];
    unsigned code; /* of the eight voxels around it */
    double weight, distance;
};

struct points {
    struct point *list;
    size_t count;
    const double *spacing;
};

struct volume {
    const uint8_t *voxels;
    const int64_t *shape;
    int label;
};

static int is_in(const struct volume *v, int64_t x, int64_t y, int64_t z)
{
    if (x < 0 || y < 0 || z < 0 || x >= v->shape[0] || y >= v->shape[1] || z >= v->shape[2])
        return 0;
    return v->voxels[(z * v->shape[1] + y) * v->shape[0] + x] == v->label;
}

static unsigned code_at(const struct volume *v, int64_t x, int64_t y, int64_t z)
{
    unsigned code = 0;
    for (unsigned c = 0; c < 8; c++)
        if (is_in(v, x - 1 + (c & 1), y - 1 + (c >> 1 & 1), z - 1 + (c >> 2 & 1)))
            code |= 1u << c;
    return code;
}

static int is_on_border(const struct volume *v, int64_t x, int64_t y, int64_t z)
{
    return is_in(v, x, y, z) && !(is_in(v, x - 1, y, z) && is_in(v, x + 1, y, z) && is_in(v, x, y - 1, z) &&
                                  is_in(v, x, y + 1, z) && is_in(v, x, y, z - 1) && is_in(v, x, y, z + 1));
}

static struct points surface_of(const struct volume *v, amos_convention convention, const double spacing[3])
{
    double areas[256];
    for (unsigned code = 0; code < 256; code++)
        areas[code] = score_model_area(code, spacing);
    const int64_t *n = v->shape;
    struct points points = {calloc((size_t)((n[0] + 1) * (n[1] + 1) * (n[2] + 1)), sizeof(struct point)), 0, spacing};
    if (!points.list)
        abort();
    for (int64_t z = 0; z <= n[2]; z++)
        for (int64_t y = 0; y <= n[1]; y++)
            for (int64_t x = 0; x <= n[0]; x++) {
                struct point *p = &points.list[points.count];
                unsigned code = code_at(v, x, y, z);
                int taken =
                    convention == AMOS_CONVENTION_DEEPMIND ? code != 0 && code != 255 : is_on_border(v, x, y, z);
                *p =
                    (struct point){{x, y, z}, code, convention == AMOS_CONVENTION_DEEPMIND ? areas[code] : 1, INFINITY};
                points.count += taken != 0;
            }
    return points;
}

static void measure_distances(struct points *from, const struct points *to, const double spacing[3])
{
    for (size_t i = 0; i < from->count; i++) {
        double least = INFINITY;
        for (size_t j = 0; j < to->count; j++) {
            double sum = 0;
            for (int a = 0; a < 3; a++) {
                double mm = (double)(from->list[i].at[a] - to->list[j].at[a]) * spacing[a];
                sum += mm * mm;
            }
            least = sum < least ? sum : least;
        }
        from->list[i].distance = sqrt(least);
    }
}

static int compare_points(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->distance != q->distance)
        return p->distance < q->distance ? -1 : 1;
    return p->weight < q->weight ? -1 : p->weight > q->weight;
}

static void sort_points(struct points *points)
{
    qsort(points->list, points->count, sizeof *points->list, compare_points);
}

/* ---- measures ---- */

static double total(const struct points *points)
{
    double sum = 0;
    for (size_t i = 0; i < points->count; i++)
        sum += points->list[i].weight;
    return sum;
}

static double weighted(const struct points *points)
{
    double sum = 0;
    for (size_t i = 0; i < points->count; i++)
        sum += points->list[i].weight * points->list[i].distance;
    return sum;
}

static double within(const struct points *points, double mm)
{
    double sum = 0;
    for (size_t i = 0; i < points->count; i++)
        sum += points->list[i].distance <= mm ? points->list[i].weight : 0;
    return sum;
}

/* The distance at which that share of the area is reached. */
static double share_at(const struct points *points, double percent)
{
    uint64_t all[256] = {0}, within[256] = {0};
    double sum = 0, wanted = total(points) * percent / 100, near = 1e-6 * total(points);
    for (size_t i = 0; i < points->count; i++)
        all[points->list[i].code]++;
    for (size_t i = 0; i < points->count; i++) {
        within[points->list[i].code]++;
        sum += points->list[i].weight;
        if (fabs(sum - wanted) > near ? sum > wanted : score_model_reaches(within, all, percent, points->spacing))
            return points->list[i].distance;
    }
    return points->list[points->count - 1].distance;
}

static double quantile(const struct points *points, double q)
{
    double place = (double)(points->count - 1) * q;
    size_t below = (size_t)floor(place), above = (size_t)ceil(place);
    double low = points->list[below].distance, high = points->list[above].distance;
    return low + (high - low) * (place - (double)below);
}

static struct points together(const struct points *a, const struct points *b)
{
    struct points both = {malloc((a->count + b->count) * sizeof(struct point)), a->count + b->count, a->spacing};
    if (!both.list)
        abort();
    memcpy(both.list, a->list, a->count * sizeof(struct point));
    memcpy(both.list + a->count, b->list, b->count * sizeof(struct point));
    sort_points(&both);
    return both;
}

static void fill_percentiles(const struct points *r, const struct points *p, const struct score_model_rules *rules,
                             struct score_model *out)
{
    struct points both = together(r, p);
    for (size_t i = 0; i < rules->percentile_count; i++) {
        double percent = rules->percentiles[i], q = percent / 100;
        if (rules->convention == AMOS_CONVENTION_DEEPMIND)
            out->hd_percentile[i] = fmax(share_at(r, percent), share_at(p, percent));
        else if (rules->convention == AMOS_CONVENTION_MONAI)
            out->hd_percentile[i] = fmax(quantile(r, q), quantile(p, q));
        else
            out->hd_percentile[i] = quantile(&both, q);
    }
    free(both.list);
}

static void fill_present(const struct points *r, const struct points *p, const struct score_model_rules *rules,
                         struct score_model *out)
{
    amos_organ_score *o = &out->organ;
    o->surface_reference = total(r);
    o->surface_prediction = total(p);
    o->mean_reference_to_prediction = weighted(r) / total(r);
    o->mean_prediction_to_reference = weighted(p) / total(p);
    for (size_t i = 0; i < rules->tolerance_count; i++)
        out->nsd[i] = (within(r, rules->tolerances[i]) + within(p, rules->tolerances[i])) / (total(r) + total(p));
    o->hd = o->assd = INFINITY;
    for (size_t i = 0; i < rules->percentile_count; i++)
        out->hd_percentile[i] = INFINITY;
    if (r->count == 0 || p->count == 0)
        return;
    o->hd = fmax(r->list[r->count - 1].distance, p->list[p->count - 1].distance);
    o->assd = (weighted(r) + weighted(p)) / (total(r) + total(p));
    if (rules->convention == AMOS_CONVENTION_MEDPY_0_4)
        o->assd = (weighted(r) / total(r) + weighted(p) / total(p)) / 2;
    fill_percentiles(r, p, rules, out);
}

static void fill_absent(const struct score_model_rules *rules, struct score_model *out)
{
    double ratio = rules->absent == AMOS_ABSENT_ONE ? 1 : (double)NAN;
    double distance = rules->absent == AMOS_ABSENT_ONE ? 0 : (double)NAN;
    double far = isnan(distance) && rules->convention == AMOS_CONVENTION_DEEPMIND ? (double)INFINITY : distance;
    amos_organ_score *o = &out->organ;
    o->dice = o->jaccard = o->sensitivity = o->precision = ratio;
    o->volume_difference = o->assd = o->mean_prediction_to_reference = o->mean_reference_to_prediction = distance;
    o->hd = far;
    for (size_t i = 0; i < 8; i++) {
        out->nsd[i] = ratio;
        out->hd_percentile[i] = far;
    }
}

static void fill_voxels(const uint8_t *reference, const uint8_t *prediction, size_t n, amos_organ_score *o)
{
    for (size_t i = 0; i < n; i++) {
        o->voxels_reference += reference[i] == o->label;
        o->voxels_prediction += prediction[i] == o->label;
        o->voxels_both += reference[i] == o->label && prediction[i] == o->label;
    }
    double r = (double)o->voxels_reference, p = (double)o->voxels_prediction, b = (double)o->voxels_both;
    o->dice = b * 2 / (r + p);
    o->jaccard = b / (r + p - b);
    o->sensitivity = b / r;
    o->precision = b / p;
    o->volume_difference = p / r - 1;
}

void score_model_make(const uint8_t *reference, const uint8_t *prediction, const int64_t shape[3],
                      const double spacing[3], int label, const struct score_model_rules *rules,
                      struct score_model *out)
{
    const struct volume in_reference = {reference, shape, label}, in_prediction = {prediction, shape, label};
    struct points r = surface_of(&in_reference, rules->convention, spacing);
    struct points p = surface_of(&in_prediction, rules->convention, spacing);
    *out = (struct score_model){.organ = {.label = label}};
    fill_voxels(reference, prediction, (size_t)(shape[0] * shape[1] * shape[2]), &out->organ);
    measure_distances(&r, &p, spacing);
    measure_distances(&p, &r, spacing);
    sort_points(&r);
    sort_points(&p);
    if (r.count || p.count)
        fill_present(&r, &p, rules, out);
    else
        fill_absent(rules, out);
    free(p.list);
    free(r.list);
}

/* ---- comparing ---- */

static int same(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    return a == b || fabs(a - b) <= 1e-12 * fmax(fabs(a), 1);
}

const char *score_model_differs(const struct score_model *model, const struct score_model_rules *rules,
                                const amos_organ_score *organ)
{
    const amos_organ_score *m = &model->organ;
    if (m->label != organ->label || m->voxels_reference != organ->voxels_reference ||
        m->voxels_prediction != organ->voxels_prediction || m->voxels_both != organ->voxels_both)
        return "voxels";
    const struct {
        const char *name;
        double wanted, got;
    } values[] = {
        {"dice", m->dice, organ->dice},
        {"jaccard", m->jaccard, organ->jaccard},
        {"volume_difference", m->volume_difference, organ->volume_difference},
        {"sensitivity", m->sensitivity, organ->sensitivity},
        {"precision", m->precision, organ->precision},
        {"surface_reference", m->surface_reference, organ->surface_reference},
        {"surface_prediction", m->surface_prediction, organ->surface_prediction},
        {"hd", m->hd, organ->hd},
        {"assd", m->assd, organ->assd},
        {"mean_reference_to_prediction", m->mean_reference_to_prediction, organ->mean_reference_to_prediction},
        {"mean_prediction_to_reference", m->mean_prediction_to_reference, organ->mean_prediction_to_reference},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (!same(values[i].wanted, values[i].got))
            return values[i].name;
    for (size_t i = 0; i < rules->tolerance_count; i++)
        if (!same(model->nsd[i], organ->nsd[i]))
            return "nsd";
    for (size_t i = 0; i < rules->percentile_count; i++)
        if (!same(model->hd_percentile[i], organ->hd_percentile[i]))
            return "hd_percentile";
    return NULL;
}
