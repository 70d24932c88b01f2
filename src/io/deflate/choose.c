/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/method.h"

#ifdef AMOS_HAVE_ISAL
#define ISAL &amosi_deflate_isal
#else
#define ISAL NULL
#endif
#ifdef AMOS_HAVE_LIBDEFLATE
#define LIBDEFLATE &amosi_deflate_libdeflate
#else
#define LIBDEFLATE NULL
#endif

const struct amosi_deflate_method *const amosi_deflate_methods[] = {
    &amosi_deflate_zlib,
#ifdef AMOS_HAVE_ISAL
    &amosi_deflate_isal,
#endif
#ifdef AMOS_HAVE_LIBDEFLATE
    &amosi_deflate_libdeflate,
#endif
    NULL,
};

#define DEFAULT_LEVEL 2

/* What each level uses if the build has it; zlib at the same level otherwise. tests/bench/bench_write.c measures
 * them. */
static const struct amosi_deflate_choice levels[10] = {
    [1] = {ISAL, 1},       [2] = {ISAL, 2},       [3] = {ISAL, 3},        [4] = {LIBDEFLATE, 2},  [5] = {LIBDEFLATE, 5},
    [6] = {LIBDEFLATE, 7}, [7] = {LIBDEFLATE, 9}, [8] = {LIBDEFLATE, 11}, [9] = {LIBDEFLATE, 12},
};

struct amosi_deflate_choice amosi_deflate_choose(int level)
{
    level = level ? level : DEFAULT_LEVEL;
    return levels[level].method ? levels[level] : (struct amosi_deflate_choice){&amosi_deflate_zlib, level};
}
