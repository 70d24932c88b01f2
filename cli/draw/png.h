/* SPDX-License-Identifier: BSD-3-Clause */
/* Pictures: a picture as PNG, if this build has libpng. */
#ifndef CLI_DRAW_PNG_H
#define CLI_DRAW_PNG_H

#include <stddef.h>
#include <stdint.h>

/* 1 if this build has libpng, else 0. */
int png_write_available(void);

/* The whole PNG file of width * height pixels of 3 bytes, top row first, in memory from malloc(). NULL if memory ran
 * out, and always without libpng. */
uint8_t *png_write(const uint8_t *rgb, int width, int height, size_t *bytes);

#endif
