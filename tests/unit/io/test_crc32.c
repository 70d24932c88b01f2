/* SPDX-License-Identifier: BSD-3-Clause */
/* CRC-32 by every method of this processor, against zlib's: every length and alignment near the ends, pieces, long
 * data. */
#include <stdlib.h>
#include <zlib.h>

#include "io/crc32.h"
#include "support/make/gzip.h"
#include "support/main.h"

#define LONGEST 4000

static unsigned char *noise(size_t bytes)
{
    unsigned char *data = must_alloc(bytes);
    uint64_t seed = 5;
    for (size_t i = 0; i < bytes; i++)
        data[i] = (unsigned char)random_next(&seed);
    return data;
}

START_TEST(every_length_by_every_way)
{
    unsigned char *data = noise(LONGEST + 64);
    for (int way = 0; amosi_crc32_all()[way]; way++)
        for (size_t n = AMOSI_CRC32_LEAST; n <= LONGEST; n++) {
            uint32_t before = (uint32_t)n * 2654435761u;
            const unsigned char *from = data + n % 64;
            ck_assert_msg(amosi_crc32_all()[way](before, from, n) == crc32_z(before, from, n), "way %d, %zu bytes", way,
                          n);
        }
    free(data);
}
END_TEST

START_TEST(in_pieces)
{
    enum { BYTES = 1 << 20 };
    unsigned char *data = noise(BYTES);
    uint64_t seed = 8;
    uint32_t crc = 0;
    for (size_t done = 0, n; done < BYTES; done += n) {
        n = 1 + (size_t)random_below(&seed, 1 + random_below(&seed, 20000));
        n = n < BYTES - done ? n : BYTES - done;
        crc = amosi_crc32(crc, data + done, n);
    }
    ck_assert_uint_eq(crc, crc32_z(0, data, BYTES));
    ck_assert_uint_eq(amosi_crc32(77, data, 0), 77);
    free(data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("crc32");
    TCase *all = add_case(suite, "all", 30);
    tcase_add_test(all, every_length_by_every_way);
    tcase_add_test(all, in_pieces);
    return run_suite(suite);
}
