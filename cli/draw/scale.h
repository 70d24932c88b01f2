/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: scales the voxels of a plane to pixels of the picture. Pixel (0,0) and voxel (0,0) share their outer
 * corner. */
#ifndef CLI_DRAW_SCALE_H
#define CLI_DRAW_SCALE_H

#include <stdint.h>

/* Cubic interpolation (Catmull-Rom), widened to an average if many voxels fall on one pixel. Returns out_width *
 * out_height values from malloc(); NULL if memory ran out. */
float *view_scale_grey(const float *in, int64_t width, int64_t height, int out_width, int out_height);

/* The label that has the largest share among the four voxels around a pixel: at a voxel's centre its own label, between
 * voxels a smooth border. Returns out_width * out_height labels from malloc(); NULL if memory ran out. */
uint8_t *view_scale_label(const uint8_t *in, int64_t width, int64_t height, int out_width, int out_height);

#endif
