/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/prediction.h"

#include <math.h>
#include <stdlib.h>

#include "base/error/fail.h"
#include "phantom/body/noise.h"
#include "phantom/mistake.h"

enum { CELL_MM = 25, COARSE_MM = 6 };

/* How far the border of an organ is displaced at most, mm: more for organs that are hard to see. */
static const double reaches[AMOS_ORGAN_COUNT] = {[AMOS_ORGAN_SPLEEN] = 3,
                                                 [AMOS_ORGAN_RIGHT_KIDNEY] = 2.6,
                                                 [AMOS_ORGAN_LEFT_KIDNEY] = 2.6,
                                                 [AMOS_ORGAN_GALL_BLADDER] = 5,
                                                 [AMOS_ORGAN_ESOPHAGUS] = 5,
                                                 [AMOS_ORGAN_LIVER] = 4,
                                                 [AMOS_ORGAN_STOMACH] = 7,
                                                 [AMOS_ORGAN_AORTA] = 2.4,
                                                 [AMOS_ORGAN_POSTCAVA] = 4.5,
                                                 [AMOS_ORGAN_PANCREAS] = 8,
                                                 [AMOS_ORGAN_RIGHT_ADRENAL_GLAND] = 5,
                                                 [AMOS_ORGAN_LEFT_ADRENAL_GLAND] = 5,
                                                 [AMOS_ORGAN_DUODENUM] = 10,
                                                 [AMOS_ORGAN_BLADDER] = 5,
                                                 [AMOS_ORGAN_PROSTATE_UTERUS] = 8};
static const double middling = 4.5; /* of all organs, to learn which organ is near */

/* How good a prediction is: what all reaches are multiplied by, and the size of the blocks in which fine structures are
 * lost; 1: none are. */
struct quality {
    uint64_t key;
    double factor;
    int64_t block[3];
};

/* Every third prediction is coarse, as from a program that works on larger voxels. */
static struct quality quality_of(const struct phantom_case *c)
{
    struct quality q = {.key = random_bits(c->patient.seed, 0x70726564u), .block = {1, 1, 1}};
    q.factor = 1.0 + 0.4 * phantom_even(q.key, 99);
    for (int axis = 0; axis < 3 && c->index % 3 == 2; axis++) {
        double voxels = (double)COARSE_MM / c->label.geometry.spacing[axis];
        q.block[axis] = voxels > 2 ? (int64_t)voxels : 1;
    }
    return q;
}

static int64_t clamp(int64_t index, int64_t count)
{
    return index < 0 ? 0 : index >= count ? count - 1 : index;
}

/* The label that lies some way along the displacement of a voxel. */
static uint8_t label_at(const struct phantom_case *c, const struct quality *q, const uint8_t *label,
                        const int64_t index[3], const double moved[3], double reach)
{
    const int64_t *shape = c->label.shape;
    int64_t from[3];
    for (int axis = 0; axis < 3; axis++) {
        double voxels = q->factor * reach * moved[axis] / c->label.geometry.spacing[axis];
        int64_t at = index[axis] / q->block[axis] * q->block[axis] + q->block[axis] / 2;
        from[axis] = clamp(at + (int64_t)floor(voxels + 0.5), shape[axis]);
    }
    return label[(from[2] * shape[1] + from[1]) * shape[0] + from[0]];
}

/* A smooth field of displacements, as far as the organ that is here or near by reaches. */
static uint8_t predict_voxel(const struct phantom_case *c, const struct quality *q, const uint8_t *label,
                             const int64_t index[3])
{
    const int64_t *shape = c->label.shape;
    double at[3], moved[3];
    for (int axis = 0; axis < 3; axis++)
        at[axis] = (double)index[axis] * c->label.geometry.spacing[axis];
    phantom_field(q->key, CELL_MM, at, 3, moved);
    uint8_t here = label[(index[2] * shape[1] + index[1]) * shape[0] + index[0]];
    uint8_t near = label_at(c, q, label, index, moved, middling);
    int organ = near ? near : here;
    return here == near ? near : label_at(c, q, label, index, moved, reaches[organ]);
}

void phantom_predict(const struct phantom_case *c, const uint8_t *label, uint8_t *prediction)
{
    const int64_t *shape = c->label.shape;
    const struct quality q = quality_of(c);
    uint8_t *out = prediction;
    for (int64_t k = 0; k < shape[2]; k++)
        for (int64_t j = 0; j < shape[1]; j++)
            for (int64_t i = 0; i < shape[0]; i++)
                *out++ = predict_voxel(c, &q, label, (const int64_t[]){i, j, k});
    size_t count;
    const struct phantom_mistake *mistakes = phantom_mistakes(c, &count);
    for (size_t i = 0; i < count; i++)
        phantom_make_mistake(c, &mistakes[i], label, prediction);
}

static amos_status write_voxels(const struct phantom_targets *to, const amos_volume *reference,
                                const amos_layout *layout, const uint8_t *voxels, amos_error *err)
{
    amos_write_options options = {.size = sizeof options,
                                  .reference = reference,
                                  .level = to->level,
                                  .threads = 1,
                                  .description = "libamos phantom"};
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
