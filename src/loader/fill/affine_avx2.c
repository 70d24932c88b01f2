/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/fill/affine_avx2.h"

#ifdef AMOSI_HAVE_AFFINE_AVX2
#include <immintrin.h>
#include <math.h>
#include <string.h>

/* No fused multiply-add, so that results equal those of the plain code. A row has a part whose voxels need only voxels
 * of the view; it is done in eights. Before and after it, eights that are beyond the volume are filled, and the plain
 * code does the rest. Loops over the axes are written out: gcc does not unroll them at -O2. */
#define AVX2 __attribute__((target("avx2")))
#define INLINE AVX2 static inline __attribute__((always_inline))

/* ---- the part of a row that is inside ---- */

/* Whether voxel floor(position + shift) of each axis, and `more` voxels after it, are in a box. */
static bool fits(const struct amosi_line *line, const amos_box *box, double shift, int64_t more, int64_t x)
{
    for (int i = 0; i < 3; i++) {
        double at = floor(line->step[i] * (double)x + line->from[i] + shift);
        if (!(at >= (double)box->start[i] && at + (double)more < (double)box->stop[i]))
            return false;
    }
    return true;
}

/* Narrows *low .. *high - 1 to about where an axis has positions from `start` to before `stop`. */
static void narrow(double step, double from, double start, double stop, int64_t *low, int64_t *high)
{
    if (step == 0.0)
        return; /* fits() decides */
    double a = (start - from) / step, b = (stop - from) / step, least = a < b ? a : b, most = a < b ? b : a;
    if (least > (double)*low)
        *low = least < (double)*high ? (int64_t)ceil(least) : *high;
    if (most < (double)(*high - 1))
        *high = most > (double)*low ? (int64_t)floor(most) + 1 : *low;
}

/* A stretch first .. stop - 1 of a row all of whose voxels fit. Positions grow or fall along a row, also after rounding,
 * so those between two that fit do too. */
static void find_inside(const struct amosi_affine *a, const struct amosi_line *line, double shift, int64_t more,
                        int64_t *first, int64_t *stop)
{
    const amos_box *box = &a->view->box;
    for (int i = 0; i < 3; i++)
        narrow(line->step[i], line->from[i] + shift, (double)box->start[i], (double)(box->stop[i] - more), first, stop);
    while (*first < *stop && !fits(line, box, shift, more, *first))
        ++*first;
    while (*first < *stop && !fits(line, box, shift, more, *stop - 1))
        --*stop;
}

/* ---- positions ---- */

/* The numbers x .. x + 7. */
struct x8 {
    __m256d a, b;
};

INLINE struct x8 x8_of(int64_t x)
{
    const __m256d all = _mm256_set1_pd((double)x);
    return (struct x8){_mm256_add_pd(all, _mm256_setr_pd(0, 1, 2, 3)), _mm256_add_pd(all, _mm256_setr_pd(4, 5, 6, 7))};
}

INLINE __m256d place4(const struct amosi_line *line, int axis, __m256d x)
{
    return _mm256_add_pd(_mm256_mul_pd(_mm256_set1_pd(line->step[axis]), x), _mm256_set1_pd(line->from[axis]));
}

INLINE __m256i int8_of(__m256d a, __m256d b)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm256_cvttpd_epi32(a)), _mm256_cvttpd_epi32(b), 1);
}

INLINE __m256 float8_of(__m256d a, __m256d b)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(a)), _mm256_cvtpd_ps(b), 1);
}

/* The voxels below eight positions along one axis, and how far behind them the positions are. A position beyond 32 bits
 * becomes INT32_MIN, which is beyond every volume too. */
struct low8 {
    __m256i low;
    __m256 share;
};

INLINE struct low8 low8_of(const struct amosi_line *line, int axis, struct x8 x)
{
    __m256d a = place4(line, axis, x.a), b = place4(line, axis, x.b), wa = _mm256_floor_pd(a), wb = _mm256_floor_pd(b);
    return (struct low8){int8_of(wa, wb), float8_of(_mm256_sub_pd(a, wa), _mm256_sub_pd(b, wb))};
}

/* floor(position + 0.5) */
INLINE __m256i nearest8_of(const struct amosi_line *line, int axis, struct x8 x)
{
    const __m256d half = _mm256_set1_pd(0.5);
    return int8_of(_mm256_floor_pd(_mm256_add_pd(place4(line, axis, x.a), half)),
                   _mm256_floor_pd(_mm256_add_pd(place4(line, axis, x.b), half)));
}

/* The offsets of eight voxels from the first one of a view. */
struct offset8 {
    int32_t of[8];
};

