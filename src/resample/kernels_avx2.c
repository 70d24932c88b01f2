/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/kernels_avx2.h"

#ifdef AMOSI_RESAMPLE_AVX2
#include <immintrin.h>
#include <math.h>

/* The rest of a row, less than one vector, is done by the plain versions. Products and sums are rounded one by one, like
 * theirs. */
#define AVX2 __attribute__((target("avx2")))

/* ---- sums of rows ---- */

AVX2 static inline __m256 load_i16(const int16_t *p)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(const void *)p)));
}

AVX2 static inline __m256 load_f32(const float *p)
{
    return _mm256_loadu_ps(p);
}

AVX2 static inline __m256d load_wide(const float *p)
{
    return _mm256_cvtps_pd(_mm_loadu_ps(p));
}

AVX2 static inline __m256d load_f64(const double *p)
{
    return _mm256_loadu_pd(p);
}

/* Rows of FROM become vectors V of N numbers. The number of taps is a constant in each loop. */
#define MIX_TAPS(NAME, T, FROM, V, N, LOAD, SET, MUL, ADD, STORE, TAPS) \
    AVX2 static inline size_t NAME##TAPS(T *to, const FROM *const *rows, const double *weights, size_t n) \
    { \
        V w[TAPS]; \
        size_t i = 0; \
        for (int k = 0; k < TAPS; k++) \
            w[k] = SET((T)weights[k]); \
        for (; i + N <= n; i += N) { \
            V sum = MUL(w[0], LOAD(rows[0] + i)); \
            for (int k = 1; k < TAPS; k++) \
                sum = ADD(sum, MUL(w[k], LOAD(rows[k] + i))); \
            STORE(to + i, sum); \
        } \
        return i; \
    }

#define MIX(NAME, PLAIN, T, FROM, ...) \
    MIX_TAPS(NAME, T, FROM, __VA_ARGS__, 1) \
    MIX_TAPS(NAME, T, FROM, __VA_ARGS__, 2) \
    MIX_TAPS(NAME, T, FROM, __VA_ARGS__, 3) \
    MIX_TAPS(NAME, T, FROM, __VA_ARGS__, 4) \
    AVX2 static void NAME(void *to, const void *const *rows, const double *weights, int taps, size_t n) \
    { \
        const FROM *from[4] = {rows[0], taps > 1 ? rows[1] : NULL, taps > 2 ? rows[2] : NULL, \
                               taps > 3 ? rows[3] : NULL}; \
        size_t done = taps == 1   ? NAME##1(to, from, weights, n) \
                      : taps == 2 ? NAME##2(to, from, weights, n) \
                      : taps == 3 ? NAME##3(to, from, weights, n) \
                                  : NAME##4(to, from, weights, n); \
        const void *rest[4] = {from[0] + done, taps > 1 ? from[1] + done : NULL, taps > 2 ? from[2] + done : NULL, \
                               taps > 3 ? from[3] + done : NULL}; \
        amosi_resampling_plain.PLAIN((T *)to + done, rest, weights, taps, n - done); \
    }
MIX(mix_i16, mix_i16, float, int16_t, __m256, 8, load_i16, _mm256_set1_ps, _mm256_mul_ps, _mm256_add_ps,
    _mm256_storeu_ps)
MIX(mix_f32, f32.mix, float, float, __m256, 8, load_f32, _mm256_set1_ps, _mm256_mul_ps, _mm256_add_ps, _mm256_storeu_ps)
MIX(mix_f64, f64.mix, double, double, __m256d, 4, load_f64, _mm256_set1_pd, _mm256_mul_pd, _mm256_add_pd,
    _mm256_storeu_pd)

MIX(mix_wide, mix_wide, double, float, __m256d, 4, load_wide, _mm256_set1_pd, _mm256_mul_pd, _mm256_add_pd,
    _mm256_storeu_pd)

/* ---- sums along a row ---- */

/* Two neighbouring numbers, as the lower half. */
AVX2 static inline __m128 load_two(const float *p)
{
    return _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)p));
}

/* The pairs of four new voxels, one after the other in two vectors, become their first and second numbers. */
AVX2 static inline __m256 pairs(const float *row, const int32_t *at)
{
    __m128 a = _mm_loadh_pi(load_two(row + at[0]), (const __m64 *)(const void *)(row + at[1]));
    __m128 b = _mm_loadh_pi(load_two(row + at[4]), (const __m64 *)(const void *)(row + at[5]));
    return _mm256_insertf128_ps(_mm256_castps128_ps256(a), b, 1);
}

AVX2 static void pick2_f32(float *to, const float *row, const int32_t *at, const float *w, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        __m256 low = pairs(row, at + i), high = pairs(row, at + i + 2);
        __m256 first = _mm256_shuffle_ps(low, high, 0x88), second = _mm256_shuffle_ps(low, high, 0xdd);
        __m256 sum = _mm256_mul_ps(_mm256_loadu_ps(w + i), first);
        _mm256_storeu_ps(to + i, _mm256_add_ps(sum, _mm256_mul_ps(_mm256_loadu_ps(w + stride + i), second)));
    }
}

