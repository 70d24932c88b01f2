/* SPDX-License-Identifier: BSD-3-Clause */
/* A model of connected components: flood fill, voxel by voxel. It shares no code with the library. */
#ifndef TESTS_COMPONENTS_MODEL_H
#define TESTS_COMPONENTS_MODEL_H

#include <stddef.h>
#include <stdint.h>

struct component_model {
    int label;
    int64_t voxels;
    int64_t first; /* the index of its first voxel */
    int64_t low[3], high[3];
    double sum[3];
    int border;
    int around; /* of a hole, the label around it; -1: several; 0: none */
};

/* The components of all labels above 0, in the order of amos/components.h. `numbers` gets the number of each voxel plus
 * 1, or 0. *out is from malloc(). Returns their count. */
int64_t component_model(const uint8_t *voxels, const int64_t shape[3], int connectivity, uint32_t *numbers,
                        struct component_model **out);

/* The holes, in the same order. */
int64_t hole_model(const uint8_t *voxels, const int64_t shape[3], int connectivity, struct component_model **out);

#endif
