/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "score/surface/active.h"

/* Eight voxels at a time. */

static uint64_t load(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static void clear(uint64_t *bits, size_t n)
{
    memset(bits, 0, (n + 63) / 64 * sizeof *bits);
}

static void set(uint64_t *bits, size_t i, int value)
{
    bits[i / 64] |= (uint64_t)(value != 0) << i % 64;
}

static void corners(const uint8_t *const rows[4], size_t n, uint64_t *across, uint64_t *along)
{
    clear(across, n);
    clear(along, n);
    for (size_t i = 0; i < n;) {
        if (i + 8 <= n) {
            uint64_t v = load(rows[0] + i);
            uint64_t differ = (v ^ load(rows[1] + i)) | (v ^ load(rows[2] + i)) | (v ^ load(rows[3] + i));
            if ((differ | (v ^ load(rows[0] + i + 1))) == 0) {
                i += 8;
                continue;
            }
        }
        size_t end = i + 8 < n ? i + 8 : n;
        for (; i < end; i++) {
            uint8_t v = rows[0][i];
            set(across, i, (v ^ rows[1][i]) | (v ^ rows[2][i]) | (v ^ rows[3][i]));
            set(along, i, v ^ rows[0][i + 1]);
        }
    }
}

static void voxels(const uint8_t *row, const uint8_t *const beside[4], size_t n, uint64_t *bits)
{
    clear(bits, n);
    for (size_t i = 0; i < n;) {
        if (i + 8 <= n && load(row + i) == 0) {
            i += 8;
            continue;
        }
        size_t end = i + 8 < n ? i + 8 : n;
        for (; i < end; i++) {
            uint8_t v = row[i];
            int differ = (v ^ row[(ptrdiff_t)i - 1]) | (v ^ row[i + 1]) | (v ^ beside[0][i]) | (v ^ beside[1][i]) |
                         (v ^ beside[2][i]) | (v ^ beside[3][i]);
            set(bits, i, v && differ);
        }
    }
}

const struct amosi_active_kernels amosi_active_plain = {"plain", corners, voxels};
