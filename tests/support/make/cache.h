/* SPDX-License-Identifier: BSD-3-Clause */
/* Small cases and their cache entries, valid and invalid. */
#ifndef TESTS_CACHE_MAKE_H
#define TESTS_CACHE_MAKE_H

#include <amos/amos.h>

#include "support/bytes.h"
#include "support/make/nifti.h"

/* Writes a case of a tree below the temporary directory: an image by the spec (its dim and sform are also those of
 * the label) and a label with these values, one byte per voxel; NULL: no label. The tree needs no dataset.json. */
void cache_case_write(const char *tree, const char *split, int number, const struct nifti_spec *image,
                      const uint8_t *labels);

/* Opens the tree and a cache folder beside it; a failure ends the test. */
amos_dataset *cache_tree_open(const char *tree);
amos_cache *cache_open(const char *folder, const amos_cache_options *options);

/* Builds a case and opens its entry. */
amos_cache_entry *cache_entry_built(const amos_cache *cache, const amos_case *c, amos_cache_outcome expected);

/* The path of the only entry in a cache's folder; from malloc(). */
char *cache_only_path(const amos_cache *cache);

/* ---- a body of 37 x 29 x 21 voxels ---- */

#define BODY_VOXELS (37 * 29 * 21)
extern const int64_t body_shape[3];

/* A box of 0 to 200 HU in air of -1000, with organs 1 (large), 2 (9 voxels) and 3 (one voxel); LAS, 0.75 x 0.75 x 5 mm. */
int16_t body_image(int64_t x, int64_t y, int64_t z);
uint8_t body_label(int64_t x, int64_t y, int64_t z);

struct body {
    int16_t image[BODY_VOXELS];
    uint8_t labels[BODY_VOXELS];
};
const struct body *body_make(void); /* static storage */
void body_write(const char *tree, int number);

/* Chunks of 8 x 16 x 5 voxels, so that it has many, and 50 positions. */
amos_cache_options body_options(void);

/* The body as the only case of a tree, and its entry, just built. */
struct body_opened {
    amos_dataset *dataset;
    amos_cache *cache;
    const amos_case *c;
    amos_cache_entry *entry;
};
struct body_opened body_open(const char *tree, const amos_cache_options *options);
void body_close(struct body_opened *o);

/* A random box within a shape. */
void random_box(uint64_t *random, const int64_t *within, amos_box *box);

#endif
