#include "loader/facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fail.h"
#include "label/labelmap.h"

#define PLACES 1024 /* of each organ, if it has so many voxels */
#define BINS 65536
#define BODY_HU (-500.0)
#define BODY_MRI_SHARE 0.1

/* ---- where organs are ---- */

/* Voxel number `ordinal` of an organ, counted in the order of memory, goes to place `to`. */
struct wanted {
    uint64_t ordinal;
    uint32_t to;
};

static int compare_wanted(const void *a, const void *b)
{
    uint64_t i = ((const struct wanted *)a)->ordinal, j = ((const struct wanted *)b)->ordinal;
    return i < j ? -1 : i > j;
}

/* A random choice without repetition, in random order. */
static void choose(const amos_labelmap *map, int organ, uint32_t first, uint32_t count, struct wanted *wanted)
{
    const struct amosi_source_of_chance chance = {(uint64_t)organ, 0, 0};
    uint32_t voxels = (uint32_t)amos_labelmap_stats(map, organ)->voxels;
    for (uint32_t i = 0; i < count; i++)
        wanted[i] = (struct wanted){amosi_permute(&chance, AMOSI_RANDOM_PLACE, voxels, i), first + i};
    qsort(wanted, count, sizeof *wanted, compare_wanted);
}

struct search {
    struct wanted *wanted;
    uint32_t next[256];   /* of each organ: the first that is not found yet */
    uint64_t passed[256]; /* of each organ: voxels so far */
};

/* Runs of one label, as they come. */
static void find_all(struct amosi_facts *facts, const amos_labelmap *map, struct search *search)
{
    const uint8_t *voxels = amos_labelmap_voxels(map);
    const int64_t *shape = amos_labelmap_layout(map)->shape;
    size_t row = (size_t)shape[0], rows = (size_t)(shape[1] * shape[2]);
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0, n; x < row; x += n) {
            int organ = voxels[y * row + x];
            n = amosi_run_length(voxels + y * row + x, row - x, 1);
            uint32_t end = facts->first[organ] + facts->count[organ];
            uint64_t begin = search->passed[organ];
            search->passed[organ] += n;
            while (search->next[organ] < end && search->wanted[search->next[organ]].ordinal < begin + n) {
                struct wanted w = search->wanted[search->next[organ]++];
                facts->places[w.to][0] = (int32_t)(x + (size_t)(w.ordinal - begin));
                facts->places[w.to][1] = (int32_t)(y % (size_t)shape[1]);
                facts->places[w.to][2] = (int32_t)(y / (size_t)shape[1]);
            }
        }
}

static amos_status find_places(struct amosi_facts *facts, const amos_labelmap *map, amos_error *err)
{
    uint32_t all = 0;
    for (int organ = 1; organ <= amos_labelmap_max_label(map); organ++) {
        uint64_t voxels = amos_labelmap_stats(map, organ)->voxels;
        facts->first[organ] = all;
        facts->count[organ] = voxels < PLACES ? (uint32_t)voxels : PLACES;
        all += facts->count[organ];
    }
    struct search *search = amosi_zalloc(sizeof *search);
    facts->places = amosi_alloc_array(all, sizeof *facts->places);
    amos_status status = search && facts->places ? AMOS_OK : amosi_fail_nomem(err, NULL);
    if (!status) {
        search->wanted = amosi_alloc_array(all, sizeof *search->wanted);
        status = search->wanted ? AMOS_OK : amosi_fail_nomem(err, NULL);
    }
    for (int organ = 1; !status && organ <= amos_labelmap_max_label(map); organ++) {
        choose(map, organ, facts->first[organ], facts->count[organ], search->wanted + facts->first[organ]);
        search->next[organ] = facts->first[organ];
    }
    if (!status)
        find_all(facts, map, search);
    if (search)
        amosi_free(search->wanted);
    amosi_free(search);
    return status;
}

const int32_t (*amosi_facts_places(const void *user, int organ, size_t *count))[3]
{
    const struct amosi_facts *facts = user;
    *count = facts->count[organ];
    return *count ? (const int32_t(*)[3])(facts->places + facts->first[organ]) : NULL;
}

/* ---- how bright the body is ---- */

static uint64_t count_voxels(const struct amosi_loader_case *c)
{
    const int64_t *shape = c->geometry.shape;
    return (uint64_t)shape[0] * (uint64_t)shape[1] * (uint64_t)shape[2];
}

/* Values by how often they come, rising. */
struct histogram {
    double low, step; /* value of bin i is low + i * step */
    uint64_t bins[BINS];
};

static void count_u8(struct histogram *h, const uint8_t *v, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        h->bins[v[i]]++;
}

