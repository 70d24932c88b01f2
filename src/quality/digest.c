/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/digest.h"

#include "base/math/bytes.h"
#include "io/crc32.h"
#include "quality/quality.h"

#define BLOCK 256

/* Words of the other order are turned, a block at a time. */
static uint32_t crc_of_turned(uint32_t crc, const unsigned char *words, size_t count)
{
    unsigned char block[4 * BLOCK];
    while (count) {
        const size_t n = count < BLOCK ? count : BLOCK;
        for (size_t i = 0; i < n; i++)
            amosi_put32(block + 4 * i, amosi_get32(words + 4 * i, true));
        crc = amosi_crc32(crc, block, 4 * n);
        words += 4 * n;
        count -= n;
    }
    return crc;
}

uint32_t amosi_quality_crc(uint32_t crc, const void *words, size_t count)
{
    return amosi_host_is_big_endian() ? crc_of_turned(crc, words, count) : amosi_crc32(crc, words, 4 * count);
}

void amosi_quality_digest_begin(struct amosi_quality_digest *digest, const int64_t shape[3])
{
    amosi_sha256_begin(&digest->sha);
    for (int i = 0; i < 3; i++) {
        unsigned char bytes[8];
        amosi_put64(bytes, (uint64_t)shape[i]);
        amosi_digest_take(&digest->sha, bytes, sizeof bytes);
    }
}

void amosi_quality_digest_slice(struct amosi_quality_digest *digest, uint32_t crc)
{
    unsigned char bytes[4];
    amosi_put32(bytes, crc);
    amosi_digest_take(&digest->sha, bytes, sizeof bytes);
}

void amosi_quality_digest_text(const struct amosi_quality_digest *digest, char text[65])
{
    amosi_digest_text(digest->sha, text);
}

/* ---- labels ---- */

/* The CRC-32 of the runs of a slice: y, start, end and label of each. */
static uint32_t crc_of_runs(const struct amosi_runs *runs, int64_t row, int64_t height)
{
    uint32_t crc = 0, block[BLOCK][4];
    size_t used = 0;
    for (int64_t y = 0; y < height; y++, row++)
        for (uint32_t i = runs->first[row]; i < runs->first[row + 1]; i++) {
            const struct amosi_label_run *run = &runs->items[i];
            const uint32_t words[4] = {(uint32_t)y, run->start, run->end, run->label};
            memcpy(block[used++], words, sizeof words);
            if (used == BLOCK) {
                crc = amosi_quality_crc(crc, block, 4 * used);
                used = 0;
            }
        }
    return amosi_quality_crc(crc, block, 4 * used);
}

void amosi_quality_digest_label(const struct amosi_quality_subject *s)
{
    const int64_t *shape = s->components->info.shape;
    struct amosi_quality_digest digest;
    amosi_quality_digest_begin(&digest, shape);
    for (int64_t z = 0; z < shape[2]; z++)
        amosi_quality_digest_slice(&digest, crc_of_runs(&s->components->runs, z * shape[1], shape[1]));
    amosi_quality_digest_text(&digest, s->out->facts.label_digest);
}
