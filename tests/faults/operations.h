/* SPDX-License-Identifier: BSD-3-Clause */
/* Every public operation of the library as a row of a table, on small files of every form: each is run once and tells its
 * status and a digest of what it gave. Tests of memory, input and output, threads and so on run all rows under their
 * conditions. Nothing here calls Check or asks for memory while a row runs, so that only the library's needs are met or
 * denied. The rows are in the files operations_*.c, what they work on in world.c. */
#ifndef TESTS_OPERATIONS_H
#define TESTS_OPERATIONS_H

#include <amos/amos.h>

#include "support/bytes.h"

struct caller;

struct world {
    amos_inflate inflate;
    /* files below the temporary directory */
    char *plain;    /* .nii */
    char *gzip;     /* .nii.gz, NIfTI-2, big-endian, several members */
    char *pair;     /* .hdr with its .img.gz */
    char *pairs;    /* .hdr.gz with its .img.gz */
    char *offset;   /* .nii.gz whose vox_offset is 0 */
    char *damaged;  /* .nii.gz with a wrong CRC-32 */
    char *broken;   /* .nii.gz whose deflate data is damaged at its end */
    char *image;    /* .nii.gz, int16 */
    char *label;    /* .nii.gz, uint16, values 0..15 */
    char *small;    /* .nii.gz, a few voxels with labels */
    char *tree;     /* data set with dataset.json and metadata */
    char *folders;  /* data set without */
    char *large;    /* .nii.gz of several half mebibytes */
    char *indexes;  /* folder with its index */
    char *index;    /* the file in it */
    struct bytes memory; /* a gzipped volume */
    struct caller *caller; /* gives its bytes to source_volume */
    /* opened handles */
    amos_volume *plain_volume, *gzip_volume, *image_volume, *label_volume, *damaged_volume, *broken_volume;
    amos_volume *source_volume, *memory_volume;
    amos_pair *images;
    amos_dataset *dataset;
    amos_labelmap *map;
    amos_cache *cache, *cache_built, *cache_prepared; /* the first stays as it is; NULL without LZ4 */
    amos_cache_entry *entry;
    amos_labelmap *reference, *prediction; /* to be scored */
    unsigned char *buffer;
    size_t buffer_bytes;
    int told;            /* how often the last row heard of something wrong without failing */
    const char *promise; /* the first promise of a header that was not kept; NULL: none */
};

#define OPERATION_OPENS 1u   /* opens and closes files itself; the others read through handles that are open */
#define OPERATION_THREADS 2u /* starts threads */
#define OPERATION_SPARES 4u  /* can do without some of the memory, and some of the calls, that it asks for */
#define OPERATION_MEMORY 8u  /* does no input or output */
#define OPERATION_CASES 32u   /* what it opens are files of the opened data set */
#define OPERATION_PLAIN 16u  /* the same whatever library inflates */
#define OPERATION_SORTS 64u /* by qsort(), which can do without the memory that it asks for */

struct operation {
    const char *name;
    amos_status (*run)(struct world *world, uint64_t *digest, amos_error *err);
    amos_status expected; /* when nothing is in its way */
    unsigned flags;       /* OPERATION_... */
};

extern const struct operation operations[];
extern const int operation_count;

/* Makes the files below a folder of that name, then opens the handles. The inflate library must be built in. */
struct world *world_make(const char *name, amos_inflate inflate);
void world_free(struct world *world);

/* Runs a row; `*digest` is 0 where it failed. */
amos_status operation_run(const struct operation *operation, struct world *world, uint64_t *digest, amos_error *err);

#endif
