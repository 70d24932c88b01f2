/* SPDX-License-Identifier: BSD-3-Clause */
/* A data set for tests of the loader: small cases that differ in shape, type, orientation and organs.
 *
 *   id         split       shape       image                    organs
 *   amos_0001  training    40 x 36 x 20  int16, LAS               1 2 3
 *   amos_0002  training    33 x 40 x 17  uint8, 2 * v - 100, RAS  1 2
 *   amos_0003  training    24 x 20 x 30  int16, LPS               1 6
 *   amos_0004  training    48 x 31 x 12  uint16, LAS              1
 *   amos_0501  training    30 x 30 x 16  float32, RAS (MRI)       1 6
 *   amos_0502  validation  28 x 26 x 18  int32, LAS (MRI)         none
 *
 * Organ 1 is a box in a corner, 2 and 3 and 6 are boxes elsewhere; image voxels are random. */
#ifndef TESTS_LOADER_SET_H
#define TESTS_LOADER_SET_H

#include <amos/amos.h>

#define LOADER_SET_CASES 6

/* Writes the set below the temporary directory and returns its path; from malloc(). */
char *loader_set_make(const char *name);

/* The path of the image (or label) of case number `index` of the list above; from malloc(). */
char *loader_set_path(const char *root, int index, int label);

/* Damages the compressed data of a file. */
void loader_set_damage(const char *path);

/* A case read from its files, in an orientation (NULL: as stored). */
struct loader_case {
    amos_array *image; /* float32 */
    amos_labelmap *label;
    int64_t shape[3];
};
struct loader_case loader_case_read(const amos_dataset *dataset, const char *id, const char *orientation);
void loader_case_free(struct loader_case *c);

/* The values at a voxel; `pad` and 0 beyond the volume. */
float loader_case_value(const struct loader_case *c, const int64_t at[3], float pad);
uint8_t loader_case_label(const struct loader_case *c, const int64_t at[3]);

/* A checksum of the image and the label of a batch; 0 for NULL. */
uint32_t loader_batch_crc(const amos_batch *batch);

#endif
