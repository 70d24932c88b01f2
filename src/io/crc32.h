/* SPDX-License-Identifier: BSD-3-Clause */
/* CRC-32 as gzip defines it. */
#ifndef AMOSI_CRC32_H
#define AMOSI_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Continues `crc` over more bytes; start with 0. */
uint32_t amosi_crc32(uint32_t crc, const void *data, size_t bytes);

/* The implementations that this processor can run, fastest first, ended by NULL. They need at least AMOSI_CRC32_LEAST
 * bytes. */
typedef uint32_t amosi_crc32_fn(uint32_t crc, const unsigned char *data, size_t bytes);
amosi_crc32_fn *const *amosi_crc32_all(void);
#define AMOSI_CRC32_LEAST 256

#endif
