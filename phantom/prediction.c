/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/prediction.h"

#include <math.h>
#include <stdlib.h>

#include "base/error/fail.h"
#include "phantom/body/noise.h"

enum { REACH_MM = 3, CELL_MM = 25, SPECK = 4 };

static int64_t clamp(int64_t index, int64_t count)
{
    return index < 0 ? 0 : index >= count ? count - 1 : index;
}

/* The index of the voxel whose label a voxel gets. */
static int64_t source_of(const struct phantom_case *c, uint64_t key, int64_t i, int64_t j, int64_t k)
{
    const int64_t *shape = c->label.shape, index[3] = {i, j, k};
    double at[3], moved[3];
    int64_t from[3];
    for (int axis = 0; axis < 3; axis++)
        at[axis] = (double)index[axis] * c->label.geometry.spacing[axis];
    phantom_field(key, CELL_MM, at, 3, moved);
    for (int axis = 0; axis < 3; axis++) {
        double voxels = REACH_MM * moved[axis] / c->label.geometry.spacing[axis];
        from[axis] = clamp(index[axis] + (int64_t)floor(voxels + 0.5), shape[axis]);
    }
    return (from[2] * shape[1] + from[1]) * shape[0] + from[0];
}

static void add_speck(const int64_t shape[3], uint8_t *prediction)
{
    for (int64_t k = 0; k < SPECK && k < shape[2]; k++)
        for (int64_t j = 0; j < SPECK && j < shape[1]; j++)
            for (int64_t i = 0; i < SPECK && i < shape[0]; i++)
                prediction[(k * shape[1] + j) * shape[0] + i] = AMOS_ORGAN_LIVER;
}

void phantom_predict(const struct phantom_case *c, const uint8_t *label, uint8_t *prediction)
{
    const int64_t *shape = c->label.shape;
    uint64_t key = random_bits(c->patient.seed, 0x70726564u);
    uint8_t *out = prediction;
    bool misses = c->number % 3 == 1;
    for (int64_t k = 0; k < shape[2]; k++) {
        for (int64_t j = 0; j < shape[1]; j++) {
            for (int64_t i = 0; i < shape[0]; i++) {
                uint8_t organ = label[source_of(c, key, i, j, k)];
                *out++ = misses && organ == AMOS_ORGAN_GALL_BLADDER ? 0 : organ;
            }
        }
    }
    if (c->number % 3 == 2)
        add_speck(shape, prediction);
}

static amos_status write_voxels(const struct phantom_targets *to, const amos_volume *reference,
                                const amos_layout *layout, const uint8_t *voxels, amos_error *err)
{
    amos_write_options options = {
        .size = sizeof options, .reference = reference, .level = to->level, .description = "libamos phantom"};
    struct phantom_output out = PHANTOM_OUTPUT_INIT;
    amos_status status = phantom_output_open(&out, to->files, to->label_path, layout, &options, err);
    if (!status)
        status = amos_writer_add(out.writer, voxels, layout->bytes, err);
    if (!status)
        status = amos_writer_finish(out.writer, err);
    amos_writer_free(out.writer);
    return status;
}

static amos_status predict_map(const struct phantom_case *c, const amos_volume *volume, const amos_labelmap *map,
                               const struct phantom_targets *to, amos_error *err)
{
    const amos_layout *layout = amos_labelmap_layout(map);
    uint8_t *prediction = malloc(layout->bytes);
    if (!prediction)
        return amosi_fail_nomem(err, NULL);
    phantom_predict(c, amos_labelmap_voxels(map), prediction);
    amos_status status = write_voxels(to, volume, layout, prediction, err);
    free(prediction);
    return status;
}

amos_status phantom_write_prediction(const struct phantom_case *c, const char *label_path,
                                     const struct phantom_targets *to, amos_error *err)
{
    amos_volume *volume;
    amos_labelmap *map = NULL;
    amos_status status = amos_volume_open(label_path, NULL, &volume, err);
    if (!status)
        status = amos_labelmap_load(volume, NULL, &map, err);
    if (!status)
        status = predict_map(c, volume, map, to, err);
    amos_labelmap_free(map);
    amos_volume_free(volume);
    return status;
}
