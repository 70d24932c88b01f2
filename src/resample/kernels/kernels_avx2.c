/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/kernels/kernels_avx2.h"

#ifdef AMOSI_RESAMPLE_AVX2
#include <immintrin.h>
#include <math.h>
#include <stdbool.h>

/* The rest of a row, less than one vector, is done by the plain versions. Products and sums are rounded one by one, like
 * theirs. */
#define AVX2 __attribute__((target("avx2")))

/* ---- sums of rows ---- */

AVX2 static inline __m256d load_i16(const int16_t *p)
{
    return _mm256_cvtepi32_pd(_mm_cvtepi16_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p)));
}

AVX2 static inline __m256d load_f32(const float *p)
{
    return _mm256_cvtps_pd(_mm_loadu_ps(p));
}

AVX2 static inline __m256d load_f64(const double *p)
{
    return _mm256_loadu_pd(p);
}

/* The number of taps is a constant in each loop. */
#define MIX_TAPS(KIND, FROM, TAPS) \
    AVX2 static inline size_t mix_##KIND##_##TAPS(double *to, const FROM *const *rows, const double *weights, \
                                                  size_t n) \
    { \
        __m256d w[TAPS]; \
        size_t i = 0; \
        for (int k = 0; k < TAPS; k++) \
            w[k] = _mm256_set1_pd(weights[k]); \
        for (; i + 4 <= n; i += 4) { \
            __m256d sum = _mm256_mul_pd(w[0], load_##KIND(rows[0] + i)); \
            for (int k = 1; k < TAPS; k++) \
                sum = _mm256_add_pd(sum, _mm256_mul_pd(w[k], load_##KIND(rows[k] + i))); \
            _mm256_storeu_pd(to + i, sum); \
        } \
        return i; \
    }

#define MIX(KIND, FROM) \
    MIX_TAPS(KIND, FROM, 1) \
    MIX_TAPS(KIND, FROM, 2) \
    MIX_TAPS(KIND, FROM, 3) \
    MIX_TAPS(KIND, FROM, 4) \
    AVX2 static void mix_##KIND(double *to, const void *const *rows, const double *weights, int taps, size_t n) \
    { \
        const FROM *from[4] = {rows[0], taps > 1 ? rows[1] : NULL, taps > 2 ? rows[2] : NULL, \
                               taps > 3 ? rows[3] : NULL}; \
        const size_t done = taps == 1   ? mix_##KIND##_1(to, from, weights, n) \
                            : taps == 2 ? mix_##KIND##_2(to, from, weights, n) \
                            : taps == 3 ? mix_##KIND##_3(to, from, weights, n) \
                                        : mix_##KIND##_4(to, from, weights, n); \
        const void *rest[4] = {from[0] + done, taps > 1 ? from[1] + done : NULL, taps > 2 ? from[2] + done : NULL, \
                               taps > 3 ? from[3] + done : NULL}; \
        amosi_resampling_plain.mix_##KIND(to + done, rest, weights, taps, n - done); \
    }
MIX(i16, int16_t)
MIX(f32, float)
MIX(f64, double)

/* ---- sums along a row ---- */

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

AVX2 static inline size_t pick_pairs(double *to, const double *row, const int32_t *at, const double *w, size_t stride,
                                     int taps, size_t n)
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

AVX2 static void pick(double *to, const double *row, const int32_t *at, const double *weights, size_t stride, int taps,
                      size_t n)
{
    const size_t done = taps == 2   ? pick_pairs(to, row, at, weights, stride, 2, n)
                        : taps == 4 ? pick_pairs(to, row, at, weights, stride, 4, n)
                                    : 0;
    amosi_resampling_plain.pick(to + done, row, at + done, weights + done, stride, taps, n - done);
}

/* ---- recursions ---- */

AVX2 static void add(double *row, const double *from, double factor, size_t n)
{
    const __m256d f = _mm256_set1_pd(factor);
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        _mm256_storeu_pd(row + i, _mm256_add_pd(load_f64(row + i), _mm256_mul_pd(f, load_f64(from + i))));
    amosi_resampling_plain.add(row + i, from + i, factor, n - i);
}

AVX2 static void turn(double *row, const double *from, double factor, size_t n)
{
    const __m256d f = _mm256_set1_pd(factor);
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        _mm256_storeu_pd(row + i, _mm256_mul_pd(f, _mm256_sub_pd(load_f64(from + i), load_f64(row + i))));
    amosi_resampling_plain.turn(row + i, from + i, factor, n - i);
}

/* ---- results ---- */

/* Four values as int32: what int32 does not hold, NaN too, becomes INT32_MIN. */
AVX2 static inline __m256i eight_of(const double *from)
{
    __m128i low = _mm256_cvtpd_epi32(_mm256_loadu_pd(from)), high = _mm256_cvtpd_epi32(_mm256_loadu_pd(from + 4));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

/* Sixteen values, if all of them fit: then the upper halves of value + 2^15 are 0. */
AVX2 static inline bool store_16(int16_t *to, const double *from)
{
    const __m256i half = _mm256_set1_epi32(0x8000), upper = _mm256_set1_epi32(-0x10000);
    const __m256i a = eight_of(from), b = eight_of(from + 8);
    if (!_mm256_testz_si256(_mm256_or_si256(_mm256_add_epi32(a, half), _mm256_add_epi32(b, half)), upper))
        return false;
    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8));
    return true;
}

/* Vectors with a value that does not fit are left to the plain version. The last vector overlaps the one before. */
AVX2 static size_t store_i16(int16_t *to, const double *from, size_t n)
{
    size_t i = 0, beyond = 0;
    for (; i + 16 <= n; i += 16)
        if (!store_16(to + i, from + i))
            beyond += amosi_resampling_plain.store_i16(to + i, from + i, 16);
    if (i && i < n && store_16(to + n - 16, from + n - 16))
        i = n;
    return beyond + amosi_resampling_plain.store_i16(to + i, from + i, n - i);
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

const struct amosi_resampling amosi_resampling_avx2 = {"avx2", mix_f64, mix_f32,   mix_i16,   pick,
                                                       add,    turn,    store_i16, store_f32, copy_u8};

#else
typedef int amosi_resample_avx2_is_off; /* C requires a declaration in every file */
#endif
