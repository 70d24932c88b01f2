/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "loader/fill/tone.h"

static float scaled(float v, const struct amosi_tone_scale *s)
{
    v = s->low > v ? s->low : v;
    v = s->high < v ? s->high : v;
    return (v - s->shift) * s->factor;
}

static void scale(float *row, size_t n, const struct amosi_tone_scale *s)
{
    for (size_t i = 0; i < n; i++)
        row[i] = scaled(row[i], s);
}

static void scale_i16(const struct amosi_tone_rows *r, const struct amosi_tone_scale *s)
{
    for (int64_t y = 0; y < (int64_t)r->rows; y++)
        for (int64_t i = 0; i < (int64_t)r->n; i++)
            r->to[y * r->to_step + i] = scaled((float)r->from[y * r->from_step + i], s);
}

static void scale_i16_reversed(const struct amosi_tone_rows *r, const struct amosi_tone_scale *s)
{
    for (int64_t y = 0; y < (int64_t)r->rows; y++)
        for (int64_t i = 0; i < (int64_t)r->n; i++)
            r->to[y * r->to_step + i] = scaled((float)r->from[y * r->from_step - i], s);
}

static void stretch(float *row, size_t n, float middle, float factor, float add)
{
    for (size_t i = 0; i < n; i++)
        row[i] = (row[i] - middle) * factor + middle + add;
}

/* A 32-bit mixing function ("lowbias32" of Chris Wellons' Hash Prospector) that also adds the two halves of the key. */
static uint32_t mix(uint32_t x, uint32_t low, uint32_t high)
{
    uint32_t v = x * 0x9E3779B9u + low;
    v = (v ^ (v >> 16)) * 0x7FEB352Du;
    v = ((v ^ (v >> 15)) + high) * 0x846CA68Bu;
    return v ^ (v >> 16);
}

static void noise(float *row, size_t n, uint64_t key, size_t first, float deviation)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t v = mix((uint32_t)(first + i), (uint32_t)key, (uint32_t)(key >> 32));
        v = (v & 0x00FF00FFu) + (v >> 8 & 0x00FF00FFu);
        int32_t sum = (int32_t)((v & 0xFFFFu) + (v >> 16)) - 510;
        float z = (float)sum * AMOSI_NOISE_STEP;
        row[i] += deviation * (z * (AMOSI_NOISE_LINEAR + AMOSI_NOISE_CUBIC * (z * z)));
    }
}

static void range(const float *values, size_t n, float low[8], float high[8])
{
    for (int i = 0; i < 8; i++) {
        low[i] = INFINITY;
        high[i] = -INFINITY;
    }
    for (size_t i = 0; i < n; i++) {
        low[i % 8] = values[i] < low[i % 8] ? values[i] : low[i % 8];
        high[i % 8] = values[i] > high[i % 8] ? values[i] : high[i % 8];
    }
}

/* The table is linear between its entries. */
static void gamma_row(const struct amosi_gamma *gamma, float *row, size_t n, float low, float high)
{
    const float width = high - low;
    for (size_t i = 0; i < n; i++) {
        float at = (row[i] - low) / width * (float)AMOSI_GAMMA_PIECES;
        if (!(at >= 0.0f && at <= (float)AMOSI_GAMMA_PIECES))
            continue;
        int piece = (int)at < AMOSI_GAMMA_PIECES ? (int)at : AMOSI_GAMMA_PIECES - 1;
        float from = gamma->table[piece], to = gamma->table[piece + 1];
        row[i] = low + width * (from + (to - from) * (at - (float)piece));
    }
}

/* Rounds the bits of a float to those of a half by addition: a carry out of the fraction correctly increments the
 * exponent. Below 2^-14 a half is subnormal (no leading one); adding 0.5 shifts its fraction to the right position. */
static uint16_t half_of(float value)
{
    uint32_t bits, sign;
    memcpy(&bits, &value, sizeof bits);
    sign = bits >> 16 & 0x8000u;
    bits &= 0x7FFFFFFFu;
    if (bits > 0x7F800000u) /* NaN: made quiet; the upper bits of its payload stay */
        return (uint16_t)(sign | 0x7E00u | (bits >> 13 & 0x3FFu));
    if (bits >= 0x47800000u) /* 2^16 and more: infinity */
        return (uint16_t)(sign | 0x7C00u);
    if (bits < 0x38800000u) { /* less than 2^-14 */
        float magnitude;
        memcpy(&magnitude, &bits, sizeof magnitude);
        magnitude += 0.5f;
        memcpy(&bits, &magnitude, sizeof bits);
        return (uint16_t)(sign | (bits - 0x3F000000u));
    }
    bits += 0xFFFu + (bits >> 13 & 1u) - 0x38000000u;
    return (uint16_t)(sign | bits >> 13);
}

static void to_half(uint16_t *to, const float *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = half_of(row[i]);
}

const struct amosi_tone_kernels amosi_tone_plain = {scale_i16, scale_i16_reversed, scale,  stretch, noise,
                                                    range,     gamma_row,          to_half};
