/* SPDX-License-Identifier: BSD-3-Clause */
#include "convert/loss.h"

#include <math.h>
#include <stdint.h>

/* Bits of a type's whole numbers: all integers of up to 2^bits are values of it. */
static int bits_of(amos_type type)
{
    const amos_type_info *info = amos_type_get((int)type);
    if (info->kind == AMOS_KIND_FLOAT)
        return info->bytes == 4 ? 24 : 53;
    return 8 * (int)info->bytes - (info->kind == AMOS_KIND_SIGNED);
}

bool loss_is_impossible(amos_type from, amos_type to)
{
    const amos_type_kind a = amos_type_get((int)from)->kind, b = amos_type_get((int)to)->kind;
    if (from == to)
        return true;
    if (a == AMOS_KIND_FLOAT)
        return b == AMOS_KIND_FLOAT && bits_of(from) <= bits_of(to);
    return (a != AMOS_KIND_SIGNED || b != AMOS_KIND_UNSIGNED) && bits_of(from) <= bits_of(to);
}

/* The smallest value of a type, and the first one beyond its largest; both are exact in double. */
static void limits_of(amos_type type, double *low, double *beyond)
{
    const int bits = bits_of(type);
    *low = amos_type_get((int)type)->kind == AMOS_KIND_SIGNED ? -ldexp(1, bits) : 0;
    *beyond = ldexp(1, bits);
}

static void count_value(double value, double low, double beyond, struct convert_found *found)
{
    const double whole = nearbyint(value), off = fabs(value - whole);
    if (!(whole >= low && whole < beyond)) { /* NaN too */
        found->saturated++;
        return;
    }
    found->rounded += off > 0;
    found->largest_rounding = off > found->largest_rounding ? off : found->largest_rounding;
}

#define COUNT(T, values) \
    for (size_t i = 0; i < count; i++) \
    count_value((double)((const T *)(values))[i], low, beyond, found)

void loss_count(amos_type exact, const void *values, amos_type type, size_t count, struct convert_found *found)
{
    double low, beyond;
    limits_of(type, &low, &beyond);
    switch (exact) {
    case AMOS_TYPE_FLOAT32:
        COUNT(float, values);
        break;
    case AMOS_TYPE_FLOAT64:
        COUNT(double, values);
        break;
    default:
        break; /* integers are whole, and the library says which it cannot hold */
    }
}

#define COPY(T) \
    for (size_t i = 0; i < count; i++) \
    ((T *)to)[i] = (T)labels[i]

void loss_copy_labels(void *to, amos_type type, const uint8_t *labels, size_t count)
{
    switch (type) {
    case AMOS_TYPE_INT16:
    case AMOS_TYPE_UINT16:
        COPY(uint16_t);
        break;
    case AMOS_TYPE_INT32:
    case AMOS_TYPE_UINT32:
        COPY(uint32_t);
        break;
    case AMOS_TYPE_INT64:
    case AMOS_TYPE_UINT64:
        COPY(uint64_t);
        break;
    case AMOS_TYPE_FLOAT32:
        COPY(float);
        break;
    case AMOS_TYPE_FLOAT64:
        COPY(double);
        break;
    default:
        COPY(uint8_t);
        break;
    }
}
