/* SPDX-License-Identifier: BSD-3-Clause */
/* The compressors of raw DEFLATE behind one struct: zlib and that of libamos, which are always there, and ISA-L and
 * libdeflate if the build has them. A compressor gets one block of a file at a time and knows nothing of the others, so that blocks can be
 * compressed by any number of threads, in any order, into the same bytes. */
#ifndef AMOSI_IO_DEFLATE_METHOD_H
#define AMOSI_IO_DEFLATE_METHOD_H

#include <stddef.h>

struct amosi_deflate_method {
    const char *name;
    int least, most;            /* its own levels */
    void *(*create)(int level); /* a level of its own; NULL: out of memory */
    /* Compresses all bytes, at least one and at most AMOSI_DEFLATE_MOST. The result are DEFLATE blocks none of which is
     * the last of the stream; they end with an empty stored block, at a byte's border. Returns their size; 0 if they
     * need more than `room`. */
    size_t (*run)(void *state, const unsigned char *in, size_t bytes, unsigned char *out, size_t room);
    void (*destroy)(void *state); /* accepts NULL */
};

#define AMOSI_DEFLATE_MOST ((size_t)1 << 30) /* zlib and ISA-L count in 32 bits */

/* All of this build, ended by NULL. */
extern const struct amosi_deflate_method *const amosi_deflate_methods[];

/* What a level of the interface stands for. */
struct amosi_deflate_choice {
    const struct amosi_deflate_method *method;
    int level; /* of the method */
};

/* Data are of three kinds, for which other compressors are the best. */
enum amosi_deflate_kind {
    AMOSI_DEFLATE_NOISE, /* scans */
    AMOSI_DEFLATE_WIDE,  /* scans whose voxels have 32 bits or more */
    AMOSI_DEFLATE_RUNS,  /* label maps: long runs of the same voxel */
    AMOSI_DEFLATE_KINDS
};
enum amosi_deflate_kind amosi_deflate_kind_of(const unsigned char *in, size_t bytes);

/* `level` is 1 (fastest) to 9 (smallest), or 0 for the default. */
struct amosi_deflate_choice amosi_deflate_choose(int level, enum amosi_deflate_kind kind);

extern const struct amosi_deflate_method amosi_deflate_zlib;
extern const struct amosi_deflate_method amosi_deflate_words;
extern const struct amosi_deflate_method amosi_deflate_smallest;
#ifdef AMOS_HAVE_ISAL
extern const struct amosi_deflate_method amosi_deflate_isal;
#endif
#ifdef AMOS_HAVE_LIBDEFLATE
extern const struct amosi_deflate_method amosi_deflate_libdeflate;
#endif

#endif
