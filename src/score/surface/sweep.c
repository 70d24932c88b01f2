/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/surface/sweep.h"

#include <string.h>

#include "base/system/alloc.h"
#include "score/surface/active.h"

/* Rows are processed from `first` on, a multiple of 64, so that bits match the words of surfaces. */
struct state {
    const struct amosi_sweep *sweep;
    const struct amosi_active_kernels *kernels;
    int64_t first;   /* x of the first voxel processed */
    size_t width;    /* how many voxels */
    size_t words;    /* of a row of points */
    uint8_t *zeros;  /* a row of zeros, for rows outside of the map */
    uint8_t *padded; /* a row with a zero added at both ends */
    uint64_t *across, *along;
    uint8_t touched[256]; /* labels that have points in this row */
    int touched_count;
};

/* The voxels of a row from `first` on; zeros outside of the box. */
static const uint8_t *row_of(const struct state *s, int64_t y, int64_t z)
{
    const struct amosi_sweep *w = s->sweep;
    if (y < w->start[1] || y >= w->stop[1] || z < w->start[2] || z >= w->stop[2])
        return s->zeros;
    return w->voxels + ((z * w->shape[1] + y) * w->shape[0] + s->first);
}

static void put_point(struct state *s, uint8_t label, int64_t x, uint8_t kind)
{
    struct amosi_surface *surface = s->sweep->surfaces[label];
    if (surface && amosi_surface_put(surface, x, kind))
        s->touched[s->touched_count++] = label;
}

static void close_row(struct state *s, int64_t y, int64_t z)
{
    for (int i = 0; i < s->touched_count; i++)
        amosi_surface_close_row(s->sweep->surfaces[s->touched[i]], y, z);
    s->touched_count = 0;
}

/* ---- corners ---- */

/* Bit n of the result: byte n of the eight is `label`. */
static unsigned code_of(uint64_t eight, uint8_t label)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    uint64_t x = eight ^ label * 0x0101010101010101u;
    uint64_t equal = ~((((x & low) + low) | x) | low); /* 0x80 in each byte that is equal */
    return (unsigned)((equal >> 7) * 0x0102040810204080u >> 56);
}

/* The eight voxels around point x: the two of the first row, of the second, ... */
static uint64_t eight_at(const struct state *s, const uint8_t *const rows[4], size_t x)
{
    uint64_t eight = 0;
    for (int r = 0; r < 4; r++) {
        uint64_t left = x > 0 ? rows[r][x - 1] : 0, right = x < s->width ? rows[r][x] : 0;
        eight |= (left | right << 8) << 16 * r;
    }
    return eight;
}

static void put_corner(struct state *s, const uint8_t *const rows[4], size_t x)
{
    uint64_t eight = eight_at(s, rows, x);
    unsigned done = code_of(eight, 0);
    while (done != 255) {
        uint8_t label = (uint8_t)(eight >> 8 * __builtin_ctz(~done));
        unsigned code = code_of(eight, label);
        done |= code;
        put_point(s, label, s->first + (int64_t)x, s->sweep->kinds[code]);
    }
}

static void sweep_corners(struct state *s, int64_t y, int64_t z)
{
    const uint8_t *const rows[4] = {row_of(s, y - 1, z - 1), row_of(s, y, z - 1), row_of(s, y - 1, z), row_of(s, y, z)};
    size_t last = s->width - 1;
    uint8_t end = rows[0][last];
    s->across[s->words - 1] = s->along[s->words - 1] = 0; /* there may be one word more than the kernel writes */
    s->across[last / 64] = s->along[last / 64] = 0;
    s->kernels->corners(rows, last, s->across, s->along);
    s->across[last / 64] |= (uint64_t)(end != rows[1][last] || end != rows[2][last] || end != rows[3][last])
                            << last % 64;
    s->along[last / 64] |= (uint64_t)(end != 0) << last % 64;
    uint64_t carry = rows[0][0] != 0;
    for (size_t k = 0; k < s->words; k++) {
        uint64_t behind = s->across[k] | s->along[k];
        uint64_t bits = s->across[k] | behind << 1 | carry;
        carry = behind >> 63;
        for (; bits; bits &= bits - 1)
            put_corner(s, rows, 64 * k + (size_t)__builtin_ctzll(bits));
    }
    close_row(s, y, z);
}

