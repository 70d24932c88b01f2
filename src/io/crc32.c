/* SPDX-License-Identifier: BSD-3-Clause */
/* CRC-32 by carry-less multiplication. A lane of 128 bits represents all bytes folded into it so far. It is folded over
 * the next bytes by multiplying its halves with powers of x modulo the polynomial of gzip, bits reflected. See "Fast
 * CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Gopal et al., Intel 2009. zlib computes the CRC
 * of the last lane and of the remaining bytes. */
#include "io/crc32.h"

#include "base/system/cpu.h"

#include <zlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#include <stdbool.h>

#define LANES 4

/* Constants that fold a lane over n bits: x^(n + 32) for its low half, x^(n - 32) for its high half. */
static const struct amosi_crc_step {
    uint64_t low, high;
} over_128 = {0x1751997d0, 0x0ccaa009e}, over_512 = {0x154442bd4, 0x1c6e41596}, over_2048 = {0x11542778a, 0x1322d1430};

#define PCLMUL __attribute__((target("pclmul,sse2")))
#define WIDE __attribute__((target("avx512f,pclmul,vpclmulqdq")))

/* Folds the lane and adds the bytes at its new position. */
PCLMUL static inline __m128i move(__m128i lane, struct amosi_crc_step step, __m128i bytes)
{
    __m128i by = _mm_set_epi64x((int64_t)step.high, (int64_t)step.low);
    return _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(lane, by, 0x00), _mm_clmulepi64_si128(lane, by, 0x11)),
                         bytes);
}

PCLMUL static inline __m128i load(const unsigned char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Folds all bytes except the last few (fewer than 16), which are left. The CRC-32 of the lane's 16 bytes is then that
 * of all bytes that it represents. */
PCLMUL static uint32_t finish(__m128i lane, const unsigned char **p, size_t *bytes)
{
    unsigned char last[16];
    for (; *bytes >= 16; *p += 16, *bytes -= 16)
        lane = move(lane, over_128, load(*p));
    _mm_storeu_si128((__m128i *)(void *)last, lane);
    return (uint32_t)crc32_z(UINT32_MAX, last, sizeof last);
}

PCLMUL static uint32_t crc_pclmul(uint32_t crc, const unsigned char *p, size_t bytes)
{
    __m128i lanes[LANES];
    for (int i = 0; i < LANES; i++)
        lanes[i] = load(p + 16 * i);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)~crc));
    for (p += 16 * LANES, bytes -= 16 * LANES; bytes >= 16 * LANES; p += 16 * LANES, bytes -= 16 * LANES)
        for (int i = 0; i < LANES; i++)
            lanes[i] = move(lanes[i], over_512, load(p + 16 * i));
    for (int i = 1; i < LANES; i++)
        lanes[i] = move(lanes[i - 1], over_128, lanes[i]);
    crc = finish(lanes[LANES - 1], &p, &bytes);
    return (uint32_t)crc32_z(crc, p, bytes);
}

/* The same for four lanes in one register. */
WIDE static inline __m512i move_4(__m512i lane, struct amosi_crc_step step, __m512i bytes)
{
    __m512i by = _mm512_set4_epi64((int64_t)step.high, (int64_t)step.low, (int64_t)step.high, (int64_t)step.low);
    return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(lane, by, 0x00), _mm512_clmulepi64_epi128(lane, by, 0x11),
                                     bytes, 0x96); /* the exclusive or of all three */
}

WIDE static inline __m512i load_4(const unsigned char *p)
{
    return _mm512_loadu_si512((const void *)p);
}

WIDE static uint32_t crc_wide(uint32_t crc, const unsigned char *p, size_t bytes)
{
    __m512i lanes[LANES];
    for (int i = 0; i < LANES; i++)
        lanes[i] = load_4(p + 64 * i);
    lanes[0] = _mm512_xor_si512(lanes[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)~crc)));
    for (p += 64 * LANES, bytes -= 64 * LANES; bytes >= 64 * LANES; p += 64 * LANES, bytes -= 64 * LANES)
        for (int i = 0; i < LANES; i++)
            lanes[i] = move_4(lanes[i], over_2048, load_4(p + 64 * i));
    for (int i = 1; i < LANES; i++)
        lanes[i] = move_4(lanes[i - 1], over_512, lanes[i]);
    __m128i lane = _mm512_extracti32x4_epi32(lanes[LANES - 1], 0);
    lane = move(lane, over_128, _mm512_extracti32x4_epi32(lanes[LANES - 1], 1));
    lane = move(lane, over_128, _mm512_extracti32x4_epi32(lanes[LANES - 1], 2));
    lane = move(lane, over_128, _mm512_extracti32x4_epi32(lanes[LANES - 1], 3));
    crc = finish(lane, &p, &bytes);
    return (uint32_t)crc32_z(crc, p, bytes);
}
#endif

static uint32_t crc_zlib(uint32_t crc, const unsigned char *p, size_t bytes)
{
    return (uint32_t)crc32_z(crc, p, bytes);
}

amosi_crc32_fn *const *amosi_crc32_all(void)
{
    static amosi_crc32_fn *const all[] = {
#if defined(__x86_64__)
        crc_wide,
        crc_pclmul,
#endif
        crc_zlib,
        NULL
    };
#if defined(__x86_64__)
    bool pclmul = amosi_cpu_has(AMOSI_CPU_PCLMUL);
    bool wide = amosi_cpu_has(AMOSI_CPU_PCLMUL | AMOSI_CPU_VPCLMUL);
    return wide ? all : pclmul ? all + 1 : all + 2;
#else
    return all;
#endif
}

uint32_t amosi_crc32(uint32_t crc, const void *data, size_t bytes)
{
#if defined(__x86_64__)
    return bytes < AMOSI_CRC32_LEAST ? crc_zlib(crc, data, bytes) : amosi_crc32_all()[0](crc, data, bytes);
#else
    return crc_zlib(crc, data, bytes);
#endif
}
