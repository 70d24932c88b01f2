/* SPDX-License-Identifier: BSD-3-Clause */
/* Labels come in long runs along x. */
#ifndef AMOSI_LABEL_RUN_LENGTH_H
#define AMOSI_LABEL_RUN_LENGTH_H

#include <stddef.h>
#include <stdint.h>

/* How many voxels from `from` on equal the first; at most n. */
size_t amosi_run_length(const void *from, size_t n, size_t voxel_bytes);

/* Which of 32 bytes equal a value: bit i is byte i. The plain one is for other processors and for tests. */
uint32_t amosi_equal_bytes(const unsigned char *from, unsigned char value);
uint32_t amosi_equal_bytes_plain(const unsigned char *from, unsigned char value);

#endif
