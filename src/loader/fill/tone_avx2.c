/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/fill/tone_avx2.h"

#ifdef AMOSI_HAVE_TONE_AVX2
#include <immintrin.h>
#include <math.h>

/* No fused multiply-add, so that results equal those of the plain code. The plain kernels process the last voxels of a
 * row, fewer than one vector. For noise, which depends on the index in the row, an extra vector is used instead. */
#define AVX2 __attribute__((target("avx2,f16c")))

/* struct amosi_tone_scale, each number in all eight lanes. */
struct scale8 {
    __m256 low, high, shift, factor;
};

AVX2 static inline struct scale8 scale8_of(const struct amosi_tone_scale *s)
{
    return (struct scale8){_mm256_set1_ps(s->low), _mm256_set1_ps(s->high), _mm256_set1_ps(s->shift),
                           _mm256_set1_ps(s->factor)};
}

/* max(a, v) is a > v ? a : v, so a NaN in v stays. The same holds for min. */
AVX2 static inline __m256 scaled8(__m256 v, struct scale8 s)
{
    v = _mm256_min_ps(s.high, _mm256_max_ps(s.low, v));
    return _mm256_mul_ps(_mm256_sub_ps(v, s.shift), s.factor);
}

AVX2 static void scale(float *row, size_t n, const struct amosi_tone_scale *s)
{
    const struct scale8 s8 = scale8_of(s);
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(row + i, scaled8(_mm256_loadu_ps(row + i), s8));
    amosi_tone_plain.scale(row + i, n - i, s);
}

AVX2 static inline __m256 load8(const int16_t *from)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(const void *)from)));
}

/* If n is no multiple of 8, the last vector of a row overlaps the previous one and stores the same values again. */
AVX2 static void scale_i16(const struct amosi_tone_rows *r, const struct amosi_tone_scale *s)
{
    const struct scale8 s8 = scale8_of(s);
    if (r->n < 8) {
        amosi_tone_plain.scale_i16(r, s);
        return;
    }
    for (int64_t y = 0; y < (int64_t)r->rows; y++) {
        const int16_t *from = r->from + y * r->from_step;
        float *to = r->to + y * r->to_step;
        for (size_t i = 0; i + 8 <= r->n; i += 8)
            _mm256_storeu_ps(to + i, scaled8(load8(from + i), s8));
        if (r->n % 8)
            _mm256_storeu_ps(to + r->n - 8, scaled8(load8(from + r->n - 8), s8));
    }
}

AVX2 static inline __m256 load8_reversed(const int16_t *last)
{
    return _mm256_permutevar8x32_ps(load8(last - 7), _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0));
}

AVX2 static void scale_i16_reversed(const struct amosi_tone_rows *r, const struct amosi_tone_scale *s)
{
    const struct scale8 s8 = scale8_of(s);
    if (r->n < 8) {
        amosi_tone_plain.scale_i16_reversed(r, s);
        return;
    }
    for (int64_t y = 0; y < (int64_t)r->rows; y++) {
        const int16_t *from = r->from + y * r->from_step;
        float *to = r->to + y * r->to_step;
        for (size_t i = 0; i + 8 <= r->n; i += 8)
            _mm256_storeu_ps(to + i, scaled8(load8_reversed(from - i), s8));
        if (r->n % 8)
            _mm256_storeu_ps(to + r->n - 8, scaled8(load8_reversed(from - (r->n - 8)), s8));
    }
}

AVX2 static void stretch(float *row, size_t n, float middle, float factor, float add)
{
    const __m256 m = _mm256_set1_ps(middle), f = _mm256_set1_ps(factor), a = _mm256_set1_ps(add);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256 v = _mm256_mul_ps(_mm256_sub_ps(_mm256_loadu_ps(row + i), m), f);
        _mm256_storeu_ps(row + i, _mm256_add_ps(_mm256_add_ps(v, m), a));
    }
    amosi_tone_plain.stretch(row + i, n - i, middle, factor, add);
}

/* `v` is the index in the row times 0x9E3779B9, plus the key's lower half. `high` is the key's upper half. */
AVX2 static inline __m256 noise8(__m256i v, __m256i high)
{
    const __m256i even_bytes = _mm256_set1_epi32(0x00FF00FF), lower = _mm256_set1_epi32(0xFFFF);
    v = _mm256_mullo_epi32(_mm256_xor_si256(v, _mm256_srli_epi32(v, 16)), _mm256_set1_epi32(0x7FEB352D));
    v = _mm256_add_epi32(_mm256_xor_si256(v, _mm256_srli_epi32(v, 15)), high);
    v = _mm256_mullo_epi32(v, _mm256_set1_epi32((int)0x846CA68Bu));
    v = _mm256_xor_si256(v, _mm256_srli_epi32(v, 16));
    v = _mm256_add_epi32(_mm256_and_si256(v, even_bytes), _mm256_and_si256(_mm256_srli_epi32(v, 8), even_bytes));
    v = _mm256_add_epi32(_mm256_and_si256(v, lower), _mm256_srli_epi32(v, 16));
    __m256 z = _mm256_cvtepi32_ps(_mm256_sub_epi32(v, _mm256_set1_epi32(510)));
    z = _mm256_mul_ps(z, _mm256_set1_ps(AMOSI_NOISE_STEP));
    __m256 bend = _mm256_mul_ps(_mm256_set1_ps(AMOSI_NOISE_CUBIC), _mm256_mul_ps(z, z));
    return _mm256_mul_ps(z, _mm256_add_ps(_mm256_set1_ps(AMOSI_NOISE_LINEAR), bend));
}

