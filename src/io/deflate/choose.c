/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/method.h"

#include <stdbool.h>
#include <string.h>

#ifdef AMOS_HAVE_ISAL
#define ISAL(level) \
    { \
        &amosi_deflate_isal, level \
    }
#else
#define ISAL(level) WORDS
#endif
#ifdef AMOS_HAVE_LIBDEFLATE
#define LIBDEFLATE(level, zlib_level) \
    { \
        &amosi_deflate_libdeflate, level \
    }
#else
#define LIBDEFLATE(level, zlib_level) \
    { \
        &amosi_deflate_zlib, zlib_level \
    }
#endif
#define SMALLEST(level) \
    { \
        &amosi_deflate_smallest, level \
    }
#define WORDS \
    { \
        &amosi_deflate_words, 1 \
    }

const struct amosi_deflate_method *const amosi_deflate_methods[] = {
    &amosi_deflate_zlib,
    &amosi_deflate_words,
    &amosi_deflate_smallest,
#ifdef AMOS_HAVE_ISAL
    &amosi_deflate_isal,
#endif
#ifdef AMOS_HAVE_LIBDEFLATE
    &amosi_deflate_libdeflate,
#endif
    NULL,
};

#define DEFAULT_LEVEL 2

/* What each level uses for noise, for noise of wide voxels, and for runs; without ISA-L or libdeflate, what comes
 * nearest. tests/bench/bench_write.c measures them. */
static const struct amosi_deflate_choice levels[10][AMOSI_DEFLATE_KINDS] = {
    [1] = {WORDS, WORDS, ISAL(1)},
    [2] = {WORDS, WORDS, ISAL(1)},
    [3] = {LIBDEFLATE(1, 3), LIBDEFLATE(1, 3), ISAL(2)},
    [4] = {LIBDEFLATE(2, 4), LIBDEFLATE(2, 4), LIBDEFLATE(2, 4)},
    [5] = {LIBDEFLATE(5, 5), LIBDEFLATE(5, 5), LIBDEFLATE(5, 5)},
    [6] = {LIBDEFLATE(7, 6), LIBDEFLATE(7, 6), LIBDEFLATE(7, 6)},
    [7] = {LIBDEFLATE(9, 7), LIBDEFLATE(9, 7), LIBDEFLATE(9, 7)},
    [8] = {SMALLEST(1), LIBDEFLATE(11, 8), LIBDEFLATE(11, 8)},
    [9] = {SMALLEST(2), LIBDEFLATE(12, 9), LIBDEFLATE(12, 9)},
};

struct amosi_deflate_choice amosi_deflate_choose(int level, enum amosi_deflate_kind kind)
{
    return levels[level ? level : DEFAULT_LEVEL][kind];
}

/* Runs, if seven of eight words of 8 bytes equal those before them, looking at every 64th. With fewer the compressors
 * of libamos are as fast as others, and their results are smaller. */
static bool has_runs(const unsigned char *in, size_t bytes)
{
    size_t equal = 0, seen = 0;
    for (size_t at = 8; at + 8 <= bytes; at += 512, seen++)
        equal += memcmp(in + at, in + at - 8, 8) == 0;
    return equal * 8 > seen * 7;
}

/* Voxels of 32 bits or more: many more bytes equal the fourth before them than the second, looking at some. */
static bool is_wide(const unsigned char *in, size_t bytes)
{
    size_t second = 0, fourth = 0;
    for (size_t at = 8; at + 8 <= bytes; at += 4096)
        for (size_t i = at; i < at + 8; i++) {
            second += in[i] == in[i - 2];
            fourth += in[i] == in[i - 4];
        }
    return fourth * 2 > second * 3;
}

enum amosi_deflate_kind amosi_deflate_kind_of(const unsigned char *in, size_t bytes)
{
    return has_runs(in, bytes) ? AMOSI_DEFLATE_RUNS : is_wide(in, bytes) ? AMOSI_DEFLATE_WIDE : AMOSI_DEFLATE_NOISE;
}
