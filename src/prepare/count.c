/* SPDX-License-Identifier: BSD-3-Clause */
#include "prepare/count.h"

#include <string.h>

#include "nifti/kernels.h"

#define ENOUGH ((size_t)1 << 30) /* values after which a table might overflow */
#define STRETCH 128              /* values that are counted before the next check whether some can be skipped */
#define SIGNS UINT64_C(0x8000800080008000)

static uint64_t load4(const void *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof word);
    return word;
}

/* Counts values with the bits of `flip` inverted. */
static void count_some(struct amosi_count_tables *t, const uint16_t *from, size_t n, uint64_t flip)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        uint64_t four = load4(from + i) ^ flip;
        t->count[0][four & 0xffff]++;
        t->count[1][four >> 16 & 0xffff]++;
        t->count[2][four >> 32 & 0xffff]++;
        t->count[3][four >> 48]++;
    }
    for (; i < n; i++)
        t->count[0][from[i] ^ (flip & 0xffff)]++;
}

void amosi_count_collect(uint64_t *count, struct amosi_count_tables *t)
{
    for (size_t i = 0; i < AMOSI_COUNT_VALUES; i++)
        count[i] += (uint64_t)t->count[0][i] + t->count[1][i] + t->count[2][i] + t->count[3][i];
    memset(t, 0, sizeof *t);
}

static void count_all(uint64_t *count, struct amosi_count_tables *t, const uint16_t *from, size_t n, uint64_t flip)
{
    for (size_t i = 0, some; i < n; i += some) {
        some = n - i < ENOUGH ? n - i : ENOUGH;
        count_some(t, from + i, some, flip);
        t->counted += some;
        if (t->counted >= ENOUGH)
            amosi_count_collect(count, t);
    }
}

void amosi_count_u16(uint64_t *count, struct amosi_count_tables *tables, const uint16_t *from, size_t n)
{
    count_all(count, tables, from, n, 0);
}

void amosi_count_i16(uint64_t *count, struct amosi_count_tables *tables, const int16_t *from, size_t n)
{
    count_all(count, tables, (const uint16_t *)from, n, SIGNS);
}

void amosi_count_i16_above(uint64_t *count, struct amosi_count_tables *tables, const int16_t *from, size_t n,
                           int16_t most)
{
    const struct amosi_kernels *kernels = amosi_kernels();
    for (size_t i = kernels->at_most_i16(from, n, most); i < n; i += kernels->at_most_i16(from + i, n - i, most)) {
        size_t some = n - i < STRETCH ? n - i : STRETCH;
        count_all(count, tables, (const uint16_t *)from + i, some, SIGNS);
        i += some;
    }
}