INLINE struct offset8 offset8_of(const amos_box *box, const int64_t step[3], __m256i x, __m256i y, __m256i z)
{
    struct offset8 offset;
    int64_t first = box->start[0] + box->start[1] * step[1] + box->start[2] * step[2];
    __m256i sum = _mm256_sub_epi32(x, _mm256_set1_epi32((int32_t)first));
    sum = _mm256_add_epi32(sum, _mm256_mullo_epi32(y, _mm256_set1_epi32((int32_t)step[1])));
    sum = _mm256_add_epi32(sum, _mm256_mullo_epi32(z, _mm256_set1_epi32((int32_t)step[2])));
    _mm256_storeu_si256((__m256i *)(void *)offset.of, sum);
    return offset;
}

/* ---- eight values from their corners. Single loads are faster than the processor's gathers ---- */

INLINE __m256 mix8(__m256 a, __m256 b, __m256 share)
{
    return _mm256_add_ps(a, _mm256_mul_ps(_mm256_sub_ps(b, a), share));
}

/* Two neighbouring int16 voxels. */
INLINE int32_t load2(const int16_t *from)
{
    int32_t both;
    memcpy(&both, from, sizeof both);
    return both;
}

INLINE __m128i pairs4(const int16_t *image, const int32_t *of)
{
    __m128i v = _mm_cvtsi32_si128(load2(image + of[0]));
    v = _mm_insert_epi32(v, load2(image + of[1]), 1);
    v = _mm_insert_epi32(v, load2(image + of[2]), 2);
    return _mm_insert_epi32(v, load2(image + of[3]), 3);
}

/* Values between two voxels of a row. Integers are finite, so a neighbour whose share is zero changes nothing. */
INLINE __m256 mix_pairs(const int16_t *image, const int32_t *of, __m256 share)
{
    __m256i pairs = _mm256_inserti128_si256(_mm256_castsi128_si256(pairs4(image, of)), pairs4(image, of + 4), 1);
    __m256 first = _mm256_cvtepi32_ps(_mm256_srai_epi32(_mm256_slli_epi32(pairs, 16), 16));
    return mix8(first, _mm256_cvtepi32_ps(_mm256_srai_epi32(pairs, 16)), share);
}

INLINE __m256 take_pairs(const struct amosi_view *v, const int32_t *of, __m256 sx, __m256 sy, __m256 sz)
{
    const int16_t *image = v->image, *up = image + v->image_step[2];
    const int64_t y = v->image_step[1];
    __m256 low = mix8(mix_pairs(image, of, sx), mix_pairs(image + y, of, sx), sy);
    return mix8(low, mix8(mix_pairs(up, of, sx), mix_pairs(up + y, of, sx), sy), sz);
}

/* Two neighbouring floats of two places. */
INLINE __m128 floats2(const float *a, const float *b)
{
    __m128 v = _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)a));
    return _mm_loadh_pi(v, (const __m64 *)(const void *)b);
}

/* A position on a plane of voxels takes that plane twice, as the plain code does: the next one may hold a NaN. */
INLINE __m256 mix_next(__m256 same, __m256 next, __m256 share)
{
    next = _mm256_blendv_ps(same, next, _mm256_cmp_ps(share, _mm256_setzero_ps(), _CMP_GT_OQ));
    return mix8(same, next, share);
}

/* Adding 0 makes a stored -0 a 0, as the plain code does. */
INLINE __m256 mix_floats(const float *image, const int32_t *of, __m256 share)
{
    __m256 a = _mm256_insertf128_ps(_mm256_castps128_ps256(floats2(image + of[0], image + of[1])),
                                    floats2(image + of[4], image + of[5]), 1);
    __m256 b = _mm256_insertf128_ps(_mm256_castps128_ps256(floats2(image + of[2], image + of[3])),
                                    floats2(image + of[6], image + of[7]), 1);
    __m256 first = _mm256_add_ps(_mm256_shuffle_ps(a, b, 0x88), _mm256_setzero_ps());
    return mix_next(first, _mm256_add_ps(_mm256_shuffle_ps(a, b, 0xDD), _mm256_setzero_ps()), share);
}

INLINE __m256 take_floats(const struct amosi_view *v, const int32_t *of, __m256 sx, __m256 sy, __m256 sz)
{
    const float *image = v->image, *up = image + v->image_step[2];
    const int64_t y = v->image_step[1];
    __m256 low = mix_next(mix_floats(image, of, sx), mix_floats(image + y, of, sx), sy);
    return mix_next(low, mix_next(mix_floats(up, of, sx), mix_floats(up + y, of, sx), sy), sz);
}

/* ---- the image ---- */

/* Asks for the memory at an index, which may be beyond the image: nothing is read from there. */
INLINE void fetch(const void *first, int64_t index, size_t item)
{
    _mm_prefetch((const void *)((uintptr_t)first + (uintptr_t)index * item), _MM_HINT_T0);
}

