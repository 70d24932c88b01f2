/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/mix.h"

#include "nifti/convert.h"

size_t amosi_mix_lined_up(int64_t doubles)
{
    return ((size_t)doubles + 7) / 8 * 8;
}

double *amosi_mix_take(double **memory, size_t doubles)
{
    double *taken = *memory;
    *memory += doubles;
    return taken;
}

size_t amosi_mix_doubles(const struct amosi_voxels *from)
{
    return 2 * AMOSI_TAPS * amosi_mix_lined_up(from->shape[0]);
}

void amosi_mix_begin(struct amosi_mix *mix, const struct amosi_voxels *from, double **memory)
{
    const size_t row = amosi_mix_lined_up(from->shape[0]);
    const struct amosi_resampling *k = amosi_resampling();
    mix->from = from;
    mix->kernels = k;
    mix->sum = from->type == AMOS_TYPE_INT16 ? k->mix_i16 : from->type == AMOS_TYPE_FLOAT32 ? k->mix_f32 : k->mix_f64;
    mix->direct = mix->sum != k->mix_f64 || from->type == AMOS_TYPE_FLOAT64;
    for (int i = 0; i < AMOSI_TAPS; i++) {
        mix->stored[i] = amosi_mix_take(memory, row);
        mix->numbers[i] = amosi_mix_take(memory, row);
    }
}

const void *amosi_mix_old(struct amosi_mix *mix, int64_t x, int64_t n, int64_t y, int64_t z, int slot)
{
    const void *row = amosi_voxels_part(mix->from, x, n, y, z, mix->stored[slot]);
    if (mix->direct)
        return row;
    amosi_convert_to_double(mix->from->type, mix->numbers[slot], row, (size_t)n);
    return mix->numbers[slot];
}

int amosi_mix_taps(const struct amosi_line *line, int64_t i, int64_t at[AMOSI_TAPS], double weights[AMOSI_TAPS])
{
    int n = 0;
    for (int k = 0; k < line->taps; k++) {
        const double weight = line->weights[k * line->after + i];
        if (weight == 0)
            continue;
        at[n] = amosi_line_index(line->at[i] + k, line->before, line->mirrored);
        weights[n++] = weight;
    }
    return n;
}

/* Repeats or mirrors the ends of a row of old voxels. */
static void pad(const struct amosi_line *x, double *row)
{
    for (int64_t i = 1; i <= AMOSI_LINE_PAD; i++) {
        row[-i] = row[amosi_line_index(-i, x->before, x->mirrored)];
        row[x->before - 1 + i] = row[amosi_line_index(x->before - 1 + i, x->before, x->mirrored)];
    }
}

void amosi_mix_along(const struct amosi_mix *mix, const struct amosi_line *x, double *old, double *row)
{
    pad(x, old);
    mix->kernels->pick(row + x->begin, old, x->at + x->begin, x->weights + x->begin, (size_t)x->after, x->taps,
                       (size_t)(x->end - x->begin));
}