/* ---- voxels ---- */

static void sweep_voxels(struct state *s, int64_t y, int64_t z)
{
    const uint8_t *const beside[4] = {row_of(s, y - 1, z), row_of(s, y + 1, z), row_of(s, y, z - 1),
                                      row_of(s, y, z + 1)};
    const uint8_t *row = s->padded + 1;
    memcpy(s->padded + 1, row_of(s, y, z), s->width);
    s->kernels->voxels(row, beside, s->width, s->across);
    for (size_t k = 0; k < (s->width + 63) / 64; k++)
        for (uint64_t bits = s->across[k]; bits; bits &= bits - 1) {
            size_t x = 64 * k + (size_t)__builtin_ctzll(bits);
            put_point(s, row[x], s->first + (int64_t)x, 1);
        }
    close_row(s, y, z);
}

/* ---- the pass ---- */

static bool surfaces_are_whole(const struct amosi_sweep *w)
{
    for (int label = 0; label < 256; label++)
        if (w->surfaces[label] && w->surfaces[label]->failed)
            return false;
    return true;
}

static bool sweep_rows(struct state *s)
{
    const struct amosi_sweep *w = s->sweep;
    int64_t more = w->grid == AMOSI_GRID_CORNERS;
    bool done = true;
    for (int64_t z = w->start[2]; z < w->stop[2] + more && done; z++) {
        for (int64_t y = w->start[1]; y < w->stop[1] + more; y++)
            if (w->grid == AMOSI_GRID_CORNERS)
                sweep_corners(s, y, z);
            else
                sweep_voxels(s, y, z);
        done = surfaces_are_whole(w);
    }
    return done;
}

bool amosi_sweep_run(const struct amosi_sweep *sweep)
{
    struct state s = {.sweep = sweep, .kernels = amosi_active()};
    if (sweep->stop[0] <= sweep->start[0])
        return true;
    s.first = sweep->start[0] / 64 * 64;
    s.width = (size_t)(sweep->stop[0] - s.first);
    s.words = s.width / 64 + 1;
    s.zeros = amosi_zalloc(s.width + 1);
    s.padded = amosi_zalloc(s.width + 2);
    s.across = amosi_zalloc_array(s.words, sizeof *s.across);
    s.along = amosi_zalloc_array(s.words, sizeof *s.along);
    bool done = s.zeros && s.padded && s.across && s.along;
    done = done && sweep_rows(&s);
    amosi_free(s.along);
    amosi_free(s.across);
    amosi_free(s.padded);
    amosi_free(s.zeros);
    return done;
}

/* ---- equal voxels ---- */

static void count_row(const uint8_t *a, const uint8_t *b, size_t n, uint64_t counts[256])
{
    size_t i = 0;
    while (i < n) {
        uint64_t x, y;
        if (i + 8 <= n) {
            memcpy(&x, a + i, 8);
            memcpy(&y, b + i, 8);
            if (x == y && x == a[i] * 0x0101010101010101u) {
                counts[a[i]] += 8;
                i += 8;
                continue;
            }
        }
        for (size_t end = i + 8 < n ? i + 8 : n; i < end; i++)
            counts[a[i]] += a[i] == b[i];
    }
}

void amosi_count_equal(const uint8_t *a, const uint8_t *b, const int64_t shape[3], const int64_t start[3],
                       const int64_t stop[3], uint64_t counts[256])
{
    if (stop[0] <= start[0])
        return;
    for (int64_t z = start[2]; z < stop[2]; z++)
        for (int64_t y = start[1]; y < stop[1]; y++) {
            size_t row = (size_t)((z * shape[1] + y) * shape[0] + start[0]);
            count_row(a + row, b + row, (size_t)(stop[0] - start[0]), counts);
        }
}
