/* SPDX-License-Identifier: BSD-3-Clause */
/* Voxels of a byte as text: filtered, compressed in zlib's format (what browsers call "deflate"), in base64. */
#ifndef CLI_REVIEW_PACK_H
#define CLI_REVIEW_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Replaces each byte by its difference from the one before it in its row, modulo 256; the first of a row stays. */
void review_filter_left(uint8_t *bytes, size_t width, size_t rows);

/* Compresses. `noisy`: bytes that do not repeat but for runs, such as filtered pictures; others are labels. The text is from
 * malloc(), without a NUL; NULL if memory ran out. */
char *review_pack(const uint8_t *bytes, size_t count, bool noisy, size_t *length);

#endif
