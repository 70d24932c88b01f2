/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/method.h"

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
#define WORDS \
    { \
        &amosi_deflate_words, 1 \
    }

const struct amosi_deflate_method *const amosi_deflate_methods[] = {
    &amosi_deflate_zlib,
    &amosi_deflate_words,
#ifdef AMOS_HAVE_ISAL
    &amosi_deflate_isal,
#endif
#ifdef AMOS_HAVE_LIBDEFLATE
    &amosi_deflate_libdeflate,
#endif
    NULL,
};

#define DEFAULT_LEVEL 2

/* What each level uses for noise and for runs; without ISA-L or libdeflate, what comes nearest.
 * tests/bench/bench_write.c measures them. */
static const struct amosi_deflate_choice levels[10][AMOSI_DEFLATE_KINDS] = {
    [1] = {WORDS, ISAL(1)},
    [2] = {WORDS, ISAL(1)},
    [3] = {LIBDEFLATE(1, 3), ISAL(2)},
    [4] = {LIBDEFLATE(2, 4), LIBDEFLATE(2, 4)},
    [5] = {LIBDEFLATE(5, 5), LIBDEFLATE(5, 5)},
    [6] = {LIBDEFLATE(7, 6), LIBDEFLATE(7, 6)},
    [7] = {LIBDEFLATE(9, 7), LIBDEFLATE(9, 7)},
    [8] = {LIBDEFLATE(11, 8), LIBDEFLATE(11, 8)},
    [9] = {LIBDEFLATE(12, 9), LIBDEFLATE(12, 9)},
};

struct amosi_deflate_choice amosi_deflate_choose(int level, enum amosi_deflate_kind kind)
{
    return levels[level ? level : DEFAULT_LEVEL][kind];
}

/* Runs, if seven of eight words of 8 bytes equal those before them, looking at every 64th. With fewer the compressor of
 * libamos is as fast as ISA-L, and its result is smaller. */
enum amosi_deflate_kind amosi_deflate_kind_of(const unsigned char *in, size_t bytes)
{
    size_t equal = 0, seen = 0;
    for (size_t at = 8; at + 8 <= bytes; at += 512, seen++)
        equal += memcmp(in + at, in + at - 8, 8) == 0;
    return equal * 8 > seen * 7 ? AMOSI_DEFLATE_RUNS : AMOSI_DEFLATE_NOISE;
}
