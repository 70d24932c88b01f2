/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: scales the voxels of a plane to pixels of the picture. */
#include "draw/scale.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

static double catmull_rom(double t)
{
    t = fabs(t);
    if (t < 1) {
        return (1.5 * t - 2.5) * t * t + 1;
    }
    return t < 2 ? ((2.5 - 0.5 * t) * t - 4) * t + 2 : 0;
}

/* For each pixel along one axis: its source voxels and their weights. */
typedef struct taps {
    int64_t per_pixel;
    int64_t *first; /* per pixel, may be outside the plane */
    float *weights; /* per_pixel for each pixel; they add up to 1 */
} taps;

static void taps_free(taps *t)
{
    free(t->weights);
    free(t->first);
}

static int taps_make(taps *t, int64_t voxels, int pixels)
{
    double ratio = (double)voxels / pixels, spread = fmax(ratio, 1);
    t->per_pixel = (int64_t)ceil(4 * spread) + 1;
    t->first = malloc((size_t)pixels * sizeof *t->first);
    t->weights = malloc((size_t)pixels * (size_t)t->per_pixel * sizeof *t->weights);
    if (t->first == NULL || t->weights == NULL) {
        taps_free(t);
        return -1;
    }
    for (int i = 0; i < pixels; i++) {
        double at = (i + 0.5) * ratio - 0.5, sum = 0;
        float *w = t->weights + (size_t)i * (size_t)t->per_pixel;
        t->first[i] = (int64_t)floor(at - 2 * spread) + 1;
        for (int64_t k = 0; k < t->per_pixel; k++) {
            sum += catmull_rom(((double)(t->first[i] + k) - at) / spread);
        }
        for (int64_t k = 0; k < t->per_pixel; k++) {
            w[k] = (float)(catmull_rom(((double)(t->first[i] + k) - at) / spread) / sum);
        }
    }
    return 0;
}

/* Scales `lines` lines of `voxels` values; out[line * line_step + pixel * pixel_step]. Beyond the ends the outermost
 * voxel is repeated. */
static void scale_lines(const float *in, int64_t lines, int64_t line_in, int64_t voxels, int64_t voxel_in,
                        const taps *t, float *out, int pixels, int64_t line_out, int64_t pixel_out)
{
    for (int64_t line = 0; line < lines; line++) {
        const float *from = in + line * line_in;
        for (int i = 0; i < pixels; i++) {
            const float *w = t->weights + (size_t)i * (size_t)t->per_pixel;
            float sum = 0;
            for (int64_t k = 0; k < t->per_pixel; k++) {
                int64_t v = t->first[i] + k;
                v = v < 0 ? 0 : v >= voxels ? voxels - 1 : v;
                sum += w[k] * from[v * voxel_in];
            }
            out[line * line_out + i * pixel_out] = sum;
        }
    }
}

float *view_scale_grey(const float *in, int64_t width, int64_t height, int out_width, int out_height)
{
    taps across = {0}, down = {0};
    if (taps_make(&across, width, out_width) != 0) {
        return NULL;
    }
    float *out = NULL, *wide = NULL;
    if (taps_make(&down, height, out_height) != 0) {
        goto free_across;
    }
    wide = malloc((size_t)height * (size_t)out_width * sizeof *wide);
    out = malloc((size_t)out_height * (size_t)out_width * sizeof *out);
    if (wide == NULL || out == NULL) {
        free(out);
        out = NULL;
        goto free_down;
    }
    scale_lines(in, height, width, width, 1, &across, wide, out_width, out_width, 1);
    scale_lines(wide, out_width, 1, height, out_width, &down, out, out_height, 1, out_width);
free_down:
    free(wide);
    taps_free(&down);
free_across:
    taps_free(&across);
    return out;
}

/* A position between two voxels. */
typedef struct between {
    int64_t low, high;
    float share; /* of the high one */
} between;

static between locate(int pixel, int pixels, int64_t voxels)
{
    double at = (pixel + 0.5) * (double)voxels / pixels - 0.5;
    at = fmin(fmax(at, 0), (double)(voxels - 1));
    int64_t low = (int64_t)at;
    return (between){low, low + 1 < voxels ? low + 1 : low, (float)(at - (double)low)};
}

static uint8_t largest_share(const uint8_t label[4], const float share[4])
{
    uint8_t best = label[0];
    float most = -1;
    for (int i = 0; i < 4; i++) {
        float sum = 0;
        for (int k = 0; k < 4; k++) {
            sum += label[k] == label[i] ? share[k] : 0;
        }
        if (sum > most) {
            most = sum;
            best = label[i];
        }
    }
    return best;
}

uint8_t *view_scale_label(const uint8_t *in, int64_t width, int64_t height, int out_width, int out_height)
{
    uint8_t *out = malloc((size_t)out_width * (size_t)out_height);
    between *columns = malloc((size_t)out_width * sizeof *columns);
    if (out == NULL || columns == NULL) {
        free(columns);
        free(out);
        return NULL;
    }
    for (int x = 0; x < out_width; x++) {
        columns[x] = locate(x, out_width, width);
    }
    for (int y = 0; y < out_height; y++) {
        between r = locate(y, out_height, height);
        const uint8_t *above = in + r.low * width, *below = in + r.high * width;
        for (int x = 0; x < out_width; x++) {
            const between *c = &columns[x];
            const uint8_t label[4] = {above[c->low], above[c->high], below[c->low], below[c->high]};
            const float share[4] = {(1 - r.share) * (1 - c->share), (1 - r.share) * c->share, r.share * (1 - c->share),
                                    r.share * c->share};
            int uniform = label[0] == label[1] && label[0] == label[2] && label[0] == label[3];
            out[(size_t)y * (size_t)out_width + (size_t)x] = uniform ? label[0] : largest_share(label, share);
        }
    }
    free(columns);
    return out;
}