/* The four numbers of two new voxels that are four apart. */
AVX2 static inline __m256 fours(const float *row, const int32_t *at)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(row + at[0])), _mm_loadu_ps(row + at[4]), 1);
}

AVX2 static void pick4_f32(float *to, const float *row, const int32_t *at, const float *w, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        __m256 a = fours(row, at + i), b = fours(row, at + i + 1), c = fours(row, at + i + 2),
               d = fours(row, at + i + 3);
        __m256 ab = _mm256_unpacklo_ps(a, b), cd = _mm256_unpacklo_ps(c, d); /* a0 b0 a1 b1, c0 d0 c1 d1 */
        __m256 AB = _mm256_unpackhi_ps(a, b), CD = _mm256_unpackhi_ps(c, d);
        __m256 sum = _mm256_mul_ps(_mm256_loadu_ps(w + i), _mm256_shuffle_ps(ab, cd, 0x44));
        sum = _mm256_add_ps(sum, _mm256_mul_ps(_mm256_loadu_ps(w + stride + i), _mm256_shuffle_ps(ab, cd, 0xee)));
        sum = _mm256_add_ps(sum, _mm256_mul_ps(_mm256_loadu_ps(w + 2 * stride + i), _mm256_shuffle_ps(AB, CD, 0x44)));
        sum = _mm256_add_ps(sum, _mm256_mul_ps(_mm256_loadu_ps(w + 3 * stride + i), _mm256_shuffle_ps(AB, CD, 0xee)));
        _mm256_storeu_ps(to + i, sum);
    }
}

AVX2 static void pick_f32(void *to, const void *row, const int32_t *at, const void *weights, size_t stride, int taps,
                          size_t n)
{
    size_t done = taps == 1 ? 0 : n & ~(size_t)7;
    if (taps == 2)
        pick2_f32(to, row, at, weights, stride, done);
    else if (taps == 4)
        pick4_f32(to, row, at, weights, stride, done);
    amosi_resampling_plain.f32.pick((float *)to + done, row, at + done, (const float *)weights + done, stride, taps,
                                    n - done);
}

/* The product, or 0 where the weight is 0. */
AVX2 static inline __m256d weigh(const double *weights, __m256d numbers)
{
    __m256d w = _mm256_loadu_pd(weights);
    return _mm256_and_pd(_mm256_mul_pd(w, numbers), _mm256_cmp_pd(w, _mm256_setzero_pd(), _CMP_NEQ_UQ));
}

/* Two numbers from each of two new voxels that are two apart. */
AVX2 static inline __m256d twos(const double *row, const int32_t *at, int k)
{
    return _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(row + at[0] + k)), _mm_loadu_pd(row + at[2] + k),
                                1);
}

AVX2 static inline size_t pick_pairs_f64(double *to, const double *row, const int32_t *at, const double *w,
                                         size_t stride, int taps, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        __m256d sum = _mm256_setzero_pd();
        for (int k = 0; k < taps; k += 2) {
            __m256d a = twos(row, at + i, k), b = twos(row, at + i + 1, k);
            __m256d first = _mm256_unpacklo_pd(a, b), second = _mm256_unpackhi_pd(a, b);
            first = weigh(w + (size_t)k * stride + i, first);
            second = weigh(w + (size_t)(k + 1) * stride + i, second);
            sum = _mm256_add_pd(k ? _mm256_add_pd(sum, first) : first, second);
        }
        _mm256_storeu_pd(to + i, sum);
    }
    return i;
}

AVX2 static void pick_f64(void *to, const void *row, const int32_t *at, const void *weights, size_t stride, int taps,
                          size_t n)
{
    size_t done = taps == 2   ? pick_pairs_f64(to, row, at, weights, stride, 2, n)
                  : taps == 4 ? pick_pairs_f64(to, row, at, weights, stride, 4, n)
                              : 0;
    amosi_resampling_plain.f64.pick((double *)to + done, row, at + done, (const double *)weights + done, stride, taps,
                                    n - done);
}

/* ---- recursions ---- */

#define RECUR(KIND, T, V, N, LOAD, SET, MUL, ADD, SUB, STORE) \
    AVX2 static void add_##KIND(void *row, const void *from, double factor, size_t n) \
    { \
        const T *other = from; \
        const V f = SET((T)factor); \
        T *out = row; \
        size_t i = 0; \
        for (; i + N <= n; i += N) \
            STORE(out + i, ADD(LOAD(out + i), MUL(f, LOAD(other + i)))); \
        amosi_resampling_plain.KIND.add(out + i, other + i, factor, n - i); \
    } \
    AVX2 static void turn_##KIND(void *row, const void *from, double factor, size_t n) \
    { \
        const T *other = from; \
        const V f = SET((T)factor); \
        T *out = row; \
        size_t i = 0; \
        for (; i + N <= n; i += N) \
            STORE(out + i, MUL(f, SUB(LOAD(other + i), LOAD(out + i)))); \
        amosi_resampling_plain.KIND.turn(out + i, other + i, factor, n - i); \
    }