INLINE void fetch_ahead(const struct amosi_affine *a, const struct offset8 *offset, size_t item)
{
    const int64_t y = a->view->image_step[1], first = offset->of[0] + a->image_ahead,
                  middle = offset->of[4] + a->image_ahead;
    fetch(a->view->image, first, item);
    fetch(a->view->image, first + y, item);
    fetch(a->view->image, middle, item);
    fetch(a->view->image, middle + y, item);
}

INLINE void image8(const struct amosi_affine *a, const struct amosi_line *line, int64_t x, float *to, bool floats)
{
    const struct amosi_view *v = a->view;
    const struct x8 at = x8_of(x);
    const struct low8 lx = low8_of(line, 0, at), ly = low8_of(line, 1, at), lz = low8_of(line, 2, at);
    const struct offset8 offset = offset8_of(&v->box, v->image_step, lx.low, ly.low, lz.low);
    fetch_ahead(a, &offset, floats ? sizeof(float) : sizeof(int16_t));
    _mm256_storeu_ps(to + x, floats ? take_floats(v, offset.of, lx.share, ly.share, lz.share)
                                    : take_pairs(v, offset.of, lx.share, ly.share, lz.share));
}

/* Eights of first .. stop - 1, of which there are at least eight; the last one may overlap the one before it. */
AVX2 static void inside_floats(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t stop,
                               float *to)
{
    for (int64_t x = first; x < stop; x += 8)
        image8(a, line, x + 8 <= stop ? x : stop - 8, to, true);
}

AVX2 static void inside_pairs(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t stop,
                              float *to)
{
    for (int64_t x = first; x < stop; x += 8)
        image8(a, line, x + 8 <= stop ? x : stop - 8, to, false);
}

/* Whether neither of the two voxels next to any of eight positions is in the volume, along one axis at least. */
AVX2 static bool is_beyond(const struct amosi_affine *a, const struct amosi_line *line, int64_t x)
{
    __m256i beyond = _mm256_setzero_si256();
    for (int i = 0; i < 3; i++) {
        __m256i low = low8_of(line, i, x8_of(x)).low;
        __m256i under = _mm256_cmpgt_epi32(_mm256_set1_epi32(-1), low);
        __m256i over = _mm256_cmpgt_epi32(low, _mm256_set1_epi32((int32_t)a->frame->shape[i] - 1));
        beyond = _mm256_or_si256(beyond, _mm256_or_si256(under, over));
    }
    return _mm256_movemask_epi8(beyond) == -1;
}

/* Voxels that may need some from beyond the view. */
static void edge(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t stop, float *to)
{
    const float p = a->frame->pad, pad = p + (p - p) * 0.5f; /* what the plain code makes of eight of them */
    int64_t x = first;
    for (; x + 8 <= stop; x += 8) {
        bool beyond = is_beyond(a, line, x);
        for (int i = 0; i < 8 && beyond; i++)
            to[x + i] = pad;
        if (!beyond)
            amosi_affine_plain.image(a, line, x, 8, to);
    }
    amosi_affine_plain.image(a, line, x, stop - x, to);
}

static void image(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t n, float *to)
{
    int64_t begin = first, end = first + n;
    find_inside(a, line, 0.0, 1, &begin, &end);
    if (end - begin < 8)
        begin = end = first;
    edge(a, line, first, begin, to);
    if (begin < end && a->view->type == AMOS_TYPE_INT16)
        inside_pairs(a, line, begin, end, to);
    else if (begin < end)
        inside_floats(a, line, begin, end, to);
    edge(a, line, end, first + n, to);
}

/* ---- the label ---- */

AVX2 static void inside_labels(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t stop,
                               uint8_t *to)
{
    const struct amosi_view *v = a->view;
    const uint8_t *label = v->label;
    for (int64_t x = first; x < stop; x += 8) {
        const int64_t from = x + 8 <= stop ? x : stop - 8;
        const struct x8 at = x8_of(from);
        const struct offset8 offset = offset8_of(&v->box, v->label_step, nearest8_of(line, 0, at),
                                                 nearest8_of(line, 1, at), nearest8_of(line, 2, at));
        uint8_t eight[8];
        fetch(label, offset.of[0] + a->label_ahead, 1);
        fetch(label, offset.of[4] + a->label_ahead, 1);
        for (int i = 0; i < 8; i++)
            eight[i] = label[offset.of[i]];
        memcpy(to + from, eight, sizeof eight);
    }
}

static void label(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t n, uint8_t *to)
{
    int64_t begin = first, end = first + n;
    find_inside(a, line, 0.5, 0, &begin, &end);
    if (end - begin < 8)
        begin = end = first;
    amosi_affine_plain.label(a, line, first, begin - first, to);
    if (begin < end)
        inside_labels(a, line, begin, end, to);
    amosi_affine_plain.label(a, line, end, first + n - end, to);
}

const struct amosi_affine_kernels amosi_affine_avx2 = {image, label};
#endif
