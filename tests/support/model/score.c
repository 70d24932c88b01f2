/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/model/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- areas ---- */

/* One code of each marching-cubes class up to rotation, mirroring and complement, with the normals of its triangles
 * on the unit cube in eighths. */
static const struct class {
    unsigned code;
    int triangles, normals[4][3];
} classes[] = {
    {0x01, 1, {{1, 1, 1}}},
    {0x03, 2, {{0, 2, 2}, {0, 2, 2}}},
    {0x09, 2, {{1, 1, 1}, {1, 1, 1}}},
    {0x81, 2, {{1, 1, 1}, {1, 1, 1}}},
    {0x07, 3, {{0, 0, 4}, {2, 2, 2}, {1, 1, 1}}},
    {0x83, 3, {{0, 2, 2}, {0, 2, 2}, {1, 1, 1}}},
    {0x29, 3, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}},
    {0x0f, 2, {{0, 0, 4}, {0, 0, 4}}},
    {0x17, 4, {{1, 1, 1}, {2, 2, 2}, {2, 2, 2}, {1, 1, 1}}},
    {0x27, 4, {{3, 3, 3}, {1, 1, 1}, {2, 2, 0}, {2, 0, 2}}},
    {0x87, 4, {{0, 0, 4}, {2, 2, 2}, {1, 1, 1}, {1, 1, 1}}},
    {0xc3, 4, {{0, 2, 2}, {0, 2, 2}, {0, 2, 2}, {0, 2, 2}}},
    {0x69, 4, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}}},
};

#define CLASSES ((int)(sizeof classes / sizeof classes[0]))

static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

/* The code after mirroring along the axes in `flips` and moving axis order[a] to axis a. */
static unsigned turned(unsigned code, const int order[3], unsigned flips)
{
    unsigned result = 0;
    for (unsigned corner = 0; corner < 8; corner++) {
        unsigned from = 0;
        for (int a = 0; a < 3; a++)
            from |= (corner >> a & 1) << order[a];
        if (code >> (from ^ flips) & 1)
            result |= 1u << corner;
    }
    return result;
}

static double area_of_class(const struct class *class, const int order[3], const double spacing[3])
{
    double area = 0;
    for (int t = 0; t < class->triangles; t++) {
        double sum = 0;
        for (int a = 0; a < 3; a++) {
            double n = class->normals[t][order[a]] / 8.0 * spacing[(a + 1) % 3] * spacing[(a + 2) % 3];
            sum += n * n;
        }
        area += sqrt(sum);
    }
    return area;
}

static int has_class(unsigned code, const struct class *class, const int order[3])
{
    for (unsigned flips = 0; flips < 8; flips++) {
        unsigned same = turned(class->code, order, flips);
        if (code == same || code == (~same & 255u))
            return 1;
    }
    return 0;
}

double score_model_area(unsigned code, const double spacing[3])
{
    static signed char classes_of[256], orders_of[256]; /* plus 1; found at the first call */
    for (int c = 0; c < CLASSES && !classes_of[code]; c++)
        for (int o = 0; o < 6 && !classes_of[code]; o++)
            if (has_class(code, &classes[c], orders[o])) {
                classes_of[code] = (signed char)(c + 1);
                orders_of[code] = (signed char)(o + 1);
            }
    if (!classes_of[code])
        return 0; /* 0 and 255 */
    return area_of_class(&classes[classes_of[code] - 1], orders[orders_of[code] - 1], spacing);
}

/* ---- surfaces ---- */

struct point {
    int64_t at[3];
    double weight, distance;
};

struct points {
    struct point *list;
    size_t count;
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
    return is_in(v, x, y, z) &&
           !(is_in(v, x - 1, y, z) && is_in(v, x + 1, y, z) && is_in(v, x, y - 1, z) && is_in(v, x, y + 1, z) &&
             is_in(v, x, y, z - 1) && is_in(v, x, y, z + 1));
}

static struct points surface_of(const struct volume *v, amos_convention convention, const double areas[256])
{
    const int64_t *n = v->shape;
    struct points points = {calloc((size_t)((n[0] + 1) * (n[1] + 1) * (n[2] + 1)), sizeof(struct point)), 0};
    if (!points.list)
        abort();
    for (int64_t z = 0; z <= n[2]; z++)
        for (int64_t y = 0; y <= n[1]; y++)
            for (int64_t x = 0; x <= n[0]; x++) {
                struct point *p = &points.list[points.count];
                unsigned code = code_at(v, x, y, z);
                int taken = convention == AMOS_CONVENTION_DEEPMIND ? code != 0 && code != 255 : is_on_border(v, x, y, z);
                *p = (struct point){{x, y, z}, convention == AMOS_CONVENTION_DEEPMIND ? areas[code] : 1, INFINITY};
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
static double share_at(const struct points *points, double share)
{
    double all = total(points), sum = 0;
    for (size_t i = 0; i < points->count; i++) {
        sum += points->list[i].weight;
        if (sum / all >= share)
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
    struct points both = {malloc((a->count + b->count) * sizeof(struct point)), a->count + b->count};
    if (!both.list)
        abort();
    memcpy(both.list, a->list, a->count * sizeof(struct point));
    memcpy(both.list + a->count, b->list, b->count * sizeof(struct point));
    sort_points(&both);
    return both;
}

static void set_all(double four[4], double value)
{
    for (int n = 0; n < 4; n++)
        four[n] = value;
}

static void fill_percentiles(const struct points *r, const struct points *p, const struct score_model_rules *rules,
                             struct score_model *out)
{
    struct points both = together(r, p);
    for (size_t i = 0; i < rules->percentile_count; i++) {
        double q = rules->percentiles[i] / 100;
        if (rules->convention == AMOS_CONVENTION_DEEPMIND) {
            for (int n = 0; n < 4; n++)
                out->hd_percentile[i][n] =
                    fmax(share_at(r, q + (n & 1 ? 1e-12 : -1e-12)), share_at(p, q + (n & 2 ? 1e-12 : -1e-12)));
        } else {
            set_all(out->hd_percentile[i], rules->convention == AMOS_CONVENTION_MEDPY
                                               ? quantile(&both, q)
                                               : fmax(quantile(r, q), quantile(p, q)));
        }
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
        set_all(out->hd_percentile[i], INFINITY);
    if (r->count == 0 || p->count == 0)
        return;
    o->hd = fmax(r->list[r->count - 1].distance, p->list[p->count - 1].distance);
    o->assd = (weighted(r) + weighted(p)) / (total(r) + total(p));
    if (rules->convention == AMOS_CONVENTION_MEDPY)
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
        set_all(out->hd_percentile[i], far);
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

void score_model_make(const uint8_t *reference, const uint8_t *prediction, const int64_t shape[3], const double spacing[3],
                      int label, const struct score_model_rules *rules, struct score_model *out)
{
    double areas[256];
    for (unsigned code = 0; code < 256; code++)
        areas[code] = score_model_area(code, spacing);
    const struct volume in_reference = {reference, shape, label}, in_prediction = {prediction, shape, label};
    struct points r = surface_of(&in_reference, rules->convention, areas);
    struct points p = surface_of(&in_prediction, rules->convention, areas);
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

static int is_one_of(const double four[4], double value)
{
    return same(four[0], value) || same(four[1], value) || same(four[2], value) || same(four[3], value);
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
        if (!is_one_of(model->hd_percentile[i], organ->hd_percentile[i]))
            return "hd_percentile";
    return NULL;
}
