/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiling/rows.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"

/* ---- which tiles cover a voxel ---- */

/* The first and the last tile of a line that covers each voxel. */
static void find_cover(const struct amosi_tile_line *line, int32_t *first, int32_t *last)
{
    int64_t begin = 0, end = 0; /* of the tiles that cover the voxel before */
    for (int64_t at = 0; at < line->side; at++) {
        while (amosi_tile_start(line, begin) + line->patch <= at)
            begin++;
        while (end + 1 < line->count && amosi_tile_start(line, end + 1) <= at)
            end++;
        first[at] = (int32_t)begin;
        last[at] = (int32_t)end;
    }
}

/* How many of n voxels have a first (last) tile up to each tile, as sums over `tiles` counts. */
static void count_up_to(const int32_t *tile, int64_t n, int64_t *sums, int64_t tiles)
{
    memset(sums, 0, (size_t)tiles * sizeof *sums);
    for (int64_t i = 0; i < n; i++)
        sums[tile[i]]++;
    for (int64_t i = 1; i < tiles; i++)
        sums[i] += sums[i - 1];
}

/* The planes of a layer of tiles: those that only it covers, those that earlier or later ones cover too, or both. */
struct planes {
    int64_t alone, ending, beginning, going_on;
};

static struct planes sort_planes(const struct amosi_rows *rows, int64_t layer)
{
    const struct amosi_tile_axis *z = &rows->tiling->axis[2];
    const struct amosi_tile_span span = amosi_tile_span_make(z, layer);
    struct planes planes = {0, 0, 0, 0};
    for (int64_t at = span.start + span.low; at < span.start + span.high; at++) {
        bool begins = rows->first[1][at] == layer, ends = rows->last[1][at] == layer;
        planes.alone += begins && ends;
        planes.ending += !begins && ends;
        planes.beginning += begins && !ends;
        planes.going_on += !begins && !ends;
    }
    return planes;
}

/* The most rows that are open at once: while the line `j` of tiles along x is added to a layer, those of y that have
 * begun (first tile up to j), those that have not ended (last tile j or later), both, or all, by the kind of plane. */
static int64_t most_open(const struct amosi_rows *rows, int64_t *begun, int64_t *ended)
{
    const struct amosi_tile_line *y = &rows->tiling->axis[1].line, *z = &rows->tiling->axis[2].line;
    int64_t most = 0;
    count_up_to(rows->first[0], y->side, begun, y->count);
    count_up_to(rows->last[0], y->side, ended, y->count);
    for (int64_t layer = 0; layer < z->count; layer++) {
        const struct planes planes = sort_planes(rows, layer);
        for (int64_t j = 0; j < y->count; j++) {
            int64_t over = j ? ended[j - 1] : 0;
            int64_t open = planes.alone * (begun[j] - over) + planes.ending * (y->side - over) +
                           planes.beginning * begun[j] + planes.going_on * y->side;
            most = open > most ? open : most;
        }
    }
    return most;
}

/* ---- memory ---- */

static void *claim(struct amosi_rows *rows, int64_t count, size_t item, bool *whole)
{
    void *memory = *whole ? amosi_zalloc_array((size_t)count, item) : NULL;
    *whole = memory != NULL;
    rows->bytes += *whole ? (uint64_t)count * item : 0;
    return memory;
}

static bool make_cover(struct amosi_rows *rows)
{
    bool whole = true;
    for (int i = 0; i < 2; i++) {
        const struct amosi_tile_line *line = &rows->tiling->axis[i + 1].line;
        rows->first[i] = claim(rows, line->side, sizeof(int32_t), &whole);
        rows->last[i] = claim(rows, line->side, sizeof(int32_t), &whole);
        if (whole)
            find_cover(line, rows->first[i], rows->last[i]);
    }
    return whole;
}

static bool find_most_open(const struct amosi_rows *rows, int64_t *most)
{
    const int64_t tiles = rows->tiling->axis[1].line.count;
    int64_t *begun = amosi_alloc_array((size_t)tiles, sizeof *begun);
    int64_t *ended = amosi_alloc_array((size_t)tiles, sizeof *ended);
    bool whole = begun && ended;
    if (whole)
        *most = most_open(rows, begun, ended);
    amosi_free(begun);
    amosi_free(ended);
    return whole;
}

static bool make_rows(struct amosi_rows *rows, int64_t most)
{
    const struct amosi_tile_line *y = &rows->tiling->axis[1].line, *z = &rows->tiling->axis[2].line;
    size_t bytes = 0;
    bool whole = most < UINT32_MAX && !__builtin_mul_overflow((size_t)most * sizeof(float), rows->row_floats, &bytes);
    rows->planes = z->patch < z->side ? z->patch : z->side;
    rows->unused = claim(rows, most, sizeof *rows->unused, &whole);
    int64_t places = 0;
    whole = whole && !__builtin_mul_overflow(rows->planes, y->side, &places);
    rows->of = claim(rows, whole ? places : 0, sizeof *rows->of, &whole);
    rows->memory = whole ? amosi_alloc_voxels(bytes) : NULL;
    if (!rows->memory)
        return false;
    rows->bytes += bytes;
    for (int64_t i = 0; i < most; i++)
        rows->unused[i] = (uint32_t)(most - 1 - i);
    rows->unused_count = most;
    return true;
}

amos_status amosi_rows_make(struct amosi_rows *rows, const amos_tiling *tiling, int64_t channels, amos_error *err)
{
    int64_t most = 0;
    memset(rows, 0, sizeof *rows);
    rows->tiling = tiling;
    rows->row_floats = (size_t)(channels * tiling->axis[0].line.side);
    bool whole = make_cover(rows) && find_most_open(rows, &most) && make_rows(rows, most);
    return whole ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

void amosi_rows_free(struct amosi_rows *rows)
{
    for (int i = 0; i < 2; i++) {
        amosi_free(rows->first[i]);
        amosi_free(rows->last[i]);
    }
    amosi_free(rows->memory);
    amosi_free(rows->unused);
    amosi_free(rows->of);
}

/* ---- opening and closing ---- */

bool amosi_rows_is_first(const struct amosi_rows *rows, const int64_t at[3], int64_t y, int64_t z)
{
    return rows->first[0][y] == at[1] && rows->first[1][z] == at[2];
}

bool amosi_rows_is_last(const struct amosi_rows *rows, const int64_t at[3], int64_t y, int64_t z)
{
    return rows->last[0][y] == at[1] && rows->last[1][z] == at[2];
}

static uint32_t *place_of(const struct amosi_rows *rows, int64_t y, int64_t z)
{
    return &rows->of[z % rows->planes * rows->tiling->axis[1].line.side + y];
}

void amosi_rows_open(struct amosi_rows *rows, int64_t y, int64_t z)
{
    *place_of(rows, y, z) = rows->unused[--rows->unused_count];
}

void amosi_rows_close(struct amosi_rows *rows, int64_t y, int64_t z)
{
    rows->unused[rows->unused_count++] = *place_of(rows, y, z);
}

float *amosi_rows_get(const struct amosi_rows *rows, int64_t y, int64_t z)
{
    return rows->memory + (size_t)*place_of(rows, y, z) * rows->row_floats;
}
