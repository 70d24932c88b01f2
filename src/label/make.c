/* SPDX-License-Identifier: BSD-3-Clause */
/* Label maps from voxels in memory. */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "label/labelmap.h"
#include "label/run_length.h"
#include "nifti/type.h"
#include "volume/array.h"

struct making {
    const amos_layout *layout;
    const unsigned char *voxels;
    int64_t strides[4];
    amos_labelmap *map;
    struct amosi_tally *tallies; /* of labels 0..max_label */
    uint64_t bad;                /* voxels that are not labels, */
    int64_t bad_at[3];           /* and the first of them */
    long long bad_value;
};

/* Reads an integer voxel at any address. */
static int64_t read_voxel(amos_type type, const unsigned char *at)
{
    union {
        int8_t i8;
        int16_t i16;
        uint16_t u16;
        int32_t i32;
        uint32_t u32;
        int64_t i64;
    } v;
    memcpy(&v, at, amos_type_bytes(type));
    switch (type) {
    case AMOS_TYPE_INT8:
        return v.i8;
    case AMOS_TYPE_UINT8:
        return *at;
    case AMOS_TYPE_INT16:
        return v.i16;
    case AMOS_TYPE_UINT16:
        return v.u16;
    case AMOS_TYPE_INT32:
        return v.i32;
    case AMOS_TYPE_UINT32:
        return v.u32;
    default:
        return v.i64; /* a uint64 above INT64_MAX becomes negative, which is not a label either */
    }
}

static void note_bad(struct making *m, int64_t x, int64_t y, int64_t z, int64_t value)
{
    if (m->bad++)
        return;
    m->bad_at[0] = x;
    m->bad_at[1] = y;
    m->bad_at[2] = z;
    m->bad_value = value;
}

/* Copies a row as labels; a voxel that is not a label is noted and becomes 0. */
static void take_row(struct making *m, int64_t y, int64_t z, uint8_t *row)
{
    const amos_layout *l = m->layout;
    const unsigned char *from = m->voxels + l->offset + y * m->strides[1] + z * m->strides[2];
    for (int64_t x = 0; x < l->shape[0]; x++, from += m->strides[0]) {
        int64_t value = l->type == AMOS_TYPE_UINT8 ? *from : read_voxel(l->type, from);
        bool good = value >= 0 && value <= m->map->max_label;
        if (!good)
            note_bad(m, x, y, z, value);
        row[x] = good ? (uint8_t)value : 0;
    }
}

static void take_all(struct making *m)
{
    const int64_t *shape = m->layout->shape;
    const size_t width = (size_t)shape[0];
    uint8_t *row = m->map->voxels;
    for (int64_t z = 0; z < shape[2]; z++)
        for (int64_t y = 0; y < shape[1]; y++, row += width) {
            take_row(m, y, z, row);
            for (size_t x = 0, n; x < width; x += n) {
                n = amosi_run_length(row + x, width - x, 1);
                amosi_tally_run(&m->tallies[row[x]], (int64_t)x, (int64_t)(x + n), y, z);
            }
        }
}

static amos_status check_arguments(const amos_layout *layout, const void *voxels, int max_label, amos_error *err)
{
    if (!layout || !voxels)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_labelmap_make needs a layout, voxels and a place for the label map.");
    if (!amosi_type_is_integer(layout->type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, NULL, "Voxels of type %s are not labels; use an integer type.",
                          amos_type_name(layout->type));
    if (layout->shape[3] != 1)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, NULL, "There are %lld frames; a label has one.",
                          (long long)layout->shape[3]);
    if (max_label < 0 || max_label > 255)
        return amosi_fail(err, AMOS_E_ARG, NULL, "max_label is %d; it must be 1 to 255.", max_label);
    if (layout->has_geometry && memcmp(layout->geometry.shape, layout->shape, sizeof layout->geometry.shape) != 0)
        return amosi_fail(err, AMOS_E_PAIR_SHAPE, NULL,
                          "There are %lld x %lld x %lld voxels, but the geometry has %lld x %lld x %lld.",
                          (long long)layout->shape[0], (long long)layout->shape[1], (long long)layout->shape[2],
                          (long long)layout->geometry.shape[0], (long long)layout->geometry.shape[1],
                          (long long)layout->geometry.shape[2]);
    return AMOS_OK;
}

static amos_status allocate_map(struct making *m, int max_label, amos_error *err)
{
    const int64_t *shape = m->layout->shape;
    m->map = amosi_zalloc(sizeof *m->map);
    m->tallies = amosi_zalloc(AMOSI_LABELS * sizeof *m->tallies);
    if (m->map)
        m->map->voxels = amosi_alloc_voxels((size_t)(shape[0] * shape[1] * shape[2]));
    if (!m->map || !m->tallies || !m->map->voxels)
        return amosi_fail_nomem(err, NULL);
    amos_layout *l = &m->map->layout;
    *l = *m->layout;
    l->type = AMOS_TYPE_UINT8;
    (void)amosi_layout_pack(l); /* cannot fail: a buffer of this many voxels exists already */
    m->map->max_label = max_label ? max_label : AMOS_ORGAN_COUNT - 1;
    return AMOS_OK;
}

static amos_status make_map(struct making *m, int max_label, amos_error *err)
{
    amos_status status = allocate_map(m, max_label, err);
    if (status)
        return status;
    take_all(m);
    if (m->bad)
        return amosi_fail(err, AMOS_E_LABEL, NULL,
                          "%llu voxel%s: the first is voxel (%lld, %lld, %lld) with the value %lld; a label is an "
                          "integer from 0 to %d.",
                          (unsigned long long)m->bad, m->bad == 1 ? " is not a label" : "s are not labels",
                          (long long)m->bad_at[0], (long long)m->bad_at[1], (long long)m->bad_at[2], m->bad_value,
                          m->map->max_label);
    amosi_labelmap_finish(m->map, m->tallies, m->layout->shape, &amosi_axes_same);
    return AMOS_OK;
}

amos_status amos_labelmap_make(const amos_layout *layout, const void *voxels, size_t bytes, int max_label,
                               amos_labelmap **out, amos_error *err)
{
    if (out)
        *out = NULL;
    struct making m = {.layout = layout, .voxels = voxels};
    amos_status status = check_arguments(layout, out ? voxels : NULL, max_label, err);
    if (!status)
        status = amosi_layout_strides(layout, bytes, NULL, m.strides, err);
    if (!status)
        status = make_map(&m, max_label, err);
    amosi_free(m.tallies);
    if (status)
        amos_labelmap_free(m.map);
    else
        *out = m.map;
    return status;
}
