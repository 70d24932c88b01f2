/* SPDX-License-Identifier: BSD-3-Clause */
/* Label maps from voxels in memory. */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "label/labelmap.h"
#include "label/relabel.h"
#include "label/run_length.h"
#include "nifti/convert.h"
#include "nifti/geometry.h"
#include "nifti/type.h"
#include "volume/array.h"

/* Voxels in memory that become a label map. */
struct making {
    const amos_layout *layout;
    const unsigned char *voxels; /* of the frame that is read */
    int64_t strides[4];
    struct amosi_relabel_rule rule;
    amos_labelmap *map;
    struct amosi_tally *tallies; /* of labels 0..max_label */
    struct amosi_label_counts counts;
    bool knows; /* what the voxel with these bytes means */
    uint64_t stored;
    struct amosi_labelled means;
};

/* The number of equal voxels from `from` on, at most n: runs are only looked for if the row is packed. */
static size_t run_length(const struct making *m, const unsigned char *from, size_t n)
{
    const size_t bytes = amos_type_bytes(m->layout->type);
    return m->strides[0] == (int64_t)bytes ? amosi_run_length(from, n, bytes) : 1;
}

/* What a voxel means; mostly the same as the one before it. */
static const struct amosi_labelled *look_at(struct making *m, const unsigned char *voxel)
{
    uint64_t stored = 0;
    memcpy(&stored, voxel, amos_type_bytes(m->layout->type));
    if (!m->knows || m->stored != stored) {
        double value;
        amosi_convert_to_double(m->layout->type, &value, &stored, 1);
        m->means = amosi_relabel_voxel(&m->rule, value);
        m->stored = stored;
        m->knows = true;
    }
    return &m->means;
}

/* Turns a row into labels; a voxel that is not a label becomes 0. */
static void take_row(struct making *m, int64_t y, int64_t z, uint64_t first)
{
    const size_t width = (size_t)m->layout->shape[0];
    const unsigned char *from = m->voxels + m->layout->offset + y * m->strides[1] + z * m->strides[2];
    uint8_t *row = m->map->voxels + first;
    for (size_t x = 0, n; x < width; x += n, from += (int64_t)n * m->strides[0]) {
        const struct amosi_labelled *voxel = look_at(m, from);
        n = run_length(m, from, width - x);
        memset(row + x, voxel->label < 0 ? 0 : voxel->label, n);
        if (voxel->plain)
            continue;
        amosi_label_count(&m->counts, voxel, (const int64_t[3]){(int64_t)x, y, z}, n);
        if (m->map->ignored && voxel->ignored)
            memset(m->map->ignored + first + x, 1, n);
    }
    for (size_t x = 0, n; x < width; x += n) {
        n = amosi_run_length(row + x, width - x, 1);
        amosi_tally_run(&m->tallies[row[x]], (int64_t)x, (int64_t)(x + n), y, z);
    }
}

static void take_all(struct making *m)
{
    const int64_t *shape = m->layout->shape;
    uint64_t first = 0;
    for (int64_t z = 0; z < shape[2]; z++)
        for (int64_t y = 0; y < shape[1]; y++, first += (uint64_t)shape[0])
            take_row(m, y, z, first);
}

static amos_status check_arguments(const amos_layout *layout, const void *voxels, amos_error *err)
{
    if (!layout || !voxels)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_labelmap_make needs a layout, voxels and a place for the label map.");
    if (!amosi_type_is_numeric(layout->type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, NULL,
                          "Voxels of type %s are not labels; use an integer or a floating type.",
                          amos_type_name(layout->type));
    if (layout->has_geometry && memcmp(layout->geometry.shape, layout->shape, sizeof layout->geometry.shape) != 0)
        return amosi_fail(err, AMOS_E_PAIR_SHAPE, NULL,
                          "There are %lld x %lld x %lld voxels, but the geometry has %lld x %lld x %lld%s.",
                          (long long)layout->shape[0], (long long)layout->shape[1], (long long)layout->shape[2],
                          (long long)layout->geometry.shape[0], (long long)layout->geometry.shape[1],
                          (long long)layout->geometry.shape[2],
                          amosi_shape_hint(layout->geometry.shape, layout->shape));
    return AMOS_OK;
}

/* Checks the layout, and finds the frame that is read. */
static amos_status open_voxels(struct making *m, size_t bytes, const amos_accept *accept, amos_error *err)
{
    int64_t frame;
    amos_status status = amosi_relabel_begin(&m->rule, 1, 0, accept, NULL, err);
    if (!status)
        status = amosi_accept_frame(&m->rule.accept, m->layout->shape[3], NULL, NULL, &frame, err);
    if (!status)
        status = amosi_layout_strides(m->layout, bytes, NULL, m->strides, err);
    if (!status)
        m->voxels += frame * m->strides[3];
    return status;
}

static amos_status allocate_map(struct making *m, amos_error *err)
{
    const int64_t *shape = m->layout->shape;
    const size_t voxels = (size_t)(shape[0] * shape[1] * shape[2]);
    m->map = amosi_zalloc(sizeof *m->map);
    m->tallies = amosi_zalloc(AMOSI_LABELS * sizeof *m->tallies);
    if (m->map)
        m->map->voxels = amosi_alloc_voxels(voxels);
    if (m->map && m->rule.accept.o.ignore_count)
        m->map->ignored = amosi_zalloc_voxels(voxels);
    if (!m->map || !m->tallies || !m->map->voxels || (m->rule.accept.o.ignore_count && !m->map->ignored))
        return amosi_fail_nomem(err, NULL);
    amos_layout *l = &m->map->layout;
    *l = *m->layout;
    l->type = AMOS_TYPE_UINT8;
    l->shape[3] = 1;
    if (l->has_geometry && !l->geometry.orientation[0])
        (void)amosi_geometry_orient(&l->geometry); /* a caller gives the affine alone */
    (void)amosi_layout_pack(l);                    /* cannot fail: a buffer of this many voxels exists already */
    m->map->info.max_label = m->rule.max_label;
    return AMOS_OK;
}

static amos_status make_map(struct making *m, amos_error *err)
{
    amos_status status = allocate_map(m, err);
    if (status)
        return status;
    take_all(m);
    status = amosi_label_counts_check(&m->counts, &m->rule, m->map->layout.bytes, NULL, err);
    if (status)
        return status;
    m->map->info.accepted = m->counts.accepted;
    if (!m->counts.accepted.ignored)
        amosi_labelmap_forget_ignored(m->map);
    amosi_labelmap_finish(m->map, m->tallies, m->layout->shape, &amosi_axes_same);
    return AMOS_OK;
}

amos_status amos_labelmap_make(const amos_layout *layout, const void *voxels, size_t bytes, const amos_accept *accept,
                               amos_labelmap **out, amos_error *err)
{
    if (out)
        *out = NULL;
    struct making m = {.layout = layout, .voxels = voxels};
    int rounding = amosi_rounding_begin();
    amos_status status = check_arguments(layout, out ? voxels : NULL, err);
    if (!status)
        status = open_voxels(&m, bytes, accept, err);
    if (!status)
        status = make_map(&m, err);
    amosi_rounding_end(rounding);
    amosi_relabel_free(&m.rule);
    amosi_free(m.tallies);
    if (status)
        amos_labelmap_free(m.map);
    else
        *out = m.map;
    return status;
}
