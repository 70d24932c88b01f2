/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/model/resample.h"

#include <math.h>

#define REACH 3 /* voxels beyond the ends that a kernel can ask for */

static double hat(double x)
{
    return x < 1 ? 1 - x : 0;
}

/* R. G. Keys 1981, a = -1/2. */
static double keys(double x)
{
    return x < 1 ? 1.5 * x * x * x - 2.5 * x * x + 1 : x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
}

static double b_spline(double x)
{
    return x < 1 ? 2.0 / 3 - x * x + x * x * x / 2 : x < 2 ? (2 - x) * (2 - x) * (2 - x) / 6 : 0;
}

static double kernel(double x, amos_interpolation interpolation)
{
    x = fabs(x);
    return interpolation == AMOS_INTERPOLATION_LINEAR  ? hat(x)
           : interpolation == AMOS_INTERPOLATION_CUBIC ? keys(x)
                                                       : b_spline(x);
}

static int64_t clamped(int64_t i, int64_t n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static int64_t mirrored(int64_t i, int64_t n)
{
    while (n > 1 && (i < 0 || i >= n))
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return n > 1 ? i : 0;
}

static double at(const struct model_volume *v, int64_t x, int64_t y, int64_t z)
{
    return v->voxels[x + v->shape[0] * (y + v->shape[1] * z)];
}

double model_value(const struct model_volume *v, const double p[3], amos_interpolation interpolation)
{
    int64_t (*index)(int64_t, int64_t) = interpolation == AMOS_INTERPOLATION_BSPLINE ? mirrored : clamped;
    const int64_t *n = v->shape;
    double sum = 0;
    if (interpolation == AMOS_INTERPOLATION_NEAREST)
        return at(v, clamped((int64_t)floor(p[0] + 0.5), n[0]), clamped((int64_t)floor(p[1] + 0.5), n[1]),
                  clamped((int64_t)floor(p[2] + 0.5), n[2]));
    for (int64_t z = -REACH; z < n[2] + REACH; z++) {
        const double deep = kernel(p[2] - (double)z, interpolation);
        for (int64_t y = -REACH; y < n[1] + REACH && deep != 0; y++) {
            const double across = deep * kernel(p[1] - (double)y, interpolation);
            for (int64_t x = -REACH; x < n[0] + REACH && across != 0; x++) {
                const double w = across * kernel(p[0] - (double)x, interpolation);
                if (w != 0)
                    sum += w * at(v, index(x, n[0]), index(y, n[1]), index(z, n[2]));
            }
        }
    }
    return sum;
}

/* (c[i - 1] + 4 c[i] + c[i + 1]) / 6 = v[i], with c[-1] = c[1] and c[n] = c[n - 2]. */
static void solve(double *v, int64_t n, int64_t step)
{
    double upper[64];
    if (n == 1)
        return;
    upper[0] = 0.5;
    v[0] = 6 * v[0] / 4;
    for (int64_t i = 1; i < n; i++) {
        const double below = i == n - 1 ? 2 : 1, pivot = 4 - below * upper[i - 1];
        upper[i] = 1 / pivot;
        v[i * step] = (6 * v[i * step] - below * v[(i - 1) * step]) / pivot;
    }
    for (int64_t i = n - 2; i >= 0; i--)
        v[i * step] -= upper[i] * v[(i + 1) * step];
}

void model_spline(const int64_t shape[3], double *voxels)
{
    const int64_t step[3] = {1, shape[0], shape[0] * shape[1]}, all = step[2] * shape[2];
    for (int d = 0; d < 3; d++)
        for (int64_t i = 0; i < all; i++)
            if (i / step[d] % shape[d] == 0)
                solve(voxels + i, shape[d], step[d]);
}

int model_is_inside(const int64_t shape[3], const double p[3])
{
    for (int d = 0; d < 3; d++)
        if (p[d] < -0.501 || p[d] > (double)shape[d] - 0.499)
            return 0;
    return 1;
}

/* How much of the box lies in old voxel i, rounded as the interface says. */
static double overlap(double p, double width, int64_t i, int64_t n)
{
    const double low = p - width / 2;
    double from = i == 0 ? 0 : rint(((double)i - 0.5 - low) / width * 0x1p20);
    double to = i == n - 1 ? 0x1p20 : rint(((double)i + 0.5 - low) / width * 0x1p20);
    from = fmin(fmax(from, 0), 0x1p20);
    to = fmin(fmax(to, 0), 0x1p20);
    return to - from;
}

int model_majority(const int64_t shape[3], const uint8_t *labels, const double p[3], const double width[3])
{
    long double share[256] = {0};
    const int64_t n[3] = {clamped((int64_t)floor(p[0] + 0.5), shape[0]), clamped((int64_t)floor(p[1] + 0.5), shape[1]),
                          clamped((int64_t)floor(p[2] + 0.5), shape[2])};
    int best = labels[n[0] + shape[0] * (n[1] + shape[1] * n[2])];
    for (int64_t z = 0; z < shape[2]; z++)
        for (int64_t y = 0; y < shape[1]; y++)
            for (int64_t x = 0; x < shape[0]; x++)
                share[labels[x + shape[0] * (y + shape[1] * z)]] += (long double)overlap(p[0], width[0], x, shape[0]) *
                                                                    (long double)overlap(p[1], width[1], y, shape[1]) *
                                                                    (long double)overlap(p[2], width[2], z, shape[2]);
    for (int label = 0, nearest = best; label < 256; label++)
        if (share[label] > share[best] || (share[label] == share[best] && best != nearest && label < best))
            best = label;
    return best;
}
