/* SPDX-License-Identifier: BSD-3-Clause */
/* The digest of a volume: SHA-256 of its shape and of the CRC-32 of each of its slices, so that it costs little and equal
 * slices are known. It finds equal volumes; it is no defence against files that are made to deceive. */
#ifndef AMOSI_QUALITY_DIGEST_H
#define AMOSI_QUALITY_DIGEST_H

#include <stdint.h>

#include "base/math/digest.h"

struct amosi_quality_digest {
    struct amosi_digest sha;
};

/* Continues a CRC-32 over words of 32 bits, which count in little-endian order on every machine. */
uint32_t amosi_quality_crc(uint32_t crc, const void *words, size_t count);

void amosi_quality_digest_begin(struct amosi_quality_digest *digest, const int64_t shape[3]);
void amosi_quality_digest_slice(struct amosi_quality_digest *digest, uint32_t crc);
void amosi_quality_digest_text(const struct amosi_quality_digest *digest, char text[65]);

#endif
