/* SPDX-License-Identifier: BSD-3-Clause */
/* A small data set in the temporary directory, for tests of the command: three cases of 6 x 5 x 4 voxels.
 *
 *   amos_0001  training    CT   organs 1 (6 voxels), 6 (24 voxels)
 *   amos_0002  training    CT   organ 6 (12 voxels)
 *   amos_0501  validation  MRI  organ 1 (2 voxels)
 *
 * Spacing 2 x 2 x 5 mm (0.02 ml a voxel), orientation LAS. Image voxel n of case k is 10*k + n. */
#ifndef TESTS_SMALL_SET_H
#define TESTS_SMALL_SET_H

#define SMALL_SET_VOXELS 120

/* Writes the set below the temporary directory and returns its path; from malloc(). */
char *small_set_make(const char *name);

/* The path of a file in it; from malloc(). */
char *small_set_path(const char *root, const char *name);

/* Cuts `count` bytes off the end of a file. */
void small_set_truncate(const char *path, long count);

/* Writes a label file of the tree's shape and place; folders are not made. */
void small_set_write_voxels(const char *path, const unsigned char voxels[SMALL_SET_VOXELS]);

/* The same, all background except one voxel. */
void small_set_write_label(const char *path, unsigned char value);

#endif
