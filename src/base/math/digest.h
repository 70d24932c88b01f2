/* SPDX-License-Identifier: BSD-3-Clause */
/* MD5 (RFC 1321) and SHA-256 (FIPS 180-4), to compare downloads with what their site says of them. MD5 is no defence against
 * files that are made to deceive. */
#ifndef AMOSI_BASE_MATH_DIGEST_H
#define AMOSI_BASE_MATH_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* Of either: what was taken so far. May be copied, to ask for the digest of a beginning. */
struct amosi_digest {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
    void (*run)(uint32_t state[8], const unsigned char block[64]);
};

void amosi_md5_begin(struct amosi_digest *digest);
void amosi_sha256_begin(struct amosi_digest *digest);
void amosi_digest_take(struct amosi_digest *digest, const void *data, size_t bytes);

/* Writes the digest in hexadecimal, 32 or 64 letters and a NUL. The copy that was asked can take no more. */
void amosi_digest_text(struct amosi_digest digest, char text[65]);

#endif
