/* SPDX-License-Identifier: BSD-3-Clause */
/* Compressed volumes large enough for an index of several points, and indexes to be damaged. */
#ifndef TESTS_INDEX_MAKE_H
#define TESTS_INDEX_MAKE_H

#include <amos/volume.h>

#include "io/gzip/index.h"
#include "support/make/nifti.h"

/* How the deflate data is made. */
enum packing {
    PACK_DYNAMIC,
    PACK_FIXED,
    PACK_STORED,
    PACK_MEMBERS,
    PACK_BGZF,
    PACK_FLUSHED,
    PACK_EMPTY_MEMBERS,
    PACKINGS
};

const char *packing_name(enum packing packing);
struct bytes pack_gzip(const struct bytes *plain, enum packing packing);

/* 128 x 96 x 120 x `frames` int16 voxels of noise, gradients and air, 2.9 MB each frame; "LAS". */
struct nifti_file index_volume(int64_t frames, uint64_t seed);

/* Opens a file with an index folder; log messages of AMOS_LOG_WARNING are counted in *warnings (NULL: ignored). */
amos_volume *open_indexed(const char *path, const char *folder, amos_index_use use, int *warnings);

/* A folder below the temporary directory, new and empty, made with mode 0700; from malloc(). */
char *index_folder(const char *name);

/* How many names the folder holds, and the path of the only one in it; from malloc(). */
int folder_count(const char *folder);
char *only_file(const char *folder);

/* The key of a file, and its index as the library makes it, which must be there. */
struct amosi_file_key key_of(const char *path);
struct amosi_index *load_index(const char *path, const char *folder);

/* The bytes of an index, with checksums that are right whatever it holds. */
struct bytes index_bytes(const struct amosi_index *index);

/* Sets both checksums right again after bytes were changed. */
void index_seal(struct bytes *b);

#endif
