/* SPDX-License-Identifier: BSD-3-Clause */
#include "review/levels.h"

#include <math.h>
#include <stdlib.h>

#include "draw/window.h"

/* ---- the values of an image ---- */

enum { SAMPLES = 200000 };
static const double air_hu = -500, span_hu = 256;

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void find_ends(const float *voxels, size_t count, struct review_range *out)
{
    float min = INFINITY, max = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        bool finite = voxels[i] - voxels[i] == 0;
        min = finite && voxels[i] < min ? voxels[i] : min;
        max = finite && voxels[i] > max ? voxels[i] : max;
        out->unfinite = out->unfinite || !finite;
        out->whole = out->whole && (!finite || voxels[i] == rintf(voxels[i]));
    }
    out->min = min <= max ? (double)min : 0;
    out->max = min <= max ? (double)max : 0;
}

static size_t sample(const float *voxels, size_t count, float *out)
{
    size_t step = count / SAMPLES + 1, taken = 0;
    for (size_t i = 0; i < count; i += step)
        if (voxels[i] != 0 && voxels[i] - voxels[i] == 0)
            out[taken++] = voxels[i];
    return taken;
}

static double percentile(const float *sorted, size_t count, double share)
{
    return count ? (double)sorted[(size_t)(share * (double)(count - 1) + 0.5)] : 0;
}

static bool is_hounsfield(const struct review_range *range, amos_modality modality)
{
    return (modality == AMOS_MODALITY_CT && range->max - range->min >= span_hu) ||
           (modality == AMOS_MODALITY_UNKNOWN && range->min < air_hu);
}

bool review_range_find(const float *voxels, size_t count, amos_modality modality, struct review_range *out)
{
    float *sorted = malloc((SAMPLES + 1) * sizeof *sorted);
    *out = (struct review_range){.whole = true};
    if (!sorted)
        return false;
    find_ends(voxels, count, out);
    size_t taken = sample(voxels, count, sorted);
    qsort(sorted, taken, sizeof *sorted, by_value);
    out->very_low = percentile(sorted, taken, 0.005);
    out->low = percentile(sorted, taken, 0.01);
    out->high = percentile(sorted, taken, 0.99);
    out->very_high = percentile(sorted, taken, 0.995);
    out->hounsfield = is_hounsfield(out, modality);
    free(sorted);
    return true;
}

/* ---- levels ---- */

enum { AIR_CODES = 20, SOFT_CODES = 134, BONE_CODES = REVIEW_LEVELS - AIR_CODES - SOFT_CODES };

/* Air is one code, so that its noise takes no room. */
static double level_of_ct(int code)
{
    const double bone = code - AIR_CODES - SOFT_CODES + 1, share = bone / (int)BONE_CODES;
    if (code < AIR_CODES)
        return code == 0 ? -1000 : -960 + 40 * code;
    if (code < AIR_CODES + SOFT_CODES)
        return -160 + 3 * (code - AIR_CODES);
    return rint(239 + 3 * bone + (3071 - 239 - 3 * BONE_CODES) * share * share);
}

/* `codes` codes; half of them are for the few brightest voxels, which are up to many times as bright as all others. */
static double level_of_others(const struct review_range *range, int codes, int code)
{
    int last = codes - 1, most = REVIEW_LEVELS / 2 - 1, few = last - most;
    double top = range->very_high > range->min ? range->very_high : range->max;
    if (range->whole && range->max - range->min <= last)
        return range->min + code;
    if (top >= range->max)
        return range->min + (range->max - range->min) * code / last;
    return code <= most ? range->min + (top - range->min) * code / most
                        : top + (range->max - top) * (code - most) / few;
}

static void make_steps(struct review_levels *levels)
{
    const int steps = sizeof levels->first / sizeof levels->first[0], last = levels->count - 1;
    double span = levels->value[last] - levels->value[0];
    int code = 0;
    levels->low = levels->value[0];
    levels->per_step = span > 0 ? steps / span : 0;
    for (int i = 0; i < steps; i++) {
        double least = levels->low + span * (i - 1) / steps; /* one step less, for the sake of rounding */
        while (code < last && least >= levels->middle[code])
            code++;
        levels->first[i] = (uint8_t)code;
    }
}

void review_levels_make(const struct review_range *range, struct review_levels *out)
{
    out->count = range->unfinite ? REVIEW_LEVELS - 1 : REVIEW_LEVELS;
    for (int i = 0; i < out->count; i++)
        out->value[i] = range->hounsfield ? level_of_ct(i) : level_of_others(range, out->count, i);
    for (int i = 0; i < out->count; i++)
        out->middle[i] =
            i + 1 < out->count ? out->value[i] + (out->value[i + 1] - out->value[i]) / 2 : (double)INFINITY;
    make_steps(out);
}

static uint8_t code_of(const struct review_levels *levels, double value)
{
    const int steps = sizeof levels->first / sizeof levels->first[0];
    if (!(value - value == 0))
        return REVIEW_LEVELS - 1;
    double step = (value - levels->low) * levels->per_step;
    int code = levels->first[step < 0 ? 0 : step < steps ? (int)step : steps - 1];
    while (value >= levels->middle[code])
        code++;
    return (uint8_t)code;
}

void review_levels_code(const struct review_levels *levels, const double *values, size_t count, uint8_t *codes)
{
    for (size_t i = 0; i < count; i++)
        codes[i] = code_of(levels, values[i]);
}

/* ---- windows ---- */

int review_windows(const struct review_range *range, struct review_window out[REVIEW_WINDOWS])
{
    static const char *const ct[REVIEW_WINDOWS][2] = {
        {"abdomen", "abdomen"}, {"soft tissue", "mediastinum"}, {"bone", "bone"}, {"lung", "lung"}};
    const struct review_window others[] = {{"percentiles 1 to 99", range->low, range->high},
                                           {"percentiles 0.5 to 99.5", range->very_low, range->very_high},
                                           {"all values", range->min, range->max}};
    int count = range->hounsfield ? REVIEW_WINDOWS : 3;
    for (int i = 0; i < count; i++) {
        const view_window *window = range->hounsfield ? view_window_named(ct[i][1]) : NULL;
        out[i] = window ? (struct review_window){ct[i][0], window->level - window->width / 2,
                                                 window->level + window->width / 2}
                        : others[i];
    }
    return count;
}
