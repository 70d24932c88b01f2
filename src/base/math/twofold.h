/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers of about 106 bits: the sum of two doubles, the second at most half of the last digit of the first. For sums
 * that must distinguish equal numbers from nearly equal ones. The algorithms are those of Dekker (1971) and Knuth; they need
 * rounding to the nearest and no contraction to fused operations (see PRECISION in the Makefile). */
#ifndef AMOSI_BASE_MATH_TWOFOLD_H
#define AMOSI_BASE_MATH_TWOFOLD_H

#include <math.h>

struct amosi_twofold {
    double high, low;
};

/* a + b, exactly. */
static inline struct amosi_twofold amosi_twofold_sum(double a, double b)
{
    double sum = a + b, part = sum - a;
    return (struct amosi_twofold){sum, (a - (sum - part)) + (b - part)};
}

/* The upper 26 bits of x, for |x| < 2^996. */
static inline double amosi_twofold_upper(double x)
{
    double scaled = x * 134217729.0; /* 2^27 + 1 */
    return scaled - (scaled - x);
}

/* a * b, exactly unless it nears the smallest or largest double. */
static inline struct amosi_twofold amosi_twofold_product(double a, double b)
{
    double product = a * b, ah = amosi_twofold_upper(a), bh = amosi_twofold_upper(b), al = a - ah, bl = b - bh;
    return (struct amosi_twofold){product, ((ah * bh - product) + ah * bl + al * bh) + al * bl};
}

static inline struct amosi_twofold amosi_twofold_add(struct amosi_twofold a, struct amosi_twofold b)
{
    struct amosi_twofold high = amosi_twofold_sum(a.high, b.high), low = amosi_twofold_sum(a.low, b.low);
    high = amosi_twofold_sum(high.high, high.low + low.high);
    return amosi_twofold_sum(high.high, high.low + low.low);
}

static inline struct amosi_twofold amosi_twofold_times(struct amosi_twofold a, struct amosi_twofold b)
{
    struct amosi_twofold product = amosi_twofold_product(a.high, b.high);
    return amosi_twofold_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/* For a >= 0: one step of Newton's method from the double's root. */
static inline struct amosi_twofold amosi_twofold_root(struct amosi_twofold a)
{
    double root = sqrt(a.high);
    if (root == 0)
        return (struct amosi_twofold){0, 0};
    struct amosi_twofold square = amosi_twofold_product(root, root);
    struct amosi_twofold rest = amosi_twofold_add(a, (struct amosi_twofold){-square.high, -square.low});
    return amosi_twofold_sum(root, rest.high / (2 * root));
}

#endif