static void count_i16(struct histogram *h, const int16_t *v, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        h->bins[v[i] + 32768]++;
}

static void count_u16(struct histogram *h, const uint16_t *v, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        h->bins[v[i]]++;
}

static void count_floats(struct histogram *h, const float *v, uint64_t n)
{
    float low = INFINITY, high = -INFINITY;
    for (uint64_t i = 0; i < n; i++)
        if (isfinite(v[i])) {
            low = v[i] < low ? v[i] : low;
            high = v[i] > high ? v[i] : high;
        }
    if (low > high)
        return;
    h->low = low;
    h->step = high > low ? ((double)high - (double)low) / (BINS - 1) : 1.0;
    for (uint64_t i = 0; i < n; i++)
        if (isfinite(v[i]))
            h->bins[(uint32_t)(((double)v[i] - h->low) / h->step + 0.5)]++;
}

static void count_values(struct histogram *h, const struct amosi_loader_case *c, const void *image)
{
    uint64_t n = count_voxels(c);
    h->low = c->inter + (c->stored == AMOS_TYPE_INT16 ? -32768.0 * c->slope : 0.0);
    h->step = c->slope;
    if (c->stored == AMOS_TYPE_UINT8)
        count_u8(h, image, n);
    else if (c->stored == AMOS_TYPE_INT16)
        count_i16(h, image, n);
    else if (c->stored == AMOS_TYPE_UINT16)
        count_u16(h, image, n);
    else
        count_floats(h, image, n);
    for (int i = 0; i < BINS / 2 && h->step < 0.0; i++) {
        uint64_t other = h->bins[BINS - 1 - i];
        h->bins[BINS - 1 - i] = h->bins[i];
        h->bins[i] = other;
    }
    if (h->step < 0.0) {
        h->low += h->step * (BINS - 1);
        h->step = -h->step;
    }
}

static double value_of(const struct histogram *h, int bin)
{
    return h->low + (double)bin * h->step;
}

/* The value below which a share of those from `first` on lie. */
static double percentile(const struct histogram *h, int first, double share)
{
    uint64_t all = 0, sum = 0;
    for (int i = first; i < BINS; i++)
        all += h->bins[i];
    uint64_t rank = (uint64_t)(share * (double)(all ? all - 1 : 0));
    for (int i = first; i < BINS; i++) {
        sum += h->bins[i];
        if (sum > rank)
            return value_of(h, i);
    }
    return 0.0;
}

static void measure_body(struct amosi_body *body, const struct histogram *h, amos_modality modality)
{
    double least = modality == AMOS_MODALITY_MRI ? BODY_MRI_SHARE * percentile(h, 0, 0.995) : BODY_HU;
    int first = 0;
    while (first < BINS && !(value_of(h, first) > least))
        first++;
    double n = 0.0, sum = 0.0, squares = 0.0;
    for (int i = first; i < BINS; i++) {
        n += (double)h->bins[i];
        sum += (double)h->bins[i] * value_of(h, i);
    }
    body->mean = n > 0.0 ? sum / n : 0.0;
    for (int i = first; i < BINS; i++) {
        double off = value_of(h, i) - body->mean;
        squares += (double)h->bins[i] * off * off;
    }
    body->deviation = n > 0.0 ? sqrt(squares / n) : 0.0;
    body->low = percentile(h, first, 0.005);
    body->high = percentile(h, first, 0.995);
}

static amos_status find_body(struct amosi_body *body, const struct amosi_loader_case *c, const void *image,
                             amos_error *err)
{
    struct histogram *h = amosi_zalloc(sizeof *h);
    if (!h)
        return amosi_fail_nomem(err, c->image_path);
    count_values(h, c, image);
    measure_body(body, h, c->modality);
    amosi_free(h);
    return AMOS_OK;
}

amos_status amosi_facts_find(struct amosi_facts *facts, const struct amosi_loader_settings *settings,
                             const struct amosi_loader_case *c, const void *image, const amos_labelmap *label,
                             amos_error *err)
{
    const amos_scaling *scaling = c->modality == AMOS_MODALITY_MRI ? &settings->mri : &settings->ct;
    amos_status status = AMOS_OK;
    if (scaling->scale == AMOS_SCALE_CASE_ZSCORE || scaling->scale == AMOS_SCALE_CASE_RANGE)
        status = find_body(&facts->body, c, image, err);
    if (!status && label && settings->o.foreground > 0.0)
        status = find_places(facts, label, err);
    return status;
}

void amosi_facts_free(struct amosi_facts *facts)
{
    amosi_free(facts->places);
    memset(facts, 0, sizeof *facts);
}