AVX2 static void noise(float *row, size_t n, uint64_t key, size_t first_place, float deviation)
{
    const __m256i high = _mm256_set1_epi32((int)(uint32_t)(key >> 32));
    const __m256i step = _mm256_set1_epi32((int)(8u * 0x9E3779B9u));
    const __m256i place =
        _mm256_add_epi32(_mm256_set1_epi32((int)(uint32_t)first_place), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    const __m256i first = _mm256_mullo_epi32(place, _mm256_set1_epi32((int)0x9E3779B9u));
    const __m256 d = _mm256_set1_ps(deviation);
    __m256i v = _mm256_add_epi32(first, _mm256_set1_epi32((int)(uint32_t)key));
    size_t i = 0;
    for (; i + 8 <= n; i += 8, v = _mm256_add_epi32(v, step))
        _mm256_storeu_ps(row + i, _mm256_add_ps(_mm256_loadu_ps(row + i), _mm256_mul_ps(d, noise8(v, high))));
    if (i == n)
        return;
    float rest[8];
    _mm256_storeu_ps(rest, _mm256_mul_ps(d, noise8(v, high)));
    for (size_t j = 0; i < n; i++, j++)
        row[i] += rest[j];
}

/* min(v, a) is v < a ? v : a, so a NaN in v changes nothing. */
AVX2 static void range(const float *values, size_t n, float low[8], float high[8])
{
    __m256 least = _mm256_set1_ps(INFINITY), most = _mm256_set1_ps(-INFINITY);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256 v = _mm256_loadu_ps(values + i);
        least = _mm256_min_ps(v, least);
        most = _mm256_max_ps(v, most);
    }
    _mm256_storeu_ps(low, least);
    _mm256_storeu_ps(high, most);
    for (size_t k = 0; i < n; i++, k++) {
        low[k] = values[i] < low[k] ? values[i] : low[k];
        high[k] = values[i] > high[k] ? values[i] : high[k];
    }
}

/* Two neighbouring entries of the table at two places. */
AVX2 static inline __m128 entries2(const float *a, const float *b)
{
    __m128 v = _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)a));
    return _mm_loadh_pi(v, (const __m64 *)(const void *)b);
}

/* The same at four places. */
AVX2 static inline __m256 entries4(const float *table, __m128i piece)
{
    __m128 a = entries2(table + _mm_extract_epi32(piece, 0), table + _mm_extract_epi32(piece, 1));
    __m128 b = entries2(table + _mm_extract_epi32(piece, 2), table + _mm_extract_epi32(piece, 3));
    return _mm256_insertf128_ps(_mm256_castps128_ps256(a), b, 1);
}

AVX2 static void gamma_row(const struct amosi_gamma *gamma, float *row, size_t n, float low, float high)
{
    const __m256 l = _mm256_set1_ps(low), width = _mm256_set1_ps(high - low);
    const __m256 pieces = _mm256_set1_ps((float)AMOSI_GAMMA_PIECES), zero = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256 v = _mm256_loadu_ps(row + i);
        __m256 at = _mm256_mul_ps(_mm256_div_ps(_mm256_sub_ps(v, l), width), pieces);
        __m256 within = _mm256_and_ps(_mm256_cmp_ps(at, zero, _CMP_GE_OQ), _mm256_cmp_ps(at, pieces, _CMP_LE_OQ));
        __m256i piece = _mm256_cvttps_epi32(_mm256_and_ps(at, within));
        piece = _mm256_min_epi32(piece, _mm256_set1_epi32(AMOSI_GAMMA_PIECES - 1));
        __m256 a = entries4(gamma->table, _mm256_castsi256_si128(piece));
        __m256 b = entries4(gamma->table, _mm256_extracti128_si256(piece, 1));
        __m256 first = _mm256_permute2f128_ps(a, b, 0x20), second = _mm256_permute2f128_ps(a, b, 0x31);
        __m256 from = _mm256_shuffle_ps(first, second, 0x88), to = _mm256_shuffle_ps(first, second, 0xDD);
        __m256 rest = _mm256_sub_ps(at, _mm256_cvtepi32_ps(piece));
        __m256 power = _mm256_add_ps(from, _mm256_mul_ps(_mm256_sub_ps(to, from), rest));
        __m256 changed = _mm256_add_ps(l, _mm256_mul_ps(width, power));
        _mm256_storeu_ps(row + i, _mm256_blendv_ps(v, changed, within));
    }
    amosi_tone_plain.gamma(gamma, row + i, n - i, low, high);
}

AVX2 static void to_half(uint16_t *to, const float *row, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm_storeu_si128((__m128i *)(void *)(to + i),
                         _mm256_cvtps_ph(_mm256_loadu_ps(row + i), _MM_FROUND_TO_NEAREST_INT));
    amosi_tone_plain.to_half(to + i, row + i, n - i);
}

/* amosi_cpu_has() tests F16C by CPUID leaf 1, bit 29: not every compiler's built-in test knows it. */
const struct amosi_tone_kernels amosi_tone_avx2 = {scale_i16, scale_i16_reversed, scale,  stretch, noise,
                                                   range,     gamma_row,          to_half};
#endif
