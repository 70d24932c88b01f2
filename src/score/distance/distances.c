/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/distance/distances.h"

#include <math.h>
#include <string.h>

#include "base/system/alloc.h"

#define FIRST_SLOTS 256 /* a power of two */

void amosi_distances_free(struct amosi_distances *d)
{
    amosi_free(d->cumulated);
    amosi_free(d->slots);
    amosi_free(d->bins);
    *d = (struct amosi_distances){0};
}

/* ---- adding ---- */

static size_t place_of(const struct amosi_distances *d, double square, uint32_t kind)
{
    uint64_t bits;
    memcpy(&bits, &square, sizeof bits);
    bits = (bits ^ kind) * 0x9e3779b97f4a7c15u;
    return (size_t)(bits ^ bits >> 32) & (d->slot_count - 1);
}

/* The slot of a bin, or the free slot for it. */
static uint32_t *find_slot(const struct amosi_distances *d, double square, uint32_t kind)
{
    size_t place = place_of(d, square, kind);
    for (;; place = (place + 1) & (d->slot_count - 1)) {
        uint32_t *slot = &d->slots[place];
        if (*slot == 0 || (d->bins[*slot - 1].square == square && d->bins[*slot - 1].kind == kind))
            return slot;
    }
}

/* Grows the table so that at least half of the slots are free. */
static bool make_room(struct amosi_distances *d)
{
    if (d->slots && 2 * (d->used + 1) <= d->slot_count)
        return true;
    size_t count = d->slots ? 2 * d->slot_count : FIRST_SLOTS;
    uint32_t *slots = count <= UINT32_MAX ? amosi_zalloc_array(count, sizeof *slots) : NULL;
    if (!slots || !amosi_grow((void **)&d->bins, &d->capacity, count / 2, sizeof *d->bins)) {
        amosi_free(slots);
        d->failed = true;
        return false;
    }
    amosi_free(d->slots);
    d->slots = slots;
    d->slot_count = count;
    for (size_t i = 0; i < d->used; i++)
        *find_slot(d, d->bins[i].square, d->bins[i].kind) = (uint32_t)i + 1;
    return true;
}

void amosi_distances_add(struct amosi_distances *d, double square, uint32_t kind, uint64_t count)
{
    if (d->failed || !make_room(d))
        return;
    uint32_t *slot = find_slot(d, square, kind);
    if (*slot == 0) {
        d->bins[d->used] = (struct amosi_bin){square, 0, kind};
        *slot = (uint32_t)++d->used;
    }
    d->bins[*slot - 1].count += count;
}

/* ---- finishing ---- */

/* One digit of the sort key. Squares are not negative, so their bits sort like their values. */
static unsigned digit(const struct amosi_bin *bin, int pass)
{
    uint64_t bits;
    memcpy(&bits, &bin->square, sizeof bits);
    return pass == 0 ? bin->kind & 255u : (unsigned)(bits >> 8 * (pass - 1)) & 255u;
}

/* Sorts by distance, then by kind: a radix sort from the last digit to the first. Digits that are all equal are
 * skipped. */
static bool sort_bins(struct amosi_distances *d)
{
    struct amosi_bin *from = d->bins, *to = amosi_alloc_array(d->capacity, sizeof *to);
    if (!to)
        return false;
    for (int pass = 0; pass < 9; pass++) {
        size_t begin[257] = {0};
        for (size_t i = 0; i < d->used; i++)
            begin[digit(&from[i], pass) + 1]++;
        if (begin[digit(from, pass) + 1] == d->used)
            continue;
        for (int n = 0; n < 256; n++)
            begin[n + 1] += begin[n];
        for (size_t i = 0; i < d->used; i++)
            to[begin[digit(&from[i], pass)]++] = from[i];
        struct amosi_bin *sorted = to;
        to = from;
        from = sorted;
    }
    d->bins = from;
    amosi_free(to);
    return true;
}

bool amosi_distances_finish(struct amosi_distances *d, const double *weights)
{
    if (!d->failed && d->used)
        d->cumulated = amosi_alloc_array(d->used, sizeof *d->cumulated);
    if (d->failed || (d->used && (!d->cumulated || !sort_bins(d))))
        return false;
    double sum = 0;
    for (size_t i = 0; i < d->used; i++) {
        sum += (double)d->bins[i].count * weights[d->bins[i].kind];
        d->cumulated[i] = sum;
    }
    return true;
}

double amosi_distances_total(const struct amosi_distances *d)
{
    return d->used ? d->cumulated[d->used - 1] : 0;
}

double amosi_distances_within(const struct amosi_distances *d, double mm)
{
    size_t low = 0, high = d->used; /* the first bin beyond is in low..high */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sqrt(d->bins[middle].square) <= mm)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? d->cumulated[low - 1] : 0;
}

double amosi_distances_sum(const struct amosi_distances *d, const double *weights)
{
    double sum = 0;
    for (size_t i = 0; i < d->used; i++)
        sum += sqrt(d->bins[i].square) * ((double)d->bins[i].count * weights[d->bins[i].kind]);
    return sum;
}

double amosi_distances_max(const struct amosi_distances *d)
{
    return sqrt(d->bins[d->used - 1].square);
}

/* ---- quantiles of single points ---- */

static uint64_t points(const struct amosi_distances *d)
{
    uint64_t n = 0;
    for (size_t i = 0; d && i < d->used; i++)
        n += d->bins[i].count;
    return n;
}

/* The distance of point n (from 0) of both, sorted together. */
static double nth_distance(const struct amosi_distances *a, const struct amosi_distances *b, uint64_t n)
{
    static const struct amosi_distances none;
    double square = 0;
    if (!b)
        b = &none;
    for (size_t i = 0, j = 0; i < a->used || j < b->used;) {
        const struct amosi_bin *next =
            j == b->used || (i < a->used && a->bins[i].square <= b->bins[j].square) ? &a->bins[i++] : &b->bins[j++];
        square = next->square;
        if (n < next->count)
            break;
        n -= next->count;
    }
    return sqrt(square);
}

double amosi_distances_quantile(const struct amosi_distances *a, const struct amosi_distances *b, double quantile)
{
    double place = (double)(points(a) + points(b) - 1) * quantile;
    double below = floor(place), part = place - below;
    double low = nth_distance(a, b, (uint64_t)below), high = nth_distance(a, b, (uint64_t)below + (part > 0));
    double gap = high - low;
    return part >= 0.5 ? high - gap * (1 - part) : low + gap * part;
}
