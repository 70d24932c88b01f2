/* SPDX-License-Identifier: BSD-3-Clause */
/* Compressed volumes large enough for an index of several points, and indexes for damage tests. */
#ifndef TESTS_INDEX_MAKE_H
#define TESTS_INDEX_MAKE_H

#include <amos/volume.h>

#include "io/gzip/index.h"
#include "support/make/nifti.h"

/* The structure of the deflate data. */
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

/* 128 x 96 x 120 x `frames` int16 voxels of noise, gradients and air, 2.9 MB per frame; "LAS". */
struct nifti_file index_volume(int64_t frames, uint64_t seed);

/* Opens a file with an index folder; log messages of AMOS_LOG_WARNING are counted in *warnings (NULL: ignored). */
amos_volume *open_indexed(const char *path, const char *folder, amos_index_use use, int *warnings);

/* A new, empty folder below the temporary directory, with mode 0700; from malloc(). */
char *index_folder(const char *name);

/* The number of files in the folder, and the path of the only one; from malloc(). */
int folder_count(const char *folder);
char *only_file(const char *folder);

/* The key of a file, and its index as built by the library, which must exist. */
struct amosi_content_id key_of(const char *path);
struct amosi_index *load_index(const char *path, const char *folder);

/* The bytes of an index, with correct checksums whatever its content. */
struct bytes index_bytes(const struct amosi_index *index);

/* Corrects both checksums after bytes were changed. */
void index_seal(struct bytes *b);

#endif
