/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/store.h"

#include <math.h>
#include <stdint.h>

#include "nifti/convert.h"
#include "nifti/type.h"
#include "resample/kernels/kernels.h"

#define BLOCK 256

/* Whether an integer that was stored is another number than the value, beyond rounding. */
static int is_lost(amos_type to, double value, double stored)
{
    return amosi_type_is_integer(to) && !(fabs(stored - rint(value)) <= 0.5);
}

static size_t count_lost(amos_type to, const double *values, const void *out, size_t n)
{
    double stored[BLOCK];
    size_t lost = 0;
    amosi_convert_to_double(to, stored, out, n);
    for (size_t i = 0; i < n; i++)
        lost += (size_t)is_lost(to, values[i], stored[i]);
    return lost;
}

size_t amosi_store_values(amos_type to, void *out, const double *values, size_t n)
{
    const struct amosi_convert convert = {AMOS_TYPE_FLOAT64, to, false, 1, 0, true};
    const size_t item = amos_type_bytes(to);
    struct amosi_convert_notes notes = {0};
    size_t lost = 0;
    if (to == AMOS_TYPE_INT16)
        return amosi_resampling()->store_i16(out, values, n);
    if (to == AMOS_TYPE_FLOAT32)
        return amosi_resampling()->store_f32(out, values, n);
    for (size_t i = 0, part; i < n; i += part) {
        char *place = (char *)out + i * item;
        part = n - i < BLOCK ? n - i : BLOCK;
        (void)amosi_convert_run(&convert, place, values + i, part, &notes); /* cannot fail: it saturates */
        lost += to == AMOS_TYPE_FLOAT64 ? 0 : count_lost(to, values + i, place, part);
    }
    return lost;
}

int amosi_store_fits(amos_type type, double value)
{
    double room;
    return amosi_store_values(type, &room, &value, 1) == 0;
}