RECUR(f32, float, __m256, 8, load_f32, _mm256_set1_ps, _mm256_mul_ps, _mm256_add_ps, _mm256_sub_ps, _mm256_storeu_ps)
RECUR(f64, double, __m256d, 4, load_f64, _mm256_set1_pd, _mm256_mul_pd, _mm256_add_pd, _mm256_sub_pd, _mm256_storeu_pd)

/* ---- results ---- */

/* Values beyond int32 become INT32_MIN; the vectors are clamped before. */
AVX2 static inline __m256i round_near(__m256 v)
{
    const __m256 low = _mm256_set1_ps(-1e6f), high = _mm256_set1_ps(1e6f);
    return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(v, low), high));
}

AVX2 static size_t store_i16(void *to, const float *from, size_t n)
{
    int16_t *out = to;
    size_t i = 0, fit = 0;
    for (; i + 16 <= n; i += 16) {
        __m256i a = round_near(_mm256_loadu_ps(from + i)), b = round_near(_mm256_loadu_ps(from + i + 8));
        __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
        __m256i first = _mm256_cvtepi16_epi32(_mm256_castsi256_si128(both));
        __m256i second = _mm256_cvtepi16_epi32(_mm256_extracti128_si256(both, 1));
        int same = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(a, first)));
        int same2 = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(b, second)));
        fit += (size_t)__builtin_popcount((unsigned)(same | same2 << 8));
        _mm256_storeu_si256((__m256i *)(void *)(out + i), both);
    }
    return i - fit + amosi_resampling_plain.store_i16(out + i, from + i, n - i);
}

/* Vectors with a result that is infinite are left to the plain version. */
AVX2 static size_t store_f32(float *to, const double *from, size_t n)
{
    const __m128 sign = _mm_set1_ps(-0.0f), infinite = _mm_set1_ps(INFINITY);
    size_t i = 0, beyond = 0;
    for (; i + 4 <= n; i += 4) {
        __m128 v = _mm256_cvtpd_ps(_mm256_loadu_pd(from + i));
        _mm_storeu_ps(to + i, v);
        if (_mm_movemask_ps(_mm_cmpeq_ps(_mm_andnot_ps(sign, v), infinite)))
            beyond += amosi_resampling_plain.store_f32(to + i, from + i, 4);
    }
    return beyond + amosi_resampling_plain.store_f32(to + i, from + i, n - i);
}

/* ---- nearest ---- */

/* The bytes at `at` of the 32 from `base` on, sixteen of them. */
AVX2 static inline __m128i pick16(const uint8_t *base, const int32_t *at, __m256i low)
{
    __m256i a = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)(const void *)at), low);
    __m256i b = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)(const void *)(at + 8)), low);
    __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
    __m128i index = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    __m128i first = _mm_loadu_si128((const __m128i *)(const void *)base);
    __m128i second = _mm_loadu_si128((const __m128i *)(const void *)(base + 16));
    __m128i is_second = _mm_cmpgt_epi8(index, _mm_set1_epi8(15)); /* a shuffle looks at the lowest four bits */
    return _mm_blendv_epi8(_mm_shuffle_epi8(first, index), _mm_shuffle_epi8(second, index), is_second);
}

/* Sixteen at a time, if they come from 32 neighbouring bytes. */
AVX2 static void copy_u8(void *to, const void *row, const int32_t *at, size_t n, size_t length)
{
    const uint8_t *from = row;
    uint8_t *out = to;
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        const int32_t low = at[i] < at[i + 15] ? at[i] : at[i + 15], high = at[i] < at[i + 15] ? at[i + 15] : at[i];
        if (high - low < 32 && (size_t)low + 32 <= length)
            _mm_storeu_si128((__m128i *)(void *)(out + i), pick16(from + low, at + i, _mm256_set1_epi32(low)));
        else
            amosi_resampling_plain.copy_u8(out + i, from, at + i, 16, length);
    }
    amosi_resampling_plain.copy_u8(out + i, from, at + i, n - i, length);
}

const struct amosi_resampling amosi_resampling_avx2 = {
    .name = "avx2",
    .f32 = {mix_f32, pick_f32, add_f32, turn_f32},
    .f64 = {mix_f64, pick_f64, add_f64, turn_f64},
    .mix_i16 = mix_i16,
    .mix_wide = mix_wide,
    .store_i16 = store_i16,
    .store_f32 = store_f32,
    .copy_u8 = copy_u8,
};

#else
typedef int amosi_resample_avx2_is_off; /* C requires a declaration in every file */
#endif
