/* SPDX-License-Identifier: BSD-3-Clause */
/* Every public operation of the library as a row of a table, on small files of every form. A row runs once and
 * returns its status and a digest of its results. Tests of memory, input and output, threads and so on run all rows
 * under their conditions. Nothing here calls Check or allocates while a row runs, so that only the library's calls
 * are affected. The rows are in the files operations_*.c, their data in world.c. */
#ifndef TESTS_OPERATIONS_H
#define TESTS_OPERATIONS_H

#include <amos/amos.h>

#include "support/bytes.h"

struct caller;

struct world {
    amos_inflate inflate;
    /* files below the temporary directory */
    char *plain;           /* .nii */
    char *gzip;            /* .nii.gz, NIfTI-2, big-endian, several members */
    char *pair;            /* .hdr with its .img.gz */
    char *pairs;           /* .hdr.gz with its .img.gz */
    char *offset;          /* .nii.gz whose vox_offset is 0 */
    char *damaged;         /* .nii.gz with a wrong CRC-32 */
    char *broken;          /* .nii.gz whose deflate data is damaged at its end */
    char *archive;         /* a ZIP archive with plain.nii, deflated */
    char *zipped;          /* the path of plain.nii in it */
    char *image;           /* .nii.gz, int16 */
    char *label;           /* .nii.gz, uint16, values 0..15 */
    char *small;           /* .nii.gz, a few voxels with labels */
    char *tree;            /* data set with dataset.json and metadata */
    char *folders;         /* data set without these */
    char *raw;             /* data set of nnU-Net, with a table of modalities */
    char *near;            /* data set whose files have other names than its dataset.json gives */
    char *masks;           /* data set of a subject with two masks */
    char *set;             /* a data set in a ZIP archive: two cases, stored and deflated */
    char *large;           /* .nii.gz of several half mebibytes */
    char *indexes;         /* folder with its index */
    char *index;           /* the file in it */
    struct bytes memory;   /* a gzipped volume */
    struct caller *caller; /* serves its bytes to source_volume */
    /* opened handles */
    amos_volume *plain_volume, *gzip_volume, *image_volume, *label_volume, *damaged_volume, *broken_volume;
    amos_volume *source_volume, *memory_volume;
    amos_pair *images;
    amos_dataset *dataset;
    amos_labelmap *map;
    amos_cache *cache, *cache_built, *cache_prepared; /* the first never changes; NULL without LZ4 */
    amos_cache *cache_staged;                         /* its upstream is the first */
    amos_cache_entry *entry;
    amos_labelmap *reference, *prediction; /* to be scored */
    unsigned char *buffer;
    size_t buffer_bytes;
    int reported;        /* warnings and log messages that the last row received without failing */
    const char *promise; /* the first broken promise of a header; NULL: none */
};

#define OPERATION_OPENS 1u     /* opens and closes files itself; the others read through open handles */
#define OPERATION_THREADS 2u   /* starts threads */
#define OPERATION_SPARES 4u    /* works without some of the memory and calls that it requests */
#define OPERATION_MEMORY 8u    /* does no input or output */
#define OPERATION_CASES 32u    /* opens files of the opened data set */
#define OPERATION_PLAIN 16u    /* the same with every inflate library */
#define OPERATION_RETRIES 128u /* begins once more where a file of its upstream changed */
#define OPERATION_SORTS 64u    /* by qsort(), which works without the memory that it requests */

struct operation {
    const char *name;
    amos_status (*run)(struct world *world, uint64_t *digest, amos_error *err);
    amos_status expected; /* without failures */
    unsigned flags;       /* OPERATION_... */
};

extern const struct operation operations[];
extern const int operation_count;

/* Creates the files below a folder of that name, then opens the handles. The inflate library must be built in. */
struct world *world_make(const char *name, amos_inflate inflate);
void world_free(struct world *world);

/* Runs a row; `*digest` is 0 if it failed. */
amos_status operation_run(const struct operation *operation, struct world *world, uint64_t *digest, amos_error *err);

#endif
