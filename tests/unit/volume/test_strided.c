/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of voxels with a stride: every size, step and alignment, and no write outside them. */
#include "nifti/strided.h"

#include <string.h>

#include "base/system/cpu.h"
#include "support/bytes.h"
#include "support/main.h"

#define MOST 70
#define ROOM (MOST * 16 * 4)

static unsigned char apart[2][ROOM], beside[2][ROOM];

static void fill(uint64_t seed)
{
    for (size_t i = 0; i < ROOM; i++) {
        apart[0][i] = (unsigned char)random_next(&seed);
        beside[0][i] = (unsigned char)random_next(&seed);
    }
    memcpy(apart[1], apart[0], ROOM);
    memcpy(beside[1], beside[0], ROOM);
}

/* Byte by byte, by the definition. */
static void expect(unsigned char *to, int64_t to_step, const unsigned char *from, int64_t from_step, size_t bytes,
                   size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < bytes; k++)
            to[(int64_t)i * to_step + (int64_t)k] = from[(int64_t)i * from_step + (int64_t)k];
}

START_TEST(voxels_go_where_the_step_says)
{
    static const size_t sizes[] = {1, 2, 4, 8, 16};
    static const int multiples[] = {1, -1, 2, -2, 3, -3};
    amosi_cpu_limit(_i ? 0 : AMOSI_CPU_ALL);
    for (size_t s = 0; s < 5; s++)
        for (size_t m = 0; m < 6; m++)
            for (size_t n = 0; n < MOST; n++) {
                int64_t bytes = (int64_t)sizes[s],
                        step = bytes * multiples[m] + (multiples[m] == 3); /* any alignment too */
                size_t first = step < 0 && n ? (size_t)(-step * ((int64_t)n - 1)) : 0, odd = n % 3;
                fill(n + 100 * s);
                expect(beside[1] + odd, bytes, apart[0] + first, step, sizes[s], n);
                amosi_strided_gather(beside[0] + odd, apart[0] + first, step, sizes[s], n);
                ck_assert_mem_eq(beside[0], beside[1], ROOM);
                fill(n + 100 * s + 50);
                expect(apart[1] + first, step, beside[0] + odd, bytes, sizes[s], n);
                amosi_strided_scatter(apart[0] + first, step, beside[0] + odd, sizes[s], n);
                ck_assert_mem_eq(apart[0], apart[1], ROOM);
            }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strided");
    tcase_add_loop_test(add_case(suite, "copies", 20), voxels_go_where_the_step_says, 0, 2);
    return run_suite(suite);
}
